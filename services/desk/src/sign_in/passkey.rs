//! Passkeys: keys that an authenticator keeps and uses once it knows that it is them, by a finger, a face or a PIN. So one is as
//! good as a password and a second factor. It works on this door's own pages alone (WebAuthn, level 3).

use axum::Json;
use axum::extract::State;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use passki::{
    AuthenticationCredential, AuthenticationOptions, AuthenticationState, Passki, RegistrationCredential,
    RegistrationOptions, RegistrationState, ResidentKeyRequirement, StoredPasskey, UserVerificationRequirement,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::staff::{Means, PasskeyAdded};
use wideawake_domain::{Actor, StaffId};
use wideawake_runtime::clock;
use wideawake_runtime::http::{JsonBody, Kind, Problem, Segments, detached, parse};

use super::cookies::{self, Site};
use super::pace;
use super::session::{self, Begin};
use super::ticket::{self, Ticket};
use crate::desk::Desk;
use crate::permit::Caller;

/// The cookie of a challenge that is not answered yet.
const CHALLENGE: &str = "wideawake_challenge";

/// What follows from a ticket.
const PURPOSE: &str = "passkey";

/// What a ticket is for: signing in, or one more passkey of somebody.
const SIGN_IN: &str = "in";

/// How long after signing in somebody may add a passkey: a browser that was left open is no proof that it is them.
const SIGNED_IN_WITHIN: TimeDelta = TimeDelta::minutes(15);

/// The algorithms that are taken: ES256, ES384, EdDSA, RS256, RS384.
const ALGORITHMS: [i32; 5] = [-7, -35, -8, -257, -258];

/// The longest name of a passkey, and the longest id that an authenticator gives one, in bytes (section 4).
const LONGEST_NAME: usize = 40;
const LONGEST_ID: usize = 1_023;

/// What a browser passes to `navigator.credentials`.
#[derive(Serialize, ToSchema)]
pub(crate) struct Challenge {
    /// As `PublicKeyCredential.parseCreationOptionsFromJSON` and `parseRequestOptionsFromJSON` take it.
    #[serde(rename = "publicKey")]
    #[schema(value_type = Object)]
    public_key: Value,
}

/// A new passkey.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `add` reads")]
pub(crate) struct PasskeyBody {
    /// What they call it, such as the device.
    #[schema(min_length = 1, max_length = 40)]
    name: String,
    /// What `navigator.credentials.create` gave, by `toJSON()`.
    #[schema(value_type = Object)]
    credential: Value,
}

/// The answer of an authenticator.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `sign_in` reads")]
pub(crate) struct AssertionBody {
    /// What `navigator.credentials.get` gave, by `toJSON()`.
    #[schema(value_type = Object)]
    credential: Value,
}

/// A passkey of the caller's.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyView {
    id: Uuid,
    name: String,
}

/// The caller's passkeys.
#[derive(Serialize, ToSchema)]
pub(crate) struct PasskeyList {
    items: Vec<PasskeyView>,
}

/// Where passkeys of this door are good.
fn party(desk: &Desk) -> Result<Passki, Problem> {
    let url = &desk.sign_in.config.public_url;
    let uri: Option<Uri> = url.parse().ok();
    let parts = uri.as_ref().and_then(|uri| Some((uri.scheme_str()?, uri.authority()?.as_str(), uri.host()?)));
    let nowhere = || {
        Problem::new(Kind::Conflict).detail("passkeys need a desk with a name: it is reached by an address of digits")
    };
    let (scheme, authority, host) = parts.ok_or_else(nowhere)?;
    if host.trim_matches(['[', ']']).parse::<std::net::IpAddr>().is_ok() {
        return Err(nowhere());
    }
    let (host, authority) = (host.to_ascii_lowercase(), authority.to_ascii_lowercase());
    let port = if scheme == "https" { ":443" } else { ":80" };
    let origin = format!("{scheme}://{}", authority.strip_suffix(port).unwrap_or(&authority));
    Ok(Passki::new(&host, &[origin], "Wideawake"))
}

/// Whether passkeys can be good at this door's address.
pub(crate) fn are_possible(desk: &Desk) -> bool {
    party(desk).is_ok()
}

/// What a browser is asked, with the challenge that follows from a ticket instead of one that we would have to keep.
fn asked(desk: &Desk, options: &impl Serialize, ticket: &Ticket) -> Result<Response, Problem> {
    let challenge = ticket.secrets(desk, PURPOSE, "challenge").into_iter().next().ok_or(Kind::Internal)?;
    let mut public_key = serde_json::to_value(options).map_err(|_| Kind::Internal)?;
    public_key["challenge"] = URL_SAFE_NO_PAD.encode(challenge).into();
    let cookie = ticket.cookie(desk, CHALLENGE, Site::Strict).map(|cookie| (header::SET_COOKIE, cookie));
    let headers: HeaderMap = cookie.into_iter().collect();
    Ok((headers, Json(Challenge { public_key })).into_response())
}

