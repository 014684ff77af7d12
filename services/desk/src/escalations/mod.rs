//! What needs more than a volunteer: who is called over it, taking it on, handing it over, resolving it.

pub(crate) mod view; // how one is shown

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::escalation::{Command, Escalation, Resolution, Stage, Via};
use wideawake_domain::staff::Role;
use wideawake_domain::{EscalationId, Pool, StaffId, Text};
use wideawake_runtime::http::{JsonBody, Problem, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::Caller;
use view::EscalationView;

/// Escalations.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EscalationList {
    items: Vec<EscalationView>,
}

/// What needs more than a volunteer, the newest first: for supervisors in their pools, for professionals what they were
/// called over or took on. What is resolved is there for another hour.
#[utoipa::path(get, path = "/v1/escalations", responses((status = 200, body = EscalationList), Problem))]
pub(crate) async fn list(State(desk): State<Desk>, caller: Caller) -> Json<EscalationList> {
    // Whoever asks may have just been called by another process.
    desk.feed.refresh().await;
    let items = desk.feed.with(|known| {
        let mine = known.escalations.all().filter(|escalation| caller.sees(escalation).is_ok());
        let mut mine: Vec<_> = mine.map(|escalation| view::of(escalation, known)).collect();
        mine.sort_by_key(|view| (std::cmp::Reverse(view.opened_at), view.id));
        mine
    });
    Json(EscalationList { items })
}

/// One escalation.
#[utoipa::path(
    get, path = "/v1/escalations/{id}",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = EscalationView), Problem)
)]
pub(crate) async fn one(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(EscalationId,)>,
) -> Result<Json<EscalationView>, Problem> {
    shown(&desk, &caller, id).await
}

/// As the record has it now.
async fn shown(desk: &Desk, caller: &Caller, id: EscalationId) -> Result<Json<EscalationView>, Problem> {
    let escalation = desk.escalation(id).await?;
    caller.sees(&escalation)?;
    Ok(Json(desk.feed.with(|known| view::of(&escalation, known))))
}

/// Takes an escalation on: nobody else is called from then on. The repeat of who took it on is answered alike.
#[utoipa::path(
    post, path = "/v1/escalations/{id}/acknowledge",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = EscalationView), Problem)
)]
pub(crate) async fn acknowledge(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(EscalationId,)>,
) -> Result<Json<EscalationView>, Problem> {
    caller.sees(&desk.escalation(id).await?)?;
    detached(async move {
        desk.change_escalation(id, &caller, |_| Ok(Command::Acknowledge(caller.id(), Via::Desk, None))).await?;
        shown(&desk, &caller, id).await
    })
    .await
}

/// Who should take it over.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `hand_over` reads")]
pub(crate) struct HandOverBody {
    /// A supervisor or a professional of the pool.
    to: Uuid,
    /// What they should know.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Asks somebody else to take an escalation over. They are called; until they acknowledge it stays with who took it on.
#[utoipa::path(
    post, path = "/v1/escalations/{id}/hand-over",
    params(("id" = Uuid, Path)),
    request_body = HandOverBody,
    responses((status = 200, body = EscalationView), Problem)
)]
pub(crate) async fn hand_over(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(EscalationId,)>,
    body: JsonBody,
) -> Result<Json<EscalationView>, Problem> {
    let escalation = desk.escalation(id).await?;
    caller.sees(&escalation)?;
    let mut f = body.fields();
    let to = f.required("to", parse::id::<StaffId>);
    let note = f.optional("note", parse::text(0..=2000));
    if to.value().is_some_and(|to| !answers(&desk, *to, &escalation.state.pool)) {
        f.refuse("to", "must be a supervisor or a professional of the pool");
    }
    let (to, note) = f.finish((to, note))?;
    let note = note.filter(|note| !note.is_empty());
    detached(async move {
        let ask = |state: &Escalation| {
            if state.taken_by() != Some(to) {
                caller.may_decide(state)?;
            }
            Ok(Command::HandOver(caller.id(), to, note.clone().map(Text::Open)))
        };
        desk.change_escalation(id, &caller, ask).await?;
        shown(&desk, &caller, id).await
    })
    .await
}

/// Whether somebody may be called over what happens in `pool`.
fn answers(desk: &Desk, staff: StaffId, pool: &Pool) -> bool {
    let answers = |role: &Role| matches!(role, Role::Supervisor | Role::Professional);
    desk.member(staff).is_ok_and(|member| member.serves(pool) && member.roles.iter().any(answers))
}

/// How it ended.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `resolve` reads")]
pub(crate) struct ResolveBody {
    /// What came of it, in a word of your organisation, such as `safe`, `referred` or `emergency_services`.
    #[schema(pattern = "^[a-z0-9_-]{1,64}$")]
    outcome: String,
    /// Who confirmed that emergency services made contact; needed when an imminent one ends with `emergency_services`.
    #[schema(min_length = 1, max_length = 200)]
    confirmed_by: Option<String>,
    /// In your words.
    #[schema(max_length = 2000)]
    note: Option<String>,
}

/// Ends an escalation. What was raised up to now no longer keeps the volunteer from closing the request.
#[utoipa::path(
    post, path = "/v1/escalations/{id}/resolve",
    params(("id" = Uuid, Path)),
    request_body = ResolveBody,
    responses((status = 200, body = EscalationView), Problem)
)]
pub(crate) async fn resolve(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(EscalationId,)>,
    body: JsonBody,
) -> Result<Json<EscalationView>, Problem> {
    caller.sees(&desk.escalation(id).await?)?;
    let mut f = body.fields();
    let outcome = f.required("outcome", parse::name);
    let confirmed_by = f.optional("confirmed_by", parse::text(1..=200));
    let note = f.optional("note", parse::text(0..=2000));
    let (outcome, confirmed_by, note) = f.finish((outcome, confirmed_by, note))?;
    let note = note.filter(|note| !note.is_empty());
    detached(async move {
        let end = |state: &Escalation| {
            caller.may_decide(state)?;
            let resolution = Resolution {
                outcome: outcome.clone(),
                confirmed_by: confirmed_by.clone().map(Text::Open),
                note: note.clone().map(Text::Open),
            };
            Ok(Command::Resolve(caller.id(), resolution))
        };
        if let Err(problem) = desk.change_escalation(id, &caller, end).await {
            let known = desk.escalation(id).await?;
            // Whoever lost the answer hears it again.
            let repeat = matches!(&known.state.stage, Stage::Resolved { by, outcome: was, .. } if *by == caller.id() && *was == outcome);
            if !repeat {
                return Err(problem);
            }
        }
        shown(&desk, &caller, id).await
    })
    .await
}
