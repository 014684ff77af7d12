//! Appends whose outcome is unknown, appends that came too late, and dispatchers that die.

use super::*;
use crate::staff::Duty;

#[test]
fn a_place_stays_reserved_while_an_outcome_is_unknown() {
    let mut world = World::new();
    world.single();
    world.slow = true;
    let (first, second) = (world.ask(), world.ask());
    world.run_for(minutes(30));
    assert_eq!(world.in_flight.len(), 1, "{:?}", world.in_flight);
    let lost = world.in_flight.pop().unwrap();
    // It was never written, and reading the stream again says so.
    world.settled(lost.stream);
    world.slow = false;
    world.settle();
    assert_eq!((world.offers(first).len(), world.offers(second).len()), (1, 0));
}

#[test]
fn an_append_that_was_written_though_its_answer_was_lost_is_not_repeated() {
    let mut world = World::new();
    world.single();
    world.slow = true;
    let request = world.ask();
    let unknown = world.in_flight.pop().unwrap();
    let stream = unknown.stream;
    world.append(unknown).unwrap();
    world.deaf = true;
    world.settle();
    assert_eq!(world.in_flight, []);
    world.deaf = false;
    world.deliver_all();
    world.settle();
    assert_eq!(world.in_flight, []);
    world.settled(stream);
    world.settle();
    assert_eq!((world.offers(request).len(), world.in_flight.len()), (1, 0));
}

#[test]
fn after_a_conflict_the_facts_decide() {
    let mut world = World::new();
    let volunteer = world.single();
    world.slow = true;
    let request = world.ask();
    world.deaf = true;
    world.leaves(request);
    world.deaf = false;
    world.carry_out_all();
    assert_eq!(world.offers(request), []);
    let next = world.ask();
    assert_eq!(world.asked(next), [volunteer]);
}

#[test]
fn after_a_conflict_that_changes_nothing_the_wish_is_wished_again() {
    let mut world = World::new();
    let volunteer = world.single();
    world.slow = true;
    let request = world.ask();
    world.deaf = true;
    world.member_says(request);
    world.deaf = false;
    world.carry_out_all();
    assert_eq!(world.asked(request), [volunteer]);
}

#[test]
fn a_break_that_conflicts_with_a_word_of_the_volunteer_is_not_forced() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    for _ in 0..2 {
        world.ask();
    }
    world.run_for(seconds(30));
    world.slow = true;
    world.run_for(seconds(1));
    for expiry in std::mem::take(&mut world.in_flight) {
        world.carry_out(expiry);
    }
    world.settle();
    assert!(world.in_flight.iter().any(|intent| matches!(intent.events[0], Event::Duty(_))));
    world.deaf = true;
    world.now += TimeDelta::milliseconds(1);
    world.set_duty(volunteer, Duty::Ready);
    world.deaf = false;
    world.carry_out_all();
    assert_eq!(world.duty(volunteer), Duty::Ready);
}

#[test]
fn a_successor_sees_the_same_and_wishes_nothing_twice() {
    let mut world = World::new();
    let [a, b, _] = [world.volunteer(), world.volunteer(), world.volunteer()];
    let requests: Vec<RequestId> = (0..8).map(|n| world.ask_at(Priority::ALL[n % 3])).collect();
    let asked = world.asked(requests[0]);
    world.accept(requests[0], asked[0]).unwrap();
    world.set_duty(b, Duty::Break);
    world.run_for(seconds(20));
    world.gives_back(requests[0], asked[0]);
    let before = world.ledger.len();
    world.restart();
    assert_eq!(world.ledger.len(), before);
    world.beat();
    world.settle();
    assert_eq!(world.ledger.len(), before);
    assert!(world.known.volunteers().any(|v| v.id == a));
}

#[test]
fn deadlines_are_armed_again_by_rebuilding() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let request = world.ask();
    world.run_for(seconds(20));
    world.restart();
    world.is_heard(volunteer);
    world.run_for(seconds(10));
    assert_eq!(world.count(request, "offer_expired"), 0);
    world.run_for(seconds(1));
    assert_eq!(world.count(request, "offer_expired"), 1);
}

#[test]
fn a_successor_that_wishes_what_the_dead_one_wrote_makes_no_second_offer() {
    let mut world = World::new();
    world.volunteer();
    world.slow = true;
    let request = world.ask();
    let (old, successor) = (world.in_flight[0].clone(), {
        world.restart();
        world.beat();
        world.settle();
        world.in_flight[0].clone()
    });
    let offer = |intent: &Intent| {
        if let Event::Request(RequestEvent::Offered(offered)) = &intent.events[0] { Some(offered.offer) } else { None }
    };
    assert_eq!((offer(&old), old.expected), (offer(&successor), successor.expected));
    world.append(old).unwrap();
    world.carry_out_all();
    assert_eq!(world.offers(request).len(), 1);
}

#[test]
fn a_fact_that_comes_twice_changes_nothing() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let (open, closed) = (world.ask(), world.ask());
    world.leaves(closed);
    world.accept(open, volunteer).unwrap();
    let before = world.ledger.len();
    for first_of_each_only in [false, true] {
        for fact in world.ledger.clone() {
            if fact.version == Version(1) || !first_of_each_only {
                world.dispatcher.observe(&fact);
            }
        }
        world.settle();
        assert_eq!(world.ledger.len(), before);
    }
    assert_eq!(world.dispatcher.waiting(), [0; 4]);
}
