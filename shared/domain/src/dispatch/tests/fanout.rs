//! One request held out to several: the record says who was first.

use super::*;

fn imminent_with_three() -> (World, RequestId, Vec<StaffId>) {
    let mut world = World::new();
    for _ in 0..4 {
        world.volunteer();
    }
    let request = world.ask_at(Priority::Imminent);
    let asked = world.asked(request);
    (world, request, asked)
}

#[test]
fn imminent_is_held_out_to_three_at_once_and_standard_to_one() {
    let (mut world, _, asked) = imminent_with_three();
    assert_eq!(asked.len(), 3);
    let standard = world.ask();
    assert_eq!(world.asked(standard).len(), 1);
}

#[test]
fn the_first_accept_wins_and_the_others_are_withdrawn_in_the_same_append() {
    let (mut world, request, asked) = imminent_with_three();
    let losers: Vec<OfferId> = asked[1..].iter().map(|staff| world.offer(request, *staff)).collect();
    assert_eq!(world.accept(request, asked[0]), Ok(3));
    assert_eq!(world.holder(request), Some(asked[0]));
    let taken: Vec<_> = asked[1..].iter().map(|staff| (*staff, WithdrawReason::Taken)).collect();
    assert_eq!(world.withdrawn(request), taken);
    for (staff, offer) in asked[1..].iter().zip(losers) {
        let late = world.act(request, Actor::Staff(*staff), Command::Accept(offer, *staff));
        assert_eq!(late, Err(Rejection::OfferGone));
    }
}

#[test]
fn the_winners_repeat_is_taken_and_changes_nothing() {
    let (mut world, request, asked) = imminent_with_three();
    let offer = world.offer(request, asked[1]);
    world.accept(request, asked[1]).unwrap();
    let version = world.request(request).version;
    assert_eq!(world.act(request, Actor::Staff(asked[1]), Command::Accept(offer, asked[1])), Ok(0));
    assert_eq!(world.request(request).version, version);
}

#[test]
fn nobody_accepts_what_was_offered_to_another() {
    let (mut world, request, asked) = imminent_with_three();
    let offer = world.offer(request, asked[0]);
    let stolen = world.act(request, Actor::Staff(asked[1]), Command::Accept(offer, asked[1]));
    assert_eq!(stolen, Err(Rejection::OfferGone));
}

#[test]
fn of_many_accepts_with_the_same_version_one_stands() {
    let (world, request, asked) = imminent_with_three();
    let state = world.request(request);
    let accepts: Vec<Intent> = asked
        .iter()
        .map(|staff| {
            let command = Command::Accept(state.offer_to(*staff).unwrap().id, *staff);
            let events = state.decide(command, Actor::Staff(*staff), world.now).unwrap();
            Intent {
                stream: StreamId::request(request),
                pool: Pool::named("main"),
                expected: state.version,
                actor: Actor::Staff(*staff),
                events: events.into_iter().map(Event::Request).collect(),
            }
        })
        .collect();
    let mut world = world;
    let outcomes: Vec<bool> = accepts.into_iter().map(|accept| world.append(accept).is_ok()).collect();
    assert_eq!(outcomes, [true, false, false]);
}

#[test]
fn another_is_asked_for_each_who_falls_out() {
    let (mut world, request, asked) = imminent_with_three();
    world.decline(request, asked[0]);
    let now = world.asked(request);
    assert_eq!(now.len(), 3);
    assert!(!now.contains(&asked[0]));
}

#[test]
fn more_come_in_as_they_become_free() {
    let mut world = World::new();
    let request = world.ask_at(Priority::Imminent);
    for n in 1..5 {
        world.volunteer();
        assert_eq!(world.asked(request).len(), n.min(3));
    }
}

#[test]
fn a_late_accept_stands_while_the_record_holds_the_offer_open() {
    let mut world = World::new();
    let late = world.volunteer();
    let request = world.ask();
    world.run_for(seconds(30) + TimeDelta::milliseconds(999));
    assert_eq!(world.asked(request), [late], "expires_at has passed");
    assert_eq!(world.accept(request, late), Ok(1));
    assert_eq!(world.holder(request), Some(late));
}

#[test]
fn an_offer_is_recorded_as_expired_one_second_after_expires_at() {
    for priority in Priority::ALL {
        let mut world = World::new();
        let slow = world.volunteer();
        let request = world.ask_at(priority);
        let timeout = seconds(if priority == Priority::Imminent { 15 } else { 30 });
        let offer = world.request(request).offers[0].clone();
        assert_eq!(offer.expires_at, noon() + timeout);
        world.run_for(timeout + seconds(1) - TimeDelta::milliseconds(1));
        assert_eq!(world.asked(request), [slow]);
        world.run_for(TimeDelta::milliseconds(1));
        assert_eq!((world.asked(request), world.count(request, "offer_expired")), (vec![], 1));
        let gone = world.act(request, Actor::Staff(slow), Command::Accept(offer.id, slow));
        assert_eq!(gone, Err(Rejection::OfferGone));
    }
}
