//! Phrases that a clinical lead wrote down, and where they stand in what a member says (DESIGN section 8).
//!
//! A [`Draft`] is what a file says; [`Lexicon::build`] checks it and makes of it what looks a message through in one go;
//! [`Lexicons`] has one for each language. None of this diagnoses anyone: it notices words, so that a person looks sooner.

mod draft; // what a file says, and what can be wrong with it
mod fold; // letters as they are compared
mod lexicon; // one language, checked and ready
mod lexicons; // one for each language
mod matcher; // finding every phrase in one go
mod pattern; // how phrases are written
mod reading; // a text as words, evasions undone
mod spotting; // what the finds mean together
#[cfg(test)]
mod tests;
mod vocabulary; // the words of a lexicon, and what a misspelled word was meant to be

pub use draft::{BadPhrase, Denial, Draft, Entry, MAX_LENGTH, MAX_PHRASES, Mistaken, Negation};
pub use lexicon::Lexicon;
pub use lexicons::{Lexicons, MadeLater, Source};
