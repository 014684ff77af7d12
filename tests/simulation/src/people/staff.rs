//! Volunteers, and supervisors where they hold a request: they accept, decline, ignore, accept late, freeze, drop, and go
//! off in the middle.

use std::collections::BTreeMap;

use wideawake_domain::escalation;
use wideawake_domain::process::Signal;
use wideawake_domain::request::{Cause, Command, Findings, Rejection, ReleaseReason, Say, Speaker};
use wideawake_domain::staff::Duty;
use wideawake_domain::{Actor, RequestId, StaffId};

use super::member::typed;
use super::{Happens, Offer};
use crate::call::{Answer, Ask, Caller};
use crate::faults::Fault;
use crate::world::{Happening, World};

/// How often a client proves itself alive.
const BEAT: i64 = 10_000;

#[derive(Debug)]
pub(crate) struct Staff {
    pub(crate) id: StaffId,
    pub(super) is_supervisor: bool,
    /// Their client is connected and not frozen.
    is_there: bool,
    pub(super) temper: Temper,
}

/// How somebody is, in weights.
#[derive(Clone, Copy, Debug)]
pub(super) struct Temper {
    /// Accepts, declines, ignores, accepts at the last moment.
    answers: [u32; 4],
    /// Out of a hundred conversations, in how many they never write.
    silent: u32,
    /// Answers a page at once, late, or not at all.
    pub(super) pages: [u32; 3],
}

impl Temper {
    pub(super) const WILLING: Self = Self { answers: [1, 0, 0, 0], silent: 0, pages: [1, 0, 0] };

    pub(super) fn draw(chance: &mut crate::chance::Chance) -> Self {
        let answers =
            chance.one(&[[80, 5, 10, 5], [40, 40, 10, 10], [30, 10, 50, 10], [30, 10, 10, 50], [97, 1, 1, 1]]);
        let pages = chance.one(&[[70, 20, 10], [20, 60, 20], [5, 5, 90], [0, 0, 1]]);
        Self { answers, silent: chance.one(&[0, 5, 40]), pages }
    }
}

impl World {
    pub(super) fn add_staff(&mut self, id: StaffId, is_supervisor: bool, temper: Temper) -> usize {
        let at = self.staff.len();
        self.staff.push(Staff { id, is_supervisor, is_there: true, temper });
        self.staff_by_id.insert(id, at);
        self.soon(0, BEAT, Happens::StaffBeats(at));
        let moods = self.options.moods.num_milliseconds();
        self.soon(moods / 10, moods, Happens::StaffMood(at));
        at
    }

    pub(super) fn staff_beats(&mut self, at: usize) {
        if self.staff[at].is_there && !self.strikes(Fault::PresenceFlaps) {
            let door = self.chance.below(self.doors.len());
            let signal = Signal::StaffSeen { staff: self.staff[at].id, at: self.door_clock(door) };
            self.seen(signal);
        }
        self.after(chrono::TimeDelta::milliseconds(BEAT), Happening::Person(Happens::StaffBeats(at)));
    }

    pub(super) fn staff_mood(&mut self, at: usize) {
        if self.is_morning {
            return;
        }
        let mood = self.chance.weighted(&[15, 10, 12, 8, 40, 15]);
        match mood {
            0 | 1 => {
                self.staff[at].is_there = false;
                let (low, high) = self.chance.one(&[(3_000, 40_000), (20_000, 120_000), (60_000, 600_000)]);
                self.soon(low, high, Happens::StaffReturns(at));
            }
            2 | 3 => {
                let duty = if mood == 2 { Duty::Break } else { Duty::Off };
                self.call(Caller::Staff(at), Ask::Duty(self.staff[at].id, duty));
                self.soon(5_000, 300_000, Happens::Ready(at));
            }
            4 => self.says_ready(at),
            _ => {}
        }
        let moods = self.options.moods.num_milliseconds();
        self.soon(moods / 10, moods, Happens::StaffMood(at));
    }

    /// Whoever comes back is shown all that stands.
    pub(super) fn staff_returns(&mut self, at: usize) {
        self.staff[at].is_there = true;
        let id = self.staff[at].id;
        let mut shown = Vec::new();
        for case in self.checks.truth.open.iter().map(|id| &self.checks.truth.cases[id]) {
            if let Some(offer) = case.offer_to(id) {
                let offer = Offer { request: case.id, id: offer.id, expires_at: offer.expires_at };
                shown.push(Happens::Shown(at, offer));
            }
            if case.holder() == Some(id) {
                shown.push(Happens::Holds(at, case.id));
            }
        }
        for happens in shown {
            self.soon(100, 2_000, happens);
        }
    }

    pub(super) fn says_ready(&mut self, at: usize) {
        if self.staff[at].is_there {
            self.call(Caller::Staff(at), Ask::Duty(self.staff[at].id, Duty::Ready));
        }
    }

