//! The lexicons of an organisation, one for each language.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, LazyLock};

use super::fold::fold;
use super::lexicon::Lexicon;
use super::spotting::IMMINENT;
use crate::Language;
use crate::rules::Spotted;

/// A lexicon that is made when it is first asked for, or `None` if it cannot be.
pub type MadeLater = LazyLock<Option<Arc<Lexicon>>>;

/// Where a lexicon comes from.
#[derive(Clone, Debug)]
pub enum Source {
    /// It is there.
    Made(Arc<Lexicon>),
    /// It is part of the program, and takes a while to make: whoever never needs it never pays for it.
    Later(&'static MadeLater),
}

impl Source {
    fn lexicon(&self) -> Option<&Lexicon> {
        match self {
            Self::Made(lexicon) => Some(lexicon),
            Self::Later(lexicon) => lexicon.as_deref(),
        }
    }
}

impl From<Arc<Lexicon>> for Source {
    fn from(lexicon: Arc<Lexicon>) -> Self {
        Self::Made(lexicon)
    }
}

/// Every lexicon. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Lexicons(Arc<BTreeMap<Language, Source>>);

impl Lexicons {
    /// How many phrases are reported of one message.
    pub const MOST: usize = 50;

    /// These lexicons.
    pub fn new<S: Into<Source>>(lexicons: impl IntoIterator<Item = (Language, S)>) -> Self {
        Self(Arc::new(lexicons.into_iter().map(|(language, source)| (language, source.into())).collect()))
    }

    /// Makes those that serve these languages, so that no message has to wait for it.
    pub fn prepare<'a>(&self, languages: impl IntoIterator<Item = &'a Language>) {
        for language in languages {
            self.of(language);
        }
    }

    /// The languages that have one.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.0.keys()
    }

    /// The lexicon that serves a language: its own, or that of its more general form (RFC 4647: `pt-BR` → `pt`).
    pub fn of(&self, language: &Language) -> Option<&Lexicon> {
        language.lookup_chain().find_map(|tag| self.0.get(&tag)).and_then(Source::lexicon)
    }

    /// The phrases in `text`, each once: what is not negated first, and `imminent` first among those. At most
    /// [`MOST`](Self::MOST).
    ///
    /// For a language without a lexicon every one is asked: a false alarm is better than a message that nobody noticed.
    pub fn spot(&self, language: &Language, text: &str) -> Vec<Spotted> {
        let (text, mut found) = (fold(text), Vec::new());
        match self.of(language) {
            Some(lexicon) => lexicon.spot(&text, &mut found),
            None => self.0.values().filter_map(Source::lexicon).for_each(|lexicon| lexicon.spot(&text, &mut found)),
        }
        let mut seen = BTreeSet::new();
        found.retain(|spotted| seen.insert((spotted.category.clone(), spotted.phrase.clone(), spotted.negated)));
        found.sort_by_key(|spotted| (spotted.negated, spotted.category != IMMINENT));
        found.truncate(Self::MOST);
        found
    }
}
