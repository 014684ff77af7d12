//! What the process must not keep.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::rates::RATES;
use uuid::Uuid;
use wideawake_domain::StreamKind;

fn stream(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

#[tokio::test]
async fn nothing_is_kept_of_a_stream_that_nobody_watches() {
    let live = MemoryLive::default();
    let first = live.watch(stream(1)).await.unwrap();
    let mut second = live.watch(stream(1)).await.unwrap();
    drop(first);
    live.grown(stream(1), Version(1)).await.unwrap();
    assert_eq!(second.grown().await.unwrap(), Version(1));
    drop(second);
    live.grown(stream(1), Version(2)).await.unwrap();
    assert!(live.inner.watched.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_when_it_grows_while_the_last_looks_away() {
    let live = MemoryLive::default();
    let growing = tokio::spawn({
        let live = live.clone();
        async move {
            for version in 1..20_000 {
                live.grown(stream(1), Version(version)).await.unwrap();
            }
        }
    });
    while !growing.is_finished() {
        drop(live.watch(stream(1)).await.unwrap());
        tokio::task::yield_now().await;
    }
    assert!(live.inner.watched.is_empty());
}

#[tokio::test]
async fn who_was_not_seen_for_an_hour_is_forgotten() {
    let (live, start) = (MemoryLive::default(), DateTime::UNIX_EPOCH);
    for n in 0..10_000 {
        live.member_seen(RequestId(Uuid::from_u128(n)), start + TimeDelta::seconds(n as i64)).await.unwrap();
    }
    assert!(lock(&live.inner.members).len() < 3_600 + 4_096);
}

#[tokio::test]
async fn a_queue_that_is_empty_takes_no_room() {
    let (live, pool, request) = (MemoryLive::default(), Pool::named("main"), RequestId(Uuid::from_u128(1)));
    let place = Place { request, priority: wideawake_domain::Priority::Standard, opened_at: DateTime::UNIX_EPOCH };
    live.queue(&pool, place).await.unwrap();
    live.unqueue(&pool, request).await.unwrap();
    assert!(lock(&live.inner.queues).is_empty());
}

#[tokio::test]
async fn rates_are_bounded() {
    let live = MemoryLive::default();
    for n in 0..RATES + 10 {
        assert!(live.allow(&n.to_string(), 1, Duration::from_secs(1), DateTime::UNIX_EPOCH).await.unwrap());
    }
    assert!(live.inner.rates.len() <= RATES);
}
