//! What people may do in a night, by chance.

use super::night::Night;
use super::people::{always, today};
use super::*;
use crate::request::{AgeBand, Joining, ReleaseReason, Speaker};
use crate::staff::Duty;

/// Xorshift64*, so that a seed is a night.
pub(super) struct Chance(pub u64);

impl Chance {
    pub(super) fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % n
    }

    pub(super) fn percent(&mut self, n: usize) -> bool {
        self.below(100) < n
    }

    pub(super) fn one<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    pub(super) fn some<T: Copy>(&mut self, of: &[T]) -> Option<T> {
        if of.is_empty() { None } else { Some(self.one(of)) }
    }
}

impl Night {
    pub(super) fn hire(&mut self) {
        let chance = &mut self.chance;
        let lapse = [None, None, Some(noon() + minutes(20)), Some(noon() - minutes(1))];
        let mut skills = Vec::new();
        for name in ["crisis", "grief", "safeguarding"] {
            if chance.percent(40) {
                skills.push((name, chance.one(&lapse)));
            }
        }
        let languages = chance.one(&[&["en"][..], &["en"], &["es"], &["en", "es"], &["en", "pt"], &["pt-BR", "es"]]);
        let person = Person {
            languages: languages.to_vec(),
            skills,
            zone: chance.one(&[chrono_tz::Tz::UTC, chrono_tz::Tz::Asia__Tokyo, chrono_tz::Tz::Pacific__Noumea]),
            capacity: 1 + chance.below(3) as u32,
            shifts: vec![match chance.below(4) {
                0 => today("11:00", "12:30"),
                1 => today("12:05", "18:00"),
                _ => always(),
            }],
            duty: if chance.percent(80) { Duty::Ready } else { Duty::Off },
            present: chance.percent(80),
            ..Person::default()
        };
        let id = self.world.add(person);
        self.staff.push(id);
    }

    fn ask(&mut self) {
        let chance = &mut self.chance;
        let ask = Ask {
            line: if chance.percent(85) { "night" } else { "crisis" },
            language: chance.one(&["en", "en", "en-GB", "es", "pt-BR", "pt"]),
            priority: chance.one(&[
                Priority::Standard,
                Priority::Standard,
                Priority::Elevated,
                Priority::Urgent,
                Priority::Imminent,
            ]),
            age_band: chance.one(&[None, None, Some(AgeBand::Over25), Some(AgeBand::Under18)]),
            topics: if chance.percent(30) { vec!["grief"] } else { vec![] },
            required: if chance.percent(10) { vec!["crisis".to_owned()] } else { vec![] },
            again: if chance.percent(20) { chance.some(&self.staff) } else { None },
        };
        let id = self.world.open(ask);
        self.requests.push(id);
    }

    /// A request that `fits`, if there is one.
    fn pick(&mut self, fits: impl Fn(&SupportRequest) -> bool) -> Option<SupportRequest> {
        let world = &self.world;
        let fitting: Vec<RequestId> =
            self.requests.iter().copied().filter(|r| fits(&world.truth.requests[r])).collect();
        self.chance.some(&fitting).map(|id| self.world.request(id))
    }

    pub(super) fn step(&mut self) {
        let supervisor = Actor::Staff(StaffId(uuid::Uuid::max()));
        let staff = self.chance.one(&self.staff);
        let what = self.chance.below(100);
        self.note(format!("{what} with {staff}"));
        let open = |r: &SupportRequest| !r.is_closed();
        let held = |r: &SupportRequest| r.holder().is_some();
        let offered = |r: &SupportRequest| !r.offers.is_empty();
        // Whoever is refused, since somebody was faster, is out of luck: that is no fault.
        match what {
            0..18 => self.ask(),
            18..36 => {
                if let Some(r) = self.pick(offered) {
                    let offer = r.offers[self.chance.below(r.offers.len())].clone();
                    let command = if self.chance.percent(60) {
                        Command::Accept(offer.id, offer.volunteer)
                    } else {
                        Command::Decline(offer.id, offer.volunteer, None)
                    };
                    let _ = self.world.act(r.id, Actor::Staff(offer.volunteer), command);
                }
            }
            36..44 => {
                if let Some(r) = self.pick(held) {
                    self.world.says(r.id, r.holder().unwrap());
                }
            }
            44..48 => {
                if let Some(r) = self.pick(open) {
                    self.world.member_says(r.id);
                }
            }
            48..54 => {
                if let Some(r) = self.pick(held) {
                    self.world.close(r.id);
                }
            }
            54..58 => {
                if let Some(r) = self.pick(held) {
                    let reason = self.chance.one(&[ReleaseReason::GaveBack, ReleaseReason::Supervisor]);
                    let _ = self.world.act(r.id, Actor::Staff(r.holder().unwrap()), Command::Release(reason, None));
                }
            }
            58..60 => {
                if let Some(r) = self.pick(open) {
                    self.world.leaves(r.id);
                }
            }
            60..64 => {
                if let Some(r) = self.pick(held) {
                    let to = if self.chance.percent(50) { Some(staff) } else { None };
                    let _ = self.world.act(r.id, Actor::Staff(r.holder().unwrap()), Command::AskTransfer(to, None));
                }
            }
            64..67 => {
                if let Some(r) = self.pick(open) {
                    self.world.assign(r.id, staff);
                }
            }
            67..72 => {
                if let Some(r) = self.pick(open) {
                    let priority = self.chance.one(&Priority::ALL);
                    let actor = if priority < r.priority { supervisor } else { RULES };
                    let _ = self.world.act(r.id, actor, Command::SetPriority(priority, None));
                }
            }
            72..73 => {
                if let Some(r) = self.pick(open) {
                    let join =
                        Command::Join(staff, Speaker::Supervisor, self.chance.one(&[Joining::Beside, Joining::Holder]));
                    let _ = self.world.act(r.id, Actor::Staff(staff), join);
                }
            }
            73..80 => {
                let duty = self.chance.one(&[Duty::Ready, Duty::Ready, Duty::Break, Duty::Off]);
                self.world.set_duty(staff, duty);
            }
            80..83 => self.world.falls_silent(staff),
            83..87 => self.world.is_heard(staff),
            87..89 => {
                let request = self.pick(open).map(|r| r.id);
                let watching = &mut self.world.watching;
                let silent = request.filter(|id| !watching.remove(id));
                watching.extend(silent);
            }
            89..90 => self.world.set_capacity(staff, 1 + self.chance.below(3) as u32),
            90..91 => self.world.set_skills(staff, &["grief", "crisis", "safeguarding"][..self.chance.below(4)]),
            91..92 => {
                let shift = self.chance.one(&[("11:00", "12:10"), ("12:00", "13:00"), ("00:00", "00:00")]);
                self.world.set_shifts(staff, vec![today(shift.0, shift.1)]);
            }
            92..93 => self.hire(),
            93..94 => self.restart(),
            94..96 => self.twin(),
            _ => {
                let wait = self.chance.one(&[200, 1_000, 5_000, 15_000, 31_000, 60_000, 90_000, 400_000]);
                return self.pass(TimeDelta::milliseconds(wait));
            }
        }
        let wait = self.chance.one(&[0, 0, 10, 700, 4_000]);
        self.pass(TimeDelta::milliseconds(wait));
    }
}
