//! From what a member writes to a person who takes it on: the watcher and the pager together, under a clock that only moves
//! when told to.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;
use wideawake_domain::escalation::{Acknowledged, Command, Escalation, Policies, Policy, Step, Via, watcher::Watcher};
use wideawake_domain::paging::{Pager, Settings as Paging};
use wideawake_domain::process::{Errand, ErrandOutcome, Intent, Occasion, Process};
use wideawake_domain::record::Part;
use wideawake_domain::request::{Findings, Fired, Open, SupportRequest};
use wideawake_domain::rotation::{RotationSet, rotation_stream};
use wideawake_domain::rules::{RuleSet, Rulebook, Shelf};
use wideawake_domain::settings::{Dispatch, Line, Settings};
use wideawake_domain::staff::{Added, ContactKind, ContactMethod, ContactMethodsSet, Role, StaffEvent};
use wideawake_domain::{
    Actor, EscalationId, Event, PageId, Pool, Position, Priority, Recorded, RequestId, StaffId, StreamId, StreamKind,
    Text, Version,
};

fn main_pool() -> Pool {
    Pool::named("main")
}

fn settings() -> Settings {
    let line = Line {
        name: "night".to_owned(),
        pool: main_pool(),
        languages: vec!["en".parse().unwrap()],
        needs: vec![],
        prefers: vec![],
        topics: vec![],
        outcomes: vec![],
        retention: None,
        templates: Vec::new(),
        default: true,
    };
    Settings { pools: vec![main_pool()], lines: vec![line], dispatch: Dispatch::default() }
}

/// Two minutes for whoever is on call, one for their backup, and then every supervisor, every five.
fn shelf() -> Shelf {
    let step = |target: &str, wait| Step { page: vec![target.parse().unwrap()], wait: TimeDelta::seconds(wait) };
    let policy = Policy {
        name: "clinician".to_owned(),
        steps: vec![step("rotation:clinicians", 120), step("rotation:backup", 60)],
        repeat: 0,
        resolve_within: Some(TimeDelta::minutes(20)),
        fallback_every: TimeDelta::minutes(5),
    };
    let rules = RuleSet { rules: vec![], version: "0123456789abcdef".to_owned() };
    Shelf::new(Rulebook {
        rules,
        policies: Policies(BTreeMap::from([(policy.name.clone(), policy)])),
        ..Rulebook::default()
    })
}

const ADA: StaffId = StaffId(Uuid::from_u128(1));
const BEN: StaffId = StaffId(Uuid::from_u128(2));
const NOOR: StaffId = StaffId(Uuid::from_u128(3));

struct World {
    start: DateTime<Utc>,
    now: DateTime<Utc>,
    ledger: Vec<Recorded>,
    watcher: Watcher,
    pager: Pager,
    answer: fn(&Errand) -> ErrandOutcome,
    /// After how many seconds who was paged over what, and for what.
    sent: Vec<(i64, StaffId, ContactKind, Occasion)>,
    /// Both processes are lost before each step, and what came of each page the first time with them.
    mortal: bool,
    lost: BTreeSet<PageId>,
}

impl World {
    fn new(answer: fn(&Errand) -> ErrandOutcome) -> Self {
        let start = "2026-03-02T12:00:00Z".parse().unwrap();
        let (watcher, pager) = processes();
        let mut world = Self {
            start,
            now: start,
            ledger: vec![],
            watcher,
            pager,
            answer,
            sent: vec![],
            mortal: false,
            lost: BTreeSet::new(),
        };
        let method = |kind, after_s| ContactMethod { kind, to: format!("https://{kind:?}.example/"), after_s };
        let adas = [method(ContactKind::Webhook, 0), method(ContactKind::Email, 30), method(ContactKind::Sms, 30)];
        world.hires(ADA, Role::Professional, adas.to_vec());
        world.hires(BEN, Role::Professional, vec![method(ContactKind::Email, 0)]);
        world.hires(NOOR, Role::Supervisor, vec![method(ContactKind::Webhook, 0)]);
        for (name, on) in [("clinicians", ADA), ("backup", BEN)] {
            let rotation = json!({"zone": "Etc/UTC", "starts": "2026-01-01", "handoff": "09:00", "every_days": 1,
                "members": [on]});
            let set = RotationSet { name: name.to_owned(), rotation: serde_json::from_value(rotation).unwrap() };
            world.record(rotation_stream(name), Pool::all(), Event::Rotation(set.into()));
        }
        world.watcher.took_over(start);
        world.pager.took_over(start);
        world
    }

