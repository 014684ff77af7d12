//! People who are paged: some answer at once, some late, some never; over addresses that work, that work now and then, or
//! that lead nowhere. And what carries the pages there.

use wideawake_domain::escalation::{Command, Resolution, Via};
use wideawake_domain::process::{Errand, ErrandOutcome};
use wideawake_domain::rotation::{RotationSet, rotation_stream};
use wideawake_domain::schedule::Rotation;
use wideawake_domain::staff::{Change, ContactKind, ContactMethod};
use wideawake_domain::{EscalationId, Event, StaffId};
use wideawake_runtime::process::Input;

use super::Happens;
use super::member::typed;
use crate::book::ROTATION;
use crate::call::{Ask, Caller};
use crate::model::Place;
use crate::trace::note;
use crate::world::{Happening, Instance, World};

/// Where pages go, and how often out of a hundred they arrive.
const ADDRESSES: [(&str, u32); 3] = [("good", 100), ("fickle", 50), ("dead", 0)];

/// What may be raised: one policy of these is never there.
const POLICIES: [&str; 3] = ["supervisor", "clinician", "gone"];

impl World {
    /// How somebody can be paged, if they can.
    pub(super) fn contact_methods(&mut self) -> Vec<ContactMethod> {
        let count = self.chance.weighted(&[10, 45, 30, 15]);
        let mut methods = Vec::new();
        for _ in 0..count {
            let kind = self.chance.one(&[ContactKind::Webhook, ContactKind::Email, ContactKind::Sms]);
            let (to, _) = ADDRESSES[self.chance.weighted(&[60, 25, 15])];
            let after_s = self.chance.between(0, 30) as u32;
            methods.push(ContactMethod { kind, to: to.to_owned(), after_s });
        }
        methods
    }

    pub(super) fn changes_how_somebody_is_reached(&mut self) {
        let everybody: Vec<StaffId> = self.staff.iter().map(|staff| staff.id).collect();
        let Some(staff) = self.chance.some(&everybody) else { return };
        let change = Change::ContactMethods(self.contact_methods());
        self.call(Caller::Nobody, Ask::Profile(staff, change));
    }

    /// Those who take turns at being on call; handed over in the middle of the night, perhaps.
    pub(super) fn arrange_rotation(&mut self, members: Vec<StaffId>) {
        if members.is_empty() || self.chance.percent(15) {
            return;
        }
        let starts = (self.options.start - chrono::TimeDelta::days(5)).date_naive();
        let handoff = Self::minute(self.options.start + self.options.length / 2, chrono_tz::Tz::UTC);
        let zone = chrono_tz::Tz::UTC;
        let rotation = Rotation { zone, starts, handoff, every_days: 1, members, overrides: Vec::new() };
        let set = RotationSet { name: ROTATION.to_owned(), rotation };
        self.arrange(rotation_stream(ROTATION), &[Event::Rotation(set.into())]);
    }

    pub(super) fn some_policy(&mut self) -> String {
        POLICIES[self.chance.weighted(&[50, 40, 10])].to_owned()
    }

    /// A pager sends a page.
    pub(crate) fn runs(&mut self, instance: Instance, errand: Errand) {
        let delay = self.chance.millis(20, 1_500);
        self.after(delay, Happening::Carried(instance, Box::new(errand)));
    }

    /// A page reaches whoever carries it, whether whoever sent it lives or not.
    pub(crate) fn carried(&mut self, instance: Instance, errand: Errand) {
        let of = ADDRESSES.iter().find(|(to, _)| *to == errand.contact.to);
        let arrives = of.map_or(0, |(_, percent)| *percent);
        let outcome = if arrives == 0 {
            ErrandOutcome::Refused { why: "status_404".to_owned() }
        } else if self.chance.percent(arrives) {
            ErrandOutcome::Done
        } else {
            ErrandOutcome::Failed { why: "timeout".to_owned() }
        };
        // Half of what seems to have failed arrives all the same.
        let is_there = match &outcome {
            ErrandOutcome::Done => true,
            ErrandOutcome::Failed { .. } => self.chance.percent(50),
            ErrandOutcome::Refused { .. } => false,
        };
        note!(self, "a page of {} to {} is carried: {outcome:?}", errand.escalation, errand.staff);
        let carried = self.checks.carried(&errand, outcome == ErrandOutcome::Done, self.options.faults.is_empty());
        self.found(carried);
        if is_there && let Some(at) = self.staff_by_id.get(&errand.staff).copied() {
            self.is_paged(at, errand.escalation);
        }
        let delay = self.chance.millis(5, 300);
        self.after(delay, Happening::Hears(instance, Box::new(Input::Ran(errand, outcome))));
    }

