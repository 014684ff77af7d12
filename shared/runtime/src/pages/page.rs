//! A template as an answer.

use askama::Template;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A page: what it says, and what it may do. It loads style and pictures from this door alone, runs the modules of this
/// door if it says so, and nothing that stands in it; its forms go to this door, unless it names one place more.
pub struct Page<'a, T> {
    status: StatusCode,
    template: &'a T,
    runs: bool,
    works: bool,
    beyond: Option<&'a str>,
    indexed: bool,
}

impl<'a, T: Template> Page<'a, T> {
    /// A page without script.
    pub const fn new(status: StatusCode, template: &'a T) -> Self {
        Self { status, template, runs: false, works: false, beyond: None, indexed: false }
    }

    /// The same, running modules of this door, which may call it.
    pub const fn with_script(self) -> Self {
        Self { runs: true, ..self }
    }

    /// The same, whose modules may start one worker out of this door's files: browsers slow down the clocks of a page that
    /// nobody looks at, and not those of its workers.
    pub const fn with_worker(self) -> Self {
        Self { works: true, ..self.with_script() }
    }

    /// The same, whose forms may end at this origin: browsers hold what a form's answer redirects to against the policy.
    pub const fn forms_beyond(self, origin: Option<&'a str>) -> Self {
        Self { beyond: origin, ..self }
    }

    /// The same, that search engines may list.
    pub const fn indexed(self) -> Self {
        Self { indexed: true, ..self }
    }

    fn policy(&self) -> String {
        let types = if self.works { "wideawake-worker" } else { "'none'" };
        let script = if self.runs {
            format!(
                " script-src 'self'; connect-src 'self'; require-trusted-types-for 'script'; trusted-types {types};"
            )
        } else {
            String::new()
        };
        let beyond = self.beyond.map(|origin| format!(" {origin}")).unwrap_or_default();
        format!(
            "default-src 'none'; style-src 'self'; img-src 'self';{script} form-action 'self'{beyond}; base-uri 'none'; frame-ancestors 'none'"
        )
    }
}

impl<T: Template> IntoResponse for Page<'_, T> {
    fn into_response(self) -> Response {
        // A template of ours fails only when memory does.
        let Ok(body) = self.template.render() else { return StatusCode::INTERNAL_SERVER_ERROR.into_response() };
        let mut response = (self.status, body).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        headers.insert(header::VARY, HeaderValue::from_static("accept-language, cookie"));
        if !self.indexed {
            headers.insert(HeaderName::from_static("x-robots-tag"), HeaderValue::from_static("noindex"));
        }
        if let Ok(policy) = HeaderValue::try_from(self.policy()) {
            headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        response
    }
}
