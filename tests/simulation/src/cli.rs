//! The command line: many seeds at once, one seed with its trace, or the planted faults.

use clap::Parser;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use wideawake_domain::request::RequestEvent;
use wideawake_domain::staff::{DutyEvent, StaffEvent};
use wideawake_domain::{Event, Recorded};

use crate::fairness::Report;
use crate::{Outcome, Plant, Promises, Scenario, run, run_scenario};

/// How many lines before a violation are shown.
const LAST: usize = 60;

/// Within how many seeds a planted fault must be found.
pub const SEEDS_PER_PLANT: u64 = 300;

/// Lives through nights in which everything goes wrong, and says which invariant broke.
#[derive(Clone, Debug, Parser)]
#[command(name = "wideawake-simulation")]
pub struct Args {
    /// How many nights.
    #[arg(long, default_value_t = 1_000)]
    pub seeds: u64,
    /// The first of them.
    #[arg(long, default_value_t = 0)]
    pub from: u64,
    /// One night only.
    #[arg(long)]
    pub seed: Option<u64>,
    /// Prints all that happens; with `--seed`.
    #[arg(long)]
    pub trace: bool,
    /// Goes on after a violation, and counts them.
    #[arg(long)]
    pub keep_going: bool,
    /// How many nights at the same time.
    #[arg(long, default_value_t = 0)]
    pub threads: usize,
    /// Counts what was recorded, by type and reason.
    #[arg(long)]
    pub counts: bool,
    /// Plants each fault in turn and prints when it was found.
    #[arg(long)]
    pub planted: bool,
    /// Plants that one.
    #[arg(long)]
    pub plant: Option<String>,
    /// Only that row of the table of what still works when an engine is down, such as `rabbitmq-down`; `all`: each in turn.
    #[arg(long)]
    pub scenario: Option<String>,
    /// Measures waits and fairness beside first come, first served, in ordinary nights from `--seed` on.
    #[arg(long)]
    pub fairness: bool,
    /// How many nights that takes.
    #[arg(long, default_value_t = 40, requires = "fairness")]
    pub nights: u64,
    /// Writes the plots of that into this folder.
    #[arg(long, requires = "fairness")]
    pub plots: Option<PathBuf>,
}

/// Does what was asked for.
pub fn execute(args: &Args) -> ExitCode {
    if args.fairness {
        return show_fairness(args);
    }
    let plant = match args.plant.as_deref().map(|name| (name, Plant::named(name))) {
        Some((name, None)) => {
            let names: Vec<&str> = Plant::ALL.iter().map(|plant| plant.name()).collect();
            eprintln!("there is no fault {name:?} to plant; name one of {}", names.join(", "));
            return ExitCode::from(2);
        }
        named => named.and_then(|(_, plant)| plant),
    };
    if args.planted {
        return show_planted(args.from);
    }
    let scenarios = match args.scenario.as_deref().map(|name| (name, Scenario::named(name))) {
        None => vec![None],
        Some(("all", _)) => Scenario::ALL.map(Some).to_vec(),
        Some((_, Some(scenario))) => vec![Some(scenario)],
        Some((name, None)) => {
            let names: Vec<&str> = Scenario::ALL.iter().map(|scenario| scenario.name()).collect();
            eprintln!("there is no scenario {name:?}; name `all` or one of {}", names.join(", "));
            return ExitCode::from(2);
        }
    };
    let live = |scenario| match args.seed {
        Some(seed) => one(seed, scenario, plant, args.trace),
        None => many(args, scenario, plant),
    };
    let broken = scenarios.into_iter().map(live).filter(|is_well| !is_well).count();
    if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The nights from which the numbers of `docs/routing.md` come: what is tuned is tuned on nights before them.
const FAIR: u64 = 3_000;

fn show_fairness(args: &Args) -> ExitCode {
    let report = Report::of(args.seed.unwrap_or(FAIR), args.nights.max(1));
    print!("{}", report.tables());
    let Some(folder) = &args.plots else { return ExitCode::SUCCESS };
    for (name, figure) in report.figures() {
        let path = folder.join(name);
        if let Err(error) = std::fs::write(&path, figure) {
            eprintln!("the plot {} cannot be written: {error}", path.display());
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

fn one(seed: u64, scenario: Option<Scenario>, plant: Option<Plant>, trace: bool) -> bool {
    let outcome = run_scenario(seed, scenario, plant, true);
    if trace {
        print!("{}", outcome.trace);
    }
    println!("seed {seed}: {} steps, {} events, digest {:016x}", outcome.steps, outcome.record.len(), outcome.digest);
    explain(&outcome, plant);
    if scenario.is_some() {
        println!("{}", outcome.promises);
    }
    outcome.violation.is_none()
}

/// What a reader needs to understand a violation and to see it again.
fn explain(outcome: &Outcome, plant: Option<Plant>) {
    let Some(violation) = &outcome.violation else { return };
    let seed = outcome.options.seed;
    println!("\nseed {seed} breaks {violation}\n\n{:#?}\n", outcome.options);
    let lines: Vec<&str> = outcome.trace.lines().collect();
    for line in &lines[lines.len().saturating_sub(LAST)..] {
        println!("{line}");
    }
    let planted = plant.map(|plant| format!(" --plant {plant}")).unwrap_or_default();
    let scenario = outcome.options.scenario.map(|scenario| format!(" --scenario {scenario}")).unwrap_or_default();
    println!("\nseed {seed} breaks {violation}");
    println!("replay: cargo run --release -p wideawake-simulation -- --seed {seed}{scenario}{planted} --trace");
}

fn many(args: &Args, scenario: Option<Scenario>, plant: Option<Plant>) -> bool {
    let threads = match args.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        n => n,
    };
    let next = AtomicU64::new(args.from);
    let stop = AtomicBool::new(false);
    let (steps, events, broken) = (AtomicU64::new(0), AtomicU64::new(0), AtomicU64::new(0));
    let counts: Mutex<BTreeMap<String, u64>> = Mutex::default();
    let promises: Mutex<Promises> = Mutex::default();
    let end = args.from + args.seeds;
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end {
                        break;
                    }
                    let outcome = run_scenario(seed, scenario, plant, false);
                    let mut all = promises.lock().unwrap_or_else(PoisonError::into_inner);
                    *all = all.and(&outcome.promises);
                    drop(all);
                    steps.fetch_add(outcome.steps, Ordering::Relaxed);
                    events.fetch_add(outcome.record.len() as u64, Ordering::Relaxed);
                    if args.counts {
                        let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                        outcome.record.iter().for_each(|fact| *counts.entry(kind(fact)).or_default() += 1);
                    }
                    if let Some(violation) = &outcome.violation {
                        broken.fetch_add(1, Ordering::Relaxed);
                        if args.keep_going {
                            println!("seed {seed} breaks {violation}");
                        } else if !stop.swap(true, Ordering::Relaxed) {
                            explain(&run_scenario(seed, scenario, plant, true), plant);
                        }
                    }
                }
            });
        }
    });
    for (kind, count) in counts.into_inner().unwrap_or_else(PoisonError::into_inner) {
        println!("{count:>10} {kind}");
    }
    let count = next.load(Ordering::Relaxed).min(end) - args.from;
    let (steps, events) = (steps.into_inner(), events.into_inner());
    let broken = broken.into_inner();
    if scenario.is_some() || args.counts {
        println!("{}", promises.into_inner().unwrap_or_else(PoisonError::into_inner));
    }
    let of = scenario.map(|scenario| format!(" of {scenario}")).unwrap_or_default();
    println!("{count} nights{of} from seed {}: {steps} steps, {events} events recorded, {broken} broken", args.from);
    broken == 0
}

