//! The ledger in PostgreSQL 13 or newer, for several processes on several machines.
//!
//! Everything stands in the schema `wideawake` of the database. `migrations/README.md` says how it may change.

mod address; // where the server is, and what must be true of the way there
mod batch; // several appends as one call
mod connections; // pools, patience, and what is checked of each new connection
mod failure; // what went wrong, and whether anything was written
mod forgetting; // destroyed keys, out of the files
mod keys; // wrapped data keys
mod lease; // who leads
mod outbox; // what the bus may not have been told
mod query; // what is read
mod rows; // types and tables
mod schema; // what must be there first
mod verify; // whether all of it is what was written
mod writer; // the tasks that write

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::sync::Arc;
use std::time::Duration;
use wideawake_domain::{Pool, Position, Recorded, StreamId, StreamKind, Version};

use crate::{Append, AppendError, AuditReport, Cursor, DueKey, Lease, Ledger, LedgerError, NewKey, StreamHead};
use connections::Connections;
use forgetting::Forgetting;
use writer::Writer;

/// Whether each append also notes that the bus is yet to be told of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outbox {
    /// It does: the bus is another program, which may be away.
    Kept,
    /// It does not: the bus is in this process.
    None,
}

/// The ledger in a PostgreSQL database. Connections are made as they are needed (at most
/// 15); when the last handle is
/// dropped, what waits is still written.
pub struct PostgresLedger {
    connections: Arc<Connections>,
    outbox: Outbox,
    /// None when it was opened for reading only.
    writer: Option<Writer>,
    forgetting: Option<Forgetting>,
}

impl PostgresLedger {
    /// Opens the ledger in the database that `url` names, such as `postgres://user:password@host:5432/database`. What is
    /// missing in the database is made.
    ///
    /// A server on another machine must speak TLS and have a certificate for its name, signed by an authority that the
    /// system trusts or that the file `?sslrootcert=…` holds. `?sslmode=disable` does without; towards this machine that
    /// is the default. Of several hosts, the one that takes writes is used.
    pub async fn open(url: &str, outbox: Outbox) -> Result<Self, LedgerError> {
        let connections = Arc::new(Connections::to(url, address::Purpose::Write)?);
        schema::migrate(&connections).await?;
        let forgetting = Forgetting::start(Arc::clone(&connections));
        let writer = Writer::start(&connections, outbox, &forgetting);
        let ledger = Self { connections, outbox, writer: Some(writer), forgetting: Some(forgetting) };
        ledger.ping().await?;
        Ok(ledger)
    }

    /// Opens a ledger without being able to change it, for audit and export: also on a replica. Appends fail as
    /// [`AppendError::Unknown`].
    pub async fn open_read_only(url: &str) -> Result<Self, LedgerError> {
        let connections = Arc::new(Connections::to(url, address::Purpose::Read)?);
        schema::check(&connections).await?;
        Ok(Self { connections, outbox: Outbox::None, writer: None, forgetting: None })
    }

    /// Reads everything and says what is not as it was written. Takes a snapshot, so that it may run while the ledger is
    /// being written, and little memory.
    pub async fn verify(&self) -> Result<AuditReport, LedgerError> {
        verify::verify(&self.connections).await
    }

    fn writable(&self) -> Result<(), LedgerError> {
        if self.writer.is_some() { Ok(()) } else { Err(LedgerError::Unavailable(READ_ONLY.to_owned())) }
    }
}

const READ_ONLY: &str = "it was opened for reading only";

#[async_trait]
impl Ledger for PostgresLedger {
    async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        match &self.writer {
            Some(writer) => writer.append(append).await,
            None => Err(AppendError::Unknown(READ_ONLY.to_owned())),
        }
    }

    async fn read(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<Recorded>, LedgerError> {
        query::read(&self.connections, stream, after, limit).await
    }

    async fn newest(&self, stream: StreamId) -> Result<Option<Recorded>, LedgerError> {
        query::newest(&self.connections, stream).await
    }

    async fn open(
        &self,
        pool: &Pool,
        kind: StreamKind,
        ended_since: DateTime<Utc>,
    ) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
        query::open(&self.connections, pool, kind, ended_since).await
    }

    async fn tail(&self, after: Option<&Cursor>, limit: usize) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
        query::tail(&self.connections, rows::Place::of(after)?, limit).await
    }

    async fn end(&self) -> Result<Cursor, LedgerError> {
        query::end(&self.connections).await.map(rows::Place::cursor)
    }

    async fn lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<Lease, LedgerError> {
        self.writable()?;
        lease::take(&self.connections, name, holder, ttl).await
    }

    async fn give_back(&self, name: &str, token: u64) -> Result<(), LedgerError> {
        self.writable()?;
        lease::give_back(&self.connections, name, token).await
    }

    async fn key(&self, stream: StreamId) -> Result<Option<Vec<u8>>, LedgerError> {
        keys::get(&self.connections, stream).await
    }

    async fn keys_due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<DueKey>, LedgerError> {
        keys::due(&self.connections, now, limit).await
    }

    async fn keys(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Vec<u8>)>, LedgerError> {
        keys::page(&self.connections, after, limit).await
    }

    async fn replace_keys(&self, keys: Vec<NewKey>) -> Result<usize, LedgerError> {
        self.writable()?;
        keys::replace(&self.connections, &keys).await
    }

    async fn forget(&self) -> Result<bool, LedgerError> {
        self.writable()?;
        if let Some(forgetting) = &self.forgetting {
            forgetting.done().await;
        }
        forgetting::is_done(&self.connections).await
    }

    async fn streams(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<StreamHead>, LedgerError> {
        query::streams(&self.connections, after, limit).await
    }

    async fn heads_changed(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Vec<StreamHead>, Cursor), LedgerError> {
        query::heads_changed(&self.connections, rows::Place::of(after)?, limit).await
    }

    fn has_outbox(&self) -> bool {
        self.outbox == Outbox::Kept
    }

    async fn untold(&self, age: Duration, limit: usize) -> Result<Vec<Recorded>, LedgerError> {
        match self.outbox {
            Outbox::Kept => outbox::claim(&self.connections, age, limit).await,
            Outbox::None => Ok(Vec::new()),
        }
    }

    async fn told(&self, positions: &[Position]) -> Result<(), LedgerError> {
        match self.outbox {
            Outbox::Kept if !positions.is_empty() => outbox::forget(&self.connections, positions).await,
            _ => Ok(()),
        }
    }

    async fn ping(&self) -> Result<(), LedgerError> {
        let mut conn = self.connections.house().await?;
        conn.query("SELECT 1", &[]).await?;
        Ok(())
    }
}
