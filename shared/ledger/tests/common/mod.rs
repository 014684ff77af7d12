//! What the tests of the SQLite file share.
#![allow(dead_code, reason = "each test file uses its own part of it")]

use chrono::{DateTime, TimeDelta, Utc};
use std::path::PathBuf;
use tempfile::TempDir;
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, StreamId, StreamKind, Version};
use wideawake_ledger::{Append, KeyChange, NewEvent, SqliteLedger};

pub(crate) struct Place {
    pub(crate) folder: TempDir,
    pub(crate) path: PathBuf,
}

impl Place {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data").join("ledger.sqlite3");
        Self { folder, path }
    }

    pub(crate) fn open(&self) -> SqliteLedger {
        SqliteLedger::open(&self.path).unwrap()
    }

    /// A connection past the ledger, for those who tamper.
    pub(crate) fn raw(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(&self.path).unwrap()
    }

    pub(crate) fn beside(&self, suffix: &str) -> PathBuf {
        let mut name = self.path.clone().into_os_string();
        name.push(suffix);
        name.into()
    }
}

pub(crate) fn time(micros: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::microseconds(micros)
}

pub(crate) fn request(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

pub(crate) fn append(stream: StreamId, expected: u64, events: usize) -> Append {
    let event = |n| NewEvent { kind: "message".into(), data: format!(r#"{{"n":{n}}}"#).into() };
    Append {
        stream,
        pool: Pool::named("main"),
        expected: Version(expected),
        at: time(expected as i64),
        actor: Actor::Member,
        trace: "".into(),
        events: (0..events).map(event).collect(),
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    }
}
