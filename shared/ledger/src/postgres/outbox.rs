//! What the bus may not have been told.

use std::time::Duration;
use wideawake_domain::{Position, Recorded};

use super::connections::Connections;
use super::rows::{RowReader, at_most, event_columns};
use crate::LedgerError;

/// Claims what nobody touched for `age`. A claim that comes to nothing ends by itself, as old as the rows it took then are.
pub(super) async fn claim(
    connections: &Connections,
    age: Duration,
    limit: usize,
) -> Result<Vec<Recorded>, LedgerError> {
    let sql = concat!(
        "WITH due AS MATERIALIZED (
             SELECT o.position FROM wideawake.outbox o
             WHERE o.touched <= clock_timestamp() - make_interval(secs => $1)
             ORDER BY o.position LIMIT $2 FOR UPDATE SKIP LOCKED
         ), claimed AS (
             UPDATE wideawake.outbox o SET touched = clock_timestamp() FROM due WHERE o.position = due.position
             RETURNING o.kind, o.id, o.version
         )
         SELECT ",
        event_columns!(),
        " FROM claimed c JOIN wideawake.events e ON e.kind = c.kind AND e.id = c.id AND e.version = c.version
         ORDER BY e.position"
    );
    let mut conn = connections.house().await?;
    let found = conn.query(sql, &[&age.as_secs_f64(), &at_most(limit)]).await?;
    let mut reader = RowReader::default();
    found.iter().map(|row| reader.event(row)).collect()
}

pub(super) async fn forget(connections: &Connections, positions: &[Position]) -> Result<(), LedgerError> {
    let positions: Vec<i64> = positions.iter().map(|position| position.0 as i64).collect();
    let mut conn = connections.house().await?;
    conn.query("DELETE FROM wideawake.outbox WHERE position = ANY($1)", &[&positions]).await?;
    Ok(())
}
