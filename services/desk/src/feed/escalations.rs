//! What the desk knows of escalations: those that are not resolved, those that were within the hour, and of every request
//! that it knows how far what was raised is resolved.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use chrono::{DateTime, Utc};
use wideawake_domain::escalation::{Escalation, EscalationEvent};
use wideawake_domain::{EscalationId, Event, Recorded, RequestId, StaffId, Version};

use super::LINGERS;

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Went {
    /// It called these.
    Called(Vec<StaffId>),
    /// It reached nobody.
    Skipped,
}

/// An escalation, with what its state does not keep.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    /// The escalation.
    pub(crate) state: Escalation,
    /// The newest time through the policy, from 0.
    pub(crate) round: u32,
    /// What became of the steps in that round.
    pub(crate) steps: BTreeMap<u32, Went>,
    /// Everyone who was ever called over it, or took it on.
    pub(crate) called: BTreeSet<StaffId>,
    /// Who took it on last, and when.
    pub(crate) taken: Option<(StaffId, DateTime<Utc>)>,
    /// Who resolved it, and when.
    pub(crate) resolved: Option<(StaffId, DateTime<Utc>)>,
}

impl Known {
    /// Takes one more fact into account, as [`Escalation::apply`] does; gives the event if it was the next one.
    pub(crate) fn apply(known: &mut Option<Self>, fact: &Recorded) -> Option<EscalationEvent> {
        let event = match fact.event() {
            Ok(Event::Escalation(event)) => Some(event),
            Ok(_) | Err(_) => None,
        };
        let Some(known) = known else {
            let Some(EscalationEvent::EscalationOpened(opened)) = &event else { return None };
            if fact.version == Version(1) {
                let id = EscalationId(fact.stream.id);
                let state = Escalation::opened(id, fact.pool.clone(), opened.clone(), fact.at);
                let (steps, called) = (BTreeMap::new(), BTreeSet::new());
                *known = Some(Self { state, round: 0, steps, called, taken: None, resolved: None });
                return event;
            }
            return None;
        };
        if fact.version != known.state.version.next() {
            return None;
        }
        match &event {
            Some(event) => {
                known.state.evolve(event, fact.at);
                known.learn(event, fact.at);
            }
            None => known.state.version = fact.version,
        }
        event
    }

    fn learn(&mut self, event: &EscalationEvent, at: DateTime<Utc>) {
        let (round, step, went) = match event {
            EscalationEvent::StepReached(e) => (e.round, e.step, Went::Called(e.staff.clone())),
            EscalationEvent::StepSkipped(e) => (e.round, e.step, Went::Skipped),
            EscalationEvent::Acknowledged(e) => {
                self.called.insert(e.by);
                self.taken = Some((e.by, at));
                return;
            }
            EscalationEvent::Resolved(e) => {
                self.resolved = Some((e.by, at));
                return;
            }
            _ => return self.called.extend(called_by(event)),
        };
        self.called.extend(called_by(event));
        if round != self.round {
            (self.round, self.steps) = (round, BTreeMap::new());
        }
        self.steps.insert(step, went);
    }

    /// Whether it is over.
    pub(crate) const fn is_resolved(&self) -> bool {
        self.state.is_resolved()
    }
}

/// Whom an event calls.
pub(crate) fn called_by(event: &EscalationEvent) -> &[StaffId] {
    match event {
        EscalationEvent::StepReached(e) => &e.staff,
        EscalationEvent::FallbackReached(e) => &e.staff,
        EscalationEvent::HandOverAsked(e) => std::slice::from_ref(&e.to),
        EscalationEvent::Reminded(e) => &e.staff,
        _ => &[],
    }
}

/// Every escalation that the desk knows.
#[derive(Debug, Default)]
pub(crate) struct Escalations {
    known: BTreeMap<EscalationId, Known>,
    /// By request, those that are known.
    of: BTreeMap<RequestId, BTreeSet<EscalationId>>,
    /// Those that somebody was called over or took on, and that are not resolved.
    calls: BTreeMap<StaffId, BTreeSet<EscalationId>>,
    ended: VecDeque<(DateTime<Utc>, EscalationId)>,
    /// Of each policy that was raised for a request: up to which event of the request what it raised is resolved.
    settled: BTreeMap<RequestId, BTreeMap<String, Version>>,
}

impl Escalations {
    /// Takes the next event into account; gives it with what it made of the escalation. `keeps` says of which requests
    /// it is kept how far they are settled.
    pub(super) fn apply(
        &mut self,
        fact: &Recorded,
        keeps: impl Fn(RequestId) -> bool,
    ) -> Option<(EscalationEvent, &Known)> {
        let id = EscalationId(fact.stream.id);
        let mut slot = self.known.remove(&id);
        let event = Known::apply(&mut slot, fact);
        let known = self.known.entry(id).insert_entry(slot?).into_mut();
        let (event, request) = (event?, known.state.request);
        self.of.entry(request).or_default().insert(id);
        if let EscalationEvent::Resolved(_) = event {
            for staff in &known.called {
                forget(&mut self.calls, *staff, id);
            }
            self.ended.push_back((fact.at, id));
            if keeps(request) {
                let settled = self.settled.entry(request).or_default();
                let until = settled.entry(known.state.policy.name.clone()).or_default();
                *until = known.state.covers().max(*until);
            }
        } else if !known.is_resolved() {
            for staff in &known.called {
                self.calls.entry(*staff).or_default().insert(id);
            }
        }
        Some((event, known))
    }

    /// Forgets those that were resolved long ago.
    pub(super) fn forget(&mut self, now: DateTime<Utc>) {
        while let Some((at, id)) = self.ended.front().copied()
            && now - at > LINGERS
        {
            self.ended.pop_front();
            if let Some(known) = self.known.remove(&id) {
                forget(&mut self.of, known.state.request, id);
            }
        }
    }

    /// Forgets how far a request is settled.
    pub(super) fn forget_request(&mut self, request: RequestId) {
        self.settled.remove(&request);
    }

    /// The escalation of that id.
    pub(crate) fn get(&self, id: EscalationId) -> Option<&Known> {
        self.known.get(&id)
    }

    /// All of them, in order of id.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Known> {
        self.known.values()
    }

    /// The unresolved escalations that `staff` was called over or took on.
    pub(crate) fn of_staff(&self, staff: StaffId) -> impl Iterator<Item = &Known> {
        self.calls.get(&staff).into_iter().flatten().filter_map(|id| self.known.get(id))
    }

    /// Of each policy that was raised for a request: up to which event of the request what it raised is resolved.
    pub(crate) fn settled(&self, request: RequestId) -> BTreeMap<String, Version> {
        self.settled.get(&request).cloned().unwrap_or_default()
    }

    /// Whether what event `version` of a request raised under `policy` has become an escalation, or part of one.
    pub(crate) fn is_opened(&self, request: RequestId, policy: &str, version: Version) -> bool {
        let settled = self.settled.get(&request).and_then(|settled| settled.get(policy)).copied();
        let known = self.of.get(&request).into_iter().flatten().filter_map(|id| self.known.get(id));
        let covered = known.filter(|known| known.state.policy.name == policy).map(|known| known.state.covers());
        covered.chain(settled).any(|until| version <= until)
    }
}

fn forget<K: Ord>(index: &mut BTreeMap<K, BTreeSet<EscalationId>>, key: K, id: EscalationId) {
    if let Some(ids) = index.get_mut(&key) {
        ids.remove(&id);
        if ids.is_empty() {
            index.remove(&key);
        }
    }
}
