//! When a volunteer is not enough: asking for more, coming into the conversation, and ending it for cause.

use axum::Json;
use axum::extract::State;
use chrono::TimeDelta;
use serde_json::Value;
use utoipa::ToSchema;
use wideawake_domain::request::{Cause, Command, Joining, Speaker};
use wideawake_domain::{RequestId, Text};
use wideawake_runtime::http::parse::Refusal;
use wideawake_runtime::http::{JsonBody, Problem, Segments, parse};

use crate::conversation::{NOTE, act};
use crate::desk::Desk;
use crate::permit::{Act, Caller};
use crate::view::Standing;

/// The shortest and the longest time for which a member is barred.
const BARRED: (TimeDelta, TimeDelta) = (TimeDelta::minutes(10), TimeDelta::days(30));

/// Whom to call, and why.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `escalate` reads")]
pub(crate) struct EscalateBody {
    /// One of the organisation's escalation policies.
    policy: String,
    /// Why; sealed, and in no page.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Asks for more than a volunteer: people are called as the policy says. Asking again while they are adds a reason.
#[utoipa::path(
    post, path = "/v1/requests/{id}/escalate",
    params(("id" = Uuid, Path)),
    request_body = EscalateBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn escalate(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    caller.may(Act::Escalate, &*desk.request(id).await?)?;
    let book = desk.record.shelf().book();
    let known = &book.policies.0;
    let mut f = body.fields();
    let policy = f.required("policy", |value| {
        let policy = parse::name(value)?;
        // Where there is none at all, any name calls the supervisors: the button must never be dead.
        if known.is_empty() || known.contains_key(&policy) {
            return Ok(policy);
        }
        let names: Vec<&str> = known.keys().map(String::as_str).collect();
        Err(format!("must be one of {}", names.join(", ")).into())
    });
    let reason = f.required("reason", parse::text(NOTE));
    let (policy, reason) = f.finish((policy, reason))?;
    act(desk, caller, id, Act::Escalate, move |_, _, _| Command::Escalate {
        policy: policy.clone(),
        cause: Cause::Person,
        reason: Some(Text::Open(reason.clone())),
    })
    .await
}

/// As what to come in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `join` reads")]
pub(crate) struct JoinBody {
    /// `beside` the volunteer, or as the new `holder`.
    #[serde(rename = "as")]
    #[schema(pattern = "^(beside|holder)$")]
    joining: String,
}

/// Comes into the conversation, beside whoever holds it or in their place.
#[utoipa::path(
    post, path = "/v1/requests/{id}/join",
    params(("id" = Uuid, Path)),
    request_body = JoinBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn join(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    caller.may(Act::Join, &*desk.request(id).await?)?;
    let mut f = body.fields();
    let joining = f.required(
        "as",
        parse::one_of(&[Joining::Beside, Joining::Holder], |joining| match joining {
            Joining::Beside => "beside",
            Joining::Holder => "holder",
        }),
    );
    let joining = f.finish(joining)?;
    act(desk, caller, id, Act::Join, move |caller, request, _| {
        let supervisor = caller.supervises(&request.pool);
        let speaker = if supervisor { Speaker::Supervisor } else { Speaker::Professional };
        Command::Join(caller.id(), speaker, joining)
    })
    .await
}

/// Why, and for how long.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `bar` reads")]
pub(crate) struct BarBody {
    /// Why; sealed.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
    /// `10m` to `30d`.
    #[serde(rename = "for")]
    #[schema(example = "24h")]
    length: String,
}

/// Ends a request for cause. One of `urgent` priority or above is never turned away.
#[utoipa::path(
    post, path = "/v1/requests/{id}/bar",
    params(("id" = Uuid, Path)),
    request_body = BarBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn bar(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    let request = desk.request(id).await?;
    caller.may(Act::Supervise, &request)?;
    let mut f = body.fields();
    let reason = f.required("reason", parse::text(NOTE));
    let length = f.required("for", length);
    let (reason, length) = f.finish((reason, length))?;
    let settings = desk.record.settings();
    let retention = settings.line(Some(&request.line)).or(settings.line(None)).and_then(|line| line.retention);
    act(desk, caller, id, Act::Supervise, move |_, _, _| Command::Bar(length, Text::Open(reason.clone()), retention))
        .await
}

fn length(value: &Value) -> Result<TimeDelta, Refusal> {
    let length = parse::duration(value)?;
    let (shortest, longest) = BARRED;
    if (shortest..=longest).contains(&length) { Ok(length) } else { Err("must be \"10m\" to \"30d\"".into()) }
}
