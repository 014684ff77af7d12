//! The ledger and the live state as processes reach them: with delays, and with whatever goes wrong.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use wideawake_domain::escalation::{self, Escalation, Via};
use wideawake_domain::process::Signal;
use wideawake_domain::request::{Command, Findings, Say, Speaker, SupportRequest};
use wideawake_domain::{Actor, Event, Recorded, RequestId, StaffId, StreamId, StreamKind, Text, Version};
use wideawake_ledger::{Append, AppendError, KeyChange, LedgerError, NewEvent};
use wideawake_runtime::process::Input;

use crate::Time;
use crate::broker::Host;
use crate::faults::Fault;
use crate::kind::Kind;
use crate::ledger::Ledger;
use crate::trace::note;
use crate::world::{Happening, Instance, World};

/// What may be forgotten: who was seen when.
#[derive(Debug, Default)]
pub(crate) struct Live {
    pub(crate) staff: BTreeMap<StaffId, Time>,
    pub(crate) members: BTreeMap<RequestId, Time>,
}

impl Live {
    pub(crate) fn wipe(&mut self) {
        self.staff.clear();
        self.members.clear();
    }

    fn take(&mut self, signal: Signal) {
        let (seen, at) = match signal {
            Signal::StaffSeen { staff, at } => (self.staff.entry(staff).or_insert(at), at),
            Signal::MemberSeen { request, at } => (self.members.entry(request).or_insert(at), at),
        };
        *seen = (*seen).max(at);
    }
}

impl World {
    /// How long it takes to the ledger, or back.
    pub(crate) fn ledger_delay(&mut self) -> TimeDelta {
        if self.strikes(Fault::LedgerSlow) {
            return self.chance.millis(200, 4_000);
        }
        TimeDelta::microseconds(self.chance.between(100, 5_000))
    }

    /// An append that has reached the ledger; what its writer will be told.
    pub(crate) fn commit(&mut self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        if self.strikes(Fault::LedgerDown) {
            let unknown = AppendError::Unknown("down".to_owned());
            return Err(if self.chance.percent(50) { AppendError::Busy } else { unknown });
        }
        if self.strikes(Fault::LedgerBusy) {
            return Err(AppendError::Busy);
        }
        if self.strikes(Fault::AppendFails) {
            return Err(AppendError::Unknown("not written".to_owned()));
        }
        if self.strikes(Fault::AppendLate) {
            let delay = self.chance.millis(50, 8_000);
            self.after(delay, Happening::LateAppend(Box::new(append)));
            return Err(AppendError::Unknown("written later, if at all".to_owned()));
        }
        if self.strikes(Fault::Conflict) {
            self.rival(append.stream);
        }
        let facts = self.write(append)?;
        if self.strikes(Fault::AppendUnknown) {
            return Err(AppendError::Unknown("written".to_owned()));
        }
        Ok(facts)
    }

    /// One transaction: the events, and that the bus is yet to be told of them.
    pub(crate) fn write(&mut self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        let fence = append.fence.clone();
        let facts = self.ledger.append(append)?;
        if self.options.is_cluster {
            self.ledger.note_untold(&facts, self.now);
        }
        self.recorded(&facts, fence.as_ref());
        Ok(facts)
    }

    pub(crate) fn late_append(&mut self, append: Append) {
        let written = !self.strikes(Fault::LedgerDown) && self.write(append).is_ok();
        note!(self, "a late append is {}", if written { "written" } else { "refused" });
    }

