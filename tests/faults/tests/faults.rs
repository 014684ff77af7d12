//! Each fault once, and some together, on real engines. How long it took is printed and never judged.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

use std::time::Duration;

use wideawake_faults::fault::Fault;
use wideawake_faults::run;
use wideawake_faults::stage::Stage;

/// Long enough to be noticed by everybody.
const OUTAGE: Duration = Duration::from_secs(6);

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_nobody_is_lost() {
    let mut stage = Stage::set().await;
    for fault in Fault::ALL {
        let outcomes = run::repeatedly(&mut stage, &[fault], OUTAGE, 1).await;
        println!("{}", run::row(&(fault.name().to_owned(), outcomes)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_fails_together_nobody_is_lost() {
    let mut stage = Stage::set().await;
    // The command tries them all.
    for pair in [run::PAIRS[0], run::PAIRS[4]] {
        let outcomes = run::repeatedly(&mut stage, &pair, OUTAGE, 1).await;
        println!("{}", run::row(&(format!("{}, and {}", pair[0].name(), pair[1].name()), outcomes)));
    }
}
