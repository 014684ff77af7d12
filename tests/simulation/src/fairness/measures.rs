//! What is measured of many nights under one policy: waits, idle time, and how evenly offers are spread.

use chrono::TimeDelta;
use wideawake_domain::Priority;

use super::course::Course;
use super::night::Night;
use super::people::CAPACITY;

/// Many nights under one policy.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measures {
    /// In seconds, by priority; sorted.
    waits: [Vec<f64>; 4],
    /// How many were never served.
    pub(crate) unserved: usize,
    /// For each person and night: hours on shift, hours that their places were in conversation, hours without any.
    shifts: Vec<Shift>,
    pub(crate) offers: u32,
    pub(crate) missed: u32,
}

#[derive(Clone, Copy, Debug, PartialEq)]
struct Shift {
    hours: f64,
    talked: f64,
    idle: f64,
    asked: u32,
    /// Hours until their last conversation was over, after the end of the shift.
    over: f64,
}

impl Measures {
    pub(crate) fn of(lives: &[(&Night, &Course)]) -> Self {
        let mut measures = Self::default();
        for (night, course) in lives {
            measures.add(night, course);
        }
        measures.waits.iter_mut().for_each(|waits| waits.sort_by(f64::total_cmp));
        measures
    }

    fn add(&mut self, night: &Night, course: &Course) {
        for (n, asker) in night.askers.iter().enumerate() {
            match course.waited(night, n) {
                Some(waited) => self.waits[asker.priority.index()].push(waited.as_seconds_f64()),
                None => self.unserved += 1,
            }
        }
        for (n, person) in night.people.iter().enumerate() {
            let (from, to) = (person.from.max(night.start), person.to.min(night.end()));
            let mine = course.begun.iter().zip(&night.askers).filter_map(|(begun, asker)| {
                let begun = (*begun)?;
                let ends = (begun.at + asker.length).min(to);
                (begun.person == n && begun.at < ends).then_some((begun.at.max(from), ends))
            });
            let mut talks: Vec<_> = mine.collect();
            talks.sort_unstable();
            let (mut talked, mut busy, mut until) = (TimeDelta::zero(), TimeDelta::zero(), from);
            for (begins, ends) in talks {
                talked += ends - begins;
                busy += (ends - begins.max(until)).max(TimeDelta::zero());
                until = until.max(ends);
            }
            let hours = |time: TimeDelta| time.as_seconds_f64() / 3_600.0;
            let shift = to - from;
            let asked = course.asked[n];
            let last = course.begun.iter().zip(&night.askers).filter_map(|(begun, asker)| {
                (*begun).filter(|begun| begun.person == n).map(|begun| begun.at + asker.length)
            });
            let over = hours((last.max().unwrap_or(to) - person.to).max(TimeDelta::zero()));
            let (hours, talked, idle) = (hours(shift), hours(talked), hours(shift - busy));
            self.shifts.push(Shift { hours, talked, idle, asked, over });
        }
        self.offers += course.asked.iter().sum::<u32>();
        self.missed += course.missed.iter().sum::<u32>();
    }

    pub(crate) fn waits(&self, priority: Priority) -> &[f64] {
        &self.waits[priority.index()]
    }

    /// The waits of everybody, sorted.
    pub(crate) fn all_waits(&self) -> Vec<f64> {
        let mut all = self.waits.concat();
        all.sort_by(f64::total_cmp);
        all
    }

    /// Which part of the places on shift is in conversation.
    pub(crate) fn talking(&self) -> f64 {
        let places: f64 = self.shifts.iter().map(|shift| shift.hours * f64::from(CAPACITY)).sum();
        self.shifts.iter().map(|shift| shift.talked).sum::<f64>() / places
    }

    /// Which part of the time on shift is spent without any conversation.
    pub(crate) fn idle(&self) -> f64 {
        self.shifts.iter().map(|shift| shift.idle).sum::<f64>()
            / self.shifts.iter().map(|shift| shift.hours).sum::<f64>()
    }

    /// How long people talk on after the end of their shift, in seconds, for each person and night; sorted.
    pub(crate) fn overtime(&self) -> Vec<f64> {
        let mut over: Vec<f64> = self.shifts.iter().map(|shift| shift.over * 3_600.0).collect();
        over.sort_by(f64::total_cmp);
        over
    }

    /// Offers per hour on shift, one number for each person and night; sorted.
    pub(crate) fn offers_per_hour(&self) -> Vec<f64> {
        let mut rates: Vec<f64> = self.shifts.iter().map(|shift| f64::from(shift.asked) / shift.hours).collect();
        rates.sort_by(f64::total_cmp);
        rates
    }
}

/// The nearest-rank percentile of sorted `values`.
pub(crate) fn percentile(values: &[f64], percent: f64) -> f64 {
    let rank = (percent / 100.0 * values.len() as f64).ceil() as usize;
    values.get(rank.clamp(1, values.len().max(1)) - 1).copied().unwrap_or_default()
}

/// The standard deviation as a part of the mean: 0 when all are the same.
pub(crate) fn unevenness(values: &[f64]) -> f64 {
    let count = values.len().max(1) as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance = values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
    variance.sqrt() / mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_values_that_were_measured() {
        let values: Vec<f64> = (1..=100).map(f64::from).collect();
        let measured = [50.0, 95.0, 99.0, 100.0].map(|p| percentile(&values, p).to_string());
        assert_eq!(measured, ["50", "95", "99", "100"]);
        assert_eq!(percentile(&[7.0], 99.0).to_string(), "7");
    }

    #[test]
    fn what_is_even_is_not_uneven() {
        assert!(unevenness(&[3.0; 5]) < 1e-9);
        assert!((unevenness(&[1.0, 3.0]) - 0.5).abs() < 1e-9);
    }
}
