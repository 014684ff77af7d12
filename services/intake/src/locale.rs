//! What Wideawake itself says to a member, in the language of their conversation where it can.

use wideawake_domain::Language;
use wideawake_runtime::pages::{Locale, Words};

/// The words for whoever wants to talk in `language`.
pub(crate) fn words(language: &Language) -> &'static Words {
    Locale::serving(language).unwrap_or(Locale::ENGLISH).words()
}
