//! The link in a page: it shows a small page whose button takes the escalation on. No session is needed; whoever holds the
//! link may say that this one person takes it on, and nothing else.
//!
//! Showing it never does: mail scanners follow links. Nothing that a member wrote is shown.

pub(crate) mod sms; // the same by text message

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, SecondsFormat, Utc};
use wideawake_domain::escalation::{Command, Rejection, Stage, Via};
use wideawake_domain::schedule::wall;
use wideawake_domain::staff::StaffMember;
use wideawake_domain::{Actor, StaffId};
use wideawake_runtime::acknowledge;
use wideawake_runtime::http::auth::same_origin;
use wideawake_runtime::http::{Kind, Problem, Segments, detached};
use wideawake_runtime::pages::{Frame, Page};

use crate::desk::Desk;
use crate::feed::Known;
use crate::pages::english;

/// Shows what the person was called for, with a button.
pub(crate) async fn show(State(desk): State<Desk>, token: Result<Segments<(String,)>, Problem>) -> Response {
    let Ok(Segments((token,))) = token else { return unknown() };
    match find(&desk, &token).await {
        Ok(Some(found)) => render(StatusCode::OK, &found.standing(&desk)),
        Ok(None) => unknown(),
        Err(problem) => failed(&problem),
    }
}

/// The button: the person takes it on.
pub(crate) async fn press(
    State(desk): State<Desk>,
    headers: HeaderMap,
    token: Result<Segments<(String,)>, Problem>,
) -> Response {
    let Ok(Segments((token,))) = token else { return unknown() };
    if !is_own(&headers) {
        return render(StatusCode::FORBIDDEN, &Html::plain("Open the link itself", FOREIGN));
    }
    let found = match find(&desk, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return unknown(),
        Err(problem) => return failed(&problem),
    };
    let done = detached(async move {
        let done = take(&desk, &found.page, Via::Link).await?;
        Ok((done, desk))
    });
    match done.await {
        Ok((taken, desk)) => {
            let status = if taken.refused.is_none() { StatusCode::OK } else { StatusCode::CONFLICT };
            render(status, &taken.found.standing(&desk))
        }
        Err(problem) => failed(&problem),
    }
}

/// A page that was sent, what it was sent for, and to whom.
struct Found {
    page: acknowledge::Page,
    known: Known,
    member: StaffMember,
}

/// What came of an answer.
struct Taken {
    found: Found,
    refused: Option<Rejection>,
}

/// `None`: the link is not one of ours, or leads nowhere any more.
async fn find(desk: &Desk, token: &str) -> Result<Option<Found>, Problem> {
    match acknowledge::verify(&desk.record, token) {
        Some(page) => look(desk, page).await,
        None => Ok(None),
    }
}

async fn look(desk: &Desk, page: acknowledge::Page) -> Result<Option<Found>, Problem> {
    let known = match desk.escalation(page.escalation).await {
        Ok(known) => known,
        Err(problem) if problem.kind() == Kind::NotFound => return Ok(None),
        Err(problem) => return Err(problem),
    };
    let member = desk.feed.with(|known| known.person(page.staff).map(|person| person.member.clone()));
    let member = member.filter(|_| known.called.contains(&page.staff));
    Ok(member.map(|member| Found { page, known, member }))
}

/// The person of `page` takes the escalation on; what is shown then is what came of it.
async fn take(desk: &Desk, page: &acknowledge::Page, via: Via) -> Result<Taken, Problem> {
    let acknowledge = Command::Acknowledge(page.staff, via, Some(page.id()));
    let check = |_: &_| Ok::<_, Rejection>(acknowledge.clone());
    let change = desk.record.change_escalation(page.escalation, Actor::Staff(page.staff), check).await?;
    let refused = match change {
        Some(Ok(facts)) => {
            desk.feed.reach(&facts).await;
            None
        }
        Some(Err(refused)) => Some(refused),
        None => return Err(Kind::NotFound.into()),
    };
    let found = look(desk, *page).await?.ok_or(Kind::NotFound)?;
    Ok(Taken { found, refused })
}

