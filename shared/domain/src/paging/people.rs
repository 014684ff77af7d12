//! Whom pages reach: their contact methods, and how many pages reached them of late.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeSet, VecDeque};

use super::Settings;
use crate::staff::{ContactMethod, StaffMember};
use crate::{EscalationId, Priority};

/// A person as the pager knows them.
#[derive(Debug, Default)]
pub(super) struct Person {
    pub(super) member: Option<StaffMember>,
    /// When pages reached them, oldest first; no more than the cap.
    recent: VecDeque<DateTime<Utc>>,
    /// How many are on their way to them.
    pub(super) in_flight: usize,
    /// Escalations with pages for them that are held back, in the order in which they will be let go.
    pub(super) held: BTreeSet<Held>,
    /// The escalations that called them.
    pub(super) called_by: BTreeSet<EscalationId>,
}

/// Something held back, the most urgent first.
pub(super) type Held = (Reverse<Priority>, DateTime<Utc>, EscalationId);

impl Person {
    /// How they can be paged, in order; nothing when they left.
    pub(super) fn methods(&self) -> &[ContactMethod] {
        match &self.member {
            Some(member) if !member.removed => &member.contact_methods,
            _ => &[],
        }
    }

    /// A page reached them.
    pub(super) fn reached(&mut self, at: DateTime<Utc>, settings: &Settings) {
        let Some(cap) = settings.cap else { return };
        let place = self.recent.partition_point(|known| *known <= at);
        self.recent.insert(place, at);
        while self.recent.len() > cap {
            self.recent.pop_front();
        }
    }

    /// How many more pages may go to them now.
    pub(super) fn room(&self, settings: &Settings, now: DateTime<Utc>) -> usize {
        let Some(cap) = settings.cap else { return usize::MAX };
        let recent = self.recent.iter().filter(|at| **at + settings.window > now).count();
        cap.saturating_sub(recent + self.in_flight)
    }

    /// When there will be room by time alone; `None`: what is on its way must end first.
    pub(super) fn room_at(&self, settings: &Settings, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let ends = self.recent.iter().map(|at| *at + settings.window);
        ends.filter(|end| *end > now).min()
    }
}
