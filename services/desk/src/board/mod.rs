//! What a supervisor has before them: who waits, who talks, who is on duty, and what needs more than a volunteer.

pub(crate) mod stream; // the same, as it changes
mod urgent; // what needs more than a volunteer, and who is on call

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::dispatch::Rank;
use wideawake_domain::request::{Phase, SupportRequest};
use wideawake_domain::schedule::wall;
use wideawake_domain::settings::Dispatch;
use wideawake_domain::staff::{Duty, Role};
use wideawake_domain::{Pool, Priority, StaffId};
use wideawake_runtime::clock;
use wideawake_runtime::http::Problem;

use crate::desk::Desk;
use crate::feed::Projection;
use crate::permit::Caller;
use urgent::{EscalationRow, OnCallRow};

/// How many waiting requests are listed, the first to be served first; `waiting_count` says how many there are.
const LISTED: usize = 500;

/// What a supervisor has before them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Board {
    /// Who waits, in the order in which they are served; at most 500.
    waiting: Vec<WaitingRow>,
    /// Who talks, the longest first.
    active: Vec<ActiveRow>,
    /// Who says that they are there and is scheduled or present.
    on_duty: Vec<DutyRow>,
    /// What needs more than a volunteer and is not resolved, the most urgent first.
    escalations: Vec<EscalationRow>,
    /// Who is on call, by rotation.
    on_call: Vec<OnCallRow>,
    /// How many seconds the longest waiting of each priority has waited.
    longest_wait_s: BTreeMap<&'static str, i64>,
    /// How many wait, by priority.
    waiting_count: BTreeMap<&'static str, usize>,
}

/// A waiting request.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct WaitingRow {
    request: Uuid,
    line: String,
    #[schema(value_type = String)]
    priority: Priority,
    language: String,
    /// When it was opened: its place in time.
    since: DateTime<Utc>,
    /// Its rank in dispatch order within its pool; 1 is served next.
    position: usize,
    /// To how many it is offered now.
    offers: usize,
}

/// A request that somebody holds.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct ActiveRow {
    request: Uuid,
    line: String,
    #[schema(value_type = String)]
    priority: Priority,
    language: String,
    /// Who holds it.
    staff: Uuid,
    alias: String,
    /// Since when they hold it.
    since: DateTime<Utc>,
    /// Since when the member waits for an answer.
    #[schema(required)]
    unanswered_since: Option<DateTime<Utc>>,
    /// Since when the member's client has been silent.
    #[schema(required)]
    away_since: Option<DateTime<Utc>>,
    /// Whether a handover is under way.
    transfer: bool,
}

/// Somebody who says that they are there.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct DutyRow {
    staff: Uuid,
    alias: String,
    /// Where they live.
    zone: String,
    /// What the clock shows there, `HH:MM`.
    local_time: String,
    /// How many of their places are taken, by what they hold and what they are offered.
    load: usize,
    /// How many places they have.
    capacity: u32,
    /// When the shift they are on ends; `null` when they are on none.
    #[schema(required)]
    shift_ends: Option<DateTime<Utc>>,
    /// `ready` or `break`.
    duty: &'static str,
    /// Whether their client was heard lately.
    present: bool,
}

/// What the caller's pools have before them.
#[utoipa::path(get, path = "/v1/board", responses((status = 200, body = Board), Problem))]
pub(crate) async fn get_board(State(desk): State<Desk>, caller: Caller) -> Result<Json<Board>, Problem> {
    // Whoever asks may have just heard of something from another process.
    desk.feed.refresh().await;
    Ok(Json(board(&desk, &caller).await))
}

/// The board of the caller's pools, now.
async fn board(desk: &Desk, caller: &Caller) -> Board {
    let now = clock::now();
    let settings = desk.record.settings();
    let present = desk.presence.since(&desk.record, now - settings.dispatch.presence_grace).await;
    desk.feed.with(|known| draw(known, &caller.member.pools, &settings.dispatch, &present, now))
}

