//! What DESIGN section 10 promises for when an engine between the processes fails, and what is asked across pools.

use std::collections::BTreeMap;
use std::fmt;

use chrono::TimeDelta;
use wideawake_domain::request::{Joined, RequestEvent};
use wideawake_domain::staff::Role;
use wideawake_domain::{Event, Pool, Recorded, RequestId, StaffId};
use wideawake_ledger::Fence;

use super::Checks;
use crate::Time;
use crate::call::Answer;
use crate::faults::{Fault, Weather};
use crate::kind::Kind;
use crate::model::{Breach, breach};
use crate::runner::Runner;
use crate::world::World;

/// How soon a standby leads when a process was killed: its leases end, and the pool is rebuilt.
const AFTER_A_KILL: TimeDelta = TimeDelta::seconds(3);

/// How soon a standby leads when a process was stopped.
const AFTER_A_STOP: TimeDelta = TimeDelta::milliseconds(300);

/// How often a standby asks for the lease.
const STANDBY_EVERY: TimeDelta = TimeDelta::milliseconds(50);

/// How long an event may be in the outbox when nothing is wrong: it is swept once it is two seconds old, within a second.
const UNTOLD: TimeDelta = TimeDelta::seconds(5);

/// How long a heartbeat is on its way at most when nothing is wrong.
const HEARD: TimeDelta = TimeDelta::seconds(1);

/// For how long an instance may believe that it leads without the ledger: its lease, and until it looks.
const BELIEF: TimeDelta = TimeDelta::milliseconds(3_250);

/// What was seen of the promises in one night.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Promises {
    /// Offers recorded while the broker, the live state or the ledger was down.
    pub offers: u64,
    /// For how long something was left undone at most while the bus was bad.
    pub slowest: TimeDelta,
    /// How often a standby took over from a process that was killed.
    pub after_kills: u64,
    /// How long that took at most.
    pub slowest_after_kill: TimeDelta,
    /// How often a standby took over from a process that was stopped.
    pub after_stops: u64,
    /// How long that took at most.
    pub slowest_after_stop: TimeDelta,
    /// How often somebody's heartbeat was looked for with who leads.
    pub heartbeats: u64,
    /// Calls that were answered 503 while the ledger was down.
    pub unavailable: u64,
    /// How often nobody led while the ledger was down, when that was looked at.
    pub unled: u64,
    /// Events of which a sweep told the bus.
    pub swept: u64,
    /// Offers to somebody who moved from a pool while an offer of it was on its way to them.
    pub moved: u64,
}

/// A pool whose leader is gone.
#[derive(Clone, Copy, Debug)]
pub(super) struct Vacancy {
    since: Time,
    is_gentle: bool,
}

impl Vacancy {
    fn limit(self) -> TimeDelta {
        if self.is_gentle { AFTER_A_STOP } else { AFTER_A_KILL }
    }
}

/// Who is where.
#[derive(Debug, Default)]
pub(super) struct Across {
    /// Since when somebody has been asked for a request or has held it.
    began: BTreeMap<(RequestId, StaffId), Time>,
    /// When a door last saw that somebody may move to another pool.
    looked: BTreeMap<StaffId, Time>,
}

impl Checks {
    /// Whether somebody works in that pool, by the record.
    pub(crate) fn works_in(&self, staff: StaffId, pool: &Pool) -> bool {
        let profile = self.truth.people.get(&staff).and_then(|person| person.profile.as_ref());
        profile.is_some_and(|profile| !profile.removed && profile.serves(pool))
    }

    /// Whether somebody may move to another pool: not while they hold or are offered anything, as no dispatcher knows what
    /// takes up their places elsewhere.
    pub(crate) fn may_move(&mut self, staff: StaffId, now: Time) -> bool {
        let concerns = |id: &RequestId| {
            let case = &self.truth.cases[id];
            case.holder() == Some(staff) || case.offer_to(staff).is_some()
        };
        if self.truth.open.iter().any(concerns) {
            return false;
        }
        self.across.looked.insert(staff, now);
        true
    }

