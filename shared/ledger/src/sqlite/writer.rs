//! The one thread of this process that writes. What waits is written in one transaction, so that many share an fsync.

use rusqlite::{Connection, ErrorCode};
use std::mem;
use std::path::Path;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};
use wideawake_domain::Recorded;

use super::batch::{Batch, Verdict};
use super::schema;
use super::wal::Wal;
use crate::{Append, AppendError, KeyChange, LedgerError};

/// How many appends and changes may wait.
const QUEUE: usize = 16_384;
/// How many share a transaction at most; more would make the first of them wait too long.
const BATCH: usize = 512;

pub(super) struct Writer {
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

enum Job {
    Append {
        append: Box<Append>,
        reply: Reply,
    },
    Change(Box<dyn Change>),
    /// Asks whether what was destroyed before is gone from the write-ahead log.
    Forget(oneshot::Sender<bool>),
    /// Was answered already.
    Done,
}

type Reply = oneshot::Sender<Result<Vec<Recorded>, AppendError>>;

/// Something other than an append. It may be applied again after a transaction was rolled back.
trait Change: Send {
    fn apply(&mut self, conn: &Connection) -> rusqlite::Result<()>;
    fn answer(self: Box<Self>, committed: Result<(), LedgerError>);
}

struct Ask<F, T> {
    run: F,
    outcome: Option<T>,
    reply: oneshot::Sender<Result<T, LedgerError>>,
}

impl<T, F> Change for Ask<F, T>
where
    T: Send,
    F: FnMut(&Connection) -> rusqlite::Result<T> + Send,
{
    fn apply(&mut self, conn: &Connection) -> rusqlite::Result<()> {
        self.outcome = Some((self.run)(conn)?);
        Ok(())
    }

    fn answer(self: Box<Self>, committed: Result<(), LedgerError>) {
        let not_run = || LedgerError::Unavailable("it was not run".to_owned());
        let Self { outcome, reply, .. } = *self;
        // Who asked may just have gone.
        let _ = reply.send(committed.and_then(|()| outcome.ok_or_else(not_run)));
    }
}

impl Writer {
    pub(super) fn start(conn: Connection, path: &Path) -> Result<Self, LedgerError> {
        let wal = Wal::start(schema::writing(path)?, path)?;
        let (queue, jobs) = mpsc::channel(QUEUE);
        let thread = thread::Builder::new()
            .name("ledger-write".to_owned())
            .spawn(move || run(&conn, jobs, &wal))
            .map_err(|error| LedgerError::Unavailable(format!("cannot start the thread that writes: {error}")))?;
        Ok(Self { queue: Some(queue), thread: Some(thread) })
    }

    /// Queues the append at once; it happens even if nobody waits for the answer.
    pub(super) async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        let stopped = || AppendError::Unknown("the thread that writes has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.try_send(Job::Append { append: Box::new(append), reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => AppendError::Busy,
            mpsc::error::TrySendError::Closed(_) => stopped(),
        })?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Runs `run` in the next transaction and answers after its commit. Unlike an append it waits for room in the queue:
    /// a lease must not be lost because there is much to write.
    pub(super) async fn change<T: Send + 'static>(
        &self,
        run: impl FnMut(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let stopped = || LedgerError::Unavailable("the thread that writes has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        let change = Box::new(Ask { run, outcome: None, reply });
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(Job::Change(change)).await.map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }

    /// Whether every key that was destroyed before is gone from the write-ahead log, after waiting a while for its readers.
    pub(super) async fn forget(&self) -> Result<bool, LedgerError> {
        let stopped = || LedgerError::Unavailable("the thread that writes has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        let queue = self.queue.as_ref().ok_or_else(stopped)?;
        queue.send(Job::Forget(reply)).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())
    }

    pub(super) fn alive(&self) -> bool {
        self.queue.as_ref().is_some_and(|queue| !queue.is_closed())
    }
}

impl Drop for Writer {
    /// Writes what waits, and returns when the file is closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic there was reported when it happened.
            let _ = thread.join();
        }
    }
}

fn run(conn: &Connection, mut queue: mpsc::Receiver<Job>, wal: &Wal) {
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(first) = queue.blocking_recv() {
        batch.push(first);
        while batch.len() < BATCH
            && let Ok(next) = queue.try_recv()
        {
            batch.push(next);
        }
        write(conn, &mut batch, wal);
        batch.clear();
    }
}

