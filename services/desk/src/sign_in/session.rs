//! Signing in, signing out, here and everywhere, and changing one's password.

use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::staff::{Authority, Change, Means, SignInName, StaffMember, Used};
use wideawake_domain::{Actor, StaffId};
use wideawake_runtime::http::auth::{cookie, same_origin};
use wideawake_runtime::http::{JsonBody, Kind, Problem, Segments, detached, parse};
use wideawake_runtime::record::{NewSession, NewSignIn};
use wideawake_runtime::{clock, tokens};
use zeroize::Zeroizing;

use super::password::{self, Turn};
use super::recovery;
use super::secret::{self, Secret};
use super::{cookies, pace};
use crate::desk::Desk;
use crate::permit::{COOKIE, Caller};

/// Who signs in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `sign_in` reads")]
pub(crate) struct SignInBody {
    /// The name that was chosen with the invitation.
    #[schema(min_length = 1, max_length = 200)]
    name: String,
    #[schema(max_length = 200)]
    password: String,
    /// Six digits of the authenticator, where there is one, or a recovery code.
    #[schema(max_length = 40)]
    code: Option<String>,
}

/// Another password.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `change_password` reads")]
pub(crate) struct PasswordBody {
    /// The password until now.
    #[schema(max_length = 200)]
    password: String,
    /// From now on.
    #[schema(min_length = 12, max_length = 200)]
    new: String,
    /// Six digits of the authenticator, where there is one.
    #[schema(max_length = 40)]
    code: Option<String>,
}

/// Somebody who proved that it is them.
pub(super) struct Proven {
    /// As they were when they did.
    member: StaffMember,
    secret: Secret,
    pub(super) second: Second,
}

/// By which second factor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Second {
    /// They have none.
    None,
    /// The code of the authenticator of that time step.
    Code(u64),
    /// The recovery code of that hash.
    Recovery(String),
}

fn wrong() -> Problem {
    Problem::new(Kind::Unauthorized).detail("name, password or code is not right")
}

/// Signs in: the cookie of a session. Whoever calls from a browser must do so from this door's own pages.
#[utoipa::path(
    post, path = "/v1/session",
    request_body = SignInBody,
    responses(
        (status = 204, description = "Signed in", headers(("Set-Cookie" = String, description = "`wideawake_staff`: HttpOnly, SameSite=Strict"))),
        Problem
    ),
    security(())
)]
pub(crate) async fn sign_in(State(desk): State<Desk>, parts: Parts, body: JsonBody) -> Result<Response, Problem> {
    cookies::from_here(&desk, &parts.headers)?;
    let mut f = body.fields();
    let name = f.required("name", parse::line(1..=200));
    let password = f.required("password", password::presented);
    let code = f.optional("code", parse::line(0..=40));
    let (name, password, code) = f.finish((name, password, code))?;
    let begun = sign_in_with(desk, parts, Presented { name, password, code }).await?;
    Ok(no_content(begun.cookies))
}

/// What somebody presents who signs in.
pub(crate) struct Presented {
    pub(crate) name: String,
    pub(crate) password: Zeroizing<String>,
    pub(crate) code: Option<String>,
}

/// A session that has begun.
pub(crate) struct Begun {
    /// Whose.
    pub(crate) member: StaffMember,
    /// What their browser carries from now on.
    pub(crate) cookies: Vec<HeaderValue>,
}

/// Begins a session for whoever presents what is right.
pub(crate) async fn sign_in_with(desk: Desk, parts: Parts, presented: Presented) -> Result<Begun, Problem> {
    let Presented { name, password, code } = presented;
    detached(async move {
        // Another process may have let them in a moment ago. The same for everyone, so that it tells nothing.
        desk.feed.refresh_now_and_then().await;
        let name: Option<SignInName> = name.parse().ok();
        let id = name.as_ref().and_then(|name| desk.feed.with(|known| known.named(name)));
        let name = name.as_ref().map_or("?", SignInName::as_str);
        let proven = prove(&desk, &parts, (id, name), password, code.as_deref()).await?;
        spend(&desk, &proven).await?;
        let cookies = start(&desk, &proven).await?;
        Ok(Begun { member: proven.member, cookies })
    })
    .await
}

