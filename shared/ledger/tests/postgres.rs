//! What only a ledger in PostgreSQL must do: be found out when somebody tampers with it, be made by several at once, let
//! go of destroyed keys, and survive its server.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{DateTime, TimeDelta};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, StreamId, StreamKind, Version};
use wideawake_engines::Postgres;
use wideawake_ledger::{
    Append, AppendError, AuditReport, KeyChange, Ledger as _, LedgerError, NewEvent, NewKey, Outbox, PostgresLedger,
    checkpoint,
};

fn request(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

fn append(stream: StreamId, expected: u64, events: usize) -> Append {
    let event = |n| NewEvent { kind: "message".into(), data: format!(r#"{{"n":{n}}}"#).into() };
    Append {
        stream,
        pool: Pool::named("main"),
        expected: Version(expected),
        at: DateTime::UNIX_EPOCH + TimeDelta::days(20_000),
        actor: Actor::Member,
        trace: "".into(),
        events: (0..events).map(event).collect(),
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    }
}

async fn open(url: &str) -> PostgresLedger {
    PostgresLedger::open(url, Outbox::None).await.unwrap()
}

/// A connection past the ledger.
async fn raw(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn eventually(what: &str, mut ask: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !ask().await {
        assert!(Instant::now() < deadline, "waited in vain: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Three streams of five events, and a checkpoint that saw all of them.
async fn written() -> String {
    let url = Postgres::fresh_database().unwrap();
    let ledger = open(&url).await;
    for n in 1..=3 {
        ledger.append(append(request(n), 0, 2)).await.unwrap();
    }
    for n in 1..=3 {
        ledger.append(append(request(n), 2, 3)).await.unwrap();
    }
    eventually("the tail", async || ledger.tail(None, 100).await.unwrap().0.len() == 15).await;
    let (heads, until) = ledger.heads_changed(None, 1_000).await.unwrap();
    let mut saw = append(StreamId { kind: StreamKind::Checkpoint, id: Uuid::from_u128(1) }, 0, 0);
    saw.events = vec![checkpoint(&heads, &until)];
    ledger.append(saw).await.unwrap();
    url
}

async fn audit(url: &str) -> AuditReport {
    PostgresLedger::open_read_only(url).await.unwrap().verify().await.unwrap()
}

fn at(n: u128, version: u64, what: &str) -> String {
    format!("{} version {version}: {what}", request(n))
}

const ALTERED: &str = "the event was changed: its hash does not fit";
const SHOWN: &str = "the event was cut off the end of its stream, as a checkpoint shows";
/// The second stream.
const SECOND: &str = "WHERE kind = 1 AND id = '00000000-0000-0000-0000-000000000002'";

#[tokio::test]
async fn whatever_was_changed_behind_its_back_is_found_and_named() {
    let url = written().await;
    let report = audit(&url).await;
    assert!(report.is_clean(), "{:?}", report.findings);
    assert_eq!((report.streams, report.events, report.checkpoints), (4, 16, 1));

    let mut tamper = raw(&url).await;
    let third = format!("{SECOND} AND version = 3");
    let zero = "set_byte(hash, 0, (get_byte(hash, 0) + 1) % 256)";
    let cases = [
        (format!("UPDATE events SET data = '{{\"n\":7}}' {third}"), vec![at(2, 3, ALTERED)]),
        (format!("UPDATE events SET data = data || ' ' {third}"), vec![at(2, 3, ALTERED)]),
        (format!("UPDATE events SET at = at + 1 {third}"), vec![at(2, 3, ALTERED)]),
        (format!("UPDATE events SET actor = 'router' {third}"), vec![at(2, 3, ALTERED)]),
        (format!("UPDATE events SET pool = 'youth' {third}"), vec![at(2, 3, ALTERED)]),
        (format!("UPDATE events SET hash = {zero} {third}"), vec![at(2, 3, ALTERED)]),
        (format!("UPDATE events SET hash = '' {third}"), vec![at(2, 3, "its hash cannot be read")]),
        (format!("UPDATE events SET actor = 'nobody' {third}"), vec![at(2, 3, "its actor cannot be read")]),
        (format!("UPDATE events SET at = 9223372036854775807 {third}"), vec![at(2, 3, "its time cannot be read")]),
        (format!("DELETE FROM events {third}"), vec![at(2, 3, "the event is missing")]),
        (
            format!("DELETE FROM events {SECOND} AND version = 5"),
            vec![
                at(2, 5, "the event was cut off the end of its stream, as the head of the stream shows"),
                at(2, 5, SHOWN),
            ],
        ),
        (
            format!(
                "DELETE FROM events {SECOND} AND version > 3;
                 UPDATE streams SET version = 3, hash = (SELECT hash FROM events {third}) {SECOND}"
            ),
            vec![at(2, 5, SHOWN)],
        ),
        (format!("DELETE FROM events {SECOND}; DELETE FROM streams {SECOND}"), vec![at(2, 5, SHOWN)]),
        (
            format!("UPDATE streams SET pool = 'youth' {SECOND}"),
            vec![at(2, 5, "the pool in the head of the stream is not that of its newest event")],
        ),
        (
            format!("UPDATE streams SET hash = {zero} {SECOND}"),
            vec![at(2, 5, "the hash in the head of the stream is not that of its newest event")],
        ),
        (
            format!("UPDATE events SET position = 1000 {SECOND} AND version = 2"),
            vec![at(2, 3, "the event has another place in the whole ledger than it had")],
        ),
    ];
    for (sql, expected) in cases {
        // Each in a copy of its own, by way of a transaction that the audit cannot see into: so it is put back instead.
        tamper
            .batch_execute(
                "CREATE TABLE public.e AS TABLE wideawake.events; CREATE TABLE public.s AS TABLE wideawake.streams",
            )
            .await
            .unwrap();
        let change = tamper.transaction().await.unwrap();
        change.batch_execute(&format!("SET LOCAL search_path = wideawake; {sql}")).await.unwrap();
        change.commit().await.unwrap();
        let found: Vec<_> = audit(&url).await.findings.iter().map(ToString::to_string).collect();
        assert_eq!(found, expected, "{sql}");
        tamper
            .batch_execute(
                "BEGIN; TRUNCATE wideawake.events, wideawake.streams;
                 INSERT INTO wideawake.events TABLE public.e; INSERT INTO wideawake.streams TABLE public.s;
                 DROP TABLE public.e, public.s; COMMIT",
            )
            .await
            .unwrap();
    }
    assert!(audit(&url).await.is_clean());
    // A history of its own, in order, among what a checkpoint has seen.
    let ledger = open(&url).await;
    ledger.append(append(request(9), 0, 1)).await.unwrap();
    assert!(audit(&url).await.is_clean());
    let ninth = "WHERE kind = 1 AND id = '00000000-0000-0000-0000-000000000009'";
    tamper.batch_execute(&format!("UPDATE wideawake.events SET turn = 1 {ninth}")).await.unwrap();
    let found: Vec<_> = audit(&url).await.findings.iter().map(ToString::to_string).collect();
    assert_eq!(found, [at(9, 1, "the event was not there when a checkpoint covered its place")]);
    tamper
        .batch_execute(&format!("DELETE FROM wideawake.events {ninth}; DELETE FROM wideawake.streams {ninth}"))
        .await
        .unwrap();
    tamper.batch_execute(&format!("DELETE FROM wideawake.streams {SECOND}")).await.unwrap();
    let orphans = audit(&url).await.findings;
    assert_eq!(orphans.iter().filter(|finding| finding.to_string().contains("a stream that is missing")).count(), 5);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_processes_may_make_it_at_once() {
    let url = Postgres::fresh_database().unwrap();
    assert!(matches!(PostgresLedger::open_read_only(&url).await, Err(LedgerError::Unavailable(_))));
    let opening: Vec<_> = (0..6u128)
        .map(|n| {
            let url = url.clone();
            tokio::spawn(async move { open(&url).await.append(append(request(n), 0, 1)).await.unwrap() })
        })
        .collect();
    for opened in opening {
        opened.await.unwrap();
    }
    assert_eq!(open(&url).await.streams(None, 100).await.unwrap().len(), 6);
    let read_only = PostgresLedger::open_read_only(&url).await.unwrap();
    assert!(matches!(read_only.append(append(request(9), 0, 1)).await, Err(AppendError::Unknown(_))));
    assert!(read_only.lease("router/main", "one", Duration::from_secs(1)).await.is_err());
}

#[tokio::test]
async fn a_newer_schema_is_refused_only_if_it_says_so() {
    let url = Postgres::fresh_database().unwrap();
    drop(open(&url).await);
    let newer = raw(&url).await;
    newer.batch_execute("INSERT INTO wideawake.migrations (step, needs) VALUES (3, 1)").await.unwrap();
    open(&url).await.append(append(request(1), 0, 1)).await.unwrap();
    newer.batch_execute("INSERT INTO wideawake.migrations (step, needs) VALUES (4, 3)").await.unwrap();
    for refused in [PostgresLedger::open(&url, Outbox::None).await, PostgresLedger::open_read_only(&url).await] {
        assert!(matches!(refused, Err(LedgerError::TooNew { found: 4, known: 2 })));
    }
}

/// Bytes that stand nowhere else.
fn wrapped(n: u128) -> Vec<u8> {
    (0..5u8).flat_map(|part| *Uuid::new_v5(&Uuid::from_u128(n), &[part]).as_bytes()).collect()
}

/// How often twelve bytes in a row of a key stand in the tables and indexes of a server.
fn copies(data: &Path, n: u128) -> usize {
    let key = wrapped(n);
    let parts: Vec<&[u8]> = key.chunks_exact(12).collect();
    let mut found = 0;
    for database in std::fs::read_dir(data.join("base")).unwrap().flatten() {
        for file in std::fs::read_dir(database.path()).into_iter().flatten().flatten() {
            // What is numbered lower came with the server.
            let name = file.file_name();
            let number = name.to_string_lossy().split(['.', '_']).next().and_then(|number| number.parse::<u32>().ok());
            if number.is_some_and(|number| number < 16_384) {
                continue;
            }
            let bytes = std::fs::read(file.path()).unwrap_or_default();
            found += bytes.windows(12).filter(|window| parts.contains(window)).count();
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_living_key_is_there_for_whoever_waited_while_its_table_was_written_anew() {
    let url = Postgres::fresh_database().unwrap();
    let ledger = Arc::new(open(&url).await);
    for n in [7, 8] {
        let key = KeyChange::Create(wrapped(n));
        ledger.append(Append { key, ..append(request(n), 0, 1) }).await.unwrap();
    }
    let (forgetting, onlooker) = (raw(&url).await, raw(&url).await);
    // 7 and 8 lie in tables of these numbers.
    forgetting.batch_execute("BEGIN; SELECT wideawake.forget_1(7), wideawake.forget_1(8)").await.unwrap();
    let reading = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.key(request(7)).await.unwrap() }
    });
    let due = DateTime::UNIX_EPOCH + TimeDelta::days(20_001);
    let closing = tokio::spawn({
        let ledger = ledger.clone();
        async move { ledger.append(Append { key: KeyChange::DestroyAt(due), ..append(request(8), 1, 1) }).await }
    });
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    eventually("both wait", async || onlooker.query_one(waiting, &[]).await.unwrap().get::<_, i64>(0) == 2).await;
    forgetting.batch_execute("COMMIT").await.unwrap();
    assert_eq!(reading.await.unwrap(), Some(wrapped(7)));
    closing.await.unwrap().unwrap();
    let kept: Vec<StreamId> = ledger.keys_due(due, 10).await.unwrap().into_iter().map(|due| due.stream).collect();
    assert_eq!(kept, [request(8)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroyed_key_is_in_no_file_of_the_tables_when_that_is_acknowledged() {
    let server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    let ledger = Arc::new(open(&url).await);
    let admin = raw(&url).await;
    let with_key = |n: u128, version, key| Append { key, ..append(request(n), version, 1) };
    for n in 0..200 {
        ledger.append(with_key(n, 0, KeyChange::Create(wrapped(n)))).await.unwrap();
    }
    admin.batch_execute("CHECKPOINT").await.unwrap();
    assert!(copies(&server.data(), 17) >= 6, "the test looks at the right bytes");
    ledger.append(with_key(17, 1, KeyChange::Destroy)).await.unwrap();
    assert_eq!(copies(&server.data(), 17), 0);
    let anew = NewKey { stream: request(49), old: wrapped(49), new: wrapped(1_000) };
    assert_eq!(ledger.replace_keys(vec![anew]).await.unwrap(), 1);
    assert!(ledger.forget().await.unwrap());
    admin.batch_execute("CHECKPOINT").await.unwrap();
    assert_eq!((copies(&server.data(), 17), copies(&server.data(), 49)), (0, 0));
    assert!(copies(&server.data(), 50) >= 6);
    assert_eq!(ledger.key(request(49)).await.unwrap(), Some(wrapped(1_000)));
    assert_eq!(ledger.keys(None, 1_000).await.unwrap().len(), 199);

    // Who reads the table, as a backup does, delays it but does not prevent it; nor is anybody kept waiting for that.
    let reader = raw(&url).await;
    reader.batch_execute("BEGIN; SELECT count(*) FROM wideawake.keys").await.unwrap();
    let destroyed = ledger.append(with_key(81, 1, KeyChange::Destroy));
    tokio::time::timeout(Duration::from_secs(15), destroyed).await.unwrap().unwrap();
    assert_eq!(ledger.key(request(81)).await.unwrap(), None);
    admin.batch_execute("CHECKPOINT").await.unwrap();
    assert!(copies(&server.data(), 81) > 0);
    reader.batch_execute("COMMIT").await.unwrap();
    eventually("the key is gone", async || {
        admin.batch_execute("CHECKPOINT").await.unwrap();
        copies(&server.data(), 81) == 0
    })
    .await;
    // What a process that crashed left undone is done by the next one.
    drop(ledger);
    admin
        .batch_execute("SELECT wideawake.change_key_1(1::smallint, '00000000-0000-0000-0000-000000000060', 3::smallint, NULL, NULL)")
        .await
        .unwrap();
    let ledger = open(&url).await;
    eventually("the key is gone", async || {
        admin.batch_execute("CHECKPOINT").await.unwrap();
        copies(&server.data(), 0x60) == 0
    })
    .await;
    assert_eq!(ledger.keys(None, 1_000).await.unwrap().len(), 197);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_comes_back_with_its_server_and_says_meanwhile_that_it_is_away() {
    let mut server = Postgres::start().unwrap();
    let url = server.database().unwrap();
    let ledger = open(&url).await;
    let mut written = ledger.append(append(request(1), 0, 3)).await.unwrap();
    let cursor = ledger.end().await.unwrap();
    for orderly in [true, false] {
        if orderly {
            server.stop().unwrap();
        } else {
            server.kill();
        }
        let begun = Instant::now();
        let refused = ledger.append(append(request(1), written.len() as u64, 1)).await;
        assert!(matches!(refused, Err(AppendError::Busy | AppendError::Unknown(_))), "{refused:?}");
        assert!(matches!(ledger.read(request(1), Version::NONE, 10).await, Err(LedgerError::Unavailable(_))));
        assert!(ledger.ping().await.is_err());
        assert!(begun.elapsed() < Duration::from_secs(20));
        server.restart().unwrap();
        eventually("it answers", async || ledger.ping().await.is_ok()).await;
        let mut more = None;
        eventually("it writes", async || {
            more = ledger.append(append(request(1), written.len() as u64, 1)).await.ok();
            more.is_some()
        })
        .await;
        written.extend(more.unwrap());
        assert_eq!(ledger.read(request(1), Version::NONE, 10).await.unwrap(), written);
    }
    eventually("the tail", async || ledger.tail(Some(&cursor), 10).await.is_ok_and(|(found, _)| found == written[3..]))
        .await;
    // A link that swallows everything is an error, too.
    let before = Instant::now();
    server.signal("STOP").unwrap();
    let (append, read, lease) = futures_util::future::join3(
        ledger.append(append(request(2), 0, 1)),
        ledger.newest(request(1)),
        ledger.lease("router/main", "one", Duration::from_secs(1)),
    )
    .await;
    server.signal("CONT").unwrap();
    assert!(matches!(append, Err(AppendError::Unknown(_))), "{append:?}");
    assert!(matches!((read, lease), (Err(LedgerError::Unavailable(_)), Err(LedgerError::Unavailable(_)))));
    assert!(before.elapsed() < Duration::from_secs(15), "{:?}", before.elapsed());
    eventually("it answers", async || ledger.newest(request(1)).await.is_ok()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_that_was_restored_into_another_server_goes_on_in_order() {
    let url = Postgres::fresh_database().unwrap();
    let ledger = open(&url).await;
    ledger.append(append(request(1), 0, 2)).await.unwrap();
    drop(ledger);
    // As if the server that it comes from had counted further than this one.
    raw(&url).await.batch_execute("UPDATE wideawake.events SET turn = turn + 1000000000").await.unwrap();
    let (one, two) = (open(&url).await, open(&url).await);
    let (found, cursor) = one.tail(None, 10).await.unwrap();
    assert_eq!(found.len(), 2);
    one.append(append(request(1), 2, 1)).await.unwrap();
    two.append(append(request(2), 0, 1)).await.unwrap();
    eventually("the tail", async || two.tail(Some(&cursor), 10).await.unwrap().0.len() == 2).await;
    let all: Vec<_> = two.tail(None, 10).await.unwrap().0.iter().map(|event| (event.stream, event.version.0)).collect();
    assert_eq!(all, [(request(1), 1), (request(1), 2), (request(1), 3), (request(2), 1)]);
    assert_eq!(two.end().await.unwrap(), two.tail(None, 10).await.unwrap().1);
}
