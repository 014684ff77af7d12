//! What a browser carries: the token of its session, and a mark that somebody signed in from it before.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::TimeDelta;
use wideawake_domain::StaffId;
use wideawake_domain::staff::{Session, Standing};
use wideawake_runtime::http::auth::{cookie, same_origin};
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::tokens;

use crate::desk::Desk;
use crate::permit::COOKIE;

/// The cookie of a browser from which somebody signed in before.
pub(super) const DEVICE: &str = "wideawake_device";

/// How long a browser is remembered.
const REMEMBERED: TimeDelta = TimeDelta::days(180);

/// What the marks of browsers are made for.
const DEVICES: &str = "device";

/// What the tokens of a session are made for.
const ROTATION: &str = "session";

/// When a browser sends a cookie along.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Site {
    /// From this door's own pages alone.
    Strict,
    /// Also when somebody comes here from another site, by a link or sent back.
    Lax,
}

/// What a cookie is called. Over TLS the name says that nobody but this very host set it: no other host of the domain, and
/// nobody on the way.
pub(crate) fn name(desk: &Desk, name: &str) -> String {
    format!("{}{name}", if desk.sign_in.config.is_secure() { "__Host-" } else { "" })
}

/// A cookie that no script can read and that no other site can have sent along.
pub(super) fn set(desk: &Desk, base: &str, value: &str, lasts: TimeDelta, site: Site) -> Option<HeaderValue> {
    let secure = if desk.sign_in.config.is_secure() { "; Secure" } else { "" };
    // Rounded up: with none left it is taken away.
    let age = if lasts > TimeDelta::zero() { lasts.num_seconds() + 1 } else { 0 };
    let name = name(desk, base);
    let cookie = format!("{name}={value}; HttpOnly; SameSite={site:?}; Path=/; Max-Age={age}{secure}");
    let mut value = HeaderValue::try_from(cookie).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The cookie of a session that has just begun.
pub(super) fn session(desk: &Desk, token: &str) -> Option<HeaderValue> {
    set(desk, COOKIE, token, desk.sign_in.config.lifetimes.absolute, Site::Strict)
}

/// The cookie that takes it away again.
pub(super) fn no_session(desk: &Desk) -> Option<HeaderValue> {
    set(desk, COOKIE, "", TimeDelta::zero(), Site::Strict)
}

/// The mark of a browser from which `staff` signed in.
pub(super) fn device(desk: &Desk, staff: StaffId) -> Option<HeaderValue> {
    let nonce = tokens::random::<16>();
    let proof = desk.record.vault().keyed(DEVICES, &[staff.0.as_bytes(), &nonce]);
    let value = format!("{}.{}", URL_SAFE_NO_PAD.encode(nonce), URL_SAFE_NO_PAD.encode(proof));
    set(desk, DEVICE, &value, REMEMBERED, Site::Strict)
}

/// The mark of this browser, if `staff` signed in from it before: the same each time.
pub(super) fn known_device(desk: &Desk, headers: &HeaderMap, staff: StaffId) -> Option<String> {
    let (nonce, proof) = cookie(headers, &name(desk, DEVICE))?.expose().split_once('.')?;
    let (bytes, proof) = (URL_SAFE_NO_PAD.decode(nonce).ok()?, URL_SAFE_NO_PAD.decode(proof).ok()?);
    let own = desk.record.vault().keyed_all(DEVICES, &[staff.0.as_bytes(), &bytes]);
    own.iter().any(|own| tokens::same(own, &proof)).then(|| URL_SAFE_NO_PAD.encode(bytes))
}

/// Refuses a call that a browser says another site has made. Programs say nothing of the kind.
pub(super) fn from_here(desk: &Desk, headers: &HeaderMap) -> Result<(), Problem> {
    let site = headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    if matches!(site, Some(b"cross-site" | b"same-site")) {
        return Err(Kind::ForbiddenOrigin.into());
    }
    if headers.contains_key(header::ORIGIN) || cookie(headers, &name(desk, COOKIE)).is_some() {
        same_origin(&Method::POST, headers)?;
    }
    Ok(())
}

/// Where a call leaves the cookie that its answer is to carry, when the token of its session was replaced.
#[derive(Clone, Debug, Default)]
pub(crate) struct Renewal(Arc<Mutex<Option<HeaderValue>>>);

impl Renewal {
    fn put(&self, cookie: Option<HeaderValue>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = cookie;
    }

    fn take(&self) -> Option<HeaderValue> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Hands the new token of a session to the client with the answer to whatever it called.
pub(crate) async fn renewing(mut request: Request, next: Next) -> Response {
    let renewal = Renewal::default();
    request.extensions_mut().insert(renewal.clone());
    let mut response = next.run(request).await;
    if let Some(cookie) = renewal.take()
        && !response.headers().contains_key(header::SET_COOKIE)
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    response
}

/// Replaces the token of a session that is in use, or gives the newest to a client that missed it. The new token follows
/// from the old one and a key of the vault, so that the answer is the same however often it is lost; nobody can tell it
/// from what stands in the record. What goes wrong here is made up for by the next call.
pub(crate) async fn renew(desk: &Desk, renewal: &Renewal, session: &Session, token: &str, standing: Standing) {
    if !matches!(standing, Standing::Due | Standing::Replaced) {
        return;
    }
    let following = || -> Vec<tokens::NewToken> {
        let all = desk.record.vault().keyed_all(ROTATION, &[session.id.as_bytes(), token.as_bytes()]);
        all.into_iter().map(tokens::derived).collect()
    };
    let mut newest = session.token.clone();
    if standing == Standing::Due {
        let Some(next) = following().into_iter().next() else { return };
        let (record, seen, hash) = (desk.record.clone(), session.clone(), next.hash());
        let rotated = tokio::spawn(async move { record.rotate_session(&seen, hash).await });
        match rotated.await {
            Ok(Ok(facts)) if !facts.is_empty() => desk.feed.reach(&facts).await,
            // Another call was faster.
            Ok(Ok(_)) => desk.feed.refresh().await,
            Ok(Err(error)) => return tracing::debug!(%error, "the token of a session could not be replaced"),
            Err(_) => return,
        }
        let now = desk.feed.with(|known| known.sessions.get(session.id).map(|session| session.token.clone()));
        let Some(now) = now else { return };
        newest = now;
    }
    if let Some(token) = following().into_iter().find(|token| token.hash() == newest) {
        renewal.put(cookie_until(desk, session, token.expose()));
    }
}

fn cookie_until(desk: &Desk, session: &Session, token: &str) -> Option<HeaderValue> {
    set(desk, COOKIE, token, session.ends_at - wideawake_runtime::clock::now(), Site::Strict)
}
