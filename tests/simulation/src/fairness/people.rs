//! The volunteers of a night: sixty people in nine zones, each with a shift in their own daytime.

use chrono::{NaiveTime, TimeDelta, Timelike};
use chrono_tz::Tz;
use wideawake_domain::schedule::{Shift, When, wall};
use wideawake_domain::settings::Skill;
use wideawake_domain::staff::{Added, Qualification, Role};
use wideawake_domain::{Language, StaffId};

use super::night::Asker;
use crate::Time;
use crate::chance::Chance;
use crate::options::{language, pool, skill};

/// Where they live: it is day in one after the other while the members have night.
pub(crate) const ZONES: [Tz; 9] = [
    Tz::America__Los_Angeles,
    Tz::Pacific__Honolulu,
    Tz::Pacific__Auckland,
    Tz::Australia__Sydney,
    Tz::Asia__Tokyo,
    Tz::Asia__Manila,
    Tz::Asia__Kolkata,
    Tz::Africa__Nairobi,
    Tz::Europe__Madrid,
];

/// What whoever talks with an urgent member must hold.
pub(crate) const CRISIS: &str = "crisis-intervention";

/// The earliest and the latest hour of a shift, on the volunteer's clock.
const DAY: (u32, u32) = (7, 22);

/// How many conversations one person holds at once, as delivered.
pub(crate) const CAPACITY: u32 = 2;

/// A volunteer.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: StaffId,
    pub(crate) zone: Tz,
    pub(crate) languages: Vec<Language>,
    pub(crate) skills: Vec<Skill>,
    /// Their shift tonight.
    pub(crate) from: Time,
    pub(crate) to: Time,
}

impl Person {
    /// Whether they speak the member's language and hold what is needed.
    pub(crate) fn is_able(&self, asker: &Asker) -> bool {
        asker.language.spoken_by(&self.languages).is_some() && asker.needs.iter().all(|need| self.skills.contains(need))
    }

    pub(crate) fn added(&self) -> Added {
        let qualified = |skill: &Skill| Qualification { skill: skill.clone(), valid_until: None };
        Added {
            alias: "somebody".to_owned(),
            roles: vec![Role::Volunteer],
            pools: vec![pool()],
            zone: self.zone,
            languages: self.languages.clone(),
            capacity: CAPACITY,
            qualifications: self.skills.iter().map(qualified).collect(),
            token: "dG9rZW4".to_owned(),
        }
    }

    /// The shift as it stands in the roster: on their own clock.
    pub(crate) fn shift(&self) -> Shift {
        let clock = |at: Time| {
            let time = wall::local(at, self.zone).time();
            NaiveTime::from_hms_opt(time.hour(), time.minute(), 0).unwrap_or_default()
        };
        let date = wall::local(self.from, self.zone).date();
        Shift { zone: self.zone, when: When::Once { date }, start: clock(self.from), end: clock(self.to) }
    }
}

/// How many shifts begin in each two hours, from two hours before the night on, sixty in all: most people where most members
/// ask, and a few too few at the peak.
const BEGIN: [usize; 7] = [10, 9, 10, 9, 9, 7, 6];

/// Everybody, with shifts that touch the night that begins at `start`.
pub(crate) fn draw(chance: &mut Chance, start: Time) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for (n, begin) in BEGIN.iter().enumerate() {
        for _ in 0..*begin {
            let earliest = start + TimeDelta::hours(2 * n as i64 - 2);
            people.push(person(chance, &people, start, earliest));
        }
    }
    people
}

/// A roster made with care: every fourth speaks Spanish and every eighth French, so that somebody always does.
fn person(chance: &mut Chance, others: &[Person], start: Time, earliest: Time) -> Person {
    let n = others.len();
    let (zone, from, to) = shift(chance, others, earliest);
    let spoken: &[&str] = match n % 16 {
        0 | 4 | 12 => &["en", "es"],
        8 => &["es"],
        3 | 11 => &["en", "fr"],
        _ => &["en"],
    };
    let mut skills = Vec::new();
    for (name, percent) in [(CRISIS, 65), ("safeguarding", 60), ("grief", 35), ("anxiety", 50)] {
        // Whoever is one of few in a language must be able to stand alone.
        let is_trained = chance.percent(percent);
        if is_trained || (spoken != ["en"] && (name == CRISIS || name == "safeguarding")) {
            skills.push(skill(name));
        }
    }
    let languages = spoken.iter().map(|tag| language(tag)).collect();
    Person { id: StaffId(chance.id(start)), zone, languages, skills, from, to }
}

/// Three to five hours from one of the half hours after `earliest` on, in a zone where that is by day and where the fewest
/// live so far.
fn shift(chance: &mut Chance, others: &[Person], earliest: Time) -> (Tz, Time, Time) {
    let half = TimeDelta::minutes(30);
    let from = earliest + half * chance.between(0, 3) as i32;
    let to = from + half * chance.between(6, 10) as i32;
    let is_day = |zone: &Tz| {
        let (begins, ends) = (wall::local(from, *zone), wall::local(to, *zone));
        begins.date() == ends.date() && begins.hour() >= DAY.0 && ends.hour() < DAY.1
    };
    let count = |zone: &Tz| others.iter().filter(|other| other.zone == *zone).count();
    let zone = ZONES.into_iter().filter(is_day).min_by_key(count).unwrap_or(ZONES[0]);
    (zone, from, to)
}
