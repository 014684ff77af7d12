//! Somebody's shifts for any calendar program, for whoever holds the key.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use icalendar::{Calendar, Component, Event, EventLike, Property};
use uuid::Uuid;
use wideawake_domain::StaffId;
use wideawake_domain::schedule::Span;
use wideawake_domain::staff::StaffMember;
use wideawake_runtime::http::{Kind, Problem, Query, Segments, parse};
use wideawake_runtime::{Record, clock, tokens};

use crate::desk::Desk;

/// How far back shifts are listed.
const BACK: TimeDelta = TimeDelta::days(30);

/// How far ahead.
const AHEAD: TimeDelta = TimeDelta::days(90);

/// How far beyond that is looked, so that a shift that crosses the edge is listed whole.
const EDGE: TimeDelta = TimeDelta::days(8);

/// The path of somebody's calendar. Its key follows from their token: a new token makes a new key.
pub(crate) fn path(record: &Record, member: &StaffMember) -> String {
    let key = record.vault().keyed("calendar", &parts(member));
    format!("/v1/staff/{}/calendar.ics?key={}", member.id, URL_SAFE_NO_PAD.encode(key))
}

fn parts(member: &StaffMember) -> [&[u8]; 2] {
    [member.id.0.as_bytes(), member.token.as_bytes()]
}

/// Somebody's shifts of the last 30 and the next 90 days, as iCalendar. The key is part of the path that `/v1/me` gives.
#[utoipa::path(
    get, path = "/v1/staff/{id}/calendar.ics",
    params(("id" = Uuid, Path), ("key" = String, Query, description = "As `/v1/me` gives it")),
    responses((status = 200, content_type = "text/calendar", body = String), Problem),
    security(())
)]
pub(crate) async fn get_calendar(
    State(desk): State<Desk>,
    Segments((id,)): Segments<(StaffId,)>,
    query: Query,
) -> Result<Response, Problem> {
    let mut q = query.fields();
    let key = q.optional("key", parse::line(1..=200));
    // Whoever has no key learns nothing, not even whether there is such a person.
    let key = q.finish(key).ok().flatten().ok_or(Kind::NotFound)?;
    let key = URL_SAFE_NO_PAD.decode(key).map_err(|_| Kind::NotFound)?;
    let member = match desk.member(id) {
        Ok(member) => member,
        Err(_) => {
            // Another process may have added them a moment ago.
            desk.feed.refresh_now_and_then().await;
            desk.member(id)?
        }
    };
    let keys = desk.record.vault().keyed_all("calendar", &parts(&member));
    if !keys.iter().any(|known| tokens::same(known, &key)) {
        return Err(Kind::NotFound.into());
    }
    let calendar = calendar(&member, clock::now());
    Ok(([(header::CONTENT_TYPE, "text/calendar; charset=utf-8")], calendar).into_response())
}

fn calendar(member: &StaffMember, now: DateTime<Utc>) -> String {
    let window = Span { start: now - BACK, end: now + AHEAD };
    let wider = Span { start: window.start - EDGE, end: window.end + EDGE };
    let mut calendar = Calendar::empty();
    calendar.append_property(Property::new("VERSION", "2.0"));
    calendar.append_property(Property::new("PRODID", "-//wideawake//staff shifts//EN"));
    calendar.append_property(Property::new("CALSCALE", "GREGORIAN"));
    calendar.append_property(Property::new("X-WR-CALNAME", "Wideawake"));
    let shown = |span: &Span| span.clipped(window).is_some();
    for span in member.hours().expand(wider.start, wider.end).spans.into_iter().filter(shown) {
        // A shift without a beginning in sight keeps one id for as long as it goes on.
        let name = if span.start == wider.start { "since ever".to_owned() } else { span.start.to_rfc3339() };
        let uid = Uuid::new_v5(&member.id.0, format!("shift/{name}").as_bytes());
        let mut event = Event::new();
        event
            .uid(&format!("{uid}@wideawake"))
            .timestamp(now)
            .starts(span.start)
            .ends(span.end)
            .summary("Wideawake shift");
        calendar.push(event.done());
    }
    calendar.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;
    use wideawake_domain::staff::{Added, Role};
    use wideawake_domain::{Event as Recordable, Position, Recorded, StreamId, Version};

    fn member(shifts: serde_json::Value) -> StaffMember {
        let added = Added {
            alias: "Ana".into(),
            roles: vec![Role::Volunteer],
            pools: vec![],
            zone: chrono_tz::Tz::Europe__Madrid,
            languages: vec![],
            capacity: 2,
            qualifications: vec![],
            token: "hash".into(),
        };
        let fact = Recorded {
            stream: StreamId::staff(StaffId(Uuid::nil())),
            version: Version(1),
            position: Position(1),
            pool: wideawake_domain::Pool::all(),
            kind: "added".into(),
            at: DateTime::UNIX_EPOCH,
            actor: wideawake_domain::Actor::Member,
            trace: "".into(),
            data: Recordable::Staff(added.into()).encode().expect("no sealed text in it").into(),
            hash: [0; 32],
        };
        let mut state = None;
        StaffMember::apply(&mut state, &fact);
        let mut member = state.expect("they were added");
        member.shifts = serde_json::from_value(shifts).expect("the tests write shifts");
        member
    }

    #[test]
    fn a_shift_keeps_its_id_whenever_it_is_looked_at() {
        let member = member(json!([{"zone": "Europe/Madrid", "days": ["mon"], "start": "22:00", "end": "06:00"}]));
        let at: DateTime<Utc> = "2026-11-23T08:00:00Z".parse().expect("an instant");
        let uids = |now| {
            let text = calendar(&member, now);
            let uids = text.lines().filter(|line| line.starts_with("UID:")).map(str::to_owned);
            uids.collect::<std::collections::BTreeSet<_>>()
        };
        let (today, tomorrow) = (uids(at), uids(at + TimeDelta::days(1)));
        assert_eq!(today.len(), 17);
        assert!(today.symmetric_difference(&tomorrow).count() <= 2);
        let text = calendar(&member, at);
        assert!(text.contains("DTSTART:20261123T210000Z\r\n") && text.contains("DTEND:20261124T050000Z\r\n"), "{text}");
        assert!(text.starts_with("BEGIN:VCALENDAR\r\n") && text.ends_with("END:VCALENDAR\r\n"));
    }
}
