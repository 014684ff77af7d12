//! The rules of DESIGN section 6, each in its own words, around a real dispatcher in an imaginary pool.

#![allow(clippy::unwrap_used, clippy::panic)]

mod asked_again; // who is set aside, and until when
mod assigned; // what a supervisor's decision does
mod checks; // the invariants of DESIGN section 12
mod choice; // which of the eligible is asked
mod deeds; // what people may do in a night
mod eligibility; // who may be asked at all
mod fanout; // one request held out to several
mod freed; // what whoever becomes free is asked for
mod held; // what holds while a request is held
mod known; // the pool as the record tells it, by a simpler model
mod members; // members who fall silent, leave or come back
mod night; // random nights
mod order; // who is served first
mod outcomes; // appends that fail, and dispatchers that die
mod outside; // what whoever runs it sees
mod passing; // what time changes while nobody looks
mod people; // who works and who asks
mod presence; // clients that fall silent
mod sights; // what there is to see
mod transfers; // from holder to holder
mod withdrawn; // offers that are taken back

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Dispatcher, Why};
use crate::event::Event;
use crate::process::{Intent, Process, Signal};
use crate::record::{Actor, Part, Position, Recorded, StreamId, Version};
use crate::request::{Command, Rejection, RequestEvent, SupportRequest, WithdrawReason};
use crate::settings::Settings;
use crate::{OfferId, Pool, Priority, RequestId, StaffId};
use known::Known;
use people::{Ask, Person};

/// How often clients prove themselves alive here.
const BEAT: i64 = 5;

fn seconds(n: i64) -> TimeDelta {
    TimeDelta::seconds(n)
}

fn minutes(n: i64) -> TimeDelta {
    TimeDelta::minutes(n)
}

/// A Monday noon, in UTC.
fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

/// A ledger, a clock, people, and the dispatcher in their midst.
struct World {
    now: DateTime<Utc>,
    settings: Settings,
    ledger: Vec<Recorded>,
    /// What the record holds.
    truth: Known,
    /// What the dispatcher was told.
    known: Known,
    dispatcher: Dispatcher,
    /// Another one that was built from the same facts later, and must decide the same.
    twin: Option<Dispatcher>,
    undelivered: BTreeMap<StreamId, VecDeque<Recorded>>,
    /// Wishes that are under way.
    in_flight: Vec<Intent>,
    /// Whether wishes stay under way until somebody carries them out.
    slow: bool,
    /// Whether facts stay undelivered until somebody delivers them.
    deaf: bool,
    /// Staff whose clients beat.
    present: BTreeSet<StaffId>,
    /// Requests whose member's client beats.
    watching: BTreeSet<RequestId>,
    last_id: u128,
}

