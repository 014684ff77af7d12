//! Who is set aside for a request, until when, and what happens when everyone is.

use super::*;
use crate::staff::Duty;

#[test]
fn whoever_missed_an_offer_is_asked_again_after_reoffer_after() {
    for (priority, wait) in [(Priority::Standard, 60), (Priority::Imminent, 15)] {
        let mut world = World::new();
        let slow = world.volunteer();
        let request = world.ask_at(priority);
        let timeout = world.settings.dispatch.tier(priority).offer_timeout;
        world.run_for(timeout + seconds(1));
        assert_eq!((world.asked(request), world.count(request, "offer_expired")), (vec![], 1));
        world.run_for(seconds(wait - 1));
        assert_eq!(world.asked(request), []);
        world.run_for(seconds(1));
        assert_eq!(world.asked(request), [slow]);
    }
}

#[test]
fn a_missed_offer_goes_to_the_next() {
    let mut world = World::new();
    let slow = world.volunteer();
    let request = world.ask();
    let next = world.volunteer();
    world.run_for(seconds(31));
    assert_eq!(world.offers(request), [slow, next]);
    assert_eq!(world.count(request, "exhausted"), 0);
}

#[test]
fn whoever_declined_is_not_asked_again_while_anyone_else_is_eligible() {
    let mut world = World::new();
    let unwilling = world.volunteer();
    let others = [world.volunteer(), world.volunteer(), world.volunteer()];
    let request = world.ask();
    world.decline(request, unwilling);
    world.run_for(seconds(93));
    assert_eq!(world.offers(request), [unwilling, others[0], others[1], others[2], others[0]]);
}

#[test]
fn whoever_declined_gives_way_to_whoever_did_not_even_when_asked_again() {
    let mut world = World::new();
    let unwilling = world.single();
    let request = world.ask();
    world.decline(request, unwilling);
    let second = world.volunteer();
    assert_eq!(world.asked(request), [second]);
    let third =
        world.add(Person { skills: vec![("crisis", None)], zone: chrono_tz::Tz::Asia__Tokyo, ..Person::default() });
    world.run_for(seconds(31));
    assert_eq!(world.asked(request), [third]);
    world.run_for(seconds(29));
    let fourth =
        world.add(Person { skills: vec![("grief", None)], zone: chrono_tz::Tz::Pacific__Noumea, ..Person::default() });
    world.decline(request, third);
    assert_eq!(world.asked(request), [fourth], "the first could be asked again by now");
    assert_eq!(world.why(request).out, BTreeMap::from([(crate::dispatch::Ineligible::SetAside, 3)]));
    world.decline(request, fourth);
    assert_eq!(world.asked(request), [unwilling]);
}

#[test]
fn when_everyone_is_set_aside_that_is_recorded_once_and_those_who_declined_are_asked_again() {
    let mut world = World::new();
    let unwilling = [world.volunteer(), world.volunteer()];
    let request = world.ask();
    for _ in unwilling {
        let asked = world.asked(request)[0];
        world.decline(request, asked);
    }
    assert_eq!(world.count(request, "exhausted"), 1);
    world.run_for(seconds(59));
    assert_eq!(world.asked(request), []);
    for round in 2..5 {
        world.run_for(seconds(1));
        for _ in unwilling {
            let asked = world.asked(request)[0];
            world.decline(request, asked);
        }
        assert_eq!(world.offers(request).len(), 2 * round);
        world.run_for(seconds(59));
    }
    assert_eq!(world.count(request, "exhausted"), 1);
    assert_eq!(world.duty(unwilling[0]), Duty::Ready);
}

#[test]
fn somebody_alone_who_misses_is_everyone() {
    let mut world = World::new();
    world.volunteer();
    let request = world.ask();
    world.run_for(seconds(31));
    assert_eq!(world.count(request, "exhausted"), 1);
}

#[test]
fn nobody_to_ask_is_not_everybody_asked() {
    let mut world = World::new();
    world.add(Person { duty: Duty::Off, ..Person::default() });
    let request = world.ask();
    world.run_for(minutes(5));
    assert_eq!(world.kinds(request), ["opened"]);
}

#[test]
fn a_decliner_who_comes_back_on_duty_alone_is_asked_again() {
    for away in [Duty::Break, Duty::Off] {
        let mut world = World::new();
        let unwilling = world.volunteer();
        let request = world.ask();
        world.deaf = true;
        world.decline(request, unwilling);
        world.set_duty(unwilling, away);
        world.deaf = false;
        world.run_for(minutes(20));
        assert_eq!(world.kinds(request), ["opened", "offered", "offer_declined"], "nobody was on duty to be exhausted");
        world.set_duty(unwilling, Duty::Ready);
        assert_eq!(world.count(request, "exhausted"), 1);
        world.run_for(seconds(60));
        assert_eq!(world.asked(request), [unwilling]);
    }
}

