//! Clients that fall silent: theirs is the offer for `presence_grace`, and the conversation for `reconnect_grace`.

use super::*;
use crate::request::ReleaseReason;

#[test]
fn an_offer_is_withdrawn_when_its_volunteer_was_silent_for_presence_grace() {
    let mut world = World::with(|s| s.dispatch.tiers[0].offer_timeout = minutes(5));
    let frozen = world.volunteer();
    let request = world.ask();
    world.falls_silent(frozen);
    world.run_for(seconds(30) - TimeDelta::milliseconds(1));
    assert_eq!(world.asked(request), [frozen]);
    world.run_for(TimeDelta::milliseconds(1));
    assert_eq!(world.withdrawn(request), [(frozen, WithdrawReason::Absent)]);
    world.is_heard(frozen);
    assert_eq!(world.asked(request), [frozen], "a withdrawn offer is no miss");
}

#[test]
fn a_conversation_is_released_when_its_holder_was_silent_for_reconnect_grace() {
    let mut world = World::new();
    let frozen = world.volunteer();
    let request = world.ask();
    world.accept(request, frozen).unwrap();
    world.says(request, frozen);
    world.falls_silent(frozen);
    world.run_for(seconds(89));
    assert_eq!(world.holder(request), Some(frozen));
    let other = world.volunteer();
    world.run_for(seconds(1));
    assert!(world.events(request).iter().any(|event| matches!(
        event,
        RequestEvent::Released(released) if released.reason == ReleaseReason::Absent && released.volunteer == frozen
    )));
    assert_eq!(world.asked(request), [other]);
}

#[test]
fn a_holder_who_is_heard_in_time_keeps_the_conversation() {
    let mut world = World::new();
    let shaky = world.volunteer();
    let request = world.ask();
    world.accept(request, shaky).unwrap();
    world.says(request, shaky);
    for _ in 0..3 {
        world.falls_silent(shaky);
        world.run_for(seconds(85));
        world.is_heard(shaky);
    }
    world.run_for(seconds(80));
    assert_eq!(world.holder(request), Some(shaky));
}

#[test]
fn a_new_dispatcher_gives_everybody_grace_from_its_own_beginning() {
    let mut world = World::with(|s| s.dispatch.tiers[0].offer_timeout = minutes(5));
    let (holder, asked) = (world.single(), world.single());
    let held = world.held_by(holder, Ask::default());
    world.says(held, holder);
    let offered = world.ask();
    world.present.clear();
    world.run_for(seconds(20));
    world.restart();
    world.run_for(seconds(29));
    assert_eq!(world.asked(offered), [asked]);
    world.run_for(seconds(1));
    assert_eq!(world.withdrawn(offered), [(asked, WithdrawReason::Absent)]);
    world.run_for(seconds(59));
    assert_eq!(world.holder(held), Some(holder));
    world.run_for(seconds(1));
    assert_eq!(world.holder(held), None);
}

#[test]
fn a_proof_from_before_its_beginning_shortens_nobodys_grace() {
    let mut world = World::with(|s| s.dispatch.tiers[0].offer_timeout = minutes(5));
    let asked = world.volunteer();
    let request = world.ask();
    world.present.clear();
    world.run_for(seconds(25));
    let at = world.now - seconds(25);
    world.restart();
    world.signal(Signal::StaffSeen { staff: asked, at });
    world.run_for(seconds(29));
    assert_eq!(world.asked(request), [asked]);
    world.run_for(seconds(1));
    assert_eq!(world.withdrawn(request), [(asked, WithdrawReason::Absent)]);
}

#[test]
fn grace_is_no_proof_nobody_is_asked_who_was_not_heard_since() {
    let mut world = World::new();
    let unheard = world.volunteer();
    world.restart();
    world.present.clear();
    let request = world.ask();
    assert_eq!(world.offers(request), []);
    world.is_heard(unheard);
    assert_eq!(world.asked(request), [unheard]);
    assert_eq!(world.why(request).present_at, Some(world.now));
}

#[test]
fn whoever_is_heard_again_gets_the_backlog_at_once() {
    let mut world = World::new();
    let back = world.volunteer();
    world.falls_silent(back);
    world.run_for(minutes(1));
    let requests = [world.ask(), world.ask(), world.ask()];
    assert_eq!(requests.map(|r| world.offers(r).len()), [0, 0, 0]);
    world.is_heard(back);
    assert_eq!(requests.map(|r| world.offers(r).len()), [1, 1, 0]);
}

#[test]
fn a_conversation_given_to_somebody_who_is_not_there_waits_for_them_for_reconnect_grace() {
    let mut world = World::new();
    let absent = world.volunteer();
    world.falls_silent(absent);
    world.run_for(minutes(30));
    let request = world.ask();
    world.assign(request, absent);
    world.run_for(seconds(89));
    assert_eq!(world.holder(request), Some(absent));
    world.run_for(seconds(1));
    assert_eq!(world.holder(request), None);
}

#[test]
fn a_supervisor_who_holds_a_conversation_loses_it_by_silence_too() {
    let mut world = World::new();
    let supervisor = world.supervisor();
    let request = world.held_by(supervisor, Ask::default());
    world.says(request, supervisor);
    world.run_for(minutes(3));
    assert_eq!(world.holder(request), Some(supervisor));
    world.falls_silent(supervisor);
    world.run_for(seconds(90));
    assert_eq!(world.holder(request), None);
}
