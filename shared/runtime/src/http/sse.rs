//! Server-sent events: a stream of small JSON events with ids to resume behind, kept alive, and ended on shutdown.

use std::convert::Infallible;
use std::fmt::Display;
use std::io::Write;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt, stream};
use serde::Serialize;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};
use tokio_util::sync::{CancellationToken, WaitForCancellationFutureOwned};

/// How often a comment shows the client, and whatever stands between, that the stream lives.
pub const BEAT: Duration = Duration::from_secs(10);

/// What a client is asked to wait before it connects again, so that a restart does not bring everyone back at once.
const FIRST: Bytes = Bytes::from_static(b"retry: 1000\n\n");
const COMMENT: Bytes = Bytes::from_static(b":\n\n");

/// One event, written out: a clone costs nothing, so that one event can go to many streams.
#[derive(Clone, PartialEq, Eq)]
pub struct Event(Bytes);

impl Event {
    /// An event of this type, with data as one line of JSON. What cannot be written as JSON becomes `null`.
    pub fn new(event: &'static str, data: &impl Serialize) -> Self {
        Self::write(None, event, data)
    }

    /// The same with an id, which a client that comes back sends as `Last-Event-ID`. Ids have no line breaks.
    pub fn with_id(id: impl Display, event: &'static str, data: &impl Serialize) -> Self {
        Self::write(Some(id.to_string()), event, data)
    }

    fn write(id: Option<String>, event: &'static str, data: &impl Serialize) -> Self {
        let mut frame = Vec::with_capacity(128);
        if let Some(id) = id {
            let id = id.replace(['\n', '\r', '\0'], "");
            // Writing to a vector cannot fail.
            let _ = writeln!(frame, "id: {id}");
        }
        let _ = write!(frame, "event: {event}\ndata: ");
        let start = frame.len();
        if serde_json::to_writer(&mut frame, data).is_err() {
            frame.truncate(start);
            frame.extend_from_slice(b"null");
        }
        frame.extend_from_slice(b"\n\n");
        Self(frame.into())
    }
}

impl std::fmt::Debug for Event {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// An answer that is a stream of events. It ends when the stream does, or at shutdown.
pub struct Sse<S> {
    events: S,
    shutdown: CancellationToken,
}

impl<S: Stream<Item = Event> + Send + 'static> Sse<S> {
    /// Streams `events` until they end or `shutdown` is cancelled.
    pub const fn new(events: S, shutdown: CancellationToken) -> Self {
        Self { events, shutdown }
    }
}

struct State<S> {
    events: Pin<Box<S>>,
    beat: Interval,
    shutdown: Pin<Box<WaitForCancellationFutureOwned>>,
}

impl<S: Stream<Item = Event> + Send + 'static> IntoResponse for Sse<S> {
    fn into_response(self) -> Response {
        let mut beat = interval_at(Instant::now() + BEAT, BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let shutdown = Box::pin(self.shutdown.cancelled_owned());
        let state = State { events: Box::pin(self.events), beat, shutdown };
        let frames = stream::unfold(state, |mut state| async move {
            let frame = tokio::select! {
                biased;
                () = state.shutdown.as_mut() => return None,
                event = state.events.next() => event?.0,
                _ = state.beat.tick() => COMMENT,
            };
            Some((frame, state))
        });
        let frames = stream::once(std::future::ready(FIRST)).chain(frames).map(Ok::<_, Infallible>);
        let mut response = Body::from_stream(frames).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
        response
    }
}

/// The id behind which a client that comes back wants its stream to go on.
pub fn last_event_id(headers: &HeaderMap) -> Option<&str> {
    headers.get("last-event-id").and_then(|id| id.to_str().ok()).map(str::trim).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    async fn body(response: Response) -> String {
        let bytes = axum::body::to_bytes(response.into_body(), 10_000).await.expect("an infallible body");
        String::from_utf8(bytes.to_vec()).expect("events are UTF-8")
    }

    #[tokio::test]
    async fn events_are_written_one_line_each_and_end_with_the_stream() {
        let events = [
            Event::with_id("7\nevent: forged", "message", &json!({"text": "a\nb\r\u{2028}"})),
            Event::new("closed", &json!({})),
        ];
        let response = Sse::new(stream::iter(events), CancellationToken::new()).into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "text/event-stream");
        let text = body(response).await;
        assert_eq!(
            text,
            "retry: 1000\n\nid: 7event: forged\nevent: message\ndata: {\"text\":\"a\\nb\\r\u{2028}\"}\n\nevent: closed\ndata: {}\n\n"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_stream_is_kept_alive_and_ends_on_shutdown() {
        let shutdown = CancellationToken::new();
        let response = Sse::new(stream::pending(), shutdown.clone()).into_response();
        tokio::spawn(async move {
            tokio::time::sleep(BEAT * 3 + BEAT / 2).await;
            shutdown.cancel();
        });
        assert_eq!(body(response).await, "retry: 1000\n\n:\n\n:\n\n:\n\n");
    }

    #[test]
    fn the_last_event_id_is_what_the_header_says() {
        let mut headers = HeaderMap::new();
        assert_eq!(last_event_id(&headers), None);
        headers.insert("last-event-id", HeaderValue::from_static(" 12 "));
        assert_eq!(last_event_id(&headers), Some("12"));
    }
}
