//! What is written to the ledger, and why it may not be.

use chrono::{DateTime, Utc};
use std::sync::Arc;
use wideawake_domain::{Actor, Pool, StreamId, Version};

/// What to write, all of it or nothing, in one transaction.
#[derive(Clone, Debug)]
pub struct Append {
    /// The history to go on.
    pub stream: StreamId,
    /// Whom the events concern.
    pub pool: Pool,
    /// The version the writer saw; the append fails as [`AppendError::Conflict`] if it is no longer the newest.
    pub expected: Version,
    /// When; cut to whole microseconds.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Actor,
    /// The W3C `traceparent`; empty when there is none.
    pub trace: Arc<str>,
    /// Type and JSON of each event; at least one.
    pub events: Vec<NewEvent>,
    /// The lease that must still be the newest, if the writer holds one.
    pub fence: Option<Fence>,
    /// When the stream has ended or will have; `None` leaves it as it was.
    pub ends_at: Option<DateTime<Utc>>,
    /// What happens to the stream's wrapped data key.
    pub key: KeyChange,
}

/// An event that has no version yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// What happened, such as `offered`.
    pub kind: Arc<str>,
    /// The particulars as JSON; stored and hashed as these very bytes.
    pub data: Arc<str>,
}

/// A lease and the token under which its holder writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The name of the lease.
    pub lease: Arc<str>,
    /// The token that [`crate::Ledger::lease`] gave.
    pub token: u64,
}

/// What an append does with the wrapped data key of its stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum KeyChange {
    /// Nothing.
    #[default]
    Keep,
    /// Stores it.
    Create(Vec<u8>),
    /// Notes when it must be destroyed.
    DestroyAt(DateTime<Utc>),
    /// Destroys it, also in free pages and the write-ahead log.
    Destroy,
}

/// Why nothing was appended, or why that is not known.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppendError {
    /// Somebody else was first; read the stream again.
    #[error("the stream is at version {actual} already")]
    Conflict {
        /// The newest version.
        actual: Version,
    },
    /// The lease token is no longer the newest: this writer no longer leads.
    #[error("the lease was taken over by another holder")]
    Fenced,
    /// The ledger's queue is full; nothing was written. Try again a little later.
    #[error("the ledger has more to write than it may hold")]
    Busy,
    /// It may or may not have been written: read the stream again.
    #[error("the ledger did not answer; whether it wrote is unknown: {0}")]
    Unknown(String),
}
