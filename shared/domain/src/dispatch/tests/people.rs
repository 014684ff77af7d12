//! Who works in the imaginary pool, who asks for support there, and what they usually do.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Value, json};

use super::*;
use crate::Text;
use crate::request::{Again, AgeBand, Findings, Open, ReleaseReason, Say, Speaker, Triaged};
use crate::settings::{Dispatch, Line, Skill};
use crate::staff::{
    Added, Changed, Duty, DutyEvent, DutySet, Entry, LeaveAdded, Qualification, QualificationsSet, Role, ShiftsSet,
    StaffEvent, duty_stream,
};

pub(super) fn settings() -> Settings {
    let line = |name: &str, needs: Vec<Skill>, default| Line {
        name: name.to_owned(),
        pool: Pool::named("main"),
        languages: vec!["en".parse().unwrap(), "es".parse().unwrap()],
        needs,
        prefers: Vec::new(),
        topics: vec![skill("grief"), skill("anxiety")],
        outcomes: vec!["supported".to_owned()],
        retention: Some(TimeDelta::days(30)),
        templates: Vec::new(),
        default,
    };
    let lines = vec![line("night", vec![], true), line("crisis", vec![skill("crisis")], false)];
    Settings { pools: vec![Pool::named("main")], lines, dispatch: Dispatch::default() }
}

pub(super) fn skill(name: &str) -> Skill {
    name.parse().unwrap()
}

/// Every hour of every day.
pub(super) fn always() -> Value {
    json!({"zone": "Etc/UTC", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "00:00"})
}

/// This Monday, in UTC.
pub(super) fn today(start: &str, end: &str) -> Value {
    json!({"zone": "Etc/UTC", "date": "2026-03-02", "start": start, "end": end})
}

pub(super) struct Person {
    pub roles: Vec<Role>,
    pub languages: Vec<&'static str>,
    pub skills: Vec<(&'static str, Option<DateTime<Utc>>)>,
    pub zone: Tz,
    pub capacity: u32,
    pub shifts: Vec<Value>,
    pub duty: Duty,
    pub present: bool,
}

impl Default for Person {
    fn default() -> Self {
        Self {
            roles: vec![Role::Volunteer],
            languages: vec!["en"],
            skills: vec![],
            zone: Tz::UTC,
            capacity: 2,
            shifts: vec![always()],
            duty: Duty::Ready,
            present: true,
        }
    }
}

pub(super) struct Ask {
    pub line: &'static str,
    pub language: &'static str,
    pub priority: Priority,
    pub age_band: Option<AgeBand>,
    pub topics: Vec<&'static str>,
    pub required: Vec<String>,
    pub again: Option<StaffId>,
}

impl Default for Ask {
    fn default() -> Self {
        let (line, language, priority) = ("night", "en", Priority::Standard);
        Self { line, language, priority, age_band: None, topics: vec![], required: vec![], again: None }
    }
}

impl World {
    pub(super) fn add(&mut self, person: Person) -> StaffId {
        let id = StaffId(self.next_id());
        let qualification =
            |(name, valid_until): &(&str, _)| Qualification { skill: skill(name), valid_until: *valid_until };
        let added = Added {
            alias: format!("alias {}", self.last_id),
            roles: person.roles,
            pools: vec![Pool::named("main")],
            zone: person.zone,
            languages: person.languages.iter().map(|tag| tag.parse().unwrap()).collect(),
            capacity: person.capacity,
            qualifications: person.skills.iter().map(qualification).collect(),
            token: String::new(),
        };
        self.staff_event(id, added);
        self.set_shifts(id, person.shifts);
        if person.present {
            self.present.insert(id);
            self.signal(Signal::StaffSeen { staff: id, at: self.now });
        }
        self.set_duty(id, person.duty);
        id
    }

    /// Somebody like everybody else.
    pub(super) fn volunteer(&mut self) -> StaffId {
        self.add(Person::default())
    }

    /// Somebody who can do one thing at a time.
    pub(super) fn single(&mut self) -> StaffId {
        self.add(Person { capacity: 1, ..Person::default() })
    }

    pub(super) fn supervisor(&mut self) -> StaffId {
        self.add(Person { roles: vec![Role::Supervisor], ..Person::default() })
    }

    pub(super) fn staff_event(&mut self, id: StaffId, event: impl Into<StaffEvent>) {
        self.record(StreamId::staff(id), Pool::all(), Actor::System(Part::Operator), vec![Event::Staff(event.into())]);
    }

    pub(super) fn set_shifts(&mut self, id: StaffId, shifts: Vec<Value>) {
        let shifts = shifts.into_iter().map(|shift| serde_json::from_value(shift).unwrap()).collect();
        self.staff_event(id, ShiftsSet { shifts });
        self.settle();
    }

    pub(super) fn set_skills(&mut self, id: StaffId, skills: &[&str]) {
        let qualification = |name: &&str| Qualification { skill: skill(name), valid_until: None };
        self.staff_event(id, QualificationsSet { qualifications: skills.iter().map(qualification).collect() });
        self.settle();
    }

