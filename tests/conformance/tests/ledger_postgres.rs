//! The PostgreSQL ledger keeps the rules of ledgers.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, NoTls};
use uuid::Uuid;
use wideawake_conformance::ledger::Store;
use wideawake_domain::{Actor, Pool, StreamId, StreamKind, Version};
use wideawake_engines::Postgres;
use wideawake_ledger::{Append, Cursor, KeyChange, Ledger, NewEvent, Outbox, PostgresLedger};

struct Database(String, Outbox);

#[async_trait::async_trait]
impl Store for Database {
    async fn open(&self) -> Arc<dyn Ledger> {
        Arc::new(PostgresLedger::open(&self.0, self.1).await.expect("an empty database takes a ledger"))
    }
}

async fn fresh() -> Box<dyn Store> {
    Box::new(Database(Postgres::fresh_database().expect("there is a PostgreSQL"), Outbox::None))
}

async fn fresh_with_outbox() -> Box<dyn Store> {
    Box::new(Database(Postgres::fresh_database().expect("there is a PostgreSQL"), Outbox::Kept))
}

wideawake_conformance::ledger_suite!(fresh);

mod with_an_outbox {
    use super::fresh_with_outbox;

    wideawake_conformance::ledger_suite!(
        fresh_with_outbox,
        what_was_appended_is_untold_until_it_is_told,
        a_claim_has_one_holder_until_it_is_old,
        each_append_of_a_group_is_judged_by_itself,
        an_append_that_fails_takes_no_other_with_it,
        two_handles_write_one_history,
    );
}

mod over_tls {
    use super::*;

    /// A server that speaks TLS, for this rule alone.
    struct Private {
        database: Database,
        _server: Postgres,
    }

    #[async_trait::async_trait]
    impl Store for Private {
        async fn open(&self) -> Arc<dyn Ledger> {
            self.database.open().await
        }
    }

    #[allow(clippy::unused_async, reason = "other stores are made by waiting")]
    async fn fresh() -> Box<dyn Store> {
        let server = Postgres::with_tls().unwrap();
        Box::new(Private { database: Database(server.database().unwrap(), Outbox::Kept), _server: server })
    }

    wideawake_conformance::ledger_suite!(
        fresh,
        each_append_of_a_group_is_judged_by_itself,
        two_handles_write_one_history,
    );

    #[tokio::test(flavor = "multi_thread")]
    async fn nothing_is_said_in_the_clear_nor_to_somebody_nobody_vouches_for() {
        let server = Postgres::with_tls().unwrap();
        let url = server.database().unwrap();
        let ledger = PostgresLedger::open(&url, Outbox::Kept).await.unwrap();
        ledger.append(append(1, 0)).await.unwrap();
        let plain = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port());
        let sql = "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
                   WHERE application_name = 'wideawake'";
        let counts = raw(&plain).await.query_one(sql, &[]).await.unwrap();
        let (all, sealed): (i64, i64) = (counts.get(0), counts.get(1));
        assert!(all > 0 && all == sealed, "{sealed} of {all} connections speak TLS");

        let refused = async |url: String| match PostgresLedger::open(&url, Outbox::Kept).await {
            Ok(_) => panic!("{url} was believed"),
            Err(error) => error.to_string(),
        };
        let other = Postgres::with_tls().unwrap();
        let (_, authority) = other.url().split_once("sslrootcert=").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let (address, _) = url.split_once("sslrootcert=").unwrap();
        let why = refused(format!("{address}sslrootcert={authority}")).await;
        assert!(why.contains("certificate"), "{why}");
        let why = refused(plain + "?sslmode=require&sslrootcert=" + &authority).await;
        assert!(why.contains("certificate"), "{why}");
        let deaf = Postgres::start().unwrap().url() + "?sslmode=require&sslrootcert=" + &authority;
        let why = refused(deaf).await;
        assert!(!why.is_empty(), "{why}");
    }
}

fn append(n: u128, version: u64) -> Append {
    Append {
        stream: StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) },
        pool: Pool::named("main"),
        expected: Version(version),
        at: chrono::DateTime::UNIX_EPOCH,
        actor: Actor::Member,
        trace: "".into(),
        events: vec![NewEvent { kind: "a".into(), data: "{}".into() }],
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    }
}

