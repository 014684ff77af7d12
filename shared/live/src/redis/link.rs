//! The connection for commands, and what keeps it: a circuit that is open while Redis is unreachable, so that nobody waits
//! for it, and a supervisor that closes the circuit again.

use ::redis::aio::MultiplexedConnection;
use ::redis::{RedisError, RedisResult};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::dial::{Dialler, Line, ping};
use super::pace::Backoff;
use crate::LiveError;

/// A connection that lasted this long was a good one.
const LASTED: Duration = Duration::from_secs(1);

/// Every so many looks the Sentinels are asked who is the master now.
const LOOKS_PER_QUESTION: u32 = 8;

/// Answers of a server that reaches us and cannot serve us: a replica, one that loads its data, one that lost its master.
const UNFIT: [&str; 3] = ["READONLY", "LOADING", "MASTERDOWN"];

#[derive(Clone)]
enum State {
    /// Nobody needed it yet, or the first attempt is not over.
    Untried,
    Up(Arc<Line>),
    Down(Arc<str>),
}

/// A task that ends with its owner.
pub(super) struct Beside(JoinHandle<()>);

impl Beside {
    pub(super) fn spawn(task: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(task))
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.0.abort();
    }
}

pub(super) struct Link {
    dialler: Arc<Dialler>,
    state: watch::Sender<State>,
    supervisor: OnceLock<Beside>,
}

impl Link {
    pub(super) fn new(dialler: Arc<Dialler>) -> Self {
        Self { dialler, state: watch::channel(State::Untried).0, supervisor: OnceLock::new() }
    }

    /// Asks Redis, and waits for the answer as long as is right for whoever waits for us.
    pub(super) async fn ask<T, F>(&self, ask: impl FnOnce(MultiplexedConnection) -> F + Send) -> Result<T, LiveError>
    where
        F: Future<Output = RedisResult<T>> + Send,
    {
        self.within(self.dialler.pace.answer, ask).await
    }

    /// Asks for what may be large.
    pub(super) async fn ask_much<T, F>(
        &self,
        ask: impl FnOnce(MultiplexedConnection) -> F + Send,
    ) -> Result<T, LiveError>
    where
        F: Future<Output = RedisResult<T>> + Send,
    {
        self.within(self.dialler.pace.bulk, ask).await
    }

    async fn within<T, F>(
        &self,
        patience: Duration,
        ask: impl FnOnce(MultiplexedConnection) -> F + Send,
    ) -> Result<T, LiveError>
    where
        F: Future<Output = RedisResult<T>> + Send,
    {
        let line = self.line().await?;
        let why = match timeout(patience, ask(line.connection.clone())).await {
            Ok(Ok(answer)) => return Ok(answer),
            Ok(Err(error)) => {
                let why = error.to_string();
                if !breaks(&error) {
                    return Err(LiveError(why));
                }
                why
            }
            Err(_) => "no answer in time".to_owned(),
        };
        fail(&self.state, &line, &why);
        Err(LiveError(why))
    }

    /// The connection, or at once that there is none. Only the very first attempt is waited for.
    async fn line(&self) -> Result<Arc<Line>, LiveError> {
        if let Some(known) = known(&self.state.borrow()) {
            return known;
        }
        self.supervisor.get_or_init(|| Beside::spawn(supervise(self.dialler.clone(), self.state.clone())));
        let mut changes = self.state.subscribe();
        let tried = timeout(self.dialler.pace.connect, changes.wait_for(|state| !matches!(state, State::Untried)));
        let state = match tried.await {
            Ok(Ok(state)) => known(&state),
            _ => None,
        };
        state.unwrap_or_else(|| Err(LiveError("not connected yet".to_owned())))
    }
}

fn known(state: &State) -> Option<Result<Arc<Line>, LiveError>> {
    match state {
        State::Untried => None,
        State::Up(line) => Some(Ok(line.clone())),
        State::Down(why) => Some(Err(LiveError(why.to_string()))),
    }
}

/// Whether nothing more is to be had from this connection.
pub(super) fn breaks(error: &RedisError) -> bool {
    error.is_io_error() || error.is_unrecoverable_error() || error.code().is_some_and(|code| UNFIT.contains(&code))
}

/// Opens the circuit, if this is still the connection in use; whatever waits over it waits no longer.
fn fail(state: &watch::Sender<State>, line: &Arc<Line>, why: &str) {
    state.send_if_modified(|state| {
        let is_ours = matches!(state, State::Up(current) if Arc::ptr_eq(current, line));
        if is_ours {
            *state = State::Down(why.into());
        }
        is_ours
    });
    line.close();
}

async fn supervise(dialler: Arc<Dialler>, state: watch::Sender<State>) {
    let mut backoff = Backoff::new(dialler.pace.again);
    let mut said = false;
    loop {
        match dialler.dial(None).await {
            Ok(line) => {
                let (line, since) = (Arc::new(line), Instant::now());
                state.send_replace(State::Up(line.clone()));
                if said {
                    info!(url = %dialler.url(), "Redis answers");
                }
                watch_over(&dialler, &state, &line).await;
                if since.elapsed() >= LASTED {
                    (backoff, said) = (Backoff::new(dialler.pace.again), false);
                }
            }
            Err(trouble) => {
                state.send_replace(State::Down(trouble.to_string().into()));
            }
        }
        if !said {
            let why = match &*state.borrow() {
                State::Down(why) => why.clone(),
                _ => "".into(),
            };
            warn!(url = %dialler.url(), error = &*why, "Redis does not answer; what needs it does without until it does");
            said = true;
        }
        sleep(backoff.pause()).await;
    }
}

/// Returns when the circuit is open.
async fn watch_over(dialler: &Dialler, state: &watch::Sender<State>, line: &Arc<Line>) {
    let mut changes = state.subscribe();
    for look in 1_u32.. {
        tokio::select! {
            _ = changes.wait_for(|state| matches!(state, State::Down(_))) => return,
            () = line.gone() => return fail(state, line, "the connection was closed"),
            () = sleep(dialler.pace.look_every) => {}
        }
        if let Err(trouble) = ping(&mut line.connection.clone(), dialler.pace.answer).await {
            return fail(state, line, &trouble.to_string());
        }
        if look.is_multiple_of(LOOKS_PER_QUESTION) && dialler.has_moved(line).await {
            return fail(state, line, "another server is the master now");
        }
    }
}
