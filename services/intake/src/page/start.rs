//! The first page: what is going on, and, for whoever likes, more about them.

use std::collections::BTreeMap;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use wideawake_domain::Language;
use wideawake_domain::request::AgeBand;
use wideawake_domain::settings::Line;
use wideawake_runtime::http::Problem;
use wideawake_runtime::pages::{Frame, Locale, Page, Words};

use super::forms::{Form, new_key};
use super::names;
use super::others::Others;
use super::reader::Reader;
use crate::member::take_cookie;
use crate::state::Door;

/// The questions of the screening, in order; those behind a colon follow from a yes to that one.
const QUESTIONS: [(&str, &str); 8] = [
    ("q1", ""),
    ("q2", ""),
    ("q3", "q2"),
    ("q4", "q2"),
    ("q5", "q2"),
    ("q6", ""),
    ("q6_recent", "q6"),
    ("intent_now", "q2"),
];

/// The first page.
#[derive(Template)]
#[template(path = "start.html")]
pub(super) struct Start {
    frame: Frame,
    query: String,
    leave_to: String,
    beyond: Option<String>,
    locales: &'static [Locale],
    from_elsewhere: bool,
    key: String,
    typed: Form,
    wrong: BTreeMap<String, String>,
    trouble: Option<&'static str>,
    lines: Vec<LineChoice>,
    tongues: Vec<Choice>,
    topics: Vec<TopicChoice>,
    ages: [(&'static str, AgeBand); 3],
    questions: [(&'static str, &'static str); 8],
    others: Others,
    status: StatusCode,
    forgets: bool,
}

struct LineChoice {
    name: String,
    label: String,
    chosen: bool,
}

struct Choice {
    value: String,
    label: String,
    chosen: bool,
}

struct TopicChoice {
    name: String,
    label: String,
    lines: String,
    chosen: bool,
}

impl Start {
    pub(super) fn new(door: &Door, reader: &Reader) -> Self {
        Self::typed(door, reader, Form::default())
    }

    /// The page with what was typed in it already.
    pub(super) fn typed(door: &Door, reader: &Reader, typed: Form) -> Self {
        let frame = reader.frame(None);
        let settings = door.record.settings();
        let line = typed.field("line").filter(|name| settings.line(Some(name)).is_some());
        let line = line.as_deref().and_then(|name| settings.line(Some(name))).or_else(|| settings.line(None));
        let said = typed.field("country");
        let country = reader.country(said.as_deref());
        Self {
            query: reader.query(),
            leave_to: door.leave_to.url.clone(),
            beyond: door.leave_to.origin.clone(),
            locales: &Locale::ALL,
            from_elsewhere: reader.from_elsewhere,
            key: new_key(),
            wrong: BTreeMap::new(),
            trouble: None,
            lines: lines(&settings.lines, line, frame.words),
            tongues: tongues(&settings.lines, typed.field("language").as_deref(), frame.locale),
            topics: topics(&settings.lines, &typed, frame.words),
            ages: AgeBand::NAMES,
            questions: QUESTIONS,
            others: Others::of(&frame, door, &door.resources.of(country), country),
            status: StatusCode::OK,
            forgets: false,
            frame,
            typed,
        }
    }

    /// The same page, saying why nothing came of it; what was typed is sent under the same key the next time.
    pub(super) fn failed(self, problem: &Problem, key: String) -> Self {
        let kind = problem.kind();
        let wrong = problem.errors().iter().filter_map(|error| {
            let pointer = error.pointer.as_deref()?.trim_start_matches('/');
            let field = pointer.strip_prefix("screening/").unwrap_or(pointer).split('/').next()?;
            Some((field.to_owned(), error.detail.to_string()))
        });
        let trouble = match kind.code() {
            429 => "trouble-busy",
            400..500 => "trouble-wrong",
            _ => "trouble-down",
        };
        Self { key, wrong: wrong.collect(), trouble: Some(trouble), status: kind.status(), ..self }
    }

    /// The same page for a browser whose cookie is of no use any more.
    pub(super) fn forgetting(self) -> Self {
        Self { forgets: true, ..self }
    }

    fn text(&self, name: &str) -> String {
        self.typed.field(name).unwrap_or_default()
    }

    fn is(&self, name: &str, value: &str) -> bool {
        self.typed.field(name).is_some_and(|typed| typed == value)
    }

    fn is_wrong(&self, name: &str) -> bool {
        self.wrong.contains_key(name)
    }

    /// Whether something was typed where it would be out of sight.
    fn says_more(&self) -> bool {
        ["alias", "age_band", "topics"].iter().any(|name| self.typed.field(name).is_some() || self.is_wrong(name))
    }

    fn answers(&self) -> bool {
        self.questions.iter().any(|(name, _)| self.typed.field(name).is_some())
    }
}

impl IntoResponse for Start {
    fn into_response(self) -> Response {
        let page = Page::new(self.status, &self).with_script().forms_beyond(self.beyond.as_deref()).indexed();
        let mut response = page.into_response();
        if self.forgets {
            take_cookie(response.headers_mut());
        }
        response
    }
}

fn lines(all: &[Line], chosen: Option<&Line>, words: &Words) -> Vec<LineChoice> {
    let choice = |line: &Line| LineChoice {
        label: label(words, "line-", &line.name),
        chosen: chosen.is_some_and(|chosen| chosen.name == line.name),
        name: line.name.clone(),
    };
    all.iter().map(choice).collect()
}

/// Every language that a line serves, and that of the page, in which the reader reads.
fn tongues(all: &[Line], typed: Option<&str>, locale: &Locale) -> Vec<Choice> {
    let served = all.iter().flat_map(|line| &line.languages).map(ToString::to_string);
    let mut tags: Vec<String> = served.chain([locale.tag.to_owned()]).collect();
    // One that is known from before, or from the browser, may be none of them.
    tags.extend(typed.filter(|tag| tag.parse::<Language>().is_ok()).map(str::to_owned));
    tags.sort_by_key(|tag| names::language(tag));
    tags.dedup();
    let wanted = typed.unwrap_or(locale.tag);
    let choice = |tag: String| Choice { label: names::language(&tag), chosen: tag == wanted, value: tag };
    tags.into_iter().map(choice).collect()
}

/// Every topic, with the lines that have it.
fn topics(all: &[Line], typed: &Form, words: &Words) -> Vec<TopicChoice> {
    let mut topics: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for line in all {
        for topic in &line.topics {
            topics.entry(topic.as_str()).or_default().push(&line.name);
        }
    }
    let chosen: Vec<String> = typed.each("topics").collect();
    let choice = |(name, lines): (&str, Vec<&str>)| TopicChoice {
        label: label(words, "topic-", name),
        lines: lines.join(" "),
        chosen: chosen.iter().any(|one| one == name),
        name: name.to_owned(),
    };
    topics.into_iter().map(choice).collect()
}

/// What something that an organisation configured is called.
fn label(words: &Words, kind: &str, name: &str) -> String {
    let key = format!("{kind}{name}");
    if words.has(&key) { words.say(&key).into_owned() } else { names::readable(name) }
}
