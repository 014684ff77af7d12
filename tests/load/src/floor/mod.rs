//! What this machine can do at best: commits of SQLite alone with the same settings, and a round trip over loopback HTTP
//! to a server that does nothing.

mod engines;

use std::convert::Infallible;
use std::time::{Duration, Instant};

use anyhow::Result;
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use rusqlite::Connection;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::client::{Call, Door};
use crate::program::Stage;
use crate::samples::Samples;

const COMMITS: usize = 3_000;
const CALLS: usize = 5_000;

/// As many bytes as a message takes in the record.
pub(super) const ROW: [u8; 400] = [b'x'; 400];

/// What was measured.
#[derive(Debug)]
pub(crate) struct Floor {
    /// One row each.
    pub(crate) commits: Samples,
    /// Rows a second, one in each commit.
    pub(crate) alone: f64,
    /// Rows a second, a hundred in each commit.
    pub(crate) grouped: f64,
    pub(crate) calls: Samples,
    /// Where the program keeps things in them.
    pub(crate) engines: Option<engines::Engines>,
}

impl Floor {
    /// What the budget of a night is a multiple of, in milliseconds (DESIGN section 15).
    fn of_night(&self) -> f64 {
        self.commits.at(50.0) + 0.5
    }

    /// What half of what a night counts must be within, and nearly all of it, in milliseconds (DESIGN section 15).
    pub(crate) fn budget(&self) -> (f64, Option<f64>) {
        match &self.engines {
            None => (3.0 * self.of_night(), Some(10.0 * self.of_night())),
            Some(engines) => (1.5 * engines.of_night(), None),
        }
    }
}

pub(crate) async fn measure(stage: &Stage) -> Result<Floor> {
    let folder = stage.folder()?;
    let (commits, alone, grouped) = tokio::task::block_in_place(|| {
        let connection = Connection::open(folder.path().join("floor.sqlite3"))?;
        connection.execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE rows (id INTEGER PRIMARY KEY, data BLOB);",
        )?;
        let (samples, alone) = commit(&connection, COMMITS, 1)?;
        let (_, grouped) = commit(&connection, COMMITS / 10, 100)?;
        Ok::<_, rusqlite::Error>((samples, alone, grouped))
    })?;
    let engines = match stage.engines() {
        Some(servers) => Some(engines::measure(servers).await?),
        None => None,
    };
    Ok(Floor { commits, alone, grouped, calls: round_trips().await?, engines })
}

/// How long each commit of so many rows took, and rows a second.
fn commit(connection: &Connection, times: usize, rows: usize) -> rusqlite::Result<(Samples, f64)> {
    let mut insert = connection.prepare("INSERT INTO rows (data) VALUES (?1)")?;
    let (mut samples, began) = (Samples::new(), Instant::now());
    for _ in 0..times {
        let each = Instant::now();
        connection.execute_batch("BEGIN IMMEDIATE")?;
        for _ in 0..rows {
            insert.execute([&ROW[..]])?;
        }
        connection.execute_batch("COMMIT")?;
        samples.add(each.elapsed());
    }
    let rate = (times * rows) as f64 / began.elapsed().as_secs_f64();
    Ok((samples, rate))
}

async fn round_trips() -> Result<Samples> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let door = Door::new(listener.local_addr()?);
    let _server = AbortOnDropHandle::new(tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let _ = socket.set_nodelay(true);
            let nothing = async |_: Request<hyper::body::Incoming>| {
                Ok::<_, Infallible>(Response::new(Full::new(Bytes::from_static(b"{}"))))
            };
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(socket), service_fn(nothing)));
        }
    }));
    let mut samples = Samples::new();
    for _ in 0..CALLS {
        let began = Instant::now();
        door.call(Call("GET", "/", "", None)).await?;
        samples.add(began.elapsed());
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
    Ok(samples)
}
