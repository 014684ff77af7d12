//! A server that takes every call, keeps it, and answers as it is told.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::eventually;

/// A call as it came.
#[derive(Clone, Debug)]
pub struct Received {
    pub method: Method,
    /// The path and the query.
    pub path: String,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
    pub at: chrono::DateTime<chrono::Utc>,
}

impl Received {
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The fields of a form.
    pub fn form(&self) -> Vec<(String, String)> {
        let url = format!("http://form/?{}", self.text());
        let url: reqwest::Url = url.parse().unwrap_or_else(|error| panic!("{error}: {}", self.text()));
        url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
    }

    pub fn field(&self, wanted: &str) -> String {
        let form = self.form();
        let found = form.iter().find(|(name, _)| name == wanted);
        found.unwrap_or_else(|| panic!("no {wanted} in {form:?}")).1.clone()
    }

    /// Whether it is signed with `secret`, by the implementation of those who wrote the standard.
    pub fn is_signed(&self, secret: &str) -> bool {
        let webhook = standardwebhooks::Webhook::new(secret).unwrap_or_else(|error| panic!("{error}"));
        webhook.verify(&self.body, &self.headers).is_ok()
    }
}

#[derive(Debug)]
struct Inner {
    received: Mutex<Vec<Received>>,
    /// The status, and how long it takes.
    answer: Mutex<(u16, Duration)>,
}

#[derive(Debug)]
pub struct Http {
    at: SocketAddr,
    inner: Arc<Inner>,
    serving: JoinHandle<()>,
}

impl Drop for Http {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl Http {
    /// One that answers 200.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let at = listener.local_addr().expect("an address");
        let inner = Arc::new(Inner { received: Mutex::default(), answer: Mutex::new((200, Duration::ZERO)) });
        let routes = Router::new().fallback(take).with_state(inner.clone());
        let serving = tokio::spawn(async move { axum::serve(listener, routes).await.expect("it serves") });
        Self { at, inner, serving }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.at)
    }

    /// From now on it answers with this status, after this time.
    pub fn answers(&self, status: u16, after: Duration) {
        *self.inner.answer.lock().unwrap() = (status, after);
    }

    pub fn received(&self) -> Vec<Received> {
        self.inner.received.lock().unwrap().clone()
    }

    /// Waits for call number `n`, from 0.
    pub async fn call(&self, n: usize) -> Received {
        eventually(&format!("call number {n} at {}", self.at), || async { self.received().get(n).cloned() }).await
    }
}

async fn take(
    State(inner): State<Arc<Inner>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> (StatusCode, [(&'static str, &'static str); 1]) {
    let path = uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let received = Received { method, path, headers, body: body.to_vec(), at: crate::now() };
    inner.received.lock().unwrap().push(received);
    let (status, after) = *inner.answer.lock().unwrap();
    tokio::time::sleep(after).await;
    // Somewhere to go, for whoever would follow.
    (StatusCode::from_u16(status).expect("a status"), [("location", "/elsewhere")])
}
