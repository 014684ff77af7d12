//! I6: an escalation that was raised reaches an acknowledgement, or is in its fallback and repeating. It never ends
//! otherwise.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;

use super::{Breach, StaffHistory, UNSEEN};
use crate::escalation::{Escalation, EscalationEvent, Next, Skip, Stage};
use crate::event::Event;
use crate::record::{Actor, StreamId};
use crate::request::{Cause, Ending, RequestEvent};
use crate::{EscalationId, Recorded, RequestId, Version};

/// How long before the newest event of the record something may have been due without having been done: a standby takes
/// over within seconds, and a tail is read each second.
const LATE: TimeDelta = TimeDelta::minutes(2);

/// What became of what requests raised: built from all escalation streams before requests are audited for it.
#[derive(Debug, Default)]
pub struct Escalations {
    of: BTreeMap<(RequestId, String), Vec<SeenTo>>,
    newest: DateTime<Utc>,
}

/// One escalation.
#[derive(Debug)]
struct SeenTo {
    up_to: Version,
    resolved_at: Option<DateTime<Utc>>,
    /// When it should have gone on by itself, and where it is.
    due: Option<(DateTime<Utc>, String)>,
    stream: StreamId,
    version: Version,
}

impl Escalations {
    /// Something stands in the record at that moment: what is due is judged by the newest.
    pub fn goes_on(&mut self, at: DateTime<Utc>) {
        self.newest = self.newest.max(at);
    }

    /// Takes the events of one escalation into account, in order; gives what they show to be against the invariants.
    pub fn learn(&mut self, facts: &[Recorded]) -> Vec<Breach> {
        let mut breaches = Vec::new();
        let mut state: Option<Escalation> = None;
        let mut resolved_at = None;
        for fact in facts {
            self.goes_on(fact.at);
            let mut breach = |what: String| breaches.push(found(fact.stream, fact.version, what));
            match (&state, fact.event()) {
                (_, Err(error)) => breach(error.to_string()),
                (None, Ok(Event::Escalation(EscalationEvent::EscalationOpened(opened)))) => {
                    let id = EscalationId::derive(opened.request, &opened.policy.name, opened.raised);
                    if id.0 != fact.stream.id {
                        breach("its id is not that of what raised it".to_owned());
                    }
                }
                (None, Ok(_)) => {
                    breach(format!("an escalation begins with `escalation_opened`, not with `{}`", fact.kind))
                }
                (Some(state), Ok(Event::Escalation(event))) => {
                    if let Some(what) = judge(state, &event, fact.at) {
                        breach(what);
                    }
                    if let EscalationEvent::Resolved(_) = event {
                        resolved_at = Some(fact.at);
                    }
                }
                (Some(_), Ok(_)) => {}
            }
            Escalation::apply(&mut state, fact);
        }
        if let Some(state) = state {
            let due = state.due().map(|due| (due, format!("{:?}", state.stage)));
            let (stream, version, up_to) = (StreamId::escalation(state.id), state.version, state.covers());
            let seen_to = SeenTo { up_to, resolved_at, due, stream, version };
            self.of.entry((state.request, state.policy.name)).or_default().push(seen_to);
        }
        breaches
    }

    /// What stands still, once everything was learnt: nothing of it waits for a person.
    pub fn standing_still(&self) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for seen_to in self.of.values().flatten() {
            if let Some((due, stage)) = seen_to.due.as_ref().filter(|(due, _)| *due + LATE < self.newest) {
                let what = format!("nothing has come of it since {due}: {stage}");
                breaches.push(found(seen_to.stream, seen_to.version, what));
            }
        }
        breaches
    }

    /// What the events of one request show: something that it raised and nobody opened, or that a volunteer alone closed
    /// it while something that a person or a rule had asked for was not resolved.
    pub fn request(&self, facts: &[Recorded], staff: &StaffHistory) -> Vec<Breach> {
        let mut breaches = Vec::new();
        let mut raised: Vec<(String, Cause, Version)> = Vec::new();
        for fact in facts {
            let id = RequestId(fact.stream.id);
            let of = |policy: &str| self.of.get(&(id, policy.to_owned())).map_or(&[][..], Vec::as_slice);
            match fact.event() {
                Ok(Event::Request(RequestEvent::EscalationRaised(e))) => {
                    let is_open = of(&e.policy).iter().any(|seen_to| seen_to.up_to >= fact.version);
                    if !is_open && fact.at + LATE < self.newest {
                        let what = format!("it raised {} and no escalation was opened", e.policy);
                        breaches.push(found(fact.stream, fact.version, what));
                    }
                    raised.push((e.policy, e.cause, fact.version));
                }
                Ok(Event::Request(RequestEvent::Closed(closed))) if closed.ending == Ending::Closed => {
                    let Actor::Staff(by) = fact.actor else { continue };
                    if staff.supervised(by, fact.at) {
                        continue;
                    }
                    let settled = |policy: &str, version: Version| {
                        let by_then = |at: DateTime<Utc>| at <= fact.at + UNSEEN;
                        of(policy).iter().any(|one| one.up_to >= version && one.resolved_at.is_some_and(by_then))
                    };
                    let asks = raised.iter().filter(|(_, cause, _)| matches!(cause, Cause::Person | Cause::Rule));
                    for (policy, _, version) in asks {
                        if !settled(policy, *version) {
                            let what = format!("{by} closed it although what raised {policy} was not resolved");
                            breaches.push(found(fact.stream, fact.version, what));
                        }
                    }
                }
                _ => {}
            }
        }
        breaches
    }
}

fn found(stream: StreamId, version: Version, what: String) -> Breach {
    Breach { invariant: "I6", place: format!("{stream} version {version}"), what }
}

/// What is wrong with `event` coming at `at` to an escalation in that state.
fn judge(state: &Escalation, event: &EscalationEvent, at: DateTime<Utc>) -> Option<String> {
    if state.is_resolved() {
        return Some(format!("`{}` came after it was resolved", event.kind()));
    }
    // Whoever wrote it went by another clock, perhaps.
    let next = state.next(at + UNSEEN);
    let is_next =
        |round: u32, step: u32| matches!(next, Some(Next::Step { round: r, step: s, .. }) if (r, s) == (round, step));
    let fits = match event {
        EscalationEvent::EscalationOpened(_) => false,
        EscalationEvent::TriggerAdded(added) => added.raised > state.covers(),
        EscalationEvent::StepReached(reached) => is_next(reached.round, reached.step) && !reached.staff.is_empty(),
        EscalationEvent::StepSkipped(skipped) => match (skipped.why, &state.stage) {
            (Skip::Nobody, _) => is_next(skipped.round, skipped.step),
            (Skip::Unreachable, Stage::Paging { round, step, .. }) => (*round, *step) == (skipped.round, skipped.step),
            (Skip::Unreachable, _) => false,
        },
        EscalationEvent::FallbackReached(reached) => {
            next == Some(Next::Fallback) && reached.count == state.fallbacks + 1 && reached.until > at
        }
        EscalationEvent::PageAttempted(_) => true,
        EscalationEvent::Acknowledged(taken) => state.taken_by().is_none() || state.hand_over == Some(taken.by),
        EscalationEvent::HandOverAsked(_) => state.taken_by().is_some(),
        EscalationEvent::Reminded(_) => {
            matches!(state.stage, Stage::Acknowledged { remind_at: Some(due), .. } if due <= at + UNSEEN)
        }
        EscalationEvent::Resolved(_) => state.taken_by().is_some(),
    };
    (!fits).then(|| format!("`{}` came at {:?}", event.kind(), state.stage))
}
