//! Members: on a bad phone and a worse night. They talk, leave, vanish, come back, and press twice.

use wideawake_domain::process::Signal;
use wideawake_domain::request::{
    Again, AgeBand, Command, Findings, Once, Open, RequestEvent, Say, Speaker, SupportRequest,
};
use wideawake_domain::screening::Screening;
use wideawake_domain::{Actor, RequestId, StaffId, Text};

use super::Happens;
use crate::call::{Answer, Ask, Caller, OPEN_TEXT};
use crate::options::{language, skill};
use crate::world::{Happening, World};

/// How often the page proves that it is open.
const BEAT: i64 = 20_000;

#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) request: RequestId,
    opening: Vec<RequestEvent>,
    tries: u32,
    /// Somebody told them that they are heard.
    is_acknowledged: bool,
    /// Their page is open and reaches us.
    pub(crate) is_there: bool,
    has_gone: bool,
    said: u32,
}

pub(super) fn typed() -> Text {
    Text::Open(OPEN_TEXT.to_owned())
}

impl World {
    pub(super) fn expect_member(&mut self) {
        let length = self.options.length.num_milliseconds();
        // Some come one by one, some all at once.
        let at = if self.chance.percent(70) {
            self.chance.between(500, length - 60_000)
        } else {
            self.chance.between(0, 4) * (length - 60_000) / 4 + self.chance.between(500, 2_000)
        };
        let when = self.now + chrono::TimeDelta::milliseconds(at);
        let request = RequestId(self.chance.id(when));
        let opening = self.opening();
        let number = self.members.len();
        self.members_by_request.insert(request, number);
        self.members.push(Member {
            request,
            opening,
            tries: 0,
            is_acknowledged: false,
            is_there: true,
            has_gone: false,
            said: 0,
        });
        self.agenda.add(when, Happening::Person(Happens::Asks(number)));
        if self.chance.percent(30) {
            let again = self.chance.millis(0, 2_000);
            self.agenda.add(when + again, Happening::Person(Happens::Asks(number)));
        }
    }

    fn opening(&mut self) -> Vec<RequestEvent> {
        let chance = &mut self.chance;
        let pool = chance.below(self.options.settings.pools.len());
        let staff: Vec<StaffId> = self.staff.iter().map(|staff| staff.id).collect();
        let screening = match chance.below(10) {
            0..4 => None,
            4 | 5 => Some(Screening { q1: true, ..Screening::default() }),
            6 => Some(Screening { q3: true, ..Screening::default() }),
            7 | 8 => Some(Screening { q4: true, ..Screening::default() }),
            _ => Some(Screening { q5: true, intent_now: true, ..Screening::default() }),
        };
        let again = chance.some(&staff).filter(|_| chance.percent(15));
        let opening = Open {
            line: self.options.settings.lines[2 * pool + usize::from(!chance.percent(85))].name.clone(),
            language: language(chance.one(&["en", "en", "en-GB", "es", "es-AR", "pt-BR", "pt", "fr"])),
            time_zone: None,
            country: None,
            alias: chance.percent(50).then(typed),
            age_band: chance.one(&[None, None, Some(AgeBand::Over25), Some(AgeBand::Under18)]),
            topics: if chance.percent(30) { vec![skill(chance.one(&["grief", "anxiety"]))] } else { Vec::new() },
            message: chance.percent(60).then(typed),
            answers: screening.map(|_| typed()),
            screening,
            token: "dG9rZW4".to_owned(),
            fingerprint: None,
            again: again.map(|volunteer| Again { request: RequestId(chance.id(self.now)), volunteer }),
            findings: Findings::default(),
        };
        let mut events = SupportRequest::open(opening);
        for event in &mut events {
            if let RequestEvent::Triaged(triaged) = event
                && chance.percent(10)
            {
                triaged.needs.push(skill("crisis"));
            }
        }
        events
    }

