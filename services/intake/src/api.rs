//! What every call has in common in the OpenAPI document: who may call, and what can go wrong.

use std::collections::BTreeMap;

use utoipa::IntoResponses;
use utoipa::openapi::schema::{AllOfBuilder, ArrayBuilder, ObjectBuilder};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, HeaderBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, Response,
    ResponseBuilder, Type,
};
use wideawake_runtime::http::{Kind, Problem};

use crate::view::{ClosedBody, Endings, MessageBody, TypingBody, Writer};

/// The document without its calls.
pub(crate) fn document() -> OpenApi {
    let info = InfoBuilder::new()
        .title("Wideawake: the members' door")
        .version("1")
        .description(Some("Asking for support, talking, leaving, and whom else to call."))
        .build();
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .description(Some("The `token` that opening the request gave."))
        .build();
    let cookie = ApiKeyValue::with_description(
        "wideawake",
        "Set by opening a request. A call by cookie that changes something must carry an `Origin` that is the door's own.",
    );
    // What only the stream carries is mentioned by no call.
    let components = ComponentsBuilder::new()
        .schema_from::<MessageBody<'_>>()
        .schema_from::<Writer>()
        .schema_from::<TypingBody>()
        .schema_from::<ClosedBody>()
        .schema_from::<Endings>()
        .security_scheme("token", SecurityScheme::Http(bearer))
        .security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)))
        .build();
    OpenApiBuilder::new().info(info).components(Some(components)).build()
}

/// Declares groups of problems, for `responses(…)`.
macro_rules! problems {
    ($($(#[$doc:meta])* $name:ident = [$($kind:ident),*];)*) => {$(
        $(#[$doc])*
        pub(crate) struct $name;

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                described(&[$(Kind::$kind),*])
            }
        }
    )*};
}

problems! {
    /// What a call with a token can run into.
    Members = [Unauthorized, ForbiddenOrigin, NotFound];
    /// What a call with a body and a key can run into.
    Forwarded = [NotJson, BadRequest, RequestTimeout, IdempotencyMismatch, TooLarge, UnsupportedMediaType, InvalidContent];
    /// What a member who is barred runs into.
    Away = [Barred];
    /// What a call with a query can run into.
    Asked = [BadRequest, InvalidContent];
    /// What any call can run into that is not the caller's fault.
    Ours = [TooManyRequests, Internal, Unavailable];
}

/// What writing can run into beside all that. A conflict is described once, so all kinds stand here, and a refusal likewise.
pub(crate) struct Closing;

impl IntoResponses for Closing {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        described(&[Kind::AlreadyClosed, Kind::IdempotencyMismatch, Kind::ForbiddenOrigin, Kind::Barred])
    }
}

/// One response for each status, that says which problems have it; and one for everything that any call can run into.
fn described(kinds: &[Kind]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<u16, Vec<Kind>> = BTreeMap::new();
    for kind in kinds {
        by_status.entry(kind.code()).or_default().push(*kind);
    }
    let mut responses = Problem::responses();
    for (code, kinds) in by_status {
        let says = |kind: &Kind| format!("`{}`: {}", kind.name(), kind.meaning());
        let description: Vec<String> = kinds.iter().map(says).collect();
        let problem = Ref::from_schema_name("Problem");
        let ours = code == 429 || code >= 500 || kinds.contains(&Kind::Barred);
        let schema = if ours { with_resources(problem) } else { problem.into() };
        let content = ContentBuilder::new().schema(Some(schema)).build();
        let mut response =
            ResponseBuilder::new().description(description.join(" ")).content("application/problem+json", content);
        if matches!(code, 429 | 503) {
            let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
            let header = HeaderBuilder::new().schema(Some(seconds)).description(Some("in seconds")).build();
            response = response.header("Retry-After", header);
        }
        responses.insert(code.to_string(), RefOr::T(response.build()));
    }
    responses
}

/// A problem that says whom else to call, where that can be of use.
fn with_resources(problem: Ref) -> RefOr<utoipa::openapi::Schema> {
    let list = ArrayBuilder::new().items(Ref::from_schema_name("Resource"));
    let more = ObjectBuilder::new().property("resources", list);
    RefOr::T(AllOfBuilder::new().item(problem).item(more).build().into())
}
