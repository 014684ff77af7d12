//! The first page's form: the same call as the interface has, from the fields of a form.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::response::{IntoResponse, Response};
use serde_json::{Map, Value, json};
use wideawake_runtime::http::{Caller, Kind, Problem};

use super::forms::{self, Form, keyed, new_key};
use super::reader::Reader;
use super::start::Start;
use super::trouble;
use crate::open;
use crate::state::Door;

/// What may be answered with yes or no.
const ANSWERS: [&str; 8] = ["q1", "q2", "q3", "q4", "q5", "q6", "q6_recent", "intent_now"];

/// Takes the form, and leads to the conversation; or back to the form, with everything that was typed.
pub(super) async fn send(State(door): State<Arc<Door>>, caller: Caller, reader: Reader, sent: Body) -> Response {
    let form = match Form::read(&reader.headers, sent).await {
        Ok(form) => form,
        Err(problem) => return trouble::page(&door, &reader, problem.kind(), None),
    };
    let key = form.key();
    let fields = fields(&door, &reader, &form);
    match open(&door, caller, &reader, &key, fields.clone()).await {
        Ok(response) => response,
        // It was sent before, with something else in it, and the answer was lost: what it says now is what counts.
        Err(problem) if problem.kind() == Kind::IdempotencyMismatch => {
            let key = new_key();
            let opened = open(&door, caller, &reader, &key, fields).await;
            opened.unwrap_or_else(|problem| back(&door, &reader, form, &problem, key))
        }
        Err(problem) => back(&door, &reader, form, &problem, key),
    }
}

async fn open(
    door: &Arc<Door>,
    caller: Caller,
    reader: &Reader,
    key: &str,
    fields: Map<String, Value>,
) -> Result<Response, Problem> {
    let headers = keyed(&reader.headers, key);
    let opened = open::open(State(door.clone()), caller, headers, forms::json(fields)).await?;
    let cookie = opened.headers().get(SET_COOKIE).cloned();
    let mut response = (StatusCode::SEE_OTHER, [(LOCATION, format!("/{}", reader.query()))]).into_response();
    response.headers_mut().extend(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok(response)
}

fn back(door: &Door, reader: &Reader, form: Form, problem: &Problem, key: String) -> Response {
    if problem.kind() == Kind::Barred {
        return trouble::page(door, reader, Kind::Barred, None);
    }
    Start::typed(door, reader, form).failed(problem, key).into_response()
}

/// The fields as the interface takes them. What cannot be meant, since the form does not offer it, is left out.
fn fields(door: &Door, reader: &Reader, form: &Form) -> Map<String, Value> {
    let settings = door.record.settings();
    let mut fields = Map::new();
    let line = form.field("line").filter(|name| settings.line(Some(name)).is_some());
    let topics_of = settings.line(line.as_deref());
    let language = form.field("language").unwrap_or_else(|| reader.frame(None).lang().to_owned());
    fields.insert("language".to_owned(), json!(language));
    for (name, value) in [("line", line), ("alias", form.field("alias").map(|alias| alias.trim().to_owned()))] {
        fields.extend(value.map(|value| (name.to_owned(), json!(value))));
    }
    for name in ["country", "age_band", "message"] {
        fields.extend(form.field(name).map(|value| (name.to_owned(), json!(value))));
    }
    // Script fills it in; a browser may know a zone that nobody else does.
    let zone = form.field("time_zone").filter(|zone| zone.parse::<chrono_tz::Tz>().is_ok());
    fields.extend(zone.map(|zone| ("time_zone".to_owned(), json!(zone))));
    // Without script the topics of all lines are shown.
    let topics = form
        .each("topics")
        .filter(|name| topics_of.is_some_and(|line| line.topics.iter().any(|topic| topic.as_str() == name)));
    let topics: Vec<String> = topics.collect();
    if !topics.is_empty() {
        fields.insert("topics".to_owned(), json!(topics));
    }
    let answer = |name: &str| match form.field(name)?.as_str() {
        "yes" => Some((name.to_owned(), json!(true))),
        "no" => Some((name.to_owned(), json!(false))),
        _ => None,
    };
    let answers: Map<String, Value> = ANSWERS.iter().filter_map(|name| answer(name)).collect();
    if !answers.is_empty() {
        fields.insert("screening".to_owned(), Value::Object(answers));
    }
    fields
}
