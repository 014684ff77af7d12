//! One transaction of the writer: each append in it is judged by itself.

use chrono::DateTime;
use rusqlite::{Connection, OptionalExtension as _, params};
use std::sync::Arc;
use wideawake_domain::{Position, Recorded, Version};

use super::rows::{self, NOT_ENDED, code};
use super::{keys, lease};
use crate::{Append, AppendError, Fence, GENESIS, link};

pub(super) enum Verdict {
    /// Will stand when the transaction commits.
    Written(Vec<Recorded>),
    /// Refused because of what is committed already: this can be said at once.
    Refused(AppendError),
    /// Refused because of something in this transaction: true only once that is committed.
    Tentative(AppendError),
}

pub(super) struct Batch<'c> {
    conn: &'c Connection,
    /// The last position before this transaction.
    committed: i64,
    last: i64,
    /// Tokens that were looked up in this transaction.
    tokens: Vec<(Arc<str>, Option<u64>)>,
}

/// What an append must know of its stream. Another process may have changed it since the last transaction.
struct Head {
    key: i64,
    version: i64,
    position: i64,
    hash: [u8; 32],
    same_pool: bool,
}

impl<'c> Batch<'c> {
    /// Goes on in a transaction that has begun.
    pub(super) fn begin(conn: &'c Connection) -> rusqlite::Result<Self> {
        let last = conn
            .prepare_cached("SELECT position FROM events ORDER BY position DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()?
            .unwrap_or(0);
        Ok(Self { conn, committed: last, last, tokens: Vec::new() })
    }

    /// A lease was changed in this transaction.
    pub(super) fn forget_leases(&mut self) {
        self.tokens.clear();
    }

    pub(super) fn judge(&mut self, append: &Append) -> rusqlite::Result<Verdict> {
        if append.events.is_empty() {
            let why = "an append without events writes nothing".to_owned();
            return Ok(Verdict::Refused(AppendError::Unknown(why)));
        }
        if let Some(fence) = &append.fence
            && !self.newest(fence)?
        {
            return Ok(Verdict::Refused(AppendError::Fenced));
        }
        let head = self.head(append)?;
        let version = head.as_ref().map_or(0, |head| head.version as u64);
        if append.expected.0 != version {
            let error = AppendError::Conflict { actual: Version(version) };
            let tentative = head.is_some_and(|head| head.position > self.committed);
            return Ok(if tentative { Verdict::Tentative(error) } else { Verdict::Refused(error) });
        }
        let events = self.chain(append, head.as_ref());
        let stream = self.write_head(append, head.as_ref(), &events)?;
        self.write_events(stream, append, &events)?;
        keys::change(self.conn, stream, &append.key)?;
        Ok(Verdict::Written(events))
    }

    fn newest(&mut self, fence: &Fence) -> rusqlite::Result<bool> {
        if let Some((_, newest)) = self.tokens.iter().find(|(lease, _)| *lease == fence.lease) {
            return Ok(*newest == Some(fence.token));
        }
        let newest = lease::token(self.conn, &fence.lease)?;
        self.tokens.push((Arc::clone(&fence.lease), newest));
        Ok(newest == Some(fence.token))
    }

    fn head(&self, append: &Append) -> rusqlite::Result<Option<Head>> {
        self.conn
            .prepare_cached("SELECT key, version, position, hash, pool FROM streams WHERE kind = ?1 AND id = ?2")?
            .query_row(params![code(append.stream.kind), append.stream.id.as_bytes()], |row| {
                Ok(Head {
                    key: row.get(0)?,
                    version: row.get(1)?,
                    position: row.get(2)?,
                    hash: row.get(3)?,
                    same_pool: rows::text(row, 4, "pool").map_err(rows::bad)? == append.pool.as_str(),
                })
            })
            .optional()
    }

    fn chain(&mut self, append: &Append, head: Option<&Head>) -> Vec<Recorded> {
        let at = DateTime::from_timestamp_micros(append.at.timestamp_micros()).unwrap_or(append.at);
        let mut previous = head.map_or(GENESIS, |head| head.hash);
        let mut version = append.expected;
        let chained = append.events.iter().map(|event| {
            version = version.next();
            self.last += 1;
            let mut recorded = Recorded {
                stream: append.stream,
                version,
                position: Position(self.last as u64),
                pool: append.pool.clone(),
                kind: Arc::clone(&event.kind),
                at,
                actor: append.actor,
                trace: Arc::clone(&append.trace),
                data: Arc::clone(&event.data),
                hash: GENESIS,
            };
            recorded.hash = link(&previous, &recorded);
            previous = recorded.hash;
            recorded
        });
        chained.collect()
    }

    /// Returns the key of the stream.
    fn write_head(&self, append: &Append, head: Option<&Head>, events: &[Recorded]) -> rusqlite::Result<i64> {
        let (version, hash) = events.last().map_or((0, &GENESIS), |last| (last.version.0 as i64, &last.hash));
        let ends_at = append.ends_at.map(|at| at.timestamp_micros());
        let Some(head) = head else {
            return self
                .conn
                .prepare_cached(
                    "INSERT INTO streams (kind, id, pool, version, position, hash, ended_at)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                )?
                .insert(params![
                    code(append.stream.kind),
                    append.stream.id.as_bytes(),
                    append.pool.as_str(),
                    version,
                    self.last,
                    hash,
                    ends_at.unwrap_or(NOT_ENDED),
                ]);
        };
        if ends_at.is_none() && head.same_pool {
            // Leaves the index of open streams alone.
            self.conn
                .prepare_cached("UPDATE streams SET version = ?2, position = ?3, hash = ?4 WHERE key = ?1")?
                .execute(params![head.key, version, self.last, hash])?;
        } else {
            self.conn
                .prepare_cached(
                    "UPDATE streams SET version = ?2, position = ?3, hash = ?4, pool = ?5,
                            ended_at = coalesce(?6, ended_at)
                     WHERE key = ?1",
                )?
                .execute(params![head.key, version, self.last, hash, append.pool.as_str(), ends_at])?;
        }
        Ok(head.key)
    }

    fn write_events(&self, stream: i64, append: &Append, events: &[Recorded]) -> rusqlite::Result<()> {
        let actor = append.actor.to_string();
        let mut insert = self.conn.prepare_cached(
            "INSERT INTO events (position, stream, version, pool, type, at, actor, trace, data, hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        for event in events {
            insert.execute(params![
                event.position.0 as i64,
                stream,
                event.version.0 as i64,
                event.pool.as_str(),
                event.kind,
                event.at.timestamp_micros(),
                actor,
                event.trace,
                event.data,
                event.hash,
            ])?;
        }
        Ok(())
    }
}
