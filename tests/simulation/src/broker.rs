//! The bus. In one process it is told directly. Between processes it is a broker with a queue for each pool, which is told
//! by whoever appended as soon as they know, and by whoever sweeps the outbox when they did not (DESIGN section 4).

use std::collections::VecDeque;

use chrono::TimeDelta;
use wideawake_domain::{Position, Recorded};
use wideawake_runtime::process::Input;

use crate::faults::Fault;
use crate::kind::Kind;
use crate::plant::Plant;
use crate::trace::note;
use crate::world::{Happening, Instance, World};

/// How many events are told of at once.
const BATCH: usize = 256;

/// How long what was told may stay in the outbox, so that one statement takes out many.
const LINGERS: TimeDelta = TimeDelta::milliseconds(100);

/// How often each instance sweeps.
const SWEEP: TimeDelta = TimeDelta::seconds(1);

/// How many deliveries a queue keeps while nobody follows.
const KEPT: usize = 5_000;

/// A process that appends and sweeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Host {
    Door(usize),
    Process(usize),
}

/// What the broker knows.
#[derive(Debug, Default)]
pub(crate) struct Broker {
    /// By kind and pool (see [`World::queue_of`]), what nobody has taken yet.
    kept: Vec<VecDeque<Vec<Recorded>>>,
    /// Which positions it ever took over.
    took: Vec<bool>,
}

impl Broker {
    pub(crate) fn new(queues: usize) -> Self {
        Self { kept: vec![VecDeque::new(); queues], took: Vec::new() }
    }

    pub(crate) fn keep(&mut self, queue: usize, facts: Vec<Recorded>) {
        let queue = &mut self.kept[queue];
        queue.push_back(facts);
        if queue.len() > KEPT {
            queue.pop_front();
        }
    }

    fn takes(&mut self, facts: &[Recorded]) {
        for fact in facts {
            let at = fact.position.0 as usize;
            if self.took.len() <= at {
                self.took.resize(at + 1, false);
            }
            self.took[at] = true;
        }
    }

    /// Whether it was told of that event at least once.
    pub(crate) fn knows(&self, position: Position) -> bool {
        self.took.get(position.0 as usize).copied().unwrap_or(false)
    }
}

impl World {
    /// Tells the bus of what `host` just appended.
    pub(crate) fn tell_bus(&mut self, host: Host, facts: &[Recorded]) {
        if self.options.is_cluster { self.sends(host, facts) } else { self.publish(facts) }
    }

    /// In one process: tells every dispatcher, as well as it can.
    fn publish(&mut self, facts: &[Recorded]) {
        if self.strikes(Fault::BusDown) {
            return;
        }
        for at in 0..self.runners.len() {
            let runner = &self.runners[at];
            let process = &self.processes[runner.process];
            let instance = Instance { at, epoch: process.epoch, term: 0 };
            // A standby hears nothing but answers.
            let follows = runner.driver.as_ref().is_some_and(|driver| driver.token().is_some());
            if !follows && process.stalled_until.is_none() {
                continue;
            }
            let pool = runner.pool.clone();
            let facts: Vec<Recorded> = facts.iter().filter(|fact| fact.pool.concerns(&pool)).cloned().collect();
            if facts.is_empty() {
                continue;
            }
            if self.strikes(Fault::BusLags) {
                self.deliver(instance, Input::BusLagged);
                continue;
            }
            for facts in self.pieces(&facts) {
                let copies = 1 + usize::from(self.strikes(Fault::BusRepeats));
                for _ in 0..copies {
                    if !self.strikes(Fault::BusLoses) {
                        self.deliver(instance, Input::Delivered(facts.clone()));
                    }
                }
            }
        }
    }

    /// All at once; or one by one, so that they overtake each other.
    fn pieces(&self, facts: &[Recorded]) -> Vec<Vec<Recorded>> {
        if self.faults.rate(Fault::BusDelays, self.now) > 0 {
            facts.iter().map(|fact| vec![fact.clone()]).collect()
        } else {
            vec![facts.to_vec()]
        }
    }

