//! Signatures of webhooks, as Standard Webhooks says: of what is sent, and of what comes in.
//!
//! The signature is HMAC-SHA-256 over `<id>.<timestamp>.<body>`; several stand beside each other while a secret is being
//! replaced, and one that fits is enough. <https://www.standardwebhooks.com>

use axum::http::HeaderMap;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use wideawake_vault::{hmac_sha256, same};
use zeroize::Zeroizing;

/// The header that names the message; the same each time it is sent.
pub const ID: &str = "webhook-id";
/// The header with the moment of sending, in seconds since 1970.
pub const TIMESTAMP: &str = "webhook-timestamp";
/// The header with the signatures, one for each secret, separated by spaces.
pub const SIGNATURE: &str = "webhook-signature";

/// How far the timestamp may be from now, as the standard recommends: what was heard once cannot be played for ever.
const TOLERANCE: TimeDelta = TimeDelta::minutes(5);

const PREFIX: &str = "whsec_";

/// A secret shared with whoever gets webhooks, or sends them. It prints as `‹sealed›`.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<Vec<u8>>);

impl Secret {
    /// A secret as the standard writes it: `whsec_` and 24 to 64 bytes in base64; the prefix may be missing.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let bytes = BASE64_STANDARD.decode(text.strip_prefix(PREFIX).unwrap_or(text)).map(Zeroizing::new).ok()?;
        (24..=64).contains(&bytes.len()).then_some(Self(bytes))
    }

    /// A secret that nobody knew before.
    pub fn drawn() -> Self {
        Self(Zeroizing::new(wideawake_vault::random::<32>().to_vec()))
    }

    fn sign(&self, id: &str, timestamp: i64, body: &[u8]) -> String {
        let timestamp = timestamp.to_string();
        let signed = hmac_sha256(&self.0, &[id.as_bytes(), b".", timestamp.as_bytes(), b".", body]);
        format!("v1,{}", BASE64_STANDARD.encode(signed))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

/// The value of [`SIGNATURE`]: one signature for each secret.
pub fn sign(secrets: &[Secret], id: &str, timestamp: i64, body: &[u8]) -> String {
    secrets.iter().map(|secret| secret.sign(id, timestamp, body)).collect::<Vec<_>>().join(" ")
}

/// Whether a message was signed with one of `secrets`, lately.
pub fn is_signed(secrets: &[Secret], headers: &HeaderMap, body: &[u8], now: DateTime<Utc>) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let (Some(id), Some(timestamp), Some(signatures)) = (text(ID), text(TIMESTAMP), text(SIGNATURE)) else {
        return false;
    };
    let Some(sent) = timestamp.parse().ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0)) else {
        return false;
    };
    if (now - sent).abs() > TOLERANCE {
        return false;
    }
    let mut fits = false;
    // More than a few are not looked at: each costs work.
    for given in signatures.split(' ').take(8) {
        for secret in secrets {
            fits |= same(secret.sign(id, sent.timestamp(), body).as_bytes(), given.as_bytes());
        }
    }
    fits
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The example of the standard's reference implementations.
    #[test]
    fn it_signs_as_the_reference_does() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let signed = sign(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(signed, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn any_secret_that_fits_is_enough_and_nothing_else_is() {
        let secret = |byte: u8| Secret::parse(&BASE64_STANDARD.encode([byte; 32])).unwrap();
        let (old, new, other) = (secret(1), secret(2), secret(3));
        let now = DateTime::from_timestamp(1_700_000_000, 0).unwrap();
        let headers = |signature: &str, at: i64| {
            let mut headers = HeaderMap::new();
            headers.insert(ID, "a".parse().unwrap());
            headers.insert(TIMESTAMP, at.to_string().parse().unwrap());
            headers.insert(SIGNATURE, signature.parse().unwrap());
            headers
        };
        let at = now.timestamp();
        let both = sign(&[new.clone(), old.clone()], "a", at, b"body");
        for known in [&old, &new] {
            assert!(is_signed(&[known.clone()], &headers(&both, at), b"body", now));
        }
        assert!(!is_signed(&[other], &headers(&both, at), b"body", now));
        assert!(!is_signed(&[], &headers(&both, at), b"body", now));
        assert!(!is_signed(&[old.clone()], &headers(&both, at), b"bodY", now));
        assert!(!is_signed(&[old.clone()], &HeaderMap::new(), b"body", now));
        for late in [301, -301] {
            let signed = sign(&[old.clone()], "a", at - late, b"body");
            assert!(!is_signed(&[old.clone()], &headers(&signed, at - late), b"body", now), "{late}");
        }
    }

    #[test]
    fn a_secret_has_a_length_and_does_not_print() {
        let secret = Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(format!("{secret:?}"), "‹sealed›");
        for bad in ["", "whsec_", "whsec_MfKQ9r8GKYqrTwjUPD8=", "not base64 at all, is it, no it is not"] {
            assert_eq!(Secret::parse(bad), None, "{bad}");
        }
    }
}
