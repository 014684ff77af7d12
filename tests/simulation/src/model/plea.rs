//! One escalation, as the events tell, and what cannot happen to it (I6).

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use wideawake_domain::escalation::{EscalationEvent, EscalationOpened, PageOutcome, Policy, Skip};
use wideawake_domain::{EscalationId, Pool, RequestId, StaffId, Version};

use super::{Breach, breach};
use crate::Time;

#[derive(Clone, Debug)]
pub(crate) struct Plea {
    pub(crate) id: EscalationId,
    pub(crate) version: Version,
    pub(crate) pool: Pool,
    pub(crate) request: RequestId,
    pub(crate) policy: Policy,
    pub(crate) opened_at: Time,
    /// Whatever was raised up to here is part of it.
    pub(crate) covers: Version,
    pub(crate) place: Place,
    /// The last time through the policy in which anybody was called.
    called_in: Option<u32>,
    pub(crate) fallbacks: u32,
    /// Whom each event called, and whether they are called until somebody takes it on.
    pub(crate) calls: BTreeMap<Version, (Vec<StaffId>, bool)>,
    /// The newest attempt at each page, and whether it was the last and failed.
    pub(crate) attempts: BTreeMap<(Version, StaffId, u32), (u32, bool)>,
    pub(crate) asked: Option<StaffId>,
}

/// Where it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// That step, or the fallback, is next.
    Next(Option<(u32, u32)>),
    /// That step waits for somebody.
    Pages { round: u32, step: u32, until: Time },
    /// Every supervisor was called.
    Fallback { until: Time },
    /// Somebody has it.
    Taken { by: StaffId, remind_at: Option<Time> },
    /// It is resolved.
    Over,
}

/// Nothing is waited for shorter than this, whatever a policy says.
const SHORTEST: TimeDelta = TimeDelta::milliseconds(100);

impl Plea {
    pub(crate) fn open(id: EscalationId, pool: Pool, opened: &EscalationOpened, at: Time) -> Self {
        Self {
            id,
            version: Version(1),
            pool,
            request: opened.request,
            policy: opened.policy.clone(),
            opened_at: at,
            covers: opened.raised,
            place: Place::Next(opened.policy.steps.first().map(|_| (0, 0))),
            called_in: None,
            fallbacks: 0,
            calls: BTreeMap::new(),
            attempts: BTreeMap::new(),
            asked: None,
        }
    }

    pub(crate) fn is_over(&self) -> bool {
        self.place == Place::Over
    }

    /// Since when something of itself should have come.
    pub(crate) fn due(&self) -> Option<Time> {
        match self.place {
            Place::Next(_) => Some(self.opened_at),
            Place::Pages { until, .. } | Place::Fallback { until } => Some(until),
            Place::Taken { remind_at, .. } => remind_at,
            Place::Over => None,
        }
    }

    /// What comes next, at `now`: a step, or (within) the fallback; `None`: nothing yet.
    fn next(&self, now: Time) -> Option<Option<(u32, u32)>> {
        match self.place {
            Place::Next(next) => Some(next),
            Place::Pages { round, step, until } if now >= until => Some(self.behind(round, step)),
            Place::Fallback { until } if now >= until => Some(None),
            _ => None,
        }
    }

    /// The next step; or the first once more, if the policy says so and anybody was called the last time; or the fallback.
    fn behind(&self, round: u32, step: u32) -> Option<(u32, u32)> {
        if (step as usize) + 1 < self.policy.steps.len() {
            Some((round, step + 1))
        } else if round < self.policy.repeat && self.called_in == Some(round) {
            Some((round + 1, 0))
        } else {
            None
        }
    }

    /// The call that waits for somebody to take it on.
    pub(crate) fn standing_call(&self) -> Option<(Version, &[StaffId])> {
        let (version, (staff, _)) = self.calls.iter().rev().find(|(_, (_, is_step))| *is_step)?;
        Some((*version, staff))
    }

    fn calls(&mut self, staff: &[StaffId], is_step: bool) {
        self.calls.insert(self.version, (staff.to_vec(), is_step));
    }

