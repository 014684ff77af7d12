//! The bus within one process.

use async_trait::async_trait;
use std::sync::Arc;
use tokio::sync::broadcast::{self, error::RecvError};
use wideawake_domain::{Pool, Recorded};

use crate::{Bus, BusError, Subscription};

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

    async fn subscribe(&self, _name: &str, pool: Option<&Pool>) -> Result<Box<dyn Subscription>, BusError> {
        Ok(Box::new(Follower { receiver: self.sender.subscribe(), pool: pool.cloned() }))
    }
}

struct Follower {
    receiver: broadcast::Receiver<Arc<[Recorded]>>,
    pool: Option<Pool>,
}

#[async_trait]
impl Subscription for Follower {
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
