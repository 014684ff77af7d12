//! The lease, the rebuild, the stop.

use super::*;

#[test]
fn it_decides_nothing_before_it_leads_and_has_read_everything() {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(taken(), now);
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    assert!(rebuilds(&driver.step(now)), "a standby only reads");
    assert!(driver.process().seen.is_empty());
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

/// A standby that has read the record up to the cursor 1, in which there is a request.
fn following() -> Driver<Even> {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(taken(), now);
    assert!(rebuilds(&driver.step(now)));
    let read = (vec![fact(1, 1, now)], Cursor("1".into()));
    driver.answer(driver.term(), Input::Rebuilt(Ok(read), vec![seen(1)]), now);
    driver
}

/// The streams of the rebuild among `effects` that ended after this are read.
fn reads_since(effects: &[Effect]) -> DateTime<Utc> {
    let scope = effects.iter().find_map(|e| if let Effect::Rebuild(scope) = e { Some(scope) } else { None });
    scope.expect("a rebuild")[0].1
}

#[test]
fn a_standby_follows_the_record_and_wishes_for_nothing() {
    let mut driver = following();
    assert_eq!(driver.process().seen, [(stream(1), Version(1))]);
    assert!(driver.process().signals.is_empty() && driver.step(start()).is_empty());
    assert!(driver.due() > Some(start()));
    let effects = driver.step(after(1_000));
    assert_eq!((tails(&effects), appends(&effects).len()), (vec!["1".to_owned()], 0));
    driver.feed(Input::Tailed(Ok((vec![fact(2, 1, start())], Cursor("2".into())))), after(1_000));
    assert_eq!(driver.process().seen.len(), 2);
    assert_eq!(driver.take_missed(), 0, "the bus tells a standby nothing");
    driver.feed(taken(), after(1_000));
    let effects = driver.step(after(2_000));
    assert!(!rebuilds(&effects), "everything is read once");
    assert_eq!((tails(&effects), appends(&effects).len()), (vec!["2".to_owned()], 0));
}

#[test]
fn a_standby_that_takes_over_reads_again_what_has_not_ended_or_ended_just_now() {
    let mut driver = following();
    driver.step(after(1_000));
    driver.feed(Input::Tailed(Ok((vec![], Cursor("1".into())))), after(1_005));
    driver.feed(held(2), after(1_500));
    let effects = driver.step(after(1_500));
    assert_eq!(reads_since(&effects), after(1_000) - TimeDelta::seconds(10), "what was read then is known");
    assert!(!driver.leads() && appends(&effects).is_empty() && tails(&effects).is_empty());
    // The one before wrote something that no tail has shown yet.
    let read = (vec![fact(1, 1, start()), fact(1, 2, start()), fact(2, 1, start())], Cursor("3".into()));
    driver.answer(driver.term(), Input::Rebuilt(Ok(read), vec![seen(2)]), after(1_510));
    assert!(driver.leads());
    let all = [(stream(1), Version(1)), (stream(1), Version(2)), (stream(2), Version(1))];
    assert_eq!((&driver.process().seen[..], &driver.process().signals[..]), (&all[..], &[seen(2)][..]));
    let effects = driver.step(after(1_510));
    assert_eq!(appends(&effects), [(stream(2), Version(1), 2)]);
    assert_eq!(tails(&effects), ["3"]);
}

#[test]
fn a_standby_whose_tail_is_long_or_fails_reads_from_where_it_was() {
    let mut driver = following();
    driver.step(after(1_000));
    driver.feed(Input::Tailed(Err(down())), after(1_000));
    driver.step(after(2_000));
    let page = (0..2_000).map(|n| fact(n, 1, start())).collect();
    driver.feed(Input::Tailed(Ok((page, Cursor("2001".into())))), after(2_000));
    assert_eq!(tails(&driver.step(after(2_000))), ["2001"], "there is more");
    driver.feed(held(2), after(2_001));
    assert_eq!(reads_since(&driver.step(after(2_001))), start() - TimeDelta::seconds(10));
}

#[test]
fn what_a_standby_asked_for_is_no_rebuild_once_it_has_the_lease() {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(taken(), now);
    assert!(rebuilds(&driver.step(now)));
    let earlier = driver.term();
    driver.feed(held(2), after(50));
    let effects = driver.step(after(50));
    assert_eq!(reads_since(&effects), after(50) - TimeDelta::hours(1), "nothing was read yet");
    let early = Input::Rebuilt(Ok((vec![fact(1, 1, now)], Cursor("1".into()))), vec![]);
    driver.answer(earlier, early, after(60));
    assert!(!driver.leads(), "the one before may have written since that was read");
    driver.answer(driver.term(), Input::Rebuilt(Ok((vec![], Cursor("2".into()))), vec![]), after(61));
    assert!(driver.leads());
}

#[test]
fn a_hole_that_a_standby_was_reading_is_read_when_it_leads() {
    let mut driver = following();
    driver.step(after(1_000));
    driver.feed(Input::Tailed(Ok((vec![fact(2, 2, start())], Cursor("2".into())))), after(1_000));
    assert_eq!(reads(&driver.step(after(1_000))), [(stream(2), Version(0))]);
    driver.feed(held(2), after(1_100));
    assert_eq!(reads(&driver.step(after(1_100))), []);
    driver.answer(driver.term(), Input::Rebuilt(Ok((vec![], Cursor("2".into()))), vec![]), after(1_110));
    assert_eq!(reads(&driver.step(after(1_110))), [(stream(2), Version(0))]);
}

#[test]
fn who_no_longer_leads_follows_from_the_beginning_once_another_does() {
    let (mut driver, now) = (leading(), start());
    driver.feed(Input::Delivered(vec![fact(1, 1, now)]), now);
    driver.step(after(2_000));
    assert!(!driver.leads());
    driver.feed(Input::Lease(Err(down())), after(2_000));
    assert!(!rebuilds(&driver.step(after(2_000))), "nobody else may lead");
    driver.feed(taken(), after(2_300));
    assert_eq!(reads_since(&driver.step(after(2_300))), after(2_300) - TimeDelta::hours(1));
    driver.answer(driver.term(), Input::Rebuilt(Err(down()), vec![]), after(2_310));
    assert!(!rebuilds(&driver.step(after(2_320))));
    assert!(rebuilds(&driver.step(after(2_560))), "until that works");
}

#[test]
fn a_standby_asks_for_the_lease_again_in_a_moment() {
    let (mut driver, now) = (new(), start());
    driver.step(now);
    driver.feed(taken(), now);
    driver.step(now);
    assert!(driver.step(after(49)).is_empty());
    assert!(matches!(driver.step(after(50))[..], [Effect::TakeLease]), "as often as a stop is to be noticed");
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