/// Why a transaction was not committed.
enum Failed {
    /// It did not begin: nothing was written.
    Begin(rusqlite::Error),
    /// One of its jobs failed, and all was rolled back: nothing was written.
    Job(rusqlite::Error),
    /// The commit failed: nobody knows.
    Commit(rusqlite::Error),
}

fn write(conn: &Connection, jobs: &mut [Job], wal: &Wal) {
    match attempt(conn, jobs) {
        Ok(verdicts) => {
            let written = verdicts.iter().flatten().map(|verdict| verdict.as_ref().map_or(0, Vec::len)).sum();
            for (job, verdict) in jobs.iter_mut().zip(verdicts) {
                acknowledge(mem::replace(job, Job::Done), verdict, wal);
            }
            wal.grew(written);
        }
        // Whatever failed must not take the others with it.
        Err(Failed::Job(error)) if jobs.len() > 1 => {
            tracing::warn!(%error, jobs = jobs.len(), "a transaction of the ledger failed; its parts are tried one by one");
            for job in jobs {
                write(conn, std::slice::from_mut(job), wal);
            }
        }
        Err(failure) => {
            for job in jobs {
                refuse(mem::replace(job, Job::Done), &failure);
            }
        }
    }
}

type Verdicts = Vec<Option<Result<Vec<Recorded>, AppendError>>>;

fn attempt(conn: &Connection, jobs: &mut [Job]) -> Result<Verdicts, Failed> {
    execute(conn, "BEGIN IMMEDIATE").map_err(Failed::Begin)?;
    let judged = judge(conn, jobs).map_err(Failed::Job);
    let committed = judged.and_then(|verdicts| execute(conn, "COMMIT").map_err(Failed::Commit).map(|()| verdicts));
    if committed.is_err()
        && !conn.is_autocommit()
        && let Err(error) = execute(conn, "ROLLBACK")
    {
        tracing::error!(%error, "a transaction of the ledger could not be rolled back");
    }
    committed
}

fn judge(conn: &Connection, jobs: &mut [Job]) -> rusqlite::Result<Verdicts> {
    let mut batch = Batch::begin(conn)?;
    let mut verdicts = Vec::with_capacity(jobs.len());
    for job in jobs {
        verdicts.push(match job {
            Job::Append { append, .. } => match batch.judge(append)? {
                Verdict::Written(events) => Some(Ok(events)),
                Verdict::Tentative(error) => Some(Err(error)),
                Verdict::Refused(error) => {
                    answer(mem::replace(job, Job::Done), Err(error));
                    None
                }
            },
            Job::Change(change) => {
                change.apply(conn)?;
                batch.forget_leases();
                None
            }
            Job::Forget(_) | Job::Done => None,
        });
    }
    Ok(verdicts)
}

fn execute(conn: &Connection, sql: &str) -> rusqlite::Result<()> {
    conn.prepare_cached(sql)?.execute([]).map(drop)
}

/// After the commit. Who destroyed a key hears of it when it is gone from the write-ahead log too.
fn acknowledge(job: Job, verdict: Option<Result<Vec<Recorded>, AppendError>>, wal: &Wal) {
    match (job, verdict) {
        (Job::Append { append, reply }, Some(Ok(events))) if append.key == KeyChange::Destroy => {
            wal.erase(Box::new(move |_| drop(reply.send(Ok(events)))));
        }
        (Job::Append { reply, .. }, Some(outcome)) => drop(reply.send(outcome)),
        (Job::Change(change), _) => change.answer(Ok(())),
        (Job::Forget(reply), _) => wal.erase(Box::new(move |gone| {
            // Who asked may just have gone.
            let _ = reply.send(gone);
        })),
        (Job::Append { .. } | Job::Done, _) => {}
    }
}

fn refuse(job: Job, failure: &Failed) {
    let (Failed::Begin(error) | Failed::Job(error) | Failed::Commit(error)) = failure;
    let locked = matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked));
    let outcome = match failure {
        Failed::Begin(_) if locked => AppendError::Busy,
        _ => AppendError::Unknown(error.to_string()),
    };
    match job {
        Job::Append { .. } => answer(job, Err(outcome)),
        Job::Change(change) => change.answer(Err(LedgerError::Unavailable(error.to_string()))),
        // Whoever waits sees that their question is gone.
        Job::Forget(_) | Job::Done => {}
    }
}

fn answer(job: Job, outcome: Result<Vec<Recorded>, AppendError>) {
    if let Job::Append { reply, .. } = job {
        // Who asked may just have gone.
        let _ = reply.send(outcome);
    }
}
