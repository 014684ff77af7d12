//! What people ask of the doors, which do as `wideawake_runtime::record` does: load, decide, seal, append, and again when
//! somebody else was faster; then tell the bus.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use wideawake_domain::escalation::{self, Escalation, EscalationEvent};
use wideawake_domain::event::Event;
use wideawake_domain::process::Signal;
use wideawake_domain::request::{Accepted, Command, Raised, Rejection, RequestEvent, SupportRequest};
use wideawake_domain::staff::{
    Added, Change, Changed, Duty, DutyEvent, DutySet, DutyWeek, StaffEvent, StaffMember, duty_stream,
};
use wideawake_domain::{Actor, EscalationId, Pool, Position, Recorded, RequestId, StaffId, StreamId, Text, Version};
use wideawake_ledger::{Append, AppendError, LedgerError};

use crate::Time;
use crate::broker::Host;
use crate::faults::Fault;
use crate::model::breach;
use crate::plant::Plant;
use crate::ports::prepare;
use crate::trace::note;
use crate::world::{Happening, World};

/// How often a change is decided anew when somebody else was faster, as in production.
const ATTEMPTS: u32 = 16;

/// What nobody may ever read in the record: everything that people type here contains it.
pub(crate) const OPEN_TEXT: &str = "‹typed by a person›";

/// An instance of the doors.
#[derive(Debug, Default)]
pub(crate) struct Door {
    pub(crate) epoch: u32,
    pub(crate) is_down: bool,
    /// By how much its clock is ahead.
    pub(crate) clock: TimeDelta,
    /// What the bus has confirmed and the outbox still holds.
    pub(crate) told: Vec<Position>,
    /// Requests as it last saw them.
    pub(crate) known: BTreeMap<RequestId, SupportRequest>,
}

/// Something that somebody asks of a door.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) number: u64,
    pub(crate) door: usize,
    epoch: u32,
    attempts: u32,
    pub(crate) from: Caller,
    pub(crate) ask: Ask,
}

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Member(usize),
    Staff(usize),
    /// A rule, or whoever arranges things before the night begins.
    Nobody,
}

/// What is asked.
#[derive(Clone, Debug)]
pub(crate) enum Ask {
    Open(RequestId, Vec<RequestEvent>),
    Change {
        request: RequestId,
        actor: Actor,
        command: Command,
        /// Only whoever holds it may ask this.
        as_holder: Option<StaffId>,
    },
    /// Something about an escalation.
    Escalation {
        id: EscalationId,
        staff: StaffId,
        command: escalation::Command,
    },
    Duty(StaffId, Duty),
    Profile(StaffId, Change),
    Hire(StaffId, Box<Added>),
}

/// What a person is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    Done,
    Refused(Rejection),
    NotThere,
    /// The ledger cannot be reached: 503.
    Failed,
}

/// What the ledger told a door about an append.
pub(crate) type Returned = Result<Vec<Recorded>, AppendError>;

enum Step {
    Append(Append),
    Answer(Answer),
}

impl World {
    /// Somebody asks something of one of the doors.
    pub(crate) fn call(&mut self, from: Caller, ask: Ask) {
        self.calls += 1;
        let door = self.chance.below(self.doors.len());
        let call = Call { number: self.calls, door, epoch: 0, attempts: 0, from, ask };
        note!(self, "call {} of {:?} to door {door}: {}", call.number, from, call.ask.brief());
        let delay = self.chance.millis(2, 80);
        self.after(delay, Happening::CallArrives(Box::new(call)));
    }

    pub(crate) fn door_clock(&self, door: usize) -> Time {
        self.now + self.doors[door].clock
    }

    fn door_may_die(&mut self, call: &Call, where_: &str) -> bool {
        let door = &self.doors[call.door];
        if door.is_down || door.epoch != call.epoch {
            return true;
        }
        if !self.strikes(Fault::DoorCrashes) {
            return false;
        }
        note!(self, "door {} dies {where_}", call.door);
        self.doors[call.door].is_down = true;
        let delay = self.chance.millis(200, 5_000);
        self.after(delay, Happening::DoorStarts(call.door));
        true
    }

