//! The file: who may read it, what schema it has, and how connections to it are set up.

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::rows::failed;
use crate::LedgerError;

/// Marks the file as a ledger: "wake".
const APPLICATION: i64 = 0x7761_6b65;
/// In order; each takes the schema from its index to the next number. Never change one that was released.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/sqlite/0001_record.sql")];
/// How long a connection waits for a lock that another process holds.
const PATIENCE: Duration = Duration::from_secs(5);

/// Creates what is missing, migrates, and returns a connection that writes.
pub(super) fn open(path: &Path) -> Result<Connection, LedgerError> {
    create(path).map_err(|error| LedgerError::Unavailable(format!("cannot create {}: {error}", path.display())))?;
    let mut conn = writing(path)?;
    // Several processes may open a new file at once; while one of them changes the journal mode, SQLite refuses the
    // others without waiting.
    let deadline = Instant::now() + PATIENCE * 2;
    loop {
        let prepared = inspect(&conn).map_err(Refusal::Sql).and_then(|found| {
            found.known()?;
            prepare(&mut conn).map_err(Refusal::Sql)
        });
        match prepared {
            Ok(()) => return Ok(conn),
            Err(Refusal::Sql(error)) if locked(&error) && Instant::now() < deadline => {
                thread::sleep(Duration::from_millis(10));
            }
            Err(refusal) => return Err(refusal.at(path)),
        }
    }
}

/// A connection that can write, to a file that [`open`] has prepared.
pub(super) fn writing(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags)
        .and_then(|conn| set_up(&conn).map(|()| conn))
        .map_err(|error| Refusal::Sql(error).at(path))
}

/// A connection that cannot write. A file that is not being served may lie where nothing can be written.
pub(super) fn reading(path: &Path) -> Result<Connection, LedgerError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let checked = |conn: Connection| {
        steady(&conn)?;
        conn.pragma_update(None, "query_only", true)?;
        inspect(&conn).map(|found| (conn, found))
    };
    let opened = Connection::open_with_flags(path, flags).and_then(checked).or_else(|error| {
        let cannot_share = matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly));
        if cannot_share && path.is_file() && !holds_more(path) {
            Connection::open_with_flags(immutable(path), flags | OpenFlags::SQLITE_OPEN_URI).and_then(checked)
        } else {
            Err(error)
        }
    });
    let (conn, found) = opened.map_err(|error| Refusal::Sql(error).at(path))?;
    found.known().and_then(|()| found.current()).map_err(|refusal| refusal.at(path))?;
    Ok(conn)
}

fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    // SQLite gives the files beside it the same permissions.
    OpenOptions::new().read(true).write(true).create(true).truncate(false).mode(0o600).open(path).map(drop)
}

/// What every connection has: patience, and plans that stay. Without the planner's guarantee of that, SQLite prepares a
/// statement anew each time that a `LIMIT` is bound.
fn steady(conn: &Connection) -> rusqlite::Result<()> {
    conn.busy_timeout(PATIENCE)?;
    conn.set_prepared_statement_cache_capacity(64);
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map(drop)
}

fn set_up(conn: &Connection) -> rusqlite::Result<()> {
    steady(conn)?;
    conn.pragma_update(None, "synchronous", "FULL")?;
    conn.pragma_update(None, "secure_delete", true)?;
    conn.pragma_update(None, "trusted_schema", false)?;
    // The thread in wal.rs does that, so that no append waits for it.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    conn.pragma_update(None, "temp_store", "MEMORY")
}

fn prepare(conn: &mut Connection) -> rusqlite::Result<()> {
    conn.pragma_update(None, "journal_mode", "WAL")?;
    let transaction = conn.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: u32 = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    for (index, migration) in MIGRATIONS.iter().enumerate().skip(version as usize) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", (index + 1) as i64)?;
        transaction.pragma_update(None, "application_id", APPLICATION)?;
    }
    transaction.commit()
}

/// What the header of the file says.
struct Found {
    application: i64,
    version: i64,
    tables: i64,
}

fn inspect(conn: &Connection) -> rusqlite::Result<Found> {
    // One snapshot: another process may be making the file at this moment.
    let snapshot = conn.unchecked_transaction()?;
    let pragma = |name| snapshot.pragma_query_value(None, name, |row| row.get(0));
    Ok(Found {
        application: pragma("application_id")?,
        version: pragma("user_version")?,
        tables: snapshot.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?,
    })
}

impl Found {
    /// Whether the file is a ledger, or empty, and of a version that this code knows.
    fn known(&self) -> Result<(), Refusal> {
        if self.application != APPLICATION && (self.application, self.version, self.tables) != (0, 0, 0) {
            return Err(Refusal::Foreign);
        }
        if self.version > MIGRATIONS.len() as i64 { Err(Refusal::TooNew(self.version)) } else { Ok(()) }
    }

    /// Whether it needs no migration, which a reader cannot make.
    fn current(&self) -> Result<(), Refusal> {
        if self.version == MIGRATIONS.len() as i64 { Ok(()) } else { Err(Refusal::TooOld) }
    }
}

enum Refusal {
    Sql(rusqlite::Error),
    Foreign,
    TooNew(i64),
    TooOld,
}

impl Refusal {
    fn at(self, path: &Path) -> LedgerError {
        let path = path.display();
        match self {
            Self::Sql(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => LedgerError::Damaged(
                format!("{path} is not an SQLite database; give the path of a ledger or of a new file"),
            ),
            Self::Sql(error) => match failed(error) {
                LedgerError::Unavailable(why) => LedgerError::Unavailable(format!("cannot open {path}: {why}")),
                LedgerError::Damaged(why) => LedgerError::Damaged(format!("cannot read {path}: {why}")),
                too_new @ LedgerError::TooNew { .. } => too_new,
            },
            Self::Foreign => LedgerError::Damaged(format!(
                "{path} is an SQLite database of another program; give the path of a ledger or of a new file"
            )),
            Self::TooNew(found) => {
                LedgerError::TooNew { found: u32::try_from(found).unwrap_or(u32::MAX), known: MIGRATIONS.len() as u32 }
            }
            Self::TooOld => LedgerError::Unavailable(format!(
                "{path} is empty or of an older wideawake; start `wideawake serve` on it once"
            )),
        }
    }
}

fn locked(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
}

/// Whether a write-ahead log lies beside the file, without which it is not whole.
fn holds_more(path: &Path) -> bool {
    std::fs::metadata(super::beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

fn immutable(path: &Path) -> String {
    let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    format!("file:{escaped}?immutable=1")
}
