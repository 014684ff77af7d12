//! The rules of DESIGN sections 8 and 9 around a real watcher in an imaginary pool.

#![allow(clippy::unwrap_used, clippy::panic)]

mod night; // random nights, and watchers that die
mod opening; // what was raised is opened
mod steps; // whom a step calls, and what follows
mod timed; // rules that need time

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::BTreeMap;
use uuid::Uuid;

use super::*;
use crate::escalation::{self, PageAttempted, PageOutcome, Policies, Policy, Resolution, Stage, Step, Via};
use crate::record::Position;
use crate::request::{Accepted, Cause, EscalationRaised, Message, Opened, RequestEvent, Speaker};
use crate::rotation::{RotationSet, rotation_stream};
use crate::rules::{Action, Condition, Rule, RuleSet, Trigger};
use crate::settings::{Dispatch, Line};
use crate::staff::{
    Added, ContactKind, ContactMethod, ContactMethodsSet, Duty, DutyEvent, DutySet, Removed, Role, ShiftsSet,
    StaffEvent, duty_stream,
};
use crate::{OfferId, PageId, Priority, StaffId, Text};

fn seconds(n: i64) -> TimeDelta {
    TimeDelta::seconds(n)
}

/// A Monday noon, in UTC.
fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn main() -> Pool {
    Pool::named("main")
}

fn settings() -> Settings {
    let line = |name: &str, pool: Pool, default| Line {
        name: name.to_owned(),
        pool,
        languages: vec!["en".parse().unwrap()],
        needs: vec![],
        prefers: vec![],
        topics: vec![],
        outcomes: vec!["supported".to_owned()],
        retention: None,
        templates: Vec::new(),
        default,
    };
    let lines = vec![line("night", main(), true), line("youth", Pool::named("youth"), false)];
    Settings { pools: vec![main(), Pool::named("youth")], lines, dispatch: Dispatch::default() }
}

fn step(targets: &[&str], wait: i64) -> Step {
    Step { page: targets.iter().map(|target| target.parse().unwrap()).collect(), wait: seconds(wait) }
}

/// Calls by those steps, once; the fallback comes every 300 seconds, and reminders after 900.
fn policy(name: &str, steps: Vec<Step>) -> Policy {
    let (resolve_within, fallback_every) = (Some(seconds(900)), seconds(300));
    Policy { name: name.to_owned(), steps, repeat: 0, resolve_within, fallback_every }
}

fn policies(of: Vec<Policy>) -> Policies {
    Policies(of.into_iter().map(|policy| (policy.name.clone(), policy)).collect())
}

fn rule(name: &str, on: Trigger, after: i64, condition: Option<&str>, then: Vec<Action>) -> Rule {
    let condition = condition.map(|source| Condition::compile(source).unwrap());
    Rule { name: name.to_owned(), on, after: seconds(after), condition, then }
}

fn book(rules: Vec<Rule>, policies: Policies) -> Rulebook {
    Rulebook { rules: RuleSet { rules, version: "0123456789abcdef".to_owned() }, policies, ..Rulebook::default() }
}

/// A ledger, a clock, people, and the watcher in their midst.
struct World {
    now: DateTime<Utc>,
    shelf: Shelf,
    ledger: Vec<Recorded>,
    watcher: Watcher,
    /// Appends of the watcher are lost until it is told otherwise.
    deaf: bool,
    ids: u128,
}

impl World {
    fn new(rules: Vec<Rule>, of: Vec<Policy>) -> Self {
        let shelf = Shelf::new(book(rules, policies(of)));
        let watcher = Watcher::new(main(), settings(), shelf.clone());
        let mut world = Self { now: noon(), shelf, ledger: Vec::new(), watcher, deaf: false, ids: 0 };
        world.watcher.took_over(world.now);
        world
    }

    /// Another watcher takes over from the record alone.
    fn restart(&mut self) {
        self.watcher = Watcher::new(main(), settings(), self.shelf.clone());
        for (kind, ended) in self.watcher.scope() {
            for fact in self.open(kind, self.now - ended) {
                self.watcher.observe(&fact);
            }
        }
        self.watcher.took_over(self.now);
        self.settle();
    }

