//! Everything reaches the bus, whoever fails on the way.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use wideawake_bus::{Bus, BusError, Follower, Sightings, Subscription};
use wideawake_domain::process::Signal;

use super::*;
use crate::record::outbox::sweep;
use crate::record::tell;

/// A bus that can be down.
#[derive(Default)]
struct Moody {
    inner: MemoryBus,
    down: AtomicBool,
    asked: AtomicUsize,
}

#[async_trait]
impl Bus for Moody {
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        if self.down.load(Ordering::SeqCst) {
            return Err(BusError::Unavailable("it is down".to_owned()));
        }
        self.inner.publish(events).await
    }

    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError> {
        self.inner.subscribe(follower).await
    }

    async fn seen(&self, signal: Signal) -> Result<(), BusError> {
        self.inner.seen(signal).await
    }

    async fn sightings(&self) -> Result<Box<dyn Sightings>, BusError> {
        self.inner.sightings().await
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.inner.ping().await
    }
}

async fn until(what: &str, so: impl Fn() -> bool) {
    for _ in 0..2_000 {
        if so() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited ten seconds in vain: {what}");
}

#[tokio::test]
async fn what_is_appended_is_told_at_once_and_leaves_the_outbox() {
    let bus = Arc::new(Moody::default());
    let house = House::with_outbox(bus.clone());
    let mut heard = bus.subscribe(Follower::Door).await.unwrap();
    let stop = CancellationToken::new();
    let telling = tokio::spawn(tell(house.record.clone(), stop.clone()));
    house.open(1).await;
    let facts = told(&mut heard).await;
    assert_eq!(facts.iter().map(|fact| &*fact.kind).collect::<Vec<_>>(), ["opened", "message"]);
    until("the outbox is empty", || house.ledger.untold_events() == 0).await;
    house.open(2).await;
    stop.cancel();
    telling.await.unwrap();
    assert_eq!(house.ledger.untold_events(), 0, "what was handed over before the end is told before the end");
}

#[tokio::test]
async fn whoever_appends_never_waits_for_a_bus_that_is_down_and_a_sweep_makes_up_for_it() {
    let bus = Arc::new(Moody::default());
    bus.down.store(true, Ordering::SeqCst);
    let house = House::with_outbox(bus.clone());
    let stop = CancellationToken::new();
    let telling = tokio::spawn(tell(house.record.clone(), stop.clone()));
    house.open(1).await;
    until("the bus was asked", || bus.asked.load(Ordering::SeqCst) > 0).await;
    stop.cancel();
    telling.await.unwrap();
    assert_eq!(house.ledger.untold_events(), 2, "it stays until the bus has it");

    let mut heard = bus.subscribe(Follower::Door).await.unwrap();
    sweep(&house.record).await;
    assert_eq!(house.ledger.untold_events(), 2, "what is fresh is left to its writer");
    house.ledger.time_passes();
    sweep(&house.record).await;
    assert_eq!(house.ledger.untold_events(), 2, "the bus is still down");
    bus.down.store(false, Ordering::SeqCst);
    house.ledger.time_passes();
    sweep(&house.record).await;
    assert_eq!(told(&mut heard).await.len(), 2);
    assert_eq!(house.ledger.untold_events(), 0);
}

/// Tools do not stay to tell.
#[tokio::test]
async fn what_nobody_tells_is_left_to_whoever_sweeps() {
    let bus = Arc::new(Moody::default());
    let house = House::with_outbox(bus.clone());
    for n in 0..300 {
        house.open(n).await;
    }
    assert_eq!((house.ledger.untold_events(), bus.asked.load(Ordering::SeqCst)), (600, 0));
    house.ledger.time_passes();
    sweep(&house.record).await;
    assert_eq!(house.ledger.untold_events(), 0, "a sweep goes on until there is no more");
}
