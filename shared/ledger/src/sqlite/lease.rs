//! Leases: who leads, and the token that fences those who led before.

use rusqlite::{Connection, OptionalExtension as _, params};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::Lease;

/// Takes or renews a lease; with `force` also one that somebody else holds.
pub(super) fn take(conn: &Connection, name: &str, holder: &str, ttl: Duration, force: bool) -> rusqlite::Result<Lease> {
    let now = wall_clock();
    let expires_at = now.saturating_add(i64::try_from(ttl.as_micros()).unwrap_or(i64::MAX));
    let held: Option<(String, i64, i64)> = conn
        .prepare_cached("SELECT holder, token, expires_at FROM leases WHERE name = ?1")?
        .query_row([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
        .optional()?;
    let token = match held {
        None => 1,
        Some((by, token, _)) if by == holder => token,
        Some((_, token, until)) if force || until <= now => token + 1,
        Some((by, _, until)) => {
            let expires_in = Duration::from_micros((until - now).unsigned_abs());
            return Ok(Lease::HeldBy { holder: by.into(), expires_in });
        }
    };
    conn.prepare_cached(
        "INSERT INTO leases (name, holder, token, expires_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (name) DO UPDATE SET holder = ?2, token = ?3, expires_at = ?4",
    )?
    .execute(params![name, holder, token, expires_at])?;
    Ok(Lease::Held { token: token as u64 })
}

/// Nobody holds it from now on; whoever takes it next gets a new token, even the same holder.
pub(super) fn give_back(conn: &Connection, name: &str, token: u64) -> rusqlite::Result<()> {
    conn.prepare_cached("UPDATE leases SET holder = '', expires_at = 0 WHERE name = ?1 AND token = ?2")?
        .execute(params![name, token as i64])
        .map(drop)
}

/// Ends all leases, whoever holds them.
pub(super) fn free(conn: &Connection) -> rusqlite::Result<()> {
    conn.execute("UPDATE leases SET holder = '', expires_at = 0", []).map(drop)
}

/// The newest token of a lease.
pub(super) fn token(conn: &Connection, name: &str) -> rusqlite::Result<Option<u64>> {
    conn.prepare_cached("SELECT token FROM leases WHERE name = ?1")?
        .query_row([name], |row| row.get::<_, i64>(0))
        .optional()
        .map(|token| token.map(|token| token as u64))
}

/// Microseconds since 1970.
#[allow(
    clippy::disallowed_methods,
    reason = "leases expire by the clock of the ledger, as those in PostgreSQL do, not by that of whoever asks"
)]
fn wall_clock() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}
