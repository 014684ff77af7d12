//! One fault, or two at once, while people are being helped.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::task::block_in_place;
use tokio::time::sleep;
use wideawake_acceptance::now;

use crate::fault::{self, Fault};
use crate::measure;
use crate::stage::Stage;

/// Faults that come together.
pub const PAIRS: [[Fault; 2]; 6] = [
    [Fault::StopBroker, Fault::StopLive],
    [Fault::StopBroker, Fault::KillRouter],
    [Fault::StopLive, Fault::KillRouter],
    [Fault::WipeLive, Fault::KillRouter],
    [Fault::RestartLedger, Fault::KillRouter],
    [Fault::HoldBroker, Fault::RestartLedger],
];

/// How it went.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The longest time without an offer while nothing was wrong, in milliseconds.
    pub usual: u64,
    /// The longest time without an offer from the fault until a while after it was mended, in milliseconds.
    pub silence: u64,
    /// How many requests were opened and messages written from the fault until everything was ready again.
    pub requests: usize,
    pub messages: usize,
}

/// How long people are helped before a fault and behind it.
const CALM: Duration = Duration::from_secs(3);

/// The same faults so many times, one after the other, on one stage.
///
/// # Panics
/// When anything that was acknowledged is lost, or somebody is not helped, or the record is not in order.
pub async fn repeatedly(stage: &mut Stage, faults: &[Fault], outage: Duration, times: usize) -> Vec<Outcome> {
    in_turn(stage, &vec![faults; times], outage).await
}

/// These faults, each group at once and one group after the other, in one night that is looked through at its end.
///
/// # Panics
/// As [`repeatedly`].
pub async fn in_turn(stage: &mut Stage, turns: &[&[Fault]], outage: Duration) -> Vec<Outcome> {
    let (mut spans, mut outcomes) = (Vec::new(), Vec::new());
    stage.ready().await;
    let load = stage.people();
    for faults in turns {
        let began = now();
        sleep(CALM).await;
        let before = load.taken();
        let (failed, mended) = once(stage, faults, outage).await;
        stage.ready().await;
        spans.push((began, failed, mended, before, load.taken()));
    }
    sleep(CALM).await;
    stage.ends_well(load).await;
    let offers = measure::offers(&block_in_place(|| stage.cluster.tool(&["export"])).ok());
    for (began, failed, mended, before, after) in spans {
        // The first moments of a load are none of an offer's.
        let settled = (began + CALM / 2).max(offers.first().copied().unwrap_or(began));
        outcomes.push(Outcome {
            usual: measure::longest_silence(&offers, settled, failed - CALM / 4),
            silence: measure::longest_silence(&offers, failed, mended + CALM / 2),
            requests: after.members.len() - before.members.len(),
            messages: after.said.len() - before.said.len(),
        });
    }
    outcomes
}

/// When it failed, and when everything was mended.
async fn once(stage: &mut Stage, faults: &[Fault], outage: Duration) -> (DateTime<Utc>, DateTime<Utc>) {
    let failed = now();
    let mut begun = Vec::new();
    for fault in faults {
        begun.push(fault::begin(stage, *fault).await);
    }
    let lasts = faults.iter().map(|fault| fault.lasts(outage)).max().unwrap_or_default();
    sleep(lasts).await;
    for begun in begun {
        fault::mend(stage, begun).await;
    }
    (failed, now())
}

/// The head of the table.
pub const HEAD: &str = "\
| what fails | times | longest time without an offer: p50 | worst | usual | requests | messages |
|---|---:|---:|---:|---:|---:|---:|";

/// A row of it.
pub fn row((name, outcomes): &(String, Vec<Outcome>)) -> String {
    let mut silences: Vec<_> = outcomes.iter().map(|outcome| outcome.silence).collect();
    silences.sort_unstable();
    let usual = outcomes.iter().map(|outcome| outcome.usual).max().unwrap_or_default();
    let (half, worst) = (silences.get(silences.len() / 2).copied(), silences.last().copied());
    let (half, worst) = (half.unwrap_or_default(), worst.unwrap_or_default());
    let sum = |count: fn(&Outcome) -> usize| outcomes.iter().map(count).sum::<usize>();
    let (requests, messages) = (sum(|outcome| outcome.requests), sum(|outcome| outcome.messages));
    format!("| {name} | {} | {half} ms | {worst} ms | {usual} ms | {requests} | {messages} |", outcomes.len())
}
