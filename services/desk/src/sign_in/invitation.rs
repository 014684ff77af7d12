//! Invitations: a link that is good once, with which somebody sets the name and the password they sign in with. The way in,
//! and the way back in for whoever lost their password or their authenticator.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::staff::{Authority, Change, SignInName, StaffMember};
use wideawake_domain::{Actor, StaffId};
use wideawake_runtime::http::{JsonBody, Kind, Problem, Segments, detached, parse};
use wideawake_runtime::record::NewSignIn;
use wideawake_runtime::{clock, tokens};
use zeroize::Zeroizing;

use super::cookies;
use super::password;
use super::recovery::{self, Drawn, RecoveryCodes};
use super::secret::{self, KEY, Secret};
use crate::desk::Desk;
use crate::permit::Caller;

/// A link that is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewInvitation {
    /// Good once, until it expires or another invitation replaces it.
    token: String,
    /// The page that sets it up.
    url: String,
    expires_at: DateTime<Utc>,
}

/// The token of a link.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `look` reads")]
pub(crate) struct InvitationToken {
    #[schema(min_length = 1, max_length = 200)]
    token: String,
}

/// What an invitation is for.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitationView {
    /// Whose it is.
    pub(super) alias: String,
    pub(super) expires_at: DateTime<Utc>,
    /// Whether a second factor has to be set up as well; it may be in any case.
    pub(super) second_factor_required: bool,
    /// Goes back with the code: the key is of this answer alone, and whoever has the link does not have it.
    pub(super) setup: String,
    /// The key of the second factor, for an authenticator: base32, six digits every 30 s over SHA-1.
    pub(super) key: String,
    /// The same as an `otpauth` link.
    pub(super) link: String,
}

/// How somebody signs in from now on.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `accept` reads")]
pub(crate) struct AcceptBody {
    #[schema(min_length = 1, max_length = 200)]
    token: String,
    /// 3 to 40 letters, digits, `.`, `-` or `_`; upper and lower case are the same.
    #[schema(min_length = 3, max_length = 40)]
    name: String,
    #[schema(min_length = 12, max_length = 200)]
    password: String,
    /// Six digits of the authenticator: proof that it has the key. Without, there is no second factor.
    #[schema(max_length = 40)]
    code: Option<String>,
    /// What came with that key.
    #[schema(max_length = 200)]
    setup: Option<String>,
}

/// How somebody wants to sign in from now on.
pub(super) struct Wanted {
    pub(super) name: SignInName,
    pub(super) password: Zeroizing<String>,
    pub(super) code: Option<String>,
    pub(super) setup: Option<String>,
}

/// Invites somebody to set how they sign in. How they did before no longer works, and every session of theirs ends.
#[utoipa::path(
    post, path = "/v1/staff/{id}/invitation",
    params(("id" = Uuid, Path)),
    responses((status = 201, body = NewInvitation), Problem)
)]
pub(crate) async fn invite(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
) -> Result<(StatusCode, Json<NewInvitation>), Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage()?;
    detached(async move {
        let token = tokens::new();
        let expires_at = clock::now() + desk.sign_in.config.invitation;
        desk.change_staff(id, Change::Invite(token.hash(), expires_at), &caller).await?;
        let token = token.expose().to_owned();
        let url = desk.sign_in.config.invitation_url(&token);
        Ok((StatusCode::CREATED, Json(NewInvitation { token, url, expires_at })))
    })
    .await
}

/// What an invitation is for.
#[utoipa::path(
    post, path = "/v1/invitation/look",
    request_body = InvitationToken,
    responses((status = 200, body = InvitationView), Problem),
    security(())
)]
pub(crate) async fn look(State(desk): State<Desk>, body: JsonBody) -> Result<Json<InvitationView>, Problem> {
    let mut f = body.fields();
    let token = f.required("token", parse::line(1..=200));
    let token = f.finish(token)?;
    Ok(Json(view(&desk, &token, None).await?))
}

/// Sets how somebody signs in, by an invitation, which is used up by it.
#[utoipa::path(
    post, path = "/v1/invitation",
    request_body = AcceptBody,
    responses(
        (status = 204, description = "Set"),
        (status = 200, description = "Set, with a second factor and recovery codes for it, shown this once", body = RecoveryCodes),
        Problem
    ),
    security(())
)]
pub(crate) async fn accept(State(desk): State<Desk>, headers: HeaderMap, body: JsonBody) -> Result<Response, Problem> {
    cookies::from_here(&desk, &headers)?;
    let mut f = body.fields();
    let token = f.required("token", parse::line(1..=200));
    let name = f.required("name", parse::parsed("must have 3 to 40 letters, digits, `.`, `-` or `_`"));
    let password = f.required("password", password::parse);
    let code = f.optional("code", parse::line(0..=40));
    let setup = f.optional("setup", parse::line(0..=200));
    let (token, name, password, code, setup) = f.finish((token, name, password, code, setup))?;
    detached(async move {
        let done = set_up(&desk, &token, Wanted { name, password, code, setup }).await?;
        let mut headers = HeaderMap::new();
        headers.extend(done.device.map(|device| (header::SET_COOKIE, device)));
        if done.recovery_codes.is_empty() {
            return Ok((StatusCode::NO_CONTENT, headers).into_response());
        }
        Ok((headers, Json(RecoveryCodes { recovery_codes: done.recovery_codes })).into_response())
    })
    .await
}

