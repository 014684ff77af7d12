//! The invariants of DESIGN section 12, after every step.

use std::collections::BTreeMap;

use super::known::Merit;
use super::*;
use crate::dispatch::{Criterion, Ineligible, Rank};
use crate::record::StreamKind;
use crate::request::{Joined, Offered};

impl World {
    /// Looks at wishes with the eyes of the moment at which they were made (I3, I5, I7), and at the reasons they give.
    pub(super) fn check_wishes(&self, intents: &[Intent]) {
        let offers: Vec<(RequestId, &Offered)> = intents
            .iter()
            .flat_map(|intent| intent.events.iter().map(move |event| (RequestId(intent.stream.id), event)))
            .filter_map(
                |(id, event)| if let Event::Request(RequestEvent::Offered(o)) = event { Some((id, o)) } else { None },
            )
            .collect();
        let mut after = self.known.requests.clone();
        for intent in intents {
            assert!(!self.known.wishes.contains_key(&intent.stream), "a wish for a stream that has one already");
            assert_eq!(intent.expected, self.known.versions.get(&intent.stream).copied().unwrap_or_default());
            let Some(state) = after.get_mut(&RequestId(intent.stream.id)) else { continue };
            for event in &intent.events {
                let Event::Request(event) = event else { panic!("{event:?} in a request") };
                assert!(!matches!(event, RequestEvent::PriorityChanged(_)), "I7: a dispatcher does not judge risk");
                state.evolve(event, intent.actor, self.now);
            }
        }
        for (id, offered) in &offers {
            // Other wishes of the same moment may have taken back an offer of theirs, or ended what they held: judge
            // by what is left to them then.
            let known = self.foreseen(*id, intents);
            let why_not = known.why_not(&self.settings, &known.requests[id], offered.volunteer, self.now);
            let gave_room = why_not == Some(Ineligible::Full) && offers.len() > 1;
            assert!(why_not.is_none() || gave_room, "I3: {} was offered {id} though {why_not:?}", offered.volunteer);
            self.check_rank(*id, offered, &after);
        }
        for staff in self.known.volunteers() {
            let more = offers.iter().filter(|(_, offered)| offered.volunteer == staff.id).count();
            let places = self.known.places(staff.id).len() + more;
            assert!(more == 0 || places <= staff.capacity as usize, "{} has {places} places taken", staff.id);
        }
        if let [(id, offered)] = offers.as_slice() {
            self.check_choice(*id, offered, intents);
        }
    }

    /// What is known at the moment of the wish, and what the wish does to the request before it offers it.
    fn foreseen(&self, id: RequestId, intents: &[Intent]) -> Known {
        let mut known = self.known.clone();
        known.unchanged = known.requests.get(&id).cloned();
        for intent in intents.iter().filter(|intent| intent.stream.kind == StreamKind::Duty) {
            known.wishes.insert(intent.stream, intent.clone());
        }
        for intent in intents.iter().filter(|intent| intent.stream == StreamId::request(id)) {
            for event in &intent.events {
                match event {
                    Event::Request(RequestEvent::Offered(_)) => break,
                    Event::Request(event) => {
                        known.requests.get_mut(&id).unwrap().evolve(event, intent.actor, self.now);
                        known.events.get_mut(&id).unwrap().push((event.clone(), intent.actor, self.now));
                    }
                    _ => {}
                }
            }
        }
        known
    }

    /// I5: nobody who ranks higher, and still wants an offer, could have had that volunteer.
    fn check_rank(&self, id: RequestId, offered: &Offered, after: &BTreeMap<RequestId, SupportRequest>) {
        let dispatch = &self.settings.dispatch;
        let rank = |request: &SupportRequest| Rank::of(request, dispatch, self.now);
        let mine = rank(&self.known.requests[&id]);
        for other in self.known.waiting().filter(|other| offered.handover || rank(other) < mine) {
            let under_way = self.known.wishes.contains_key(&StreamId::request(other.id));
            let fanout = dispatch.tier(other.priority).fanout;
            let wants = after[&other.id].is_waiting() && after[&other.id].offers.len() < fanout;
            let could = self.known.eligible(&self.settings, other, self.now).contains(&offered.volunteer);
            let has = after[&other.id].offer_to(offered.volunteer).is_some();
            assert!(
                under_way || !wants || !could || has,
                "I5: {} was offered {id} while {} waits",
                offered.volunteer,
                other.id
            );
        }
    }

