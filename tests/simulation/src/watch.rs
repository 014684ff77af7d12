//! The dispatcher under observation: the reference model learns what the dispatcher learns, and judges each wish by the
//! facts that the dispatcher had when it made it (I3, I5), and what it left undone (I4).

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::request::{Offered, RequestEvent, WithdrawReason};
use wideawake_domain::settings::Settings;
use wideawake_domain::{Event, Pool, Recorded, RequestId, StaffId, StreamId, StreamKind};

use crate::Time;
use crate::model::{Breach, Case, Circumstances, Model, breach};
use crate::plant::Plant;
use crate::twist::Twist;

/// A dispatcher, and what is known of what it knows.
pub(crate) struct Watched {
    pool: Pool,
    dispatcher: Twist,
    pub(crate) model: Model,
    /// What it wished and does not know the outcome of.
    wishes: BTreeMap<StreamId, Intent>,
    /// The latest time at which it decided: while its clock shows less, what it worked out may be of another time.
    latest: Time,
    pub(crate) breach: Option<Breach>,
}

impl Watched {
    pub(crate) fn new(pool: Pool, settings: &Arc<Settings>, start: Time, plant: Option<Plant>) -> Self {
        Self {
            dispatcher: Twist::new(Dispatcher::new(pool.clone(), (**settings).clone()), pool.clone(), plant),
            pool,
            model: Model::new(settings.clone(), start),
            wishes: BTreeMap::new(),
            latest: Time::UNIX_EPOCH,
            breach: None,
        }
    }

    pub(crate) fn dispatcher(&self) -> &Dispatcher {
        &self.dispatcher.inner
    }

    pub(crate) fn has_wishes(&self) -> bool {
        !self.wishes.is_empty()
    }

    fn judge(&mut self, intents: &[Intent], now: Time) -> Result<(), Breach> {
        let before = Model::under_way(&self.wishes);
        // Whoever is set on a break at this moment is not asked at this moment.
        let mut circumstances = before.clone();
        for intent in intents.iter().filter(|intent| intent.stream.kind == StreamKind::Duty) {
            let wish = BTreeMap::from([(intent.stream, intent.clone())]);
            circumstances.breaks.extend(Model::under_way(&wish).breaks);
        }
        let mut after: BTreeMap<RequestId, Case> = BTreeMap::new();
        let mut offers: Vec<(Case, &Offered)> = Vec::new();
        for intent in intents {
            if self.wishes.contains_key(&intent.stream) {
                return breach("loop", format!("a second wish for {} while one is under way", intent.stream));
            }
            let known = self.model.versions.get(&intent.stream).copied().unwrap_or_default();
            if intent.expected != known {
                return breach(
                    "loop",
                    format!("a wish for {} at {}, known at {known}", intent.stream, intent.expected),
                );
            }
            if intent.stream.kind != StreamKind::Request {
                continue;
            }
            let Some(case) = self.model.cases.get(&RequestId(intent.stream.id)) else {
                return breach("I1", format!("a wish for {}, which is not known", intent.stream));
            };
            if intent.pool != self.pool || case.pool != self.pool {
                return breach(
                    "I1",
                    format!("the dispatcher of {} wishes for {} of {}", self.pool, case.id, case.pool),
                );
            }
            let mut case = case.clone();
            for event in &intent.events {
                let Event::Request(event) = event else { return breach("I1", "an event of another kind") };
                self.judge_event(&case, event, now)?;
                if let RequestEvent::Offered(offered) = event {
                    offers.push((case.clone(), offered));
                }
                case.evolve(event, intent.actor, now)?;
            }
            after.insert(case.id, case);
        }
        for (case, offered) in &offers {
            self.judge_offer(case, offered, &offers, &circumstances, now)?;
            self.judge_rank(case, offered, &after, &circumstances, now)?;
        }
        for (_, offered) in &offers {
            let staff = offered.volunteer;
            let more = offers.iter().filter(|(_, other)| other.volunteer == staff).count();
            let taken = self.model.places(staff, &self.pool, &before).len();
            let capacity = self.model.people[&staff].capacity();
            if taken + more > capacity {
                return breach(
                    "I3",
                    format!("{staff} has {taken} places taken of {capacity}, and is asked {more} times"),
                );
            }
        }
        if let [(case, offered)] = offers.as_slice() {
            self.judge_choice(case, offered, &circumstances, now)?;
        }
        Ok(())
    }

