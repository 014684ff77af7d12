//! The whole log, from a cursor on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wideawake_domain::{StreamKind, Version};
use wideawake_ledger::{Cursor, LedgerError};

use super::{Store, all, append, names, request, stream, tail_to_end};

/// From the beginning, from the middle, from the end.
pub async fn tail_gives_everything_once_and_in_order(store: &dyn Store) {
    let ledger = store.open().await;
    let (nothing, start) = ledger.tail(None, 10).await.unwrap();
    assert_eq!(nothing, []);
    assert_eq!(ledger.end().await.unwrap(), start);

    let mut written = Vec::new();
    for n in 0..10 {
        written.extend(ledger.append(append(request(n % 3), (n / 3 * 2) as u64, &["a", "b"])).await.unwrap());
    }
    for page in [1, 3, 20, 1_000] {
        for after in [None, Some(start.clone())] {
            let (found, end) = tail_to_end(&*ledger, after, page).await;
            assert_eq!(found, written);
            assert_eq!(ledger.end().await.unwrap(), end);
        }
    }
    let end = ledger.end().await.unwrap();
    let more = ledger.append(append(request(7), 0, &["c"])).await.unwrap();
    assert_eq!(ledger.tail(Some(&end), 10).await.unwrap().0, more);
}

/// Eight writers, one reader that reads as fast as it can.
pub async fn tail_skips_nothing_and_repeats_nothing_while_writers_write(store: &dyn Store) {
    let ledger = store.open().await;
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (ledger, done) = (Arc::clone(&ledger), Arc::clone(&done));
        tokio::spawn(async move {
            let (mut found, mut after) = (Vec::new(), None);
            loop {
                let last = done.load(Ordering::SeqCst);
                let (events, next) = ledger.tail(after.as_ref(), 5).await.unwrap();
                if events.is_empty() && last {
                    return found;
                }
                found.extend(events);
                after = Some(next);
            }
        })
    };
    let writers: Vec<_> = (0..8u128)
        .map(|writer| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move {
                for n in 0..100 {
                    ledger.append(append(request(writer), n * 2, &["a", "b"])).await.unwrap();
                }
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    done.store(true, Ordering::SeqCst);
    let found = reader.await.unwrap();
    assert!(found.windows(2).all(|pair| pair[0].position < pair[1].position));
    let mut versions: BTreeMap<_, u64> = BTreeMap::new();
    for event in &found {
        let version = versions.entry(event.stream).or_default();
        *version += 1;
        assert_eq!(event.version, Version(*version), "{}", event.stream);
    }
    assert_eq!(found.len(), 1_600);
}

/// Going on from it would skip events.
pub async fn a_foreign_cursor_is_refused(store: &dyn Store) {
    let ledger = store.open().await;
    ledger.append(append(request(1), 0, &["a"])).await.unwrap();
    for text in ["", "x", "1", "s1-", "s1--1", "s1-+1", "s1-01", "s1-1 ", "s9-1", "s1-99999999999999999999", "é"] {
        for refused in [
            ledger.tail(Some(&Cursor(text.to_owned())), 10).await.map(drop),
            ledger.heads_changed(Some(&Cursor(text.to_owned())), 10).await.map(drop),
        ] {
            assert!(matches!(refused, Err(LedgerError::Damaged(_))), "{text}: {refused:?}");
        }
    }
}

/// With the newest version among the events that were looked at; without checkpoint streams.
pub async fn heads_changed_names_each_stream_once(store: &dyn Store) {
    let ledger = store.open().await;
    let (nothing, start) = ledger.heads_changed(None, 10).await.unwrap();
    assert_eq!(nothing, []);
    ledger.append(append(request(2), 0, &["a"])).await.unwrap();
    ledger.append(append(request(1), 0, &["a", "b"])).await.unwrap();
    ledger.append(append(request(2), 1, &["b"])).await.unwrap();
    ledger.append(append(stream(StreamKind::Checkpoint, 1), 0, &["checkpoint"])).await.unwrap();

    let (heads, end) = ledger.heads_changed(Some(&start), 100).await.unwrap();
    assert_eq!(
        heads.iter().map(|head| (head.stream, head.version.0)).collect::<Vec<_>>(),
        [(request(1), 2), (request(2), 2)]
    );
    for head in &heads {
        assert_eq!(head.hash, all(&*ledger, head.stream).await[1].hash);
    }
    assert_eq!(end, ledger.end().await.unwrap());
    assert_eq!(ledger.heads_changed(Some(&end), 100).await.unwrap(), (vec![], end));

    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let (heads, next) = ledger.heads_changed(after.as_ref(), 2).await.unwrap();
        if after.as_ref() == Some(&next) {
            break;
        }
        seen.extend(heads.iter().map(|head| (head.stream, head.version.0)));
        after = Some(next);
    }
    assert_eq!(seen, [(request(1), 1), (request(2), 1), (request(1), 2), (request(2), 2)]);
    assert_eq!(names(&tail_to_end(&*ledger, None, 100).await.0).len(), 5);
}
