//! The policy as it is: the real dispatcher over a record in memory. What it wishes for is recorded at once, and what people
//! do is decided by the request itself, so that nothing here knows a rule.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use wideawake_domain::dispatch::{Dispatcher, Rank};
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::record::Part;
use wideawake_domain::request::{Command, Findings, Open, RequestEvent, Say, Speaker, SupportRequest};
use wideawake_domain::screening::Screening;
use wideawake_domain::staff::{Duty, DutyEvent, DutySet, ShiftsSet, StaffEvent, duty_stream};
use wideawake_domain::wait::Pace;
use wideawake_domain::{Actor, Event, OfferId, Pool, Priority, RequestId, StaffId, StreamId, Text};

use super::course::{Begun, Course, LATER, Told};
use super::night::{Asker, Night};
use crate::Time;
use crate::agenda::Agenda;
use crate::chance::Chance;
use crate::ledger::Ledger;
use crate::options::pool;
use crate::ports::prepare;

/// How often a client proves itself alive.
const BEAT: TimeDelta = TimeDelta::seconds(20);

/// How long after a missed second offer somebody says again that they are ready, in seconds.
const BREAK: (i64, i64) = (3 * 60, 10 * 60);

/// Whoever is not served by so long after the last of the night never is.
const LATEST: TimeDelta = TimeDelta::hours(12);

/// How long after accepting a volunteer writes the first word, in seconds.
const FIRST_WORD: (i64, i64) = (5, 40);

#[derive(Clone, Copy, Debug)]
enum Happens {
    Wakes,
    Asks(usize),
    /// They look again at how long it may take.
    AsksAgain(usize),
    MemberBeats(usize),
    PersonBeats(usize),
    SaysDuty(usize, Duty),
    Accepts {
        asker: usize,
        person: usize,
        offer: OfferId,
    },
    Writes {
        asker: usize,
        person: usize,
    },
    Ends {
        asker: usize,
    },
}

struct Life<'a> {
    night: &'a Night,
    now: Time,
    agenda: Agenda<Happens>,
    wakes_at: Option<Time>,
    chance: Chance,
    ledger: Ledger,
    dispatcher: Dispatcher,
    requests: BTreeMap<RequestId, SupportRequest>,
    askers: BTreeMap<RequestId, usize>,
    people: BTreeMap<StaffId, usize>,
    /// By person, how many conversations they hold.
    held: Vec<u32>,
    /// By asker, how many offers there were.
    offers: Vec<usize>,
    course: Course,
    /// What the members' door knows of the pool.
    pace: Pace,
}

/// Lives through `night`.
pub(crate) fn live(night: &Night) -> Course {
    let mut life = Life::new(night);
    life.gather();
    while let Some((at, happens)) = life.agenda.next() {
        life.now = at;
        life.happens(happens);
        life.decide();
        // The dispatcher always knows of a next shift: the night ends with the last conversation.
        if at >= night.end() && (life.requests.is_empty() || at >= night.end() + LATEST) {
            break;
        }
    }
    life.course
}

impl<'a> Life<'a> {
    fn new(night: &'a Night) -> Self {
        Self {
            night,
            now: night.people.iter().map(|person| person.from).fold(night.start, Time::min),
            agenda: Agenda::new(),
            wakes_at: None,
            chance: night.dice(2),
            ledger: Ledger::new(false),
            dispatcher: Dispatcher::new(pool(), night.settings.clone()),
            requests: BTreeMap::new(),
            askers: night.askers.iter().enumerate().map(|(n, asker)| (asker.request, n)).collect(),
            people: night.people.iter().enumerate().map(|(n, person)| (person.id, n)).collect(),
            held: vec![0; night.people.len()],
            offers: vec![0; night.askers.len()],
            course: Course::new(night),
            pace: Pace::default(),
        }
    }

    /// Everybody is on the roster before the night begins.
    fn gather(&mut self) {
        for person in &self.night.people {
            let shifts = ShiftsSet { shifts: vec![person.shift()] };
            let events = [StaffEvent::Added(person.added()), StaffEvent::ShiftsSet(shifts)].map(Event::Staff);
            self.append(StreamId::staff(person.id), Pool::all(), Actor::System(Part::Operator), &events);
        }
        self.dispatcher.took_over(self.now);
        for (n, person) in self.night.people.iter().enumerate() {
            self.agenda.add(person.from, Happens::SaysDuty(n, Duty::Ready));
            self.agenda.add(person.to, Happens::SaysDuty(n, Duty::Off));
            self.agenda.add(person.from, Happens::PersonBeats(n));
        }
        for (n, asker) in self.night.askers.iter().enumerate() {
            self.agenda.add(asker.at, Happens::Asks(n));
        }
    }

