//! Who is paged over what, and when: the people whom an escalation calls, each over their own contact methods in their
//! own order, until a page is answered.
//!
//! The [`Pager`] only decides. What it wants sent goes out as [`Errand`]s, what came of each is recorded as
//! `page_attempted`, and everything that is due follows from the record: whoever leads after a crash sends again what has
//! no recorded outcome, so that a page may come twice and is never lost.

mod backoff; // when a page that failed is tried again
mod chain; // one person's contact methods, one after the other
mod people; // whom pages reach, and how often of late
mod provider; // who carries them, and whether they can
mod queue; // what is due and waits for a place
mod settings;
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub use provider::Provider;
pub use settings::Settings;

use crate::dispatch::{Ended, Timers};
use crate::escalation::{Command, Escalation, EscalationEvent, PageAttempted, PageOutcome};
use crate::event::Event;
use crate::process::{Errand, ErrandOutcome, Intent, Occasion, Process, Signal};
use crate::record::{Actor, Part, StreamKind};
use crate::staff::{ContactKind, StaffMember};
use crate::{EscalationId, Pool, Priority, Recorded, StaffId, StreamId, Version};
use chain::{Key, Wanted};
use people::{Held, Person};
use provider::{Circuits, Way};
use queue::{Queue, Ready};

/// Why a page was not even tried: its provider failed too often of late.
const CIRCUIT_OPEN: &str = "circuit_open";

/// Sends the pages of one pool's escalations.
#[derive(Debug)]
pub struct Pager {
    pool: Pool,
    settings: Settings,
    open: HashMap<EscalationId, Entry>,
    people: BTreeMap<StaffId, Person>,
    /// Escalations that were resolved lately: what is heard of them again is no news.
    ended: Ended<EscalationId>,
    /// What must be looked at anew.
    touched: BTreeSet<EscalationId>,
    /// With outcomes to be recorded.
    unrecorded: BTreeSet<EscalationId>,
    timers: Timers<Wakes>,
    queue: Queue,
    circuits: Circuits,
    /// What came of errands, to be seen to at the next decision.
    returned: Vec<(Errand, ErrandOutcome)>,
    leaving: Vec<Errand>,
}

/// Whom a moment concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Wakes {
    /// A page of it is due.
    Escalation(EscalationId),
    /// They may be paged again.
    Staff(StaffId),
}

/// An escalation that is not resolved.
#[derive(Debug)]
struct Entry {
    state: Escalation,
    /// What each call is for.
    occasions: BTreeMap<Version, Occasion>,
    /// Whom its calls name.
    called: BTreeSet<StaffId>,
    ready: Vec<(Provider, Ready)>,
    held: Vec<(StaffId, Held)>,
    flying: BTreeSet<Key>,
    /// What came of pages, and is not known to be recorded.
    outcomes: BTreeMap<Key, Outcome>,
    /// An append is under way.
    appending: bool,
}

/// What came of an attempt.
#[derive(Clone, Debug)]
struct Outcome {
    attempt: u32,
    kind: ContactKind,
    came: Came,
}

#[derive(Clone, Debug)]
enum Came {
    Delivered,
    /// `not_before`: when it makes sense to try again at the earliest.
    Failed {
        why: String,
        not_before: Option<DateTime<Utc>>,
    },
    Refused {
        why: String,
    },
}

impl Pager {
    /// How long after it was resolved an escalation is still looked at: its pages count for who was paged of late.
    const ENDED: TimeDelta = TimeDelta::minutes(10);

    /// A pager that knows nothing yet.
    pub fn new(pool: Pool, settings: Settings) -> Self {
        Self {
            pool,
            settings,
            open: HashMap::new(),
            people: BTreeMap::new(),
            ended: Ended::default(),
            touched: BTreeSet::new(),
            unrecorded: BTreeSet::new(),
            timers: Timers::default(),
            queue: Queue::default(),
            circuits: Circuits::default(),
            returned: Vec::new(),
            leaving: Vec::new(),
        }
    }

    /// An escalation that is not resolved.
    pub fn escalation(&self, id: EscalationId) -> Option<&Escalation> {
        self.open.get(&id).map(|entry| &entry.state)
    }

    /// The providers that are left alone at the moment since too much failed.
    pub fn circuits_open(&self) -> impl Iterator<Item = &Provider> {
        self.circuits.open()
    }

