//! Events between services: what was just recorded, told to whoever follows it. In-process here; RabbitMQ comes behind
//! the same trait.
//!
//! The bus makes things fast, and nothing depends on it: it may lose, repeat and reorder, and a follower that reads the
//! ledger's tail as well misses nothing.

mod memory;

use async_trait::async_trait;
use wideawake_domain::{Pool, Recorded};

pub use memory::MemoryBus;

/// Why nothing comes from the bus, or nothing could be given to it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum BusError {
    /// It is not there, or does not answer.
    #[error("the bus is unavailable: {0}")]
    Unavailable(String),
    /// So many deliveries came that some were dropped; read them from the ledger.
    #[error("{0} deliveries were dropped, since this follower was too slow")]
    Lagged(u64),
}

/// Where events are told.
#[async_trait]
pub trait Bus: Send + Sync + 'static {
    /// Tells every follower of these events, at least once. Returns when the bus has taken them over.
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError>;

    /// Follows the events that concern `pool` (see [`Pool::concerns`]), all of them for `None`, from now on. Each name
    /// hears of everything; subscriptions of one name may share that among them, so that of several instances under one
    /// name only the one that leads should follow, and who has to hear everything takes a name of its own.
    async fn subscribe(&self, name: &str, pool: Option<&Pool>) -> Result<Box<dyn Subscription>, BusError>;
}

/// What a follower hears.
#[async_trait]
pub trait Subscription: Send {
    /// The next events, at least one. What was returned before counts as done. Cancelling loses nothing. After
    /// [`BusError::Lagged`] the subscription goes on; after any other error it is over.
    async fn next(&mut self) -> Result<Vec<Recorded>, BusError>;
}
