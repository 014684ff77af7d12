//! How many escalations are open, for whoever measures.

use super::Watcher;
use crate::escalation::{Escalation, Stage};

/// How many escalations are not resolved, by where they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Levels {
    /// The next step is due.
    pub due: usize,
    /// A step waits for somebody to take it on.
    pub paging: usize,
    /// Every supervisor was called.
    pub fallback: usize,
    /// Somebody took it on.
    pub acknowledged: usize,
    /// Of those in their fallback: the last time there was nobody to call.
    pub unheard: usize,
}

impl Levels {
    /// Counts `escalation` in (`by` 1) or out (-1).
    pub(super) fn count(&mut self, escalation: &Escalation, by: isize) {
        let stage = match escalation.stage {
            Stage::Due { .. } => &mut self.due,
            Stage::Paging { .. } => &mut self.paging,
            Stage::Fallback { .. } => &mut self.fallback,
            Stage::Acknowledged { .. } => &mut self.acknowledged,
            Stage::Resolved { .. } => return,
        };
        *stage = stage.saturating_add_signed(by);
        let is_unheard = escalation.calls.last().is_some_and(|call| call.staff.is_empty());
        if is_unheard && matches!(escalation.stage, Stage::Fallback { .. }) {
            self.unheard = self.unheard.saturating_add_signed(by);
        }
    }
}

impl Watcher {
    /// How many escalations are not resolved.
    pub fn levels(&self) -> Levels {
        self.levels
    }

    /// How many supervisors of the pool a fallback would call now; with none of them it reaches nobody, which must not be.
    pub fn reachable_supervisors(&self) -> usize {
        self.people.count_supervisors()
    }
}
