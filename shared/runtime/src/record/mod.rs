//! The record as services see it: load, decide, seal, append, tell. Whatever was appended is told to the bus, to whoever
//! watches the stream, and to the queue; none of that has to succeed.

mod cache;
mod erase;
mod escalations;
mod keeper;
mod outbox;
mod presence;
mod queue;
mod readiness;
mod requests;
mod seen;
mod sessions;
mod staff;
#[cfg(test)]
pub(crate) mod tests;
mod triage;
mod upkeep;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use wideawake_bus::Bus;
use wideawake_domain::event::{KeyFate, Unwritable};
use wideawake_domain::process::Intent;
use wideawake_domain::request::SupportRequest;
use wideawake_domain::rules::Shelf;
use wideawake_domain::settings::Settings;
use wideawake_domain::{Actor, Event, Pool, Priority, Recorded, RequestId, StreamId, StreamKind, Version};
use wideawake_ledger::{Append, AppendError, Fence, KeyChange, Ledger, LedgerError, NewEvent};
use wideawake_live::{Ageing, Live, LiveError, Rates};
use wideawake_vault::{DataKey, Vault, VaultError};

pub use erase::erased;
pub use keeper::{KEEPER, keep};
pub use outbox::tell;
pub use presence::{Presence, keep_presence};
pub use requests::{Change, Opening};
pub use sessions::{NewSession, NewSignIn};
pub use staff::{DutyChange, StaffError};
pub use upkeep::keep_queue;
pub use wideawake_bus::{BusError, Follower, Subscription};
pub use wideawake_live::{Hint, Watch};

use crate::clock;
use crate::telemetry::metrics::{AppendOutcome, Metrics};
use crate::telemetry::trace;
use cache::Recent;
use erase::Tombstones;
use outbox::Outbox;

/// How often a change is decided anew when somebody else was faster; each time somebody else got on.
const ATTEMPTS: usize = 64;

/// The most events of one stream that are read at once.
const PAGE: usize = 10_000;

/// How many requests, and how many data keys, are remembered between calls.
const REMEMBERED: usize = 20_000;

/// The record, with the bus and the live state behind it.
pub struct Record {
    ledger: Arc<dyn Ledger>,
    bus: Arc<dyn Bus>,
    live: Arc<dyn Live>,
    vault: Arc<Vault>,
    settings: Arc<Settings>,
    shelf: Shelf,
    metrics: Metrics,
    told: triage::Told,
    tombstones: Tombstones,
    /// Where telling the bus takes a while.
    outbox: Option<Outbox>,
    requests: Recent<RequestId, Arc<SupportRequest>>,
    keys: Recent<RequestId, DataKey>,
    troubles: readiness::Troubles,
    rates: Rates,
}

