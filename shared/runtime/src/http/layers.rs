//! What lies around every call of a door: a span, a measure, headers, and a problem for whatever went wrong.

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use tower_http::catch_panic::CatchPanicLayer;
use tracing::{Instrument, Span, field};

use super::{Caller, Kind, Problem};
use crate::telemetry::{Metrics, metrics::Call, trace};

/// Headers of every answer. None of them is to be kept by anyone, sniffed, framed, or mentioned to another site; none may
/// run a script, load anything from anywhere, or use what a phone has; and none shares a process with a page from elsewhere. A
/// page that needs more says so itself.
const HEADERS: [(HeaderName, &str); 8] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::CACHE_CONTROL, "no-store"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    ),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// From now on only encrypted, for a year; said only where it is, since anywhere else it means nothing.
const ONLY_ENCRYPTED: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// Finishes a door: unknown paths and methods are problems, a panic is [`Kind::Internal`], every call is a span under
/// the caller's trace and is measured, and every answer carries the security headers.
pub fn around(router: Router, metrics: Metrics) -> Router {
    router
        .fallback(|| async { Problem::new(Kind::NotFound) })
        .method_not_allowed_fallback(|| async { Problem::new(Kind::MethodNotAllowed) })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(move |request, next| observed(metrics.clone(), request, next)))
}

/// The panic hook has reported it; the payload may hold anything and goes nowhere.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    Problem::new(Kind::Internal).into_response()
}

async fn observed(metrics: Metrics, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let is_secure = request.extensions().get::<Caller>().is_some_and(|caller| caller.is_secure);
    let route = request.extensions().get::<MatchedPath>().cloned();
    let method = known(request.method());
    let span = span(method, route.as_ref());
    if let Some(parent) = request.headers().get("traceparent").and_then(|value| value.to_str().ok()) {
        trace::parent_of(&span, parent);
    }
    let mut response = next.run(request).instrument(span.clone()).await;
    let status = response.status();
    span.record("http.response.status_code", status.as_u16());
    if let Some(kind) = response.extensions().get::<Kind>() {
        span.record("error.type", kind.name());
    }
    if status.is_server_error() {
        span.record("otel.status_code", "ERROR");
    }
    metrics.call(Call { method, route: route.as_ref(), status }, started.elapsed());
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if is_secure {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_ENCRYPTED);
    }
    response
}

fn span(method: &'static str, route: Option<&MatchedPath>) -> Span {
    let route = route.map_or("", MatchedPath::as_str);
    tracing::info_span!(
        "call",
        otel.name = %format_args!("{method} {route}"),
        otel.kind = "server",
        otel.status_code = field::Empty,
        http.request.method = method,
        http.route = route,
        http.response.status_code = field::Empty,
        "error.type" = field::Empty,
    )
}

/// The method, if it is one that HTTP defines: callers can invent others.
fn known(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "_OTHER",
    }
}