    fn is_paged(&mut self, at: usize, id: EscalationId) {
        let answers = if self.is_morning { 0 } else { self.chance.weighted(&self.staff[at].temper.pages) };
        match answers {
            0 => self.soon(1_000, 20_000, Happens::TakesOn(at, id)),
            1 => self.soon(30_000, 300_000, Happens::TakesOn(at, id)),
            _ => {}
        }
    }

    fn place(&self, id: EscalationId) -> Option<Place> {
        self.checks.truth.pleas.get(&id).map(|plea| plea.place.clone())
    }

    fn escalation_call(&mut self, at: usize, id: EscalationId, command: Command) {
        let staff = self.staff[at].id;
        self.call(Caller::Staff(at), Ask::Escalation { id, staff, command });
    }

    pub(super) fn takes_on(&mut self, at: usize, id: EscalationId) {
        let me = self.staff[at].id;
        match self.place(id) {
            None | Some(Place::Over) => {}
            Some(Place::Taken { by, .. }) if by == me => self.soon(1_000, 60_000, Happens::Concludes(at, id)),
            Some(_) => {
                let via = self.chance.one(&[Via::Desk, Via::Link, Via::Sms]);
                self.escalation_call(at, id, Command::Acknowledge(me, via, None));
            }
        }
    }

    /// Whoever took it on resolves it, hands it over, or forgets it.
    pub(super) fn concludes(&mut self, at: usize, id: EscalationId) {
        let me = self.staff[at].id;
        if !matches!(self.place(id), Some(Place::Taken { by, .. }) if by == me) {
            return;
        }
        match if self.is_morning { 0 } else { self.chance.weighted(&[60, 20, 20]) } {
            0 => {
                let note = self.chance.percent(50).then(typed);
                let resolution = Resolution { outcome: "seen_to".to_owned(), confirmed_by: None, note };
                self.escalation_call(at, id, Command::Resolve(me, resolution));
            }
            1 => {
                let everybody: Vec<StaffId> = self.staff.iter().map(|staff| staff.id).collect();
                let to = self.chance.one(&everybody);
                self.escalation_call(at, id, Command::HandOver(me, to, Some(typed())));
            }
            _ => {}
        }
    }

    /// Somebody at the desk sees an escalation that nobody has yet.
    pub(super) fn looks_at_escalations(&mut self) {
        let open: Vec<EscalationId> =
            self.checks.truth.pleas.values().filter(|plea| !plea.is_over()).map(|plea| plea.id).collect();
        let Some(id) = self.chance.some(&open) else { return };
        let request = self.checks.truth.pleas[&id].request;
        if let Some(at) = self.some_supervisor(request) {
            self.takes_on(at, id);
        }
    }

    /// In the morning whatever is open is seen to; but for what somebody forgets.
    pub(super) fn sees_to_escalations(&mut self) {
        let open: Vec<EscalationId> =
            self.checks.truth.pleas.values().filter(|plea| !plea.is_over()).map(|plea| plea.id).collect();
        for id in open {
            if self.chance.percent(20) {
                continue;
            }
            let taken_by = match self.place(id) {
                Some(Place::Taken { by, .. }) => self.staff_by_id.get(&by).copied(),
                _ => None,
            };
            let request = self.checks.truth.pleas[&id].request;
            let at = if taken_by.is_some() { taken_by } else { self.some_supervisor(request) };
            if let Some(at) = at {
                self.soon(500, 30_000, Happens::TakesOn(at, id));
            }
        }
    }
}
