//! Everything there is on one night, and what happens to it next.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::TimeDelta;
use wideawake_domain::process::Errand;
use wideawake_domain::rules::Shelf;
use wideawake_domain::{Position, Recorded, RequestId, StaffId};
use wideawake_ledger::{Append, Cursor, Fence};
use wideawake_runtime::process::{Effect, Input};

use crate::Time;
use crate::agenda::Agenda;
use crate::broker::{Broker, Host};
use crate::call::{Call, Door, Returned};
use crate::chance::Chance;
use crate::checks::Checks;
use crate::faults::{Fault, Faults};
use crate::kind::Kind;
use crate::ledger::Ledger;
use crate::model::Breach;
use crate::options::Options;
use crate::people::{Happens, Member, Staff};
use crate::plant::Plant;
use crate::ports::Live;
use crate::process::Process;
use crate::runner::Runner;
use crate::scenario::Scenario;
use crate::trace::Trace;

pub(crate) struct World {
    pub(crate) now: Time,
    pub(crate) options: Options,
    pub(crate) plant: Option<Plant>,
    pub(crate) chance: Chance,
    pub(crate) agenda: Agenda<Happening>,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    pub(crate) live: Live,
    pub(crate) broker: Broker,
    /// Where the rules and policies lie.
    pub(crate) shelf: Shelf,
    /// What the processes do; each does one thing for one pool.
    pub(crate) runners: Vec<Runner>,
    pub(crate) processes: Vec<Process>,
    /// Which process each episode took away.
    taken_away: BTreeMap<usize, usize>,
    pub(crate) doors: Vec<Door>,
    pub(crate) members: Vec<Member>,
    pub(crate) staff: Vec<Staff>,
    pub(crate) staff_by_id: BTreeMap<StaffId, usize>,
    pub(crate) members_by_request: BTreeMap<RequestId, usize>,
    pub(crate) checks: Checks,
    pub(crate) trace: Trace,
    pub(crate) breach: Option<Breach>,
    /// Faults are over, and everybody helps.
    pub(crate) is_morning: bool,
    pub(crate) is_over: bool,
    pub(crate) calls: u64,
    pub(crate) steps: u64,
}

/// What can happen next.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A dispatcher wakes because time has come.
    Wakes(Instance),
    /// Something reaches a dispatcher.
    Hears(Instance, Box<Input>),
    /// What a dispatcher wants reaches the ledger; when it was sent, by the clock of the dispatcher.
    Serves(Instance, Box<Effect>, Time),
    /// The second half of a rebuild: the streams are read.
    Rebuilds(Instance, Cursor, Vec<(wideawake_domain::StreamKind, Time)>),
    /// A process that dispatches starts.
    ProcessStarts(usize),
    /// The time is up of a process that was asked to stop.
    ProcessEnds(usize, u32),
    /// A lease that is given back reaches the ledger.
    GivenBack(Fence),
    /// What was sent reaches the broker.
    BrokerTakes(Host, u32, Vec<Recorded>),
    /// What waits in the queue of a pool reaches a dispatcher.
    BrokerBrings(usize, Vec<Recorded>),
    /// The broker's confirm reaches whoever told it.
    Confirmed(Host, u32, Vec<Position>),
    /// What was confirmed is taken out of the outbox.
    Clears(Host, u32),
    /// An instance sweeps the outbox.
    Sweeps(Host, u32),
    /// A late append arrives whose writer was told that its outcome is unknown.
    LateAppend(Box<Append>),
    /// Other rules and policies are put in the place of those there are.
    Reloads(usize),
    /// A page reaches whoever carries it.
    Carried(Instance, Box<Errand>),
    /// A call reaches its door.
    CallArrives(Box<Call>),
    /// The append of a call reaches the ledger.
    CallCommits(Box<Call>, Box<Append>),
    /// The answer of the ledger reaches the door of a call.
    CallReturns(Box<Call>, Returned),
    /// A door starts.
    DoorStarts(usize),
    /// Something people do.
    Person(Happens),
    /// A fault begins that is a single blow, or ends.
    Fault(usize, bool),
    /// The checks that go by time.
    Looks,
    /// Faults end.
    Morning,
}

