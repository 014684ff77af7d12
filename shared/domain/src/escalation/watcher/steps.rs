//! One step after the other, until somebody takes it on (DESIGN section 9).

use chrono::{DateTime, Utc};

use super::people::People;
use super::{Concerns, Watcher};
use crate::escalation::{Command, Escalation, EscalationEvent, EscalationOpened, Next, PageOutcome, Skip, Stage};
use crate::process::Intent;
use crate::{EscalationId, Pool, StaffId};

/// How many events one append holds at most; what is left comes with the next.
const MOST_AT_ONCE: usize = 200;

/// What is going to be appended to an escalation: the state as it will be, and the events that lead there.
pub(super) struct Draft {
    pub state: Escalation,
    pub events: Vec<EscalationEvent>,
}

impl Draft {
    /// One that is only being opened.
    pub(super) fn open(id: EscalationId, pool: &Pool, opened: EscalationOpened, now: DateTime<Utc>) -> Self {
        let state = Escalation::opened(id, pool.clone(), opened.clone(), now);
        Self { state, events: vec![opened.into()] }
    }

    /// Adds what `command` causes, and says whether it caused anything; a command that is refused causes nothing.
    pub(super) fn add(&mut self, command: Command, now: DateTime<Utc>) -> bool {
        let events = self.state.decide(command, now).unwrap_or_default();
        for event in &events {
            self.state.evolve(event, now);
        }
        let caused = !events.is_empty();
        self.events.extend(events);
        caused
    }
}

impl Watcher {
    /// Does what is due about an escalation, and sets its alarm.
    pub(super) fn review_escalation(&mut self, id: EscalationId, intents: &mut Vec<Intent>, now: DateTime<Utc>) {
        let Some(running) = self.escalations.get(&id).filter(|running| !running.in_flight) else { return };
        let expected = running.state.version;
        let mut draft = Draft { state: running.state.clone(), events: Vec::new() };
        self.add_triggers(&mut draft, now);
        self.walk(&mut draft, now);
        let due = if draft.events.is_empty() { draft.state.due() } else { None };
        self.timers.arm(Concerns::Escalation(id), due);
        if let (false, Some(running)) = (draft.events.is_empty(), self.escalations.get_mut(&id)) {
            running.in_flight = true;
            intents.push(self.append(id, expected, draft.events));
        }
    }

    /// Goes on as far as it goes at `now`: what reaches nobody is passed over at once.
    pub(super) fn walk(&mut self, draft: &mut Draft, now: DateTime<Utc>) {
        while draft.events.len() < MOST_AT_ONCE {
            let Some(command) = self.next_command(&draft.state, now) else { return };
            if !draft.add(command, now) {
                return;
            }
        }
    }

    fn next_command(&mut self, state: &Escalation, now: DateTime<Utc>) -> Option<Command> {
        let people = &mut self.people;
        match state.next(now) {
            Some(Next::Step { to, .. }) => Some(Command::Advance(people.named(&to.page, &self.settings, now))),
            Some(Next::Fallback) => Some(Command::Advance(people.every_supervisor())),
            None if is_lost(state, people) => Some(Command::Skip(Skip::Unreachable)),
            None => match state.stage {
                Stage::Acknowledged { by, remind_at: Some(at), .. } if now >= at => {
                    let mut staff: Vec<StaffId> = people.is_reachable(by).then_some(by).into_iter().collect();
                    staff.extend(people.supervisors_on_duty(now).into_iter().filter(|other| *other != by));
                    // Somebody is reminded, whoever is there.
                    Some(Command::Remind(if staff.is_empty() { people.every_supervisor() } else { staff }))
                }
                _ => None,
            },
        }
    }
}

/// Whether a step waits for people of whom nobody can be reached: every contact method of each has failed for good.
fn is_lost(state: &Escalation, people: &People) -> bool {
    let Stage::Paging { .. } = state.stage else { return false };
    let Some(call) = state.calls.iter().rev().find(|call| call.is_step) else { return false };
    call.staff.iter().all(|staff| {
        let has_failed = |method| {
            let attempt = state.attempts.get(&(call.version, *staff, method));
            attempt.is_some_and(|attempt| matches!(attempt.outcome, PageOutcome::Failed { again_at: None, .. }))
        };
        (0..people.contact_methods(*staff)).all(has_failed)
    })
}
