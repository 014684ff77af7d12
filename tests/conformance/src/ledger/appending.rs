//! One wins, nothing is lost, all or nothing.

use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use wideawake_domain::{Actor, StaffId, Version};
use wideawake_ledger::{AppendError, GENESIS, KeyChange, NewEvent, link};

use super::{Store, all, append, events, eventually, hour, request};

/// What an append returns is what a reader finds, and both are what was given, to the byte.
pub async fn events_stand_as_they_were_written(store: &dyn Store) {
    let ledger = store.open().await;
    let mut first = append(request(1), 0, &[]);
    first.at = hour(0) + chrono::TimeDelta::nanoseconds(1_999);
    first.actor = Actor::Staff(StaffId(Uuid::from_u128(5)));
    first.trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into();
    first.events = vec![
        NewEvent { kind: "opened".into(), data: "{ \"a\" :\t1.0, \"a\":2, \"ü\\u00fc\":\"🌙\\u0000\" }\n".into() },
        NewEvent { kind: "message".into(), data: "{}".into() },
    ];
    let written = ledger.append(first.clone()).await.unwrap();
    assert_eq!(all(&*ledger, request(1)).await, written);
    assert_eq!(written.len(), 2);
    for (n, (event, given)) in written.iter().zip(&first.events).enumerate() {
        assert_eq!(event.version, Version(n as u64 + 1));
        assert_eq!((&event.kind, &event.data), (&given.kind, &given.data));
        assert_eq!((event.stream, &event.pool, event.actor), (first.stream, &first.pool, first.actor));
        assert_eq!(event.trace, first.trace);
        assert_eq!(event.at, hour(0) + chrono::TimeDelta::microseconds(1));
    }
    assert!(written[0].position < written[1].position);
}

/// Over several appends.
pub async fn hashes_chain_from_the_first_event_on(store: &dyn Store) {
    let ledger = store.open().await;
    ledger.append(append(request(1), 0, &["a", "b"])).await.unwrap();
    ledger.append(append(request(2), 0, &["a"])).await.unwrap();
    ledger.append(append(request(1), 2, &["c"])).await.unwrap();
    let mut previous = GENESIS;
    for event in all(&*ledger, request(1)).await {
        assert_eq!(event.hash, link(&previous, &event));
        previous = event.hash;
    }
}

/// Whether the expected version is too old or was never there.
pub async fn a_conflict_names_the_newest_version_and_writes_nothing(store: &dyn Store) {
    let ledger = store.open().await;
    ledger.append(append(request(1), 0, &["a", "b"])).await.unwrap();
    for (stream, expected, actual) in [(request(1), 0, 2), (request(1), 1, 2), (request(1), 3, 2), (request(2), 1, 0)] {
        let mut late = append(stream, expected, &["x", "y"]);
        late.key = KeyChange::Create(vec![1; 69]);
        match ledger.append(late).await {
            Err(AppendError::Conflict { actual: found }) => assert_eq!(found, Version(actual)),
            other => panic!("{other:?}"),
        }
        assert_eq!(ledger.key(stream).await.unwrap(), None);
    }
    assert_eq!(all(&*ledger, request(1)).await.len(), 2);
    assert_eq!(ledger.streams(None, 10).await.unwrap().len(), 1);
}

