//! Making calls at both doors.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, RwLock};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Method};
use serde_json::Value;

use crate::{Answer, DEADLINE, Stream, sealed};

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Door {
    Intake,
    Desk,
}

/// A call and its answer, as they went over the wire.
#[derive(Clone, Debug)]
pub struct Exchange {
    pub door: Door,
    pub method: Method,
    /// Without the query.
    pub path: String,
    pub sent: Vec<u8>,
    pub answer: Answer,
}

/// Both doors of a server, wherever it listens at the moment.
#[derive(Clone, Debug)]
pub struct Doors(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    at: RwLock<(SocketAddr, SocketAddr)>,
    client: Client,
    exchanges: Option<Mutex<Vec<Exchange>>>,
}

impl Doors {
    pub fn new(intake: SocketAddr, desk: SocketAddr) -> Self {
        Self::with(intake, desk, None)
    }

    /// Doors that remember every exchange.
    pub fn remembering(intake: SocketAddr, desk: SocketAddr) -> Self {
        Self::with(intake, desk, Some(Mutex::default()))
    }

    fn with(intake: SocketAddr, desk: SocketAddr, exchanges: Option<Mutex<Vec<Exchange>>>) -> Self {
        let client = Client::builder().no_proxy().tcp_nodelay(true).connect_timeout(DEADLINE).build();
        let client = client.expect("a client without TLS needs nothing");
        Self(Arc::new(Inner { at: RwLock::new((intake, desk)), client, exchanges }))
    }

    /// From now on they are there.
    pub fn moved(&self, intake: SocketAddr, desk: SocketAddr) {
        *self.0.at.write().unwrap() = (intake, desk);
    }

    pub fn address(&self, door: Door) -> SocketAddr {
        let (intake, desk) = *self.0.at.read().unwrap();
        if door == Door::Intake { intake } else { desk }
    }

    pub fn intake(&self, method: &str, path: impl Into<String>) -> Call {
        self.call(Door::Intake, method, path)
    }

    pub fn desk(&self, method: &str, path: impl Into<String>) -> Call {
        self.call(Door::Desk, method, path)
    }

    pub fn call(&self, door: Door, method: &str, path: impl Into<String>) -> Call {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        Call { doors: self.clone(), door, method, path: path.into(), headers: HeaderMap::new(), body: None }
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        self.0.exchanges.as_ref().map(|all| all.lock().unwrap().clone()).unwrap_or_default()
    }
}

/// A call to be made.
#[derive(Clone, Debug)]
pub struct Call {
    pub doors: Doors,
    pub door: Door,
    pub method: Method,
    pub path: String,
    headers: HeaderMap,
    body: Option<Vec<u8>>,
}

impl Call {
    #[must_use]
    pub fn bearer(self, token: &str) -> Self {
        self.header("authorization", &format!("Bearer {token}"))
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name: HeaderName = name.parse().expect("the name of a header");
        self.headers.insert(name, HeaderValue::from_str(value).expect("the value of a header"));
        self
    }

    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json").body(body.to_string())
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub fn request(&self) -> reqwest::RequestBuilder {
        let url = format!("http://{}{}", self.doors.address(self.door), self.path);
        let mut request = self.doors.0.client.request(self.method.clone(), url).headers(self.headers.clone());
        if let Some(body) = &self.body {
            request = request.body(body.clone());
        }
        request
    }

    /// Makes the call.
    ///
    /// # Panics
    /// When there is no answer.
    pub async fn send(self) -> Answer {
        let call = format!("{} {}", self.method, self.path);
        self.attempt().await.unwrap_or_else(|error| panic!("{call} brought no answer: {error:?}"))
    }

    /// Makes the call; whoever answers may be gone.
    pub async fn attempt(self) -> reqwest::Result<Answer> {
        let response = self.request().timeout(DEADLINE).send().await?;
        let answer = Answer {
            call: format!("{} {}", self.method, self.path),
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await?.to_vec(),
        };
        self.remember(&answer);
        let authorization = self.headers.get("authorization").and_then(|value| value.to_str().ok());
        sealed::remember(authorization, self.body.as_deref(), &answer.body);
        Ok(answer)
    }

    /// Opens a stream, which must be taken.
    ///
    /// # Panics
    /// When it is not.
    pub async fn stream(self) -> Stream {
        let call = format!("{} {}", self.method, self.path);
        let response = tokio::time::timeout(DEADLINE, self.request().send()).await;
        let response = response.unwrap_or_else(|_| panic!("{call} did not answer"));
        let response = response.unwrap_or_else(|error| panic!("{call} brought no answer: {error:?}"));
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut answer = Answer { call, status, headers, body: Vec::new() };
        if status != 200 {
            answer.body = response.bytes().await.unwrap_or_default().to_vec();
            panic!("{answer}");
        }
        assert_eq!(answer.header("content-type"), Some("text/event-stream"), "{answer}");
        self.remember(&answer);
        Stream::over(answer.call, response)
    }

    fn remember(&self, answer: &Answer) {
        if let Some(exchanges) = &self.doors.0.exchanges {
            let path = self.path.split('?').next().unwrap_or_default().to_owned();
            let sent = self.body.clone().unwrap_or_default();
            let exchange =
                Exchange { door: self.door, method: self.method.clone(), path, sent, answer: answer.clone() };
            exchanges.lock().unwrap().push(exchange);
        }
    }
}
