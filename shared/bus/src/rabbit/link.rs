//! A connection that is rebuilt, with our topology, whenever it is lost.

use std::fmt;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::StreamExt;
use lapin::uri::{AMQPScheme, AMQPUri};
use lapin::{AsyncTcpStream, Connection, ConnectionProperties, Event};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use super::address::Address;
use super::backoff::Backoff;
use super::topology::Declaring;
use super::{Leader, Tally, unavailable};
use crate::BusError;

/// How long it may take to reach the broker (name, TCP, TLS), and as long again to be greeted.
const OPENING: Duration = Duration::from_secs(3);

/// How long the broker may take to declare everything: one that has just started is busy with its queues.
const DECLARING: Duration = Duration::from_secs(10);

/// How long whoever needs the first connection of all waits for it.
const FIRST: Duration = Duration::from_millis(500);

/// Seconds between heartbeats. A peer that was not heard for twice as long is gone.
const HEARTBEAT: u16 = 2;

/// The largest frame. The client keeps 32 of them for each direction.
const FRAME: u32 = 32 << 10;

/// How often it is looked whether the connection is still one, beside its own word for it.
const LOOK: Duration = Duration::from_millis(250);

/// A connection that lasted so long ends a row of failures.
const LASTED: Duration = Duration::from_secs(2);

/// How a link is.
#[derive(Clone)]
pub(super) enum State {
    /// The first attempt is under way.
    Opening,
    Up(Arc<Wire>),
    Down(Arc<str>),
}

/// A supervised connection. Dropping it closes it.
pub(super) struct Link {
    state: watch::Receiver<State>,
    supervisor: JoinHandle<()>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.supervisor.abort();
    }
}

impl Link {
    /// Connects from now on, declares what everybody needs with the queues of `leaders`, and does so again after each
    /// loss.
    pub(super) fn supervise(address: &Address, name: String, leaders: Arc<[Leader]>, tally: Arc<Tally>) -> Self {
        let mut address = address.clone();
        address.uri.query.heartbeat.get_or_insert(HEARTBEAT);
        address.uri.query.frame_max.get_or_insert(FRAME);
        let (tell, state) = watch::channel(State::Opening);
        let supervisor = tokio::spawn(supervise(address, name, leaders, tally, tell));
        Self { state, supervisor }
    }

    pub(super) fn watch(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// The connection, if there is one. Waits for none, but shortly for the first of all.
    pub(super) async fn up(&self) -> Result<Arc<Wire>, BusError> {
        let mut state = self.state.clone();
        let settled = timeout(FIRST, state.wait_for(|state| !matches!(state, State::Opening))).await;
        match settled.as_ref().map(|settled| settled.as_deref()) {
            Ok(Ok(State::Up(wire))) => Ok(wire.clone()),
            Ok(Ok(State::Down(why))) => Err(unavailable(why)),
            Ok(Ok(State::Opening) | Err(_)) | Err(_) => Err(unavailable("it is not connected yet")),
        }
    }

    /// The same, waiting for nothing.
    pub(super) fn up_now(&self) -> Result<Arc<Wire>, BusError> {
        match &*self.state.borrow() {
            State::Up(wire) => Ok(wire.clone()),
            State::Down(why) => Err(unavailable(why)),
            State::Opening => Err(unavailable("it is not connected yet")),
        }
    }
}

/// One connection.
pub(super) struct Wire {
    pub(super) connection: Connection,
    socket: Arc<Socket>,
    broken: Notify,
    why: Mutex<Option<String>>,
}

impl Wire {
    /// Whether the broker takes nothing although it is connected.
    pub(super) fn blocked(&self) -> bool {
        self.connection.status().blocked()
    }

    /// Says that nothing is to be had from it any more, so that it is rebuilt.
    pub(super) fn give_up(&self, why: impl fmt::Display) {
        self.why.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert_with(|| why.to_string());
        self.broken.notify_one();
    }

