//! Durations and their percentiles.

use std::fmt;
use std::time::Duration;

use hdrhistogram::Histogram;

/// How long something took, many times; kept to three digits, from a microsecond to ten minutes.
#[derive(Clone, Debug)]
pub(crate) struct Samples(Histogram<u64>);

impl Samples {
    pub(crate) fn new() -> Self {
        Self(Histogram::new_with_bounds(1, 600_000_000, 3).expect("the bounds are in order"))
    }

    pub(crate) fn add(&mut self, took: Duration) {
        self.0.saturating_record((took.as_micros() as u64).max(1));
    }

    pub(crate) fn join(&mut self, others: &Self) {
        self.0.add(&others.0).expect("the bounds are the same");
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.len()
    }

    /// Milliseconds below which `percent` of them lie.
    pub(crate) fn at(&self, percent: f64) -> f64 {
        self.0.value_at_percentile(percent) as f64 / 1e3
    }

    pub(crate) fn longest(&self) -> f64 {
        self.0.max() as f64 / 1e3
    }
}

impl FromIterator<Duration> for Samples {
    fn from_iter<I: IntoIterator<Item = Duration>>(durations: I) -> Self {
        let mut samples = Self::new();
        durations.into_iter().for_each(|took| samples.add(took));
        samples
    }
}

/// As cells of a table: how many, p50, p90, p99, p99.9 and the longest, in milliseconds.
impl fmt::Display for Samples {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.len())?;
        for percent in [50.0, 90.0, 99.0, 99.9] {
            write!(f, " | {:.2}", self.at(percent))?;
        }
        write!(f, " | {:.1}", self.longest())
    }
}
