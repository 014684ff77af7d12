//! Asking for support.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::TimeDelta;
use wideawake_domain::request::{Open, SupportRequest};
use wideawake_domain::{Pool, RequestId};
use wideawake_runtime::http::{JsonBody, Kind, Problem, detached};
use wideawake_runtime::record::Opening;
use wideawake_runtime::tokens::{self, hash_token, same};
use wideawake_runtime::{RecordError, clock};

use crate::api::{Forwarded, Ours};
use crate::asked::{Body, read};
use crate::member::{cookie, fits};
use crate::once;
use crate::state::Door;
use crate::view::OpenedBody;

/// How long an `Idempotency-Key` is remembered.
const KEYS_LIVE: TimeDelta = TimeDelta::hours(24);

/// Ask for support
///
/// Opens a request. With an `Idempotency-Key` the call can be repeated for 24 hours, also at the same time, and gets the
/// same answer, token included.
#[utoipa::path(
    post,
    path = "/v1/requests",
    tag = "requests",
    request_body = Body,
    params(("Idempotency-Key" = Option<String>, Header, description = "22 to 255 visible ASCII characters, made of at least 128 random bits", min_length = 22, max_length = 255)),
    responses(
        (status = 201, description = "It was opened.", body = OpenedBody, headers(("Set-Cookie" = String, description = "`wideawake`: HttpOnly, SameSite=Strict"), ("Location" = String))),
        (status = 200, description = "It was opened before, with the same key and body.", body = OpenedBody, headers(("Set-Cookie" = String), ("Location" = String))),
        Ours, Forwarded,
    ),
)]
pub(crate) async fn open(
    State(door): State<Arc<Door>>,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let key = once::key(&headers)?;
    let mut openings = key.map(|key| once::openings(&door.record, key, &body.value)).unwrap_or_default();
    let newest = if openings.is_empty() { drawn() } else { openings.remove(0) };
    let (pool, open) = read(&door, &body, &newest).await?;
    detached(async move {
        let country = open.country.clone();
        carry_out(&door, newest, openings, pool, open).await.map_err(|failed| match failed {
            Failed::Record(error) => door.trouble(error, country.as_deref()),
            Failed::Refused(problem) => problem,
        })
    })
    .await
}

/// An opening that nobody can repeat.
fn drawn() -> once::Opening {
    once::Opening { id: RequestId(clock::new_id()), token: tokens::new().expose().to_owned(), fingerprint: None }
}

enum Failed {
    Record(RecordError),
    Refused(Problem),
}

impl From<RecordError> for Failed {
    fn from(error: RecordError) -> Self {
        Self::Record(error)
    }
}

/// Opens the request, unless it is there already, under this master key or an older one.
async fn carry_out(
    door: &Door,
    newest: once::Opening,
    older: Vec<once::Opening>,
    pool: Pool,
    open: Open,
) -> Result<Response, Failed> {
    for opening in older {
        if let Some(request) = door.record.request(opening.id).await? {
            return repeated(door, &request, &opening).await;
        }
    }
    match door.record.open_request(newest.id, pool, SupportRequest::open(open)).await? {
        Opening::Opened(request) => answer(door, StatusCode::CREATED, &request, &newest).await,
        Opening::Existed(request) => repeated(door, &request, &newest).await,
    }
}

/// The answer to a call that may be a repeat of the one that opened `request`.
async fn repeated(door: &Door, request: &SupportRequest, opening: &once::Opening) -> Result<Response, Failed> {
    let mismatch = |detail| Err(Failed::Refused(Problem::new(Kind::IdempotencyMismatch).detail(detail)));
    let print = |print: &Option<String>| print.clone().unwrap_or_default();
    if !fits(request, &hash_token(&opening.token)) {
        return Err(RecordError::Contended.into());
    }
    if !same(print(&request.fingerprint).as_bytes(), print(&opening.fingerprint).as_bytes()) {
        return mismatch("this Idempotency-Key was used with another body before; take a new key for a new request");
    }
    if clock::now() - request.opened_at >= KEYS_LIVE {
        return mismatch("this Idempotency-Key was used before, and keys live 24 hours; take a new key");
    }
    answer(door, StatusCode::OK, request, opening).await
}

async fn answer(
    door: &Door,
    status: StatusCode,
    request: &SupportRequest,
    opening: &once::Opening,
) -> Result<Response, Failed> {
    if !request.is_closed() {
        door.seen(request.id).await;
    }
    let standing = door.standing(request).await?;
    let body = OpenedBody {
        id: request.id,
        token: opening.token.clone(),
        status: standing.status,
        position: standing.position,
        estimated_wait: standing.estimated_wait,
        resources: door.resources_of(request),
    };
    let mut response = (status, Json(body)).into_response();
    let headers = response.headers_mut();
    if let Some(cookie) = cookie(request.id, &opening.token) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    if let Ok(location) = HeaderValue::try_from(format!("/v1/requests/{}", request.id)) {
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}
