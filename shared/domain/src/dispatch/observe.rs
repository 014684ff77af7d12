//! What a fact changes in what the dispatcher knows.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;

use super::standing::Offered;
use super::timers::Concerns;
use super::{Dispatcher, Entry};
use crate::event::Event;
use crate::request::{RequestEvent, SupportRequest};
use crate::staff::{DutyEvent, StaffMember};
use crate::{Priority, Recorded, RequestId, StaffId};

/// Facts of a profile that change neither what its owner can serve nor when.
const BESIDE_THE_POINT: [&str; 3] = ["conversation_read", "token_issued", "contact_methods_set"];

impl Dispatcher {
    pub(super) fn observe_staff(&mut self, fact: &Recorded) {
        let id = StaffId(fact.stream.id);
        let volunteer = self.staff.entry(id).or_default();
        let before = volunteer.profile.as_ref().map(|profile| profile.version);
        let mut profile = volunteer.profile.take();
        StaffMember::apply(&mut profile, fact);
        let is_news = profile.as_ref().map(|profile| profile.version) != before;
        match profile {
            Some(profile) if is_news && !BESIDE_THE_POINT.contains(&&*fact.kind) => {
                volunteer.set_profile(profile);
                self.touched_staff.insert(id);
            }
            profile => volunteer.profile = profile,
        }
    }

    pub(super) fn observe_duty(&mut self, fact: &Recorded) {
        let Ok(Event::Duty(DutyEvent::DutySet(set))) = fact.event() else { return };
        let volunteer = self.staff.entry(set.staff).or_default();
        volunteer.duty.apply(fact);
        volunteer.responded(fact.at);
        self.touched_staff.insert(set.staff);
    }

    pub(super) fn observe_request(&mut self, fact: &Recorded) {
        let id = RequestId(fact.stream.id);
        self.dequeue(id);
        let Some(entry) = self.requests.get_mut(&id) else { return self.meet_request(id, fact) };
        self.touched_requests.insert(id);
        if fact.version != entry.state.version.next() {
            return;
        }
        let before = (entry.state.priority, entry.state.required.len());
        let concerned: Vec<StaffId> = concerned_by(&entry.state).collect();
        let Some(event) = entry.state.follow(fact) else { return };
        let reclassed = (entry.state.priority, entry.state.required.len()) != before;
        self.count_places(id, concerned);
        self.respond_to(id, &event, fact.at);
        if self.requests.get(&id).is_some_and(|entry| entry.state.is_closed()) {
            self.forget(id);
        } else if reclassed {
            self.reclass(id);
        }
    }

    /// The first fact of a request; any other of one that is not known is of one that ended.
    fn meet_request(&mut self, id: RequestId, fact: &Recorded) {
        let mut state = None;
        SupportRequest::apply(&mut state, fact);
        let Some(state) = state.filter(|_| !self.ended.contains(id)) else { return };
        let needs = state.needs(self.settings.line(Some(&state.line)), &self.settings.dispatch);
        let class = self.waiting.join(&state.language, needs, &mut self.crew);
        let entry = Entry {
            state,
            class,
            queued: None,
            in_flight: None,
            member_seen: Some(fact.at),
            outranks: None,
            outranked_by: None,
        };
        self.requests.insert(id, Box::new(entry));
        self.touched_requests.insert(id);
    }

    /// What the event says of the people involved.
    fn respond_to(&mut self, id: RequestId, event: &RequestEvent, at: DateTime<Utc>) {
        match event {
            RequestEvent::Offered(offered) => {
                let volunteer = self.staff.entry(offered.volunteer).or_default();
                volunteer.last_offer = volunteer.last_offer.max(Some(at));
            }
            RequestEvent::OfferExpired(expired) => {
                let volunteer = self.staff.entry(expired.volunteer).or_default();
                volunteer.missed(id, at);
                volunteer.asked_for.insert(id);
            }
            RequestEvent::OfferDeclined(declined) => {
                let volunteer = self.staff.entry(declined.volunteer).or_default();
                volunteer.responded(at);
                volunteer.asked_for.insert(id);
            }
            RequestEvent::Accepted(accepted) => self.staff.entry(accepted.volunteer).or_default().responded(at),
            RequestEvent::Transferred(moved) => self.staff.entry(moved.to).or_default().responded(at),
            RequestEvent::Released(released) => {
                self.staff.entry(released.volunteer).or_default().asked_for.insert(id);
            }
            RequestEvent::Closed(_) => {
                let Some(state) = self.requests.get(&id).map(|entry| &entry.state) else { return };
                if state.priority >= Priority::Urgent
                    && let (Some(holder), Some(rest)) = (state.last_holder(), self.settings.dispatch.rest_after_urgent)
                {
                    let volunteer = self.staff.entry(holder).or_default();
                    volunteer.rest_until = volunteer.rest_until.max(Some(at + rest));
                }
            }
            _ => {}
        }
    }

    /// Takes and frees the places of everyone whom the request concerns now or did before.
    fn count_places(&mut self, id: RequestId, mut concerned: Vec<StaffId>) {
        let Some(after) = self.requests.get(&id).map(|entry| &entry.state) else { return };
        concerned.extend(concerned_by(after));
        for staff in concerned {
            let volunteer = self.staff.entry(staff).or_default();
            if after.holder() == Some(staff) {
                volunteer.held.insert(id, after.priority);
            } else {
                volunteer.held.remove(&id);
            }
            match after.offer_to(staff) {
                Some(offer) => {
                    let (priority, handover) = (Reverse(after.priority), offer.handover);
                    volunteer.offered.insert(id, Offered { priority, opened_at: after.opened_at, handover });
                }
                None => {
                    volunteer.offered.remove(&id);
                }
            }
            self.touched_staff.insert(staff);
        }
    }

    /// Puts it among those that need the same as it does now.
    fn reclass(&mut self, id: RequestId) {
        let Some(entry) = self.requests.get_mut(&id) else { return };
        let needs = entry.state.needs(self.settings.line(Some(&entry.state.line)), &self.settings.dispatch);
        let class = self.waiting.join(&entry.state.language, needs, &mut self.crew);
        let old = std::mem::replace(&mut entry.class, class);
        self.waiting.leave(old, &mut self.crew);
    }

    fn forget(&mut self, id: RequestId) {
        let Some(entry) = self.requests.remove(&id) else { return };
        self.waiting.leave(entry.class, &mut self.crew);
        self.timers.arm(Concerns::Request(id), None);
        for staff in entry.in_flight.into_iter().flatten() {
            self.release_wish(staff, id);
        }
        for staff in entry.state.asked.keys() {
            if let Some(volunteer) = self.staff.get_mut(staff) {
                volunteer.asked_for.remove(&id);
            }
        }
        self.touched_requests.extend(entry.outranked_by);
        self.touched_requests.remove(&id);
        self.unmatched.remove(&id);
        self.ended.insert(id);
    }

    pub(super) fn release_wish(&mut self, staff: StaffId, request: RequestId) {
        if let Some(volunteer) = self.staff.get_mut(&staff) {
            volunteer.wished.remove(&request);
            self.touched_staff.insert(staff);
        }
    }

    pub(super) fn dequeue(&mut self, id: RequestId) {
        if let Some(entry) = self.requests.get_mut(&id)
            && let Some(priority) = entry.queued.take()
        {
            self.waiting.remove(entry.class, priority, entry.state.opened_at, id);
        }
    }
}

/// Whoever holds it or is offered it.
fn concerned_by(request: &SupportRequest) -> impl Iterator<Item = StaffId> {
    request.holder().into_iter().chain(request.offers.iter().map(|offer| offer.volunteer))
}
