//! What reaches the loop, and what it wants done.

use chrono::{DateTime, Utc};
use std::sync::Arc;
use wideawake_domain::process::{Errand, ErrandOutcome, Intent, Signal};
use wideawake_domain::{Recorded, StreamId, StreamKind, Version};
use wideawake_ledger::{AppendError, Cursor, Fence, Lease, LedgerError};

/// What reaches the loop.
#[derive(Debug)]
pub enum Input {
    /// The answer to [`Effect::TakeLease`].
    Lease(Result<Lease, LedgerError>),
    /// The answer to [`Effect::Rebuild`]: facts in order of position, and what is known to be present.
    Rebuilt(Result<(Vec<Recorded>, Cursor), LedgerError>, Vec<Signal>),
    /// Facts from the bus.
    Delivered(Vec<Recorded>),
    /// The bus dropped some, or was not listened to for a while: the tail must be read now.
    BusLagged,
    /// The answer to [`Effect::Tail`].
    Tailed(Result<(Vec<Recorded>, Cursor), LedgerError>),
    /// The answer to [`Effect::Read`].
    Read(StreamId, Result<Vec<Recorded>, LedgerError>),
    /// The answer to [`Effect::Append`] for that stream.
    Appended(StreamId, Result<Vec<Recorded>, AppendError>),
    /// The answer to [`Effect::Run`].
    Ran(Errand, ErrandOutcome),
    /// Something that is true for now.
    Signal(Signal),
}

/// What the loop wants done; each is answered by one [`Input`].
#[derive(Debug)]
pub enum Effect {
    /// Take or renew the lease.
    TakeLease,
    /// Read the open streams of these kinds, those that ended after the moment given included.
    Rebuild(Vec<(StreamKind, DateTime<Utc>)>),
    /// Read the tail of the ledger.
    Tail(Cursor),
    /// Read a stream behind a version, to its end.
    Read(StreamId, Version),
    /// Append what the process wishes, under the trace given, if the lease is still ours.
    Append(Intent, Fence, Arc<str>),
    /// Do something in the world outside.
    Run(Errand),
}
