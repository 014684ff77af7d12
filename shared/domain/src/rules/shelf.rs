//! Where the rulebook lies while everything runs.

use std::sync::{Arc, PoisonError, RwLock};

use super::{RuleSet, Spotted};
use crate::Language;
use crate::escalation::Policies;
use crate::lexicon::Lexicons;

/// Everything a clinical lead can change while the system runs. It is replaced as a whole.
#[derive(Debug, Default)]
pub struct Rulebook {
    /// What raises priority and brings people in.
    pub rules: RuleSet,
    /// Who is called.
    pub policies: Policies,
    /// The phrases that messages are looked through for.
    pub lexicons: Lexicons,
}

impl Rulebook {
    /// The phrases of the lexicons in a text.
    pub fn spot(&self, language: &Language, text: &str) -> Vec<Spotted> {
        self.lexicons.spot(language, text)
    }
}

/// Where the newest rulebook lies. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Shelf(Arc<RwLock<Arc<Rulebook>>>);

impl Shelf {
    /// A shelf with that book.
    pub fn new(book: Rulebook) -> Self {
        Self(Arc::new(RwLock::new(Arc::new(book))))
    }

    /// The newest book.
    pub fn book(&self) -> Arc<Rulebook> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Puts a newer one in its place.
    pub fn replace(&self, book: Rulebook) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(book);
    }
}
