//! What the events of an escalation add up to.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use super::event::{PageOutcome, Via};
use super::policy::{Policy, Step};
use crate::request::Cause;
use crate::staff::ContactKind;
use crate::{EscalationId, PageId, Pool, Priority, RequestId, StaffId, Version};

/// Something beyond a volunteer that was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Escalation {
    /// Which one.
    pub id: EscalationId,
    /// The newest event it has seen.
    pub version: Version,
    /// Whose supervisors answer for it.
    pub pool: Pool,
    /// Of which request.
    pub request: RequestId,
    /// The line the member turned to.
    pub line: String,
    /// How urgent the request was when it was last triggered.
    pub priority: Priority,
    /// What it goes by.
    pub policy: Policy,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// What made it necessary, oldest first; the first and at most [`Escalation::TRIGGERS`] of the newest.
    pub triggers: Vec<Trigger>,
    /// Where it is.
    pub stage: Stage,
    /// Who was called, oldest first; at most [`Escalation::CALLS`].
    pub calls: Vec<Call>,
    /// What came of the newest attempt at each page, by call, person and contact method.
    pub attempts: BTreeMap<(Version, StaffId, u32), Attempt>,
    /// Whether a step of this time through the policy called somebody.
    pub reached: bool,
    /// How often the fallback came.
    pub fallbacks: u32,
    /// Who was asked to take it over from whoever took it on.
    pub hand_over: Option<StaffId>,
}

/// Something that made it necessary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// The event of the request that raised it.
    pub raised: Version,
    /// What.
    pub cause: Cause,
    /// The rule that asked for it, if one did.
    pub rule: Option<String>,
    /// When.
    pub at: DateTime<Utc>,
}

/// Where an escalation is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nobody was called yet, or a step reached nobody: this one is next, at once.
    Due {
        /// Which time through the policy, from 0.
        round: u32,
        /// Which step, from 0; as many as there are: the round is over.
        step: u32,
    },
    /// A step waits for somebody to take it on.
    Paging {
        /// Which time through the policy, from 0.
        round: u32,
        /// Which step, from 0.
        step: u32,
        /// When the next is due.
        until: DateTime<Utc>,
    },
    /// Every supervisor was called.
    Fallback {
        /// When they are called again.
        until: DateTime<Utc>,
    },
    /// Somebody took it on.
    Acknowledged {
        /// Who.
        by: StaffId,
        /// When.
        at: DateTime<Utc>,
        /// How.
        via: Via,
        /// When people are called again unless it is resolved.
        remind_at: Option<DateTime<Utc>>,
        /// How often they were.
        reminders: u32,
    },
    /// It is over.
    Resolved {
        /// Who said so.
        by: StaffId,
        /// When.
        at: DateTime<Utc>,
        /// What came of it.
        outcome: String,
    },
}

/// What comes next of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<'a> {
    /// A step of the policy.
    Step {
        /// Which time through the policy, from 0.
        round: u32,
        /// Which step, from 0.
        step: u32,
        /// Whom it names.
        to: &'a Step,
    },
    /// Every supervisor of the pool is called.
    Fallback,
}

/// People who were called together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// The event that called them.
    pub version: Version,
    /// Whom.
    pub staff: Vec<StaffId>,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether they are called until somebody takes it on, rather than to remind or to hand over.
    pub is_step: bool,
}

/// What came of the newest attempt at a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Which page.
    pub page: PageId,
    /// Over what.
    pub kind: ContactKind,
    /// Which attempt, from 1.
    pub count: u32,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: PageOutcome,
}

impl Escalation {
    /// The most triggers that are kept beside the first.
    pub const TRIGGERS: usize = 50;

    /// The most calls that are kept: the pages of older ones are over.
    pub const CALLS: usize = 20;

    /// Whether it is over.
    pub const fn is_resolved(&self) -> bool {
        matches!(self.stage, Stage::Resolved { .. })
    }

    /// Who took it on, now or in the end.
    pub const fn taken_by(&self) -> Option<StaffId> {
        match self.stage {
            Stage::Acknowledged { by, .. } | Stage::Resolved { by, .. } => Some(by),
            Stage::Due { .. } | Stage::Paging { .. } | Stage::Fallback { .. } => None,
        }
    }

    /// The newest event of the request that it sees to: whatever raised its policy up to then is part of it.
    pub fn covers(&self) -> Version {
        self.triggers.iter().map(|trigger| trigger.raised).max().unwrap_or(Version::NONE)
    }

    /// Whether that person was called over it: they may read the request, and act.
    pub fn called(&self, staff: StaffId) -> bool {
        self.calls.iter().any(|call| call.staff.contains(&staff)) || self.taken_by() == Some(staff)
    }

    /// When time alone changes something, if it does: the next step, the next fallback, a reminder.
    pub const fn due(&self) -> Option<DateTime<Utc>> {
        match self.stage {
            Stage::Due { .. } => Some(self.opened_at),
            Stage::Paging { until, .. } | Stage::Fallback { until } => Some(until),
            Stage::Acknowledged { remind_at, .. } => remind_at,
            Stage::Resolved { .. } => None,
        }
    }

    /// What comes next, if its time has come.
    pub fn next(&self, now: DateTime<Utc>) -> Option<Next<'_>> {
        let (round, step) = match self.stage {
            Stage::Due { round, step } => (round, step),
            Stage::Paging { round, step, until } if now >= until => self.behind(round, step),
            Stage::Fallback { until } if now >= until => return Some(Next::Fallback),
            _ => return None,
        };
        let step_of = self.policy.steps.get(step as usize);
        Some(step_of.map_or(Next::Fallback, |to| Next::Step { round, step, to }))
    }

    /// The place behind a step: the next one, the first of the next round, or beyond the last, which is the fallback. A
    /// round in which nobody was called is not gone through again.
    pub(super) fn behind(&self, round: u32, step: u32) -> (u32, u32) {
        let steps = self.policy.steps.len() as u32;
        match step.saturating_add(1) {
            next if next < steps => (round, next),
            _ if round < self.policy.repeat && self.reached => (round + 1, 0),
            _ => (round, steps),
        }
    }

    /// Calls whose people may still have to be paged: those of steps until somebody takes it on, and after that only those
    /// made since.
    pub fn standing_calls(&self) -> impl Iterator<Item = &Call> {
        let since = match self.stage {
            Stage::Acknowledged { at, .. } => Some(at),
            _ => None,
        };
        let over = self.is_resolved();
        self.calls.iter().filter(move |call| {
            !over && (since.is_none() || (!call.is_step && since.is_none_or(|since| call.at >= since)))
        })
    }
}
