//! What must stand in the database before it is a ledger, and how it comes there.

use deadpool_postgres::ClientWrapper;

use super::connections::Connections;
use super::failure::Failure;
use crate::LedgerError;

/// In order; each takes the schema from its index to the next number, and says how many a program must know to work with
/// what it leaves. `migrations/README.md` says what they may do. Never change one that was released.
const MIGRATIONS: [(&str, i32); 2] = [
    (include_str!("../../migrations/postgres/0001_record.sql"), 1),
    (include_str!("../../migrations/postgres/0002_keys_afresh.sql"), 1),
];

/// The oldest server that has what is used here.
const OLDEST: i32 = 130_000;

const KNOWN: i32 = MIGRATIONS.len() as i32;

/// Makes what is missing. Several processes may do so at once.
pub(super) async fn migrate(connections: &Connections) -> Result<(), LedgerError> {
    let mut conn = connections.first().await?;
    usable(&mut conn).await?;
    if let Some(found) = found(&mut conn).await?
        && found.steps >= KNOWN
    {
        return found.known();
    }
    conn.run(
        "BEGIN; SELECT pg_advisory_xact_lock(2002873197, 1);
         CREATE SCHEMA IF NOT EXISTS wideawake;
         CREATE TABLE IF NOT EXISTS wideawake.migrations (
             step integer PRIMARY KEY, needs integer NOT NULL, at timestamptz NOT NULL DEFAULT now());",
        MIGRATING,
    )
    .await?;
    let outcome = missing(&mut conn).await;
    let end = if outcome.is_ok() { "COMMIT" } else { "ROLLBACK" };
    let ended = conn.run(end, MIGRATING).await;
    outcome?;
    Ok(ended?)
}

const MIGRATING: std::time::Duration = std::time::Duration::from_mins(2);

async fn missing(conn: &mut super::connections::Conn) -> Result<(), LedgerError> {
    let steps = match found(conn).await? {
        Some(found) => {
            found.known()?;
            found.steps
        }
        None => 0,
    };
    for (step, (sql, needs)) in (1..).zip(MIGRATIONS).skip(usize::try_from(steps).unwrap_or(0)) {
        conn.run(sql, MIGRATING).await?;
        conn.query("INSERT INTO wideawake.migrations (step, needs) VALUES ($1, $2)", &[&step, &needs]).await?;
    }
    Ok(())
}

/// Whether there is a ledger that this program can read.
pub(super) async fn check(connections: &Connections) -> Result<(), LedgerError> {
    let mut conn = connections.first().await?;
    usable(&mut conn).await?;
    match found(&mut conn).await? {
        Some(found) if found.steps >= KNOWN => found.known(),
        _ => Err(LedgerError::Unavailable(
            "the database holds no ledger, or one of an older wideawake; start `wideawake serve` on it once".to_owned(),
        )),
    }
}

/// What migrations say.
struct Found {
    steps: i32,
    needs: i32,
}

impl Found {
    fn known(&self) -> Result<(), LedgerError> {
        if self.needs <= KNOWN {
            return Ok(());
        }
        Err(LedgerError::TooNew { found: self.steps.unsigned_abs(), known: KNOWN.unsigned_abs() })
    }
}

async fn found(conn: &mut super::connections::Conn) -> Result<Option<Found>, Failure> {
    let there = conn.query("SELECT to_regclass('wideawake.migrations') IS NOT NULL", &[]).await?;
    if !there.first().is_some_and(|row| row.get(0)) {
        return Ok(None);
    }
    let rows = conn.query("SELECT max(step), max(needs) FROM wideawake.migrations", &[]).await?;
    let row = rows.first().and_then(|row| Some((row.get::<_, Option<i32>>(0)?, row.get::<_, Option<i32>>(1)?)));
    Ok(row.map(|(steps, needs)| Found { steps, needs }))
}

async fn usable(conn: &mut super::connections::Conn) -> Result<(), LedgerError> {
    let sql = "SELECT current_setting('server_version_num')::integer, current_setting('server_encoding')";
    let rows = conn.query(sql, &[]).await?;
    let Some(row) = rows.first() else { return Ok(()) };
    let (version, encoding): (i32, String) = (row.get(0), row.get(1));
    if version < OLDEST {
        return Err(LedgerError::Unavailable("the server is older than PostgreSQL 13; use a newer one".to_owned()));
    }
    if encoding != "UTF8" {
        return Err(LedgerError::Unavailable(format!(
            "the database is encoded in {encoding}; create one with ENCODING 'UTF8'"
        )));
    }
    Ok(())
}

/// What must be true of each new connection, whatever happened to the server since the last one: it holds a ledger that
/// we know, a commit waits for the disk, and turns go on from where they were (see `moved_1`).
pub(super) async fn fits(client: &ClientWrapper) -> Result<(), LedgerError> {
    let failed = |error: tokio_postgres::Error| LedgerError::from(Failure::from(error));
    let row = client
        .query_one(
            "SELECT max(m.step), max(m.needs), wideawake.moved_1() AND NOT pg_is_in_recovery(),
                    CASE WHEN current_setting('synchronous_commit') = 'off'
                         THEN set_config('synchronous_commit', 'on', false) END
             FROM wideawake.migrations m",
            &[],
        )
        .await
        .map_err(failed)?;
    let (steps, needs) = (row.get::<_, Option<i32>>(0).unwrap_or(0), row.get::<_, Option<i32>>(1).unwrap_or(0));
    Found { steps, needs }.known()?;
    if row.get(2) {
        tracing::warn!("the record was restored into another server; the order of its events goes on from there");
        client.query_one("SELECT wideawake.move_1()", &[]).await.map_err(failed)?;
    }
    Ok(())
}
