//! Whose call it is: the capability token of a request, as a bearer token or in the cookie, against the hash in the record.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method};
use wideawake_domain::RequestId;
use wideawake_domain::request::SupportRequest;
use wideawake_runtime::http::auth::{self, Credential};
use wideawake_runtime::http::{Kind, Problem, Segments};
use wideawake_runtime::tokens::{hash_token, same};

use crate::state::Door;

/// The cookie that carries `<id>.<token>`.
const COOKIE: &str = "wideawake";

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
            door.seen(id).await;
        }
        Ok(Self(request))
    }
}

/// What a caller presents.
struct Claim {
    id: Option<RequestId>,
    hash: String,
}

impl Claim {
    fn of(method: &Method, parts: &Parts) -> Result<Self, Problem> {
        match auth::credential(method, &parts.headers, COOKIE)? {
            Credential::Bearer(token) => Ok(Self { id: None, hash: hash_token(token.expose()) }),
            Credential::Cookie(pair) => {
                let (id, token) = pair.expose().split_once('.').ok_or(Kind::Unauthorized)?;
                let id = id.parse().map_err(|_| Kind::Unauthorized)?;
                Ok(Self { id: Some(id), hash: hash_token(token) })
            }
        }
    }
}

/// Whether the token with that hash is the token of the request.
pub(crate) fn fits(request: &SupportRequest, hash: &str) -> bool {
    same(request.token.as_bytes(), hash.as_bytes())
}

/// The cookie that lets a browser act as the member.
pub(crate) fn cookie(id: RequestId, token: &str) -> Option<HeaderValue> {
    let value = format!("{COOKIE}={id}.{token}; HttpOnly; SameSite=Strict; Path=/");
    let mut value = HeaderValue::try_from(value).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// The cookie that takes it away again.
pub(crate) const NO_COOKIE: HeaderValue =
    HeaderValue::from_static("wideawake=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0");
