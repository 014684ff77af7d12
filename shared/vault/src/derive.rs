//! What follows from the master keys without being stored, and the small tools around tokens.

use aws_lc_rs::{constant_time, digest, hkdf, hmac, rand};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};
use zeroize::Zeroizing;

use crate::Vault;
use crate::master::KEY;

impl Vault {
    /// HMAC-SHA-256 over `parts` under a key that is derived from the newest master key for `purpose` alone. The same
    /// parts give the same answer; without the master key nobody can tell it, nor one purpose's from another's.
    pub fn keyed(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
        keyed(self.newest(), purpose, parts)
    }

    /// [`Vault::keyed`] under each master key, newest first: what to accept while master keys are being replaced.
    pub fn keyed_all(&self, purpose: &str, parts: &[&[u8]]) -> Vec<[u8; 32]> {
        self.masters().map(|master| keyed(master, purpose, parts)).collect()
    }
}

fn keyed(master: &[u8; KEY], purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
    let key = subkey(master, &["keyed", purpose]);
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, &*key));
    for part in parts {
        // Lengths first, so that ("ab", "c") and ("a", "bc") differ.
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let mut out = [0; 32];
    out.copy_from_slice(context.sign().as_ref());
    out
}

/// HKDF-SHA-256 of a master key; each list of labels gives an independent key.
pub(crate) fn subkey(master: &[u8; KEY], labels: &[&str]) -> Zeroizing<[u8; KEY]> {
    let mut info: Vec<u8> = b"wideawake/1".to_vec();
    for label in labels {
        info.extend_from_slice(&(label.len() as u64).to_be_bytes());
        info.extend_from_slice(label.as_bytes());
    }
    let mut out = Zeroizing::new([0; KEY]);
    hkdf::Salt::none(hkdf::HKDF_SHA256)
        .extract(master)
        .expand(&[&info], hkdf::HKDF_SHA256)
        .and_then(|okm| okm.fill(&mut *out))
        .expect("HKDF-SHA-256 gives up to 8,160 bytes");
    out
}

/// `N` random bytes from the operating system's generator.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    rand::fill(&mut bytes).expect("the operating system gives random bytes, or nothing here is safe");
    bytes
}

/// What is stored in place of a token: its SHA-256 in URL-safe base64. Enough for tokens of 128 random bits and more,
/// never for passwords.
pub fn hash_token(token: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, token.as_bytes()))
}

/// SHA-1 in upper-case hex: how lists of breached passwords name them. It protects nothing.
pub fn sha1_hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble & 0xf)]);
    let hash = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, bytes);
    hash.as_ref().iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// HMAC-SHA-256 under a key that was agreed upon with somebody outside, as Standard Webhooks wants it.
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(&agreed(hmac::HMAC_SHA256, key, parts));
    out
}

/// HMAC-SHA-1 under such a key, for providers who sign no better. As a MAC it still holds.
pub fn hmac_sha1(key: &[u8], parts: &[&[u8]]) -> [u8; 20] {
    let mut out = [0; 20];
    out.copy_from_slice(&agreed(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key, parts));
    out
}

fn agreed(algorithm: hmac::Algorithm, key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    let mut context = hmac::Context::with_key(&hmac::Key::new(algorithm, key));
    for part in parts {
        context.update(part);
    }
    context.sign().as_ref().to_vec()
}

/// Whether both are equal, in a time that does not tell where they differ.
pub fn same(a: &[u8], b: &[u8]) -> bool {
    constant_time::verify_slices_are_equal(a, b).is_ok()
}
