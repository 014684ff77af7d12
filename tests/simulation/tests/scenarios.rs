//! The rows of the table in DESIGN section 10, each as nights of its own in which what it promises is looked at, and is
//! seen often enough to mean something.

#![allow(clippy::panic)]

use wideawake_simulation::{Promises, Scenario, run_scenario};

const NIGHTS: u64 = 25;

fn nights(scenario: Scenario) -> Promises {
    let mut all = Promises::default();
    for seed in 0..NIGHTS {
        let outcome = run_scenario(seed, Some(scenario), None, false);
        if let Some(violation) = outcome.violation {
            panic!(
                "{violation}\nreplay with `cargo run --release -p wideawake-simulation -- --scenario {scenario} --seed {seed}`"
            );
        }
        all = all.and(&outcome.promises);
    }
    all
}

#[test]
fn without_rabbitmq_offers_are_made_by_the_tail_of_the_ledger() {
    let seen = nights(Scenario::RabbitmqDown);
    assert!(seen.offers > 100 && seen.swept > 1_000, "{seen}");
}

#[test]
fn without_redis_nobody_on_duty_is_lost() {
    let seen = nights(Scenario::RedisDown);
    assert!(seen.offers > 100 && seen.heartbeats > 100_000 && seen.after_kills > 5, "{seen}");
}

#[test]
fn a_wiped_redis_costs_a_heartbeat() {
    let seen = nights(Scenario::RedisWiped);
    assert!(seen.heartbeats > 100_000 && seen.after_kills > 5, "{seen}");
}

#[test]
fn without_both_nothing_is_lost_and_everything_drains_afterwards() {
    let seen = nights(Scenario::BothDown);
    assert!(seen.swept > 1_000, "{seen}");
}

#[test]
fn who_is_killed_is_stood_in_for_within_three_seconds() {
    let seen = nights(Scenario::RouterKilled);
    assert!(seen.after_kills > 50 && seen.slowest_after_kill.num_milliseconds() <= 3_000, "{seen}");
}

#[test]
fn who_is_stopped_is_stood_in_for_within_three_tenths_of_a_second() {
    let seen = nights(Scenario::RouterStopped);
    assert!(seen.after_stops > 50 && seen.slowest_after_stop.num_milliseconds() <= 300, "{seen}");
}

#[test]
fn without_the_ledger_members_are_told_and_nobody_leads() {
    let seen = nights(Scenario::LedgerDown);
    assert!(seen.unavailable > 100 && seen.unled > 1_000, "{seen}");
}
