//! The tasks that write. Each takes what waits, as one call and one commit: alone, an append waits for nobody; when many
//! come, they share.

use std::collections::{BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use wideawake_domain::{Recorded, StreamId};

use super::Outbox;
use super::batch;
use super::connections::{Connections, WRITERS};
use super::failure::Failure;
use super::forgetting::Forgetting;
use crate::{Append, AppendError, KeyChange};

/// How many appends may wait.
const QUEUE: usize = 16_384;
/// How many share a commit at most; more would make the first of them wait too long.
const BATCH: usize = 64;
/// So far a task looks for appends to streams that nobody writes at the moment.
const LOOK: usize = 1_024;
/// How long an append may wait in all.
const PATIENCE: Duration = Duration::from_secs(12);

pub(super) struct Writer {
    queue: Arc<Queue>,
}

struct Job {
    append: Append,
    reply: oneshot::Sender<Result<Vec<Recorded>, AppendError>>,
}

#[derive(Default)]
struct Queue {
    state: Mutex<State>,
    arrived: Notify,
}

#[derive(Default)]
struct State {
    waiting: VecDeque<Job>,
    /// Streams that a task writes at the moment. A second append to one of them would hold a connection only to wait.
    writing: BTreeSet<StreamId>,
    closed: bool,
}

impl Writer {
    pub(super) fn start(connections: &Arc<Connections>, outbox: Outbox, forgetting: &Forgetting) -> Self {
        let queue = Arc::new(Queue::default());
        for _ in 0..WRITERS {
            tokio::spawn(run(Arc::clone(&queue), Arc::clone(connections), outbox, forgetting.clone()));
        }
        Self { queue }
    }

    /// Queues the append at once; it happens even if nobody waits for the answer.
    pub(super) async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        if append.events.is_empty() {
            return Err(AppendError::Unknown("an append without events writes nothing".to_owned()));
        }
        let (reply, answer) = oneshot::channel();
        if !self.queue.push(Job { append, reply }) {
            return Err(AppendError::Busy);
        }
        match tokio::time::timeout(PATIENCE, answer).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(_)) => Err(AppendError::Unknown("the task that writes has stopped".to_owned())),
            Err(_) => Err(AppendError::Unknown("no answer in time".to_owned())),
        }
    }
}

impl Drop for Writer {
    /// What waits is still written.
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.arrived.notify_waiters();
    }
}

impl Queue {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// False when there is no room.
    fn push(&self, job: Job) -> bool {
        let mut state = self.lock();
        if state.waiting.len() >= QUEUE {
            return false;
        }
        state.waiting.push_back(job);
        drop(state);
        self.arrived.notify_one();
        true
    }

    /// What to write next, each stream once; `None` when there will never be more.
    async fn next(&self) -> Option<Vec<Job>> {
        loop {
            let arrived = self.arrived.notified();
            let (batch, closed) = self.lock().take();
            if !batch.is_empty() {
                return Some(batch);
            }
            if closed {
                return None;
            }
            arrived.await;
        }
    }

    /// These streams may be written again.
    fn written(&self, streams: &[StreamId]) {
        let mut state = self.lock();
        for stream in streams {
            state.writing.remove(stream);
        }
        let (more, closed) = (!state.waiting.is_empty(), state.closed);
        drop(state);
        if closed {
            self.arrived.notify_waiters();
        } else if more {
            self.arrived.notify_one();
        }
    }
}

impl State {
    fn take(&mut self) -> (Vec<Job>, bool) {
        let mut batch = Vec::new();
        let mut passed = VecDeque::new();
        while batch.len() < BATCH && passed.len() < LOOK {
            let Some(job) = self.waiting.pop_front() else { break };
            if self.writing.insert(job.append.stream) {
                batch.push(job);
            } else {
                passed.push_back(job);
            }
        }
        while let Some(job) = passed.pop_back() {
            self.waiting.push_front(job);
        }
        (batch, self.closed && self.waiting.is_empty())
    }
}

async fn run(queue: Arc<Queue>, connections: Arc<Connections>, outbox: Outbox, forgetting: Forgetting) {
    while let Some(jobs) = queue.next().await {
        let streams: Vec<StreamId> = jobs.iter().map(|job| job.append.stream).collect();
        let outcomes = write(&connections, &jobs, outbox).await;
        // Before the answers, so that whoever comes back with the next version finds the way free.
        queue.written(&streams);
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            if outcome.is_ok() && job.append.key == KeyChange::Destroy {
                // Who destroyed a key hears of it when it is gone from the files too.
                let done = forgetting.done();
                tokio::spawn(async move {
                    done.await;
                    drop(job.reply.send(outcome));
                });
            } else {
                // Who asked may just have gone.
                drop(job.reply.send(outcome));
            }
        }
    }
}

async fn write(connections: &Connections, jobs: &[Job], outbox: Outbox) -> Vec<Result<Vec<Recorded>, AppendError>> {
    let appends: Vec<&Append> = jobs.iter().map(|job| &job.append).collect();
    let failure = match attempt(connections, &appends, outbox).await {
        Ok(outcomes) => return outcomes,
        Err(failure) => failure,
    };
    // Whatever was refused must not take the others with it.
    if let Failure::Refused { message, .. } = &failure
        && appends.len() > 1
    {
        tracing::warn!(why = message, appends = appends.len(), "a transaction failed; its parts are tried one by one");
        let mut outcomes = Vec::with_capacity(appends.len());
        for append in appends {
            outcomes.push(match attempt(connections, &[append], outbox).await {
                Ok(mut outcome) => outcome.pop().unwrap_or(Err(AppendError::Busy)),
                Err(failure) => Err(failure.of_append()),
            });
        }
        return outcomes;
    }
    appends.iter().map(|_| Err(failure.of_append())).collect()
}

async fn attempt(
    connections: &Connections,
    appends: &[&Append],
    outbox: Outbox,
) -> Result<Vec<Result<Vec<Recorded>, AppendError>>, Failure> {
    let mut conn = connections.write().await?;
    batch::write(&mut conn, appends, outbox).await
}