    fn happens(&mut self, happens: Happens) {
        match happens {
            Happens::Wakes => self.wakes_at = None,
            Happens::Asks(asker) => self.asks(asker),
            Happens::AsksAgain(asker) => {
                let who = &self.night.askers[asker];
                if self.requests.get(&who.request).is_some_and(SupportRequest::is_waiting) {
                    self.course.told_again[asker] = self.tell(who);
                }
            }
            Happens::MemberBeats(asker) => {
                let request = self.night.askers[asker].request;
                if self.requests.contains_key(&request) {
                    self.dispatcher.signal(Signal::MemberSeen { request, at: self.now });
                    self.agenda.add(self.now + BEAT, Happens::MemberBeats(asker));
                }
            }
            Happens::PersonBeats(person) => {
                let someone = &self.night.people[person];
                if self.now < someone.to || self.held[person] > 0 {
                    self.dispatcher.signal(Signal::StaffSeen { staff: someone.id, at: self.now });
                    self.agenda.add(self.now + BEAT, Happens::PersonBeats(person));
                }
            }
            Happens::SaysDuty(person, duty) => self.says(person, duty),
            Happens::Accepts { asker, person, offer } => {
                let staff = self.night.people[person].id;
                self.change(asker, Actor::Staff(staff), Command::Accept(offer, staff));
            }
            Happens::Writes { asker, person } => {
                let staff = self.night.people[person].id;
                let text = Text::Sealed("c2VhbGVk".to_owned());
                let say = Say {
                    from: Speaker::Volunteer,
                    staff: Some(staff),
                    aside: false,
                    text,
                    once: None,
                    findings: Findings::default(),
                };
                self.change(asker, Actor::Staff(staff), Command::Say(say));
            }
            Happens::Ends { asker } => {
                let holder = self.requests.get(&self.night.askers[asker].request).and_then(SupportRequest::holder);
                let Some(holder) = holder else { return };
                let outcome = "supported".to_owned();
                let retention = self.night.settings.lines[0].retention;
                let close = Command::Close {
                    by_supervisor: false,
                    settled: BTreeMap::new(),
                    outcome,
                    risk_assessed: true,
                    note: None,
                    retention,
                };
                self.change(asker, Actor::Staff(holder), close);
            }
        }
    }

    fn asks(&mut self, asker: usize) {
        let who = &self.night.askers[asker];
        let events: Vec<Event> = SupportRequest::open(opening(who)).into_iter().map(Event::Request).collect();
        self.append(StreamId::request(who.request), pool(), Actor::Member, &events);
        self.agenda.add(self.now + BEAT, Happens::MemberBeats(asker));
        self.agenda.add(self.now + LATER, Happens::AsksAgain(asker));
        self.course.told[asker] = self.tell(who);
    }

    /// What the members' door says at once, before anybody can have been asked: see `services/intake/src/state.rs`.
    fn tell(&self, who: &Asker) -> Option<Told> {
        let settings = &self.night.settings;
        let rank = |request: &SupportRequest| Rank::of(request, &settings.dispatch, self.now);
        let request = self.requests.get(&who.request)?;
        let mine = rank(request);
        let ahead = self.requests.values().filter(|other| other.is_waiting() && rank(other) < mine).count();
        Some(Told { ahead, wait: self.pace.estimate(request, ahead, settings, self.now) })
    }

    fn says(&mut self, person: usize, duty: Duty) {
        let someone = &self.night.people[person];
        if duty == Duty::Ready && self.now >= someone.to {
            return;
        }
        let set = Event::Duty(DutyEvent::DutySet(DutySet { staff: someone.id, duty, reason: None }));
        self.append(duty_stream(someone.id, self.now), Pool::all(), Actor::Staff(someone.id), &[set]);
    }

    fn change(&mut self, asker: usize, actor: Actor, command: Command) {
        let id = self.night.askers[asker].request;
        let Some(request) = self.requests.get(&id) else { return };
        // What is refused, such as an offer that somebody else took, is over.
        let events = request.decide(command, actor, self.now).unwrap_or_default();
        let events: Vec<Event> = events.into_iter().map(Event::Request).collect();
        self.append(StreamId::request(id), pool(), actor, &events);
    }

