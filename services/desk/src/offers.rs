//! Taking what is offered, or not.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tracing::Instrument;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::request::Command;
use wideawake_domain::{OfferId, RequestId, Text};
use wideawake_runtime::http::body::OptionalJsonBody;
use wideawake_runtime::http::{Kind, Problem, Segments, detached, parse};
use wideawake_runtime::telemetry::trace;

use crate::desk::Desk;
use crate::permit::Caller;
use crate::view::Standing;

/// Takes a request that is offered to the caller. The winner's repeat is answered alike.
#[utoipa::path(
    post, path = "/v1/offers/{id}/accept",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Standing), Problem)
)]
pub(crate) async fn accept(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((offer,)): Segments<(OfferId,)>,
) -> Result<Json<Standing>, Problem> {
    let (request, offered) = find(&desk, &caller, offer).await?;
    // The same trace that shows how the request was opened and offered shows who took it.
    let span = tracing::info_span!("offer.accept", request = %request);
    trace::parent_of(&span, &offered);
    trace::link(&span, &trace::current());
    let work = async move {
        let taken = |_: &_| Ok(Command::Accept(offer, caller.id()));
        let change = desk.change_and_show(request, &caller, taken).await?;
        Ok(Json(Standing::of(&change.request)))
    };
    detached(work.instrument(span)).await
}

/// Why not.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `decline` reads")]
pub(crate) struct DeclineBody {
    #[schema(max_length = 500)]
    reason: Option<String>,
}

/// The offer is declined.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Declined {
    /// Which offer.
    offer: Uuid,
    /// Of which request.
    request: Uuid,
}

/// Says no to a request that is offered to the caller. The body may be left out.
#[utoipa::path(
    post, path = "/v1/offers/{id}/decline",
    params(("id" = Uuid, Path)),
    request_body(content = Option<DeclineBody>, content_type = "application/json"),
    responses((status = 200, body = Declined), Problem)
)]
pub(crate) async fn decline(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((offer,)): Segments<(OfferId,)>,
    body: OptionalJsonBody,
) -> Result<Json<Declined>, Problem> {
    let mut f = body.fields();
    let reason = f.optional("reason", parse::text(0..=500));
    let reason = f.finish(reason)?.filter(|reason| !reason.is_empty());
    let (request, _) = find(&desk, &caller, offer).await?;
    detached(async move {
        let no = |_: &_| Ok(Command::Decline(offer, caller.id(), reason.clone().map(Text::Open)));
        desk.change_and_show(request, &caller, no).await?;
        Ok(Json(Declined { offer: offer.0, request: request.0 }))
    })
    .await
}

/// The request of an offer of the caller's, and the trace under which it was made. Nobody else's offers exist for them.
async fn find(desk: &Desk, caller: &Caller, offer: OfferId) -> Result<(RequestId, Arc<str>), Problem> {
    let known = || desk.feed.with(|known| known.offer(offer));
    let mut found = known();
    if found.is_none() {
        // Another instance may have shown it before this one has read of it.
        desk.feed.refresh().await;
        found = known();
    }
    let (request, _, trace) = found.filter(|(_, volunteer, _)| *volunteer == caller.id()).ok_or(Kind::NotFound)?;
    Ok((request, trace))
}