/// An instance of a process: which, how often it had started, and in which term of its it asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Instance {
    pub(crate) at: usize,
    pub(crate) epoch: u32,
    pub(crate) term: u64,
}

impl World {
    pub(crate) fn new(seed: u64, scenario: Option<Scenario>, plant: Option<Plant>, trace: bool) -> Self {
        let mut chance = Chance::new(seed);
        let options = Options::draw(seed, scenario, &mut chance);
        let mut ledger = Ledger::new(plant == Some(Plant::FenceUnchecked));
        ledger.keeps_claims = plant == Some(Plant::ClaimsForEver);
        let pool = |pool: usize| options.settings.pools[pool].clone();
        let mut runners = Vec::new();
        for (at, pools) in options.processes.iter().enumerate() {
            for kind in Kind::ALL {
                for pool in pools.iter().map(|n| pool(*n)) {
                    // One standby is enough of what does not dispatch.
                    let others = runners.iter().filter(|r: &&Runner| (r.kind, &r.pool) == (kind, &pool)).count();
                    if kind == Kind::Router || others < 2 {
                        runners.push(Runner::new(at, kind, pool));
                    }
                }
            }
        }
        let now = options.start;
        let mut world = Self {
            now,
            plant,
            agenda: Agenda::new(),
            faults: Faults::new(options.faults.clone()),
            ledger,
            live: Live::default(),
            broker: Broker::new(options.settings.pools.len() * Kind::ALL.len()),
            shelf: Shelf::new(options.book.first()),
            runners,
            processes: options.processes.iter().map(|_| Process::default()).collect(),
            taken_away: BTreeMap::new(),
            doors: (0..options.doors).map(|_| Door::default()).collect(),
            members: Vec::new(),
            staff: Vec::new(),
            staff_by_id: BTreeMap::new(),
            members_by_request: BTreeMap::new(),
            checks: Checks::new(&options),
            trace: Trace::new(trace),
            breach: None,
            is_morning: false,
            is_over: false,
            calls: 0,
            steps: 0,
            chance,
            options,
        };
        world.begin();
        world
    }

    fn begin(&mut self) {
        for at in 0..self.processes.len() {
            let delay = self.chance.millis(0, 500);
            self.after(delay, Happening::ProcessStarts(at));
        }
        for at in 0..self.doors.len() {
            self.begins_to_sweep(Host::Door(at), 0);
        }
        for (at, episode) in self.faults.episodes().to_vec().into_iter().enumerate() {
            self.agenda.add(episode.from, Happening::Fault(at, true));
            self.agenda.add(episode.until, Happening::Fault(at, false));
        }
        for (n, (at, _)) in self.options.book.later.iter().enumerate() {
            self.agenda.add(*at, Happening::Reloads(n));
        }
        self.gather();
        self.agenda.add(self.options.morning(), Happening::Morning);
        self.after(TimeDelta::milliseconds(250), Happening::Looks);
    }

