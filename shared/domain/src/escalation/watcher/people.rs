//! Whom a step names, at the moment at which it is reached.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

use crate::escalation::Target;
use crate::event::Event;
use crate::record::StreamKind;
use crate::rotation::{NamedRotation, rotation_stream};
use crate::schedule::HoursCache;
use crate::settings::Settings;
use crate::staff::{Duty, DutyEvent, DutyWeek, Role, StaffMember};
use crate::{Pool, Recorded, StaffId};

/// How many people one step calls at most.
const MOST_CALLED: usize = 200;

/// Everybody, and who is on call.
#[derive(Debug)]
pub(super) struct People {
    pool: Pool,
    members: BTreeMap<StaffId, Person>,
    /// Of the pool, those whom there is a way to page.
    supervisors: BTreeSet<StaffId>,
    rotations: BTreeMap<Uuid, NamedRotation>,
}

#[derive(Debug, Default)]
struct Person {
    profile: Option<StaffMember>,
    hours: Option<HoursCache>,
    duty: DutyWeek,
    seen: Option<DateTime<Utc>>,
}

impl Person {
    fn is(&self, role: Role, pool: &Pool) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.is(role) && profile.serves(pool))
    }

    fn is_scheduled(&mut self, now: DateTime<Utc>) -> bool {
        self.hours.as_mut().and_then(|hours| hours.on_shift(now)).is_some()
    }

    /// How many ways there are to page them.
    fn contact_methods(&self) -> usize {
        let profile = self.profile.as_ref().filter(|profile| !profile.removed);
        profile.map_or(0, |profile| profile.contact_methods.len())
    }
}

impl People {
    pub(super) fn new(pool: Pool) -> Self {
        Self { pool, members: BTreeMap::new(), supervisors: BTreeSet::new(), rotations: BTreeMap::new() }
    }

    pub(super) fn observe(&mut self, fact: &Recorded) {
        match fact.stream.kind {
            StreamKind::Staff => {
                let id = StaffId(fact.stream.id);
                let person = self.members.entry(id).or_default();
                StaffMember::apply(&mut person.profile, fact);
                person.hours = person.profile.as_ref().map(|profile| HoursCache::new(profile.hours()));
                if person.is(Role::Supervisor, &self.pool) && person.contact_methods() > 0 {
                    self.supervisors.insert(id);
                } else {
                    self.supervisors.remove(&id);
                }
            }
            StreamKind::Duty => {
                let Ok(Event::Duty(DutyEvent::DutySet(set))) = fact.event() else { return };
                self.members.entry(set.staff).or_default().duty.apply(fact);
            }
            StreamKind::Rotation => {
                let mut rotation = self.rotations.remove(&fact.stream.id);
                NamedRotation::apply(&mut rotation, fact);
                self.rotations.extend(rotation.map(|rotation| (fact.stream.id, rotation)));
            }
            _ => {}
        }
    }

    pub(super) fn seen(&mut self, staff: StaffId, at: DateTime<Utc>) {
        let person = self.members.entry(staff).or_default();
        person.seen = person.seen.max(Some(at));
    }

    /// How many ways there are to page them.
    pub(super) fn contact_methods(&self, staff: StaffId) -> u32 {
        self.members.get(&staff).map_or(0, |person| person.contact_methods() as u32)
    }

    pub(super) fn is_reachable(&self, staff: StaffId) -> bool {
        self.contact_methods(staff) > 0
    }

    /// Whom these targets name now, as far as there is a way to page them; each once.
    pub(super) fn named(&mut self, targets: &[Target], settings: &Settings, now: DateTime<Utc>) -> Vec<StaffId> {
        let mut named: Vec<StaffId> = Vec::new();
        for target in targets {
            let staff = match target {
                Target::SupervisorsOnDuty => self.supervisors_on_duty(now),
                Target::Scheduled(line) => self.missing_from(line, settings, now),
                Target::Rotation(name) => self.on_call(name, now).into_iter().collect(),
                Target::Staff(id) => vec![*id],
            };
            for id in staff {
                if self.is_reachable(id) && !named.contains(&id) && named.len() < MOST_CALLED {
                    named.push(id);
                }
            }
        }
        named
    }

    /// Supervisors of the pool who are scheduled and not off. Whether they are present makes no difference: a page is how
    /// absent people are called.
    pub(super) fn supervisors_on_duty(&mut self, now: DateTime<Utc>) -> Vec<StaffId> {
        let mut there = Vec::new();
        for id in &self.supervisors {
            let Some(person) = self.members.get_mut(id) else { continue };
            if there.len() < MOST_CALLED && person.duty.at(now) != Duty::Off && person.is_scheduled(now) {
                there.push(*id);
            }
        }
        there
    }

    /// Every supervisor of the pool whom there is a way to page.
    pub(super) fn every_supervisor(&self) -> Vec<StaffId> {
        self.supervisors.iter().copied().take(MOST_CALLED).collect()
    }

    /// How many supervisors of the pool there is a way to page.
    pub(super) fn count_supervisors(&self) -> usize {
        self.supervisors.len()
    }

    /// Volunteers of the line's pool who should be there and are not ready.
    fn missing_from(&mut self, line: &str, settings: &Settings, now: DateTime<Utc>) -> Vec<StaffId> {
        let Some(pool) = settings.lines.iter().find(|known| known.name == line).map(|line| &line.pool) else {
            return Vec::new();
        };
        let volunteers = self.members.iter_mut().filter(|(_, person)| person.is(Role::Volunteer, pool));
        let missing = volunteers.filter_map(|(id, person)| {
            let is_missing =
                person.contact_methods() > 0 && person.duty.at(now) != Duty::Ready && person.is_scheduled(now);
            is_missing.then_some(*id)
        });
        missing.take(MOST_CALLED).collect()
    }

    /// Whoever is on in that rotation, on shift or not.
    fn on_call(&self, name: &str, now: DateTime<Utc>) -> Option<StaffId> {
        self.rotations.get(&rotation_stream(name).id)?.rotation.on(now).copied()
    }

    /// How many volunteers of the pool are ready while they are scheduled, and how many of those are present too.
    pub(super) fn count_ready(&mut self, grace: TimeDelta, now: DateTime<Utc>) -> (u32, u32) {
        let (mut ready, mut present) = (0, 0);
        for person in self.members.values_mut().filter(|person| person.is(Role::Volunteer, &self.pool)) {
            if person.duty.at(now) == Duty::Ready && person.is_scheduled(now) {
                ready += 1;
                present += u32::from(person.seen.is_some_and(|seen| now < seen + grace));
            }
        }
        (ready, present)
    }
}
