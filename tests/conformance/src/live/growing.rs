//! Hints that a stream has grown.

use std::time::{Duration, Instant};
use uuid::Uuid;
use wideawake_domain::{StreamId, StreamKind, Version};
use wideawake_live::Hint;

use super::{Memory, soon};

fn stream(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

/// Hints may come twice and out of order; what was returned before is not returned again.
pub async fn a_watch_hears_of_growth_and_only_of_growth(memory: &dyn Memory) {
    let live = memory.connect().await;
    let mut watch = memory.connect().await.watch(stream(1)).await.unwrap();
    live.grown(stream(1), Version(3)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(3));
    for version in [3, 1, 2, 3, 5] {
        live.grown(stream(1), Version(version)).await.unwrap();
    }
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(5));
    for version in [5, 4, 9, 7, 8] {
        live.grown(stream(1), Version(version)).await.unwrap();
    }
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(9));
    live.grown(stream(1), Version(8)).await.unwrap();
    live.grown(stream(1), Version(10)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(10));
}

/// Once for each time, if somebody listens; what has grown comes first and settles it.
pub async fn a_watch_hears_that_somebody_writes(memory: &dyn Memory) {
    let live = memory.connect().await;
    let mut watch = memory.connect().await.watch(stream(1)).await.unwrap();
    live.typing(stream(2)).await.unwrap();
    live.typing(stream(1)).await.unwrap();
    assert_eq!(soon(watch.next()).await.unwrap(), Hint::Typing);
    live.typing(stream(1)).await.unwrap();
    assert_eq!(soon(watch.next()).await.unwrap(), Hint::Typing);
    live.grown(stream(1), Version(1)).await.unwrap();
    assert_eq!(soon(watch.next()).await.unwrap(), Hint::Grown(Version(1)));
    live.typing(stream(1)).await.unwrap();
    live.grown(stream(1), Version(2)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(2), "who asks for growth hears of nothing else");
}

/// In whatever process.
pub async fn many_watch_one_stream_and_each_hears(memory: &dyn Memory) {
    let live = memory.connect().await;
    let mut watches = Vec::new();
    for _ in 0..10 {
        watches.push(memory.connect().await.watch(stream(1)).await.unwrap());
        watches.push(live.watch(stream(1)).await.unwrap());
    }
    for version in [2, 4] {
        live.grown(stream(1), Version(version)).await.unwrap();
        for watch in &mut watches {
            assert_eq!(soon(watch.grown()).await.unwrap(), Version(version));
        }
    }
}

/// Whether it hears of what came before does not matter: whoever watches reads the stream afterwards.
pub async fn a_watch_that_begins_later_hears_what_comes_then(memory: &dyn Memory) {
    let live = memory.connect().await;
    let mut early = live.watch(stream(1)).await.unwrap();
    live.grown(stream(1), Version(5)).await.unwrap();
    assert_eq!(soon(early.grown()).await.unwrap(), Version(5));
    let mut late = memory.connect().await.watch(stream(1)).await.unwrap();
    live.grown(stream(1), Version(6)).await.unwrap();
    assert_eq!(soon(early.grown()).await.unwrap(), Version(6));
    let mut heard = soon(late.grown()).await.unwrap();
    while heard < Version(6) {
        heard = soon(late.grown()).await.unwrap();
    }
    assert_eq!(heard, Version(6));
}

/// Nor another kind of stream with the same id.
pub async fn other_streams_wake_nobody(memory: &dyn Memory) {
    let live = memory.connect().await;
    let mut watch = live.watch(stream(1)).await.unwrap();
    let staff = StreamId { kind: StreamKind::Staff, ..stream(1) };
    let mut of_staff = live.watch(staff).await.unwrap();
    live.grown(stream(2), Version(7)).await.unwrap();
    live.grown(staff, Version(8)).await.unwrap();
    live.grown(stream(1), Version(1)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(1));
    assert_eq!(soon(of_staff.grown()).await.unwrap(), Version(8));
}

/// Wherever it is cancelled.
pub async fn cancelling_a_watch_loses_nothing(memory: &dyn Memory) {
    const LAST: Version = Version(300);
    let live = memory.connect().await;
    let mut watch = memory.connect().await.watch(stream(1)).await.unwrap();
    let growing = tokio::spawn(async move {
        for version in 1..=LAST.0 {
            live.grown(stream(1), Version(version)).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let (started, mut known) = (Instant::now(), Version::NONE);
    while known < LAST {
        tokio::select! {
            biased;
            version = watch.grown() => {
                let version = version.unwrap();
                assert!(version > known);
                known = version;
            }
            () = tokio::task::yield_now() => {}
        }
        assert!(started.elapsed() < Duration::from_secs(20), "it stopped at {known}");
        tokio::task::yield_now().await;
    }
    growing.await.unwrap();
}

/// And the next to watch begins anew.
pub async fn a_watch_that_is_gone_takes_no_other_with_it(memory: &dyn Memory) {
    let live = memory.connect().await;
    let gone = live.watch(stream(1)).await.unwrap();
    let mut stays = live.watch(stream(1)).await.unwrap();
    drop(gone);
    live.grown(stream(1), Version(1)).await.unwrap();
    assert_eq!(soon(stays.grown()).await.unwrap(), Version(1));
    drop(stays);
    for version in 2..50 {
        let mut watch = live.watch(stream(1)).await.unwrap();
        live.grown(stream(1), Version(version)).await.unwrap();
        let mut heard = soon(watch.grown()).await.unwrap();
        while heard < Version(version) {
            heard = soon(watch.grown()).await.unwrap();
        }
        assert_eq!(heard, Version(version));
    }
}
