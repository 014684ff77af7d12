//! Who waits meets who is free: the highest-ranked request that anybody can take goes first, always.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use super::standing::Standing;
use super::waiting::{Class, Rank};
use super::{Dispatcher, Draft, Drafts};
use crate::request::{Command, Phase, SupportRequest, TransferFailure, WithdrawReason};
use crate::{Priority, RequestId, StaffId};

/// A request to match; its class, if somebody who was freed brought it up.
type Candidate = Reverse<(Rank, RequestId, Option<usize>)>;

/// Who was freed and can serve a class of requests that some wait in. Any one of them is enough to bring up the next
/// request of it, so that thousands who are freed at once are not asked one by one what they could do now.
#[derive(Debug, Default)]
struct Freed {
    /// For anything.
    free: Vec<StaffId>,
    /// For urgent requests, since their shift ends soon.
    winding_down: Vec<StaffId>,
}

type FreedByClass = BTreeMap<usize, Freed>;

impl Dispatcher {
    /// Between decisions no request that wants an offer could be offered to anybody who is free. So a pair that fits now
    /// has a request or a volunteer about whom something changed: only those are looked at, by rank of the request.
    pub(super) fn match_all(&mut self, drafts: &mut Drafts, now: DateTime<Utc>) {
        let mut heap: BinaryHeap<Candidate> = BinaryHeap::new();
        let mut handovers = Vec::new();
        for id in std::mem::take(&mut self.unmatched) {
            match self.requests.get(&id) {
                Some(entry) if entry.queued.is_some() => {
                    let rank = Rank::of(&entry.state, &self.settings.dispatch, now);
                    heap.push(Reverse((rank, id, None)));
                }
                Some(entry) if entry.in_flight.is_none() => handovers.push(id),
                Some(_) | None => {}
            }
        }
        let mut freed = self.freed_by_class();
        for (class, freed) in &mut freed {
            heap.extend(self.best_request_for(*class, freed, drafts, now));
        }
        self.match_by_rank(&mut heap, &mut freed, drafts, now);
        for id in handovers {
            self.hand_over(id, drafts, now);
        }
        for volunteer in std::mem::take(&mut self.yielding) {
            if let Some(imminent) = self.imminent_request_for(volunteer, drafts, now) {
                heap.extend(self.outrank(imminent, drafts, now));
                self.match_by_rank(&mut heap, &mut freed, drafts, now);
            }
        }
    }

    fn freed_by_class(&mut self) -> FreedByClass {
        let mut by_class = FreedByClass::new();
        for volunteer in std::mem::take(&mut self.freed) {
            let Some(place) = self.staff.get(&volunteer).and_then(|known| known.place) else { continue };
            for at in &self.crew.group(place.group).classes {
                if self.waiting.class(*at).is_empty() {
                    continue;
                }
                match place.standing {
                    Standing::Free => by_class.entry(*at).or_default().free.push(volunteer),
                    Standing::WindingDown => by_class.entry(*at).or_default().winding_down.push(volunteer),
                    _ => {}
                }
            }
        }
        by_class
    }

    fn match_by_rank(
        &mut self,
        heap: &mut BinaryHeap<Candidate>,
        freed: &mut FreedByClass,
        drafts: &mut Drafts,
        now: DateTime<Utc>,
    ) {
        while let Some(Reverse((rank, id, brought_by))) = heap.pop() {
            let offered = self.offer(id, drafts, now);
            if offered && self.requests.get(&id).is_some_and(|entry| entry.queued.is_some()) {
                heap.push(Reverse((rank, id, None)));
            }
            if !offered && brought_by.is_none() {
                heap.extend(self.without_anybody(id, drafts, now));
            }
            if let Some(class) = brought_by
                && let Some(freed) = freed.get_mut(&class)
            {
                let next = self.best_request_for(class, freed, drafts, now);
                // What could not be offered just now cannot be now: to come back to it would be to stay here for ever.
                heap.extend(next.filter(|Reverse((_, next, _))| offered || *next != id));
            }
        }
    }

