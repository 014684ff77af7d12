//! How an escalation is shown: its steps, who was called how, and what comes next. No addresses, and nothing that anyone
//! typed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::escalation::{Attempt, Escalation, PageOutcome, Stage, Trigger};
use wideawake_domain::request::Cause;
use wideawake_domain::staff::ContactKind;
use wideawake_domain::{Priority, StaffId};

use crate::feed::{Known, Projection, Went};
use crate::view::PersonView;

/// Something that needs more than a volunteer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EscalationView {
    /// Which.
    pub(crate) id: Uuid,
    /// For which request.
    pub(crate) request: Uuid,
    /// What the member turned to.
    line: String,
    /// Whose supervisors answer for it.
    pool: String,
    /// How urgent the request was when it was last raised.
    #[schema(value_type = String)]
    priority: Priority,
    /// What it goes by.
    policy: String,
    /// `paging`: people are called step by step; `fallback`: every supervisor is called, again and again;
    /// `acknowledged`: somebody took it on; `resolved`.
    stage: &'static str,
    /// The newest time through the steps, from 0.
    round: u32,
    /// The step it is at, from 0; `null` behind the last.
    #[schema(required)]
    step: Option<u32>,
    /// The steps of the policy, as they went in this round.
    steps: Vec<EscalationStepView>,
    /// When it goes on by itself: the next step, the next fallback, the next reminder.
    #[schema(required)]
    deadline: Option<DateTime<Utc>>,
    /// What made it necessary, oldest first.
    triggers: Vec<TriggerView>,
    /// What came of the pages, oldest first: of each the newest attempt.
    pages: Vec<PageView>,
    /// Who took it on.
    #[schema(required)]
    acknowledged_by: Option<Uuid>,
    /// Their name.
    #[schema(required)]
    acknowledged_alias: Option<String>,
    /// When.
    #[schema(required)]
    acknowledged_at: Option<DateTime<Utc>>,
    /// When people are called again unless it is resolved.
    #[schema(required)]
    remind_at: Option<DateTime<Utc>>,
    /// Who is asked to take it over.
    #[schema(required)]
    hand_over_to: Option<Uuid>,
    /// How often every supervisor was called.
    fallbacks: u32,
    /// When it was opened.
    pub(crate) opened_at: DateTime<Utc>,
    /// What came of it.
    #[schema(required)]
    outcome: Option<String>,
    /// Who resolved it.
    #[schema(required)]
    resolved_by: Option<Uuid>,
    /// When.
    #[schema(required)]
    resolved_at: Option<DateTime<Utc>>,
}

/// A step of its policy.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EscalationStepView {
    /// Whom it names, such as `supervisors_on_duty` or `rotation:clinicians`.
    page: Vec<String>,
    /// How many seconds it waits for somebody to take it on.
    wait_s: i64,
    /// `done`; `skipped`: it reached nobody; `now`: it waits; `next`: not reached, or not yet.
    status: &'static str,
    /// Whom it called.
    people: Vec<PersonView>,
}

/// Something that made it necessary.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TriggerView {
    /// `silent`, `no_reply`, `away`, `beyond_holder`, `person` or `rule`.
    #[schema(value_type = String)]
    cause: Cause,
    /// The rule that asked for it.
    #[schema(required)]
    rule: Option<String>,
    /// When.
    at: DateTime<Utc>,
}

/// What came of a page.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PageView {
    /// To whom.
    staff: Uuid,
    /// Their name.
    alias: String,
    /// Over what: `webhook`, `email` or `sms`.
    kind: &'static str,
    /// Which attempt, from 1.
    attempt: u32,
    /// `delivered`: whoever carries it took it over; `failed`.
    outcome: &'static str,
    /// Why it failed, as a short code such as `timeout` or `status_503`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    why: Option<String>,
    /// When.
    at: DateTime<Utc>,
    /// When it is tried again; absent when it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    again_at: Option<DateTime<Utc>>,
}

