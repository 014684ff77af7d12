//! What a fact changes in what the watcher knows.

use std::collections::BTreeMap;

use super::{Concerns, Entry, Running, SeenTo, Watcher};
use crate::escalation::{Escalation, Stage};
use crate::record::StreamKind;
use crate::request::{Message, Phase, RequestEvent, Speaker, SupportRequest};
use crate::{EscalationId, Recorded, RequestId, StaffId};

impl Watcher {
    pub(super) fn observe_people(&mut self, fact: &Recorded) {
        self.people.observe(fact);
        if fact.stream.kind != StreamKind::Staff || !["contact_methods_set", "removed"].contains(&&*fact.kind) {
            return;
        }
        // Whoever was called may not be reached any more.
        let staff = StaffId(fact.stream.id);
        let waits_for = |running: &Running| {
            let pages = matches!(running.state.stage, Stage::Paging { .. });
            pages && running.state.calls.last().is_some_and(|call| call.staff.contains(&staff))
        };
        let waiting = self.escalations.iter().filter(|(_, running)| waits_for(running));
        self.touched_escalations.extend(waiting.map(|(id, _)| *id));
    }

    pub(super) fn observe_request(&mut self, fact: &Recorded) {
        let id = RequestId(fact.stream.id);
        let Some(entry) = self.requests.get_mut(&id) else { return self.meet_request(id, fact) };
        if fact.version != entry.state.version.next() {
            return;
        }
        let waited = entry.state.is_waiting();
        let event = entry.state.follow(fact);
        if let Some(event) = &event {
            entry.note_answers(event, fact);
        }
        entry.asked.clear();
        let waits = entry.state.is_waiting();
        self.waiting = self.waiting.saturating_add_signed(isize::from(waits) - isize::from(waited));
        self.touched_requests.insert(id);
        if matches!(event, Some(RequestEvent::Closed(_))) {
            self.timers.arm(Concerns::Request(id), None);
        }
        self.forget_what_is_over(id);
    }

    /// The first fact of a request; any other of one that is not known is of one that ended.
    fn meet_request(&mut self, id: RequestId, fact: &Recorded) {
        let mut state = None;
        SupportRequest::apply(&mut state, fact);
        let Some(state) = state.filter(|_| !self.ended.contains(id)) else { return };
        let entry = Entry {
            state,
            answered_since: None,
            asked: Vec::new(),
            in_flight: false,
            opening: Vec::new(),
            refused: false,
            open_after: None,
        };
        self.requests.insert(id, Box::new(entry));
        self.waiting += 1;
        self.touched_requests.insert(id);
    }

    /// Forgets a request that ended, once everything that it raised is opened.
    pub(super) fn forget_what_is_over(&mut self, id: RequestId) {
        let Some(entry) = self.requests.get(&id).filter(|entry| entry.state.is_closed()) else { return };
        if self.missing(&entry.state).next().is_some() {
            return;
        }
        self.requests.remove(&id);
        self.touched_requests.remove(&id);
        self.timers.arm(Concerns::Request(id), None);
        self.ended.insert(id);
        self.forget_what_was_seen_to(id);
    }

    pub(super) fn observe_escalation(&mut self, fact: &Recorded) {
        let id = EscalationId(fact.stream.id);
        if self.resolved.contains(id) {
            return;
        }
        if let Some(running) = self.escalations.get_mut(&id) {
            self.levels.count(&running.state, -1);
            if fact.version == running.state.version.next() {
                running.state.follow(fact);
            }
        } else {
            let mut state = None;
            Escalation::apply(&mut state, fact);
            let Some(state) = state else { return };
            self.escalations.insert(id, Running { state, in_flight: self.opening.contains_key(&id) });
        }
        let Some(running) = self.escalations.get(&id) else { return };
        let state = &running.state;
        self.levels.count(state, 1);
        let (request, is_resolved) = (state.request, state.is_resolved());
        let policies = self.seen_to.entry(request).or_default();
        let seen = policies.entry(state.policy.name.clone()).or_default();
        seen.up_to = seen.up_to.max(state.covers());
        if !is_resolved {
            seen.open = Some(id);
            self.touched_escalations.insert(id);
        } else if seen.open.is_none_or(|open| open == id) {
            seen.open = None;
        }
        if is_resolved {
            self.escalations.remove(&id);
            self.touched_escalations.remove(&id);
            self.timers.arm(Concerns::Escalation(id), None);
            self.resolved.insert(id);
            self.forget_stray(request);
        }
        if self.requests.contains_key(&request) {
            self.touched_requests.insert(request);
            self.forget_what_is_over(request);
        }
    }

    /// What was resolved of a request that is not known here is kept for a while, since facts come in any order.
    fn forget_stray(&mut self, request: RequestId) {
        if self.requests.contains_key(&request) {
            return;
        }
        let is_over = self.ended.contains(request).then_some(request);
        if let Some(request) = is_over.or_else(|| self.strays.insert(request)) {
            self.forget_what_was_seen_to(request);
        }
    }

    fn forget_what_was_seen_to(&mut self, request: RequestId) {
        let is_open = |policies: &BTreeMap<String, SeenTo>| policies.values().any(|seen| seen.open.is_some());
        if !self.requests.contains_key(&request) && !self.seen_to.get(&request).is_some_and(is_open) {
            self.seen_to.remove(&request);
        }
    }
}

impl Entry {
    /// Notes since when the member has had an answer and written nothing.
    fn note_answers(&mut self, event: &RequestEvent, fact: &Recorded) {
        let is_held = matches!(self.state.phase, Phase::Active { .. });
        match event {
            _ if !is_held => self.answered_since = None,
            RequestEvent::Message(Message { from: Speaker::Member, .. }) => self.answered_since = None,
            RequestEvent::Message(Message { from: Speaker::System, .. } | Message { aside: true, .. }) => {}
            RequestEvent::Message(_) => {
                self.answered_since.get_or_insert(fact.at);
            }
            _ => {}
        }
    }
}
