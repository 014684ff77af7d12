//! Who may see a page: whoever could make the call. Who is not signed in is sent there, and comes back; who may not see it is
//! told so in words. A program gets what it gets everywhere: a problem.

use askama::Template;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use wideawake_domain::staff::Role;
use wideawake_runtime::http::{Kind, Problem};
use wideawake_runtime::pages::{Frame, Locale, Page};

use super::ASSETS;
use super::shell::Shell;
use crate::desk::Desk;
use crate::permit::Caller;

/// Somebody who may see this page.
pub(crate) struct Visitor {
    pub(crate) caller: Caller,
    /// In their language.
    pub(crate) frame: Frame,
    /// Whether it is a person with a browser.
    reads: bool,
}

/// Whether whoever asks is a person with a browser.
fn reads_pages(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|kind| kind.trim_start().starts_with("text/html"))
}

/// A frame in the language that a reader's browser asks for.
pub(crate) fn frame(headers: &HeaderMap) -> Frame {
    Frame::new(Locale::wanted(None, headers), &ASSETS)
}

/// Where somebody with these roles begins.
pub(super) fn home(caller: impl Fn(Role) -> bool) -> &'static str {
    if caller(Role::Supervisor) {
        "/board"
    } else if caller(Role::Volunteer) || caller(Role::Professional) {
        "/desk"
    } else {
        "/board/roster"
    }
}

impl FromRequestParts<Desk> for Visitor {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, desk: &Desk) -> Result<Self, Response> {
        let (frame, reads) = (frame(&parts.headers), reads_pages(&parts.headers));
        match Caller::from_request_parts(parts, desk).await {
            Ok(caller) => Ok(Self { caller, frame, reads }),
            Err(problem) if !reads => Err(problem.into_response()),
            Err(problem) if problem.kind() == Kind::Unauthorized => {
                Err(Redirect::to(&format!("/sign-in?to={}", parts.uri.path())).into_response())
            }
            Err(problem) => Err(told(frame, &problem)),
        }
    }
}

impl Visitor {
    /// The bar of a page at `at`.
    pub(super) fn shell(&self, at: &'static str) -> Shell {
        Shell::new(&self.frame, at, &self.caller.member)
    }

    /// What went wrong, in words; as everywhere for a program.
    pub(super) fn told(&self, problem: Problem) -> Response {
        if self.reads { told(self.frame, &problem) } else { problem.into_response() }
    }
}

/// A page that says why there is none.
#[derive(Template)]
#[template(path = "sorry.html")]
struct Sorry {
    frame: Frame,
    title: &'static str,
    text: &'static str,
}

/// What went wrong, in words.
pub(super) fn told(frame: Frame, problem: &Problem) -> Response {
    let status = problem.kind().status();
    let (title, text) = match status {
        StatusCode::FORBIDDEN => ("sorry-role-title", "sorry-role"),
        StatusCode::NOT_FOUND => ("sorry-none-title", "sorry-none"),
        StatusCode::UNPROCESSABLE_ENTITY | StatusCode::BAD_REQUEST => ("sorry-query-title", "sorry-query"),
        _ => ("sorry-now-title", "sorry-now"),
    };
    Page::new(status, &Sorry { frame, title, text }).into_response()
}
