//! When something does not work: what was typed is kept, and others are named.

use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use wideawake_runtime::http::Kind;
use wideawake_runtime::pages::{Frame, Locale, Page};

use super::others::Others;
use super::reader::Reader;
use crate::state::Door;

/// Says what went wrong.
#[derive(Template)]
#[template(path = "trouble.html")]
struct Trouble {
    frame: Frame,
    query: String,
    leave_to: String,
    locales: &'static [Locale],
    text: &'static str,
    again: Option<Again>,
    others: Others,
}

/// What was written, to be sent again under the same key.
pub(super) struct Again {
    pub(super) text: String,
    pub(super) key: String,
}

/// The page for a problem of this kind.
pub(super) fn page(door: &Door, reader: &Reader, kind: Kind, again: Option<Again>) -> Response {
    let text = match kind {
        Kind::ForbiddenOrigin => "trouble-foreign",
        Kind::Barred => "over-barred",
        Kind::TooManyRequests if again.is_some() => "trouble-busy",
        kind if kind.code() < 500 && kind != Kind::TooManyRequests => "trouble-wrong",
        _ if again.is_some() => "trouble-down",
        _ => "trouble-away",
    };
    let (frame, country) = (reader.frame(None), reader.country(None));
    let trouble = Trouble {
        query: reader.query(),
        leave_to: door.leave_to.url.clone(),
        locales: &Locale::ALL,
        text,
        again,
        others: Others::of(&frame, door, &door.resources.of(country), country),
        frame,
    };
    let page = Page::new(kind.status(), &trouble).with_script().forms_beyond(door.leave_to.origin.as_deref());
    let mut response = page.into_response();
    if matches!(kind.code(), 429 | 503) {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("20"));
    }
    response
}
