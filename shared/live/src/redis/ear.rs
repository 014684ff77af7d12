//! The connection for what is published on one channel, and what keeps it.
//!
//! A process has at most two of them, one for hints and one for signals, each opened when somebody first wants to hear.
//! All hints come over one channel and are sorted out here: to watch a stream takes no round trip and nothing of Redis, a
//! broken connection is mended by a single `SUBSCRIBE` however many streams are open, and a hint that concerns nobody
//! here costs a look into a table.

use ::redis::{PushInfo, PushKind, Value};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};
use tracing::{info, warn};

use super::dial::{Dialler, Line, Push, ping};
use super::link::Beside;
use super::pace::Backoff;
use crate::LiveError;

/// How long a connection must last to be a good one.
const LASTED: Duration = Duration::from_secs(1);

/// Every so many looks the Sentinels are asked who is the master now.
const LOOKS_PER_QUESTION: u32 = 8;

/// Who is told what is heard. Nothing here may wait.
pub(super) trait Hears: Send + Sync + 'static {
    /// Everything that is published from now on will be heard.
    fn begin(&self);

    /// This was published, by whomever.
    fn heard(&self, said: &[u8]);

    /// Something may have been missed, and what comes is not heard.
    fn end(&self);
}

#[derive(Clone)]
enum State {
    Untried,
    Up,
    Down(Arc<str>),
}

pub(super) struct Ear {
    dialler: Arc<Dialler>,
    channel: Arc<str>,
    hearer: Arc<dyn Hears>,
    state: watch::Sender<State>,
    supervisor: OnceLock<Beside>,
}

impl Ear {
    pub(super) fn new(dialler: Arc<Dialler>, channel: Arc<str>, hearer: Arc<dyn Hears>) -> Self {
        Self { dialler, channel, hearer, state: watch::channel(State::Untried).0, supervisor: OnceLock::new() }
    }

    /// Says that it hears, or at once that it does not. Only the very first attempt is waited for.
    pub(super) async fn open(&self) -> Result<(), LiveError> {
        if let Some(known) = known(&self.state.borrow()) {
            return known;
        }
        self.supervisor.get_or_init(|| {
            let (dialler, channel, hearer) = (self.dialler.clone(), self.channel.clone(), self.hearer.clone());
            Beside::spawn(supervise(dialler, channel, hearer, self.state.clone()))
        });
        let mut changes = self.state.subscribe();
        let tried = timeout(self.dialler.pace.connect, changes.wait_for(|state| !matches!(state, State::Untried)));
        let state = match tried.await {
            Ok(Ok(state)) => known(&state),
            _ => None,
        };
        state.unwrap_or_else(|| Err(LiveError("not connected yet".to_owned())))
    }
}

impl Drop for Ear {
    fn drop(&mut self) {
        self.hearer.end();
    }
}

fn known(state: &State) -> Option<Result<(), LiveError>> {
    match state {
        State::Untried => None,
        State::Up => Some(Ok(())),
        State::Down(why) => Some(Err(LiveError(why.to_string()))),
    }
}

async fn supervise(dialler: Arc<Dialler>, channel: Arc<str>, hearer: Arc<dyn Hears>, state: watch::Sender<State>) {
    let mut backoff = Backoff::new(dialler.pace.again);
    let mut said = false;
    loop {
        let heard = Arc::new(AtomicU64::new(0));
        let why = match subscribe(&dialler, &channel, &hearer, &heard).await {
            Ok(line) => {
                let since = Instant::now();
                hearer.begin();
                state.send_replace(State::Up);
                if said {
                    info!(url = %dialler.url(), %channel, "Redis is heard");
                }
                let why = watch_over(&dialler, &line, &heard).await;
                line.close();
                if since.elapsed() >= LASTED {
                    (backoff, said) = (Backoff::new(dialler.pace.again), false);
                }
                why
            }
            Err(why) => why,
        };
        // In this order, so that nobody begins to wait for what does not come.
        state.send_replace(State::Down(why.as_str().into()));
        hearer.end();
        if !said {
            warn!(url = %dialler.url(), %channel, error = why, "Redis is not heard; who listens polls until it is");
            said = true;
        }
        sleep(backoff.pause()).await;
    }
}

async fn subscribe(
    dialler: &Dialler,
    channel: &str,
    hearer: &Arc<dyn Hears>,
    heard: &Arc<AtomicU64>,
) -> Result<Line, String> {
    let push: Push = {
        let (hearer, heard) = (hearer.clone(), heard.clone());
        Box::new(move |PushInfo { kind, data }: PushInfo| {
            if let (PushKind::Message, [_, Value::BulkString(said)]) = (kind, &*data) {
                heard.fetch_add(1, Ordering::Relaxed);
                hearer.heard(said);
            }
        })
    };
    let line = dialler.dial(Some(push)).await.map_err(|trouble| trouble.to_string())?;
    let mut connection = line.connection.clone();
    match timeout(dialler.pace.answer, connection.subscribe(channel)).await {
        Ok(Ok(())) => Ok(line),
        Ok(Err(error)) => Err(error.to_string()),
        Err(_) => Err("no answer in time".to_owned()),
    }
}

/// Returns why nothing is heard any more.
async fn watch_over(dialler: &Dialler, line: &Line, heard: &AtomicU64) -> String {
    let mut look = 0_u32;
    loop {
        tokio::select! {
            () = line.gone() => return "the connection was closed".to_owned(),
            () = sleep(dialler.pace.look_every) => {}
        }
        let before = heard.load(Ordering::Relaxed);
        if let Err(trouble) = ping(&mut line.connection.clone(), dialler.pace.answer).await {
            // An answer behind many messages comes late; a link that brings messages is not dead.
            if heard.load(Ordering::Relaxed) == before {
                return trouble.to_string();
            }
        }
        look = look.wrapping_add(1);
        if look.is_multiple_of(LOOKS_PER_QUESTION) && dialler.has_moved(line).await {
            return "another server is the master now".to_owned();
        }
    }
}
