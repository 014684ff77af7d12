//! Calls and event streams over HTTP, with as little as possible between the wire and the clock.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::{TcpSocket, TcpStream};

/// What is slower than this has failed.
const PATIENCE: Duration = Duration::from_mins(1);

type Connection = SendRequest<Full<Bytes>>;

async fn connect(at: SocketAddr, from: Option<IpAddr>) -> Result<Connection> {
    let socket = match from {
        None => TcpStream::connect(at).await,
        Some(from) => {
            let socket = TcpSocket::new_v4()?;
            socket.bind((from, 0).into())?;
            socket.connect(at).await
        }
    };
    let socket = socket.with_context(|| format!("cannot connect to {at}"))?;
    socket.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(socket)).await?;
    tokio::spawn(async move {
        // A connection that breaks is seen by whoever waits for its answer.
        let _ = connection.await;
    });
    Ok(sender)
}

/// One door, with connections that are kept open.
#[derive(Debug)]
pub(crate) struct Door {
    at: SocketAddr,
    /// The address that calls come from.
    from: Option<IpAddr>,
    idle: Mutex<Vec<Connection>>,
}

/// A call: the method, the path, whose token, and what is sent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call<'a>(pub(crate) &'a str, pub(crate) &'a str, pub(crate) &'a str, pub(crate) Option<&'a Value>);

impl Door {
    pub(crate) fn new(at: SocketAddr) -> Self {
        Self { at, from: None, idle: Mutex::default() }
    }

    /// The door as somebody at that address of this machine comes to it.
    pub(crate) fn from(at: SocketAddr, from: IpAddr) -> Self {
        Self { from: Some(from), ..Self::new(at) }
    }

    pub(crate) fn at(&self) -> SocketAddr {
        self.at
    }

    fn request(&self, Call(method, path, token, body): Call<'_>) -> Result<Request<Full<Bytes>>> {
        let mut request = Request::builder().method(method).uri(path).header("host", self.at.to_string());
        if !token.is_empty() {
            request = request.header("authorization", format!("Bearer {token}"));
        }
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        let body = body.map(|body| Bytes::from(body.to_string())).unwrap_or_default();
        Ok(request.body(Full::new(body))?)
    }

    /// The status, and what came with it.
    pub(crate) async fn ask(&self, call: Call<'_>) -> Result<(u16, Value)> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let mut connection = match idle.filter(|connection| !connection.is_closed()) {
            Some(connection) => connection,
            None => connect(self.at, self.from).await?,
        };
        let request = self.request(call)?;
        let answer = async {
            connection.ready().await?;
            let response = connection.send_request(request).await?;
            let status = response.status().as_u16();
            Ok::<_, hyper::Error>((status, response.into_body().collect().await?.to_bytes()))
        };
        let (status, body) = tokio::time::timeout(PATIENCE, answer).await.context("no answer in a minute")??;
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(connection);
        Ok((status, serde_json::from_slice(&body).unwrap_or_default()))
    }

    /// What came with an answer of 2xx.
    pub(crate) async fn call(&self, call: Call<'_>) -> Result<Value> {
        let (status, answer) = self.ask(call).await?;
        ensure!((200..300).contains(&status), "{} {} gives {status}: {answer}", call.0, call.1);
        Ok(answer)
    }

    /// Opens an event stream on a connection of its own.
    pub(crate) async fn stream(&self, path: &str, token: &str) -> Result<Stream> {
        let mut connection = connect(self.at, self.from).await?;
        let response = connection.send_request(self.request(Call("GET", path, token, None))?).await?;
        ensure!(response.status().is_success(), "GET {path} gives {}", response.status());
        Ok(Stream { response, _connection: connection, bytes: Vec::new(), events: VecDeque::new() })
    }
}

/// What a stream tells.
#[derive(Debug)]
pub(crate) struct Event {
    pub(crate) name: String,
    pub(crate) data: Value,
    /// When its last byte was read.
    pub(crate) at: Instant,
}

/// An open event stream.
#[derive(Debug)]
pub(crate) struct Stream {
    response: Response<Incoming>,
    _connection: Connection,
    bytes: Vec<u8>,
    events: VecDeque<Event>,
}

impl Stream {
    /// The next event; `None` when the stream ends.
    pub(crate) async fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            let frame = tokio::time::timeout(PATIENCE, self.response.frame()).await;
            let Some(frame) = frame.context("a stream was silent for a minute")? else { return Ok(None) };
            let at = Instant::now();
            if let Ok(data) = frame?.into_data() {
                self.bytes.extend_from_slice(&data);
                self.parse(at)?;
            }
        }
    }

    fn parse(&mut self, at: Instant) -> Result<()> {
        while let Some(end) = self.bytes.windows(2).position(|two| two == b"\n\n") {
            let block: Vec<u8> = self.bytes.drain(..end + 2).collect();
            let (mut name, mut data) = (String::new(), None);
            for line in std::str::from_utf8(&block).context("a stream is UTF-8")?.lines() {
                if let Some(value) = line.strip_prefix("event:") {
                    value.trim_start().clone_into(&mut name);
                } else if let Some(value) = line.strip_prefix("data:") {
                    data = Some(value.trim_start());
                }
            }
            if let Some(data) = data {
                let Ok(data) = serde_json::from_str(data) else { bail!("{data} is not JSON") };
                self.events.push_back(Event { name, data, at });
            }
        }
        Ok(())
    }
}

/// The text at `key`.
pub(crate) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_default()
}