    fn meet(&mut self, fact: &Recorded) {
        let id = EscalationId(fact.stream.id);
        let Ok(Event::Escalation(EscalationEvent::EscalationOpened(opened))) = fact.event() else { return };
        if fact.version != Version(1) || fact.pool != self.pool || self.ended.contains(id) {
            return;
        }
        let state = Escalation::opened(id, fact.pool.clone(), opened, fact.at);
        let entry = Entry {
            state,
            occasions: BTreeMap::new(),
            called: BTreeSet::new(),
            ready: Vec::new(),
            held: Vec::new(),
            flying: BTreeSet::new(),
            outcomes: BTreeMap::new(),
            appending: false,
        };
        self.open.insert(id, entry);
    }

    fn follow(&mut self, fact: &Recorded) {
        let id = EscalationId(fact.stream.id);
        let Some(entry) = self.open.get_mut(&id) else { return self.meet(fact) };
        if fact.version != entry.state.version.next() {
            return;
        }
        let Ok(Event::Escalation(event)) = fact.event() else {
            entry.state.version = fact.version;
            return;
        };
        let occasion = match &event {
            EscalationEvent::StepReached(_) => Some(Occasion::TakeOn),
            EscalationEvent::FallbackReached(_) => Some(Occasion::Fallback),
            EscalationEvent::Reminded(_) => Some(Occasion::Remind),
            EscalationEvent::HandOverAsked(_) => Some(Occasion::HandOver),
            _ => None,
        };
        if let Some(occasion) = occasion {
            entry.occasions.insert(fact.version, occasion);
        }
        entry.state.evolve(&event, fact.at);
        if let EscalationEvent::PageAttempted(tried) = &event {
            let key = Key { call: tried.call, staff: tried.staff, method: tried.method };
            let ours = entry.outcomes.get(&key).filter(|ours| ours.attempt <= tried.attempt);
            let is_counted = ours.is_some_and(|ours| matches!(ours.came, Came::Delivered));
            if ours.is_some() {
                entry.outcomes.remove(&key);
            }
            if tried.outcome == PageOutcome::Delivered && !is_counted {
                self.people.entry(tried.staff).or_default().reached(fact.at, &self.settings);
            }
        }
        if entry.state.is_resolved() {
            self.forget(id);
        } else {
            self.touched.insert(id);
        }
    }

    fn forget(&mut self, id: EscalationId) {
        let Some(mut entry) = self.open.remove(&id) else { return };
        self.unqueue(&mut entry);
        for staff in &entry.called {
            if let Some(person) = self.people.get_mut(staff) {
                person.called_by.remove(&id);
            }
        }
        self.touched.remove(&id);
        self.unrecorded.remove(&id);
        self.timers.arm(Wakes::Escalation(id), None);
        self.ended.insert(id);
    }

    fn unqueue(&mut self, entry: &mut Entry) {
        for (provider, ready) in entry.ready.drain(..) {
            self.queue.remove(&provider, &ready);
        }
        for (staff, held) in entry.held.drain(..) {
            if let Some(person) = self.people.get_mut(&staff) {
                person.held.remove(&held);
            }
        }
    }

    fn know(&mut self, fact: &Recorded) {
        let person = self.people.entry(StaffId(fact.stream.id)).or_default();
        let before = person.methods().to_vec();
        StaffMember::apply(&mut person.member, fact);
        if person.methods() != before {
            self.touched.extend(&person.called_by);
        }
    }

    /// What came of errands.
    fn take_in(&mut self, now: DateTime<Utc>) {
        for (errand, outcome) in std::mem::take(&mut self.returned) {
            let provider = Provider::of(&errand.contact);
            self.queue.landed(&provider);
            let came = match outcome {
                ErrandOutcome::Done => Came::Delivered,
                ErrandOutcome::Failed { why } => Came::Failed { why, not_before: None },
                ErrandOutcome::Refused { why } => Came::Refused { why },
            };
            match came {
                Came::Failed { .. } => self.circuits.failed(provider, &self.settings, now),
                // Whoever refuses a page is there.
                Came::Delivered | Came::Refused { .. } => self.circuits.answered(&provider),
            }
            if let Some(person) = self.people.get_mut(&errand.staff) {
                person.in_flight = person.in_flight.saturating_sub(1);
                // Counted before it is recorded, so that nobody takes its place meanwhile.
                if matches!(came, Came::Delivered) {
                    person.reached(now, &self.settings);
                }
            }
            self.let_go(errand.staff, now);
            let key = Key { call: errand.call, staff: errand.staff, method: errand.method };
            if let Some(entry) = self.open.get_mut(&errand.escalation) {
                entry.flying.remove(&key);
                entry.outcomes.insert(key, Outcome { attempt: errand.attempt, kind: errand.contact.kind, came });
                self.unrecorded.insert(errand.escalation);
            }
        }
    }

