//! Asking for support.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use wideawake_domain::request::{Findings, Open, SupportRequest, turned_away};
use wideawake_domain::{Pool, RequestId, Text};
use wideawake_runtime::http::{Caller, JsonBody, Kind, Problem, detached};
use wideawake_runtime::record::Opening;
use wideawake_runtime::tokens::{self, hash_token, same};
use wideawake_runtime::{RecordError, clock};

use crate::api::{Away, Forwarded, Ours};
use crate::asked::{Body, read};
use crate::limits::{admits, shed};
use crate::member::{Claim, cookie, fits};
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
        Ours, Forwarded, Away,
    ),
)]
pub(crate) async fn open(
    State(door): State<Arc<Door>>,
    caller: Caller,
    headers: HeaderMap,
    body: JsonBody,
) -> Result<Response, Problem> {
    let key = once::key(&headers)?;
    let mut openings = key.map(|key| once::openings(&door.record, key, &body.value)).unwrap_or_default();
    let newest = if openings.is_empty() { drawn() } else { openings.remove(0) };
    let (pool, open, barred) = read(&door, &body, &newest).await?;
    let barred = barred.max(barred_by_cookie(&door, &headers, caller).await);
    detached(async move { carry_out(&door, caller, Asking { newest, older: openings, pool, open, barred }).await })
        .await
}

/// A new request for a member whose conversation was ended for cause, from what they write in it. It is opened if what they
/// write is urgent.
pub(crate) async fn anew(
    door: &Door,
    caller: Caller,
    ended: &SupportRequest,
    key: Option<Vec<once::Opening>>,
    text: String,
) -> Result<Response, Problem> {
    let mut openings = key.unwrap_or_default();
    let newest = if openings.is_empty() { drawn() } else { openings.remove(0) };
    let open = Open {
        line: ended.line.clone(),
        language: ended.language.clone(),
        time_zone: ended.time_zone,
        country: ended.country.clone(),
        alias: None,
        age_band: ended.age_band,
        topics: ended.topics.clone(),
        message: Some(Text::Open(text)),
        screening: None,
        answers: None,
        token: hash_token(&newest.token),
        fingerprint: newest.fingerprint.clone(),
        again: None,
        findings: Findings::default(),
    };
    let (pool, barred) = (ended.pool.clone(), ended.barred_until);
    carry_out(door, caller, Asking { newest, older: openings, pool, open, barred }).await
}

/// Until when the member is barred whose cookie this is: of a conversation that a supervisor ended.
async fn barred_by_cookie(door: &Door, headers: &HeaderMap, caller: Caller) -> Option<DateTime<Utc>> {
    let (id, hash) = Claim::by_cookie(headers, caller.is_secure)?;
    // Whoever cannot be looked up is taken: nobody is turned away by mistake.
    let request = door.record.request(id).await.ok().flatten()?;
    request.barred_until.filter(|_| fits(&request, &hash))
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

/// What somebody asks for.
struct Asking {
    newest: once::Opening,
    /// What it would be under older master keys.
    older: Vec<once::Opening>,
    pool: Pool,
    open: Open,
    /// Until when they are asked to turn elsewhere.
    barred: Option<DateTime<Utc>>,
}

async fn carry_out(door: &Door, caller: Caller, asking: Asking) -> Result<Response, Problem> {
    let country = asking.open.country.clone();
    let done = open_or_repeat(door, caller, asking).await;
    done.map_err(|failed| match failed {
        Failed::Record(error) => door.trouble(error, country.as_deref()),
        Failed::Refused(problem) => problem,
    })
}

/// Opens the request, unless it is there already, under this master key or an older one.
async fn open_or_repeat(door: &Door, caller: Caller, asking: Asking) -> Result<Response, Failed> {
    let Asking { newest, older, pool, mut open, barred } = asking;
    for opening in older {
        if let Some(request) = door.record.request(opening.id).await? {
            return repeated(door, caller, &request, &opening).await;
        }
    }
    open.findings = door.record.triage_opening(newest.id, &pool, &open);
    if let Some(until) = turned_away(barred, open.priority(), clock::now()) {
        return Err(Failed::Refused(elsewhere(door, until, open.country.as_deref())));
    }
    if !admits(door, caller, open.priority()).await {
        // Whoever asks again for what they have is not one more.
        if newest.fingerprint.is_some()
            && let Some(request) = door.record.request(newest.id).await?
        {
            return repeated(door, caller, &request, &newest).await;
        }
        return Err(Failed::Refused(shed(door, open.country.as_deref())));
    }
    match door.record.open_request(newest.id, pool, SupportRequest::open(open)).await? {
        Opening::Opened(request) => answer(door, caller, StatusCode::CREATED, &request, &newest).await,
        Opening::Existed(request) => repeated(door, caller, &request, &newest).await,
    }
}

/// What a member who is barred is told: until when, and whom else to call.
fn elsewhere(door: &Door, until: DateTime<Utc>, country: Option<&str>) -> Problem {
    let detail = "until then this line asks you to turn elsewhere; if your life is in danger, call the emergency number or \
                  say so here";
    let until = until.to_rfc3339_opts(SecondsFormat::AutoSi, true);
    door.with_resources(Problem::new(Kind::Barred).detail(detail).with("until", until), country)
}

/// The answer to a call that may be a repeat of the one that opened `request`.
async fn repeated(
    door: &Door,
    caller: Caller,
    request: &SupportRequest,
    opening: &once::Opening,
) -> Result<Response, Failed> {
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
    answer(door, caller, StatusCode::OK, request, opening).await
}

async fn answer(
    door: &Door,
    caller: Caller,
    status: StatusCode,
    request: &SupportRequest,
    opening: &once::Opening,
) -> Result<Response, Failed> {
    if !request.is_closed() {
        door.seen(request.id);
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
    if let Some(cookie) = cookie(request.id, &opening.token, caller) {
        headers.insert(header::SET_COOKIE, cookie);
    }
    if let Ok(location) = HeaderValue::try_from(format!("/v1/requests/{}", request.id)) {
        headers.insert(header::LOCATION, location);
    }
    Ok(response)
}
