//! Events between services: what was just recorded, told to whoever follows it. In-process here; RabbitMQ behind the
//! same trait.
//!
//! The bus makes things fast, and nothing depends on it: it may lose, repeat and reorder, and a follower that reads the
//! ledger's tail as well misses nothing.

mod memory;
mod rabbit;

use async_trait::async_trait;
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, Recorded};

pub use memory::MemoryBus;
pub use rabbit::{
    Counts, DeadLetter, Leader, NotABroker, NotAnEnvelope, RabbitBus, decode, encode, message_id, routing_key,
};

/// Why nothing comes from the bus, or nothing could be given to it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BusError {
    /// It is not there, or does not answer.
    #[error("the bus is unavailable: {0}")]
    Unavailable(String),
    /// So many deliveries came that some were dropped; read them from the ledger.
    #[error("{0} deliveries were dropped, since this follower was too slow")]
    Lagged(u64),
    /// Nobody can ever get these of the events, by their places in what was given, as the bus is set up; it has taken
    /// over all others. To give it the same ones again is of no use before somebody has changed that.
    #[error("the bus has nowhere to put {} of these events", .0.len())]
    Undeliverable(Vec<usize>),
}

/// Where events are told.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Tells every follower of these events, at least once. Returns when the bus has taken them over.
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError>;

    /// Follows events from now on at the latest.
    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError>;

    /// Passes it on that somebody proved themself alive, for those that the live state does not reach. It may be lost, and
    /// nobody waits for anything: where one process is all there is, it does nothing.
    async fn seen(&self, signal: Signal) -> Result<(), BusError>;

    /// Who is seen from now on, as other processes pass it on. It may lose some when its reader is slow.
    async fn sightings(&self) -> Result<Box<dyn Sightings>, BusError>;

    /// Whether it answers.
    async fn ping(&self) -> Result<(), BusError>;
}

/// Who follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Follower<'a> {
    /// The instance that leads under this name, such as `router.main`, for what concerns the pool (see
    /// [`Pool::concerns`]). What comes is kept for the next while none follows, up to a bound; two that follow under one
    /// name share what comes, so that whoever stands by must not.
    Leader {
        /// The name of the lease.
        name: &'a str,
        /// Whose events.
        pool: &'a Pool,
    },
    /// One instance of a door, which hears of everything while it follows and leaves nothing behind.
    Door,
}

/// Who is seen.
#[async_trait]
pub trait Sightings: Send {
    /// The next one. Cancelling loses nothing. After an error it is over.
    async fn next(&mut self) -> Result<Signal, BusError>;
}

/// What a follower hears.
#[async_trait]
pub trait Subscription: Send {
    /// The next events, at least one. What was returned before counts as done. Cancelling loses nothing. After
    /// [`BusError::Lagged`] the subscription goes on; after any other error it is over.
    async fn next(&mut self) -> Result<Vec<Recorded>, BusError>;
}
