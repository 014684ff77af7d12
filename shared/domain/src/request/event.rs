//! What can happen to a request. These shapes are a wire format: they only ever gain optional fields.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};

use crate::dispatch::Why;
use crate::event::events;
use crate::screening::Level;
use crate::settings::Skill;
use crate::{Language, OfferId, Priority, RequestId, StaffId, Text};

events! {
    /// Something that happened to a request.
    RequestEvent {
        /// A member asked for support.
        Opened = "opened",
        /// What was known at the door was weighed.
        Triaged = "triaged",
        /// Somebody or some rule changed how urgent it is.
        PriorityChanged = "priority_changed",
        /// It was held out to a volunteer.
        Offered = "offered",
        /// The volunteer said no.
        OfferDeclined = "offer_declined",
        /// The volunteer said nothing in time.
        OfferExpired = "offer_expired",
        /// The offer was taken back.
        OfferWithdrawn = "offer_withdrawn",
        /// Everyone who could be asked has been.
        Exhausted = "exhausted",
        /// A volunteer took it.
        Accepted = "accepted",
        /// A supervisor gave it to somebody.
        Assigned = "assigned",
        /// Somebody wrote.
        Message = "message",
        /// The member's client fell silent.
        MemberAway = "member_away",
        /// The member's client is heard again.
        MemberBack = "member_back",
        /// The holder asks for somebody else to take over.
        TransferAsked = "transfer_asked",
        /// Somebody else took over.
        Transferred = "transferred",
        /// Nobody took over; the holder keeps it.
        TransferFailed = "transfer_failed",
        /// A supervisor or professional came in.
        Joined = "joined",
        /// It went back to waiting, keeping its place in time.
        Released = "released",
        /// Somebody or some rule asks for more than a volunteer.
        EscalationRaised = "escalation_raised",
        /// A supervisor ended it for cause.
        Barred = "barred",
        /// It ended.
        Closed = "closed",
        /// Somebody asked, after its end, for everything typed to be made unreadable.
        ErasureAsked = "erasure_asked",
        /// Everything typed by or about the member can be read by nobody any more.
        Erased = "erased",
    }
}

impl RequestEvent {
    /// Everything in it that was typed by or about the member.
    pub fn texts_mut(&mut self) -> Vec<&mut Text> {
        match self {
            Self::Opened(e) => e.alias.iter_mut().chain(e.screening.iter_mut()).collect(),
            Self::PriorityChanged(e) => e.reason.iter_mut().collect(),
            Self::OfferDeclined(e) => e.reason.iter_mut().collect(),
            Self::Message(e) => vec![&mut e.text],
            Self::TransferAsked(e) => e.note.iter_mut().collect(),
            Self::Released(e) => e.note.iter_mut().collect(),
            Self::EscalationRaised(e) => e.reason.iter_mut().collect(),
            Self::Barred(e) => vec![&mut e.reason],
            Self::Closed(e) => e.note.iter_mut().collect(),
            Self::Triaged(_)
            | Self::ErasureAsked(_)
            | Self::Offered(_)
            | Self::OfferExpired(_)
            | Self::OfferWithdrawn(_)
            | Self::Exhausted(_)
            | Self::Accepted(_)
            | Self::Assigned(_)
            | Self::MemberAway(_)
            | Self::MemberBack(_)
            | Self::Transferred(_)
            | Self::TransferFailed(_)
            | Self::Joined(_)
            | Self::Erased(_) => Vec::new(),
        }
    }
}

/// How old the member says they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AgeBand {
    /// Under 18: whoever talks with them needs `safeguarding`.
    #[serde(rename = "under_18")]
    Under18,
    /// 18 to 25.
    #[serde(rename = "18_25")]
    From18To25,
    /// Over 25.
    #[serde(rename = "over_25")]
    Over25,
}

impl AgeBand {
    /// The names in JSON, in order.
    pub const NAMES: [(&'static str, Self); 3] =
        [("under_18", Self::Under18), ("18_25", Self::From18To25), ("over_25", Self::Over25)];
}

/// A conversation that the member wants to take up again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Again {
    /// The earlier request.
    pub request: RequestId,
    /// Who talked with the member then.
    pub volunteer: StaffId,
}

/// A member asked for support.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Opened {
    /// The line.
    pub line: String,
    /// The language the member wants to talk in.
    pub language: Language,
    /// The member's zone, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time_zone: Option<Tz>,
    /// ISO 3166 alpha-2, if they said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The screen name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<Text>,
    /// How old they say they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_band: Option<AgeBand>,
    /// What they chose from the line's list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub topics: Vec<Skill>,
    /// The screening answers as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screening: Option<Text>,
    /// SHA-256 of the capability token, base64.
    pub token: String,
    /// A keyed hash of the body, base64, when the request was made with an `Idempotency-Key`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fingerprint: Option<String>,
    /// The conversation it goes on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub again: Option<Again>,
}

/// What was known at the door was weighed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triaged {
    /// The screening level, when there was a screening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<Level>,
    /// How urgent that makes it.
    pub priority: Priority,
    /// Qualifications that rules require.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Skill>,
    /// Kinds of resources that the member is shown at once, such as `emergency`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub show: Vec<String>,
    /// What rules call it, for people and reports.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The rules that fired.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<Fired>,
}

/// A rule that fired.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// Its name.
    pub rule: String,
    /// The version of the file it stood in: the first 16 hexadecimal digits of its SHA-256.
    pub version: String,
    /// Of a rule that needs time: since when what it watches for had lasted. It fires once for each such time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<DateTime<Utc>>,
    /// Its condition could not be worked out, and counted as true because it makes things safer.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub failed: bool,
}

/// Somebody or some rule changed how urgent it is; the actor says who.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PriorityChanged {
    /// Before.
    pub from: Priority,
    /// From now on.
    pub to: Priority,
    /// Why, in a supervisor's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

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
