//! Whatever was changed behind the ledger's back is found, and named by stream and version.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Place, append, request};
use std::fs;
use uuid::Uuid;
use wideawake_domain::{StreamId, StreamKind};
use wideawake_ledger::{AuditReport, Cursor, Ledger as _, SqliteLedger, checkpoint, checkpoint_until};

/// Three streams of five events, and a checkpoint that saw all of them.
async fn written() -> Place {
    let place = Place::new();
    let ledger = place.open();
    for n in 1..=3 {
        ledger.append(append(request(n), 0, 2)).await.unwrap();
    }
    for n in 1..=3 {
        ledger.append(append(request(n), 2, 3)).await.unwrap();
    }
    let (heads, until) = ledger.heads_changed(None, 1_000).await.unwrap();
    let stream = StreamId { kind: StreamKind::Checkpoint, id: Uuid::from_u128(1) };
    let mut saw = append(stream, 0, 0);
    saw.events = vec![checkpoint(&heads, &until)];
    let saw = ledger.append(saw).await.unwrap();
    assert_eq!(checkpoint_until(&saw[0]), Some(until));
    place
}

async fn audit(place: &Place) -> AuditReport {
    SqliteLedger::open_read_only(&place.path).unwrap().verify().await.unwrap()
}

async fn found_after(sql: &str) -> Vec<String> {
    let place = written().await;
    let changed = place.raw().execute_batch(sql);
    changed.unwrap();
    let report = audit(&place).await;
    assert_eq!(report.more, 0);
    report.findings.iter().map(ToString::to_string).collect()
}

fn at(n: u128, version: u64, what: &str) -> String {
    format!("{} version {version}: {what}", request(n))
}

const ALTERED: &str = "the event was changed: its hash does not fit";
/// The third event of the second stream.
const THIRD: &str =
    "WHERE version = 3 AND stream = (SELECT key FROM streams WHERE id = x'00000000000000000000000000000002')";

#[tokio::test]
async fn an_untouched_ledger_is_clean() {
    let report = audit(&written().await).await;
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.streams, report.events, report.checkpoints), (4, 16, 1));
    let empty = Place::new();
    drop(empty.open());
    assert_eq!(audit(&empty).await, AuditReport::default());
}

#[tokio::test]
async fn one_changed_field_of_an_event_is_found_and_nothing_else() {
    for change in [
        r#"data = '{"n":7}'"#,
        "data = data || ' '",
        "at = at + 1",
        "actor = 'router'",
        "type = 'messagf'",
        "trace = '0'",
        "pool = 'maim'",
        "hash = CAST(x'00' || substr(hash, 2) AS BLOB)",
    ] {
        let found = found_after(&format!("UPDATE events SET {change} {THIRD}")).await;
        assert_eq!(found, [at(2, 3, ALTERED)], "{change}");
    }
}

#[tokio::test]
async fn garbage_is_a_finding() {
    for (change, field) in [
        ("data = CAST(x'ff' AS TEXT)", "data"),
        ("trace = CAST(x'c328' AS TEXT)", "trace"),
        ("type = CAST(x'80' AS TEXT)", "type"),
        ("pool = CAST(x'80' AS TEXT)", "pool"),
        ("actor = 'nobody'", "actor"),
        ("at = 9223372036854775807", "time"),
        ("hash = x'00'", "hash"),
    ] {
        let found = found_after(&format!("UPDATE events SET {change} {THIRD}")).await;
        assert_eq!(found, [at(2, 3, &format!("its {field} cannot be read"))], "{change}");
    }
    for change in ["id = x'00'", "kind = 77"] {
        let found = found_after(&format!("UPDATE streams SET {change} WHERE key = 2")).await;
        assert!(found.iter().any(|finding| finding.starts_with("stream number 2: its stream ")), "{found:?}");
    }
    let found = found_after("UPDATE events SET data = 'no json' WHERE type = 'checkpoint'").await;
    assert!(found.iter().any(|finding| finding.contains("list of heads")), "{found:?}");
}

#[tokio::test]
async fn a_missing_event_is_named() {
    assert_eq!(found_after(&format!("DELETE FROM events {THIRD}")).await, [at(2, 3, "the event is missing")]);
    let first = THIRD.replace("version = 3", "version = 1");
    assert_eq!(found_after(&format!("DELETE FROM events {first}")).await, [at(2, 1, "the event is missing")]);
    let newest = THIRD.replace("version = 3", "version = 5");
    assert_eq!(
        found_after(&format!("DELETE FROM events {newest}")).await,
        [
            at(2, 5, "the event was cut off the end of its stream, as the head of the stream shows"),
            at(2, 5, "the event was cut off the end of its stream, as a checkpoint shows"),
        ]
    );
}

#[tokio::test]
async fn a_cut_tail_is_found_even_if_the_head_was_changed_with_it() {
    let cut = "DELETE FROM events WHERE stream = 2 AND version > 3;
               UPDATE streams SET version = 3, hash = (SELECT hash FROM events WHERE stream = 2 AND version = 3) WHERE key = 2;";
    let shown = "the event was cut off the end of its stream, as a checkpoint shows";
    assert_eq!(found_after(cut).await, [at(2, 5, shown)]);
    let whole = "DELETE FROM events WHERE stream = 2; DELETE FROM streams WHERE key = 2;";
    assert_eq!(found_after(whole).await, [at(2, 5, shown)]);
}

