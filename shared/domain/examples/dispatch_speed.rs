//! How long a dispatcher takes to see one fact and decide upon it, with few and with many waiting:
//! `cargo run --release -p wideawake-domain --example dispatch_speed`.
//!
//! 10,000 volunteers in nine languages with any of twelve qualifications; 1,000 and 100,000 requests that nobody who is
//! free can serve, and a stream of others that come, are accepted, declined or missed, and end.

#![allow(clippy::unwrap_used, missing_docs)]

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};
use uuid::Uuid;
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::record::{Actor, Part, Position, Recorded, StreamId, Version};
use wideawake_domain::request::{Command, Open, RequestEvent, SupportRequest, Triaged};
use wideawake_domain::settings::{Dispatch, Line, Settings, Skill};
use wideawake_domain::staff::{
    Added, Duty, DutyEvent, DutySet, Qualification, Role, ShiftsSet, StaffEvent, duty_stream,
};
use wideawake_domain::{Event, Pool, Priority, RequestId, StaffId};

const VOLUNTEERS: u64 = 10_000;
const LANGUAGES: [&str; 9] = ["en", "es", "pt", "fr", "de", "ar", "uk", "tr", "pl"];
/// The first of them can be needed; the others are what somebody happens to be trained in.
const SKILLS: [&str; 12] = [
    "crisis",
    "grief",
    "safeguarding",
    "addiction",
    "violence",
    "veterans",
    "eating",
    "lgbtq",
    "postpartum",
    "autism",
    "students",
    "farmers",
];

fn main() {
    for kinds in [64, 10_000] {
        println!("{VOLUNTEERS} volunteers with up to {kinds} combinations of languages and qualifications");
        for waiting in [1_000, 100_000] {
            let mut pool = Imaginary::new(kinds);
            let started = Instant::now();
            pool.wait(waiting);
            pool.decide();
            let rebuilt = started.elapsed();
            pool.samples.clear();
            pool.slowest.clear();
            for n in 0..10_000 {
                pool.event(n);
            }
            pool.samples.sort_unstable();
            let percentile = |p: usize| pool.samples[(pool.samples.len() - 1) * p / 1000].as_nanos() as f64 / 1000.0;
            println!(
                "  {waiting:>7} waiting: p50 {:6.1} µs, p99 {:6.1} µs, p99.9 {:6.1} µs, of {} decisions; first in {} ms",
                percentile(500),
                percentile(990),
                percentile(999),
                pool.samples.len(),
                rebuilt.as_millis(),
            );
            for (what, mut times) in std::mem::take(&mut pool.slowest) {
                times.sort_unstable();
                let at = |p: usize| times[(times.len() - 1) * p / 100].as_nanos() as f64 / 1000.0;
                println!("            {what:>10}: p50 {:6.1} µs, p99 {:6.1} µs", at(50), at(99));
            }
        }
    }
}

struct Imaginary {
    now: DateTime<Utc>,
    dispatcher: Dispatcher,
    versions: BTreeMap<StreamId, Version>,
    requests: BTreeMap<RequestId, SupportRequest>,
    wished: Vec<Intent>,
    chance: u64,
    last_id: u64,
    samples: Vec<Duration>,
    slowest: BTreeMap<&'static str, Vec<Duration>>,
}

