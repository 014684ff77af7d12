//! What may be asked of a request, and how it may be refused.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;

use std::collections::BTreeMap;

use super::event::{
    Again, AgeBand, Cause, ErasureReason, Fired, Once, ReleaseReason, Speaker, TransferFailure, WithdrawReason,
};
use crate::dispatch::Why;
use crate::screening::Screening;
use crate::settings::Skill;
use crate::{Language, OfferId, Priority, StaffId, Text, Version};

/// What rules make of a request (DESIGN section 8): it may only make things safer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// At least so urgent.
    pub priority: Priority,
    /// Qualifications that whoever talks with the member must hold.
    pub needs: Vec<Skill>,
    /// Kinds of resources that the member is shown at once.
    pub show: Vec<String>,
    /// What it is called.
    pub tags: Vec<String>,
    /// The rules that fired.
    pub rules: Vec<Fired>,
    /// Policies to raise, each with the rule that asks for it.
    pub escalate: Vec<(String, Fired)>,
}

/// What a member says when asking for support.
#[derive(Clone, Debug)]
pub struct Open {
    /// The line.
    pub line: String,
    /// The language they want to talk in.
    pub language: Language,
    /// Their zone.
    pub time_zone: Option<Tz>,
    /// Their country, ISO 3166 alpha-2.
    pub country: Option<String>,
    /// A screen name.
    pub alias: Option<Text>,
    /// How old they are.
    pub age_band: Option<AgeBand>,
    /// From the line's list.
    pub topics: Vec<Skill>,
    /// The first message.
    pub message: Option<Text>,
    /// The screening answers: weighed here.
    pub screening: Option<Screening>,
    /// The same as JSON: recorded sealed.
    pub answers: Option<Text>,
    /// SHA-256 of the capability token, base64.
    pub token: String,
    /// A keyed hash of the body, when there is an `Idempotency-Key`.
    pub fingerprint: Option<String>,
    /// The conversation to go on from.
    pub again: Option<Again>,
    /// What rules make of it.
    pub findings: Findings,
}

impl Open {
    /// How urgent it is by the answers to the screening and by what rules make of it.
    pub fn priority(&self) -> Priority {
        let weighed = self.screening.map_or(Priority::Standard, |screening| screening.priority());
        weighed.max(self.findings.priority)
    }
}

/// Something somebody writes.
#[derive(Clone, Debug)]
pub struct Say {
    /// As what.
    pub from: Speaker,
    /// Who, when it is staff.
    pub staff: Option<StaffId>,
    /// Only for the staff in the conversation.
    pub aside: bool,
    /// What.
    pub text: Text,
    /// For repeats.
    pub once: Option<Once>,
    /// What rules make of it, when the member writes.
    pub findings: Findings,
}

/// How somebody comes into a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// Beside the holder.
    Beside,
    /// As the new holder.
    Holder,
}

