//! Going at once, having it erased, and beginning anew.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use wideawake_runtime::http::{Problem, auth};

use super::reader::Reader;
use super::talk::home;
use crate::member::{Member, take_cookie};
use crate::request;
use crate::state::Door;

/// Has a browser forget what it kept of this door: what it loaded, and what a page stored. Not all cookies: others of the
/// same organisation are none of ours.
const CLEAR: (HeaderName, HeaderValue) =
    (HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));

/// How long leaving waits for the record.
const PATIENCE: Duration = Duration::from_secs(1);

/// Leaves: the conversation ends, the cookie is gone, and the browser is somewhere else. Nothing that goes wrong keeps
/// anybody here.
pub(super) async fn leave(State(door): State<Arc<Door>>, reader: Reader, method: Method) -> Result<Response, Problem> {
    auth::same_origin(&method, &reader.headers)?;
    let ending = tokio::spawn(end(door.clone(), reader.clone()));
    // It goes on by itself: a record that takes its time keeps nobody here.
    let _ = tokio::time::timeout(PATIENCE, ending).await;
    // In the background the page has gone somewhere else already; a form takes the browser there.
    let mut response = if is_beacon(&reader) {
        (StatusCode::NO_CONTENT, [CLEAR]).into_response()
    } else {
        (StatusCode::SEE_OTHER, [(LOCATION, door.leave_to.url.clone())]).into_response()
    };
    take_cookie(response.headers_mut());
    Ok(response)
}

async fn end(door: Arc<Door>, reader: Reader) {
    if let Ok(Some(found)) = reader.conversation(&door).await
        && let Err(problem) = request::leave(State(door), Member(found)).await
    {
        tracing::warn!(problem = problem.kind().name(), "a member left, and it could not be recorded");
    }
}

/// Whether it was sent in the background, as text, and not as a form.
fn is_beacon(reader: &Reader) -> bool {
    let kind = reader.headers.get("content-type");
    kind.is_none_or(|kind| !kind.as_bytes().starts_with(b"application/x-www-form-urlencoded"))
}

/// Has everything that was said erased; the page then says that it is.
pub(super) async fn erase(State(door): State<Arc<Door>>, reader: Reader, method: Method) -> Result<Response, Problem> {
    auth::same_origin(&method, &reader.headers)?;
    if let Some(found) = reader.conversation(&door).await? {
        request::erase(State(door), Member(found)).await?;
    }
    Ok(home(&reader))
}

/// Forgets a conversation that has ended, so that another can begin, or nobody finds it on this device.
pub(super) async fn forget(State(door): State<Arc<Door>>, reader: Reader, method: Method) -> Result<Response, Problem> {
    auth::same_origin(&method, &reader.headers)?;
    let mut response = home(&reader);
    let open = reader.conversation(&door).await?.is_some_and(|request| !request.is_closed());
    if !open {
        take_cookie(response.headers_mut());
    }
    Ok(response)
}

/// The conversation that this browser has, for a page that was reached from another site: then the browser kept the cookie
/// back, and sends it when the page itself asks.
pub(super) async fn current(State(door): State<Arc<Door>>, reader: Reader) -> Result<Response, Problem> {
    Ok(match reader.conversation(&door).await? {
        Some(found) => Json(json!({ "id": found.id })).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}