    /// I2 and I3 across pools: no volunteer is asked for, or holds, requests of two pools. Only what was on its way to
    /// somebody while they moved may reach them there.
    pub(crate) fn committed_across(&mut self, fact: &Recorded, now: Time) -> Result<(), Breach> {
        let staff = match fact.event() {
            Ok(Event::Request(RequestEvent::Offered(e))) => e.volunteer,
            Ok(Event::Request(RequestEvent::Assigned(e))) => e.staff,
            Ok(Event::Request(RequestEvent::Joined(Joined { staff, holder: true, .. }))) => staff,
            _ => return Ok(()),
        };
        let id = RequestId(fact.stream.id);
        self.across.began.entry((id, staff)).or_insert(now);
        let profile = self.truth.people.get(&staff).and_then(|person| person.profile.as_ref());
        if !profile.is_some_and(|profile| profile.is(Role::Volunteer)) {
            return Ok(());
        }
        let looked = self.across.looked.get(&staff).copied();
        let open = self.truth.open.iter().map(|id| &self.truth.cases[id]);
        let elsewhere = open.filter(|case| case.pool != fact.pool);
        for case in elsewhere.filter(|case| case.holder() == Some(staff) || case.offer_to(staff).is_some()) {
            let began = self.across.began.get(&(case.id, staff)).copied().unwrap_or_default();
            // Either of them came after the door had looked.
            let on_its_way = |began: Time| looked.is_some_and(|looked| began >= looked);
            if !on_its_way(began) {
                let (pool, other) = (&fact.pool, &case.pool);
                return breach("I3", format!("{staff} is asked for {id} of {pool}, and has {} of {other}", case.id));
            }
            self.promises.moved += 1;
        }
        Ok(())
    }
}

impl World {
    /// What is recorded while an engine is down.
    pub(crate) fn note_promise(&mut self, fact: &Recorded) {
        let engines = [Fault::BusDown, Fault::LiveDown, Fault::LedgerDown];
        if &*fact.kind == "offered" && engines.iter().any(|fault| self.faults.rate(*fault, self.now) > 0) {
            self.checks.promises.offers += 1;
        }
    }

    pub(crate) fn note_answer(&mut self, answer: Answer) {
        if answer == Answer::Failed && self.faults.rate(Fault::LedgerDown, self.now) > 0 {
            self.checks.promises.unavailable += 1;
        }
    }

    pub(crate) fn weather(&self) -> Weather {
        self.faults.weather(self.options.is_cluster, self.now)
    }

    /// Processes that could lead there.
    fn candidates(&self, of: &(Kind, Pool)) -> usize {
        let serves = |runner: &&crate::runner::Runner| {
            let process = &self.processes[runner.process];
            (runner.kind, &runner.pool) == (of.0, &of.1) && process.is_up && !process.is_stopping
        };
        self.runners.iter().filter(serves).count()
    }

    /// A process is about to be taken away: whoever stands by is to take over where it leads.
    pub(crate) fn leaves_vacant(&mut self, process: usize, is_gentle: bool) {
        if self.weather() == Weather::Foul {
            return;
        }
        let pools = self.settings().pools.clone();
        for of in Kind::ALL.into_iter().flat_map(|kind| pools.iter().map(move |pool| (kind, pool.clone()))) {
            let leads = self.leading(of.0, &of.1).is_some_and(|runner| self.runners[runner].process == process);
            let is_it = |runner: &Runner| (runner.kind, &runner.pool) == (of.0, &of.1);
            let serves = self.runners.iter().any(|runner| runner.process == process && is_it(runner));
            let others = self.candidates(&of) - usize::from(serves);
            // Who was about to take over may be the one that goes.
            let again = serves && self.checks.vacant.remove(&of).is_some();
            if others > 0 && (leads || again) {
                let vacancy = Vacancy { since: self.now, is_gentle: is_gentle && leads };
                self.checks.vacant.insert(of, vacancy);
            }
        }
    }

    /// Somebody begins to lead.
    pub(crate) fn is_taken_over(&mut self, of: &(Kind, Pool)) {
        self.checks.led_since.insert(of.clone(), self.now);
        let Some(vacancy) = self.checks.vacant.remove(of) else { return };
        let (took, promises) = (self.now - vacancy.since, &mut self.checks.promises);
        let (count, slowest) = if vacancy.is_gentle {
            (&mut promises.after_stops, &mut promises.slowest_after_stop)
        } else {
            (&mut promises.after_kills, &mut promises.slowest_after_kill)
        };
        *count += 1;
        *slowest = took.max(*slowest);
        let checked = self.is_soon(of, vacancy);
        self.found(checked);
    }

    fn is_soon(&self, (kind, pool): &(Kind, Pool), vacancy: Vacancy) -> Result<(), Breach> {
        // What is promised is promised of standbys that ask as often as they do outside of a simulation.
        let limit = vacancy.limit() + self.options.standby_every - STANDBY_EVERY;
        if self.now - vacancy.since <= limit || self.weather() == Weather::Foul {
            return Ok(());
        }
        let how = if vacancy.is_gentle { "stopped" } else { "killed" };
        breach(
            "takeover",
            format!("nobody led as {kind} of {pool} for {} after its leader was {how}", self.now - vacancy.since),
        )
    }

