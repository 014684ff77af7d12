//! One staff member, as the events tell.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use wideawake_domain::schedule::{Span, week_bounds};
use wideawake_domain::settings::Skill;
use wideawake_domain::staff::{Duty, Role, StaffMember, duty_stream};
use wideawake_domain::{Pool, Recorded, RequestId, StaffId, StreamId};

use crate::Time;

#[derive(Clone, Debug, Default)]
pub(crate) struct Person {
    pub(crate) profile: Option<StaffMember>,
    /// When they are scheduled.
    spans: Vec<Span>,
    /// All they ever said of their duty, with the stream it stands in.
    words: Vec<(Time, StreamId, Duty)>,
    pub(crate) seen: Option<Time>,
    /// The same, but of a door whose clock is ahead when it said so: whoever leads since then may not have heard it.
    pub(crate) surely_seen: Option<Time>,
    /// Until when they rest, by the pool in which they need to.
    pub(crate) rest_until: BTreeMap<Pool, Time>,
    pub(crate) last_offer: Option<Time>,
    /// Offers they let run out.
    pub(crate) missed: Vec<(Time, RequestId)>,
    responded_at: Option<Time>,
}

impl Person {
    pub(super) fn learn_profile(&mut self, fact: &Recorded, window: Span) {
        let before = self.profile.as_ref().map(StaffMember::hours);
        StaffMember::apply(&mut self.profile, fact);
        let hours = self.profile.as_ref().map(StaffMember::hours);
        if hours != before {
            self.spans = hours.map(|hours| hours.expand(window.start, window.end).spans).unwrap_or_default();
        }
    }

    pub(super) fn learn_duty(&mut self, fact: &Recorded, duty: Duty) {
        self.words.push((fact.at, fact.stream, duty));
        self.responded(fact.at);
    }

    pub(super) fn responded(&mut self, at: Time) {
        self.responded_at = self.responded_at.max(Some(at));
    }

    pub(crate) fn is_volunteer_of(&self, pool: &Pool) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.is(Role::Volunteer) && profile.serves(pool))
    }

    pub(crate) fn capacity(&self) -> usize {
        self.profile.as_ref().map_or(0, |profile| profile.capacity as usize)
    }

    /// The newest word of this week's stream, or else of last week's (DESIGN section 4). A door whose clock is ahead may
    /// have begun next week's already.
    pub(crate) fn duty(&self, id: StaffId, now: Time) -> Duty {
        let newest = |week: StreamId| self.words.iter().rev().find(|(_, stream, _)| *stream == week).map(|word| word.2);
        let of = |at: Time| newest(duty_stream(id, at));
        let weeks = [7, 0, -7].map(TimeDelta::days);
        weeks.into_iter().find_map(|week| of(now + week)).unwrap_or(Duty::Off)
    }

    pub(crate) fn shift(&self, now: Time) -> Option<Span> {
        self.spans.iter().find(|span| span.contains(now)).copied()
    }

    pub(crate) fn has(&self, skill: &Skill, now: Time) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.skills_at(now).any(|held| held == skill))
    }

    /// Whether they were ever given that skill, be it expired.
    pub(super) fn had(&self, skill: &Skill) -> bool {
        self.profile.as_ref().is_some_and(|profile| profile.qualifications.iter().any(|q| q.skill == *skill))
    }

    pub(crate) fn is_resting(&self, pool: &Pool, now: Time) -> bool {
        self.rest_until.get(pool).is_some_and(|until| now < *until)
    }

    pub(crate) fn is_present(&self, since: Time, grace: TimeDelta, now: Time) -> bool {
        self.surely_seen.is_some_and(|seen| seen >= since && now < seen + grace)
    }

    /// How long they were scheduled and ready in this ISO week.
    pub(crate) fn hours_of_duty(&self, now: Time) -> TimeDelta {
        let mut words = self.words.clone();
        words.sort_by_key(|(at, ..)| *at);
        let week = week_bounds(now).start;
        let mut total = TimeDelta::zero();
        for (n, (from, _, duty)) in words.iter().enumerate() {
            let until = words.get(n + 1).map_or(now, |(at, ..)| *at);
            for span in self.spans.iter().filter(|_| *duty == Duty::Ready) {
                let from = (*from).max(span.start).max(week);
                let until = until.min(span.end).min(now);
                total += (until - from).max(TimeDelta::zero());
            }
        }
        total
    }

    /// Whether they missed two offers since they last said anything.
    pub(crate) fn does_not_respond(&self) -> bool {
        self.missed.iter().filter(|(at, _)| Some(*at) > self.responded_at).count() >= 2
    }

    /// The last proof of life; whoever leads waits for one from the moment they lead.
    pub(crate) fn last_proof(&self, led_since: Time) -> Time {
        self.seen.map_or(led_since, |seen| seen.max(led_since))
    }
}
