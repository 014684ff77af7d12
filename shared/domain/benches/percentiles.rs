//! How the times of the dispatcher's decisions are spread: `cargo bench -p wideawake-domain --bench percentiles`. Words
//! after `--` choose scenes by part of their name. Allocations: `--bench dispatch`.

#![allow(clippy::unwrap_used, missing_docs)]

mod imagined;

use imagined::rebuild::Record;
use imagined::scenes::{self, Scene};
use imagined::{is_measured, sizes};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// What is measured: its name, how it is made for so many who wait, and how many steps of it are measured.
type Case = (&'static str, fn(usize) -> Scene, usize);

const CASES: [Case; 9] = [
    ("stuck", scenes::stuck, 50_000),
    ("stuck, few kinds", scenes::stuck_among_few_kinds, 50_000),
    ("one language", scenes::one_language, 50_000),
    ("crowded", scenes::crowded, 50_000),
    ("nobody", scenes::nobody, 50_000),
    ("volunteers seen", scenes::volunteers_seen, 50_000),
    ("members seen", scenes::members_seen, 50_000),
    ("1,000 arrive", scenes::burst, 20),
    ("1,000 on shift", scenes::hour, 20),
];

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A test runner that asks for the tests is told that there are none.
    if arguments.iter().any(|argument| argument == "--list") {
        return;
    }
    let wanted: Vec<&String> = arguments.iter().filter(|argument| !argument.starts_with("--")).collect();
    let is_wanted = |name: &str| wanted.is_empty() || wanted.iter().any(|part| name.contains(part.as_str()));
    println!("| scene | waiting | step | measured | p50 µs | p99 µs | p99.9 µs | max µs |");
    println!("|:--|--:|:--|--:|--:|--:|--:|--:|");
    for (name, scene, steps) in CASES.into_iter().filter(|(name, ..)| is_wanted(name)) {
        for waiting in sizes() {
            report(name, waiting, scene(waiting), if is_measured() { steps } else { steps.min(100) });
        }
    }
    if is_wanted("rebuild") {
        for open in sizes() {
            rebuild(open);
        }
    }
}

fn report(name: &str, waiting: usize, mut scene: Scene, steps: usize) {
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for n in 0..steps + steps / 20 {
        let step = scene.next();
        if n < steps / 20 {
            scene.pool.decide(&step);
            continue;
        }
        let started = Instant::now();
        scene.pool.decide(&step);
        let spent = started.elapsed();
        times.entry(step.what).or_default().push(spent);
        let wishes = scene.pool.answer.len() as u32;
        if wishes > 100 {
            times.entry("each wish").or_default().push(spent / wishes);
        } else {
            times.entry("any").or_default().push(spent);
        }
    }
    if times.len() == 2 {
        times.remove("any");
    }
    for (what, times) in times {
        row(name, waiting, what, times);
    }
}

fn rebuild(open: usize) {
    let record = Record::of(open);
    let mut times: BTreeMap<&str, Vec<Duration>> = BTreeMap::new();
    for _ in 0..if is_measured() { 5 } else { 1 } {
        let started = Instant::now();
        let mut dispatcher = record.observe();
        let observed = started.elapsed();
        let started = Instant::now();
        record.take_over(&mut dispatcher);
        let decided = started.elapsed();
        times.entry("in all").or_default().push(observed + decided);
        times.entry("observe").or_default().push(observed);
        times.entry("first decision").or_default().push(decided);
    }
    for (what, times) in times {
        row("rebuild", open, what, times);
    }
}

fn row(name: &str, waiting: usize, what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |per_mille: usize| times[(times.len() - 1) * per_mille / 1000].as_nanos() as f64 / 1000.0;
    println!(
        "| {name} | {waiting} | {what} | {} | {:.1} | {:.1} | {:.1} | {:.1} |",
        times.len(),
        at(500),
        at(990),
        at(999),
        at(1000),
    );
}
