//! The whole log, from a cursor on.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use wideawake_domain::{StreamKind, Version};
use wideawake_ledger::{Cursor, LedgerError};

use super::{Store, all, append, names, request, settled, stream, tail_to_end};

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
    settled(&*ledger).await;
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
    settled(&*ledger).await;
    done.store(true, Ordering::SeqCst);
    let found = reader.await.unwrap();
    assert_eq!(found, ledger.tail(None, usize::MAX).await.unwrap().0, "there is one order");
    let mut positions: Vec<_> = found.iter().map(|event| event.position).collect();
    positions.sort_unstable();
    positions.dedup();
    assert_eq!(positions.len(), found.len(), "each event has a position of its own");
    let mut versions: BTreeMap<_, u64> = BTreeMap::new();
    for event in &found {
        let version = versions.entry(event.stream).or_default();
        *version += 1;
        assert_eq!(event.version, Version(*version), "{}", event.stream);
    }
    let mut last = BTreeMap::new();
    for event in &found {
        assert!(last.insert(event.stream, event.position) < Some(event.position), "positions of a stream grow");
    }
    assert_eq!(found.len(), 1_600);
}

/// Also from a cursor that was given out while others wrote: what a client saw last is an event behind some cursor.
pub async fn tail_gives_the_same_again_from_every_cursor(store: &dyn Store) {
    let handles = [store.open().await, store.open().await];
    let writers: Vec<_> = (0..8u128)
        .map(|writer| {
            let ledger = Arc::clone(&handles[writer as usize % 2]);
            tokio::spawn(async move {
                for n in 0..30 {
                    ledger.append(append(request(writer), n * 2, &["a", "b"])).await.unwrap();
                }
            })
        })
        .collect();
    let (mut pages, mut after, mut count) = (Vec::new(), None, 0);
    while count < 480 {
        let (events, next) = handles[0].tail(after.as_ref(), 4).await.unwrap();
        count += events.len();
        if !events.is_empty() {
            pages.push((after.replace(next.clone()), events, next));
        }
    }
    for writer in writers {
        writer.await.unwrap();
    }
    let (all, _) = handles[1].tail(None, usize::MAX).await.unwrap();
    let mut from = 0;
    for (before, events, behind) in pages {
        assert_eq!(handles[1].tail(before.as_ref(), 4).await.unwrap().0[..events.len()], events);
        assert_eq!(handles[1].tail(before.as_ref(), usize::MAX).await.unwrap().0, all[from..]);
        from += events.len();
        assert_eq!(handles[1].tail(before.as_ref(), events.len()).await.unwrap().1, behind);
    }
}

/// Going on from it would skip events.
pub async fn a_foreign_cursor_is_refused(store: &dyn Store) {
    let ledger = store.open().await;
    ledger.append(append(request(1), 0, &["a"])).await.unwrap();
    // Of each kind of ledger: what it would never write, and a place that it has not reached.
    let sqlite = ["s1-", "s1--1", "s1-+1", "s1-01", "s1-1 ", "s9-1", "s1-99999999999999999999", "s1-1000000000"];
    let postgres =
        ["p1-", "p1-1", "p1-1-", "p1--1-1", "p1-1-+1", "p1-01-1", "p1-1-1-1", "p9-1-1", "p1-8000000000000000-1"];
    for text in ["", "x", "1", "é"].into_iter().chain(sqlite).chain(postgres) {
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

    settled(&*ledger).await;
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
