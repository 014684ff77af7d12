//! Offers that are taken back, each for its reason.

use super::people::{skill, today};
use super::*;
use crate::staff::{Changed, Duty, Removed};

/// Somebody is offered a request, then something happens: the offer must be withdrawn for that reason.
fn withdraws(person: Person, ask: Ask, happens: impl FnOnce(&mut World, StaffId, RequestId), reason: WithdrawReason) {
    let mut world = World::with(|s| s.dispatch.tiers.iter_mut().for_each(|tier| tier.offer_timeout = minutes(30)));
    let volunteer = world.add(person);
    let request = world.open(ask);
    assert_eq!(world.asked(request), [volunteer]);
    happens(&mut world, volunteer, request);
    assert_eq!(world.withdrawn(request), [(volunteer, reason)]);
}

#[test]
fn duty_when_they_take_a_break_or_go() {
    for duty in [Duty::Break, Duty::Off] {
        withdraws(Person::default(), Ask::default(), |w, v, _| w.set_duty(v, duty), WithdrawReason::Duty);
    }
}

#[test]
fn duty_when_they_rest_after_an_urgent_conversation() {
    let urgent_ends = |w: &mut World, v, _| {
        let urgent = w.held_by(v, Ask { priority: Priority::Urgent, ..Ask::default() });
        w.close(urgent);
    };
    withdraws(Person { capacity: 3, ..Person::default() }, Ask::default(), urgent_ends, WithdrawReason::Duty);
}

#[test]
fn shift_over_when_it_ends_or_soon_will() {
    let person = || Person { shifts: vec![today("09:00", "12:20")], ..Person::default() };
    withdraws(person(), Ask::default(), |w, _, _| w.run_for(minutes(5)), WithdrawReason::ShiftOver);
    let urgent = || Ask { priority: Priority::Urgent, ..Ask::default() };
    let not_before_its_end = |w: &mut World, _, r| {
        w.run_for(minutes(20) - seconds(1));
        assert_eq!(w.withdrawn(r), []);
        w.run_for(seconds(1));
    };
    withdraws(person(), urgent(), not_before_its_end, WithdrawReason::ShiftOver);
}

#[test]
fn shift_over_when_it_soon_will_be_for_somebody_without_a_free_place_too() {
    let person = Person { shifts: vec![today("09:00", "12:20")], capacity: 1, ..Person::default() };
    withdraws(person, Ask::default(), |w, _, _| w.run_for(minutes(5)), WithdrawReason::ShiftOver);
}

#[test]
fn shift_over_when_their_hours_are_changed_or_they_are_no_volunteer_any_more() {
    let other_hours = |w: &mut World, v, _| w.set_shifts(v, vec![today("18:00", "20:00")]);
    withdraws(Person::default(), Ask::default(), other_hours, WithdrawReason::ShiftOver);
    let leave = |w: &mut World, v, _| w.add_leave(v, "2026-03-02T11:00", "2026-03-02T20:00");
    withdraws(Person::default(), Ask::default(), leave, WithdrawReason::ShiftOver);
    let removed = |w: &mut World, v, _| {
        w.staff_event(v, Removed {});
        w.settle();
    };
    withdraws(Person::default(), Ask::default(), removed, WithdrawReason::ShiftOver);
}

#[test]
fn needs_changed_when_a_qualification_lapses_or_is_taken_away() {
    let crisis = || Ask { line: "crisis", ..Ask::default() };
    let lapses = Person { skills: vec![("crisis", Some(noon() + minutes(1)))], ..Person::default() };
    withdraws(lapses, crisis(), |w, _, _| w.run_for(minutes(1)), WithdrawReason::NeedsChanged);
    let holds = Person { skills: vec![("crisis", None)], ..Person::default() };
    withdraws(holds, crisis(), |w, v, _| w.set_skills(v, &[]), WithdrawReason::NeedsChanged);
}

#[test]
fn needs_changed_when_a_language_is_taken_away() {
    let forgets = |w: &mut World, v, _| {
        let languages = Some(vec!["es".parse().unwrap()]);
        w.staff_event(v, Changed { languages, ..Changed::default() });
        w.settle();
    };
    withdraws(Person::default(), Ask::default(), forgets, WithdrawReason::NeedsChanged);
}

