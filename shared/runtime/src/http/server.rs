//! The server itself: hyper's HTTP/1.1 connections, bounded in number, in header size and in patience, ended in order.

mod crowd;
mod garbage;
mod linger;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ipnet::IpNet;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::caller::{Caller, Source, is_trusted};
use super::{Kind, Problem};
use crowd::Crowd;
use garbage::Answering;
use linger::Lingering;

/// What a server puts up with.
#[derive(Clone, Debug)]
pub struct Server {
    /// How many connections may be open; more are told 503 and closed.
    pub connections: usize,
    /// How long a client may take to send the head of its next request, also when it keeps the connection.
    pub patience: Duration,
    /// How long calls may take to end once shutdown began.
    pub grace: Duration,
    /// How long what was sent may stay unacknowledged: then the other end is gone, or does not read, and is hung up on.
    pub silence: Duration,
    /// The proxies whose word on who calls is taken.
    pub trusted: Arc<[IpNet]>,
    /// What those are told for whom there is no place.
    pub full: Problem,
}

impl Default for Server {
    fn default() -> Self {
        Self {
            connections: 25_000,
            patience: Duration::from_secs(30),
            grace: Duration::from_millis(1500),
            silence: Duration::from_secs(90),
            trusted: Arc::default(),
            full: Problem::new(Kind::Unavailable).detail("too many connections are open"),
        }
    }
}

/// The most that the head of a request may take.
const LARGEST_HEAD: usize = 32 * 1024;

/// How many connections may wait to be accepted; the system may allow fewer (`net.core.somaxconn`). Whoever comes while it
/// is full is not told so, and waits in vain: a whole school must fit in. What is usual, 128, was too little.
const BACKLOG: u32 = 4_096;

/// Listens there, with room for a crowd.
pub fn listen(at: SocketAddr) -> io::Result<TcpListener> {
    let socket = if at.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    // What was given up a moment ago can be taken again, as after a restart.
    #[cfg(unix)]
    socket.set_reuseaddr(true)?;
    socket.bind(at)?;
    socket.listen(BACKLOG)
}

/// Serves `router` with the defaults of [`Server`] until `shutdown`, then waits at most `grace` for calls to end.
pub async fn serve(listener: TcpListener, router: Router, shutdown: CancellationToken, grace: Duration) {
    Server { grace, ..Server::default() }.run(listener, router, shutdown).await;
}

impl Server {
    /// Serves `router` until `shutdown`: then stops accepting, lets open calls end, and drops what is left after the
    /// grace. Streams must watch `shutdown` themselves ([`super::Sse`] does). The peer's address is there as
    /// [`ConnectInfo<SocketAddr>`].
    pub async fn run(self, listener: TcpListener, router: Router, shutdown: CancellationToken) {
        let places = Arc::new(Semaphore::new(self.connections.min(Semaphore::MAX_PERMITS)));
        let crowd = Crowd::default();
        let open = TaskTracker::new();
        let drop_all = CancellationToken::new();
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(self.patience);
        http.max_header_size(LARGEST_HEAD).max_buf_size(LARGEST_HEAD);
        loop {
            let accepted = tokio::select! {
                biased;
                () = shutdown.cancelled() => break,
                accepted = listener.accept() => accepted,
            };
            let (stream, peer) = match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    pause(&error).await;
                    continue;
                }
            };
            // Without it every small answer may wait 40 ms for the client's delayed acknowledgement.
            let _ = stream.set_nodelay(true);
            self.watch(&stream);
            let free = places.available_permits();
            // Behind a proxy that is trusted there are many callers.
            let is_one = !is_trusted(&self.trusted, peer.ip());
            let seat = is_one.then(|| crowd.enter(Source::of(peer.ip()), free));
            let place = Arc::clone(&places).try_acquire_owned();
            let (false, Ok(place)) = (matches!(seat, Some(None)), place) else {
                garbage::turn_away(&stream, &self.full);
                continue;
            };
            let calls = Calls { router: router.clone(), peer, trusted: self.trusted.clone() };
            let connection = connection(http.clone(), stream, calls, shutdown.clone());
            let drop_all = drop_all.clone();
            open.spawn(async move {
                tokio::select! {
                    () = connection => {}
                    () = drop_all.cancelled() => {}
                }
                drop((place, seat));
            });
        }
        drop(listener);
        open.close();
        if tokio::time::timeout(self.grace, open.wait()).await.is_err() {
            tracing::warn!(connections = open.len(), "dropping connections that did not end in time");
            drop_all.cancel();
            open.wait().await;
        }
    }

    /// Has the system hang up on whoever acknowledges nothing any more: a phone that lost its network takes what is sent
    /// for a quarter of an hour otherwise, and one that does not read for ever.
    fn watch(&self, stream: &TcpStream) {
        #[cfg(target_os = "linux")]
        let _ = socket2::SockRef::from(stream).set_tcp_user_timeout(Some(self.silence));
        #[cfg(not(target_os = "linux"))]
        let _ = stream;
    }
}

/// What answers the calls of one connection.
struct Calls {
    router: Router,
    peer: SocketAddr,
    trusted: Arc<[IpNet]>,
}

async fn connection(http: http1::Builder, stream: TcpStream, calls: Calls, shutdown: CancellationToken) {
    let Calls { router, peer, trusted } = calls;
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let (parts, body) = request.into_parts();
        let body = Body::new(Lingering::new(body, &parts.headers));
        let mut request = Request::from_parts(parts, body);
        let caller = Caller::of(peer, false, request.headers(), &trusted);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(caller);
        router.call(request)
    });
    let mut connection = std::pin::pin!(http.serve_connection(Answering::new(TokioIo::new(stream)), service));
    // How a connection ends is the client's affair: nothing here is worth a log line.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = shutdown.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    let _ = connection.await;
}

/// A connection that broke before it was accepted is nothing; running out of file descriptors needs a moment.
async fn pause(error: &io::Error) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    if !matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) {
        tracing::warn!(%error, "cannot accept a connection");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
