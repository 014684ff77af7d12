//! Who sees to it that nothing that was raised is forgotten (DESIGN sections 8 and 9): the process that opens escalations,
//! walks their steps, and fires the rules that need time.
//!
//! Nothing here does I/O, reads a clock or draws a random number. What it wishes follows from the record and the time
//! alone, so that whoever takes over goes on wherever the one before stood.

mod levels;
mod observe; // what a fact changes
mod opening; // what was raised becomes an escalation
mod people; // whom a step names
mod spells; // rules that need time
mod steps; // one step after the other
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use levels::Levels;

use super::{Escalation, EscalationEvent};
use crate::dispatch::{Ended, Timers};
use crate::event::Event;
use crate::process::{Intent, Process, Signal};
use crate::record::{Actor, Part, StreamKind};
use crate::request::{Command, SupportRequest};
use crate::rules::{PoolFacts, Rulebook, Shelf};
use crate::settings::Settings;
use crate::{EscalationId, Pool, Recorded, RequestId, StreamId, Version};
use people::People;
use spells::Asked;

/// How long after its request ended what it raised is still opened, should nobody have done so: as long as an unresolved
/// escalation may defer an erasure. Whatever is older and was never opened is for `wideawake audit` to tell.
pub const RAISED_WITHIN: TimeDelta = TimeDelta::hours(72);

/// How long a resolved escalation is read again at a start. One that is older and covers what an open request raised is
/// found when the same is opened again, since its id is derived.
const RESOLVED_WITHIN: TimeDelta = TimeDelta::days(7);

/// How long after an opening that came to nothing it is wished for again.
const OPEN_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(1);

const ESCALATION: Actor = Actor::System(Part::Escalation);

/// The watcher of one pool.
#[derive(Debug)]
pub struct Watcher {
    pool: Pool,
    settings: Settings,
    shelf: Shelf,
    /// What lay on the shelf when the alarms were set.
    book: Arc<Rulebook>,
    people: People,
    /// Boxed, since the states are large. Of those that ended only what was raised and is not opened yet.
    requests: BTreeMap<RequestId, Box<Entry>>,
    /// How many wait.
    waiting: usize,
    /// Those that are not resolved.
    escalations: BTreeMap<EscalationId, Running>,
    /// What was opened of what each request raised, by policy.
    seen_to: BTreeMap<RequestId, BTreeMap<String, SeenTo>>,
    /// Openings under way.
    opening: BTreeMap<EscalationId, RequestId>,
    timers: Timers<Concerns>,
    touched_requests: BTreeSet<RequestId>,
    touched_escalations: BTreeSet<EscalationId>,
    /// What ended lately: what is heard of it again is no news.
    ended: Ended<RequestId>,
    resolved: Ended<EscalationId>,
    /// Requests that are not known here, of which something was resolved lately.
    strays: Ended<RequestId>,
    levels: Levels,
    /// How the pool was when a rule last asked.
    pool_facts: Option<(DateTime<Utc>, PoolFacts)>,
}

/// Whom a moment concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Concerns {
    Request(RequestId),
    Escalation(EscalationId),
}

/// A request as the watcher keeps it.
#[derive(Debug)]
struct Entry {
    state: SupportRequest,
    /// Since when the member has not written although they were answered.
    answered_since: Option<DateTime<Utc>>,
    /// Conditions that did not hold, and when they are asked again.
    asked: Vec<Asked>,
    /// An append is under way.
    in_flight: bool,
    /// Openings under way, by policy.
    opening: Vec<(EscalationId, String)>,
    /// An opening came to nothing.
    refused: bool,
    open_after: Option<DateTime<Utc>>,
}

/// An escalation that is not resolved.
#[derive(Debug)]
struct Running {
    state: Escalation,
    /// An append is under way.
    in_flight: bool,
}

/// What was opened of what a request raised under one policy.
#[derive(Clone, Copy, Debug, Default)]
struct SeenTo {
    /// Whatever was raised up to here is part of an escalation.
    up_to: Version,
    /// The one that is not resolved.
    open: Option<EscalationId>,
}

impl Watcher {
    /// A watcher of `pool` that has seen nothing yet.
    pub fn new(pool: Pool, settings: Settings, shelf: Shelf) -> Self {
        let book = shelf.book();
        Self {
            people: People::new(pool.clone()),
            pool,
            settings,
            shelf,
            book,
            requests: BTreeMap::new(),
            waiting: 0,
            escalations: BTreeMap::new(),
            seen_to: BTreeMap::new(),
            opening: BTreeMap::new(),
            timers: Timers::default(),
            touched_requests: BTreeSet::new(),
            touched_escalations: BTreeSet::new(),
            ended: Ended::default(),
            resolved: Ended::default(),
            strays: Ended::default(),
            levels: Levels::default(),
            pool_facts: None,
        }
    }

    /// An escalation that is not resolved, as it is known here.
    pub fn escalation(&self, id: EscalationId) -> Option<&Escalation> {
        self.escalations.get(&id).map(|running| &running.state)
    }

    /// Takes a newer rulebook into use, if there is one: every alarm is set anew.
    fn look_at_the_shelf(&mut self) {
        let book = self.shelf.book();
        if Arc::ptr_eq(&book, &self.book) {
            return;
        }
        self.book = book;
        for entry in self.requests.values_mut() {
            entry.asked.clear();
        }
        self.touched_requests.extend(self.requests.keys());
    }

