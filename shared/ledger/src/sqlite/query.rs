//! What the readers ask. Each is one statement, or one transaction where a cursor must fit the rest.

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, Params, params};
use std::collections::BTreeMap;
use wideawake_domain::{Pool, Recorded, StreamId, StreamKind, Version};

use super::rows::{self, RowReader, code, event_columns, failed};
use crate::{Cursor, LedgerError, StreamHead};

/// The events of one stream.
pub(super) fn read(
    conn: &Connection,
    stream: StreamId,
    after: Version,
    limit: usize,
) -> Result<Vec<Recorded>, LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM streams s CROSS JOIN events e ON e.stream = s.key
         WHERE s.kind = ?1 AND s.id = ?2 AND e.version > ?3 ORDER BY e.version LIMIT ?4"
    );
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    events(conn, sql, params![code(stream.kind), stream.id.as_bytes(), after, at_most(limit)])
}

/// The last of them.
pub(super) fn newest(conn: &Connection, stream: StreamId) -> Result<Option<Recorded>, LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM streams s CROSS JOIN events e ON e.stream = s.key
         WHERE s.kind = ?1 AND s.id = ?2 ORDER BY e.version DESC LIMIT 1"
    );
    events(conn, sql, params![code(stream.kind), stream.id.as_bytes()]).map(|mut found| found.pop())
}

/// The events of open streams, and the cursor of the snapshot they were read from.
pub(super) fn open(
    conn: &Connection,
    pool: &Pool,
    kind: StreamKind,
    ended_since: DateTime<Utc>,
) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM streams s INDEXED BY streams_open CROSS JOIN events e INDEXED BY events_by_stream ON e.stream = s.key
         WHERE s.kind = ?1 AND s.pool IN (?2, ?3) AND s.ended_at > ?4"
    );
    let snapshot = conn.unchecked_transaction().map_err(failed)?;
    let end = end(&snapshot)?;
    let all = Pool::all();
    let bound = params![code(kind), pool.as_str(), all.as_str(), ended_since.timestamp_micros()];
    let mut found = events(&snapshot, sql, bound)?;
    // Cheaper than to let SQLite sort whole rows.
    found.sort_unstable_by_key(|event| event.position);
    Ok((found, rows::cursor(end)))
}

/// What comes after a position. Writers take turns in SQLite, so that positions are committed in their order.
pub(super) fn tail(conn: &Connection, after: i64, limit: usize) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM events e LEFT JOIN streams s ON s.key = e.stream
         WHERE e.position > ?1 ORDER BY e.position LIMIT ?2"
    );
    let found = events(conn, sql, params![after, at_most(limit)])?;
    let end = behind(conn, after, found.last().map(|last| last.position.0 as i64))?;
    Ok((found, rows::cursor(end)))
}

/// The position of the newest event.
pub(super) fn end(conn: &Connection) -> Result<i64, LedgerError> {
    let newest = || {
        conn.prepare_cached("SELECT position FROM events ORDER BY position DESC LIMIT 1")?
            .query_row([], |row| row.get(0))
            .optional()
    };
    newest().map_err(failed).map(|position| position.unwrap_or(0))
}

/// One page of all streams.
pub(super) fn streams(
    conn: &Connection,
    after: Option<StreamId>,
    limit: usize,
) -> Result<Vec<StreamHead>, LedgerError> {
    let (kind, id) = rows::bounds(after);
    let sql = "SELECT kind, id, pool, version, hash, ended_at FROM streams
               WHERE (kind, id) > (?1, ?2) ORDER BY kind, id LIMIT ?3";
    heads(conn, sql, params![kind, id, at_most(limit)], |_| Ok(()))
}

/// The heads that the next `limit` events left.
pub(super) fn heads_changed(
    conn: &Connection,
    after: i64,
    limit: usize,
) -> Result<(Vec<StreamHead>, Cursor), LedgerError> {
    let sql = "SELECT s.kind, s.id, e.pool, e.version, e.hash, s.ended_at, e.position
               FROM events e LEFT JOIN streams s ON s.key = e.stream
               WHERE e.position > ?1 ORDER BY e.position LIMIT ?2";
    let mut last = None;
    let every = heads(conn, sql, params![after, at_most(limit)], |row| {
        last = Some(row.get(6)?);
        Ok(())
    })?;
    let changed = every.into_iter().filter(|head| head.stream.kind != StreamKind::Checkpoint);
    let newest: BTreeMap<StreamId, StreamHead> = changed.map(|head| (head.stream, head)).collect();
    Ok((newest.into_values().collect(), rows::cursor(behind(conn, after, last)?)))
}

/// As many rows as that, for SQLite.
pub(super) fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Where to go on from. A position that nothing has reached yet is no place in this ledger, but perhaps in the one that
/// was here before a backup was restored: going on from it would skip events.
fn behind(conn: &Connection, after: i64, last: Option<i64>) -> Result<i64, LedgerError> {
    match last {
        Some(last) => Ok(last),
        None if after > end(conn)? => {
            Err(LedgerError::Damaged("a cursor is behind the end; it was given out by another ledger".to_owned()))
        }
        None => Ok(after),
    }
}

fn events(conn: &Connection, sql: &str, bound: impl Params) -> Result<Vec<Recorded>, LedgerError> {
    let mut statement = conn.prepare_cached(sql).map_err(failed)?;
    let mut found = statement.query(bound).map_err(failed)?;
    let mut reader = RowReader::default();
    let mut events = Vec::new();
    while let Some(row) = found.next().map_err(failed)? {
        events.push(reader.event(row)?);
    }
    Ok(events)
}

fn heads(
    conn: &Connection,
    sql: &str,
    bound: impl Params,
    mut also: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<()>,
) -> Result<Vec<StreamHead>, LedgerError> {
    let mut reader = RowReader::default();
    let read = || {
        let mut statement = conn.prepare_cached(sql)?;
        let mut found = statement.query(bound)?;
        let mut heads = Vec::new();
        while let Some(row) = found.next()? {
            also(row)?;
            heads.push(StreamHead {
                stream: rows::stream(row, 0).map_err(rows::bad)?,
                pool: reader.pool(rows::text(row, 2, "pool").map_err(rows::bad)?),
                version: Version(rows::number(row, 3, "version").map_err(rows::bad)?),
                hash: rows::hash(row, 4).map_err(rows::bad)?,
                ended_at: rows::ended_at(row.get(5)?),
            });
        }
        Ok(heads)
    };
    read().map_err(failed)
}
