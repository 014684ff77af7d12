//! How fast each pool has served its members lately, learned from the bus, to say how long others may have to wait.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wideawake_domain::request::RequestEvent;
use wideawake_domain::wait::{self, Wait};
use wideawake_domain::{Event, Pool, Recorded, StreamKind};
use wideawake_runtime::record::BusError;
use wideawake_runtime::{RecordError, clock};

use crate::state::Door;

/// How many starts of a pool are kept.
const KEPT: usize = 500;

/// How long to wait before the bus is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the record is left alone after a start, so that nobody who rebuilds has to wait for an estimate.
const LATER: Duration = Duration::from_secs(3);

/// When conversations began, and of which requests: so a repeat is no second one.
type Starts = BTreeSet<(DateTime<Utc>, Uuid)>;

/// When conversations began lately, by pool.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    pools: Mutex<BTreeMap<Pool, Starts>>,
    follows: AtomicBool,
    knows: AtomicBool,
}

impl Pace {
    /// Whether it hears of what happens.
    pub(crate) fn follows(&self) -> bool {
        self.follows.load(Ordering::Relaxed)
    }

    /// How long a request may wait that has `ahead` others before it.
    pub(crate) fn estimate(&self, pool: &Pool, ahead: usize, now: DateTime<Utc>) -> Option<Wait> {
        if !self.follows() || !self.knows.load(Ordering::Relaxed) {
            return None;
        }
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        wait::estimate(ahead, pools.get(pool)?.iter().map(|(at, _)| *at), now)
    }

    /// Takes facts into account; harmless to repeat.
    pub(crate) fn note(&self, facts: &[Recorded]) {
        for fact in facts.iter().filter(|fact| starts(fact)) {
            let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
            let recent = pools.entry(fact.pool.clone()).or_default();
            recent.insert((fact.at, fact.stream.id));
            while recent.len() > KEPT || recent.first().is_some_and(|(first, _)| fact.at - *first > wait::WINDOW) {
                recent.pop_first();
            }
        }
    }
}

/// Whether a member who waited has somebody now.
fn starts(fact: &Recorded) -> bool {
    fact.stream.kind == StreamKind::Request
        && match &*fact.kind {
            "accepted" => true,
            "assigned" => {
                matches!(fact.event(), Ok(Event::Request(RequestEvent::Assigned(assigned))) if assigned.from.is_none())
            }
            _ => false,
        }
}

/// Follows the bus until `stop`.
pub(crate) async fn follow(door: Arc<Door>, stop: CancellationToken) {
    let follow = async {
        loop {
            if let Err(error) = listen(&door).await {
                tracing::debug!(%error, "the bus cannot be followed; waiting times are not estimated");
            }
            door.pace.follows.store(false, Ordering::Relaxed);
            door.pace.knows.store(false, Ordering::Relaxed);
            tokio::time::sleep(PAUSE).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => {}
        () = follow => {}
    }
}

#[derive(Debug, thiserror::Error)]
enum Interrupted {
    #[error(transparent)]
    Bus(#[from] BusError),
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// Follows the bus until it breaks, and catches up with what the record knows of the time before.
async fn listen(door: &Door) -> Result<(), Interrupted> {
    let mut bus = door.record.bus().subscribe("intake", None).await?;
    door.pace.follows.store(true, Ordering::Relaxed);
    let mut before = std::pin::pin!(before(door));
    loop {
        let knows = door.pace.knows.load(Ordering::Relaxed);
        tokio::select! {
            facts = bus.next() => match facts {
                Ok(facts) => door.pace.note(&facts),
                // What was dropped makes the estimate a little too long for an hour, which is the safer side.
                Err(BusError::Lagged(_)) => {}
                Err(error) => return Err(error.into()),
            },
            caught_up = &mut before, if !knows => {
                caught_up?;
                door.pace.knows.store(true, Ordering::Relaxed);
            }
        }
    }
}

/// Takes into account what happened before the bus was followed.
async fn before(door: &Door) -> Result<(), RecordError> {
    tokio::time::sleep(LATER).await;
    let since = clock::now() - wait::WINDOW;
    for pool in &door.record.settings().pools {
        let (facts, _) = door.record.ledger().open(pool, StreamKind::Request, since).await?;
        door.pace.note(&facts);
    }
    Ok(())
}

#[cfg(test)]
impl Pace {
    /// As if these members had been served.
    pub(crate) fn served(&self, pool: &Pool, at: impl IntoIterator<Item = DateTime<Utc>>) {
        self.follows.store(true, Ordering::Relaxed);
        self.knows.store(true, Ordering::Relaxed);
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let recent = pools.entry(pool.clone()).or_default();
        recent.extend(at.into_iter().map(|at| (at, clock::new_id())));
    }
}
