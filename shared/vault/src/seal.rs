//! Text under the data key of its stream.
//!
//! Sealed text is base64 of nonce (12 bytes), ciphertext and tag (16) of AES-256-GCM; stream and version are the
//! associated data, so that text cannot be moved to another place.

use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use std::fmt;
use std::sync::Arc;
use wideawake_domain::{StreamId, Text, Version};
use zeroize::Zeroizing;

use crate::VaultError;
use crate::master::KEY;

const NONCE: usize = 12;
const TAG: usize = 16;

/// Seals and opens the text of one stream. Cloning shares the key; it is wiped with the last clone.
#[derive(Clone)]
pub struct DataKey(Arc<RandomizedNonceKey>);

impl DataKey {
    pub(crate) fn from_secret(secret: &[u8; KEY]) -> Self {
        let key = RandomizedNonceKey::new(&AES_256_GCM, secret).expect("a key of 32 bytes is what AES-256 takes");
        Self(Arc::new(key))
    }

    /// Seals text for the event `version` of `stream`; sealed again for another version when an append conflicts.
    pub fn seal(&self, stream: StreamId, version: Version, plaintext: &str) -> Text {
        let mut buffer = vec![0; NONCE + plaintext.len()];
        buffer[NONCE..].copy_from_slice(plaintext.as_bytes());
        let (nonce, tag) = self
            .0
            .seal_in_place_separate_tag(Aad::from(associated(stream, version)), &mut buffer[NONCE..])
            .expect("AES-256-GCM seals any text that fits in memory");
        buffer[..NONCE].copy_from_slice(nonce.as_ref());
        buffer.extend_from_slice(tag.as_ref());
        Text::Sealed(BASE64_STANDARD.encode(buffer))
    }

    /// What was sealed for the event `version` of `stream`. Open text is no sealed text: [`VaultError::Altered`].
    pub fn open(&self, stream: StreamId, version: Version, text: &Text) -> Result<Zeroizing<String>, VaultError> {
        let sealed = text.sealed().ok_or(VaultError::Altered)?;
        let mut bytes = BASE64_STANDARD.decode(sealed).map_err(|_| VaultError::Altered)?;
        if bytes.len() < NONCE + TAG {
            return Err(VaultError::Altered);
        }
        let nonce = Nonce::try_assume_unique_for_key(&bytes[..NONCE]).map_err(|_| VaultError::Altered)?;
        bytes.drain(..NONCE);
        // From here on the buffer holds plaintext, also when the tag turns out wrong.
        let mut bytes = Zeroizing::new(bytes);
        let length = self
            .0
            .open_in_place(nonce, Aad::from(associated(stream, version)), &mut bytes)
            .map_err(|_| VaultError::Altered)?
            .len();
        std::str::from_utf8(&bytes[..length])
            .map(|text| Zeroizing::new(text.to_owned()))
            .map_err(|_| VaultError::Altered)
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("‹sealed›")
    }
}

fn associated(stream: StreamId, version: Version) -> Vec<u8> {
    let mut out = Vec::with_capacity(24 + 16);
    out.extend_from_slice(stream.id.as_bytes());
    out.extend_from_slice(&version.0.to_be_bytes());
    out.extend_from_slice(stream.kind.as_str().as_bytes());
    out
}
