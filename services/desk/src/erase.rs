//! Having everything that was typed in a request made unreadable, by a supervisor.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wideawake_domain::RequestId;
use wideawake_domain::request::ErasureReason;
use wideawake_runtime::http::{Kind, Problem, Query, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::{Act, Caller};

/// A request that is erased.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct ErasedBody {
    /// From when on nothing typed can be read by anyone, at the latest.
    erase_at: DateTime<Utc>,
}

/// Has everything typed by or about the member made unreadable to everyone, for good. For requests that ended: an open one
/// is closed first, as any other. It is recorded under your name with the reason. While people are called over the
/// request, it waits until they are done, 72 hours at most.
#[utoipa::path(
    delete, path = "/v1/requests/{id}",
    params(
        ("id" = Uuid, Path),
        ("reason" = String, Query, description = "`member_asked` (by another way than their page), `concerns_others` (it holds what belongs to somebody else), `mistake` or `required` (by law, a court or your organisation)"),
    ),
    responses((status = 202, body = ErasedBody), Problem)
)]
pub(crate) async fn erase(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    query: Query,
) -> Result<(StatusCode, Json<ErasedBody>), Problem> {
    caller.may(Act::Supervise, &*desk.request(id).await?)?;
    let mut q = query.fields();
    let reason = q.required("reason", |value: &Value| parse::one_of(&ErasureReason::ALL, ErasureReason::as_str)(value));
    let reason = q.finish(reason)?;
    detached(async move {
        let erased = desk.record.erase_for_staff(id, caller.id(), reason).await?;
        let erase_at = erased.ok_or(Kind::NotFound)??;
        desk.feed.refresh().await;
        Ok((StatusCode::ACCEPTED, Json(ErasedBody { erase_at })))
    })
    .await
}
