//! The ledger, the bus and the live state as processes reach them: with delays, and with whatever goes wrong.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use wideawake_domain::process::Signal;
use wideawake_domain::request::{Command, Say, Speaker, SupportRequest};
use wideawake_domain::{Actor, Event, Recorded, RequestId, StaffId, StreamId, StreamKind, Text, Version};
use wideawake_ledger::{Append, AppendError, KeyChange, LedgerError, NewEvent};
use wideawake_runtime::process::Input;

use crate::Time;
use crate::faults::Fault;
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

    fn write(&mut self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        let fence = append.fence.clone();
        let facts = self.ledger.append(append)?;
        self.recorded(&facts, fence.as_ref());
        Ok(facts)
    }

    pub(crate) fn late_append(&mut self, append: Append) {
        let written = self.write(append).is_ok();
        note!(self, "a late append is {}", if written { "written" } else { "refused" });
    }

    /// Somebody else writes to that stream first.
    fn rival(&mut self, stream: StreamId) {
        if stream.kind != StreamKind::Request {
            return;
        }
        let Some(state) = SupportRequest::replay(&self.ledger.read(stream, Version::NONE)) else { return };
        let text = Text::Sealed("c2VhbGVk".to_owned());
        let say = Say { from: Speaker::Member, staff: None, aside: false, text, once: None };
        let Ok(events) = state.decide(Command::Say(say), Actor::Member, self.now) else { return };
        let events: Vec<Event> = events.into_iter().map(Event::Request).collect();
        let Ok(append) = prepare(stream, state.pool, state.version, Actor::Member, &events, self.now) else { return };
        if let Ok(facts) = self.write(append) {
            self.publish(&facts);
        }
    }

    pub(crate) fn read(&mut self, stream: StreamId, after: Version) -> Result<Vec<Recorded>, LedgerError> {
        if self.strikes(Fault::LedgerUnreadable) {
            return Err(LedgerError::Unavailable("down".to_owned()));
        }
        Ok(self.ledger.read(stream, after))
    }

    /// Tells every dispatcher of these facts, as well as the bus does.
    pub(crate) fn publish(&mut self, facts: &[Recorded]) {
        for at in 0..self.routers.len() {
            let instance = Instance { at, epoch: self.routers[at].epoch, term: 0 };
            if self.strikes(Fault::BusLags) {
                self.deliver(instance, Input::BusLagged);
                continue;
            }
            if self.faults.rate(Fault::BusDelays, self.now) > 0 {
                // One by one, so that they overtake each other.
                for fact in facts {
                    self.carry(instance, std::slice::from_ref(fact));
                }
            } else {
                self.carry(instance, facts);
            }
        }
    }

    fn carry(&mut self, instance: Instance, facts: &[Recorded]) {
        let copies = 1 + usize::from(self.strikes(Fault::BusRepeats));
        for _ in 0..copies {
            if !self.strikes(Fault::BusLoses) {
                self.deliver(instance, Input::Delivered(facts.to_vec()));
            }
        }
    }

    fn deliver(&mut self, instance: Instance, input: Input) {
        let late = self.strikes(Fault::BusDelays);
        let delay =
            if late { self.chance.millis(10, 5_000) } else { TimeDelta::microseconds(self.chance.between(200, 4_000)) };
        self.after(delay, Happening::Hears(instance, input));
    }

    /// A client proved itself alive to a door at `at` by that door's clock.
    pub(crate) fn seen(&mut self, signal: Signal) {
        if self.strikes(Fault::LiveDown) {
            return;
        }
        match signal {
            Signal::StaffSeen { staff, at } => {
                let seen = self.live.staff.entry(staff).or_insert(at);
                *seen = (*seen).max(at);
            }
            Signal::MemberSeen { request, at } => {
                let seen = self.live.members.entry(request).or_insert(at);
                *seen = (*seen).max(at);
            }
        }
        self.checks.truth.hear(signal);
        for at in 0..self.routers.len() {
            let instance = Instance { at, epoch: self.routers[at].epoch, term: 0 };
            let delay = TimeDelta::microseconds(self.chance.between(100, 3_000));
            self.after(delay, Happening::Hears(instance, Input::Signal(signal)));
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