    /// Who was chosen is who the criteria choose, and `why` says so.
    fn check_choice(&self, id: RequestId, offered: &Offered, intents: &[Intent]) {
        let settings = &self.settings;
        let known = self.foreseen(id, intents);
        let state = known.requests[&id].clone();
        let why = &offered.why;
        let mut eligible: Vec<(Merit, StaffId)> = known
            .eligible(settings, &state, self.now)
            .into_iter()
            .map(|staff| (known.merit(settings, &state, staff, self.now), staff))
            .collect();
        eligible.sort_by_key(|(merit, _)| merit.iter().map(|(_, n)| *n).collect::<Vec<_>>());
        if why.decided_by != Criterion::Named {
            assert_eq!(eligible.first().map(|(_, staff)| *staff), Some(offered.volunteer), "{eligible:#?} {why:#?}");
            assert_eq!(eligible.get(1).map(|(_, staff)| *staff), why.runner_up, "{eligible:#?}");
            let differs = |(a, b): (&(Criterion, u64), &(Criterion, u64))| if a.1 == b.1 { None } else { Some(a.0) };
            let decided_by = match eligible.as_slice() {
                [(best, _), (second, _), ..] => best.iter().zip(second).find_map(differs).unwrap(),
                _ => Criterion::Only,
            };
            assert_eq!(why.decided_by, decided_by, "{eligible:#?}");
        }
        assert_eq!(why.present_at, known.seen.get(&offered.volunteer).copied());
        assert_eq!(why.considered as usize, known.volunteers().count());
        let mut out: BTreeMap<Ineligible, u32> = BTreeMap::new();
        for staff in known.volunteers().filter(|staff| state.offer_to(staff.id).is_none()) {
            let gives_way = !eligible.iter().any(|(_, id)| *id == staff.id);
            let reason = known.why_not(settings, &state, staff.id, self.now);
            if let Some(reason) = reason.or(gives_way.then_some(Ineligible::SetAside)) {
                *out.entry(reason).or_default() += 1;
            }
        }
        if state.offers.is_empty() && state.holder().is_none() {
            assert_eq!(why.out, out);
        }
    }

    /// I1, I2, I4 and I7: what must be true whenever nothing is left to do.
    pub(super) fn check_state(&self) {
        for (id, events) in &self.truth.events {
            let mut holder = None;
            let mut closed = false;
            for (event, actor, _) in events {
                assert!(!closed || matches!(event, RequestEvent::Erased(_)), "I1: {id} goes on after its end");
                match event {
                    RequestEvent::Accepted(e) => {
                        assert_eq!(holder.replace(e.volunteer), None, "I2: {id} was accepted while somebody held it");
                    }
                    RequestEvent::Assigned(e) => assert_eq!(holder.replace(e.staff), e.from),
                    RequestEvent::Transferred(e) => assert_eq!(holder.replace(e.to), Some(e.from)),
                    RequestEvent::Joined(Joined { staff, holder: true, .. }) => holder = Some(*staff),
                    RequestEvent::Released(e) => assert_eq!(holder.take(), Some(e.volunteer)),
                    RequestEvent::PriorityChanged(e) => {
                        assert!(e.to > e.from || actor.staff().is_some(), "I7: nobody answers for lowering {id}");
                    }
                    RequestEvent::Closed(_) => closed = true,
                    _ => {}
                }
            }
            let state = &self.truth.requests[id];
            assert_eq!(state.is_closed(), closed);
            assert!(closed || state.holder() == holder, "I1: {id}");
        }
        let quiet = self.known.wishes.is_empty() && self.undelivered.values().all(VecDeque::is_empty);
        if !quiet {
            return;
        }
        for request in self.known.waiting() {
            let fanout = self.settings.dispatch.tier(request.priority).fanout;
            if request.offers.len() < fanout {
                let eligible = self.known.eligible(&self.settings, request, self.now);
                assert_eq!(eligible, [], "I4: {} waits for an offer", request.id);
            }
            if request.priority == Priority::Imminent && request.offers.is_empty() {
                self.check_nobody_could_give_way(request);
            }
        }
    }

    /// Nobody lacks nothing for an imminent request but the place that a lesser offer takes.
    fn check_nobody_could_give_way(&self, imminent: &SupportRequest) {
        for lesser in self.known.waiting().filter(|lesser| lesser.priority < Priority::Imminent) {
            for offer in &lesser.offers {
                let full = self.known.why_not(&self.settings, imminent, offer.volunteer, self.now);
                let mut without = self.known.clone();
                without.requests.remove(&lesser.id);
                let why_not = without.why_not(&self.settings, imminent, offer.volunteer, self.now);
                assert!(
                    full != Some(Ineligible::Full) || why_not.is_some(),
                    "{} waits while {} is asked for {}",
                    imminent.id,
                    offer.volunteer,
                    lesser.id
                );
            }
        }
    }
}
