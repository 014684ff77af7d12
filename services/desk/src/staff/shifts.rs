//! When somebody is scheduled.

use axum::Json;
use axum::extract::State;
use chrono::{NaiveDate, NaiveTime, TimeDelta, Weekday};
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::StaffId;
use wideawake_domain::schedule::{Hours, Shift, When};
use wideawake_domain::staff::Change;
use wideawake_runtime::clock;
use wideawake_runtime::http::{Checked, Fields, JsonBody, Problem, Segments, detached, parse};

use super::hours::{must_schedule, zone};
use crate::desk::Desk;
use crate::permit::Caller;

/// The most shifts that one person has.
const SHIFTS: usize = 100;

/// How far ahead warnings are looked for: each change of the clocks that is known of is within a year.
const FORESIGHT: TimeDelta = TimeDelta::days(370);

const DAYS: [Weekday; 7] =
    [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];

const fn day_name(day: Weekday) -> &'static str {
    match day {
        Weekday::Mon => "mon",
        Weekday::Tue => "tue",
        Weekday::Wed => "wed",
        Weekday::Thu => "thu",
        Weekday::Fri => "fri",
        Weekday::Sat => "sat",
        Weekday::Sun => "sun",
    }
}

/// Wall-clock hours in a zone: on `days` of the week, or on one `date`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ShiftView {
    /// An IANA time zone.
    zone: String,
    /// `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`; either these or a date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    days: Option<Vec<String>>,
    /// One date.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String, example = "2026-10-29")]
    date: Option<NaiveDate>,
    /// `HH:MM`.
    #[schema(example = "22:00")]
    start: String,
    /// `HH:MM`; on the next date when it is not later than `start`.
    #[schema(example = "06:00")]
    end: String,
    /// The first date of a weekly shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String, example = "2026-03-01")]
    from: Option<NaiveDate>,
    /// The last date of a weekly shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String, example = "2026-04-01")]
    until: Option<NaiveDate>,
}

/// Shifts as JSON.
pub(crate) fn shifts(list: &[Shift]) -> Vec<ShiftView> {
    let view = |shift: &Shift| {
        let (days, date, from, until) = match &shift.when {
            When::Weekly { days, from, until } => {
                (Some(days.iter().map(|day| day_name(*day).to_owned()).collect()), None, *from, *until)
            }
            When::Once { date } => (None, Some(*date), None, None),
        };
        let time = |time: NaiveTime| time.format("%H:%M").to_string();
        let (start, end) = (time(shift.start), time(shift.end));
        ShiftView { zone: shift.zone.name().to_owned(), days, date, start, end, from, until }
    };
    list.iter().map(view).collect()
}

/// When somebody is scheduled, all of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `put_shifts` reads")]
pub(crate) struct ShiftsBody {
    #[schema(max_items = 100)]
    shifts: Vec<ShiftView>,
}

/// What was written and comes to nothing, such as a shift over which the clocks are set forward.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Warnings {
    warnings: Vec<String>,
}

/// Sets when somebody is scheduled.
#[utoipa::path(
    put, path = "/v1/staff/{id}/shifts",
    params(("id" = Uuid, Path)),
    request_body = ShiftsBody,
    responses((status = 200, body = Warnings), Problem)
)]
pub(crate) async fn put_shifts(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<Json<Warnings>, Problem> {
    must_schedule(&caller, &desk.known_member(id).await?)?;
    let mut f = body.fields();
    let shifts = f.objects("shifts", 0..=SHIFTS, read_shift);
    let shifts: Vec<Shift> = f.finish(shifts)?.into_iter().map(shift).collect();
    detached(async move {
        let hours = Hours { shifts: shifts.clone(), ..Hours::default() };
        desk.change_staff(id, Change::Shifts(shifts), &caller).await?;
        let now = clock::now();
        let expand = move || hours.expand(now, now + FORESIGHT).warnings;
        let warnings = tokio::task::spawn_blocking(expand).await.unwrap_or_default();
        Ok(Json(Warnings { warnings: warnings.iter().map(ToString::to_string).collect() }))
    })
    .await
}

type ReadShift = (
    Checked<Tz>,
    Checked<Option<Vec<Weekday>>>,
    Checked<Option<NaiveDate>>,
    Checked<NaiveTime>,
    Checked<NaiveTime>,
    Checked<Option<NaiveDate>>,
    Checked<Option<NaiveDate>>,
);

fn read_shift(f: &mut Fields<'_>) -> ReadShift {
    let zone = f.required("zone", zone);
    let days = f.optional_each("days", 1..=7, parse::one_of(&DAYS, day_name));
    let date = f.optional("date", parse::date);
    let (start, end) = (f.required("start", parse::wall_time), f.required("end", parse::wall_time));
    let (from, until) = (f.optional("from", parse::date), f.optional("until", parse::date));
    if let (Some(days), Some(date)) = (days.value(), date.value()) {
        match (days, date) {
            (Some(_), None) => {}
            (None, Some(_)) => {
                for (field, value) in [("from", from.value()), ("until", until.value())] {
                    if value.is_some_and(Option::is_some) {
                        f.refuse(field, "only a weekly shift has it, not one with a `date`");
                    }
                }
            }
            (None, None) => f.refuse("days", "a shift has either `days` or one `date`"),
            (Some(_), Some(_)) => f.refuse("date", "a shift has either `days` or one `date`"),
        }
    }
    (zone, days, date, start, end, from, until)
}

type ShiftFields =
    (Tz, Option<Vec<Weekday>>, Option<NaiveDate>, NaiveTime, NaiveTime, Option<NaiveDate>, Option<NaiveDate>);

fn shift((zone, days, date, start, end, from, until): ShiftFields) -> Shift {
    let when = match date {
        Some(date) => When::Once { date },
        None => When::Weekly { days: days.unwrap_or_default(), from, until },
    };
    Shift { zone, when, start, end }
}