#[test]
fn needs_changed_when_the_priority_rises_beyond_them() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(skill("crisis")));
    let volunteer = world.volunteer();
    let request = world.ask();
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    assert_eq!(world.withdrawn(request), [(volunteer, WithdrawReason::NeedsChanged)]);
    assert_eq!(world.asked(request), []);
}

#[test]
fn left_when_the_member_leaves() {
    withdraws(Person::default(), Ask::default(), |w, _, r| w.leaves(r), WithdrawReason::Left);
}

#[test]
fn assigned_when_a_supervisor_gives_the_request_to_another() {
    let assign = |w: &mut World, _, r| {
        let other = w.supervisor();
        w.assign(r, other);
    };
    withdraws(Person::default(), Ask::default(), assign, WithdrawReason::Assigned);
}

#[test]
fn assigned_when_a_supervisor_gives_the_volunteer_something_else() {
    let assign = |w: &mut World, v, _| {
        w.held_by(v, Ask { language: "eu", ..Ask::default() });
    };
    withdraws(Person { capacity: 1, ..Person::default() }, Ask::default(), assign, WithdrawReason::Assigned);
}

#[test]
fn no_more_offers_are_taken_back_than_places_are_missing() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let (urgent, standard) = (world.ask_at(Priority::Urgent), world.ask());
    world.held_by(volunteer, Ask { language: "eu", ..Ask::default() });
    assert_eq!(world.withdrawn(standard), [(volunteer, WithdrawReason::Assigned)]);
    assert_eq!(world.asked(urgent), [volunteer], "the more urgent one stays");
    world.set_capacity(volunteer, 1);
    assert_eq!(world.asked(urgent), []);
}

#[test]
fn outranked_when_their_imminent_request_makes_them_unavailable() {
    let mut world = World::new();
    let volunteer = world.volunteer();
    let standard = world.ask();
    let imminent = world.ask_at(Priority::Imminent);
    assert_eq!((world.asked(standard), world.asked(imminent)), (vec![volunteer], vec![volunteer]));
    world.accept(imminent, volunteer).unwrap();
    assert_eq!(world.withdrawn(standard), [(volunteer, WithdrawReason::Outranked)]);
}

#[test]
fn outranked_when_an_imminent_request_has_nobody_else() {
    let outrank = |w: &mut World, v, _| {
        let imminent = w.ask_at(Priority::Imminent);
        assert_eq!(w.asked(imminent), [v]);
    };
    withdraws(Person { capacity: 1, ..Person::default() }, Ask::default(), outrank, WithdrawReason::Outranked);
}

#[test]
fn the_least_urgent_and_the_youngest_of_those_gives_way() {
    let mut world = World::with(|s| s.dispatch.tiers[3].fanout = 1);
    for _ in 0..2 {
        world.volunteer();
    }
    let mut requests = Vec::new();
    for priority in [Priority::Elevated, Priority::Standard, Priority::Standard, Priority::Urgent] {
        requests.push(world.ask_at(priority));
        world.run_for(seconds(1));
    }
    let first = world.ask_at(Priority::Imminent);
    assert_eq!(requests.iter().map(|r| world.withdrawn(*r).len()).collect::<Vec<_>>(), [0, 0, 1, 0]);
    assert_eq!(world.asked(first).len(), 1);
    world.ask_at(Priority::Imminent);
    assert_eq!(requests.iter().map(|r| world.withdrawn(*r).len()).collect::<Vec<_>>(), [0, 1, 1, 0]);
}

#[test]
fn an_imminent_request_does_not_take_what_another_imminent_one_has() {
    let mut world = World::new();
    let only = world.single();
    let first = world.ask_at(Priority::Imminent);
    let second = world.ask_at(Priority::Imminent);
    assert_eq!((world.asked(first), world.asked(second)), (vec![only], vec![]));
}

