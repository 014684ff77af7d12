//! What a file says, and what can be wrong with it.

use std::collections::BTreeMap;

/// What the lexicon of one language says, not checked yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Draft {
    /// The phrases of each category.
    pub categories: BTreeMap<String, Vec<Entry>>,
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
    /// Its alternatives multiply.
    #[error("its alternatives make more than {MAX_FORMS} phrases; write several instead")]
    TooMany,
}

/// How long a phrase may be, in characters.
pub const MAX_LENGTH: usize = 200;
/// How many phrases one with alternatives may stand for.
pub const MAX_FORMS: usize = 256;
