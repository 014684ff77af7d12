//! Phrases that a clinical lead wrote down, and where they stand in what a member says (DESIGN section 8).
//!
//! A [`Draft`] is what a file says; [`Lexicon::build`] checks it and makes of it what looks a message through in one go;
//! [`Lexicons`] has one for each language. None of this diagnoses anyone: it notices words, so that a person looks sooner.

mod draft; // what a file says, and what can be wrong with it
mod lexicons; // one for each language

pub use draft::{BadPhrase, Denial, Draft, Entry, Negation};
pub use lexicons::{Lexicon, Lexicons};