    fn hires(&mut self, id: StaffId, role: Role, methods: Vec<ContactMethod>) {
        let added = Added {
            alias: "Ada".to_owned(),
            roles: vec![role],
            pools: vec![main_pool()],
            zone: chrono_tz::UTC,
            languages: vec!["en".parse().unwrap()],
            capacity: 1,
            qualifications: vec![],
            token: "hash".to_owned(),
        };
        let events: [StaffEvent; 2] = [added.into(), ContactMethodsSet { methods }.into()];
        for event in events {
            self.record(StreamId::staff(id), Pool::all(), Event::Staff(event));
        }
    }

    /// A member writes what the rules at the door find imminent.
    fn begins(&mut self) -> RequestId {
        let fired = Fired {
            rule: "imminent-words".to_owned(),
            version: "0123456789abcdef".to_owned(),
            since: None,
            failed: false,
        };
        let findings = Findings {
            priority: Priority::Imminent,
            show: vec!["emergency".to_owned()],
            rules: vec![fired.clone()],
            escalate: vec![("clinician".to_owned(), fired)],
            ..Findings::default()
        };
        let events = SupportRequest::open(Open {
            line: "night".to_owned(),
            language: "en".parse().unwrap(),
            time_zone: None,
            country: None,
            alias: None,
            age_band: None,
            topics: vec![],
            message: Some(Text::Sealed("…".to_owned())),
            screening: None,
            answers: None,
            token: "hash".to_owned(),
            fingerprint: None,
            again: None,
            findings,
        });
        let id = RequestId(Uuid::from_u128(77));
        for event in events {
            self.record(StreamId::request(id), main_pool(), Event::Request(event));
        }
        self.settle();
        id
    }

    fn version(&self, stream: StreamId) -> Version {
        self.ledger.iter().rev().find(|fact| fact.stream == stream).map_or(Version::NONE, |fact| fact.version)
    }

    fn record(&mut self, stream: StreamId, pool: Pool, event: Event) {
        let fact = Recorded {
            stream,
            version: self.version(stream).next(),
            position: Position(self.ledger.len() as u64 + 1),
            pool,
            kind: event.kind().into(),
            at: self.now,
            actor: Actor::System(Part::Escalation),
            trace: "".into(),
            data: event.encode().unwrap().into(),
            hash: [0; 32],
        };
        self.watcher.observe(&fact);
        self.pager.observe(&fact);
        self.ledger.push(fact);
    }

    /// Appends what was decided on the newest state; tells whether it was.
    fn append(&mut self, intent: Intent) {
        if intent.expected == self.version(intent.stream) {
            for event in intent.events {
                self.record(intent.stream, intent.pool.clone(), event);
            }
        }
    }

    /// Others take over, from the record alone.
    fn restart(&mut self) {
        (self.watcher, self.pager) = processes();
        for fact in &self.ledger {
            self.watcher.observe(fact);
            self.pager.observe(fact);
        }
        self.watcher.took_over(self.now);
        self.pager.took_over(self.now);
    }

    fn settle(&mut self) {
        for _ in 0..200 {
            if self.mortal {
                self.restart();
            }
            let intents = self.watcher.decide(self.now);
            let mut is_quiet = intents.is_empty();
            for intent in intents {
                let stream = intent.stream;
                self.append(intent);
                self.watcher.settled(stream);
            }
            is_quiet &= !self.step_pager();
            if is_quiet && self.due().is_none_or(|due| due > self.now) {
                return;
            }
        }
        panic!("it never comes to rest");
    }

    fn step_pager(&mut self) -> bool {
        let intents = self.pager.decide(self.now);
        let errands = self.pager.errands(self.now);
        let did = !intents.is_empty() || !errands.is_empty();
        for errand in errands {
            let after = (self.now - self.start).num_seconds();
            self.sent.push((after, errand.staff, errand.contact.kind, errand.occasion));
            if self.mortal && self.lost.insert(errand.page) {
                continue;
            }
            let outcome = (self.answer)(&errand);
            self.pager.ran(errand, outcome);
        }
        for intent in intents.into_iter().chain(self.pager.decide(self.now)) {
            let stream = intent.stream;
            self.append(intent);
            self.pager.settled(stream);
        }
        did
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        self.watcher.due().into_iter().chain(self.pager.due()).min()
    }

    fn pass(&mut self, seconds: i64) {
        let end = self.now + TimeDelta::seconds(seconds);
        while let Some(due) = self.due().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.settle();
        }
        self.now = end;
        self.settle();
    }

    fn escalation(&self) -> Escalation {
        let of = self.ledger.iter().filter(|fact| fact.stream.kind == StreamKind::Escalation);
        Escalation::replay(of).unwrap()
    }

    /// The kinds of what happened to the escalation, pages left out.
    fn course(&self) -> Vec<String> {
        let of = self.ledger.iter().filter(|fact| fact.stream.kind == StreamKind::Escalation);
        of.map(|fact| fact.kind.to_string()).filter(|kind| kind != "page_attempted").collect()
    }
}

