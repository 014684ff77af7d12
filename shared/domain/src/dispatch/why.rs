//! Why somebody was asked, and why the others were not: part of every offer.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

use crate::StaffId;

/// Why a volunteer may not be asked. Each is counted under the first that applies, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ineligible {
    /// Does not speak the member's language.
    Language,
    /// Does not hold what is needed.
    Unqualified,
    /// Held what is needed, but it expired.
    Expired,
    /// Is not scheduled now.
    OffShift,
    /// Did not say `ready`.
    NotReady,
    /// Their client fell silent.
    Absent,
    /// Has had their hours of duty for the week.
    WeeklyHours,
    /// Rests after an urgent conversation.
    Resting,
    /// Holds an imminent request.
    HoldsImminent,
    /// Has no free place.
    Full,
    /// Their shift ends too soon.
    WindingDown,
    /// Was asked for this request and did not take it, or gave it back.
    SetAside,
}

/// What made the difference between who was chosen and the runner-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Criterion {
    /// Nobody else was eligible.
    Only,
    /// A person named them.
    Named,
    /// They hold nothing, and the request is imminent.
    HoldsNothing,
    /// They talked with this member before.
    Again,
    /// They meet more of the preferences.
    Preferences,
    /// What else they can do is less scarce.
    Scarcity,
    /// Fewer of their places are taken.
    Load,
    /// It is day where they are.
    Waking,
    /// Their last offer is longer ago.
    LastOffer,
    /// Nothing but their id.
    Id,
}

/// Why this volunteer and not the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// How many volunteers the pool has.
    pub considered: u32,
    /// How many of them could not be asked, by reason.
    pub out: BTreeMap<Ineligible, u32>,
    /// Who would have been next.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<StaffId>,
    /// What decided between the two.
    pub decided_by: Criterion,
    /// When the chosen one last proved their presence.
    pub present_at: Option<DateTime<Utc>>,
}
