//! What followers hear.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt;
use lapin::message::Delivery;
use lapin::options::BasicConsumeOptions;
use lapin::types::FieldTable;
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{self, Receiver};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use wideawake_domain::{Pool, Recorded};

use super::envelope::decode;
use super::inbox::Inbox;
use super::link::{Link, Wire};
use super::topology::Declaring;
use super::{Tally, unavailable};
use crate::{BusError, Subscription};

/// How long the broker may take to begin with a subscription.
const OPENING: Duration = Duration::from_secs(5);

/// How many events a leader may have been given that are not done.
const PREFETCH: u16 = 1_000;

/// How many events a door may be behind before it has to read the ledger.
const DEPTH: usize = 16_384;

/// How many events a door is given at once.
const AT_ONCE: usize = 256;

/// Begins something on the connection, if it is up. A broker that is slow with this one is not given up for that:
/// others may be served, and whether it is there at all its heartbeats say.
pub(super) async fn begin<T, F: Future<Output = Result<T, lapin::Error>>>(
    link: &Link,
    open: impl FnOnce(Arc<Wire>) -> F,
) -> Result<T, BusError> {
    let wire = link.up().await?;
    let opened = timeout(OPENING, open(wire)).await;
    opened.map_err(|_| unavailable("the broker does not answer"))?.map_err(unavailable)
}

/// The event in a delivery; where there is none that is said, and counted.
fn read(delivery: &Delivery, tally: &Tally) -> Option<Recorded> {
    match decode(&delivery.data) {
        Ok(event) => Some(event),
        Err(error) => {
            Tally::add(&tally.poison, 1);
            let (key, size) = (delivery.routing_key.as_str(), delivery.data.len());
            tracing::warn!(%error, key, size, "a message on the bus is no event");
            None
        }
    }
}

pub(super) async fn leader(
    link: &Link,
    name: &str,
    pool: &Pool,
    tally: Arc<Tally>,
) -> Result<Box<dyn Subscription>, BusError> {
    let inbox = begin(link, |wire| async move {
        let mut declaring = Declaring::on(&wire.connection).await?;
        declaring.everything(&[]).await?;
        let queue = declaring.leader(name, pool).await?;
        Inbox::open(&wire.connection, &queue, PREFETCH).await
    });
    Ok(Box::new(Leading { inbox: inbox.await?, pool: pool.clone(), tally }))
}

/// What comes is acknowledged when it is done, and delivered to another when it is not.
struct Leading {
    inbox: Inbox,
    pool: Pool,
    tally: Arc<Tally>,
}

#[async_trait]
impl Subscription for Leading {
    async fn next(&mut self) -> Result<Vec<Recorded>, BusError> {
        loop {
            let heard = self.inbox.next(|delivery| read(delivery, &self.tally)).await?;
            // A binding from before, or by somebody else, may bring others.
            let mine: Vec<_> = heard.into_iter().filter(|event| event.pool.concerns(&self.pool)).collect();
            if !mine.is_empty() {
                return Ok(mine);
            }
        }
    }
}

pub(super) async fn door(link: &Link, tally: Arc<Tally>) -> Result<Box<dyn Subscription>, BusError> {
    let (give, events) = mpsc::channel(DEPTH);
    let dropped = Arc::new(AtomicU64::new(0));
    let counting = dropped.clone();
    let taking = begin(link, |wire| async move {
        let queue = Declaring::on(&wire.connection).await?.door().await?;
        let channel = wire.connection.create_channel().await?;
        // The broker would drop the oldest in silence. Here it is counted.
        let options = BasicConsumeOptions { no_ack: true, ..BasicConsumeOptions::default() };
        let mut consumer = channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
        Ok(tokio::spawn(async move {
            // The channel lives as long as its consumer is listened to.
            let _channel = channel;
            while let Some(Ok(delivery)) = consumer.next().await {
                let Some(event) = read(&delivery, &tally) else { continue };
                match give.try_send(event) {
                    Ok(()) => {}
                    Err(TrySendError::Full(_)) => {
                        counting.fetch_add(1, Ordering::Relaxed);
                        Tally::add(&tally.lagged, 1);
                    }
                    Err(TrySendError::Closed(_)) => break,
                }
            }
        }))
    });
    Ok(Box::new(Listening { events, dropped, taking: taking.await? }))
}

/// What comes is taken at once, by a task, into a bounded space.
struct Listening {
    events: Receiver<Recorded>,
    dropped: Arc<AtomicU64>,
    taking: JoinHandle<()>,
}

impl Drop for Listening {
    fn drop(&mut self) {
        self.taking.abort();
    }
}

#[async_trait]
impl Subscription for Listening {
    async fn next(&mut self) -> Result<Vec<Recorded>, BusError> {
        match self.dropped.swap(0, Ordering::Relaxed) {
            0 => {}
            dropped => return Err(BusError::Lagged(dropped)),
        }
        let mut heard = Vec::new();
        match self.events.recv_many(&mut heard, AT_ONCE).await {
            0 => Err(unavailable("the connection was lost")),
            _ => Ok(heard),
        }
    }
}