    fn deliver(&mut self, instance: Instance, input: Input) {
        let delay = self.bus_delay();
        self.after(delay, Happening::Hears(instance, Box::new(input)));
    }

    pub(crate) fn bus_delay(&mut self) -> TimeDelta {
        if self.strikes(Fault::BusDelays) {
            return self.chance.millis(10, 5_000);
        }
        TimeDelta::microseconds(self.chance.between(200, 4_000))
    }

    /// Gives them to the broker, and hopes for its confirm.
    fn sends(&mut self, host: Host, facts: &[Recorded]) {
        for batch in facts.chunks(BATCH) {
            let delay = TimeDelta::microseconds(self.chance.between(100, 2_000));
            let epoch = self.epoch(host);
            self.after(delay, Happening::BrokerTakes(host, epoch, batch.to_vec()));
        }
    }

    fn epoch(&self, host: Host) -> u32 {
        match host {
            Host::Door(at) => self.doors[at].epoch,
            Host::Process(at) => self.processes[at].epoch,
        }
    }

    fn lives(&self, host: Host, epoch: u32) -> bool {
        let is_up = match host {
            Host::Door(at) => !self.doors[at].is_down,
            Host::Process(at) => self.processes[at].is_up,
        };
        is_up && self.epoch(host) == epoch
    }

    fn told(&mut self, host: Host) -> &mut Vec<Position> {
        match host {
            Host::Door(at) => &mut self.doors[at].told,
            Host::Process(at) => &mut self.processes[at].told,
        }
    }

    /// What was sent arrives though the sender may be dead by now.
    pub(crate) fn broker_takes(&mut self, host: Host, epoch: u32, facts: &[Recorded]) {
        // Half of what is lost is lost before the broker has it.
        if self.strikes(Fault::BusDown) || (self.strikes(Fault::BusLoses) && self.chance.percent(50)) {
            return;
        }
        self.broker.takes(facts);
        let pools = self.settings().pools.clone();
        for at in 0..pools.len() * Kind::ALL.len() {
            let pool = &pools[at % pools.len()];
            let facts: Vec<Recorded> = facts.iter().filter(|fact| fact.pool.concerns(pool)).cloned().collect();
            if facts.is_empty() {
                continue;
            }
            for facts in self.pieces(&facts) {
                let copies = 1 + usize::from(self.strikes(Fault::BusRepeats));
                for _ in 0..copies {
                    if !self.strikes(Fault::BusLoses) {
                        let delay = self.bus_delay();
                        self.after(delay, Happening::BrokerBrings(at, facts.clone()));
                    }
                }
            }
        }
        let mut delay = TimeDelta::microseconds(self.chance.between(100, 3_000));
        if self.strikes(Fault::ConfirmsLost) {
            if self.chance.percent(50) {
                return;
            }
            delay = self.chance.millis(500, 8_000);
        }
        let positions = facts.iter().map(|fact| fact.position).collect();
        self.after(delay, Happening::Confirmed(host, epoch, positions));
    }

    /// The queue in the broker of what that instance does for its pool.
    pub(crate) fn queue_of(&self, runner: usize) -> Option<usize> {
        let pools = &self.options.settings.pools;
        let pool = pools.iter().position(|pool| *pool == self.runners[runner].pool)?;
        let kind = Kind::ALL.iter().position(|kind| *kind == self.runners[runner].kind)?;
        Some(kind * pools.len() + pool)
    }

