//! The line between a browser and a door: it can be cut and mended, and what goes over it is counted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub struct Line {
    at: SocketAddr,
    whole: watch::Sender<bool>,
    down: Arc<AtomicU64>,
    task: JoinHandle<()>,
}

impl Line {
    /// A line to this door, or to whatever else is at that address.
    pub async fn to(door: SocketAddr) -> Self {
        Self::over(TcpListener::bind("127.0.0.1:0").await.expect("a port"), door)
    }

    /// The same from a port that is known before the door is there.
    pub fn over(listener: TcpListener, door: SocketAddr) -> Self {
        let at = listener.local_addr().expect("an address");
        let (whole, is_whole) = watch::channel(true);
        let down = Arc::new(AtomicU64::new(0));
        let counted = down.clone();
        let task = tokio::spawn(async move {
            while let Ok((near, _)) = listener.accept().await {
                let (mut is_whole, counted) = (is_whole.clone(), counted.clone());
                tokio::spawn(async move {
                    // Dropped at once while it is cut, and when it is cut.
                    let cut = async move { while is_whole.wait_for(|whole| !whole).await.is_err() {} };
                    tokio::select! {
                        () = cut => {}
                        () = carry(near, door, counted) => {}
                    }
                });
            }
        });
        Self { at, whole, down, task }
    }

    /// The near end.
    pub const fn at(&self) -> SocketAddr {
        self.at
    }

    /// Where the door is reached over it.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// From now on nothing goes over it, and what was open is broken off.
    pub fn cut(&self) {
        self.whole.send_replace(false);
    }

    pub fn mend(&self) {
        self.whole.send_replace(true);
    }

    /// So many bytes have come from the door.
    pub fn bytes(&self) -> u64 {
        self.down.load(Ordering::Relaxed)
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn carry(near: TcpStream, door: SocketAddr, counted: Arc<AtomicU64>) {
    let Ok(far) = TcpStream::connect(door).await else { return };
    let _ = (near.set_nodelay(true), far.set_nodelay(true));
    let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
    tokio::join!(copy(near_in, far_out, None), copy(far_in, near_out, Some(counted)));
}

async fn copy(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, counted: Option<Arc<AtomicU64>>) {
    let mut buffer = vec![0; 16 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer).await {
        if let Some(counted) = &counted {
            counted.fetch_add(read as u64, Ordering::Relaxed);
        }
        if to.write_all(&buffer[..read]).await.is_err() {
            return;
        }
    }
    let _ = to.shutdown().await;
}
