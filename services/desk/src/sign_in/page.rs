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
use crate::pages::english;

const GONE: &str = "It was used, replaced by another, or has expired. Ask whoever invited you for a new one. \
                    If you used it yourself, sign in with the name and password you chose.";
const FOREIGN: &str = "This answer came from another page. Open the link itself, and send the form there.";

/// What the page says.
#[derive(Template)]
#[template(path = "invitation.html")]
struct Html {
    frame: Frame,
    title: String,
    text: String,
    form: Option<Form>,
    recovery_codes: Vec<String>,
}

struct Form {
    view: InvitationView,
    /// Where the account at their organisation is linked instead.
    organisation: Option<String>,
    name: String,
    wrong: Vec<String>,
}

/// Shows the form. Showing it uses nothing up: mail scanners follow links.
pub(crate) async fn show(State(desk): State<Desk>, token: Result<Segments<(String,)>, Problem>) -> Response {
    let Ok(Segments((token,))) = token else { return gone() };
    match invitation::view(&desk, &token, None).await {
        Ok(view) => render(StatusCode::OK, &asking(organisation(&desk, &token), view, String::new(), Vec::new())),
        Err(problem) => failed(&problem),
    }
}

/// Takes the form.
pub(crate) async fn send(
    State(desk): State<Desk>,
    headers: HeaderMap,
    token: Result<Segments<(String,)>, Problem>,
    sent: Body,
) -> Response {
    let Ok(Segments((token,))) = token else { return gone() };
    if !is_own(&headers) {
        return render(StatusCode::FORBIDDEN, &plain("Open the link itself", FOREIGN));
    }
    let fields = match body::read(sent).await.map(|bytes| form(&bytes)) {
        Ok(fields) => fields.unwrap_or_default(),
        Err(problem) => return failed(&problem),
    };
    let organisation = organisation(&desk, &token);
    let field = |wanted: &str| fields.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    // The key that they entered in their authenticator stays the one.
    let setup = field("setup").filter(|setup| (1..=200).contains(&setup.len()));
    let view = match invitation::view(&desk, &token, setup.as_deref()).await {
        Ok(view) => view,
        Err(problem) => return failed(&problem),
    };
    let (typed, code) = (field("name").unwrap_or_default(), field("code"));
    let (password, again) = (field("password").unwrap_or_default(), field("again").unwrap_or_default());
    let mut wrong = Vec::new();
    let name = typed.parse();
    if let Err(error) = &name {
        wrong.push(format!("Name: {error}."));
    }
    if !(SHORTEST..=LONGEST).contains(&password.chars().count()) {
        wrong.push(format!("Password: must have {SHORTEST} to {LONGEST} characters."));
    }
    if password != again {
        wrong.push("Password: the two are not the same.".to_owned());
    }
    let (true, Ok(name)) = (wrong.is_empty(), name) else {
        return render(StatusCode::UNPROCESSABLE_ENTITY, &asking(organisation, view, typed, wrong));
    };
    let wanted = Wanted { name, password: Zeroizing::new(password), code, setup };
    let done = detached(async move { invitation::set_up(&desk, &token, wanted).await });
    match done.await {
        Ok(done) => {
            let text = "You can sign in to the desk with the name and password you chose. This link is used up.";
            let html = Html { recovery_codes: done.recovery_codes, ..plain("That is all", text) };
            let mut response = render(StatusCode::OK, &html);
            response.headers_mut().extend(done.device.map(|device| (SET_COOKIE, device)));
            response
        }
        Err(problem) if problem.kind() == Kind::InvalidContent => {
            let said = problem.errors().iter().map(|error| {
                let field = error.pointer.as_deref().unwrap_or_default().trim_start_matches('/');
                let mut name = field.chars();
                let name: String =
                    name.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(name).collect();
                format!("{name}: {}.", error.detail)
            });
            render(StatusCode::UNPROCESSABLE_ENTITY, &asking(organisation, view, typed, said.collect()))
        }
        Err(problem) => failed(&problem),
    }
}

fn organisation(desk: &Desk, token: &str) -> Option<String> {
    desk.sign_in.config.oidc.is_some().then(|| format!("/i/{token}/organisation"))
}

fn asking(organisation: Option<String>, view: InvitationView, name: String, wrong: Vec<String>) -> Html {
    let form = Some(Form { view, organisation, name, wrong });
    Html { form, ..plain("How you sign in", "Choose a name and a password for the desk. This link is good once.") }
}

fn plain(title: &str, text: &str) -> Html {
    Html { frame: english(), title: title.to_owned(), text: text.to_owned(), form: None, recovery_codes: Vec::new() }
}

fn gone() -> Response {
    render(StatusCode::NOT_FOUND, &plain("This invitation is over", GONE))
}

fn failed(problem: &Problem) -> Response {
    if problem.kind() == Kind::NotFound {
        return gone();
    }
    render(
        problem.kind().status(),
        &plain("That did not work just now", "Try again in a moment. Your link is still good."),
    )
}

fn render(status: StatusCode, html: &Html) -> Response {
    Page::new(status, html).into_response()
}