/// What may be asked of a request that exists.
#[derive(Clone, Debug)]
pub enum Command {
    /// Somebody writes.
    Say(Say),
    /// Rules that need time make something of it.
    Triage(Findings),
    /// The member's client has been silent since then.
    MemberAway(DateTime<Utc>),
    /// The member's client is heard again.
    MemberBack,
    /// Hold it out to a volunteer until then.
    Offer(StaffId, DateTime<Utc>, Why),
    /// A volunteer takes what is offered to them.
    Accept(OfferId, StaffId),
    /// A volunteer says no.
    Decline(OfferId, StaffId, Option<Text>),
    /// An offer ran out.
    Expire(OfferId),
    /// An offer is taken back.
    Withdraw(OfferId, WithdrawReason),
    /// Everyone who could be asked has been.
    Exhaust,
    /// The holder asks for somebody else, perhaps for a particular person.
    AskTransfer(Option<StaffId>, Option<Text>),
    /// Nobody takes over.
    FailTransfer(TransferFailure),
    /// A supervisor gives it to somebody.
    Assign(StaffId),
    /// A supervisor or a rule sets how urgent it is.
    SetPriority(Priority, Option<Text>),
    /// It goes back to waiting.
    Release(ReleaseReason, Option<Text>),
    /// More than a volunteer is needed.
    Escalate {
        /// The escalation policy.
        policy: String,
        /// What made it necessary.
        cause: Cause,
        /// In a person's words.
        reason: Option<Text>,
    },
    /// A supervisor or professional comes in.
    Join(StaffId, Speaker, Joining),
    /// A supervisor ends it for cause, for so long.
    Bar(TimeDelta, Text, Retention),
    /// Staff end it.
    Close {
        /// Who asks: the holder alone, or a supervisor.
        by_supervisor: bool,
        /// Of each escalation policy that was raised: up to which event of the request what it raised is resolved.
        settled: BTreeMap<String, Version>,
        /// The outcome code of the line.
        outcome: String,
        /// Whether they looked at the risk.
        risk_assessed: bool,
        /// In their words.
        note: Option<Text>,
        /// How long it is kept.
        retention: Retention,
    },
    /// The member leaves.
    Leave(Retention),
    /// The member fell silent while waiting.
    Abandon(Retention),
    /// Everything typed is due to be made unreadable from now on; an open request ends. For as long as people are called
    /// over it, whoever erases what is due may wait.
    AskErasure,
    /// Everything typed is made unreadable; an open request ends first.
    Erase,
    /// Somebody of the staff has a request that ended made unreadable: now, or when nobody is called over it any more.
    EraseEnded {
        /// Why.
        reason: ErasureReason,
        /// Nobody is called over it.
        at_once: bool,
    },
}

/// How long after its close a request is kept; `None`: until somebody asks.
pub type Retention = Option<TimeDelta>;

/// Why a command was refused. Its [`Rejection::name`] is the problem `type` that callers see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The offer no longer stands.
    #[error("this offer no longer stands")]
    OfferGone,
    /// The request has ended.
    #[error("this request has ended already")]
    AlreadyClosed,
    /// A handover is under way.
    #[error("a handover of this request is under way already")]
    TransferOpen,
    /// Nobody holds the request.
    #[error("nobody holds this request at the moment")]
    NotActive,
    /// Somebody who neither holds the request nor joined it wants to speak.
    #[error("only who is in the conversation may write in it")]
    NotInConversation,
    /// An escalation is unresolved, so a volunteer alone may not close.
    #[error("an escalation of this request is not resolved yet; a supervisor can close it")]
    EscalationOpen,
    /// Risk was not assessed before closing a request of `elevated` or above.
    #[error("a request of elevated priority or above can be closed only once its risk was assessed")]
    RiskNotAssessed,
    /// Only a supervisor lowers priority.
    #[error("only a supervisor may lower the priority")]
    MayNotLower,
    /// Text can no longer be read or added.
    #[error("everything in this request was erased")]
    Erased,
    /// The same key was used with other words.
    #[error("this Idempotency-Key was used with another body before")]
    KeyMismatch,
    /// The same message was taken before, as this version.
    #[error("this message was taken before")]
    Repeated(Version),
    /// Staff erase only what has ended.
    #[error("a request is erased by staff only after it ended; close it first")]
    NotClosed,
    /// `urgent` and above is never closed for silence, nor barred.
    #[error("a request of urgent priority or above is never turned away")]
    TooUrgent,
}

impl Rejection {
    /// The stable name, the last part of the problem `type`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OfferGone => "offer-gone",
            Self::AlreadyClosed => "already-closed",
            Self::TransferOpen => "transfer-open",
            Self::NotActive => "not-active",
            Self::NotInConversation => "not-in-conversation",
            Self::EscalationOpen => "escalation-open",
            Self::RiskNotAssessed => "risk-not-assessed",
            Self::MayNotLower => "forbidden",
            Self::Erased => "erased",
            Self::KeyMismatch => "idempotency-mismatch",
            Self::Repeated(_) => "repeated",
            Self::NotClosed => "not-closed",
            Self::TooUrgent => "too-urgent",
        }
    }
}
