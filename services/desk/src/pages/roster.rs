//! Who is scheduled, and changing it: everybody in their own zone.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use serde_json::json;
use wideawake_domain::StaffId;
use wideawake_domain::schedule::{Span, wall};
use wideawake_domain::staff::{Role, StaffMember};
use wideawake_runtime::clock;
use wideawake_runtime::http::{Problem, Segments};
use wideawake_runtime::pages::{Frame, Page};

use super::coverage::{day, language};
use super::said::handed;
use super::shell::Shell;
use super::visitor::Visitor;
use super::volunteer::mine;
use crate::desk::Desk;
use crate::staff::list::detail;
use crate::week::upcoming;

/// How many people are listed. More belong into a tool of their own.
const LISTED: usize = 2_000;

#[derive(Template)]
#[template(path = "roster.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    people: Vec<Row>,
}

struct Row {
    id: StaffId,
    alias: String,
    roles: String,
    zone: String,
    clock: String,
    languages: String,
    /// When the shift they are on ends, on their clock.
    on_until: Option<String>,
    /// When the next one begins, on their clock.
    next: Option<String>,
}

/// Who there is, and when they come next.
pub(super) async fn list(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Response> {
    let (frame, now) = (visitor.frame, clock::now());
    let members: Vec<StaffMember> = desk.feed.with(|known| {
        let people = known.staff.values().map(|person| &person.member);
        let seen = people.filter(|member| !member.removed && visitor.caller.toward(member).sees);
        seen.take(LISTED).cloned().collect()
    });
    let rows = move || {
        let mut rows: Vec<Row> = members.iter().map(|member| row(&frame, member, now)).collect();
        rows.sort_by(|one, other| one.alias.cmp(&other.alias));
        rows
    };
    // Many shifts take a while to work out.
    let people = tokio::task::spawn_blocking(rows).await.unwrap_or_default();
    let html = Html { frame, shell: visitor.shell("/board/roster"), people };
    Ok(Page::new(StatusCode::OK, &html).into_response())
}

fn row(frame: &Frame, member: &StaffMember, now: DateTime<Utc>) -> Row {
    let moment = |at: DateTime<Utc>| on_clock(frame, at, member.zone);
    let spans = upcoming(member, now);
    let on = spans.first().filter(|span| span.contains(now));
    let next = spans.iter().find(|span| span.start > now);
    Row {
        id: member.id,
        alias: member.alias.clone(),
        roles: member
            .roles
            .iter()
            .map(|role| frame.say(&format!("role-{}", role.as_str())))
            .collect::<Vec<_>>()
            .join(", "),
        zone: member.zone.name().to_owned(),
        clock: wall::local(now, member.zone).format("%H:%M").to_string(),
        languages: member.languages.iter().map(|tag| language(frame, tag.as_ref())).collect::<Vec<_>>().join(", "),
        on_until: on.map(|span| moment(span.end)),
        next: next.map(|span| moment(span.start)),
    }
}

fn on_clock(frame: &Frame, at: DateTime<Utc>, zone: Tz) -> String {
    let local = wall::local(at, zone);
    format!("{} {}", day(frame, local.date()), local.format("%H:%M"))
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonHtml {
    frame: Frame,
    shell: Shell,
    alias: String,
    zone: String,
    clock: String,
    /// Whether the caller may change their hours.
    manages: bool,
    zones: Vec<&'static str>,
}

const MODULES: &[&str] = &["person.js", "kit.js"];

/// One of them: shifts, leave, and the next fourteen days.
pub(super) async fn person(
    State(desk): State<Desk>,
    visitor: Visitor,
    segments: Result<Segments<(StaffId,)>, Problem>,
) -> Result<Response, Response> {
    let refuse = |problem: Problem| visitor.told(problem);
    let Segments((id,)) = segments.map_err(refuse)?;
    let member = desk.known_member(id).await.map_err(refuse)?;
    let toward = visitor.caller.toward(&member);
    let detail = detail(&desk, &visitor.caller, id).map_err(refuse)?.0;
    let now = clock::now();
    let spans = upcoming(&member, now);
    let others: Vec<(StaffId, String)> = desk.feed.with(|known| {
        let people = known.staff.values().map(|person| &person.member);
        let shares = |other: &&StaffMember| {
            !other.removed
                && other.id != id
                && other.is(Role::Volunteer)
                && other.pools.iter().any(|pool| member.serves(pool))
        };
        let seen = people.filter(shares).filter(|other| visitor.caller.toward(other).manages);
        seen.take(LISTED).map(|other| (other.id, other.alias.clone())).collect()
    });
    let mine = mine(&desk, &visitor).map_err(|problem| visitor.told(problem))?;
    let span = |span: &Span| json!({"start": span.start, "end": span.end});
    let more = json!({
        "person": detail,
        "manages": toward.manages || toward.is_them,
        "next": spans.iter().map(span).collect::<Vec<_>>(),
        "others": others.iter().map(|(id, alias)| json!({"id": id, "alias": alias})).collect::<Vec<_>>(),
    });
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, more);
    let html = PersonHtml {
        frame: visitor.frame.modules(MODULES),
        shell: visitor.shell("/board/roster").handing(data),
        alias: member.alias.clone(),
        zone: member.zone.name().to_owned(),
        clock: wall::local(now, member.zone).format("%H:%M").to_string(),
        manages: toward.manages || toward.is_them,
        zones: TZ_VARIANTS.iter().map(|zone| zone.name()).collect(),
    };
    Ok(Page::new(StatusCode::OK, &html).with_script().into_response())
}