/// Whoever knows password and code of the one with that name. An unknown name is looked up and compared like any other.
pub(super) async fn prove(
    desk: &Desk,
    parts: &Parts,
    (id, name): (Option<StaffId>, &str),
    password: Zeroizing<String>,
    code: Option<&str>,
) -> Result<Proven, Problem> {
    let device = id.and_then(|id| cookies::known_device(desk, &parts.headers, id));
    let turn = pace::may_try(desk, name, &pace::address(parts), device.as_deref()).await?;
    // A name that nobody has is looked up as somebody's whom only we can tell, so that it takes as long as one that exists: the
    // same profile is read each time, the same key unwrapped, a secret opened and a password compared.
    let lot = desk.record.vault().keyed("no such name", &[name.as_bytes()]);
    let lot = lot.iter().take(8).fold(0, |lot, byte| lot << 8 | u64::from(*byte));
    let instead = desk.feed.with(|known| known.somebody_with_a_name(lot));
    let read =
        desk.record.staff(id.or(instead).unwrap_or(StaffId(Uuid::nil()))).await?.filter(|member| !member.removed);
    let secret = match &read {
        Some(member) => desk.record.sign_in_secret(member).await?.and_then(|text| Secret::read(&text)),
        None => None,
    };
    let (member, secret) = if id.is_some() { (read, secret) } else { (None, None) };
    let hash = secret.as_ref().map(|secret| secret.password.clone());
    let fits = desk.sign_in.kitchen.fits(turn, password, hash).await?;
    let (Some(member), Some(secret), true) = (member, secret, fits) else { return Err(wrong()) };
    let second = match (&secret.key, code) {
        (Some(key), Some(code)) => match recovery::hash(code).filter(|hash| member.recovery_codes.contains(hash)) {
            Some(hash) => Second::Recovery(hash),
            None => {
                if turn == Turn::Stranger {
                    pace::may_try_code(desk, member.id).await?;
                }
                Second::Code(secret::step(key, code, clock::now().timestamp()).ok_or_else(wrong)?)
            }
        },
        (Some(_), None) => return Err(Kind::SecondFactorNeeded.into()),
        (None, _) if desk.sign_in.needs_second_factor(&member) => {
            let detail = "your role needs a second factor, and you have none; ask for a new invitation";
            return Err(Problem::new(Kind::Forbidden).detail(detail));
        }
        (None, _) => Second::None,
    };
    Ok(Proven { member, secret, second })
}

/// How somebody proved that it is them, who begins a session. See [`NewSession`].
pub(super) struct Begin {
    pub(super) by: Means,
    pub(super) code: Option<u64>,
    pub(super) second_factor: bool,
    pub(super) once: Option<Uuid>,
}

/// Begins a session under a new token, whatever the browser carried before; the cookies that it is to carry.
pub(super) async fn begin(desk: &Desk, member: &StaffMember, how: Begin) -> Result<Vec<HeaderValue>, Problem> {
    let token = tokens::new();
    let Begin { by, code, second_factor, once } = how;
    let new = NewSession { token: token.hash(), by, code, second_factor, once };
    let started = desk.record.start_session(member, new, &desk.sign_in.config.lifetimes).await?;
    let facts = started.map_err(used)?;
    desk.feed.reach(&facts).await;
    let cookies = [cookies::session(desk, token.expose()), cookies::device(desk, member.id)];
    Ok(cookies.into_iter().flatten().collect())
}

/// Begins the session of somebody whose second factor was spent, if it has to be.
async fn start(desk: &Desk, proven: &Proven) -> Result<Vec<HeaderValue>, Problem> {
    let (by, code) = match proven.second {
        Second::None => (Means::Password, None),
        Second::Code(code) => (Means::Password, Some(code)),
        Second::Recovery(_) => (Means::RecoveryCode, None),
    };
    let how = Begin { by, code, second_factor: by == Means::RecoveryCode, once: None };
    begin(desk, &proven.member, how).await
}

/// Takes what is good once: a recovery code is used up, and a code of the authenticator was not used before, as far as this
/// desk knows. Whoever takes it records it.
pub(super) async fn spend(desk: &Desk, proven: &Proven) -> Result<(), Problem> {
    match &proven.second {
        Second::None => Ok(()),
        Second::Code(code) => desk.feed.with(|known| known.sessions.use_code(&proven.member, *code)).map_err(used),
        Second::Recovery(hash) => {
            let id = proven.member.id;
            let spent = desk.record.decide_staff(id, Actor::Staff(id), |member, _| {
                member.use_recovery_code(hash).map(|event| vec![event.into()])
            });
            let facts = spent.await?.map_err(used)?;
            desk.feed.reach(&facts).await;
            Ok(())
        }
    }
}

pub(super) fn used(used: Used) -> Problem {
    let what_now = match used {
        Used::Code => "wait for the next",
        Used::Answer => "begin again",
    };
    Problem::new(Kind::Unauthorized).detail(format!("{used}; {what_now}"))
}

