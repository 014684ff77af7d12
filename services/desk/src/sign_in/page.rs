//! The page of an invitation: a form without script, for any browser.

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use wideawake_runtime::acknowledge::inbound::form;
use wideawake_runtime::http::{Kind, Problem, Segments, body, detached};
use wideawake_runtime::pages::{Frame, Page};
use zeroize::Zeroizing;

use super::invitation::{self, InvitationView, Wanted};
use super::password::{LONGEST, SHORTEST};
use crate::answer::is_own;
use crate::desk::Desk;
use crate::pages::{frame, moment};

/// What the page says.
#[derive(Template)]
#[template(path = "invitation.html")]
struct Html {
    frame: Frame,
    title: String,
    text: String,
    form: Option<Form>,
    /// Whether there is nothing left to do here but to sign in.
    done: bool,
    recovery_codes: Vec<String>,
}

struct Form {
    view: InvitationView,
    /// Where the account at their organisation is linked instead.
    organisation: Option<String>,
    name: String,
    /// The keys of what is wrong.
    wrong: Vec<&'static str>,
}

impl Html {
    /// What is said under this key, with the bounds of a password.
    fn bounds(&self, key: &str) -> String {
        let bounds = [("shortest", (SHORTEST as u64).into()), ("longest", (LONGEST as u64).into())];
        self.frame.words.with(key, &bounds)
    }

    fn for_whom(&self, view: &InvitationView) -> String {
        let until = moment(&self.frame, view.expires_at, chrono_tz::UTC);
        self.frame.words.with("invite-for", &[("alias", view.alias.as_str().into()), ("until", until.into())])
    }
}

/// Shows the form. Showing it uses nothing up: mail scanners follow links.
pub(crate) async fn show(
    State(desk): State<Desk>,
    headers: HeaderMap,
    token: Result<Segments<(String,)>, Problem>,
) -> Response {
    let frame = frame(&headers);
    let Ok(Segments((token,))) = token else { return gone(frame) };
    match invitation::view(&desk, &token, None).await {
        Ok(view) => {
            let organisation = organisation(&desk, &token);
            render(StatusCode::OK, &asking(frame, Form { view, organisation, name: String::new(), wrong: vec![] }))
        }
        Err(problem) => failed(frame, &problem),
    }
}

/// Takes the form.
pub(crate) async fn send(
    State(desk): State<Desk>,
    headers: HeaderMap,
    token: Result<Segments<(String,)>, Problem>,
    sent: Body,
) -> Response {
    let frame = frame(&headers);
    let Ok(Segments((token,))) = token else { return gone(frame) };
    if !is_own(&headers) {
        return render(StatusCode::FORBIDDEN, &plain(frame, "page-foreign-title", "page-foreign"));
    }
    let fields = match body::read(sent).await.map(|bytes| form(&bytes)) {
        Ok(fields) => fields.unwrap_or_default(),
        Err(problem) => return failed(frame, &problem),
    };
    let organisation = organisation(&desk, &token);
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    // The key that they entered in their authenticator stays the one.
    let setup = field("setup").filter(|setup| (1..=200).contains(&setup.len()));
    let view = match invitation::view(&desk, &token, setup.as_deref()).await {
        Ok(view) => view,
        Err(problem) => return failed(frame, &problem),
    };
    let (typed, code) = (field("name").unwrap_or_default(), field("code"));
    let (password, again) = (field("password").unwrap_or_default(), field("again").unwrap_or_default());
    let name = typed.parse();
    let checks = [
        (name.is_ok(), "invite-wrong-name"),
        ((SHORTEST..=LONGEST).contains(&password.chars().count()), "invite-wrong-length"),
        (password == again, "invite-wrong-again"),
    ];
    let wrong: Vec<_> = checks.iter().filter(|(right, _)| !right).map(|(_, key)| *key).collect();
    let refused = |view, wrong| {
        let form = Form { view, organisation, name: typed, wrong };
        render(StatusCode::UNPROCESSABLE_ENTITY, &asking(frame, form))
    };
    let (true, Ok(name)) = (wrong.is_empty(), name) else { return refused(view, wrong) };
    let wanted = Wanted { name, password: Zeroizing::new(password), code, setup };
    let done = detached(async move { invitation::set_up(&desk, &token, wanted).await });
    match done.await {
        Ok(done) => {
            let plain = plain(frame, "invite-done-title", "invite-done");
            let html = Html { done: true, recovery_codes: done.recovery_codes, ..plain };
            let mut response = render(StatusCode::OK, &html);
            response.headers_mut().extend(done.device.map(|device| (SET_COOKIE, device)));
            response
        }
        Err(problem) if problem.kind() == Kind::InvalidContent => {
            let key = |pointer: &str| match pointer {
                "/name" => "invite-wrong-taken",
                "/password" => "invite-wrong-password",
                _ => "invite-wrong-code",
            };
            let pointers = problem.errors().iter().map(|error| error.pointer.as_deref().unwrap_or_default());
            refused(view, pointers.map(key).collect())
        }
        Err(problem) => failed(frame, &problem),
    }
}

fn organisation(desk: &Desk, token: &str) -> Option<String> {
    desk.sign_in.config.oidc.is_some().then(|| format!("/i/{token}/organisation"))
}

fn asking(frame: Frame, form: Form) -> Html {
    Html { form: Some(form), ..plain(frame, "invite-title", "invite-text") }
}

/// What is said under these keys.
fn plain(frame: Frame, title: &str, text: &str) -> Html {
    let (title, text) = (frame.say(title).into_owned(), frame.say(text).into_owned());
    Html { frame, title, text, form: None, done: false, recovery_codes: Vec::new() }
}

fn gone(frame: Frame) -> Response {
    render(StatusCode::NOT_FOUND, &Html { done: true, ..plain(frame, "invite-gone-title", "invite-gone") })
}

fn failed(frame: Frame, problem: &Problem) -> Response {
    if problem.kind() == Kind::NotFound {
        return gone(frame);
    }
    render(problem.kind().status(), &plain(frame, "sorry-now-title", "invite-failed"))
}

fn render(status: StatusCode, html: &Html) -> Response {
    Page::new(status, html).into_response()
}
