//! What somebody missed: the events of the log behind a bookmark, and the notices they gave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::request::SupportRequest;
use wideawake_domain::staff::{DutyEvent, Role};
use wideawake_domain::{EscalationId, Event, Position, Recorded, RequestId, StaffId, StreamId, StreamKind, Version};
use wideawake_runtime::{LedgerError, Record, RecordError};

use super::escalations::Known;
use super::notices::{self, Notice, To};
use super::{Bookmark, Feed, Payload};

/// How many events of the log are read again for one client; who missed more starts from a snapshot.
const MOST: usize = 10_000;

/// How many events are read at once.
const PAGE: usize = 1_000;

/// For how long whoever no longer takes part in a conversation is still told what was said while they did.
const ON_ITS_WAY: TimeDelta = TimeDelta::minutes(2);

/// What somebody missed.
#[derive(Debug)]
pub(crate) struct Missed {
    /// The notices, in the order of the log.
    pub(crate) notices: Vec<Notice>,
    /// The events that were read: what comes of them again on the live stream is known already.
    pub(crate) read: BTreeSet<Position>,
}

/// An event, and the id behind it.
struct Entry {
    fact: Recorded,
    id: Arc<str>,
}

/// What `staff` missed behind `from`, as of `now`; `None` when that is unknown or too long ago.
pub(crate) async fn missed(
    record: &Record,
    feed: &Feed,
    staff: StaffId,
    from: &Bookmark,
    now: DateTime<Utc>,
) -> Result<Option<Missed>, RecordError> {
    let Some(window) = window(record, from).await? else { return Ok(None) };
    let mut notices: BTreeMap<usize, Notice> = BTreeMap::new();
    let mut at: BTreeMap<(StreamId, Version), usize> = BTreeMap::new();
    for (n, entry) in window.iter().enumerate() {
        at.insert((entry.fact.stream, entry.fact.version), n);
        if let Ok(Event::Duty(DutyEvent::DutySet(set))) = entry.fact.event() {
            let (to, payload) = notices::of_duty(&set);
            if to == To::Staff(staff) {
                notices.insert(n, notice(entry, payload));
            }
        }
    }
    let requests = concerning(feed, staff, &window);
    for (request, until) in requests.clone() {
        let mut state: Option<SupportRequest> = None;
        let mut after = Version::NONE;
        while after < until {
            let facts = record.history(request, after, PAGE).await?;
            let Some(last) = facts.last() else { break };
            after = last.version;
            for fact in facts {
                let held_by = state.as_ref().and_then(SupportRequest::holder);
                SupportRequest::apply(&mut state, &fact);
                let Some(n) = at.get(&(fact.stream, fact.version)) else { continue };
                let (Some(state), Ok(Event::Request(event))) = (&state, fact.event()) else { continue };
                for (to, payload) in notices::of_request(&fact, &event, held_by, state) {
                    if let (true, Some(entry)) = (is_for(feed, staff, &to), window.get(*n)) {
                        notices.insert(*n, notice(entry, payload));
                    }
                }
            }
        }
    }
    let mut held = Held { record, window: &window, at: &at, known: BTreeMap::new() };
    for (escalation, until) in escalations(feed, staff, &window, &requests) {
        let mut known: Option<Known> = None;
        let mut after = Version::NONE;
        while after < until {
            let facts = record.ledger().read(StreamId::escalation(escalation), after, PAGE).await?;
            let Some(last) = facts.last() else { break };
            after = last.version;
            for fact in facts {
                let event = Known::apply(&mut known, &fact);
                let Some(n) = at.get(&(fact.stream, fact.version)) else { continue };
                let (Some(known), Some(event)) = (&known, event) else { continue };
                let holder = held.holder(known.state.request, *n).await?;
                let name = |id| feed.with(|known| known.alias(id)).unwrap_or_default();
                for (to, payload) in notices::of_escalation(&event, known, holder, name) {
                    if let (true, Some(entry)) = (is_for(feed, staff, &to), window.get(*n)) {
                        notices.insert(*n, notice(entry, payload));
                    }
                }
            }
        }
    }
    let read = window.iter().map(|entry| entry.fact.position).collect();
    let notices = notices.into_values().filter(|notice| may_hear(feed, staff, &notice.payload, now)).collect();
    Ok(Some(Missed { notices, read }))
}

/// What was said in a conversation is told to those who still take part in it. Others were there then, and have given it back
/// since, or it was taken from them, or it ended: they hear what a connection that held would just have brought them, such as
/// a member's last words, and nothing older, whatever place in the record they name.
fn may_hear(feed: &Feed, staff: StaffId, payload: &Payload, now: DateTime<Utc>) -> bool {
    let Payload::Message(said) = payload else { return true };
    now < said.at + ON_ITS_WAY
        || feed.with(|known| {
            let request = known.requests.get(&said.request).map(|known| &known.request);
            request.is_some_and(|request| {
                !request.is_closed() && (request.holder() == Some(staff) || request.joined.contains_key(&staff))
            })
        })
}

fn is_for(feed: &Feed, staff: StaffId, to: &To) -> bool {
    match to {
        To::Staff(one) => *one == staff,
        To::Supervisors(pool, others) => {
            others.contains(&staff) || feed.with(|known| super::supervises(known, staff, pool))
        }
    }
}

fn notice(entry: &Entry, payload: Payload) -> Notice {
    Notice { id: Some(entry.id.clone()), position: Some(entry.fact.position), payload: Arc::new(payload) }
}

