//! The pool as a list of facts tells it, by a model that is simpler than the dispatcher's: nothing is indexed or kept up
//! to date, everything is looked up when it is asked for.

use chrono::{DateTime, Utc};
use std::collections::BTreeMap;

use super::*;
use crate::dispatch::{Criterion, Ineligible};
use crate::request::ReleaseReason;
use crate::schedule::{Span, wall, week_bounds};
use crate::settings::Skill;
use crate::staff::{Duty, DutyEvent, Role, StaffMember};

/// What somebody said of their duty, in order of time.
type Words = BTreeMap<(DateTime<Utc>, StreamId, Version), Duty>;

#[derive(Clone, Default)]
pub(super) struct Known {
    pub led_since: DateTime<Utc>,
    pub versions: BTreeMap<StreamId, Version>,
    pub requests: BTreeMap<RequestId, SupportRequest>,
    pub events: BTreeMap<RequestId, Vec<(RequestEvent, Actor, DateTime<Utc>)>>,
    pub staff: BTreeMap<StaffId, StaffMember>,
    hours: BTreeMap<StaffId, Vec<Span>>,
    words: BTreeMap<StaffId, Words>,
    pub seen: BTreeMap<StaffId, DateTime<Utc>>,
    pub member_seen: BTreeMap<RequestId, DateTime<Utc>>,
    rests: BTreeMap<StaffId, DateTime<Utc>>,
    last_offer: BTreeMap<StaffId, DateTime<Utc>>,
    /// A request that a wish is going to change: until it is in the record, all that it takes is taken.
    pub unchanged: Option<SupportRequest>,
    /// What the dispatcher wished and does not know the outcome of.
    pub wishes: BTreeMap<StreamId, Intent>,
}

/// What somebody is chosen by, with the name of each criterion.
pub(super) type Merit = Vec<(Criterion, u64)>;

impl Known {
    pub(super) fn learn(&mut self, fact: &Recorded, settings: &Settings) {
        self.versions.insert(fact.stream, fact.version);
        match fact.event().unwrap() {
            Event::Request(event) => {
                let id = RequestId(fact.stream.id);
                let mut state = self.requests.remove(&id);
                SupportRequest::apply(&mut state, fact);
                let state = state.unwrap();
                match &event {
                    RequestEvent::Offered(e) => {
                        let last = self.last_offer.entry(e.volunteer).or_insert(fact.at);
                        *last = (*last).max(fact.at);
                    }
                    RequestEvent::Closed(_) if state.priority >= Priority::Urgent => {
                        if let (Some(holder), Some(rest)) = (state.last_holder(), settings.dispatch.rest_after_urgent) {
                            let until = self.rests.entry(holder).or_insert(fact.at);
                            *until = (*until).max(fact.at + rest);
                        }
                    }
                    _ => {}
                }
                self.events.entry(id).or_default().push((event, fact.actor, fact.at));
                self.requests.insert(id, state);
            }
            Event::Staff(_) => {
                let id = StaffId(fact.stream.id);
                let mut state = self.staff.remove(&id);
                StaffMember::apply(&mut state, fact);
                let state = state.unwrap();
                let window = (noon() - TimeDelta::days(2), noon() + TimeDelta::days(16));
                self.hours.insert(id, state.hours().expand(window.0, window.1).spans);
                self.staff.insert(id, state);
            }
            Event::Duty(DutyEvent::DutySet(set)) => {
                self.words.entry(set.staff).or_default().insert((fact.at, fact.stream, fact.version), set.duty);
            }
            Event::Escalation(_) | Event::Rotation(_) | Event::Session(_) | Event::Unknown => {}
        }
    }

