//! What an `Idempotency-Key` stands for: the same call, made again because its answer was lost.

use std::collections::BTreeMap;

use axum::http::{HeaderMap, HeaderName};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Serialize, Serializer};
use serde_json::Value;
use uuid::Uuid;
use wideawake_domain::RequestId;
use wideawake_domain::request::Once;
use wideawake_runtime::Record;
use wideawake_runtime::http::{Kind, Problem};

const HEADER: HeaderName = HeaderName::from_static("idempotency-key");

/// 128 random bits need 22 characters of base64; beyond 255 nobody gains anything.
const LENGTH: std::ops::RangeInclusive<usize> = 22..=255;

/// A key as it was presented. Whoever knows it can get the token, so it goes nowhere.
#[derive(Clone, Copy)]
pub(crate) struct Key<'a>(&'a [u8]);

/// The key of a call, if it has one.
pub(crate) fn key(headers: &HeaderMap) -> Result<Option<Key<'_>>, Problem> {
    let mut values = headers.get_all(HEADER).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.as_bytes();
    if values.next().is_none() && LENGTH.contains(&key.len()) && key.iter().all(u8::is_ascii_graphic) {
        return Ok(Some(Key(key)));
    }
    let detail = "send one Idempotency-Key of 22 to 255 visible ASCII characters, made of at least 128 random bits, such as a random UUID";
    Err(Problem::new(Kind::BadRequest).detail(detail))
}

/// What a request that is opened with a key is called, whose it is, and what it was opened with.
pub(crate) struct Opening {
    pub(crate) id: RequestId,
    pub(crate) token: String,
    pub(crate) fingerprint: Option<String>,
}

/// What follows from a key and a body, under the newest master key first: the same for every repeat.
pub(crate) fn openings(record: &Record, key: Key<'_>, body: &Value) -> Vec<Opening> {
    let vault = record.vault();
    let body = serde_json::to_vec(&Canonical(body)).unwrap_or_default();
    let ids = vault.keyed_all("request-id", &[key.0]);
    let tokens = vault.keyed_all("member-token", &[key.0]);
    let prints = vault.keyed_all("request-body", &[key.0, &body]);
    let openings = ids.into_iter().zip(tokens).zip(prints);
    openings
        .map(|((id, token), print)| Opening {
            id: RequestId(uuid(id)),
            token: BASE64_URL_SAFE_NO_PAD.encode(token),
            fingerprint: Some(BASE64_URL_SAFE_NO_PAD.encode(print)),
        })
        .collect()
}

/// The same for a message that may open a request.
pub(crate) fn openings_of_message(record: &Record, key: Key<'_>, ended: RequestId, text: &str) -> Vec<Opening> {
    openings(record, key, &serde_json::json!({ "ended": ended, "text": text }))
}

/// What marks a message that is sent with a key, under the newest master key first.
pub(crate) fn onces(record: &Record, key: Key<'_>, request: RequestId, text: &str) -> Vec<Once> {
    let vault = record.vault();
    let id = request.0.as_bytes();
    let keys = vault.keyed_all("message-key", &[id, key.0]);
    let bodies = vault.keyed_all("message-body", &[id, key.0, text.as_bytes()]);
    let encode = |bytes: [u8; 32]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    keys.into_iter().zip(bodies).map(|(key, body)| Once { key: encode(key), body: encode(body) }).collect()
}

fn uuid(bytes: [u8; 32]) -> Uuid {
    let mut half = [0; 16];
    half.copy_from_slice(&bytes[..16]);
    Uuid::new_v8(half)
}

/// JSON in which every object has its members in order, so that two ways of writing the same thing are the same.
struct Canonical<'a>(&'a Value);

impl Serialize for Canonical<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Value::Object(members) => {
                serializer.collect_map(members.iter().map(|(k, v)| (k, Canonical(v))).collect::<BTreeMap<_, _>>())
            }
            Value::Array(items) => serializer.collect_seq(items.iter().map(Canonical)),
            plain => plain.serialize(serializer),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_key_must_be_long_enough_to_be_random() {
        let with = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.append(HEADER, HeaderValue::from_str(value).expect("a header"));
            key(&headers).map(|key| key.is_some()).map_err(|problem| problem.kind())
        };
        assert_eq!(with("6a1f8b52-6a80-4b7e-9d6a-0f6f2f0f9c11"), Ok(true));
        assert_eq!(with(&"x".repeat(22)), Ok(true));
        for bad in ["", "short", &"x".repeat(21), &"x".repeat(256), "with spaces in between it"] {
            assert_eq!(with(bad), Err(Kind::BadRequest), "{bad}");
        }
        assert_eq!(key(&HeaderMap::new()).map(|key| key.is_some()).ok(), Some(false));
    }

    #[test]
    fn the_order_of_members_does_not_matter_and_that_of_items_does() {
        let print = |text: &str| {
            let value: Value = serde_json::from_str(text).expect("JSON");
            serde_json::to_string(&Canonical(&value)).expect("JSON")
        };
        assert_eq!(print(r#"{"b":[{"y":1,"x":2}],"a":null}"#), r#"{"a":null,"b":[{"x":2,"y":1}]}"#);
        assert_ne!(print("[1,2]"), print("[2,1]"));
    }
}