    /// Lets the next thing happen; false when the night is over or an invariant is broken.
    pub(crate) fn step(&mut self) -> bool {
        let Some((at, what)) = self.agenda.next() else { return false };
        self.now = at;
        self.steps += 1;
        match what {
            Happening::Wakes(instance) => self.runner_wakes(instance),
            Happening::Hears(instance, input) => self.runner_hears(instance, *input),
            Happening::Serves(instance, effect, sent) => self.serve(instance, *effect, sent),
            Happening::Rebuilds(instance, cursor, scope) => self.rebuild(instance, cursor, &scope),
            Happening::ProcessStarts(at) => self.process_starts(at),
            Happening::ProcessEnds(at, epoch) => self.process_ends(at, epoch),
            Happening::GivenBack(fence) => self.given_back(&fence),
            Happening::BrokerTakes(host, epoch, facts) => self.broker_takes(host, epoch, &facts),
            Happening::BrokerBrings(pool, facts) => self.broker_brings(pool, facts),
            Happening::Confirmed(host, epoch, positions) => self.confirmed(host, epoch, positions),
            Happening::Clears(host, epoch) => self.clears(host, epoch),
            Happening::Sweeps(host, epoch) => self.sweeps(host, epoch),
            Happening::LateAppend(append) => self.late_append(*append),
            Happening::Reloads(n) => {
                crate::trace::note!(self, "the rules are read again");
                self.shelf.replace(self.options.book.later[n].1.rulebook());
            }
            Happening::Carried(instance, errand) => self.carried(instance, *errand),
            Happening::CallArrives(call) => self.call_arrives(call),
            Happening::CallCommits(call, append) => self.call_commits(call, *append),
            Happening::CallReturns(call, returned) => self.call_returns(call, returned),
            Happening::DoorStarts(at) => self.door_starts(at),
            Happening::Person(happens) => self.person(happens),
            Happening::Fault(at, begins) => self.strike(at, begins),
            Happening::Looks => self.look(),
            Happening::Morning => self.morning(),
        }
        self.breach.is_none() && !self.is_over
    }

    pub(crate) fn after(&mut self, delay: TimeDelta, what: Happening) {
        self.agenda.add(self.now + delay, what);
    }

    /// Whether a fault strikes now.
    pub(crate) fn strikes(&mut self, fault: Fault) -> bool {
        let rate = self.faults.rate(fault, self.now);
        self.chance.odds(rate)
    }

    pub(crate) fn found(&mut self, result: Result<(), Breach>) {
        if let Err(breach) = result {
            self.breach.get_or_insert(breach);
        }
    }

    /// What was just committed: looked at, and told to the people it concerns.
    pub(crate) fn recorded(&mut self, facts: &[Recorded], fence: Option<&Fence>) {
        self.checks.newest = self.now;
        for fact in facts {
            crate::trace::note!(
                self,
                "  recorded {} {} {} by {} at {} {}",
                fact.stream,
                fact.version,
                fact.kind,
                fact.actor,
                fact.at.format("%H:%M:%S%.3f"),
                fact.data
            );
            let current = fence.is_none_or(|fence| self.ledger.is_newest(fence));
            let checked = self.checks.committed(fact, current);
            self.found(checked);
            let checked = self.checks.committed_across(fact, self.now);
            self.found(checked);
            self.note_promise(fact);
        }
        self.tell_people(facts);
    }

    fn strike(&mut self, at: usize, begins: bool) {
        let episode = self.faults.episodes()[at].clone();
        let word = if begins { "begins" } else { "ends" };
        crate::trace::note!(self, "fault {:?} {word}", episode.fault);
        match episode.fault {
            Fault::LiveWiped if begins => self.live.wipe(),
            Fault::ClockSteps => {
                let hosts = self.processes.len() + self.doors.len();
                // Each episode has its own machine, so that two of them overlap without cancelling out.
                let host = at % hosts;
                let step = if begins { episode.step } else { -episode.step };
                if let Some(process) = self.processes.get_mut(host) {
                    process.clock += step;
                } else {
                    self.doors[host - self.processes.len()].clock += step;
                }
            }
            Fault::RouterKilled | Fault::RouterStopped if begins => {
                let taken = self.takes_away(at, episode.fault == Fault::RouterStopped);
                self.taken_away.extend(taken.map(|process| (at, process)));
            }
            Fault::RouterKilled | Fault::RouterStopped => {
                if let Some(process) = self.taken_away.remove(&at) {
                    self.brings_back(process);
                }
            }
            Fault::BusDown if !begins => self.broker_returns(),
            _ => {}
        }
    }
}

impl World {
    pub(crate) fn settings(&self) -> Arc<wideawake_domain::settings::Settings> {
        self.options.settings.clone()
    }
}
