//! Signatures that others can check: Ed25519 under a key that is derived from a master key.

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::fmt;
use std::str::FromStr;

use crate::Vault;
use crate::derive::subkey;
use crate::master::KEY;

/// What checks signatures. It is no secret: whoever keeps what was signed keeps it beside.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PublicKey([u8; 32]);

impl PublicKey {
    /// Whether whoever holds the secret half has signed this.
    pub fn signed(&self, message: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, self.0).verify(message, signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&BASE64_STANDARD.encode(self.0))
    }
}

/// That is no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a public key is 32 bytes in base64, as `wideawake checkpoint --key` prints them")]
pub struct NotAKey;

impl FromStr for PublicKey {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let bytes = BASE64_STANDARD.decode(text.trim()).map_err(|_| NotAKey)?;
        bytes.try_into().map(Self).map_err(|_| NotAKey)
    }
}

impl Vault {
    /// Signs under the newest master key.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let mut signature = [0; 64];
        signature.copy_from_slice(pair(self.newest()).sign(message).as_ref());
        signature
    }

    /// What checks what each master key signed, newest first.
    pub fn public_keys(&self) -> Vec<PublicKey> {
        let public = |master| {
            let mut key = [0; 32];
            key.copy_from_slice(pair(master).public_key().as_ref());
            PublicKey(key)
        };
        self.masters().map(public).collect()
    }
}

fn pair(master: &[u8; KEY]) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&*subkey(master, &["sign"])).expect("any 32 bytes are a seed")
}
