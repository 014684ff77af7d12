//! What becomes of a request: closed, given back, handed over, assigned, or more urgent.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::request::{Command, Raised, ReleaseReason, SupportRequest};
use wideawake_domain::staff::Role;
use wideawake_domain::{Pool, Priority, RequestId, StaffId, Text, Version};
use wideawake_runtime::http::{JsonBody, Problem, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::{Act, Caller, Relation};
use crate::view::Standing;

/// How much may be written about a request besides messages.
pub(crate) const NOTE: std::ops::RangeInclusive<usize> = 1..=2000;

/// How it ended.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `close` reads")]
pub(crate) struct CloseBody {
    /// One of the line's outcomes.
    outcome: String,
    /// Whether you looked at the risk; needed for `elevated` and above.
    risk_assessed: bool,
    /// In your words.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Ends a request.
#[utoipa::path(
    post, path = "/v1/requests/{id}/close",
    params(("id" = Uuid, Path)),
    request_body = CloseBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn close(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    let request = desk.request(id).await?;
    caller.may(Act::Close, &request)?;
    let settings = desk.record.settings();
    let line = settings.line(Some(&request.line));
    let mut f = body.fields();
    let outcome = f.required("outcome", |value| match (parse::name(value)?, line) {
        (name, Some(line)) if !line.outcomes.contains(&name) => {
            Err(format!("must be one of {}", line.outcomes.join(", ")).into())
        }
        (name, _) => Ok(name),
    });
    let risk_assessed = f.required("risk_assessed", parse::boolean);
    let note = f.optional("note", parse::text(0..=2000));
    let (outcome, risk_assessed, note) = f.finish((outcome, risk_assessed, note))?;
    // A line that is configured no more leaves its requests to the default one.
    let retention = line.or(settings.line(None)).and_then(|line| line.retention);
    let note = note.filter(|note| !note.is_empty());
    let settled = settled(&desk, &request).await;
    act(desk, caller, id, Act::Close, move |caller, request, _| Command::Close {
        by_supervisor: caller.supervises(&request.pool),
        settled: settled.clone(),
        outcome: outcome.clone(),
        risk_assessed,
        note: note.clone().map(Text::Open),
        retention,
    })
    .await
}

/// How far what was raised for a request is resolved. What is resolved later than this was read counts for the next call;
/// what is raised later is not covered by it.
async fn settled(desk: &Desk, request: &SupportRequest) -> BTreeMap<String, Version> {
    let known = || desk.feed.with(|known| known.escalations.settled(request.id));
    let settled = known();
    let open = |raised: &Raised| settled.get(&raised.policy).is_none_or(|until| raised.version > *until);
    if !request.raised.iter().any(open) {
        return settled;
    }
    // It may have been resolved at another door this moment.
    desk.feed.refresh().await;
    known()
}

/// Why it goes back to waiting.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `release` reads")]
pub(crate) struct ReleaseBody {
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Gives a request back to waiting, keeping its place in time.
#[utoipa::path(
    post, path = "/v1/requests/{id}/release",
    params(("id" = Uuid, Path)),
    request_body = ReleaseBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn release(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    caller.may(Act::Release, &*desk.request(id).await?)?;
    let mut f = body.fields();
    let reason = f.required("reason", parse::text(NOTE));
    let reason = f.finish(reason)?;
    act(desk, caller, id, Act::Release, move |_, _, relation| {
        let by = if relation == Relation::Holder { ReleaseReason::GaveBack } else { ReleaseReason::Supervisor };
        Command::Release(by, Some(Text::Open(reason.clone())))
    })
    .await
}

/// Who else should take over.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `transfer` reads")]
pub(crate) struct TransferBody {
    /// A particular volunteer of the pool.
    to: Option<Uuid>,
    /// What the other should know.
    #[schema(min_length = 1, max_length = 2000)]
    note: String,
}

/// Asks for somebody else to take over. The holder keeps the request until they do.
#[utoipa::path(
    post, path = "/v1/requests/{id}/transfer",
    params(("id" = Uuid, Path)),
    request_body = TransferBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn transfer(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    let request = desk.request(id).await?;
    caller.may(Act::Transfer, &request)?;
    let mut f = body.fields();
    let to = f.optional("to", parse::id::<StaffId>);
    let note = f.required("note", parse::text(NOTE));
    let wanted = to.value().copied().flatten();
    if let Some(wanted) = wanted {
        if request.holder() == Some(wanted) {
            f.refuse("to", "must be somebody else than who holds the request");
        } else if !works_in(&desk, wanted, &request.pool, |role| role == Role::Volunteer) {
            f.refuse("to", "must be a volunteer of the request's pool");
        }
    }
    let (to, note) = f.finish((to, note))?;
    act(desk, caller, id, Act::Transfer, move |_, _, _| Command::AskTransfer(to, Some(Text::Open(note.clone())))).await
}

/// Who gets it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `assign` reads")]
pub(crate) struct AssignBody {
    /// Somebody of the pool.
    staff: Uuid,
}

/// Gives a request to somebody, whatever else they hold.
#[utoipa::path(
    post, path = "/v1/requests/{id}/assign",
    params(("id" = Uuid, Path)),
    request_body = AssignBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn assign(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    let request = desk.request(id).await?;
    caller.may(Act::Supervise, &request)?;
    let mut f = body.fields();
    let staff = f.required("staff", parse::id::<StaffId>);
    if let Some(staff) = staff.value().copied()
        && !works_in(&desk, staff, &request.pool, |role| role != Role::Admin)
    {
        f.refuse("staff", "must be somebody of the request's pool");
    }
    let staff = f.finish(staff)?;
    act(desk, caller, id, Act::Supervise, move |_, _, _| Command::Assign(staff)).await
}

/// How urgent it is.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `set_priority` reads")]
pub(crate) struct PriorityBody {
    #[schema(pattern = "^(standard|elevated|urgent|imminent)$")]
    priority: String,
    /// Why.
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Sets how urgent a request is. Only a supervisor can lower it, and it is recorded under their name.
#[utoipa::path(
    post, path = "/v1/requests/{id}/priority",
    params(("id" = Uuid, Path)),
    request_body = PriorityBody,
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn set_priority(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    body: JsonBody,
) -> Result<Json<Standing>, Problem> {
    caller.may(Act::Supervise, &*desk.request(id).await?)?;
    let mut f = body.fields();
    let priority = f.required("priority", parse::one_of(&Priority::ALL, Priority::as_str));
    let reason = f.required("reason", parse::text(NOTE));
    let (priority, reason) = f.finish((priority, reason))?;
    act(desk, caller, id, Act::Supervise, move |_, _, _| {
        Command::SetPriority(priority, Some(Text::Open(reason.clone())))
    })
    .await
}

/// Does what `command` says, if the caller may do it to the request as it is then.
pub(crate) async fn act(
    desk: Desk,
    caller: Caller,
    id: RequestId,
    act: Act,
    command: impl Fn(&Caller, &SupportRequest, Relation) -> Command + Send + Sync + 'static,
) -> Result<Json<Standing>, Problem> {
    detached(async move {
        let check = |request: &SupportRequest| {
            let relation = caller.may(act, request)?;
            Ok(command(&caller, request, relation))
        };
        let change = desk.change_and_show(id, &caller, check).await?;
        Ok(Json(Standing::of(&change.request)))
    })
    .await
}

/// Whether somebody works in `pool` in a role of that kind.
fn works_in(desk: &Desk, staff: StaffId, pool: &Pool, role: impl Fn(Role) -> bool) -> bool {
    desk.member(staff).is_ok_and(|member| member.serves(pool) && member.roles.iter().any(|one| role(*one)))
}
