//! `cargo run --release -p wideawake-faults`: every fault while people are being helped, and how long nobody was offered
//! anybody, as a table for docs/reliability.md.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test with a table at its end")]

use std::time::Duration;

use clap::Parser;
use wideawake_faults::fault::Fault;
use wideawake_faults::run::{self, Outcome};
use wideawake_faults::stage::{BUSY, Stage};

/// Every fault while people are being helped.
#[derive(Debug, Parser)]
struct Args {
    /// How often the leading router is killed, and how often it is stopped
    #[arg(long, default_value_t = 20)]
    kills: usize,
    /// How often everything else fails
    #[arg(long, default_value_t = 1)]
    repeats: usize,
    /// For how many seconds an engine is gone
    #[arg(long, default_value_t = 20)]
    outage: u64,
    /// Only faults whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// Only one fault at a time
    #[arg(long)]
    no_pairs: bool,
}

#[tokio::main]
async fn main() {
    let args = Args::parse();
    let mut stage = Stage::set(BUSY).await;
    let outage = Duration::from_secs(args.outage);
    let mut rows: Vec<(String, Vec<Outcome>)> = Vec::new();
    let wanted = |name: &str| args.only.as_ref().is_none_or(|only| name.contains(only.as_str()));
    for fault in Fault::ALL.into_iter().filter(|fault| wanted(fault.name())) {
        let often = matches!(fault, Fault::KillRouter | Fault::StopRouter);
        let outcomes =
            run::repeatedly(&mut stage, &[fault], outage, if often { args.kills } else { args.repeats }).await;
        rows.push((fault.name().to_owned(), outcomes));
        eprintln!("{}", run::row(rows.last().unwrap()));
    }
    for pair in run::PAIRS {
        let name = format!("{}, and {}", pair[0].name(), pair[1].name());
        if !args.no_pairs && wanted(&name) {
            let outcomes = run::repeatedly(&mut stage, &pair, outage, args.repeats).await;
            rows.push((name, outcomes));
            eprintln!("{}", run::row(rows.last().unwrap()));
        }
    }
    println!("{}", run::HEAD);
    for row in &rows {
        println!("{}", run::row(row));
    }
}
