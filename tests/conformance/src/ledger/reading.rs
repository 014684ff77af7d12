//! Reading one stream, the open ones, and all of them.

use chrono::{DateTime, Utc};
use wideawake_domain::{Pool, StreamId, StreamKind, Version};
use wideawake_ledger::{Ledger, link};

use super::{Store, all, append, hour, names, request, stream, tail_to_end};

/// Each page goes on where the last one ended, however long the stream is.
pub async fn a_stream_is_read_in_pages(store: &dyn Store) {
    let ledger = store.open().await;
    let kinds: Vec<String> = (0..150).map(|n| n.to_string()).collect();
    let kinds: Vec<&str> = kinds.iter().map(String::as_str).collect();
    let written = ledger.append(append(request(1), 0, &kinds)).await.unwrap();
    ledger.append(append(request(2), 0, &["other"])).await.unwrap();
    assert_eq!(all(&*ledger, request(1)).await, written);
    for page in [1, 63, 64, 65, 100, 150, 151] {
        let (mut found, mut after) = (Vec::new(), Version::NONE);
        loop {
            let events = ledger.read(request(1), after, page).await.unwrap();
            assert!(events.len() <= page);
            let Some(last) = events.last() else { break };
            after = last.version;
            found.extend(events);
        }
        assert_eq!(found, written, "pages of {page}");
    }
    assert_eq!(ledger.read(request(1), Version(149), 10).await.unwrap(), written[149..]);
    assert_eq!(ledger.read(request(1), Version(150), 10).await.unwrap(), []);
    assert_eq!(ledger.read(request(1), Version(u64::MAX), 10).await.unwrap(), []);
    assert_eq!(ledger.read(request(1), Version::NONE, 0).await.unwrap(), []);
    assert_eq!(ledger.read(request(3), Version::NONE, 10).await.unwrap(), []);
    assert_eq!(ledger.newest(request(1)).await.unwrap().as_ref(), written.last());
    assert_eq!(ledger.newest(request(3)).await.unwrap(), None);
}

async fn open(ledger: &dyn Ledger, pool: &str, kind: StreamKind, since: DateTime<Utc>) -> Vec<(StreamId, u64)> {
    let (events, _) = ledger.open(&Pool::named(pool), kind, since).await.unwrap();
    assert!(events.windows(2).all(|pair| pair[0].position < pair[1].position), "in order of position");
    names(&events)
}

/// Kind, pool and the moment of ending decide; `all` concerns every pool.
pub async fn open_finds_what_concerns_the_pool_and_has_not_ended(store: &dyn Store) {
    let ledger = store.open().await;
    let write = async |stream, pool: &str, version, ends_at| {
        let mut next = append(stream, version, &["a"]);
        (next.pool, next.ends_at) = (Pool::named(pool), ends_at);
        ledger.append(next).await.unwrap();
    };
    let staff = stream(StreamKind::Staff, 9);
    write(request(1), "main", 0, None).await;
    write(request(2), "youth", 0, None).await;
    write(staff, "all", 0, None).await;
    write(request(3), "main", 0, None).await;
    write(request(1), "main", 1, None).await;
    write(request(3), "main", 1, Some(hour(5))).await;
    write(request(4), "all", 0, None).await;

    let main = [(request(1), 1), (request(1), 2), (request(4), 1)];
    assert_eq!(open(&*ledger, "main", StreamKind::Request, hour(5)).await, main);
    let with_ended = [(request(1), 1), (request(3), 1), (request(1), 2), (request(3), 2), (request(4), 1)];
    assert_eq!(open(&*ledger, "main", StreamKind::Request, hour(4)).await, with_ended);
    assert_eq!(open(&*ledger, "youth", StreamKind::Request, hour(0)).await, [(request(2), 1), (request(4), 1)]);
    assert_eq!(open(&*ledger, "all", StreamKind::Request, hour(0)).await, [(request(4), 1)]);
    assert_eq!(open(&*ledger, "main", StreamKind::Staff, hour(0)).await, [(staff, 1)]);
    assert_eq!(open(&*ledger, "main", StreamKind::Duty, hour(0)).await, []);

    // What comes after the end leaves the end as it was.
    write(request(3), "main", 2, None).await;
    assert_eq!(open(&*ledger, "main", StreamKind::Request, hour(5)).await, main);
}