/// Also when both come at once; and who lost can read at once what was there first.
pub async fn of_two_writers_with_the_same_version_one_wins(store: &dyn Store) {
    let ledger = store.open().await;
    for version in 0..50 {
        let writers: Vec<_> = (0..2)
            .map(|_| {
                let ledger = Arc::clone(&ledger);
                tokio::spawn(async move {
                    let outcome = ledger.append(append(request(1), version, &["a"])).await;
                    (outcome, all(&*ledger, request(1)).await.len() as u64)
                })
            })
            .collect();
        let mut won = 0;
        for writer in writers {
            let (outcome, found) = writer.await.unwrap();
            assert_eq!(found, version + 1);
            match outcome {
                Ok(written) => {
                    won += 1;
                    assert_eq!(written[0].version, Version(version + 1));
                }
                Err(AppendError::Conflict { actual }) => assert_eq!(actual, Version(version + 1)),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(won, 1);
    }
}

/// 32 writers that each try again until their ten appends stand.
pub async fn concurrent_writers_on_one_stream_leave_no_hole_and_lose_nothing(store: &dyn Store) {
    let ledger = store.open().await;
    let writers: Vec<_> = (0..32)
        .map(|writer| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move {
                let mut expected = 0;
                for n in 0..10 {
                    loop {
                        match ledger.append(append(request(1), expected, &[&format!("{writer}/{n}")])).await {
                            Ok(written) => {
                                expected = written[0].version.0;
                                break;
                            }
                            Err(AppendError::Conflict { actual }) => expected = actual.0,
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    let found = all(&*ledger, request(1)).await;
    assert_eq!(found.iter().map(|event| event.version.0).collect::<Vec<_>>(), (1..=320).collect::<Vec<_>>());
    let mut kinds: Vec<_> = found.iter().map(|event| event.kind.to_string()).collect();
    kinds.sort();
    kinds.dedup();
    assert_eq!(kinds.len(), 320);
}

/// Appends that wait together share a commit, and nothing else.
pub async fn each_append_of_a_group_is_judged_by_itself(store: &dyn Store) {
    let ledger = store.open().await;
    let writers: Vec<_> = (0..200u64)
        .map(|n| {
            let ledger = Arc::clone(&ledger);
            // Two in three expect a version that is not there.
            tokio::spawn(async move { ledger.append(append(request(n.into()), n % 3, &["a", "b", "c"])).await })
        })
        .collect();
    for (n, writer) in writers.into_iter().enumerate() {
        let outcome = writer.await.unwrap();
        let found = all(&*ledger, request(n as u128)).await;
        if n % 3 == 0 {
            assert_eq!(outcome.unwrap(), found);
            assert_eq!(found.len(), 3);
        } else {
            assert!(matches!(outcome, Err(AppendError::Conflict { actual: Version::NONE })), "{outcome:?}");
            assert_eq!(found, []);
        }
    }
}

/// A second key for one stream is a mistake; it must cost only the append that makes it.
pub async fn an_append_that_fails_takes_no_other_with_it(store: &dyn Store) {
    let ledger = store.open().await;
    let mut first = append(request(1), 0, &["a"]);
    first.key = KeyChange::Create(vec![1; 69]);
    ledger.append(first).await.unwrap();
    let writers: Vec<_> = (0..60u64)
        .map(|n| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move {
                let mut next = if n == 30 {
                    append(request(1), 1, &["b", "c"])
                } else {
                    append(request(100 + u128::from(n)), 0, &["a"])
                };
                next.key = KeyChange::Create(vec![2; 69]);
                ledger.append(next).await
            })
        })
        .collect();
    for (n, writer) in writers.into_iter().enumerate() {
        let outcome = writer.await.unwrap();
        assert_eq!(outcome.is_ok(), n != 30, "{n}: {outcome:?}");
    }
    assert_eq!(all(&*ledger, request(1)).await.len(), 1);
    assert_eq!(ledger.key(request(1)).await.unwrap(), Some(vec![1; 69]));
    ledger.append(append(request(1), 1, &["b"])).await.unwrap();
}

/// A client that goes away must not undo what it asked for.
pub async fn an_append_happens_even_if_nobody_waits_for_it(store: &dyn Store) {
    let ledger = store.open().await;
    for n in 0..20 {
        tokio::select! {
            biased;
            _ = ledger.append(append(request(n), 0, &["a"])) => {}
            () = std::future::ready(()) => {}
        }
    }
    for n in 0..20 {
        eventually("the append", async || (all(&*ledger, request(n)).await.len() == 1).then_some(())).await;
    }
}

/// There would be nothing to acknowledge.
pub async fn an_append_without_events_is_refused(store: &dyn Store) {
    let ledger = store.open().await;
    let refused =
        tokio::time::timeout(Duration::from_secs(10), ledger.append(append(request(1), 0, &[]))).await.unwrap();
    assert!(refused.is_err());
    assert_eq!(ledger.streams(None, 10).await.unwrap(), []);
    let mut some = append(request(1), 0, &[]);
    some.events = events(&["a"]);
    ledger.append(some).await.unwrap();
}
