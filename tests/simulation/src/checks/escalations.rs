//! I6 by the record: whatever is raised is opened, and every escalation is where time has brought it, in time when nothing
//! is wrong; and nobody is told that a page arrived that was never carried.

use chrono::TimeDelta;
use wideawake_domain::escalation::{Escalation, EscalationEvent, Levels, PageOutcome};
use wideawake_domain::process::Errand;
use wideawake_domain::request::{Cause, Ending, RequestEvent};
use wideawake_domain::staff::Role;
use wideawake_domain::{Actor, Event, Pool, Recorded, RequestId, StreamId, Version};

use super::Checks;
use crate::kind::Kind;
use crate::model::{Breach, Place, breach};
use crate::world::World;

/// How long somebody must have led before what they leave undone is looked at.
const SETTLES: TimeDelta = TimeDelta::seconds(3);

/// How long a page may take to be tried, when many are due at once.
const TRIED: TimeDelta = TimeDelta::seconds(30);

/// How long nobody may lead.
const LEADERLESS: TimeDelta = TimeDelta::seconds(6);

impl Checks {
    /// A page was carried. In a night in which nothing goes wrong each is carried once.
    pub(crate) fn carried(&mut self, errand: &Errand, arrived: bool, is_quiet: bool) -> Result<(), Breach> {
        let (count, has_arrived) = self.pages.entry((errand.page, errand.attempt)).or_default();
        *count += 1;
        *has_arrived |= arrived;
        if is_quiet && *count > 1 {
            return breach("I6", format!("attempt {} at page {} is sent {count} times", errand.attempt, errand.page));
        }
        Ok(())
    }

    /// Before an event is learnt: what it may not be.
    pub(super) fn may_be(&self, fact: &Recorded) -> Result<(), Breach> {
        match fact.event() {
            Ok(Event::Escalation(EscalationEvent::PageAttempted(tried))) if tried.outcome == PageOutcome::Delivered => {
                let carried = self.pages.get(&(tried.page, tried.attempt));
                if carried.is_none_or(|(_, has_arrived)| !has_arrived) {
                    return breach("I6", format!("page {} is said to have arrived and has not", tried.page));
                }
                Ok(())
            }
            Ok(Event::Request(RequestEvent::Closed(closed))) if closed.ending == Ending::Closed => {
                self.may_close(RequestId(fact.stream.id), fact.actor)
            }
            _ => Ok(()),
        }
    }

    /// A volunteer alone does not close what a person or a rule asked more for than a volunteer.
    fn may_close(&self, id: RequestId, actor: Actor) -> Result<(), Breach> {
        let (Actor::Staff(staff), Some(case)) = (actor, self.truth.cases.get(&id)) else { return Ok(()) };
        let profile = self.truth.people.get(&staff).and_then(|person| person.profile.as_ref());
        if profile.is_some_and(|profile| profile.roles.contains(&Role::Supervisor)) {
            return Ok(());
        }
        let asks = case.raises.iter().filter(|raise| matches!(raise.cause, Cause::Person | Cause::Rule));
        match asks.into_iter().find(|raise| raise.version > self.truth.settled(id, &raise.policy)) {
            Some(raise) => breach("I6", format!("{staff} closes {id}, of which {} is not resolved", raise.policy)),
            None => Ok(()),
        }
    }

    /// Since when something has been left undone; begins to count when it is seen first.
    fn late(&mut self, stream: StreamId, what: String, version: Version, now: crate::Time) -> TimeDelta {
        let (known, since) = self.late.entry((stream, what)).or_insert((version, now));
        if *known != version {
            (*known, *since) = (version, now);
        }
        now - *since
    }
}

