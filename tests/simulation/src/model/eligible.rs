//! Who may be asked for a request, and the first reason why not.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use wideawake_domain::dispatch::Ineligible;
use wideawake_domain::settings::Skill;
use wideawake_domain::{Language, Pool, Priority, RequestId, StaffId, StreamId};

use super::{Case, Model};
use crate::Time;

/// What is wished for and not yet known to be recorded.
#[derive(Clone, Debug, Default)]
pub(crate) struct Circumstances {
    /// Offers: each takes a place.
    pub(crate) offers: Vec<(StaffId, RequestId)>,
    /// Who is being set on a break.
    pub(crate) breaks: Vec<StaffId>,
    /// An offer is being taken back for an imminent request. It may have been accepted before that is recorded.
    pub(crate) gives_way: bool,
    /// Streams about which something is wished.
    pub(crate) streams: BTreeSet<StreamId>,
}

/// The most specific language of theirs that serves who asked for `wanted`: that one, or a more general form of it.
pub(super) fn spoken<'a>(wanted: &Language, theirs: &'a [Language]) -> Option<&'a Language> {
    let serves = |language: &&Language| {
        let (wanted, language) = (wanted.as_str(), language.as_str());
        wanted == language || wanted.strip_prefix(language).is_some_and(|rest| rest.starts_with('-'))
    };
    theirs.iter().filter(serves).max_by_key(|language| language.as_str().len())
}

impl Model {
    /// What takes up a place of theirs in that pool: what they hold, are offered, or are wished to be offered.
    pub(crate) fn places(&self, staff: StaffId, pool: &Pool, circumstances: &Circumstances) -> BTreeSet<RequestId> {
        let taken = self.open_in(pool).filter(|case| case.holder() == Some(staff) || case.offer_to(staff).is_some());
        let wished = circumstances.offers.iter().filter(|(who, id)| *who == staff && self.open.contains(id));
        taken.map(|case| case.id).chain(wished.map(|(_, id)| *id)).collect()
    }

    pub(crate) fn can_serve(&self, case: &Case, staff: StaffId, now: Time) -> Option<Ineligible> {
        let person = self.people.get(&staff)?;
        let profile = person.profile.as_ref()?;
        if spoken(&case.language, &profile.languages).is_none() {
            return Some(Ineligible::Language);
        }
        let needs = case.needs(&self.settings);
        let missing: Vec<&Skill> = needs.iter().filter(|skill| !person.has(skill, now)).collect();
        if missing.is_empty() {
            None
        } else if missing.iter().all(|skill| person.had(skill)) {
            Some(Ineligible::Expired)
        } else {
            Some(Ineligible::Unqualified)
        }
    }

    /// Why `staff`, a volunteer of the pool, may not be asked at all, but for places.
    pub(crate) fn away(
        &self,
        staff: StaffId,
        pool: &Pool,
        circumstances: &Circumstances,
        now: Time,
    ) -> Option<Ineligible> {
        let person = &self.people[&staff];
        let dispatch = &self.settings.dispatch;
        if person.shift(now).is_none() {
            Some(Ineligible::OffShift)
        } else if !self.is_ready(staff, circumstances, now) {
            Some(Ineligible::NotReady)
        } else if !person.is_present(self.surely_seen_since, dispatch.presence_grace, now) {
            Some(Ineligible::Absent)
        } else if dispatch.max_weekly_hours.is_some_and(|most| person.hours_of_duty(now) >= most) {
            Some(Ineligible::WeeklyHours)
        } else if person.is_resting(pool, now) {
            Some(Ineligible::Resting)
        } else if self.holds(staff, pool).any(|case| case.priority == Priority::Imminent) {
            Some(Ineligible::HoldsImminent)
        } else {
            None
        }
    }

    pub(crate) fn winds_down(&self, staff: StaffId, now: Time) -> bool {
        let left = self.people[&staff].shift(now).map(|shift| shift.end - now);
        left.zip(self.settings.dispatch.wind_down).is_some_and(|(left, wind_down)| left <= wind_down)
    }

    /// The first reason why `staff` may not be asked for `case`.
    pub(crate) fn why_not(
        &self,
        case: &Case,
        staff: StaffId,
        circumstances: &Circumstances,
        now: Time,
    ) -> Option<Ineligible> {
        let reoffer_after: TimeDelta = self.settings.dispatch.tier(case.priority).reoffer_after;
        if let Some(reason) = self.can_serve(case, staff, now) {
            Some(reason)
        } else if let Some(reason) = self.away(staff, &case.pool, circumstances, now) {
            Some(reason)
        } else if self.places(staff, &case.pool, circumstances).len() >= self.people[&staff].capacity() {
            Some(Ineligible::Full)
        } else if case.priority < Priority::Urgent && self.winds_down(staff, now) {
            Some(Ineligible::WindingDown)
        } else if case.sets_aside(staff, reoffer_after, now) {
            Some(Ineligible::SetAside)
        } else {
            None
        }
    }

    /// The volunteers of a pool.
    pub(crate) fn volunteers(&self, pool: &Pool) -> impl Iterator<Item = StaffId> {
        self.people.iter().filter(move |(_, person)| person.is_volunteer_of(pool)).map(|(id, _)| *id)
    }

    /// Who may be asked for `case` now: those who said no to it only when nobody else is left.
    pub(crate) fn eligible(&self, case: &Case, circumstances: &Circumstances, now: Time) -> Vec<StaffId> {
        let is_free = |staff: &StaffId| {
            case.offer_to(*staff).is_none()
                && case.holder() != Some(*staff)
                && !circumstances.offers.contains(&(*staff, case.id))
                && self.why_not(case, *staff, circumstances, now).is_none()
        };
        let all: Vec<StaffId> = self.volunteers(&case.pool).filter(is_free).collect();
        let willing: Vec<StaffId> = all.iter().copied().filter(|id| case.was_declined_by(*id).is_none()).collect();
        if willing.is_empty() { all } else { willing }
    }
}
