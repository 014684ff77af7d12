//! What whoever runs a dispatcher sees of it.

use super::people::today;
use super::*;
use crate::record::StreamKind;
use crate::request::Exhausted;
use crate::staff::{Duty, Removed};

#[test]
fn it_counts_who_is_on_duty_and_who_of_them_could_be_asked() {
    let mut world = World::new();
    let counts = |world: &World| (world.dispatcher.on_duty(), world.dispatcher.free());
    assert_eq!(counts(&world), (0, 0));
    world.volunteer();
    let leaves = world.volunteer();
    assert_eq!(counts(&world), (2, 2));
    world.add(Person { shifts: vec![today("11:00", "12:10")], ..Person::default() });
    assert_eq!(counts(&world), (3, 3), "whoever winds down could be asked for an urgent request");
    let full = world.single();
    world.held_by(full, Ask::default());
    assert_eq!(counts(&world), (4, 3));
    let busy = world.volunteer();
    world.held_by(busy, Ask { priority: Priority::Imminent, ..Ask::default() });
    assert_eq!(counts(&world), (5, 3));
    let rests = world.volunteer();
    let urgent = world.held_by(rests, Ask { priority: Priority::Urgent, ..Ask::default() });
    world.close(urgent);
    assert_eq!(counts(&world), (6, 3));
    world.add(Person { duty: Duty::Break, ..Person::default() });
    world.add(Person { present: false, ..Person::default() });
    world.add(Person { shifts: vec![today("11:00", "11:30")], ..Person::default() });
    world.supervisor();
    assert_eq!(counts(&world), (6, 3), "on duty is scheduled, ready and present");
    world.staff_event(leaves, Removed {});
    world.settle();
    assert_eq!(counts(&world), (5, 2));
}

#[test]
fn it_counts_who_wants_an_offer_and_knows_who_is_open() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let nobody_speaks = |priority| Ask { language: "pt", priority, ..Ask::default() };
    let waits = world.open(nobody_speaks(Priority::Standard));
    world.open(nobody_speaks(Priority::Standard));
    world.open(nobody_speaks(Priority::Urgent));
    world.open(nobody_speaks(Priority::Elevated));
    let offered = world.ask();
    assert_eq!(world.asked(offered), [volunteer]);
    assert_eq!(world.dispatcher.waiting(), [2, 1, 1, 0]);
    assert_eq!(world.dispatcher.request(waits).map(|known| known.id), Some(waits));
    world.leaves(waits);
    assert!(world.dispatcher.request(waits).is_none());
    assert_eq!(world.dispatcher.waiting(), [1, 1, 1, 0]);
}

#[test]
fn it_rebuilds_from_staff_a_week_of_duty_and_a_day_of_requests() {
    let scope = World::new().dispatcher.scope();
    let expected = [
        (StreamKind::Staff, TimeDelta::zero()),
        (StreamKind::Duty, TimeDelta::days(7)),
        (StreamKind::Request, TimeDelta::hours(24)),
    ];
    assert_eq!(scope, expected);
}

#[test]
fn a_request_of_another_pool_is_not_its_business() {
    let mut world = World::new();
    world.volunteer();
    let request = world.open(Ask { language: "pt", ..Ask::default() });
    let mut other = Dispatcher::new(Pool::named("other"), world.settings.clone());
    world.ledger.iter().for_each(|fact| other.observe(fact));
    assert!(world.dispatcher.request(request).is_some());
    assert!(other.request(request).is_none());
}

/// A dispatcher that has nothing to do now, and what concerns it: somebody on duty, and a request offered to them.
fn at_rest() -> (World, StaffId, RequestId) {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let request = world.ask();
    assert!(world.dispatcher.due() > Some(world.now), "it is at rest");
    (world, volunteer, request)
}

#[test]
fn whatever_is_heard_is_looked_at_at_once() {
    type Heard = fn(&mut World, StaffId, RequestId);
    let heard: [(&str, Heard); 5] = [
        ("somebody not heard of before", |world, _, _| {
            let staff = StaffId(world.next_id());
            world.dispatcher.signal(Signal::StaffSeen { staff, at: world.now });
        }),
        ("a profile", |world, volunteer, _| {
            world.deaf = true;
            world.set_capacity(volunteer, 3);
            world.deliver(StreamId::staff(volunteer));
        }),
        ("a word of duty", |world, volunteer, _| {
            world.deaf = true;
            world.set_duty(volunteer, Duty::Break);
            world.deliver(crate::staff::duty_stream(volunteer, world.now));
        }),
        ("an event of a request", |world, _, request| {
            let event = Event::Request(Exhausted {}.into());
            world.record(StreamId::request(request), Pool::named("main"), RULES, vec![event]);
            world.deliver(StreamId::request(request));
        }),
        ("what became of a wish", |world, _, request| world.settled(StreamId::request(request))),
    ];
    for (what, hear) in heard {
        let (mut world, volunteer, request) = at_rest();
        hear(&mut world, volunteer, request);
        assert!(world.dispatcher.due() <= Some(world.now), "{what}");
        world.deaf = false;
        world.settle();
        assert!(world.dispatcher.due() > Some(world.now), "{what}: it comes to rest again");
    }
}

#[test]
fn somebody_who_is_heard_as_always_is_no_news() {
    let (mut world, volunteer, request) = at_rest();
    let due = world.dispatcher.due();
    world.dispatcher.signal(Signal::StaffSeen { staff: volunteer, at: world.now });
    world.dispatcher.signal(Signal::MemberSeen { request, at: world.now });
    assert_eq!(world.dispatcher.due(), due);
}

#[test]
fn of_what_ended_the_latest_ten_thousand_are_remembered() {
    let mut ended = super::super::Ended::default();
    let id = |n: usize| RequestId(uuid::Uuid::from_u128(n as u128));
    let most = super::super::Ended::<RequestId>::MOST;
    assert!((0..most).all(|n| ended.insert(id(n)).is_none()));
    ended.insert(id(most - 1));
    assert!((0..most).all(|n| ended.ids.contains(&id(n))), "a repeat makes nobody forget");
    ended.insert(id(most));
    assert!(!ended.ids.contains(&id(0)) && ended.ids.contains(&id(1)) && ended.ids.contains(&id(most)));
}