fn processes() -> (Watcher, Pager) {
    (Watcher::new(main_pool(), settings(), shelf()), Pager::new(main_pool(), Paging::default()))
}

fn arrives(_: &Errand) -> ErrandOutcome {
    ErrandOutcome::Done
}

/// What must be sent when nobody answers: after how many seconds, to whom, over what, for what.
const NOBODY_ANSWERS: [(i64, StaffId, ContactKind, Occasion); 6] = [
    (0, ADA, ContactKind::Webhook, Occasion::TakeOn),
    (30, ADA, ContactKind::Email, Occasion::TakeOn),
    (60, ADA, ContactKind::Sms, Occasion::TakeOn),
    (120, BEN, ContactKind::Email, Occasion::TakeOn),
    (180, NOOR, ContactKind::Webhook, Occasion::Fallback),
    (480, NOOR, ContactKind::Webhook, Occasion::Fallback),
];

#[test]
fn nobody_answers_and_everybody_is_called_in_turn_to_the_second() {
    let mut world = World::new(arrives);
    let request = world.begins();
    let of = world.ledger.iter().filter(|fact| fact.stream == StreamId::request(request));
    let state = SupportRequest::replay(of).unwrap();
    assert_eq!((state.priority, &*state.shown), (Priority::Imminent, &["emergency".to_owned()][..]));
    world.pass(700);
    assert_eq!(world.sent, NOBODY_ANSWERS);
    // And on, until somebody does.
    world.pass(3_600);
    assert_eq!(world.sent.len(), 6 + 12, "every five minutes");
    let escalation = world.escalation();
    let (call, page) = {
        let ((call, ..), attempt) = escalation.attempts.last_key_value().unwrap();
        (*call, attempt.page)
    };
    assert_eq!(call, escalation.calls.last().unwrap().version);
    let taken = escalation.decide(Command::Acknowledge(NOOR, Via::Link, Some(page)), world.now).unwrap();
    for event in taken {
        world.record(StreamId::escalation(escalation.id), main_pool(), Event::Escalation(event));
    }
    let before = world.sent.len();
    world.pass(1_199);
    assert_eq!(world.sent.len(), before, "it is hers");
    world.pass(2);
    let reminded = world.sent.last().unwrap();
    assert_eq!(reminded.3, Occasion::Remind, "and is not forgotten");
}

#[test]
fn whoever_dies_at_every_step_forgets_nothing_and_skips_nothing() {
    let mut world = World::new(arrives);
    world.mortal = true;
    world.begins();
    world.pass(700);
    let twice: Vec<_> = NOBODY_ANSWERS.into_iter().flat_map(|page| [page; 2]).collect();
    assert_eq!(world.sent, twice, "what came of each page was lost once: each comes twice, and none is missing");
    assert_eq!(
        world.course(),
        ["escalation_opened", "step_reached", "step_reached", "fallback_reached", "fallback_reached"]
    );
    assert_eq!(world.escalation().attempts.len(), 6);
}

#[test]
fn a_step_none_of_whose_pages_arrives_is_passed_over_at_once() {
    let mut world = World::new(|errand| {
        let why = "status_404".to_owned();
        if errand.staff == ADA { ErrandOutcome::Refused { why } } else { ErrandOutcome::Done }
    });
    world.begins();
    let kinds: Vec<_> = world.sent.iter().map(|(after, staff, kind, _)| (*after, *staff, *kind)).collect();
    let wanted = [
        (0, ADA, ContactKind::Webhook),
        (0, ADA, ContactKind::Email),
        (0, ADA, ContactKind::Sms),
        (0, BEN, ContactKind::Email),
    ];
    assert_eq!(kinds, wanted);
    assert_eq!(world.course(), ["escalation_opened", "step_reached", "step_skipped", "step_reached"]);
}

#[test]
fn an_answer_in_time_calls_nobody_else() {
    let mut world = World::new(arrives);
    world.begins();
    world.pass(45);
    let id: EscalationId = world.escalation().id;
    let taken = Acknowledged { by: ADA, via: Via::Sms, page: None };
    world.record(StreamId::escalation(id), main_pool(), Event::Escalation(taken.into()));
    world.pass(1_000);
    assert_eq!(world.sent, NOBODY_ANSWERS[..2]);
}
