//! How long it took, by what the record says.

use chrono::{DateTime, Utc};
use serde_json::Value;

/// When offers were made, in order, from the lines of `wideawake export`.
///
/// # Panics
/// When a line is not JSON.
pub fn offers(export: &str) -> Vec<DateTime<Utc>> {
    let mut at: Vec<DateTime<Utc>> = export
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .filter(|event| event["type"] == "offered")
        .map(|event| {
            event["at"].as_str().and_then(|at| at.parse().ok()).unwrap_or_else(|| panic!("no time in {event}"))
        })
        .collect();
    at.sort_unstable();
    at
}

/// The longest time without an offer that touches the span from `from` to `until`, in milliseconds: it ends with the
/// first offer behind it.
///
/// # Panics
/// When there is no offer before or after the span.
pub fn longest_silence(offers: &[DateTime<Utc>], from: DateTime<Utc>, until: DateTime<Utc>) -> u64 {
    let first = offers.partition_point(|at| *at <= from).checked_sub(1).expect("offers were made before");
    let last = offers.partition_point(|at| *at <= until);
    assert!(last < offers.len(), "no offer was made after the fault");
    let silences = offers[first..=last].windows(2).map(|pair| (pair[1] - pair[0]).num_milliseconds());
    silences.max().unwrap_or_default().unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_silence_begins_with_the_last_offer_before() {
        let at = |millis: i64| DateTime::from_timestamp_millis(millis).unwrap();
        let offers = [at(0), at(90), at(2_000), at(2_100), at(9_000)];
        assert_eq!(longest_silence(&offers, at(100), at(2_050)), 1_910);
        assert_eq!(longest_silence(&offers, at(2_010), at(2_050)), 100);
        assert_eq!(longest_silence(&offers, at(2_110), at(2_120)), 6_900);
    }
}