    /// Nobody wishes for anything whose lease has run out, however long the ledger has not answered.
    pub(crate) fn wishes_with_a_lease(&mut self, fence: &Fence) {
        let clocks_are_right = self.faults.ringing(self.now).all(|fault| fault != Fault::ClockSteps);
        if clocks_are_right && !self.ledger.is_held(fence, self.now) && !self.is_superseded(fence) {
            self.found(breach("lease", format!("something is wished under {}, which has run out", fence.lease)));
        }
    }

    /// Whether a newer token is out: the fence is what that is for.
    fn is_superseded(&self, fence: &Fence) -> bool {
        !self.ledger.is_newest(fence)
    }

    /// What is promised whenever it is looked at.
    pub(super) fn look_at_promises(&mut self) -> Result<(), Breach> {
        let weather = self.weather();
        self.look_for_leaders_without_leases()?;
        if weather == Weather::Foul {
            self.checks.vacant.clear();
            return Ok(());
        }
        for (of, vacancy) in self.checks.vacant.clone() {
            if self.candidates(&of) == 0 {
                self.checks.vacant.remove(&of);
            } else {
                self.is_soon(&of, vacancy)?;
            }
        }
        for pool in self.settings().pools.clone() {
            self.look_for_heartbeats(&pool)?;
        }
        if self.faults.are_over(self.now)
            && let Some((position, since)) = self.ledger.longest_untold()
            && self.now - since > UNTOLD
        {
            return breach("outbox", format!("event {} has waited to be told since {since}", position.0));
        }
        Ok(())
    }

    /// Nobody on duty is lost: whoever is heard by any door is known to who leads, by whatever way is left.
    fn look_for_heartbeats(&mut self, pool: &Pool) -> Result<(), Breach> {
        let Some(leader) = self.leader(pool) else { return Ok(()) };
        let mut count = 0;
        for (staff, person) in &self.checks.truth.people {
            let Some(seen) =
                person.surely_seen.filter(|seen| *seen > leader.model.led_since && *seen < self.now - HEARD)
            else {
                continue;
            };
            count += 1;
            let known = leader.model.people.get(staff).and_then(|person| person.seen);
            if known < Some(seen) {
                return breach("heartbeats", format!("{staff} was heard at {seen}, known in {pool} is {known:?}"));
            }
        }
        self.checks.promises.heartbeats += count;
        Ok(())
    }

    /// With the ledger down for longer than a lease, nobody leads.
    fn look_for_leaders_without_leases(&mut self) -> Result<(), Breach> {
        let mut on = self.faults.episodes().iter().filter(|e| e.fault == Fault::LedgerDown);
        let on = on.any(|e| e.from + BELIEF < self.now && self.now < e.until);
        let foul = |fault| matches!(fault, Fault::RouterStalls | Fault::ClockSteps);
        if !on || self.faults.ringing(self.now).any(foul) {
            return Ok(());
        }
        let leads = |runner: &Runner| runner.driver.as_ref().is_some_and(wideawake_runtime::process::Driver::leads);
        if let Some(runner) = self.runners.iter().find(|runner| leads(runner)) {
            return breach("lease", format!("process-{} leads in {} without the ledger", runner.process, runner.pool));
        }
        self.checks.promises.unled += 1;
        Ok(())
    }
}

impl Promises {
    /// Both nights together.
    pub fn and(&self, other: &Self) -> Self {
        Self {
            offers: self.offers + other.offers,
            slowest: self.slowest.max(other.slowest),
            after_kills: self.after_kills + other.after_kills,
            slowest_after_kill: self.slowest_after_kill.max(other.slowest_after_kill),
            after_stops: self.after_stops + other.after_stops,
            slowest_after_stop: self.slowest_after_stop.max(other.slowest_after_stop),
            heartbeats: self.heartbeats + other.heartbeats,
            unavailable: self.unavailable + other.unavailable,
            unled: self.unled + other.unled,
            swept: self.swept + other.swept,
            moved: self.moved + other.moved,
        }
    }
}

impl fmt::Display for Promises {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let s = |delta: TimeDelta| delta.num_milliseconds() as f64 / 1_000.0;
        writeln!(f, "{:>10} offers while an engine was down", self.offers)?;
        writeln!(f, "{:>9.2}s left undone at most while the bus was bad", s(self.slowest))?;
        writeln!(f, "{:>10} takeovers after a kill, {:.2} s at most", self.after_kills, s(self.slowest_after_kill))?;
        writeln!(f, "{:>10} takeovers after a stop, {:.2} s at most", self.after_stops, s(self.slowest_after_stop))?;
        writeln!(f, "{:>10} heartbeats looked for and found", self.heartbeats)?;
        writeln!(f, "{:>10} calls answered 503, {} looks at which nobody led", self.unavailable, self.unled)?;
        writeln!(f, "{:>10} events swept", self.swept)?;
        write!(f, "{:>10} offers that reached somebody while they moved", self.moved)
    }
}
