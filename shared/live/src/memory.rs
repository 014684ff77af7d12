//! The live state within one process.

mod queue; // the queue of one pool
#[cfg(test)]
mod tests;

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::broadcast;
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, RequestId, StaffId, StreamId, Version};

use crate::hearing::{DEPTH, Listener, Watched};
use crate::rates::Rates;
use crate::{Ageing, Live, LiveError, Place, Signals, Watch, lock};
use queue::Queue;

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
    watched: Arc<Watched>,
    /// Of each pool whose queue was filled or has somebody in it.
    queues: Mutex<HashMap<Pool, Queue>>,
    rates: Rates,
}

impl Default for MemoryLive {
    fn default() -> Self {
        let watched = Arc::new(Watched::default());
        watched.open();
        Self {
            inner: Arc::new(Inner {
                staff: Mutex::default(),
                members: Mutex::default(),
                signals: broadcast::channel(DEPTH).0,
                watched,
                queues: Mutex::default(),
                rates: Rates::default(),
            }),
        }
    }
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
        Ok(Box::new(Listener(self.inner.signals.subscribe(), ())))
    }

    async fn grown(&self, stream: StreamId, version: Version) -> Result<(), LiveError> {
        self.inner.watched.tell(stream, version);
        Ok(())
    }

    async fn typing(&self, stream: StreamId) -> Result<(), LiveError> {
        self.inner.watched.tell_typing(stream);
        Ok(())
    }

    async fn watch(&self, stream: StreamId) -> Result<Box<dyn Watch>, LiveError> {
        let watcher = self.inner.watched.watch(stream, ()).ok_or_else(|| LiveError("it was closed".to_owned()))?;
        Ok(Box::new(watcher))
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
        Ok(self.inner.rates.allow(key, most, within, now))
    }

    async fn ping(&self) -> Result<(), LiveError> {
        Ok(())
    }
}
