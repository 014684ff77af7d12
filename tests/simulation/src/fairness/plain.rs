//! Plain first come, first served, with the same people on the same night: whoever has waited longest goes to anybody who
//! is on shift, has a free place, and is able. No priorities, no preferences, no rest, no winding down, no breaks.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;

use super::course::{Begun, Course};
use super::night::Night;
use super::people::CAPACITY;
use crate::Time;
use crate::agenda::Agenda;
use crate::chance::Chance;

/// How long an offer is held out, and how long whoever missed it is left alone with it: as the real policy does.
const OFFER: TimeDelta = TimeDelta::seconds(31);
const SET_ASIDE: TimeDelta = TimeDelta::seconds(60);

#[derive(Clone, Copy, Debug)]
enum Happens {
    Asks(usize),
    Accepts {
        asker: usize,
        person: usize,
    },
    Misses {
        asker: usize,
        person: usize,
    },
    Ends {
        person: usize,
    },
    /// Somebody comes on shift, or may be asked again.
    Look,
}

struct Line<'a> {
    night: &'a Night,
    now: Time,
    agenda: Agenda<Happens>,
    chance: Chance,
    /// Who waits without an offer. Askers are numbered in the order in which they ask.
    waiting: BTreeSet<usize>,
    /// By person, how many places are taken.
    taken: Vec<u32>,
    /// By asker, how many offers there were.
    offers: Vec<usize>,
    set_aside: BTreeMap<(usize, usize), Time>,
    course: Course,
}

/// Lives through `night`.
pub(crate) fn live(night: &Night) -> Course {
    let mut agenda = Agenda::new();
    for (asker, asks) in night.askers.iter().enumerate() {
        agenda.add(asks.at, Happens::Asks(asker));
    }
    for person in &night.people {
        agenda.add(person.from.max(night.start), Happens::Look);
    }
    let mut line = Line {
        night,
        now: night.start,
        agenda,
        chance: night.dice(1),
        waiting: BTreeSet::new(),
        taken: vec![0; night.people.len()],
        offers: vec![0; night.askers.len()],
        set_aside: BTreeMap::new(),
        course: Course::new(night),
    };
    while let Some((at, happens)) = line.agenda.next() {
        line.now = at;
        line.happens(happens);
        line.offer_all();
    }
    line.course
}

impl Line<'_> {
    fn happens(&mut self, happens: Happens) {
        match happens {
            Happens::Asks(asker) => _ = self.waiting.insert(asker),
            Happens::Accepts { asker, person } => {
                self.course.begun[asker] = Some(Begun { at: self.now, person });
                self.agenda.add(self.now + self.night.askers[asker].length, Happens::Ends { person });
            }
            Happens::Misses { asker, person } => {
                self.taken[person] -= 1;
                self.course.missed[person] += 1;
                self.waiting.insert(asker);
                self.set_aside.insert((asker, person), self.now + SET_ASIDE);
                self.agenda.add(self.now + SET_ASIDE, Happens::Look);
            }
            Happens::Ends { person } => self.taken[person] -= 1,
            Happens::Look => {}
        }
    }

    fn offer_all(&mut self) {
        for asker in self.waiting.clone() {
            let able: Vec<usize> = (0..self.night.people.len()).filter(|person| self.can(asker, *person)).collect();
            let Some(person) = self.chance.some(&able) else { continue };
            self.waiting.remove(&asker);
            self.taken[person] += 1;
            self.course.asked[person] += 1;
            let answer = self.night.answer(asker, self.offers[asker], person);
            self.offers[asker] += 1;
            match answer {
                Some(delay) => self.agenda.add(self.now + delay, Happens::Accepts { asker, person }),
                None => self.agenda.add(self.now + OFFER, Happens::Misses { asker, person }),
            }
        }
    }

    fn can(&self, asker: usize, person: usize) -> bool {
        let someone = &self.night.people[person];
        someone.from <= self.now
            && self.now < someone.to
            && self.taken[person] < CAPACITY
            && someone.is_able(&self.night.askers[asker])
            && self.set_aside.get(&(asker, person)).is_none_or(|until| *until <= self.now)
    }
}
