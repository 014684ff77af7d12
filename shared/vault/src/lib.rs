//! Sealing and erasing: a random data key per stream seals what people typed, a master key wraps the data key, and
//! destroying the wrapped key erases the text wherever copies of it lie.
//!
//! Also everything that is derived from the master keys: tokens and ids that a retry must get again, fingerprints of
//! bodies, calendar keys. Keys are wiped when dropped and print as `‹sealed›`. Nothing in here writes logs.

mod derive; // what follows from the master keys, tokens, chance
mod master; // the master keys and their file
mod seal; // text under a data key
mod sign; // signatures that others can check
mod wrap; // data keys under a master key

#[cfg(test)]
mod tests;

use thiserror::Error;

pub use derive::{hash_token, hmac_sha1, hmac_sha256, random, same, sha1_hex};
pub use master::MasterKeys;
pub use seal::DataKey;
pub use sign::{NotAKey, PublicKey};
pub use wrap::{MasterId, Vault, WRAPPED};

/// Why something could not be sealed, opened or wrapped.
#[derive(Debug, Error)]
pub enum VaultError {
    /// The data key is gone: whoever asked for erasure got it. There is no way back.
    #[error("the key of this text was destroyed; the text cannot be read any more")]
    Lost,
    /// The data key is wrapped by a master key that is not among those configured.
    #[error(
        "the key of this text is wrapped by a master key that `vault.master_keys` does not hold; add it at the end of the list"
    )]
    UnknownMaster,
    /// It is not what was sealed, or it was sealed for another place.
    #[error("the sealed text or its key was changed, or belongs to another stream or version")]
    Altered,
    /// A configured master key cannot be used; the message never shows the key itself.
    #[error(
        "master key {number} of `vault.master_keys` {problem}; each must be exactly 32 random bytes in base64, such as from `openssl rand -base64 32`"
    )]
    Master {
        /// Which, counted from 1.
        number: usize,
        /// What is wrong with it.
        problem: String,
    },
    /// There is no master key at all.
    #[error("there is no master key; give at least one in `vault.master_keys`")]
    NoMaster,
    /// The file with the master key cannot be used.
    #[error("cannot {action} the master key file {path}")]
    File {
        /// What was being done.
        action: &'static str,
        /// Where.
        path: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
}
