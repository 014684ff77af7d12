//! Carries out what a [`Driver`] wants.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;
use tracing::{Instrument, info, warn};
use wideawake_domain::process::{Errand, ErrandOutcome, Intent, Process, Signal};
use wideawake_domain::{Recorded, StreamId, Version};
use wideawake_ledger::{AppendError, Fence, LedgerError};

use super::driver::{Driver, Options, PAGE};
use super::ears::Ears;
use super::effect::{Effect, Input};
use super::links::observing;
use crate::clock;
use crate::record::Record;

/// How many answers may wait for the loop; whoever has one more waits until there is room.
const ANSWERS: usize = 8_192;

/// How many answers are taken in before the next step.
const ANSWERS_AT_ONCE: usize = 1_024;

/// The most facts of one stream that are read at once.
const STREAM_PAGE: usize = 10_000;

/// How long what is under way may take when the loop is asked to stop.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// What a process reaches the world through.
#[derive(Clone)]
pub struct Ports {
    /// The record, with the bus and the live state behind it.
    pub record: Arc<Record>,
    /// Who does its errands; `None` where it has none.
    pub courier: Option<Arc<dyn Courier>>,
}

impl Ports {
    /// For a process without errands.
    pub fn of(record: Arc<Record>) -> Self {
        Self { record, courier: None }
    }
}

/// Does errands: carries pages to people.
#[async_trait]
pub trait Courier: Send + Sync + 'static {
    /// Does one errand, within a bound of time of its own.
    async fn run(&self, errand: &Errand) -> ErrandOutcome;
}

/// Runs the loop until `stop`; then finishes what is under way and gives the lease back. After each step `watch` may
/// look at the driver, for metrics.
pub async fn run<P: Process>(
    mut driver: Driver<P>,
    ports: Ports,
    stop: CancellationToken,
    mut watch: impl FnMut(&mut Driver<P>),
) {
    let (answers, mut inbox) = mpsc::channel(ANSWERS);
    let mut ears: Option<Ears> = None;
    let mut led = false;
    let mut trouble = Trouble::default();
    loop {
        for effect in driver.step(clock::now()) {
            let term = driver.term();
            let execution = execute(effect, ports.clone(), driver.options().clone());
            let answers = answers.clone();
            tokio::spawn(async move {
                // The loop is gone: nobody needs the answer.
                let _ = answers.send((term, execution.await)).await;
            });
        }
        watch(&mut driver);
        if driver.leads() != led {
            led = driver.leads();
            info!(lease = %driver.options().lease, "{}", if led { "leads" } else { "no longer leads" });
        }
        match driver.token() {
            Some(_) if ears.is_none() => ears = Some(Ears::open(&ports.record, driver.options())),
            Some(_) => {}
            None => ears = None,
        }
        let wait = driver.due().map_or(Duration::from_secs(1), |due| (due - clock::now()).to_std().unwrap_or_default());
        // Whoever is first, so that neither answers nor news wait for long; the stop goes first in the next round.
        let mut answer = None;
        tokio::select! {
            () = stop.cancelled() => break,
            answered = inbox.recv() => answer = answered,
            heard = hear(&mut ears) => {
                let span = observing(&heard, &driver.options().lease);
                span.in_scope(|| driver.feed(heard, clock::now()));
            }
            () = tokio::time::sleep(wait.min(Duration::from_secs(1))), if !wait.is_zero() => {}
            () = std::future::ready(()), if wait.is_zero() => {}
        }
        let now = clock::now();
        let more = std::iter::from_fn(|| inbox.try_recv().ok()).take(ANSWERS_AT_ONCE);
        for (term, answer) in answer.into_iter().chain(more) {
            trouble.look_at(&answer, driver.options());
            driver.answer(term, answer, now);
        }
        if stop.is_cancelled() {
            break;
        }
    }
    let finish = async {
        while driver.awaits_answers()
            && let Some((term, answer)) = inbox.recv().await
        {
            driver.answer(term, answer, clock::now());
        }
    };
    if tokio::time::timeout(LAST_WORDS, finish).await.is_err() {
        warn!(lease = %driver.options().lease, "stopped with appends under way; the record says what became of them");
    }
    if let Some(token) = driver.token() {
        let lease = driver.options().lease.clone();
        if let Err(error) = ports.record.ledger().give_back(&lease, token).await {
            warn!(%lease, %error, "the lease could not be given back; it runs out by itself");
        }
    }
}

