//! How fair the policy is, and how honest what members are told: nights as a text line sees them, lived through once with
//! the real dispatcher and once first come, first served, with the same members, people and answers.
//!
//! Unlike in the nights of [`crate::run`], nothing goes wrong here but what people do. `docs/routing.md` tells the results.

mod course; // what became of a night
mod figures; // the plots
mod measures; // waits, idle time, offers
mod night; // who asks, and when
mod people; // who answers
mod plain; // first come, first served
mod promise; // what was told of a wait, and what came of it
mod real; // the policy as it is
mod svg; // drawing
mod tables; // the tables, as Markdown

use wideawake_domain::Priority;
use wideawake_domain::settings::Dispatch;

use course::Course;
use measures::{Measures, percentile};
use night::{Ignoring, Night};
use promise::{Kept, Promise, promises};

/// What was measured in some nights.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    first: u64,
    nights: u64,
    members: usize,
    real: Measures,
    plain: Measures,
    /// The real policy, with one rule switched off: its name, and what comes of it.
    without: Vec<(&'static str, Measures)>,
    /// Both policies where one volunteer in ten answers nothing: real, plain.
    deaf: [Measures; 2],
    told: Vec<Promise>,
    told_again: Vec<Promise>,
}

/// A rule by its name, and how to switch it off.
type Rule = (&'static str, fn(&mut Dispatch));

/// Rules that spare volunteers and cost members time.
const RULES: [Rule; 3] = [
    ("rest after an urgent conversation", |dispatch| dispatch.rest_after_urgent = None),
    ("winding down before the end of a shift", |dispatch| dispatch.wind_down = None),
    ("both", |dispatch| (dispatch.rest_after_urgent, dispatch.wind_down) = (None, None)),
];

/// A policy that is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// As it is.
    Real,
    /// Whoever has waited longest goes to anybody who is able.
    FirstComeFirstServed,
}

impl Report {
    /// Lives through `nights` nights from seed `first` on.
    pub fn of(first: u64, nights: u64) -> Self {
        let draw =
            |ignoring| -> Vec<Night> { (first..first + nights).map(|seed| Night::draw(seed, ignoring)).collect() };
        let all = draw(Ignoring::Offers);
        let courses = live(&all, real::live);
        let (told, told_again): (Vec<_>, Vec<_>) =
            all.iter().zip(&courses).map(|(night, course)| promises(night, course)).unzip();
        let real = measure(&all, &courses);
        let plain = measure(&all, &live(&all, plain::live));
        let without = RULES.map(|(name, switch_off)| {
            let mut changed = all.clone();
            for night in &mut changed {
                switch_off(&mut night.settings.dispatch);
            }
            (name, measure(&changed, &live(&changed, real::live)))
        });
        let deaf = draw(Ignoring::People);
        let deaf = [real::live, plain::live].map(|policy| measure(&deaf, &live(&deaf, policy)));
        Self {
            first,
            nights,
            members: all.iter().map(|night| night.askers.len()).sum(),
            real,
            plain,
            without: without.into(),
            deaf,
            told: told.concat(),
            told_again: told_again.concat(),
        }
    }

    /// How long a member of `priority` waits that only so many percent wait longer than, in seconds.
    pub fn wait(&self, policy: Policy, priority: Priority, percent: f64) -> f64 {
        percentile(self.measures(policy).waits(priority), percent)
    }

    /// How many members were never served.
    pub fn unserved(&self, policy: Policy) -> usize {
        self.measures(policy).unserved
    }

    /// Which part of all stated ranges held.
    pub fn kept(&self) -> f64 {
        Kept::of(self.told.iter()).inside
    }

    /// Which part of all members was told a range.
    pub fn told(&self) -> f64 {
        let kept = Kept::of(self.told.iter());
        1.0 - kept.silent as f64 / kept.asked.max(1) as f64
    }

    /// Everything as Markdown tables.
    pub fn tables(&self) -> String {
        tables::all(self)
    }

    /// The plots, by file name.
    pub fn figures(&self) -> Vec<(&'static str, String)> {
        let night = Night::draw(self.first, Ignoring::Offers);
        let [real, plain] = [real::live, plain::live].map(|policy| policy(&night));
        let (told, _) = promises(&night, &real);
        vec![
            ("routing-demand.svg", figures::demand(&night)),
            ("routing-waits.svg", figures::waits(self)),
            ("routing-night.svg", figures::one_night(&night, &real, &plain)),
            ("routing-offers.svg", figures::offers(self)),
            ("routing-estimates.svg", figures::estimates(&told)),
        ]
    }

    fn measures(&self, policy: Policy) -> &Measures {
        match policy {
            Policy::Real => &self.real,
            Policy::FirstComeFirstServed => &self.plain,
        }
    }
}

fn live(nights: &[Night], policy: fn(&Night) -> Course) -> Vec<Course> {
    nights.iter().map(policy).collect()
}

fn measure(nights: &[Night], courses: &[Course]) -> Measures {
    Measures::of(&nights.iter().zip(courses).collect::<Vec<_>>())
}
