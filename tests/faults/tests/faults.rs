//! Each fault once, and some together, on real engines, in one night each. How long it took is printed and never judged.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::time::Duration;

use wideawake_faults::fault::Fault;
use wideawake_faults::run;
use wideawake_faults::stage::{CALM, Stage};

/// Long enough to be noticed by everybody.
const OUTAGE: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_nobody_is_lost() {
    let each: Vec<_> = Fault::ALL.chunks(1).collect();
    suffer(&each).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_together_nobody_is_lost() {
    // The command tries them all.
    suffer(&[&run::PAIRS[0], &run::PAIRS[4]]).await;
}

async fn suffer(turns: &[&[Fault]]) {
    let mut stage = Stage::set(CALM).await;
    let outcomes = run::in_turn(&mut stage, turns, OUTAGE).await;
    for (faults, outcome) in turns.iter().zip(outcomes) {
        let names: Vec<_> = faults.iter().map(|fault| fault.name()).collect();
        println!("{}", run::row(&(names.join(", and "), vec![outcome])));
    }
}