    /// Does what is due about a request, and sets its alarm.
    fn review_request(&mut self, id: RequestId, intents: &mut Vec<Intent>, now: DateTime<Utc>) {
        let open_at = self.open_what_is_missing(id, intents, now);
        let rules_at = self.review_rules(id, intents, now);
        let alarm = open_at.into_iter().chain(rules_at).min();
        self.timers.arm(Concerns::Request(id), alarm);
    }

    /// Fires the rules that are due and shows what is to be shown; gives when to look again.
    fn review_rules(&mut self, id: RequestId, intents: &mut Vec<Intent>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let entry = self.requests.get(&id).filter(|entry| !entry.in_flight && !entry.state.is_closed())?;
        let pool_facts = self.asks_a_condition(entry, now).then(|| self.pool_facts(now)).unwrap_or_default();
        let shows_emergency = self.shows_emergency(id);
        let entry = self.requests.get_mut(&id)?;
        let mut findings = entry.fire(&self.book.rules, pool_facts, now);
        if shows_emergency {
            findings.show.push(EMERGENCY.to_owned());
        }
        let events = entry.state.decide(Command::Triage(findings), ESCALATION, now).unwrap_or_default();
        if events.is_empty() {
            return entry.alarm(&self.book.rules);
        }
        entry.in_flight = true;
        intents.push(Intent {
            stream: StreamId::request(id),
            pool: self.pool.clone(),
            expected: entry.state.version,
            actor: ESCALATION,
            events: events.into_iter().map(Event::Request).collect(),
        });
        None
    }

    /// Whether nobody took on what the member's request raised, so that every supervisor is called, and they were not
    /// shown yet whom else they can turn to.
    fn shows_emergency(&self, id: RequestId) -> bool {
        let is_shown = |entry: &Entry| entry.state.shown.iter().any(|kind| kind == EMERGENCY);
        let Some(policies) = self.seen_to.get(&id) else { return false };
        !self.requests.get(&id).is_some_and(|entry| is_shown(entry))
            && policies.values().filter_map(|seen| self.escalations.get(&seen.open?)).any(|e| e.state.fallbacks > 0)
    }

    /// Wishes for what was drafted.
    fn append(&self, id: EscalationId, expected: Version, events: Vec<EscalationEvent>) -> Intent {
        Intent {
            stream: StreamId::escalation(id),
            pool: self.pool.clone(),
            expected,
            actor: ESCALATION,
            events: events.into_iter().map(Event::Escalation).collect(),
        }
    }
}

/// The kind of resources that a member is shown when nobody takes on what their request raised.
const EMERGENCY: &str = "emergency";

impl Process for Watcher {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        vec![
            (StreamKind::Staff, TimeDelta::zero()),
            (StreamKind::Duty, TimeDelta::days(7)),
            (StreamKind::Rotation, TimeDelta::zero()),
            (StreamKind::Request, RAISED_WITHIN),
            (StreamKind::Escalation, RESOLVED_WITHIN),
        ]
    }

    fn observe(&mut self, fact: &Recorded) {
        match fact.stream.kind {
            StreamKind::Request if fact.pool == self.pool => self.observe_request(fact),
            StreamKind::Escalation if fact.pool == self.pool => self.observe_escalation(fact),
            StreamKind::Staff | StreamKind::Duty | StreamKind::Rotation => self.observe_people(fact),
            _ => {}
        }
    }

    fn took_over(&mut self, _now: DateTime<Utc>) {
        self.touched_requests.extend(self.requests.keys());
        self.touched_escalations.extend(self.escalations.keys());
    }

    fn signal(&mut self, signal: Signal) {
        if let Signal::StaffSeen { staff, at } = signal {
            self.people.seen(staff, at);
        }
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        let idle = self.touched_requests.is_empty()
            && self.touched_escalations.is_empty()
            && Arc::ptr_eq(&self.shelf.book(), &self.book);
        if idle { self.timers.next() } else { Some(DateTime::UNIX_EPOCH) }
    }

    fn decide(&mut self, now: DateTime<Utc>) -> Vec<Intent> {
        self.look_at_the_shelf();
        while let Some(who) = self.timers.pop(now) {
            match who {
                Concerns::Request(id) => self.touched_requests.insert(id),
                Concerns::Escalation(id) => self.touched_escalations.insert(id),
            };
        }
        let mut intents = Vec::new();
        while let Some(id) = self.touched_requests.pop_first() {
            self.review_request(id, &mut intents, now);
        }
        while let Some(id) = self.touched_escalations.pop_first() {
            self.review_escalation(id, &mut intents, now);
        }
        intents
    }

    fn settled(&mut self, stream: StreamId) {
        match stream.kind {
            StreamKind::Request => {
                let id = RequestId(stream.id);
                if let Some(entry) = self.requests.get_mut(&id) {
                    entry.in_flight = false;
                    self.touched_requests.insert(id);
                }
            }
            StreamKind::Escalation => {
                let id = EscalationId(stream.id);
                if let Some(request) = self.opening.remove(&id)
                    && let Some(entry) = self.requests.get_mut(&request)
                {
                    entry.opening.retain(|(other, _)| *other != id);
                    entry.refused |= !self.escalations.contains_key(&id) && !self.resolved.contains(id);
                    self.touched_requests.insert(request);
                }
                if let Some(running) = self.escalations.get_mut(&id) {
                    running.in_flight = false;
                    self.touched_escalations.insert(id);
                }
            }
            _ => {}
        }
    }
}