    /// Takes one more event, unless it cannot have happened.
    pub(crate) fn evolve(&mut self, event: &EscalationEvent, at: Time) -> Result<(), Breach> {
        self.version = self.version.next();
        let id = self.id;
        if self.is_over() {
            return breach("I6", format!("`{}` came after {id} was resolved", event.kind()));
        }
        match event {
            EscalationEvent::EscalationOpened(_) => return breach("I6", format!("{id} is opened twice")),
            EscalationEvent::TriggerAdded(added) if added.raised <= self.covers => {
                return breach("I6", format!("{id} is given a reason that it has"));
            }
            EscalationEvent::TriggerAdded(added) => self.covers = added.raised,
            EscalationEvent::StepReached(reached) => {
                let (round, step) = (reached.round, reached.step);
                if self.next(at) != Some(Some((round, step))) || reached.staff.is_empty() {
                    return breach("I6", format!("{id} reaches step {round}/{step} from {:?}", self.place));
                }
                let wait = self.policy.steps.get(step as usize).map_or(SHORTEST, |step| step.wait.max(SHORTEST));
                if reached.until != at + wait {
                    return breach("I6", format!("step {round}/{step} of {id} waits until {}", reached.until));
                }
                self.called_in = Some(round);
                self.place = Place::Pages { round, step, until: reached.until };
                self.calls(&reached.staff, true);
            }
            EscalationEvent::StepSkipped(skipped) => {
                let (round, step) = (skipped.round, skipped.step);
                let fits = match (skipped.why, &self.place) {
                    (Skip::Nobody, _) => self.next(at) == Some(Some((round, step))),
                    (Skip::Unreachable, Place::Pages { round: r, step: s, .. }) => (*r, *s) == (round, step),
                    (Skip::Unreachable, _) => false,
                };
                if !fits {
                    return breach("I6", format!("step {round}/{step} of {id} is skipped at {:?}", self.place));
                }
                self.place = Place::Next(self.behind(round, step));
            }
            EscalationEvent::FallbackReached(reached) => {
                if self.next(at) != Some(None) || reached.count != self.fallbacks + 1 {
                    return breach("I6", format!("{id} reaches its fallback from {:?}", self.place));
                }
                if reached.until != at + self.policy.fallback_every.max(SHORTEST) {
                    return breach("I6", format!("the fallback of {id} comes again only at {}", reached.until));
                }
                self.fallbacks = reached.count;
                self.place = Place::Fallback { until: reached.until };
                self.calls(&reached.staff, true);
            }
            EscalationEvent::PageAttempted(tried) => {
                let page = (tried.call, tried.staff, tried.method);
                let is_called = self.calls.get(&tried.call).is_some_and(|(staff, _)| staff.contains(&tried.staff));
                let before = self.attempts.get(&page).map_or(0, |(count, _)| *count);
                if !is_called || tried.attempt <= before {
                    let (staff, call) = (tried.staff, tried.call);
                    return breach("I6", format!("attempt {} at {staff} for {call} of {id}", tried.attempt));
                }
                let is_lost = matches!(tried.outcome, PageOutcome::Failed { again_at: None, .. });
                self.attempts.insert(page, (tried.attempt, is_lost));
            }
            EscalationEvent::Acknowledged(taken) => {
                let had = if let Place::Taken { by, .. } = self.place { Some(by) } else { None };
                if had.is_some() && self.asked != Some(taken.by) {
                    return breach("I6", format!("{} takes {id} from {had:?} unasked", taken.by));
                }
                let remind_at = self.policy.resolve_within.map(|within| at + within);
                self.place = Place::Taken { by: taken.by, remind_at };
                self.asked = None;
            }
            EscalationEvent::HandOverAsked(asked) => {
                if !matches!(self.place, Place::Taken { .. }) {
                    return breach("I6", format!("{id} is to be handed over by nobody"));
                }
                self.asked = Some(asked.to);
                self.calls(&[asked.to], false);
            }
            EscalationEvent::Reminded(reminded) => match &mut self.place {
                Place::Taken { remind_at: Some(due), .. } if at >= *due => {
                    *due = reminded.until;
                    self.calls(&reminded.staff, false);
                }
                place => return breach("I6", format!("somebody is reminded of {id} at {place:?}")),
            },
            EscalationEvent::Resolved(_) => {
                if !matches!(self.place, Place::Taken { .. }) {
                    return breach("I6", format!("{id} is resolved and nobody had taken it on"));
                }
                self.place = Place::Over;
            }
        }
        Ok(())
    }

    /// The people to whom pages of `call` have not been tried over their first contact method.
    pub(crate) fn untried(&self, call: Version) -> BTreeSet<StaffId> {
        let staff = self.calls.get(&call).map(|(staff, _)| staff.clone()).unwrap_or_default();
        staff.into_iter().filter(|staff| !self.attempts.contains_key(&(call, *staff, 0))).collect()
    }
}
