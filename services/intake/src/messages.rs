//! Writing.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use utoipa::ToSchema;
use wideawake_domain::request::{Command, Once, Rejection, Say, Speaker, SupportRequest};
use wideawake_domain::{Actor, Text};
use wideawake_runtime::clock;
use wideawake_runtime::http::{Caller, JsonBody, Kind, Problem, detached, parse};

use crate::api::{Closing, Forwarded, Members, Ours};
use crate::limits::{of_request, shed};
use crate::member::Member;
use crate::state::Door;
use crate::view::{OpenedBody, TakenBody};
use crate::{once, open};

/// Something to say.
#[derive(ToSchema)]
#[schema(as = MessageRequest)]
#[allow(dead_code, reason = "it describes what is read field by field")]
pub(crate) struct Body {
    /// Up to 4,000 Unicode scalars.
    #[schema(min_length = 1, max_length = 4000)]
    text: String,
}

/// Write a message
///
/// With an `Idempotency-Key` the call can be repeated for 24 hours, and the message is there once. In a conversation that a
/// supervisor ended for cause, what is urgent by its words opens a new one, whose id and token are the answer.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/messages",
    tag = "requests",
    request_body = Body,
    params(
        ("id" = Uuid, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "22 to 255 visible ASCII characters, made of at least 128 random bits", min_length = 22, max_length = 255),
    ),
    responses(
        (status = 202, description = "It is in the record.", body = TakenBody),
        (status = 201, description = "It opened a new conversation.", body = OpenedBody, headers(("Set-Cookie" = String), ("Location" = String))),
        (status = 200, description = "It opened a new conversation before, with the same key.", body = OpenedBody, headers(("Set-Cookie" = String), ("Location" = String))),
        Members, Ours, Forwarded, Closing,
    ),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn say(
    State(door): State<Arc<Door>>,
    Member(request): Member,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let key = once::key(&headers)?;
    let mut f = body.fields();
    let text = f.required("text", parse::text(1..=4_000));
    let text = f.finish(text)?;
    let onces = key.map(|key| once::onces(&door.record, key, request.id, &text)).unwrap_or_default();
    if !of_request(&door, "messages", request.id, door.limits.config.messages).await {
        return Err(shed(&door, request.country.as_deref()));
    }
    let repeats = onces.iter().any(|once| request.said(&once.key, clock::now()).is_some());
    if request.is_barred(clock::now()).is_some() && !repeats {
        let openings = key.map(|key| once::openings_of_message(&door.record, key, request.id, &text));
        return detached(async move { open::anew(&door, caller, &request, openings, text).await }).await;
    }
    detached(async move {
        let phrases = door.record.phrases(&request.language, &text);
        let check = |request: &SupportRequest| {
            let say = Say {
                from: Speaker::Member,
                staff: None,
                aside: false,
                text: Text::Open(text.clone()),
                once: mark(request, &onces),
                findings: door.record.triage_message(request, &phrases),
            };
            Ok::<_, Rejection>(Command::Say(say))
        };
        let said = door.record.change_request(request.id, Actor::Member, check).await;
        let said = said.map_err(|error| door.trouble(error, request.country.as_deref()))?;
        let version = match said.ok_or(Kind::NotFound)? {
            Ok(change) => change.facts.first().map_or(change.request.version, |fact| fact.version),
            Err(Rejection::Repeated(version)) => version,
            Err(refused) => return Err(refused.into()),
        };
        Ok((StatusCode::ACCEPTED, Json(TakenBody { version })).into_response())
    })
    .await
}

/// The mark of this message: the one it has in the record, if it is there under an older master key, or else the newest.
fn mark(request: &SupportRequest, onces: &[Once]) -> Option<Once> {
    let now = clock::now();
    onces.iter().find(|once| request.said(&once.key, now).is_some()).or(onces.first()).cloned()
}
