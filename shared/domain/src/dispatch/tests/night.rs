//! Random nights: members, volunteers and a record that answers late, twice or not at all; and a morning on which
//! everybody is helped. `WIDEAWAKE_SEEDS=1000` runs more of them, `WIDEAWAKE_SEED=17` runs that one.

use std::collections::VecDeque;

use super::deeds::Chance;
use super::people::skill;
use super::*;
use crate::settings::Preference;
use crate::staff::{Duty, Role};

#[test]
fn every_night_keeps_the_invariants_and_ends_with_everybody_helped() {
    let number = |name| std::env::var(name).ok().and_then(|n| n.parse::<u64>().ok());
    let seeds = match number("WIDEAWAKE_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("WIDEAWAKE_SEEDS").unwrap_or(40),
    };
    for seed in seeds {
        let mut night = Night::new(seed);
        for _ in 0..150 {
            night.step();
        }
        night.morning();
    }
}

#[test]
fn the_same_seed_is_the_same_night() {
    let run = |seed| {
        let mut night = Night::new(seed);
        for _ in 0..60 {
            night.step();
        }
        std::mem::take(&mut night.world.ledger)
    };
    assert_eq!(run(7), run(7));
}

pub(super) struct Night {
    seed: u64,
    pub chance: Chance,
    pub world: World,
    pub staff: Vec<StaffId>,
    pub requests: Vec<RequestId>,
    /// Wishes that were written, and whose answer was lost.
    unanswered: Vec<StreamId>,
    log: VecDeque<String>,
}

impl Drop for Night {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the night of WIDEAWAKE_SEED={}, at {}:", self.seed, self.world.now);
            self.log.iter().for_each(|line| eprintln!("  {line}"));
            for fact in self.world.ledger.iter().rev().take(25).collect::<Vec<_>>().into_iter().rev() {
                eprintln!("  {} {} {} {} {}", fact.at, fact.stream, fact.version, fact.kind, fact.data);
            }
        }
    }
}

