//! An imagined pool: 10,000 volunteers in nine languages with any of twelve qualifications, those who ask for support, and
//! a record in memory. Whatever is measured is a [`Step`]: facts and signals that are made beforehand, then observed and
//! decided upon.

mod people; // who volunteers, who waits, who is served
pub(crate) mod rebuild; // everything anew, from the record
pub(crate) mod scenes; // what is measured
mod stories; // what happens next

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{HashMap, VecDeque};
use uuid::Uuid;
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::record::{Actor, Part, Position, Recorded, StreamId, Version};
use wideawake_domain::request::{Command, SupportRequest};
use wideawake_domain::settings::{Dispatch, Line, Settings};
use wideawake_domain::{Event, Pool, RequestId, StaffId};

/// The languages. Nobody speaks the last.
pub(crate) const LANGUAGES: [&str; 9] = ["en", "es", "pt", "fr", "de", "ar", "uk", "tr", "pl"];

/// How many wait: fewer unless it is measured, so that a test run only shows that everything runs.
pub(crate) fn sizes() -> Vec<usize> {
    if is_measured() { vec![1_000, 10_000, 100_000] } else { vec![100] }
}

/// Whether this is `cargo bench` and not a test run.
pub(crate) fn is_measured() -> bool {
    std::env::args().any(|arg| arg == "--bench")
}

fn volunteers() -> usize {
    if is_measured() { 10_000 } else { 200 }
}

/// What happens at one moment, to be observed and decided upon.
pub(crate) struct Step {
    pub(crate) what: &'static str,
    at: DateTime<Utc>,
    facts: Vec<Recorded>,
    signals: Vec<Signal>,
    settled: Vec<StreamId>,
}

impl Step {
    fn new(what: &'static str, at: DateTime<Utc>) -> Self {
        Self { what, at, facts: Vec::new(), signals: Vec::new(), settled: Vec::new() }
    }
}

/// The dispatcher and its world.
pub(crate) struct Imagined {
    now: DateTime<Utc>,
    dispatcher: Dispatcher,
    /// What the last decision wished for.
    pub(crate) answer: Vec<Intent>,
    versions: HashMap<StreamId, Version>,
    requests: HashMap<RequestId, SupportRequest>,
    volunteers: Vec<(StaffId, usize)>,
    waiting: VecDeque<RequestId>,
    held: VecDeque<RequestId>,
    /// Everything recorded so far, if that is wanted.
    record: Option<Vec<Recorded>>,
    /// How long people who come are taken to be there without showing it again.
    presence: TimeDelta,
    chance: u64,
    last_id: u64,
}

impl Imagined {
    fn new() -> Self {
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        let mut dispatcher = Dispatcher::new(Pool::named("main"), settings());
        dispatcher.took_over(now);
        Self {
            now,
            dispatcher,
            answer: Vec::new(),
            versions: HashMap::new(),
            requests: HashMap::new(),
            volunteers: Vec::new(),
            waiting: VecDeque::new(),
            held: VecDeque::new(),
            record: None,
            presence: LONG,
            chance: 7,
            last_id: 0,
        }
    }

    /// What is measured.
    pub(crate) fn decide(&mut self, step: &Step) {
        for fact in &step.facts {
            self.dispatcher.observe(fact);
        }
        for signal in &step.signals {
            self.dispatcher.signal(*signal);
        }
        for stream in &step.settled {
            self.dispatcher.settled(*stream);
        }
        self.answer = self.dispatcher.decide(step.at);
    }

    fn below(&mut self, n: usize) -> usize {
        self.chance ^= self.chance >> 12;
        self.chance ^= self.chance << 25;
        self.chance ^= self.chance >> 27;
        (self.chance.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    fn id(&mut self) -> Uuid {
        self.last_id += 1;
        Uuid::from_u128(u128::from(self.last_id))
    }

    fn step(&self, what: &'static str) -> Step {
        Step::new(what, self.now)
    }

    /// Puts events on record, and into `step`.
    fn append(&mut self, step: &mut Step, stream: StreamId, actor: Actor, events: Vec<Event>) {
        for event in events {
            let version = self.versions.entry(stream).or_default();
            *version = version.next();
            let fact = Recorded {
                stream,
                version: *version,
                position: Position(0),
                pool: Pool::named("main"),
                kind: event.kind().into(),
                at: step.at,
                actor,
                trace: "".into(),
                data: event.encode().unwrap().into(),
                hash: [0; 32],
            };
            let id = RequestId(stream.id);
            let mut state = self.requests.remove(&id);
            SupportRequest::apply(&mut state, &fact);
            self.requests.extend(state.filter(|state| !state.is_closed()).map(|state| (id, state)));
            if let Some(record) = &mut self.record {
                record.push(fact.clone());
            }
            step.facts.push(fact);
        }
    }

    /// Puts on record what somebody does to a request.
    fn command(&mut self, step: &mut Step, id: RequestId, actor: Actor, command: Command) {
        let events = self.requests[&id].decide(command, actor, step.at).unwrap();
        let events = events.into_iter().map(Event::Request).collect();
        self.append(step, StreamId::request(id), actor, events);
    }

    /// Carries out what was wished for, unless something came between.
    fn settle(&mut self, step: &mut Step, intent: Intent) {
        if self.versions.get(&intent.stream).copied().unwrap_or_default() == intent.expected {
            self.append(step, intent.stream, intent.actor, intent.events);
        }
        step.settled.push(intent.stream);
    }
}

const ROUTER: Actor = Actor::System(Part::Router);

/// The default behaviour, but holders are trusted to write: the imagined ones never do.
fn settings() -> Settings {
    let line = |name: &str, needs: &[&str], default| Line {
        name: name.to_owned(),
        pool: Pool::named("main"),
        languages: LANGUAGES.iter().map(|tag| tag.parse().unwrap()).collect(),
        needs: needs.iter().map(|name| name.parse().unwrap()).collect(),
        prefers: vec![],
        topics: vec![],
        outcomes: vec![],
        retention: None,
        templates: Vec::new(),
        default,
    };
    let lines = vec![line("night", &[], true), line("youth", &["safeguarding"], false)];
    let mut dispatch = Dispatch { first_reply: None, reply: None, ..Dispatch::default() };
    for tier in &mut dispatch.tiers[2..] {
        tier.needs = vec!["crisis".parse().unwrap()];
    }
    Settings { pools: vec![Pool::named("main")], lines, dispatch }
}

/// Longer than anything imagined here lasts.
const LONG: TimeDelta = TimeDelta::days(6);
