//! Whether what stands in the ledger is what was written: hashes, versions, heads and checkpoints.
//!
//! Whoever changes the file and computes all later hashes anew, checkpoints included, is not found here: hashes have no
//! key. Against that, signed checkpoints are kept elsewhere: the hash of a checkpoint is over the one before it and the heads
//! that it saw, and so over everything that happened up to it.

use std::collections::BTreeMap;
use std::fmt;
use wideawake_domain::{Pool, Recorded, StreamId, Version};

use crate::checkpoint::Mark;
use crate::{GENESIS, link};

/// So many findings are listed; the rest are counted.
const LISTED: usize = 1_000;

/// What an audit of a ledger read and found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AuditReport {
    /// How many streams there are.
    pub streams: u64,
    /// How many events there are.
    pub events: u64,
    /// How many of them are checkpoints that could be read.
    pub checkpoints: u64,
    /// What is not as it was written; at most a thousand.
    pub findings: Vec<Finding>,
    /// How many more findings there are.
    pub more: u64,
}

impl AuditReport {
    /// Whether nothing was found.
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty() && self.more == 0
    }

    pub(crate) fn add(&mut self, place: impl Into<String>, violation: Violation) {
        if self.findings.len() < LISTED {
            self.findings.push(Finding { place: place.into(), violation });
        } else {
            self.more += 1;
        }
    }
}

/// One thing that is not as it was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Where, such as `request:0198c0de-… version 7`.
    pub place: String,
    /// What.
    pub violation: Violation,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.violation)
    }
}

