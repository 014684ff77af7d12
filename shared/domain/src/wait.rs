//! How long a member may have to wait, as an honest range, judged by how others were served lately.
//!
//! What counts most is whether anybody waits in vain. While nobody does ([`Flow::Free`]), a wait is the time until somebody
//! takes an offer, and how many were served in the last hour says nothing of it: few were because few asked. Then those are
//! the measure who came under the same circumstances. While somebody waits whom everyone who could serve this member could
//! serve as well ([`Flow::HeldUp`]), the member waits for conversations to end, and the measure is how fast places became
//! free. [`Pace`] keeps what is needed for both. That waits of like circumstances foretell better than any formula is known
//! from call centres (Ibrahim and Whitt, "Real-Time Delay Estimation Based on Delay History", 2009; Thiongane, Chan and
//! L'Ecuyer, "New history-based delay predictors for service systems", 2016). How well it holds in simulated nights is
//! told in `docs/routing.md`.

mod pace; // what a pool has been like lately

use chrono::{DateTime, TimeDelta, Utc};

pub use pace::Pace;

/// How far back it looks.
pub const WINDOW: TimeDelta = TimeDelta::minutes(60);

/// Fewer starts than these within [`WINDOW`] say nothing about the next one.
pub const FEWEST: usize = 3;

/// What an hour has shown says nothing about a wait longer than this.
const FARTHEST: f64 = 4.0 * 3600.0;

/// Four of five waits lie within so many standard deviations of the middle.
const FOUR_OF_FIVE: f64 = 1.28;

/// By how much waits in a line scatter more than starts that come by chance: whoever becomes free cannot serve everybody,
/// and whoever asks later may be more urgent. Measured in simulated nights.
const SCATTER: f64 = 1.6;

/// A range in which four of five waits end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    /// Hardly sooner than this.
    pub low: TimeDelta,
    /// Hardly later than this.
    pub high: TimeDelta,
}

/// What a member finds who asks for support.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// Nobody waits in vain who could be in the way.
    #[default]
    Free,
    /// Somebody waits in vain whom only some of those could serve who can serve this member, such as in another language.
    Mixed,
    /// Somebody waits in vain whom everyone could serve who can serve this member.
    HeldUp,
}

/// Somebody who was served.
#[derive(Clone, Copy, Debug)]
pub struct Served {
    /// Since when.
    pub at: DateTime<Utc>,
    /// How long they had waited, if they found what this member finds.
    pub alike: Option<TimeDelta>,
}

/// How long a request may wait that has `ahead` others before it, finds `flow`, and comes after these who were `served`.
/// `None` when there is nothing to go on: fewer than [`FEWEST`] starts in the last [`WINDOW`], or a wait too long to foresee.
///
/// When the pool is held up, starts are taken as a Poisson process: with `n` of them seen after the first one in the time
/// since it, the wait for `m` more has a mean of that time × m ⁄ n, and a relative spread of √(1⁄m + 1⁄n), since neither the
/// past nor the future number is more certain than its own size allows; more than half as much again, as not every start is
/// a step for everybody. The time since the last start counts as well, so that the estimate grows while nobody is served.
///
/// Otherwise the range is that of those who found the same, without the quickest and the slowest tenth: if waits come from
/// one distribution, the next one lies between the ⌊(n + 1)⁄10⌋th and the ⌈9(n + 1)⁄10⌉th of `n` in four of five cases,
/// whatever the distribution. With fewer than nine of them it begins at nothing and ends at the longest, which holds as often
/// from four on. With fewer than that it ends where it would if the pool were held up.
pub fn estimate(
    ahead: usize,
    flow: Flow,
    served: impl IntoIterator<Item = Served>,
    now: DateTime<Utc>,
) -> Option<Wait> {
    let mut alike = Vec::new();
    let (mut first, mut count) = (now, 0_usize);
    for start in served.into_iter().filter(|start| start.at <= now && now - start.at <= WINDOW) {
        (first, count) = (first.min(start.at), count + 1);
        alike.extend(start.alike.map(TimeDelta::as_seconds_f64));
    }
    if count < FEWEST {
        return None;
    }
    let (seen, more) = ((count - 1) as f64, ahead as f64 + 1.0);
    let middle = (now - first).as_seconds_f64() * more / seen;
    let spread = (FOUR_OF_FIVE * SCATTER * (1.0 / more + 1.0 / seen).sqrt()).exp();
    let (low, high) = match flow {
        Flow::HeldUp => (middle / spread, middle * spread),
        Flow::Free | Flow::Mixed => four_of_five(&mut alike).unwrap_or((0.0, middle * spread)),
    };
    (low <= FARTHEST).then(|| Wait { low: down(low), high: up(high.max(1.0)) })
}

