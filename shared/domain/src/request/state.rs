//! What the events of a request add up to.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use std::collections::{BTreeMap, VecDeque};

use super::event::{Again, AgeBand, Cause, Closed, Fired, Once, Speaker};
use crate::settings::{Dispatch, Line, Skill};
use crate::{Language, OfferId, Pool, Priority, RequestId, StaffId, Text, Version};

/// One member asking for support.
#[derive(Clone, Debug)]
pub struct SupportRequest {
    /// Which one.
    pub id: RequestId,
    /// The newest event it has seen.
    pub version: Version,
    /// Who serves it.
    pub pool: Pool,
    /// What the member turned to.
    pub line: String,
    /// The language they want to talk in.
    pub language: Language,
    /// Their zone, if they said so.
    pub time_zone: Option<Tz>,
    /// Their country, if they said so.
    pub country: Option<String>,
    /// Their screen name, sealed with version 1.
    pub alias: Option<Text>,
    /// How old they say they are.
    pub age_band: Option<AgeBand>,
    /// What they chose from the line's list.
    pub topics: Vec<Skill>,
    /// Qualifications that rules required.
    pub required: Vec<Skill>,
    /// How urgent it is.
    pub priority: Priority,
    /// When it last became more urgent.
    pub rose_at: Option<DateTime<Utc>>,
    /// When it was opened: its place in time, for as long as it lives.
    pub opened_at: DateTime<Utc>,
    /// SHA-256 of the capability token, base64.
    pub token: String,
    /// A keyed hash of the opening body, when there was an `Idempotency-Key`.
    pub fingerprint: Option<String>,
    /// The conversation it goes on from.
    pub again: Option<Again>,
    /// Waiting, active or closed.
    pub phase: Phase,
    /// Offers that stand: of a waiting request, or the handover of an active one.
    pub offers: Vec<OpenOffer>,
    /// Who was asked, and what came of it.
    pub asked: BTreeMap<StaffId, Asked>,
    /// When everyone who could be asked had been; since the last time it was held.
    pub exhausted_at: Option<DateTime<Utc>>,
    /// Since when the member's client has been silent.
    pub away_since: Option<DateTime<Utc>>,
    /// Supervisors and professionals in the conversation, beside the holder.
    pub joined: BTreeMap<StaffId, Speaker>,
    /// What was asked for beyond a volunteer, resolved or not, oldest first: of each policy, cause and rule the first and
    /// the newest; at most [`SupportRequest::RAISED`].
    pub raised: Vec<Raised>,
    /// Rules that fired for a time that had lasted, and since when: each fires once for it; at most
    /// [`SupportRequest::FIRED`].
    pub fired: BTreeMap<String, DateTime<Utc>>,
    /// Kinds of resources that the member was shown beyond the usual, such as `emergency`.
    pub shown: Vec<String>,
    /// What rules call it.
    pub tags: Vec<String>,
    /// What supervisors were told of how it is held or left waiting, and what still stands of that: it is not told twice.
    /// Kept by the order of events, since times come from several clocks.
    pub told: Vec<Cause>,
    /// Recent messages sent with an `Idempotency-Key`, oldest first; at most [`SupportRequest::KEYS`].
    pub keys: VecDeque<(Once, Version, DateTime<Utc>)>,
    /// How many messages there are.
    pub messages: u64,
    /// How often it went back to waiting.
    pub times_returned: u32,
    /// The offer by which the holder came to hold it.
    pub taken_by: Option<OfferId>,
    /// Until when its member is asked to turn elsewhere, if a supervisor ended it for cause.
    pub barred_until: Option<DateTime<Utc>>,
    /// Whether its text can be read by nobody any more.
    pub erased: bool,
}

/// Where a request is in its life.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Nobody has it yet. Offers may be open.
    Waiting {
        /// Since it was opened, or last given back.
        since: DateTime<Utc>,
    },
    /// One person holds it, and nobody else can.
    Active {
        /// Who.
        holder: StaffId,
        /// Since when.
        since: DateTime<Utc>,
        /// When the holder, or another of the staff, first wrote since then.
        first_word_at: Option<DateTime<Utc>>,
        /// Since when the member has waited for an answer.
        unanswered_since: Option<DateTime<Utc>>,
        /// A handover under way.
        transfer: Option<Transfer>,
    },
    /// It ended.
    Closed {
        /// How.
        closed: Closed,
        /// When.
        at: DateTime<Utc>,
        /// Who held it last.
        holder: Option<StaffId>,
    },
}

/// A handover that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// A particular person, if one was named.
    pub to: Option<StaffId>,
    /// When.
    pub asked_at: DateTime<Utc>,
}

/// An offer that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenOffer {
    /// Which.
    pub id: OfferId,
    /// Whose.
    pub volunteer: StaffId,
    /// When it was made.
    pub at: DateTime<Utc>,
    /// Until when it is meant to stand.
    pub expires_at: DateTime<Utc>,
    /// Whether it is to take over from the holder.
    pub handover: bool,
    /// The event that made it.
    pub version: Version,
}

