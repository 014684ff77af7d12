//! How fast each pool has served its members lately, learned from the bus, to say how long others may have to wait.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;
use wideawake_domain::request::SupportRequest;
use wideawake_domain::settings::Settings;
use wideawake_domain::wait::{self, Wait};
use wideawake_domain::{Pool, Recorded, StreamKind};
use wideawake_runtime::record::{BusError, Follower};
use wideawake_runtime::{RecordError, clock};

use crate::state::Door;

/// How long to wait before the bus is asked again.
const PAUSE: Duration = Duration::from_secs(1);

/// How long the record is left alone after a start, so that nobody who rebuilds has to wait for an estimate.
const LATER: Duration = Duration::from_secs(3);

/// What each pool has been like lately.
#[derive(Debug, Default)]
pub(crate) struct Pace {
    pools: Mutex<BTreeMap<Pool, wait::Pace>>,
    follows: AtomicBool,
    knows: AtomicBool,
}

impl Pace {
    /// Whether it hears of what happens.
    pub(crate) fn follows(&self) -> bool {
        self.follows.load(Ordering::Relaxed)
    }

    /// How long `request` may wait, which has `ahead` others before it.
    pub(crate) fn estimate(
        &self,
        request: &SupportRequest,
        ahead: usize,
        settings: &Settings,
        now: DateTime<Utc>,
    ) -> Option<Wait> {
        if !self.follows() || !self.knows.load(Ordering::Relaxed) {
            return None;
        }
        let pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        pools.get(&request.pool)?.estimate(request, ahead, settings, now)
    }

    /// Takes facts into account; harmless to repeat.
    pub(crate) fn note(&self, facts: &[Recorded], settings: &Settings) {
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        for fact in facts.iter().filter(|fact| fact.stream.kind == StreamKind::Request) {
            pools.entry(fact.pool.clone()).or_default().note(fact, settings);
        }
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
    let mut bus = door.record.bus().subscribe(Follower::Door).await?;
    door.pace.follows.store(true, Ordering::Relaxed);
    let mut before = std::pin::pin!(before(door));
    loop {
        let knows = door.pace.knows.load(Ordering::Relaxed);
        tokio::select! {
            facts = bus.next() => match facts {
                Ok(facts) => door.pace.note(&facts, door.record.settings()),
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
        // In order of position: what each member found depends on who waited then.
        let (facts, _) = door.record.ledger().open(pool, StreamKind::Request, since).await?;
        door.pace.note(&facts, door.record.settings());
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
        let starts = at.into_iter().map(|at| (at, wideawake_domain::RequestId(clock::new_id())));
        pools.entry(pool.clone()).or_default().begun(starts);
    }
}
