//! What triage adds to a message before it is appended: `cargo bench -p wideawake-runtime --bench triage`. Two hundred
//! messages a second, one at a time as they come, go through the lexicons and fifty rules; labelled messages pieced together
//! to several lengths, by the lexicon of their language, and by all of them for a language that has none.

#![allow(clippy::unwrap_used, missing_docs)]

#[path = "../examples/triage/score.rs"]
#[allow(dead_code, unreachable_pub)]
mod score;
#[path = "../examples/triage/texts.rs"]
mod texts;

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::lexicon::Lexicons;
use wideawake_domain::request::{Opened, SupportRequest};
use wideawake_domain::rules::{Action, CATEGORIES, Condition, Rule, RuleSet, Spotted, Trigger, triage};
use wideawake_domain::{Language, Pool, Priority, RequestId};
use wideawake_runtime::config::lexicons;

const RULES: usize = 50;
/// How far apart messages come: two hundred a second.
const EVERY: Duration = Duration::from_millis(5);
/// How long messages are, in characters: as people text, as they write when they write much, and the longest there may be.
const LENGTHS: [usize; 3] = [60, 300, 4_000];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A test runner that asks for the tests is told that there are none.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let messages = if arguments.iter().any(|argument| argument == "--bench") { 2_000 } else { 20 };
    let (rules, lexicons) = (rules(), lexicons(Path::new("nowhere")).unwrap());
    let labelled = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../domain/tests/triage/held"));
    let labelled = score::messages(&labelled).unwrap();
    println!("| characters | lexicons | messages | p50 µs | p99 µs | max µs |");
    println!("|--:|:--|--:|--:|--:|--:|");
    for length in LENGTHS {
        let texts = texts::of_length(&labelled, length);
        for all in [false, true] {
            let texts = texts.iter().cycle().take(messages);
            report((length, all), texts, &lexicons, &rules);
        }
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

fn report<'a>(
    (length, all): (usize, bool),
    texts: impl Iterator<Item = &'a (Language, String)>,
    lexicons: &Lexicons,
    rules: &RuleSet,
) {
    let now = DateTime::<Utc>::UNIX_EPOCH;
    let unknown: Language = "x-none".parse().unwrap();
    lexicons.prepare(lexicons.languages());
    let mut times = Vec::new();
    let mut next = Instant::now();
    for (language, text) in texts {
        let language = if all { &unknown } else { language };
        let request = request(language, now);
        std::thread::sleep(next.saturating_duration_since(Instant::now()));
        next += EVERY;
        let started = Instant::now();
        let phrases: Vec<Spotted> = lexicons.spot(black_box(language), black_box(text));
        black_box(triage::message(rules, &request, &phrases, now, |_, _| {}));
        times.push(started.elapsed());
    }
    times.sort_unstable();
    let at = |percent: usize| times[(times.len() - 1) * percent / 100].as_nanos() as f64 / 1000.0;
    let name = if all { "all" } else { "one" };
    println!("| {length} | {name} | {} | {:.0} | {:.0} | {:.0} |", times.len(), at(50), at(99), at(100));
}

fn request(language: &Language, now: DateTime<Utc>) -> SupportRequest {
    let opened = Opened {
        line: "night".to_owned(),
        language: language.clone(),
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
    SupportRequest::opened(RequestId(Uuid::nil()), Pool::named("main"), opened, now)
}
