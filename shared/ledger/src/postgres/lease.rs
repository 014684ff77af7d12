//! Leases: who leads, and the token that fences those who led before (`lease_1` in the schema).

use std::time::Duration;

use super::connections::Connections;
use super::rows;
use crate::{Lease, LedgerError};

/// No lease lasts longer.
const LONGEST: Duration = Duration::from_hours(10 * 365 * 24);

pub(super) async fn take(
    connections: &Connections,
    name: &str,
    holder: &str,
    ttl: Duration,
) -> Result<Lease, LedgerError> {
    let mut conn = connections.house().await?;
    let sql = "SELECT new_token, held_by, expires_in FROM wideawake.lease_1($1, $2, make_interval(secs => $3))";
    let rows = conn.query(sql, &[&name, &holder, &ttl.min(LONGEST).as_secs_f64()]).await?;
    let row = rows.first().ok_or_else(|| rows::odd("a lease has no answer"))?;
    if let Some(holder) = row.get::<_, Option<&str>>(1) {
        let left = row.get::<_, Option<f64>>(2).unwrap_or_default().clamp(0.0, LONGEST.as_secs_f64());
        return Ok(Lease::HeldBy { holder: holder.into(), expires_in: Duration::from_secs_f64(left) });
    }
    rows::number(row, 0, "token").map(|token| Lease::Held { token }).map_err(rows::bad)
}

/// Nobody holds it from now on; whoever takes it next gets a new token, even the same holder.
pub(super) async fn give_back(connections: &Connections, name: &str, token: u64) -> Result<(), LedgerError> {
    let mut conn = connections.house().await?;
    let sql = "UPDATE wideawake.leases SET holder = '', expires_at = '-infinity' WHERE name = $1 AND token = $2";
    conn.query(sql, &[&name, &i64::try_from(token).unwrap_or(-1)]).await?;
    Ok(())
}
