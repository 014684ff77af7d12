//! The rules at the door, and telling of those that could not be worked out.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use wideawake_domain::request::{Findings, Open, RequestEvent, SupportRequest};
use wideawake_domain::rules::{Rule, Spotted, Unclear, triage};
use wideawake_domain::{Event, Language, Pool, RequestId, Text};

use super::Record;
use crate::clock;

/// So many rules are remembered as told of.
const REMEMBERED: usize = 2_000;

/// The rules, each with the version of its file, that were told of.
#[derive(Debug, Default)]
pub(super) struct Told(Mutex<BTreeSet<(String, String)>>);

impl Record {
    /// What the rules make of an opening.
    pub fn triage_opening(&self, id: RequestId, pool: &Pool, open: &Open) -> Findings {
        let book = self.shelf().book();
        let phrases = match &open.message {
            Some(Text::Open(text)) => book.spot(&open.language, text),
            Some(Text::Sealed(_)) | None => Vec::new(),
        };
        let note = |rule: &Rule, why: &Unclear| self.rule_was_unclear(&rule.name, &book.rules.version, Some(why));
        triage::opening(&book.rules, (id, pool.clone()), open, &phrases, clock::now(), note)
    }

    /// What the rules make of a message of the member in which these phrases are.
    pub fn triage_message(&self, request: &SupportRequest, phrases: &[Spotted]) -> Findings {
        let book = self.shelf().book();
        let note = |rule: &Rule, why: &Unclear| self.rule_was_unclear(&rule.name, &book.rules.version, Some(why));
        triage::message(&book.rules, request, phrases, clock::now(), note)
    }

    /// The phrases of the lexicons in a text.
    pub fn phrases(&self, language: &Language, text: &str) -> Vec<Spotted> {
        self.shelf().book().spot(language, text)
    }

    /// Counts that a rule could not be worked out, and says so the first time.
    pub(super) fn rule_was_unclear(&self, rule: &str, version: &str, why: Option<&Unclear>) {
        self.metrics.rule_unclear(rule);
        let mut told = self.told.0.lock().unwrap_or_else(PoisonError::into_inner);
        if told.len() >= REMEMBERED {
            told.clear();
        }
        if told.insert((rule.to_owned(), version.to_owned())) {
            let why = why.map(tracing::field::display);
            tracing::warn!(rule, version, why, "a rule could not be worked out; what makes things safer was done");
        }
    }

    /// The same, of rules that need time.
    pub(super) fn note_unclear(&self, events: &[Event]) {
        for event in events {
            if let Event::Request(RequestEvent::Triaged(triaged)) = event {
                for fired in triaged.rules.iter().filter(|fired| fired.failed) {
                    self.rule_was_unclear(&fired.rule, &fired.version, None);
                }
            }
        }
    }
}
