//! What a rule may ask about.

use chrono::{DateTime, Utc};

use crate::request::SupportRequest;
use crate::screening::{Level, Screening};

/// Everything that a condition may ask about, at one moment.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// The request as it is, what was just said included.
    pub request: &'a SupportRequest,
    /// What was found in what was just said.
    pub phrases: &'a [Spotted],
    /// The screening, where there was one.
    pub screening: Option<(Screening, Level)>,
    /// The pool, as far as whoever asks knows.
    pub pool: PoolFacts,
    /// Who has been silent for how long.
    pub silent: Option<Silence>,
    /// Now.
    pub now: DateTime<Utc>,
}

/// A phrase that was found in a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spotted {
    /// Its category, such as `imminent`.
    pub category: String,
    /// As it stands in the lexicon.
    pub phrase: String,
    /// Whether it was negated in a way that lowers what it means.
    pub negated: bool,
}

/// How a pool is doing; `None`: whoever asks does not know.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PoolFacts {
    /// How many volunteers are scheduled, ready and present.
    pub on_duty: Option<u32>,
    /// How many are ready.
    pub ready: Option<u32>,
    /// How many requests wait.
    pub waiting: Option<u32>,
}

/// Whose silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The member has not written since they were last answered.
    Member,
    /// The member waits for an answer.
    Volunteer,
}

/// Somebody has been silent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Silence {
    /// Who.
    pub side: Side,
    /// For how many seconds.
    pub seconds: u64,
}
