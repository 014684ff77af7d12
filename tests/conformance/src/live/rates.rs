//! Windows.

use std::time::Duration;

use super::{Memory, second};

const MINUTE: Duration = Duration::from_mins(1);

/// Where it ends, the next begins with the next use.
pub async fn a_window_lets_so_many_through_and_no_more(memory: &dyn Memory) {
    let (live, other) = (memory.connect().await, memory.connect().await);
    let uses = [(0, true), (1, true), (59, true), (59, false), (60, true), (61, true), (119, true), (119, false)];
    for (n, (at, expected)) in uses.into_iter().enumerate() {
        let live = [&live, &other][n % 2];
        assert_eq!(live.allow("key", 3, MINUTE, second(at)).await.unwrap(), expected, "use {n} at {at} s");
    }
    // It begins with a use, not by the clock.
    for (at, expected) in [(1_000, true), (1_000, true), (1_000, true), (1_059, false), (1_060, true)] {
        assert_eq!(live.allow("key", 3, MINUTE, second(at)).await.unwrap(), expected, "at {at} s");
    }
    assert!(!live.allow("never", 0, MINUTE, second(0)).await.unwrap());
}

/// Whoever tries all the time gets through as soon as anybody.
pub async fn a_window_ends_however_often_somebody_was_refused(memory: &dyn Memory) {
    let live = memory.connect().await;
    for at in 0..180 {
        assert_eq!(live.allow("key", 1, MINUTE, second(at)).await.unwrap(), at % 60 == 0, "at {at} s");
    }
}

/// Whatever they are made of.
pub async fn keys_have_windows_of_their_own(memory: &dyn Memory) {
    let live = memory.connect().await;
    for key in ["a", "b", "a b", "a:b", "", "ü\n{}*", &"x".repeat(300)] {
        assert!(live.allow(key, 1, MINUTE, second(0)).await.unwrap(), "{key}");
        assert!(!live.allow(key, 1, MINUTE, second(1)).await.unwrap(), "{key}");
    }
}

/// In whatever process.
pub async fn many_at_once_are_counted_each(memory: &dyn Memory) {
    let mut asking = Vec::new();
    for _ in 0..8 {
        let live = memory.connect().await;
        asking.push(tokio::spawn(async move {
            let mut allowed = 0;
            for _ in 0..50 {
                allowed += u32::from(live.allow("key", 100, MINUTE, second(0)).await.unwrap());
            }
            allowed
        }));
    }
    let mut allowed = 0;
    for asking in asking {
        allowed += asking.await.unwrap();
    }
    assert_eq!(allowed, 100);
}