    pub(crate) fn door_starts(&mut self, at: usize) {
        let door = &mut self.doors[at];
        door.epoch += 1;
        door.is_down = false;
        door.known.clear();
        door.told.clear();
        let epoch = door.epoch;
        self.begins_to_sweep(Host::Door(at), epoch);
    }

    /// A call reaches its door, or comes back to it after a conflict.
    pub(crate) fn call_arrives(&mut self, mut call: Box<Call>) {
        if call.attempts == 0 {
            call.epoch = self.doors[call.door].epoch;
        }
        if self.door_may_die(&call, "before a call is looked at") {
            return self.no_answer(&call);
        }
        if let (Caller::Staff(at), 0) = (call.from, call.attempts) {
            let signal = Signal::StaffSeen { staff: self.staff[at].id, at: self.door_clock(call.door) };
            self.seen(signal);
        }
        call.attempts += 1;
        match self.decide(&call) {
            Ok(Step::Answer(answer)) => self.answer(&call, answer),
            Ok(Step::Append(append)) => {
                let delay = self.ledger_delay();
                self.after(delay, Happening::CallCommits(call, Box::new(append)));
            }
            Err(_) => self.answer(&call, Answer::Failed),
        }
    }

    pub(crate) fn call_commits(&mut self, call: Box<Call>, append: Append) {
        // What was sent arrives, though the sender may be dead by then; or it was never sent.
        if self.door_may_die(&call, "around an append") && self.chance.percent(50) {
            return self.no_answer(&call);
        }
        let (stream, expected, wanted) = (append.stream, append.expected, append.events.clone());
        let mut returned = self.commit(append);
        if let Err(AppendError::Unknown(_)) = returned
            && self.chance.percent(50)
            && let Ok(found) = self.read(stream, expected)
            && found.len() >= wanted.len()
            && found.iter().zip(&wanted).all(|(found, want)| found.kind == want.kind && found.data == want.data)
        {
            returned = Ok(found[..wanted.len()].to_vec());
        }
        let delay = self.ledger_delay();
        self.after(delay, Happening::CallReturns(call, returned));
    }

    pub(crate) fn call_returns(&mut self, call: Box<Call>, returned: Returned) {
        if self.door_may_die(&call, "before an answer") {
            return self.no_answer(&call);
        }
        match returned {
            Ok(facts) => {
                self.tell_bus(Host::Door(call.door), &facts);
                for fact in &facts {
                    if let Some(state) = self.doors[call.door].known.remove(&RequestId(fact.stream.id)) {
                        let mut state = Some(state);
                        SupportRequest::apply(&mut state, fact);
                        self.doors[call.door].known.extend(state.map(|state| (state.id, state)));
                    }
                }
                self.acknowledge(&call, &facts);
                self.answer(&call, Answer::Done);
            }
            Err(AppendError::Conflict { .. }) if call.attempts < ATTEMPTS => {
                self.agenda.add(self.now, Happening::CallArrives(call));
            }
            Err(_) => self.answer(&call, Answer::Failed),
        }
    }

    /// What was acknowledged must be in the record for ever (I1).
    fn acknowledge(&mut self, call: &Call, facts: &[Recorded]) {
        if !matches!(call.from, Caller::Nobody) {
            let acknowledged = facts.iter().map(|fact| (fact.stream, fact.version, fact.hash));
            self.checks.acknowledged.extend(acknowledged);
        }
    }

    fn answer(&mut self, call: &Call, answer: Answer) {
        self.note_answer(answer);
        note!(self, "call {} is answered {answer:?}", call.number);
        if self.strikes(Fault::AnswersLost) {
            return self.no_answer(call);
        }
        self.hears_answer(call, answer);
    }

    fn no_answer(&mut self, call: &Call) {
        note!(self, "call {} is not answered", call.number);
        self.hears_answer(call, Answer::Failed);
    }

