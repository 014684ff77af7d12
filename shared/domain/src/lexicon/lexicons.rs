//! The lexicons of an organisation, one for each language.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::lexicon::Lexicon;
use super::spotting::IMMINENT;
use crate::Language;
use crate::rules::Spotted;

/// Every lexicon. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Lexicons(Arc<BTreeMap<Language, Arc<Lexicon>>>);

impl Lexicons {
    /// How many phrases are reported of one message.
    pub const MOST: usize = 50;

    /// These lexicons.
    pub fn new(lexicons: impl IntoIterator<Item = (Language, Arc<Lexicon>)>) -> Self {
        Self(Arc::new(lexicons.into_iter().collect()))
    }

    /// The languages that have one.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.0.keys()
    }

    /// The lexicon that serves a language: its own, or that of its more general form (RFC 4647: `pt-BR` → `pt`).
    pub fn of(&self, language: &Language) -> Option<&Lexicon> {
        language.lookup_chain().find_map(|tag| self.0.get(&tag)).map(Arc::as_ref)
    }

    /// The phrases in `text`, each once: what is not negated first, and `imminent` first among those. At most
    /// [`MOST`](Self::MOST).
    ///
    /// For a language without a lexicon every one is asked: a false alarm is better than a message that nobody noticed.
    pub fn spot(&self, language: &Language, text: &str) -> Vec<Spotted> {
        let mut found = Vec::new();
        match self.of(language) {
            Some(lexicon) => lexicon.spot(text, &mut found),
            None => self.0.values().for_each(|lexicon| lexicon.spot(text, &mut found)),
        }
        let mut seen = BTreeSet::new();
        found.retain(|spotted| seen.insert((spotted.category.clone(), spotted.phrase.clone(), spotted.negated)));
        found.sort_by_key(|spotted| (spotted.negated, spotted.category != IMMINENT));
        found.truncate(Self::MOST);
        found
    }
}