    /// Has another look at what is held back for somebody, as much as there is room for.
    fn let_go(&mut self, staff: StaffId, now: DateTime<Utc>) {
        let Some(person) = self.people.get_mut(&staff) else { return };
        let room = person.room(&self.settings, now);
        for _ in 0..room.min(person.held.len()) {
            self.touched.extend(person.held.pop_first().map(|(.., escalation)| escalation));
        }
        let at = match room {
            _ if person.held.is_empty() => None,
            0 => person.room_at(&self.settings, now),
            // What was let go may have no use for the room any more.
            _ => Some(now + TimeDelta::seconds(1)),
        };
        self.timers.arm(Wakes::Staff(staff), at);
    }

    /// What an escalation owes to whom, from now on.
    fn look(&mut self, id: EscalationId, now: DateTime<Utc>) {
        let Some(mut entry) = self.open.remove(&id) else { return };
        self.unqueue(&mut entry);
        let called: BTreeSet<StaffId> = entry.state.calls.iter().flat_map(|call| call.staff.iter().copied()).collect();
        for staff in entry.called.difference(&called) {
            if let Some(person) = self.people.get_mut(staff) {
                person.called_by.remove(&id);
            }
        }
        let mut wake = None;
        let priority = Reverse(entry.state.priority);
        for staff in &called {
            let person = self.people.entry(*staff).or_default();
            person.called_by.insert(id);
            for wanted in chain::wanted(&entry.state, *staff, person.methods()) {
                let Wanted { key, attempt, at, others_left } = wanted;
                if entry.flying.contains(&key) || entry.outcomes.contains_key(&key) {
                    continue;
                }
                if at > now {
                    wake = wake.into_iter().chain([at]).min();
                    continue;
                }
                let Some(method) = person.methods().get(key.method as usize) else { continue };
                let ready = Ready { priority, at, escalation: id, key, attempt, others_left };
                self.queue.add(Provider::of(method), ready);
                entry.ready.push((Provider::of(method), ready));
            }
        }
        entry.called = called;
        entry.occasions.retain(|version, _| entry.state.calls.iter().any(|call| call.version == *version));
        self.timers.arm(Wakes::Escalation(id), wake);
        self.open.insert(id, entry);
    }

    /// Sends what is due, as far as there are places for it.
    fn send(&mut self, now: DateTime<Utc>) {
        while let Some((provider, ready)) = self.queue.next(&self.settings) {
            let Some(entry) = self.open.get_mut(&ready.escalation) else { continue };
            entry.ready.retain(|(_, other)| *other != ready);
            let Some(person) = self.people.get_mut(&ready.key.staff) else { continue };
            let is_imminent = ready.priority == Reverse(Priority::Imminent);
            if !is_imminent && person.room(&self.settings, now) == 0 {
                let held = (ready.priority, ready.at, ready.escalation);
                person.held.insert(held);
                entry.held.push((ready.key.staff, held));
                self.timers.arm(Wakes::Staff(ready.key.staff), person.room_at(&self.settings, now));
                continue;
            }
            let Some(contact) = person.methods().get(ready.key.method as usize).cloned() else { continue };
            match self.circuits.way(&provider, now) {
                Way::Free => {}
                Way::Trial => self.circuits.begin_trial(&provider),
                // There is no other way to call somebody to a life in danger.
                Way::Closed(_) if is_imminent && !ready.others_left => {}
                Way::Closed(until) => {
                    let why = CIRCUIT_OPEN.to_owned();
                    let came = if ready.others_left {
                        Came::Refused { why }
                    } else {
                        Came::Failed { why, not_before: Some(until) }
                    };
                    entry.outcomes.insert(ready.key, Outcome { attempt: ready.attempt, kind: contact.kind, came });
                    self.unrecorded.insert(ready.escalation);
                    continue;
                }
            }
            person.in_flight += 1;
            entry.flying.insert(ready.key);
            self.queue.took_off(provider);
            self.leaving.push(Errand {
                page: ready.key.page(ready.escalation),
                call: ready.key.call,
                attempt: ready.attempt,
                escalation: ready.escalation,
                request: entry.state.request,
                staff: ready.key.staff,
                method: ready.key.method,
                contact,
                priority: entry.state.priority,
                line: entry.state.line.clone(),
                occasion: entry.occasions.get(&ready.key.call).copied().unwrap_or(Occasion::TakeOn),
            });
        }
    }

