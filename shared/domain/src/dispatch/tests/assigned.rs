//! What a supervisor decides stands, whatever the rules say of it.

use super::*;
use crate::request::{Assigned, ReleaseReason};

#[test]
fn assign_may_exceed_capacity() {
    let mut world = World::new();
    let volunteer = world.single();
    let requests = [world.ask(), world.ask(), world.ask()];
    for request in requests {
        world.assign(request, volunteer);
    }
    assert_eq!(requests.map(|r| world.holder(r)), [Some(volunteer); 3]);
    let more = world.ask();
    assert_eq!(world.offers(more), []);
    world.close(requests[0]);
    world.close(requests[1]);
    assert_eq!(world.offers(more), []);
    world.close(requests[2]);
    assert_eq!(world.asked(more), [volunteer]);
}

#[test]
fn assign_takes_it_from_whoever_holds_it() {
    let mut world = World::new();
    let (first, second) = (world.volunteer(), world.volunteer());
    let request = world.held_by(first, Ask::default());
    world.assign(request, second);
    let last = world.events(request).pop();
    assert_eq!(last, Some(Assigned { staff: second, from: Some(first) }.into()));
    assert_eq!((world.known.places(first), world.known.places(second)), (vec![], vec![request]));
}

#[test]
fn assign_to_the_holder_changes_nothing() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.held_by(holder, Ask::default());
    let version = world.request(request).version;
    world.assign(request, holder);
    assert_eq!(world.request(request).version, version);
}

#[test]
fn assign_is_faster_than_a_wish_under_way() {
    let mut world = World::new();
    let (asked, chosen) = (world.single(), world.supervisor());
    world.slow = true;
    let request = world.ask();
    world.deaf = true;
    world.assign(request, chosen);
    world.deaf = false;
    world.carry_out_all();
    assert_eq!((world.holder(request), world.offers(request)), (Some(chosen), vec![]));
    let next = world.ask();
    assert_eq!(world.asked(next), [asked], "the place is free again");
}

#[test]
fn a_supervisor_who_takes_it_from_somebody_sets_them_aside_for_good() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.held_by(holder, Ask::default());
    let supervisor = Actor::Staff(StaffId(uuid::Uuid::max()));
    world.act(request, supervisor, Command::Release(ReleaseReason::Supervisor, None)).unwrap();
    world.run_for(minutes(30));
    assert_eq!((world.offers(request), world.asked(request)), (vec![holder], vec![]));
}

#[test]
fn priority_falls_only_by_a_supervisors_name() {
    let mut world = World::new();
    let request = world.ask_at(Priority::Urgent);
    for actor in [RULES, Actor::Member, Actor::System(Part::Router)] {
        let lowered = world.act(request, actor, Command::SetPriority(Priority::Standard, None));
        assert_eq!(lowered, Err(Rejection::MayNotLower));
    }
    world.set_priority(request, Priority::Standard);
    assert_eq!(world.request(request).priority, Priority::Standard);
}