    /// A request as the record has it now, read on from what the door remembers.
    fn load(&mut self, door: usize, id: RequestId) -> Result<Option<SupportRequest>, LedgerError> {
        let mut state = self.doors[door].known.get(&id).cloned();
        let after = state.as_ref().map_or(Version::NONE, |state| state.version);
        for fact in self.read(StreamId::request(id), after)? {
            SupportRequest::apply(&mut state, &fact);
        }
        if let Some(state) = &state {
            self.doors[door].known.insert(id, state.clone());
        }
        Ok(state)
    }

    fn decide(&mut self, call: &Call) -> Result<Step, LedgerError> {
        let now = self.door_clock(call.door);
        let all = Pool::all();
        let (stream, pool, expected, actor, events) = match &call.ask {
            Ask::Open(id, events) => {
                if call.attempts > 1 && self.load(call.door, *id)?.is_some() {
                    return Ok(Step::Answer(Answer::Done));
                }
                let line = events.iter().find_map(|event| match event {
                    RequestEvent::Opened(opened) => self.options.settings.line(Some(&opened.line)),
                    _ => None,
                });
                let Some(pool) = line.map(|line| line.pool.clone()) else { return Ok(Step::Answer(Answer::NotThere)) };
                (StreamId::request(*id), pool, Version::NONE, Actor::Member, sealed(events.clone()))
            }
            Ask::Change { request, actor, command, as_holder } => {
                let Some(state) = self.load(call.door, *request)? else { return Ok(Step::Answer(Answer::NotThere)) };
                if as_holder.is_some_and(|staff| state.holder() != Some(staff)) {
                    return Ok(Step::Answer(Answer::NotThere));
                }
                // Nobody is named who does not work in that pool.
                if let Command::Assign(to) | Command::AskTransfer(Some(to), _) | Command::Join(to, ..) = command
                    && !self.checks.works_in(*to, &state.pool)
                {
                    return Ok(Step::Answer(Answer::NotThere));
                }
                let mut command = command.clone();
                if let Command::Close { settled, .. } = &mut command {
                    let up_to =
                        |raised: &Raised| (raised.policy.clone(), self.checks.truth.settled(state.id, &raised.policy));
                    settled.extend(state.raised.iter().map(up_to));
                }
                let events = match self.decide_request(&state, command, *actor, now) {
                    Ok(events) if events.is_empty() => return Ok(Step::Answer(Answer::Done)),
                    Ok(events) => events,
                    Err(rejection) => return Ok(Step::Answer(Answer::Refused(rejection))),
                };
                (StreamId::request(*request), state.pool.clone(), state.version, *actor, sealed(events))
            }
            Ask::Escalation { id, staff, command } => {
                let stream = StreamId::escalation(*id);
                let Some(state) = Escalation::replay(&self.read(stream, Version::NONE)?) else {
                    return Ok(Step::Answer(Answer::NotThere));
                };
                let Ok(events) = state.decide(command.clone(), now) else { return Ok(Step::Answer(Answer::NotThere)) };
                (stream, state.pool.clone(), state.version, Actor::Staff(*staff), written(events))
            }
            Ask::Duty(staff, duty) => {
                let mut week = DutyWeek::default();
                for at in [now - TimeDelta::days(7), now] {
                    for fact in self.read(duty_stream(*staff, at), Version::NONE)? {
                        week.apply(&fact);
                    }
                }
                let expected = week.version_at(*staff, now);
                if week.at(now) == *duty && expected != Version::NONE && week.reason.is_none() {
                    return Ok(Step::Answer(Answer::Done));
                }
                let set = DutySet { staff: *staff, duty: *duty, reason: None };
                let events = vec![Event::Duty(DutyEvent::DutySet(set))];
                (duty_stream(*staff, now), all, expected, Actor::Staff(*staff), events)
            }
            Ask::Profile(staff, change) => {
                let mut state = None;
                for fact in self.read(StreamId::staff(*staff), Version::NONE)? {
                    StaffMember::apply(&mut state, &fact);
                }
                let Some(state) = state.filter(|state: &StaffMember| !state.removed) else {
                    return Ok(Step::Answer(Answer::NotThere));
                };
                let moves = matches!(change, Change::Profile(Changed { pools: Some(_), .. }));
                if moves && !self.checks.may_move(*staff, self.now) {
                    return Ok(Step::Answer(Answer::NotThere));
                }
                let events = state.decide(change.clone()).unwrap_or_default();
                let events: Vec<Event> = events.into_iter().map(Event::Staff).collect();
                (StreamId::staff(*staff), all, state.version, Actor::Staff(*staff), events)
            }
            Ask::Hire(staff, added) => {
                let events = vec![Event::Staff(StaffEvent::Added((**added).clone()))];
                (StreamId::staff(*staff), all, Version::NONE, Actor::Staff(*staff), events)
            }
        };
        if events.is_empty() {
            return Ok(Step::Answer(Answer::Done));
        }
        match prepare(stream, pool, expected, actor, &events, now) {
            Ok(append) => Ok(Step::Append(append)),
            Err(error) => {
                self.found(breach("I8", error.to_string()));
                Ok(Step::Answer(Answer::Failed))
            }
        }
    }

