//! In which order, and when, one person is paged over their contact methods.

use chrono::{DateTime, TimeDelta, Utc};

use crate::escalation::{Attempt, Call, Escalation, PageOutcome};
use crate::staff::ContactMethod;
use crate::{EscalationId, PageId, StaffId, Version};

/// Which page of an escalation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    /// The event that asked for it.
    pub(super) call: Version,
    pub(super) staff: StaffId,
    /// Which of their contact methods, from 0.
    pub(super) method: u32,
}

impl Key {
    pub(super) fn page(self, escalation: EscalationId) -> PageId {
        PageId::derive(escalation, self.call, self.staff, self.method as usize)
    }
}

/// An attempt at a page that is due, or will be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    pub(super) key: Key,
    /// Which attempt, from 1.
    pub(super) attempt: u32,
    pub(super) at: DateTime<Utc>,
    /// Whether another of their contact methods is still to be tried.
    pub(super) others_left: bool,
}

/// The attempts that are still owed to `staff`, by what the record holds.
///
/// Only the newest call that names them counts: it takes over what was due to them from those before. The first method is
/// due at the call; each other its delay after the one before it, counted from the first call since it was last tried,
/// so that calls which come faster than that do not keep the later methods from ever being tried; and at once when the
/// method before it has failed for good.
pub(super) fn wanted(escalation: &Escalation, staff: StaffId, methods: &[ContactMethod]) -> Vec<Wanted> {
    let calls: Vec<&Call> = escalation.standing_calls().filter(|call| call.staff.contains(&staff)).collect();
    let Some(newest) = calls.last() else { return Vec::new() };
    let tried = |call: &Call, method: usize| escalation.attempts.get(&(call.version, staff, method as u32));
    let is_owed = |method: usize| !matches!(standing(tried(newest, method)), Standing::Over { .. });
    let mut wanted = Vec::new();
    let mut delay = TimeDelta::zero();
    for (method, contact) in methods.iter().enumerate() {
        if method > 0 {
            delay += TimeDelta::seconds(contact.after_s.into());
        }
        let (attempt, at) = match standing(tried(newest, method)) {
            Standing::Over { .. } => continue,
            Standing::Again { attempt, at } => (attempt, at),
            Standing::Untried => {
                let last_tried = calls.iter().rposition(|call| tried(call, method).is_some());
                let counts_from = calls[last_tried.map_or(0, |at| at + 1)];
                let regular = later(counts_from.at, delay).max(newest.at);
                let before = method.checked_sub(1).map(|before| standing(tried(newest, before)));
                let at = match before {
                    Some(Standing::Over { failed_at: Some(at) }) => regular.min(at.max(newest.at)),
                    _ => regular,
                };
                (1, at)
            }
        };
        let others_left = (0..methods.len()).any(|other| other != method && is_owed(other));
        let key = Key { call: newest.version, staff, method: method as u32 };
        wanted.push(Wanted { key, attempt, at, others_left });
    }
    wanted
}

/// How far a page has come.
enum Standing {
    Untried,
    /// It failed, and is to be tried again.
    Again {
        attempt: u32,
        at: DateTime<Utc>,
    },
    /// It arrived, or failed for good.
    Over {
        failed_at: Option<DateTime<Utc>>,
    },
}

fn standing(attempt: Option<&Attempt>) -> Standing {
    match attempt {
        None => Standing::Untried,
        Some(Attempt { outcome: PageOutcome::Delivered, .. }) => Standing::Over { failed_at: None },
        Some(Attempt { outcome: PageOutcome::Failed { again_at: Some(at), .. }, count, .. }) => {
            Standing::Again { attempt: count.saturating_add(1), at: *at }
        }
        Some(Attempt { at, .. }) => Standing::Over { failed_at: Some(*at) },
    }
}

fn later(at: DateTime<Utc>, delay: TimeDelta) -> DateTime<Utc> {
    at.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC)
}
