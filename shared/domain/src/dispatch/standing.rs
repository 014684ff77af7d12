//! One staff member as the dispatcher knows them, and whether they can be asked at all, whatever for.

use chrono::{DateTime, TimeDelta, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::crew::{Abilities, Place, Turn, Yields};
use super::why::Ineligible;
use crate::request::WithdrawReason;
use crate::schedule::{HoursCache, Span, wall, week_bounds};
use crate::settings::Dispatch;
use crate::staff::{Duty, DutyWeek, Role, StaffMember};
use crate::{Pool, Priority, RequestId};

/// Whether somebody can be asked, or the first reason why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Free,
    WindingDown,
    OffShift,
    NotReady,
    Absent,
    WeeklyHours,
    Resting,
    HoldsImminent,
    Full,
}

impl Standing {
    pub(super) const COUNT: usize = 9;

    pub(super) const REASONS: [(Self, Ineligible); 8] = [
        (Self::OffShift, Ineligible::OffShift),
        (Self::NotReady, Ineligible::NotReady),
        (Self::Absent, Ineligible::Absent),
        (Self::WeeklyHours, Ineligible::WeeklyHours),
        (Self::Resting, Ineligible::Resting),
        (Self::HoldsImminent, Ineligible::HoldsImminent),
        (Self::Full, Ineligible::Full),
        (Self::WindingDown, Ineligible::WindingDown),
    ];

    /// Whether somebody of this standing can be asked for a request of `priority`.
    pub(super) fn is_free_for(self, priority: Priority) -> bool {
        self == Self::Free || (self == Self::WindingDown && priority >= Priority::Urgent)
    }
}

/// An open offer of somebody, as it ranks among all of theirs: the last gives way first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Offered {
    pub priority: Reverse<Priority>,
    pub opened_at: DateTime<Utc>,
    pub handover: bool,
}

/// One staff member. Of those who are no volunteers of the pool only presence is used: they may hold requests too.
#[derive(Debug, Default)]
pub(super) struct Volunteer {
    pub profile: Option<StaffMember>,
    pub duty: DutyWeek,
    pub seen: Option<DateTime<Utc>>,
    pub held: BTreeMap<RequestId, Priority>,
    pub offered: BTreeMap<RequestId, Offered>,
    /// Offers wished for and not yet known to be made: each takes a place from that moment on.
    pub wished: BTreeSet<RequestId>,
    /// Requests that are open and were offered to them without success, or given back by them.
    pub asked_for: BTreeSet<RequestId>,
    pub rest_until: Option<DateTime<Utc>>,
    /// The latest offers that they missed, whatever came between.
    missed: BTreeSet<(DateTime<Utc>, RequestId)>,
    /// When they last said anything: accepted, declined, or spoke of their duty.
    responded_at: Option<DateTime<Utc>>,
    pub last_offer: Option<DateTime<Utc>>,
    /// A change of their duty is wished for and not yet known to be made.
    pub break_wished: bool,
    /// Where they stand in the crew, if they are a volunteer of this pool.
    pub place: Option<Place>,
    /// What they can serve, until when; anew when the profile changes.
    pub abilities: Abilities,
    abilities_until: Option<DateTime<Utc>>,
    abilities_are_stale: bool,
    hours: Option<HoursCache>,
    /// Their scheduled hours of an ISO week.
    week: Option<(Span, Vec<Span>)>,
    /// Whether it is night where they live, from when until when.
    asleep: Option<(Span, bool)>,
    /// As of the last assessment: time that changes any of it brings the next.
    shift: Option<Span>,
    hours_are_spent: bool,
}

/// What is true of a volunteer at one moment.
pub(super) struct Assessment {
    pub standing: Standing,
    /// What they can serve may be something else than before.
    pub abilities_are_new: bool,
    pub asleep: bool,
    /// When time alone changes any of this.
    pub until: Option<DateTime<Utc>>,
}

impl Volunteer {
    pub(super) fn set_profile(&mut self, profile: StaffMember) {
        self.hours = Some(HoursCache::new(profile.hours()));
        self.week = None;
        self.asleep = None;
        self.abilities_are_stale = true;
        self.profile = Some(profile);
    }

    pub(super) fn is_volunteer_of(&self, pool: &Pool) -> bool {
        self.profile.as_ref().is_some_and(|p| p.is(Role::Volunteer) && p.serves(pool))
    }