/// The type of an event, with the reason that it gives.
fn kind(fact: &Recorded) -> String {
    let reason = match fact.event() {
        Ok(Event::Request(RequestEvent::OfferWithdrawn(e))) => e.reason.as_str().to_owned(),
        Ok(Event::Request(RequestEvent::Released(e))) => e.reason.as_str().to_owned(),
        Ok(Event::Request(RequestEvent::Closed(e))) => e.ending.as_str().to_owned(),
        Ok(Event::Request(RequestEvent::TransferFailed(e))) => format!("{:?}", e.reason).to_lowercase(),
        Ok(Event::Request(RequestEvent::EscalationRaised(e))) => format!("{:?}", e.cause).to_lowercase(),
        Ok(Event::Request(RequestEvent::Offered(e))) => {
            let what = if e.handover { "handover, " } else { "" };
            format!("{what}{:?}", e.why.decided_by).to_lowercase()
        }
        Ok(Event::Staff(StaffEvent::Changed(e))) if e.pools.is_some() => "pools".to_owned(),
        Ok(Event::Duty(DutyEvent::DutySet(e))) => format!("{} {}", e.duty, e.reason.unwrap_or_default()),
        _ => return fact.kind.to_string(),
    };
    format!("{} ({})", fact.kind, reason.trim())
}

fn show_planted(from: u64) -> ExitCode {
    println!("| planted fault | found after | seed | invariant | how it shows |\n|---|---|---|---|---|");
    let mut all = true;
    for plant in Plant::ALL {
        let found = find(plant, from, SEEDS_PER_PLANT);
        all &= found.is_some();
        match found {
            Some((nights, outcome)) => {
                let seed = outcome.options.seed;
                let (invariant, what) =
                    outcome.violation.map(|v| (v.breach.invariant, v.breach.what)).unwrap_or_default();
                println!("| {plant} | {nights} | {seed} | {invariant} | {what} |");
            }
            None if !plant.is_compiled_in() => println!("| {plant} | needs `--features planted` | | | |"),
            None => println!("| {plant} | NOT FOUND in {SEEDS_PER_PLANT} seeds | | | |"),
        }
    }
    if all { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The first of `most` nights from seed `from` in which `plant` shows, and how many that took.
pub fn find(plant: Plant, from: u64, most: u64) -> Option<(u64, Outcome)> {
    if !plant.is_compiled_in() {
        return None;
    }
    (from..from + most)
        .map(|seed| run(seed, Some(plant), false))
        .zip(1..)
        .find_map(|(outcome, nights)| outcome.violation.is_some().then_some((nights, outcome)))
}