#[test]
fn whoever_gave_it_back_and_comes_back_on_duty_alone_is_everyone() {
    let mut world = World::new();
    let tired = world.volunteer();
    let request = world.ask();
    world.accept(request, tired).unwrap();
    world.deaf = true;
    world.gives_back(request, tired);
    world.set_duty(tired, Duty::Off);
    world.deaf = false;
    world.run_for(minutes(5));
    assert_eq!(world.count(request, "exhausted"), 0, "nobody was on duty to be exhausted");
    world.set_duty(tired, Duty::Ready);
    assert_eq!(world.count(request, "exhausted"), 1);
}

#[test]
fn a_decliner_is_asked_again_when_the_last_other_one_goes() {
    let mut world = World::new();
    let unwilling = world.volunteer();
    let request = world.ask();
    world.decline(request, unwilling);
    let other = world.volunteer();
    assert_eq!(world.asked(request), [other]);
    world.set_duty(other, Duty::Off);
    world.run_for(seconds(60));
    assert_eq!(world.asked(request), [unwilling]);
}

#[test]
fn whoever_gave_it_back_is_never_asked_for_it_again() {
    let mut world = World::new();
    let tired = world.volunteer();
    let request = world.ask();
    world.accept(request, tired).unwrap();
    world.gives_back(request, tired);
    assert_eq!(world.count(request, "exhausted"), 1);
    world.run_for(minutes(30));
    assert_eq!(world.offers(request), [tired]);
    let other = world.ask();
    assert_eq!(world.asked(other), [tired]);
}

#[test]
fn being_held_in_between_forgets_who_declined() {
    let mut world = World::new();
    let unwilling = world.volunteer();
    let request = world.ask();
    world.decline(request, unwilling);
    let other = world.volunteer();
    world.accept(request, other).unwrap();
    world.gives_back(request, other);
    assert_eq!(world.asked(request), [unwilling]);
}

#[test]
fn two_misses_in_a_row_are_a_break() {
    let mut world = World::new();
    let asleep = world.volunteer();
    let (first, second) = (world.ask(), world.ask());
    world.run_for(seconds(31));
    assert_eq!((world.count(first, "offer_expired"), world.count(second, "offer_expired")), (1, 1));
    assert_eq!(world.duty(asleep), Duty::Break);
    let reason = world.ledger.iter().rev().find(|fact| &*fact.kind == "duty_set").unwrap();
    assert!(reason.data.contains("not_responding"), "{}", reason.data);
    world.run_for(minutes(10));
    assert_eq!(world.offers(first), [asleep]);
    world.set_duty(asleep, Duty::Ready);
    assert_eq!((world.asked(first), world.asked(second)), (vec![asleep], vec![asleep]));
}

#[test]
fn an_answer_between_two_misses_makes_them_not_in_a_row() {
    type Answer = fn(&mut World, RequestId, StaffId);
    let answers: [Answer; 3] = [
        |world, request, staff| {
            world.decline(request, staff);
            world.leaves(request);
        },
        |world, request, staff| {
            world.accept(request, staff).unwrap();
            world.says(request, staff);
        },
        |world, request, staff| {
            world.set_duty(staff, Duty::Ready);
            world.leaves(request);
        },
    ];
    for answer in answers {
        let mut world = World::new();
        let dozing = world.add(Person { capacity: 3, ..Person::default() });
        let missed = world.ask();
        world.run_for(seconds(31));
        let answered = world.ask();
        answer(&mut world, answered, dozing);
        world.run_for(seconds(91));
        assert!(world.count(missed, "offer_expired") >= 2, "{:?}", world.kinds(missed));
        assert_eq!(world.duty(dozing), Duty::Ready);
        world.restart();
        assert_eq!(world.duty(dozing), Duty::Ready, "in whatever order the record is read");
    }
}

#[test]
fn only_a_missed_offer_is_a_miss() {
    let mut world = World::with(|s| s.dispatch.tiers[0].offer_timeout = minutes(10));
    let volunteer = world.volunteer();
    let request = world.ask();
    for _ in 0..4 {
        world.falls_silent(volunteer);
        world.run_for(minutes(1));
        world.is_heard(volunteer);
    }
    assert_eq!(world.withdrawn(request).len(), 4);
    assert_eq!(world.duty(volunteer), Duty::Ready);
}
