//! The link in a page: it shows a small page whose button takes the escalation on. No session is needed; whoever holds the
//! link may say that this one person takes it on, and nothing else.
//!
//! Showing it never does: mail scanners follow links. Nothing that a member wrote is shown.

pub(crate) mod sms; // the same by text message

use askama::Template;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use wideawake_domain::escalation::{Command, Rejection, Stage, Via};
use wideawake_domain::staff::StaffMember;
use wideawake_domain::{Actor, StaffId};
use wideawake_runtime::acknowledge;
use wideawake_runtime::http::auth::same_origin;
use wideawake_runtime::http::{Kind, Problem, Segments, detached};
use wideawake_runtime::pages::{Frame, Page};

use crate::desk::Desk;
use crate::feed::Known;
use crate::pages::{frame, moment};

/// Shows what the person was called for, with a button.
pub(crate) async fn show(
    State(desk): State<Desk>,
    headers: HeaderMap,
    token: Result<Segments<(String,)>, Problem>,
) -> Response {
    let frame = frame(&headers);
    let Ok(Segments((token,))) = token else { return unknown(frame) };
    match find(&desk, &token).await {
        Ok(Some(found)) => render(StatusCode::OK, &found.standing(&desk, frame)),
        Ok(None) => unknown(frame),
        Err(problem) => failed(frame, &problem),
    }
}

/// The button: the person takes it on.
pub(crate) async fn press(
    State(desk): State<Desk>,
    headers: HeaderMap,
    token: Result<Segments<(String,)>, Problem>,
) -> Response {
    let frame = frame(&headers);
    let Ok(Segments((token,))) = token else { return unknown(frame) };
    if !is_own(&headers) {
        return render(StatusCode::FORBIDDEN, &Html::plain(frame, "page-foreign-title", "page-foreign"));
    }
    let found = match find(&desk, &token).await {
        Ok(Some(found)) => found,
        Ok(None) => return unknown(frame),
        Err(problem) => return failed(frame, &problem),
    };
    let done = detached(async move {
        let done = take(&desk, &found.page, Via::Link).await?;
        Ok((done, desk))
    });
    match done.await {
        Ok((taken, desk)) => {
            let status = if taken.refused.is_none() { StatusCode::OK } else { StatusCode::CONFLICT };
            render(status, &taken.found.standing(&desk, frame))
        }
        Err(problem) => failed(frame, &problem),
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
    fn standing(&self, desk: &Desk, frame: Frame) -> Html {
        let me = self.page.staff;
        let name = |staff: StaffId| desk.feed.with(|known| known.alias(staff)).unwrap_or_default();
        let when = |at| moment(&frame, at, self.member.zone);
        let state = &self.known.state;
        let (key, puts, button) = match &state.stage {
            Stage::Acknowledged { by, at, .. } if *by == me => ("took", vec![("when", when(*at).into())], None),
            Stage::Acknowledged { by, .. } if state.hand_over == Some(me) => {
                ("asked", vec![("name", name(*by).into())], Some("answer-take-over"))
            }
            Stage::Acknowledged { by, at, .. } => {
                ("other", vec![("name", name(*by).into()), ("when", when(*at).into())], None)
            }
            Stage::Resolved { by, at, .. } => {
                ("resolved", vec![("name", name(*by).into()), ("when", when(*at).into())], None)
            }
            Stage::Due { .. } | Stage::Paging { .. } | Stage::Fallback { .. } => {
                ("open", vec![], Some("answer-take-on"))
            }
        };
        let called = self.known.called.iter().copied().filter(|staff| *staff != me).map(name);
        let you = frame.words.with_text("answer-you", "name", &self.member.alias);
        let called: Vec<String> = std::iter::once(you).chain(called).collect();
        let about = About {
            line: state.line.clone(),
            priority: frame.say(&format!("say-priority-{}", state.priority.as_str())).into_owned(),
            since: when(state.opened_at),
            since_utc: state.opened_at.to_rfc3339_opts(SecondsFormat::Secs, true),
            called: called.join(", "),
        };
        Html {
            frame,
            title: frame.words.with(&format!("answer-{key}"), &puts),
            text: frame.say(&format!("answer-{key}-text")).into_owned(),
            about: Some(about),
            button,
        }
    }
}

/// What the page says.
#[derive(Template)]
#[template(path = "answer.html")]
struct Html {
    frame: Frame,
    title: String,
    text: String,
    about: Option<About>,
    /// The key of what it says.
    button: Option<&'static str>,
}

/// What somebody was called for.
struct About {
    line: String,
    priority: String,
    since: String,
    since_utc: String,
    called: String,
}

impl Html {
    /// What is said under these keys, and nothing to press.
    fn plain(frame: Frame, title: &str, text: &str) -> Self {
        Self {
            frame,
            title: frame.say(title).into_owned(),
            text: frame.say(text).into_owned(),
            about: None,
            button: None,
        }
    }
}

fn unknown(frame: Frame) -> Response {
    render(StatusCode::NOT_FOUND, &Html::plain(frame, "answer-unknown-title", "answer-unknown"))
}

fn failed(frame: Frame, problem: &Problem) -> Response {
    render(problem.kind().status(), &Html::plain(frame, "sorry-now-title", "answer-failed"))
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
