//! Windows of use, kept in this process.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::lock;

/// How many rates are kept; beyond that those are forgotten that were used least, which lets somebody through, never out.
/// However many come who come once, whoever comes without end is not forgotten for it.
pub(crate) const RATES: usize = 100_000;

/// When the window of each key ends, and how often the key was used in it: of one process alone.
#[derive(Debug, Default)]
pub struct Rates(Mutex<HashMap<String, (DateTime<Utc>, u32)>>);

impl Rates {
    /// As [`crate::Live::allow`].
    pub fn allow(&self, key: &str, most: u32, within: Duration, now: DateTime<Utc>) -> bool {
        let within = TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX);
        let mut rates = lock(&self.0);
        if !rates.contains_key(key) {
            make_room(&mut rates, now);
        }
        let ends = now.checked_add_signed(within).unwrap_or(DateTime::<Utc>::MAX_UTC);
        let (end, count) = rates.entry(key.to_owned()).or_insert((ends, 0));
        if now >= *end {
            (*end, *count) = (ends, 0);
        }
        *count = count.saturating_add(1);
        *count <= most
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        lock(&self.0).len()
    }
}

/// Forgets windows that ended, and then those that were used least, until half is free: so it is seldom done.
fn make_room(rates: &mut HashMap<String, (DateTime<Utc>, u32)>, now: DateTime<Utc>) {
    if rates.len() < RATES {
        return;
    }
    rates.retain(|_, (end, _)| now < *end);
    let mut least: u32 = 1;
    while rates.len() > RATES / 2 {
        rates.retain(|_, (_, count)| *count > least);
        least = least.saturating_mul(2);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_comes_without_end_is_not_forgotten_for_those_who_come_once() {
        let (rates, minute) = (Rates::default(), Duration::from_mins(1));
        let allow = |key: &str| rates.allow(key, 5, minute, DateTime::UNIX_EPOCH);
        let taken = (0..20).filter(|_| allow("without end")).count();
        assert_eq!(taken, 5);
        for n in 0..3 * RATES {
            assert!(allow(&n.to_string()));
        }
        assert!(rates.len() <= RATES, "it is bounded");
        assert!(!allow("without end"));
    }

    #[test]
    fn a_long_window_is_not_forgotten_for_short_ones() {
        let (rates, start) = (Rates::default(), DateTime::UNIX_EPOCH);
        let guess = |minute| rates.allow("guess", 5, Duration::from_hours(1), start + TimeDelta::minutes(minute));
        assert_eq!((0..20).filter(|_| guess(0)).count(), 5);
        for n in 0..2 * RATES {
            rates.allow(&n.to_string(), 5, Duration::from_mins(1), start + TimeDelta::minutes(2));
        }
        assert!(!guess(59) && guess(60));
    }
}