/// Every event behind `from` that is in the record now.
async fn window(record: &Record, from: &Bookmark) -> Result<Option<Vec<Entry>>, RecordError> {
    let mut window = Vec::new();
    let mut cursor = from.cursor.clone();
    let mut skip = from.position;
    let mut read = 0;
    loop {
        let (facts, next) = match record.ledger().tail(Some(&cursor), PAGE).await {
            Ok(read) => read,
            Err(LedgerError::Damaged(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let count = facts.len();
        read += count;
        for (n, fact) in facts.into_iter().enumerate() {
            let known = skip.is_some();
            if skip == Some(fact.position) {
                skip = None;
            }
            if known {
                continue;
            }
            let place = if n + 1 == count {
                Bookmark { cursor: next.clone(), position: None }
            } else {
                Bookmark { cursor: cursor.clone(), position: Some(fact.position) }
            };
            window.push(Entry { id: place.to_string().into(), fact });
        }
        cursor = next;
        if window.len() > MOST || read > MOST + PAGE {
            return Ok(None);
        }
        if count < PAGE {
            return Ok(skip.is_none().then_some(window));
        }
    }
}

/// The requests in the window that can have told `staff` anything, each with the last of its events there. Whoever comes
/// into or out of a conversation is named by an event, with one exception: who is replaced by somebody who joins.
fn concerning(feed: &Feed, staff: StaffId, window: &[Entry]) -> BTreeMap<RequestId, Version> {
    let name = staff.to_string();
    let mut last: BTreeMap<RequestId, (Version, bool)> = BTreeMap::new();
    let supervises = feed.with(|known| known.person(staff).is_some_and(|person| person.member.is(Role::Supervisor)));
    for entry in window.iter().filter(|entry| entry.fact.stream.kind == StreamKind::Request) {
        let fact = &entry.fact;
        let named =
            fact.data.contains(&name) || &*fact.kind == "joined" || (supervises && &*fact.kind == "escalation_raised");
        let known = last.entry(RequestId(fact.stream.id)).or_insert((fact.version, false));
        known.0 = known.0.max(fact.version);
        known.1 |= named;
    }
    feed.with(|projection| {
        let takes_part = |id: &RequestId| {
            projection.requests.get(id).is_none_or(|known| {
                known.request.last_holder() == Some(staff) || known.request.joined.contains_key(&staff)
            })
        };
        let mine = last.into_iter().filter(|(id, (_, named))| *named || takes_part(id));
        mine.map(|(id, (version, _))| (id, version)).collect()
    })
}

/// The escalations in the window that can have told `staff` anything, each with the last of its events there: those of pools
/// that they supervise, those that name them, and those of requests that they may have held. `requests` are the requests in
/// the window that concern them.
fn escalations(
    feed: &Feed,
    staff: StaffId,
    window: &[Entry],
    requests: &BTreeMap<RequestId, Version>,
) -> BTreeMap<EscalationId, Version> {
    let name = staff.to_string();
    let mut last: BTreeMap<EscalationId, (Version, bool)> = BTreeMap::new();
    feed.with(|projection| {
        for Entry { fact, .. } in window.iter().filter(|entry| entry.fact.stream.kind == StreamKind::Escalation) {
            let id = EscalationId(fact.stream.id);
            let mine = fact.data.contains(&name) || super::supervises(projection, staff, &fact.pool);
            let concerns = || {
                let Some(known) = projection.escalations.get(id) else { return true };
                let request = known.state.request;
                let held = projection.requests.get(&request).and_then(|known| known.request.last_holder());
                known.called.contains(&staff) || held == Some(staff) || requests.contains_key(&request)
            };
            let known = last.entry(id).or_insert_with(|| (fact.version, concerns()));
            known.0 = known.0.max(fact.version);
            known.1 |= mine;
        }
    });
    last.into_iter().filter(|(_, (_, mine))| *mine).map(|(id, (version, _))| (id, version)).collect()
}

/// Who held which request when.
struct Held<'a> {
    record: &'a Record,
    window: &'a [Entry],
    at: &'a BTreeMap<(StreamId, Version), usize>,
    /// Of each request: who held it from which place in the window on.
    known: BTreeMap<RequestId, Vec<(usize, Option<StaffId>)>>,
}

impl Held<'_> {
    /// Who held `request` when entry `n` of the window came.
    async fn holder(&mut self, request: RequestId, n: usize) -> Result<Option<StaffId>, RecordError> {
        if !self.known.contains_key(&request) {
            let read = self.read(request).await?;
            self.known.insert(request, read);
        }
        let course = self.known.get(&request).map(Vec::as_slice).unwrap_or_default();
        Ok(course.iter().rev().find(|(from, _)| *from <= n).and_then(|(_, holder)| *holder))
    }

    async fn read(&self, request: RequestId) -> Result<Vec<(usize, Option<StaffId>)>, RecordError> {
        let end = self.window.iter().map(|entry| entry.fact.position).max().unwrap_or_default();
        let mut course = vec![(0, None)];
        let mut state: Option<SupportRequest> = None;
        let mut after = Version::NONE;
        loop {
            let facts = self.record.history(request, after, PAGE).await?;
            let count = facts.len();
            for fact in facts {
                after = fact.version;
                let from = match self.at.get(&(fact.stream, fact.version)) {
                    Some(n) => n + 1,
                    // Whatever came behind the window is told by the stream itself.
                    None if fact.position > end => return Ok(course),
                    None => 0,
                };
                SupportRequest::apply(&mut state, &fact);
                let holder = state.as_ref().and_then(SupportRequest::holder);
                if course.last().is_none_or(|(_, known)| *known != holder) {
                    course.push((from, holder));
                }
            }
            if count < PAGE {
                return Ok(course);
            }
        }
    }
}
