//! The watcher, as it is or with a planted fault.

use std::collections::BTreeSet;

use wideawake_domain::escalation::{EscalationEvent, PageOutcome, Watcher};
use wideawake_domain::process::{Intent, Process};
use wideawake_domain::request::RequestEvent;
use wideawake_domain::{Event, Recorded, StreamKind};

use crate::Time;
use crate::plant::Plant;

pub(crate) struct Bend {
    pub(crate) inner: Watcher,
    plant: Option<Plant>,
    /// Requests that had raised something when it took over.
    inherited: BTreeSet<uuid::Uuid>,
    leads: bool,
}

impl Bend {
    pub(crate) fn new(inner: Watcher, plant: Option<Plant>) -> Self {
        Self { inner, plant, inherited: BTreeSet::new(), leads: false }
    }

    pub(crate) fn took_over(&mut self, now: Time) {
        self.leads = true;
        self.inner.took_over(now);
    }

    pub(crate) fn observe(&mut self, fact: &Recorded) {
        match self.plant {
            Some(Plant::RaisedForgotten) if !self.leads && &*fact.kind == "escalation_raised" => {
                self.inherited.insert(fact.stream.id);
                self.inner.observe(fact);
            }
            Some(Plant::FiredForgotten) if !self.leads => self.inner.observe(&forgetful(fact)),
            Some(Plant::FailureTakenForLast) => self.inner.observe(&hasty(fact)),
            _ => self.inner.observe(fact),
        }
    }

    pub(crate) fn decide(&mut self, now: Time) -> Vec<Intent> {
        let mut intents = self.inner.decide(now);
        let is_lost = |event: &Event| match (self.plant, event) {
            (Some(Plant::RaisedForgotten), Event::Escalation(EscalationEvent::EscalationOpened(opened))) => {
                self.inherited.contains(&opened.request.0)
            }
            (Some(Plant::FallbackOnce), Event::Escalation(EscalationEvent::FallbackReached(reached))) => {
                reached.count > 1
            }
            _ => false,
        };
        intents.retain(|intent| !intent.events.iter().any(is_lost));
        intents
    }
}

/// The fact without what it says of rules that fired for a time that had lasted.
fn forgetful(fact: &Recorded) -> Recorded {
    let Ok(Event::Request(RequestEvent::Triaged(mut triaged))) = fact.event() else { return fact.clone() };
    triaged.rules.clear();
    written(fact, &Event::Request(triaged.into()))
}

/// The fact as if no page that failed were tried again.
fn hasty(fact: &Recorded) -> Recorded {
    if fact.stream.kind != StreamKind::Escalation {
        return fact.clone();
    }
    let Ok(Event::Escalation(EscalationEvent::PageAttempted(mut tried))) = fact.event() else { return fact.clone() };
    if let PageOutcome::Failed { again_at, .. } = &mut tried.outcome {
        *again_at = None;
    }
    written(fact, &Event::Escalation(tried.into()))
}

fn written(fact: &Recorded, event: &Event) -> Recorded {
    Recorded { data: event.encode().expect("there is no text in it").into(), ..fact.clone() }
}
