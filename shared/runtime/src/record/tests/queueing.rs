//! Places in the queue.

use std::sync::atomic::Ordering;

use wideawake_domain::Priority;
use wideawake_domain::request::ReleaseReason;

use super::*;

#[tokio::test]
async fn places_follow_what_happens_to_requests() {
    let house = House::new();
    let (a, b, c) = (house.open(1).await, house.open(2).await, house.open(3).await);
    let places = async || [house.ahead(a).await, house.ahead(b).await, house.ahead(c).await];
    assert_eq!(places().await, [Some(0), Some(1), Some(2)]);
    house.change(c, Command::SetPriority(Priority::Urgent, None)).await;
    assert_eq!(places().await, [Some(1), Some(2), Some(0)]);
    house.accept(a, staff(1)).await;
    assert_eq!(places().await, [None, Some(1), Some(0)]);
    house.change(a, Command::Release(ReleaseReason::GaveBack, None)).await;
    assert_eq!(places().await, [Some(1), Some(2), Some(0)], "it keeps its place in time");
    house.change(b, Command::Assign(staff(2))).await;
    assert_eq!(places().await, [Some(1), None, Some(0)]);
    house.change(c, Command::Leave(None)).await;
    assert_eq!(places().await, [Some(0), None, None]);
    house.change(a, Command::Erase).await;
    assert_eq!(places().await, [None, None, None]);
}

#[tokio::test]
async fn who_is_taken_while_being_queued_does_not_stay_in_the_queue() {
    let house = Arc::new(House::new());
    let (there, go) = house.live.queueing.shut();
    let opening = tokio::spawn({
        let house = house.clone();
        async move { house.open(1).await }
    });
    there.await.unwrap();
    let id = RequestId(Uuid::from_u128(1));
    house.change(id, Command::Assign(staff(1))).await;
    go.send(()).unwrap();
    opening.await.unwrap();
    assert_eq!(house.ahead(id).await, None);
}

#[tokio::test]
async fn who_is_given_back_while_being_taken_out_is_in_the_queue() {
    let house = Arc::new(House::new());
    let id = house.open(1).await;
    let (there, go) = house.live.unqueueing.shut();
    let taking = tokio::spawn({
        let house = house.clone();
        async move { house.change(id, Command::Assign(staff(1))).await }
    });
    there.await.unwrap();
    house.change(id, Command::Release(ReleaseReason::GaveBack, None)).await;
    go.send(()).unwrap();
    taking.await.unwrap();
    assert_eq!(house.ahead(id).await, Some(0));
}

#[tokio::test]
async fn of_two_changes_of_priority_the_later_holds() {
    let house = Arc::new(House::new());
    let (first, id) = (house.open(1).await, house.open(2).await);
    let (there, go) = house.live.queueing.shut();
    let rising = tokio::spawn({
        let house = house.clone();
        async move { house.change(id, Command::SetPriority(Priority::Urgent, None)).await }
    });
    there.await.unwrap();
    house.change(id, Command::SetPriority(Priority::Standard, None)).await;
    go.send(()).unwrap();
    rising.await.unwrap();
    assert_eq!((house.ahead(first).await, house.ahead(id).await), (Some(0), Some(1)));
}

#[tokio::test]
async fn a_queue_that_was_lost_is_filled_from_the_record() {
    let house = House::new();
    let (a, b, c) = (house.open(1).await, house.open(2).await, house.open(3).await);
    house.change(c, Command::Assign(staff(1))).await;
    let after_restart = house.beside();
    assert_eq!(after_restart.ahead(b).await, None);
    after_restart.record.requeue(&pool()).await.unwrap();
    assert_eq!(after_restart.ahead(a).await, Some(0));
    assert_eq!(after_restart.ahead(b).await, Some(1));
    assert_eq!(after_restart.ahead(c).await, None);
}

#[tokio::test]
async fn who_is_taken_while_the_queue_is_filled_does_not_stay_in_it() {
    let house = Arc::new(House::new());
    let id = house.open(1).await;
    let after_restart = Arc::new(house.beside());
    let (there, go) = after_restart.live.refilling.shut();
    let filling = tokio::spawn({
        let after_restart = after_restart.clone();
        async move { after_restart.record.requeue(&pool()).await }
    });
    there.await.unwrap();
    house.change(id, Command::Assign(staff(1))).await;
    go.send(()).unwrap();
    filling.await.unwrap().unwrap();
    assert_eq!(after_restart.ahead(id).await, None);
}

#[tokio::test]
async fn who_comes_while_the_queue_is_filled_is_in_it() {
    let house = Arc::new(House::new());
    let (there, go) = house.live.refilling.shut();
    let filling = tokio::spawn({
        let house = house.clone();
        async move { house.record.requeue(&pool()).await }
    });
    there.await.unwrap();
    let id = house.open(1).await;
    go.send(()).unwrap();
    filling.await.unwrap().unwrap();
    assert_eq!(house.ahead(id).await, Some(0));
}

#[tokio::test]
async fn who_should_long_be_out_of_the_queue_is_gone_once_it_is_filled() {
    let house = House::new();
    let (ghost, id) = (house.open(1).await, house.open(2).await);
    house.live.gone.store(true, Ordering::SeqCst);
    house.change(ghost, Command::Assign(staff(1))).await;
    assert!(house.record.requeue(&pool()).await.is_err(), "whoever asked for it is told");
    house.live.gone.store(false, Ordering::SeqCst);
    assert_eq!((house.ahead(ghost).await, house.ahead(id).await), (Some(0), Some(1)));
    house.record.requeue(&pool()).await.unwrap();
    assert_eq!((house.ahead(ghost).await, house.ahead(id).await), (None, Some(0)));
}

#[tokio::test]
async fn who_asks_for_a_place_that_was_lost_gets_it_back() {
    let house = House::new();
    let id = house.open(1).await;
    let state = house.record.request(id).await.unwrap().unwrap();
    house.live.unqueue(&pool(), id).await.unwrap();
    assert_eq!(house.record.ahead(&state).await, Some(0));
    house.change(id, Command::Assign(staff(1))).await;
    assert_eq!(house.record.ahead(&state).await, None, "not who has been taken meanwhile");
    assert_eq!(house.ahead(id).await, None);
}
