//! Who of the staff is there, for those who show it. The live state says so; while it is gone, the bus passes on whom the
//! other processes hear.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use wideawake_bus::{BusError, Sightings};
use wideawake_domain::StaffId;
use wideawake_domain::process::Signal;
use wideawake_live::LiveError;

use super::Record;
use crate::clock;

/// How often the live state is asked, so that what it said last is known when it is gone.
const ROUND: Duration = Duration::from_secs(2);

/// When each of the staff was last heard.
#[derive(Debug, Default)]
pub struct Presence(Mutex<BTreeMap<StaffId, DateTime<Utc>>>);

impl Presence {
    /// When each was last heard, if that is later than `since`.
    pub async fn since(&self, record: &Record, since: DateTime<Utc>) -> BTreeMap<StaffId, DateTime<Utc>> {
        // Without an answer it is what was heard otherwise.
        let _ = self.ask(record, since).await;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Takes in what the live state says, and forgets what is older than `since`.
    async fn ask(&self, record: &Record, since: DateTime<Utc>) -> Result<(), LiveError> {
        let answer = record.live().staff_since(since).await;
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        heard.retain(|_, at| *at > since);
        for (staff, at) in answer? {
            note(&mut heard, staff, at);
        }
        Ok(())
    }

    fn hear(&self, signal: Signal) {
        if let Signal::StaffSeen { staff, at } = signal {
            note(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner), staff, at);
        }
    }
}

fn note(heard: &mut BTreeMap<StaffId, DateTime<Utc>>, staff: StaffId, at: DateTime<Utc>) {
    heard.entry(staff).and_modify(|known| *known = at.max(*known)).or_insert(at);
}

/// Keeps `presence` until `stop`: asks the live state, and listens to what the bus passes on for as long as that does not
/// answer. Who was not heard for `grace` is forgotten.
pub async fn keep_presence(record: Arc<Record>, presence: Arc<Presence>, grace: TimeDelta, stop: CancellationToken) {
    let mut rounds = interval(ROUND);
    rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sightings = None;
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = rounds.tick() => match presence.ask(&record, clock::now() - grace).await {
                Ok(()) => sightings = None,
                Err(_) if sightings.is_some() => {}
                // If the bus is gone too, it is tried again in the next round.
                Err(_) => sightings = record.bus().sightings().await.ok(),
            },
            heard = next(&mut sightings) => match heard {
                Ok(signal) => presence.hear(signal),
                Err(_) => sightings = None,
            },
        }
    }
}

async fn next(sightings: &mut Option<Box<dyn Sightings>>) -> Result<Signal, BusError> {
    match sightings {
        Some(sightings) => sightings.next().await,
        None => std::future::pending().await,
    }
}
