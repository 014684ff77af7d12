//! Every answer that is not a success: RFC 9457 `application/problem+json`, from one list of names.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::openapi::{ContentBuilder, Ref, RefOr, ResponseBuilder};
use utoipa::{IntoResponses, PartialSchema, ToSchema};

/// What precedes the name in `type`.
pub const PREFIX: &str = "urn:wideawake:problem:";

/// Declares the problems: for each the name in `type`, the status, the title, and what a caller should know of it.
macro_rules! problems {
    ($($(#[$doc:meta])* $variant:ident = $name:literal, $status:literal, $title:literal, $meaning:literal;)*) => {
        /// What can be wrong with a call. The name is part of the interface and never changes its meaning.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Kind { $(#[doc = $meaning] $variant),* }

        impl Kind {
            /// Every problem there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name that ends `type`.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The URI in `type`.
            pub const fn urn(self) -> &'static str {
                match self { $(Self::$variant => concat!("urn:wideawake:problem:", $name)),* }
            }

            /// The HTTP status, as a number.
            pub const fn code(self) -> u16 {
                match self { $(Self::$variant => $status),* }
            }

            /// The same short words for every occurrence.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title),* }
            }

            /// What a caller should know of it, for the documentation.
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$variant => $meaning),* }
            }
        }
    };
}

problems! {
    NotJson = "not-json", 400, "The body is not JSON", "The body could not be read as one JSON value in UTF-8.";
    BadRequest = "bad-request", 400, "The call cannot be understood", "The request line, a header or the query is malformed.";
    Unauthorized = "unauthorized", 401, "Who is calling is unknown", "There is no token, or it is malformed, unknown or no longer valid.";
    SecondFactorNeeded = "second-factor-needed", 401, "A code is needed as well", "Name and password are right. Send them again with the `code` that the authenticator shows.";
    Forbidden = "forbidden", 403, "Not for this role", "The caller is known, and their role does not include this.";
    ForbiddenOrigin = "forbidden-origin", 403, "Not from this origin", "A call by cookie that changes something must carry an `Origin` that is the door's own.";
    Barred = "barred", 403, "Not on this line for a while", "A supervisor ended this caller's last conversation, until the time in `until`. What is urgent by the screening or by its words is taken all the same.";
    NotFound = "not-found", 404, "There is nothing here", "There is no such thing, or it is none of this caller's business.";
    MethodNotAllowed = "method-not-allowed", 405, "Not with this method", "The path exists, with the methods that `Allow` lists.";
    RequestTimeout = "request-timeout", 408, "The body took too long", "The body did not arrive in time. Sending the call again is safe with the same `Idempotency-Key`.";
    IdempotencyMismatch = "idempotency-mismatch", 409, "The key belongs to another call", "This `Idempotency-Key` was used with another body in the last 24 hours.";
    OfferGone = "offer-gone", 409, "The offer is gone", "The offer was accepted by someone, declined, withdrawn or has expired.";
    TransferOpen = "transfer-open", 409, "A transfer is under way", "The request is being handed over already.";
    AlreadyClosed = "already-closed", 409, "The request is closed", "Nothing more can happen to this request.";
    EscalationOpen = "escalation-open", 409, "An escalation is unresolved", "The request cannot be closed before its escalation is resolved.";
    AlreadyResolved = "already-resolved", 409, "The escalation is resolved", "Nothing more can happen to this escalation.";
    NotAcknowledged = "not-acknowledged", 409, "Nobody has taken it on", "The escalation must be acknowledged before it can be handed over.";
    AcknowledgedByOther = "acknowledged-by-other", 409, "Somebody else has taken it on", "The escalation was acknowledged by somebody else, who can hand it over.";
    PageUsed = "page-used", 409, "The page was answered", "The link or code belongs to a page that was answered already.";
    TooUrgent = "too-urgent", 409, "The request is too urgent for that", "A request of `urgent` priority or above is never turned away.";
    NotClosed = "not-closed", 409, "The request has not ended", "This can only be done once the request is closed.";
    NotWaiting = "not-waiting", 409, "The request is not waiting", "This can only be done while the request waits for a volunteer.";
    NotActive = "not-active", 409, "Nobody holds the request", "This can only be done while a volunteer holds the request.";
    Conflict = "conflict", 409, "Something else came first", "The state changed under the call, or does not allow it. Read it again, then decide.";
    TooLarge = "too-large", 413, "The body is too large", "A body has at most 64 KiB.";
    UriTooLong = "uri-too-long", 414, "The address is too long", "The path and query have at most 64 KiB together.";
    UnsupportedMediaType = "unsupported-media-type", 415, "The body must be JSON", "A body is sent with `content-type: application/json`.";
    InvalidContent = "invalid-content", 422, "The content is not valid", "`errors` lists each offending field by JSON pointer, or each query parameter by name, with what would be accepted.";
    TooManyRequests = "too-many-requests", 429, "Too many calls", "Calls from here come too fast. Try again after `Retry-After` seconds.";
    HeadersTooLarge = "headers-too-large", 431, "The headers are too large", "The headers have at most 32 KiB and 100 lines.";
    Internal = "internal", 500, "Something broke", "The fault is on this side. It was logged.";
    Unavailable = "unavailable", 503, "Not available for a moment", "Something that is needed cannot be reached. Try again after `Retry-After` seconds, with the same `Idempotency-Key`.";
}

