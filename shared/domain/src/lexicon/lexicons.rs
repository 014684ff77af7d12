//! The lexicons of an organisation, one for each language.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::draft::{BadPhrase, Draft};
use crate::Language;
use crate::rules::Spotted;

/// The lexicon of one language, ready to look messages through.
#[derive(Clone, Debug)]
pub struct Lexicon {
    draft: Draft,
}

impl Lexicon {
    /// Makes the lexicon of `language` of what a file says.
    pub fn build(language: &Language, draft: Draft) -> Result<Self, BadPhrase> {
        let _ = language;
        Ok(Self { draft })
    }

    fn spot(&self, text: &str, found: &mut Vec<Spotted>) {
        let text = text.to_lowercase();
        for (category, entries) in &self.draft.categories {
            for entry in entries.iter().filter(|entry| text.contains(&entry.phrase)) {
                let (category, phrase) = (category.clone(), entry.phrase.clone());
                found.push(Spotted { category, phrase, negated: false });
            }
        }
    }
}

/// Every lexicon. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Lexicons(Arc<BTreeMap<Language, Lexicon>>);

impl Lexicons {
    /// How many phrases are reported of one message.
    pub const MOST: usize = 50;

    /// These lexicons.
    pub fn new(lexicons: impl IntoIterator<Item = (Language, Lexicon)>) -> Self {
        Self(Arc::new(lexicons.into_iter().collect()))
    }

    /// The languages that have one.
    pub fn languages(&self) -> impl Iterator<Item = &Language> {
        self.0.keys()
    }

    /// The phrases in `text`, each once: what is not negated first, and `imminent` first among those. At most
    /// [`MOST`](Self::MOST).
    ///
    /// The lexicon is that of the language or of its more general form (RFC 4647: `pt-BR` → `pt`). For a language that has
    /// none every lexicon is asked: a false alarm is better than a message that nobody noticed.
    pub fn spot(&self, language: &Language, text: &str) -> Vec<Spotted> {
        let mut found = Vec::new();
        match language.lookup_chain().find_map(|tag| self.0.get(&tag)) {
            Some(lexicon) => lexicon.spot(text, &mut found),
            None => self.0.values().for_each(|lexicon| lexicon.spot(text, &mut found)),
        }
        found.truncate(Self::MOST);
        found
    }
}
