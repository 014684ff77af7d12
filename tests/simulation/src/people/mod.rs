//! The people of a night: what they do, what they are told, and what they make of it.

mod called; // who is paged
mod member; // who asks for support
mod profile; // who is hired, with which hours
mod staff; // who answers
mod supervisor; // who answers for what happens

use chrono::TimeDelta;
use wideawake_domain::request::{Joined, RequestEvent};
use wideawake_domain::{EscalationId, Event, OfferId, Recorded, RequestId, StaffId};

pub(crate) use member::Member;
pub(crate) use staff::Staff;

use crate::Time;
use crate::call::{Answer, Call, Caller};
use crate::world::{Happening, World};

/// Something that people do, or that comes before their eyes.
#[derive(Clone, Debug)]
pub(crate) enum Happens {
    /// A member asks for support, perhaps once more.
    Asks(usize),
    /// A member's page proves that it is open.
    MemberBeats(usize),
    /// A member does something, or nothing.
    MemberMood(usize),
    /// A member who vanished is there again.
    MemberReturns(usize),
    /// A client of the staff proves itself alive.
    StaffBeats(usize),
    /// Somebody of the staff feels different.
    StaffMood(usize),
    /// A client that was cut off or frozen is there again.
    StaffReturns(usize),
    /// Somebody says that they are ready.
    Ready(usize),
    /// An offer comes before a volunteer's eyes.
    Shown(usize, Offer),
    /// They take it.
    Accepts(usize, Offer),
    /// They do not.
    Declines(usize, Offer),
    /// Somebody learns that they hold a request.
    Holds(usize, RequestId),
    /// They write.
    Talks(usize, RequestId),
    /// They come to an end with it.
    Ends(usize, RequestId),
    /// A supervisor does something.
    Supervises,
    /// A supervisor ends what a volunteer may not end alone.
    Resolves(RequestId),
    /// Somebody who was paged takes it on.
    TakesOn(usize, EscalationId),
    /// Whoever took it on comes to an end with it.
    Concludes(usize, EscalationId),
    /// More help comes.
    Help,
}

/// An offer as a volunteer sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Offer {
    pub(crate) request: RequestId,
    pub(crate) id: OfferId,
    pub(crate) expires_at: Time,
}

impl World {
    pub(crate) fn person(&mut self, happens: Happens) {
        match happens {
            Happens::Asks(at) => self.member_asks(at),
            Happens::MemberBeats(at) => self.member_beats(at),
            Happens::MemberMood(at) => self.member_mood(at),
            Happens::MemberReturns(at) => self.members[at].is_there = true,
            Happens::StaffBeats(at) => self.staff_beats(at),
            Happens::StaffMood(at) => self.staff_mood(at),
            Happens::StaffReturns(at) => self.staff_returns(at),
            Happens::Ready(at) => self.says_ready(at),
            Happens::Shown(at, offer) => self.is_shown(at, offer),
            Happens::Accepts(at, offer) => self.accepts(at, offer),
            Happens::Declines(at, offer) => self.declines(at, offer),
            Happens::Holds(at, request) => self.begins_with(at, request),
            Happens::Talks(at, request) => self.talks(at, request),
            Happens::Ends(at, request) => self.ends(at, request),
            Happens::Supervises => self.supervises(),
            Happens::Resolves(request) => self.resolves(request),
            Happens::TakesOn(at, id) => self.takes_on(at, id),
            Happens::Concludes(at, id) => self.concludes(at, id),
            Happens::Help => self.help_comes(),
        }
    }

    pub(crate) fn soon(&mut self, low: i64, high: i64, happens: Happens) {
        let delay = self.chance.millis(low, high);
        self.after(delay, Happening::Person(happens));
    }

    /// Everybody takes their places before the night begins.
    pub(crate) fn gather(&mut self) {
        for _ in 0..self.options.volunteers {
            self.hire_volunteer(true);
        }
        for _ in 0..self.options.supervisors {
            self.hire_supervisor();
        }
        let on_call: Vec<StaffId> = (0..self.options.professionals).map(|_| self.hire_professional()).collect();
        self.arrange_rotation(on_call);
        for _ in 0..self.options.members {
            self.expect_member();
        }
        let every = self.options.supervision.num_milliseconds();
        self.soon(1_000, every, Happens::Supervises);
    }

    /// Shows what was recorded to whom it concerns, a little later, by whatever way it reaches them.
    pub(crate) fn tell_people(&mut self, facts: &[Recorded]) {
        for fact in facts {
            let (request, event) = match (&*fact.kind, RequestId(fact.stream.id)) {
                ("offered" | "accepted" | "assigned" | "transferred" | "joined", id) => (id, fact.event()),
                _ => continue,
            };
            match event {
                Ok(Event::Request(RequestEvent::Offered(e))) => {
                    let offer = Offer { request, id: e.offer, expires_at: e.expires_at };
                    self.tell(e.volunteer, |at| Happens::Shown(at, offer));
                }
                Ok(Event::Request(RequestEvent::Accepted(e))) => {
                    self.tell(e.volunteer, |at| Happens::Holds(at, request));
                }
                Ok(Event::Request(RequestEvent::Assigned(e))) => self.tell(e.staff, |at| Happens::Holds(at, request)),
                Ok(Event::Request(RequestEvent::Transferred(e))) => self.tell(e.to, |at| Happens::Holds(at, request)),
                Ok(Event::Request(RequestEvent::Joined(Joined { staff, holder: true, .. }))) => {
                    self.tell(staff, |at| Happens::Holds(at, request));
                }
                _ => {}
            }
        }
    }

    fn tell(&mut self, staff: StaffId, of: impl Fn(usize) -> Happens) {
        if let Some(at) = self.staff_by_id.get(&staff).copied() {
            self.soon(20, 900, of(at));
        }
    }

    /// What becomes of a call, as whoever made it sees it.
    pub(crate) fn hears_answer(&mut self, call: &Call, answer: Answer) {
        match call.from {
            Caller::Member(at) => self.member_hears(at, &call.ask, answer),
            Caller::Staff(at) => self.staff_hears(at, &call.ask, answer),
            Caller::Nobody => {}
        }
    }

    /// Faults end. Everybody is there and everybody is willing: now everybody must be helped.
    pub(crate) fn morning(&mut self) {
        crate::trace::note!(self, "morning: faults end, and everybody helps");
        self.is_morning = true;
        for at in 0..self.staff.len() {
            self.staff_returns(at);
            self.soon(10, 3_000, Happens::Ready(at));
        }
        self.help_comes();
    }

    fn help_comes(&mut self) {
        for pool in self.settings().pools.clone() {
            let answers = |staff: &Staff| staff.is_supervisor && self.checks.works_in(staff.id, &pool);
            if !self.staff.iter().any(answers) {
                self.hire_supervisor();
            }
            for _ in 0..3 + self.checks.truth.open_in(&pool).count() / 5 {
                self.hire_helper(pool.clone());
            }
        }
        self.sees_to_escalations();
        let more = TimeDelta::minutes(4);
        self.after(more, Happening::Person(Happens::Help));
        for id in self.checks.truth.open.clone() {
            self.soon(500, 20_000, Happens::Resolves(id));
        }
    }
}