    pub(super) fn member_asks(&mut self, at: usize) {
        let member = &mut self.members[at];
        if member.is_acknowledged || member.has_gone || member.tries > 8 {
            return;
        }
        member.tries += 1;
        let ask = Ask::Open(member.request, member.opening.clone());
        self.call(Caller::Member(at), ask);
    }

    pub(super) fn member_hears(&mut self, at: usize, ask: &Ask, answer: Answer) {
        match (ask, answer) {
            (Ask::Open(..), Answer::Done) if !self.members[at].is_acknowledged => {
                self.members[at].is_acknowledged = true;
                let opened = self.checks.opening_acknowledged(self.members[at].request);
                self.found(opened);
                self.soon(0, BEAT, Happens::MemberBeats(at));
                self.soon(5_000, 60_000, Happens::MemberMood(at));
            }
            (Ask::Open(..), Answer::Failed) => self.soon(1_000, 6_000, Happens::Asks(at)),
            // Whatever was lost is said again, with the same key.
            (Ask::Change { command: Command::Say(say), .. }, Answer::Failed) if self.members[at].said < 60 => {
                let again = Command::Say(say.clone());
                self.member_calls(at, again);
            }
            _ => {}
        }
    }

    fn member_calls(&mut self, at: usize, command: Command) {
        self.members[at].said += 1;
        let request = self.members[at].request;
        self.call(Caller::Member(at), Ask::Change { request, actor: Actor::Member, command, as_holder: None });
    }

    fn has_ended(&self, at: usize) -> bool {
        let case = self.checks.truth.cases.get(&self.members[at].request);
        self.members[at].has_gone || case.is_some_and(crate::model::Case::is_closed)
    }

    pub(super) fn member_beats(&mut self, at: usize) {
        if self.has_ended(at) {
            return;
        }
        if self.members[at].is_there {
            let door = self.chance.below(self.doors.len());
            let signal = Signal::MemberSeen { request: self.members[at].request, at: self.door_clock(door) };
            self.seen(signal);
        }
        self.after(chrono::TimeDelta::milliseconds(BEAT), Happening::Person(Happens::MemberBeats(at)));
    }

    pub(super) fn member_mood(&mut self, at: usize) {
        if self.has_ended(at) {
            return;
        }
        let weights = if self.is_morning { [30, 0, 0, 0, 0, 70] } else { [45, 12, 4, 6, 1, 32] };
        let mood = if self.members[at].is_there { self.chance.weighted(&weights) } else { 5 };
        match mood {
            0 => self.member_says(at),
            1 => {
                self.members[at].is_there = false;
                self.soon(10_000, 250_000, Happens::MemberReturns(at));
            }
            2 => (self.members[at].is_there, self.members[at].has_gone) = (false, true),
            3 => {
                let retention = self.settings().lines[0].retention;
                self.member_calls(at, Command::Leave(retention));
            }
            4 => self.member_calls(at, Command::Erase),
            _ => {}
        }
        self.soon(5_000, 90_000, Happens::MemberMood(at));
    }

    fn member_says(&mut self, at: usize) {
        let once = Once { key: format!("key-{}", self.members[at].said), body: "body".to_owned() };
        let once = self.chance.percent(50).then_some(once);
        let twice = once.is_some() && self.chance.percent(40);
        let say = Say {
            from: Speaker::Member,
            staff: None,
            aside: false,
            text: typed(),
            once,
            findings: Findings::default(),
        };
        for _ in 0..=usize::from(twice) {
            self.member_calls(at, Command::Say(say.clone()));
        }
        // A rule may find words that raise the priority, in a call of its own here.
        if self.chance.percent(6) {
            let request = self.members[at].request;
            let to = self.chance.one(&wideawake_domain::Priority::ALL);
            let actor = Actor::System(wideawake_domain::record::Part::Intake);
            let command = Command::SetPriority(to, None);
            self.call(Caller::Nobody, Ask::Change { request, actor, command, as_holder: None });
        }
    }
}
