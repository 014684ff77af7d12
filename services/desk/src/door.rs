//! The router of this door, the document that describes it, and the server around both.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::middleware::from_fn;
use axum::routing::get;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;
use wideawake_runtime::http::health;
use wideawake_runtime::http::{Server, layers};
use wideawake_runtime::pages::squeeze;
use wideawake_runtime::record::keep_presence;
use wideawake_runtime::{Record, config};

use crate::desk::Desk;
use crate::feed::Feed;
use crate::pages::{self, ASSETS};
use crate::permit::COOKIE;
use crate::{
    answer, audit, board, calendar, conversation, decisions, erase, escalations, lines, me, messages, offers,
    reinforce, requests, roster, rotations, sign_in, staff, stream, week,
};

/// Serves the door until `shutdown`. It answers once it has read what it must know from the record.
pub async fn serve(record: Arc<Record>, config: config::Desk, listener: TcpListener, shutdown: CancellationToken) {
    let (max_connections, trusted) = (config.max_connections, config.trusted_proxies.clone());
    let Some(desk) = open(record, config, shutdown.clone()).await else { return };
    let feed = tokio::spawn({
        let (desk, stop) = (desk.clone(), shutdown.clone());
        async move { desk.feed.run(&desk.record, stop).await }
    });
    let grace = desk.record.settings().dispatch.presence_grace;
    let presence = tokio::spawn(keep_presence(desk.record.clone(), desk.presence.clone(), grace, shutdown.clone()));
    let server = Server { connections: max_connections, trusted, ..Server::default() };
    server.run(listener, router(desk), shutdown).await;
    // They end by the same token, and hold nothing that has to be saved.
    let _ = (feed.await, presence.await);
}

/// The door without a server around it, for calls from within the process; it keeps up with the record until `shutdown`.
/// `None` when it was asked to stop before it had read what it must know.
pub async fn in_process(record: Arc<Record>, config: config::Desk, shutdown: CancellationToken) -> Option<Router> {
    let desk = open(record, config, shutdown.clone()).await?;
    tokio::spawn({
        let desk = desk.clone();
        async move { desk.feed.run(&desk.record, shutdown).await }
    });
    Some(router(desk))
}

/// What the door takes and returns.
pub fn openapi() -> OpenApi {
    let mut api = calls().into_openapi();
    wideawake_runtime::http::openapi::complete(&mut api);
    api
}

/// Reads what the desk must know; `None` when it was asked to stop before it could.
pub(crate) async fn open(record: Arc<Record>, config: config::Desk, shutdown: CancellationToken) -> Option<Desk> {
    loop {
        match Feed::open(&record).await {
            Ok(feed) => return Some(Desk::new(record, Arc::new(feed), config, shutdown)),
            Err(error) => tracing::error!(%error, "the desk cannot read the record yet; trying again"),
        }
        tokio::select! {
            () = shutdown.cancelled() => return None,
            () = tokio::time::sleep(Duration::from_secs(1)) => {}
        }
    }
}

/// Everything the door answers to.
pub(crate) fn router(desk: Desk) -> Router {
    let metrics = desk.record.metrics().clone();
    let (calls, api) = calls().split_for_parts();
    let record = desk.record.clone();
    let ready = move || {
        let record = record.clone();
        async move { record.readiness().await }
    };
    let answers = Router::new()
        .route("/a/{token}", get(answer::show).post(answer::press))
        .route("/i/{token}", get(sign_in::page::show).post(sign_in::page::send))
        .route("/i/{token}/organisation", get(sign_in::oidc::begin_invited))
        .with_state(desk.clone())
        .layer(from_fn(squeeze))
        .merge(ASSETS.routes());
    let pages = pages::routes().layer(from_fn(squeeze)).layer(from_fn(sign_in::cookies::renewing));
    let router = calls
        .layer(from_fn(sign_in::cookies::renewing))
        .merge(pages)
        .with_state(desk)
        .merge(answers)
        .merge(health::routes(ready))
        .merge(wideawake_runtime::http::openapi::routes(api));
    layers::around(router, metrics)
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Wideawake, the staff's door",
        description = "Whatever is no success is a problem (RFC 9457). In bodies unknown fields are ignored, and `null` counts as absent."
    ),
    components(schemas(stream::Snapshot, stream::Notices, board::stream::BoardNotices)),
    security(("token" = []), ("session" = [])),
    modifiers(&Token)
)]
struct Api;

