//! From holder to holder: the one keeps it until the other has it.

use super::*;
use crate::dispatch::Criterion;
use crate::request::{ReleaseReason, TransferFailure};
use crate::staff::Duty;

fn ask(world: &mut World, request: RequestId, holder: StaffId, to: Option<StaffId>) -> Result<usize, Rejection> {
    world.act(request, Actor::Staff(holder), Command::AskTransfer(to, None))
}

/// A request in conversation, and somebody who could take it over.
fn conversation() -> (World, RequestId, StaffId, StaffId) {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    let other = world.volunteer();
    (world, request, holder, other)
}

fn failed(world: &World, request: RequestId) -> Vec<TransferFailure> {
    let failed = |event| if let RequestEvent::TransferFailed(e) = event { Some(e.reason) } else { None };
    world.events(request).into_iter().filter_map(failed).collect()
}

#[test]
fn the_holder_keeps_it_until_the_other_accepts() {
    let (mut world, request, holder, other) = conversation();
    ask(&mut world, request, holder, None).unwrap();
    assert_eq!((world.holder(request), world.asked(request)), (Some(holder), vec![other]));
    assert!(world.request(request).offers[0].handover);
    world.accept(request, other).unwrap();
    assert_eq!(world.holder(request), Some(other));
    assert_eq!(world.known.places(holder), []);
    assert_eq!(world.accept_again(request, other), Ok(0));
    world.says(request, other);
    world.run_for(minutes(10));
    assert_eq!(failed(&world, request), []);
}

impl World {
    fn accept_again(&mut self, request: RequestId, staff: StaffId) -> Result<usize, Rejection> {
        let offer = self.request(request).taken_by.unwrap();
        self.act(request, Actor::Staff(staff), Command::Accept(offer, staff))
    }
}

#[test]
fn a_named_person_is_the_only_one_asked() {
    let (mut world, request, holder, _) = conversation();
    let named = world.volunteer();
    ask(&mut world, request, holder, Some(named)).unwrap();
    assert_eq!(world.asked(request), [named]);
    assert_eq!(world.why(request).decided_by, Criterion::Named);
    world.decline(request, named);
    assert_eq!((world.asked(request), world.holder(request)), (vec![], Some(holder)));
    assert_eq!(failed(&world, request), [TransferFailure::Declined]);
}

#[test]
fn a_named_person_who_cannot_be_asked_is_nobody() {
    let (mut world, request, holder, _) = conversation();
    let named = world.add(Person { duty: Duty::Off, ..Person::default() });
    ask(&mut world, request, holder, Some(named)).unwrap();
    assert_eq!((failed(&world, request), world.holder(request)), (vec![TransferFailure::Nobody], Some(holder)));
}

#[test]
fn declined_and_expired_fail_it_and_the_holder_keeps_it() {
    let (mut world, request, holder, other) = conversation();
    ask(&mut world, request, holder, None).unwrap();
    world.decline(request, other);
    assert_eq!(failed(&world, request), [TransferFailure::Declined]);
    let another = world.volunteer();
    ask(&mut world, request, holder, None).unwrap();
    assert_eq!(world.asked(request), [another]);
    world.run_for(seconds(31));
    assert_eq!(failed(&world, request), [TransferFailure::Declined, TransferFailure::Expired]);
    assert_eq!((world.holder(request), world.asked(request)), (Some(holder), vec![]));
}

#[test]
fn nobody_to_take_over_fails_it_at_once() {
    let (mut world, request, holder, other) = conversation();
    world.set_duty(other, Duty::Off);
    ask(&mut world, request, holder, None).unwrap();
    assert_eq!((failed(&world, request), world.holder(request)), (vec![TransferFailure::Nobody], Some(holder)));
}

#[test]
fn the_holder_is_not_asked_to_take_over_from_themselves() {
    let (mut world, request, holder, _) = conversation();
    ask(&mut world, request, holder, Some(holder)).unwrap();
    assert_eq!(failed(&world, request), [TransferFailure::Nobody]);
}

#[test]
fn another_who_becomes_ineligible_fails_it() {
    let (mut world, request, holder, other) = conversation();
    ask(&mut world, request, holder, None).unwrap();
    world.set_duty(other, Duty::Break);
    assert_eq!(world.withdrawn(request), [(other, WithdrawReason::Duty)]);
    assert_eq!((failed(&world, request), world.holder(request)), (vec![TransferFailure::Withdrawn], Some(holder)));
}