/// A value in the library's own shape, which it lets nobody build otherwise.
fn shaped<T: DeserializeOwned>(value: Value) -> Result<T, Problem> {
    serde_json::from_value(value).map_err(|_| Kind::Internal.into())
}

/// The answer of an authenticator as a browser gives it.
fn credential<T: DeserializeOwned>(body: &JsonBody) -> Result<T, Problem> {
    let value = body.value.get("credential").cloned().unwrap_or_default();
    serde_json::from_value(value)
        .map_err(|_| Problem::field("/credential", "must be what the browser gave, by `toJSON()`"))
}

fn refused() -> Problem {
    Problem::new(Kind::Unauthorized).detail("this passkey is not known here, or its answer is not valid; begin again")
}

/// Whether the caller signed in a moment ago.
fn must_have_signed_in_just_now(desk: &Desk, caller: &Caller) -> Result<(), Problem> {
    let began = caller.session(desk).map(|session| session.began_at);
    if began.is_some_and(|at| clock::now() < at + SIGNED_IN_WITHIN) {
        return Ok(());
    }
    Err(Problem::new(Kind::Conflict).detail("sign in again first: a passkey is added within 15 minutes of that"))
}

/// The errand of a ticket for one more passkey of somebody.
fn errand(staff: StaffId) -> String {
    format!("add-{staff}")
}

/// Asks for one more passkey of the caller's.
#[utoipa::path(
    post, path = "/v1/me/passkeys/challenge",
    responses((status = 200, body = Challenge, headers(("Set-Cookie" = String))), Problem)
)]
pub(crate) async fn ask_for_another(State(desk): State<Desk>, caller: Caller) -> Result<Response, Problem> {
    let party = party(&desk)?;
    must_have_signed_in_just_now(&desk, &caller)?;
    let mut known = Vec::new();
    for key in &caller.member.passkeys {
        known.push(stored(key)?);
    }
    let mut options = RegistrationOptions::default();
    options.timeout = u64::try_from(ticket::LASTS.num_milliseconds()).unwrap_or_default();
    // The answer then says by itself who it is.
    options.resident_key = ResidentKeyRequirement::Required;
    options.user_verification = UserVerificationRequirement::Required;
    options.exclude_credentials = Some(&known);
    let alias = &caller.member.alias;
    let name = caller.member.sign_in.as_ref().map_or(alias.as_str(), |sign_in| sign_in.name.as_str());
    let started = party.start_passkey_registration(caller.id().0.as_bytes(), name, alias, options);
    let (challenge, _) = started.map_err(|_| Kind::Internal)?;
    asked(&desk, &challenge, &Ticket::new(&errand(caller.id())))
}

fn stored(key: &PasskeyAdded) -> Result<StoredPasskey, Problem> {
    let mut stored = StoredPasskey::default();
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).map_err(|_| Problem::from(Kind::Internal));
    stored.credential_id = bytes(&key.credential)?;
    stored.public_key = bytes(&key.key)?;
    (stored.algorithm, stored.counter) = (key.algorithm, key.counter);
    Ok(stored)
}

/// Adds a passkey, by the answer of the authenticator that keeps it. They can sign in with it from then on.
#[utoipa::path(
    post, path = "/v1/me/passkeys",
    request_body = PasskeyBody,
    responses((status = 201, body = PasskeyView), Problem)
)]
pub(crate) async fn add(
    State(desk): State<Desk>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let party = party(&desk)?;
    must_have_signed_in_just_now(&desk, &caller)?;
    let mut f = body.fields();
    let name = f.required("name", parse::line(1..=LONGEST_NAME));
    let name = f.finish(name)?;
    let answer: RegistrationCredential = credential(&body)?;
    let wrong =
        || Problem::field("/credential", "is no valid answer to the question that this browser was asked; begin again");
    let ticket = Ticket::of(&desk, &headers, CHALLENGE).filter(|ticket| ticket.errand() == errand(caller.id()));
    let ticket = ticket.ok_or_else(wrong)?;
    let mut made = None;
    for challenge in ticket.secrets(&desk, PURPOSE, "challenge") {
        let user = json!({"id": "", "name": "", "displayName": ""});
        let state: RegistrationState =
            shaped(json!({"challenge": challenge, "user": user, "user_verification": "required"}))?;
        made = made.or(party.finish_passkey_registration(&answer, &state).ok());
    }
    let made = made
        .filter(|made| ALGORITHMS.contains(&made.algorithm) && (1..=LONGEST_ID).contains(&made.credential_id.len()));
    let made = made.ok_or_else(wrong)?;
    let key = PasskeyAdded {
        id: clock::new_id(),
        name: name.clone(),
        credential: URL_SAFE_NO_PAD.encode(&made.credential_id),
        key: URL_SAFE_NO_PAD.encode(&made.public_key),
        algorithm: made.algorithm,
        counter: made.counter,
    };
    detached(async move {
        let id = key.id;
        let added = desk.record.decide_staff(caller.id(), caller.actor(), |member, _| {
            member.add_passkey(key.clone()).map(|event| vec![event.into()])
        });
        let facts = added.await?.map_err(|refused| Problem::new(Kind::Conflict).detail(refused.to_string()))?;
        desk.feed.reach(&facts).await;
        let torn = ticket::torn(&desk, CHALLENGE, Site::Strict).map(|cookie| (header::SET_COOKIE, cookie));
        let headers: HeaderMap = torn.into_iter().collect();
        Ok((StatusCode::CREATED, headers, Json(PasskeyView { id, name })).into_response())
    })
    .await
}

