//! Instances of the process loop, one for each pool that a process serves and each kind of what it does there. With its
//! process it dies, stands still, and believes its clock.

use std::sync::Arc;

use chrono::TimeDelta;
use wideawake_domain::process::{Intent, Signal};
use wideawake_domain::{Pool, StreamKind};
use wideawake_ledger::{AppendError, Cursor, Fence, LedgerError};
use wideawake_runtime::process::{Driver, Effect, Input};

use crate::Time;
use crate::broker::Host;
use crate::charge::Charge;
use crate::faults::Fault;
use crate::kind::Kind;
use crate::plant::Plant;
use crate::ports::prepare;
use crate::process::Process;
use crate::trace::note;
use crate::watch::Watched;
use crate::world::{Happening, Instance, World};

/// How many facts a tail read brings at most, as in production.
const PAGE: usize = 2_000;

/// The shortest time in which the loop turns once.
const TURN: TimeDelta = TimeDelta::microseconds(200);

/// What one process does for one pool.
pub(crate) struct Runner {
    pub(crate) process: usize,
    pub(crate) kind: Kind,
    pub(crate) pool: Pool,
    /// `None` while it is dead.
    pub(crate) driver: Option<Driver<Charge>>,
    pub(crate) inbox: Vec<(u64, Input)>,
    /// The wake-up that counts.
    pub(crate) wakes_at: Option<Time>,
}

impl World {
    fn process_of(&mut self, instance: Instance) -> &mut Process {
        &mut self.processes[self.runners[instance.at].process]
    }

    fn is_alive(&self, instance: Instance) -> bool {
        let runner = &self.runners[instance.at];
        self.processes[runner.process].epoch == instance.epoch && runner.driver.is_some()
    }

    /// Its process dies here, if it is its turn to, with all its dispatchers; it starts again before long.
    fn runner_may_die(&mut self, instance: Instance, where_: &str) -> bool {
        if !self.strikes(Fault::RouterCrashes) || !self.is_alive(instance) {
            return false;
        }
        let process = self.runners[instance.at].process;
        note!(self, "process-{process}-{} dies {where_}", instance.epoch);
        self.process_dies(process);
        true
    }

    pub(crate) fn runner_wakes(&mut self, instance: Instance) {
        if !self.is_alive(instance) || self.runners[instance.at].wakes_at != Some(self.now) {
            return;
        }
        self.runners[instance.at].wakes_at = None;
        let now = self.now;
        let process = self.process_of(instance);
        if process.is_stopping || process.stalled_until.is_some_and(|until| now < until) {
            return;
        }
        process.stalled_until = None;
        if self.strikes(Fault::RouterStalls) {
            return self.stands_still(instance);
        }
        self.turn(instance);
    }

    /// All dispatchers of its process do nothing for a while, and hear what has come when it is over.
    fn stands_still(&mut self, instance: Instance) {
        let process = self.runners[instance.at].process;
        let stall = self.chance.millis(500, 12_000);
        note!(self, "process-{process} stands still for {stall}");
        let until = self.now + stall;
        self.processes[process].stalled_until = Some(until);
        for at in 0..self.runners.len() {
            let runner = &mut self.runners[at];
            if runner.process == process && runner.driver.is_some() {
                runner.wakes_at = Some(until);
                self.agenda.add(until, Happening::Wakes(Instance { at, ..instance }));
            }
        }
    }

    pub(crate) fn runner_hears(&mut self, instance: Instance, input: Input) {
        if !self.is_alive(instance) || self.runner_may_die(instance, "before it hears") {
            return;
        }
        let process = self.runners[instance.at].process;
        // Whoever appended tells the bus, as soon as it knows.
        if let Input::Appended(_, Ok(facts)) = &input {
            let facts = facts.clone();
            self.tell_bus(Host::Process(process), &facts);
            if self.runner_may_die(instance, "after it told the bus") {
                return;
            }
        }
        if self.processes[process].is_stopping {
            return self.hears_at_last(instance, input);
        }
        let stalled_until = self.processes[process].stalled_until;
        let runner = &mut self.runners[instance.at];
        // A standby hears nothing but answers.
        let is_told = matches!(input, Input::Delivered(_) | Input::BusLagged | Input::Signal(_));
        let follows = runner.driver.as_ref().is_some_and(|driver| driver.token().is_some());
        if is_told && stalled_until.is_none() && !follows {
            return;
        }
        runner.inbox.push((instance.term, input));
        if stalled_until.is_none_or(|until| self.now >= until) {
            self.turn(instance);
        }
    }

