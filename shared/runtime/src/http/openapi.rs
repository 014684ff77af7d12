//! `/openapi.json`: what a door takes and returns.

use axum::Router;
use axum::body::Bytes;
use axum::http::header;
use axum::routing::get;
use utoipa::openapi::{ComponentsBuilder, OpenApi};
use utoipa::{PartialSchema, ToSchema};

use super::Problem;

/// Adds the schema of [`Problem`], which the responses of every call refer to.
pub fn complete(api: &mut OpenApi) {
    let components = api.components.get_or_insert_with(|| ComponentsBuilder::new().build());
    components.schemas.insert(Problem::name().into_owned(), Problem::schema());
}

/// Serves the document, completed, at `/openapi.json`.
pub fn routes(mut api: OpenApi) -> Router {
    complete(&mut api);
    let document = Bytes::from(api.to_json().unwrap_or_default());
    Router::new()
        .route("/openapi.json", get(move || async move { ([(header::CONTENT_TYPE, "application/json")], document) }))
}