    pub(super) fn set_capacity(&mut self, id: StaffId, capacity: u32) {
        self.staff_event(id, Changed { capacity: Some(capacity), ..Changed::default() });
        self.settle();
    }

    pub(super) fn add_leave(&mut self, id: StaffId, start: &str, end: &str) {
        let span = serde_json::from_value(json!({"zone": "Etc/UTC", "start": start, "end": end})).unwrap();
        let entry = Entry { id: self.next_id(), span };
        self.staff_event(id, LeaveAdded { entry });
        self.settle();
    }

    pub(super) fn set_duty(&mut self, staff: StaffId, duty: Duty) {
        let set = DutySet { staff, duty, reason: None };
        let event = Event::Duty(DutyEvent::DutySet(set));
        self.record(duty_stream(staff, self.now), Pool::all(), Actor::Staff(staff), vec![event]);
        self.settle();
    }

    pub(super) fn open(&mut self, ask: Ask) -> RequestId {
        let id = RequestId(self.next_id());
        let again = ask.again.map(|volunteer| Again { request: id, volunteer });
        let mut events = SupportRequest::open(Open {
            line: ask.line.to_owned(),
            language: ask.language.parse().unwrap(),
            time_zone: None,
            country: None,
            alias: None,
            age_band: ask.age_band,
            topics: ask.topics.into_iter().map(skill).collect(),
            message: None,
            screening: None,
            answers: None,
            token: String::new(),
            fingerprint: None,
            again,
            findings: Findings::default(),
        });
        if ask.priority > Priority::Standard || !ask.required.is_empty() {
            let needs = ask.required.iter().map(|name| skill(name)).collect();
            events.push(Triaged { level: None, priority: ask.priority, needs, ..Triaged::default() }.into());
        }
        self.watching.insert(id);
        let events = events.into_iter().map(Event::Request).collect();
        self.record(StreamId::request(id), Pool::named("main"), Actor::Member, events);
        self.settle();
        id
    }

    /// A request like any other.
    pub(super) fn ask(&mut self) -> RequestId {
        self.open(Ask::default())
    }

    pub(super) fn ask_at(&mut self, priority: Priority) -> RequestId {
        self.open(Ask { priority, ..Ask::default() })
    }

    /// A request that `staff` holds, whatever else they do: a supervisor gave it to them.
    pub(super) fn held_by(&mut self, staff: StaffId, ask: Ask) -> RequestId {
        let request = self.open(ask);
        self.assign(request, staff);
        request
    }

    pub(super) fn assign(&mut self, request: RequestId, staff: StaffId) {
        let supervisor = StaffId(uuid::Uuid::max());
        self.act(request, Actor::Staff(supervisor), Command::Assign(staff)).unwrap();
    }

    pub(super) fn says(&mut self, request: RequestId, staff: StaffId) {
        let text = Text::Sealed("x".to_owned());
        let say = Say {
            from: Speaker::Volunteer,
            staff: Some(staff),
            aside: false,
            text,
            once: None,
            findings: Findings::default(),
        };
        self.act(request, Actor::Staff(staff), Command::Say(say)).unwrap();
    }

    pub(super) fn member_says(&mut self, request: RequestId) {
        let text = Text::Sealed("x".to_owned());
        let say =
            Say { from: Speaker::Member, staff: None, aside: false, text, once: None, findings: Findings::default() };
        self.act(request, Actor::Member, Command::Say(say)).unwrap();
    }

    pub(super) fn close(&mut self, request: RequestId) {
        let outcome = "supported".to_owned();
        let command = Command::Close {
            by_supervisor: true,
            settled: BTreeMap::new(),
            outcome,
            risk_assessed: true,
            note: None,
            retention: None,
        };
        self.act(request, Actor::Staff(StaffId(uuid::Uuid::max())), command).unwrap();
    }

    pub(super) fn gives_back(&mut self, request: RequestId, staff: StaffId) {
        self.act(request, Actor::Staff(staff), Command::Release(ReleaseReason::GaveBack, None)).unwrap();
    }

    pub(super) fn leaves(&mut self, request: RequestId) {
        self.act(request, Actor::Member, Command::Leave(None)).unwrap();
    }

    /// A supervisor says how urgent it is.
    pub(super) fn set_priority(&mut self, request: RequestId, priority: Priority) {
        let supervisor = Actor::Staff(StaffId(uuid::Uuid::max()));
        self.act(request, supervisor, Command::SetPriority(priority, None)).unwrap();
    }

    pub(super) fn falls_silent(&mut self, staff: StaffId) {
        self.present.remove(&staff);
    }

    pub(super) fn is_heard(&mut self, staff: StaffId) {
        self.present.insert(staff);
        self.signal(Signal::StaffSeen { staff, at: self.now });
        self.settle();
    }

    pub(super) fn duty(&self, staff: StaffId) -> Duty {
        self.truth.duty_of(staff, self.now)
    }
}
