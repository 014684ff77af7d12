//! Going back to waiting, asking for more than a volunteer, and the end.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::opened::Fired;
use crate::{StaffId, Text};

/// Why a request went back to waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReleaseReason {
    /// The holder gave it back.
    GaveBack,
    /// A supervisor took it from them.
    Supervisor,
    /// Their client fell silent for too long.
    Absent,
    /// They never wrote a word.
    Silent,
}

impl ReleaseReason {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GaveBack => "gave_back",
            Self::Supervisor => "supervisor",
            Self::Absent => "absent",
            Self::Silent => "silent",
        }
    }
}

/// It went back to waiting, keeping its place in time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Released {
    /// Who held it.
    pub volunteer: StaffId,
    /// Why.
    pub reason: ReleaseReason,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// What made somebody or some rule ask for more than a volunteer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The volunteer wrote nothing after accepting.
    Silent,
    /// The member has waited too long for an answer.
    NoReply,
    /// The member of an urgent request fell silent while waiting.
    Away,
    /// The request became more urgent than its holder may carry.
    BeyondHolder,
    /// A person asked for it.
    Person,
    /// A rule asked for it.
    Rule,
}

/// Somebody or some rule asks for more than a volunteer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationRaised {
    /// The escalation policy.
    pub policy: String,
    /// What made it necessary.
    pub cause: Cause,
    /// In a person's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// The rule that asked for it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Fired>,
}

/// A supervisor ended it for cause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Barred {
    /// Until when the member is asked to turn elsewhere.
    pub until: DateTime<Utc>,
    /// Why.
    pub reason: Text,
}

/// How a request ended, beside the outcomes a line chooses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Staff closed it with an outcome of the line.
    Closed,
    /// The member left.
    Left,
    /// The member fell silent while waiting.
    Abandoned,
    /// The member had it erased.
    Erased,
    /// A supervisor barred the member for a while.
    Barred,
}

impl Ending {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Left => "left",
            Self::Abandoned => "abandoned",
            Self::Erased => "erased",
            Self::Barred => "barred",
        }
    }
}

/// It ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closed {
    /// How.
    pub ending: Ending,
    /// The outcome code of the line, when staff closed it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// Whether staff looked at the risk before closing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub risk_assessed: bool,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
    /// When it is due to be erased, if ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erase_at: Option<DateTime<Utc>>,
}

/// Why somebody of the staff had a request erased. A code and no words: words about the member would go with the rest, or
/// outlive it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErasureReason {
    /// The member asked for it by another way than their page.
    MemberAsked,
    /// It holds what belongs to somebody else.
    ConcernsOthers,
    /// It was opened by mistake, or to try something.
    Mistake,
    /// The law, a court or a rule of the organisation asks for it.
    Required,
}

impl ErasureReason {
    /// Every reason.
    pub const ALL: [Self; 4] = [Self::MemberAsked, Self::ConcernsOthers, Self::Mistake, Self::Required];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::MemberAsked => "member_asked",
            Self::ConcernsOthers => "concerns_others",
            Self::Mistake => "mistake",
            Self::Required => "required",
        }
    }
}

/// The member or a supervisor asked, after its end, for everything typed to be made unreadable, and people are still called
/// over it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErasureAsked {
    /// Since when it is due.
    pub due: DateTime<Utc>,
    /// Why, when somebody of the staff asked; the actor says who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ErasureReason>,
}

/// Everything typed by or about the member can be read by nobody any more.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Erased {
    /// Why, when somebody of the staff had it erased; the actor says who.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<ErasureReason>,
}
