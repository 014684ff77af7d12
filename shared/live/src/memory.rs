//! The live state within one process.

mod queue; // the queue of one pool
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{broadcast, watch};
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, RequestId, StaffId, StreamId, Version};

use crate::{Ageing, Live, LiveError, Place, Signals, Watch};
use queue::Queue;

/// How many signals a reader may be behind; what it misses is said again with the next heartbeat.
const DEPTH: usize = 16_384;

/// How many rates are kept; beyond that the oldest windows are forgotten, which lets somebody through, never out.
const RATES: usize = 100_000;

/// Live state for the services of one process.
#[derive(Clone, Debug)]
pub struct MemoryLive {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    staff: Mutex<BTreeMap<StaffId, DateTime<Utc>>>,
    members: Mutex<BTreeMap<RequestId, DateTime<Utc>>>,
    signals: broadcast::Sender<Signal>,
    /// As long as somebody watches.
    watched: Mutex<HashMap<StreamId, watch::Sender<Version>>>,
    /// Of each pool whose queue was filled or has somebody in it.
    queues: Mutex<HashMap<Pool, Queue>>,
    rates: Mutex<HashMap<String, (DateTime<Utc>, u32)>>,
}

impl Default for MemoryLive {
    fn default() -> Self {
        Self {
            inner: Arc::new(Inner {
                staff: Mutex::default(),
                members: Mutex::default(),
                signals: broadcast::channel(DEPTH).0,
                watched: Mutex::default(),
                queues: Mutex::default(),
                rates: Mutex::default(),
            }),
        }
    }
}

/// What is behind these locks is sound after any panic: each change is a single call.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Beats may come out of order: the newest counts. Forgets who was not seen for an hour: that is longer than any grace.
fn see<T: Ord>(seen: &mut BTreeMap<T, DateTime<Utc>>, who: T, now: DateTime<Utc>) {
    seen.entry(who).and_modify(|at| *at = now.max(*at)).or_insert(now);
    if seen.len().is_multiple_of(4096) {
        seen.retain(|_, at| now - *at < TimeDelta::hours(1));
    }
}

#[async_trait]
impl Live for MemoryLive {
    async fn staff_seen(&self, staff: StaffId, at: DateTime<Utc>) -> Result<(), LiveError> {
        see(&mut lock(&self.inner.staff), staff, at);
        let _ = self.inner.signals.send(Signal::StaffSeen { staff, at });
        Ok(())
    }

    async fn staff_since(&self, since: DateTime<Utc>) -> Result<Vec<(StaffId, DateTime<Utc>)>, LiveError> {
        Ok(lock(&self.inner.staff).iter().filter(|(_, at)| **at > since).map(|(id, at)| (*id, *at)).collect())
    }

    async fn member_seen(&self, request: RequestId, at: DateTime<Utc>) -> Result<(), LiveError> {
        see(&mut lock(&self.inner.members), request, at);
        let _ = self.inner.signals.send(Signal::MemberSeen { request, at });
        Ok(())
    }

    async fn members_since(&self, since: DateTime<Utc>) -> Result<Vec<(RequestId, DateTime<Utc>)>, LiveError> {
        Ok(lock(&self.inner.members).iter().filter(|(_, at)| **at > since).map(|(id, at)| (*id, *at)).collect())
    }

    async fn signals(&self) -> Result<Box<dyn Signals>, LiveError> {
        Ok(Box::new(Listener(self.inner.signals.subscribe())))
    }

    async fn grown(&self, stream: StreamId, version: Version) -> Result<(), LiveError> {
        if let Some(sender) = lock(&self.inner.watched).get(&stream) {
            sender.send_if_modified(|known| {
                let grows = version > *known;
                *known = version.max(*known);
                grows
            });
        }
        Ok(())
    }

    async fn watch(&self, stream: StreamId) -> Result<Box<dyn Watch>, LiveError> {
        let mut watched = lock(&self.inner.watched);
        let receiver = watched.entry(stream).or_insert_with(|| watch::channel(Version::NONE).0).subscribe();
        Ok(Box::new(Watcher { receiver, stream, live: self.inner.clone() }))
    }

    async fn queue(&self, pool: &Pool, place: Place) -> Result<(), LiveError> {
        let mut queues = lock(&self.inner.queues);
        queues.entry(pool.clone()).or_default().put(place);
        Ok(())
    }

    async fn refill(&self, pool: &Pool, places: &[Place]) -> Result<(), LiveError> {
        let mut queue = Queue::default();
        queue.filled = true;
        for place in places {
            queue.put(*place);
        }
        lock(&self.inner.queues).insert(pool.clone(), queue);
        Ok(())
    }

    async fn is_filled(&self, pool: &Pool) -> Result<bool, LiveError> {
        Ok(lock(&self.inner.queues).get(pool).is_some_and(|queue| queue.filled))
    }

    async fn unqueue(&self, pool: &Pool, request: RequestId) -> Result<(), LiveError> {
        let mut queues = lock(&self.inner.queues);
        if let Some(queue) = queues.get_mut(pool) {
            queue.remove(request);
            if queue.is_empty() && !queue.filled {
                queues.remove(pool);
            }
        }
        Ok(())
    }

    async fn ahead(
        &self,
        pool: &Pool,
        request: RequestId,
        ageing: &Ageing,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, LiveError> {
        Ok(lock(&self.inner.queues).get(pool).and_then(|queue| queue.ahead(request, ageing, now)))
    }

    async fn allow(&self, key: &str, most: u32, within: Duration, now: DateTime<Utc>) -> Result<bool, LiveError> {
        let within = TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX);
        let mut rates = lock(&self.inner.rates);
        if rates.len() >= RATES && !rates.contains_key(key) {
            rates.retain(|_, (start, _)| now - *start < within);
            if rates.len() >= RATES {
                rates.clear();
            }
        }
        let (start, count) = rates.entry(key.to_owned()).or_insert((now, 0));
        if now - *start >= within {
            (*start, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        Ok(*count <= most)
    }

    async fn ping(&self) -> Result<(), LiveError> {
        Ok(())
    }
}

struct Listener(broadcast::Receiver<Signal>);

#[async_trait]
impl Signals for Listener {
    async fn next(&mut self) -> Result<Signal, LiveError> {
        loop {
            match self.0.recv().await {
                Ok(signal) => return Ok(signal),
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return Err(LiveError("it was closed".to_owned())),
            }
        }
    }
}

struct Watcher {
    receiver: watch::Receiver<Version>,
    stream: StreamId,
    live: Arc<Inner>,
}

#[async_trait]
impl Watch for Watcher {
    async fn grown(&mut self) -> Result<Version, LiveError> {
        self.receiver.changed().await.map_err(|_| LiveError("it was closed".to_owned()))?;
        Ok(*self.receiver.borrow_and_update())
    }
}

impl Drop for Watcher {
    fn drop(&mut self) {
        let mut watched = lock(&self.live.watched);
        // This one is still counted.
        if watched.get(&self.stream).is_some_and(|sender| sender.receiver_count() <= 1) {
            watched.remove(&self.stream);
        }
    }
}
