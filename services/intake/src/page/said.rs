//! The conversation so far, as the page shows it before any script runs.

use std::collections::VecDeque;

use chrono::{DateTime, SecondsFormat, Utc};
use wideawake_domain::Version;
use wideawake_domain::request::{Speaker, SupportRequest};
use wideawake_runtime::RecordError;

use crate::heard::{Heard, heard};
use crate::locale::words;
use crate::state::Door;

/// How many events are read at once.
const PAGE: usize = 500;

/// How many messages a page shows; the live page fetches the others.
const MOST: usize = 200;

/// Something that was said.
pub(super) struct Said {
    pub(super) version: u64,
    pub(super) from: Speaker,
    pub(super) text: String,
    pub(super) at: DateTime<Utc>,
}

impl Said {
    /// How it stands on the page.
    pub(super) const fn class(&self) -> &'static str {
        match self.from {
            Speaker::Member => "said mine",
            Speaker::System => "said system",
            _ => "said",
        }
    }

    /// The key of the word for who says it.
    pub(super) const fn who(&self) -> &'static str {
        match self.from {
            Speaker::Member => "talk-you",
            Speaker::Volunteer => "talk-volunteer",
            Speaker::Professional => "talk-professional",
            Speaker::Supervisor => "talk-supervisor",
            Speaker::System => "talk-system",
        }
    }

    /// For programs.
    pub(super) fn instant(&self) -> String {
        self.at.to_rfc3339_opts(SecondsFormat::Secs, true)
    }

    /// For readers: where they are is not known here, so on the clock of UTC; script puts it on theirs.
    pub(super) fn clock(&self) -> String {
        self.at.format("%H:%M UTC").to_string()
    }
}

/// The newest of what was said, and the version up to which it is everything; zero, when it is not.
pub(super) async fn so_far(door: &Door, request: &SupportRequest) -> Result<(Vec<Said>, Version), RecordError> {
    let words = words(&request.language);
    let (mut all, mut after, mut cut) = (VecDeque::new(), Version::NONE, false);
    loop {
        let facts = door.record.history(request.id, after, PAGE).await?;
        for fact in facts.iter().filter(|fact| fact.version <= request.version) {
            after = fact.version;
            let (from, text) = match heard(door, request, fact, words).await? {
                Some(Heard::Words(from, text)) => (from, text),
                Some(Heard::ResourcesAndWords(text)) => (Speaker::System, text),
                Some(Heard::Resources) | None => continue,
            };
            all.push_back(Said { version: fact.version.0, from, text, at: fact.at });
            if all.len() > MOST {
                all.pop_front();
                cut = true;
            }
        }
        if facts.len() < PAGE || after >= request.version {
            return Ok((all.into(), if cut { Version::NONE } else { after }));
        }
    }
}
