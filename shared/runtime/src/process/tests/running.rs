//! The loop with I/O.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;
use wideawake_bus::{Bus, BusError, Follower, MemoryBus, Sightings, Subscription};

use super::*;
use crate::clock;
use crate::process::{Ports, run};
use crate::record::tests::House;

/// What the process saw, for whoever waits for it.
type Seen = tokio::sync::watch::Receiver<usize>;

struct Loop {
    stop: CancellationToken,
    task: tokio::task::JoinHandle<()>,
    seen: Seen,
}

fn start_loop(house: &House, holder: &str) -> Loop {
    let (tell, seen) = tokio::sync::watch::channel(0);
    let stop = CancellationToken::new();
    let driver = Driver::new(Options::new("router.main", holder, pool()), Even::default);
    let ports = Ports::of(house.record.clone());
    let watch = move |driver: &mut Driver<Even>| {
        tell.send_replace(driver.process().seen.len());
    };
    let task = tokio::spawn(run(driver, ports, stop.clone(), watch));
    Loop { stop, task, seen }
}

impl Loop {
    async fn sees(&mut self, facts: usize) {
        let enough = self.seen.wait_for(|seen| *seen >= facts);
        tokio::time::timeout(Duration::from_secs(10), enough).await.expect("it sees all facts").unwrap();
    }

    async fn stop(self) {
        self.stop.cancel();
        self.task.await.unwrap();
    }
}

/// A bus that counts who follows it, and may let them wait for ever.
struct Counting {
    inner: MemoryBus,
    followers: AtomicUsize,
    answers: bool,
}

impl Counting {
    fn new(answers: bool) -> Arc<Self> {
        Arc::new(Self { inner: MemoryBus::default(), followers: AtomicUsize::new(0), answers })
    }
}

#[async_trait]
impl Bus for Counting {
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        self.inner.publish(events).await
    }

    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError> {
        self.followers.fetch_add(1, Ordering::SeqCst);
        if self.answers { self.inner.subscribe(follower).await } else { std::future::pending().await }
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

#[tokio::test]
async fn it_sees_what_was_there_what_comes_and_carries_out_what_is_wished() {
    let house = House::new();
    house.open(1).await;
    let mut running = start_loop(&house, "one");
    // Two facts each; with another an odd number, so that the process wishes for one more.
    running.sees(2).await;
    house.open(2).await;
    running.sees(4).await;
    running.stop().await;
}

#[tokio::test]
async fn who_stands_by_does_not_listen_and_takes_over_at_once() {
    let bus = Counting::new(true);
    let house = House::with_bus(bus.clone());
    house.open(1).await;
    let mut first = start_loop(&house, "one");
    first.sees(2).await;
    let mut second = start_loop(&house, "two");
    // The second has asked for the lease by the time that the first has seen this.
    house.open(2).await;
    first.sees(4).await;
    assert_eq!(bus.followers.load(Ordering::SeqCst), 1);
    first.stop().await;
    let lease = house.record.ledger().lease("router.main", "two", Duration::from_secs(2)).await.unwrap();
    assert!(matches!(lease, Lease::Held { .. }), "the lease was given back: {lease:?}");
    second.sees(4).await;
    second.stop().await;
}

#[tokio::test]
async fn a_bus_that_does_not_answer_holds_nothing_up() {
    let house = House::with_bus(Counting::new(false));
    let mut running = start_loop(&house, "one");
    house.open(1).await;
    running.sees(2).await;
    house.open(2).await;
    running.sees(4).await;
    running.stop().await;
}

/// A bus that passes one sighting on, breaks, and passes on another when it is listened to again.
struct Breaking {
    inner: MemoryBus,
    told: Arc<AtomicUsize>,
}

struct Once(Option<Signal>);

#[async_trait]
impl Sightings for Once {
    async fn next(&mut self) -> Result<Signal, BusError> {
        self.0.take().ok_or_else(|| BusError::Unavailable("gone".to_owned()))
    }
}

#[async_trait]
impl Bus for Breaking {
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        self.inner.publish(events).await
    }

    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError> {
        self.inner.subscribe(follower).await
    }

    async fn seen(&self, _signal: Signal) -> Result<(), BusError> {
        Err(BusError::Unavailable("gone".to_owned()))
    }

    async fn sightings(&self) -> Result<Box<dyn Sightings>, BusError> {
        match self.told.fetch_add(1, Ordering::SeqCst) {
            0 => Err(BusError::Unavailable("not yet".to_owned())),
            n => Ok(Box::new(Once(Some(seen(n as u128))))),
        }
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.inner.ping().await
    }
}

#[tokio::test]
async fn who_is_seen_elsewhere_is_heard_of_by_the_bus_also_when_that_broke() {
    let told = Arc::new(AtomicUsize::new(0));
    let house = House::with_bus(Arc::new(Breaking { inner: MemoryBus::default(), told: told.clone() }));
    let (tell, mut signals) = tokio::sync::watch::channel(Vec::new());
    let stop = CancellationToken::new();
    let driver = Driver::new(Options::new("router.main", "one", pool()), Even::default);
    let ports = Ports::of(house.record.clone());
    let watch = move |driver: &mut Driver<Even>| {
        tell.send_replace(driver.process().signals.clone());
    };
    let task = tokio::spawn(run(driver, ports, stop.clone(), watch));
    let both = signals.wait_for(|signals| signals.contains(&seen(1)) && signals.contains(&seen(2)));
    tokio::time::timeout(Duration::from_secs(10), both).await.expect("it hears of both").unwrap();
    // What the bus does not take, the live state does all the same.
    house.record.member_seen(RequestId(Uuid::from_u128(77)), clock::now()).await;
    let live = signals.wait_for(|signals| {
        signals.iter().any(|signal| matches!(signal, Signal::MemberSeen { request, .. } if request.0.as_u128() == 77))
    });
    tokio::time::timeout(Duration::from_secs(10), live).await.expect("it hears of them").unwrap();
    stop.cancel();
    task.await.unwrap();
    assert!(told.load(Ordering::SeqCst) >= 3);
}
