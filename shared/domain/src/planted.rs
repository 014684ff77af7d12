//! Faults on purpose, so that the simulator can prove that it would find them. Compiled in only with the feature
//! `planted`, which nothing but `tests/simulation` asks for; even then there is none until one is sown.

use std::cell::Cell;

/// A fault that can only be made in the core or the loop; `tests/simulation` makes the others from outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The loop goes on behind a hole in a stream as if nothing was missing.
    GapIgnored,
    /// Waiting makes an urgent request imminent.
    AgeingReachesImminent,
}

thread_local! {
    static SOWN: Cell<Option<Fault>> = const { Cell::new(None) };
}

/// From now on this thread has that fault and no other.
pub fn sow(fault: Option<Fault>) {
    SOWN.set(fault);
}

/// Whether this thread has that fault.
pub fn has(fault: Fault) -> bool {
    SOWN.get() == Some(fault)
}