/// What came of asking somebody.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// When they last missed an offer, or let the conversation fall.
    pub missed_at: Option<DateTime<Utc>>,
    /// When they last said no.
    pub declined_at: Option<DateTime<Utc>>,
    /// They gave it back, or a supervisor took it from them: they are not asked again.
    pub gave_back: bool,
}

/// Something beyond a volunteer was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raised {
    /// The escalation policy.
    pub policy: String,
    /// What made it necessary.
    pub cause: Cause,
    /// When.
    pub at: DateTime<Utc>,
    /// The event that raised it.
    pub version: Version,
    /// The rule that asked for it, if one did.
    pub rule: Option<Fired>,
}

/// Whether somebody is set aside for a request, and until when.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SetAside {
    No,
    Until(DateTime<Utc>),
    /// Until nobody else is left to ask.
    UntilExhausted,
    ForGood,
}

impl Raised {
    /// Whether a person or a rule asked for it, rather than that it is told how the conversation is held. It is settled by
    /// whoever was asked; what concerns how the conversation is held (a slow answer) is settled by answering.
    pub const fn asks_for_somebody(&self) -> bool {
        matches!(self.cause, Cause::Person | Cause::Rule)
    }
}

impl SupportRequest {
    /// The most message keys it remembers; older ones count as new.
    pub const KEYS: usize = 256;

    /// The most that was raised that it remembers.
    pub const RAISED: usize = 100;

    /// The most rules that fired for a time that it remembers.
    pub const FIRED: usize = 200;

    /// Whether nobody has it yet.
    pub fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting { .. })
    }

    /// Whether it ended.
    pub fn is_closed(&self) -> bool {
        matches!(self.phase, Phase::Closed { .. })
    }

    /// Who holds it now.
    pub fn holder(&self) -> Option<StaffId> {
        match self.phase {
            Phase::Active { holder, .. } => Some(holder),
            Phase::Waiting { .. } | Phase::Closed { .. } => None,
        }
    }

    /// Who held it last, now or when it ended.
    pub fn last_holder(&self) -> Option<StaffId> {
        match self.phase {
            Phase::Active { holder, .. } => Some(holder),
            Phase::Closed { holder, .. } => holder,
            Phase::Waiting { .. } => None,
        }
    }

    /// The open offer of that id.
    pub fn offer(&self, id: OfferId) -> Option<&OpenOffer> {
        self.offers.iter().find(|offer| offer.id == id)
    }

    /// The open offer to that volunteer.
    pub fn offer_to(&self, volunteer: StaffId) -> Option<&OpenOffer> {
        self.offers.iter().find(|offer| offer.volunteer == volunteer)
    }

    /// What whoever talks with this member must hold (DESIGN section 6), in order and once each.
    pub fn needs(&self, line: Option<&Line>, dispatch: &Dispatch) -> Vec<Skill> {
        let mut needs: Vec<Skill> = line.map(|line| line.needs.clone()).unwrap_or_default();
        needs.extend(dispatch.tier(self.priority).needs.iter().cloned());
        needs.extend(self.required.iter().cloned());
        if self.age_band == Some(AgeBand::Under18) {
            needs.push(Skill::safeguarding());
        }
        needs.sort_unstable();
        needs.dedup();
        needs
    }

    /// Whether `volunteer` is set aside for this request (DESIGN section 6). A refusal holds until nobody else can be
    /// asked, and then for `reoffer_after`.
    pub(crate) fn set_aside(&self, volunteer: StaffId, reoffer_after: TimeDelta) -> SetAside {
        let Some(asked) = self.asked.get(&volunteer) else { return SetAside::No };
        if asked.gave_back {
            return SetAside::ForGood;
        }
        let missed = asked.missed_at.map(|at| at + reoffer_after);
        let declined = match (asked.declined_at, &self.phase, self.exhausted_at) {
            (None, ..) => None,
            // A handover is asked for anew each time, so there is nothing to exhaust.
            (Some(at), Phase::Active { .. }, _) => Some(at + reoffer_after),
            (Some(at), _, Some(exhausted)) => Some(at.max(exhausted) + reoffer_after),
            (Some(_), _, None) => return SetAside::UntilExhausted,
        };
        missed.max(declined).map_or(SetAside::No, SetAside::Until)
    }

    /// Whether `volunteer` said no since it was last held: they give way to whoever did not.
    pub(crate) fn was_declined_by(&self, volunteer: StaffId) -> bool {
        self.asked.get(&volunteer).is_some_and(|asked| asked.declined_at.is_some())
    }

    /// Whether `volunteer` may not be asked at `now`.
    pub(crate) fn is_set_aside(&self, volunteer: StaffId, reoffer_after: TimeDelta, now: DateTime<Utc>) -> bool {
        match self.set_aside(volunteer, reoffer_after) {
            SetAside::No => false,
            SetAside::Until(until) => now < until,
            SetAside::UntilExhausted | SetAside::ForGood => true,
        }
    }

    /// What became of an earlier message with that key within a day, if there was one.
    pub fn said(&self, key: &str, now: DateTime<Utc>) -> Option<(&Once, Version)> {
        let recent = now - TimeDelta::hours(24);
        self.keys.iter().rev().find(|(once, _, at)| once.key == key && *at > recent).map(|(once, v, _)| (once, *v))
    }
}