    /// One turn of the loop: hears what has come, and does what it then wants.
    fn turn(&mut self, instance: Instance) {
        let runner = &mut self.runners[instance.at];
        let Some(driver) = &mut runner.driver else { return };
        let now = self.now + self.processes[runner.process].clock;
        let (led, followed) = (driver.leads(), driver.token());
        for (term, input) in runner.inbox.drain(..) {
            match input {
                Input::Delivered(_) | Input::BusLagged | Input::Signal(_) => driver.feed(input, now),
                answer => driver.answer(term, answer, now),
            }
        }
        let effects = driver.step(now);
        let instance = Instance { term: driver.term(), ..instance };
        let breach = driver.process().breach().cloned();
        let (leads, follows) = (driver.leads(), driver.token());
        if led != leads {
            let runner = &self.runners[instance.at];
            let word = if leads { "leads" } else { "no longer leads" };
            note!(self, "process-{} {word} as {} of {}", runner.process, runner.kind, runner.pool);
        }
        if leads && !led {
            let Runner { kind, ref pool, .. } = self.runners[instance.at];
            let of = (kind, pool.clone());
            self.is_taken_over(&of);
        }
        if follows.is_some() && follows != followed {
            self.begins_to_follow(instance);
        }
        if let Some(breach) = breach {
            self.found(Err(breach));
        }
        for effect in effects {
            self.wants(instance, effect);
        }
        self.sleep(instance);
    }

    /// Wakes when the loop wants to, and each second.
    fn sleep(&mut self, instance: Instance) {
        if !self.is_alive(instance) {
            return;
        }
        let runner = &mut self.runners[instance.at];
        let Some(driver) = &runner.driver else { return };
        let clock = self.processes[runner.process].clock;
        let second = self.now + TimeDelta::seconds(1);
        let due = driver.due().map_or(second, |due| (due - clock).clamp(self.now + TURN, second));
        if runner.wakes_at.is_none_or(|at| at <= self.now || due < at) {
            runner.wakes_at = Some(due);
            self.agenda.add(due, Happening::Wakes(instance));
        }
    }

    fn wants(&mut self, instance: Instance, effect: Effect) {
        if !self.is_alive(instance) || self.runner_may_die(instance, "before a call") {
            return;
        }
        if let Effect::Append(intent, fence, _) = &effect {
            let kinds: Vec<&str> = intent.events.iter().map(wideawake_domain::Event::kind).collect();
            let (token, at, expected) = (fence.token, self.runners[instance.at].process, intent.expected);
            note!(self, "process-{at} wishes for {} behind {expected}: {kinds:?} under token {token}", intent.stream);
            self.wishes_with_a_lease(fence);
        }
        let delay = self.ledger_delay();
        let sent = self.now + self.process_of(instance).clock;
        self.after(delay, Happening::Serves(instance, Box::new(effect), sent));
        self.runner_may_die(instance, "during a call");
    }

    fn answers(&mut self, instance: Instance, input: Input) {
        let delay = self.ledger_delay();
        self.after(delay, Happening::Hears(instance, Box::new(input)));
    }

    /// What a dispatcher wants reaches the ledger, whether the dispatcher still lives or not.
    pub(crate) fn serve(&mut self, instance: Instance, effect: Effect, sent: Time) {
        let down = LedgerError::Unavailable("down".to_owned());
        match effect {
            Effect::TakeLease => {
                if !self.is_alive(instance) {
                    return;
                }
                let Some((name, holder, ttl)) = self.runners[instance.at].lease() else { return };
                let lease = if self.is_ledger_silent() {
                    Err(down)
                } else {
                    Ok(self.ledger.lease(&name, &holder, ttl, self.now))
                };
                self.answers(instance, Input::Lease(lease));
            }
            Effect::Tail(cursor) => {
                let tail = if self.is_ledger_silent() { Err(down) } else { Ok(self.ledger.tail(&cursor, PAGE)) };
                self.answers(instance, Input::Tailed(tail));
            }
            Effect::Read(stream, after) => {
                let read = self.read(stream, after);
                self.answers(instance, Input::Read(stream, read));
            }
            Effect::Rebuild(scope) => {
                if self.is_ledger_silent() {
                    return self.answers(instance, Input::Rebuilt(Err(down), Vec::new()));
                }
                // The cursor comes first, and what is open a little later.
                let cursor = self.ledger.end();
                let delay = self.ledger_delay();
                self.after(delay, Happening::Rebuilds(instance, cursor, scope));
            }
            Effect::Run(errand) => self.runs(instance, errand),
            Effect::Append(intent, fence, _) => self.serve_append(instance, intent, fence, sent),
        }
    }

