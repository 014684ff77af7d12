//! How fast the SQLite ledger writes and reads on this machine.
//!
//! `cargo run --release -p wideawake-ledger --example throughput [folder]`; the folder should be on the disk that will
//! hold the ledger (the default is the folder for temporary files).
#![allow(clippy::unwrap_used, reason = "a measurement has nobody to report to but the person who runs it")]
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use chrono::DateTime;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, StreamId, StreamKind, Version};
use wideawake_ledger::{Append, KeyChange, Ledger as _, NewEvent, SqliteLedger};

const ALONE: usize = 2_000;
const STREAMS: usize = 25_000;
const EVENTS: u64 = 4;

fn append(stream: u128, version: u64) -> Append {
    Append {
        // As spread as real ids: their lower half is random.
        stream: StreamId { kind: StreamKind::Request, id: Uuid::new_v5(&Uuid::NAMESPACE_OID, &stream.to_be_bytes()) },
        pool: Pool::named("main"),
        expected: Version(version),
        at: DateTime::from_timestamp_micros(1_700_000_000_000_000 + version as i64).unwrap(),
        actor: Actor::Member,
        trace: "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".into(),
        events: vec![NewEvent { kind: "message".into(), data: format!(r#"{{"text":"{}"}}"#, "x".repeat(160)).into() }],
        fence: None,
        ends_at: None,
        key: if version == 0 { KeyChange::Create(vec![7; 69]) } else { KeyChange::Keep },
    }
}

fn show(what: &str, count: usize, took: Duration, mut each: Vec<Duration>) {
    each.sort_unstable();
    let at = |share: f64| each[((each.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what:<34} {:>8.0}/s   p50 {:>7.3} ms   p99 {:>7.3} ms   max {:>8.3} ms",
        count as f64 / took.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

#[tokio::main]
async fn main() {
    let folder = std::env::args_os().nth(1).map_or_else(std::env::temp_dir, Into::into);
    let folder = tempfile::tempdir_in(folder).unwrap();
    let ledger = Arc::new(SqliteLedger::open(&folder.path().join("ledger.sqlite3")).unwrap());

    let mut each = Vec::new();
    let start = Instant::now();
    for n in 0..ALONE {
        let begun = Instant::now();
        ledger.append(append(u128::MAX - n as u128, 0)).await.unwrap();
        each.push(begun.elapsed());
    }
    show("append, one at a time", ALONE, start.elapsed(), each);

    for writers in [16, 256, 2_048] {
        let base = writers as u128 * 1_000_000;
        let start = Instant::now();
        let tasks: Vec<_> = (0..writers)
            .map(|writer| {
                let ledger = Arc::clone(&ledger);
                tokio::spawn(async move {
                    let mut each = Vec::new();
                    for stream in (writer..STREAMS).step_by(writers) {
                        for version in 0..EVENTS {
                            let begun = Instant::now();
                            ledger.append(append(base + stream as u128, version)).await.unwrap();
                            each.push(begun.elapsed());
                        }
                    }
                    each
                })
            })
            .collect();
        let mut each = Vec::new();
        for task in tasks {
            each.extend(task.await.unwrap());
        }
        show(&format!("append, {writers} writers"), each.len(), start.elapsed(), each);
    }

    let mut each = Vec::new();
    let start = Instant::now();
    for stream in 0..20_000 {
        let stream = append(16_000_000 + stream, 0).stream;
        let begun = Instant::now();
        assert_eq!(ledger.read(stream, Version::NONE, 1_000).await.unwrap().len(), EVENTS as usize);
        each.push(begun.elapsed());
    }
    show("read a stream of 4, on this thread", each.len(), start.elapsed(), each);

    let mut each = Vec::new();
    let start = Instant::now();
    for _ in 0..20_000 {
        let begun = Instant::now();
        ledger.end().await.unwrap();
        each.push(begun.elapsed());
    }
    show("one row, through the pool", each.len(), start.elapsed(), each);

    let start = Instant::now();
    let (events, _) = ledger.open(&Pool::named("main"), StreamKind::Request, DateTime::UNIX_EPOCH).await.unwrap();
    println!("open: {} events of {} streams in {:?}", events.len(), STREAMS * 3 + ALONE, start.elapsed());

    let start = Instant::now();
    let (mut cursor, mut count) = (None, 0);
    loop {
        let (events, next) = ledger.tail(cursor.as_ref(), 1_000).await.unwrap();
        count += events.len();
        cursor = Some(next);
        if events.is_empty() {
            break;
        }
    }
    println!("tail: {count} events in pages of 1,000 in {:?}", start.elapsed());

    let start = Instant::now();
    let report = ledger.verify().await.unwrap();
    println!("verify: {} events, {} findings in {:?}", report.events, report.findings.len(), start.elapsed());
}