    /// What waits in a queue comes to one of those that follow it, if any does.
    pub(crate) fn broker_brings(&mut self, queue: usize, facts: Vec<Recorded>) {
        let follows = |at: &usize| {
            let runner = &self.runners[*at];
            let process = &self.processes[runner.process];
            self.queue_of(*at) == Some(queue)
                && process.is_up
                && !process.is_stopping
                && runner.driver.as_ref().is_some_and(|driver| driver.token().is_some())
        };
        let followers: Vec<usize> = (0..self.runners.len()).filter(follows).collect();
        let follower = if self.faults.rate(Fault::BusDown, self.now) > 0 { None } else { self.chance.some(&followers) };
        let Some(at) = follower else { return self.broker.keep(queue, facts) };
        let instance = Instance { at, epoch: self.processes[self.runners[at].process].epoch, term: 0 };
        let input = if self.strikes(Fault::BusLags) { Input::BusLagged } else { Input::Delivered(facts) };
        self.runner_hears(instance, input);
    }

    /// A dispatcher begins to follow: what was told before is in the tail, and what the broker kept comes now.
    pub(crate) fn begins_to_follow(&mut self, instance: Instance) {
        let Some(queue) = self.queue_of(instance.at) else { return };
        if !self.options.is_cluster || self.faults.rate(Fault::BusDown, self.now) > 0 {
            return;
        }
        let delay = self.chance.millis(1, 30);
        self.after(delay, Happening::Hears(instance, Box::new(Input::BusLagged)));
        for facts in std::mem::take(&mut self.broker.kept[queue]) {
            let delay = delay + TimeDelta::microseconds(self.chance.between(100, 5_000));
            self.after(delay, Happening::BrokerBrings(queue, facts));
        }
    }

    /// The broker is up again, and whoever leads is with it again.
    pub(crate) fn broker_returns(&mut self) {
        if self.faults.rate(Fault::BusDown, self.now) > 0 {
            return;
        }
        for at in 0..self.runners.len() {
            let runner = &self.runners[at];
            let epoch = self.processes[runner.process].epoch;
            if runner.driver.as_ref().is_some_and(|driver| driver.token().is_some()) {
                self.begins_to_follow(Instance { at, epoch, term: 0 });
            }
        }
    }

    pub(crate) fn confirmed(&mut self, host: Host, epoch: u32, positions: Vec<Position>) {
        if !self.lives(host, epoch) {
            return;
        }
        let told = self.told(host);
        let is_first = told.is_empty();
        told.extend(positions);
        if is_first {
            self.after(LINGERS, Happening::Clears(host, epoch));
        }
    }

    /// Takes out of the outbox what was told; if that fails it is told again, which harms nobody.
    pub(crate) fn clears(&mut self, host: Host, epoch: u32) {
        if !self.lives(host, epoch) {
            return;
        }
        let told = std::mem::take(self.told(host));
        if !self.is_ledger_silent() && !self.strikes(Fault::LedgerBusy) {
            self.ledger.told(&told);
        }
    }

    pub(crate) fn begins_to_sweep(&mut self, host: Host, epoch: u32) {
        if self.options.is_cluster {
            let delay = self.chance.millis(0, 1_000);
            self.after(delay, Happening::Sweeps(host, epoch));
        }
    }

    /// Tells of what has waited for too long. Whoever else sweeps at this moment is given other rows, and whoever dies over
    /// it leaves them as old as they then are.
    pub(crate) fn sweeps(&mut self, host: Host, epoch: u32) {
        if !self.lives(host, epoch) {
            return;
        }
        self.after(SWEEP, Happening::Sweeps(host, epoch));
        let stands_still = match host {
            Host::Process(at) => self.processes[at].stalled_until.is_some_and(|until| self.now < until),
            Host::Door(_) => false,
        };
        if stands_still || self.is_ledger_silent() {
            return;
        }
        loop {
            let facts = self.ledger.untold(BATCH, self.now);
            if facts.is_empty() {
                return;
            }
            note!(self, "{host:?} sweeps {} events", facts.len());
            self.checks.promises.swept += facts.len() as u64;
            if self.plant == Some(Plant::SweptUnconfirmed) {
                let positions: Vec<Position> = facts.iter().map(|fact| fact.position).collect();
                self.ledger.told(&positions);
            }
            let is_last = facts.len() < BATCH;
            self.sends(host, &facts);
            if is_last {
                return;
            }
        }
    }
}
