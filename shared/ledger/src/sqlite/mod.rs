//! The ledger in one SQLite file, for one machine. Several processes may use it at once.

mod batch; // one transaction of the writer
mod keys; // wrapped data keys
mod lease; // who leads
mod query; // what the readers ask
mod readers; // connections that read
mod rows; // types and tables
mod schema; // the file and its schema
mod verify; // whether all of it is what was written
mod wal; // the write-ahead log
mod writer; // the thread that writes

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::path::{Path, PathBuf};
use std::time::Duration;
use wideawake_domain::{Pool, Recorded, StreamId, StreamKind, Version};

use crate::{Append, AppendError, AuditReport, Cursor, DueKey, Lease, Ledger, LedgerError, NewKey, StreamHead};
use readers::Readers;
use writer::Writer;

/// So many events of a stream are read on the thread that asks; the rest by the pool.
const NEAR: usize = 64;

/// The ledger in an SQLite file. When the last handle is dropped, what waits is written and the file is closed; that
/// blocks the dropping thread for a moment.
pub struct SqliteLedger {
    path: PathBuf,
    // Closed before the writer, so that the writer can empty the write-ahead log.
    readers: Readers,
    /// None when it was opened for reading only.
    writer: Option<Writer>,
}

impl SqliteLedger {
    /// Opens the ledger at `path`. A file that is missing is made, with its folder, for the owner only; an older schema
    /// is migrated. Blocks for a few milliseconds.
    pub fn open(path: &Path) -> Result<Self, LedgerError> {
        let conn = schema::open(path)?;
        let writer = Writer::start(conn, path)?;
        Ok(Self { path: path.to_owned(), readers: Readers::start(path)?, writer: Some(writer) })
    }

    /// Opens a ledger without being able to change it, for audit and export: also a copy in a folder where nothing can
    /// be written. Appends fail as [`AppendError::Unknown`].
    pub fn open_read_only(path: &Path) -> Result<Self, LedgerError> {
        Ok(Self { path: path.to_owned(), readers: Readers::start(path)?, writer: None })
    }

    /// Takes the lease even if somebody else holds it: for `serve`, which knows from the lock on its data directory that
    /// the holder is dead.
    pub async fn seize(&self, name: &str, holder: &str, ttl: Duration) -> Result<u64, LedgerError> {
        match self.take(name, holder, ttl, true).await? {
            Lease::Held { token } => Ok(token),
            Lease::HeldBy { .. } => Err(LedgerError::Unavailable(format!("the lease {name} cannot be seized"))),
        }
    }

    /// Ends all leases at once, for the same reason as [`SqliteLedger::seize`]: whoever asks next gets a new token.
    pub async fn free_leases(&self) -> Result<(), LedgerError> {
        self.writer()?.change(lease::free).await
    }

    /// Reads everything and says what is not as it was written. Takes a snapshot, so that it may run while the ledger is
    /// being written, and little memory.
    pub async fn verify(&self) -> Result<AuditReport, LedgerError> {
        let path = self.path.clone();
        let (reply, answer) = tokio::sync::oneshot::channel();
        std::thread::Builder::new()
            .name("ledger-verify".to_owned())
            // Who asked may just have gone.
            .spawn(move || drop(reply.send(schema::reading(&path).and_then(|conn| verify::verify(&conn)))))
            .map_err(|error| LedgerError::Unavailable(format!("cannot start a thread that reads: {error}")))?;
        answer
            .await
            .unwrap_or_else(|_| Err(LedgerError::Unavailable("the thread that verifies has stopped".to_owned())))
    }

    fn writer(&self) -> Result<&Writer, LedgerError> {
        self.writer.as_ref().ok_or_else(|| LedgerError::Unavailable(READ_ONLY.to_owned()))
    }