pub(super) fn no_content(cookies: impl IntoIterator<Item = HeaderValue>) -> Response {
    let cookies = cookies.into_iter().map(|cookie| (header::SET_COOKIE, cookie));
    let mut headers = HeaderMap::new();
    cookies.for_each(|(name, cookie)| {
        headers.append(name, cookie);
    });
    (StatusCode::NO_CONTENT, headers).into_response()
}

/// Signs out. Harmless to repeat.
#[utoipa::path(delete, path = "/v1/session", responses((status = 204), Problem), security(("session" = []), ()))]
pub(crate) async fn sign_out(State(desk): State<Desk>, headers: HeaderMap) -> Result<Response, Problem> {
    if cookie(&headers, &cookies::name(&desk, COOKIE)).is_some() {
        same_origin(&Method::DELETE, &headers)?;
    }
    Ok(no_content(end(desk, &headers).await?))
}

/// Ends the session that a browser carries, if there is one; gives what takes it away.
pub(crate) async fn end(desk: Desk, headers: &HeaderMap) -> Result<Vec<HeaderValue>, Problem> {
    let Some(token) = cookie(headers, &cookies::name(&desk, COOKIE)) else { return Ok(Vec::new()) };
    let hash = tokens::hash_token(token.expose());
    detached(async move {
        let mut session = desk.feed.with(|known| known.sessions.by_token(&hash).cloned());
        if session.is_none() {
            desk.feed.refresh_now_and_then().await;
            session = desk.feed.with(|known| known.sessions.by_token(&hash).cloned());
        }
        if let Some(session) = session {
            let facts = desk.record.end_session(&session).await?;
            desk.feed.reach(&facts).await;
        }
        Ok(cookies::no_session(&desk).into_iter().collect())
    })
    .await
}

/// Ends every session of the caller, this one included, wherever it is.
#[utoipa::path(delete, path = "/v1/me/sessions", responses((status = 204), Problem))]
pub(crate) async fn sign_out_everywhere(State(desk): State<Desk>, caller: Caller) -> Result<Response, Problem> {
    detached(async move {
        desk.change_staff(caller.id(), Change::SignOutEverywhere, &caller).await?;
        Ok(no_content(cookies::no_session(&desk)))
    })
    .await
}

/// Ends every session of somebody, wherever it is. They can sign in again.
#[utoipa::path(
    delete, path = "/v1/staff/{id}/sessions",
    params(("id" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn sign_somebody_out(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
) -> Result<StatusCode, Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage()?;
    detached(async move {
        desk.change_staff(id, Change::SignOutEverywhere, &caller).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Changes the caller's password. Every session of theirs ends, and one begins here.
#[utoipa::path(
    put, path = "/v1/me/password",
    request_body = PasswordBody,
    responses((status = 204, description = "Changed", headers(("Set-Cookie" = String))), Problem)
)]
pub(crate) async fn change_password(
    State(desk): State<Desk>,
    caller: Caller,
    parts: Parts,
    body: JsonBody,
) -> Result<Response, Problem> {
    let mut f = body.fields();
    let password = f.required("password", password::presented);
    let new = f.required("new", password::parse);
    let code = f.optional("code", parse::line(0..=40));
    let (password, new, code) = f.finish((password, new, code))?;
    let Some(sign_in) = caller.member.sign_in.clone() else {
        return Err(Problem::new(Kind::Conflict).detail("you do not sign in with a password; ask for an invitation"));
    };
    detached(async move {
        let who = (Some(caller.id()), sign_in.name.as_str());
        let proven = prove(&desk, &parts, who, password, code.as_deref()).await?;
        // Before anything is changed: the new session would be refused for it.
        desk.feed.refresh_now_and_then().await;
        let breached = desk.sign_in.config.breached_passwords.as_deref();
        if let Some(why) = password::weakness(breached, &new, sign_in.name.as_str()).await? {
            return Err(Problem::field("/new", why));
        }
        spend(&desk, &proven).await?;
        let hash = desk.sign_in.kitchen.hash(new).await?;
        let secret = Secret { password: hash, key: proven.secret.key.clone() }.write()?;
        let set = NewSignIn {
            by: Authority::Themself(proven.member.sign_in.as_ref().map(|sign_in| sign_in.version).unwrap_or_default()),
            name: sign_in.name.clone(),
            secret: &secret,
            code: proven.member.sign_in.as_ref().and_then(|sign_in| sign_in.code),
            recovery_codes: Vec::new(),
        };
        let set = desk.record.set_sign_in(caller.id(), set, caller.actor()).await?;
        let facts = set.map_err(|_| Problem::new(Kind::Conflict))?;
        desk.feed.reach(&facts).await;
        let member = desk.record.staff(caller.id()).await?.ok_or(Kind::Unauthorized)?;
        Ok(no_content(start(&desk, &Proven { member, ..proven }).await?))
    })
    .await
}
