//! Who is served first.

use super::*;
use crate::dispatch::Rank;
use crate::staff::Duty;

/// The order in which somebody who does one thing at a time is asked.
fn served(world: &mut World, requests: &[RequestId]) -> Vec<RequestId> {
    let worker = world.single();
    let mut order = Vec::new();
    while let Some(next) = requests.iter().find(|r| world.request(**r).offer_to(worker).is_some()) {
        order.push(*next);
        world.leaves(*next);
    }
    order
}

#[test]
fn higher_priority_goes_first_and_then_the_longest_waiting() {
    let mut world = World::new();
    let mut requests = Vec::new();
    for priority in [
        Priority::Standard,
        Priority::Urgent,
        Priority::Elevated,
        Priority::Imminent,
        Priority::Standard,
        Priority::Urgent,
    ] {
        requests.push(world.ask_at(priority));
        world.run_for(seconds(1));
    }
    let expected = [3, 1, 5, 2, 0, 4].map(|n| requests[n]);
    assert_eq!(served(&mut world, &requests), expected);
}

#[test]
fn a_request_that_waited_longer_than_ageing_is_served_as_one_tier_higher() {
    let mut world = World::new();
    let aged = world.ask();
    world.run_for(seconds(1));
    let elevated_later = world.ask_at(Priority::Elevated);
    world.run_for(minutes(10) - seconds(1));
    let rank = |world: &World, id| Rank::of(&world.request(id), &world.settings.dispatch, world.now);
    assert!(rank(&world, aged) > rank(&world, elevated_later), "exactly as long is not longer");
    world.run_for(TimeDelta::milliseconds(1));
    assert!(rank(&world, aged) < rank(&world, elevated_later));
    let urgent = world.ask_at(Priority::Urgent);
    assert_eq!(served(&mut world, &[aged, elevated_later, urgent]), [urgent, aged, elevated_later]);
    assert_eq!(world.request(aged).priority, Priority::Standard, "order only");
}

#[test]
fn nothing_is_ever_served_as_imminent_for_having_waited() {
    let mut world = World::with(|s| s.dispatch.tiers.iter_mut().for_each(|tier| tier.ageing = Some(seconds(1))));
    let urgent = world.ask_at(Priority::Urgent);
    world.run_for(minutes(60));
    let imminent = world.ask_at(Priority::Imminent);
    assert_eq!(served(&mut world, &[urgent, imminent]), [imminent, urgent]);
}

#[test]
fn a_request_that_was_given_back_keeps_its_place_in_time() {
    let mut world = World::new();
    let first = world.single();
    let oldest = world.ask();
    world.run_for(seconds(1));
    let younger = world.ask();
    world.accept(oldest, first).unwrap();
    world.set_duty(first, Duty::Off);
    world.gives_back(oldest, first);
    assert_eq!(served(&mut world, &[oldest, younger]), [oldest, younger]);
}

#[test]
fn a_request_whose_priority_rises_overtakes() {
    let mut world = World::new();
    let requests = [world.ask(), world.ask()];
    world.act(requests[1], RULES, Command::SetPriority(Priority::Elevated, None)).unwrap();
    assert_eq!(served(&mut world, &requests), [requests[1], requests[0]]);
}

#[test]
fn who_cannot_be_helped_by_whoever_is_free_holds_nobody_up() {
    let mut world = World::new();
    let basque = world.open(Ask { language: "eu", priority: Priority::Imminent, ..Ask::default() });
    let request = world.ask();
    let volunteer = world.single();
    assert_eq!((world.asked(basque), world.asked(request)), (vec![], vec![volunteer]));
}

#[test]
fn one_moment_serves_the_backlog_in_order() {
    let mut world = World::new();
    let mut requests = Vec::new();
    for n in 0..12 {
        requests.push(world.ask_at(Priority::ALL[n % 3]));
        world.run_for(seconds(1));
    }
    for _ in 0..3 {
        world.add(Person { duty: Duty::Off, ..Person::default() });
    }
    let staff: Vec<StaffId> = world.present.iter().copied().collect();
    world.slow = true;
    for id in staff {
        world.deaf = true;
        world.set_duty(id, Duty::Ready);
    }
    world.deaf = false;
    world.settle();
    world.carry_out_all();
    let asked: Vec<RequestId> = requests.iter().copied().filter(|r| !world.asked(*r).is_empty()).collect();
    assert_eq!(
        asked,
        [2, 1, 5, 4, 8, 11]
            .map(|n| requests[n])
            .into_iter()
            .filter(|r| asked.contains(r))
            .collect::<Vec<_>>()
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect::<Vec<_>>()
    );
    assert_eq!(asked.len(), 6);
    assert!(requests.iter().all(|r| world.request(*r).priority < Priority::Urgent || asked.contains(r)));
}
