//! One event as a CloudEvent, and back: every field of it, and its data to the byte. `docs/asyncapi.yaml` says the same
//! to whoever reads our exchange from outside.

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use wideawake_domain::{Pool, Position, Recorded, StreamId, Version};

/// The content type of a message.
pub(super) const CONTENT_TYPE: &str = "application/cloudevents+json";

/// The largest message that is looked at.
pub(super) const LARGEST: usize = 1 << 20;

/// Before the kind of stream in `type`.
const TYPE: &str = "wideawake";

/// A CloudEvent 1.0 in JSON, structured mode. Numbers that may pass 2³¹ are text, as CloudEvents want it.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope<'a> {
    #[serde(borrow)]
    specversion: Cow<'a, str>,
    #[serde(borrow)]
    id: Cow<'a, str>,
    #[serde(borrow)]
    source: Cow<'a, str>,
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
    #[serde(borrow)]
    subject: Cow<'a, str>,
    #[serde(borrow)]
    time: Cow<'a, str>,
    #[serde(borrow)]
    datacontenttype: Cow<'a, str>,
    #[serde(borrow)]
    version: Cow<'a, str>,
    #[serde(borrow)]
    position: Cow<'a, str>,
    #[serde(borrow)]
    pool: Cow<'a, str>,
    #[serde(borrow)]
    actor: Cow<'a, str>,
    #[serde(borrow)]
    hash: Cow<'a, str>,
    #[serde(borrow, default, skip_serializing_if = "str::is_empty")]
    traceparent: Cow<'a, str>,
    /// JSON that stands for itself, and so keeps its bytes.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    data: Option<&'a RawValue>,
    /// Data whose bytes JSON would not keep: with space around it, or no JSON at all.
    #[serde(borrow, default, skip_serializing_if = "Option::is_none")]
    data_base64: Option<Cow<'a, str>>,
}

/// A message holds no event of ours. What is in it is not said: it may be anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the message holds no event: {0}")]
pub struct NotAnEnvelope(&'static str);

/// What a message of this event is called, on every attempt.
pub fn message_id(event: &Recorded) -> String {
    format!("{}:{}", event.stream, event.version)
}

/// The envelope of an event.
pub fn encode(event: &Recorded) -> Result<Vec<u8>, serde_json::Error> {
    // A `null` would be read back as no data at all.
    let stands = |raw: &&RawValue| raw.get() == &*event.data && raw.get() != "null";
    let raw = serde_json::from_str::<&RawValue>(&event.data).ok().filter(stands);
    let envelope = Envelope {
        specversion: "1.0".into(),
        id: message_id(event).into(),
        source: "urn:wideawake".into(),
        kind: format!("{TYPE}.{}.{}", event.stream.kind.as_str(), event.kind).into(),
        subject: event.stream.to_string().into(),
        time: event.at.to_rfc3339_opts(SecondsFormat::Micros, true).into(),
        datacontenttype: "application/json".into(),
        version: event.version.to_string().into(),
        position: event.position.0.to_string().into(),
        pool: event.pool.as_str().into(),
        actor: event.actor.to_string().into(),
        hash: hex(&event.hash).into(),
        traceparent: (&*event.trace).into(),
        data: raw,
        data_base64: raw.is_none().then(|| STANDARD.encode(event.data.as_bytes()).into()),
    };
    serde_json::to_vec(&envelope)
}

/// The event in an envelope.
pub fn decode(message: &[u8]) -> Result<Recorded, NotAnEnvelope> {
    if message.len() > LARGEST {
        return Err(NotAnEnvelope("it is too large"));
    }
    let text = std::str::from_utf8(message).map_err(|_| NotAnEnvelope("it is no text"))?;
    let envelope: Envelope<'_> =
        serde_json::from_str(text).map_err(|_| NotAnEnvelope("it is no CloudEvent of ours"))?;
    if envelope.specversion != "1.0" {
        return Err(NotAnEnvelope("it is of another version of CloudEvents"));
    }
    let stream: StreamId = envelope.subject.parse().map_err(|_| NotAnEnvelope("its subject is no stream"))?;
    let of = |kind: &'_ str| -> Option<String> {
        let kind = kind.strip_prefix(TYPE)?.strip_prefix('.')?.strip_prefix(stream.kind.as_str())?;
        kind.strip_prefix('.').map(ToOwned::to_owned)
    };
    let kind = of(&envelope.kind).ok_or(NotAnEnvelope("its type is not of its subject"))?;
    let at = DateTime::parse_from_rfc3339(&envelope.time).map_err(|_| NotAnEnvelope("its time is none"))?;
    let number = |text: &str| text.parse().map_err(|_| NotAnEnvelope("a number of it is none"));
    let data = match (envelope.data, envelope.data_base64) {
        (Some(raw), None) => raw.get().into(),
        (None, Some(encoded)) => {
            let bytes = STANDARD.decode(&*encoded).map_err(|_| NotAnEnvelope("its data is no base64"))?;
            String::from_utf8(bytes).map_err(|_| NotAnEnvelope("its data is no text"))?.into()
        }
        _ => return Err(NotAnEnvelope("it has no data")),
    };
    Ok(Recorded {
        stream,
        version: Version(number(&envelope.version)?),
        position: Position(number(&envelope.position)?),
        pool: Pool::named(&envelope.pool),
        kind: kind.into(),
        at: at.with_timezone(&Utc),
        actor: envelope.actor.parse().map_err(|_| NotAnEnvelope("its actor is none"))?,
        trace: (&*envelope.traceparent).into(),
        data,
        hash: unhex(&envelope.hash).ok_or(NotAnEnvelope("its hash is none"))?,
    })
}

fn hex(bytes: &[u8; 32]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |n: u8| char::from(DIGITS[usize::from(n & 15)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|n| n as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect();
    (digits.len() == 64).then(|| bytes.try_into().ok()).flatten()
}