async fn raw(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

/// One event of a stream, as another program of ours would append it in a transaction that takes its time.
const SLOW: &str = "SELECT wideawake.append_1(
    '{1}', '{00000000-0000-0000-0000-0000000000ff}', '{main}', '{0}', '{0}', '{member}', ARRAY[''], ARRAY[NULL::bigint],
    '{}', '{}', '{}', '{}', '{}', '{1}', '{1}', '{slow}', ARRAY['{}'], ARRAY['\\x00'::bytea], false)";

async fn versions(ledger: &dyn Ledger, after: Option<&Cursor>) -> (Vec<u128>, Cursor) {
    let (events, next) = ledger.tail(after, 100).await.unwrap();
    (events.iter().map(|event| event.stream.id.as_u128()).collect(), next)
}

/// What committed behind an open transaction waits until that has ended; then all comes, in the order of turns.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_event_that_commits_late_is_not_skipped() {
    let url = Postgres::fresh_database().unwrap();
    let ledger = PostgresLedger::open(&url, Outbox::None).await.unwrap();
    ledger.append(append(1, 0)).await.unwrap();
    let deadline = Instant::now() + Duration::from_secs(20);
    let before = loop {
        let (seen, cursor) = versions(&ledger, None).await;
        if seen == [1] {
            break cursor;
        }
        assert!(Instant::now() < deadline);
    };

    let slow = raw(&url).await;
    slow.batch_execute("BEGIN").await.unwrap();
    slow.batch_execute(SLOW).await.unwrap();
    ledger.append(append(2, 0)).await.unwrap();
    ledger.append(append(1, 1)).await.unwrap();
    assert_eq!(versions(&ledger, Some(&before)).await, (vec![], before.clone()));
    assert_eq!(ledger.end().await.unwrap(), before);
    // Who reads one stream, or rebuilds, need not wait.
    assert_eq!(ledger.newest(append(2, 0).stream).await.unwrap().unwrap().version, Version(1));
    let (open, cursor) =
        ledger.open(&Pool::named("main"), StreamKind::Request, chrono::DateTime::UNIX_EPOCH).await.unwrap();
    assert_eq!((open.len(), &cursor), (3, &before));

    slow.batch_execute("COMMIT").await.unwrap();
    while versions(&ledger, Some(&before)).await.0 != [0xff, 2, 1] {
        assert!(Instant::now() < deadline);
    }
    // One that is rolled back hides nothing for longer than it lasts.
    let gone = raw(&url).await;
    gone.batch_execute("BEGIN; SELECT pg_current_xact_id(); ROLLBACK").await.unwrap();
    ledger.append(append(3, 0)).await.unwrap();
    while versions(&ledger, Some(&before)).await.0 != [0xff, 2, 1, 3] {
        assert!(Instant::now() < deadline);
    }
}

/// Their transaction has no turn yet, so that whoever waits for a stream hides nothing of others.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_writer_that_waits_for_its_stream_holds_nobody_up() {
    let url = Postgres::fresh_database().unwrap();
    let ledger = Arc::new(PostgresLedger::open(&url, Outbox::None).await.unwrap());
    let holder = raw(&url).await;
    holder
        .batch_execute(
            "BEGIN; SELECT pg_advisory_xact_lock(uuid_hash_extended('00000000-0000-0000-0000-000000000007', 1))",
        )
        .await
        .unwrap();
    let waiting = tokio::spawn({
        let ledger = Arc::clone(&ledger);
        async move { ledger.append(append(7, 0)).await }
    });
    let watch = raw(&url).await;
    let deadline = Instant::now() + Duration::from_secs(20);
    while !watch
        .query_one("SELECT exists(SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted)", &[])
        .await
        .unwrap()
        .get::<_, bool>(0)
    {
        assert!(Instant::now() < deadline);
    }
    ledger.append(append(1, 0)).await.unwrap();
    while versions(&*ledger, None).await.0 != [1] {
        assert!(Instant::now() < deadline);
    }
    holder.batch_execute("COMMIT").await.unwrap();
    waiting.await.unwrap().unwrap();
    while versions(&*ledger, None).await.0 != [1, 7] {
        assert!(Instant::now() < deadline);
    }
}
