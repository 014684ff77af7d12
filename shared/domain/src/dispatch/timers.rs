//! When time alone changes something, and for whom.

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, BTreeSet};

use crate::{RequestId, StaffId};

/// Whom a moment concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Concerns {
    Request(RequestId),
    Staff(StaffId),
}

/// At most one moment each: whoever is woken says anew when to be woken next.
#[derive(Debug, Default)]
pub(super) struct Timers {
    order: BTreeSet<(DateTime<Utc>, Concerns)>,
    armed: BTreeMap<Concerns, DateTime<Utc>>,
}

impl Timers {
    /// Wakes `who` at `at` and at no other time.
    pub(super) fn arm(&mut self, who: Concerns, at: Option<DateTime<Utc>>) {
        let before = match at {
            Some(at) => self.armed.insert(who, at),
            None => self.armed.remove(&who),
        };
        if before == at {
            return;
        }
        if let Some(before) = before {
            self.order.remove(&(before, who));
        }
        if let Some(at) = at {
            self.order.insert((at, who));
        }
    }

    pub(super) fn next(&self) -> Option<DateTime<Utc>> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes out one whose moment has come.
    pub(super) fn pop(&mut self, now: DateTime<Utc>) -> Option<Concerns> {
        let (at, who) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.order.pop_first();
        self.armed.remove(&who);
        Some(who)
    }
}
