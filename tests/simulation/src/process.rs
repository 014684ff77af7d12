//! Processes that dispatch, see to escalations and send pages: they start, die, are killed or stopped, and with each of
//! them all that it does.

use chrono::TimeDelta;
use wideawake_domain::Position;
use wideawake_ledger::Fence;
use wideawake_runtime::process::{Driver, Input, Options as DriverOptions};

use wideawake_domain::paging::Pager;

use crate::Time;
use crate::broker::Host;
use crate::charge::Charge;
use crate::kind::Kind;
use crate::minded::Minded;
use crate::plant::Plant;
use crate::trace::note;
use crate::watch::Watched;
use crate::world::{Happening, Instance, World};

/// How long what is under way may take when a process is asked to stop, as in production.
const LAST_WORDS: TimeDelta = TimeDelta::seconds(1);

/// What instances share.
#[derive(Debug, Default)]
pub(crate) struct Process {
    /// How often it has started.
    pub(crate) epoch: u32,
    pub(crate) is_up: bool,
    /// An episode keeps it down.
    is_kept_down: bool,
    /// It is asked to stop and does nothing new.
    pub(crate) is_stopping: bool,
    /// By how much its clock is ahead.
    pub(crate) clock: TimeDelta,
    pub(crate) stalled_until: Option<Time>,
    /// What the bus has confirmed and the outbox still holds.
    pub(crate) told: Vec<Position>,
}

impl World {
    fn runners_of(&self, process: usize) -> Vec<usize> {
        (0..self.runners.len()).filter(|at| self.runners[*at].process == process).collect()
    }

    pub(crate) fn process_starts(&mut self, at: usize) {
        let process = &mut self.processes[at];
        if process.is_up || process.is_kept_down {
            return;
        }
        process.epoch += 1;
        process.is_up = true;
        process.is_stopping = false;
        process.stalled_until = None;
        process.told.clear();
        let epoch = process.epoch;
        let holder = format!("process-{at}-{epoch}");
        note!(self, "{holder} starts");
        for runner in self.runners_of(at) {
            let (kind, pool) = (self.runners[runner].kind, self.runners[runner].pool.clone());
            let mut options = DriverOptions::new(&format!("{kind}.{pool}"), &holder, pool);
            options.standby_every = self.options.standby_every;
            let driver = Driver::new(options, self.charge(runner));
            // Whoever of several processes asks first leads: not the same one in each pool.
            let delay = if self.settings().pools.len() > 1 { self.chance.millis(0, 400) } else { TimeDelta::zero() };
            let wakes_at = self.now + delay;
            let runner = &mut self.runners[runner];
            runner.driver = Some(driver);
            runner.inbox.clear();
            runner.wakes_at = Some(wakes_at);
        }
        for runner in self.runners_of(at) {
            if let Some(wakes_at) = self.runners[runner].wakes_at {
                self.agenda.add(wakes_at, Happening::Wakes(Instance { at: runner, epoch, term: 0 }));
            }
        }
        self.begins_to_sweep(Host::Process(at), epoch);
    }

