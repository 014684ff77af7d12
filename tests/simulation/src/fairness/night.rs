//! One night as a text line might see it: when members ask and for what, and how each offer will be answered. All of it is
//! drawn before anything is decided, so that every policy meets the very same night.

use chrono::TimeDelta;
use wideawake_domain::request::AgeBand;
use wideawake_domain::settings::{Dispatch, Line, Settings, Skill};
use wideawake_domain::{Language, Priority, RequestId};

use super::people::{self, Person};
use crate::Time;
use crate::chance::Chance;
use crate::options::{language, pool, skill};

/// Thursday evening, six o'clock in Chicago, where the members are: 13 February 2026, 00:00 UTC.
const DUSK: i64 = 1_770_940_800;

/// The members' hour at which the night begins.
pub(crate) const FIRST_HOUR: usize = 18;

/// So that these nights have nothing to do with those of [`crate::run`].
const SALT: u64 = 0x6661_6972_6e65_7373;

/// How many members ask in each hour from [`FIRST_HOUR`] on, on average. The shape is that of a visualisation of Crisis
/// Text Line conversations of November 2013 to April 2014 (ashngu.com/public/ctl): most between six in the evening and one
/// at night, up to 12 an hour where the average hour has 4.6, so a peak of 2.6 times the average. The height is chosen so
/// that for a few hours more ask than can be served at once.
pub(crate) const BY_HOUR: [u32; 12] = [30, 36, 44, 54, 60, 56, 42, 28, 17, 11, 8, 7];

/// Out of a hundred members, how many are of each priority, the least urgent first.
const PRIORITIES: [u32; 4] = [70, 20, 8, 2];

/// How long a conversation lasts, in seconds.
const CONVERSATION: (i64, i64) = (20 * 60, 60 * 60);

/// How many offers out of a hundred nobody answers.
const IGNORED: u32 = 10;

/// Which of the sixty answer nothing, when it is people who ignore offers: one in ten, spread over the night.
const DEAF: usize = 10;

/// How long it takes to accept an offer, in milliseconds.
const ACCEPTANCE: (i64, i64) = (3_000, 20_000);

/// Somebody who asks for support.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    pub(crate) request: RequestId,
    pub(crate) at: Time,
    pub(crate) priority: Priority,
    pub(crate) language: Language,
    pub(crate) age_band: Option<AgeBand>,
    pub(crate) topics: Vec<Skill>,
    /// What whoever talks with them must hold.
    pub(crate) needs: Vec<Skill>,
    /// How long the conversation will be, whoever it is with.
    pub(crate) length: TimeDelta,
}

/// What it means that one in ten does not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ignoring {
    /// Anybody, one offer out of ten.
    Offers,
    /// One volunteer out of ten, all offers: they forgot to say that they left.
    People,
}

/// A night before it is lived through.
#[derive(Clone, Debug)]
pub(crate) struct Night {
    pub(crate) seed: u64,
    pub(crate) ignoring: Ignoring,
    pub(crate) start: Time,
    pub(crate) settings: Settings,
    /// In the order in which they ask.
    pub(crate) askers: Vec<Asker>,
    pub(crate) people: Vec<Person>,
}

impl Night {
    pub(crate) fn draw(seed: u64, ignoring: Ignoring) -> Self {
        let mut chance = Chance::new(seed ^ SALT);
        let start = Time::from_timestamp(DUSK, 0).unwrap_or_default();
        let settings = settings();
        let people = people::draw(&mut chance, start);
        let mut askers = Vec::new();
        for (hour, rate) in BY_HOUR.iter().enumerate() {
            let begin = start + TimeDelta::hours(hour as i64);
            let mut at = begin + gap(&mut chance, *rate);
            while at < begin + TimeDelta::hours(1) {
                askers.push(asker(&mut chance, at, &settings.dispatch));
                at += gap(&mut chance, *rate);
            }
        }
        Self { seed, ignoring, start, settings, askers, people }
    }

    /// When nobody new asks any more.
    pub(crate) fn end(&self) -> Time {
        self.start + TimeDelta::hours(BY_HOUR.len() as i64)
    }

    /// How long it takes until the `nth` offer of a request, made to `person`, is accepted; `None` when nobody answers it.
    /// Whoever decides has no influence on the dice.
    pub(crate) fn answer(&self, asker: usize, nth: usize, person: usize) -> Option<TimeDelta> {
        let mut dice = Chance::new(self.seed.rotate_left(32) ^ ((asker as u64) << 16) ^ (nth as u64 + 1));
        let is_ignored = dice.percent(IGNORED);
        let is_ignored = if self.ignoring == Ignoring::Offers { is_ignored } else { self.is_deaf(person) };
        (!is_ignored).then(|| dice.millis(ACCEPTANCE.0, ACCEPTANCE.1))
    }

    /// Whether somebody answers no offer at all.
    pub(crate) fn is_deaf(&self, person: usize) -> bool {
        self.ignoring == Ignoring::People && person % DEAF == 5
    }

    /// Other dice of this night, for what only one policy leaves to chance.
    pub(crate) fn dice(&self, salt: u64) -> Chance {
        Chance::new(self.seed.rotate_left(17) ^ salt)
    }
}

/// The time to the next arrival of a Poisson process of `per_hour`.
fn gap(chance: &mut Chance, per_hour: u32) -> TimeDelta {
    let uniform = ((chance.next() >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
    TimeDelta::milliseconds((-uniform.ln() * 3_600_000.0 / f64::from(per_hour)) as i64 + 1)
}

fn asker(chance: &mut Chance, at: Time, dispatch: &Dispatch) -> Asker {
    let priority = Priority::ALL[chance.weighted(&PRIORITIES)];
    let tag = ["en", "es", "fr"][chance.weighted(&[84, 13, 3])];
    let age_band = [AgeBand::Under18, AgeBand::From18To25, AgeBand::Over25].map(Some)[chance.weighted(&[20, 45, 35])];
    let topics = if chance.percent(40) { vec![skill(chance.one(&["grief", "anxiety"]))] } else { Vec::new() };
    let mut needs = dispatch.tier(priority).needs.clone();
    if age_band == Some(AgeBand::Under18) {
        needs.push(Skill::safeguarding());
    }
    Asker {
        request: RequestId(chance.id(at)),
        at,
        priority,
        language: language(tag),
        age_band,
        topics,
        needs,
        length: chance.seconds(CONVERSATION.0, CONVERSATION.1),
    }
}

/// As delivered, and `urgent` and above need somebody trained for it.
fn settings() -> Settings {
    let line = Line {
        name: "night".to_owned(),
        pool: pool(),
        languages: ["en", "es", "fr"].map(language).to_vec(),
        needs: Vec::new(),
        prefers: Vec::new(),
        topics: ["grief", "anxiety"].map(skill).to_vec(),
        outcomes: vec!["supported".to_owned()],
        retention: Some(TimeDelta::days(30)),
        templates: Vec::new(),
        default: true,
    };
    let mut dispatch = Dispatch::default();
    for priority in [Priority::Urgent, Priority::Imminent] {
        dispatch.tiers[priority.index()].needs = vec![skill(people::CRISIS)];
    }
    Settings { pools: vec![pool()], lines: vec![line], dispatch }
}