/// An escalation as those see it who answer for it.
pub(crate) fn of(known: &Known, names: &Projection) -> EscalationView {
    let state = &known.state;
    let name = |staff: StaffId| names.alias(staff).unwrap_or_default();
    let triggers = state.triggers.iter();
    let triggers =
        triggers.map(|Trigger { cause, rule, at, .. }| TriggerView { cause: *cause, rule: rule.clone(), at: *at });
    let mut pages: Vec<PageView> =
        state.attempts.iter().map(|((_, staff, _), attempt)| page(*staff, name(*staff), attempt)).collect();
    pages.sort_by_key(|page| page.at);
    let remind_at = match state.stage {
        Stage::Acknowledged { remind_at, .. } => remind_at,
        _ => None,
    };
    let outcome = match &state.stage {
        Stage::Resolved { outcome, .. } => Some(outcome.clone()),
        _ => None,
    };
    EscalationView {
        id: state.id.0,
        request: state.request.0,
        line: state.line.clone(),
        pool: state.pool.to_string(),
        priority: state.priority,
        policy: state.policy.name.clone(),
        stage: stage(state),
        round: round(known),
        step: step(known),
        steps: steps(known, name),
        deadline: state.due(),
        triggers: triggers.collect(),
        pages,
        acknowledged_by: known.taken.map(|(by, _)| by.0),
        acknowledged_alias: known.taken.map(|(by, _)| name(by)),
        acknowledged_at: known.taken.map(|(_, at)| at),
        remind_at,
        hand_over_to: state.hand_over.map(|to| to.0),
        fallbacks: state.fallbacks,
        opened_at: state.opened_at,
        outcome,
        resolved_by: known.resolved.map(|(by, _)| by.0),
        resolved_at: known.resolved.map(|(_, at)| at),
    }
}

/// `paging`, `fallback`, `acknowledged` or `resolved`.
pub(crate) const fn stage(state: &Escalation) -> &'static str {
    match state.stage {
        Stage::Due { .. } | Stage::Paging { .. } => "paging",
        Stage::Fallback { .. } => "fallback",
        Stage::Acknowledged { .. } => "acknowledged",
        Stage::Resolved { .. } => "resolved",
    }
}

fn round(known: &Known) -> u32 {
    match known.state.stage {
        Stage::Due { round, .. } | Stage::Paging { round, .. } => round,
        _ => known.round,
    }
}

/// The step it is at, or was at when somebody took it on; `None` behind the last.
pub(crate) fn step(known: &Known) -> Option<u32> {
    let step = match known.state.stage {
        Stage::Due { step, .. } | Stage::Paging { step, .. } => Some(step),
        Stage::Fallback { .. } => None,
        _ if known.state.fallbacks > 0 => None,
        _ => known.steps.last_key_value().map(|(step, _)| *step),
    };
    step.filter(|step| (*step as usize) < known.state.policy.steps.len())
}

fn steps(known: &Known, name: impl Fn(StaffId) -> String) -> Vec<EscalationStepView> {
    // A round that is about to begin has called nobody yet.
    let begun = round(known) == known.round;
    let steps = (0..).zip(&known.state.policy.steps);
    let view = |(n, step): (u32, &wideawake_domain::escalation::Step)| {
        let is_now = matches!(known.state.stage, Stage::Paging { step, .. } if step == n);
        let (status, people) = match known.steps.get(&n).filter(|_| begun) {
            Some(Went::Called(people)) => (if is_now { "now" } else { "done" }, people.as_slice()),
            Some(Went::Skipped) => ("skipped", &[][..]),
            None => ("next", &[][..]),
        };
        let people: BTreeSet<StaffId> = people.iter().copied().collect();
        EscalationStepView {
            page: step.page.iter().map(ToString::to_string).collect(),
            wait_s: step.wait.num_seconds(),
            status,
            people: people.into_iter().map(|staff| PersonView { staff: staff.0, alias: name(staff) }).collect(),
        }
    };
    steps.map(view).collect()
}

fn page(staff: StaffId, alias: String, attempt: &Attempt) -> PageView {
    let (outcome, why, again_at) = match &attempt.outcome {
        PageOutcome::Delivered => ("delivered", None, None),
        PageOutcome::Failed { why, again_at } => ("failed", Some(why.clone()), *again_at),
    };
    let kind = match attempt.kind {
        ContactKind::Webhook => "webhook",
        ContactKind::Email => "email",
        ContactKind::Sms => "sms",
    };
    PageView { staff: staff.0, alias, kind, attempt: attempt.count, outcome, why, at: attempt.at, again_at }
}