    /// Places taken: held, offered, or wished to be offered.
    pub(super) fn taken(&self) -> usize {
        let wished = self.wished.iter().filter(|id| !self.offered.contains_key(id) && !self.held.contains_key(id));
        self.held.len() + self.offered.len() + wished.count()
    }

    pub(super) fn capacity(&self) -> usize {
        self.profile.as_ref().map_or(0, |profile| profile.capacity as usize)
    }

    pub(super) fn load(&self) -> u64 {
        let capacity = self.capacity().max(1) as u64;
        self.taken() as u64 * 1_000_000 / capacity
    }

    fn holds_imminent(&self) -> bool {
        self.held.values().any(|priority| *priority == Priority::Imminent)
    }

    /// Takes a missed offer into account. Streams may be read in any order, so what came first is told by time.
    pub(super) fn missed(&mut self, request: RequestId, at: DateTime<Utc>) {
        self.missed.insert((at, request));
        if self.missed.len() > 2 {
            self.missed.pop_first();
        }
    }

    pub(super) fn responded(&mut self, at: DateTime<Utc>) {
        self.responded_at = self.responded_at.max(Some(at));
    }

    /// Whether they missed two offers in a row.
    pub(super) fn does_not_respond(&self) -> bool {
        self.missed.iter().filter(|(at, _)| Some(*at) > self.responded_at).count() >= 2
    }

    /// The last proof that their client is alive; whoever took over the pool gives everyone a grace from then on.
    pub(super) fn last_proof(&self, led_since: DateTime<Utc>) -> DateTime<Utc> {
        self.seen.map_or(led_since, |seen| seen.max(led_since))
    }

    /// The open offer that a more urgent request may take the place of.
    pub(super) fn yields(&self) -> Option<Yields> {
        let may = |offered: &Offered| offered.priority > Reverse(Priority::Imminent) && !offered.handover;
        let offers = self.offered.iter().filter(|(_, offered)| may(offered));
        let (id, least) = offers.max_by_key(|(id, offered)| (**offered, **id))?;
        let Reverse(priority) = least.priority;
        Some((priority, Reverse(least.opened_at), *id))
    }

    /// Their hours of duty left in this ISO week, if those are limited.
    fn hours_left(&mut self, settings: &Dispatch, now: DateTime<Utc>) -> Option<TimeDelta> {
        let limit = settings.max_weekly_hours?;
        let week = week_bounds(now);
        if self.week.as_ref().is_none_or(|(of, _)| *of != week) {
            let spans = self.profile.as_ref()?.hours().expand(week.start, week.end).spans;
            self.week = Some((week, spans));
        }
        let (_, spans) = self.week.as_ref()?;
        Some(limit - self.duty.ready_within(spans, week.start, now))
    }

    /// Whether it is night where they live, and until when.
    fn asleep(&mut self, now: DateTime<Utc>) -> (bool, Option<DateTime<Utc>>) {
        let Some(profile) = &self.profile else { return (false, None) };
        if self.asleep.is_none_or(|(span, _)| !span.contains(now)) {
            let span = Span { start: now, end: wall::next_waking_change(now, profile.zone) };
            self.asleep = Some((span, !wall::is_waking(now, profile.zone)));
        }
        self.asleep.map_or((false, None), |(span, asleep)| (asleep, Some(span.end)))
    }

    /// Finds out what they can serve, if that may have changed; returns whether it may.
    fn refresh_abilities(&mut self, now: DateTime<Utc>) -> bool {
        if !self.abilities_are_stale && self.abilities_until.is_none_or(|until| now < until) {
            return false;
        }
        self.abilities_are_stale = false;
        let Some(profile) = &self.profile else { return false };
        let mut abilities = Abilities { languages: profile.languages.clone(), ..Abilities::default() };
        let mut until = Until { now, first: None };
        for qualification in &profile.qualifications {
            until.at(qualification.valid_until);
            let valid = qualification.valid_until.is_none_or(|end| now < end);
            let skills = if valid { &mut abilities.skills } else { &mut abilities.expired };
            skills.push(qualification.skill.clone());
        }
        for list in [&mut abilities.skills, &mut abilities.expired] {
            list.sort_unstable();
            list.dedup();
        }
        abilities.languages.sort_unstable();
        abilities.languages.dedup();
        (self.abilities, self.abilities_until) = (abilities, until.first);
        true
    }

