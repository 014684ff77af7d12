//! How long until the next attempt to connect.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(1);

/// Pauses that double up to a bound, each shortened by up to half, so that the processes of a house do not all return
/// to a broker at the same moment. What they are shortened by follows from the seed, which differs between processes.
#[derive(Debug)]
pub(super) struct Backoff {
    seed: u64,
    attempt: u32,
}

impl Backoff {
    pub(super) fn new(seed: u64) -> Self {
        Self { seed, attempt: 0 }
    }

    pub(super) fn reset(&mut self) {
        self.attempt = 0;
    }

    pub(super) fn next(&mut self) -> Duration {
        let whole = FIRST.saturating_mul(1 << self.attempt.min(16)).min(LONGEST);
        self.attempt = self.attempt.saturating_add(1);
        // SplitMix64.
        self.seed = self.seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.seed;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        whole.mul_f64(1.0 - (mixed % 1_000) as f64 / 2_000.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_second_and_differ_between_processes() {
        let (mut one, mut two) = (Backoff::new(1), Backoff::new(2));
        let mut together = 0;
        for attempt in 0..100 {
            let (a, b) = (one.next(), two.next());
            let whole = FIRST.saturating_mul(1 << attempt.min(10)).min(LONGEST);
            assert!(a <= whole && a >= whole / 2, "{attempt}: {a:?}");
            together += usize::from(a == b);
        }
        assert!(together < 10);
        one.reset();
        assert!(one.next() <= FIRST);
    }
}
