//! What happens next: requests are opened, offered, declined, accepted and closed; people come on duty, or show that they
//! are there.

use chrono::TimeDelta;
use std::collections::VecDeque;
use std::ops::Range;
use wideawake_domain::RequestId;
use wideawake_domain::process::{Intent, Signal};
use wideawake_domain::record::{Actor, StreamKind};
use wideawake_domain::request::Command;

use super::{Imagined, LANGUAGES, Step};

/// How it goes on, for ever.
pub(super) enum Story {
    /// One deed after the other.
    Stream(Stream),
    /// So many arrive at once, and are served before the next so many.
    Burst { size: usize, languages: Range<usize> },
    /// A shift starts; every other hour it ends.
    Hour { languages: Range<usize>, served: Vec<RequestId> },
    /// Volunteers show that they are there, each every ten seconds.
    VolunteersSeen { next: usize },
    /// Members show that they are there, each every twenty seconds.
    MembersSeen { next: usize },
}

impl Story {
    pub(super) fn next(&mut self, pool: &mut Imagined) -> Step {
        match self {
            Self::Stream(stream) => stream.next(pool),
            Self::Burst { size, languages } => {
                let served = pool.serve_all();
                pool.close_all(served);
                // Until whoever had an urgent conversation has rested.
                pool.now += TimeDelta::minutes(11);
                let mut step = pool.step("burst");
                for _ in 0..*size {
                    let (priority, language) = pool.any(languages);
                    pool.open(&mut step, language, priority);
                }
                step
            }
            Self::Hour { languages, served } => {
                served.append(&mut pool.serve_all());
                pool.now += TimeDelta::hours(1);
                let over = pool.step("shift over");
                pool.decide(&over);
                let leaving = std::mem::take(served);
                let number = leaving.len();
                pool.close_all(leaving);
                let hour = pool.now;
                pool.wait(number, languages.clone());
                pool.now = hour + TimeDelta::hours(1);
                pool.step("hour")
            }
            Self::VolunteersSeen { next } => {
                pool.now += TimeDelta::seconds(10) / pool.volunteers.len() as i32;
                let (staff, _) = pool.volunteers[*next];
                *next = (*next + 1) % pool.volunteers.len();
                let mut step = pool.step("volunteer seen");
                step.signals.push(Signal::StaffSeen { staff, at: pool.now });
                step
            }
            Self::MembersSeen { next } => {
                pool.now += TimeDelta::seconds(20) / pool.waiting.len() as i32;
                let request = pool.waiting[*next];
                *next = (*next + 1) % pool.waiting.len();
                let mut step = pool.step("member seen");
                step.signals.push(Signal::MemberSeen { request, at: pool.now });
                step
            }
        }
    }
}

impl Imagined {
    /// Carries out all that is wished for until nothing more is, and every offer is accepted; gives who is served.
    fn serve_all(&mut self) -> Vec<RequestId> {
        let mut served = Vec::new();
        while !self.answer.is_empty() {
            let intents = std::mem::take(&mut self.answer);
            let requests: Vec<RequestId> = intents.iter().map(|intent| RequestId(intent.stream.id)).collect();
            let mut step = self.step("settled");
            for intent in intents {
                self.settle(&mut step, intent);
            }
            self.decide(&step);
            let mut step = self.step("accepted");
            for id in requests {
                if self.accept(&mut step, id) {
                    served.push(id);
                }
            }
            let wished = std::mem::take(&mut self.answer);
            self.decide(&step);
            self.answer.extend(wished);
        }
        served
    }

    fn close_all(&mut self, requests: Vec<RequestId>) {
        let mut step = self.step("closed");
        for id in requests {
            self.command(&mut step, id, Actor::Member, Command::Leave(None));
        }
        self.decide(&step);
    }

    /// The first who is asked takes it; false when nobody is.
    fn accept(&mut self, step: &mut Step, id: RequestId) -> bool {
        let Some(offer) = self.requests.get(&id).and_then(|state| state.offers.first()) else { return false };
        let (offer, volunteer) = (offer.id, offer.volunteer);
        self.command(step, id, Actor::Staff(volunteer), Command::Accept(offer, volunteer));
        true
    }
}