async fn hear(ears: &mut Option<Ears>) -> Input {
    match ears {
        Some(ears) => ears.next().await,
        None => std::future::pending().await,
    }
}

/// Says once that the ledger cannot be read, and once that it can be again: without it nothing is decided.
#[derive(Default)]
struct Trouble(bool);

impl Trouble {
    fn look_at(&mut self, input: &Input, options: &Options) {
        let failure = match input {
            Input::Lease(Err(error)) | Input::Rebuilt(Err(error), _) | Input::Tailed(Err(error)) => Some(error),
            Input::Rebuilt(..) | Input::Tailed(..) => None,
            _ => return,
        };
        let lease = &options.lease;
        match failure {
            Some(error) if !self.0 => warn!(%lease, %error, "the ledger does not answer this process; it tries again"),
            None if self.0 => info!(%lease, "the ledger answers again"),
            _ => {}
        }
        self.0 = failure.is_some();
    }
}

async fn execute(effect: Effect, ports: Ports, options: Options) -> Input {
    let ledger = ports.record.ledger();
    match effect {
        Effect::TakeLease => {
            let lease = ledger.lease(&options.lease, &options.holder, options.lease_ttl);
            // An answer that comes later than this is worth nothing, and until there is one nobody asks again.
            let answer = tokio::time::timeout(options.lease_ttl, lease).await;
            Input::Lease(answer.unwrap_or_else(|_| Err(LedgerError::Unavailable("no answer in time".to_owned()))))
        }
        Effect::Tail(cursor) => Input::Tailed(ledger.tail(Some(&cursor), PAGE).await),
        Effect::Read(stream, after) => Input::Read(stream, read(&ports, stream, after).await),
        Effect::Rebuild(scope) => {
            let facts = rebuild(&ports, &options, scope).await;
            Input::Rebuilt(facts, present(&ports).await)
        }
        Effect::Run(errand) => {
            let outcome = match &ports.courier {
                Some(courier) => courier.run(&errand).await,
                None => ErrandOutcome::Failed { why: "no_courier".to_owned() },
            };
            Input::Ran(errand, outcome)
        }
        Effect::Append(intent, fence, trace) => {
            let stream = intent.stream;
            Input::Appended(stream, append(&ports, intent, fence, trace).await)
        }
    }
}

async fn read(ports: &Ports, stream: StreamId, mut after: Version) -> Result<Vec<Recorded>, LedgerError> {
    let mut all = Vec::new();
    loop {
        let page = ports.record.ledger().read(stream, after, STREAM_PAGE).await?;
        let full = page.len() == STREAM_PAGE;
        after = page.last().map_or(after, |last| last.version);
        all.extend(page);
        if !full {
            return Ok(all);
        }
    }
}

async fn rebuild(
    ports: &Ports,
    options: &Options,
    scope: Vec<(wideawake_domain::StreamKind, chrono::DateTime<chrono::Utc>)>,
) -> Result<(Vec<Recorded>, wideawake_ledger::Cursor), LedgerError> {
    let ledger = ports.record.ledger();
    let cursor = ledger.end().await?;
    let mut all = Vec::new();
    for (kind, ended_since) in scope {
        all.extend(ledger.open(&options.pool, kind, ended_since).await?.0);
    }
    all.sort_by_key(|fact| fact.position);
    Ok((all, cursor))
}

/// Who is known to be there. Without an answer everyone is taken as unseen until their next heartbeat.
async fn present(ports: &Ports) -> Vec<Signal> {
    let live = ports.record.live();
    let since = clock::now() - chrono::TimeDelta::hours(1);
    let staff = live.staff_since(since).await.unwrap_or_default();
    let members = live.members_since(since).await.unwrap_or_default();
    let staff = staff.into_iter().map(|(staff, at)| Signal::StaffSeen { staff, at });
    staff.chain(members.into_iter().map(|(request, at)| Signal::MemberSeen { request, at })).collect()
}

async fn append(ports: &Ports, intent: Intent, fence: Fence, trace: Arc<str>) -> Result<Vec<Recorded>, AppendError> {
    let kinds = intent.events.iter().map(wideawake_domain::Event::kind).collect::<Vec<_>>().join(" ");
    let span = tracing::info_span!("append", stream = %intent.stream, events = %kinds);
    crate::telemetry::trace::parent_of(&span, &trace);
    ports.record.carry_out(intent, fence).instrument(span).await
}
