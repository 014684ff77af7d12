//! What rules add to a message: `cargo bench -p wideawake-domain --bench triage`. Fifty rules over messages of several
//! lengths, with none, few and many phrases in them.

#![allow(clippy::unwrap_used, missing_docs)]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::request::{Opened, SupportRequest};
use wideawake_domain::rules::{Action, CATEGORIES, Condition, Rule, RuleSet, Spotted, Trigger, triage};
use wideawake_domain::{Pool, Priority, RequestId};

const RULES: usize = 50;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A test runner that asks for the tests is told that there are none.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let steps = if arguments.iter().any(|argument| argument == "--bench") { 100_000 } else { 100 };
    let rules = rules();
    println!("| rules | phrases | measured | p50 µs | p99 µs | p99.9 µs | max µs |");
    println!("|--:|--:|--:|--:|--:|--:|--:|");
    for phrases in [0, 1, 5, 50] {
        report(&rules, phrases, steps);
    }
}

/// As clinical leads write them: most ask for a phrase, some for more.
fn rules() -> RuleSet {
    let condition = |n: usize| {
        let category = CATEGORIES[n % CATEGORIES.len()];
        match n % 5 {
            0 => format!("phrases.exists(p, p.category == \"{category}\" && !p.negated)"),
            1 => format!("request.age_band == \"under_18\" && phrases.exists(p, p.category == \"{category}\")"),
            2 => format!("phrases.filter(p, !p.negated).exists(p, p.category in [\"{category}\", \"plan\"])"),
            3 => "priority >= URGENT && request.declined > 1 && request.country == \"ES\"".to_owned(),
            _ => format!(
                "(hour_utc < 6 || \"grief\" in request.topics) && phrases.exists(p, p.category == \"{category}\")"
            ),
        }
    };
    let rule = |n: usize| Rule {
        name: format!("rule-{n}"),
        on: Trigger::Message,
        after: TimeDelta::zero(),
        condition: Some(Condition::compile(&condition(n)).unwrap()),
        then: vec![Action::Priority(Priority::Urgent), Action::Escalate("clinician".to_owned())],
    };
    RuleSet { rules: (0..RULES).map(rule).collect(), version: "0123456789abcdef".to_owned() }
}

fn report(rules: &RuleSet, phrases: usize, steps: usize) {
    let opened = Opened {
        line: "night".to_owned(),
        language: "en".parse().unwrap(),
        time_zone: None,
        country: Some("ES".to_owned()),
        alias: None,
        age_band: None,
        topics: vec!["grief".parse().unwrap()],
        screening: None,
        token: String::new(),
        fingerprint: None,
        again: None,
    };
    let at = DateTime::<Utc>::UNIX_EPOCH;
    let request = SupportRequest::opened(RequestId(Uuid::nil()), Pool::named("main"), opened, at);
    let spotted = |n: usize| Spotted {
        category: CATEGORIES[n % CATEGORIES.len()].to_owned(),
        phrase: format!("phrase {n}"),
        negated: n % 3 == 2,
    };
    let phrases: Vec<Spotted> = (0..phrases).map(spotted).collect();
    let mut times: Vec<Duration> = Vec::with_capacity(steps);
    for _ in 0..steps + steps / 20 {
        let started = Instant::now();
        black_box(triage::message(rules, black_box(&request), black_box(&phrases), at, |_, _| {}));
        times.push(started.elapsed());
    }
    times.drain(..steps / 20);
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1000].as_nanos() as f64 / 1000.0;
    println!(
        "| {RULES} | {} | {} | {:.1} | {:.1} | {:.1} | {:.1} |",
        phrases.len(),
        times.len(),
        at(500),
        at(990),
        at(999),
        at(1000)
    );
}
