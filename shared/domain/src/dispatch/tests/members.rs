//! Members who fall silent, come back, or leave.

use super::*;
use crate::request::{Cause, Ending, Phase};

fn ending(world: &World, request: RequestId) -> Option<Ending> {
    if let Phase::Closed { closed, .. } = world.request(request).phase { Some(closed.ending) } else { None }
}

#[test]
fn a_member_is_away_after_a_minute_without_a_sign_and_back_at_the_next() {
    let mut world = World::new();
    let request = world.ask();
    world.watching.clear();
    world.run_for(seconds(59));
    assert_eq!(world.kinds(request), ["opened"]);
    world.run_for(seconds(1));
    assert_eq!(world.request(request).away_since, Some(noon()));
    world.run_for(minutes(2));
    world.watching.insert(request);
    world.run_for(seconds(5));
    assert_eq!(world.kinds(request), ["opened", "member_away", "member_back"]);
    world.run_for(minutes(10));
    assert_eq!(world.kinds(request), ["opened", "member_away", "member_back"]);
}

#[test]
fn a_sign_that_comes_so_late_that_the_member_would_be_away_again_brings_nobody_back() {
    let mut world = World::new();
    let request = world.ask();
    world.watching.clear();
    world.run_for(minutes(3));
    for late in [seconds(90), minutes(1)] {
        world.signal(Signal::MemberSeen { request, at: world.now - late });
        world.settle();
        assert_eq!(world.kinds(request), ["opened", "member_away"]);
    }
    world.signal(Signal::MemberSeen { request, at: world.now - seconds(59) });
    world.settle();
    assert_eq!(world.kinds(request), ["opened", "member_away", "member_back"]);
}

#[test]
fn waiting_and_away_for_abandon_after_is_abandoned() {
    for priority in [Priority::Standard, Priority::Elevated] {
        let mut world = World::new();
        let request = world.ask_at(priority);
        world.watching.clear();
        world.run_for(minutes(15) - seconds(1));
        assert_eq!(ending(&world, request), None);
        world.run_for(seconds(1));
        assert_eq!(ending(&world, request), Some(Ending::Abandoned));
    }
}

#[test]
fn urgent_and_above_is_never_abandoned_but_escalates_once() {
    for priority in [Priority::Urgent, Priority::Imminent] {
        let mut world = World::new();
        let request = world.ask_at(priority);
        world.watching.clear();
        world.run_for(TimeDelta::days(1));
        assert_eq!(ending(&world, request), None);
        let causes: Vec<Cause> = world.request(request).raised.iter().map(|raised| raised.cause).collect();
        assert_eq!(causes, [Cause::Away]);
        let abandoned = world.act(request, RULES, Command::Abandon(None));
        assert_eq!(abandoned, Err(Rejection::TooUrgent));
    }
}

#[test]
fn a_member_in_conversation_is_not_abandoned() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    world.watching.clear();
    world.run_for(minutes(120));
    assert_eq!((world.holder(request), world.count(request, "member_away")), (Some(holder), 1));
}

#[test]
fn time_in_conversation_does_not_count_as_waiting_and_away() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    world.watching.clear();
    world.run_for(minutes(60));
    world.gives_back(request, holder);
    world.run_for(minutes(15) - seconds(1));
    assert_eq!(ending(&world, request), None);
    world.run_for(seconds(1));
    assert_eq!(ending(&world, request), Some(Ending::Abandoned));
}

#[test]
fn nobody_is_abandoned_for_the_time_in_which_nobody_listened() {
    let mut world = World::new();
    let request = world.ask();
    world.watching.clear();
    world.run_for(minutes(2));
    world.now += minutes(60);
    world.restart();
    world.run_for(seconds(30));
    assert_eq!(ending(&world, request), None);
    world.watching.insert(request);
    world.run_for(minutes(30));
    assert_eq!(ending(&world, request), None);
}

#[test]
fn leave_closes_as_left_withdraws_and_keeps_what_was_raised() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let request = world.ask();
    let escalate = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Rule, reason: None };
    world.act(request, RULES, escalate).unwrap();
    world.leaves(request);
    assert_eq!(ending(&world, request), Some(Ending::Left));
    assert_eq!(world.withdrawn(request), [(volunteer, WithdrawReason::Left)]);
    assert_eq!(world.request(request).raised.len(), 1);
    assert_eq!(world.act(request, Actor::Member, Command::Leave(None)), Ok(0), "a repeat changes nothing");
    assert_eq!(world.known.places(volunteer), []);
}

#[test]
fn leave_ends_a_conversation_too() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.leaves(request);
    assert_eq!((ending(&world, request), world.known.places(holder)), (Some(Ending::Left), vec![]));
}