fn draw(
    known: &mut Projection,
    pools: &[Pool],
    dispatch: &Dispatch,
    present: &BTreeMap<StaffId, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Board {
    let mut waiting: BTreeMap<&Pool, Vec<(Rank, &SupportRequest)>> = BTreeMap::new();
    let mut active = Vec::new();
    let mut longest_wait_s: BTreeMap<&'static str, i64> = Priority::ALL.map(|p| (p.as_str(), 0)).into();
    let mut waiting_count: BTreeMap<&'static str, usize> = Priority::ALL.map(|p| (p.as_str(), 0)).into();
    let mut load: BTreeMap<StaffId, usize> = BTreeMap::new();
    for conversation in known.requests.values() {
        let request = &conversation.request;
        if request.is_closed() {
            continue;
        }
        for staff in request.holder().into_iter().chain(request.offers.iter().map(|offer| offer.volunteer)) {
            *load.entry(staff).or_default() += 1;
        }
        if !pools.contains(&request.pool) {
            continue;
        }
        if request.is_waiting() {
            waiting.entry(&request.pool).or_default().push((Rank::of(request, dispatch, now), request));
            let waited = (now - request.opened_at).num_seconds().max(0);
            longest_wait_s.entry(request.priority.as_str()).and_modify(|longest| *longest = waited.max(*longest));
            waiting_count.entry(request.priority.as_str()).and_modify(|count| *count += 1);
        }
        active.extend(active_row(known, request));
    }
    let mut rows = Vec::new();
    for (_, mut queue) in waiting {
        queue.sort_unstable_by_key(|(rank, _)| *rank);
        let numbered = queue.into_iter().take(LISTED).enumerate();
        rows.extend(numbered.map(|(n, (rank, request))| (rank, waiting_row(request, n + 1))));
    }
    rows.sort_by_key(|(rank, _)| *rank);
    active.sort_by_key(|row| row.since);
    let waiting = rows.into_iter().take(LISTED).map(|(_, row)| row).collect();
    let on_duty = on_duty(known, pools, &load, present, now);
    let (escalations, on_call) = (urgent::escalations(known, pools), urgent::on_call(known, pools, now));
    Board { waiting, active, on_duty, escalations, on_call, longest_wait_s, waiting_count }
}

fn waiting_row(request: &SupportRequest, position: usize) -> WaitingRow {
    WaitingRow {
        request: request.id.0,
        line: request.line.clone(),
        priority: request.priority,
        language: request.language.to_string(),
        since: request.opened_at,
        position,
        offers: request.offers.len(),
    }
}

fn active_row(known: &Projection, request: &SupportRequest) -> Option<ActiveRow> {
    let Phase::Active { holder, since, unanswered_since, ref transfer, .. } = request.phase else { return None };
    Some(ActiveRow {
        request: request.id.0,
        line: request.line.clone(),
        priority: request.priority,
        language: request.language.to_string(),
        staff: holder.0,
        alias: known.alias(holder).unwrap_or_default(),
        since,
        unanswered_since,
        away_since: request.away_since,
        transfer: transfer.is_some(),
    })
}

fn on_duty(
    known: &mut Projection,
    pools: &[Pool],
    load: &BTreeMap<StaffId, usize>,
    present: &BTreeMap<StaffId, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<DutyRow> {
    let mut rows = Vec::new();
    for (id, person) in &mut known.staff {
        let (member, duty) = (&person.member, person.duty_at(now));
        let works = member.roles.iter().any(|role| *role != Role::Admin);
        if member.removed || !works || duty == Duty::Off || !pools.iter().any(|pool| member.serves(pool)) {
            continue;
        }
        let shift = person.on_shift(now);
        let present = present.contains_key(id);
        if shift.is_none() && !present {
            continue;
        }
        let member = &person.member;
        rows.push(DutyRow {
            staff: id.0,
            alias: member.alias.clone(),
            zone: member.zone.name().to_owned(),
            local_time: wall::local(now, member.zone).format("%H:%M").to_string(),
            load: load.get(id).copied().unwrap_or_default(),
            capacity: member.capacity,
            shift_ends: shift.map(|shift| shift.end),
            duty: duty.as_str(),
            present,
        });
    }
    rows
}