#[tokio::test]
async fn events_that_changed_places_are_found() {
    let swap = |one: &str, two: &str| {
        format!(
            "CREATE TEMP TABLE a AS SELECT * FROM events WHERE {one}; CREATE TEMP TABLE b AS SELECT * FROM events WHERE {two};
             UPDATE events SET (type, at, actor, trace, data, hash) = (SELECT type, at, actor, trace, data, hash FROM b) WHERE {one};
             UPDATE events SET (type, at, actor, trace, data, hash) = (SELECT type, at, actor, trace, data, hash FROM a) WHERE {two};"
        )
    };
    let found = found_after(&swap("stream = 2 AND version = 2", "stream = 2 AND version = 3")).await;
    assert_eq!(found[..2], [at(2, 2, ALTERED), at(2, 3, ALTERED)]);
    let found = found_after(&swap("stream = 1 AND version = 2", "stream = 2 AND version = 2")).await;
    assert_eq!(found[..1], [at(1, 2, ALTERED)]);
    assert!(found.contains(&at(2, 2, ALTERED)));
    let moved = "UPDATE events SET position = 1000 WHERE stream = 2 AND version = 2";
    assert_eq!(found_after(moved).await, [at(2, 3, "the event has another place in the whole ledger than it had")]);
}

#[tokio::test]
async fn heads_that_are_not_their_newest_events_are_found() {
    for (change, what) in [
        ("version = 4", "the version in the head of the stream is not that of its newest event"),
        (
            "hash = CAST(x'00' || substr(hash, 2) AS BLOB)",
            "the hash in the head of the stream is not that of its newest event",
        ),
        ("pool = 'youth'", "the pool in the head of the stream is not that of its newest event"),
    ] {
        assert_eq!(found_after(&format!("UPDATE streams SET {change} WHERE key = 2")).await, [at(2, 5, what)]);
    }
    let found = found_after("DELETE FROM streams WHERE key = 2").await;
    assert_eq!(found.iter().filter(|finding| finding.contains("belongs to a stream that is missing")).count(), 5);
}

#[tokio::test]
async fn what_was_put_where_a_checkpoint_had_looked_is_found() {
    let place = Place::new();
    let ledger = place.open();
    ledger.append(append(request(1), 0, 2)).await.unwrap();
    let (heads, _) = ledger.heads_changed(None, 1_000).await.unwrap();
    // As if it had looked further than its own place.
    let mut saw = append(StreamId { kind: StreamKind::Checkpoint, id: Uuid::from_u128(1) }, 0, 0);
    saw.events = vec![checkpoint(&heads, &Cursor("s1-5".into()))];
    ledger.append(saw).await.unwrap();
    assert!(ledger.verify().await.unwrap().is_clean());
    ledger.append(append(request(1), 2, 1)).await.unwrap();
    ledger.append(append(request(9), 0, 2)).await.unwrap();
    drop(ledger);
    let found: Vec<_> = audit(&place).await.findings.iter().map(ToString::to_string).collect();
    let added = "the event was not there when a checkpoint covered its place";
    assert_eq!(found, [at(1, 3, added), at(9, 1, added)]);
}

#[tokio::test]
async fn a_history_that_was_written_anew_is_found_by_the_checkpoint() {
    let place = written().await;
    place.raw().execute_batch("DELETE FROM events WHERE stream = 2; DELETE FROM streams WHERE key = 2").unwrap();
    let ledger = place.open();
    let mut other = append(request(2), 0, 5);
    other.at = common::time(99);
    ledger.append(other).await.unwrap();
    drop(ledger);
    let found: Vec<_> = audit(&place).await.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, [at(2, 5, "the event is not the one that a checkpoint saw")]);
}

#[tokio::test]
async fn any_byte_of_the_file_may_be_changed_without_a_crash() {
    let place = written().await;
    let whole = fs::read(&place.path).unwrap();
    let (mut clean, mut refused) = (0, 0);
    for offset in (0..100).chain((100..whole.len()).step_by(61)) {
        let mut bytes = whole.clone();
        bytes[offset] ^= 0x41;
        fs::write(&place.path, bytes).unwrap();
        match SqliteLedger::open_read_only(&place.path) {
            Ok(ledger) => {
                let report = ledger.verify().await;
                clean += usize::from(report.is_ok_and(|report| report.is_clean()));
                // None of these may panic either, whatever they answer.
                let _ = ledger.tail(None, 100).await;
                let _ = ledger.tail(Some(&Cursor("s1-3".into())), 2).await;
                let _ = ledger.read(request(2), wideawake_domain::Version::NONE, 100).await;
                let _ = ledger.streams(None, 100).await;
            }
            Err(_) => refused += 1,
        }
    }
    fs::write(&place.path, whole).unwrap();
    assert!(audit(&place).await.is_clean());
    assert!(clean > 0 && refused > 0, "{clean} changes in free space, {refused} that SQLite refuses");
}

#[tokio::test]
async fn any_byte_of_an_event_that_was_changed_in_the_file_is_found() {
    let place = written().await;
    let whole = fs::read(&place.path).unwrap();
    let data = whole.windows(7).position(|window| window == br#"{"n":2}"#).unwrap();
    // From the type to the end of the hash.
    for offset in data - b"messagetttttttmember".len()..data + 7 + 32 {
        for bit in [0, 7] {
            let mut bytes = whole.clone();
            bytes[offset] ^= 1 << bit;
            fs::write(&place.path, bytes).unwrap();
            let clean = match SqliteLedger::open_read_only(&place.path) {
                Ok(ledger) => ledger.verify().await.unwrap().is_clean(),
                Err(_) => false,
            };
            assert!(!clean, "byte {} of the event, bit {bit}", offset - data);
        }
    }
}
