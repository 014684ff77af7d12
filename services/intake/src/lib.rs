//! The members' door: asking for support, talking, leaving, and whom else to call.
//!
//! It is open to everyone and knows nothing of the staff but the alias of whoever holds a request. What may happen to a
//! request is decided in [`wideawake_domain`]; here it is parsed, carried out and answered. No text of a member goes
//! anywhere but into the record, sealed, and back to the member.

mod api; // what every call has in common in the OpenAPI document
mod asked; // what a member says when asking for support
mod export; // everything that is held about a request
mod follow; // the stream of a request
mod heard; // what a member hears of what happens
mod limits; // how much callers may ask for
mod locale; // what Wideawake itself says to a member
mod member; // whose call it is
mod messages; // writing
mod once; // what an Idempotency-Key stands for
mod open; // asking for support
mod pace; // how fast a pool serves its members
mod page; // the member page
mod public; // lines and resources
mod request; // reading, leaving, erasing
mod resources; // whom else to call
mod state; // what every call needs
mod view; // what is answered

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wideawake_runtime::http::{Server, health, layers, openapi as document};
use wideawake_runtime::{Record, config};

pub use export::{Export, export_of};
pub use resources::{Kind as ResourceKind, Mistake, Resource, Resources};
pub use state::Door;

/// Serves the door on `listener` until `shutdown`, with its health and its OpenAPI document.
pub async fn serve(record: Arc<Record>, config: config::Intake, listener: TcpListener, shutdown: CancellationToken) {
    let metrics = record.metrics().clone();
    let door = Arc::new(Door::new(record, &config, shutdown.clone()));
    let (connections, trusted) = (config.max_connections, config.trusted_proxies.clone());
    let usual = Server::default();
    let full = door.with_resources(usual.full.clone(), None);
    let server = Server { connections, trusted, full, ..usual };
    let pace = tokio::spawn(pace::follow(door.clone(), shutdown.clone()));
    server.run(listener, layers::around(complete(door), metrics), shutdown).await;
    // Ends by itself on shutdown; only a panic, which the hook has reported, is an error here.
    let _ = pace.await;
}

/// The door without a server around it, for calls from within the process. Its streams end at `shutdown`.
pub fn in_process(record: Arc<Record>, config: &config::Intake, shutdown: CancellationToken) -> Router {
    let metrics = record.metrics().clone();
    layers::around(complete(Arc::new(Door::new(record, config, shutdown))), metrics)
}

/// The calls of the door, its health and its OpenAPI document, without what lies around every call.
fn complete(door: Arc<Door>) -> Router {
    let ready = door.clone();
    let health = health::routes(move || {
        let door = ready.clone();
        async move { door.readiness().await }
    });
    let guard = axum::middleware::from_fn_with_state(door.clone(), limits::guard);
    // Whether all is well is asked of the stores each time, so that is counted too.
    let guarded = router(door.clone()).merge(page::routes(door.clone())).merge(health);
    let guarded = guarded.merge(document::routes(openapi())).layer(guard);
    page::in_words(guarded, door).merge(page::assets())
}

/// The calls of the door alone.
fn router(door: Arc<Door>) -> Router {
    calls().with_state(door).split_for_parts().0
}

/// What the calls take and return.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let mut document = calls().into_openapi();
    document::complete(&mut document);
    document
}

fn calls() -> OpenApiRouter<Arc<Door>> {
    OpenApiRouter::with_openapi(api::document())
        .routes(routes!(open::open))
        .routes(routes!(request::state, request::erase))
        .routes(routes!(export::export))
        .routes(routes!(follow::stream))
        .routes(routes!(messages::say))
        .routes(routes!(request::heartbeat))
        .routes(routes!(request::leave))
        .routes(routes!(public::lines))
        .routes(routes!(public::resources))
}
