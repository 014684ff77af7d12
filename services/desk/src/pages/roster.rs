//! Who is scheduled, and changing it: everybody in their own zone.

use std::collections::BTreeSet;

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wideawake_domain::StaffId;
use wideawake_domain::schedule::{Span, wall};
use wideawake_domain::staff::{Role, StaffMember};
use wideawake_runtime::clock;
use wideawake_runtime::http::{Problem, Segments};
use wideawake_runtime::pages::{Frame, Page};

use super::clock::{short, zones};
use super::coverage::language;
use super::moment;
use super::said::{answers, handed};
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
    zones: Vec<&'static str>,
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
    let mine = mine(&desk, &visitor).map_err(|problem| visitor.told(problem))?;
    let data = handed(&desk, &visitor.caller, &frame, &mine, grants(&desk, &visitor));
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
    let html = Html {
        frame: frame.modules(LIST_MODULES),
        shell: visitor.shell("/board/roster").handing(data),
        people,
        zones: zones(),
    };
    Ok(Page::new(StatusCode::OK, &html).with_script().into_response())
}

/// What the visitor may make somebody: roles with their words, and pools.
fn grants(desk: &Desk, visitor: &Visitor) -> Value {
    let caller = &visitor.caller;
    let roles: &[Role] = if caller.is(Role::Admin) {
        &[Role::Volunteer, Role::Supervisor, Role::Professional, Role::Admin]
    } else {
        &[Role::Volunteer, Role::Professional]
    };
    let word = |role: &Role| (role.as_str(), visitor.frame.say(&format!("role-{}", role.as_str())).into_owned());
    let pools = desk.record.settings().pools.iter();
    let pools = pools.filter(|pool| caller.is(Role::Admin) || caller.supervises(pool));
    json!({
        "roles": roles.iter().map(word).collect::<Vec<_>>(),
        "pools": pools.map(ToString::to_string).collect::<Vec<_>>(),
    })
}

fn row(frame: &Frame, member: &StaffMember, now: DateTime<Utc>) -> Row {
    let moment = |at: DateTime<Utc>| short(frame, at, member.zone);
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
    /// Whether the caller may let them in and out.
    admits: bool,
    /// How they sign in, in words.
    signs_in: String,
    zones: Vec<&'static str>,
    skills: Vec<String>,
    /// Whether they are ever called.
    is_called: bool,
}

const LIST_MODULES: &[&str] = &["roster.js", "ask.js", "kit.js", "people.js"];

const MODULES: &[&str] = &["person.js", "ask.js", "entries.js", "kit.js"];

/// With what lets them in and out.
const MANAGING: &[&str] =
    &["admit.js", "ask.js", "contact.js", "entries.js", "kit.js", "people.js", "person.js", "several.js"];

/// How many names of training are suggested.
const SKILLS: usize = 200;

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
    let mut more = json!({
        "person": detail,
        "manages": toward.manages || toward.is_them,
        "next": spans.iter().map(span).collect::<Vec<_>>(),
        "others": others.iter().map(|(id, alias)| json!({"id": id, "alias": alias})).collect::<Vec<_>>(),
    });
    if let (Value::Object(more), Value::Object(grants)) = (&mut more, grants(&desk, &visitor)) {
        more.extend(grants);
    }
    let data = handed(&desk, &visitor.caller, &visitor.frame, &mine, more);
    let admits = toward.manages && !toward.is_them;
    let html = PersonHtml {
        frame: visitor.frame.modules(if admits { MANAGING } else { MODULES }),
        shell: visitor.shell("/board/roster").handing(data),
        alias: member.alias.clone(),
        zone: member.zone.name().to_owned(),
        clock: wall::local(now, member.zone).format("%H:%M").to_string(),
        manages: toward.manages || toward.is_them,
        admits,
        signs_in: signs_in(&visitor.frame, &member, now),
        zones: zones(),
        skills: skills(&desk, &visitor),
        is_called: answers(&member),
    };
    Ok(Page::new(StatusCode::OK, &html).with_script().into_response())
}

/// Whether somebody can sign in, or is invited to.
fn signs_in(frame: &Frame, member: &StaffMember, now: DateTime<Utc>) -> String {
    if let Some(invitation) = member.invitation.as_ref().filter(|invitation| invitation.until > now) {
        let until = moment(frame, invitation.until, member.zone);
        return frame.words.with("person-invited", &[("until", until.into())]);
    }
    let can = member.sign_in.is_some()
        || !member.passkeys.is_empty()
        || member.organisation.as_ref().is_some_and(|organisation| organisation.is_good);
    frame.say(if can { "person-signs-in" } else { "person-cannot-sign-in" }).into_owned()
}

/// What colleagues are trained in, to choose from.
fn skills(desk: &Desk, visitor: &Visitor) -> Vec<String> {
    let skills: BTreeSet<String> = desk.feed.with(|known| {
        let people = known.staff.values().map(|person| &person.member);
        let seen = people.filter(|member| !member.removed && visitor.caller.toward(member).sees);
        seen.flat_map(|member| &member.qualifications).map(|q| q.skill.to_string()).collect()
    });
    skills.into_iter().take(SKILLS).collect()
}