/// Every problem there is, for documentation.
pub const fn problems() -> &'static [Kind] {
    Kind::ALL
}

impl Kind {
    /// The HTTP status.
    pub fn status(self) -> StatusCode {
        StatusCode::from_u16(self.code()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

/// One offending field of a body or query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Offence {
    /// JSON pointer (RFC 6901) to the field in the body, such as `/qualifications/0/valid_until`; empty for the whole body.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub pointer: Option<String>,
    /// The name of the query parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub parameter: Option<&'static str>,
    /// What would be accepted. Never what was sent.
    pub detail: Cow<'static, str>,
}

/// An answer that is not a success.
#[derive(Clone, PartialEq)]
pub struct Problem(Box<Inner>);

#[derive(Clone, PartialEq)]
struct Inner {
    kind: Kind,
    detail: Option<Cow<'static, str>>,
    errors: Vec<Offence>,
    retry_after: Option<Duration>,
    more: Map<String, Value>,
}

impl Problem {
    /// This kind of problem, without particulars. 503 asks to try again after one second unless told otherwise.
    pub fn new(kind: Kind) -> Self {
        let retry_after = matches!(kind, Kind::Unavailable | Kind::TooManyRequests).then_some(Duration::from_secs(1));
        Self(Box::new(Inner { kind, detail: None, errors: Vec::new(), retry_after, more: Map::new() }))
    }

    /// 422 with the offending fields.
    pub fn invalid(errors: Vec<Offence>) -> Self {
        let mut problem = Self::new(Kind::InvalidContent);
        problem.0.errors = errors;
        problem
    }

    /// 422 for one field that offends for a reason only its meaning shows, such as a line that does not exist.
    pub fn field(pointer: &str, detail: impl Into<Cow<'static, str>>) -> Self {
        Self::invalid(vec![Offence { pointer: Some(pointer.to_owned()), parameter: None, detail: detail.into() }])
    }

    /// Says what is the matter this time. Never with anything that anyone wrote.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Cow<'static, str>>) -> Self {
        self.0.detail = Some(detail.into());
        self
    }

    /// Says when to try again; whole seconds, at least one, also in the `Retry-After` header.
    #[must_use]
    pub fn retry_after(mut self, after: Duration) -> Self {
        self.0.retry_after = Some(after);
        self
    }

    /// Adds a member, such as the emergency resources to a 503. The members that RFC 9457 defines cannot be replaced.
    #[must_use]
    pub fn with(mut self, member: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(member.to_owned(), value.into());
        self
    }

    /// What is wrong.
    pub const fn kind(&self) -> Kind {
        self.0.kind
    }

    /// What is the matter this time, if it was said.
    pub fn said(&self) -> Option<&str> {
        self.0.detail.as_deref()
    }

    /// The offending fields.
    pub fn errors(&self) -> &[Offence] {
        &self.0.errors
    }

    fn retry_after_s(&self) -> Option<u64> {
        self.0.retry_after.map(|after| after.as_millis().div_ceil(1000).try_into().unwrap_or(u64::MAX).max(1))
    }

    /// The body, as bytes of JSON.
    pub(crate) fn to_json(&self) -> Vec<u8> {
        let inner = &*self.0;
        let body = Body {
            r#type: Cow::Borrowed(inner.kind.urn()),
            title: Cow::Borrowed(inner.kind.title()),
            status: inner.kind.code(),
            detail: inner.detail.clone(),
            errors: inner.errors.clone(),
            retry_after_s: self.retry_after_s(),
        };
        let mut members = match serde_json::to_value(&body) {
            Ok(Value::Object(members)) => members,
            _ => Map::new(),
        };
        for (member, value) in &inner.more {
            members.entry(member).or_insert_with(|| value.clone());
        }
        Value::Object(members).to_string().into_bytes()
    }
}

impl From<Kind> for Problem {
    fn from(kind: Kind) -> Self {
        Self::new(kind)
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.0.kind.status(), self.to_json()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_after_s() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.0.kind.code() == 401 {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(self.0.kind);
        response
    }
}

impl fmt::Debug for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Problem").field("kind", &self.0.kind).field("errors", &self.0.errors).finish_non_exhaustive()
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.kind.title())
    }
}

