//! Coming in and going out: forms that need no script.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Redirect, Response};
use wideawake_runtime::acknowledge::inbound::form;
use wideawake_runtime::http::{Kind, Problem, body};
use wideawake_runtime::pages::{Frame, Page};
use zeroize::Zeroizing;

use super::visitor::{frame, home, told};
use crate::answer::is_own;
use crate::desk::Desk;
use crate::sign_in::passkey::are_possible;
use crate::sign_in::session::{Presented, end, sign_in_with};

/// The form.
#[derive(Template)]
#[template(path = "sign_in.html")]
struct Html {
    frame: Frame,
    /// What was typed, but for the password.
    name: String,
    /// Where to go afterwards; empty: where their work is.
    to: String,
    /// What is wrong, as the key of its words.
    wrong: Option<&'static str>,
    /// Whether only the code is missing.
    wants_code: bool,
    /// Where a passkey leads, where one can be good.
    passkey: Option<String>,
    /// Whether accounts at an organisation are let in.
    organisation: bool,
}

const MODULES: &[&str] = &["sign-in.js", "passkey.js"];

impl Html {
    fn new(desk: &Desk, headers: &HeaderMap, to: String) -> Self {
        let passkey = are_possible(desk).then(|| if to.is_empty() { "/desk".to_owned() } else { to.clone() });
        let frame = frame(headers);
        Self {
            frame: if passkey.is_some() { frame.modules(MODULES) } else { frame },
            name: String::new(),
            to,
            wrong: None,
            wants_code: false,
            passkey,
            organisation: desk.sign_in.config.oidc.is_some(),
        }
    }

    fn page(&self, status: StatusCode) -> Response {
        let page = Page::new(status, self);
        if self.passkey.is_some() { page.with_script().into_response() } else { page.into_response() }
    }
}

/// A page of ours, and no other place: the address may come from anywhere.
fn own(to: &str) -> Option<&str> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '/' | '-' | '_');
    let starts = ["/desk", "/board"]
        .iter()
        .any(|start| to.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    (starts && to.len() < 100 && to.chars().all(fits)).then_some(to)
}

/// Shows the form.
pub(super) async fn show(State(desk): State<Desk>, uri: Uri, headers: HeaderMap) -> Response {
    let wanted = form(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let to = wanted.iter().find(|(name, _)| name == "to").and_then(|(_, to)| own(to)).unwrap_or_default();
    Html::new(&desk, &headers, to.to_owned()).page(StatusCode::OK)
}

/// Takes the form.
pub(super) async fn send(State(desk): State<Desk>, parts: Parts, sent: Body) -> Response {
    let frame = frame(&parts.headers);
    if !is_own(&parts.headers) {
        return told(frame, &Problem::new(Kind::Forbidden));
    }
    let fields = match body::read(sent).await.map(|bytes| form(&bytes)) {
        Ok(fields) => fields.unwrap_or_default(),
        Err(problem) => return told(frame, &problem),
    };
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    let name: String = field("name").unwrap_or_default().trim().chars().take(200).collect();
    let to = field("to").and_then(|to| own(&to).map(ToOwned::to_owned)).unwrap_or_default();
    let password = Zeroizing::new(field("password").unwrap_or_default());
    let code = field("code").map(|code| code.trim().to_owned()).filter(|code| !code.is_empty());
    let form = Html { name: name.clone(), ..Html::new(&desk, &parts.headers, to.clone()) };
    let again = |status, wrong, wants_code| Html { wrong: Some(wrong), wants_code, ..form }.page(status);
    if name.is_empty() || password.is_empty() || password.chars().count() > 200 {
        return again(StatusCode::UNPROCESSABLE_ENTITY, "sign-in-wrong", false);
    }
    match sign_in_with(desk, parts, Presented { name: name.clone(), password, code }).await {
        Ok(begun) => {
            let to = if to.is_empty() { home(|role| begun.member.is(role)) } else { &to };
            let mut response = Redirect::to(to).into_response();
            for cookie in begun.cookies {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Err(problem) => match problem.kind() {
            Kind::SecondFactorNeeded => again(StatusCode::UNAUTHORIZED, "sign-in-code-needed", true),
            Kind::Unauthorized => again(StatusCode::UNAUTHORIZED, "sign-in-wrong", false),
            Kind::Forbidden => again(StatusCode::FORBIDDEN, "sign-in-factor-missing", false),
            Kind::TooManyRequests => again(StatusCode::TOO_MANY_REQUESTS, "sign-in-too-many", false),
            _ => told(frame, &problem),
        },
    }
}

/// Goes out.
pub(super) async fn out(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    if !is_own(&headers) {
        return told(frame(&headers), &Problem::new(Kind::Forbidden));
    }
    match end(desk, &headers).await {
        Ok(cookies) => {
            let mut response = Redirect::to("/sign-in").into_response();
            for cookie in cookies {
                response.headers_mut().append(SET_COOKIE, cookie);
            }
            response
        }
        Err(problem) => told(frame(&headers), &problem),
    }
}

#[cfg(test)]
mod tests {
    use super::own;

    #[test]
    fn only_pages_of_ours_are_gone_to_afterwards() {
        for good in [
            "/desk",
            "/board",
            "/board/waits",
            "/board/rotations/on_call",
            "/board/roster/0198c0de-0000-7000-8000-000000000000",
        ] {
            assert_eq!(own(good), Some(good));
        }
        for bad in [
            "",
            "/",
            "//evil.example",
            "/desk.evil",
            "/desk@evil",
            "https://evil.example",
            "/boards",
            "/desk?x",
            "/desk\\x",
            "/v1/me",
        ] {
            assert_eq!(own(bad), None, "{bad}");
        }
    }
}
