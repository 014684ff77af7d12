//! The write-ahead log: copied into the file before it grows large, and emptied after a key was destroyed.
//!
//! A thread with its own connection does both, so that appends wait for neither.

use rusqlite::{Connection, ErrorCode};
use std::fs::File;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::LedgerError;

/// After how many events the log is copied into the file.
const EVENTS: usize = 1_000;
/// A log of more pages than this (64 MiB) is written from its beginning again, even if appends wait for that a moment.
const PAGES: i64 = 16_384;
/// How long an attempt to empty the log waits for readers of old pages. Nobody can write meanwhile.
const PATIENCE: Duration = Duration::from_millis(20);
/// How long others can write before the next attempt.
const PAUSE: Duration = Duration::from_millis(80);
/// How often it is attempted before those who wait for it are told.
const ATTEMPTS: u32 = 20;
/// When it is attempted again after that.
const LATER: Duration = Duration::from_secs(1);

/// Told when the destroyed keys are gone from the log (true), or when that has to wait for a reader.
type Told = Box<dyn FnOnce(bool) + Send>;

enum Job {
    Copy,
    Erase(Told),
}

pub(super) struct Wal {
    jobs: Option<mpsc::Sender<Job>>,
    written: AtomicUsize,
    thread: Option<JoinHandle<()>>,
}

impl Wal {
    /// A log that a crash left behind may hold keys that were destroyed: it is emptied first.
    pub(super) fn start(conn: Connection, path: &Path) -> Result<Self, LedgerError> {
        let log = super::beside(path, "-wal");
        let left = std::fs::metadata(&log).is_ok_and(|log| log.len() > 0);
        let (jobs, queue) = mpsc::channel();
        let thread = thread::Builder::new()
            .name("ledger-wal".to_owned())
            .spawn(move || run(&conn, &log, &queue, left))
            .map_err(|error| LedgerError::Unavailable(format!("cannot start a thread for the ledger: {error}")))?;
        Ok(Self { jobs: Some(jobs), written: AtomicUsize::new(0), thread: Some(thread) })
    }

    /// So many events were written.
    pub(super) fn grew(&self, events: usize) {
        if self.written.fetch_add(events, Ordering::Relaxed) + events >= EVENTS {
            self.written.store(0, Ordering::Relaxed);
            self.send(Job::Copy);
        }
    }

    /// A key was destroyed, and the commit is done.
    pub(super) fn erase(&self, told: Told) {
        self.send(Job::Erase(told));
    }

    fn send(&self, job: Job) {
        if let Some(jobs) = &self.jobs
            && let Err(mpsc::SendError(Job::Erase(told))) = jobs.send(job)
        {
            tracing::error!("the thread that empties the write-ahead log of the ledger has stopped");
            told(false);
        }
    }
}

impl Drop for Wal {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was reported when it happened.
            let _ = thread.join();
        }
    }
}

fn run(conn: &Connection, log: &Path, queue: &mpsc::Receiver<Job>, mut pending: bool) {
    if let Err(error) = conn.busy_timeout(PATIENCE) {
        tracing::warn!(%error, "the write-ahead log of the ledger cannot be waited for");
    }
    let mut limit = PAGES;
    loop {
        let next = if pending {
            pending = !empty(conn, log);
            queue.recv_timeout(if pending { LATER } else { Duration::ZERO })
        } else {
            queue.recv().map_err(|_| RecvTimeoutError::Disconnected)
        };
        match next {
            Ok(first) => {
                let (mut told, mut copy) = (Vec::new(), false);
                for job in std::iter::once(first).chain(queue.try_iter()) {
                    match job {
                        Job::Copy => copy = true,
                        Job::Erase(who) => told.push(who),
                    }
                }
                if copy || !told.is_empty() {
                    let pages = checkpoint(conn, "PASSIVE").map_or(0, |(pages, _)| pages);
                    if pages > limit {
                        // As long as somebody reads old pages, do not try again and again.
                        limit = if restart(conn) { PAGES } else { pages.saturating_mul(2) };
                    }
                }
                if !told.is_empty() {
                    pending = !erase(conn, log);
                    for told in told {
                        told(!pending);
                    }
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                if pending {
                    empty(conn, log);
                }
                return;
            }
        }
    }
}

/// Empties the log, trying often.
fn erase(conn: &Connection, log: &Path) -> bool {
    for _ in 0..ATTEMPTS {
        if empty(conn, log) {
            return true;
        }
        thread::sleep(PAUSE);
    }
    tracing::warn!("destroyed keys still stand in the write-ahead log, which somebody reads; trying again each second");
    false
}

/// Has the next append begin at the start of the log again. It keeps its size: to free the room and take it again costs
/// appends more than to write over what is there.
fn restart(conn: &Connection) -> bool {
    checkpoint(conn, "RESTART").is_some_and(|(_, busy)| !busy)
}

/// SQLite does not sync the log that it has emptied: without power it would be full again.
fn empty(conn: &Connection, log: &Path) -> bool {
    let emptied = checkpoint(conn, "TRUNCATE").is_some_and(|(_, busy)| !busy);
    emptied
        && File::open(log)
            .and_then(|file| file.sync_all())
            .inspect_err(
                |error| tracing::warn!(%error, "the emptied write-ahead log of the ledger could not be synced"),
            )
            .is_ok()
}

/// How many pages the log has, and whether something kept it from being copied whole.
fn checkpoint(conn: &Connection, mode: &str) -> Option<(i64, bool)> {
    let checkpoint = conn.query_row(&format!("PRAGMA wal_checkpoint({mode})"), [], |row| {
        let (busy, pages, copied): (i64, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((pages, busy != 0 || pages != copied))
    });
    match checkpoint {
        Ok(done) => Some(done),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => None,
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseLocked) => None,
        Err(error) => {
            tracing::warn!(%error, "the write-ahead log of the ledger could not be copied into the file");
            None
        }
    }
}
