//! On-call rotations: who is called in turn, and changing it.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use wideawake_domain::StaffId;
use wideawake_domain::rotation::{NamedRotation, rotation_stream};
use wideawake_domain::schedule::{Turn, wall};
use wideawake_domain::settings;
use wideawake_runtime::acknowledge::inbound::form;
use wideawake_runtime::clock;
use wideawake_runtime::http::{Problem, Segments};
use wideawake_runtime::pages::{Frame, Page};

use super::clock::{short, zones};
use super::said::{answers, handed};
use super::shell::Shell;
use super::visitor::Visitor;
use super::volunteer::mine;
use crate::desk::Desk;
use crate::rotations::{Name, view};

/// How many turns are shown.
const TURNS: u16 = 12;

/// How many people can be chosen.
const LISTED: usize = 500;

/// The longest time ahead that is worked out.
const AHEAD: TimeDelta = TimeDelta::days(400);

#[derive(Template)]
#[template(path = "rotations.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    rows: Vec<Row>,
    /// Whose clock is meant.
    my_zone: &'static str,
    /// A name that was asked for and can be none.
    wrong: Option<String>,
}

struct Row {
    name: String,
    /// Who is on.
    on: Option<String>,
    until: Option<String>,
    next: Option<String>,
    zone: String,
}

/// Every rotation, and who is on. `?name=` leads to one, which need not be there yet.
pub(super) async fn list(State(desk): State<Desk>, uri: Uri, visitor: Visitor) -> Result<Response, Response> {
    let query = form(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let asked = query.iter().find(|(name, _)| name == "name").map(|(_, value)| value.trim().to_ascii_lowercase());
    if let Some(name) = asked.as_deref().filter(|name| settings::name(name).is_ok()) {
        return Ok(Redirect::to(&format!("/board/rotations/{name}")).into_response());
    }
    let (now, zone) = (clock::now(), visitor.caller.member.zone);
    let rotations = desk.record.rotations().await.map_err(|error| visitor.told(error.into()))?;
    let alias = |staff: StaffId| desk.feed.with(|known| known.alias(staff));
    let row = |named: &NamedRotation| {
        let on = named.on_call(now);
        Row {
            name: named.name.clone(),
            on: on.member.and_then(alias),
            until: on.until.map(|until| short(&visitor.frame, until, zone)),
            next: on.next.and_then(alias),
            zone: named.rotation.zone.name().to_owned(),
        }
    };
    let rows = rotations.iter().map(row).collect();
    let wrong = asked.map(|name| name.chars().take(64).collect());
    let status = if wrong.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let html =
        Html { frame: visitor.frame, shell: visitor.shell("/board/rotations"), rows, my_zone: zone.name(), wrong };
    Ok(Page::new(status, &html).into_response())
}

#[derive(Template)]
#[template(path = "rotation.html")]
struct OneHtml {
    frame: Frame,
    shell: Shell,
    name: String,
    /// Its history; `None` while it is not there.
    stream: Option<String>,
    on: Option<String>,
    zones: Vec<&'static str>,
}

const MODULES: &[&str] = &["rotation.js", "ask.js", "kit.js"];

/// One of them, or an empty one under that name.
pub(super) async fn one(
    State(desk): State<Desk>,
    visitor: Visitor,
    segments: Result<Segments<(Name,)>, Problem>,
) -> Result<Response, Response> {
    let refuse = |problem: Problem| visitor.told(problem);
    let Segments((name,)) = segments.map_err(refuse)?;
    let named = desk.record.rotation(name.as_str()).await.map_err(|error| refuse(error.into()))?;
    let now = clock::now();
    let people = people(&desk, &visitor, named.as_ref());
    let shown = named.as_ref().map_or_else(|| empty(&visitor, now), |named| json!(view(named)));
    let turns = named.as_ref().map(|named| turns(named, now)).unwrap_or_default();
    let on = named.as_ref().and_then(|named| named.on_call(now).member);
    let mine = mine(&desk, &visitor).map_err(refuse)?;
    let turn = |turn: &Turn<StaffId>| json!({"member": turn.member, "start": turn.span.start, "end": turn.span.end});
    let more = json!({
        "name": name.as_str(),
        "rotation": shown,
        "people": people,
        "turns": turns.iter().map(turn).collect::<Vec<_>>(),
    });
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, more);
    let html = OneHtml {
        frame: visitor.frame.modules(MODULES),
        shell: visitor.shell("/board/rotations").handing(data),
        name: name.as_str().to_owned(),
        stream: named.as_ref().map(|named| rotation_stream(&named.name).to_string()),
        on: on.and_then(|staff| desk.feed.with(|known| known.alias(staff))),
        zones: zones(),
    };
    Ok(Page::new(StatusCode::OK, &html).with_script().into_response())
}

/// What is on and what comes, on whatever clock.
fn turns(named: &NamedRotation, now: DateTime<Utc>) -> Vec<Turn<StaffId>> {
    let turn = i64::from(named.rotation.every_days);
    // From before the one that is on, so that it is seen when it began.
    let from = now - TimeDelta::days(turn * 2);
    let turns = named.rotation.expand(from, now + TimeDelta::days((turn * i64::from(TURNS)).max(28)).min(AHEAD));
    turns.into_iter().filter(|turn| turn.span.end > now).take(usize::from(TURNS)).collect()
}

/// What a rotation begins as: from today, in the caller's zone, handed over once a week.
fn empty(visitor: &Visitor, now: DateTime<Utc>) -> Value {
    let zone = visitor.caller.member.zone;
    let today = wall::local(now, zone).date();
    json!({"zone": zone.name(), "starts": today, "handoff": "09:00", "every_days": 7, "members": [], "overrides": []})
}

/// Whom it can be: who takes an escalation on, and whoever is in it already; id and alias, in order of the latter.
fn people(desk: &Desk, visitor: &Visitor, named: Option<&NamedRotation>) -> Vec<(StaffId, String)> {
    let there = named.map(|named| &named.rotation);
    let there: Vec<StaffId> = there
        .map(|rotation| {
            rotation.members.iter().chain(rotation.overrides.iter().map(|other| &other.with)).copied().collect()
        })
        .unwrap_or_default();
    let mut all: BTreeMap<StaffId, String> = desk.feed.with(|known| {
        let members = known.staff.values().map(|person| &person.member);
        let able = members.filter(|member| !member.removed && answers(member) && visitor.caller.toward(member).sees);
        able.take(LISTED).map(|member| (member.id, member.alias.clone())).collect()
    });
    for id in there {
        if let Some(alias) = desk.feed.with(|known| known.alias(id)) {
            all.entry(id).or_insert(alias);
        }
    }
    let mut all: Vec<(StaffId, String)> = all.into_iter().collect();
    all.sort_by(|a, b| (&a.1, a.0).cmp(&(&b.1, b.0)));
    all
}
