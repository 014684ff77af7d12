//! How long a member may have to wait, as an honest range, judged by how fast others were served lately.

use chrono::{DateTime, TimeDelta, Utc};

/// How far back it looks.
pub const WINDOW: TimeDelta = TimeDelta::minutes(60);

/// Fewer starts than these within [`WINDOW`] say nothing about the next one.
pub const FEWEST: usize = 3;

/// What an hour has shown says nothing about a wait longer than this.
const FARTHEST: f64 = 4.0 * 3600.0;

/// Four of five waits lie within so many standard deviations of the middle.
const FOUR_OF_FIVE: f64 = 1.28;

/// A range in which four of five waits end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Hardly sooner than this.
    pub low: TimeDelta,
    /// Hardly later than this.
    pub high: TimeDelta,
}

/// How long a request may wait that has `ahead` others before it in a pool where conversations began at `starts`. `None`
/// when there is nothing to go on: fewer than [`FEWEST`] starts in the last [`WINDOW`], or a wait too long to foresee.
///
/// Starts are taken as a Poisson process: with `n` of them seen after the first one in the time since it, the wait for `m`
/// more has a mean of that time × m ⁄ n, and a relative spread of √(1⁄m + 1⁄n), since neither the past nor the future number
/// is more certain than its own size allows. The time since the last start counts as well, so that the estimate grows
/// while nobody is served.
pub fn estimate(ahead: usize, starts: impl IntoIterator<Item = DateTime<Utc>>, now: DateTime<Utc>) -> Option<Wait> {
    let recent = starts.into_iter().filter(|at| *at <= now && now - *at <= WINDOW);
    let (first, count) = recent.fold((now, 0_usize), |(first, count), at| (first.min(at), count + 1));
    if count < FEWEST {
        return None;
    }
    let (seen, more) = ((count - 1) as f64, ahead as f64 + 1.0);
    let middle = (now - first).as_seconds_f64() * more / seen;
    let spread = (FOUR_OF_FIVE * (1.0 / more + 1.0 / seen).sqrt()).exp();
    let (low, high) = (middle / spread, middle * spread);
    (low <= FARTHEST).then(|| Wait { low: down(low), high: up(high.max(1.0)) })
}

/// Numbers that a person would say: nobody waits 137 seconds.
fn step(seconds: f64) -> f64 {
    match seconds {
        s if s <= 120.0 => 15.0,
        s if s <= 900.0 => 60.0,
        _ => 300.0,
    }
}

fn down(seconds: f64) -> TimeDelta {
    let step = step(seconds);
    TimeDelta::seconds(((seconds / step).floor() * step) as i64)
}

fn up(seconds: f64) -> TimeDelta {
    let step = step(seconds);
    TimeDelta::seconds(((seconds / step).ceil() * step) as i64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn now() -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000, 0).expect("within range")
    }

    fn ago(seconds: &[i64]) -> Vec<DateTime<Utc>> {
        seconds.iter().map(|s| now() - TimeDelta::seconds(*s)).collect()
    }

    #[test]
    fn with_nothing_to_go_on_nothing_is_promised() {
        assert_eq!(estimate(0, [], now()), None);
        assert_eq!(estimate(0, ago(&[10, 20]), now()), None);
        assert_eq!(estimate(0, ago(&[10, 20, 3700]), now()), None, "an hour ago is too long ago");
        assert_eq!(estimate(0, ago(&[10, 20, -5]), now()), None, "what has not begun does not count");
        assert_eq!(estimate(100, ago(&[1000, 2000, 3000]), now()), None, "a day cannot be foreseen from an hour");
    }

    #[test]
    fn one_start_a_minute_means_about_a_minute_for_each_who_is_ahead() {
        let starts: Vec<i64> = (1..=60).map(|n| n * 60 - 30).collect();
        let wait = estimate(9, ago(&starts), now()).expect("there is much to go on");
        assert_eq!((wait.low, wait.high), (TimeDelta::minutes(6), TimeDelta::minutes(20)));
    }

    #[test]
    fn the_estimate_grows_while_nobody_is_served() {
        let short = estimate(0, ago(&[0, 30, 60]), now());
        let long = estimate(0, ago(&[900, 930, 960]), now());
        assert!(long.map(|wait| wait.high) > short.map(|wait| wait.high), "{short:?} {long:?}");
    }

    proptest! {
        #[test]
        fn whoever_is_farther_back_never_waits_less(
            starts in prop::collection::vec(0i64..4000, 0..100),
            ahead in 0usize..200,
        ) {
            let (near, far) = (estimate(ahead, ago(&starts), now()), estimate(ahead + 1, ago(&starts), now()));
            if let (Some(near), Some(far)) = (near, far) {
                prop_assert!(near.low <= far.low && near.high <= far.high, "{near:?} {far:?}");
            }
            for wait in [near, far].into_iter().flatten() {
                prop_assert!(TimeDelta::zero() <= wait.low && wait.low < wait.high, "{wait:?}");
            }
        }

        #[test]
        fn four_of_five_waits_end_within_the_range_when_starts_come_by_chance(seed in 0u64..40) {
            // An independent model: the gaps are drawn, and then it is seen how long it really took.
            let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(1);
            let mut gap = move || {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                let uniform = ((state >> 11) as f64 + 1.0) / (1u64 << 53) as f64;
                -uniform.ln() * 60.0
            };
            let mut inside = 0;
            for _ in 0..300 {
                let mut starts = Vec::new();
                let mut back = gap();
                while back <= 3600.0 {
                    starts.push(now() - TimeDelta::milliseconds((back * 1000.0) as i64));
                    back += gap();
                }
                let took: f64 = (0..5).map(|_| gap()).sum();
                let wait = estimate(4, starts, now()).expect("sixty starts are enough");
                inside += usize::from(wait.low.as_seconds_f64() <= took && took <= wait.high.as_seconds_f64());
            }
            prop_assert!((225..=295).contains(&inside), "{inside} of 300");
        }
    }
}
