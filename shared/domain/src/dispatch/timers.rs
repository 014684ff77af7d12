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

/// At most one moment each: whoever is woken says anew when to be woken next. What a look costs does not grow with how
/// many wait for theirs.
#[derive(Debug)]
pub(crate) struct Timers<K> {
    order: BTreeSet<(DateTime<Utc>, K)>,
    armed: BTreeMap<K, DateTime<Utc>>,
}

impl<K> Default for Timers<K> {
    fn default() -> Self {
        Self { order: BTreeSet::new(), armed: BTreeMap::new() }
    }
}

impl<K: Copy + Ord> Timers<K> {
    /// Wakes `who` at `at` and at no other time.
    pub(crate) fn arm(&mut self, who: K, at: Option<DateTime<Utc>>) {
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

    pub(crate) fn next(&self) -> Option<DateTime<Utc>> {
        self.order.first().map(|(at, _)| *at)
    }

    /// Takes out one whose moment has come.
    pub(crate) fn pop(&mut self, now: DateTime<Utc>) -> Option<K> {
        let (at, who) = *self.order.first()?;
        if at > now {
            return None;
        }
        self.order.pop_first();
        self.armed.remove(&who);
        Some(who)
    }
}
