//! How urgent a request is.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;

/// How urgent a request is; it only rises unless a named supervisor lowers it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Someone wants to talk.
    #[default]
    Standard,
    /// Someone is at more than ordinary risk.
    Elevated,
    /// Someone is at high risk.
    Urgent,
    /// A life is in danger now.
    Imminent,
}

impl Priority {
    /// All of them, lowest first.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Elevated, Self::Urgent, Self::Imminent];

    /// The name in JSON and configuration.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Elevated => "elevated",
            Self::Urgent => "urgent",
            Self::Imminent => "imminent",
        }
    }

    /// 0 for `standard` … 3 for `imminent`.
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The tier a request is served as once it has waited longer than its own tier's ageing: one higher, but never
    /// `imminent`, which only risk can earn.
    #[must_use]
    pub const fn aged(self) -> Self {
        match self {
            Self::Standard => Self::Elevated,
            Self::Elevated | Self::Urgent => Self::Urgent,
            Self::Imminent => Self::Imminent,
        }
    }
}

impl fmt::Display for Priority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The text names no priority.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a priority is standard, elevated, urgent or imminent")]
pub struct NotAPriority;

impl FromStr for Priority {
    type Err = NotAPriority;
    fn from_str(text: &str) -> Result<Self, NotAPriority> {
        Self::ALL.into_iter().find(|p| p.as_str() == text).ok_or(NotAPriority)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waiting_earns_one_tier_but_only_risk_earns_imminent() {
        use Priority::{Elevated, Imminent, Standard, Urgent};
        assert_eq!(Priority::ALL.map(Priority::aged), [Elevated, Urgent, Urgent, Imminent]);
        assert_eq!(Priority::ALL, [Standard, Elevated, Urgent, Imminent]);
    }

    #[test]
    fn a_priority_reads_back_as_it_is_written_and_counts_from_the_lowest() {
        for (n, priority) in Priority::ALL.into_iter().enumerate() {
            assert_eq!((priority.to_string().parse(), priority.index()), (Ok(priority), n));
        }
        assert_eq!(("Urgent".parse::<Priority>(), "".parse::<Priority>()), (Err(NotAPriority), Err(NotAPriority)));
    }
}