    /// What the request itself decides, or what a planted fault makes of it; an accept is never refused while the record
    /// holds the offer open.
    fn decide_request(
        &mut self,
        state: &SupportRequest,
        command: Command,
        actor: Actor,
        now: Time,
    ) -> Result<Vec<RequestEvent>, Rejection> {
        let Command::Accept(offer, staff) = command else { return state.decide(command, actor, now) };
        let open = state.offer(offer).map(|open| open.expires_at);
        let decided = match self.plant {
            Some(Plant::AcceptUnchecked) => Ok(vec![Accepted { offer, volunteer: staff }.into()]),
            Some(Plant::ExpiryBeatsLateAccept) if open.is_some_and(|at| now > at) => Err(Rejection::OfferGone),
            _ => state.decide(command, actor, now),
        };
        let stands = |case: &crate::model::Case| case.offers.iter().any(|o| o.id == offer && o.volunteer == staff);
        if decided.is_err() && self.checks.truth.cases.get(&state.id).is_some_and(stands) {
            self.found(breach("I2", format!("an accept of {offer} is refused although the record holds it open")));
        }
        decided
    }
}

impl Ask {
    /// In a few words, without what anybody typed.
    fn brief(&self) -> String {
        match self {
            Self::Open(id, _) => format!("open {id}"),
            Self::Change { request, actor, command, .. } => {
                let command = match command {
                    Command::Say(say) => format!("say as {}", say.from.as_str()),
                    Command::Accept(offer, staff) => format!("accept {offer} for {staff}"),
                    Command::SetPriority(to, _) => format!("set priority {to}"),
                    Command::Assign(staff) => format!("assign to {staff}"),
                    other => {
                        let text = format!("{other:?}");
                        text.split([' ', '(', '{']).next().unwrap_or_default().to_lowercase()
                    }
                };
                format!("{command} {request} by {actor}")
            }
            Self::Escalation { id, staff, command } => {
                let text = format!("{command:?}");
                let command = text.split([' ', '(', '{']).next().unwrap_or_default().to_lowercase();
                format!("{command} {id} by {staff}")
            }
            Self::Duty(staff, duty) => format!("{staff} is {duty}"),
            Self::Profile(staff, change) => {
                let text = format!("{change:?}");
                format!("{} of {staff}", text.split([' ', '(', '{']).next().unwrap_or_default().to_lowercase())
            }
            Self::Hire(staff, _) => format!("hire {staff}"),
        }
    }
}

/// As recorded: what was typed is unreadable.
fn sealed(mut events: Vec<RequestEvent>) -> Vec<Event> {
    for event in &mut events {
        for text in event.texts_mut() {
            if let Text::Open(typed) = text {
                *text = Text::Sealed(format!("c2VhbGVk{:04x}", typed.len()));
            }
        }
    }
    events.into_iter().map(Event::Request).collect()
}

/// The same of an escalation.
fn written(mut events: Vec<EscalationEvent>) -> Vec<Event> {
    for event in &mut events {
        for text in event.texts_mut() {
            *text = Text::Sealed("c2VhbGVk".to_owned());
        }
    }
    events.into_iter().map(Event::Escalation).collect()
}
