//! Signed checkpoints that somebody outside keeps, so that a rewritten history shows even when all its hashes were computed
//! anew.
//!
//! A checkpoint is an event whose hash is over the checkpoint before it and over the heads of all streams that changed since,
//! and so over everything that happened. Whoever keeps that hash elsewhere can tell whether the ledger still holds that very
//! history: another one has another hash, whoever signs it. The signature tells whether what was kept was changed.

mod against; // whether a ledger holds what was kept
mod keeping; // writing it down now and then

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use wideawake_domain::{Position, Recorded, Version};
use wideawake_ledger::{CHECKPOINTS, Ledger, LedgerError};
use wideawake_vault::Vault;

pub use against::{Broken, HoldError, Judgement, MOST, Problem, hold};
pub use keeping::write_down;
pub use wideawake_vault::PublicKey;

/// A checkpoint and who vouches for it; written as one line of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signed {
    /// Its number: the version in its stream.
    pub checkpoint: Version,
    /// Its place in the whole log.
    pub position: Position,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// Its hash: over everything that happened up to it. Hexadecimal.
    pub hash: String,
    /// What checks the signature: 32 bytes of Ed25519 in base64.
    pub key: String,
    /// The signature over all of the above but the key, in base64.
    pub signature: String,
}

/// That is no signed checkpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("that is no signed checkpoint, as `wideawake checkpoint` prints them")]
pub struct NotSigned;

impl FromStr for Signed {
    type Err = NotSigned;

    fn from_str(line: &str) -> Result<Self, NotSigned> {
        serde_json::from_str(line).map_err(|_| NotSigned)
    }
}

impl fmt::Display for Signed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Signed {
    /// The checkpoint `event`, signed.
    pub fn of(event: &Recorded, vault: &Vault) -> Self {
        let signature = vault.sign(&message(event.version, event.position, event.at, &event.hash));
        Self {
            checkpoint: event.version,
            position: event.position,
            at: event.at,
            hash: hex(&event.hash),
            key: vault.public_keys().first().map(ToString::to_string).unwrap_or_default(),
            signature: BASE64_STANDARD.encode(signature),
        }
    }

    /// Who signed it, if the signature fits.
    pub fn signer(&self) -> Option<PublicKey> {
        let key: PublicKey = self.key.parse().ok()?;
        let signature = BASE64_STANDARD.decode(&self.signature).ok()?;
        let message = message(self.checkpoint, self.position, self.at, &self.hash()?);
        key.signed(&message, &signature).then_some(key)
    }

    /// Whether it is this event, and nothing else.
    fn is(&self, event: &Recorded) -> bool {
        (self.checkpoint, self.position, self.at) == (event.version, event.position, event.at)
            && self.hash() == Some(event.hash)
    }

    fn hash(&self) -> Option<[u8; 32]> {
        if self.hash.len() != 64 || !self.hash.is_ascii() {
            return None;
        }
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(self.hash.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(bytes)
    }
}

/// The newest checkpoint of a ledger, signed; `None`: there is none yet.
pub async fn newest(ledger: &dyn Ledger, vault: &Vault) -> Result<Option<Signed>, LedgerError> {
    Ok(ledger.newest(CHECKPOINTS).await?.map(|event| Signed::of(&event, vault)))
}

/// What is signed. No two different checkpoints have the same.
fn message(checkpoint: Version, position: Position, at: DateTime<Utc>, hash: &[u8; 32]) -> Vec<u8> {
    let mut message = b"wideawake checkpoint 1\n".to_vec();
    message.extend_from_slice(&checkpoint.0.to_be_bytes());
    message.extend_from_slice(&position.0.to_be_bytes());
    message.extend_from_slice(&at.timestamp_micros().to_be_bytes());
    message.extend_from_slice(hash);
    message
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble & 0xf)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}
