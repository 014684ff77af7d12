//! What escalations and rules that need time ask for, looked up in what happened (DESIGN sections 8 and 9).

use wideawake_domain::escalation::{EscalationEvent, Target};
use wideawake_domain::rotation::rotation_stream;
use wideawake_domain::rules::{Rulebook, Trigger};
use wideawake_domain::staff::{Duty, Role};
use wideawake_domain::{EscalationId, Pool, Recorded, RequestId, StaffId, Version};

use super::{Breach, Case, Held, Model, Place, Plea, breach};
use crate::Time;
use crate::book::least;

impl Model {
    pub(super) fn learn_of_escalation(&mut self, fact: &Recorded, event: &EscalationEvent) -> Result<(), Breach> {
        let id = EscalationId(fact.stream.id);
        if let Some(plea) = self.pleas.get_mut(&id) {
            return plea.evolve(event, fact.at);
        }
        let EscalationEvent::EscalationOpened(opened) = event else {
            return breach("I6", format!("{id} begins with `{}`", fact.kind));
        };
        let plea = Plea::open(id, fact.pool.clone(), opened, fact.at);
        self.may_open(&plea)?;
        self.pleas.insert(id, plea);
        Ok(())
    }

    /// One for each request and policy at a time, and for something that was raised and is not seen to yet.
    pub(crate) fn may_open(&self, plea: &Plea) -> Result<(), Breach> {
        let (id, request, policy) = (plea.id, plea.request, &plea.policy.name);
        if id != EscalationId::derive(request, policy, plea.covers) {
            return breach("I6", format!("{id} is not the id of what {request} raised"));
        }
        if let Some(other) = self.open_plea(request, policy) {
            return breach("I6", format!("{id} is opened beside {} of the same request and policy", other.id));
        }
        // Of a request that is not known any more nothing can be said.
        let Some(case) = self.cases.get(&request) else { return Ok(()) };
        let is_raised = |raise: &super::Raise| raise.policy == *policy && raise.version == plea.covers;
        if !case.raises.iter().any(is_raised) || plea.covers <= self.covered(request, policy) {
            return breach("I6", format!("{id} is opened for nothing"));
        }
        Ok(())
    }

    pub(crate) fn open_plea(&self, request: RequestId, policy: &str) -> Option<&Plea> {
        self.pleas.values().find(|plea| plea.request == request && plea.policy.name == policy && !plea.is_over())
    }

    /// Up to which event of the request whatever raised that policy is part of an escalation.
    pub(crate) fn covered(&self, request: RequestId, policy: &str) -> Version {
        let of = self.pleas.values().filter(|plea| plea.request == request && plea.policy.name == policy);
        of.map(|plea| plea.covers).max().unwrap_or_default()
    }

    /// Up to which event whatever raised that policy is resolved.
    pub(crate) fn settled(&self, request: RequestId, policy: &str) -> Version {
        let of = self.pleas.values().filter(|plea| plea.request == request && plea.policy.name == policy);
        of.filter(|plea| plea.is_over()).map(|plea| plea.covers).max().unwrap_or_default()
    }