    pub(crate) fn rebuild(&mut self, instance: Instance, cursor: Cursor, scope: &[(StreamKind, Time)]) {
        if self.strikes(Fault::LedgerDown) {
            let down = LedgerError::Unavailable("down".to_owned());
            return self.answers(instance, Input::Rebuilt(Err(down), Vec::new()));
        }
        let mut facts = Vec::new();
        for (kind, ended_since) in scope {
            facts.extend(self.ledger.open(&self.runners[instance.at].pool, *kind, *ended_since));
        }
        facts.sort_by_key(|fact| fact.position);
        let staff = self.live.staff.iter().map(|(staff, at)| Signal::StaffSeen { staff: *staff, at: *at });
        let members = self.live.members.iter().map(|(id, at)| Signal::MemberSeen { request: *id, at: *at });
        let mut signals: Vec<Signal> = staff.chain(members).collect();
        // Without an answer everyone is taken as unseen until their next heartbeat.
        if self.strikes(Fault::LiveDown) {
            signals.clear();
        }
        let (at, pool) = (self.runners[instance.at].process, &self.runners[instance.at].pool);
        note!(self, "process-{at} rebuilds {pool} from {} facts and {} signs of life", facts.len(), signals.len());
        self.answers(instance, Input::Rebuilt(Ok((facts, cursor)), signals));
    }

    fn serve_append(&mut self, instance: Instance, intent: Intent, fence: Fence, sent: Time) {
        let Intent { stream, pool, expected, actor, events } = intent;
        let append = match prepare(stream, pool, expected, actor, &events, sent) {
            Ok(append) => wideawake_ledger::Append { fence: Some(fence), ..append },
            Err(error) => return self.found(crate::model::breach("I8", error.to_string())),
        };
        let mut answer = self.commit(append.clone());
        answer = self.twisted(answer, &append);
        if let Err(error) = &answer {
            let at = self.runners[instance.at].process;
            note!(self, "the append of process-{at} to {stream} fails: {error}");
        }
        // An unknown outcome is cleared up by reading the stream, if that can be done.
        if let Err(AppendError::Unknown(_)) = answer
            && !self.chance.percent(50)
            && let Ok(found) = self.read(stream, expected)
            && found.len() >= append.events.len()
            && found.iter().zip(&append.events).all(|(found, want)| found.kind == want.kind && found.data == want.data)
        {
            answer = Ok(found[..append.events.len()].to_vec());
        }
        self.answers(instance, Input::Appended(stream, answer));
    }

    /// What a planted fault makes of an append that failed.
    fn twisted(
        &mut self,
        answer: Result<Vec<wideawake_domain::Recorded>, AppendError>,
        append: &wideawake_ledger::Append,
    ) -> Result<Vec<wideawake_domain::Recorded>, AppendError> {
        let withdraws = append.events.iter().any(|event| &*event.kind == "offer_withdrawn");
        let again = match (self.plant, &answer) {
            (Some(Plant::WithdrawAfterAccept), Err(AppendError::Conflict { .. })) => withdraws,
            (Some(Plant::WishRepeated), Err(AppendError::Unknown(_))) => true,
            _ => false,
        };
        if !again {
            return answer;
        }
        let expected = self.ledger.version(append.stream);
        self.commit(wideawake_ledger::Append { expected, ..append.clone() })
    }

    /// Who leads in a pool, and may write.
    pub(crate) fn leading(&self, kind: Kind, pool: &Pool) -> Option<usize> {
        let leads = |driver: &Driver<Charge>| {
            let fence = driver.token().map(|token| Fence { lease: driver.options().lease.clone(), token });
            driver.leads() && fence.is_some_and(|fence| self.ledger.is_newest(&fence))
        };
        let is_it = |runner: &Runner| runner.kind == kind && runner.pool == *pool;
        self.runners.iter().position(|runner| is_it(runner) && runner.driver.as_ref().is_some_and(leads))
    }

    /// The dispatcher that leads in a pool.
    pub(crate) fn leader(&self, pool: &Pool) -> Option<&Watched> {
        self.runners[self.leading(Kind::Router, pool)?].driver.as_ref()?.process().watched()
    }
}

impl Runner {
    pub(crate) fn new(process: usize, kind: Kind, pool: Pool) -> Self {
        Self { process, kind, pool, driver: None, inbox: Vec::new(), wakes_at: None }
    }

    fn lease(&self) -> Option<(Arc<str>, Arc<str>, std::time::Duration)> {
        let options = self.driver.as_ref()?.options();
        Some((options.lease.clone(), options.holder.clone(), options.lease_ttl))
    }

    /// Whether it has wished for something and does not know what became of it.
    pub(crate) fn is_busy(&self) -> bool {
        self.driver.as_ref().is_some_and(|driver| driver.leads() && driver.process().has_wishes())
    }
}
