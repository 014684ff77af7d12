//! Looking after the queue.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::*;
use crate::record::keep_queue;
use crate::record::upkeep::{Rounds, look_after};

const QUICK: Rounds =
    Rounds { look: Duration::from_millis(5), fill: Duration::from_hours(1), most: Duration::from_secs(10) };

fn looked_after(house: &House, rounds: Rounds) -> (watch::Sender<bool>, JoinHandle<()>) {
    let (leads, led) = watch::channel(false);
    let record = house.record.clone();
    (leads, tokio::spawn(async move { look_after(&record, &pool(), led, rounds).await }))
}

async fn until(what: &str, mut is_so: impl AsyncFnMut() -> bool) {
    let waiting = async {
        while !is_so().await {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), waiting).await.unwrap_or_else(|_| panic!("not so in time: {what}"));
}

/// Long enough for several looks.
async fn a_while() {
    tokio::time::sleep(QUICK.look * 10).await;
}

impl House {
    fn refills(&self) -> usize {
        self.live.refills.load(Ordering::SeqCst)
    }
}

#[tokio::test]
async fn who_begins_to_lead_fills_the_queue_once_and_who_stands_by_does_not() {
    let house = House::new();
    let id = house.open(1).await;
    house.live.wipe(MemoryLive::default());
    let (leads, _task) = looked_after(&house, QUICK);
    a_while().await;
    assert_eq!((house.refills(), house.ahead(id).await), (0, None));
    leads.send(true).unwrap();
    until("it is filled", async || house.ahead(id).await == Some(0)).await;
    a_while().await;
    assert_eq!(house.refills(), 1);
    leads.send(false).unwrap();
    a_while().await;
    leads.send(true).unwrap();
    until("it is filled anew", async || house.refills() == 2).await;
}

#[tokio::test]
async fn a_queue_that_was_wiped_is_filled_again() {
    let house = House::new();
    let id = house.open(1).await;
    let (leads, _task) = looked_after(&house, QUICK);
    leads.send(true).unwrap();
    until("it is filled", async || house.refills() == 1).await;
    house.live.wipe(MemoryLive::default());
    until("it is filled again", async || house.ahead(id).await == Some(0)).await;
}

#[tokio::test]
async fn after_it_was_out_of_reach_whoever_should_be_gone_is() {
    let house = House::new();
    let id = house.open(1).await;
    let (leads, _task) = looked_after(&house, QUICK);
    leads.send(true).unwrap();
    until("it is filled", async || house.refills() == 1).await;
    house.live.gone.store(true, Ordering::SeqCst);
    house.change(id, Command::Assign(staff(1))).await;
    a_while().await;
    assert_eq!(house.ahead(id).await, Some(0));
    house.live.gone.store(false, Ordering::SeqCst);
    until("the ghost is gone", async || house.ahead(id).await.is_none()).await;
}

#[tokio::test]
async fn it_is_filled_from_time_to_time_although_nothing_seems_to_be_missing() {
    let house = House::new();
    let (leads, _task) = looked_after(&house, Rounds { fill: Duration::from_millis(20), ..QUICK });
    leads.send(true).unwrap();
    until("it is filled thrice", async || house.refills() >= 3).await;
}

/// Even while it is filling.
#[tokio::test]
async fn it_stops_when_it_is_told_to_and_when_nobody_leads_any_more() {
    let house = House::new();
    let (there, _go) = house.live.refilling.shut();
    let (_leads, led) = watch::channel(true);
    let stop = CancellationToken::new();
    let task = tokio::spawn(keep_queue(house.record.clone(), pool(), led, stop.clone()));
    there.await.unwrap();
    stop.cancel();
    tokio::time::timeout(Duration::from_secs(10), task).await.expect("it stops").unwrap();
    let (leads, task) = looked_after(&house, QUICK);
    drop(leads);
    tokio::time::timeout(Duration::from_secs(10), task).await.expect("it ends").unwrap();
}
