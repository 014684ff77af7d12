//! The volunteer's desk, and their week.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use wideawake_domain::schedule::wall;
use wideawake_runtime::clock;
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::pages::{Frame, Page};

use super::clock::zones;
use super::coverage::day;
use super::said::handed;
use super::shell::Shell;
use super::visitor::Visitor;
use crate::calendar;
use crate::desk::Desk;
use crate::me::{Me, me};
use crate::staff::hours::entries;
use crate::week;

/// The desk.
#[derive(Template)]
#[template(path = "desk.html")]
struct Html {
    frame: Frame,
    shell: Shell,
}

const MODULES: &[&str] =
    &["desk.js", "kit.js", "link.js", "offers.js", "talk.js", "deeds.js", "ask.js", "called.js", "sound.js", "why.js"];

/// What the caller has before them; 401 when they left this moment.
pub(super) fn mine(desk: &Desk, visitor: &Visitor) -> Result<Me, Problem> {
    let (id, now) = (visitor.caller.id(), clock::now());
    desk.feed.with(|known| me(known, id, now)).ok_or_else(|| Kind::Unauthorized.into())
}

/// Shows the desk.
pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Response> {
    let mine = mine(&desk, &visitor).map_err(|problem| visitor.told(problem))?;
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, serde_json::json!({}));
    let html = Html { frame: visitor.frame.modules(MODULES), shell: visitor.shell("/desk").handing(data) };
    Ok(Page::new(StatusCode::OK, &html).with_worker().into_response())
}

const WEEK: &[&str] = &["week.js", "ask.js", "entries.js", "kit.js"];

/// Their week.
#[derive(Template)]
#[template(path = "week.html")]
struct WeekHtml {
    frame: Frame,
    shell: Shell,
    zone: String,
    /// Hours that count so far.
    counted: String,
    /// How many may, if that is limited, and how much is left.
    limit: Option<(String, String)>,
    conversations: u64,
    capacity: u64,
    shifts: Vec<Shift>,
    zones: Vec<&'static str>,
    qualifications: Vec<(String, Option<String>, bool)>,
    calendar: String,
}

struct Shift {
    day: String,
    from: String,
    to: String,
}

/// Hours and minutes, as `7:05`.
pub(super) fn hours(seconds: i64) -> String {
    let minutes = seconds.max(0) / 60;
    format!("{}:{:02}", minutes / 60, minutes % 60)
}

/// Shows what the caller did this week, and what is before them.
pub(super) async fn week(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Response> {
    let mine = mine(&desk, &visitor).map_err(|problem| visitor.told(problem))?;
    let week = week::week(&desk, &visitor.caller).await.map_err(|problem| visitor.told(problem))?;
    let (zone, now) = (visitor.caller.member.zone, clock::now());
    let at = |at: DateTime<Utc>, shape: &str| wall::local(at, zone).format(shape).to_string();
    let day = |at: DateTime<Utc>| day(&visitor.frame, wall::local(at, zone).date());
    let shifts = week.shifts.iter().map(|shift| Shift {
        day: day(shift.start),
        from: at(shift.start, "%H:%M"),
        to: if day(shift.start) == day(shift.end) {
            at(shift.end, "%H:%M")
        } else {
            format!("{}, {}", day(shift.end), at(shift.end, "%H:%M"))
        },
    });
    // Leave that is over is history.
    let leave = visitor.caller.member.leave.iter();
    let leave = entries(leave.filter(|entry| entry.span.span().is_some_and(|span| span.end > now)));
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, serde_json::json!({ "leave": leave }));
    let qualifications = visitor.caller.member.qualifications.iter();
    let html = WeekHtml {
        frame: visitor.frame.modules(WEEK),
        shell: visitor.shell("/desk/week").handing(data),
        zone: zone.name().to_owned(),
        counted: hours(week.duty_s),
        limit: week.limit_s.map(|limit| (hours(limit), hours(limit - week.duty_s))),
        conversations: week.conversations as u64,
        capacity: u64::from(mine.capacity),
        shifts: shifts.collect(),
        zones: zones(),
        qualifications: qualifications
            .map(|q| {
                (
                    q.skill.to_string(),
                    q.valid_until.map(|until| at(until, "%Y-%m-%d")),
                    q.valid_until.is_some_and(|until| until <= now),
                )
            })
            .collect(),
        calendar: calendar::path(&desk.record, &visitor.caller.member),
    };
    Ok(Page::new(StatusCode::OK, &html).with_script().into_response())
}
