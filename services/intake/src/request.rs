//! Reading a request, keeping it alive, leaving it, and having it erased.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wideawake_domain::Actor;
use wideawake_domain::request::{Command, Rejection};
use wideawake_runtime::http::{Kind, Problem, detached};

use crate::api::{Members, Ours};
use crate::member::{Member, take_cookie};
use crate::state::Door;
use crate::view::{ErasedBody, RequestBody};

/// See how a request stands
#[utoipa::path(
    get,
    path = "/v1/requests/{id}",
    tag = "requests",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "How it stands.", body = RequestBody), Members, Ours),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn state(State(door): State<Arc<Door>>, Member(request): Member) -> Result<Response, Problem> {
    let standing = door.standing(&request).await;
    let standing = standing.map_err(|error| door.trouble(error, request.country.as_deref()))?;
    Ok(Json(door.body(&request, standing)).into_response())
}

/// Say that the member is still there
///
/// To be called every 20 seconds while the page is open; a stream that is open proves nothing.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/heartbeat",
    tag = "requests",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "It was heard."), Members, Ours),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn heartbeat(_: State<Arc<Door>>, _: Member) -> StatusCode {
    StatusCode::NO_CONTENT
}

/// Leave
///
/// The quick exit: also as a beacon, with any body or none. Leaving again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/requests/{id}/leave",
    tag = "requests",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "The request is closed."), Members, Ours),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn leave(State(door): State<Arc<Door>>, Member(request): Member) -> Result<StatusCode, Problem> {
    detached(async move {
        let retention = door.retention(&request);
        let left =
            door.record.change_request(request.id, Actor::Member, |_| Ok::<_, Rejection>(Command::Leave(retention)));
        let left = left.await.map_err(|error| door.trouble(error, request.country.as_deref()))?;
        left.transpose()?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Have a request erased
///
/// Everything that was typed by or about the member becomes unreadable to everyone, at once; an open request ends first.
/// While more than a volunteer is called for the member, that happens when they are done, and 72 hours later at the latest.
#[utoipa::path(
    delete,
    path = "/v1/requests/{id}",
    tag = "requests",
    params(("id" = Uuid, Path)),
    responses(
        (status = 202, description = "It is erased, or will be then at the latest.", body = ErasedBody, headers(("Set-Cookie" = String, description = "takes the cookie away"))),
        Members, Ours,
    ),
    security(("token" = []), ("cookie" = [])),
)]
pub(crate) async fn erase(State(door): State<Arc<Door>>, Member(request): Member) -> Result<Response, Problem> {
    detached(async move {
        let erased = door.record.erase_for_member(request.id).await;
        let erase_at = erased.map_err(|error| door.trouble(error, request.country.as_deref()))?;
        let body = Json(ErasedBody { erase_at: erase_at.ok_or(Kind::NotFound)? });
        let mut response = (StatusCode::ACCEPTED, body).into_response();
        take_cookie(response.headers_mut());
        Ok(response)
    })
    .await
}
