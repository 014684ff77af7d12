//! How fast a ledger writes and reads on this machine.
//!
//! `cargo run --release -p wideawake-ledger --example throughput [folder | postgres://… [outbox]]`; the folder should be
//! on the disk that will hold the ledger (the default is the folder for temporary files), the database an empty one. For
//! PostgreSQL it begins with what the server does alone: one `INSERT` of a row as long as an event, and its commit.
#![allow(clippy::unwrap_used, reason = "a measurement has nobody to report to but the person who runs it")]
#![allow(clippy::print_stdout, reason = "its output is what it is for")]

use chrono::DateTime;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, StreamId, StreamKind, Version};
use wideawake_ledger::{Append, KeyChange, Ledger, NewEvent, Outbox, PostgresLedger, SqliteLedger};

/// How long each thing is done.
const LONG: Duration = Duration::from_millis(1_500);
const EVENTS: u64 = 4;
/// As long as an event and what is kept with it.
const ROW: usize = 500;

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

fn show(what: &str, took: Duration, mut each: Vec<Duration>) {
    each.sort_unstable();
    let at = |share: f64| each[((each.len() - 1) as f64 * share) as usize].as_secs_f64() * 1e3;
    println!(
        "{what:<34} {:>8.0}/s   p50 {:>7.3} ms   p99 {:>7.3} ms   max {:>8.3} ms",
        each.len() as f64 / took.as_secs_f64(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}

/// Runs `writers` at once for as long as [`LONG`]; each makes futures, one after the other, and waits for them.
async fn many<F: Future<Output = ()> + Send>(
    what: &str,
    writers: usize,
    make: impl Fn(usize, u64) -> F + Send + Sync + 'static,
) -> u64 {
    let make = Arc::new(make);
    let start = Instant::now();
    let tasks: Vec<_> = (0..writers)
        .map(|writer| {
            let make = Arc::clone(&make);
            tokio::spawn(async move {
                let mut each = Vec::new();
                while start.elapsed() < LONG {
                    let begun = Instant::now();
                    make(writer, each.len() as u64).await;
                    each.push(begun.elapsed());
                }
                each
            })
        })
        .collect();
    let mut each = Vec::new();
    for task in tasks {
        each.extend(task.await.unwrap());
    }
    let count = each.len() as u64;
    show(what, start.elapsed(), each);
    count
}

async fn floor(url: &str) {
    let connect = async || {
        let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    };
    connect().await.batch_execute("CREATE TABLE floor (n bigserial PRIMARY KEY, data text NOT NULL)").await.unwrap();
    for writers in [1, 8, 32] {
        let mut clients = Vec::new();
        for _ in 0..writers {
            let client = connect().await;
            let insert = client.prepare("INSERT INTO floor (data) VALUES ($1)").await.unwrap();
            clients.push(Arc::new((client, insert)));
        }
        let insert = move |writer: usize, _| {
            let client = Arc::clone(&clients[writer]);
            async move {
                client.0.execute(&client.1, &[&"x".repeat(ROW)]).await.unwrap();
            }
        };
        many(&format!("floor: INSERT, {writers} connections"), writers, insert).await;
    }
    connect().await.batch_execute("DROP TABLE floor").await.unwrap();
}

#[tokio::main]
async fn main() {
    let mut given = std::env::args().skip(1);
    let place = given.next().unwrap_or_else(|| std::env::temp_dir().display().to_string());
    let folder;
    let (ledger, file): (Arc<dyn Ledger>, Option<Arc<SqliteLedger>>) = if place.starts_with("postgres") {
        floor(&place).await;
        let outbox = if given.next().as_deref() == Some("outbox") { Outbox::Kept } else { Outbox::None };
        (Arc::new(PostgresLedger::open(&place, outbox).await.unwrap()), None)
    } else {
        folder = tempfile::tempdir_in(&place).unwrap();
        let file = Arc::new(SqliteLedger::open(&folder.path().join("ledger.sqlite3")).unwrap());
        (Arc::clone(&file) as Arc<dyn Ledger>, Some(file))
    };

    let mut streams = 0;
    for writers in [1, 16, 64, 256, 1_024] {
        let base = writers as u128 * 1_000_000_000;
        let own = Arc::clone(&ledger);
        let next = move |writer: usize, n: u64| {
            let ledger = Arc::clone(&own);
            async move {
                let append = append(base + writer as u128 * 1_000_000 + u128::from(n / EVENTS), n % EVENTS);
                let written = ledger.append(append).await.unwrap();
                if ledger.has_outbox() {
                    // As the publisher does, though one by one.
                    tell(&ledger, written).await;
                }
            }
        };
        let count = many(&format!("append, {writers} writers"), writers, next).await;
        streams += count / EVENTS;
    }

    let own = Arc::clone(&ledger);
    let read = move |_, n: u64| {
        let ledger = Arc::clone(&own);
        async move {
            let stream = append(1_000_000_000 + u128::from(n % 50), 0).stream;
            assert!(!ledger.read(stream, Version::NONE, 1_000).await.unwrap().is_empty());
        }
    };
    many("read a stream of 4", 1, read).await;

    let start = Instant::now();
    let (events, _) = ledger.open(&Pool::named("main"), StreamKind::Request, DateTime::UNIX_EPOCH).await.unwrap();
    println!("open: {} events of some {streams} streams in {:?}", events.len(), start.elapsed());

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
    let report = match file {
        Some(file) => file.verify().await.unwrap(),
        None => PostgresLedger::open_read_only(&place).await.unwrap().verify().await.unwrap(),
    };
    println!("verify: {} events, {} findings in {:?}", report.events, report.findings.len(), start.elapsed());
}

/// Takes events out of the outbox as a publisher does: many at once, while others append.
async fn tell(ledger: &Arc<dyn Ledger>, written: Vec<wideawake_domain::Recorded>) {
    static WAITING: tokio::sync::Mutex<Vec<wideawake_domain::Position>> = tokio::sync::Mutex::const_new(Vec::new());
    let mut waiting = WAITING.lock().await;
    waiting.extend(written.iter().map(|event| event.position));
    if waiting.len() >= 256 {
        let told = std::mem::take(&mut *waiting);
        drop(waiting);
        ledger.told(&told).await.unwrap();
    }
}
