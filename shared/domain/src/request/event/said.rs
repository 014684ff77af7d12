//! What goes on in a conversation.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{OfferId, StaffId, Text};

/// As what somebody writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The member.
    Member,
    /// The volunteer who holds it.
    Volunteer,
    /// A professional who joined.
    Professional,
    /// A supervisor who joined.
    Supervisor,
    /// Wideawake itself.
    System,
}

impl Speaker {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Member => "member",
            Self::Volunteer => "volunteer",
            Self::Professional => "professional",
            Self::Supervisor => "supervisor",
            Self::System => "system",
        }
    }
}

/// Proof that a repeated call is the same call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Once {
    /// A keyed hash of the `Idempotency-Key` and who sent it.
    pub key: String,
    /// A keyed hash of the body.
    pub body: String,
}

/// Somebody wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// As what.
    pub from: Speaker,
    /// Who, when it was staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// Only for the staff in the conversation, not for the member.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub aside: bool,
    /// What.
    pub text: Text,
    /// For repeats.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub once: Option<Once>,
}

/// The member's client fell silent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberAway {
    /// When it was last heard.
    pub since: DateTime<Utc>,
}

/// The member's client is heard again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberBack {}

/// The holder asks for somebody else to take over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferAsked {
    /// A particular person, if they named one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<StaffId>,
    /// What the other should know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// Somebody else took over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transferred {
    /// By which offer.
    pub offer: OfferId,
    /// Who held it.
    pub from: StaffId,
    /// Who holds it now.
    pub to: StaffId,
}

/// Why nobody took over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TransferFailure {
    /// The other said no.
    Declined,
    /// The other said nothing in time.
    Expired,
    /// Nobody eligible was there.
    Nobody,
    /// The other became ineligible, or the conversation ended or moved.
    Withdrawn,
}

/// Nobody took over; the holder keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferFailed {
    /// Why.
    pub reason: TransferFailure,
}

/// A supervisor or professional came in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Who.
    pub staff: StaffId,
    /// As what they speak.
    pub speaker: Speaker,
    /// Whether they hold it from now on, rather than stand beside the holder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub holder: bool,
}
