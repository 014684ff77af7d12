//! The state machine of DESIGN section 4: what may be done with a request in which state, and what comes of it.

#![allow(clippy::unwrap_used, clippy::panic)]

mod closing; // how a request ends, and what remains of it
mod holding; // offers, accepts and whoever holds it
mod names; // what the record calls things
mod raised; // what is kept of what was raised
mod random; // any commands in any order
mod replay; // what a record adds up to, however it arrives
mod talking; // who may write, and what a repeat is

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use uuid::Uuid;

use super::*;
use crate::dispatch::{Criterion, Why};
use crate::event::Event;
use crate::record::{Actor, Part, Position, Recorded, StreamId, Version};
use crate::{OfferId, Pool, Priority, RequestId, StaffId, Text};

const ROUTER: Actor = Actor::System(Part::Router);
const RULES: Actor = Actor::System(Part::Escalation);

fn start() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn id() -> RequestId {
    RequestId(Uuid::from_u128(0xc0de))
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn text() -> Text {
    Text::Sealed("x".to_owned())
}

fn asking() -> Open {
    Open {
        line: "night".to_owned(),
        language: "en".parse().unwrap(),
        time_zone: None,
        country: None,
        alias: None,
        age_band: None,
        topics: vec![],
        message: None,
        screening: None,
        answers: None,
        token: "hash".to_owned(),
        fingerprint: None,
        again: None,
        findings: Findings::default(),
    }
}

/// One request, a clock, and all that was recorded.
struct Story {
    state: SupportRequest,
    now: DateTime<Utc>,
    facts: Vec<Recorded>,
}

impl Story {
    fn new() -> Self {
        Self::of(asking())
    }

    fn of(open: Open) -> Self {
        let mut facts = Vec::new();
        for event in SupportRequest::open(open) {
            record(&mut facts, event, Actor::Member, start());
        }
        Self { state: SupportRequest::replay(&facts).unwrap(), now: start(), facts }
    }

    /// Waiting, and held out to the first volunteer.
    fn offered() -> (Self, OfferId) {
        let mut story = Self::new();
        let offer = story.offer(1);
        (story, offer)
    }

    /// In conversation with the first volunteer.
    fn active() -> Self {
        let (mut story, offer) = Self::offered();
        story.act(Command::Accept(offer, staff(1))).unwrap();
        story
    }

    fn holding_out(&self, to: u128) -> Command {
        let why =
            Why { considered: 1, out: BTreeMap::new(), runner_up: None, decided_by: Criterion::Only, present_at: None };
        Command::Offer(staff(to), self.now + TimeDelta::seconds(30), why)
    }

    fn offer(&mut self, to: u128) -> OfferId {
        self.by(ROUTER, self.holding_out(to)).unwrap();
        self.state.offer_to(staff(to)).unwrap().id
    }

    fn by(&mut self, actor: Actor, command: Command) -> Result<Vec<&'static str>, Rejection> {
        let events = self.state.decide(command, actor, self.now)?;
        let kinds = events.iter().map(RequestEvent::kind).collect();
        for event in events {
            self.state.evolve(&event, actor, self.now);
            record(&mut self.facts, event, actor, self.now);
        }
        Ok(kinds)
    }

    /// By the first volunteer.
    fn act(&mut self, command: Command) -> Result<Vec<&'static str>, Rejection> {
        self.by(Actor::Staff(staff(1)), command)
    }

    fn wait(&mut self, seconds: i64) {
        self.now += TimeDelta::seconds(seconds);
    }

    fn last(&self) -> RequestEvent {
        let Ok(Event::Request(event)) = self.facts.last().unwrap().event() else { panic!("no event of a request") };
        event
    }
}

fn record(facts: &mut Vec<Recorded>, event: RequestEvent, actor: Actor, at: DateTime<Utc>) {
    let event = Event::Request(event);
    facts.push(Recorded {
        stream: StreamId::request(id()),
        version: Version(facts.len() as u64 + 1),
        position: Position(facts.len() as u64 + 1),
        pool: Pool::named("main"),
        kind: event.kind().into(),
        at,
        actor,
        trace: "".into(),
        data: event.encode().unwrap().into(),
        hash: [0; 32],
    });
}

fn close(by_supervisor: bool, risk_assessed: bool) -> Command {
    let outcome = "supported".to_owned();
    Command::Close {
        by_supervisor,
        settled: BTreeMap::new(),
        outcome,
        risk_assessed,
        note: None,
        retention: Some(TimeDelta::days(30)),
    }
}

fn escalate(cause: Cause) -> Command {
    Command::Escalate { policy: "clinician".to_owned(), cause, reason: None }
}