    /// Makes what an instance does, anew for each time it leads.
    fn charge(&self, runner: usize) -> impl Fn() -> Charge + Send + Sync + 'static {
        let (kind, pool) = (self.runners[runner].kind, self.runners[runner].pool.clone());
        let (settings, shelf) = (self.settings(), self.shelf.clone());
        let (start, plant) = (self.options.start, self.plant);
        let paging = self.options.paging.clone();
        move || match kind {
            Kind::Router => Charge::Dispatches(Box::new(Watched::new(pool.clone(), &settings, start, plant))),
            Kind::Escalation => {
                Charge::Minds(Box::new(Minded::new(pool.clone(), &settings, shelf.clone(), start, plant)))
            }
            Kind::Notifier => Charge::Pages(Box::new(Pager::new(pool.clone(), paging.clone()))),
        }
    }

    /// It dies here, and starts again before long.
    pub(crate) fn process_dies(&mut self, at: usize) {
        self.falls_silent(at);
        let delay = self.chance.millis(200, 6_000);
        self.after(delay, Happening::ProcessStarts(at));
    }

    fn falls_silent(&mut self, at: usize) {
        self.processes[at].is_up = false;
        for runner in self.runners_of(at) {
            self.parts(runner);
        }
    }

    /// A dispatcher is no more; what the broker gave it and it did not look at, the broker gives to another.
    fn parts(&mut self, runner: usize) -> Option<Driver<Charge>> {
        let queue = self.queue_of(runner)?;
        let runner = &mut self.runners[runner];
        let unread: Vec<_> = runner.inbox.drain(..).collect();
        let driver = runner.driver.take();
        for (_, input) in unread {
            if let (true, Input::Delivered(facts)) = (self.options.is_cluster, input) {
                self.broker.keep(queue, facts);
            }
        }
        driver
    }

    /// An episode takes a process away, at best one that leads; which one.
    pub(crate) fn takes_away(&mut self, number: usize, is_gentle: bool) -> Option<usize> {
        let pools = self.settings().pools.clone();
        let kind = Kind::ALL[number / pools.len() % Kind::ALL.len()];
        let leads = self.leading(kind, &pools[number % pools.len()]).map(|runner| self.runners[runner].process);
        let up: Vec<usize> = (0..self.processes.len())
            .filter(|at| self.processes[*at].is_up && !self.processes[*at].is_stopping)
            .collect();
        let at = leads.filter(|at| up.contains(at)).or_else(|| up.get(number % up.len().max(1)).copied())?;
        self.processes[at].is_kept_down = true;
        self.leaves_vacant(at, is_gentle);
        if is_gentle {
            note!(self, "process-{at} is asked to stop");
            self.stops(at);
        } else {
            note!(self, "process-{at} is killed");
            self.falls_silent(at);
        }
        Some(at)
    }

    pub(crate) fn brings_back(&mut self, at: usize) {
        self.processes[at].is_kept_down = false;
        let delay = self.chance.millis(0, 2_000);
        self.after(delay, Happening::ProcessStarts(at));
    }

    fn stops(&mut self, at: usize) {
        let now = self.now + self.processes[at].clock;
        self.processes[at].is_stopping = true;
        self.processes[at].stalled_until = None;
        let epoch = self.processes[at].epoch;
        for runner in self.runners_of(at) {
            let router_ = &mut self.runners[runner];
            let inbox = std::mem::take(&mut router_.inbox);
            if let Some(driver) = &mut router_.driver {
                for (term, input) in inbox {
                    match input {
                        Input::Delivered(_) | Input::BusLagged | Input::Signal(_) => {}
                        answer => driver.answer(term, answer, now),
                    }
                }
            }
            self.may_part(runner);
        }
        self.after(LAST_WORDS, Happening::ProcessEnds(at, epoch));
    }

    /// An answer reaches a dispatcher that is stopping.
    pub(crate) fn hears_at_last(&mut self, instance: Instance, input: Input) {
        let now = self.now + self.processes[self.runners[instance.at].process].clock;
        if let Some(driver) = &mut self.runners[instance.at].driver
            && !matches!(input, Input::Delivered(_) | Input::BusLagged | Input::Signal(_))
        {
            driver.answer(instance.term, input, now);
        }
        self.may_part(instance.at);
    }

    /// Gives the lease back, once nothing is under way.
    fn may_part(&mut self, runner: usize) {
        if self.runners[runner].driver.as_ref().is_some_and(|driver| !driver.awaits_answers()) {
            self.gives_back(runner);
        }
        let process = self.runners[runner].process;
        if self.runners_of(process).iter().all(|at| self.runners[*at].driver.is_none()) {
            self.process_ends(process, self.processes[process].epoch);
        }
    }

    fn gives_back(&mut self, runner: usize) {
        let Some(driver) = self.parts(runner) else { return };
        if let Some(token) = driver.token()
            && self.plant != Some(Plant::LeaseKept)
        {
            let delay = self.ledger_delay();
            let fence = Fence { lease: driver.options().lease.clone(), token };
            self.after(delay, Happening::GivenBack(fence));
        }
    }

    /// A process that was asked to stop is gone, at the latest when its time is up.
    pub(crate) fn process_ends(&mut self, at: usize, epoch: u32) {
        if !self.processes[at].is_up || !self.processes[at].is_stopping || self.processes[at].epoch != epoch {
            return;
        }
        for runner in self.runners_of(at) {
            self.gives_back(runner);
        }
        self.clears(Host::Process(at), epoch);
        self.processes[at].is_up = false;
        note!(self, "process-{at} has stopped");
    }

    pub(crate) fn given_back(&mut self, fence: &Fence) {
        if !self.is_ledger_silent() {
            self.ledger.give_back(&fence.lease, fence.token);
        }
    }
}
