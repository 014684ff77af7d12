//! What may be asked of an escalation, and how it may be refused.

use chrono::{DateTime, Utc};

use super::event::{PageAttempted, Skip, Via};
use super::policy::Policy;
use crate::request::{Cause, Fired};
use crate::{PageId, Priority, RequestId, StaffId, Text, Version};

/// What is known when an escalation is opened.
#[derive(Clone, Debug)]
pub struct Open {
    /// Of which request.
    pub request: RequestId,
    /// The line the member turned to.
    pub line: String,
    /// How urgent the request is.
    pub priority: Priority,
    /// What it goes by.
    pub policy: Policy,
    /// The event of the request that raised it.
    pub raised: Version,
    /// What made it necessary.
    pub cause: Cause,
    /// The rule that asked for it, if one did.
    pub rule: Option<Fired>,
}

/// How an escalation ended.
#[derive(Clone, Debug)]
pub struct Resolution {
    /// What came of it.
    pub outcome: String,
    /// Who confirmed that emergency services made contact.
    pub confirmed_by: Option<Text>,
    /// In their words.
    pub note: Option<Text>,
}

/// What may be asked of an escalation that exists.
#[derive(Clone, Debug)]
pub enum Command {
    /// The same was raised once more.
    AddTrigger(Version, Cause, Option<Fired>, Priority),
    /// The next step calls these people; with none of them it is skipped at once, and nobody waits.
    Advance(Vec<StaffId>),
    /// Every contact method of everyone whom the step called has failed.
    Skip(Skip),
    /// It was not resolved in time: these are called.
    Remind(Vec<StaffId>),
    /// A page was tried.
    NoteAttempt(PageAttempted),
    /// Somebody takes it on.
    Acknowledge(StaffId, Via, Option<PageId>),
    /// Whoever took it on asks somebody else to.
    HandOver(StaffId, StaffId, Option<Text>),
    /// It is over.
    Resolve(StaffId, Resolution),
}

/// Why a command was refused. Its [`Rejection::name`] is the problem `type` that callers see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// It is over.
    #[error("this escalation is resolved already")]
    AlreadyResolved,
    /// Nobody took it on yet.
    #[error("nobody has acknowledged this escalation yet; acknowledge it first")]
    NotAcknowledged,
    /// Somebody else took it on.
    #[error("somebody else has acknowledged this escalation; they can hand it over")]
    AcknowledgedByOther,
    /// The link or code was for an earlier page and somebody has answered since.
    #[error("this page was answered already")]
    PageUsed,
    /// An imminent escalation says who confirmed what happened with emergency services.
    #[error("emergency services were called: say who confirmed that they made contact")]
    NotConfirmed,
}

impl Rejection {
    /// The stable name, the last part of the problem `type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AlreadyResolved => "already-resolved",
            Self::NotAcknowledged => "not-acknowledged",
            Self::AcknowledgedByOther => "acknowledged-by-other",
            Self::PageUsed => "page-used",
            Self::NotConfirmed => "not-confirmed",
        }
    }
}

/// A moment until which something is waited for.
pub(super) fn after(now: DateTime<Utc>, length: chrono::TimeDelta) -> DateTime<Utc> {
    now.checked_add_signed(length).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
