//! What an event changes.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use super::command::after;
use super::event::*;
use super::state::{Attempt, Call, Escalation, Stage, Trigger};
use crate::event::Event;
use crate::record::StreamKind;
use crate::request::Fired;
use crate::{EscalationId, Pool, Recorded, StaffId, Version};

impl Escalation {
    /// The state after `facts`, which are an escalation's events from the first on; `None` without a first one.
    pub fn replay<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> Option<Self> {
        let mut state = None;
        for fact in facts {
            Self::apply(&mut state, fact);
        }
        state
    }

    /// Takes one more fact into account, as [`crate::request::SupportRequest::apply`] does.
    pub fn apply(state: &mut Option<Self>, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Escalation {
            return;
        }
        let event = match fact.event() {
            Ok(Event::Escalation(event)) => Some(event),
            Ok(_) | Err(_) => None,
        };
        match (state.as_mut(), event) {
            (None, Some(EscalationEvent::EscalationOpened(opened))) if fact.version == Version(1) => {
                *state = Some(Self::opened(EscalationId(fact.stream.id), fact.pool.clone(), opened, fact.at));
            }
            (Some(state), _) if fact.version == state.version.next() => state.follow(fact),
            _ => {}
        }
    }

    /// Takes the next fact of its own stream into account; one that cannot be read leaves everything but the version.
    pub(crate) fn follow(&mut self, fact: &Recorded) {
        match fact.event() {
            Ok(Event::Escalation(event)) => self.evolve(&event, fact.at),
            Ok(_) | Err(_) => self.version = fact.version,
        }
    }

    /// The state after its first event.
    pub fn opened(id: EscalationId, pool: Pool, opened: EscalationOpened, at: DateTime<Utc>) -> Self {
        let rule = opened.rule.map(|fired| fired.rule);
        Self {
            id,
            version: Version(1),
            pool,
            request: opened.request,
            line: opened.line,
            priority: opened.priority,
            policy: opened.policy,
            opened_at: at,
            triggers: vec![Trigger { raised: opened.raised, cause: opened.cause, rule, at }],
            stage: Stage::Due { round: 0, step: 0 },
            calls: Vec::new(),
            attempts: BTreeMap::new(),
            reached: false,
            fallbacks: 0,
            hand_over: None,
        }
    }

    /// Takes the next event into account.
    pub fn evolve(&mut self, event: &EscalationEvent, at: DateTime<Utc>) {
        self.version = self.version.next();
        match event {
            EscalationEvent::EscalationOpened(_) => {}
            EscalationEvent::TriggerAdded(added) => {
                self.priority = self.priority.max(added.priority);
                if self.triggers.len() > Self::TRIGGERS {
                    self.triggers.remove(1);
                }
                let rule = added.rule.as_ref().map(|Fired { rule, .. }| rule.clone());
                self.triggers.push(Trigger { raised: added.raised, cause: added.cause, rule, at });
            }
            EscalationEvent::StepReached(reached) => {
                let StepReached { round, step, until, .. } = *reached;
                self.begin(round, step);
                self.reached = true;
                self.stage = Stage::Paging { round, step, until };
                self.call(&reached.staff, at, true);
            }
            EscalationEvent::StepSkipped(skipped) => {
                self.begin(skipped.round, skipped.step);
                let (round, step) = self.behind(skipped.round, skipped.step);
                self.stage = Stage::Due { round, step };
            }
            EscalationEvent::FallbackReached(reached) => {
                self.stage = Stage::Fallback { until: reached.until };
                self.fallbacks = reached.count;
                self.call(&reached.staff, at, true);
            }
            EscalationEvent::PageAttempted(tried) => {
                let PageAttempted { page, call, staff, method, kind, attempt, ref outcome } = *tried;
                // What came of a call that is no longer kept is of no use.
                if self.calls.iter().any(|known| known.version == call) {
                    let attempt = Attempt { page, kind, count: attempt, at, outcome: outcome.clone() };
                    self.attempts.insert((call, staff, method), attempt);
                }
            }
            EscalationEvent::Acknowledged(acknowledged) => {
                let remind_at = self.policy.resolve_within.map(|within| after(at, within));
                let (by, via) = (acknowledged.by, acknowledged.via);
                self.stage = Stage::Acknowledged { by, at, via, remind_at, reminders: 0 };
                self.hand_over = None;
            }
            EscalationEvent::HandOverAsked(asked) => {
                self.hand_over = Some(asked.to);
                self.call(&[asked.to], at, false);
            }
            EscalationEvent::Reminded(reminded) => {
                if let Stage::Acknowledged { remind_at, reminders, .. } = &mut self.stage {
                    *remind_at = Some(reminded.until);
                    *reminders = reminded.count;
                }
                self.call(&reminded.staff, at, false);
            }
            EscalationEvent::Resolved(resolved) => {
                let (by, outcome) = (resolved.by, resolved.outcome.clone());
                self.stage = Stage::Resolved { by, at, outcome };
            }
        }
    }

    /// The first step of a round: nobody was called in it yet.
    fn begin(&mut self, round: u32, step: u32) {
        let repeated = matches!(self.stage, Stage::Paging { round: r, step: s, .. } if (r, s) == (round, step));
        if step == 0 && !repeated {
            self.reached = false;
        }
    }

    fn call(&mut self, staff: &[StaffId], at: DateTime<Utc>, is_step: bool) {
        if self.calls.len() >= Self::CALLS {
            let forgotten = self.calls.remove(0);
            self.attempts.retain(|(call, ..), _| *call != forgotten.version);
        }
        self.calls.push(Call { version: self.version, staff: staff.to_vec(), at, is_step });
    }
}