impl World {
    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = people::settings();
        change(&mut settings);
        let mut world = Self {
            now: noon(),
            ledger: Vec::new(),
            truth: Known::default(),
            known: Known::default(),
            dispatcher: Dispatcher::new(Pool::named("main"), settings.clone()),
            settings,
            twin: None,
            undelivered: BTreeMap::new(),
            in_flight: Vec::new(),
            slow: false,
            deaf: false,
            present: BTreeSet::new(),
            watching: BTreeSet::new(),
            last_id: 0,
        };
        world.take_over();
        world
    }

    fn take_over(&mut self) {
        self.dispatcher.took_over(self.now);
        self.known.led_since = self.now;
        self.truth.led_since = self.now;
    }

    /// The dispatcher dies, and another one takes over from the record alone; presence is not in it.
    fn restart(&mut self) {
        self.dispatcher = Dispatcher::new(Pool::named("main"), self.settings.clone());
        self.twin = None;
        self.undelivered.clear();
        self.in_flight.clear();
        self.known = Known::default();
        for fact in &self.ledger {
            self.dispatcher.observe(fact);
            self.known.learn(fact, &self.settings);
        }
        self.take_over();
        self.settle();
    }

    fn next_id(&mut self) -> uuid::Uuid {
        self.last_id += 1;
        uuid::Uuid::from_u128(self.last_id)
    }

    // The record.

    fn append(&mut self, intent: Intent) -> Result<(), Version> {
        let actual = self.truth.versions.get(&intent.stream).copied().unwrap_or_default();
        if intent.expected != actual {
            return Err(actual);
        }
        for (n, event) in (1..).zip(intent.events) {
            let fact = Recorded {
                stream: intent.stream,
                version: actual.plus(n),
                position: Position(self.ledger.len() as u64 + 1),
                pool: intent.pool.clone(),
                kind: event.kind().into(),
                at: self.now,
                actor: intent.actor,
                trace: "".into(),
                data: event.encode().unwrap().into(),
                hash: [0; 32],
            };
            self.truth.learn(&fact, &self.settings);
            self.undelivered.entry(fact.stream).or_default().push_back(fact.clone());
            self.ledger.push(fact);
        }
        Ok(())
    }

    fn record(&mut self, stream: StreamId, pool: Pool, actor: Actor, events: Vec<Event>) {
        let expected = self.truth.versions.get(&stream).copied().unwrap_or_default();
        self.append(Intent { stream, pool, expected, actor, events }).unwrap();
    }

    /// Hands the dispatcher the next fact of a stream; false when it has them all.
    fn deliver(&mut self, stream: StreamId) -> bool {
        let Some(fact) = self.undelivered.get_mut(&stream).and_then(VecDeque::pop_front) else { return false };
        self.observe(&fact);
        self.known.learn(&fact, &self.settings);
        true
    }

    fn observe(&mut self, fact: &Recorded) {
        self.dispatcher.observe(fact);
        if let Some(twin) = &mut self.twin {
            twin.observe(fact);
        }
    }

    fn deliver_all(&mut self) {
        let streams: Vec<StreamId> = self.undelivered.keys().copied().collect();
        for stream in streams {
            while self.deliver(stream) {}
        }
    }

    // What the dispatcher wishes.

    /// Appends a wish, or finds that somebody was faster; either way the stream is read and the wish is settled.
    fn carry_out(&mut self, intent: Intent) {
        let stream = intent.stream;
        let _conflict = self.append(intent);
        self.settled(stream);
    }

    /// The stream is read to its end, and the wish for it is over.
    fn settled(&mut self, stream: StreamId) {
        while self.deliver(stream) {}
        self.known.wishes.remove(&stream);
        self.dispatcher.settled(stream);
        if let Some(twin) = &mut self.twin {
            twin.settled(stream);
        }
    }

    fn carry_out_all(&mut self) {
        self.slow = false;
        for intent in std::mem::take(&mut self.in_flight) {
            self.carry_out(intent);
        }
        self.settle();
    }

    /// Asks for wishes once.
    fn decide(&mut self) -> bool {
        let intents = self.dispatcher.decide(self.now);
        if let Some(twin) = &mut self.twin {
            assert_eq!(intents, twin.decide(self.now), "who was built from the same facts decides otherwise");
        }
        self.check_wishes(&intents);
        let any = !intents.is_empty();
        for intent in intents {
            assert!(self.known.wishes.insert(intent.stream, intent.clone()).is_none(), "two wishes for one stream");
            self.in_flight.push(intent);
        }
        any
    }

    /// Lets the dispatcher do all that it wishes to do at this moment.
    fn settle(&mut self) {
        for round in 0.. {
            assert!(round < 200, "it does not come to rest");
            if !self.deaf {
                self.deliver_all();
            }
            let wished = self.decide();
            if !self.slow {
                for intent in std::mem::take(&mut self.in_flight) {
                    self.carry_out(intent);
                }
            }
            if !wished && self.dispatcher.due().is_none_or(|due| due > self.now) {
                break;
            }
        }
        self.check_state();
    }

    fn beat(&mut self) {
        let at = self.now;
        for staff in self.present.clone() {
            self.signal(Signal::StaffSeen { staff, at });
        }
        for request in self.watching.clone() {
            self.signal(Signal::MemberSeen { request, at });
        }
    }

    fn signal(&mut self, signal: Signal) {
        self.known.hear(signal);
        self.dispatcher.signal(signal);
        if let Some(twin) = &mut self.twin {
            twin.signal(signal);
        }
    }

    fn run_until(&mut self, then: DateTime<Utc>) {
        loop {
            self.settle();
            let beat = DateTime::from_timestamp((self.now.timestamp() / BEAT + 1) * BEAT, 0).unwrap();
            let next = self.dispatcher.due().map_or(beat, |due| due.min(beat)).min(then);
            if next >= then {
                break;
            }
            self.now = next;
            if next == beat {
                self.beat();
            }
        }
        self.now = then;
        self.beat();
        self.settle();
    }

    fn run_for(&mut self, time: TimeDelta) {
        self.run_until(self.now + time);
    }

    // What people do.

    /// Carries out a command as the doors do.
    fn act(&mut self, request: RequestId, actor: Actor, command: Command) -> Result<usize, Rejection> {
        let state = self.request(request);
        let events = state.decide(command, actor, self.now)?;
        let count = events.len();
        if count > 0 {
            let events = events.into_iter().map(Event::Request).collect();
            self.record(StreamId::request(request), state.pool.clone(), actor, events);
        }
        self.settle();
        Ok(count)
    }

    fn accept(&mut self, request: RequestId, staff: StaffId) -> Result<usize, Rejection> {
        self.act(request, Actor::Staff(staff), Command::Accept(self.offer(request, staff), staff))
    }

    fn decline(&mut self, request: RequestId, staff: StaffId) {
        let command = Command::Decline(self.offer(request, staff), staff, None);
        self.act(request, Actor::Staff(staff), command).unwrap();
    }
}

const RULES: Actor = Actor::System(Part::Escalation);
