//! What another handle sees: later, or beside the first.

use std::sync::Arc;
use std::time::Duration;
use wideawake_domain::Version;
use wideawake_ledger::{AppendError, KeyChange, Lease};

use super::{Store, all, append, names, request, settled, tail_to_end};

const LONG: Duration = Duration::from_mins(10);

/// Events, keys, leases and cursors.
pub async fn what_was_written_outlives_the_handle(store: &dyn Store) {
    let ledger = store.open().await;
    let mut first = append(request(1), 0, &["a", "b"]);
    first.key = KeyChange::Create(vec![1; 69]);
    let written = ledger.append(first).await.unwrap();
    let lease = ledger.lease("router/main", "one", LONG).await.unwrap();
    settled(&*ledger).await;
    let cursor = ledger.end().await.unwrap();
    drop(ledger);

    let ledger = store.open().await;
    ledger.ping().await.unwrap();
    assert_eq!(all(&*ledger, request(1)).await, written);
    assert_eq!(ledger.key(request(1)).await.unwrap(), Some(vec![1; 69]));
    assert!(matches!(ledger.lease("router/main", "two", LONG).await.unwrap(), Lease::HeldBy { .. }));
    assert_eq!(ledger.lease("router/main", "one", LONG).await.unwrap(), lease);
    assert_eq!(ledger.end().await.unwrap(), cursor);
    let more = ledger.append(append(request(1), 2, &["c"])).await.unwrap();
    settled(&*ledger).await;
    assert_eq!(ledger.tail(Some(&cursor), 10).await.unwrap().0, more);
}

/// `staff add` writes while `serve` runs.
pub async fn two_handles_see_each_other_at_once(store: &dyn Store) {
    let (one, two) = (store.open().await, store.open().await);
    for version in 0..20 {
        let (writer, reader) = if version % 2 == 0 { (&one, &two) } else { (&two, &one) };
        let written = writer.append(append(request(1), version, &["a"])).await.unwrap();
        assert_eq!(reader.read(request(1), Version(version), 10).await.unwrap(), written);
        assert_eq!(tail_to_end(&**reader, None, 100).await.0.len() as u64, version + 1);
        match reader.append(append(request(1), version, &["b"])).await {
            Err(AppendError::Conflict { actual }) => assert_eq!(actual, Version(version + 1)),
            other => panic!("{other:?}"),
        }
    }
    let Lease::Held { token } = one.lease("router/main", "one", LONG).await.unwrap() else { panic!("it is free") };
    assert!(matches!(two.lease("router/main", "two", LONG).await.unwrap(), Lease::HeldBy { .. }));
    one.give_back("router/main", token).await.unwrap();
    assert!(
        matches!(two.lease("router/main", "two", LONG).await.unwrap(), Lease::Held { token: next } if next > token)
    );
}

/// Writers on both handles, a reader that tails; nothing is lost, skipped or out of order.
pub async fn two_handles_write_one_history(store: &dyn Store) {
    let (one, two) = (store.open().await, store.open().await);
    let writers: Vec<_> = (0..8u128)
        .map(|writer| {
            let ledger = Arc::clone(if writer % 2 == 0 { &one } else { &two });
            tokio::spawn(async move {
                let mut expected = 0;
                let mut left = 25;
                while left > 0 {
                    // Half of them on a stream of their own, half on one that all share.
                    let stream = request(if writer < 4 { writer } else { 99 });
                    match ledger.append(append(stream, expected, &["a"])).await {
                        Ok(written) => {
                            expected = written[0].version.0;
                            left -= 1;
                        }
                        Err(AppendError::Conflict { actual }) => expected = actual.0,
                        Err(AppendError::Busy) => tokio::time::sleep(Duration::from_millis(1)).await,
                        Err(other) => panic!("{other:?}"),
                    }
                }
            })
        })
        .collect();
    let (mut found, mut after) = (Vec::new(), None);
    while found.len() < 200 {
        let (events, next) = two.tail(after.as_ref(), 3).await.unwrap();
        found.extend(events);
        after = Some(next);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert_eq!(found, tail_to_end(&*one, None, 1_000).await.0);
    let mut seen = names(&found);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 200);
    assert_eq!(all(&*one, request(99)).await.len(), 100);
}
