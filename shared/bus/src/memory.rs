//! The bus within one process.

use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, Recorded};

use crate::{Bus, BusError, Follower, Sightings, Subscription};

/// How many appends a follower may be behind before it has to read the ledger.
const DEPTH: usize = 16_384;

/// A bus for the services of one process.
#[derive(Clone, Debug)]
pub struct MemoryBus {
    sender: broadcast::Sender<Arc<[Recorded]>>,
}

impl Default for MemoryBus {
    fn default() -> Self {
        Self { sender: broadcast::channel(DEPTH).0 }
    }
}

#[async_trait]
impl Bus for MemoryBus {
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        // Without followers there is nobody to tell, and nothing wrong.
        let _ = self.sender.send(events.into());
        Ok(())
    }

    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError> {
        let pool = match follower {
            Follower::Leader { pool, .. } => Some(pool.clone()),
            Follower::Door => None,
        };
        Ok(Box::new(Receiver { receiver: self.sender.subscribe(), pool }))
    }

    async fn seen(&self, _signal: Signal) -> Result<(), BusError> {
        Ok(())
    }

    async fn sightings(&self) -> Result<Box<dyn Sightings>, BusError> {
        Ok(Box::new(Nobody))
    }

    async fn ping(&self) -> Result<(), BusError> {
        Ok(())
    }
}

/// There is no other process that could have seen anybody.
struct Nobody;

#[async_trait]
impl Sightings for Nobody {
    async fn next(&mut self) -> Result<Signal, BusError> {
        std::future::pending().await
    }
}

struct Receiver {
    receiver: broadcast::Receiver<Arc<[Recorded]>>,
    pool: Option<Pool>,
}

#[async_trait]
impl Subscription for Receiver {
    async fn next(&mut self) -> Result<Vec<Recorded>, BusError> {
        loop {
            let events = match self.receiver.recv().await {
                Ok(events) => events,
                Err(RecvError::Lagged(n)) => return Err(BusError::Lagged(n)),
                Err(RecvError::Closed) => return Err(BusError::Unavailable("the bus was closed".to_owned())),
            };
            let concerns = |event: &&Recorded| self.pool.as_ref().is_none_or(|pool| event.pool.concerns(pool));
            let mine: Vec<Recorded> = events.iter().filter(concerns).cloned().collect();
            if !mine.is_empty() {
                return Ok(mine);
            }
        }
    }
}
