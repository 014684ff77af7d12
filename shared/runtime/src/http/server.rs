//! The server itself: hyper's HTTP/1.1 connections, bounded in number, in header size and in patience, ended in order.

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
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use garbage::Answering;
use linger::Lingering;

/// What a server puts up with.
#[derive(Clone, Copy, Debug)]
pub struct Server {
    /// How many connections may be open; more are told 503 and closed.
    pub connections: usize,
    /// How long a client may take to send the head of its next request, also when it keeps the connection.
    pub patience: Duration,
    /// How long calls may take to end once shutdown began.
    pub grace: Duration,
}

impl Default for Server {
    fn default() -> Self {
        Self { connections: 25_000, patience: Duration::from_secs(30), grace: Duration::from_millis(1500) }
    }
}

/// The most that the head of a request may take.
const LARGEST_HEAD: usize = 32 * 1024;

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
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                garbage::turn_away(&stream);
                continue;
            };
            let connection = connection(http.clone(), stream, peer, router.clone(), shutdown.clone());
            let drop_all = drop_all.clone();
            open.spawn(async move {
                tokio::select! {
                    () = connection => {}
                    () = drop_all.cancelled() => {}
                }
                drop(place);
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
}

async fn connection(
    http: http1::Builder,
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    shutdown: CancellationToken,
) {
    let router = TowerToHyperService::new(router);
    let service = service_fn(move |request: Request<Incoming>| {
        let (parts, body) = request.into_parts();
        let body = Body::new(Lingering::new(body, &parts.headers));
        let mut request = Request::from_parts(parts, body);
        request.extensions_mut().insert(ConnectInfo(peer));
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
