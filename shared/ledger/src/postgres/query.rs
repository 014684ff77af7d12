//! What is read, each in one statement.

use chrono::{DateTime, Utc};
use futures_util::StreamExt as _;
use std::collections::BTreeMap;
use std::pin::pin;
use tokio_postgres::types::ToSql;
use wideawake_domain::{Pool, Recorded, StreamId, StreamKind, Version};

use super::connections::{Connections, NEXT, late};
use super::failure::Failure;
use super::rows::{self, EVENT_COLUMNS, Place, RowReader, at_most, code, event_columns, settled};
use crate::{Cursor, LedgerError, StreamHead};

/// The events of one stream.
pub(super) async fn read(
    connections: &Connections,
    stream: StreamId,
    after: Version,
    limit: usize,
) -> Result<Vec<Recorded>, LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM wideawake.events e WHERE e.kind = $1 AND e.id = $2 AND e.version > $3 ORDER BY e.version LIMIT $4"
    );
    let after = i64::try_from(after.0).unwrap_or(i64::MAX);
    events(connections, sql, &[&code(stream.kind), &stream.id, &after, &at_most(limit)]).await
}

/// The last of them.
pub(super) async fn newest(connections: &Connections, stream: StreamId) -> Result<Option<Recorded>, LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM wideawake.events e WHERE e.kind = $1 AND e.id = $2 ORDER BY e.version DESC LIMIT 1"
    );
    events(connections, sql, &[&code(stream.kind), &stream.id]).await.map(|mut found| found.pop())
}

/// The events of open streams. What is not among them comes after the end that was read before them.
pub(super) async fn open(
    connections: &Connections,
    pool: &Pool,
    kind: StreamKind,
    ended_since: DateTime<Utc>,
) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
    let end = end(connections).await?;
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        " FROM wideawake.streams s JOIN wideawake.events e ON e.kind = s.kind AND e.id = s.id
         WHERE s.kind = $1 AND s.pool IN ($2, $3) AND s.ended_at > $4"
    );
    let mut conn = connections.read().await?;
    let bound: [&(dyn ToSql + Sync); 4] =
        [&code(kind), &pool.as_str(), &Pool::all().as_str().to_owned(), &ended_since.timestamp_micros()];
    let rows = conn.stream(sql, &bound).await?;
    let mut rows = pin!(rows);
    let (mut found, mut reader) = (Vec::new(), RowReader::default());
    while let Some(row) = tokio::time::timeout(NEXT, rows.next()).await.map_err(|_| late())? {
        found.push(reader.event(&row.map_err(Failure::from)?)?);
    }
    conn.finished();
    // Cheaper here than there, where whole rows would be sorted.
    found.sort_unstable_by_key(|event| event.position);
    Ok((found, end.cursor()))
}

/// What comes after a place. A transaction that has its turn and has not committed yet hides what comes behind it, so that
/// nothing can ever come before what was read.
pub(super) async fn tail(
    connections: &Connections,
    after: Place,
    limit: usize,
) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
    let sql = concat!(
        "SELECT ",
        event_columns!(),
        ", e.turn, e.position FROM wideawake.events e
         WHERE (e.turn, e.position) > ($1, $2) AND e.turn < ",
        settled!(),
        " ORDER BY e.turn, e.position LIMIT $3"
    );
    let mut conn = connections.read().await?;
    let found = conn.query(sql, &[&after.turn, &after.position, &at_most(limit)]).await?;
    drop(conn);
    let last = found.last().map(|last| Place::at(last, EVENT_COLUMNS)).transpose().map_err(rows::bad)?;
    let mut reader = RowReader::default();
    let events = found.iter().map(|row| reader.event(row)).collect::<Result<_, _>>()?;
    Ok((events, behind(connections, after, last).await?.cursor()))
}

/// The place of the last event before which nothing more can come.
pub(super) async fn end(connections: &Connections) -> Result<Place, LedgerError> {
    let sql = concat!(
        "SELECT e.turn, e.position FROM wideawake.events e WHERE e.turn < ",
        settled!(),
        " ORDER BY e.turn DESC, e.position DESC LIMIT 1"
    );
    let mut conn = connections.read().await?;
    let found = conn.query(sql, &[]).await?;
    found.first().map_or(Ok(Place::default()), |row| Place::at(row, 0)).map_err(rows::bad)
}

/// One page of all streams.
pub(super) async fn streams(
    connections: &Connections,
    after: Option<StreamId>,
    limit: usize,
) -> Result<Vec<StreamHead>, LedgerError> {
    let (kind, id) = rows::bounds(after);
    let sql = "SELECT s.kind, s.id, s.pool, s.version, s.hash, s.ended_at FROM wideawake.streams s
               WHERE (s.kind, s.id) > ($1, $2) ORDER BY s.kind, s.id LIMIT $3";
    let mut conn = connections.read().await?;
    let found = conn.query(sql, &[&kind, &id, &at_most(limit)]).await?;
    let mut reader = RowReader::default();
    found.iter().map(|row| reader.head(row)).collect()
}

/// The heads that the next `limit` events left.
pub(super) async fn heads_changed(
    connections: &Connections,
    after: Place,
    limit: usize,
) -> Result<(Vec<StreamHead>, Cursor), LedgerError> {
    let sql = concat!(
        "SELECT e.kind, e.id, e.pool, e.version, e.hash, s.ended_at, e.turn, e.position
         FROM wideawake.events e LEFT JOIN wideawake.streams s ON s.kind = e.kind AND s.id = e.id
         WHERE (e.turn, e.position) > ($1, $2) AND e.turn < ",
        settled!(),
        " ORDER BY e.turn, e.position LIMIT $3"
    );
    let mut conn = connections.read().await?;
    let found = conn.query(sql, &[&after.turn, &after.position, &at_most(limit)]).await?;
    drop(conn);
    let last = found.last().map(|last| Place::at(last, 6)).transpose().map_err(rows::bad)?;
    let mut reader = RowReader::default();
    let mut newest: BTreeMap<StreamId, StreamHead> = BTreeMap::new();
    for row in &found {
        let head = reader.head(row)?;
        if head.stream.kind != StreamKind::Checkpoint {
            newest.insert(head.stream, head);
        }
    }
    Ok((newest.into_values().collect(), behind(connections, after, last).await?.cursor()))
}

/// Where to go on from. A place that nothing has reached yet is none in this ledger, but perhaps in the one that was here
/// before a backup was restored: going on from it would skip events.
async fn behind(connections: &Connections, after: Place, last: Option<Place>) -> Result<Place, LedgerError> {
    if let Some(last) = last {
        connections.learn(last);
        return Ok(last);
    }
    if after > Place::default() && !connections.knows(after) {
        if after > end(connections).await? {
            return Err(LedgerError::Damaged(
                "a cursor is behind the end; it was given out by another ledger".to_owned(),
            ));
        }
        connections.learn(after);
    }
    Ok(after)
}

async fn events(
    connections: &Connections,
    sql: &str,
    bound: &[&(dyn ToSql + Sync)],
) -> Result<Vec<Recorded>, LedgerError> {
    let mut conn = connections.read().await?;
    let found = conn.query(sql, bound).await?;
    let mut reader = RowReader::default();
    found.iter().map(|row| reader.event(row)).collect()
}