/// Between which two the next of such waits lies in four of five cases.
fn four_of_five(waits: &mut [f64]) -> Option<(f64, f64)> {
    waits.sort_unstable_by(f64::total_cmp);
    let n = waits.len();
    match n {
        0..4 => None,
        4..9 => Some((0.0, waits[n - 1])),
        _ => Some((waits[n.div_ceil(10).min((n + 1) / 10) - 1], waits[((n + 1) * 9).div_ceil(10).min(n) - 1])),
    }
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

    /// In a pool that is held up.
    fn estimate(ahead: usize, starts: impl IntoIterator<Item = DateTime<Utc>>, now: DateTime<Utc>) -> Option<Wait> {
        let served = starts.into_iter().map(|at| Served { at, alike: None });
        super::estimate(ahead, Flow::HeldUp, served, now)
    }

    /// In a pool that is not, after others who waited for so many seconds.
    fn estimate_like(waits: &[i64]) -> Option<(i64, i64)> {
        let served = waits.iter().map(|s| Served { at: now(), alike: Some(TimeDelta::seconds(*s)) });
        let earlier = (1..=30).map(|n| Served { at: now() - TimeDelta::minutes(n), alike: None });
        super::estimate(0, Flow::Free, served.chain(earlier), now())
            .map(|wait| (wait.low.num_seconds(), wait.high.num_seconds()))
    }

    #[test]
    fn with_nothing_to_go_on_nothing_is_promised() {
        assert_eq!(estimate(0, [], now()), None);
        assert_eq!(estimate(0, ago(&[10, 20]), now()), None);
        assert_eq!(estimate(0, ago(&[10, 20, 3700]), now()), None, "an hour ago is too long ago");
        assert_eq!(estimate(0, ago(&[10, 20, -5]), now()), None, "what has not begun does not count");
        assert_eq!(estimate(100, ago(&[1000, 2000, 3000]), now()), None, "a day cannot be foreseen from an hour");
        assert!(estimate(30, ago(&[0, 1200, 2400]), now()).is_some(), "some hours can be");
    }

    #[test]
    fn one_start_a_minute_means_about_a_minute_for_each_who_is_ahead() {
        let starts: Vec<i64> = (1..=60).map(|n| n * 60 - 30).collect();
        let wait = estimate(9, ago(&starts), now()).expect("there is much to go on");
        assert_eq!((wait.low, wait.high), (TimeDelta::minutes(5), TimeDelta::minutes(25)));
    }

    #[test]
    fn the_estimate_grows_while_nobody_is_served() {
        let short = estimate(0, ago(&[0, 30, 60]), now());
        let long = estimate(0, ago(&[900, 930, 960]), now());
        assert!(long.map(|wait| wait.high) > short.map(|wait| wait.high), "{short:?} {long:?}");
    }

    #[test]
    fn while_nobody_waits_in_vain_the_measure_is_who_came_then_and_not_how_many() {
        let usual: Vec<i64> = (1..=19).map(|n| n * 5).collect();
        assert_eq!(estimate_like(&usual), Some((0, 90)), "without the quickest and the slowest tenth");
        let slow: Vec<i64> = (1..=19).map(|n| n * 30).collect();
        assert_eq!(estimate_like(&slow), Some((60, 540)));
        assert_eq!(estimate_like(&[20, 20, 20, 50]), Some((0, 60)), "a few say only how long it took at most");
        let held_up = estimate(0, (0..=30).map(|n| now() - TimeDelta::minutes(n)), now());
        let held_up = held_up.map(|wait| wait.high.num_seconds());
        assert_eq!(estimate_like(&[20, 20]).map(|(low, _)| low), Some(0));
        assert!(estimate_like(&[20, 20]).map(|(_, high)| high) <= held_up, "no later than if it were held up");
        let held_up = estimate(0, (1..=30).map(|n| now() - TimeDelta::minutes(n)), now());
        assert_eq!(estimate_like(&[]).map(|(_, high)| high), held_up.map(|wait| wait.high.num_seconds()));
    }

    proptest! {
        #[test]
        fn the_next_of_many_like_waits_is_in_the_range_four_times_of_five(n in 4usize..60) {
            // Of n + 1 waits each is as likely to be the next one, so that the places inside can be counted.
            let inside = (0..=n).filter(|next| {
                let mut others: Vec<f64> = (0..=n).filter(|other| other != next).map(|other| other as f64 + 1.0).collect();
                let (low, high) = four_of_five(&mut others).expect("enough of them");
                (low..=high).contains(&(*next as f64 + 1.0))
            });
            let inside = inside.count() as f64 / (n + 1) as f64;
            prop_assert!((0.79..=0.96).contains(&inside), "{inside} of {n}");
        }

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
        fn more_than_four_of_five_waits_end_within_the_range_when_starts_come_by_chance_alone(seed in 0u64..40) {
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
            prop_assert!((255..=300).contains(&inside), "{inside} of 300");
        }
    }
}