/// Duty streams say at once when their week will be over.
pub async fn a_stream_may_end_in_the_future(store: &dyn Store) {
    let ledger = store.open().await;
    let duty = stream(StreamKind::Duty, 1);
    let mut first = append(duty, 0, &["ready"]);
    first.ends_at = Some(hour(100));
    ledger.append(first).await.unwrap();
    assert_eq!(ledger.streams(None, 1).await.unwrap()[0].ended_at, Some(hour(100)));
    assert_eq!(open(&*ledger, "main", StreamKind::Duty, hour(1)).await, [(duty, 1)]);
    assert_eq!(open(&*ledger, "main", StreamKind::Duty, hour(99)).await, [(duty, 1)]);
    assert_eq!(open(&*ledger, "main", StreamKind::Duty, hour(100)).await, []);

    let mut later = append(duty, 1, &["off"]);
    later.ends_at = Some(hour(200));
    ledger.append(later).await.unwrap();
    assert_eq!(open(&*ledger, "main", StreamKind::Duty, hour(100)).await, [(duty, 1), (duty, 2)]);
}

/// The newest event decides whom a stream concerns; each event keeps whom it concerned.
pub async fn a_stream_that_changes_its_pool_is_found_there(store: &dyn Store) {
    let ledger = store.open().await;
    ledger.append(append(request(1), 0, &["a"])).await.unwrap();
    let mut moved = append(request(1), 1, &["b"]);
    moved.pool = Pool::named("youth");
    ledger.append(moved).await.unwrap();
    assert_eq!(open(&*ledger, "main", StreamKind::Request, hour(0)).await, []);
    assert_eq!(open(&*ledger, "youth", StreamKind::Request, hour(0)).await, [(request(1), 1), (request(1), 2)]);
    let pools: Vec<_> = all(&*ledger, request(1)).await.into_iter().map(|event| event.pool).collect();
    assert_eq!(pools, [Pool::named("main"), Pool::named("youth")]);
    assert_eq!(ledger.streams(None, 1).await.unwrap()[0].pool, Pool::named("youth"));
}

/// A process that rebuilds from `open` and goes on with `tail` misses nothing.
pub async fn open_and_tail_meet_without_a_gap(store: &dyn Store) {
    let ledger = store.open().await;
    let writers: Vec<_> = (0..4u128)
        .map(|writer| {
            let ledger = std::sync::Arc::clone(&ledger);
            tokio::spawn(async move {
                for n in 0..50 {
                    ledger.append(append(request(writer), n, &["a"])).await.unwrap();
                }
            })
        })
        .collect();
    let mut meetings = Vec::new();
    while meetings.len() < 10 {
        meetings.push(ledger.open(&Pool::named("main"), StreamKind::Request, hour(0)).await.unwrap());
    }
    for writer in writers {
        writer.await.unwrap();
    }
    for (found, cursor) in meetings {
        let mut seen = names(&found);
        seen.extend(names(&tail_to_end(&*ledger, Some(cursor), 7).await.0));
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 200);
    }
}

/// With the version and hash of their newest event.
pub async fn streams_come_in_pages_in_order_of_id(store: &dyn Store) {
    let ledger = store.open().await;
    let mut expected = Vec::new();
    for kind in StreamKind::ALL {
        for n in [3, 1, 2] {
            ledger.append(append(stream(kind, n), 0, &["a"])).await.unwrap();
            ledger.append(append(stream(kind, n), 1, &["b"])).await.unwrap();
            expected.push(stream(kind, n));
        }
    }
    expected.sort_unstable();
    for page in [1, 4, 18, 100] {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let heads = ledger.streams(after, page).await.unwrap();
            assert!(heads.len() <= page);
            let Some(last) = heads.last() else { break };
            after = Some(last.stream);
            for head in &heads {
                let newest = &all(&*ledger, head.stream).await[1];
                assert_eq!((head.version, head.hash), (newest.version, newest.hash));
                assert_eq!((&head.pool, head.ended_at), (&newest.pool, None));
                assert_eq!(newest.hash, link(&all(&*ledger, head.stream).await[0].hash, newest));
            }
            found.extend(heads.into_iter().map(|head| head.stream));
        }
        assert_eq!(found, expected, "pages of {page}");
    }
}