#[test]
fn an_imminent_request_takes_back_no_offer_while_somebody_is_free() {
    let mut world = World::new();
    world.single();
    let standard = world.ask();
    let free = world.volunteer();
    let imminent = world.ask_at(Priority::Imminent);
    assert_eq!((world.withdrawn(standard), world.asked(imminent)), (vec![], vec![free]));
}

#[test]
fn an_imminent_request_that_somebody_was_asked_for_takes_back_no_offer() {
    let mut world = World::with(|s| s.dispatch.tiers.iter_mut().for_each(|tier| tier.offer_timeout = minutes(30)));
    let only = world.single();
    let standard = world.ask();
    let free = world.single();
    let imminent = world.ask_at(Priority::Imminent);
    world.watching.remove(&standard);
    world.run_for(minutes(2));
    assert_eq!(world.count(standard, "member_away"), 1, "so that it was looked at again");
    assert_eq!((world.asked(standard), world.asked(imminent)), (vec![only], vec![free]));
}

#[test]
fn an_offer_that_is_still_on_its_way_gives_way_as_soon_as_it_stands() {
    let mut world = World::new();
    let only = world.single();
    world.slow = true;
    let standard = world.ask();
    let imminent = world.ask_at(Priority::Imminent);
    assert_eq!(world.in_flight.len(), 1);
    world.carry_out_all();
    assert_eq!(world.withdrawn(standard), [(only, WithdrawReason::Outranked)]);
    assert_eq!(world.asked(imminent), [only]);
}

#[test]
fn an_offer_of_a_request_that_is_just_being_changed_gives_way_right_after() {
    let mut world = World::with(|s| s.dispatch.tiers[0].offer_timeout = minutes(5));
    let only = world.single();
    let standard = world.ask();
    world.watching.clear();
    world.run_for(seconds(59));
    world.slow = true;
    world.run_for(seconds(1));
    let imminent = world.ask_at(Priority::Imminent);
    assert_eq!(world.in_flight.len(), 1, "that the member is away");
    world.carry_out_all();
    assert_eq!(world.withdrawn(standard), [(only, WithdrawReason::Outranked)]);
    assert_eq!(world.asked(imminent), [only]);
}

#[test]
fn an_imminent_request_whose_volunteer_another_one_took_looks_for_the_next() {
    let mut world = World::with(|s| s.dispatch.tiers[3].fanout = 1);
    let [first, second] = [world.single(), world.single()];
    let standard = [world.ask(), world.ask()];
    world.slow = true;
    let younger = world.ask_at(Priority::Imminent);
    assert_eq!(world.in_flight.len(), 1);
    // One that has waited longer comes up: its opening was on its way for a while.
    world.now -= seconds(1);
    let older = world.ask_at(Priority::Imminent);
    world.now += seconds(1);
    world.carry_out_all();
    let mut asked: Vec<StaffId> = [younger, older].iter().flat_map(|r| world.asked(*r)).collect();
    asked.sort_unstable();
    assert_eq!(asked, [first, second]);
    assert_eq!(standard.map(|r| world.withdrawn(r).len()), [1, 1]);
}

#[test]
fn an_imminent_request_takes_back_one_offer_at_a_time() {
    let mut world = World::new();
    let (_, _) = (world.single(), world.single());
    let standard = [world.ask(), world.ask()];
    world.slow = true;
    let imminent = world.ask_at(Priority::Imminent);
    world.member_says(imminent);
    assert_eq!(world.in_flight.len(), 1, "{:?}", world.in_flight);
    world.carry_out_all();
    assert_eq!(standard.map(|r| world.withdrawn(r).len()).iter().sum::<usize>(), 1);
}

#[test]
fn somebody_who_comes_back_with_an_offer_in_hand_is_found_by_an_imminent_request() {
    let mut world = World::new();
    let only = world.single();
    let standard = world.ask();
    let imminent = world.open(Ask { priority: Priority::Imminent, line: "crisis", ..Ask::default() });
    assert_eq!((world.asked(standard), world.asked(imminent)), (vec![only], vec![]));
    world.set_skills(only, &["crisis"]);
    assert_eq!(
        (world.withdrawn(standard), world.asked(imminent)),
        (vec![(only, WithdrawReason::Outranked)], vec![only])
    );
}
