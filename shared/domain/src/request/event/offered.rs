//! Whom it is held out to, and who takes it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dispatch::Why;
use crate::{OfferId, StaffId, Text};

/// It was held out to a volunteer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    /// Derived from the request and this event's version.
    pub offer: OfferId,
    /// To whom.
    pub volunteer: StaffId,
    /// Until when it is meant to stand; `offer_expired` follows a second later.
    pub expires_at: DateTime<Utc>,
    /// Whether it is to take over from the holder.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub handover: bool,
    /// Why this volunteer and not the others.
    pub why: Why,
}

/// The volunteer said no.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferDeclined {
    /// Which offer.
    pub offer: OfferId,
    /// Whose.
    pub volunteer: StaffId,
    /// Why, if they said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// The volunteer said nothing in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferExpired {
    /// Which offer.
    pub offer: OfferId,
    /// Whose.
    pub volunteer: StaffId,
}

/// Why an offer was taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WithdrawReason {
    /// Somebody else accepted first.
    Taken,
    /// The volunteer is no longer ready.
    Duty,
    /// Their shift ends too soon.
    ShiftOver,
    /// Their client fell silent.
    Absent,
    /// They no longer hold what the request needs.
    NeedsChanged,
    /// The member left, or the request ended.
    Left,
    /// A more urgent request needs them.
    Outranked,
    /// A supervisor assigned the request, or the volunteer to another.
    Assigned,
}

impl WithdrawReason {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Duty => "duty",
            Self::ShiftOver => "shift_over",
            Self::Absent => "absent",
            Self::NeedsChanged => "needs_changed",
            Self::Left => "left",
            Self::Outranked => "outranked",
            Self::Assigned => "assigned",
        }
    }
}

/// The offer was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferWithdrawn {
    /// Which offer.
    pub offer: OfferId,
    /// Whose.
    pub volunteer: StaffId,
    /// Why.
    pub reason: WithdrawReason,
}

/// Everyone who could be asked has been.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exhausted {}

/// A volunteer took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// By which offer.
    pub offer: OfferId,
    /// Who.
    pub volunteer: StaffId,
}

/// A supervisor gave it to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assigned {
    /// To whom.
    pub staff: StaffId,
    /// Who held it until then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<StaffId>,
}
