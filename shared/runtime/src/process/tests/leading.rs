//! The lease, the rebuild, the stop.

use super::*;

#[test]
fn it_decides_nothing_before_it_leads_and_has_read_everything() {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(taken(), now);
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert!(driver.step(now).is_empty(), "a standby only waits");
    let later = after(1_000);
    assert!(matches!(driver.step(later)[..], [Effect::TakeLease]));
    driver.feed(held(7), later);
    assert!(rebuilds(&driver.step(later)));
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), later);
    assert!(driver.step(later).is_empty(), "what comes while it reads is read by the tail afterwards");
    driver.feed(Input::Rebuilt(Ok((vec![fact(1, 1, now)], Cursor("9".into()))), vec![]), later);
    let effects = driver.step(later);
    assert_eq!(appends(&effects), [(stream(1), Version(1), 7)]);
    assert_eq!(tails(&effects), ["9"]);
}

#[test]
fn a_rebuild_that_fails_is_tried_until_it_works() {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(held(1), now);
    assert!(rebuilds(&driver.step(now)));
    driver.feed(Input::Rebuilt(Err(down()), vec![]), now);
    assert!(!rebuilds(&driver.step(now)));
    assert!(rebuilds(&driver.step(after(250))));
    assert!(!driver.leads());
    driver.feed(Input::Rebuilt(Ok((vec![], Cursor("9".into()))), vec![]), after(250));
    assert!(driver.leads());
}

#[test]
fn signals_that_come_during_the_rebuild_count_after_it() {
    let (mut driver, now) = (new(), start());
    driver.feed(Input::Signal(seen(1)), now);
    driver.step(now);
    driver.feed(held(1), now);
    assert!(rebuilds(&driver.step(now)));
    driver.feed(Input::Signal(seen(2)), now);
    driver.feed(Input::Rebuilt(Ok((vec![], Cursor::default())), vec![seen(3)]), now);
    assert_eq!(driver.process().signals, [seen(3), seen(2)]);
    driver.step(now);
    driver.feed(Input::Signal(seen(4)), now);
    assert_eq!(driver.process().signals.len(), 3);
    assert_eq!(driver.due(), Some(DateTime::UNIX_EPOCH), "whoever is seen changes what is to be decided");
}

#[test]
fn what_was_read_before_the_lease_was_lost_is_no_rebuild_for_the_next_time() {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(held(1), now);
    assert!(rebuilds(&driver.step(now)));
    let earlier = driver.term();
    driver.step(after(500));
    driver.answer(earlier, taken(), after(500));
    driver.step(after(1_000));
    driver.feed(held(3), after(1_000));
    assert!(rebuilds(&driver.step(after(1_000))));
    let read = |version| Input::Rebuilt(Ok((vec![fact(1, version, now)], Cursor::default())), vec![]);
    driver.answer(earlier, read(1), after(1_001));
    assert!(!driver.leads(), "another led since that was read");
    driver.answer(driver.term(), read(1), after(1_002));
    assert!(driver.leads());
}

#[test]
fn who_is_fenced_stops_at_once_and_starts_from_nothing() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
    driver.feed(Input::Appended(stream(1), Err(AppendError::Fenced)), now);
    assert!(!driver.leads());
    assert!(driver.process().seen.is_empty());
    assert!(appends(&driver.step(now)).is_empty());
}

#[test]
fn an_answer_to_what_an_earlier_term_wished_settles_nothing_of_this_one() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
    let earlier = driver.term();
    // The ledger is slow: the lease runs out, is taken again under the same token, and the same is wished again.
    let later = after(3_000);
    assert!(appends(&driver.step(later)).is_empty() && !driver.leads());
    driver.answer(earlier, held(1), later);
    driver.step(later);
    driver.answer(driver.term(), Input::Rebuilt(Ok((vec![fact(1, 1, now)], Cursor("0".into()))), vec![]), later);
    assert_eq!(appends(&driver.step(later)), [(stream(1), Version(1), 1)]);
    for late in [AppendError::Conflict { actual: Version(2) }, unknown(), AppendError::Fenced] {
        driver.answer(earlier, Input::Appended(stream(1), Err(late)), later);
        assert!(reads(&driver.step(later)).is_empty());
        assert_eq!(driver.in_flight(), 1, "its own append is still under way");
    }
    driver.answer(driver.term(), Input::Appended(stream(1), Ok(vec![fact(1, 2, later)])), later);
    assert_eq!(driver.process().settled, [stream(1)]);
}

#[test]
fn a_lease_that_cannot_be_renewed_is_given_up_before_another_may_have_it() {
    let (mut driver, now) = (leading(), start());
    let ttl = TimeDelta::from_std(driver.options().lease_ttl).unwrap();
    let renew = now + ttl / 4;
    assert!(driver.step(renew).iter().any(|e| matches!(e, Effect::TakeLease)));
    driver.feed(Input::Lease(Err(down())), renew);
    assert!(driver.leads(), "it is ours for a while yet");
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now + ttl);
    assert!(appends(&driver.step(now + ttl)).is_empty());
    assert!(!driver.leads());
}

#[test]
fn a_renewed_lease_changes_nothing_and_a_new_token_means_reading_everything_again() {
    let mut driver = leading();
    driver.step(after(600));
    driver.feed(held(1), after(600));
    assert!(driver.leads());
    driver.step(after(1_200));
    driver.feed(held(2), after(1_200));
    assert!(!driver.leads(), "somebody else led in between");
    assert_eq!(driver.token(), Some(2));
    assert!(rebuilds(&driver.step(after(1_200))));
}

#[test]
fn a_clock_that_is_set_back_puts_neither_the_lease_nor_the_tail_off() {
    let mut driver = leading();
    let effects = driver.step(start() - TimeDelta::hours(1));
    assert!(effects.iter().any(|e| matches!(e, Effect::TakeLease)));
    assert_eq!(tails(&effects).len(), 1);
}

#[test]
fn before_it_stops_it_hears_what_became_of_its_appends_and_of_its_lease() {
    let (mut driver, now) = (leading(), start());
    assert!(!driver.awaits_answers());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert_eq!(appends(&driver.step(now)).len(), 1);
    assert!(driver.awaits_answers());
    driver.feed(Input::Appended(stream(1), Err(AppendError::Conflict { actual: Version(2) })), now);
    assert!(!driver.awaits_answers(), "what is left to read is left to the next");
    driver.step(after(500));
    assert!(driver.awaits_answers(), "the lease must not be renewed once it was given back");
    driver.feed(held(1), after(501));
    assert!(!driver.awaits_answers());
}