    /// Somebody else writes to that stream first.
    fn rival(&mut self, stream: StreamId) {
        if stream.kind == StreamKind::Escalation {
            return self.rival_takes_on(stream);
        }
        if stream.kind != StreamKind::Request {
            return;
        }
        let Some(state) = SupportRequest::replay(&self.ledger.read(stream, Version::NONE)) else { return };
        let text = Text::Sealed("c2VhbGVk".to_owned());
        let say =
            Say { from: Speaker::Member, staff: None, aside: false, text, once: None, findings: Findings::default() };
        let Ok(events) = state.decide(Command::Say(say), Actor::Member, self.now) else { return };
        let events: Vec<Event> = events.into_iter().map(Event::Request).collect();
        let Ok(append) = prepare(stream, state.pool, state.version, Actor::Member, &events, self.now) else { return };
        if let Ok(facts) = self.write(append) {
            let door = self.chance.below(self.doors.len());
            self.tell_bus(Host::Door(door), &facts);
        }
    }

    /// Somebody takes an escalation on a moment earlier.
    fn rival_takes_on(&mut self, stream: StreamId) {
        let Some(state) = Escalation::replay(&self.ledger.read(stream, Version::NONE)) else { return };
        let by = self.staff[self.chance.below(self.staff.len())].id;
        let Ok(events) = state.decide(escalation::Command::Acknowledge(by, Via::Desk, None), self.now) else { return };
        let events: Vec<Event> = events.into_iter().map(Event::Escalation).collect();
        let Ok(append) = prepare(stream, state.pool, state.version, Actor::Staff(by), &events, self.now) else {
            return;
        };
        if !events.is_empty()
            && let Ok(facts) = self.write(append)
        {
            let door = self.chance.below(self.doors.len());
            self.tell_bus(Host::Door(door), &facts);
        }
    }

    /// Whether it does not answer what is not an append.
    pub(crate) fn is_ledger_silent(&mut self) -> bool {
        self.strikes(Fault::LedgerDown) || self.strikes(Fault::LedgerUnreadable)
    }

    pub(crate) fn read(&mut self, stream: StreamId, after: Version) -> Result<Vec<Recorded>, LedgerError> {
        if self.is_ledger_silent() {
            return Err(LedgerError::Unavailable("down".to_owned()));
        }
        Ok(self.ledger.read(stream, after))
    }

    /// A client proved itself alive to a door at `at` by that door's clock: the door tells the live state, and between
    /// processes the bus as well, which may lose it and keeps nothing.
    pub(crate) fn seen(&mut self, signal: Signal) {
        let live_takes = !self.strikes(Fault::LiveDown);
        let bus_takes = self.options.is_cluster && !self.strikes(Fault::BusDown) && !self.strikes(Fault::BusLoses);
        if live_takes {
            self.live.take(signal);
        }
        if live_takes || bus_takes {
            self.checks.truth.hear(signal, self.now);
        }
        for at in 0..self.runners.len() {
            let runner = &self.runners[at];
            let process = &self.processes[runner.process];
            let follows = runner.driver.as_ref().is_some_and(|driver| driver.token().is_some());
            // Only a dispatcher makes something of it here.
            if runner.kind != Kind::Router || (!follows && process.stalled_until.is_none()) {
                continue;
            }
            let instance = Instance { at, epoch: process.epoch, term: 0 };
            if live_takes {
                let delay = TimeDelta::microseconds(self.chance.between(100, 3_000));
                self.after(delay, Happening::Hears(instance, Box::new(Input::Signal(signal))));
            }
            if bus_takes {
                let delay = self.bus_delay();
                self.after(delay, Happening::Hears(instance, Box::new(Input::Signal(signal))));
            }
        }
    }
}

/// Writes the events as they will stand. Open text cannot be written, so that a forgotten seal shows.
pub(crate) fn prepare(
    stream: StreamId,
    pool: wideawake_domain::Pool,
    expected: Version,
    actor: Actor,
    events: &[Event],
    at: Time,
) -> Result<Append, wideawake_domain::event::Unwritable> {
    let mut written = Vec::with_capacity(events.len());
    for event in events {
        written.push(NewEvent { kind: event.kind().into(), data: event.encode()?.into() });
    }
    let ends_at = Ledger::ending(events, at);
    let trace = "".into();
    Ok(Append { stream, pool, expected, at, actor, trace, events: written, fence: None, ends_at, key: KeyChange::Keep })
}
