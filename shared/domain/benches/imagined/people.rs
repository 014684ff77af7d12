//! Who volunteers, who waits, who is served.

use chrono::TimeDelta;
use std::collections::BTreeMap;
use std::ops::Range;
use wideawake_domain::dispatch::{Criterion, Why};
use wideawake_domain::process::Signal;
use wideawake_domain::record::{Actor, Part, StreamId};
use wideawake_domain::request::{Command, Findings, Open, SupportRequest, Triaged};
use wideawake_domain::schedule::Shift;
use wideawake_domain::staff::{
    Added, Duty, DutyEvent, DutySet, Qualification, Role, ShiftsSet, StaffEvent, duty_stream,
};
use wideawake_domain::{Event, Pool, Priority, RequestId, StaffId};

use super::{Imagined, LANGUAGES, ROUTER, Step};

/// The first two can be needed; a member may ask for the third; the others are what somebody happens to be trained in.
const SKILLS: [&str; 12] = [
    "crisis",
    "safeguarding",
    "grief",
    "addiction",
    "violence",
    "veterans",
    "eating",
    "lgbtq",
    "postpartum",
    "autism",
    "students",
    "farmers",
];

/// How the volunteers are.
pub(super) struct Hiring {
    /// How many.
    pub(super) number: usize,
    /// How many combinations of languages and qualifications there are at most.
    pub(super) kinds: usize,
    /// Each speaks between one and three of so many.
    pub(super) languages: usize,
    /// What they say of their duty.
    pub(super) duty: Duty,
    /// The hours of the day at which a shift of one hour starts; none: they are always on shift.
    pub(super) hours: &'static [u32],
}

impl Imagined {
    pub(super) fn hire(&mut self, hiring: &Hiring) {
        let combinations: Vec<(Vec<usize>, Vec<usize>)> = (0..hiring.kinds)
            .map(|_| {
                let languages = (0..=self.below(3)).map(|_| self.below(hiring.languages)).collect();
                let skills = (0..SKILLS.len()).filter(|_| self.below(3) == 0).collect();
                (languages, skills)
            })
            .collect();
        let shifts = shifts(hiring.hours);
        let mut step = self.step("hired");
        for n in 0..hiring.number {
            let (languages, skills) = &combinations[n % hiring.kinds];
            let id = StaffId(self.id());
            let added = Added {
                alias: String::new(),
                roles: vec![Role::Volunteer],
                pools: vec![Pool::named("main")],
                zone: [chrono_tz::Tz::UTC, chrono_tz::Tz::Asia__Tokyo, chrono_tz::Tz::America__New_York][self.below(3)],
                languages: languages.iter().map(|n| LANGUAGES[*n].parse().unwrap()).collect(),
                capacity: 2,
                qualifications: skills
                    .iter()
                    .map(|n| Qualification { skill: SKILLS[*n].parse().unwrap(), valid_until: None })
                    .collect(),
                token: String::new(),
            };
            let shifts_set = ShiftsSet { shifts: shifts.clone() };
            let profile = vec![Event::Staff(StaffEvent::Added(added)), Event::Staff(StaffEvent::ShiftsSet(shifts_set))];
            self.append(&mut step, StreamId::staff(id), Actor::System(Part::Operator), profile);
            let set = DutySet { staff: id, duty: hiring.duty, reason: None };
            let duty = vec![Event::Duty(DutyEvent::DutySet(set))];
            self.append(&mut step, duty_stream(id, self.now), Actor::Staff(id), duty);
            step.signals.push(Signal::StaffSeen { staff: id, at: self.now + self.presence });
            self.volunteers.push((id, languages[0]));
        }
        self.decide(&step);
    }

    /// So many ask for support one after the other, in any of these languages, and are not served.
    pub(super) fn wait(&mut self, number: usize, languages: Range<usize>) {
        let mut step = self.step("waiting");
        for _ in 0..number {
            let (priority, language) = self.any(&languages);
            let id = self.open(&mut step, language, priority);
            self.waiting.push_back(id);
            self.now += TimeDelta::microseconds(10);
            step.at = self.now;
        }
        self.decide(&step);
    }

    pub(super) fn any(&mut self, languages: &Range<usize>) -> (Priority, usize) {
        (Priority::ALL[self.below(4)], languages.start + self.below(languages.len()))
    }

    /// Everybody of `volunteers` gets as many conversations as they can hold.
    pub(super) fn occupy(&mut self, volunteers: Range<usize>) {
        let mut step = self.step("occupied");
        for n in volunteers.clone().chain(volunteers) {
            let (volunteer, language) = self.volunteers[n];
            let id = self.open_plainly(&mut step, language);
            let why = Why {
                considered: 1,
                out: BTreeMap::new(),
                runner_up: None,
                decided_by: Criterion::Only,
                present_at: None,
            };
            let offer = Command::Offer(volunteer, self.now + TimeDelta::seconds(30), why);
            self.command(&mut step, id, ROUTER, offer);
            let offer = self.requests[&id].offers[0].id;
            self.command(&mut step, id, Actor::Staff(volunteer), Command::Accept(offer, volunteer));
            self.held.push_back(id);
        }
        self.decide(&step);
    }

    fn open_plainly(&mut self, step: &mut Step, language: usize) -> RequestId {
        self.open_as(step, "night", language, Priority::Standard, false)
    }

    /// Somebody asks for support, on either line, with or without a topic.
    pub(super) fn open(&mut self, step: &mut Step, language: usize, priority: Priority) -> RequestId {
        let line = if self.below(5) == 0 { "youth" } else { "night" };
        let grieves = self.below(3) == 0;
        self.open_as(step, line, language, priority, grieves)
    }

    fn open_as(
        &mut self,
        step: &mut Step,
        line: &str,
        language: usize,
        priority: Priority,
        grieves: bool,
    ) -> RequestId {
        let id = RequestId(self.id());
        let mut events = SupportRequest::open(Open {
            line: line.to_owned(),
            language: LANGUAGES[language].parse().unwrap(),
            time_zone: None,
            country: None,
            alias: None,
            age_band: None,
            topics: if grieves { vec!["grief".parse().unwrap()] } else { vec![] },
            message: None,
            screening: None,
            answers: None,
            token: String::new(),
            fingerprint: None,
            again: None,
            findings: Findings::default(),
        });
        events.push(Triaged { level: None, priority, ..Triaged::default() }.into());
        let events = events.into_iter().map(Event::Request).collect();
        self.append(step, StreamId::request(id), Actor::Member, events);
        step.signals.push(Signal::MemberSeen { request: id, at: self.now + self.presence });
        id
    }
}

fn shifts(hours: &[u32]) -> Vec<Shift> {
    let shift = |start: u32, end: u32| {
        let text = format!(
            r#"{{"zone":"Etc/UTC","days":["mon","tue","wed","thu","fri","sat","sun"],"start":"{start:02}:00","end":"{end:02}:00"}}"#
        );
        serde_json::from_str(&text).unwrap()
    };
    if hours.is_empty() { vec![shift(0, 0)] } else { hours.iter().map(|hour| shift(*hour, (hour + 1) % 24)).collect() }
}
