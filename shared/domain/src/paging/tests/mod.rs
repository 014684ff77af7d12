//! The pager over a record in memory, under a clock that only moves when told to.
#![allow(clippy::unwrap_used, clippy::panic)]

mod asked_again; // failures, circuits
mod in_turn; // one person's contact methods
mod model; // what must hold whatever happens
mod much; // caps and places

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::{Pager, Settings};
use crate::escalation::*;
use crate::event::Event;
use crate::process::{Errand, ErrandOutcome, Intent, Process};
use crate::record::{Actor, Part, Position};
use crate::request::Cause;
use crate::staff::{Added, ContactKind, ContactMethod, ContactMethodsSet, Removed, Role, StaffEvent};
use crate::{EscalationId, Pool, Priority, Recorded, RequestId, StaffId, StreamId, Version};

/// What the world answers to an errand; `None`: nothing, for now.
type Answer = Box<dyn FnMut(&Errand) -> Option<ErrandOutcome>>;

pub(super) struct World {
    pub(super) now: DateTime<Utc>,
    pub(super) pager: Pager,
    settings: Settings,
    facts: Vec<Recorded>,
    versions: BTreeMap<StreamId, Version>,
    answer: Answer,
    /// Every errand that was let out, with when.
    pub(super) sent: Vec<(DateTime<Utc>, Errand)>,
    /// Errands that have no answer yet.
    pub(super) hanging: Vec<Errand>,
}

pub(super) fn start() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

pub(super) fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

pub(super) fn seconds(n: i64) -> TimeDelta {
    TimeDelta::seconds(n)
}

pub(super) fn webhook(host: &str) -> ContactMethod {
    ContactMethod { kind: ContactKind::Webhook, to: format!("https://{host}/page"), after_s: 0 }
}

pub(super) fn email(after_s: u32) -> ContactMethod {
    ContactMethod { kind: ContactKind::Email, to: "ada@example.org".to_owned(), after_s }
}

pub(super) fn sms(after_s: u32) -> ContactMethod {
    ContactMethod { kind: ContactKind::Sms, to: "+34600000000".to_owned(), after_s }
}

pub(super) fn failed() -> Option<ErrandOutcome> {
    Some(ErrandOutcome::Failed { why: "timeout".to_owned() })
}

pub(super) fn refused() -> Option<ErrandOutcome> {
    Some(ErrandOutcome::Refused { why: "status_404".to_owned() })
}

impl World {
    pub(super) fn new() -> Self {
        Self::with(Settings::default(), |_| Some(ErrandOutcome::Done))
    }

    pub(super) fn with(settings: Settings, answer: impl FnMut(&Errand) -> Option<ErrandOutcome> + 'static) -> Self {
        Self {
            now: start(),
            pager: Pager::new(Pool::named("main"), settings.clone()),
            settings,
            facts: Vec::new(),
            versions: BTreeMap::new(),
            answer: Box::new(answer),
            sent: Vec::new(),
            hanging: Vec::new(),
        }
    }

    pub(super) fn answer(&mut self, answer: impl FnMut(&Errand) -> Option<ErrandOutcome> + 'static) {
        self.answer = Box::new(answer);
    }

    /// A supervisor who can be paged so.
    pub(super) fn person(&mut self, n: u128, methods: Vec<ContactMethod>) -> StaffId {
        let added = Added {
            alias: format!("s{n}"),
            roles: vec![Role::Supervisor],
            pools: vec![Pool::named("main")],
            zone: chrono_tz::UTC,
            languages: vec!["en".parse().unwrap()],
            capacity: 1,
            qualifications: Vec::new(),
            token: "hash".to_owned(),
        };
        self.record(StreamId::staff(staff(n)), Event::Staff(added.into()));
        self.methods(n, methods);
        staff(n)
    }

    pub(super) fn methods(&mut self, n: u128, methods: Vec<ContactMethod>) {
        self.record(StreamId::staff(staff(n)), Event::Staff(ContactMethodsSet { methods }.into()));
        self.settle();
    }

    pub(super) fn leaves(&mut self, n: u128) {
        self.record(StreamId::staff(staff(n)), Event::Staff(StaffEvent::Removed(Removed {})));
        self.settle();
    }

    pub(super) fn escalation(&mut self, n: u128, priority: Priority) -> EscalationId {
        let request = RequestId(Uuid::from_u128(n));
        let policy = Policy::supervisors("clinician");
        let id = EscalationId::derive(request, &policy.name, Version(2));
        let (line, raised, cause) = ("night".to_owned(), Version(2), Cause::Rule);
        let opened = EscalationOpened { request, line, priority, policy, raised, cause, rule: None };
        self.happens(id, opened);
        id
    }

