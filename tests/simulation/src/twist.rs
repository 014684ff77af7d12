//! The dispatcher, as it is or with a planted fault.

use std::collections::{BTreeMap, BTreeSet};

use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::process::{Intent, Process};
use wideawake_domain::request::{OfferWithdrawn, RequestEvent, WithdrawReason};
use wideawake_domain::staff::StaffEvent;
use wideawake_domain::{Event, OfferId, Pool, Recorded, StreamId};

use crate::Time;
use crate::plant::Plant;

pub(crate) struct Twist {
    pub(crate) inner: Dispatcher,
    pool: Pool,
    plant: Option<Plant>,
    /// Offers that were open when it took over.
    inherited: BTreeSet<OfferId>,
    leads: bool,
}

impl Twist {
    pub(crate) fn new(inner: Dispatcher, pool: Pool, plant: Option<Plant>) -> Self {
        Self { inner, pool, plant, inherited: BTreeSet::new(), leads: false }
    }

    pub(crate) fn took_over(&mut self, now: Time) {
        self.leads = true;
        self.inner.took_over(now);
    }

    pub(crate) fn observe(&mut self, fact: &Recorded) {
        match self.plant {
            Some(Plant::SetAsideForgotten) => self.inner.observe(&forgetful(fact)),
            Some(Plant::PoolIgnored) => self.inner.observe(&of_pool(fact, &self.pool)),
            Some(Plant::DeadlineNotRearmed) => {
                if let (false, Ok(Event::Request(RequestEvent::Offered(offered)))) = (self.leads, fact.event()) {
                    self.inherited.insert(offered.offer);
                }
                self.inner.observe(fact);
            }
            _ => self.inner.observe(fact),
        }
    }

    pub(crate) fn decide(&mut self, now: Time, wishes: &BTreeMap<StreamId, Intent>) -> Vec<Intent> {
        if self.plant == Some(Plant::CapacityWithoutOffersInFlight) {
            for stream in wishes.keys() {
                self.inner.settled(*stream);
            }
        }
        let mut intents = self.inner.decide(now);
        match self.plant {
            // It forgot what it wished and wishes the same again, which the loop would not let it.
            Some(Plant::CapacityWithoutOffersInFlight) => {
                intents.retain(|intent| !wishes.contains_key(&intent.stream));
            }
            Some(Plant::DeadlineNotRearmed) => intents.retain(|intent| {
                let inherited = |event: &Event| match event {
                    Event::Request(RequestEvent::OfferExpired(e)) => self.inherited.contains(&e.offer),
                    _ => false,
                };
                !intent.events.iter().any(inherited)
            }),
            _ => {}
        }
        intents
    }
}

/// The fact without what it says of whom not to ask.
fn forgetful(fact: &Recorded) -> Recorded {
    let (offer, volunteer) = match fact.event() {
        Ok(Event::Request(RequestEvent::OfferDeclined(e))) => (e.offer, e.volunteer),
        Ok(Event::Request(RequestEvent::OfferExpired(e))) => (e.offer, e.volunteer),
        _ => return fact.clone(),
    };
    let event = Event::Request(OfferWithdrawn { offer, volunteer, reason: WithdrawReason::Duty }.into());
    let data = event.encode().expect("a withdrawal has no text").into();
    Recorded { kind: event.kind().into(), data, ..fact.clone() }
}

/// The fact as if whoever it is about served that pool.
fn of_pool(fact: &Recorded, pool: &Pool) -> Recorded {
    let Ok(Event::Staff(mut event)) = fact.event() else { return fact.clone() };
    match &mut event {
        StaffEvent::Added(added) => added.pools = vec![pool.clone()],
        StaffEvent::Changed(changed) => changed.pools = None,
        _ => return fact.clone(),
    }
    let data = Event::Staff(event).encode().expect("a profile has no text").into();
    Recorded { data, ..fact.clone() }
}