    pub(super) fn is_shown(&mut self, at: usize, offer: Offer) {
        if !self.staff[at].is_there {
            return;
        }
        if self.is_morning {
            return self.soon(300, 4_000, Happens::Accepts(at, offer));
        }
        let left = (offer.expires_at - self.now).num_milliseconds().max(1);
        match self.chance.weighted(&self.staff[at].temper.answers) {
            0 => self.soon(300, left.max(400), Happens::Accepts(at, offer)),
            1 => self.soon(300, left.max(400), Happens::Declines(at, offer)),
            2 => {}
            _ => self.soon((left - 700).max(1), left + 1_600, Happens::Accepts(at, offer)),
        }
        // Some press twice, or change their minds.
        if self.chance.percent(8) {
            self.soon(300, left.max(400), Happens::Accepts(at, offer));
        }
    }

    fn staff_calls(&mut self, at: usize, request: RequestId, command: Command, as_holder: bool) {
        let id = self.staff[at].id;
        let as_holder = as_holder.then_some(id);
        self.call(Caller::Staff(at), Ask::Change { request, actor: Actor::Staff(id), command, as_holder });
    }

    pub(super) fn accepts(&mut self, at: usize, offer: Offer) {
        if self.staff[at].is_there {
            self.staff_calls(at, offer.request, Command::Accept(offer.id, self.staff[at].id), false);
        }
    }

    pub(super) fn declines(&mut self, at: usize, offer: Offer) {
        if self.staff[at].is_there {
            let reason = self.chance.percent(30).then(typed);
            self.staff_calls(at, offer.request, Command::Decline(offer.id, self.staff[at].id, reason), false);
        }
    }

    pub(super) fn staff_hears(&mut self, at: usize, ask: &Ask, answer: Answer) {
        match (ask, answer) {
            (
                Ask::Change { request, command: Command::Close { .. }, .. },
                Answer::Refused(Rejection::EscalationOpen),
            ) => {
                self.soon(5_000, 60_000, Happens::Resolves(*request));
            }
            (Ask::Escalation { id, command: escalation::Command::Acknowledge(..), .. }, Answer::Done) => {
                self.soon(5_000, 120_000, Happens::Concludes(at, *id));
            }
            (Ask::Escalation { .. }, Answer::Failed) if self.chance.percent(70) => {
                self.call(Caller::Staff(at), ask.clone());
            }
            // The client tries again what was not answered.
            (
                Ask::Change { command: Command::Accept(..) | Command::Decline(..), .. } | Ask::Duty(..),
                Answer::Failed,
            ) if self.staff[at].is_there && self.chance.percent(70) => self.call(Caller::Staff(at), ask.clone()),
            _ => {}
        }
    }

    fn still_holds(&self, at: usize, request: RequestId) -> bool {
        let case = self.checks.truth.cases.get(&request);
        self.staff[at].is_there && case.is_some_and(|case| case.holder() == Some(self.staff[at].id))
    }

    pub(super) fn begins_with(&mut self, at: usize, request: RequestId) {
        if !self.still_holds(at, request) {
            return;
        }
        if self.is_morning {
            self.soon(500, 4_000, Happens::Talks(at, request));
            return self.soon(5_000, 25_000, Happens::Ends(at, request));
        }
        if !self.chance.percent(self.staff[at].temper.silent) {
            self.soon(1_000, 50_000, Happens::Talks(at, request));
        }
        self.soon(20_000, 300_000, Happens::Ends(at, request));
    }

    pub(super) fn talks(&mut self, at: usize, request: RequestId) {
        if !self.still_holds(at, request) {
            return;
        }
        let staff = Some(self.staff[at].id);
        let from = if self.staff[at].is_supervisor { Speaker::Supervisor } else { Speaker::Volunteer };
        let say = Say { from, staff, aside: false, text: typed(), once: None, findings: Findings::default() };
        self.staff_calls(at, request, Command::Say(say), true);
        self.soon(10_000, 150_000, Happens::Talks(at, request));
    }

    pub(super) fn ends(&mut self, at: usize, request: RequestId) {
        if !self.still_holds(at, request) {
            return;
        }
        let how = if self.is_morning { 0 } else { self.chance.weighted(&[65, 12, 13, 5, 5]) };
        match how {
            0 => {
                let risk_assessed = self.is_morning || self.chance.percent(90);
                self.staff_calls(at, request, self.close(false, risk_assessed), true);
            }
            1 => self.staff_calls(at, request, Command::Release(ReleaseReason::GaveBack, Some(typed())), true),
            2 => {
                let anybody: Vec<StaffId> = self.staff.iter().map(|staff| staff.id).collect();
                let to = self.chance.some(&anybody).filter(|_| self.chance.percent(40));
                self.staff_calls(at, request, Command::AskTransfer(to, Some(typed())), true);
            }
            3 => {
                let policy = self.some_policy();
                let raise = Command::Escalate { policy, cause: Cause::Person, reason: Some(typed()) };
                self.staff_calls(at, request, raise, true);
            }
            _ => {}
        }
        self.soon(15_000, 60_000, Happens::Ends(at, request));
    }

    pub(super) fn close(&self, by_supervisor: bool, risk_assessed: bool) -> Command {
        let retention = self.settings().lines[0].retention;
        let outcome = "supported".to_owned();
        Command::Close {
            by_supervisor,
            settled: BTreeMap::new(),
            outcome,
            risk_assessed,
            note: Some(typed()),
            retention,
        }
    }
}
