//! The wrapped data keys of streams, and how they are destroyed (see the remark in `migrations/sqlite/0001_record.sql`).

use chrono::{DateTime, Utc};
use rusqlite::{Connection, OptionalExtension as _, params};
use wideawake_domain::StreamId;

use super::rows::{self, code, failed};
use crate::{DueKey, KeyChange, LedgerError, NewKey};

/// What an append does with the key of its stream.
pub(super) fn change(conn: &Connection, stream: i64, change: &KeyChange) -> rusqlite::Result<()> {
    match change {
        KeyChange::Keep => {}
        KeyChange::Create(wrapped) => {
            conn.prepare_cached("INSERT INTO keys (stream, wrapped) VALUES (?1, ?2)")?
                .execute(params![stream, wrapped])?;
        }
        KeyChange::DestroyAt(at) => {
            conn.prepare_cached(
                "INSERT INTO keys_due (stream, destroy_at)
                 SELECT stream, ?2 FROM keys WHERE stream = ?1 AND wrapped <> zeroblob(length(wrapped))
                 ON CONFLICT (stream) DO UPDATE SET destroy_at = excluded.destroy_at",
            )?
            .execute(params![stream, at.timestamp_micros()])?;
        }
        KeyChange::Destroy => {
            conn.prepare_cached("UPDATE keys SET wrapped = zeroblob(length(wrapped)) WHERE stream = ?1")?
                .execute([stream])?;
            conn.prepare_cached("DELETE FROM keys_due WHERE stream = ?1")?.execute([stream])?;
        }
    }
    Ok(())
}

/// Puts each new key where the old one is, and says how many it was.
pub(super) fn replace(conn: &Connection, keys: &[NewKey]) -> rusqlite::Result<usize> {
    let mut statement = conn.prepare_cached(
        "UPDATE keys SET wrapped = ?4
         WHERE stream = (SELECT key FROM streams WHERE kind = ?1 AND id = ?2)
           AND wrapped = ?3 AND wrapped <> zeroblob(length(wrapped))",
    )?;
    keys.iter()
        .map(|NewKey { stream, old, new }| {
            statement.execute(params![code(stream.kind), stream.id.as_bytes(), old, new])
        })
        .sum()
}

/// The key of a stream, unless it was destroyed.
pub(super) fn get(conn: &Connection, stream: StreamId) -> Result<Option<Vec<u8>>, LedgerError> {
    let get = || {
        conn.prepare_cached(
            "SELECT k.wrapped FROM streams s CROSS JOIN keys k ON k.stream = s.key
             WHERE s.kind = ?1 AND s.id = ?2 AND k.wrapped <> zeroblob(length(k.wrapped))",
        )?
        .query_row(params![code(stream.kind), stream.id.as_bytes()], |row| row.get(0))
        .optional()
    };
    get().map_err(failed)
}

/// Keys to be destroyed, the longest due first.
pub(super) fn due(conn: &Connection, now: DateTime<Utc>, limit: i64) -> Result<Vec<DueKey>, LedgerError> {
    let due = || {
        conn.prepare_cached(
            "SELECT s.kind, s.id, d.destroy_at FROM keys_due d CROSS JOIN streams s ON s.key = d.stream
             WHERE d.destroy_at <= ?1 ORDER BY d.destroy_at LIMIT ?2",
        )?
        .query_map(params![now.timestamp_micros(), limit], |row| {
            let at = row.get(2)?;
            Ok(DueKey {
                stream: rows::stream(row, 0).map_err(rows::bad)?,
                destroy_at: DateTime::from_timestamp_micros(at).ok_or_else(|| rows::bad(rows::BadField("time")))?,
            })
        })?
        .collect::<Result<Vec<_>, _>>()
    };
    due().map_err(failed)
}

/// One page of all keys, in order of stream.
pub(super) fn page(
    conn: &Connection,
    after: Option<StreamId>,
    limit: i64,
) -> Result<Vec<(StreamId, Vec<u8>)>, LedgerError> {
    let (kind, id) = rows::bounds(after);
    let page = || {
        conn.prepare_cached(
            "SELECT s.kind, s.id, k.wrapped FROM streams s CROSS JOIN keys k ON k.stream = s.key
             WHERE (s.kind, s.id) > (?1, ?2) AND k.wrapped <> zeroblob(length(k.wrapped))
             ORDER BY s.kind, s.id LIMIT ?3",
        )?
        .query_map(params![kind, id, limit], |row| Ok((rows::stream(row, 0).map_err(rows::bad)?, row.get(2)?)))?
        .collect::<Result<Vec<_>, _>>()
    };
    page().map_err(failed)
}
