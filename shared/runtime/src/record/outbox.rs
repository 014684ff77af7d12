//! Telling the bus, where that takes a while: beside the appends, from the outbox that the ledger keeps.
//!
//! Whoever appended hands the events over in memory and goes on. They are told at once, and leave the outbox in batches
//! when the bus has taken them over. What gets lost on the way, with this process or with the bus, is still in the
//! outbox, and any process that sweeps finds it there after a while.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until};
use tokio_util::sync::CancellationToken;
use wideawake_bus::BusError;
use wideawake_domain::{Position, Recorded};

use super::Record;
use crate::telemetry::metrics::Told;

/// How many appends may wait to be told of; what is beyond is left to the sweep.
const HANDED: usize = 8_192;

/// How many events are told of at once.
const BATCH: usize = 256;

/// How many batches may be under way at once; those behind wait.
const UNDER_WAY: usize = 32;

/// How long what was told may stay in the outbox, so that one statement takes out many.
const LINGERS: Duration = Duration::from_millis(100);

/// How long an event has been in the outbox when a sweep takes it up (DESIGN section 4).
const AGE: Duration = Duration::from_secs(2);

/// How often it is swept.
const SWEEP: Duration = Duration::from_secs(1);

/// How long the last batches may take when the process stops; the outbox keeps what is not told.
const LAST_WORDS: Duration = Duration::from_millis(500);

/// What was appended and is to be told.
#[derive(Debug)]
pub(super) struct Outbox {
    sender: Sender<Vec<Recorded>>,
    receiver: Mutex<Option<Receiver<Vec<Recorded>>>>,
}

impl Default for Outbox {
    fn default() -> Self {
        let (sender, receiver) = mpsc::channel(HANDED);
        Self { sender, receiver: Mutex::new(Some(receiver)) }
    }
}

impl Outbox {
    /// Hands them over. When there are too many, or nobody tells, they stay in the outbox of the ledger.
    pub(super) fn hand_over(&self, facts: &[Recorded]) {
        let _ = self.sender.try_send(facts.to_vec());
    }
}

/// Tells the bus of what this process appends, and of what others left in the outbox, until `stop`. A second call for one
/// record, or one where the ledger keeps no outbox, ends at once.
pub async fn tell(record: Arc<Record>, stop: CancellationToken) {
    let Some(outbox) = &record.outbox else { return };
    let receiver = outbox.receiver.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(receiver) = receiver else { return };
    let sweeping = tokio::spawn(sweep_on(record.clone(), stop.clone()));
    Teller { record: record.clone(), under_way: JoinSet::new(), told: Vec::new(), since: None }
        .run(receiver, stop)
        .await;
    let _ = sweeping.await;
}

struct Teller {
    record: Arc<Record>,
    under_way: JoinSet<Vec<Position>>,
    /// The bus has them, the outbox too.
    told: Vec<Position>,
    /// Since when the first of them.
    since: Option<Instant>,
}

impl Teller {
    async fn run(mut self, mut receiver: Receiver<Vec<Recorded>>, stop: CancellationToken) {
        loop {
            let due = self.since.map(|since| since + LINGERS);
            tokio::select! {
                () = stop.cancelled() => break,
                handed = receiver.recv(), if self.under_way.len() < UNDER_WAY => match handed {
                    Some(facts) => self.tell(facts, &mut receiver),
                    None => break,
                },
                Some(done) = self.under_way.join_next() => self.note(done),
                () = sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => self.clear(),
            }
            if self.told.len() >= BATCH {
                self.clear();
            }
        }
        let finish = async {
            while let Ok(facts) = receiver.try_recv() {
                self.tell(facts, &mut receiver);
            }
            while let Some(done) = self.under_way.join_next().await {
                self.note(done);
            }
            let _ = self.record.ledger().told(&self.told).await;
        };
        if tokio::time::timeout(LAST_WORDS, finish).await.is_err() {
            tracing::info!("stopped before the bus had everything; the outbox keeps the rest");
        }
    }

    /// Tells of these and of what has been handed over since.
    fn tell(&mut self, mut facts: Vec<Recorded>, receiver: &mut Receiver<Vec<Recorded>>) {
        while facts.len() < BATCH
            && let Ok(more) = receiver.try_recv()
        {
            facts.extend(more);
        }
        let record = self.record.clone();
        self.under_way.spawn(async move { publish(&record, &facts).await });
    }

    fn note(&mut self, done: Result<Vec<Position>, tokio::task::JoinError>) {
        // What a panic left untold is swept up.
        let told = done.unwrap_or_default();
        if !told.is_empty() {
            self.since.get_or_insert_with(Instant::now);
            self.told.extend(told);
        }
    }

    /// Takes out of the outbox what was told; if that fails it is told again, which harms nobody.
    fn clear(&mut self) {
        self.since = None;
        let (record, told) = (self.record.clone(), std::mem::take(&mut self.told));
        self.under_way.spawn(async move {
            if let Err(error) = record.ledger().told(&told).await {
                tracing::debug!(%error, "what was told stays in the outbox for now");
            }
            Vec::new()
        });
    }
}

/// The positions of the events that need not be told any more.
async fn publish(record: &Record, facts: &[Recorded]) -> Vec<Position> {
    let metrics = record.metrics();
    match record.bus().publish(facts).await {
        Ok(()) => metrics.bus_told(Told::Taken, facts.len()),
        Err(error @ BusError::Undeliverable(_)) => {
            // The outbox would be full of them one day. They are in the ledger, where everybody of ours reads them.
            let BusError::Undeliverable(places) = &error else { return Vec::new() };
            tracing::error!(%error, "events are not told of; is the list of pools the same in every process?");
            metrics.bus_told(Told::Undeliverable, places.len());
            metrics.bus_told(Told::Taken, facts.len().saturating_sub(places.len()));
        }
        Err(error) => {
            tracing::debug!(%error, "the bus was not told; the outbox keeps it");
            metrics.bus_told(Told::Failed, facts.len());
            return Vec::new();
        }
    }
    facts.iter().map(|fact| fact.position).collect()
}

async fn sweep_on(record: Arc<Record>, stop: CancellationToken) {
    let mut ticks = interval(SWEEP);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sweep(&record) => {}
        }
    }
}

/// Tells of everything that has waited for too long, until there is no more or the bus does not take it.
pub(super) async fn sweep(record: &Record) {
    loop {
        let facts = match record.ledger().untold(AGE, BATCH).await {
            Ok(facts) if facts.is_empty() => return,
            Ok(facts) => facts,
            Err(error) => return tracing::debug!(%error, "the outbox cannot be swept"),
        };
        let told = publish(record, &facts).await;
        if told.is_empty() {
            return;
        }
        record.metrics().swept(told.len());
        if let Err(error) = record.ledger().told(&told).await {
            return tracing::debug!(%error, "what was swept stays in the outbox for now");
        }
    }
}
