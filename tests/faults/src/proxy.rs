//! A link between one process and one engine that can be cut, slowed down, or held so that nothing comes through and
//! nobody is told.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Everything comes through.
    Pass,
    /// Everything comes through later by so much.
    Slow(Duration),
    /// Nothing comes through, in either direction, and connections stay open; what was sent comes when it passes again.
    Hold,
    /// Connections are closed, also those that are opened anew.
    Cut,
}

/// A link.
#[derive(Debug)]
pub struct Proxy {
    at: SocketAddr,
    mode: watch::Sender<Mode>,
    listening: AbortHandle,
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Proxy {
    /// A link to `port` on this machine.
    ///
    /// # Panics
    /// When there is no port left.
    pub async fn to(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let mode = watch::Sender::new(Mode::Pass);
        let modes = mode.subscribe();
        let listening = tokio::spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((near, _)) = listener.accept().await {
                open.spawn(connect(near, port, modes.clone()));
                while open.try_join_next().is_some() {}
            }
        });
        Self { at, mode, listening: listening.abort_handle() }
    }

    /// Where the near end is.
    pub fn port(&self) -> u16 {
        self.at.port()
    }

    /// From now on it does this.
    pub fn set(&self, mode: Mode) {
        self.mode.send_replace(mode);
    }
}

async fn connect(near: TcpStream, port: u16, mut modes: watch::Receiver<Mode>) {
    // Who connects while it holds gets an open connection on which nothing happens.
    let _ = modes.wait_for(|mode| !matches!(mode, Mode::Hold)).await;
    if *modes.borrow() == Mode::Cut {
        return;
    }
    let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let (near_in, near_out) = near.into_split();
    let (far_in, far_out) = far.into_split();
    let there = pump(near_in, far_out, modes.clone());
    let back = pump(far_in, near_out, modes.clone());
    let cut = async {
        let _ = modes.wait_for(|mode| *mode == Mode::Cut).await;
    };
    // Either end closes both: a half-open connection is what Hold is for.
    tokio::select! {
        () = there => {}
        () = back => {}
        () = cut => {}
    }
}

async fn pump(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    mut modes: watch::Receiver<Mode>,
) {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let Ok(count @ 1..) = from.read(&mut buffer).await else { return };
        let mode = *modes.borrow();
        if let Mode::Slow(by) = mode {
            tokio::time::sleep(by).await;
        }
        let _ = modes.wait_for(|mode| !matches!(mode, Mode::Hold)).await;
        if to.write_all(&buffer[..count]).await.is_err() {
            return;
        }
    }
}