    /// Whether they can be asked at `now`, what for, and until when that holds.
    pub(super) fn assess(&mut self, settings: &Dispatch, led_since: DateTime<Utc>, now: DateTime<Utc>) -> Assessment {
        let mut until = Until { now, first: None };
        let hours_left = self.hours_left(settings, now);
        let abilities_are_new = self.refresh_abilities(now);
        until.at(self.abilities_until);
        let (asleep, waking_change) = self.asleep(now);
        until.at(waking_change);

        until.at(self.hours.as_mut().and_then(|hours| hours.next_change(now)));
        self.shift = self.hours.as_mut().and_then(|hours| hours.on_shift(now));
        let winds_down = self.shift.zip(settings.wind_down).map(|(shift, wind_down)| shift.end - wind_down);
        until.at(winds_down);
        until.at(self.duty.lapses_at());
        until.at(self.seen.map(|seen| seen + settings.presence_grace));
        if !self.offered.is_empty() {
            until.at(Some(self.last_proof(led_since) + settings.presence_grace));
        }
        until.at(self.rest_until);
        let duty = self.duty.at(now);
        if let Some(left) = hours_left {
            until.at(Some(week_bounds(now).end));
            if duty == Duty::Ready && left > TimeDelta::zero() {
                until.at(Some(now + left));
            }
        }
        self.hours_are_spent = hours_left.is_some_and(|left| left <= TimeDelta::zero());

        let present = self.seen.is_some_and(|seen| now < seen + settings.presence_grace);
        let standing = if self.shift.is_none() {
            Standing::OffShift
        } else if duty != Duty::Ready || self.break_wished {
            Standing::NotReady
        } else if !present {
            Standing::Absent
        } else if self.hours_are_spent {
            Standing::WeeklyHours
        } else if self.rest_until.is_some_and(|rest| now < rest) {
            Standing::Resting
        } else if self.holds_imminent() {
            Standing::HoldsImminent
        } else if self.taken() >= self.capacity() {
            Standing::Full
        } else if winds_down.is_some_and(|at| now >= at) {
            Standing::WindingDown
        } else {
            Standing::Free
        };
        Assessment { standing, abilities_are_new, asleep, until: until.first }
    }

    /// Where they come among people of the same abilities.
    pub(super) fn turn(&self, id: crate::StaffId, asleep: bool) -> Turn {
        Turn { load: self.load(), asleep, last_offer: self.last_offer, id }
    }

    /// Why their open offer of `request` must be taken back, if it must; needs are judged elsewhere. They must have been
    /// assessed at `now`, or nothing about them has changed since.
    pub(super) fn unfit_for_offer(
        &self,
        request: RequestId,
        pool: &Pool,
        settings: &Dispatch,
        led_since: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> Option<WithdrawReason> {
        let offered = self.offered.get(&request)?;
        let Some(shift) = self.shift.filter(|shift| self.is_volunteer_of(pool) && shift.contains(now)) else {
            return Some(WithdrawReason::ShiftOver);
        };
        let winding = settings.wind_down.is_some_and(|wind_down| now >= shift.end - wind_down);
        let resting = self.rest_until.is_some_and(|rest| now < rest);
        let before = self.offered.iter().filter(|(id, other)| (**other, **id) < (*offered, request)).count();
        if self.duty.at(now) != Duty::Ready || self.hours_are_spent || resting {
            Some(WithdrawReason::Duty)
        } else if now >= self.last_proof(led_since) + settings.presence_grace {
            Some(WithdrawReason::Absent)
        } else if winding && offered.priority > Reverse(Priority::Urgent) {
            Some(WithdrawReason::ShiftOver)
        } else if self.holds_imminent() {
            Some(WithdrawReason::Outranked)
        } else if self.held.len() + before >= self.capacity() {
            Some(WithdrawReason::Assigned)
        } else {
            None
        }
    }
}

/// The first of the moments after now.
struct Until {
    now: DateTime<Utc>,
    first: Option<DateTime<Utc>>,
}

impl Until {
    fn at(&mut self, at: Option<DateTime<Utc>>) {
        let later = at.filter(|at| *at > self.now);
        self.first = match (self.first, later) {
            (Some(a), Some(b)) => Some(a.min(b)),
            (a, b) => a.or(b),
        };
    }
}
