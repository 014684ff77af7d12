//! Keeping the queue of a pool whole. Each change puts itself in its place; this is for what got lost: a wipe, a restart of
//! the live state, a change that did not reach it.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tracing::{debug, warn};
use wideawake_domain::Pool;

use super::Record;

/// When the queue is looked after.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rounds {
    /// How often it is looked at.
    pub(super) look: Duration,
    /// How often it is filled although nothing seems to be missing: somebody who should be gone may still be in it.
    pub(super) fill: Duration,
    /// How long filling it may take.
    pub(super) most: Duration,
}

const ROUNDS: Rounds =
    Rounds { look: Duration::from_secs(2), fill: Duration::from_mins(10), most: Duration::from_mins(1) };

/// Looks after the queue of `pool` until `stop`, while this instance `leads`: fills it from the record when that begins,
/// when the live state has lost it or could not be reached for a while, and every ten minutes. To be run beside whatever
/// must not wait.
pub async fn keep_queue(record: Arc<Record>, pool: Pool, leads: watch::Receiver<bool>, stop: CancellationToken) {
    stop.run_until_cancelled(look_after(&record, &pool, leads, ROUNDS)).await;
}

/// Returns when nobody says any more who leads.
pub(super) async fn look_after(record: &Record, pool: &Pool, mut leads: watch::Receiver<bool>, rounds: Rounds) {
    // When it was filled last, if nothing is known to be missing since.
    let mut whole: Option<Instant> = None;
    let mut said = false;
    loop {
        if *leads.borrow_and_update() {
            match record.live().is_filled(pool).await {
                Ok(true) if whole.is_some_and(|at| at.elapsed() < rounds.fill) => {}
                Ok(_) => match timeout(rounds.most, record.requeue(pool)).await {
                    Ok(Ok(())) => (whole, said) = (Some(Instant::now()), false),
                    failed => {
                        whole = None;
                        let error = match failed {
                            Ok(Err(error)) => error.to_string(),
                            _ => "it took too long".to_owned(),
                        };
                        if !said {
                            warn!(%pool, %error, "the queue could not be filled from the record; it is tried again");
                            said = true;
                        }
                    }
                },
                // Changes do not reach it meanwhile. Whoever cannot reach it says so there.
                Err(error) => {
                    debug!(%pool, %error, "the queue cannot be looked at");
                    whole = None;
                }
            }
        } else {
            whole = None;
        }
        tokio::select! {
            changed = leads.changed() => if changed.is_err() { return },
            () = sleep(rounds.look) => {}
        }
    }
}
