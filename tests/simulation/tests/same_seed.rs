//! One seed is one night, byte for byte.

use wideawake_simulation::run;

#[test]
fn the_same_seed_twice_is_the_same_trace() {
    for seed in 0..40 {
        let (first, second) = (run(seed, None, true), run(seed, None, true));
        assert!(first.trace == second.trace, "seed {seed} gives two traces");
        assert!(first.trace.lines().count() > 20, "seed {seed} tells next to nothing");
    }
}

#[test]
fn writing_a_night_down_does_not_change_it() {
    for seed in 40..60 {
        let (told, untold) = (run(seed, None, true), run(seed, None, false));
        assert_eq!((told.steps, told.digest), (untold.steps, untold.digest), "seed {seed}");
        assert_eq!(told.record, untold.record, "seed {seed}");
    }
}
