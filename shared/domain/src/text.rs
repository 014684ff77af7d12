//! Text typed by or about a member: open only on its way in and out, sealed in the record.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// What was typed by or about a member. It prints as `‹sealed›`, and only sealed text can be written to an event:
/// serializing open text is an error, so forgetting to seal it fails the append instead of leaking it.
#[derive(Clone, PartialEq, Eq)]
pub enum Text {
    /// As typed; on its way to the vault.
    Open(String),
    /// Base64 of nonce, ciphertext and tag, for the request's key with stream and version as associated data.
    Sealed(String),
}

impl Text {
    /// The sealed form, unless it is still open.
    pub fn sealed(&self) -> Option<&str> {
        match self {
            Self::Sealed(text) => Some(text),
            Self::Open(_) => None,
        }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sealed›")
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Sealed(text) => serializer.serialize_str(text),
            Self::Open(_) => Err(serde::ser::Error::custom("text must be sealed before it is recorded")),
        }
    }
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::Sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_prints_as_sealed_open_or_not_and_only_what_is_sealed_can_be_taken_out() {
        let (open, sealed) = (Text::Open("help".to_owned()), Text::Sealed("x".to_owned()));
        assert_eq!((format!("{open:?}"), format!("{sealed:?}")), ("‹sealed›".to_owned(), "‹sealed›".to_owned()));
        assert_eq!((open.sealed(), sealed.sealed()), (None, Some("x")));
    }
}
