//! What the caller did this week, and what is left of their hours.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::schedule::{Span, week_bounds};
use wideawake_domain::staff::StaffMember;
use wideawake_runtime::clock;
use wideawake_runtime::http::{Kind, Problem};

use crate::desk::Desk;
use crate::permit::Caller;

/// How far ahead shifts are listed.
const AHEAD: TimeDelta = TimeDelta::days(14);

/// How far beyond that is looked, so that a shift that crosses the edge is listed whole.
const EDGE: TimeDelta = TimeDelta::days(2);

/// What the caller did this week.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Week {
    /// When the week began: Monday, 00:00 UTC.
    pub(crate) from: DateTime<Utc>,
    /// When it ends.
    pub(crate) to: DateTime<Utc>,
    /// How many seconds of duty count so far: those that were both on shift and `ready`.
    pub(crate) duty_s: i64,
    /// How many may count in a week; `null`: as many as you like.
    #[schema(required)]
    pub(crate) limit_s: Option<i64>,
    /// How many conversations came to the caller this week.
    pub(crate) conversations: usize,
    /// Their shifts of the next 14 days, the one they are on included.
    pub(crate) shifts: Vec<ShiftSpan>,
}

/// A shift as it falls.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct ShiftSpan {
    pub(crate) start: DateTime<Utc>,
    pub(crate) end: DateTime<Utc>,
}

/// Somebody's shifts of the next 14 days, the one they are on included: each whole, although looking ends somewhere.
pub(crate) fn upcoming(member: &StaffMember, now: DateTime<Utc>) -> Vec<Span> {
    let wider = member.hours().expand(now - EDGE, now + AHEAD + EDGE).spans;
    wider.into_iter().filter(|span| span.end > now && span.start < now + AHEAD).collect()
}

/// What the caller did this week (an ISO week in UTC), and what is left of their hours.
#[utoipa::path(get, path = "/v1/me/week", responses((status = 200, body = Week), Problem))]
pub(crate) async fn get_week(State(desk): State<Desk>, caller: Caller) -> Result<Json<Week>, Problem> {
    Ok(Json(week(&desk, &caller).await?))
}

/// The same, for a page.
pub(crate) async fn week(desk: &Desk, caller: &Caller) -> Result<Week, Problem> {
    let now = clock::now();
    let bounds = week_bounds(now);
    let conversations = desk.figures.taken(&desk.record, caller.id(), bounds.start).await?;
    let duty = desk.feed.with(|known| {
        let person = known.staff.get(&caller.id())?;
        let spans = person.member.hours().expand(bounds.start, bounds.end).spans;
        Some(person.duty.ready_within(&spans, bounds.start, now))
    });
    let shifts = upcoming(&caller.member, now);
    let limit = desk.record.settings().dispatch.max_weekly_hours;
    Ok(Week {
        from: bounds.start,
        to: bounds.end,
        duty_s: duty.ok_or(Kind::Unauthorized)?.num_seconds(),
        limit_s: limit.map(|limit| limit.num_seconds()),
        conversations,
        shifts: shifts.into_iter().map(|Span { start, end }| ShiftSpan { start, end }).collect(),
    })
}
