//! The reference: the rules of DESIGN section 6 once more, simple and slow. Nothing is indexed or kept up to date;
//! everything is looked up in what happened whenever it is asked for. It shares the shapes of events with the core, and
//! the schedule arithmetic (which has hundreds of worked cases of its own), but no code of the dispatcher or of the state
//! machine of a request.

mod case; // one request
mod choice; // which of the eligible is asked
mod due; // what escalations and rules that need time ask for now
mod eligible; // who may be asked
mod person; // one staff member
mod plea; // one escalation
mod todo; // what should be done now

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wideawake_domain::process::{Intent, Signal};
use wideawake_domain::request::{RequestEvent, WithdrawReason};
use wideawake_domain::rotation::NamedRotation;
use wideawake_domain::schedule::Span;
use wideawake_domain::settings::Settings;
use wideawake_domain::staff::{Duty, DutyEvent};
use wideawake_domain::{
    EscalationId, Event, Pool, Priority, Recorded, RequestId, StaffId, StreamId, StreamKind, Version,
};

pub(crate) use case::{Case, Held, Raise, Standing};
pub(crate) use eligible::Circumstances;
pub(crate) use person::Person;
pub(crate) use plea::{Place, Plea};

use crate::Time;

/// What an invariant does not allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The invariant, such as `I2`.
    pub invariant: &'static str,
    /// What is wrong.
    pub what: String,
}

pub(crate) fn breach<T>(invariant: &'static str, what: impl Into<String>) -> Result<T, Breach> {
    Err(Breach { invariant, what: what.into() })
}

/// The pools as the facts tell them that were learnt so far: a dispatcher learns of the requests of one pool only, and
/// knows nothing of what is done in another, so that whatever is asked here is asked of one pool.
#[derive(Clone, Debug)]
pub(crate) struct Model {
    pub(crate) settings: Arc<Settings>,
    /// When it is asked about hours; a night lies well within.
    window: Span,
    /// Since when whoever decides has led.
    pub(crate) led_since: Time,
    /// Who was seen before then, and not since, is perhaps not known to whoever decides: the live state may have been wiped,
    /// or down, when they took over.
    pub(crate) surely_seen_since: Time,
    pub(crate) cases: BTreeMap<RequestId, Case>,
    /// Those that are not closed.
    pub(crate) open: BTreeSet<RequestId>,
    pub(crate) people: BTreeMap<StaffId, Person>,
    pub(crate) pleas: BTreeMap<EscalationId, Plea>,
    rotations: BTreeMap<StreamId, NamedRotation>,
    pub(crate) versions: BTreeMap<StreamId, Version>,
    /// When each member was last seen.
    pub(crate) members_seen: BTreeMap<RequestId, Time>,
    /// The same, but of a door whose clock is ahead when it said so: whoever leads since then may not have heard it.
    pub(crate) members_surely_seen: BTreeMap<RequestId, Time>,
}

impl Model {
    pub(crate) fn new(settings: Arc<Settings>, start: Time) -> Self {
        let window = Span { start: start - chrono::TimeDelta::days(16), end: start + chrono::TimeDelta::days(9) };
        Self {
            settings,
            window,
            led_since: Time::UNIX_EPOCH,
            surely_seen_since: Time::UNIX_EPOCH,
            cases: BTreeMap::new(),
            open: BTreeSet::new(),
            people: BTreeMap::new(),
            pleas: BTreeMap::new(),
            rotations: BTreeMap::new(),
            versions: BTreeMap::new(),
            members_seen: BTreeMap::new(),
            members_surely_seen: BTreeMap::new(),
        }
    }

    /// Takes the next fact of a stream into account, unless it cannot be true.
    pub(crate) fn learn(&mut self, fact: &Recorded) -> Result<(), Breach> {
        let known = self.versions.get(&fact.stream).copied().unwrap_or_default();
        if fact.version != known.next() {
            return breach("I9", format!("{} goes from version {known} to {}", fact.stream, fact.version));
        }
        self.versions.insert(fact.stream, fact.version);
        let event = match fact.event() {
            Ok(event) => event,
            Err(error) => return breach("I9", error.to_string()),
        };
        match event {
            Event::Request(event) => self.learn_of_request(fact, &event),
            Event::Staff(_) => {
                let person = self.people.entry(StaffId(fact.stream.id)).or_default();
                person.learn_profile(fact, self.window);
                Ok(())
            }
            Event::Duty(DutyEvent::DutySet(set)) => {
                self.people.entry(set.staff).or_default().learn_duty(fact, set.duty);
                Ok(())
            }
            Event::Escalation(event) => self.learn_of_escalation(fact, &event),
            Event::Rotation(_) => {
                let mut rotation = self.rotations.remove(&fact.stream);
                NamedRotation::apply(&mut rotation, fact);
                self.rotations.extend(rotation.map(|rotation| (fact.stream, rotation)));
                Ok(())
            }
            // Nobody signs in here.
            Event::Session(_) | Event::Unknown => Ok(()),
        }
    }

