//! What other systems send: events from the broker, text messages from a provider, tokens, headers, and what a proxy adds.

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue, header};
use chrono::DateTime;
use wideawake_domain::{Actor, Event, Language, StreamId, StreamKind};
use wideawake_runtime::acknowledge::inbound::{self, Inbound};
use wideawake_runtime::http::Caller;
use wideawake_runtime::proof::Signed;
use wideawake_runtime::signature::{self, Secret};
use wideawake_runtime::telemetry::trace;

/// A message from the broker. What can be read can be written, and read back as the same; what it holds is an event or is not.
pub(crate) fn envelope(bytes: &[u8]) {
    let Ok(event) = wideawake_bus::decode(bytes) else { return };
    let again = wideawake_bus::encode(&event).expect("what was read can be written");
    let again = wideawake_bus::decode(&again).expect("what was written can be read");
    assert_eq!((&again.stream, again.version, again.position), (&event.stream, event.version, event.position));
    assert_eq!((&again.kind, &again.data, again.hash), (&event.kind, &event.data, event.hash));
    for kind in [StreamKind::Request, StreamKind::Staff, StreamKind::Escalation, event.stream.kind] {
        let Ok(decoded) = Event::decode(kind, &event.kind, &event.data) else { continue };
        if let (Ok(encoded), true) = (decoded.encode(), decoded.kind() != "unknown") {
            let back = Event::decode(kind, decoded.kind(), &encoded).expect("what was written can be read");
            assert_eq!(back.encode().ok(), Some(encoded), "it says the same");
        }
    }
}

/// Headers, tokens, signatures and text messages.
pub(crate) fn outside(bytes: &[u8]) {
    caller(bytes);
    posted(bytes);
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = trace::is_sampled(text);
    let _ = text.parse::<Signed>();
    let _ = Secret::parse(text);
    if let Ok(stream) = text.parse::<StreamId>() {
        assert_eq!(stream.to_string().parse::<StreamId>().ok(), Some(stream));
    }
    if let Ok(actor) = text.parse::<Actor>() {
        assert_eq!(actor.to_string().parse::<Actor>().ok(), Some(actor));
    }
    if let Ok(language) = text.parse::<Language>() {
        assert!(language.lookup_chain().count() <= 35, "a tag has so many parts at most");
        assert_eq!(language.as_str().parse::<Language>().ok(), Some(language));
    }
}

/// Whose call it is, behind proxies.
fn caller(bytes: &[u8]) {
    let mut headers = HeaderMap::new();
    for line in bytes.split(|byte| *byte == b'\n').take(20) {
        if let Ok(value) = HeaderValue::from_bytes(line) {
            headers.append("x-forwarded-for", value.clone());
            headers.append("x-forwarded-proto", value);
        }
    }
    let peer: SocketAddr = ([10, 0, 0, 1], 443).into();
    let trusted = ["10.0.0.0/8".parse().expect("a network"), "fd00::/8".parse().expect("a network")];
    let _ = Caller::of(peer, false, &headers, &trusted);
    let stranger: SocketAddr = ([203, 0, 113, 9], 443).into();
    let alone = Caller::of(stranger, false, &HeaderMap::new(), &trusted);
    assert_eq!(Caller::of(stranger, false, &headers, &trusted), alone, "a stranger's headers are not believed");
}

/// A text message that was posted, unsigned and signed.
fn posted(bytes: &[u8]) {
    let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret");
    let (id, now) = ("message", DateTime::from_timestamp(1_700_000_000, 0).expect("a moment"));
    let inbound = Inbound { secrets: vec![secret.clone()], ..Inbound::default() };
    for kind in ["application/json", "application/x-www-form-urlencoded"] {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        assert!(inbound::receive(&inbound, &headers, bytes, now).is_err(), "nobody signed it");
        let signed = signature::sign(std::slice::from_ref(&secret), id, now.timestamp(), bytes);
        headers.insert(signature::ID, HeaderValue::from_static("message"));
        headers.insert(signature::TIMESTAMP, HeaderValue::from(now.timestamp()));
        headers.insert(signature::SIGNATURE, signed.parse().expect("a header"));
        let _ = inbound::receive(&inbound, &headers, bytes, now);
    }
}
