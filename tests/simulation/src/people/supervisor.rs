//! Supervisors: they assign, transfer, change priority, join, take back, close and bar; and they change who works when.

use wideawake_domain::record::Part;
use wideawake_domain::request::{Cause, Command, Joining, ReleaseReason, Speaker};
use wideawake_domain::{Actor, Priority, RequestId, StaffId};

use super::Happens;
use super::member::typed;
use crate::call::{Ask, Caller};
use crate::world::World;

impl World {
    /// One of those who answer for the pool of that request.
    pub(super) fn some_supervisor(&mut self, request: RequestId) -> Option<usize> {
        let pool = &self.checks.truth.cases.get(&request)?.pool;
        let answers = |at: &usize| self.staff[*at].is_supervisor && self.checks.works_in(self.staff[*at].id, pool);
        let all: Vec<usize> = (0..self.staff.len()).filter(answers).collect();
        self.chance.some(&all)
    }

    pub(super) fn supervises(&mut self) {
        if self.is_morning {
            return;
        }
        let every = self.options.supervision.num_milliseconds();
        self.soon(every / 10, every, Happens::Supervises);
        if self.settings().pools.len() > 1 && self.chance.percent(6) {
            self.moves_somebody();
        }
        if self.chance.percent(6) {
            self.changes_how_somebody_is_reached();
        }
        if self.chance.percent(12) {
            self.looks_at_escalations();
        }
        let open: Vec<RequestId> = self.checks.truth.open.iter().copied().collect();
        let what = self.chance.below(100);
        if what >= 72 {
            return self.changes_somebody(what);
        }
        let Some(request) = self.chance.some(&open) else { return };
        let Some(at) = self.some_supervisor(request) else { return };
        let anybody: Vec<StaffId> = self.staff.iter().map(|staff| staff.id).collect();
        let me = self.staff[at].id;
        let mut actor = Actor::Staff(me);
        let command = match what {
            0..15 => Command::Assign(self.chance.one(&anybody)),
            15..33 => Command::SetPriority(self.chance.one(&Priority::ALL), Some(typed())),
            33..40 => {
                actor = Actor::System(Part::Escalation);
                Command::SetPriority(self.chance.one(&Priority::ALL), None)
            }
            40..46 => {
                let joining = self.chance.one(&[Joining::Beside, Joining::Holder]);
                Command::Join(me, Speaker::Supervisor, joining)
            }
            46..53 => Command::Release(ReleaseReason::Supervisor, Some(typed())),
            53..57 => self.close(true, true),
            57..60 => {
                let retention = self.settings().lines[0].retention;
                Command::Bar(chrono::TimeDelta::hours(24), typed(), retention)
            }
            60..68 => Command::AskTransfer(self.chance.some(&anybody).filter(|_| self.chance.percent(60)), None),
            _ => {
                actor = Actor::System(Part::Escalation);
                let policy = self.some_policy();
                Command::Escalate { policy, cause: Cause::Rule, reason: None }
            }
        };
        self.call(Caller::Staff(at), Ask::Change { request, actor, command, as_holder: None });
    }

    /// What a volunteer may not end alone, a supervisor does; in the morning also what nobody comes to an end with.
    pub(super) fn resolves(&mut self, request: RequestId) {
        let truth = &self.checks.truth;
        let Some(case) = truth.cases.get(&request).filter(|case| !case.is_closed()) else { return };
        let asked = case.raised.iter().any(|cause| matches!(cause, Cause::Person | Cause::Rule));
        if !asked || case.holder().is_none() {
            return;
        }
        if let Some(at) = self.some_supervisor(request) {
            let actor = Actor::Staff(self.staff[at].id);
            let command = self.close(true, true);
            self.call(Caller::Staff(at), Ask::Change { request, actor, command, as_holder: None });
        }
    }
}
