//! A few ordinary nights: who waits how long, and whether what members are told holds.

use std::sync::LazyLock;

use wideawake_domain::Priority;
use wideawake_simulation::fairness::{Policy, Report};

static NIGHTS: LazyLock<Report> = LazyLock::new(|| Report::of(2_000, 4));

#[test]
fn the_same_seed_is_the_same_report() {
    let (first, second) = (Report::of(7, 1), Report::of(7, 1));
    assert_eq!(first.tables(), second.tables());
    assert!(first == second && first.figures() == second.figures());
    assert!(first != Report::of(8, 1));
}

#[test]
fn four_of_five_members_wait_as_long_as_they_are_told() {
    assert!(NIGHTS.kept() >= 0.8, "{}", NIGHTS.tables());
    assert!(NIGHTS.told() >= 0.9, "{}", NIGHTS.tables());
}

#[test]
fn whoever_is_in_danger_waits_no_longer_than_first_come_first_served() {
    for priority in [Priority::Urgent, Priority::Imminent] {
        let p95 = |policy| NIGHTS.wait(policy, priority, 95.0);
        assert!(p95(Policy::Real) <= p95(Policy::FirstComeFirstServed), "{priority}: {}", NIGHTS.tables());
    }
}

#[test]
fn nobody_waits_for_ever() {
    assert_eq!([Policy::Real, Policy::FirstComeFirstServed].map(|policy| NIGHTS.unserved(policy)), [0, 0]);
}
