//! Whose call it is: the capability token of a request, as a bearer token or in the cookie, against the hash in the record.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use wideawake_domain::RequestId;
use wideawake_domain::request::SupportRequest;
use wideawake_runtime::clock;
use wideawake_runtime::http::auth::{self, Credential, Token};
use wideawake_runtime::http::{Caller, Kind, Problem, Segments};
use wideawake_runtime::tokens::{hash_token, same};

use crate::page;
use crate::state::Door;

/// The cookie that carries `<id>.<token>`.
const COOKIE: &str = "wideawake";

/// The same over an encrypted way. A browser takes a cookie of such a name from this very host alone: another one of the same
/// domain could otherwise plant the cookie of a conversation in which it reads along.
const COOKIE_OF_HOST: &str = "__Host-wideawake";

const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { COOKIE_OF_HOST } else { COOKIE }
}

/// The member of the request that the path names, proven; taking it proves their client alive.
///
/// Without a token it is 401. With one that does not fit it is 404, the same as if there were no such request.
pub(crate) struct Member(pub(crate) Arc<SupportRequest>);

impl FromRequestParts<Arc<Door>> for Member {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, door: &Arc<Door>) -> Result<Self, Problem> {
        let claim = Claim::of(&parts.method, parts)?;
        let Segments((id,)) = Segments::<(RequestId,)>::from_request_parts(parts, door).await?;
        if claim.id.is_some_and(|claimed| claimed != id) {
            return Err(Kind::NotFound.into());
        }
        let request = door.record.request(id).await.map_err(|error| door.trouble(error, None))?;
        let request = request.filter(|request| fits(request, &claim.hash)).ok_or(Kind::NotFound)?;
        if !request.is_closed() {
            // Only a heartbeat is about nothing else.
            if parts.uri.path().ends_with("/heartbeat") {
                door.record.member_seen(id, clock::now()).await;
            } else {
                door.seen(id);
            }
        }
        Ok(Self(request))
    }
}

/// What a caller presents.
pub(crate) struct Claim {
    id: Option<RequestId>,
    hash: String,
}

impl Claim {
    pub(crate) fn of(method: &Method, parts: &Parts) -> Result<Self, Problem> {
        let is_secure = parts.extensions.get::<Caller>().is_some_and(|caller| caller.is_secure);
        match auth::credential(method, &parts.headers, cookie_name(is_secure))? {
            Credential::Bearer(token) => Ok(Self { id: None, hash: hash_token(token.expose()) }),
            Credential::Cookie(pair) => {
                let (id, hash) = both(pair).ok_or(Kind::Unauthorized)?;
                Ok(Self { id: Some(id), hash })
            }
        }
    }

    /// The request that the cookie is of, and the hash of the token in it; for calls that need neither.
    pub(crate) fn by_cookie(headers: &HeaderMap, is_secure: bool) -> Option<(RequestId, String)> {
        both(auth::cookie(headers, cookie_name(is_secure))?)
    }

    /// Whether it is the caller's by the record, for calls that [`known`](Self::known) tells nothing of.
    pub(crate) async fn is_proven(&self, door: &Door, path: &str) -> bool {
        let Some(id) = self.about(path) else { return false };
        door.record.request(id).await.is_ok_and(|request| request.is_some_and(|request| fits(&request, &self.hash)))
    }

    /// The request that `path` is about, or the page for whoever has a cookie.
    fn about(&self, path: &str) -> Option<RequestId> {
        let id = match path.strip_prefix("/v1/requests/") {
            Some(rest) => rest.split('/').next()?.parse().ok()?,
            None => self.id.filter(|_| page::is_page(path))?,
        };
        self.id.is_none_or(|claimed| claimed == id).then_some(id)
    }

    /// The request that the call to `path` is about, if this process has met it and it is the caller's: as it was when last
    /// seen, and without asking anybody.
    pub(crate) fn known(&self, door: &Door, path: &str) -> Option<Arc<SupportRequest>> {
        door.record.seen_before(self.about(path)?).filter(|request| fits(request, &self.hash))
    }
}

/// The two halves of the cookie.
fn both(pair: Token<'_>) -> Option<(RequestId, String)> {
    let (id, token) = pair.expose().split_once('.')?;
    Some((id.parse().ok()?, hash_token(token)))
}

/// Whether the token with that hash is the token of the request.
pub(crate) fn fits(request: &SupportRequest, hash: &str) -> bool {
    same(request.token.as_bytes(), hash.as_bytes())
}

/// The cookie that lets a browser act as the member; over an encrypted way it is never sent over another.
pub(crate) fn cookie(id: RequestId, token: &str, caller: Caller) -> Option<HeaderValue> {
    let secure = if caller.is_secure { "; Secure" } else { "" };
    let name = cookie_name(caller.is_secure);
    let value = format!("{name}={id}.{token}; HttpOnly; SameSite=Strict; Path=/{secure}");
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Takes it away again, under either name.
pub(crate) fn take_cookie(headers: &mut HeaderMap) {
    const GONE: [&str; 2] = [
        "wideawake=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0",
        "__Host-wideawake=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0; Secure",
    ];
    for gone in GONE {
        headers.append(header::SET_COOKIE, HeaderValue::from_static(gone));
    }
}
