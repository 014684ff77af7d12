//! Connections that read: some for the thread that asks, some behind a queue for what takes longer.
//!
//! A short read takes half as long on the thread that asks as with handing it to another one and waking up again, and in
//! WAL mode it waits for nobody.

use rusqlite::Connection;
use std::collections::VecDeque;
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use tokio::sync::oneshot;

use super::schema;
use crate::LedgerError;

/// How many reads may wait.
const QUEUE: usize = 4096;

type Job = Box<dyn FnOnce(&Connection) + Send>;

pub(super) struct Readers {
    /// For the threads that ask.
    near: Vec<Mutex<Connection>>,
    queue: Arc<Queue>,
    threads: Vec<JoinHandle<()>>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    arrived: Condvar,
}

#[derive(Default)]
struct State {
    jobs: VecDeque<Job>,
    stopped: bool,
}

impl Readers {
    pub(super) fn start(path: &Path) -> Result<Self, LedgerError> {
        let count = thread::available_parallelism().map_or(2, usize::from).clamp(2, 4);
        let near = (0..count).map(|_| schema::reading(path).map(Mutex::new)).collect::<Result<_, _>>()?;
        let mut readers = Self { near, queue: Arc::default(), threads: Vec::new() };
        for number in 0..count {
            let conn = schema::reading(path)?;
            let queue = Arc::clone(&readers.queue);
            let thread = thread::Builder::new()
                .name(format!("ledger-read-{number}"))
                .spawn(move || queue.serve(&conn))
                .map_err(|error| LedgerError::Unavailable(format!("cannot start a thread that reads: {error}")))?;
            readers.threads.push(thread);
        }
        Ok(readers)
    }

    /// Runs a short read on this thread; `None` when every connection for that is in use.
    pub(super) fn near<T>(&self, read: impl FnOnce(&Connection) -> T) -> Option<T> {
        self.near.iter().find_map(|conn| conn.try_lock().ok()).map(|conn| read(&conn))
    }

    /// Runs a read on a thread of the pool. It does not run if nobody waits for it any more.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, LedgerError> + Send + 'static,
    ) -> Result<T, LedgerError> {
        let (reply, answer) = oneshot::channel();
        self.queue.push(Box::new(move |conn| {
            if !reply.is_closed() {
                // Who asked may just have gone.
                let _ = reply.send(read(conn));
            }
        }))?;
        answer.await.unwrap_or_else(|_| Err(LedgerError::Unavailable("a thread that reads has stopped".to_owned())))
    }
}

impl Drop for Readers {
    fn drop(&mut self) {
        self.queue.lock().stopped = true;
        self.queue.arrived.notify_all();
        for thread in self.threads.drain(..) {
            // A panic there was reported when it happened.
            let _ = thread.join();
        }
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn push(&self, job: Job) -> Result<(), LedgerError> {
        let mut state = self.lock();
        if state.jobs.len() >= QUEUE {
            return Err(LedgerError::Unavailable(format!("{QUEUE} reads wait already")));
        }
        state.jobs.push_back(job);
        drop(state);
        self.arrived.notify_one();
        Ok(())
    }

    fn serve(&self, conn: &Connection) {
        let mut state = self.lock();
        loop {
            if let Some(job) = state.jobs.pop_front() {
                drop(state);
                job(conn);
                state = self.lock();
            } else if state.stopped {
                return;
            } else {
                state = self.arrived.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}
