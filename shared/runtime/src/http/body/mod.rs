//! Reading a JSON body: bounded in size and time, then field by field, so that a caller hears of every mistake at once.

mod fields;
pub mod parse;

use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, header};
use futures_util::StreamExt;
use serde_json::Value;

pub(crate) use fields::Scope;
pub use fields::{Checked, Fields, Together};

use super::{Kind, Problem};

/// The largest body that is read.
pub const LARGEST: usize = 64 * 1024;

/// How long a body may take to arrive.
const PATIENCE: Duration = Duration::from_secs(30);

/// A JSON body as it came. Extracting it answers 400, 408, 413 or 415 as the case may be.
#[derive(Clone)]
pub struct JsonBody {
    /// What it says.
    pub value: Value,
    /// The very bytes, for comparing with a repeat.
    pub bytes: Bytes,
}

impl JsonBody {
    /// A collector over its fields.
    pub fn fields(&self) -> Fields<'_> {
        Fields::of(&self.value)
    }
}

impl std::fmt::Debug for JsonBody {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

impl<S: Send + Sync> FromRequest<S> for JsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        must_be_json(&parts.headers)?;
        let bytes = read(body).await?;
        Ok(Self { value: json(&bytes)?, bytes })
    }
}

/// A JSON body that may be left out: an empty one counts as `{}`, whatever its content type.
#[derive(Clone, Debug)]
pub struct OptionalJsonBody(pub JsonBody);

impl<S: Send + Sync> FromRequest<S> for OptionalJsonBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        let (parts, body) = request.into_parts();
        if !body.is_end_stream() {
            if let Err(problem) = must_be_json(&parts.headers) {
                // A chunked body shows only when read that there is nothing in it.
                let empty = body.size_hint().lower() == 0 && read(body).await.is_ok_and(|bytes| bytes.is_empty());
                return if empty { Ok(Self::absent()) } else { Err(problem) };
            }
            let bytes = read(body).await?;
            if !bytes.is_empty() {
                return Ok(Self(JsonBody { value: json(&bytes)?, bytes }));
            }
        }
        Ok(Self::absent())
    }
}

impl OptionalJsonBody {
    fn absent() -> Self {
        Self(JsonBody { value: Value::Object(serde_json::Map::new()), bytes: Bytes::new() })
    }

    /// A collector over its fields.
    pub fn fields(&self) -> Fields<'_> {
        self.0.fields()
    }
}

/// Reads at most [`LARGEST`] bytes.
pub async fn read(body: Body) -> Result<Bytes, Problem> {
    if body.size_hint().lower() > LARGEST as u64 {
        return Err(Kind::TooLarge.into());
    }
    let gather = async {
        let mut chunks = body.into_data_stream();
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next().await {
            let chunk = chunk.map_err(|_| Problem::new(Kind::BadRequest).detail("the body broke off"))?;
            if all.len() + chunk.len() > LARGEST {
                return Err(Kind::TooLarge.into());
            }
            all.extend_from_slice(&chunk);
        }
        Ok(Bytes::from(all))
    };
    tokio::time::timeout(PATIENCE, gather).await.unwrap_or_else(|_| Err(Kind::RequestTimeout.into()))
}

fn json(bytes: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!("no JSON at line {}, column {}", error.line(), error.column());
        Problem::new(Kind::NotJson).detail(detail)
    })
}

/// Whether the content type is `application/json` or `application/*+json`, in UTF-8 if it names a charset.
fn must_be_json(headers: &HeaderMap) -> Result<(), Problem> {
    let text = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let json = essence.strip_prefix("application/").is_some_and(|kind| kind == "json" || kind.ends_with("+json"));
    let utf8 = parts.filter_map(|part| part.strip_prefix("charset=").map(|set| set.trim_matches('"').to_owned()));
    if json && utf8.into_iter().all(|set| set == "utf-8" || set == "utf8") {
        Ok(())
    } else {
        Err(Kind::UnsupportedMediaType.into())
    }
}

#[cfg(test)]
mod tests;
