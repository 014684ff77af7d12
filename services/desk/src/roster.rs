//! Who is scheduled when, and where nobody is.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::schedule::coverage::{Available, BadSteps, MAX_STEPS, Needed, Step, coverage};
use wideawake_domain::schedule::{BadWindow, MAX_WINDOW, Span, merged};
use wideawake_domain::settings::{Settings, Skill};
use wideawake_domain::staff::{Role, StaffMember};
use wideawake_domain::{Pool, StaffId};
use wideawake_runtime::http::{Checked, Fields, Kind, Problem, Query, parse};

use crate::desk::Desk;
use crate::permit::Caller;

/// How many turns of shifts one call works out at most.
const WORK: i64 = 500_000;

/// Who is scheduled when.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Roster {
    items: Vec<RosterRow>,
}

/// Somebody is scheduled.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct RosterRow {
    staff: Uuid,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
}

/// When the staff of the caller's pools are scheduled, in order of start.
#[utoipa::path(
    get, path = "/v1/roster",
    params(("from" = DateTime<Utc>, Query), ("to" = DateTime<Utc>, Query)),
    responses((status = 200, body = Roster), Problem)
)]
pub(crate) async fn get_roster(
    State(desk): State<Desk>,
    caller: Caller,
    query: Query,
) -> Result<Json<Roster>, Problem> {
    let people = people(&desk, &caller, |_| true);
    let mut q = query.fields();
    let window = window(&mut q, &people);
    let window = q.finish(window)?;
    let rows = move || {
        let mut rows: Vec<(DateTime<Utc>, StaffId, DateTime<Utc>)> = Vec::new();
        for member in &people {
            let spans = member.hours().expand(window.start, window.end).spans;
            rows.extend(spans.into_iter().map(|span| (span.start, member.id, span.end)));
        }
        rows.sort_unstable();
        rows
    };
    let rows = work(rows).await?;
    let row = |(start, staff, end): (DateTime<Utc>, StaffId, DateTime<Utc>)| RosterRow { staff: staff.0, start, end };
    Ok(Json(Roster { items: rows.into_iter().map(row).collect() }))
}

/// How many there are in each step.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Coverage {
    #[schema(value_type = Vec<StepView>)]
    items: Vec<Step>,
}

/// One step: the least number of volunteers at any moment of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `Step` is written as")]
pub(crate) struct StepView {
    start: DateTime<Utc>,
    end: DateTime<Utc>,
    /// How many volunteers.
    people: u32,
    /// How many serve each language of the lines.
    languages: std::collections::BTreeMap<String, u32>,
    /// How many hold each qualification that may be needed.
    qualifications: std::collections::BTreeMap<String, u32>,
    /// What there is nobody for.
    gaps: GapsView,
}

/// What there is nobody for.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `Gaps` is written as")]
pub(crate) struct GapsView {
    languages: Vec<String>,
    qualifications: Vec<String>,
}

/// How many volunteers of the caller's pools are scheduled in each step, by language and qualification, with gaps.
#[utoipa::path(
    get, path = "/v1/coverage",
    params(
        ("from" = DateTime<Utc>, Query),
        ("to" = DateTime<Utc>, Query),
        ("step" = Option<String>, Query, description = "A duration such as `30m`; `1h` unless told otherwise"),
    ),
    responses((status = 200, body = Coverage), Problem)
)]
pub(crate) async fn get_coverage(
    State(desk): State<Desk>,
    caller: Caller,
    query: Query,
) -> Result<Json<Coverage>, Problem> {
    let people = people(&desk, &caller, |member| member.is(Role::Volunteer));
    let mut q = query.fields();
    let window = window(&mut q, &people);
    let step = q.optional("step", parse::duration).or(TimeDelta::hours(1));
    if let (Some(window), Some(step)) = (window.value(), step.value())
        && let Err(BadSteps::TooMany(_)) = coverage(&[], &Needed::default(), window.start, window.end, *step)
    {
        q.refuse("step", format!("must be longer, so that the window has at most {MAX_STEPS} steps"));
    }
    let (window, step) = q.finish((window, step))?;
    let needed = needed(desk.record.settings(), &caller.member.pools);
    Ok(Json(Coverage { items: counted(people, needed, window, step).await? }))
}