#[test]
fn a_second_one_is_refused_while_the_first_is_under_way() {
    let (mut world, request, holder, _) = conversation();
    ask(&mut world, request, holder, None).unwrap();
    assert_eq!(ask(&mut world, request, holder, None), Err(Rejection::TransferOpen));
}

#[test]
fn a_waiting_request_cannot_be_transferred() {
    let mut world = World::new();
    let request = world.ask();
    assert_eq!(ask(&mut world, request, StaffId(uuid::Uuid::nil()), None), Err(Rejection::NotActive));
}

#[test]
fn close_leave_release_and_assign_withdraw_it() {
    type End = fn(&mut World, RequestId, StaffId);
    let ends: [(End, WithdrawReason); 4] = [
        (|world, request, _| world.close(request), WithdrawReason::Left),
        (|world, request, _| world.leaves(request), WithdrawReason::Left),
        (World::gives_back, WithdrawReason::Left),
        (|world, request, _| world.assign(request, StaffId(uuid::Uuid::max())), WithdrawReason::Assigned),
    ];
    for (end, reason) in ends {
        let (mut world, request, holder, other) = conversation();
        ask(&mut world, request, holder, None).unwrap();
        let offer = world.offer(request, other);
        end(&mut world, request, holder);
        assert_eq!(world.withdrawn(request), [(other, reason)]);
        let late = world.act(request, Actor::Staff(other), Command::Accept(offer, other));
        assert_eq!(late, Err(Rejection::OfferGone));
    }
}

#[test]
fn a_holder_who_falls_silent_in_the_middle_of_it_loses_it_to_the_queue() {
    let (mut world, request, holder, other) = conversation();
    world.falls_silent(holder);
    world.run_for(seconds(70));
    ask(&mut world, request, holder, None).unwrap();
    world.run_for(seconds(20));
    assert_eq!(world.holder(request), None);
    assert_eq!(world.withdrawn(request), [(other, WithdrawReason::Left)]);
    assert_eq!(world.asked(request), [other]);
    let reason = ReleaseReason::Absent;
    assert!(world.events(request).iter().any(|e| matches!(e, RequestEvent::Released(r) if r.reason == reason)));
}

#[test]
fn a_handover_takes_a_place_and_counts_as_a_miss() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.held_by(holder, Ask::default());
    world.says(request, holder);
    let other = world.single();
    ask(&mut world, request, holder, Some(other)).unwrap();
    let second = world.held_by(holder, Ask::default());
    world.says(second, holder);
    world.run_for(seconds(31));
    ask(&mut world, second, holder, Some(other)).unwrap();
    world.run_for(seconds(31));
    assert_eq!(world.duty(other), Duty::Break);
}

#[test]
fn whoever_takes_over_between_two_misses_did_not_miss_two_in_a_row() {
    let (mut world, request, holder, _) = conversation();
    let other = world.volunteer();
    for takes_over in [false, true, false] {
        if world.holder(request) == Some(other) {
            world.says(request, other);
            ask(&mut world, request, other, Some(holder)).unwrap();
            world.accept(request, holder).unwrap();
            world.says(request, holder);
        }
        world.run_for(seconds(61));
        ask(&mut world, request, holder, Some(other)).unwrap();
        if takes_over {
            world.accept(request, other).unwrap();
        } else {
            world.run_for(seconds(31));
        }
    }
    assert_eq!(world.count(request, "offer_expired"), 2);
    assert_eq!(world.duty(other), Duty::Ready);
}

#[test]
fn whoever_declined_a_handover_can_be_asked_for_another_a_while_later() {
    let (mut world, request, holder, other) = conversation();
    ask(&mut world, request, holder, None).unwrap();
    world.decline(request, other);
    ask(&mut world, request, holder, None).unwrap();
    assert_eq!(failed(&world, request), [TransferFailure::Declined, TransferFailure::Nobody]);
    world.run_for(seconds(60));
    ask(&mut world, request, holder, Some(other)).unwrap();
    assert_eq!(world.asked(request), [other]);
}

#[test]
fn an_imminent_handover_goes_to_one() {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.held_by(holder, Ask { priority: Priority::Imminent, ..Ask::default() });
    world.says(request, holder);
    for _ in 0..3 {
        world.volunteer();
    }
    ask(&mut world, request, holder, None).unwrap();
    assert_eq!(world.asked(request).len(), 1);
}
