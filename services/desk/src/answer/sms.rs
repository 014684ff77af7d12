//! Text messages that come in: `ACK 123456` takes the escalation on that the sender was called over.
//!
//! The provider signs what it posts. A number is never logged, and what somebody wrote is not kept.

use std::time::Duration;

use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::escalation::{Rejection, Stage, Via};
use wideawake_runtime::acknowledge;
use wideawake_runtime::acknowledge::inbound::{Message, Refused, receive};
use wideawake_runtime::clock;
use wideawake_runtime::http::{Kind, Problem, body, detached};

use super::{Taken, take};
use crate::desk::Desk;

/// How many messages of one sender are answered in each while: more are taken and not looked at, so that no code is found
/// by trying and no two machines talk with each other for ever.
const MOST: u32 = 10;
const WITHIN: Duration = Duration::from_mins(10);

/// A text message that came in.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what is read")]
pub(crate) struct InboundMessage {
    /// The sender's number.
    from: String,
    /// What they wrote.
    text: String,
}

/// What to answer the sender.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct InboundReply {
    /// `null`: nothing.
    #[schema(required)]
    reply: Option<String>,
}

/// Takes a text message from the provider: signed as Standard Webhooks say with one of `[notifier.sms] inbound_secrets`, or,
/// with the preset `twilio`, a form signed as Twilio does, which is answered in TwiML. `ACK` and the code of a page takes the
/// escalation on.
#[utoipa::path(
    post, path = "/v1/inbound/sms",
    request_body = InboundMessage,
    responses((status = 200, body = InboundReply), Problem),
    security(())
)]
pub(crate) async fn inbound(State(desk): State<Desk>, headers: HeaderMap, body: Body) -> Result<Response, Problem> {
    let bytes = body::read(body).await?;
    let message = receive(&desk.inbound, &headers, &bytes, clock::now()).map_err(|refused| match refused {
        Refused::NotGenuine => Problem::new(Kind::Unauthorized).detail("the message is not signed by the provider"),
        Refused::NotAMessage => Problem::field("", "must be {\"from\",\"text\"}, or a form with From and Body"),
    })?;
    // Whoever looks where it is counted learns no number.
    let from = desk.record.vault().keyed("sms", &[message.from.as_bytes()]);
    let key = format!("sms:{}", URL_SAFE_NO_PAD.encode(from));
    let allowed = desk.record.live().allow(&key, MOST, WITHIN, clock::now()).await.unwrap_or(true);
    let reply = if allowed { Some(detached(async move { answer(&desk, &message).await }).await?) } else { None };
    let is_json =
        headers.get(header::CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    Ok(if is_json { Json(InboundReply { reply }).into_response() } else { twiml(reply.as_deref()) })
}

async fn answer(desk: &Desk, message: &Message) -> Result<String, Problem> {
    let Some(page) = acknowledge::by_code(&desk.record, &message.from, &message.text).await? else {
        return Ok("That code fits nothing that is open. Check the six digits, or use the link.".to_owned());
    };
    let Taken { found, refused } = take(desk, &page, Via::Sms).await?;
    let state = &found.known.state;
    let name = |staff| desk.feed.with(|known| known.alias(staff)).unwrap_or_default();
    Ok(match (refused, &state.stage) {
        (None, _) => format!("Thank you. You took it on: {}, {}. Open the desk.", state.line, state.priority.as_str()),
        (Some(Rejection::AlreadyResolved), _) => "It is resolved already. There is nothing you have to do.".to_owned(),
        (Some(_), Stage::Acknowledged { by, .. }) => {
            format!("{} took it on already. There is nothing you have to do.", name(*by))
        }
        (Some(_), _) => "It was answered already. There is nothing you have to do.".to_owned(),
    })
}

/// What Twilio takes for an answer.
fn twiml(reply: Option<&str>) -> Response {
    let escaped = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let message = reply.map(|reply| format!("<Message>{}</Message>", escaped(reply))).unwrap_or_default();
    let body = format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?><Response>{message}</Response>");
    let mut response = body.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/xml; charset=utf-8"));
    response
}