impl std::error::Error for Problem {}

/// An RFC 9457 problem. Some carry further members.
#[derive(Serialize, ToSchema)]
struct Body {
    /// `urn:wideawake:problem:<name>`: what to tell problems apart by.
    #[schema(example = "urn:wideawake:problem:invalid-content")]
    r#type: Cow<'static, str>,
    /// Short words for a person, the same for every occurrence.
    title: Cow<'static, str>,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What is the matter this time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    detail: Option<Cow<'static, str>>,
    /// Each offending field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, inline)]
    errors: Vec<Offence>,
    /// After how many seconds to try again; also in the `Retry-After` header.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    retry_after_s: Option<u64>,
}

impl PartialSchema for Problem {
    fn schema() -> RefOr<utoipa::openapi::schema::Schema> {
        Body::schema()
    }
}

impl ToSchema for Problem {
    fn name() -> Cow<'static, str> {
        Cow::Borrowed("Problem")
    }
}

/// For `responses((status = 200, …), Problem)` of `#[utoipa::path]`: whatever is no success is a problem.
impl IntoResponses for Problem {
    fn responses() -> BTreeMap<String, RefOr<utoipa::openapi::Response>> {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description("A problem (RFC 9457): `type` says which.")
            .content("application/problem+json", content)
            .build();
        BTreeMap::from([("default".to_owned(), RefOr::T(response))])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_name_is_used_once_and_has_an_error_status() {
        let names: BTreeSet<_> = problems().iter().map(|kind| kind.name()).collect();
        assert_eq!(names.len(), problems().len());
        for kind in problems() {
            assert!(kind.status().is_client_error() || kind.status().is_server_error(), "{kind:?}");
            assert_eq!(kind.urn(), format!("{PREFIX}{}", kind.name()));
            assert!(kind.meaning().ends_with('.') && !kind.title().ends_with('.'), "{kind:?}");
        }
    }

    #[test]
    fn a_problem_carries_what_was_added_but_its_own_members_win() {
        let problem = Problem::new(Kind::Unavailable)
            .retry_after(Duration::from_millis(2500))
            .with("resources", serde_json::json!([{"name": "112"}]))
            .with("status", 200);
        let response = problem.clone().into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()[header::RETRY_AFTER], "3");
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body: Value = serde_json::from_slice(&problem.to_json()).expect("a problem is JSON");
        assert_eq!(body["status"], 503);
        assert_eq!(body["type"], "urn:wideawake:problem:unavailable");
        assert_eq!(body["resources"][0]["name"], "112");
        assert_eq!(body.get("errors"), None);
    }
}
