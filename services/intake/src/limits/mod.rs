//! How much callers may ask for: `policy` says how much, and here it is counted, through the live state for all processes
//! together, and within this one where that does not answer.
//!
//! Everything here costs little for whoever is shed: what an address asks for beyond its share is refused before its body
//! is read, and before the record or the live state is asked.

mod policy; // how much, and what is shed first
mod tabs; // streams of one request, side by side

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use tokio::sync::Semaphore;
use wideawake_domain::{Priority, RequestId};
use wideawake_runtime::config;
use wideawake_runtime::http::caller::Source;
use wideawake_runtime::http::{Caller, Kind, Problem};

use crate::member::Claim;
use crate::state::Door;
use policy::{RETRY_AFTER, WINDOW};
pub(crate) use tabs::{Tab, Tabs};

/// Whoever brings a token from an address that asks for too much is looked up, but only so many at once.
const LANE: usize = 8;

/// How much callers may ask for, and what they have.
#[derive(Debug)]
pub(crate) struct Limits {
    pub(crate) config: config::Limits,
    lane: Semaphore,
    pub(crate) tabs: Arc<Tabs>,
}

impl Limits {
    pub(crate) fn new(config: config::Limits) -> Self {
        Self { config, lane: Semaphore::new(LANE), tabs: Arc::default() }
    }
}

/// Stands before every call that a limit concerns.
pub(crate) async fn guard(State(door): State<Arc<Door>>, caller: Caller, request: Request, next: Next) -> Response {
    let limits = &door.limits;
    // Whoever asks whether the process lives would restart it, in the middle of a flood.
    if !limits.config.enabled || request.uri().path() == "/healthz" {
        return next.run(request).await;
    }
    let from = name(&door, caller.source);
    if *request.method() == Method::POST && matches!(request.uri().path(), "/v1/requests" | "/ask") {
        // Whether it is taken depends on what it says. That alone is read only so often.
        let tries = policy::tries(limits.config.requests_per_address);
        if !door.record.allow(&format!("tries:{from}"), tries, WINDOW).await {
            return shed(&door, None).into_response();
        }
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let claim = Claim::of(&parts.method, &parts).ok();
    let known = claim.as_ref().and_then(|claim| claim.known(&door, parts.uri.path()));
    let request = Request::from_parts(parts, body);
    if let Some(known) = known {
        if !of_request(&door, "calls", known.id, limits.config.calls).await {
            return shed(&door, known.country.as_deref()).into_response();
        }
        return next.run(request).await;
    }
    if door.record.allow(&format!("calls:{from}"), limits.config.calls_per_address, WINDOW).await {
        return next.run(request).await;
    }
    // Somebody who waits may be among them, and this process may not have met them yet. A turn lasts for as long as they are
    // looked up: whoever makes one up, or sends slowly, keeps nobody else out.
    let is_theirs = match (limits.lane.try_acquire(), claim) {
        (Ok(_turn), Some(claim)) => claim.is_proven(&door, request.uri().path()).await,
        _ => false,
    };
    if is_theirs { next.run(request).await } else { shed(&door, None).into_response() }
}

/// Whether one more request may be opened by this caller.
pub(crate) async fn admits(door: &Door, caller: Caller, priority: Priority) -> bool {
    let config = &door.limits.config;
    if !config.enabled {
        return true;
    }
    let from = name(door, caller.source);
    draws(door, &from, config.requests_per_address, priority).await
        && draws(door, "everywhere", config.requests, priority).await
}

/// Whether something of this request may be done once more.
pub(crate) async fn of_request(door: &Door, what: &str, id: RequestId, most: u32) -> bool {
    !door.limits.config.enabled || door.record.allow(&format!("{what}:{id}"), most, WINDOW).await
}

/// What whoever is shed is told: when to come back, and whom else to call until then.
pub(crate) fn shed(door: &Door, country: Option<&str>) -> Problem {
    door.with_resources(Problem::new(Kind::TooManyRequests).retry_after(RETRY_AFTER), country)
}

async fn draws(door: &Door, from: &str, ceiling: u32, priority: Priority) -> bool {
    for budget in policy::budgets(ceiling, priority) {
        if door.record.allow(&format!("requests:{}:{from}", budget.name), budget.most, WINDOW).await {
            return true;
        }
    }
    false
}

/// What an address is called where it is counted: a keyed hash, so that whoever looks there learns nothing.
fn name(door: &Door, source: Source) -> String {
    let hash = door.record.vault().keyed("caller", &[&source.bytes()]);
    BASE64_URL_SAFE_NO_PAD.encode(&hash[..16])
}
