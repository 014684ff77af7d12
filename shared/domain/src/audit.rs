//! Whether a record keeps the invariants (DESIGN section 12) that its events alone can show: I1, I2, I3 as far as it is
//! recorded, I6, I7, and that it can be replayed (I9).

mod escalations; // I6
#[cfg(test)]
mod tests;

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeMap;
use std::fmt;

pub use escalations::Escalations;

use crate::event::Event;
use crate::record::{Actor, StreamKind};
use crate::request::{Ending, RequestEvent, SupportRequest};
use crate::schedule::HoursCache;
use crate::settings::Settings;
use crate::staff::{Duty, DutyEvent, Role, StaffMember};
use crate::{Priority, Recorded, StaffId, Version};

/// How long before an offer a change of a volunteer's situation may have come without the dispatcher having seen it.
const UNSEEN: TimeDelta = TimeDelta::seconds(5);

/// An event that an invariant does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The invariant.
    pub invariant: &'static str,
    /// The event, as `<stream> version <n>`.
    pub place: String,
    /// What is wrong with it.
    pub what: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.invariant, self.place, self.what)
    }
}

/// What was true of the staff, at any time: built from all staff and duty events before requests are audited.
#[derive(Debug, Default)]
pub struct StaffHistory {
    profiles: BTreeMap<StaffId, Vec<(DateTime<Utc>, StaffMember)>>,
    duties: BTreeMap<StaffId, Vec<(DateTime<Utc>, Duty)>>,
}

impl StaffHistory {
    /// Takes the events of one staff or duty stream into account, in order.
    pub fn learn(&mut self, facts: &[Recorded]) {
        let mut profile = None;
        for fact in facts {
            match (fact.stream.kind, fact.event()) {
                (StreamKind::Staff, Ok(Event::Staff(event))) => {
                    StaffMember::apply(&mut profile, fact);
                    if event.is_about_work()
                        && let Some(profile) = &profile
                    {
                        self.profiles.entry(profile.id).or_default().push((fact.at, profile.clone()));
                    }
                }
                (StreamKind::Duty, Ok(Event::Duty(DutyEvent::DutySet(set)))) => {
                    self.duties.entry(set.staff).or_default().push((fact.at, set.duty));
                }
                _ => {}
            }
        }
    }

    /// Puts what was learnt from many streams in order of time.
    pub fn settle(&mut self) {
        for words in self.duties.values_mut() {
            words.sort_by_key(|(at, _)| *at);
        }
    }

    /// Whether `staff` was a supervisor at `at`, or in the moments before.
    fn supervised(&self, staff: StaffId, at: DateTime<Utc>) -> bool {
        let profiles = self.profiles.get(&staff).map_or(&[][..], Vec::as_slice);
        around(profiles, at).iter().any(|profile| profile.roles.contains(&Role::Supervisor))
    }

    /// Why `staff` could not be asked at `at`, if nothing that held in the moments before allows it.
    fn unfit(
        &self,
        staff: StaffId,
        request: &SupportRequest,
        settings: &Settings,
        at: DateTime<Utc>,
    ) -> Option<String> {
        let Some(profiles) = self.profiles.get(&staff) else { return Some("nobody of that id was known".to_owned()) };
        let moments = around(profiles, at);
        let line = settings.line(Some(&request.line));
        let needs = request.needs(line, &settings.dispatch);
        let serves = |profile: &&StaffMember| profile.is(Role::Volunteer) && profile.serves(&request.pool);
        let speaks = |profile: &&StaffMember| request.language.spoken_by(&profile.languages).is_some();
        let holds = |profile: &&StaffMember| {
            let before = at - UNSEEN;
            needs.iter().all(|need| profile.skills_at(before).any(|skill| skill == need))
        };
        let on_shift = |profile: &&StaffMember| {
            let mut hours = HoursCache::new(profile.hours());
            hours.on_shift(at).is_some() || hours.on_shift(at - UNSEEN).is_some()
        };
        let judge = |what: &str, fits: &dyn Fn(&&StaffMember) -> bool| {
            if moments.iter().any(fits) { None } else { Some(what.to_owned()) }
        };
        judge("they were no volunteer of the pool", &serves)
            .or_else(|| judge("they did not speak the language", &speaks))
            .or_else(|| judge("they did not hold what was needed", &holds))
            .or_else(|| judge("they were off shift", &on_shift))
            .or_else(|| {
                let words = self.duties.get(&staff).map_or(&[][..], Vec::as_slice);
                let ready = around(words, at).into_iter().any(|duty| *duty == Duty::Ready);
                (!ready).then(|| "they were not ready".to_owned())
            })
    }
}

