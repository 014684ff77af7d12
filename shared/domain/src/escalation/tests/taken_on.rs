//! What comes after somebody takes it on: reminders, handing over, resolving.

use super::*;

fn taken_on() -> Story {
    let mut story = Story::new(policy(0));
    story.advances(&[staff(1), staff(2)]);
    assert_eq!(story.after(10).acknowledged(1), Ok(vec!["acknowledged"]));
    story
}

#[test]
fn whoever_takes_it_on_ends_the_calling() {
    let mut story = taken_on();
    assert_eq!((story.state.taken_by(), story.due_in()), (Some(staff(1)), Some(1_800)));
    assert!(story.after(1_000).advances(&[staff(2)]).is_empty());
    assert_eq!(story.state.standing_calls().count(), 0);
    assert_eq!(story.does(Command::Skip(Skip::Unreachable)), Ok(vec![]));
}

#[test]
fn one_person_takes_it_on_and_saying_so_twice_is_one() {
    let mut story = taken_on();
    assert_eq!(story.acknowledged(1), Ok(vec![]));
    assert_eq!(story.acknowledged(2), Err(Rejection::AcknowledgedByOther));
    let page = Some(PageId(Uuid::from_u128(9)));
    assert_eq!(story.does(Command::Acknowledge(staff(2), Via::Link, page)), Err(Rejection::PageUsed));
    assert_eq!(story.does(Command::Acknowledge(staff(1), Via::Link, page)), Ok(vec![]));
}

#[test]
fn unresolved_for_too_long_people_are_called_again_and_again() {
    let mut story = taken_on();
    assert_eq!(story.after(1_799).does(Command::Remind(vec![staff(1)])), Ok(vec![]));
    story.after(1);
    for count in 1..5 {
        assert_eq!(story.does(Command::Remind(vec![staff(1)])), Ok(vec!["reminded"]));
        assert_eq!(story.due_in(), Some(1_800));
        let Stage::Acknowledged { reminders, .. } = story.state.stage else { panic!("it stays with whoever took it") };
        assert_eq!(reminders, count);
        assert_eq!(story.state.standing_calls().count(), count as usize, "only what came since");
        story.after(1_800);
    }
}

#[test]
fn without_a_time_to_resolve_within_nobody_is_reminded() {
    let mut story = Story::new(Policy { resolve_within: None, ..policy(0) });
    story.acknowledged(1).unwrap();
    assert_eq!((story.due_in(), story.after(100_000).does(Command::Remind(vec![]))), (None, Ok(vec![])));
}

#[test]
fn it_stays_with_who_has_it_until_the_other_takes_it_over() {
    let mut story = taken_on();
    let hand = |to| Command::HandOver(staff(1), staff(to), None);
    assert_eq!(story.does(hand(3)), Ok(vec!["hand_over_asked"]));
    assert_eq!((story.state.taken_by(), story.state.called(staff(3))), (Some(staff(1)), true));
    assert_eq!(story.does(hand(3)), Ok(vec![]), "they are asked already");
    assert_eq!(story.does(hand(1)), Ok(vec![]), "they have it already");
    assert_eq!(story.state.standing_calls().count(), 1, "whoever is asked is called");
    assert_eq!(story.acknowledged(2), Err(Rejection::AcknowledgedByOther));
    assert_eq!(story.after(20).acknowledged(3), Ok(vec!["acknowledged"]));
    assert_eq!((story.state.taken_by(), story.due_in()), (Some(staff(3)), Some(1_800)));
    assert_eq!(story.acknowledged(1), Err(Rejection::AcknowledgedByOther));
}

#[test]
fn what_nobody_took_on_cannot_be_handed_over() {
    let mut story = Story::new(policy(0));
    let hand = Command::HandOver(staff(1), staff(2), None);
    assert_eq!(story.does(hand), Err(Rejection::NotAcknowledged));
}

#[test]
fn resolving_ends_it_and_whoever_resolves_took_it_on() {
    let mut story = Story::new(policy(0));
    story.advances(&[staff(1)]);
    assert_eq!(story.resolves(2), Ok(vec!["acknowledged", "resolved"]));
    assert_eq!((story.due_in(), story.state.taken_by()), (None, Some(staff(2))));
    assert_eq!(story.resolves(2), Err(Rejection::AlreadyResolved));
    assert_eq!(story.acknowledged(1), Err(Rejection::AlreadyResolved));
    assert!(story.after(10_000).advances(&[staff(1)]).is_empty());
    let mut other = taken_on();
    assert_eq!(other.resolves(2), Ok(vec!["resolved"]), "one supervisor may resolve what another took on");
}

#[test]
fn when_emergency_services_were_called_for_somebody_in_imminent_danger_it_says_who_confirmed_it() {
    let mut story = taken_on();
    let resolve = |confirmed_by: Option<&str>| {
        let confirmed_by = confirmed_by.map(|who| crate::Text::Open(who.to_owned()));
        let outcome = "emergency_services".to_owned();
        Command::Resolve(staff(1), Resolution { outcome, confirmed_by, note: None })
    };
    let more = Command::AddTrigger(Version(6), Cause::Rule, None, Priority::Imminent);
    story.does(more).unwrap();
    assert_eq!(story.does(resolve(None)), Err(Rejection::NotConfirmed));
    assert_eq!(story.does(resolve(Some("the dispatcher at 112"))), Ok(vec!["resolved"]));
    let mut urgent = taken_on();
    assert_eq!(urgent.does(resolve(None)), Ok(vec!["resolved"]));
}
