//! The simulator finds what is wrong. The two faults that need the feature `planted` are found by
//! `cargo run --release -p wideawake-simulation --features planted -- --planted`, like these.

use wideawake_simulation::Plant;
use wideawake_simulation::cli::{SEEDS_PER_PLANT, find};

#[test]
fn every_planted_fault_is_found() {
    for plant in Plant::ALL.into_iter().filter(|plant| plant.is_compiled_in()) {
        assert!(find(plant, 0, SEEDS_PER_PLANT).is_some(), "{plant} was not found in {SEEDS_PER_PLANT} nights");
    }
}

#[test]
fn at_least_the_faults_around_the_core_are_compiled_in() {
    assert!(Plant::ALL.iter().filter(|plant| plant.is_compiled_in()).count() >= 8);
}