/// What held at `at`, and what held at any time in the moments before it.
fn around<T>(history: &[(DateTime<Utc>, T)], at: DateTime<Utc>) -> Vec<&T> {
    let until = history.partition_point(|(from, _)| *from <= at);
    let from = history[..until].partition_point(|(from, _)| *from <= at - UNSEEN).saturating_sub(1);
    history[from..until].iter().map(|(_, value)| value).collect()
}

/// What the events of one request, in order, show to be against the invariants.
pub fn request(facts: &[Recorded], staff: &StaffHistory, settings: &Settings) -> Vec<Breach> {
    let mut breaches = Vec::new();
    let mut state: Option<SupportRequest> = None;
    for fact in facts {
        let mut breach = |invariant, what: String| {
            breaches.push(Breach { invariant, place: format!("{} version {}", fact.stream, fact.version), what });
        };
        let event = match fact.event() {
            Ok(Event::Request(event)) => event,
            Ok(_) => {
                SupportRequest::apply(&mut state, fact);
                continue;
            }
            Err(error) => {
                breach("I9", error.to_string());
                SupportRequest::apply(&mut state, fact);
                continue;
            }
        };
        match &state {
            None if fact.version != Version(1) || !matches!(event, RequestEvent::Opened(_)) => {
                breach("I1", format!("a request begins with `opened`, not with `{}`", fact.kind));
            }
            None => {}
            Some(state) => judge(state, &event, fact, staff, settings, &mut breach),
        }
        SupportRequest::apply(&mut state, fact);
    }
    breaches
}

fn judge(
    state: &SupportRequest,
    event: &RequestEvent,
    fact: &Recorded,
    staff: &StaffHistory,
    settings: &Settings,
    breach: &mut impl FnMut(&'static str, String),
) {
    if state.is_closed() && !matches!(event, RequestEvent::ErasureAsked(_) | RequestEvent::Erased(_)) {
        breach("I1", format!("`{}` came after the request had ended", fact.kind));
    }
    match event {
        RequestEvent::Opened(_) => breach("I1", "the request was opened twice".to_owned()),
        RequestEvent::Accepted(accepted) => {
            if !state.is_waiting() {
                breach("I2", "it was accepted although somebody held it".to_owned());
            }
            if state.offer(accepted.offer).is_none_or(|offer| offer.volunteer != accepted.volunteer) {
                breach("I2", "it was accepted by somebody to whom no offer stood".to_owned());
            }
        }
        RequestEvent::Transferred(moved) if state.holder() != Some(moved.from) => {
            breach("I2", "it was handed over by somebody who did not hold it".to_owned());
        }
        RequestEvent::Released(released) if state.holder() != Some(released.volunteer) => {
            breach("I2", "it was released by somebody who did not hold it".to_owned());
        }
        RequestEvent::Offered(offered) => {
            if !state.is_waiting() && !offered.handover {
                breach("I2", "it was offered although it did not wait".to_owned());
            }
            let grace = settings.dispatch.presence_grace + UNSEEN;
            if offered.why.present_at.is_none_or(|seen| fact.at - seen > grace) {
                breach("I3", format!("it was offered to {}, who was absent", offered.volunteer));
            }
            if let Some(why) = staff.unfit(offered.volunteer, state, settings, fact.at) {
                breach("I3", format!("it was offered to {}, but {why}", offered.volunteer));
            }
        }
        RequestEvent::Barred(_) if state.priority >= Priority::Urgent => {
            breach("I7", format!("it was {}, and its member was turned away", state.priority));
        }
        RequestEvent::Closed(closed) if closed.ending == Ending::Abandoned && state.priority >= Priority::Urgent => {
            breach("I7", format!("it was {}, and was closed for silence", state.priority));
        }
        RequestEvent::Closed(closed) if closed.ending == Ending::Barred && state.barred_until.is_none() => {
            breach("I1", "it ended for cause, and nobody said for how long".to_owned());
        }
        RequestEvent::PriorityChanged(changed)
            if changed.to < state.priority && !matches!(fact.actor, Actor::Staff(_)) =>
        {
            let (from, to) = (state.priority, changed.to);
            breach("I7", format!("priority fell from {from} to {to} without a supervisor's name"));
        }
        _ => {}
    }
}
