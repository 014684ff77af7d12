//! What members were told of their wait, beside how long they then waited.

use wideawake_domain::Priority;

use super::course::{Course, LATER, Told};
use super::measures::percentile;
use super::night::{Asker, Night};

/// Something that a member was told, and what then happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Promise {
    pub(crate) priority: Priority,
    pub(crate) language: String,
    /// How many were before them.
    pub(crate) ahead: usize,
    /// In seconds; `None` when nothing was said.
    pub(crate) range: Option<(f64, f64)>,
    /// In seconds, from when it was said; for ever when they were never served.
    pub(crate) waited: f64,
    /// When it was said, in hours of the night.
    pub(crate) hour: f64,
}

/// What was told at the door, and what was told to those who still waited [`LATER`].
pub(crate) fn promises(night: &Night, course: &Course) -> (Vec<Promise>, Vec<Promise>) {
    let promise = |(n, asker): (usize, &Asker), told: &Told, later: f64| Promise {
        priority: asker.priority,
        language: asker.language.to_string(),
        ahead: told.ahead,
        range: told.wait.map(|wait| (wait.low.as_seconds_f64(), wait.high.as_seconds_f64())),
        waited: course.waited(night, n).map_or(f64::INFINITY, |waited| waited.as_seconds_f64() - later),
        hour: (asker.at - night.start).as_seconds_f64() / 3_600.0 + later / 3_600.0,
    };
    let collect = |told: &[Option<Told>], later: f64| -> Vec<Promise> {
        let askers = night.askers.iter().enumerate().zip(told);
        askers.filter_map(|(asker, told)| Some(promise(asker, told.as_ref()?, later))).collect()
    };
    (collect(&course.told, 0.0), collect(&course.told_again, LATER.as_seconds_f64()))
}

/// How well some promises were kept.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Kept {
    pub(crate) asked: usize,
    /// Nothing was said.
    pub(crate) silent: usize,
    /// Of what was said, in parts of one: kept, over sooner, and over later.
    pub(crate) inside: f64,
    pub(crate) sooner: f64,
    pub(crate) later: f64,
    /// The middle one of the upper ends, in seconds, and of their ratios to the lower ends, a lower end below 15 s counting
    /// as 15 s.
    pub(crate) high: f64,
    pub(crate) ratio: f64,
}

impl Kept {
    pub(crate) fn of<'a>(promises: impl Iterator<Item = &'a Promise>) -> Self {
        let promises: Vec<&Promise> = promises.collect();
        let said: Vec<(f64, f64, f64)> = promises
            .iter()
            .filter_map(|promise| promise.range.map(|(low, high)| (low, high, promise.waited)))
            .collect();
        let part = |of: &dyn Fn(&(f64, f64, f64)) -> bool| {
            said.iter().filter(|said| of(said)).count() as f64 / said.len().max(1) as f64
        };
        let median = |of: &dyn Fn(&(f64, f64, f64)) -> f64| {
            let mut values: Vec<f64> = said.iter().map(of).collect();
            values.sort_by(f64::total_cmp);
            percentile(&values, 50.0)
        };
        Self {
            asked: promises.len(),
            silent: promises.len() - said.len(),
            inside: part(&|(low, high, waited)| low <= waited && waited <= high),
            sooner: part(&|(low, _, waited)| waited < low),
            later: part(&|(_, high, waited)| waited > high),
            high: median(&|(_, high, _)| *high),
            ratio: median(&|(low, high, _)| high / low.max(15.0)),
        }
    }
}
