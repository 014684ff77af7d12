//! Who was seen, and who is seen.

use chrono::TimeDelta;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};
use wideawake_domain::process::Signal;

use super::{Memory, request, second, soon, staff};

/// To the microsecond.
pub async fn the_newest_beat_counts_whatever_order_they_come_in(memory: &dyn Memory) {
    let (live, other) = (memory.connect().await, memory.connect().await);
    let newest = second(10) + TimeDelta::microseconds(1);
    for at in [second(5), newest, newest, second(10), second(1)] {
        live.staff_seen(staff(1), at).await.unwrap();
        live.member_seen(request(1), at).await.unwrap();
    }
    assert_eq!(other.staff_since(second(0)).await.unwrap(), [(staff(1), newest)]);
    assert_eq!(other.members_since(second(0)).await.unwrap(), [(request(1), newest)]);
}

/// Who was seen at that very moment is not among them.
pub async fn who_was_seen_later_than_a_moment_is_found_in_order_of_id(memory: &dyn Memory) {
    let live = memory.connect().await;
    for n in [3, 1, 4, 2] {
        live.staff_seen(staff(n), second(n as i64)).await.unwrap();
        live.member_seen(request(n), second(10 - n as i64)).await.unwrap();
    }
    let since = live.staff_since(second(2)).await.unwrap();
    assert_eq!(since, [(staff(3), second(3)), (staff(4), second(4))]);
    let since = live.members_since(second(7)).await.unwrap();
    assert_eq!(since, [(request(1), second(9)), (request(2), second(8))]);
    assert_eq!(live.staff_since(second(4)).await.unwrap(), []);
    assert_eq!(live.members_since(second(0)).await.unwrap().len(), 4);
}

/// Also when they have the same id.
pub async fn staff_and_members_are_kept_apart(memory: &dyn Memory) {
    let live = memory.connect().await;
    live.staff_seen(staff(1), second(1)).await.unwrap();
    assert_eq!(live.members_since(second(0)).await.unwrap(), []);
    live.member_seen(request(1), second(2)).await.unwrap();
    assert_eq!(live.staff_since(second(0)).await.unwrap(), [(staff(1), second(1))]);
}

/// Each of those who listen, in whatever process.
pub async fn whoever_listens_hears_who_is_seen(memory: &dyn Memory) {
    let (live, other) = (memory.connect().await, memory.connect().await);
    let mut listeners = [live.signals().await.unwrap(), other.signals().await.unwrap()];
    live.staff_seen(staff(1), second(1)).await.unwrap();
    other.member_seen(request(2), second(2)).await.unwrap();
    let mut expected = vec![
        Signal::StaffSeen { staff: staff(1), at: second(1) },
        Signal::MemberSeen { request: request(2), at: second(2) },
    ];
    for listener in &mut listeners {
        let mut heard = vec![soon(listener.next()).await.unwrap(), soon(listener.next()).await.unwrap()];
        heard.sort_by_key(|signal| matches!(signal, Signal::MemberSeen { .. }));
        assert_eq!(heard, expected);
    }
    let [gone, mut listener] = listeners;
    drop(gone);
    live.staff_seen(staff(3), second(3)).await.unwrap();
    expected = vec![Signal::StaffSeen { staff: staff(3), at: second(3) }];
    assert_eq!(vec![soon(listener.next()).await.unwrap()], expected);
}

/// Wherever it is cancelled, as long as it is not slow.
pub async fn cancelling_a_listener_loses_nothing(memory: &dyn Memory) {
    let live = memory.connect().await;
    let mut listener = memory.connect().await.signals().await.unwrap();
    let beating = tokio::spawn(async move {
        for n in 0..300 {
            live.staff_seen(staff(n), second(1)).await.unwrap();
            tokio::task::yield_now().await;
        }
    });
    let mut missing: BTreeSet<_> = (0..300).map(staff).collect();
    let started = Instant::now();
    while !missing.is_empty() {
        tokio::select! {
            biased;
            signal = listener.next() => match signal.unwrap() {
                Signal::StaffSeen { staff, .. } => missing.retain(|other| *other != staff),
                Signal::MemberSeen { .. } => panic!("no member was seen"),
            },
            () = tokio::task::yield_now() => {}
        }
        assert!(started.elapsed() < Duration::from_secs(20), "{} are missing", missing.len());
        tokio::task::yield_now().await;
    }
    beating.await.unwrap();
}