/// What an audit may find.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// Its hash does not follow from the event before it and its own fields.
    #[error("the event was changed: its hash does not fit")]
    Altered,
    /// A field of it holds what no version of the ledger writes there.
    #[error("its {0} cannot be read")]
    Unreadable(&'static str),
    /// There are events before and behind it.
    #[error("the event is missing")]
    Missing,
    /// The head of the stream, or a checkpoint, says that it was there.
    #[error("the event was cut off the end of its stream, as {0} shows")]
    Cut(&'static str),
    /// The version stands there twice, or is no version.
    #[error("the version is out of order")]
    Disordered,
    /// Events of a stream have positions in the order of their versions.
    #[error("the event has another place in the whole ledger than it had")]
    Moved,
    /// It is not what a checkpoint says it was.
    #[error("the event is not the one that a checkpoint saw")]
    Replaced,
    /// A checkpoint reaches behind its place, and did not see it.
    #[error("the event was not there when a checkpoint covered its place")]
    Added,
    /// The head of the stream is not its newest event.
    #[error("the {0} in the head of the stream is not that of its newest event")]
    Head(&'static str),
    /// The event belongs to no stream.
    #[error("the event belongs to a stream that is missing")]
    Orphan,
    /// The database itself is damaged.
    #[error("{0}")]
    Damaged(String),
}

/// The place of an event in a report.
pub(crate) fn place(stream: StreamId, version: Version) -> String {
    format!("{stream} version {version}")
}

/// Holds what a checkpoint saw against the events between the end of the one before it and its own.
pub(crate) struct Covered {
    /// Of each stream: up to where it was seen, and whether that event is what it was.
    saw: BTreeMap<StreamId, (Version, bool)>,
}

impl Covered {
    pub(crate) fn by(marks: impl Iterator<Item = (Mark, bool)>) -> Self {
        Self { saw: marks.map(|(mark, is_there)| (mark.stream, (mark.version, is_there))).collect() }
    }

    /// The newest event of a stream in that part of the log.
    pub(crate) fn newest(&mut self, stream: StreamId, version: Version, report: &mut AuditReport) {
        let (saw, is_there) = self.saw.remove(&stream).unwrap_or_default();
        if version > saw {
            report.add(place(stream, version), Violation::Added);
        } else if version < saw && is_there {
            report.add(place(stream, saw), Violation::Moved);
        }
    }

    /// What was not met in that part of the log, and is in another.
    pub(crate) fn end(self, report: &mut AuditReport) {
        for (stream, (version, is_there)) in self.saw {
            if is_there {
                report.add(place(stream, version), Violation::Moved);
            }
        }
    }
}

/// Follows the chain of one stream, whose events come in order of version.
pub(crate) struct Chain {
    name: String,
    next: Version,
    /// Hashes to which the next event may be chained. More than one when an event and its hash do not fit: either may be
    /// the one that was changed. None when the event before could not be read.
    previous: Vec<[u8; 32]>,
    position: u64,
    pool: Option<Pool>,
}

/// The head of a stream; a field that could not be read was reported, and is not compared.
pub(crate) struct Head {
    pub(crate) pool: Option<Pool>,
    pub(crate) version: Option<Version>,
    pub(crate) hash: Option<[u8; 32]>,
}

impl Chain {
    /// `name` is that of the stream, as far as it can be read.
    pub(crate) fn of(name: String) -> Self {
        Self { name, next: Version(1), previous: vec![GENESIS], position: 0, pool: None }
    }

    pub(crate) fn event(&mut self, event: &Recorded, report: &mut AuditReport) {
        report.events += 1;
        if !self.arrive(event.version, report) {
            return;
        }
        let fits = self.previous.iter().any(|previous| link(previous, event) == event.hash);
        if fits || self.previous.is_empty() {
            self.previous = vec![event.hash];
        } else {
            report.add(self.at(event.version), Violation::Altered);
            let computed = link(&self.previous[0], event);
            self.previous = vec![event.hash, computed];
        }
        if event.position.0 <= self.position {
            report.add(self.at(event.version), Violation::Moved);
        }
        self.position = event.position.0;
        self.pool = Some(event.pool.clone());
    }

    /// An event of which `field` cannot be read.
    pub(crate) fn unreadable(
        &mut self,
        version: Option<Version>,
        hash: Option<[u8; 32]>,
        field: &'static str,
        report: &mut AuditReport,
    ) {
        report.events += 1;
        let version = version.unwrap_or(self.next);
        report.add(self.at(version), Violation::Unreadable(field));
        if self.arrive(version, report) {
            self.previous = hash.into_iter().collect();
            self.pool = None;
        }
    }

    /// There are no more events; `None` when the stream itself is missing, which was reported.
    pub(crate) fn end(self, head: Option<&Head>, report: &mut AuditReport) {
        let Some(head) = head else { return };
        let last = self.next.0 - 1;
        if let Some(version) = head.version {
            if version.0 > last {
                for cut in self.next.0..=version.0.min(last + 8) {
                    report.add(self.at(Version(cut)), Violation::Cut("the head of the stream"));
                }
                return;
            }
            if version.0 < last {
                return report.add(self.at(Version(last)), Violation::Head("version"));
            }
        }
        if head.hash.is_some_and(|hash| !self.previous.is_empty() && !self.previous.contains(&hash)) {
            report.add(self.at(Version(last)), Violation::Head("hash"));
        }
        if let (Some(head), Some(newest)) = (&head.pool, &self.pool)
            && head != newest
        {
            report.add(self.at(Version(last)), Violation::Head("pool"));
        }
    }

    /// Whether `version` is in order; a hole before it is reported.
    fn arrive(&mut self, version: Version, report: &mut AuditReport) -> bool {
        if version < self.next {
            report.add(self.at(version), Violation::Disordered);
            return false;
        }
        if version > self.next {
            // A version out of this world must not make an endless report.
            for missing in self.next.0..version.0.min(self.next.0 + 8) {
                report.add(self.at(Version(missing)), Violation::Missing);
            }
            self.previous.clear();
        }
        self.next = Version(version.0.saturating_add(1));
        true
    }

    fn at(&self, version: Version) -> String {
        format!("{} version {version}", self.name)
    }
}
