//! What a form says: as a browser sends it, or as the call of the interface that it stands for.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method};
use serde_json::{Map, Value};
use wideawake_runtime::acknowledge::inbound::form;
use wideawake_runtime::http::{JsonBody, Kind, Problem, auth, body};
use wideawake_runtime::tokens;

/// The fields of a form.
#[derive(Debug, Default)]
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form that one of our own pages sent.
    pub(super) async fn read(headers: &HeaderMap, sent: Body) -> Result<Self, Problem> {
        auth::same_origin(&Method::POST, headers)?;
        let bytes = body::read(sent).await?;
        form(&bytes).map(Self).ok_or_else(|| Kind::BadRequest.into())
    }

    /// What stands in a field; what is left empty is not there. Browsers write lines as mail does.
    pub(super) fn field(&self, name: &str) -> Option<String> {
        self.each(name).find(|value| !value.trim().is_empty())
    }

    /// What was chosen of several.
    pub(super) fn each<'f>(&'f self, name: &str) -> impl Iterator<Item = String> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.replace("\r\n", "\n"))
    }

    /// The key under which the form is sent once, however often it is sent.
    pub(super) fn key(&self) -> String {
        self.field("key").filter(|key| is_key(key)).unwrap_or_else(new_key)
    }
}

/// A key for a form.
pub(super) fn new_key() -> String {
    tokens::new().expose().to_owned()
}

fn is_key(key: &str) -> bool {
    (22..=255).contains(&key.len()) && key.bytes().all(|b| b.is_ascii_graphic())
}

/// The headers of a call with this key.
pub(super) fn keyed(headers: &HeaderMap, key: &str) -> HeaderMap {
    let mut headers = headers.clone();
    if let Ok(key) = HeaderValue::try_from(key) {
        headers.insert("idempotency-key", key);
    }
    headers
}

/// A body as the interface takes it.
pub(super) fn json(fields: Map<String, Value>) -> JsonBody {
    let value = Value::Object(fields);
    let bytes = Bytes::from(value.to_string());
    JsonBody { value, bytes }
}