    /// Waits until it is lost, and says why.
    async fn lost(&self) -> String {
        let mut events = pin!(self.connection.events_listener());
        loop {
            tokio::select! {
                () = self.broken.notified() => break,
                event = events.next() => match event {
                    Some(Event::ConnectionBlocked(why)) => {
                        tracing::warn!(why, "the broker takes no events for now; followers read the ledger");
                    }
                    Some(Event::ConnectionUnblocked) => tracing::info!("the broker takes events again"),
                    Some(Event::Error(error)) if !self.connection.status().connected() => {
                        self.give_up(error);
                        break;
                    }
                    Some(_) => {}
                    None => break,
                },
                () = tokio::time::sleep(LOOK) => if !self.connection.status().connected() {
                    break;
                },
            }
        }
        let why = self.why.lock().unwrap_or_else(PoisonError::into_inner).take();
        why.unwrap_or_else(|| "the connection was closed".to_owned())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        // The client says goodbye by itself, if anybody listens there. What does not end by that ends by this.
        if !self.connection.status().connected() {
            self.socket.cut();
        }
    }
}

/// A handle of the socket under a connection: a client that waits for a silent broker is ended by nothing else.
#[derive(Default)]
struct Socket(Mutex<Option<TcpStream>>);

impl Socket {
    fn keep(&self, socket: &impl AsFd) -> std::io::Result<()> {
        let ours = TcpStream::from(socket.as_fd().try_clone_to_owned()?);
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(ours);
        Ok(())
    }

    fn cut(&self) {
        if let Some(socket) = self.0.lock().unwrap_or_else(PoisonError::into_inner).take() {
            // It may be closed already.
            let _ = socket.shutdown(Shutdown::Both);
        }
    }
}

async fn supervise(
    address: Address,
    name: String,
    leaders: Arc<[Leader]>,
    tally: Arc<Tally>,
    state: watch::Sender<State>,
) {
    // Only to differ from the other processes of the house, and the links of this one from each other.
    let seed = name.bytes().fold(u64::from(std::process::id()), |seed, byte| seed.wrapping_mul(31) ^ u64::from(byte));
    let mut backoff = Backoff::new(seed);
    let mut failing = false;
    loop {
        match open(&address, &name, &leaders).await {
            Ok(wire) => {
                if failing {
                    tracing::info!(link = name, "the broker is there again");
                }
                let wire = Arc::new(wire);
                let since = Instant::now();
                state.send_replace(State::Up(wire.clone()));
                let why = wire.lost().await;
                state.send_replace(State::Down(why.as_str().into()));
                Tally::add(&tally.lost, 1);
                tracing::warn!(link = name, why, "the broker was lost; followers read the ledger until it is back");
                failing = true;
                wire.socket.cut();
                if since.elapsed() > LASTED {
                    backoff.reset();
                }
            }
            Err(why) => {
                if failing {
                    tracing::debug!(link = name, why, "the broker is still not there");
                } else {
                    tracing::warn!(link = name, why, "the broker is not there; followers read the ledger until it is");
                    failing = true;
                }
                state.send_replace(State::Down(why.into()));
            }
        }
        tokio::time::sleep(backoff.next()).await;
    }
}

async fn open(address: &Address, name: &str, leaders: &[Leader]) -> Result<Wire, String> {
    let tls = address.tls()?;
    let socket = Arc::new(Socket::default());
    let properties = ConnectionProperties::default().with_connection_name(name.into());
    let runtime = lapin::runtime::default_runtime().map_err(|error| error.to_string())?;
    let kept = socket.clone();
    let connecting = Connection::connector(
        address.uri.clone(),
        runtime,
        async move |uri: AMQPUri, runtime| {
            let connect = async {
                let at = runtime.to_socket_addrs((uri.authority.host.clone(), uri.authority.port));
                let stream = AsyncTcpStream::connect(&runtime, at).await?;
                if let AsyncTcpStream::Plain(plain) = &stream {
                    kept.keep(plain.get_ref())?;
                }
                match uri.scheme {
                    AMQPScheme::AMQP => Ok(stream),
                    AMQPScheme::AMQPS => stream.into_tls(&uri.authority.host, tls.as_ref()).await,
                }
            };
            let late = |_| std::io::Error::from(std::io::ErrorKind::TimedOut);
            Ok(timeout(OPENING, connect).await.map_err(late)??)
        },
        properties,
    );
    let late = || {
        // Its thread waits for an answer until then.
        socket.cut();
        "the broker does not answer".to_owned()
    };
    // The connector has its own bound, and nothing may cut it short: its thread would be left behind.
    let connection = timeout(OPENING * 2, connecting).await.map_err(|_| late())?.map_err(|error| error.to_string())?;
    let prepared = timeout(DECLARING, async { Declaring::on(&connection).await?.everything(leaders).await }).await;
    prepared.map_err(|_| late())?.map_err(|error| error.to_string())?;
    Ok(Wire { connection, socket, broken: Notify::new(), why: Mutex::default() })
}
