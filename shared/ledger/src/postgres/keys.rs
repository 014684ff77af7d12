//! The wrapped data keys of streams.

use chrono::{DateTime, Utc};
use uuid::Uuid;
use wideawake_domain::StreamId;

use super::connections::Connections;
use super::rows::{self, BadField, at_most, code};
use crate::{DueKey, LedgerError, NewKey};

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

/// Puts each new key where the old one is, and says how many it was.
pub(super) async fn replace(connections: &Connections, keys: &[NewKey]) -> Result<usize, LedgerError> {
    let kinds: Vec<i16> = keys.iter().map(|key| code(key.stream.kind)).collect();
    let ids: Vec<Uuid> = keys.iter().map(|key| key.stream.id).collect();
    let (old, new): (Vec<&[u8]>, Vec<&[u8]>) = keys.iter().map(|key| (&*key.old, &*key.new)).unzip();
    let mut conn = connections.house().await?;
    let sql = "SELECT count(*) FILTER (WHERE wideawake.replace_key_1(k.kind, k.id, k.old, k.new))
               FROM unnest($1::smallint[], $2::uuid[], $3::bytea[], $4::bytea[]) k(kind, id, old, new)";
    let rows = conn.query(sql, &[&kinds, &ids, &old, &new]).await?;
    let count: i64 = rows.first().map_or(Ok(0), |row| rows::get(row, 0, "answer")).map_err(rows::bad)?;
    Ok(usize::try_from(count).unwrap_or(0))
}