    fn learn_of_request(&mut self, fact: &Recorded, event: &RequestEvent) -> Result<(), Breach> {
        let id = RequestId(fact.stream.id);
        let Some(case) = self.cases.get_mut(&id) else {
            let RequestEvent::Opened(opened) = event else {
                return breach("I1", format!("{id} begins with `{}`", fact.kind));
            };
            self.cases.insert(id, Case::open(id, fact.pool.clone(), opened, fact.at));
            self.open.insert(id);
            self.members_seen.entry(id).or_insert(fact.at);
            return Ok(());
        };
        case.take(event, fact)?;
        match event {
            RequestEvent::Offered(offered) => {
                let person = self.people.entry(offered.volunteer).or_default();
                person.last_offer = person.last_offer.max(Some(fact.at));
            }
            RequestEvent::OfferExpired(expired) => {
                self.people.entry(expired.volunteer).or_default().missed.push((fact.at, id));
            }
            RequestEvent::OfferDeclined(declined) => self.responded(declined.volunteer, fact.at),
            RequestEvent::Accepted(accepted) => self.responded(accepted.volunteer, fact.at),
            RequestEvent::Transferred(moved) => self.responded(moved.to, fact.at),
            RequestEvent::Closed(_) => {
                self.open.remove(&id);
                if let (Some(holder), Some(rest)) = (case.last_holder, self.settings.dispatch.rest_after_urgent)
                    && case.priority >= Priority::Urgent
                {
                    let person = self.people.entry(holder).or_default();
                    let until = person.rest_until.entry(case.pool.clone()).or_insert(fact.at + rest);
                    *until = (*until).max(fact.at + rest);
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn responded(&mut self, staff: StaffId, at: Time) {
        self.people.entry(staff).or_default().responded(at);
    }

    pub(crate) fn hear(&mut self, signal: Signal, now: Time) {
        match signal {
            Signal::StaffSeen { staff, at } => {
                let person = self.people.entry(staff).or_default();
                person.seen = person.seen.max(Some(at));
                person.surely_seen = person.surely_seen.max(Some(at.min(now)));
            }
            // Of a request that is not known yet nothing is remembered: the next beat says it again.
            Signal::MemberSeen { request, at } => {
                if let Some(seen) = self.members_seen.get_mut(&request) {
                    *seen = (*seen).max(at);
                    let surely = self.members_surely_seen.entry(request).or_insert(at.min(now));
                    *surely = (*surely).max(at.min(now));
                }
            }
        }
    }

    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Case> {
        self.open.iter().map(|id| &self.cases[id]).filter(|case| case.is_waiting())
    }

    pub(crate) fn fanout(&self, case: &Case) -> usize {
        self.settings.dispatch.tier(case.priority).fanout
    }

    /// What is open in that pool.
    pub(crate) fn open_in(&self, pool: &Pool) -> impl Iterator<Item = &Case> {
        self.open.iter().map(|id| &self.cases[id]).filter(move |case| case.pool == *pool)
    }

    /// What is open in that pool and in the hands of that person.
    pub(crate) fn holds(&self, staff: StaffId, pool: &Pool) -> impl Iterator<Item = &Case> {
        self.open_in(pool).filter(move |case| case.holder() == Some(staff))
    }

    pub(crate) fn is_ready(&self, staff: StaffId, circumstances: &Circumstances, now: Time) -> bool {
        let says = self.people.get(&staff).map_or(Duty::Off, |person| person.duty(staff, now));
        says == Duty::Ready && !circumstances.breaks.contains(&staff)
    }

    /// What wishes take up until it is known what became of them.
    pub(crate) fn under_way(wishes: &BTreeMap<StreamId, Intent>) -> Circumstances {
        let mut circumstances = Circumstances::default();
        for (stream, intent) in wishes {
            circumstances.streams.insert(*stream);
            for event in &intent.events {
                match event {
                    Event::Request(RequestEvent::Offered(offered)) => {
                        circumstances.offers.push((offered.volunteer, RequestId(stream.id)));
                    }
                    Event::Request(RequestEvent::OfferWithdrawn(withdrawn)) => {
                        circumstances.gives_way |= withdrawn.reason == WithdrawReason::Outranked;
                    }
                    Event::Duty(DutyEvent::DutySet(set)) if stream.kind == StreamKind::Duty => {
                        circumstances.breaks.push(set.staff);
                    }
                    _ => {}
                }
            }
        }
        circumstances
    }
}
