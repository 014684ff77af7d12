//! Which of the eligible is asked (DESIGN section 6, "Choice of volunteer").

use wideawake_domain::schedule::wall;
use wideawake_domain::{Language, Pool, Priority, StaffId};

use super::eligible::{Circumstances, spoken};
use super::{Case, Model};
use crate::Time;

/// What somebody is judged by, in the order in which it counts; the smaller is asked.
pub(crate) type Merit = [i128; 8];

impl Model {
    /// Whom the criteria choose among `eligible`.
    pub(crate) fn best(
        &self,
        case: &Case,
        eligible: &[StaffId],
        circumstances: &Circumstances,
        now: Time,
    ) -> Option<(Merit, StaffId)> {
        eligible.iter().map(|id| (self.merit(case, *id, circumstances, now), *id)).min()
    }

    pub(crate) fn merit(&self, case: &Case, id: StaffId, circumstances: &Circumstances, now: Time) -> Merit {
        let person = &self.people[&id];
        let waited = now - case.opened_at;
        let topics_count = self.settings.dispatch.prefer_topics_for.is_some_and(|within| waited < within);
        let unmet_topics = case.topics.iter().filter(|topic| topics_count && !person.has(topic, now)).count();
        let prefers = case.line(&self.settings).into_iter().flat_map(|line| &line.prefers);
        let unmet = prefers.filter(|wish| waited < wish.within && !person.has(&wish.skill, now)).count() + unmet_topics;
        let holds_something = case.priority == Priority::Imminent && self.holds(id, &case.pool).next().is_some();
        let is_somebody_else = case.again.is_some_and(|again| again != id);
        let taken = self.places(id, &case.pool, circumstances).len() as i128;
        let zone = person.profile.as_ref().map(|profile| profile.zone);
        let asleep = zone.is_some_and(|zone| !(7..23).contains(&wall::hour(now, zone)));
        [
            i128::from(holds_something),
            i128::from(is_somebody_else),
            unmet as i128,
            -self.abundance(case, id, circumstances, now),
            taken * 1_000_000 / person.capacity().max(1) as i128,
            i128::from(asleep),
            person.last_offer.map_or(i128::MIN, |at| i128::from(at.timestamp_micros())),
            id.0.as_u128() as i128,
        ]
    }

    /// How many free volunteers share the rarest language or skill of theirs that this request does not need.
    fn abundance(&self, case: &Case, id: StaffId, circumstances: &Circumstances, now: Time) -> i128 {
        let Some(profile) = self.people[&id].profile.as_ref() else { return 0 };
        let is_free = |other: &StaffId| self.is_free(*other, &case.pool, circumstances, now);
        let free: Vec<StaffId> = self.volunteers(&case.pool).filter(is_free).collect();
        let with = spoken(&case.language, &profile.languages);
        let needs = case.needs(&self.settings);
        let speaks = |other: &&StaffId, language: &Language| {
            self.people[other].profile.as_ref().is_some_and(|profile| profile.languages.contains(language))
        };
        let languages = profile.languages.iter().filter(|language| Some(*language) != with);
        let languages = languages.map(|language| free.iter().filter(|other| speaks(other, language)).count());
        let skills = profile.skills_at(now).filter(|skill| !needs.contains(*skill));
        let skills = skills.map(|skill| free.iter().filter(|other| self.people[other].has(skill, now)).count());
        languages.chain(skills).min().map_or(i128::from(u32::MAX), |n| n as i128)
    }

    /// Whether somebody could be asked for anything at all that they can serve.
    fn is_free(&self, staff: StaffId, pool: &Pool, circumstances: &Circumstances, now: Time) -> bool {
        self.away(staff, pool, circumstances, now).is_none()
            && self.places(staff, pool, circumstances).len() < self.people[&staff].capacity()
            && !self.winds_down(staff, now)
    }
}
