//! Bearer tokens: 256 random bits, kept only as a hash.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

pub use wideawake_vault::{hash_token, random, same, sha1_hex};

/// A new token. It prints as `‹sealed›`.
pub struct NewToken(String);

/// Draws a token.
pub fn new() -> NewToken {
    NewToken(URL_SAFE_NO_PAD.encode(random::<32>()))
}

/// The token that follows from 256 bits that nobody else knows.
pub fn derived(bytes: [u8; 32]) -> NewToken {
    NewToken(URL_SAFE_NO_PAD.encode(bytes))
}

impl NewToken {
    /// The token itself, to be shown once.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it.
    pub fn hash(&self) -> String {
        hash_token(&self.0)
    }
}

impl std::fmt::Debug for NewToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}
