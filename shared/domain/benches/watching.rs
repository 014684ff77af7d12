//! What rules that need time cost while many requests are open: `cargo bench -p wideawake-domain --bench watching`. A tick
//! must cost what is due and not what is open.

#![allow(clippy::unwrap_used, missing_docs)]

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::escalation::{Policies, Watcher};
use wideawake_domain::process::Process;
use wideawake_domain::record::{Actor, Position, Recorded, StreamId, Version};
use wideawake_domain::request::{Message, Opened, RequestEvent, Speaker};
use wideawake_domain::rules::{Action, Rule, RuleSet, Rulebook, Shelf, Trigger};
use wideawake_domain::settings::{Dispatch, Line, Settings};
use wideawake_domain::{Event, Pool, RequestId, Text};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A test runner that asks for the tests is told that there are none.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let is_measured = arguments.iter().any(|argument| argument == "--bench");
    println!("| open | step | measured | p50 µs | p99 µs | max µs |");
    println!("|--:|:--|--:|--:|--:|--:|");
    for open in if is_measured { vec![1_000, 10_000, 100_000] } else { vec![100] } {
        measure(open, if is_measured { 1_000 } else { 50 });
    }
}

fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn settings() -> Settings {
    let line = Line {
        name: "night".to_owned(),
        pool: Pool::named("main"),
        languages: vec!["en".parse().unwrap()],
        needs: vec![],
        prefers: vec![],
        topics: vec![],
        outcomes: vec![],
        retention: None,
        templates: Vec::new(),
        default: true,
    };
    Settings { pools: vec![Pool::named("main")], lines: vec![line], dispatch: Dispatch::default() }
}

/// Five rules that need time, of which one is due for each request at some time within the hour.
fn shelf(version: &str) -> Shelf {
    let rule = |name: &str, on, after| Rule {
        name: name.to_owned(),
        on,
        after: TimeDelta::seconds(after),
        condition: None,
        then: vec![Action::Tag(name.to_owned())],
    };
    let rules = vec![
        rule("waited", Trigger::Waiting, 3_600),
        rule("waited-long", Trigger::Waiting, 100_000),
        rule("silent", Trigger::Silent, 300),
        rule("declined", Trigger::Declined, 60),
        rule("away", Trigger::Away, 300),
    ];
    let rules = RuleSet { rules, version: version.to_owned() };
    Shelf::new(Rulebook { rules, policies: Policies::default(), ..Rulebook::default() })
}

fn fact(id: RequestId, version: u64, at: DateTime<Utc>, event: impl Into<RequestEvent>) -> Recorded {
    let event = Event::Request(event.into());
    Recorded {
        stream: StreamId::request(id),
        version: Version(version),
        position: Position(0),
        pool: Pool::named("main"),
        kind: event.kind().into(),
        at,
        actor: Actor::Member,
        trace: "".into(),
        data: event.encode().unwrap().into(),
        hash: [0; 32],
    }
}

fn opened() -> Opened {
    Opened {
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
    }
}

fn measure(open: usize, steps: usize) {
    let shelf = shelf("0");
    let mut watcher = Watcher::new(Pool::named("main"), settings(), shelf.clone());
    let id = |n: usize| RequestId(Uuid::from_u128(n as u128 + 1));
    // One after the other over an hour, so that an hour later one after the other is due.
    let apart = TimeDelta::hours(1) / open as i32;
    let at = |n: usize| noon() + apart * n as i32;
    for n in 0..open {
        watcher.observe(&fact(id(n), 1, at(n), opened()));
    }
    let mut now = noon() + TimeDelta::minutes(59);
    watcher.took_over(now);
    let started = Instant::now();
    assert!(watcher.decide(now).is_empty());
    row(open, "first decision", vec![started.elapsed()]);

    let (mut due, mut idle, mut message) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..steps.min(open / 2) {
        now = watcher.due().unwrap();
        let started = Instant::now();
        let wishes = watcher.decide(now);
        due.push(started.elapsed());
        assert!((1..=2).contains(&wishes.len()), "{}", wishes.len());
        for wish in wishes {
            for (k, event) in (1..).zip(wish.events) {
                let Event::Request(event) = event else { continue };
                let id = RequestId(wish.stream.id);
                watcher.observe(&fact(id, wish.expected.0 + k, now, event));
            }
            watcher.settled(wish.stream);
        }
        watcher.decide(now);
        let started = Instant::now();
        watcher.decide(now);
        idle.push(started.elapsed());
        let text = Text::Sealed("x".to_owned());
        let said = Message { from: Speaker::Member, staff: None, aside: false, text, once: None };
        let said = fact(id(open - 1 - n), 2, now, said);
        let started = Instant::now();
        watcher.observe(&said);
        watcher.decide(now);
        message.push(started.elapsed());
    }
    row(open, "a rule is due", due);
    row(open, "nothing is due", idle);
    row(open, "a message", message);

    let newer = shelf_of_newer();
    shelf.replace(newer);
    let started = Instant::now();
    watcher.decide(now);
    row(open, "a newer rulebook", vec![started.elapsed()]);
}

fn shelf_of_newer() -> Rulebook {
    let book = shelf("1").book();
    Rulebook { rules: book.rules.clone(), ..Rulebook::default() }
}

fn row(open: usize, what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_nanos() as f64 / 1000.0;
    println!("| {open} | {what} | {} | {:.1} | {:.1} | {:.1} |", times.len(), at(50), at(99), at(100));
}
