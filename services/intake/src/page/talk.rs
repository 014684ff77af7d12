//! Waiting, talking, and the end.

use std::sync::Arc;

use askama::Template;
use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, json};
use wideawake_domain::request::{Ending, Phase, SupportRequest};
use wideawake_runtime::RecordError;
use wideawake_runtime::http::{Caller, Kind, Problem};
use wideawake_runtime::pages::{Arg, Frame, Locale, Page};

use super::forms::{self, Form, keyed, new_key};
use super::others::Others;
use super::reader::Reader;
use super::said::{Said, so_far};
use super::trouble::{self, Again};
use super::words_as_json;
use crate::member::{Member, take_cookie};
use crate::messages;
use crate::state::Door;
use crate::view::{EstimatedWait, Standing, Status};

/// What the modules say. `{place}` and the like stand where they put something in.
const WORDS: [(&str, &[&str]); 26] = [
    ("wait-heading", &[]),
    ("wait-place", &["place"]),
    ("wait-next", &[]),
    ("wait-range", &["low", "high"]),
    ("wait-upto", &["high"]),
    ("wait-soon", &[]),
    ("wait-unknown", &[]),
    ("talk-with", &["name"]),
    ("talk-someone", &[]),
    ("talk-you", &[]),
    ("talk-volunteer", &[]),
    ("talk-professional", &[]),
    ("talk-supervisor", &[]),
    ("talk-system", &[]),
    ("talk-typing", &[]),
    ("talk-too-long", &[]),
    ("talk-at", &["time"]),
    ("state-sending", &[]),
    ("state-sent", &[]),
    ("state-kept", &[]),
    ("state-refused", &[]),
    ("net-lost", &[]),
    ("net-down", &[]),
    ("net-back", &[]),
    ("news-from", &["who", "text"]),
    ("news-active", &[]),
];

/// The page of a conversation.
#[derive(Template)]
#[template(path = "talk.html")]
pub(super) struct Talk {
    frame: Frame,
    query: String,
    leave_to: String,
    beyond: Option<String>,
    locales: &'static [Locale],
    id: String,
    seen: u64,
    said: Vec<Said>,
    standing: Standing,
    /// Of a conversation that ended, the keys of what is said about it.
    over: Option<Over>,
    others: Others,
    writes: bool,
    key: String,
    words: String,
}

/// How it ended, and what is left of it.
struct Over {
    text: &'static str,
    kept: String,
    erased: bool,
    /// Whether they may ask again at once.
    again: bool,
}

impl Talk {
    /// `None`: there is nothing to come back to, since the member left it.
    pub(super) async fn new(
        door: &Door,
        reader: &Reader,
        request: &SupportRequest,
    ) -> Result<Option<Self>, RecordError> {
        let frame = reader.frame(Some(&request.language));
        let over = match &request.phase {
            Phase::Closed { closed, .. } if closed.ending == Ending::Left && !request.erased => return Ok(None),
            Phase::Closed { closed, .. } => {
                let text = match closed.ending {
                    _ if request.erased => "over-erased",
                    Ending::Closed => "over-closed",
                    Ending::Left => "over-left",
                    Ending::Abandoned => "over-abandoned",
                    Ending::Erased => "over-erasing",
                    Ending::Barred => "over-barred",
                };
                let kept = match closed.erase_at {
                    _ if request.erased || closed.ending == Ending::Erased => String::new(),
                    Some(at) => frame.words.with_text("over-kept", "date", &at.format("%Y-%m-%d").to_string()),
                    None => frame.say("over-kept-long").into_owned(),
                };
                let erased = request.erased || closed.ending == Ending::Erased;
                Some(Over { text, kept, erased, again: closed.ending != Ending::Barred })
            }
            _ => None,
        };
        let standing = door.standing(request).await?;
        let (said, seen) = so_far(door, request).await?;
        let country = reader.country(request.country.as_deref());
        let others = Others::of(&frame, door, &door.resources.first(&request.shown, country), country);
        Ok(Some(Self {
            query: reader.query(),
            leave_to: door.leave_to.url.clone(),
            beyond: door.leave_to.origin.clone(),
            locales: &Locale::ALL,
            id: request.id.to_string(),
            seen: seen.0,
            said,
            others: others.folded(standing.status == Status::Active),
            standing,
            over,
            writes: reader.writes,
            key: new_key(),
            words: words_as_json(&frame, &WORDS),
            frame,
        }))
    }

    fn is_waiting(&self) -> bool {
        self.standing.status == Status::Waiting
    }

    /// The page looks for news by itself where nothing is typed that it would take away.
    fn refreshes(&self) -> bool {
        self.over.is_none() && !self.writes
    }

    fn heading(&self) -> String {
        let words = self.frame.words;
        match &self.standing.volunteer {
            Some(volunteer) => words.with_text("talk-with", "name", &volunteer.alias),
            None if self.is_waiting() => words.say("wait-heading").into_owned(),
            None => words.say("talk-someone").into_owned(),
        }
    }

    fn place(&self) -> String {
        let words = self.frame.words;
        match self.standing.position {
            Some(1) => words.say("wait-next").into_owned(),
            Some(place) => words.with_number("wait-place", "place", &(place as u64)),
            None => String::new(),
        }
    }

    fn range(&self) -> String {
        let words = self.frame.words;
        match self.standing.estimated_wait.map(EstimatedWait::minutes) {
            None => words.say("wait-unknown").into_owned(),
            Some((_, 0..=1)) => words.say("wait-soon").into_owned(),
            Some((0, high)) => words.with_number("wait-upto", "high", &high),
            Some((low, high)) => words.with("wait-range", &[("low", Arg::from(low)), ("high", Arg::from(high))]),
        }
    }
}

impl IntoResponse for Talk {
    fn into_response(self) -> Response {
        let page = Page::new(StatusCode::OK, &self).with_script().forms_beyond(self.beyond.as_deref());
        let mut response = page.into_response();
        if self.over.as_ref().is_some_and(|over| over.erased) {
            // There is nothing left that it would open.
            take_cookie(response.headers_mut());
        }
        response
    }
}

/// Takes what was written without script.
pub(super) async fn say(State(door): State<Arc<Door>>, caller: Caller, reader: Reader, sent: Body) -> Response {
    let form = match Form::read(&reader.headers, sent).await {
        Ok(form) => form,
        Err(problem) => return trouble::page(&door, &reader, problem.kind(), None),
    };
    let (key, text) = (form.key(), form.field("text"));
    let Some(text) = text else { return home(&reader) };
    match written(&door, caller, &reader, &key, &text).await {
        Ok(cookie) => {
            let mut response = home(&reader);
            response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
            response
        }
        // It ended meanwhile, and the page says so.
        Err(problem) if problem.kind() == Kind::AlreadyClosed => home(&reader),
        Err(problem) => trouble::page(&door, &reader, problem.kind(), Some(Again { text, key })),
    }
}

async fn written(
    door: &Arc<Door>,
    caller: Caller,
    reader: &Reader,
    key: &str,
    text: &str,
) -> Result<Option<axum::http::HeaderValue>, Problem> {
    let request = reader.conversation(door).await?.ok_or(Kind::Unauthorized)?;
    let body = forms::json(Map::from_iter([("text".to_owned(), json!(text))]));
    let headers = keyed(&reader.headers, key);
    let said = messages::say(State(door.clone()), Member(request), caller, headers, body).await?;
    Ok(said.headers().get(SET_COOKIE).cloned())
}

/// Back to the page.
pub(super) fn home(reader: &Reader) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, format!("/{}", reader.query()))]).into_response()
}