    /// The highest-ranked request of a class that wants an offer and may be offered to one of those who were freed; who is
    /// free no more is left out from then on.
    fn best_request_for(
        &self,
        class: usize,
        freed: &mut Freed,
        drafts: &Drafts,
        now: DateTime<Utc>,
    ) -> Option<Candidate> {
        let mut best: Option<Rank> = None;
        let mut found = None;
        let waiting: &Class = self.waiting.class(class);
        for priority in Priority::ALL {
            for (opened_at, id) in waiting.tier(priority) {
                let rank = Rank::new(priority, opened_at, id, &self.settings.dispatch, now);
                if best.is_some_and(|best| best < rank) {
                    break;
                }
                let Some(state) = self.state_of(id, drafts) else { continue };
                let may = |volunteer| self.may_be_asked(state, volunteer, now);
                if self.any_still(&mut freed.free, priority, may)
                    || (priority >= Priority::Urgent && self.any_still(&mut freed.winding_down, priority, may))
                {
                    best = Some(rank);
                    found = Some(id);
                    break;
                }
                if freed.free.is_empty() && (priority < Priority::Urgent || freed.winding_down.is_empty()) {
                    break;
                }
            }
        }
        Some(Reverse((best?, found?, Some(class))))
    }

    /// Whether one of `freed` is still free for `priority` and `may` be asked; those who are not free are taken out.
    fn any_still(&self, freed: &mut Vec<StaffId>, priority: Priority, may: impl Fn(StaffId) -> bool) -> bool {
        let mut at = freed.len();
        while let Some(before) = at.checked_sub(1) {
            at = before;
            let place = self.staff.get(&freed[at]).and_then(|known| known.place);
            if !place.is_some_and(|place| place.standing.is_free_for(priority)) {
                freed.swap_remove(at);
            } else if may(freed[at]) {
                return true;
            }
        }
        false
    }

    /// The longest waiting imminent request that nobody was asked for, and that `volunteer` could take if they had a
    /// free place.
    fn imminent_request_for(&self, volunteer: StaffId, drafts: &Drafts, now: DateTime<Utc>) -> Option<RequestId> {
        let place = self.staff.get(&volunteer)?.place?;
        place.yields?;
        let classes = self.crew.group(place.group).classes.iter().map(|class| self.waiting.class(*class));
        let waiting = classes.filter_map(|class| {
            class.tier(Priority::Imminent).find(|(_, id)| {
                let state = self.state_of(*id, drafts);
                let may = |state: &SupportRequest| state.offers.is_empty() && self.may_be_asked(state, volunteer, now);
                state.is_some_and(may) && !self.is_outranking(*id)
            })
        });
        waiting.min().map(|(_, id)| id)
    }

    fn state_of<'a>(&'a self, id: RequestId, drafts: &'a Drafts) -> Option<&'a SupportRequest> {
        drafts.get(&id).map(|draft| &*draft.state).or_else(|| self.requests.get(&id).map(|entry| &entry.state))
    }

    /// Offers the request to the best volunteer; false when there is none.
    fn offer(&mut self, id: RequestId, drafts: &mut Drafts, now: DateTime<Utc>) -> bool {
        let Some(entry) = self.requests.get(&id).filter(|entry| entry.queued.is_some()) else { return false };
        let state = drafts.get(&id).map_or(&entry.state, |draft| &*draft.state);
        let Some((volunteer, why)) = self.choose(state, entry.class, None, now) else { return false };
        let draft = drafts.entry(id).or_insert_with(|| Draft::of(&entry.state).into_owned());
        self.wish(id, volunteer, why, draft, now);
        let fanout = self.settings.dispatch.tier(draft.state.priority).fanout;
        if draft.state.offers.len() >= fanout {
            self.dequeue(id);
        }
        self.review_touched_staff(now);
        true
    }

    /// Nobody can be asked for it: does what else can be done, if no offer is open either. Gives the request that has to
    /// look for somebody else on its account.
    fn without_anybody(&mut self, id: RequestId, drafts: &mut Drafts, now: DateTime<Utc>) -> Option<Candidate> {
        let entry = self.requests.get(&id).filter(|entry| entry.queued.is_some())?;
        let state = drafts.get(&id).map_or(&entry.state, |draft| &*draft.state);
        if !state.offers.is_empty() || self.is_outranking(id) {
            return None;
        }
        if state.priority == Priority::Imminent {
            let victim = self.outrank(id, drafts, now);
            if victim.is_some() {
                return victim;
            }
        }
        self.exhaust(id, drafts, now);
        None
    }

