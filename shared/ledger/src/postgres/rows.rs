//! How the types of the record stand in tables, and back.

use chrono::DateTime;
use std::error::Error;
use tokio_postgres::Row;
use tokio_postgres::types::FromSql;
use uuid::Uuid;
use wideawake_domain::{Actor, Position, Recorded, StreamId, StreamKind, Version};

use crate::codes;
pub(super) use crate::codes::{BadField, NOT_ENDED, Names, ended_at};
use crate::{Cursor, LedgerError, StreamHead};

/// The columns that [`RowReader::event`] takes, from `events e`.
macro_rules! event_columns {
    () => {
        "e.kind, e.id, e.version, e.position, e.pool, e.type, e.at, e.actor, e.trace, e.data, e.hash"
    };
}
pub(super) use event_columns;

/// How many they are.
pub(super) const EVENT_COLUMNS: usize = 11;

/// Transactions before this one have ended: nothing can come before their turns any more.
macro_rules! settled {
    () => {
        "(SELECT a.start FROM wideawake.era a) + pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    };
}
pub(super) use settled;

/// A kind as its column has it.
pub(super) fn code(kind: StreamKind) -> i16 {
    codes::code(kind) as i16
}

/// What comes of a place: events in order of turn, and of position within one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) turn: i64,
    pub(super) position: i64,
}

impl Place {
    pub(super) fn cursor(self) -> Cursor {
        Cursor(format!("p1-{}-{}", self.turn, self.position))
    }

    /// The place that a cursor stands behind.
    pub(super) fn of(cursor: Option<&Cursor>) -> Result<Self, LedgerError> {
        let Some(cursor) = cursor else { return Ok(Self::default()) };
        let parse = || {
            let (turn, position) = cursor.0.strip_prefix("p1-")?.split_once('-')?;
            let place = Self { turn: turn.parse().ok()?, position: position.parse().ok()? };
            (place >= Self::default() && place.position >= 0 && place.cursor() == *cursor).then_some(place)
        };
        parse().ok_or_else(|| LedgerError::Damaged("a cursor was not given out by this ledger".to_owned()))
    }

    /// From the columns `turn` and `position`.
    pub(super) fn at(row: &Row, first: usize) -> Result<Self, BadField> {
        Ok(Self { turn: get(row, first, "turn")?, position: get(row, first + 1, "position")? })
    }
}

/// Reads rows.
#[derive(Default)]
pub(super) struct RowReader {
    names: Names,
}

impl RowReader {
    /// An event from the columns of `event_columns!`.
    pub(super) fn event(&mut self, row: &Row) -> Result<Recorded, LedgerError> {
        self.fields(row).map_err(|BadField(field)| {
            let place = match (stream(row, 0), get::<i64>(row, 2, ""), get::<i64>(row, 3, "")) {
                (Ok(stream), Ok(version), _) => format!("{stream} version {version}"),
                (_, _, Ok(position)) => format!("the event at position {position}"),
                _ => "an event".to_owned(),
            };
            LedgerError::Damaged(format!("{place} has a {field} that cannot be read"))
        })
    }

    pub(super) fn fields(&mut self, row: &Row) -> Result<Recorded, BadField> {
        Ok(Recorded {
            stream: stream(row, 0)?,
            version: Version(number(row, 2, "version")?),
            position: Position(number(row, 3, "position")?),
            pool: self.names.pool(get(row, 4, "pool")?),
            kind: self.names.name(get(row, 5, "type")?),
            at: get(row, 6, "time").and_then(|at| DateTime::from_timestamp_micros(at).ok_or(BadField("time")))?,
            actor: get::<&str>(row, 7, "actor")?.parse::<Actor>().map_err(|_| BadField("actor"))?,
            trace: self.names.trace(get(row, 8, "trace")?),
            data: get::<&str>(row, 9, "data")?.into(),
            hash: hash(row, 10)?,
        })
    }

    /// A head from the columns `kind, id, pool, version, hash, ended_at`.
    pub(super) fn head(&mut self, row: &Row) -> Result<StreamHead, LedgerError> {
        let mut read = || {
            Ok(StreamHead {
                stream: stream(row, 0)?,
                pool: self.names.pool(get(row, 2, "pool")?),
                version: Version(number(row, 3, "version")?),
                hash: hash(row, 4)?,
                ended_at: ended_at(get::<Option<i64>>(row, 5, "end")?.unwrap_or(NOT_ENDED)),
            })
        };
        read().map_err(bad)
    }
}

pub(super) fn stream(row: &Row, first: usize) -> Result<StreamId, BadField> {
    let kind = codes::kind(get::<i16>(row, first, "stream kind")?.into()).ok_or(BadField("stream kind"))?;
    Ok(StreamId { kind, id: get::<Uuid>(row, first + 1, "stream id")? })
}

pub(super) fn hash(row: &Row, column: usize) -> Result<[u8; 32], BadField> {
    get::<&[u8]>(row, column, "hash")?.try_into().map_err(|_| BadField("hash"))
}

pub(super) fn number(row: &Row, column: usize, field: &'static str) -> Result<u64, BadField> {
    u64::try_from(get::<i64>(row, column, field)?).map_err(|_| BadField(field))
}

pub(super) fn get<'r, T: FromSql<'r>>(row: &'r Row, column: usize, field: &'static str) -> Result<T, BadField> {
    row.try_get(column).map_err(|_| BadField(field))
}

/// A field that cannot be read, where there is no better place to name.
pub(super) fn bad(BadField(field): BadField) -> LedgerError {
    LedgerError::Damaged(format!("a {field} cannot be read"))
}

/// An answer that is not what was asked for.
pub(super) fn odd(error: impl Into<Box<dyn Error>>) -> LedgerError {
    LedgerError::Damaged(error.into().to_string())
}

/// What pages of streams begin behind, in the columns `kind` and `id`.
pub(super) fn bounds(after: Option<StreamId>) -> (i16, Uuid) {
    after.map_or((0, Uuid::nil()), |after| (code(after.kind), after.id))
}

/// As many rows as that, for PostgreSQL.
pub(super) fn at_most(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}