impl World {
    /// What is left undone although somebody leads who could do it, each for no longer than `tolerance`.
    pub(super) fn look_at_escalations(&mut self, pool: &Pool, tolerance: TimeDelta) -> Result<(), Breach> {
        let now = self.now;
        for kind in [Kind::Escalation, Kind::Notifier] {
            let of = (kind, pool.clone());
            if self.leading(kind, pool).is_some() {
                self.checks.unled_since.remove(&of);
                continue;
            }
            self.checks.led_since.remove(&of);
            let can = |r: &crate::runner::Runner| (r.kind, &r.pool) == (kind, pool) && self.processes[r.process].is_up;
            if !self.runners.iter().any(can) {
                self.checks.unled_since.remove(&of);
            } else if now - *self.checks.unled_since.entry(of).or_insert(now) > LEADERLESS {
                return breach("I6", format!("nobody leads as {kind} of {pool}"));
            }
        }
        let has_led =
            |kind| self.checks.led_since.get(&(kind, pool.clone())).is_some_and(|since| now - *since > SETTLES);
        let (minds, pages) = (has_led(Kind::Escalation), has_led(Kind::Notifier));
        let mut undone = Vec::new();
        for case in self.checks.truth.cases.values().filter(|case| minds && case.pool == *pool) {
            for (policy, _) in self.checks.truth.unseen(case) {
                undone.push((StreamId::request(case.id), format!("{policy} is not opened"), Version::NONE, tolerance));
            }
        }
        for plea in self.checks.truth.pleas.values().filter(|plea| plea.pool == *pool && !plea.is_over()) {
            let stream = StreamId::escalation(plea.id);
            if minds && plea.due().is_some_and(|due| now > due) {
                undone.push((stream, format!("it stands still at {:?}", plea.place), plea.version, tolerance));
            }
            let is_calling = matches!(plea.place, Place::Pages { .. } | Place::Fallback { .. });
            if let (true, true, None, Some(call)) =
                (pages, is_calling, self.options.paging.cap, plea.calls.keys().next_back())
            {
                let ways = |staff: &wideawake_domain::StaffId| {
                    let profile = self.checks.truth.people.get(staff).and_then(|person| person.profile.as_ref());
                    profile.is_some_and(|profile| !profile.removed && !profile.contact_methods.is_empty())
                };
                if let Some(staff) = plea.untried(*call).into_iter().find(ways) {
                    undone.push((stream, format!("{staff} is called and not paged"), *call, TRIED));
                }
            }
        }
        let keys: std::collections::BTreeSet<(StreamId, String)> =
            undone.iter().map(|(stream, what, ..)| (*stream, what.clone())).collect();
        let truth = &self.checks.truth;
        let is_here = |stream: &StreamId| {
            let of_case = truth.cases.get(&RequestId(stream.id)).map(|case| &case.pool);
            of_case.or(truth.pleas.get(&wideawake_domain::EscalationId(stream.id)).map(|plea| &plea.pool)) == Some(pool)
        };
        self.checks.late.retain(|key, _| keys.contains(key) || !is_here(&key.0));
        for (stream, what, version, tolerance) in undone {
            if self.checks.late(stream, what.clone(), version, now) > tolerance {
                return breach("I6", format!("of {stream} {what}, and has for longer than {tolerance}"));
            }
        }
        Ok(())
    }

    /// In the end everything that was raised is seen to, and whatever nobody has is in its steps or its fallback.
    pub(super) fn look_at_the_end_of_escalations(&self, pool: &Pool) -> Result<(), Breach> {
        let Some(at) = self.leading(Kind::Escalation, pool) else {
            return breach("I6", format!("nobody sees to the escalations of {pool} in the end"));
        };
        let driver = self.runners[at].driver.as_ref();
        let Some(watcher) = driver.and_then(|driver| driver.process().watcher()) else { return Ok(()) };
        let truth = &self.checks.truth;
        for case in truth.cases.values().filter(|case| case.pool == *pool) {
            if let Some((policy, since)) = truth.unseen(case).next() {
                return breach("I6", format!("{} raised {policy} at {since}, and that is forgotten", case.id));
            }
        }
        let mut levels = Levels::default();
        for plea in truth.pleas.values().filter(|plea| plea.pool == *pool && !plea.is_over()) {
            let facts = self.ledger.read(StreamId::escalation(plea.id), Version::NONE);
            let replayed = Escalation::replay(&facts);
            let known = watcher.escalation(plea.id);
            if known != replayed.as_ref() {
                return breach("I9", format!("the watcher has {known:?}, the record says {replayed:?}"));
            }
            match plea.place {
                Place::Next(_) => levels.due += 1,
                Place::Pages { .. } => levels.paging += 1,
                Place::Fallback { .. } => levels.fallback += 1,
                Place::Taken { .. } => levels.acknowledged += 1,
                Place::Over => {}
            }
        }
        levels.unheard = watcher.levels().unheard;
        if levels != watcher.levels() {
            return breach("I9", format!("the watcher counts {:?}, the record holds {levels:?}", watcher.levels()));
        }
        Ok(())
    }
}
