//! What proves that it is them, as it lies sealed in the record: a hash of the password, and the key of the second factor.

use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Totp};
use wideawake_runtime::http::Kind;
use wideawake_runtime::http::Problem;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// How many bytes the key of a second factor has (RFC 4226, section 4).
pub(super) const KEY: usize = 20;

/// What proves that it is them. It prints as `‹sealed›`.
#[derive(Clone, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
pub(super) struct Secret {
    /// The hash of the password, as a PHC string.
    pub(super) password: String,
    /// The key of the second factor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) key: Option<Vec<u8>>,
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("‹sealed›")
    }
}

impl Secret {
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }

    pub(super) fn write(&self) -> Result<zeroize::Zeroizing<String>, Problem> {
        serde_json::to_string(self).map(zeroize::Zeroizing::new).map_err(|_| Kind::Internal.into())
    }
}

fn totp(key: &[u8]) -> Option<Totp> {
    // Six digits every 30 s over SHA-1, one step early or late: what every authenticator does.
    Builder::new().with_secret(key.to_vec()).with_skew(1).build().ok()
}

/// The time step of which `code` is the code at `now`, in seconds, if it is.
pub(super) fn step(key: &[u8], code: &str, now: i64) -> Option<u64> {
    let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    if digits.len() != 6 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    totp(key)?.check(&digits, u64::try_from(now).ok()?)
}

/// A key as authenticators take it, in fours.
pub(super) fn shown(key: &[u8]) -> String {
    let text = totp(key).map(|totp| totp.secret().to_base32()).unwrap_or_default();
    let text: Vec<char> = text.chars().filter(|c| *c != '=').collect();
    text.chunks(4).map(|four| four.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
}

/// The same as a link that opens an authenticator on the device itself. `who` is the name members and colleagues see.
pub(super) fn link(key: &[u8], who: &str) -> String {
    let who: String = who
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    let secret = shown(key).replace(' ', "");
    format!("otpauth://totp/Wideawake:{who}?secret={secret}&issuer=Wideawake")
}

/// The code of a key at a time, as an authenticator shows it.
#[cfg(test)]
pub(crate) fn code_at(key: &[u8], now: i64) -> String {
    totp(key).map(|totp| totp.generate(now as u64).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, of whose eight digits ours are the last six.
    #[test]
    fn a_code_is_that_of_the_standard_and_good_one_step_early_or_late() {
        let key = b"12345678901234567890";
        assert_eq!((step(key, "287082", 59), step(key, "005 924", 1_234_567_890)), (Some(1), Some(41_152_263)));
        assert_eq!((step(key, "287082", 29), step(key, "287082", 89)), (Some(1), Some(1)));
        assert_eq!((step(key, "287082", 90), step(key, "287083", 59)), (None, None));
        for other in ["", "28708", "2870822", "28708a", "２８７０８２"] {
            assert_eq!(step(key, other, 59), None, "{other}");
        }
        assert_eq!(shown(key), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(
            link(key, "Zoë K"),
            "otpauth://totp/Wideawake:Zo%C3%AB%20K?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Wideawake"
        );
    }
}