/// The caller's passkeys.
#[utoipa::path(get, path = "/v1/me/passkeys", responses((status = 200, body = PasskeyList), Problem))]
pub(crate) async fn list(caller: Caller) -> Json<PasskeyList> {
    let view = |key: PasskeyAdded| PasskeyView { id: key.id, name: key.name };
    Json(PasskeyList { items: caller.member.passkeys.into_iter().map(view).collect() })
}

/// Removes a passkey of the caller's. Sessions that it began go on.
#[utoipa::path(
    delete, path = "/v1/me/passkeys/{passkey}",
    params(("passkey" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn remove(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((passkey,)): Segments<(Uuid,)>,
) -> Result<StatusCode, Problem> {
    detached(async move {
        let removed = desk.record.decide_staff(caller.id(), caller.actor(), |member, _| {
            member.remove_passkey(passkey).map(|event| vec![event.into()])
        });
        let facts = removed.await?.map_err(|_| Kind::NotFound)?;
        desk.feed.reach(&facts).await;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Asks for a passkey of whoever it is.
#[utoipa::path(
    post, path = "/v1/session/passkey/challenge",
    responses((status = 200, body = Challenge, headers(("Set-Cookie" = String))), Problem),
    security(())
)]
pub(crate) async fn ask(State(desk): State<Desk>, parts: Parts) -> Result<Response, Problem> {
    cookies::from_here(&desk, &parts.headers)?;
    let party = party(&desk)?;
    pace::may_come_and_go(&desk, &pace::address(&parts)).await?;
    let mut options = AuthenticationOptions::default();
    options.timeout = u64::try_from(ticket::LASTS.num_milliseconds()).unwrap_or_default();
    options.user_verification = UserVerificationRequirement::Required;
    let (challenge, _) = party.start_passkey_authentication(&[], options).map_err(|_| Kind::Internal)?;
    asked(&desk, &challenge, &Ticket::new(SIGN_IN))
}

/// Signs in with a passkey: the cookie of a session. It counts as both factors.
#[utoipa::path(
    post, path = "/v1/session/passkey",
    request_body = AssertionBody,
    responses((status = 204, description = "Signed in", headers(("Set-Cookie" = String))), Problem),
    security(())
)]
pub(crate) async fn sign_in(State(desk): State<Desk>, parts: Parts, body: JsonBody) -> Result<Response, Problem> {
    cookies::from_here(&desk, &parts.headers)?;
    let party = party(&desk)?;
    pace::may_come_and_go(&desk, &pace::address(&parts)).await?;
    let answer: AuthenticationCredential = credential(&body)?;
    let ticket = Ticket::of(&desk, &parts.headers, CHALLENGE).filter(|ticket| ticket.errand() == SIGN_IN);
    let ticket = ticket.ok_or_else(refused)?;
    detached(async move {
        let who = answer.response.user_handle.as_deref().and_then(|handle| URL_SAFE_NO_PAD.decode(handle).ok());
        let who = who.and_then(|bytes| Uuid::from_slice(&bytes).ok()).map(StaffId).ok_or_else(refused)?;
        let member = desk.record.staff(who).await?.filter(|member| !member.removed).ok_or_else(refused)?;
        let key = member.passkey(&answer.raw_id).cloned().ok_or_else(refused)?;
        let stored = stored(&key)?;
        let mut counter = None;
        for challenge in ticket.secrets(&desk, PURPOSE, "challenge") {
            let state: AuthenticationState = shaped(
                json!({"challenge": challenge, "allowed_credentials": [stored.credential_id], "user_verification": "required"}),
            )?;
            let read = party.finish_passkey_authentication(&answer, &state, &stored);
            counter = counter.or(read.ok().map(|result| result.counter));
        }
        let counter = counter.ok_or_else(refused)?;
        // Judged on the record: of two desks that hear the same answer one is too late.
        let used = desk.record.decide_staff(who, Actor::Staff(who), |member, _| {
            member.use_passkey(key.id, counter).map(|event| event.into_iter().map(Into::into).collect())
        });
        let facts = used.await?.map_err(|_| refused())?;
        desk.feed.reach(&facts).await;
        let how = Begin { by: Means::Passkey, code: None, second_factor: true, once: Some(ticket.session()) };
        let mut cookies = session::begin(&desk, &member, how).await?;
        cookies.extend(ticket::torn(&desk, CHALLENGE, Site::Strict));
        Ok(session::no_content(cookies))
    })
    .await
}