    /// The policies that the request raised and no escalation sees to, with since when.
    pub(crate) fn unseen<'a>(&'a self, case: &'a Case) -> impl Iterator<Item = (&'a str, Time)> {
        let missing = |raise: &&super::Raise| raise.version > self.covered(case.id, &raise.policy);
        case.raises.iter().filter(missing).map(|raise| (&*raise.policy, raise.at))
    }

    fn ways(&self, staff: StaffId) -> u32 {
        let profile = self.people.get(&staff).and_then(|person| person.profile.as_ref());
        profile.filter(|profile| !profile.removed).map_or(0, |profile| profile.contact_methods.len() as u32)
    }

    fn are(&self, role: Role, pool: &Pool) -> Vec<StaffId> {
        let is = |id: &StaffId| {
            let profile = self.people.get(id).and_then(|person| person.profile.as_ref());
            profile.is_some_and(|profile| profile.is(role) && profile.serves(pool))
        };
        self.people.keys().copied().filter(is).filter(|id| self.ways(*id) > 0).collect()
    }

    /// Every supervisor whom there is a way to page.
    pub(crate) fn supervisors(&self, pool: &Pool) -> Vec<StaffId> {
        self.are(Role::Supervisor, pool)
    }

    fn on_shift(&self, staff: StaffId, now: Time, duty: impl Fn(Duty) -> bool) -> bool {
        let Some(person) = self.people.get(&staff) else { return false };
        person.shift(now).is_some() && duty(person.duty(staff, now))
    }

    pub(crate) fn supervisors_on_duty(&self, pool: &Pool, now: Time) -> Vec<StaffId> {
        let all = self.supervisors(pool).into_iter();
        all.filter(|id| self.on_shift(*id, now, |duty| duty != Duty::Off)).collect()
    }

    /// Whom a step names.
    pub(crate) fn named(&self, targets: &[Target], pool: &Pool, now: Time) -> Vec<StaffId> {
        let mut all = Vec::new();
        for target in targets {
            match target {
                Target::SupervisorsOnDuty => all.extend(self.supervisors_on_duty(pool, now)),
                Target::Scheduled(line) => {
                    let line = self.settings.lines.iter().find(|known| known.name == *line);
                    let volunteers = line.map(|line| self.are(Role::Volunteer, &line.pool)).unwrap_or_default();
                    let missing = volunteers.into_iter();
                    all.extend(missing.filter(|id| self.on_shift(*id, now, |duty| duty != Duty::Ready)));
                }
                Target::Rotation(name) => {
                    let named = self.rotations.get(&rotation_stream(name));
                    all.extend(named.and_then(|named| named.rotation.on(now)).copied());
                }
                Target::Staff(id) => all.push(*id),
            }
        }
        let mut once = Vec::new();
        for id in all {
            if self.ways(id) > 0 && !once.contains(&id) {
                once.push(id);
            }
        }
        once
    }

    /// Who is reminded: whoever has it and the supervisors on duty, or else all of them.
    pub(crate) fn reminded(&self, by: StaffId, pool: &Pool, now: Time) -> Vec<StaffId> {
        let mut all: Vec<StaffId> = Some(by).filter(|by| self.ways(*by) > 0).into_iter().collect();
        all.extend(self.supervisors_on_duty(pool, now).into_iter().filter(|id| *id != by));
        if all.is_empty() { self.supervisors(pool) } else { all }
    }

    /// Whether nobody whom its step called can be reached any more.
    pub(crate) fn is_lost(&self, plea: &Plea) -> bool {
        let Place::Pages { .. } = plea.place else { return false };
        let Some((call, staff)) = plea.standing_call() else { return false };
        staff.iter().all(|staff| {
            (0..self.ways(*staff)).all(|method| plea.attempts.get(&(call, *staff, method)).is_some_and(|a| a.1))
        })
    }

    /// Whether the member is to be shown whom else to turn to: nobody took on what they raised.
    pub(crate) fn shows_emergency(&self, case: &Case) -> bool {
        let fell_back = |plea: &Plea| plea.request == case.id && !plea.is_over() && plea.fallbacks > 0;
        !case.is_closed() && !case.shown.contains("emergency") && self.pleas.values().any(fell_back)
    }

    /// The rules of that book that are due for a request, by name, with since when what they wait for has lasted.
    pub(crate) fn rules_due(&self, case: &Case, book: &Rulebook, now: Time) -> Vec<(String, Time)> {
        let mut due = Vec::new();
        for rule in &book.rules.rules {
            let since = match (rule.on, &case.state) {
                (_, Held::Closed) => None,
                (Trigger::Waiting, Held::ByNobody { since }) => Some(*since),
                (Trigger::Declined, Held::ByNobody { .. }) => case.exhausted(),
                (Trigger::Silent, _) => case.silent_since(),
                (Trigger::Away, _) => case.away_since,
                _ => None,
            };
            let Some(since) = since else { continue };
            let holds = rule
                .condition
                .as_ref()
                .is_none_or(|condition| least(condition.source()).is_some_and(|least| case.priority >= least));
            if holds && now >= since + rule.after && case.fired.get(&rule.name) != Some(&since) {
                due.push((rule.name.clone(), since));
            }
        }
        due
    }
}