    fn judge_event(&self, case: &Case, event: &RequestEvent, now: Time) -> Result<(), Breach> {
        match event {
            RequestEvent::PriorityChanged(_) => {
                breach("I7", format!("a dispatcher changes the priority of {}", case.id))
            }
            RequestEvent::OfferExpired(expired) => {
                let early = |offer: &&crate::model::Standing| {
                    offer.id == expired.offer && now < offer.expires_at + TimeDelta::seconds(1)
                };
                match case.offers.iter().find(early) {
                    Some(offer) => breach("I2", format!("offer {} expires before its time", offer.id)),
                    None => Ok(()),
                }
            }
            RequestEvent::OfferWithdrawn(withdrawn) => {
                let reason = self.model.ends_offer(case, withdrawn.volunteer, now);
                let gives_way = withdrawn.reason == WithdrawReason::Outranked;
                let ends = matches!(withdrawn.reason, WithdrawReason::Left);
                if reason.is_none() && !gives_way && !ends {
                    let (id, to, why) = (case.id, withdrawn.volunteer, withdrawn.reason);
                    return breach("I3", format!("the offer of {id} to {to} is withdrawn ({why:?}) without a reason"));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// I3, by the facts at hand.
    fn judge_offer(
        &self,
        case: &Case,
        offered: &Offered,
        offers: &[(Case, &Offered)],
        now_taken: &Circumstances,
        now: Time,
    ) -> Result<(), Breach> {
        let (id, staff) = (case.id, offered.volunteer);
        if !self.model.people.get(&staff).is_some_and(|person| person.is_volunteer_of(&self.pool)) {
            return breach("I3", format!("{id} is offered to {staff}, who is no volunteer of the pool"));
        }
        if let Some(why) = self.model.why_not(case, staff, now_taken, now) {
            return breach("I3", format!("{id} is offered to {staff} though {why:?}"));
        }
        // Whoever is asked for something else at this moment may have no place left. Whom somebody named is asked although
        // they said no before.
        let is_asked = |who: &StaffId| offers.iter().any(|(_, other)| other.volunteer == *who);
        let mut eligible = self.model.eligible(case, now_taken, now);
        if !eligible.contains(&staff) && !eligible.iter().all(is_asked) && !case.hands_over_to(staff) {
            eligible.retain(|who| !is_asked(who));
            return breach("I3", format!("{id} is offered to {staff}, who said no, before {eligible:?}, who did not"));
        }
        let present_at = self.model.people[&staff].seen;
        if offered.why.present_at != present_at {
            return breach("I3", format!("why says {:?}, but {staff} was seen {present_at:?}", offered.why.present_at));
        }
        Ok(())
    }

    /// I5: nobody who goes first, and still wants an offer, could have had that volunteer.
    fn judge_rank(
        &self,
        case: &Case,
        offered: &Offered,
        after: &BTreeMap<RequestId, Case>,
        circumstances: &Circumstances,
        now: Time,
    ) -> Result<(), Breach> {
        let settings = &self.model.settings;
        for other in self.model.waiting().filter(|other| other.id != case.id) {
            if !offered.handover && !other.outranks(case, settings, now) {
                continue;
            }
            let left = after.get(&other.id).unwrap_or(other);
            let wants = left.is_waiting() && left.offers.len() < self.model.fanout(left);
            if circumstances.streams.contains(&StreamId::request(other.id)) || !wants {
                continue;
            }
            let could = left.offer_to(offered.volunteer).is_none()
                && self.model.eligible(left, circumstances, now).contains(&offered.volunteer);
            if could {
                let (staff, id, first) = (offered.volunteer, case.id, other.id);
                return breach("I5", format!("{staff} is offered {id} while {first}, which goes first, waits"));
            }
        }
        Ok(())
    }

    /// Who is asked is who the criteria choose, when nothing else is decided at the same moment.
    fn judge_choice(&self, case: &Case, offered: &Offered, taken: &Circumstances, now: Time) -> Result<(), Breach> {
        if offered.why.decided_by == wideawake_domain::dispatch::Criterion::Named {
            return Ok(());
        }
        let eligible = self.model.eligible(case, taken, now);
        let best = self.model.best(case, &eligible, taken, now);
        if let Some((merit, best)) = best
            && best != offered.volunteer
        {
            let (id, asked) = (case.id, offered.volunteer);
            let theirs = self.model.merit(case, asked, taken, now);
            return breach("choice", format!("{id} goes to {asked} {theirs:?} and not to {best} {merit:?}"));
        }
        Ok(())
    }

    /// I4 and the deadlines, by the facts at hand: nothing that should be done is left undone.
    fn judge_rest(&self, now: Time) -> Result<(), Breach> {
        let circumstances = Model::under_way(&self.wishes);
        for id in &self.model.open {
            if circumstances.streams.contains(&StreamId::request(*id)) {
                continue;
            }
            if let Some(what) = self.model.to_do(&self.model.cases[id], &circumstances, now) {
                return breach("I4", format!("about {id} nothing is done: {what}"));
            }
        }
        for staff in self.model.volunteers(&self.pool) {
            let person = &self.model.people[&staff];
            if person.does_not_respond() && self.model.is_ready(staff, &circumstances, now) {
                return breach("I4", format!("{staff} missed two offers in a row and is not set on a break"));
            }
        }
        Ok(())
    }

    fn note(&mut self, found: Result<(), Breach>) {
        if let Err(found) = found {
            self.breach.get_or_insert(found);
        }
    }
}

impl Process for Watched {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        self.dispatcher.inner.scope()
    }

    fn observe(&mut self, fact: &Recorded) {
        let learnt = self.model.learn(fact);
        self.note(learnt);
        self.dispatcher.observe(fact);
    }

    fn took_over(&mut self, now: Time) {
        self.model.led_since = now;
        self.dispatcher.took_over(now);
    }

    fn signal(&mut self, signal: Signal) {
        let (Signal::StaffSeen { at, .. } | Signal::MemberSeen { at, .. }) = signal;
        self.model.hear(signal, at);
        self.dispatcher.inner.signal(signal);
    }

    fn due(&self) -> Option<Time> {
        self.dispatcher.inner.due()
    }

    fn decide(&mut self, now: Time) -> Vec<Intent> {
        let intents = self.dispatcher.decide(now, &self.wishes);
        let goes_on = now >= self.latest;
        self.latest = now.max(self.latest);
        if goes_on {
            let judged = self.judge(&intents, now);
            self.note(judged);
        }
        for intent in &intents {
            self.wishes.insert(intent.stream, intent.clone());
        }
        if goes_on {
            let rest = self.judge_rest(now);
            self.note(rest);
        }
        intents
    }

    fn settled(&mut self, stream: StreamId) {
        if self.wishes.remove(&stream).is_none() {
            self.note(breach("loop", format!("{stream} is settled, though nothing was wished for it")));
        }
        self.dispatcher.inner.settled(stream);
    }
}