impl Night {
    fn new(seed: u64) -> Self {
        let mut chance = Chance(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let mut world = World::with(|s| {
            let d = &mut s.dispatch;
            d.tiers[0].fanout = chance.one(&[1, 1, 1, 2]);
            d.tiers[2].needs = if chance.percent(30) { vec![skill("crisis")] } else { vec![] };
            d.tiers[3].fanout = chance.one(&[1, 2, 3]);
            d.tiers[0].ageing = chance.one(&[Some(seconds(45)), Some(minutes(10)), None]);
            d.wind_down = chance.one(&[Some(minutes(15)), None]);
            d.rest_after_urgent = chance.one(&[Some(minutes(2)), None]);
            d.max_weekly_hours = chance.one(&[None, None, Some(minutes(30))]);
            d.first_reply = chance.one(&[Some(seconds(60)), None]);
            d.abandon_after = chance.one(&[Some(minutes(3)), None]);
            if chance.percent(30) {
                s.lines[0].prefers = vec![Preference { skill: skill("grief"), within: seconds(90) }];
            }
        });
        (world.slow, world.deaf) = (true, true);
        let log = VecDeque::new();
        let mut night = Self { seed, chance, world, staff: vec![], requests: vec![], unanswered: vec![], log };
        for _ in 0..2 + night.chance.below(6) {
            night.hire();
        }
        night.staff.push(night.world.supervisor());
        night
    }

    pub(super) fn note(&mut self, line: impl Into<String>) {
        if self.log.len() == 40 {
            self.log.pop_front();
        }
        self.log.push_back(format!("{} {}", self.world.now.format("%H:%M:%S%.3f"), line.into()));
    }

    /// Some time goes by, and the record answers as it likes.
    pub(super) fn pass(&mut self, time: TimeDelta) {
        let then = self.world.now + time;
        loop {
            self.answer();
            let now = self.world.now;
            let beat = DateTime::from_timestamp((now.timestamp() / BEAT + 1) * BEAT, 0).unwrap();
            // Answers take up to a second or so, whatever else happens.
            let busy =
                !self.world.in_flight.is_empty() || self.world.undelivered.values().any(|queue| !queue.is_empty());
            let answer = if busy { now + TimeDelta::milliseconds(300) } else { beat };
            let due = self.world.dispatcher.due().unwrap_or(beat).max(now + TimeDelta::milliseconds(1));
            let next = due.min(beat).min(answer).min(then);
            if now >= then {
                return;
            }
            self.world.now = next;
            if next == beat {
                self.world.beat();
            }
            self.world.settle();
        }
    }

    fn answer(&mut self) {
        let world = &mut self.world;
        for intent in std::mem::take(&mut world.in_flight) {
            match self.chance.below(20) {
                0..10 => world.carry_out(intent),
                10 => world.settled(intent.stream),
                11 => {
                    self.unanswered.push(intent.stream);
                    let _conflict = world.append(intent);
                }
                _ => world.in_flight.push(intent),
            }
        }
        for stream in std::mem::take(&mut self.unanswered) {
            if self.chance.percent(50) { world.settled(stream) } else { self.unanswered.push(stream) }
        }
        let streams: Vec<StreamId> = world.undelivered.keys().copied().collect();
        for stream in streams {
            while self.chance.percent(70) && world.deliver(stream) {}
            if self.chance.percent(5) {
                let seen = world.known.versions.get(&stream).copied().unwrap_or_default();
                let again = world.ledger.iter().filter(|fact| fact.stream == stream && fact.version <= seen);
                let again: Vec<Recorded> = again.cloned().collect();
                for fact in &again {
                    world.observe(fact);
                }
            }
        }
        world.settle();
    }

    /// Everything that is under way is answered.
    fn rest(&mut self) {
        self.world.in_flight.retain(|intent| !self.unanswered.contains(&intent.stream));
        for stream in std::mem::take(&mut self.unanswered) {
            self.world.settled(stream);
        }
        self.world.deaf = false;
        self.world.carry_out_all();
        (self.world.slow, self.world.deaf) = (true, true);
    }

    pub(super) fn restart(&mut self) {
        self.unanswered.clear();
        self.world.restart();
    }

    /// Builds another dispatcher from the same facts, in whatever order the streams come.
    pub(super) fn twin(&mut self) {
        self.rest();
        let world = &mut self.world;
        let mut twin = Dispatcher::new(Pool::named("main"), world.settings.clone());
        let mut streams: Vec<StreamId> = world.truth.versions.keys().copied().collect();
        while !streams.is_empty() {
            let stream = streams.swap_remove(self.chance.below(streams.len()));
            world.ledger.iter().filter(|fact| fact.stream == stream).for_each(|fact| twin.observe(fact));
        }
        twin.took_over(world.known.led_since);
        world.known.seen.iter().for_each(|(staff, at)| twin.signal(Signal::StaffSeen { staff: *staff, at: *at }));
        for (request, at) in &world.known.member_seen {
            twin.signal(Signal::MemberSeen { request: *request, at: *at });
        }
        world.twin = Some(twin);
        world.settle();
    }

    /// Everybody is there, everybody is willing, and everything works: then everybody is helped.
    fn morning(&mut self) {
        self.note("morning");
        self.rest();
        self.world.settings.dispatch.max_weekly_hours = None;
        self.restart();
        let world = &mut self.world;
        (world.slow, world.deaf) = (false, false);
        for staff in self.staff.clone() {
            world.present.insert(staff);
            world.set_duty(staff, Duty::Ready);
        }
        for _ in 0..2 {
            world.add(Person {
                roles: vec![Role::Volunteer],
                languages: vec!["en", "es", "pt"],
                skills: vec![("crisis", None), ("safeguarding", None)],
                capacity: 4,
                ..Person::default()
            });
        }
        for round in 0.. {
            let open: Vec<RequestId> =
                self.requests.iter().copied().filter(|r| !world.request(*r).is_closed()).collect();
            if open.is_empty() {
                break;
            }
            assert!(round < 400, "{open:?} are never helped");
            for id in open {
                let state = world.request(id);
                if let Some(holder) = state.holder() {
                    world.says(id, holder);
                    world.close(id);
                } else if let Some(offer) = state.offers.first() {
                    world.accept(id, offer.volunteer).unwrap();
                }
            }
            world.run_for(seconds(10));
        }
        assert_eq!(world.dispatcher.waiting(), [0; 4]);
    }
}
