//! What may not be lost, and what may if it is said.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use wideawake_bus::{BusError, Follower};

use super::{Hub, event, next, pool};

/// Wherever it is cancelled.
pub async fn cancelling_loses_nothing(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let main = pool("main");
    let mut follower = bus.subscribe(Follower::Leader { name: "test", pool: &main }).await.unwrap();
    let events: Vec<_> = (0..500).map(|n| event(&main, n)).collect();
    for _ in 0..10 {
        tokio::select! {
            biased;
            heard = follower.next() => panic!("nothing was said yet: {heard:?}"),
            () = tokio::task::yield_now() => {}
        }
    }
    let publisher = tokio::spawn({
        let events = events.clone();
        async move {
            for event in events {
                bus.publish(&[event]).await.unwrap();
                tokio::task::yield_now().await;
            }
        }
    });
    let mut missing: BTreeSet<_> = events.iter().map(|event| event.stream).collect();
    let started = Instant::now();
    for round in 0.. {
        // Polled once, or for as long as another task runs, and dropped.
        let pause = async {
            if round % 2 == 0 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            heard = follower.next() => {
                let heard = heard.unwrap();
                missing.retain(|stream| heard.iter().all(|event| event.stream != *stream));
            }
            () = pause => {}
        }
        if missing.is_empty() {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{} are missing", missing.len());
        tokio::task::yield_now().await;
    }
    publisher.await.unwrap();
}

/// Whether it lags or is spared that: what is missing was said to be missing before anything later came.
pub async fn a_follower_that_is_too_slow_is_told_so_and_goes_on(hub: &dyn Hub) {
    let bus = hub.connect().await;
    let main = pool("main");
    let mut slow = bus.subscribe(Follower::Leader { name: "slow", pool: &main }).await.unwrap();
    let many = hub.too_many().unwrap_or(2_000) as u64;
    for n in 0..many {
        bus.publish(&[event(&main, n)]).await.unwrap();
    }
    let (mut expected, mut lagged) = (0, false);
    while expected < many {
        match next(&mut slow).await {
            Ok(events) => {
                for event in events {
                    // Only one writes, so that only what is dropped or repeated is out of order.
                    assert!(
                        event.position.0 <= expected || lagged,
                        "{} dropped in silence",
                        event.position.0 - expected
                    );
                    expected = expected.max(event.position.0 + 1);
                }
            }
            Err(BusError::Lagged(dropped)) => {
                assert!(dropped > 0);
                lagged = true;
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert_eq!(lagged, hub.too_many().is_some());
    bus.publish(&[event(&main, many)]).await.unwrap();
    assert_eq!(next(&mut slow).await.unwrap(), [event(&main, many)]);
}
