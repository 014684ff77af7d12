//! Appends, and what becomes of them.

use super::*;

#[test]
fn a_wish_whose_outcome_is_unknown_is_settled_only_after_the_stream_was_read_again() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
    driver.feed(Input::Appended(stream(1), Err(unknown())), now);
    assert!(driver.process().settled.is_empty());
    let (soon, later) = (after(100), after(600));
    let effects = driver.step(soon);
    assert_eq!(reads(&effects), [(stream(1), Version(1))]);
    driver.feed(Input::Read(stream(1), Err(down())), soon);
    assert!(driver.process().settled.is_empty(), "it is read until that works");
    let effects = driver.step(later);
    assert_eq!(reads(&effects), [(stream(1), Version(1))]);
    driver.feed(Input::Read(stream(1), Ok(vec![fact(1, 2, now)])), later);
    assert_eq!(driver.process().settled, [stream(1)]);
    assert!(appends(&driver.step(later)).is_empty(), "it had been written after all");
}

#[test]
fn what_was_read_before_the_append_says_nothing_of_its_outcome() {
    for early in [Ok(vec![]), Err(down())] {
        let (mut driver, now) = (leading(), start());
        driver.feed(Input::Delivered(vec![fact(1, 1, now), fact(1, 3, now)]), now);
        let effects = driver.step(now);
        assert_eq!((reads(&effects).len(), appends(&effects).len()), (1, 1));
        driver.feed(Input::Appended(stream(1), Err(unknown())), now);
        assert_eq!(reads(&driver.step(after(300))), [], "one at a time");
        driver.feed(Input::Read(stream(1), early), after(300));
        assert!(driver.process().settled.is_empty());
        assert_eq!(reads(&driver.step(after(600))), [(stream(1), Version(1))]);
        driver.feed(Input::Read(stream(1), Ok(vec![fact(1, 2, now), fact(1, 3, now)])), after(601));
        assert_eq!(driver.process().settled, [stream(1)]);
    }
}

#[test]
fn after_a_conflict_it_decides_anew_by_what_the_other_wrote() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
    driver.feed(Input::Appended(stream(1), Err(AppendError::Conflict { actual: Version(3) })), now);
    let effects = driver.step(now);
    assert_eq!(reads(&effects), [(stream(1), Version(1))]);
    driver.feed(Input::Read(stream(1), Ok(vec![fact(1, 2, now), fact(1, 3, now)])), now);
    assert_eq!(appends(&driver.step(now)), [(stream(1), Version(3), 1)]);
}

#[test]
fn a_ledger_that_is_busy_is_asked_again_a_little_later() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
    driver.feed(Input::Appended(stream(1), Err(AppendError::Busy)), now);
    assert!(driver.step(now).is_empty());
    assert_eq!(driver.due(), Some(after(50)));
    assert_eq!(reads(&driver.step(after(50))).len(), 1);
    driver.feed(Input::Read(stream(1), Ok(vec![])), after(51));
    assert_eq!(appends(&driver.step(after(51))), [(stream(1), Version(1), 1)]);
}

#[test]
fn wishes_beyond_what_may_be_under_way_wait_their_turn() {
    let (mut driver, now) = (leading(), start());
    let facts: Vec<Recorded> = (1..=3_000).map(|n| fact(n, 1, now)).collect();
    driver.feed(Input::Delivered(facts), now);
    let effects = driver.step(now);
    assert_eq!(appends(&effects).len(), 2_048);
    let Some(Effect::Append(intent, ..)) = effects.last() else { panic!("the last is an append") };
    driver.feed(Input::Appended(intent.stream, Ok(vec![fact(2_048, 2, now)])), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
}

#[test]
fn it_looks_again_when_time_alone_changes_something() {
    let make = || Even { due: Some(after(100)), ..Even::default() };
    let mut driver = Driver::new(Options::new("router.main", "me", pool()), make);
    driver.step(start());
    driver.feed(taken(), start());
    assert!(rebuilds(&driver.step(start())));
    driver.feed(Input::Lease(Err(down())), start());
    assert!(driver.due() > Some(after(100)), "a standby decides nothing");
    let mut driver = Driver::new(Options::new("router.main", "me", pool()), make);
    driver.step(start());
    driver.feed(held(1), start());
    assert!(rebuilds(&driver.step(start())));
    driver.feed(Input::Rebuilt(Ok((vec![], Cursor::default())), vec![]), start());
    driver.step(start());
    assert_eq!(driver.due(), Some(after(100)));
}
