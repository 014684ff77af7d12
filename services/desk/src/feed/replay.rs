//! What somebody missed: the events of the log behind a bookmark, and the notices they gave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wideawake_domain::request::SupportRequest;
use wideawake_domain::staff::{DutyEvent, Role};
use wideawake_domain::{Event, Position, Recorded, RequestId, StaffId, StreamId, StreamKind, Version};
use wideawake_runtime::{LedgerError, Record, RecordError};

use super::notices::{self, Notice, To};
use super::{Bookmark, Feed};

/// How many events of the log are read again for one client; who missed more starts from a snapshot.
const MOST: usize = 10_000;

/// How many events are read at once.
const PAGE: usize = 1_000;

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

/// What `staff` missed behind `from`; `None` when that is unknown or too long ago.
pub(crate) async fn missed(
    record: &Record,
    feed: &Feed,
    staff: StaffId,
    from: &Bookmark,
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
    for (request, until) in concerning(feed, staff, &window) {
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
                    let mine = match &to {
                        To::Staff(one) => *one == staff,
                        To::Supervisors(pool) => feed.with(|known| super::supervises(known, staff, pool)),
                    };
                    if let (true, Some(entry)) = (mine, window.get(*n)) {
                        notices.insert(*n, notice(entry, payload));
                    }
                }
            }
        }
    }
    let read = window.iter().map(|entry| entry.fact.position).collect();
    Ok(Some(Missed { notices: notices.into_values().collect(), read }))
}

fn notice(entry: &Entry, payload: super::Payload) -> Notice {
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
