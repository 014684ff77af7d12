//! The six-question C-SSRS screener: from answers to a level, from a level to a priority.
//!
//! It diagnoses nobody: it orders a queue. Thresholds are those of the Columbia Protocol's triage version with six
//! questions (The Columbia Lighthouse Project, "C-SSRS Screener with Triage Points").

use serde::{Deserialize, Serialize};

use crate::Priority;

/// The answers as they were given; a question that was not answered counts as no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Screening {
    /// Wished to be dead, or not to wake up.
    #[serde(default)]
    pub q1: bool,
    /// Had actual thoughts of killing themselves.
    #[serde(default)]
    pub q2: bool,
    /// Thought about how.
    #[serde(default)]
    pub q3: bool,
    /// Had some intention of acting on it.
    #[serde(default)]
    pub q4: bool,
    /// Started to work out, or worked out, the details of how.
    #[serde(default)]
    pub q5: bool,
    /// Ever did, started to do, or prepared to do anything to end their life.
    #[serde(default)]
    pub q6: bool,
    /// Whether that was in the past three months.
    #[serde(default)]
    pub q6_recent: bool,
    /// Whether they intend to act now. Not part of the screener: asked so that a life in danger goes first.
    #[serde(default)]
    pub intent_now: bool,
}

/// What the answers say of the risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// No question was answered with yes.
    None,
    /// Question 1 or 2.
    Low,
    /// Question 3, or question 6 longer ago than three months.
    Moderate,
    /// Question 4 or 5, or question 6 within three months.
    High,
}

impl Screening {
    /// The highest level that any answer gives, so that answers which contradict each other never lower it.
    pub const fn level(&self) -> Level {
        if self.q4 || self.q5 || self.q6_recent || self.intent_now {
            Level::High
        } else if self.q3 || self.q6 {
            Level::Moderate
        } else if self.q1 || self.q2 {
            Level::Low
        } else {
            Level::None
        }
    }

    /// Moderate is at least `elevated`, high at least `urgent`; a plan with the intent to act now is `imminent`
    /// (DESIGN section 8).
    pub const fn priority(&self) -> Priority {
        if self.q5 && self.intent_now {
            return Priority::Imminent;
        }
        match self.level() {
            Level::None | Level::Low => Priority::Standard,
            Level::Moderate => Priority::Elevated,
            Level::High => Priority::Urgent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answers(bits: u32) -> Screening {
        let bit = |n: u32| bits & (1 << n) != 0;
        Screening {
            q1: bit(0),
            q2: bit(1),
            q3: bit(2),
            q4: bit(3),
            q5: bit(4),
            q6: bit(5),
            q6_recent: bit(6),
            intent_now: bit(7),
        }
    }

    #[test]
    fn each_answer_alone_gives_the_level_of_the_table() {
        let levels: Vec<Level> = (0..8).map(|n| answers(1 << n).level()).collect();
        let (low, moderate, high) = (Level::Low, Level::Moderate, Level::High);
        assert_eq!(levels, [low, low, moderate, high, high, moderate, high, high]);
    }

    #[test]
    fn one_more_yes_never_lowers_the_priority() {
        for bits in 0..256 {
            for n in 0..8 {
                assert!(answers(bits | 1 << n).priority() >= answers(bits).priority(), "{bits:08b} and {n}");
            }
        }
    }

    #[test]
    fn a_plan_and_the_intent_to_act_now_is_imminent() {
        assert_eq!(Screening { q5: true, intent_now: true, ..Screening::default() }.priority(), Priority::Imminent);
        assert_eq!(Screening { intent_now: true, ..Screening::default() }.priority(), Priority::Urgent);
    }
}