fn gone() -> Problem {
    Problem::new(Kind::NotFound).detail("this invitation was used, replaced by another, or has expired")
}

/// Whom a link invites.
async fn invited(desk: &Desk, token: &str) -> Result<StaffMember, Problem> {
    let hash = tokens::hash_token(token);
    let find = || desk.feed.with(|known| known.invited(&hash, clock::now()).cloned());
    if let Some(member) = find() {
        return Ok(member);
    }
    desk.feed.refresh_now_and_then().await;
    find().ok_or_else(gone)
}

/// The key of the second factor that goes with an invitation, under each key of the vault. It follows from the link and from
/// what the page that was opened alone knows: whoever saw the link before has another key.
fn keys(desk: &Desk, token: &str, setup: &str) -> Vec<Zeroizing<Vec<u8>>> {
    let all = desk.record.vault().keyed_all("second factor", &[token.as_bytes(), setup.as_bytes()]);
    all.into_iter().map(|bytes| Zeroizing::new(Zeroizing::new(bytes)[..KEY].to_vec())).collect()
}

/// What an invitation is for; with a new key, or the one that `setup` stands for.
pub(super) async fn view(desk: &Desk, token: &str, setup: Option<&str>) -> Result<InvitationView, Problem> {
    let member = invited(desk, token).await?;
    let setup = setup.map_or_else(|| tokens::new().expose().to_owned(), ToOwned::to_owned);
    let key = keys(desk, token, &setup).into_iter().next().unwrap_or_default();
    Ok(InvitationView {
        setup,
        alias: member.alias.clone(),
        expires_at: member.invitation.as_ref().map(|invitation| invitation.until).unwrap_or_default(),
        second_factor_required: desk.sign_in.needs_second_factor(&member),
        key: secret::shown(&key),
        link: secret::link(&key, &member.alias),
    })
}

/// What somebody has who was invited.
pub(super) struct Done {
    /// The mark of the browser it was done from.
    pub(super) device: Option<HeaderValue>,
    /// To be shown this once; none without a second factor.
    pub(super) recovery_codes: Vec<String>,
}

/// Sets how the one whom the link invites signs in.
pub(super) async fn set_up(desk: &Desk, token: &str, wanted: Wanted) -> Result<Done, Problem> {
    let Wanted { name, password, code, setup } = wanted;
    let member = invited(desk, token).await?;
    let code = code.filter(|code| !code.trim().is_empty());
    let second = code.as_deref().map(|code| {
        let setup = setup.filter(|setup| !setup.is_empty());
        let setup = setup.ok_or_else(|| Problem::field("/setup", "is required with a code: it came with the key"))?;
        let of = |key: Zeroizing<Vec<u8>>| secret::step(&key, code, clock::now().timestamp()).map(|step| (key, step));
        let found = keys(desk, token, &setup).into_iter().find_map(of);
        found.ok_or_else(|| Problem::field("/code", "is not the code that the authenticator shows for this key now"))
    });
    let second = second.transpose()?;
    if second.is_none() && desk.sign_in.needs_second_factor(&member) {
        return Err(Problem::field("/code", "is required: this role signs in with a second factor"));
    }
    let breached = desk.sign_in.config.breached_passwords.as_deref();
    if let Some(why) = password::weakness(breached, &password, name.as_str()).await? {
        return Err(Problem::field("/password", why));
    }
    let hash = desk.sign_in.kitchen.hash(password).await?;
    // A name belongs to one person. Should two desks give it away in the same moment, it belongs to whoever has been here
    // longer.
    let _one_at_a_time = desk.sign_in.names.lock().await;
    desk.feed.refresh().await;
    if desk.feed.with(|known| known.named(&name)).is_some_and(|other| other != member.id) {
        return Err(Problem::field("/name", "is taken; choose another"));
    }
    let secret = Secret { password: hash, key: second.as_ref().map(|(key, _)| key.to_vec()) }.write()?;
    let step = second.map(|(_, step)| step);
    let Drawn { codes, hashes } =
        if step.is_some() { recovery::draw() } else { Drawn { codes: vec![], hashes: vec![] } };
    let by = Authority::Invitation(tokens::hash_token(token));
    let new = NewSignIn { by, name, secret: &secret, code: step, recovery_codes: hashes };
    let set = desk.record.set_sign_in(member.id, new, Actor::Staff(member.id)).await?;
    let facts = set.map_err(|_| gone())?;
    desk.feed.reach(&facts).await;
    Ok(Done { device: cookies::device(desk, member.id), recovery_codes: codes })
}