/// Why a call could not be carried out. What a person may be told is in the message of each variant.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// The ledger could not be written, or whether it was is unknown.
    #[error("the record could not be written")]
    Append(#[from] AppendError),
    /// The ledger could not be read.
    #[error("the record could not be read")]
    Read(#[from] LedgerError),
    /// A key or a text is not what it should be.
    #[error("the text could not be sealed or opened")]
    Vault(#[from] VaultError),
    /// An event cannot be written.
    #[error("the event could not be written")]
    Event(#[from] Unwritable),
    /// The file of erased requests could not be written; nothing was erased.
    #[error("the list of erased requests could not be written")]
    Tombstone(#[source] std::io::Error),
    /// What may be forgotten could not be reached.
    #[error("the live state could not be reached")]
    Live(#[from] LiveError),
    /// Somebody else was faster each time.
    #[error("too many others change the same thing at the same moment")]
    Contended,
}

impl Record {
    /// The record over these; `tombstones` is the file that lists erased requests.
    pub fn new(
        ledger: Arc<dyn Ledger>,
        bus: Arc<dyn Bus>,
        live: Arc<dyn Live>,
        vault: Arc<Vault>,
        settings: Arc<Settings>,
        metrics: Metrics,
        tombstones: PathBuf,
    ) -> Self {
        let outbox = ledger.has_outbox().then(Outbox::default);
        Self {
            ledger,
            bus,
            live,
            vault,
            settings,
            shelf: Shelf::default(),
            metrics,
            told: triage::Told::default(),
            tombstones: Tombstones::at(tombstones),
            outbox,
            requests: Recent::new(REMEMBERED),
            keys: Recent::new(REMEMBERED),
            troubles: readiness::Troubles::default(),
            rates: Rates::default(),
        }
    }

    /// The same, with rules and policies.
    #[must_use]
    pub fn with_shelf(self, shelf: Shelf) -> Self {
        Self { shelf, ..self }
    }

    /// Where the newest rules and policies lie.
    pub fn shelf(&self) -> &Shelf {
        &self.shelf
    }

    /// The ledger itself.
    pub fn ledger(&self) -> &dyn Ledger {
        &*self.ledger
    }

    /// The bus.
    pub fn bus(&self) -> &dyn Bus {
        &*self.bus
    }

    /// The live state.
    pub fn live(&self) -> &dyn Live {
        &*self.live
    }

    /// Counts one more use of `key`, and says whether it is among the first `most` of its window: of all processes
    /// together, or of this one while the live state does not answer. What this process alone has refused costs nobody else
    /// anything.
    pub async fn allow(&self, key: &str, most: u32, within: Duration) -> bool {
        let now = clock::now();
        self.rates.allow(key, most, within, now) && self.live.allow(key, most, within, now).await.unwrap_or(true)
    }

    /// The vault.
    pub fn vault(&self) -> &Vault {
        &self.vault
    }

    /// What the organisation chose.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The instruments.
    pub fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Where requests are served as one tier higher.
    pub fn ageing(&self) -> Ageing {
        Priority::ALL.map(|priority| self.settings.dispatch.tier(priority).ageing)
    }

    /// Appends what a process wishes.
    pub async fn carry_out(&self, intent: Intent, fence: Fence) -> Result<Vec<Recorded>, AppendError> {
        let Intent { stream, pool, expected, actor, events } = intent;
        self.note_unclear(&events);
        let append = prepare(stream, pool, expected, actor, clock::now(), events, KeyChange::Keep);
        let append = append.map_err(|error| AppendError::Unknown(error.to_string()))?;
        self.append(Append { fence: Some(fence), ..append }).await
    }

    /// Appends, and tells. An unknown outcome is cleared up by reading the stream again, if that can be done.
    async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        let (stream, expected, wanted) = (append.stream, append.expected, append.events.clone());
        let (at, actor) = (append.at, append.actor);
        let began = Instant::now();
        let mut answer = self.ledger.append(append).await;
        let outcome = match &answer {
            Ok(_) => AppendOutcome::Done,
            Err(AppendError::Conflict { .. }) => AppendOutcome::Conflict,
            Err(AppendError::Fenced) => AppendOutcome::Fenced,
            Err(AppendError::Busy | AppendError::Unknown(_)) => AppendOutcome::Failed,
        };
        self.metrics.ledger_append(outcome, began.elapsed());
        if let Err(AppendError::Fenced) = answer {
            tracing::warn!(%stream, "an append was refused: another holds the lease now");
        }
        if let Err(AppendError::Unknown(_)) = answer
            && let Ok(found) = self.ledger.read(stream, expected, wanted.len()).await
            && let Some(last) = found.last()
        {
            // What stands there is ours, or it is why ours can never stand there.
            let is_ours = |(found, want): (&Recorded, &NewEvent)| {
                (found.at, found.actor) == (at, actor) && (&found.kind, &found.data) == (&want.kind, &want.data)
            };
            let ours = found.len() == wanted.len() && found.iter().zip(&wanted).all(is_ours);
            let actual = last.version;
            answer = if ours { Ok(found) } else { Err(AppendError::Conflict { actual }) };
        }
        if let Ok(facts) = &answer {
            self.tell(facts).await;
        }
        answer
    }

    /// Tells of what was appended: the bus, whoever watches, the queue. Each may fail; followers read the ledger too.
    async fn tell(&self, facts: &[Recorded]) {
        match &self.outbox {
            Some(outbox) => outbox.hand_over(facts),
            None => {
                if let Err(error) = self.bus.publish(facts).await {
                    tracing::debug!(%error, "the bus was not told; followers read the ledger");
                }
            }
        }
        self.hint(facts).await;
    }

    /// Tells whoever watches the streams of these facts, and keeps the queue in step. Harmless to repeat.
    pub async fn hint(&self, facts: &[Recorded]) {
        for facts in facts.chunk_by(|a, b| a.stream == b.stream) {
            let Some(last) = facts.last().filter(|last| last.stream.kind == StreamKind::Request) else { continue };
            // Whoever watches does not wait for the queue.
            let (_, ()) = tokio::join!(
                self.live.grown(last.stream, last.version),
                self.keep_in_step(RequestId(last.stream.id), facts),
            );
        }
    }
}

/// Writes the events as they will stand, with what they mean for the stream's end and key.
fn prepare(
    stream: StreamId,
    pool: Pool,
    expected: Version,
    actor: Actor,
    at: DateTime<Utc>,
    events: Vec<Event>,
    key: KeyChange,
) -> Result<Append, Unwritable> {
    let mut ends_at = None;
    let mut key = key;
    let mut written = Vec::with_capacity(events.len());
    for event in &events {
        ends_at = event.ends_stream(at).or(ends_at);
        match event.key_fate() {
            KeyFate::Kept => {}
            KeyFate::DueAt(due) => key = KeyChange::DestroyAt(due),
            KeyFate::Destroyed => key = KeyChange::Destroy,
        }
        written.push(NewEvent { kind: event.kind().into(), data: event.encode()?.into() });
    }
    let trace = trace::current();
    Ok(Append { stream, pool, expected, at, actor, trace, events: written, fence: None, ends_at, key })
}
