//! What can happen to an escalation. These shapes are a wire format: they only ever gain optional fields.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::policy::Policy;
use crate::event::events;
use crate::request::{Cause, Fired};
use crate::staff::ContactKind;
use crate::{PageId, Priority, RequestId, StaffId, Text, Version};

events! {
    /// Something that happened to an escalation.
    EscalationEvent {
        /// What was raised is going to be seen to.
        EscalationOpened = "escalation_opened",
        /// The same was raised once more.
        TriggerAdded = "trigger_added",
        /// A step calls people.
        StepReached = "step_reached",
        /// A step reaches nobody.
        StepSkipped = "step_skipped",
        /// Every supervisor is called, since nobody took it on.
        FallbackReached = "fallback_reached",
        /// A page was tried.
        PageAttempted = "page_attempted",
        /// Somebody took it on.
        Acknowledged = "acknowledged",
        /// Whoever took it on asks somebody else to.
        HandOverAsked = "hand_over_asked",
        /// It was taken on and not resolved for too long: people are called again.
        Reminded = "reminded",
        /// It is over.
        Resolved = "resolved",
    }
}

impl EscalationEvent {
    /// Everything in it that was typed about the member.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        match self {
            Self::Resolved(e) => e.confirmed_by.iter_mut().chain(e.note.iter_mut()).collect(),
            Self::HandOverAsked(e) => e.note.iter_mut().collect(),
            _ => Vec::new(),
        }
    }

    /// Takes out everything that was typed: there is no key left to seal it with.
    pub fn leave_texts_out(&mut self) {
        match self {
            Self::Resolved(e) => (e.confirmed_by, e.note) = (None, None),
            Self::HandOverAsked(e) => e.note = None,
            _ => {}
        }
    }
}

/// What was raised is going to be seen to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EscalationOpened {
    /// Of which request.
    pub request: RequestId,
    /// The line the member turned to.
    pub line: String,
    /// How urgent the request is.
    pub priority: Priority,
    /// What it goes by.
    pub policy: Policy,
    /// The event of the request that raised it; its id is derived from it.
    pub raised: Version,
    /// What made it necessary.
    pub cause: Cause,
    /// The rule that asked for it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Fired>,
}

/// The same was raised once more.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TriggerAdded {
    /// The event of the request that raised it.
    pub raised: Version,
    /// What made it necessary.
    pub cause: Cause,
    /// The rule that asked for it, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rule: Option<Fired>,
    /// How urgent the request is now.
    pub priority: Priority,
}

/// A step calls people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepReached {
    /// Which time through the policy, from 0.
    pub round: u32,
    /// Which step, from 0.
    pub step: u32,
    /// Whom.
    pub staff: Vec<StaffId>,
    /// When the next step is due.
    pub until: DateTime<Utc>,
}

/// Why a step was passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Skip {
    /// It names nobody with a contact method.
    Nobody,
    /// Every contact method of everyone it named has failed.
    Unreachable,
}

/// A step reaches nobody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepSkipped {
    /// Which time through the policy, from 0.
    pub round: u32,
    /// Which step, from 0.
    pub step: u32,
    /// Why.
    pub why: Skip,
}

/// Every supervisor is called, since nobody took it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FallbackReached {
    /// Which time, from 1.
    pub count: u32,
    /// Whom; empty when the pool has no supervisor with a contact method, which must not be and is reported.
    pub staff: Vec<StaffId>,
    /// When it comes again.
    pub until: DateTime<Utc>,
}

/// What came of trying a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "outcome")]
pub enum PageOutcome {
    /// Whoever carries it took it over. Nobody need have read it.
    Delivered,
    /// It could not be delivered.
    Failed {
        /// Why, as a short code such as `timeout`, `refused`, `status_503` or `circuit_open`.
        why: String,
        /// When it is tried again; `None`: it was the last attempt.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        again_at: Option<DateTime<Utc>>,
    },
}

/// A page was tried.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageAttempted {
    /// Which page.
    pub page: PageId,
    /// The event that asked for it.
    pub call: Version,
    /// To whom.
    pub staff: StaffId,
    /// Which of their contact methods, from 0.
    pub method: u32,
    /// Over what.
    pub kind: ContactKind,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// What came of it.
    #[serde(flatten)]
    pub outcome: PageOutcome,
}

/// How somebody said that they take it on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// At the desk.
    Desk,
    /// By the link in a page.
    Link,
    /// By answering a text message.
    Sms,
}

/// Somebody took it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Who.
    pub by: StaffId,
    /// How.
    pub via: Via,
    /// The page that they answered, where it was one: its link and code are used up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<PageId>,
}

/// Whoever took it on asks somebody else to; until they do, it stays with who asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandOverAsked {
    /// Who took it on.
    pub by: StaffId,
    /// Who is asked, and called.
    pub to: StaffId,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// It was taken on and not resolved for too long: people are called again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reminded {
    /// Which time, from 1, since it was taken on.
    pub count: u32,
    /// Whom.
    pub staff: Vec<StaffId>,
    /// When they are called again.
    pub until: DateTime<Utc>,
}

/// It is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resolved {
    /// Who says so.
    pub by: StaffId,
    /// What came of it.
    pub outcome: String,
    /// Who confirmed that emergency services made contact, when they were called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub confirmed_by: Option<Text>,
    /// In their words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}
