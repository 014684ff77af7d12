//! What a file says, and what can be wrong with it.

use std::collections::BTreeMap;

/// What the lexicon of one language says, not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The phrases of each category.
    pub categories: BTreeMap<String, Vec<Entry>>,
    /// Lists of words that phrases may name, as in `<relatives>`.
    pub words: BTreeMap<String, Vec<String>>,
    /// What lowers a phrase.
    pub negation: Negation,
    /// Phrases that cancel those that overlap them.
    pub harmless: Vec<String>,
    /// Other ways to write a word or a few: `want to` → `wanna`.
    pub same: BTreeMap<String, Vec<String>>,
    /// Words that are never taken for a misspelling of another.
    pub ordinary: Vec<String>,
    /// Letters that sound alike: what the first says is looked up as the second.
    pub sounds: Vec<[String; 2]>,
    /// What is written in one word with the word that it stands before: `و` in Arabic.
    pub attached: Vec<String>,
    /// What stands before words that somebody else said: `she wrote`.
    pub reported: Vec<String>,
}

/// One phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// As it was written.
    pub phrase: String,
    /// What negation does to it.
    pub negation: Denial,
}

/// What negation does to a phrase.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Denial {
    /// A word of negation beside it lowers it, unless it holds one itself.
    #[default]
    Heed,
    /// Nothing lowers it.
    Ignore,
    /// It says itself that there is no such thing: it is always lowered.
    Always,
}

/// What lowers a phrase.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Negation {
    /// Words before it.
    pub words: Vec<String>,
    /// Words behind it.
    pub after: Vec<String>,
    /// At which a negation's reach ends.
    pub stops: Vec<String>,
    /// Phrases whose words of negation negate nothing else: `can't stop`.
    pub not: Vec<String>,
    /// How many words a negation reaches over.
    pub window: usize,
}

/// A phrase that is wrong, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistaken {
    /// The key of the list that it stands in: a category, `harmless`, `negation.words`, `same.want to` …
    pub key: String,
    /// The how manieth of the list it is, from 0.
    pub index: usize,
    /// What is wrong.
    pub problem: BadPhrase,
}

/// What is wrong with a phrase.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadPhrase {
    /// It has no letters.
    #[error("nothing is left of it once case, marks and signs are set aside; write words")]
    Nothing,
    /// Too long.
    #[error("a phrase has at most {MAX_LENGTH} characters, not {0}")]
    TooLong(usize),
    /// Brackets that do not match, or a sign where none may stand.
    #[error("{0}")]
    Form(&'static str),
    /// It names a list that is not there.
    #[error("there is no list of words {0:?}; write it under [words]")]
    NoWords(String),
    /// Its alternatives multiply.
    #[error("its alternatives make more than {MAX_FORMS} phrases; write several of it instead")]
    TooMany,
    /// It stands there twice.
    #[error("is in the list already; write it once")]
    Twice,
    /// The file as a whole.
    #[error("a lexicon has at most {MAX_PHRASES} phrases")]
    TooManyInAll,
}

/// How long a phrase may be, in characters.
pub const MAX_LENGTH: usize = 200;
/// In how many ways a phrase may be read.
pub(super) const MAX_FORMS: usize = 4_096;
/// How many phrases a lexicon may have.
pub const MAX_PHRASES: usize = 5_000;
