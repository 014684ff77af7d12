//! What may be forgotten: presence, the order of the queue, hints that a stream has grown, rates. In one process or, for
//! several, on Redis, behind one trait.
//!
//! Nothing in it is the truth: every operation can be repeated, wiping it all costs at most one heartbeat, and an error
//! means that the outcome is unknown.

mod hearing; // who waits for hints and signals in this process
mod memory;
mod rates; // windows of use in this process
mod redis;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::{Mutex, MutexGuard, PoisonError};
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, Priority, RequestId, StaffId, StreamId, Version};

pub use self::redis::{OpenError, Pace, RedisLive, RedisUrl};
pub use memory::MemoryLive;
pub use rates::Rates;

/// The live state could not be reached; what was asked may or may not have been done.
#[derive(Clone, Debug, thiserror::Error)]
#[error("the live state is unavailable: {0}")]
pub struct LiveError(pub String);

/// A waiting request as the queue orders it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// Which.
    pub request: RequestId,
    /// How urgent.
    pub priority: Priority,
    /// Its place in time.
    pub opened_at: DateTime<Utc>,
}

/// Where requests that waited longer than this are served as one tier higher, by priority.
pub type Ageing = [Option<chrono::TimeDelta>; 4];

/// What may be forgotten.
#[async_trait]
pub trait Live: Send + Sync + 'static {
    /// A staff member's client proved itself alive; tells the dispatchers of all pools. Beats may come out of order: the
    /// newest counts.
    async fn staff_seen(&self, staff: StaffId, at: DateTime<Utc>) -> Result<(), LiveError>;

    /// When each staff member was last seen, if that is later than `since`; in order of id.
    async fn staff_since(&self, since: DateTime<Utc>) -> Result<Vec<(StaffId, DateTime<Utc>)>, LiveError>;

    /// A member's client proved itself alive. Beats may come out of order: the newest counts.
    async fn member_seen(&self, request: RequestId, at: DateTime<Utc>) -> Result<(), LiveError>;

    /// When each member was last seen, if that is later than `since`; in order of id.
    async fn members_since(&self, since: DateTime<Utc>) -> Result<Vec<(RequestId, DateTime<Utc>)>, LiveError>;

    /// Who is seen from now on. It may lose some when its reader is slow.
    async fn signals(&self) -> Result<Box<dyn Signals>, LiveError>;

    /// Tells whoever watches `stream` that it is at `version` now. Hints may come out of order.
    async fn grown(&self, stream: StreamId, version: Version) -> Result<(), LiveError>;

    /// Tells whoever watches `stream` that somebody is writing at this moment. Nothing keeps it: whoever is not there to
    /// hear it never does.
    async fn typing(&self, stream: StreamId) -> Result<(), LiveError>;

    /// Watches a stream grow from now on: watch first, then read it.
    async fn watch(&self, stream: StreamId) -> Result<Box<dyn Watch>, LiveError>;

    /// Puts a waiting request in the queue of `pool`, or moves it.
    async fn queue(&self, pool: &Pool, place: Place) -> Result<(), LiveError>;

    /// Puts these in the place of the whole queue of `pool`, and notes that it is whole. What others change at the same
    /// moment may be lost.
    async fn refill(&self, pool: &Pool, places: &[Place]) -> Result<(), LiveError>;

    /// Whether the queue of `pool` was ever filled, and not wiped since.
    async fn is_filled(&self, pool: &Pool) -> Result<bool, LiveError>;

    /// Takes a request out of the queue of `pool`.
    async fn unqueue(&self, pool: &Pool, request: RequestId) -> Result<(), LiveError>;

    /// How many requests are served before this one: 0 for the next. `None` when it is not in the queue.
    async fn ahead(
        &self,
        pool: &Pool,
        request: RequestId,
        ageing: &Ageing,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, LiveError>;

    /// Counts one more use of `key` and says whether it is among the first `most` of its window, which begins with a use
    /// and lasts for `within` by the time of those who ask. However often somebody is refused, the window ends. With one use
    /// in each window it is a token that is good once.
    async fn allow(
        &self,
        key: &str,
        most: u32,
        within: std::time::Duration,
        now: DateTime<Utc>,
    ) -> Result<bool, LiveError>;

    /// Whether it answers.
    async fn ping(&self) -> Result<(), LiveError>;
}

/// Who is seen.
#[async_trait]
pub trait Signals: Send {
    /// The next one. Cancelling loses nothing. After an error it is over.
    async fn next(&mut self) -> Result<Signal, LiveError>;
}

/// What is heard of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// It has grown, to this version at least.
    Grown(Version),
    /// Somebody is writing.
    Typing,
}

/// Hints about a stream.
#[async_trait]
pub trait Watch: Send {
    /// Waits until the stream has grown beyond what was last returned, or until somebody writes. Of several hints that came
    /// meanwhile, the highest version and then once that somebody writes; what has grown settles what was being written
    /// before. Cancelling loses nothing. After an error it is over.
    async fn next(&mut self) -> Result<Hint, LiveError>;

    /// Waits until the stream has grown beyond what was last returned, and says to which version at least.
    async fn grown(&mut self) -> Result<Version, LiveError> {
        loop {
            if let Hint::Grown(version) = self.next().await? {
                return Ok(version);
            }
        }
    }
}

/// What is behind the locks here is sound after any panic: each change is a single call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
