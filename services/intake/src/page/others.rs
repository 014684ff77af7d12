//! Whom else to turn to: on every page, first of all who sends help at once.

use std::sync::Arc;

use wideawake_runtime::pages::{Frame, Words};

use super::names;
use super::words_as_json;
use crate::resources::{Kind, Resource};
use crate::state::Door;

/// What the modules say of them.
const WORDS: [(&str, &[&str]); 5] = [
    ("others-emergency", &[]),
    ("others-call", &["number"]),
    ("others-text", &["number"]),
    ("others-page", &[]),
    ("others-hours", &["hours"]),
];

/// Whom else to turn to, and where the reader may say they are.
pub(super) struct Others {
    pub(super) emergency: Vec<Call>,
    pub(super) list: Vec<Entry>,
    pub(super) countries: Vec<Country>,
    /// Shown open; or else behind a line that opens it.
    pub(super) open: bool,
    /// What the modules say of them, as JSON.
    pub(super) words: String,
}

/// A number, as it is read and as it is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) number: String,
    pub(super) dial: String,
}

pub(super) struct Entry {
    pub(super) name: String,
    pub(super) language: String,
    pub(super) phone: Option<Call>,
    pub(super) sms: Option<Call>,
    pub(super) url: Option<String>,
    pub(super) hours: Option<String>,
}

pub(super) struct Country {
    pub(super) code: String,
    pub(super) name: String,
    pub(super) here: bool,
}

impl Others {
    /// These, which are those of a country.
    pub(super) fn of(frame: &Frame, door: &Door, list: &Arc<[Resource]>, country: Option<&str>) -> Self {
        let emergency = list.iter().filter(|one| one.kind == Kind::Emergency);
        let emergency = emergency.filter_map(|one| one.phone.as_deref().map(call)).fold(Vec::new(), |mut all, one| {
            if !all.contains(&one) {
                all.push(one);
            }
            all
        });
        let rest = list.iter().filter(|one| one.kind != Kind::Emergency || one.phone.is_none());
        let countries = door.resources.countries().map(|code| Country {
            name: names::country(code).to_owned(),
            code: code.to_owned(),
            here: Some(code) == country,
        });
        let mut countries: Vec<Country> = countries.collect();
        countries.sort_by(|one, other| one.name.cmp(&other.name));
        Self { emergency, list: rest.map(entry).collect(), countries, open: true, words: words_as_json(frame, &WORDS) }
    }

    /// Behind a line that opens it.
    pub(super) fn folded(self, folded: bool) -> Self {
        Self { open: !folded, ..self }
    }
}

impl Entry {
    /// When, in the reader's words. Around the clock is written the same everywhere.
    pub(super) fn when(&self, words: &Words) -> Option<String> {
        self.hours.as_deref().map(|hours| words.with_text("others-hours", "hours", hours))
    }
}

fn entry(resource: &Resource) -> Entry {
    Entry {
        name: resource.name.clone(),
        language: resource.languages.first().map(ToString::to_string).unwrap_or_default(),
        phone: resource.phone.as_deref().map(call),
        sms: resource.sms.as_deref().map(call),
        url: resource.url.clone(),
        hours: resource.hours.clone(),
    }
}

fn call(number: &str) -> Call {
    let dial = number.chars().filter(|c| c.is_ascii_digit() || matches!(c, '+' | '*' | '#')).collect();
    Call { number: number.to_owned(), dial }
}