    /// The append of everything that is not recorded of an escalation.
    fn record(&mut self, id: EscalationId, now: DateTime<Utc>) -> Option<Intent> {
        let entry = self.open.get_mut(&id).filter(|entry| !entry.appending)?;
        let mut events = Vec::new();
        entry.outcomes.retain(|key, outcome| {
            let attempted = attempted(&self.settings, id, *key, outcome, now);
            match entry.state.decide(Command::NoteAttempt(attempted), now) {
                Ok(more) if !more.is_empty() => {
                    events.extend(more.into_iter().map(Event::Escalation));
                    true
                }
                // It is recorded already, or no longer of interest.
                Ok(_) | Err(_) => false,
            }
        });
        if events.is_empty() {
            self.timers.arm(Wakes::Escalation(id), Some(now));
            return None;
        }
        entry.appending = true;
        let (stream, pool, expected) = (StreamId::escalation(id), entry.state.pool.clone(), entry.state.version);
        Some(Intent { stream, pool, expected, actor: Actor::System(Part::Notifier), events })
    }
}

/// What is recorded of an attempt that ended by now.
fn attempted(
    settings: &Settings,
    escalation: EscalationId,
    key: Key,
    outcome: &Outcome,
    now: DateTime<Utc>,
) -> PageAttempted {
    let Outcome { attempt, kind, ref came } = *outcome;
    let page = key.page(escalation);
    let outcome = match came {
        Came::Delivered => PageOutcome::Delivered,
        Came::Refused { why } => PageOutcome::Failed { why: why.clone(), again_at: None },
        Came::Failed { why, not_before } => {
            let again_at = backoff::again_at(settings, page, attempt, now);
            PageOutcome::Failed { why: why.clone(), again_at: again_at.map(|at| at.max(not_before.unwrap_or(at))) }
        }
    };
    PageAttempted { page, call: key.call, staff: key.staff, method: key.method, kind, attempt, outcome }
}

impl Process for Pager {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        vec![(StreamKind::Staff, TimeDelta::zero()), (StreamKind::Escalation, Self::ENDED.max(self.settings.window))]
    }

    fn observe(&mut self, fact: &Recorded) {
        match fact.stream.kind {
            StreamKind::Staff => self.know(fact),
            StreamKind::Escalation => self.follow(fact),
            _ => {}
        }
    }

    fn took_over(&mut self, _: DateTime<Utc>) {}

    fn signal(&mut self, _: Signal) {}

    fn due(&self) -> Option<DateTime<Utc>> {
        self.timers.next()
    }

    fn decide(&mut self, now: DateTime<Utc>) -> Vec<Intent> {
        self.take_in(now);
        while let Some(wakes) = self.timers.pop(now) {
            match wakes {
                Wakes::Escalation(id) => {
                    self.touched.insert(id);
                }
                Wakes::Staff(staff) => self.let_go(staff, now),
            }
        }
        for id in std::mem::take(&mut self.touched) {
            self.look(id, now);
        }
        self.send(now);
        let unrecorded = std::mem::take(&mut self.unrecorded);
        unrecorded.into_iter().filter_map(|id| self.record(id, now)).collect()
    }

    fn errands(&mut self, _: DateTime<Utc>) -> Vec<Errand> {
        std::mem::take(&mut self.leaving)
    }

    fn ran(&mut self, errand: Errand, outcome: ErrandOutcome) {
        self.returned.push((errand, outcome));
    }

    fn settled(&mut self, stream: StreamId) {
        let id = EscalationId(stream.id);
        if let Some(entry) = self.open.get_mut(&id) {
            entry.appending = false;
            if !entry.outcomes.is_empty() {
                self.unrecorded.insert(id);
            }
        }
    }
}