    async fn take(&self, name: &str, holder: &str, ttl: Duration, force: bool) -> Result<Lease, LedgerError> {
        let (name, holder) = (name.to_owned(), holder.to_owned());
        self.writer()?.change(move |conn| lease::take(conn, &name, &holder, ttl, force)).await
    }
}

const READ_ONLY: &str = "it was opened for reading only";

#[async_trait]
impl Ledger for SqliteLedger {
    async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        match &self.writer {
            Some(writer) => writer.append(append).await,
            None => Err(AppendError::Unknown(READ_ONLY.to_owned())),
        }
    }

    async fn read(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<Recorded>, LedgerError> {
        let near = self.readers.near(|conn| query::read(conn, stream, after, limit.min(NEAR))).transpose()?;
        let mut events = match near {
            Some(events) if events.len() == limit || events.len() < NEAR => return Ok(events),
            near => near.unwrap_or_default(),
        };
        let after = events.last().map_or(after, |last| last.version);
        let rest = limit - events.len();
        events.extend(self.readers.ask(move |conn| query::read(conn, stream, after, rest)).await?);
        Ok(events)
    }

    async fn newest(&self, stream: StreamId) -> Result<Option<Recorded>, LedgerError> {
        match self.readers.near(|conn| query::newest(conn, stream)) {
            Some(answer) => answer,
            None => self.readers.ask(move |conn| query::newest(conn, stream)).await,
        }
    }

    async fn open(
        &self,
        pool: &Pool,
        kind: StreamKind,
        ended_since: DateTime<Utc>,
    ) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
        let pool = pool.clone();
        self.readers.ask(move |conn| query::open(conn, &pool, kind, ended_since)).await
    }

    async fn tail(&self, after: Option<&Cursor>, limit: usize) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
        let after = rows::position(after)?;
        self.readers.ask(move |conn| query::tail(conn, after, limit)).await
    }

    async fn end(&self) -> Result<Cursor, LedgerError> {
        self.readers.ask(|conn| query::end(conn).map(rows::cursor)).await
    }

    async fn lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<Lease, LedgerError> {
        self.take(name, holder, ttl, false).await
    }

    async fn give_back(&self, name: &str, token: u64) -> Result<(), LedgerError> {
        let name = name.to_owned();
        self.writer()?.change(move |conn| lease::give_back(conn, &name, token)).await
    }

    async fn key(&self, stream: StreamId) -> Result<Option<Vec<u8>>, LedgerError> {
        match self.readers.near(|conn| keys::get(conn, stream)) {
            Some(answer) => answer,
            None => self.readers.ask(move |conn| keys::get(conn, stream)).await,
        }
    }

    async fn keys_due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<DueKey>, LedgerError> {
        self.readers.ask(move |conn| keys::due(conn, now, query::at_most(limit))).await
    }

    async fn keys(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Vec<u8>)>, LedgerError> {
        self.readers.ask(move |conn| keys::page(conn, after, query::at_most(limit))).await
    }

    async fn replace_keys(&self, keys: Vec<NewKey>) -> Result<usize, LedgerError> {
        self.writer()?.change(move |conn| keys::replace(conn, &keys)).await
    }

    async fn forget(&self) -> Result<bool, LedgerError> {
        self.writer()?.forget().await
    }

    async fn streams(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<StreamHead>, LedgerError> {
        self.readers.ask(move |conn| query::streams(conn, after, limit)).await
    }

    async fn heads_changed(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Vec<StreamHead>, Cursor), LedgerError> {
        let after = rows::position(after)?;
        self.readers.ask(move |conn| query::heads_changed(conn, after, limit)).await
    }

    async fn ping(&self) -> Result<(), LedgerError> {
        if self.writer.as_ref().is_some_and(|writer| !writer.alive()) {
            return Err(LedgerError::Unavailable("the thread that writes has stopped".to_owned()));
        }
        self.readers.ask(|conn| query::end(conn).map(drop)).await
    }
}

/// The file that SQLite keeps beside `path`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}
