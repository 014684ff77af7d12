//! The rules of DESIGN section 9, each in its own words.

#![allow(clippy::unwrap_used, clippy::panic)]

mod calling; // steps, rounds, the fallback
mod random; // whatever is asked of it in whatever order
mod taken_on; // what comes after somebody takes it on

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::*;
use crate::request::Cause;
use crate::staff::ContactKind;
use crate::{PageId, Pool, Priority, RequestId, StaffId, Version};

fn noon() -> DateTime<Utc> {
    "2026-03-02T12:00:00Z".parse().unwrap()
}

fn seconds(n: i64) -> TimeDelta {
    TimeDelta::seconds(n)
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

/// Two steps, of 60 and 120 seconds; the fallback comes every 300, and reminders after 1,800.
fn policy(repeat: u32) -> Policy {
    let step = |wait| Step { page: vec![Target::SupervisorsOnDuty], wait: seconds(wait) };
    Policy {
        name: "clinician".to_owned(),
        steps: vec![step(60), step(120)],
        repeat,
        resolve_within: Some(seconds(1_800)),
        fallback_every: seconds(300),
    }
}

/// An escalation, and the time.
struct Story {
    state: Escalation,
    now: DateTime<Utc>,
}

impl Story {
    fn new(policy: Policy) -> Self {
        let open = Open {
            request: RequestId(Uuid::from_u128(1)),
            line: "night".to_owned(),
            priority: Priority::Urgent,
            policy,
            raised: Version(5),
            cause: Cause::Rule,
            rule: None,
        };
        let (id, opened) = Escalation::open(open);
        assert_eq!(id, crate::EscalationId::derive(RequestId(Uuid::from_u128(1)), "clinician", Version(5)));
        Self { state: Escalation::opened(id, Pool::named("main"), opened, noon()), now: noon() }
    }

    /// Does it, and gives what it caused.
    fn does(&mut self, command: Command) -> Result<Vec<&'static str>, Rejection> {
        let events = self.state.decide(command, self.now)?;
        for event in &events {
            self.state.evolve(event, self.now);
        }
        Ok(events.iter().map(EscalationEvent::kind).collect())
    }

    fn advances(&mut self, staff: &[StaffId]) -> Vec<&'static str> {
        self.does(Command::Advance(staff.to_vec())).unwrap()
    }

    fn after(&mut self, length: i64) -> &mut Self {
        self.now += seconds(length);
        self
    }

    fn due_in(&self) -> Option<i64> {
        self.state.due().map(|due| (due - self.now).num_seconds())
    }

    fn acknowledged(&mut self, by: u128) -> Result<Vec<&'static str>, Rejection> {
        self.does(Command::Acknowledge(staff(by), Via::Desk, None))
    }

    fn resolves(&mut self, by: u128) -> Result<Vec<&'static str>, Rejection> {
        let resolution = Resolution { outcome: "seen_to".to_owned(), confirmed_by: None, note: None };
        self.does(Command::Resolve(staff(by), resolution))
    }

    fn attempt(&self, staff: StaffId, method: u32, attempt: u32, outcome: PageOutcome) -> PageAttempted {
        let call = self.state.calls.last().unwrap().version;
        let page = PageId::derive(self.state.id, call, staff, method as usize);
        PageAttempted { page, call, staff, method, kind: ContactKind::Sms, attempt, outcome }
    }
}
