//! What can happen to a staff member's profile and hours. These shapes are a wire format.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

use super::sign_in::SignInName;
use crate::event::events;
use crate::schedule::{LocalSpan, Shift};
use crate::settings::Skill;
use crate::{Language, Pool, Text};

events! {
    /// Something that happened to a staff member's profile or hours.
    StaffEvent {
        /// They joined.
        Added = "added",
        /// Their profile changed.
        Changed = "changed",
        /// They got a new bearer token; the one before is void.
        TokenIssued = "token_issued",
        /// Their qualifications were set.
        QualificationsSet = "qualifications_set",
        /// Their shifts were set.
        ShiftsSet = "shifts_set",
        /// They will be away.
        LeaveAdded = "leave_added",
        /// They will not be away after all.
        LeaveRemoved = "leave_removed",
        /// They are there beyond their shifts.
        ExtraAdded = "extra_added",
        /// They are not there beyond their shifts after all.
        ExtraRemoved = "extra_removed",
        /// How they can be paged was set.
        ContactMethodsSet = "contact_methods_set",
        /// Somebody who may read without being part of it opened a conversation.
        ConversationRead = "conversation_read",
        /// They were invited to set how they sign in; how they did before and every session before it is void.
        Invited = "invited",
        /// How they sign in was set; every session before it is void.
        SignInSet = "sign_in_set",
        /// Every session before it is void.
        SignedOutEverywhere = "signed_out_everywhere",
        /// A program may act for them.
        MachineTokenIssued = "machine_token_issued",
        /// A program may no longer act for them.
        MachineTokenRevoked = "machine_token_revoked",
        /// They sign in with an account at their organisation; every session before it is void.
        OrganisationLinked = "organisation_linked",
        /// They have recovery codes; those before are void.
        RecoveryCodesSet = "recovery_codes_set",
        /// They used up a recovery code.
        RecoveryCodeUsed = "recovery_code_used",
        /// They have one more passkey.
        PasskeyAdded = "passkey_added",
        /// They signed in with a passkey that counts.
        PasskeyUsed = "passkey_used",
        /// They have one passkey less.
        PasskeyRemoved = "passkey_removed",
        /// They left.
        Removed = "removed",
    }
}

impl StaffEvent {
    /// Whether it can change whom the dispatcher asks, or who answers for whom.
    pub const fn is_about_work(&self) -> bool {
        !matches!(
            self,
            Self::TokenIssued(_)
                | Self::ConversationRead(_)
                | Self::Invited(_)
                | Self::SignInSet(_)
                | Self::SignedOutEverywhere(_)
                | Self::MachineTokenIssued(_)
                | Self::MachineTokenRevoked(_)
                | Self::OrganisationLinked(_)
                | Self::RecoveryCodesSet(_)
                | Self::RecoveryCodeUsed(_)
                | Self::PasskeyAdded(_)
                | Self::PasskeyUsed(_)
                | Self::PasskeyRemoved(_)
        )
    }
}

/// What a person may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Talks with members.
    Volunteer,
    /// Answers for a pool.
    Supervisor,
    /// Is called when it is more than a volunteer should carry.
    Professional,
    /// Runs the installation; sees no conversation.
    Admin,
}

impl Role {
    /// The names in JSON, in order.
    pub const NAMES: [(&'static str, Self); 4] = [
        ("volunteer", Self::Volunteer),
        ("supervisor", Self::Supervisor),
        ("professional", Self::Professional),
        ("admin", Self::Admin),
    ];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Volunteer => "volunteer",
            Self::Supervisor => "supervisor",
            Self::Professional => "professional",
            Self::Admin => "admin",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A trained skill with an expiry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Qualification {
    /// Which.
    pub skill: Skill,
    /// From then on it no longer counts; `None`: it never lapses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<DateTime<Utc>>,
}

/// How a person can be paged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContactKind {
    /// A signed POST to a URL.
    Webhook,
    /// An e-mail.
    Email,
    /// A text message.
    Sms,
}

impl ContactKind {
    /// The names in JSON, in order.
    pub const NAMES: [(&'static str, Self); 3] =
        [("webhook", Self::Webhook), ("email", Self::Email), ("sms", Self::Sms)];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Webhook => "webhook",
            Self::Email => "email",
            Self::Sms => "sms",
        }
    }
}

/// One way to page a person. It prints without the address.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMethod {
    /// Which way.
    pub kind: ContactKind,
    /// A URL, an e-mail address or a phone number.
    pub to: String,
    /// How many seconds after the method before it.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_s: u32,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "the signature that serde asks for")]
fn is_zero(n: &u32) -> bool {
    *n == 0
}

impl fmt::Debug for ContactMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} to ‹sealed›", self.kind)
    }
}

/// Leave or extra hours, by an id of their own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which entry.
    pub id: Uuid,
    /// When, in wall-clock time.
    #[serde(flatten)]
    pub span: LocalSpan,
}