async fn counted(
    people: Vec<StaffMember>,
    needed: Needed,
    window: Span,
    step: TimeDelta,
) -> Result<Vec<Step>, Problem> {
    let steps = move || {
        let available: Vec<Available> = people.iter().flat_map(|member| available(member, window)).collect();
        coverage(&available, &needed, window.start, window.end, step).unwrap_or_default()
    };
    work(steps).await
}

/// The same, for a page; 422 when there are so many shifts in it that it would be too much work.
pub(crate) async fn covered(
    desk: &Desk,
    caller: &Caller,
    window: Span,
    step: TimeDelta,
) -> Result<(Needed, Vec<Step>), Problem> {
    let people = people(desk, caller, |member| member.is(Role::Volunteer));
    if is_too_much(window, &people) {
        return Err(Problem::new(Kind::InvalidContent));
    }
    let needed = needed(desk.record.settings(), &caller.member.pools);
    let steps = counted(people, needed.clone(), window, step).await?;
    Ok((needed, steps))
}

fn is_too_much(window: Span, people: &[StaffMember]) -> bool {
    let shifts: usize = people.iter().map(|member| member.shifts.len()).sum();
    (window.length().num_days() + 5).saturating_mul(shifts as i64) > WORK
}

/// The staff of the caller's pools.
fn people(desk: &Desk, caller: &Caller, wanted: impl Fn(&StaffMember) -> bool) -> Vec<StaffMember> {
    desk.feed.with(|known| {
        let members = known.staff.values().map(|person| &person.member).filter(|member| !member.removed);
        let mine = members.filter(|member| member.pools.iter().any(|pool| caller.supervises(pool)));
        mine.filter(|member| wanted(member)).cloned().collect()
    })
}

/// The window that is asked for, if it is one and not too much work.
fn window(q: &mut Fields<'_>, people: &[StaffMember]) -> Checked<Span> {
    let (from, to) = (q.required("from", parse::instant), q.required("to", parse::instant));
    let (Some(start), Some(end)) = (from.value().copied(), to.value().copied()) else {
        return from.map(|start| Span { start, end: start });
    };
    match Span::window(start, end) {
        Err(BadWindow::Empty { .. }) => q.refuse("to", "must be later than `from`"),
        Err(BadWindow::TooLong { .. }) => {
            q.refuse("to", format!("must be at most {} days after `from`", MAX_WINDOW.num_days()));
        }
        Ok(window) if is_too_much(window, people) => {
            q.refuse("to", "must be nearer to `from`: this window has too many shifts in it");
        }
        Ok(_) => {}
    }
    Checked::of(Span { start, end })
}

/// What the caller's pools may need somebody for.
fn needed(settings: &Settings, pools: &[Pool]) -> Needed {
    let lines: Vec<_> = settings.lines.iter().filter(|line| pools.contains(&line.pool)).collect();
    let languages: BTreeSet<_> = lines.iter().flat_map(|line| line.languages.iter().cloned()).collect();
    let mut skills: BTreeSet<Skill> = lines.iter().flat_map(|line| line.needs.iter().cloned()).collect();
    skills.extend(lines.iter().flat_map(|line| line.prefers.iter().map(|preference| preference.skill.clone())));
    skills.extend(settings.dispatch.tiers.iter().flat_map(|tier| tier.needs.iter().cloned()));
    skills.insert(Skill::safeguarding());
    Needed {
        languages: languages.into_iter().collect(),
        skills: skills.into_iter().map(|skill| skill.to_string()).collect(),
    }
}

/// When somebody is there, and with which skills: a qualification that lapses meanwhile counts until then.
fn available(member: &StaffMember, window: Span) -> Vec<Available> {
    let spans = member.hours().expand(window.start, window.end).spans;
    let lapses = member.qualifications.iter().filter_map(|q| q.valid_until).filter(|at| window.contains(*at));
    let mut cuts: Vec<DateTime<Utc>> = [window.start, window.end].into_iter().chain(lapses).collect();
    cuts.sort_unstable();
    cuts.dedup();
    let parts = cuts.iter().zip(cuts.iter().skip(1)).filter_map(|(start, end)| Span::between(*start, *end));
    let part = |part: Span| Available {
        languages: member.languages.clone(),
        skills: member.skills_at(part.start).map(ToString::to_string).collect(),
        spans: merged(spans.iter().filter_map(|span| span.clipped(part)).collect()),
    };
    parts.map(part).collect()
}

/// Runs what may take a while where it holds nobody up.
async fn work<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Kind::Internal.into())
}
