//! The record: an append-only event log in SQLite or PostgreSQL, the only truth and the only thing to back up.
//!
//! Beside the events it keeps what must change in the same transaction as they do: leases with fencing tokens, and the
//! wrapped data key of each request. It never interprets an event, but for the checkpoints that `verify` holds against
//! the streams.

mod append; // what is written, and why not
mod audit; // whether what stands there is what was written
mod chain; // the hash that makes tampering show
mod checkpoint; // the heads of what changed, as an event
mod codes; // what both databases write for the types of the record
mod postgres;
mod sqlite;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use wideawake_domain::{Pool, Position, Recorded, StreamId, StreamKind, Version};

pub use append::{Append, AppendError, Fence, KeyChange, NewEvent};
pub use audit::{AuditReport, Finding, Violation};
pub use chain::{GENESIS, link};
pub use checkpoint::{CHECKPOINT, CHECKPOINTS, checkpoint, checkpoint_streams, checkpoint_until};
pub use postgres::{Outbox, PostgresLedger};
pub use sqlite::SqliteLedger;

/// Why the ledger could not be read.
#[derive(Clone, Debug, thiserror::Error)]
pub enum LedgerError {
    /// It is not there, or does not answer.
    #[error("the ledger is unavailable: {0}")]
    Unavailable(String),
    /// Something in it is not what was written.
    #[error("the ledger is damaged: {0}")]
    Damaged(String),
    /// It was made by a newer version of Wideawake.
    #[error("the ledger has schema {found}, this version knows up to {known}: use a newer wideawake")]
    TooNew {
        /// Its schema.
        found: u32,
        /// The newest schema that this version knows.
        known: u32,
    },
}

/// A place in the whole log. Its text form is opaque to everyone but the ledger that gave it.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cursor(pub String);

/// The answer to [`Ledger::lease`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lease {
    /// It is yours until the time to live runs out; renew it before.
    Held {
        /// Fences appends. It grows with each change of holder, and stays the same when the holder renews.
        token: u64,
    },
    /// Somebody else has it.
    HeldBy {
        /// Who.
        holder: Arc<str>,
        /// How long it still lasts if they do not renew it.
        expires_in: Duration,
    },
}

/// The wrapped data key of a stream that is due to be destroyed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueKey {
    /// Whose key.
    pub stream: StreamId,
    /// Since when it is due.
    pub destroy_at: DateTime<Utc>,
}

/// A data key that was wrapped anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewKey {
    /// Whose key.
    pub stream: StreamId,
    /// How it was wrapped.
    pub old: Vec<u8>,
    /// How it is.
    pub new: Vec<u8>,
}

/// The append-only event log.
#[async_trait]
pub trait Ledger: Send + Sync + 'static {
    /// Writes all of `append` in one transaction and returns the events as they stand, after the commit that holds them.
    async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError>;

    /// The events of `stream` after version `after`, in order, at most `limit`.
    async fn read(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<Recorded>, LedgerError>;

    /// The newest event of `stream`, however many there are before it.
    async fn newest(&self, stream: StreamId) -> Result<Option<Recorded>, LedgerError>;

    /// All events of the streams of `kind` that concern `pool` (see [`Pool::concerns`]) and have not ended, or ended
    /// after `ended_since`, in order of position; with the cursor behind which [`Ledger::tail`] has everything that is
    /// not among them (it may repeat some that are).
    async fn open(
        &self,
        pool: &Pool,
        kind: StreamKind,
        ended_since: DateTime<Utc>,
    ) -> Result<(Vec<Recorded>, Cursor), LedgerError>;

    /// Up to `limit` events of all streams behind `after` (`None`: from the beginning), and the cursor to go on from. An
    /// unknown cursor text is [`LedgerError::Damaged`].
    ///
    /// The events come in one order that never changes: from any cursor that was ever given out, the same events follow
    /// in the same order. Events of one stream come in order of version. Whoever has one event has every event that can
    /// ever come before it: none that commits late is skipped. In SQLite it is the order of positions; in PostgreSQL
    /// positions of different streams may come out of order, and an event may come a little after its append was
    /// acknowledged, while another transaction that began earlier is still open.
    async fn tail(&self, after: Option<&Cursor>, limit: usize) -> Result<(Vec<Recorded>, Cursor), LedgerError>;

    /// The cursor behind everything that [`Ledger::tail`] gives now.
    async fn end(&self) -> Result<Cursor, LedgerError>;

    /// Takes or renews the lease `name` for `holder`.
    async fn lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<Lease, LedgerError>;

    /// Gives the lease back, if `token` is still the newest.
    async fn give_back(&self, name: &str, token: u64) -> Result<(), LedgerError>;

    /// The wrapped data key of a stream; `None` when it never had one or it was destroyed.
    async fn key(&self, stream: StreamId) -> Result<Option<Vec<u8>>, LedgerError>;

    /// Streams whose key is due to be destroyed at `now`, the longest due first.
    async fn keys_due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<DueKey>, LedgerError>;

    /// The wrapped keys one page at a time, in order of id, behind `after`: to wrap them anew under a new master key.
    async fn keys(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Vec<u8>)>, LedgerError>;

    /// Puts each new wrapped key in the place of the old one, where that still stands, all in one transaction; says how
    /// many it was. What was replaced is destroyed: [`Ledger::forget`] says when it is gone from the files.
    async fn replace_keys(&self, keys: Vec<NewKey>) -> Result<usize, LedgerError>;

    /// Waits a while until every key that was destroyed or replaced before is gone from the files of the ledger; `false`
    /// when somebody reads them for longer: then it is done as soon as they have.
    async fn forget(&self) -> Result<bool, LedgerError>;

    /// Every stream there is, one page at a time, in order of id: for `audit` and `export`.
    async fn streams(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<StreamHead>, LedgerError>;

    /// The heads that the next `limit` events behind `after` left (`None`: from the beginning), each stream once, in
    /// order of id, and the cursor to go on from, which is `after` when nothing happened. Checkpoint streams are left
    /// out, so that a checkpoint is no reason for the next one.
    async fn heads_changed(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Vec<StreamHead>, Cursor), LedgerError>;

    /// Whether each append also notes, in the same transaction, that the bus is yet to be told of it.
    fn has_outbox(&self) -> bool {
        false
    }

    /// Claims up to `limit` events that have been waiting in the outbox for `age`, the longest waiting first: nobody else
    /// is given them for another `age`. None where there is no outbox.
    async fn untold(&self, _age: Duration, _limit: usize) -> Result<Vec<Recorded>, LedgerError> {
        Ok(Vec::new())
    }

    /// Takes events out of the outbox, since the bus has taken them over. Harmless to repeat.
    async fn told(&self, _positions: &[Position]) -> Result<(), LedgerError> {
        Ok(())
    }

    /// Whether it answers.
    async fn ping(&self) -> Result<(), LedgerError>;
}

/// The newest state of a stream as the ledger keeps it, beside the events themselves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamHead {
    /// Which stream.
    pub stream: StreamId,
    /// Whom it concerns.
    pub pool: Pool,
    /// The version of its newest event.
    pub version: Version,
    /// The hash of its newest event.
    pub hash: [u8; 32],
    /// When it ended or will have.
    pub ended_at: Option<DateTime<Utc>>,
}
