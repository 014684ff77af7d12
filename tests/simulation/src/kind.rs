//! What a process does for a pool: each of it is a process loop of its own, with a lease of its own.

use std::fmt;

/// What an instance does for its pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// It dispatches.
    Router,
    /// It opens escalations, walks their steps, and fires the rules that need time.
    Escalation,
    /// It sends pages.
    Notifier,
}

impl Kind {
    /// Every one.
    pub(crate) const ALL: [Self; 3] = [Self::Router, Self::Escalation, Self::Notifier];

    /// Its name, by which its lease is called.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Router => "router",
            Self::Escalation => "escalation",
            Self::Notifier => "notifier",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