    fn wish(&mut self, id: RequestId, volunteer: StaffId, why: super::Why, draft: &mut Draft<'_>, now: DateTime<Utc>) {
        let timeout = self.settings.dispatch.tier(draft.state.priority).offer_timeout;
        draft.add(Command::Offer(volunteer, now + timeout, why), now);
        if let Some(chosen) = self.staff.get_mut(&volunteer) {
            chosen.wished.insert(id);
        }
        if let Some(entry) = self.requests.get_mut(&id) {
            entry.in_flight.get_or_insert_default().push(volunteer);
        }
        self.touched_staff.insert(volunteer);
    }

    /// Nobody is left to ask: says so once, which lets those who refused be asked again.
    fn exhaust(&mut self, id: RequestId, drafts: &mut Drafts, now: DateTime<Utc>) {
        let Some(entry) = self.requests.get(&id) else { return };
        let class = self.waiting.class(entry.class);
        let state = drafts.get(&id).map_or(&entry.state, |draft| &*draft.state);
        let is_free = |staff: &StaffId| {
            let place = self.staff.get(staff).and_then(|volunteer| volunteer.place);
            place.is_some_and(|p| p.standing.is_free_for(state.priority) && class.is_served_by(p.group))
        };
        if state.exhausted_at.is_none() && state.asked.keys().any(is_free) {
            drafts.entry(id).or_insert_with(|| Draft::of(&entry.state).into_owned()).add(Command::Exhaust, now);
        }
    }

    /// Whether an offer is being taken back for the sake of this imminent request.
    fn is_outranking(&self, id: RequestId) -> bool {
        let victim = self.requests.get(&id).and_then(|entry| entry.outranks);
        let victim = victim.and_then(|victim| self.requests.get(&victim));
        victim.is_some_and(|victim| victim.outranked_by == Some(id))
    }

    /// An imminent request has nobody: takes back the least urgent offer of somebody who lacks nothing but a place. Gives
    /// the request that it was taken from, which may find somebody else at once.
    fn outrank(&mut self, id: RequestId, drafts: &mut Drafts, now: DateTime<Utc>) -> Option<Candidate> {
        let entry = self.requests.get(&id)?;
        let class = self.waiting.class(entry.class);
        let can_give_way = |(yields, staff): &&(super::crew::Yields, StaffId)| {
            let idle = self.requests.get(&yields.2).is_some_and(|victim| victim.in_flight.is_none());
            idle && !drafts.contains_key(&yields.2) && self.may_be_asked(&entry.state, *staff, now)
        };
        let groups =
            class.groups.iter().filter(|(at, _)| self.crew.is_yielding(*at)).map(|(at, _)| self.crew.group(*at));
        let ((.., victim), staff) =
            groups.filter_map(|group| group.yielding.iter().find(can_give_way)).min().copied()?;
        let outranked = self.requests.get_mut(&victim)?;
        let offer = outranked.state.offer_to(staff)?.id;
        let mut draft = Draft::of(&outranked.state).into_owned();
        draft.add(Command::Withdraw(offer, WithdrawReason::Outranked), now);
        drafts.insert(victim, draft);
        outranked.in_flight = Some(Vec::new());
        outranked.outranked_by = Some(id);
        outranked.queued = Some(outranked.state.priority);
        self.waiting.insert(outranked.class, &outranked.state);
        let rank = Rank::of(&outranked.state, &self.settings.dispatch, now);
        if let Some(entry) = self.requests.get_mut(&id) {
            entry.outranks = Some(victim);
        }
        Some(Reverse((rank, victim, None)))
    }

    /// Looks for somebody to take over from the holder, once.
    fn hand_over(&mut self, id: RequestId, drafts: &mut Drafts, now: DateTime<Utc>) {
        let Some(entry) = self.requests.get(&id).filter(|entry| entry.in_flight.is_none()) else { return };
        let state = drafts.get(&id).map_or(&entry.state, |draft| &*draft.state);
        let Phase::Active { transfer: Some(transfer), .. } = &state.phase else { return };
        if !state.offers.is_empty() {
            return;
        }
        let chosen = self.choose(state, entry.class, transfer.to, now);
        let draft = drafts.entry(id).or_insert_with(|| Draft::of(&entry.state).into_owned());
        match chosen {
            Some((volunteer, why)) => self.wish(id, volunteer, why, draft, now),
            None => draft.add(Command::FailTransfer(TransferFailure::Nobody), now),
        }
        self.review_touched_staff(now);
    }
}