    fn open(&self, kind: StreamKind, since: DateTime<Utc>) -> Vec<Recorded> {
        let mut ended: BTreeMap<StreamId, Option<DateTime<Utc>>> = BTreeMap::new();
        for fact in &self.ledger {
            let end = fact.event().unwrap().ends_stream(fact.at);
            let known = ended.entry(fact.stream).or_default();
            *known = end.or(*known);
        }
        let is_open = |fact: &&Recorded| fact.stream.kind == kind && ended[&fact.stream].is_none_or(|end| end > since);
        self.ledger.iter().filter(is_open).cloned().collect()
    }

    fn id(&mut self) -> Uuid {
        self.ids += 1;
        Uuid::from_u128(self.ids)
    }

    // The record.

    fn version(&self, stream: StreamId) -> Version {
        let newest = self.ledger.iter().rev().find(|fact| fact.stream == stream);
        newest.map_or(Version::NONE, |fact| fact.version)
    }

    fn record(&mut self, stream: StreamId, pool: Pool, actor: Actor, events: Vec<Event>) {
        for event in events {
            let fact = Recorded {
                stream,
                version: self.version(stream).next(),
                position: Position(self.ledger.len() as u64 + 1),
                pool: pool.clone(),
                kind: event.kind().into(),
                at: self.now,
                actor,
                trace: "".into(),
                data: event.encode().unwrap().into(),
                hash: [0; 32],
            };
            self.ledger.push(fact.clone());
            self.watcher.observe(&fact);
        }
    }

    /// Carries out what the watcher wishes, until it wishes for nothing.
    fn settle(&mut self) {
        for _ in 0..50 {
            let intents = self.watcher.decide(self.now);
            if intents.is_empty() || self.deaf {
                return;
            }
            for intent in intents {
                if intent.expected == self.version(intent.stream) {
                    self.record(intent.stream, intent.pool, intent.actor, intent.events);
                } else {
                    let facts: Vec<Recorded> =
                        self.ledger.iter().filter(|fact| fact.stream == intent.stream).cloned().collect();
                    facts.iter().for_each(|fact| self.watcher.observe(fact));
                }
                self.watcher.settled(intent.stream);
            }
        }
        panic!("it never comes to rest");
    }

    /// Lets so much time pass, and everything happen that falls due.
    fn after(&mut self, length: i64) {
        let until = self.now + seconds(length);
        while let Some(due) = self.watcher.due().filter(|due| *due <= until) {
            self.now = self.now.max(due);
            self.settle();
        }
        self.now = until;
        self.settle();
    }

    // People.

    /// Somebody with one contact method, always scheduled and ready.
    fn hire(&mut self, role: Role) -> StaffId {
        let id = StaffId(self.id());
        let added = Added {
            alias: "Ada".to_owned(),
            roles: vec![role],
            pools: vec![main()],
            zone: chrono_tz::UTC,
            languages: vec!["en".parse().unwrap()],
            capacity: 2,
            qualifications: vec![],
            token: "hash".to_owned(),
        };
        let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
        let always = json!({"zone": "Etc/UTC", "days": days, "start": "00:00", "end": "00:00"});
        let shifts = vec![serde_json::from_value(always).unwrap()];
        self.staff(id, added);
        self.staff(id, ShiftsSet { shifts });
        self.can_be_reached(id, 1);
        self.says(id, Duty::Ready);
        id
    }

    fn staff(&mut self, id: StaffId, event: impl Into<StaffEvent>) {
        let events = vec![Event::Staff(event.into())];
        self.record(StreamId::staff(id), Pool::all(), Actor::Staff(id), events);
    }

    fn can_be_reached(&mut self, id: StaffId, ways: usize) {
        let method = ContactMethod { kind: ContactKind::Sms, to: "+1".to_owned(), after_s: 0 };
        self.staff(id, ContactMethodsSet { methods: vec![method; ways] });
    }

    fn says(&mut self, id: StaffId, duty: Duty) {
        let set = DutyEvent::DutySet(DutySet { staff: id, duty, reason: None });
        self.record(duty_stream(id, self.now), Pool::all(), Actor::Staff(id), vec![Event::Duty(set)]);
    }

    fn on_call(&mut self, name: &str, members: &[StaffId]) {
        let rotation = json!({"zone": "Etc/UTC", "starts": "2026-01-01", "handoff": "09:00", "every_days": 1,
            "members": members});
        let set = RotationSet { name: name.to_owned(), rotation: serde_json::from_value(rotation).unwrap() };
        self.record(rotation_stream(name), Pool::all(), ESCALATION, vec![Event::Rotation(set.into())]);
    }

    // Members and whoever talks with them.