struct Token;

impl utoipa::Modify for Token {
    fn modify(&self, api: &mut OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = api.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
        let session = "The session that `POST /v1/session` begins. A call that changes something must carry this door's `Origin`.";
        let session = ApiKeyValue::with_description(COOKIE, session);
        components.add_security_scheme("session", SecurityScheme::ApiKey(ApiKey::Cookie(session)));
    }
}

fn calls() -> OpenApiRouter<Desk> {
    OpenApiRouter::with_openapi(Api::openapi())
        .routes(routes!(me::get_me))
        .routes(routes!(me::put_duty))
        .routes(routes!(me::heartbeat))
        .routes(routes!(week::get_week))
        .routes(routes!(lines::get_lines))
        .routes(routes!(sign_in::session::sign_in, sign_in::session::sign_out))
        .routes(routes!(sign_in::oidc::begin))
        .routes(routes!(sign_in::oidc::callback))
        .routes(routes!(sign_in::passkey::ask))
        .routes(routes!(sign_in::passkey::sign_in))
        .routes(routes!(sign_in::passkey::ask_for_another))
        .routes(routes!(sign_in::passkey::add, sign_in::passkey::list))
        .routes(routes!(sign_in::passkey::remove))
        .routes(routes!(sign_in::recovery::renew))
        .routes(routes!(sign_in::sessions::ways))
        .routes(routes!(sign_in::sessions::list, sign_in::session::sign_out_everywhere))
        .routes(routes!(sign_in::sessions::end))
        .routes(routes!(sign_in::session::change_password))
        .routes(routes!(sign_in::session::sign_somebody_out))
        .routes(routes!(sign_in::machine::add, sign_in::machine::list))
        .routes(routes!(sign_in::machine::revoke))
        .routes(routes!(sign_in::invitation::invite))
        .routes(routes!(sign_in::invitation::look))
        .routes(routes!(sign_in::invitation::accept))
        .routes(routes!(stream::get_stream))
        .routes(routes!(offers::accept))
        .routes(routes!(offers::decline))
        .routes(routes!(requests::get_request, erase::erase))
        .routes(routes!(messages::get_messages, messages::post_message))
        .routes(routes!(messages::post_typing))
        .routes(routes!(conversation::close))
        .routes(routes!(conversation::release))
        .routes(routes!(conversation::transfer))
        .routes(routes!(reinforce::escalate))
        .routes(routes!(reinforce::join))
        .routes(routes!(reinforce::bar))
        .routes(routes!(conversation::assign))
        .routes(routes!(conversation::set_priority))
        .routes(routes!(decisions::get_decisions))
        .routes(routes!(escalations::list))
        .routes(routes!(escalations::one))
        .routes(routes!(escalations::acknowledge))
        .routes(routes!(escalations::hand_over))
        .routes(routes!(escalations::resolve))
        .routes(routes!(answer::sms::inbound))
        .routes(routes!(board::get_board))
        .routes(routes!(board::stream::get_board_stream))
        .routes(routes!(staff::profile::add, staff::list::all))
        .routes(routes!(staff::list::one, staff::profile::change, staff::profile::remove))
        .routes(routes!(staff::profile::new_token))
        .routes(routes!(staff::shifts::put_shifts))
        .routes(routes!(staff::hours::add_leave))
        .routes(routes!(staff::hours::remove_leave))
        .routes(routes!(staff::hours::add_extra))
        .routes(routes!(staff::hours::remove_extra))
        .routes(routes!(staff::training::put_qualifications))
        .routes(routes!(staff::contact::put_contact_methods))
        .routes(routes!(calendar::get_calendar))
        .routes(routes!(roster::get_roster))
        .routes(routes!(roster::get_coverage))
        .routes(routes!(rotations::list))
        .routes(routes!(rotations::get_rotation, rotations::put_rotation))
        .routes(routes!(rotations::add_override))
        .routes(routes!(rotations::remove_override))
        .routes(routes!(rotations::now))
        .routes(routes!(audit::get_audit))
}
