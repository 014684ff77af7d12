//! Who is there, while the live state is and while it is not.

use std::sync::atomic::Ordering;
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;
use wideawake_bus::{BusError, Follower, Sightings};
use wideawake_domain::process::Signal;

use super::*;
use crate::record::{Presence, keep_presence};

/// A bus that passes on who is seen.
struct Passing(MemoryBus, broadcast::Sender<Signal>);

struct Passed(broadcast::Receiver<Signal>);

#[async_trait]
impl Sightings for Passed {
    async fn next(&mut self) -> Result<Signal, BusError> {
        self.0.recv().await.map_err(|error| BusError::Unavailable(error.to_string()))
    }
}

#[async_trait]
impl Bus for Passing {
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        self.0.publish(events).await
    }

    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError> {
        self.0.subscribe(follower).await
    }

    async fn seen(&self, signal: Signal) -> Result<(), BusError> {
        let _ = self.1.send(signal);
        Ok(())
    }

    async fn sightings(&self) -> Result<Box<dyn Sightings>, BusError> {
        Ok(Box::new(Passed(self.1.subscribe())))
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.0.ping().await
    }
}

#[tokio::test(start_paused = true)]
async fn who_is_there_is_known_while_the_live_state_is_gone_and_after_it_forgot_everything() {
    let (sender, _) = broadcast::channel(100);
    let house = House::with_bus(Arc::new(Passing(MemoryBus::default(), sender.clone())));
    let (presence, grace) = (Arc::new(Presence::default()), TimeDelta::seconds(30));
    let stop = CancellationToken::new();
    let keeping = tokio::spawn(keep_presence(house.record.clone(), presence.clone(), grace, stop.clone()));
    let there = async || presence.since(&house.record, clock::now() - grace).await.into_keys().collect::<Vec<_>>();

    let now = clock::now();
    house.record.staff_seen(staff(1), now).await;
    assert_eq!(there().await, [staff(1)]);
    house.record.staff_seen(staff(3), now - TimeDelta::seconds(31)).await;
    house.live.gone.store(true, Ordering::SeqCst);
    assert_eq!(there().await, [staff(1)], "as it was said last");
    while sender.receiver_count() == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    house.record.staff_seen(staff(2), clock::now()).await;
    house.record.member_seen(RequestId(Uuid::from_u128(1)), clock::now()).await;
    while there().await != [staff(1), staff(2)] {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }

    house.live.wipe(MemoryLive::default());
    house.live.gone.store(false, Ordering::SeqCst);
    assert_eq!(there().await, [staff(1), staff(2)], "what was heard was heard");
    while sender.receiver_count() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    house.record.staff_seen(staff(4), clock::now()).await;
    assert_eq!(there().await, [staff(1), staff(2), staff(4)]);
    assert_eq!(presence.since(&house.record, clock::now()).await.len(), 0, "who was not heard since is not there");
    stop.cancel();
    keeping.await.unwrap();
}
