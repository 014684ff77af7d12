//! What an event changes.

use chrono::{DateTime, Utc};
use std::collections::{BTreeMap, VecDeque};

use super::event::*;
use super::state::{OpenOffer, Phase, Raised, SupportRequest, Transfer};
use crate::event::Event;
use crate::record::{Actor, StreamKind};
use crate::{Pool, Priority, Recorded, RequestId, StaffId, Version};

impl SupportRequest {
    /// The state after `facts`, which are a request's events from the first on; `None` without a first one.
    pub fn replay<'a>(facts: impl IntoIterator<Item = &'a Recorded>) -> Option<Self> {
        let mut state = None;
        for fact in facts {
            Self::apply(&mut state, fact);
        }
        state
    }

    /// Takes one more fact into account: the first creates the state, others change it. A fact of another kind of
    /// stream, one that is not the next version, or one that cannot be read leaves everything but the version as it was.
    pub fn apply(state: &mut Option<Self>, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Request {
            return;
        }
        match state.as_mut() {
            None if fact.version == Version(1) => {
                if let Ok(Event::Request(RequestEvent::Opened(opened))) = fact.event() {
                    *state = Some(Self::opened(RequestId(fact.stream.id), fact.pool.clone(), opened, fact.at));
                }
            }
            Some(state) if fact.version == state.version.next() => {
                state.follow(fact);
            }
            _ => {}
        }
    }

    /// Takes the next fact of its own stream into account; gives the event in it, if it can be read.
    pub(crate) fn follow(&mut self, fact: &Recorded) -> Option<RequestEvent> {
        let Ok(Event::Request(event)) = fact.event() else {
            self.version = fact.version;
            return None;
        };
        self.evolve(&event, fact.actor, fact.at);
        Some(event)
    }

    /// The state after its first event.
    pub fn opened(id: RequestId, pool: Pool, opened: Opened, at: DateTime<Utc>) -> Self {
        Self {
            id,
            version: Version(1),
            pool,
            line: opened.line,
            language: opened.language,
            time_zone: opened.time_zone,
            country: opened.country,
            alias: opened.alias,
            age_band: opened.age_band,
            topics: opened.topics,
            required: Vec::new(),
            priority: Priority::Standard,
            rose_at: None,
            opened_at: at,
            token: opened.token,
            fingerprint: opened.fingerprint,
            again: opened.again,
            phase: Phase::Waiting { since: at },
            offers: Vec::new(),
            asked: BTreeMap::new(),
            exhausted_at: None,
            away_since: None,
            joined: BTreeMap::new(),
            raised: Vec::new(),
            fired: BTreeMap::new(),
            shown: Vec::new(),
            tags: Vec::new(),
            told: Vec::new(),
            keys: VecDeque::new(),
            messages: 0,
            times_returned: 0,
            taken_by: None,
            barred_until: None,
            erased: false,
        }
    }

    /// Takes the next event into account.
    pub fn evolve(&mut self, event: &RequestEvent, _actor: Actor, at: DateTime<Utc>) {
        self.version = self.version.next();
        match event {
            RequestEvent::Opened(_) => {}
            RequestEvent::Triaged(triaged) => {
                if triaged.priority > self.priority {
                    self.rose_at = Some(at);
                    self.may_be_told_again(Cause::BeyondHolder);
                }
                self.priority = self.priority.max(triaged.priority);
                add_missing(&mut self.required, &triaged.needs);
                add_missing(&mut self.shown, &triaged.show);
                add_missing(&mut self.tags, &triaged.tags);
                for fired in &triaged.rules {
                    if let Some(since) = fired.since {
                        self.note_fired(&fired.rule, since);
                    }
                }
            }
            RequestEvent::PriorityChanged(changed) => {
                if changed.to > self.priority {
                    self.rose_at = Some(at);
                    self.may_be_told_again(Cause::BeyondHolder);
                }
                self.priority = changed.to;
            }
            RequestEvent::Offered(offered) => self.offers.push(OpenOffer {
                id: offered.offer,
                volunteer: offered.volunteer,
                at,
                expires_at: offered.expires_at,
                handover: offered.handover,
                version: self.version,
            }),
            RequestEvent::OfferDeclined(declined) => {
                self.drop_offer(declined.offer);
                self.asked.entry(declined.volunteer).or_default().declined_at = Some(at);
            }
            RequestEvent::OfferExpired(expired) => {
                self.drop_offer(expired.offer);
                self.asked.entry(expired.volunteer).or_default().missed_at = Some(at);
            }
            RequestEvent::OfferWithdrawn(withdrawn) => self.drop_offer(withdrawn.offer),
            RequestEvent::Exhausted(_) => self.exhausted_at = Some(at),
            RequestEvent::Accepted(accepted) => {
                self.drop_offer(accepted.offer);
                self.taken_by = Some(accepted.offer);
                self.held_by(accepted.volunteer, at);
            }
            RequestEvent::Assigned(assigned) => {
                self.taken_by = None;
                self.held_by(assigned.staff, at);
            }
            RequestEvent::Message(message) => self.spoken(message, at),
            RequestEvent::MemberAway(away) => {
                self.away_since = Some(away.since);
                self.may_be_told_again(Cause::Away);
            }
            RequestEvent::MemberBack(_) => self.away_since = None,
            RequestEvent::TransferAsked(asked) => {
                if let Phase::Active { transfer, .. } = &mut self.phase {
                    *transfer = Some(Transfer { to: asked.to, asked_at: at });
                }
            }
            RequestEvent::Transferred(moved) => {
                self.drop_offer(moved.offer);
                self.taken_by = Some(moved.offer);
                self.held_by(moved.to, at);
            }
            RequestEvent::TransferFailed(_) => {
                if let Phase::Active { transfer, .. } = &mut self.phase {
                    *transfer = None;
                }
            }
            RequestEvent::Joined(joined) if joined.holder => {
                self.taken_by = None;
                self.held_by(joined.staff, at);
                self.joined.insert(joined.staff, joined.speaker);
            }
            RequestEvent::Joined(joined) => {
                self.joined.insert(joined.staff, joined.speaker);
            }
            RequestEvent::Released(released) => {
                let asked = self.asked.entry(released.volunteer).or_default();
                match released.reason {
                    ReleaseReason::GaveBack | ReleaseReason::Supervisor => asked.gave_back = true,
                    ReleaseReason::Absent | ReleaseReason::Silent => asked.missed_at = Some(at),
                }
                self.phase = Phase::Waiting { since: at };
                self.taken_by = None;
                self.times_returned += 1;
                self.may_be_told_again(Cause::Away);
            }
            RequestEvent::EscalationRaised(raised) => {
                let (policy, cause) = (raised.policy.clone(), raised.cause);
                let rule = raised.rule.clone();
                self.note_raised(Raised { policy, cause, at, version: self.version, rule });
                add_missing(&mut self.told, &[cause]);
            }
            RequestEvent::Barred(barred) => self.barred_until = Some(barred.until),
            RequestEvent::Closed(closed) => {
                self.phase = Phase::Closed { closed: closed.clone(), at, holder: self.holder() };
                self.offers.clear();
            }
            RequestEvent::ErasureAsked(asked) => {
                if let Phase::Closed { closed, .. } = &mut self.phase {
                    closed.erase_at = Some(closed.erase_at.map_or(asked.due, |due| due.min(asked.due)));
                }
            }
            RequestEvent::Erased(_) => self.erased = true,
        }
    }

    /// Keeps what was raised: of the same policy, cause and rule the first and the newest. Beyond
    /// [`SupportRequest::RAISED`] the oldest goes that has a newer one of its policy and weight, so that what is unresolved
    /// stays so.
    fn note_raised(&mut self, raised: Raised) {
        let name = |raised: &Raised| raised.rule.as_ref().map(|fired| fired.rule.clone());
        let same =
            |known: &Raised| (&known.policy, known.cause, name(known)) == (&raised.policy, raised.cause, name(&raised));
        let mut same = (0..self.raised.len()).filter(|at| same(&self.raised[*at]));
        if let (Some(_), Some(newest)) = (same.next(), same.next()) {
            self.raised.remove(newest);
        }
        self.raised.push(raised);
        if self.raised.len() > Self::RAISED {
            let weight = |raised: &Raised| (raised.policy.clone(), raised.asks_for_somebody());
            let is_newest =
                |at: &usize| self.raised[at + 1..].iter().all(|later| weight(later) != weight(&self.raised[*at]));
            let oldest = (0..self.raised.len()).find(|at| !is_newest(at)).unwrap_or(0);
            self.raised.remove(oldest);
        }
    }

    /// Beyond [`SupportRequest::FIRED`] the rule goes whose time began first: it may fire once more.
    fn note_fired(&mut self, rule: &str, since: DateTime<Utc>) {
        self.fired.insert(rule.to_owned(), since);
        if self.fired.len() > Self::FIRED
            && let Some((oldest, _)) = self.fired.iter().min_by_key(|(_, since)| **since)
        {
            let oldest = oldest.clone();
            self.fired.remove(&oldest);
        }
    }

    fn may_be_told_again(&mut self, cause: Cause) {
        self.told.retain(|told| *told != cause);
    }

    fn drop_offer(&mut self, id: crate::OfferId) {
        self.offers.retain(|offer| offer.id != id);
    }

    fn held_by(&mut self, holder: StaffId, at: DateTime<Utc>) {
        // Whoever takes over starts with a clean slate, but the member has waited since they last wrote.
        let unanswered_since = match self.phase {
            Phase::Active { unanswered_since, .. } => unanswered_since,
            Phase::Waiting { .. } | Phase::Closed { .. } => None,
        };
        self.phase = Phase::Active { holder, since: at, first_word_at: None, unanswered_since, transfer: None };
        self.may_be_told_again(Cause::NoReply);
        self.exhausted_at = None;
        for asked in self.asked.values_mut() {
            asked.declined_at = None;
        }
    }

    fn spoken(&mut self, message: &Message, at: DateTime<Utc>) {
        self.messages += 1;
        if let Some(once) = &message.once {
            if self.keys.len() == Self::KEYS {
                self.keys.pop_front();
            }
            self.keys.push_back((once.clone(), self.version, at));
        }
        let Phase::Active { first_word_at, unanswered_since, .. } = &mut self.phase else { return };
        match message.from {
            Speaker::Member if unanswered_since.is_none() => {
                *unanswered_since = Some(at);
                self.may_be_told_again(Cause::NoReply);
            }
            Speaker::Member => {}
            Speaker::System => {}
            _ if message.aside => {}
            _ => {
                first_word_at.get_or_insert(at);
                *unanswered_since = None;
            }
        }
    }
}

fn add_missing<T: Clone + PartialEq>(known: &mut Vec<T>, more: &[T]) {
    for one in more {
        if !known.contains(one) {
            known.push(one.clone());
        }
    }
}
