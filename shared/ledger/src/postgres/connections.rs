//! Connections: a few for each kind of work, so that none waits for another, and patience that ends.

use deadpool_postgres::{ClientWrapper, Hook, HookError, Manager, Object, Pool, Runtime};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Config, NoTls, Row, RowStream};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::address::{Address, CONNECT, Purpose};
use super::failure::Failure;
use super::rows::Place;
use super::schema;
use crate::LedgerError;

/// How many appends are under way at once; each may be a batch.
pub(super) const WRITERS: usize = 6;
/// How many reads.
const READERS: usize = 6;
/// How many of everything else: leases, keys, the outbox.
const HOUSE: usize = 3;
/// How long an answer may take; the server itself gives up before that.
pub(super) const ANSWER: Duration = Duration::from_secs(5);
/// How long the next part of a long answer may take.
pub(super) const NEXT: Duration = Duration::from_secs(10);

/// How long nobody restores a backup under a program that runs on.
const KNOWN: Duration = Duration::from_secs(1);

/// What every connection is set to. An append must see what was committed before it got its lock.
const ALL: [(&str, &str); 4] = [
    ("default_transaction_isolation", "read committed"),
    ("idle_in_transaction_session_timeout", "30s"),
    ("jit", "off"),
    ("search_path", "wideawake, pg_catalog"),
];
/// Tables are small when plans are made, and will not stay so.
const WRITING: [(&str, &str); 5] = [
    ("statement_timeout", "4s"),
    ("plan_cache_mode", "force_generic_plan"),
    ("enable_seqscan", "off"),
    ("enable_hashjoin", "off"),
    ("enable_mergejoin", "off"),
];
const READING: [(&str, &str); 1] = [("statement_timeout", "2min")];
const HOUSEKEEPING: [(&str, &str); 1] = [("statement_timeout", "4s")];

pub(super) struct Connections {
    writes: Pool,
    reads: Pool,
    house: Pool,
    /// Nothing is checked of this one: it makes the schema.
    first: Pool,
    /// A place that was not behind the end, and when that was so.
    known: Mutex<Option<(Place, Instant)>>,
}

impl Connections {
    /// Whether a place was found not to be behind the end a moment ago.
    pub(super) fn knows(&self, place: Place) -> bool {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.is_some_and(|(known, at)| place <= known && at.elapsed() < KNOWN)
    }

    /// Notes that a place is not behind the end.
    pub(super) fn learn(&self, place: Place) {
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((place, Instant::now()));
    }

    pub(super) fn to(url: &str, purpose: Purpose) -> Result<Self, LedgerError> {
        let address = Address::parse(url, purpose)?;
        let pool = |special: &[(&str, &str)], size, checked| {
            let settings: Vec<_> = ALL.iter().chain(special).copied().collect();
            pool(&address, address.with(&settings), size, checked)
        };
        Ok(Self {
            writes: pool(&WRITING, WRITERS, true)?,
            reads: pool(&READING, READERS, true)?,
            house: pool(&HOUSEKEEPING, HOUSE, true)?,
            first: pool(&READING, 1, false)?,
            known: Mutex::default(),
        })
    }

    pub(super) async fn write(&self) -> Result<Conn, Failure> {
        get(&self.writes).await
    }

    pub(super) async fn read(&self) -> Result<Conn, Failure> {
        get(&self.reads).await
    }

    pub(super) async fn house(&self) -> Result<Conn, Failure> {
        get(&self.house).await
    }

    pub(super) async fn first(&self) -> Result<Conn, Failure> {
        get(&self.first).await
    }
}

fn pool(address: &Address, config: Config, size: usize, checked: bool) -> Result<Pool, LedgerError> {
    let manager = match &address.tls {
        Some(tls) => Manager::new(config, MakeRustlsConnect::new(tls.clone())),
        None => Manager::new(config, NoTls),
    };
    let mut builder = Pool::builder(manager)
        .max_size(size)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(ANSWER))
        .create_timeout(Some(CONNECT * 2));
    if checked {
        builder = builder.post_create(Hook::async_fn(|client, _| {
            Box::pin(async move {
                match tokio::time::timeout(ANSWER, schema::fits(client)).await {
                    Ok(Ok(())) => Ok(()),
                    Ok(Err(error)) => Err(HookError::message(error.to_string())),
                    Err(_) => Err(HookError::message("the server does not answer")),
                }
            })
        }));
    }
    builder.build().map_err(|error| LedgerError::Unavailable(error.to_string()))
}

async fn get(pool: &Pool) -> Result<Conn, Failure> {
    let object = pool.get().await?;
    Ok(Conn { object: Some(object), asked: false })
}

/// A connection of a pool. It goes back there unless something was asked of it that was not answered.
pub(super) struct Conn {
    object: Option<Object>,
    asked: bool,
}

impl Conn {
    /// Runs one statement, which is prepared once for each connection.
    pub(super) async fn query(&mut self, sql: &str, bound: &[&(dyn ToSql + Sync)]) -> Result<Vec<Row>, Failure> {
        self.within(async |client| {
            let statement = client.prepare_cached(sql).await?;
            client.query(&statement, bound).await
        })
        .await
    }

    /// Runs statements without parameters.
    pub(super) async fn run(&mut self, sql: &str, patience: Duration) -> Result<(), Failure> {
        self.asked = true;
        let client = self.client()?;
        let outcome = match tokio::time::timeout(patience, client.batch_execute(sql)).await {
            Ok(outcome) => outcome.map_err(Failure::from),
            Err(_) => Err(late()),
        };
        self.judge(outcome)
    }

    /// Begins a statement that has many rows.
    pub(super) async fn stream(&mut self, sql: &str, bound: &[&(dyn ToSql + Sync)]) -> Result<RowStream, Failure> {
        let begun = self
            .within(async |client| {
                let statement = client.prepare_cached(sql).await?;
                client.query_raw(&statement, bound.iter().copied()).await
            })
            .await?;
        // Until somebody says that they have all of them.
        self.asked = true;
        Ok(begun)
    }

    /// All rows of a stream were read.
    pub(super) fn finished(&mut self) {
        self.asked = false;
    }

    /// For a transaction; whoever takes it says when it is over ([`Conn::finished`]).
    pub(super) fn for_transaction(&mut self) -> Result<&mut ClientWrapper, Failure> {
        self.asked = true;
        self.client()
    }

    fn client(&mut self) -> Result<&mut ClientWrapper, Failure> {
        self.object.as_deref_mut().ok_or_else(|| Failure::NotAsked("the connection is gone".to_owned()))
    }

    async fn within<T>(
        &mut self,
        work: impl AsyncFnOnce(&ClientWrapper) -> Result<T, tokio_postgres::Error>,
    ) -> Result<T, Failure> {
        self.asked = true;
        let client = self.client()?;
        let outcome = match tokio::time::timeout(ANSWER, work(client)).await {
            Ok(outcome) => outcome.map_err(Failure::from),
            Err(_) => Err(late()),
        };
        self.judge(outcome)
    }

    fn judge<T>(&mut self, outcome: Result<T, Failure>) -> Result<T, Failure> {
        self.asked = outcome.as_ref().is_err_and(|failure| !failure.leaves_a_connection());
        outcome
    }
}

impl Drop for Conn {
    fn drop(&mut self) {
        if self.asked
            && let Some(object) = self.object.take()
        {
            drop(Object::take(object));
        }
    }
}

pub(super) fn late() -> Failure {
    Failure::Lost("the server does not answer".to_owned())
}
