//! Tokens for programs that act for somebody: each is good for some areas of the calls, and until a day.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::StaffId;
use wideawake_domain::staff::{Change, MachineToken};
use wideawake_runtime::http::parse::Refusal;
use wideawake_runtime::http::{JsonBody, Kind, Problem, Segments, detached, parse};
use wideawake_runtime::{clock, tokens};

use crate::desk::Desk;
use crate::permit::{AREAS, Caller};

/// No token is good for longer.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// A token for a program.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `add` reads")]
pub(crate) struct MachineTokenBody {
    /// What it is for, such as `reports`: 1 to 64 of `a`–`z`, `0`–`9`, `-` and `_`.
    #[schema(pattern = "^[a-z0-9_-]{1,64}$")]
    name: String,
    /// What it is good for: `duty`, `conversations`, `escalations`, `board`, `staff`, `roster`, `rotations`, `audit`, or one
    /// of them with `:read` behind it, as far as the roles of whoever it acts for allow.
    #[schema(min_items = 1, max_items = 16)]
    scopes: Vec<String>,
    /// At most a year from now.
    expires_at: DateTime<Utc>,
}

/// A token of a program.
#[derive(Serialize, ToSchema)]
pub(crate) struct MachineTokenView {
    id: Uuid,
    name: String,
    scopes: Vec<String>,
    expires_at: DateTime<Utc>,
}

/// The tokens of programs that act for somebody.
#[derive(Serialize, ToSchema)]
pub(crate) struct MachineTokenList {
    items: Vec<MachineTokenView>,
}

/// A token that is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewMachineToken {
    id: Uuid,
    token: String,
}

fn scope(value: &serde_json::Value) -> Result<String, Refusal> {
    let text = value.as_str().unwrap_or_default();
    if AREAS.contains(&text.strip_suffix(":read").unwrap_or(text)) {
        Ok(text.to_owned())
    } else {
        Err(format!("must be one of {}, or one of them with `:read` behind it", AREAS.join(", ")).into())
    }
}

/// Lets a program act for somebody. The token is shown this once.
#[utoipa::path(
    post, path = "/v1/staff/{id}/machine-tokens",
    params(("id" = Uuid, Path)),
    request_body = MachineTokenBody,
    responses((status = 201, body = NewMachineToken), Problem)
)]
pub(crate) async fn add(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<(StatusCode, Json<NewMachineToken>), Problem> {
    let member = desk.known_member(id).await?;
    caller.toward(&member).must_manage()?;
    let now = clock::now();
    let mut f = body.fields();
    let name = f.required("name", parse::name);
    let scopes = f.each("scopes", 1..=16, scope);
    let until = f.required("expires_at", |value| {
        let at = parse::instant(value)?;
        if now < at && at <= now + LONGEST { Ok(at) } else { Err("must be within a year from now".into()) }
    });
    let (name, scopes, until) = f.finish((name, scopes, until))?;
    if member.machine_tokens.iter().filter(|token| now < token.until).count() >= MachineToken::MOST {
        return Err(Problem::new(Kind::Conflict).detail("they have too many tokens; revoke one first"));
    }
    detached(async move {
        let (id_of_token, token) = (clock::new_id(), tokens::new());
        let new = MachineToken { id: id_of_token, name, token: token.hash(), scopes, until };
        desk.change_staff(id, Change::AddMachineToken(new), &caller).await?;
        let answer = NewMachineToken { id: id_of_token, token: token.expose().to_owned() };
        Ok((StatusCode::CREATED, Json(answer)))
    })
    .await
}

/// The tokens of programs that act for somebody, those that have expired included.
#[utoipa::path(
    get, path = "/v1/staff/{id}/machine-tokens",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = MachineTokenList), Problem)
)]
pub(crate) async fn list(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
) -> Result<Json<MachineTokenList>, Problem> {
    let member = desk.known_member(id).await?;
    caller.toward(&member).must_manage()?;
    let view = |token: MachineToken| MachineTokenView {
        id: token.id,
        name: token.name,
        scopes: token.scopes,
        expires_at: token.until,
    };
    Ok(Json(MachineTokenList { items: member.machine_tokens.into_iter().map(view).collect() }))
}

/// Takes a token from a program.
#[utoipa::path(
    delete, path = "/v1/staff/{id}/machine-tokens/{token}",
    params(("id" = Uuid, Path), ("token" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn revoke(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id, token)): Segments<(StaffId, Uuid)>,
) -> Result<StatusCode, Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage()?;
    detached(async move {
        desk.change_staff(id, Change::RevokeMachineToken(token), &caller).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