/// They joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Added {
    /// The name members and colleagues see.
    pub alias: String,
    /// What they may do; at least one.
    pub roles: Vec<Role>,
    /// Where; a volunteer in exactly one.
    pub pools: Vec<Pool>,
    /// Where they live.
    pub zone: Tz,
    /// What they speak.
    pub languages: Vec<Language>,
    /// How many requests they hold at once.
    pub capacity: u32,
    /// What they are trained in.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub qualifications: Vec<Qualification>,
    /// SHA-256 of the bearer token, base64.
    pub token: String,
}

/// Their profile changed; what is absent stays as it was.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// See [`Added::alias`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// See [`Added::roles`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub roles: Option<Vec<Role>>,
    /// See [`Added::pools`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pools: Option<Vec<Pool>>,
    /// See [`Added::zone`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<Tz>,
    /// See [`Added::languages`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub languages: Option<Vec<Language>>,
    /// See [`Added::capacity`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub capacity: Option<u32>,
}

/// They got a new bearer token; the one before is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TokenIssued {
    /// SHA-256 of it, base64.
    pub token: String,
}

/// Their qualifications were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct QualificationsSet {
    /// All of them.
    pub qualifications: Vec<Qualification>,
}

/// Their shifts were set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ShiftsSet {
    /// All of them.
    pub shifts: Vec<Shift>,
}

/// They will be away.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveAdded {
    /// When.
    #[serde(flatten)]
    pub entry: Entry,
}

/// They will not be away after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaveRemoved {
    /// Which entry.
    pub id: Uuid,
}

/// They are there beyond their shifts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraAdded {
    /// When.
    #[serde(flatten)]
    pub entry: Entry,
}

/// They are not there beyond their shifts after all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraRemoved {
    /// Which entry.
    pub id: Uuid,
}

/// How they can be paged was set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactMethodsSet {
    /// In the order in which they are tried.
    pub methods: Vec<ContactMethod>,
}

/// Somebody who may read without being part of it opened a conversation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConversationRead {
    /// Which request.
    pub request: crate::RequestId,
    /// Why, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ReadReason>,
}

/// Why somebody opens a conversation that they are no part of. Words of their own would have to be sealed with the request;
/// these are in the clear, and can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadReason {
    /// Somebody may be in danger.
    Safety,
    /// To help the volunteer who holds it.
    Support,
    /// Somebody complained, or asked for it to be looked at.
    Complaint,
    /// To see how conversations go.
    Review,
}

impl ReadReason {
    /// Every one, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Safety, Self::Support, Self::Complaint, Self::Review];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Support => "support",
            Self::Complaint => "complaint",
            Self::Review => "review",
        }
    }
}

/// They were invited to set how they sign in; the actor says by whom. How they did before, an invitation before it and every
/// session before it are void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invited {
    /// SHA-256 of the token in the link, base64.
    pub token: String,
    /// From then on the link is void.
    pub until: DateTime<Utc>,
}

/// How they sign in was set, by an invitation or by themself. Every session before it is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignInSet {
    /// The name they sign in with.
    pub name: SignInName,
    /// What proves that it is them, sealed: a hash of the password, and the key of the second factor if there is one.
    pub secret: Text,
    /// The time step of the code that proved the second factor; absent when there is none. No code of that step or an
    /// earlier one is taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u64>,
}

/// Every session before it is void.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedOutEverywhere {}

/// A program may act for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineTokenIssued {
    /// Which of their tokens.
    pub id: Uuid,
    /// What it is for, in a word.
    pub name: String,
    /// SHA-256 of it, base64.
    pub token: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// From then on it is void.
    pub until: DateTime<Utc>,
}

/// A program may no longer act for them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineTokenRevoked {
    /// Which of their tokens.
    pub id: Uuid,
}

/// They sign in with an account at their organisation, by an invitation or because the organisation's provider was trusted to
/// say who may. Every session before it is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganisationLinked {
    /// Which account: SHA-256 over the provider's issuer and the subject there, base64.
    pub account: String,
}

/// They have recovery codes, each good once in place of a code of the authenticator; those before are void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodesSet {
    /// SHA-256 of each, base64. A code has 80 random bits.
    pub codes: Vec<String>,
    /// The time step of the code of the authenticator by which they asked for them; see [`SignInSet::code`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u64>,
}

/// They used up a recovery code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCodeUsed {
    /// See [`RecoveryCodesSet::codes`].
    pub code: String,
}

/// They have one more passkey. Nothing here is secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyAdded {
    /// Which of their passkeys.
    pub id: Uuid,
    /// What they call it.
    pub name: String,
    /// What the authenticator calls it, base64url.
    pub credential: String,
    /// The public key in COSE, base64url.
    pub key: String,
    /// Its algorithm, as in the COSE registry.
    pub algorithm: i32,
    /// How often the authenticator says it was used; 0 for one that does not count.
    pub counter: u32,
}

/// They signed in with a passkey that counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyUsed {
    /// Which of their passkeys.
    pub id: Uuid,
    /// See [`PasskeyAdded::counter`].
    pub counter: u32,
}

/// They have one passkey less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasskeyRemoved {
    /// Which of their passkeys.
    pub id: Uuid,
}

/// They left.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Removed {}