/// What comes after one another; each a decision of its own.
pub(super) struct Stream {
    pub(super) routine: Routine,
    wished: VecDeque<Intent>,
    agenda: VecDeque<Deed>,
    opened: usize,
}

/// What happens when everything is done that was begun.
pub(super) enum Routine {
    /// Whoever is served leaves, and the next one asks, in one of these languages; every tenth in one that nobody speaks.
    Served(Range<usize>),
    /// One conversation ends, of as many as there can be, and one more member asks.
    Crowded(Range<usize>),
    /// Somebody asks, and the longest waiting gives up.
    Unserved(Range<usize>),
}

enum Deed {
    /// Whoever is asked takes it, or, one of four, does not.
    Answer(RequestId),
    /// If nobody was asked, it is given up.
    GiveUp(RequestId),
    Open(usize),
    Close(RequestId),
}

impl Stream {
    pub(super) fn new(routine: Routine) -> Self {
        Self { routine, wished: VecDeque::new(), agenda: VecDeque::new(), opened: 0 }
    }

    fn next(&mut self, pool: &mut Imagined) -> Step {
        loop {
            self.wished.extend(pool.answer.drain(..));
            if let Some(intent) = self.wished.pop_front() {
                let mut step = pool.step("settled");
                if intent.stream.kind == StreamKind::Request {
                    self.agenda.push_back(Deed::Answer(RequestId(intent.stream.id)));
                }
                pool.settle(&mut step, intent);
                return step;
            }
            match self.agenda.pop_front() {
                Some(deed) => {
                    if let Some(step) = self.carry_out(deed, pool) {
                        return step;
                    }
                }
                None => self.go_on(pool),
            }
        }
    }

    fn go_on(&mut self, pool: &mut Imagined) {
        pool.now += TimeDelta::milliseconds(5);
        self.opened += 1;
        match &self.routine {
            Routine::Served(languages) => {
                self.agenda.extend(pool.held.drain(..).map(Deed::Close));
                let nobody_speaks = self.opened.is_multiple_of(10);
                let language = if nobody_speaks { LANGUAGES.len() - 1 } else { pool.any(languages).1 };
                self.agenda.push_back(Deed::Open(language));
            }
            Routine::Crowded(languages) => {
                self.agenda.extend(pool.held.pop_front().map(Deed::Close));
                self.agenda.push_back(Deed::Open(pool.any(languages).1));
            }
            Routine::Unserved(languages) => {
                self.agenda.push_back(Deed::Open(pool.any(languages).1));
                self.agenda.extend(pool.waiting.pop_front().map(Deed::Close));
            }
        }
    }

    fn carry_out(&mut self, deed: Deed, pool: &mut Imagined) -> Option<Step> {
        match deed {
            Deed::Open(language) => {
                let (priority, _) = pool.any(&(0..1));
                let mut step = pool.step("opened");
                let id = pool.open(&mut step, language, priority);
                match self.routine {
                    Routine::Served(_) => self.agenda.push_back(Deed::GiveUp(id)),
                    Routine::Crowded(_) => {}
                    Routine::Unserved(_) => pool.waiting.push_back(id),
                }
                Some(step)
            }
            Deed::Answer(id) => {
                let offer = pool.requests.get(&id)?.offers.first()?;
                let (offer, volunteer) = (offer.id, offer.volunteer);
                if pool.below(4) == 0 {
                    let mut step = pool.step("declined");
                    let decline = Command::Decline(offer, volunteer, None);
                    pool.command(&mut step, id, Actor::Staff(volunteer), decline);
                    self.agenda.push_back(Deed::Answer(id));
                    return Some(step);
                }
                let mut step = pool.step("accepted");
                pool.accept(&mut step, id);
                pool.held.push_back(id);
                Some(step)
            }
            Deed::GiveUp(id) => {
                let state = pool.requests.get(&id)?;
                if !state.offers.is_empty() {
                    self.agenda.push_back(Deed::GiveUp(id));
                    return None;
                }
                if state.is_waiting() { self.carry_out(Deed::Close(id), pool) } else { None }
            }
            Deed::Close(id) => {
                let state = pool.requests.get(&id)?;
                let mut step = pool.step(if state.is_waiting() { "left" } else { "closed" });
                pool.command(&mut step, id, Actor::Member, Command::Leave(None));
                Some(step)
            }
        }
    }
}
