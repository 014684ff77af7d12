//! Whether what was erased still stands in some file: the wrapped keys of erased requests, and phrases that somebody
//! remembers.
//!
//! A destroyed key is known to nobody, so it is looked for by trying: whatever begins as a wrapped key does is opened as the
//! key of each erased request, and a key opens as that of its own request alone. Nothing here shows a phrase or a key.

mod files; // every file below some folders
mod forms; // how a phrase may stand in a file

#[cfg(test)]
mod tests;

use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use aho_corasick::{AhoCorasick, MatchKind};
use wideawake_domain::{RequestId, StreamId};
use wideawake_vault::{Vault, WRAPPED};

/// So many places are listed; the rest are counted.
const LISTED: usize = 100;

/// So many keys that were tried are remembered.
const REMEMBERED: usize = 100_000;

/// What was tried, and whose key it turned out to be.
type Tried = HashMap<Vec<u8>, Option<RequestId>>;

/// The fewest bytes that a phrase has: anything shorter stands somewhere by chance.
pub const SHORTEST: usize = 6;

/// The most bytes that a phrase has.
pub const LONGEST: usize = 4_000;

/// The most phrases.
pub const MOST: usize = 10_000;

/// Something that was typed, and where it stands in the list that it came from.
pub struct Phrase {
    /// The line in the list, from 1.
    pub line: usize,
    /// What was typed.
    pub text: String,
}

/// Why there can be no search.
#[derive(Debug, thiserror::Error)]
pub enum Unsearchable {
    /// A phrase cannot be looked for.
    #[error(
        "the phrase in line {0} must have {SHORTEST} to {LONGEST} bytes: anything shorter stands somewhere by chance"
    )]
    Length(usize),
    /// There are too many.
    #[error("there are more than {MOST} phrases; look for them in several goes")]
    Many,
    /// The machine that looks for all of them at once cannot be built.
    #[error("the phrases cannot be looked for: {0}")]
    Patterns(#[from] aho_corasick::BuildError),
}

/// What is looked for.
pub struct Search {
    machine: AhoCorasick,
    /// What each of its patterns is.
    patterns: Vec<Pattern>,
    /// No pattern, and no key, has more bytes.
    longest: usize,
    vault: Vault,
    erased: Vec<RequestId>,
    living: HashSet<Vec<u8>>,
}

#[derive(Clone, Copy)]
enum Pattern {
    /// How wrapped keys begin, as bytes or in hexadecimal digits.
    Key {
        hex: bool,
    },
    Phrase {
        line: usize,
        form: &'static str,
    },
}

/// Something that should stand nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// The wrapped key of an erased request.
    Key(RequestId),
    /// A phrase.
    Phrase {
        /// Its line in the list.
        line: usize,
        /// How it stands there, such as `as UTF-16`.
        form: &'static str,
    },
}

/// Where something stands that should stand nowhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// In which file.
    pub file: PathBuf,
    /// Behind how many bytes of it.
    pub at: u64,
    /// What.
    pub what: What,
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Report {
    /// How many files were read.
    pub files: u64,
    /// How many bytes they had.
    pub bytes: u64,
    /// What was found, and where; at most a hundred places.
    pub found: Vec<Found>,
    /// How many more places there are.
    pub more: u64,
    /// What could not be read, and why not.
    pub unread: Vec<(PathBuf, String)>,
    /// Files whose name says that they are compressed: what stands in them is not seen.
    pub compressed: Vec<PathBuf>,
}

impl Report {
    /// Whether everything could be read, and nothing was found.
    pub fn is_clean(&self) -> bool {
        self.found.is_empty() && self.unread.is_empty()
    }
}

impl Search {
    /// For the keys of requests that were `erased`, wrapped by a master key of `vault`, and for phrases. What is among the
    /// `living`, the wrapped keys in the ledger, is not looked at closely.
    pub fn new(
        vault: Vault,
        erased: Vec<RequestId>,
        living: HashSet<Vec<u8>>,
        phrases: &[Phrase],
    ) -> Result<Self, Unsearchable> {
        if phrases.len() > MOST {
            return Err(Unsearchable::Many);
        }
        let (mut bytes, mut patterns) = (Vec::new(), Vec::new());
        for mark in vault.marks() {
            let hex = forms::hex(&mark);
            for (form, hex) in [(mark, false), (hex.to_ascii_uppercase().into(), true), (hex.into(), true)] {
                bytes.push(form);
                patterns.push(Pattern::Key { hex });
            }
        }
        for phrase in phrases {
            if !(SHORTEST..=LONGEST).contains(&phrase.text.len()) {
                return Err(Unsearchable::Length(phrase.line));
            }
            for (form, pattern) in forms::of(&phrase.text) {
                bytes.push(pattern);
                patterns.push(Pattern::Phrase { line: phrase.line, form });
            }
        }
        let longest = bytes.iter().map(Vec::len).max().unwrap_or_default().max(2 * WRAPPED);
        let machine = AhoCorasick::builder().match_kind(MatchKind::Standard).build(&bytes)?;
        Ok(Self { machine, patterns, longest, vault, erased, living })
    }

    /// Looks through every file below these folders. Blocks for as long as it takes to read them.
    pub fn through(&self, folders: &[PathBuf]) -> Report {
        let mut report = Report::default();
        let mut tried = HashMap::new();
        let mut unread = Vec::new();
        files::below(folders, &mut unread, |path, unread| {
            if files::is_compressed(path) {
                report.compressed.push(path.to_owned());
            }
            let looked = File::open(path).and_then(|file| self.look(path, &file, &mut tried, &mut report));
            match looked {
                Ok(bytes) => (report.files, report.bytes) = (report.files + 1, report.bytes + bytes),
                // A database removes files while it is served.
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => unread.push((path.to_owned(), error.to_string())),
            }
        });
        Report { unread, ..report }
    }

    fn look(&self, path: &Path, file: &File, tried: &mut Tried, report: &mut Report) -> io::Result<u64> {
        files::windows(file, self.longest, |window, base, until| {
            for hit in self.machine.find_overlapping_iter(window).filter(|hit| hit.start() < until) {
                let what = self.what(hit.pattern().as_usize(), &window[hit.start()..], tried);
                let Some(what) = what else { continue };
                if report.found.len() < LISTED {
                    report.found.push(Found { file: path.to_owned(), at: base + hit.start() as u64, what });
                } else {
                    report.more += 1;
                }
            }
        })
    }

    fn what(&self, pattern: usize, behind: &[u8], tried: &mut Tried) -> Option<What> {
        match *self.patterns.get(pattern)? {
            Pattern::Phrase { line, form } => Some(What::Phrase { line, form }),
            Pattern::Key { hex: false } => self.whose(behind.get(..WRAPPED)?, tried),
            Pattern::Key { hex: true } => self.whose(&forms::unhex(behind.get(..2 * WRAPPED)?)?, tried),
        }
    }

    /// Whose key it is, if it is that of an erased request.
    fn whose(&self, candidate: &[u8], tried: &mut Tried) -> Option<What> {
        if self.living.contains(candidate) {
            return None;
        }
        if let Some(whose) = tried.get(candidate) {
            return whose.map(What::Key);
        }
        let fits = |id: &&RequestId| self.vault.opens(StreamId::request(**id), candidate);
        let whose = self.erased.iter().find(fits).copied();
        // The same key stands in several places of a log.
        if tried.len() < REMEMBERED {
            tried.insert(candidate.to_vec(), whose);
        }
        whose.map(What::Key)
    }
}
