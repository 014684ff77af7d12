//! Facts in order, once each, and none that is not followed.

use super::*;
use crate::process::order::{Arrival, Order};

fn versions(driver: &Driver<Even>) -> Vec<u64> {
    driver.process().seen.iter().map(|(_, version)| version.0).collect()
}

#[test]
fn facts_are_observed_in_order_and_once_however_they_arrive() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now), fact(1, 3, now), fact(1, 1, now)]), now);
    let effects = driver.step(now);
    assert_eq!(reads(&effects), [(stream(1), Version(1))], "the hole is read");
    driver.feed(Input::Delivered(vec![fact(1, 2, now)]), now);
    driver.feed(Input::Read(stream(1), Ok(vec![fact(1, 2, now), fact(1, 3, now)])), now);
    assert_eq!(versions(&driver), [1, 2, 3]);
}

#[test]
fn a_read_that_fails_is_tried_until_it_works() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 2, now)]), now);
    assert_eq!(reads(&driver.step(now)).len(), 1);
    driver.feed(Input::Read(stream(1), Err(down())), now);
    assert_eq!(reads(&driver.step(after(250))).len(), 1);
    driver.feed(Input::Read(stream(1), Ok(vec![fact(1, 1, now)])), after(250));
    assert_eq!(versions(&driver), [1, 2]);
}

#[test]
fn the_auditor_finds_what_the_bus_did_not_bring_and_counts_it() {
    let (mut driver, now, later) = (leading(), start(), after(1_000));
    assert_eq!(tails(&driver.step(later)).len(), 1);
    driver.feed(held(1), later);
    let tail = vec![fact(1, 1, now), fact(2, 1, later)];
    driver.feed(Input::Tailed(Ok((tail, Cursor("5".into())))), later);
    assert_eq!(driver.take_missed(), 1, "what was written just now may still be on its way");
    assert_eq!(driver.process().seen.len(), 2);
    assert_eq!(driver.take_missed(), 0);
    assert_eq!(tails(&driver.step(after(2_000))), ["5"]);
}

#[test]
fn a_tail_that_fails_is_read_again_from_the_same_place() {
    let (mut driver, later) = (leading(), after(1_000));
    let cursors = tails(&driver.step(later));
    driver.feed(held(1), later);
    driver.feed(Input::Tailed(Err(down())), later);
    assert!(tails(&driver.step(later)).is_empty());
    assert_eq!(tails(&driver.step(after(2_000))), cursors);
}

#[test]
fn a_bus_that_dropped_events_has_the_tail_read_at_once() {
    let (mut driver, now) = (leading(), start());
    driver.step(now);
    driver.feed(Input::BusLagged, now);
    assert_eq!(tails(&driver.step(now)).len(), 1);
    driver.feed(Input::BusLagged, now);
    assert!(tails(&driver.step(now)).is_empty(), "one at a time");
    driver.feed(Input::Tailed(Ok((vec![], Cursor("0".into())))), now);
    assert_eq!(tails(&driver.step(now)).len(), 1);
    driver.feed(Input::Tailed(Ok((vec![], Cursor("0".into())))), now);
    assert!(tails(&driver.step(now)).is_empty());
}

#[test]
fn other_pools_are_none_of_its_business() {
    let (mut driver, now) = (leading(), start());
    let other = Recorded { pool: Pool::named("youth"), ..fact(1, 1, now) };
    let all = Recorded { pool: Pool::all(), ..fact(2, 1, now) };
    driver.feed(Input::Delivered(vec![other, all]), now);
    assert_eq!(driver.process().seen, [(stream(2), Version(1))]);
}

/// A stream of checkpoints has hundreds of thousands of events, and was not read in the rebuild.
#[test]
fn streams_that_the_process_does_not_want_to_see_are_not_read() {
    let (mut driver, now) = (leading(), start());
    let checkpoint = StreamId { kind: StreamKind::Checkpoint, id: Uuid::from_u128(1) };
    driver.feed(Input::Delivered(vec![Recorded { stream: checkpoint, pool: Pool::all(), ..fact(1, 500, now) }]), now);
    assert_eq!(reads(&driver.step(now)), []);
    assert_eq!(driver.process().seen, []);
}

fn closed(n: u128, version: u64, at: DateTime<Utc>) -> Recorded {
    Recorded {
        kind: "closed".into(),
        data: r#"{"ending":"left","risk_assessed":false}"#.into(),
        ..fact(n, version, at)
    }
}

/// Such as the erasure of a request that was closed a month ago.
#[test]
fn news_of_a_stream_that_ended_long_ago_is_read_once() {
    let (mut driver, now) = (leading(), start());
    let ended = now - TimeDelta::days(30);
    let erased = Recorded { kind: "erased".into(), ..fact(1, 4, now) };
    driver.feed(Input::Delivered(vec![erased.clone()]), now);
    assert_eq!(reads(&driver.step(now)).len(), 1);
    let history = vec![fact(1, 1, ended), fact(1, 2, ended), closed(1, 3, ended), erased.clone()];
    driver.feed(Input::Read(stream(1), Ok(history)), now);
    assert_eq!(versions(&driver), [1, 2, 3, 4]);
    driver.feed(Input::Delivered(vec![erased]), after(1_000));
    assert_eq!(reads(&driver.step(after(1_000))), []);
    assert_eq!(versions(&driver), [1, 2, 3, 4]);
}

/// Such as a close that the bus brings once more, days after it was known.
#[test]
fn a_late_repeat_of_the_end_of_a_stream_is_read_once() {
    let (mut driver, now) = (leading(), start());
    let ended = now - TimeDelta::days(2);
    driver.feed(Input::Delivered(vec![closed(1, 2, ended)]), now);
    assert_eq!(reads(&driver.step(now)).len(), 1);
    driver.feed(Input::Read(stream(1), Ok(vec![fact(1, 1, ended), closed(1, 2, ended)])), now);
    driver.feed(Input::Delivered(vec![closed(1, 2, ended)]), after(1_000));
    assert_eq!(reads(&driver.step(after(1_000))), []);
    assert_eq!(versions(&driver), [1, 2]);
}

/// Whatever else ends later.
#[test]
fn streams_that_have_ended_are_forgotten() {
    let (mut order, now) = (Order::default(), start());
    let duty = Recorded {
        stream: StreamId { kind: StreamKind::Duty, id: Uuid::from_u128(1) },
        kind: "duty_set".into(),
        data: format!(r#"{{"staff":"{}","duty":"ready"}}"#, Uuid::from_u128(1)).into(),
        ..fact(1, 1, now)
    };
    assert!(matches!(order.arrive(duty, now), Arrival::Next(_)));
    for n in 2..100 {
        order.arrive(fact(n, 1, now), now);
        order.arrive(closed(n, 2, now), now);
    }
    order.arrive(fact(100, 1, now), now);
    assert_eq!(order.remembered(), 100);
    let later = now + TimeDelta::minutes(61);
    order.arrive(fact(101, 1, later), later);
    assert_eq!(order.remembered(), 3, "the duty of this week, and two that are open");
    let next_week = now + TimeDelta::days(8);
    order.arrive(fact(102, 1, next_week), next_week);
    assert_eq!(order.remembered(), 3);
}