    /// Lets the dispatcher decide until it has nothing more to wish for now.
    fn decide(&mut self) {
        while self.dispatcher.due().is_some_and(|due| due <= self.now) {
            for intent in self.dispatcher.decide(self.now) {
                let Intent { stream, pool, actor, events, .. } = intent;
                self.append(stream, pool, actor, &events);
                self.dispatcher.settled(stream);
            }
        }
        if let Some(due) = self.dispatcher.due()
            && self.wakes_at.is_none_or(|wakes| due < wakes)
        {
            self.wakes_at = Some(due);
            self.agenda.add(due, Happens::Wakes);
        }
    }

    /// Records, and lets everybody know.
    fn append(&mut self, stream: StreamId, pool: Pool, actor: Actor, events: &[Event]) {
        let expected = self.ledger.version(stream);
        if events.is_empty() {
            return;
        }
        let append = prepare(stream, pool, expected, actor, events, self.now);
        let facts = append.ok().and_then(|append| self.ledger.append(append).ok()).unwrap_or_default();
        for fact in &facts {
            self.dispatcher.observe(fact);
            self.pace.note(fact, &self.night.settings);
            if let Some(asker) = self.askers.get(&RequestId(stream.id)).copied() {
                let id = RequestId(stream.id);
                let mut state = self.requests.remove(&id);
                SupportRequest::apply(&mut state, fact);
                self.requests.extend(state.filter(|state| !state.is_closed()).map(|state| (id, state)));
                if let Ok(Event::Request(event)) = fact.event() {
                    self.follows(asker, event);
                }
            } else if let Ok(Event::Duty(DutyEvent::DutySet(set))) = fact.event()
                && set.duty == Duty::Break
                && let Some(person) = self.people.get(&set.staff)
                && !self.night.is_deaf(*person)
            {
                let back = self.now + self.chance.seconds(BREAK.0, BREAK.1);
                self.agenda.add(back, Happens::SaysDuty(*person, Duty::Ready));
            }
        }
    }

    /// What people make of an event.
    fn follows(&mut self, asker: usize, event: RequestEvent) {
        match event {
            RequestEvent::Offered(offered) => {
                let Some(person) = self.people.get(&offered.volunteer).copied() else { return };
                self.course.asked[person] += 1;
                if let Some(delay) = self.night.answer(asker, self.offers[asker], person) {
                    let accepts = Happens::Accepts { asker, person, offer: offered.offer };
                    self.agenda.add(self.now + delay, accepts);
                }
                self.offers[asker] += 1;
            }
            RequestEvent::OfferExpired(expired) => {
                if let Some(person) = self.people.get(&expired.volunteer) {
                    self.course.missed[*person] += 1;
                }
            }
            RequestEvent::Accepted(accepted) => {
                let Some(person) = self.people.get(&accepted.volunteer).copied() else { return };
                self.held[person] += 1;
                self.course.begun[asker] = Some(Begun { at: self.now, person });
                let first_word = self.now + self.chance.seconds(FIRST_WORD.0, FIRST_WORD.1);
                self.agenda.add(first_word, Happens::Writes { asker, person });
                self.agenda.add(self.now + self.night.askers[asker].length, Happens::Ends { asker });
            }
            RequestEvent::Closed(_) => {
                if let Some(begun) = self.course.begun[asker] {
                    self.held[begun.person] -= 1;
                }
            }
            _ => {}
        }
    }
}

/// What the member says at the door: the answers are such that the screening gives their priority.
fn opening(who: &Asker) -> Open {
    let screening = match who.priority {
        Priority::Standard => Screening { q1: true, ..Screening::default() },
        Priority::Elevated => Screening { q3: true, ..Screening::default() },
        Priority::Urgent => Screening { q4: true, ..Screening::default() },
        Priority::Imminent => Screening { q5: true, intent_now: true, ..Screening::default() },
    };
    Open {
        line: "night".to_owned(),
        language: who.language.clone(),
        time_zone: None,
        country: None,
        alias: None,
        age_band: who.age_band,
        topics: who.topics.clone(),
        message: None,
        screening: Some(screening),
        answers: None,
        token: "dG9rZW4".to_owned(),
        fingerprint: None,
        again: None,
        findings: Findings::default(),
    }
}