    fn asks(&mut self) -> RequestId {
        let id = RequestId(self.id());
        let opened = Opened {
            line: "night".to_owned(),
            language: "en".parse().unwrap(),
            time_zone: None,
            country: None,
            alias: None,
            age_band: None,
            topics: vec![],
            screening: None,
            token: "hash".to_owned(),
            fingerprint: None,
            again: None,
        };
        self.request(id, vec![opened.into()]);
        id
    }

    fn request(&mut self, id: RequestId, events: Vec<RequestEvent>) {
        let events = events.into_iter().map(Event::Request).collect();
        self.record(StreamId::request(id), main(), Actor::Member, events);
        self.settle();
    }

    fn raise(&mut self, id: RequestId, policy: &str) -> Version {
        let raised = EscalationRaised { policy: policy.to_owned(), cause: Cause::Person, reason: None, rule: None };
        self.request(id, vec![raised.into()]);
        let raised = self.ledger.iter().rev().find(|fact| &*fact.kind == "escalation_raised");
        raised.unwrap().version
    }

    fn is_taken(&mut self, id: RequestId) {
        let offer = OfferId(self.id());
        self.request(id, vec![Accepted { offer, volunteer: StaffId(Uuid::from_u128(99)) }.into()]);
    }

    fn writes(&mut self, id: RequestId, from: Speaker) {
        let staff = (from != Speaker::Member).then_some(StaffId(Uuid::from_u128(99)));
        let text = Text::Sealed("…".to_owned());
        self.request(id, vec![Message { from, staff, aside: false, text, once: None }.into()]);
    }

    fn changes(&mut self, id: RequestId, command: Command) -> Result<(), crate::request::Rejection> {
        let state = self.state(id);
        let events = state.decide(command, Actor::Member, self.now)?;
        self.request(id, events);
        Ok(())
    }

    fn state(&self, id: RequestId) -> SupportRequest {
        let facts = self.ledger.iter().filter(|fact| fact.stream == StreamId::request(id));
        SupportRequest::replay(facts).unwrap()
    }

    // Escalations.

    fn escalations(&self) -> Vec<Escalation> {
        let mut states: BTreeMap<StreamId, Option<Escalation>> = BTreeMap::new();
        let facts = self.ledger.iter().filter(|fact| fact.stream.kind == StreamKind::Escalation);
        let mut order = Vec::new();
        for fact in facts {
            if fact.version == Version(1) {
                order.push(fact.stream);
            }
            Escalation::apply(states.entry(fact.stream).or_default(), fact);
        }
        order.into_iter().map(|stream| states[&stream].clone().unwrap()).collect()
    }

    fn only(&self) -> Escalation {
        let [one] = self.escalations().try_into().unwrap_or_else(|all| panic!("not one: {all:?}"));
        one
    }

    /// The kinds of events of all escalations, in order.
    fn kinds(&self) -> Vec<&str> {
        let facts = self.ledger.iter().filter(|fact| fact.stream.kind == StreamKind::Escalation);
        facts.map(|fact| &*fact.kind).collect()
    }

    fn does(&mut self, id: EscalationId, command: escalation::Command) {
        let state = self.escalations().into_iter().find(|escalation| escalation.id == id).unwrap();
        let events = state.decide(command, self.now).unwrap();
        let events = events.into_iter().map(Event::Escalation).collect();
        self.record(StreamId::escalation(id), main(), ESCALATION, events);
        self.settle();
    }

    fn takes_on(&mut self, id: EscalationId, staff: StaffId) {
        self.does(id, escalation::Command::Acknowledge(staff, Via::Desk, None));
    }

    fn resolves(&mut self, id: EscalationId, staff: StaffId) {
        let resolution = Resolution { outcome: "seen_to".to_owned(), confirmed_by: None, note: None };
        self.does(id, escalation::Command::Resolve(staff, resolution));
    }

    /// The page over that contact method of theirs failed, for good or not.
    fn fails(&mut self, id: EscalationId, staff: StaffId, method: u32, for_good: bool) {
        let state = self.escalations().into_iter().find(|escalation| escalation.id == id).unwrap();
        let call = state.calls.last().unwrap().version;
        let page = PageId::derive(id, call, staff, method as usize);
        let again_at = (!for_good).then_some(self.now + seconds(5));
        let outcome = PageOutcome::Failed { why: "status_503".to_owned(), again_at };
        let attempt = PageAttempted { page, call, staff, method, kind: ContactKind::Sms, attempt: 1, outcome };
        self.does(id, escalation::Command::NoteAttempt(attempt));
    }
}
