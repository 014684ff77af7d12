//! How a staff member signs in: a name and a secret, set by an invitation, and the programs that may act for them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::{SignInSet, StaffMember};
use crate::{Text, Version};

/// The name that somebody signs in with: 3 to 40 letters, digits, `.`, `-` and `_`, however it is typed. No `@`: it is no
/// e-mail address, since the record and the bus have it in the clear.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SignInName(String);

impl SignInName {
    /// The name as it is compared: NFKC, lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SignInName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The text is no name to sign in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a name to sign in with has 3 to 40 letters, digits, `.`, `-` or `_`")]
pub struct NotAName;

impl FromStr for SignInName {
    type Err = NotAName;
    fn from_str(text: &str) -> Result<Self, NotAName> {
        // One more than is allowed is enough to refuse it.
        let folded: String = text.trim().nfkc().flat_map(char::to_lowercase).nfkc().take(41).collect();
        let fits = folded.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
        if fits && (3..=40).contains(&folded.chars().count()) { Ok(Self(folded)) } else { Err(NotAName) }
    }
}

/// How somebody signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// With which name.
    pub name: SignInName,
    /// What proves that it is them, sealed.
    pub secret: Text,
    /// See [`SignInSet::code`].
    pub code: Option<u64>,
    /// The version of the event that set it: what was sealed is bound to it.
    pub version: Version,
}

/// An invitation that was not used yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invitation {
    /// SHA-256 of the token in the link, base64.
    pub token: String,
    /// From then on it is void.
    pub until: DateTime<Utc>,
}

/// A program that may act for somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MachineToken {
    /// Which.
    pub id: Uuid,
    /// What it is for, in a word.
    pub name: String,
    /// SHA-256 of the token, base64.
    pub token: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// From then on it is void.
    pub until: DateTime<Utc>,
}

impl MachineToken {
    /// The most that one person has.
    pub const MOST: usize = 50;
}

/// Why somebody may set how a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authority {
    /// They hold the invitation whose token has this hash.
    Invitation(String),
    /// They are that person and proved it against what was set by this version.
    Themself(Version),
}

/// The invitation was used, replaced by another, or has expired; or what they proved themself against was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the invitation was used, replaced or has expired")]
pub struct InvitationGone;

impl StaffMember {
    /// The invitation, if it is the one whose token has this hash and is good at `now`.
    pub fn invited_by(&self, token_hash: &str, now: DateTime<Utc>) -> Option<&Invitation> {
        self.invitation.as_ref().filter(|one| !self.removed && one.token == token_hash && now < one.until)
    }

    /// Whether that is authority enough at `now` to set how they sign in.
    pub(super) fn may_set(&self, by: &Authority, now: DateTime<Utc>) -> bool {
        match by {
            Authority::Invitation(token) => self.invited_by(token, now).is_some(),
            Authority::Themself(seen) => {
                !self.removed && self.sign_in.as_ref().is_some_and(|sign_in| sign_in.version == *seen)
            }
        }
    }

    /// The event by which they sign in with that name and secret from now on. An invitation is good once.
    pub fn set_sign_in(
        &self,
        by: &Authority,
        name: SignInName,
        secret: Text,
        code: Option<u64>,
        now: DateTime<Utc>,
    ) -> Result<SignInSet, InvitationGone> {
        if self.may_set(by, now) { Ok(SignInSet { name, secret, code }) } else { Err(InvitationGone) }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_is_the_same_however_it_is_typed() {
        for typed in ["robin.k", " Robin.K ", "ＲＯＢＩＮ.k", "roBin.K"] {
            assert_eq!(typed.parse::<SignInName>().unwrap().as_str(), "robin.k", "{typed}");
        }
        assert_eq!("Zoe\u{308}1".parse::<SignInName>(), "zoë1".parse::<SignInName>());
        assert_eq!("سلمى".parse::<SignInName>().map(|name| name.to_string()), Ok("سلمى".to_owned()));
        for other in
            ["", "ab", "a b c", "robin@example.org", "rob\u{0}in", "<b>robin", &"a".repeat(41), "ro\u{202e}bin"]
        {
            assert_eq!(other.parse::<SignInName>(), Err(NotAName), "{other}");
        }
    }
}