    /// Something happens to an escalation; gives its version.
    pub(super) fn happens(&mut self, id: EscalationId, event: impl Into<EscalationEvent>) -> Version {
        let version = self.record(StreamId::escalation(id), Event::Escalation(event.into()));
        self.settle();
        version
    }

    /// A step calls them.
    pub(super) fn calls(&mut self, id: EscalationId, step: u32, staff: &[StaffId]) -> Version {
        let until = self.now + TimeDelta::minutes(5);
        self.happens(id, StepReached { round: 0, step, staff: staff.to_vec(), until })
    }

    pub(super) fn acknowledges(&mut self, id: EscalationId, by: StaffId) {
        self.happens(id, Acknowledged { by, via: Via::Desk, page: None });
    }

    fn record(&mut self, stream: StreamId, event: Event) -> Version {
        let version = self.versions.entry(stream).or_insert(Version::NONE);
        *version = version.next();
        let pool = if matches!(event, Event::Staff(_)) { Pool::all() } else { Pool::named("main") };
        let fact = Recorded {
            stream,
            version: *version,
            position: Position(self.facts.len() as u64 + 1),
            pool,
            kind: event.kind().into(),
            at: self.now,
            actor: Actor::System(Part::Escalation),
            trace: "".into(),
            data: event.encode().unwrap().into(),
            hash: [0; 32],
        };
        self.pager.observe(&fact);
        self.facts.push(fact);
        self.versions[&stream]
    }

    /// Everything that can be done at this moment.
    pub(super) fn settle(&mut self) {
        for _ in 0..1_000 {
            let intents = self.pager.decide(self.now);
            let errands = self.pager.errands(self.now);
            let is_quiet = intents.is_empty() && errands.is_empty();
            for intent in intents {
                self.append(intent);
            }
            for errand in errands {
                self.sent.push((self.now, errand.clone()));
                match (self.answer)(&errand) {
                    Some(outcome) => self.pager.ran(errand, outcome),
                    None => self.hanging.push(errand),
                }
            }
            if is_quiet && self.pager.due().is_none_or(|due| due > self.now) {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    pub(super) fn append(&mut self, intent: Intent) {
        let stream = intent.stream;
        assert_eq!(intent.expected, self.versions[&stream], "decided on the newest state");
        for event in intent.events {
            self.record(stream, event);
        }
        self.pager.settled(stream);
    }

    /// What was asked for and had no answer gets this one.
    pub(super) fn hung(&mut self, outcome: &Option<ErrandOutcome>) {
        for errand in std::mem::take(&mut self.hanging) {
            self.pager.ran(errand, outcome.clone().unwrap());
        }
        self.settle();
    }

    /// Lets time pass, from one moment that matters to the next.
    pub(super) fn pass(&mut self, time: TimeDelta) {
        let end = self.now + time;
        while let Some(due) = self.pager.due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.settle();
        }
        self.now = end;
        self.settle();
    }

    /// The pager is lost, with all that was under way, and another takes over.
    pub(super) fn restart(&mut self) {
        self.pager = Pager::new(Pool::named("main"), self.settings.clone());
        self.hanging.clear();
        for fact in &self.facts {
            self.pager.observe(fact);
        }
        self.pager.took_over(self.now);
        self.settle();
    }

    pub(super) fn state(&self, id: EscalationId) -> Escalation {
        Escalation::replay(self.facts.iter().filter(|fact| fact.stream == StreamId::escalation(id))).unwrap()
    }

    /// What was sent since the start: after how many seconds, to whom, over which method, which attempt.
    pub(super) fn log(&self) -> Vec<(i64, u128, u32, u32)> {
        let line = |(at, errand): &(DateTime<Utc>, Errand)| {
            let after = (*at - start()).num_seconds();
            (after, errand.staff.0.as_u128(), errand.method, errand.attempt)
        };
        self.sent.iter().map(line).collect()
    }

    /// Every recorded attempt, in order: whose, over which method, which attempt, and why it failed.
    pub(super) fn attempts(&self) -> Vec<(u128, u32, u32, String)> {
        let tried = self.facts.iter().filter_map(|fact| match fact.event() {
            Ok(Event::Escalation(EscalationEvent::PageAttempted(tried))) => Some(tried),
            _ => None,
        });
        let line = |tried: PageAttempted| {
            let why = match tried.outcome {
                PageOutcome::Delivered => "delivered".to_owned(),
                PageOutcome::Failed { why, .. } => why,
            };
            (tried.staff.0.as_u128(), tried.method, tried.attempt, why)
        };
        tried.map(line).collect()
    }
}