impl Imaginary {
    fn new(kinds: usize) -> Self {
        let line = |name: &str, needs: &[&str], default| Line {
            name: name.to_owned(),
            pool: Pool::named("main"),
            languages: LANGUAGES.iter().map(|tag| tag.parse().unwrap()).collect(),
            needs: needs.iter().map(|name| name.parse().unwrap()).collect(),
            prefers: vec![],
            topics: vec![],
            outcomes: vec![],
            retention: None,
            default,
        };
        let lines = vec![line("night", &[], true), line("youth", &["safeguarding"], false)];
        let mut dispatch = Dispatch::default();
        for tier in &mut dispatch.tiers[2..] {
            tier.needs = vec!["crisis".parse().unwrap()];
        }
        let settings = Settings { pools: vec![Pool::named("main")], lines, dispatch };
        let now = "2026-03-02T12:00:00Z".parse().unwrap();
        let mut pool = Self {
            now,
            dispatcher: Dispatcher::new(Pool::named("main"), settings),
            versions: BTreeMap::new(),
            requests: BTreeMap::new(),
            wished: vec![],
            chance: 7,
            last_id: 0,
            samples: vec![],
            slowest: BTreeMap::new(),
        };
        pool.dispatcher.took_over(now);
        pool.hire(kinds);
        pool
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

    /// Nobody speaks the last language, so that what waits in it is stuck.
    fn hire(&mut self, kinds: usize) {
        let combinations: Vec<(Vec<usize>, Vec<usize>)> = (0..kinds)
            .map(|_| {
                let languages = (0..=self.below(3)).map(|_| self.below(LANGUAGES.len() - 1)).collect();
                let skills = (0..SKILLS.len()).filter(|_| self.below(3) == 0).collect();
                (languages, skills)
            })
            .collect();
        let always =
            r#"{"zone":"Etc/UTC","days":["mon","tue","wed","thu","fri","sat","sun"],"start":"00:00","end":"00:00"}"#;
        for n in 0..VOLUNTEERS {
            let (languages, skills) = &combinations[n as usize % kinds];
            let id = StaffId(self.id());
            let added = Added {
                alias: String::new(),
                roles: vec![Role::Volunteer],
                pools: vec![Pool::named("main")],
                zone: [chrono_tz::Tz::UTC, chrono_tz::Tz::Asia__Tokyo, chrono_tz::Tz::America__New_York][self.below(3)],
                languages: languages.iter().map(|n| LANGUAGES[*n].parse().unwrap()).collect(),
                capacity: 2,
                qualifications: skills
                    .iter()
                    .map(|n| Qualification { skill: SKILLS[*n].parse().unwrap(), valid_until: None })
                    .collect(),
                token: String::new(),
            };
            let shifts = ShiftsSet { shifts: vec![serde_json::from_str(always).unwrap()] };
            let profile = vec![Event::Staff(StaffEvent::Added(added)), Event::Staff(StaffEvent::ShiftsSet(shifts))];
            self.facts(StreamId::staff(id), Actor::System(Part::Operator), profile);
            let set = DutySet { staff: id, duty: Duty::Ready, reason: None };
            self.facts(duty_stream(id, self.now), Actor::Staff(id), vec![Event::Duty(DutyEvent::DutySet(set))]);
            self.dispatcher.signal(Signal::StaffSeen { staff: id, at: self.now + TimeDelta::hours(5) });
        }
        self.decide();
    }

    fn wait(&mut self, number: usize) {
        for _ in 0..number {
            let priority = Priority::ALL[self.below(4)];
            let language = LANGUAGES.len() - 1;
            let request = self.open(language, priority);
            self.dispatcher.signal(Signal::MemberSeen { request, at: self.now + TimeDelta::hours(5) });
            self.now += TimeDelta::microseconds(10);
        }
    }

    fn open(&mut self, language: usize, priority: Priority) -> RequestId {
        let id = RequestId(self.id());
        let mut events = SupportRequest::open(Open {
            line: if self.below(5) == 0 { "youth" } else { "night" }.to_owned(),
            language: LANGUAGES[language].parse().unwrap(),
            time_zone: None,
            country: None,
            alias: None,
            age_band: None,
            topics: if self.below(3) == 0 { vec![skill("grief")] } else { vec![] },
            message: None,
            screening: None,
            answers: None,
            token: String::new(),
            fingerprint: None,
            again: None,
        });
        events.push(Triaged { level: None, priority, needs: vec![] }.into());
        let events = events.into_iter().map(Event::Request).collect();
        self.facts(StreamId::request(id), Actor::Member, events);
        id
    }

    /// Appends, and tells the dispatcher; only it is on the clock.
    fn facts(&mut self, stream: StreamId, actor: Actor, events: Vec<Event>) -> Duration {
        let mut spent = Duration::ZERO;
        for event in events {
            let version = self.versions.entry(stream).or_default();
            *version = version.next();
            let fact = Recorded {
                stream,
                version: *version,
                position: Position(0),
                pool: Pool::named("main"),
                kind: event.kind().into(),
                at: self.now,
                actor,
                trace: "".into(),
                data: event.encode().unwrap().into(),
                hash: [0; 32],
            };
            let mut state = self.requests.remove(&RequestId(stream.id));
            SupportRequest::apply(&mut state, &fact);
            if let Some(state) = state {
                self.requests.insert(state.id, state);
            }
            let started = Instant::now();
            self.dispatcher.observe(&fact);
            spent += started.elapsed();
        }
        spent
    }

    fn decide(&mut self) -> Duration {
        let started = Instant::now();
        let mut wished = self.dispatcher.decide(self.now);
        let spent = started.elapsed();
        self.wished.append(&mut wished);
        spent
    }

    fn measured(&mut self, what: &'static str, observed: Duration) {
        let spent = observed + self.decide();
        self.samples.push(spent);
        self.slowest.entry(what).or_default().push(spent);
    }

    /// Somebody asks, answers or leaves; then what was wished for is carried out, fact by fact.
    fn event(&mut self, n: usize) {
        self.now += TimeDelta::milliseconds(5);
        let priority = Priority::ALL[[0, 0, 0, 1, 1, 2, 3][n % 7]];
        // Every tenth joins those who are stuck, and so every tenth leaves.
        let language = if n.is_multiple_of(10) { LANGUAGES.len() - 1 } else { self.below(LANGUAGES.len() - 1) };
        let id = RequestId(Uuid::from_u128(u128::from(self.last_id + 1)));
        let events_before = self.now;
        let started = self.opened(id, language, priority);
        assert_eq!(events_before, self.now);
        self.measured("opened", started);
        self.carry_out();
        if language == LANGUAGES.len() - 1 {
            self.command("left", id, |_| (Actor::Member, Command::Leave(None)));
            return;
        }
        if n.is_multiple_of(4) {
            self.command("declined", id, |state| {
                let offer = &state.offers[0];
                (Actor::Staff(offer.volunteer), Command::Decline(offer.id, offer.volunteer, None))
            });
        }
        self.command("accepted", id, |state| {
            let offer = &state.offers[0];
            (Actor::Staff(offer.volunteer), Command::Accept(offer.id, offer.volunteer))
        });
        self.command("closed", id, |_| (Actor::Member, Command::Leave(None)));
    }

    fn opened(&mut self, id: RequestId, language: usize, priority: Priority) -> Duration {
        let before = self.last_id;
        let started = Instant::now();
        let opened = self.open(language, priority);
        assert!(opened == id && self.last_id == before + 1);
        // Making up the request is not the dispatcher's work, but it is little beside it.
        started.elapsed().min(Duration::from_micros(20))
    }

    fn command(&mut self, what: &'static str, id: RequestId, command: impl Fn(&SupportRequest) -> (Actor, Command)) {
        let state = &self.requests[&id];
        if state.is_closed() || (what != "left" && what != "closed" && state.offers.is_empty()) {
            return;
        }
        let (actor, command) = command(state);
        let events: Vec<RequestEvent> = state.decide(command, actor, self.now).unwrap();
        let observed = self.facts(StreamId::request(id), actor, events.into_iter().map(Event::Request).collect());
        self.measured(what, observed);
        self.carry_out();
    }

    fn carry_out(&mut self) {
        while let Some(intent) = self.wished.pop() {
            let actor = intent.actor;
            let stream = intent.stream;
            let observed = if self.versions.get(&stream).copied().unwrap_or_default() == intent.expected {
                self.facts(stream, actor, intent.events)
            } else {
                Duration::ZERO
            };
            let started = Instant::now();
            self.dispatcher.settled(stream);
            let settled = started.elapsed();
            self.measured("settled", observed + settled);
        }
    }
}

fn skill(name: &str) -> Skill {
    name.parse().unwrap()
}
