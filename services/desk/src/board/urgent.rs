//! What needs more than a volunteer, and who is on call, as the board shows it.

use std::cmp::Reverse;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::request::{Cause, Raised, SupportRequest};
use wideawake_domain::staff::Role;
use wideawake_domain::{Pool, Priority};

use crate::escalations::view::{stage, step};
use crate::feed::{Known, Projection};

/// How many escalations are listed, the most urgent first.
const LISTED: usize = 500;

/// Something that needs more than a volunteer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct EscalationRow {
    /// Which escalation; `null` for a moment, until what was raised is opened.
    #[schema(required)]
    id: Option<Uuid>,
    request: Uuid,
    line: String,
    #[schema(value_type = String)]
    priority: Priority,
    policy: String,
    /// `raised`: nobody was called yet; `paging`, `fallback` or `acknowledged`.
    stage: &'static str,
    /// The step it is at, from 0; `null` behind the last, and before the first.
    #[schema(required)]
    step: Option<u32>,
    /// When it goes on by itself.
    #[schema(required)]
    deadline: Option<DateTime<Utc>>,
    /// Who took it on.
    #[schema(required)]
    acknowledged_by: Option<Uuid>,
    /// Their name.
    #[schema(required)]
    acknowledged_alias: Option<String>,
    /// What made it necessary, each once: `silent`, `no_reply`, `away`, `beyond_holder`, `person`, `rule`.
    #[schema(value_type = Vec<String>)]
    causes: Vec<Cause>,
    /// Since when.
    at: DateTime<Utc>,
}

/// Somebody who is on call.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct OnCallRow {
    /// In which rotation.
    rotation: String,
    staff: Uuid,
    alias: String,
    /// Until when; `null` when nobody else follows.
    #[schema(required)]
    until: Option<DateTime<Utc>>,
}

/// What needs more than a volunteer in these pools: what is not resolved, and what was raised this moment.
pub(super) fn escalations(known: &Projection, pools: &[Pool]) -> Vec<EscalationRow> {
    let running = known.escalations.all().filter(|one| !one.is_resolved() && pools.contains(&one.state.pool));
    let mut rows: Vec<EscalationRow> = running.map(|one| running_row(one, known)).collect();
    let requests = known.requests.values().map(|conversation| &conversation.request);
    for request in requests.filter(|request| pools.contains(&request.pool)) {
        let is_new = |raised: &&Raised| !known.escalations.is_opened(request.id, &raised.policy, raised.version);
        for raised in request.raised.iter().filter(is_new) {
            let same = |row: &&mut EscalationRow| {
                row.id.is_none() && row.request == request.id.0 && row.policy == raised.policy
            };
            match rows.iter_mut().find(same) {
                Some(row) => add(&mut row.causes, raised.cause),
                None => rows.push(raised_row(request, raised)),
            }
        }
    }
    rows.sort_by_key(|row| (Reverse(row.priority), row.acknowledged_by.is_some(), row.at, row.id));
    rows.truncate(LISTED);
    rows
}

fn running_row(one: &Known, known: &Projection) -> EscalationRow {
    let state = &one.state;
    let mut causes = Vec::new();
    for trigger in &state.triggers {
        add(&mut causes, trigger.cause);
    }
    let taken = state.taken_by();
    EscalationRow {
        id: Some(state.id.0),
        request: state.request.0,
        line: state.line.clone(),
        priority: state.priority,
        policy: state.policy.name.clone(),
        stage: stage(state),
        step: step(one),
        deadline: state.due(),
        acknowledged_by: taken.map(|by| by.0),
        acknowledged_alias: taken.map(|by| known.alias(by).unwrap_or_default()),
        causes,
        at: state.opened_at,
    }
}

fn raised_row(request: &SupportRequest, raised: &Raised) -> EscalationRow {
    EscalationRow {
        id: None,
        request: request.id.0,
        line: request.line.clone(),
        priority: request.priority,
        policy: raised.policy.clone(),
        stage: "raised",
        step: None,
        deadline: None,
        acknowledged_by: None,
        acknowledged_alias: None,
        causes: vec![raised.cause],
        at: raised.at,
    }
}

fn add(causes: &mut Vec<Cause>, cause: Cause) {
    if !causes.contains(&cause) {
        causes.push(cause);
    }
}

/// Who is on call now, among those who work in these pools.
pub(super) fn on_call(known: &Projection, pools: &[Pool], now: DateTime<Utc>) -> Vec<OnCallRow> {
    let mut rows: Vec<OnCallRow> = Vec::new();
    for named in known.rotations() {
        let on = named.on_call(now);
        let Some(staff) = on.member else { continue };
        let Some(person) = known.person(staff) else { continue };
        let member = &person.member;
        let answers = member.roles.iter().any(|role| *role != Role::Admin);
        if answers && pools.iter().any(|pool| member.serves(pool)) {
            let alias = member.alias.clone();
            rows.push(OnCallRow { rotation: named.name.clone(), staff: staff.0, alias, until: on.until });
        }
    }
    rows.sort_by(|a, b| a.rotation.cmp(&b.rotation));
    rows
}