    pub(super) fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::StaffSeen { staff, at } => {
                self.seen.insert(staff, at);
            }
            Signal::MemberSeen { request, at } => {
                if self.requests.contains_key(&request) {
                    self.member_seen.insert(request, at);
                }
            }
        }
    }

    pub(super) fn volunteers(&self) -> impl Iterator<Item = &StaffMember> {
        let main = Pool::named("main");
        self.staff.values().filter(move |staff| staff.is(Role::Volunteer) && staff.serves(&main))
    }

    pub(super) fn waiting(&self) -> impl Iterator<Item = &SupportRequest> {
        self.requests.values().filter(|request| request.is_waiting())
    }

    pub(super) fn duty_of(&self, staff: StaffId, now: DateTime<Utc>) -> Duty {
        let newest = self.words.get(&staff).and_then(|words| words.last_key_value());
        let counts = |at: DateTime<Utc>| now < week_bounds(at).end + TimeDelta::days(7);
        newest.filter(|((at, ..), _)| counts(*at)).map_or(Duty::Off, |(_, duty)| *duty)
    }

    fn shift(&self, staff: StaffId, now: DateTime<Utc>) -> Option<Span> {
        self.hours[&staff].iter().find(|span| span.contains(now)).copied()
    }

    /// Offers that are wished for and may or may not be in the record.
    fn wished(&self, staff: StaffId) -> impl Iterator<Item = RequestId> {
        let is = move |event: &Event| matches!(event, Event::Request(RequestEvent::Offered(o)) if o.volunteer == staff);
        self.wishes.values().filter(move |w| w.events.iter().any(is)).map(|wish| RequestId(wish.stream.id))
    }

    pub(super) fn places(&self, staff: StaffId) -> Vec<RequestId> {
        let has = |r: &SupportRequest| r.holder() == Some(staff) || r.offer_to(staff).is_some();
        let all = self.requests.values().chain(&self.unchanged);
        let mut places: Vec<RequestId> = all.filter(|r| has(r)).map(|r| r.id).collect();
        let open = |id: &RequestId| self.requests.get(id).is_some_and(|r| !r.is_closed());
        places.extend(self.wished(staff).filter(open));
        places.sort_unstable();
        places.dedup();
        places
    }

    fn hours_of_duty(&self, staff: StaffId, now: DateTime<Utc>) -> TimeDelta {
        let mut total = TimeDelta::zero();
        let words: Vec<(DateTime<Utc>, Duty)> =
            self.words.get(&staff).into_iter().flatten().map(|((at, ..), duty)| (*at, *duty)).collect();
        for (n, (start, duty)) in words.iter().enumerate() {
            let end = words.get(n + 1).map_or(now, |(at, _)| *at);
            for span in &self.hours[&staff] {
                let (from, to) = ((*start).max(span.start).max(week_bounds(now).start), end.min(span.end));
                if *duty == Duty::Ready && from < to {
                    total += to - from;
                }
            }
        }
        total
    }

    fn speaks(&self, staff: StaffId, asked: &str) -> bool {
        let serves = |spoken: &str| asked == spoken || asked.starts_with(&format!("{spoken}-"));
        self.staff[&staff].languages.iter().any(|spoken| serves(spoken.as_str()))
    }

    /// Why `staff` may not be asked for `request`, by the first reason that applies.
    pub(super) fn why_not(
        &self,
        settings: &Settings,
        request: &SupportRequest,
        staff: StaffId,
        now: DateTime<Utc>,
    ) -> Option<Ineligible> {
        let dispatch = &settings.dispatch;
        let member = &self.staff[&staff];
        let needs = request.needs(settings.line(Some(&request.line)), dispatch);
        let valid = |need: &Skill| {
            let held = member.qualifications.iter().filter(|q| q.skill == *need);
            held.map(|q| q.valid_until.is_none_or(|until| now < until)).max()
        };
        let shift = self.shift(staff, now);
        let breaking = self.wishes.values().any(|wish| {
            wish.events.iter().any(|e| matches!(e, Event::Duty(DutyEvent::DutySet(set)) if set.staff == staff))
        });
        let held = || self.requests.values().chain(&self.unchanged).filter(|r| r.holder() == Some(staff));
        let winding = |span: &Span| dispatch.wind_down.is_some_and(|wind_down| now + wind_down >= span.end);
        if !self.speaks(staff, request.language.as_str()) {
            Some(Ineligible::Language)
        } else if needs.iter().any(|need| valid(need).is_none()) {
            Some(Ineligible::Unqualified)
        } else if needs.iter().any(|need| valid(need) == Some(false)) {
            Some(Ineligible::Expired)
        } else if shift.is_none() {
            Some(Ineligible::OffShift)
        } else if self.duty_of(staff, now) != Duty::Ready || breaking {
            Some(Ineligible::NotReady)
        } else if self.seen.get(&staff).is_none_or(|seen| now >= *seen + dispatch.presence_grace) {
            Some(Ineligible::Absent)
        } else if dispatch.max_weekly_hours.is_some_and(|most| self.hours_of_duty(staff, now) >= most) {
            Some(Ineligible::WeeklyHours)
        } else if self.rests.get(&staff).is_some_and(|until| now < *until) {
            Some(Ineligible::Resting)
        } else if held().any(|r| r.priority == Priority::Imminent) {
            Some(Ineligible::HoldsImminent)
        } else if self.places(staff).len() >= member.capacity as usize {
            Some(Ineligible::Full)
        } else if request.priority < Priority::Urgent && shift.as_ref().is_some_and(winding) {
            Some(Ineligible::WindingDown)
        } else if self.is_set_aside(settings, request, staff, now) {
            Some(Ineligible::SetAside)
        } else {
            None
        }
    }

    fn is_set_aside(&self, settings: &Settings, request: &SupportRequest, staff: StaffId, now: DateTime<Utc>) -> bool {
        let mut exhausted: Option<DateTime<Utc>> = None;
        let (mut missed, mut declined, mut gave_back) = (None, None, false);
        for (event, _, at) in self.events.get(&request.id).into_iter().flatten() {
            match event {
                RequestEvent::OfferExpired(e) if e.volunteer == staff => missed = Some(*at),
                RequestEvent::OfferDeclined(e) if e.volunteer == staff => declined = Some(*at),
                RequestEvent::Released(e) if e.volunteer == staff => match e.reason {
                    ReleaseReason::GaveBack | ReleaseReason::Supervisor => gave_back = true,
                    ReleaseReason::Absent | ReleaseReason::Silent => missed = Some(*at),
                },
                RequestEvent::Exhausted(_) => exhausted = Some(*at),
                event if is_taken_by(event) => (declined, exhausted) = (None, None),
                _ => {}
            }
        }
        let again = settings.dispatch.tier(request.priority).reoffer_after;
        if request.holder().is_some() {
            exhausted = declined;
        }
        let refused = declined.is_some_and(|at: DateTime<Utc>| exhausted.is_none_or(|ex| now < at.max(ex) + again));
        gave_back || refused || missed.is_some_and(|at| now < at + again)
    }

    /// Who can be asked for `request` now.
    pub(super) fn eligible(&self, settings: &Settings, request: &SupportRequest, now: DateTime<Utc>) -> Vec<StaffId> {
        let may = |id: &StaffId| {
            request.offer_to(*id).is_none()
                && request.holder() != Some(*id)
                && !self.wished(*id).any(|wished| wished == request.id)
                && self.why_not(settings, request, *id, now).is_none()
        };
        let all: Vec<StaffId> = self.volunteers().map(|staff| staff.id).filter(may).collect();
        let willing: Vec<StaffId> = all.iter().copied().filter(|id| !self.declined(request.id, *id)).collect();
        if willing.is_empty() { all } else { willing }
    }

    /// Whether they said no since it was last held.
    fn declined(&self, request: RequestId, staff: StaffId) -> bool {
        let mut declined = false;
        for (event, ..) in self.events.get(&request).into_iter().flatten() {
            match event {
                RequestEvent::OfferDeclined(e) if e.volunteer == staff => declined = true,
                event if is_taken_by(event) => declined = false,
                _ => {}
            }
        }
        declined
    }

    /// What `staff` would be chosen by; the smaller, by the first criterion that differs, is asked.
    pub(super) fn merit(
        &self,
        settings: &Settings,
        request: &SupportRequest,
        id: StaffId,
        now: DateTime<Utc>,
    ) -> Merit {
        let staff = &self.staff[&id];
        let holds = |skill: &Skill| staff.skills_at(now).any(|held| held == skill);
        let waited = now - request.opened_at;
        let mut unmet = 0;
        if settings.dispatch.prefer_topics_for.is_some_and(|within| waited < within) {
            unmet += request.topics.iter().filter(|topic| !holds(topic)).count();
        }
        let line = settings.line(Some(&request.line)).unwrap();
        unmet += line.prefers.iter().filter(|wish| waited < wish.within && !holds(&wish.skill)).count();
        let holding = self.requests.values().chain(&self.unchanged).any(|r| r.holder() == Some(id));
        let again = request.again.is_some_and(|again| again.volunteer != id);
        let load = self.places(id).len() as u64 * 1_000_000 / u64::from(staff.capacity.max(1));
        vec![
            (Criterion::HoldsNothing, u64::from(request.priority == Priority::Imminent && holding)),
            (Criterion::Again, u64::from(again)),
            (Criterion::Preferences, unmet as u64),
            (Criterion::Scarcity, u64::MAX - self.abundance(settings, request, id, now)),
            (Criterion::Load, load),
            (Criterion::Waking, u64::from(!wall::is_waking(now, staff.zone))),
            (Criterion::LastOffer, self.last_offer.get(&id).map_or(0, |at| at.timestamp_micros() as u64)),
            (Criterion::Id, id.0.as_u128() as u64),
        ]
    }

    /// How many free volunteers share the rarest language or skill of theirs that the request does not need.
    fn abundance(&self, settings: &Settings, request: &SupportRequest, id: StaffId, now: DateTime<Utc>) -> u64 {
        let spoken = |staff: &StaffMember| request.language.spoken_by(&staff.languages).cloned();
        let needs = request.needs(settings.line(Some(&request.line)), &settings.dispatch);
        let staff = &self.staff[&id];
        let free: Vec<&StaffMember> = self.volunteers().filter(|other| self.is_free(settings, other.id, now)).collect();
        let languages = staff.languages.iter().filter(|language| spoken(staff).as_ref() != Some(language));
        let languages = languages.map(|l| free.iter().filter(|other| other.languages.contains(l)).count());
        let skills = staff.skills_at(now).filter(|skill| !needs.contains(skill));
        let skills = skills.map(|s| free.iter().filter(|other| other.skills_at(now).any(|held| held == s)).count());
        languages.chain(skills).min().map_or(u64::from(u32::MAX), |n| n as u64)
    }

    /// Whether somebody could be asked for anything that they can serve.
    fn is_free(&self, settings: &Settings, id: StaffId, now: DateTime<Utc>) -> bool {
        let staff = &self.staff[&id];
        let Some(language) = staff.languages.first() else { return false };
        let Some(mut anything) = self.requests.values().next().cloned() else { return false };
        anything.id = RequestId(uuid::Uuid::max());
        anything.language = language.clone();
        anything.priority = Priority::Standard;
        anything.line = "night".to_owned();
        anything.age_band = None;
        anything.required.clear();
        self.why_not(settings, &anything, id, now).is_none()
    }
}

/// Whether somebody holds it from then on.
fn is_taken_by(event: &RequestEvent) -> bool {
    use RequestEvent::{Accepted, Assigned, Joined, Transferred};
    matches!(event, Accepted(_) | Assigned(_) | Transferred(_)) || matches!(event, Joined(joined) if joined.holder)
}
