//! How long Redis is waited for.

use std::hash::{BuildHasher, RandomState};
use std::time::Duration;

/// How long Redis is waited for. The default is for production; tests on a busy machine are more patient.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// For an answer to anything that is on the way of a person's call. Whoever waits longer takes the server as gone.
    pub answer: Duration,
    /// For an answer that may be large.
    pub bulk: Duration,
    /// For a connection, with TLS and sign-in.
    pub connect: Duration,
    /// Between looks whether a connection is alive.
    pub look_every: Duration,
    /// Between attempts to connect, at most.
    pub again: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            answer: Duration::from_millis(250),
            bulk: Duration::from_secs(2),
            connect: Duration::from_secs(1),
            look_every: Duration::from_millis(250),
            again: Duration::from_millis(500),
        }
    }
}

/// A number that nobody else has, for the keys of one refill and to keep processes from trying in step. Nothing that is
/// decided or recorded depends on it, so that it need not be replayed.
pub(super) fn chance() -> u64 {
    RandomState::new().hash_one(0_u8)
}

/// The pauses between attempts: each twice as long as the last up to a limit, each cut by up to a half by chance.
pub(super) struct Backoff {
    next: Duration,
    most: Duration,
}

impl Backoff {
    const FIRST: Duration = Duration::from_millis(25);

    pub(super) fn new(most: Duration) -> Self {
        Self { next: Self::FIRST.min(most), most }
    }

    pub(super) fn pause(&mut self) -> Duration {
        let pause = self.next;
        self.next = (pause * 2).min(self.most);
        pause - pause / 2 * (chance() % 1_024) as u32 / 1_024
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_a_limit_and_differ() {
        let most = Duration::from_millis(500);
        let mut backoff = Backoff::new(most);
        let pauses: Vec<_> = (0..100).map(|_| backoff.pause()).collect();
        assert!(pauses[0] <= Backoff::FIRST && pauses.iter().all(|pause| *pause <= most));
        assert!(pauses[10..].iter().all(|pause| *pause >= most / 2));
        assert!(pauses[10..].iter().any(|pause| *pause != pauses[10]));
    }
}
