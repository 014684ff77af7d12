//! Which events a command causes.

use chrono::{DateTime, TimeDelta, Utc};

use super::command::{Command, Open, Rejection, Resolution, after};
use super::event::*;
use super::state::{Escalation, Next, Stage};
use crate::{EscalationId, Priority, StaffId};

type Events = Vec<EscalationEvent>;

/// The shortest time that anything here is waited for, whatever a policy says: nothing comes round without end at once.
const SHORTEST: TimeDelta = TimeDelta::milliseconds(100);

/// The outcome of resolving an escalation by which emergency services were called.
const EMERGENCY_SERVICES: &str = "emergency_services";

impl Escalation {
    /// The event that opens an escalation, and its id.
    pub fn open(open: Open) -> (EscalationId, EscalationOpened) {
        let id = EscalationId::derive(open.request, &open.policy.name, open.raised);
        let Open { request, line, priority, policy, raised, cause, rule } = open;
        (id, EscalationOpened { request, line, priority, policy, raised, cause, rule })
    }

    /// The events that `command` causes now, none when it is done already. They must be appended behind
    /// [`Escalation::version`] and nowhere else.
    pub fn decide(&self, command: Command, now: DateTime<Utc>) -> Result<Events, Rejection> {
        match command {
            Command::Acknowledge(..) | Command::HandOver(..) | Command::Resolve(..) if self.is_resolved() => {
                Err(Rejection::AlreadyResolved)
            }
            _ if self.is_resolved() => Ok(vec![]),
            Command::AddTrigger(raised, ..) if raised <= self.covers() => Ok(vec![]),
            Command::AddTrigger(raised, cause, rule, priority) => {
                Ok(vec![TriggerAdded { raised, cause, rule, priority: priority.max(self.priority) }.into()])
            }
            Command::Advance(staff) => Ok(self.advance(staff, now).into_iter().collect()),
            Command::Skip(why) => match self.stage {
                Stage::Paging { round, step, .. } => Ok(vec![StepSkipped { round, step, why }.into()]),
                _ => Ok(vec![]),
            },
            Command::Remind(staff) => Ok(self.remind(staff, now).into_iter().collect()),
            Command::NoteAttempt(attempt) => {
                let known = self.attempts.get(&(attempt.call, attempt.staff, attempt.method));
                let is_news = known.is_none_or(|known| known.count < attempt.attempt);
                Ok(if is_news { vec![attempt.into()] } else { vec![] })
            }
            Command::Acknowledge(by, via, page) => match self.stage {
                Stage::Acknowledged { by: other, .. } if other == by => Ok(vec![]),
                Stage::Acknowledged { .. } if self.hand_over == Some(by) => {
                    Ok(vec![Acknowledged { by, via, page }.into()])
                }
                Stage::Acknowledged { .. } if page.is_some() => Err(Rejection::PageUsed),
                Stage::Acknowledged { .. } => Err(Rejection::AcknowledgedByOther),
                _ => Ok(vec![Acknowledged { by, via, page }.into()]),
            },
            Command::HandOver(by, to, note) => match self.stage {
                Stage::Acknowledged { .. } if self.hand_over == Some(to) || self.taken_by() == Some(to) => Ok(vec![]),
                Stage::Acknowledged { .. } => Ok(vec![HandOverAsked { by, to, note }.into()]),
                _ => Err(Rejection::NotAcknowledged),
            },
            Command::Resolve(by, resolution) => {
                let Resolution { outcome, confirmed_by, note } = resolution;
                let called = self.priority == Priority::Imminent && outcome == EMERGENCY_SERVICES;
                if called && confirmed_by.is_none() {
                    return Err(Rejection::NotConfirmed);
                }
                // Whoever resolves it took it on, if nobody had.
                let taken = Acknowledged { by, via: Via::Desk, page: None };
                let taken = self.taken_by().is_none().then(|| taken.into());
                Ok(taken.into_iter().chain([Resolved { by, outcome, confirmed_by, note }.into()]).collect())
            }
        }
    }

    /// What comes next, if its time has come: a step that calls people or is skipped, or the fallback.
    fn advance(&self, staff: Vec<StaffId>, now: DateTime<Utc>) -> Option<EscalationEvent> {
        Some(match self.next(now)? {
            Next::Step { round, step, .. } if staff.is_empty() => StepSkipped { round, step, why: Skip::Nobody }.into(),
            Next::Step { round, step, to } => {
                StepReached { round, step, staff, until: after(now, to.wait.max(SHORTEST)) }.into()
            }
            Next::Fallback => {
                let until = after(now, self.policy.fallback_every.max(SHORTEST));
                FallbackReached { count: self.fallbacks + 1, staff, until }.into()
            }
        })
    }

    fn remind(&self, staff: Vec<crate::StaffId>, now: DateTime<Utc>) -> Option<EscalationEvent> {
        let within = self.policy.resolve_within?;
        match self.stage {
            Stage::Acknowledged { remind_at: Some(at), reminders, .. } if now >= at => {
                Some(Reminded { count: reminders + 1, staff, until: after(now, within.max(SHORTEST)) }.into())
            }
            _ => None,
        }
    }
}