impl Found {
    /// How the escalation stands, for the one who was called.
    fn standing(&self, desk: &Desk) -> Html {
        let me = self.page.staff;
        let name = |staff: StaffId| desk.feed.with(|known| known.alias(staff)).unwrap_or_default();
        let state = &self.known.state;
        let (title, text, button) = match &state.stage {
            Stage::Acknowledged { by, at, .. } if *by == me => {
                (format!("You took it on at {}", self.clock(*at)), DESK.to_owned(), None)
            }
            Stage::Acknowledged { by, .. } if state.hand_over == Some(me) => {
                let title = format!("{} asks you to take over", name(*by));
                (title, "Until you do, it stays with them.".to_owned(), Some("I take over"))
            }
            Stage::Acknowledged { by, at, .. } => {
                let title = format!("{} took it on at {}", name(*by), self.clock(*at));
                (title, "There is nothing you have to do. They can hand it over to you.".to_owned(), None)
            }
            Stage::Resolved { by, at, .. } => {
                let title = format!("{} resolved it at {}", name(*by), self.clock(*at));
                (title, "It is over. There is nothing you have to do.".to_owned(), None)
            }
            Stage::Due { .. } | Stage::Paging { .. } | Stage::Fallback { .. } => {
                let text = "Nobody has taken it on yet. When you do, nobody else is called.".to_owned();
                ("Somebody needs more than a volunteer".to_owned(), text, Some("I take it on"))
            }
        };
        let called = self.known.called.iter().copied().filter(|staff| *staff != me).map(name);
        let called: Vec<String> = std::iter::once(format!("{} (you)", self.member.alias)).chain(called).collect();
        let about = About {
            line: state.line.clone(),
            priority: state.priority.as_str(),
            since: self.clock(state.opened_at),
            since_utc: state.opened_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            called: called.join(", "),
        };
        Html { about: Some(about), button, ..Html::plain(&title, &text) }
    }

    /// On their own clock.
    fn clock(&self, at: DateTime<Utc>) -> String {
        let zone = self.member.zone;
        format!("{} ({})", wall::local(at, zone).format("%H:%M, %e %B"), zone.name())
    }
}

const DESK: &str = "Nobody else is called now. Open the desk to read and to join the conversation.";
const FOREIGN: &str =
    "This answer came from another page. Open the link in the message that called you, and press the button there.";
const UNKNOWN: &str = "This link is not complete, or it is no longer valid. Open it again from the message that called you, all of it. \
                       If it still does not work, sign in to the desk: what needs you is listed there. \
                       You can also answer a text message with the code in it.";
const FAILED: &str =
    "Try again in a moment. Until somebody takes it on, people go on being called: you can also sign in to the desk.";

/// What the page says.
#[derive(Template)]
#[template(path = "answer.html")]
struct Html {
    frame: Frame,
    title: String,
    text: String,
    about: Option<About>,
    button: Option<&'static str>,
}

/// What somebody was called for.
struct About {
    line: String,
    priority: &'static str,
    since: String,
    since_utc: String,
    called: String,
}

impl Html {
    fn plain(title: &str, text: &str) -> Self {
        Self { frame: english(), title: title.to_owned(), text: text.to_owned(), about: None, button: None }
    }
}

fn unknown() -> Response {
    render(StatusCode::NOT_FOUND, &Html::plain("This link leads nowhere", UNKNOWN))
}

fn failed(problem: &Problem) -> Response {
    render(problem.kind().status(), &Html::plain("That did not work just now", FAILED))
}

fn render(status: StatusCode, html: &Html) -> Response {
    Page::new(status, html).into_response()
}

/// Whether a form was sent from its own page. A page that asks for no referrer sends `Origin: null`, so what browsers say
/// of the site counts first; where they say nothing, knowing the link has to do.
pub(crate) fn is_own(headers: &HeaderMap) -> bool {
    match headers.get("sec-fetch-site").map(HeaderValue::as_bytes) {
        Some(site) => matches!(site, b"same-origin" | b"none"),
        None => {
            headers.get(header::ORIGIN).is_none_or(|origin| origin == "null")
                || same_origin(&Method::POST, headers).is_ok()
        }
    }
}
