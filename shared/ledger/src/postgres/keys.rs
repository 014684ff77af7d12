//! The wrapped data keys of streams.

use chrono::{DateTime, Utc};
use wideawake_domain::StreamId;

use super::connections::Connections;
use super::rows::{self, BadField, at_most, code};
use crate::{DueKey, LedgerError};

/// The key of a stream, unless it was destroyed.
pub(super) async fn get(connections: &Connections, stream: StreamId) -> Result<Option<Vec<u8>>, LedgerError> {
    let mut conn = connections.read().await?;
    let rows = conn.query("SELECT wideawake.key_1($1, $2)", &[&code(stream.kind), &stream.id]).await?;
    rows.first().map_or(Ok(None), |row| rows::get(row, 0, "key")).map_err(rows::bad)
}

/// Keys to be destroyed, the longest due first.
pub(super) async fn due(
    connections: &Connections,
    now: DateTime<Utc>,
    limit: usize,
) -> Result<Vec<DueKey>, LedgerError> {
    let mut conn = connections.house().await?;
    let sql = "SELECT kind, id, destroy_at FROM wideawake.keys_due WHERE destroy_at <= $1 ORDER BY destroy_at LIMIT $2";
    let rows = conn.query(sql, &[&now.timestamp_micros(), &at_most(limit)]).await?;
    let due = rows.iter().map(|row| {
        let at = rows::get(row, 2, "time")?;
        let destroy_at = DateTime::from_timestamp_micros(at).ok_or(BadField("time"))?;
        Ok(DueKey { stream: rows::stream(row, 0)?, destroy_at })
    });
    due.collect::<Result<_, _>>().map_err(rows::bad)
}

/// One page of all keys, in order of stream.
pub(super) async fn page(
    connections: &Connections,
    after: Option<StreamId>,
    limit: usize,
) -> Result<Vec<(StreamId, Vec<u8>)>, LedgerError> {
    let (kind, id) = rows::bounds(after);
    let mut conn = connections.house().await?;
    let sql = "SELECT kind, id, wrapped FROM wideawake.keys WHERE (kind, id) > ($1, $2) ORDER BY kind, id LIMIT $3";
    let rows = conn.query(sql, &[&kind, &id, &at_most(limit)]).await?;
    let page = rows.iter().map(|row| Ok((rows::stream(row, 0)?, rows::get(row, 2, "key")?)));
    page.collect::<Result<_, _>>().map_err(rows::bad)
}

/// Puts `new` where `old` is.
pub(super) async fn replace(
    connections: &Connections,
    stream: StreamId,
    old: &[u8],
    new: &[u8],
) -> Result<bool, LedgerError> {
    let mut conn = connections.house().await?;
    let sql = "SELECT wideawake.replace_key_1($1, $2, $3, $4)";
    let rows = conn.query(sql, &[&code(stream.kind), &stream.id, &old, &new]).await?;
    rows.first().map_or(Ok(false), |row| rows::get(row, 0, "answer")).map_err(rows::bad)
}
