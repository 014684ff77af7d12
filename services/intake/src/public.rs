//! What everyone may know: the lines, and whom else to call.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use wideawake_domain::settings::Line;
use wideawake_runtime::http::{Problem, Query as Parameters, parse};

use crate::api::{Asked, Ours};
use crate::state::Door;
use crate::view::{LineBody, LineList, ResourceList};

/// List the lines
#[utoipa::path(
    get,
    path = "/v1/lines",
    tag = "public",
    responses((status = 200, description = "What a member can turn to.", body = LineList), Ours),
)]
pub(crate) async fn lines(State(door): State<Arc<Door>>) -> Json<LineList> {
    let line = |line: &Line| LineBody {
        name: line.name.clone(),
        languages: line.languages.iter().map(ToString::to_string).collect(),
        topics: line.topics.iter().map(ToString::to_string).collect(),
        default: line.default,
    };
    Json(LineList { items: door.record.settings().lines.iter().map(line).collect() })
}

/// List whom else to call
///
/// Needs nothing else to work: neither the record nor a token.
#[utoipa::path(
    get,
    path = "/v1/resources",
    tag = "public",
    params(("country" = Option<String>, Query, description = "The two letters of a country (ISO 3166-1); of one that is not known, and without it, or when it is empty, the answer is the international list.", pattern = "^([A-Za-z]{2})?$")),
    responses((status = 200, description = "Whom else to call.", body = ResourceList), Asked, Ours),
)]
pub(crate) async fn resources(State(door): State<Arc<Door>>, query: Parameters) -> Result<Json<ResourceList>, Problem> {
    let mut q = query.fields();
    let country = q.optional("country", parse::country);
    let country = q.finish(country)?;
    Ok(Json(ResourceList { items: door.resources.of(country.as_deref()) }))
}
