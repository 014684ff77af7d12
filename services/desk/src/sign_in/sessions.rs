//! The caller's own sessions, and what they sign in with.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::staff::{Session, StaffMember, Standing};
use wideawake_runtime::clock;
use wideawake_runtime::http::{Kind, Problem, Segments, detached};

use crate::desk::Desk;
use crate::permit::Caller;

/// A session of the caller's.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionView {
    pub(crate) id: Uuid,
    /// `password`, `recovery_code`, `passkey` or `organisation`.
    pub(crate) by: &'static str,
    /// Whether a second factor was used.
    second_factor: bool,
    pub(crate) began_at: DateTime<Utc>,
    /// When it was used last, as finely as that is recorded: half an hour, as shipped.
    pub(crate) used_at: DateTime<Utc>,
    /// When it ends, however much it is used.
    pub(crate) ends_at: DateTime<Utc>,
    /// Whether this call came by it.
    pub(crate) current: bool,
}

/// The caller's sessions.
#[derive(Serialize, ToSchema)]
pub(crate) struct SessionList {
    items: Vec<SessionView>,
}

/// How the caller signs in.
#[derive(Serialize, ToSchema)]
pub(crate) struct SignInView {
    /// With which name; null for whoever has no password.
    #[schema(required)]
    pub(crate) name: Option<String>,
    /// Whether a code of an authenticator is asked for beside the password.
    pub(crate) second_factor: bool,
    /// How many recovery codes are left.
    pub(crate) recovery_codes: usize,
    /// How many passkeys there are.
    passkeys: usize,
    /// Whether it is by an account at their organisation as well.
    pub(crate) organisation: bool,
}

/// How the caller signs in.
#[utoipa::path(get, path = "/v1/me/sign-in", responses((status = 200, body = SignInView), Problem))]
pub(crate) async fn ways(caller: Caller) -> Json<SignInView> {
    Json(ways_of(&caller.member))
}

/// How somebody signs in.
pub(crate) fn ways_of(member: &StaffMember) -> SignInView {
    SignInView {
        name: member.sign_in.as_ref().map(|sign_in| sign_in.name.to_string()),
        second_factor: member.sign_in.as_ref().is_some_and(|sign_in| sign_in.code.is_some()),
        recovery_codes: member.recovery_codes.len(),
        passkeys: member.passkeys.len(),
        organisation: member.organisation.as_ref().is_some_and(|organisation| organisation.is_good),
    }
}

/// The caller's sessions that have not ended.
#[utoipa::path(get, path = "/v1/me/sessions", responses((status = 200, body = SessionList), Problem))]
pub(crate) async fn list(State(desk): State<Desk>, caller: Caller) -> Json<SessionList> {
    Json(SessionList { items: own(&desk, &caller) })
}

/// The same, for a page.
pub(crate) fn own(desk: &Desk, caller: &Caller) -> Vec<SessionView> {
    let current = caller.session(desk).map(|session| session.id);
    let now = clock::now();
    let is_good =
        |session: &&Session| desk.sign_in.standing(session, &session.token, &caller.member, now) != Standing::Over;
    let view = |session: &Session| SessionView {
        id: session.id,
        by: session.by.as_str(),
        second_factor: session.second_factor,
        began_at: session.began_at,
        used_at: session.proven_at,
        ends_at: session.ends_at,
        current: current == Some(session.id),
    };
    desk.feed.with(|known| known.sessions.of_staff(caller.id()).filter(is_good).map(view).collect())
}

/// Ends one session of the caller's, wherever it is.
#[utoipa::path(
    delete, path = "/v1/me/sessions/{session}",
    params(("session" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn end(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((session,)): Segments<(Uuid,)>,
) -> Result<StatusCode, Problem> {
    let mine = |session: &&Session| session.staff == caller.id();
    let session = desk.feed.with(|known| known.sessions.get(session).filter(mine).cloned()).ok_or(Kind::NotFound)?;
    detached(async move {
        let facts = desk.record.end_session(&session).await?;
        desk.feed.reach(&facts).await;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
