//! How the types of the record stand in tables, and back.

use chrono::DateTime;
use rusqlite::types::{Type, ValueRef};
use rusqlite::{ErrorCode, Row};
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, Position, Recorded, StreamId, Version};

pub(super) use crate::codes::{BadField, NOT_ENDED, code, ended_at};
use crate::codes::{Names, kind};
use crate::{Cursor, LedgerError};

/// The columns that [`RowReader::event`] takes, from `streams s` and `events e`.
macro_rules! event_columns {
    () => {
        "s.kind, s.id, e.version, e.position, e.pool, e.type, e.at, e.actor, e.trace, e.data, e.hash"
    };
}
pub(super) use event_columns;

/// The cursor behind `position`.
pub(super) fn cursor(position: i64) -> Cursor {
    Cursor(format!("s1-{position}"))
}

/// The position that a cursor stands behind.
pub(super) fn position(after: Option<&Cursor>) -> Result<i64, LedgerError> {
    let Some(after) = after else { return Ok(0) };
    after
        .0
        .strip_prefix("s1-")
        .and_then(|digits| digits.parse::<i64>().ok())
        .filter(|parsed| *parsed >= 0 && cursor(*parsed) == *after)
        .ok_or_else(|| LedgerError::Damaged("a cursor was not given out by this ledger".to_owned()))
}

/// What SQLite says, as what it means to a caller.
pub(super) fn failed(error: rusqlite::Error) -> LedgerError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) | None => LedgerError::Damaged(error.to_string()),
        Some(_) => LedgerError::Unavailable(error.to_string()),
    }
}

/// Reads rows.
#[derive(Default)]
pub(super) struct RowReader {
    names: Names,
}

impl RowReader {
    /// An event from the columns of `event_columns!`.
    pub(super) fn event(&mut self, row: &Row<'_>) -> Result<Recorded, LedgerError> {
        self.fields(row).map_err(|BadField(field)| {
            let place = match (stream(row, 0), row.get::<_, i64>(2), row.get::<_, i64>(3)) {
                (Ok(stream), Ok(version), _) => format!("{stream} version {version}"),
                (_, _, Ok(position)) => format!("the event at position {position}"),
                _ => "an event".to_owned(),
            };
            LedgerError::Damaged(format!("{place} has a {field} that cannot be read"))
        })
    }

    pub(super) fn fields(&mut self, row: &Row<'_>) -> Result<Recorded, BadField> {
        Ok(Recorded {
            stream: stream(row, 0)?,
            version: Version(number(row, 2, "version")?),
            position: Position(number(row, 3, "position")?),
            pool: self.names.pool(text(row, 4, "pool")?),
            kind: self.names.name(text(row, 5, "type")?),
            at: integer(row, 6, "time").and_then(|at| DateTime::from_timestamp_micros(at).ok_or(BadField("time")))?,
            actor: text(row, 7, "actor")?.parse::<Actor>().map_err(|_| BadField("actor"))?,
            trace: self.names.trace(text(row, 8, "trace")?),
            data: text(row, 9, "data")?.into(),
            hash: hash(row, 10)?,
        })
    }

    pub(super) fn pool(&mut self, name: &str) -> Pool {
        self.names.pool(name)
    }
}

pub(super) fn stream(row: &Row<'_>, first: usize) -> Result<StreamId, BadField> {
    let found = integer(row, first, "stream kind")?;
    let kind = kind(found).ok_or(BadField("stream kind"))?;
    let id = blob(row, first + 1, "stream id")?;
    Ok(StreamId { kind, id: Uuid::from_slice(id).map_err(|_| BadField("stream id"))? })
}

pub(super) fn hash(row: &Row<'_>, column: usize) -> Result<[u8; 32], BadField> {
    blob(row, column, "hash")?.try_into().map_err(|_| BadField("hash"))
}

pub(super) fn number(row: &Row<'_>, column: usize, field: &'static str) -> Result<u64, BadField> {
    u64::try_from(integer(row, column, field)?).map_err(|_| BadField(field))
}

pub(super) fn integer(row: &Row<'_>, column: usize, field: &'static str) -> Result<i64, BadField> {
    row.get(column).map_err(|_| BadField(field))
}

pub(super) fn text<'r>(row: &'r Row<'_>, column: usize, field: &'static str) -> Result<&'r str, BadField> {
    row.get_ref(column).ok().and_then(|value| value.as_str().ok()).ok_or(BadField(field))
}

fn blob<'r>(row: &'r Row<'_>, column: usize, field: &'static str) -> Result<&'r [u8], BadField> {
    match row.get_ref(column) {
        Ok(ValueRef::Blob(bytes)) => Ok(bytes),
        _ => Err(BadField(field)),
    }
}

/// A field that cannot be read, in a place where SQLite's error type is expected.
pub(super) fn bad(BadField(field): BadField) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(0, Type::Null, format!("a {field} cannot be read").into())
}

/// What pages of streams begin behind, in the columns `kind` and `id`.
pub(super) fn bounds(after: Option<StreamId>) -> (i64, Vec<u8>) {
    after.map_or((0, Vec::new()), |after| (code(after.kind), after.id.as_bytes().to_vec()))
}
