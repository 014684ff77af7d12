//! Windows of use, kept in this process.

use chrono::{DateTime, TimeDelta, Utc};
use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use crate::lock;

/// How many rates are kept; beyond that the oldest windows are forgotten, which lets somebody through, never out.
pub(crate) const RATES: usize = 100_000;

/// When the window of each key began, and how often the key was used in it.
#[derive(Debug, Default)]
pub(crate) struct Rates(Mutex<HashMap<String, (DateTime<Utc>, u32)>>);

impl Rates {
    /// As [`crate::Live::allow`].
    pub(crate) fn allow(&self, key: &str, most: u32, within: Duration, now: DateTime<Utc>) -> bool {
        let within = TimeDelta::from_std(within).unwrap_or(TimeDelta::MAX);
        let mut rates = lock(&self.0);
        if rates.len() >= RATES && !rates.contains_key(key) {
            rates.retain(|_, (start, _)| now - *start < within);
            if rates.len() >= RATES {
                rates.clear();
            }
        }
        let (start, count) = rates.entry(key.to_owned()).or_insert((now, 0));
        if now - *start >= within {
            (*start, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= most
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        lock(&self.0).len()
    }
}
