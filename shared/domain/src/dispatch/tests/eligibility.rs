//! Who may be asked at all. Each test has one volunteer who fails for one reason, and one who does not.

use super::people::{always, today};
use super::*;
use crate::dispatch::Ineligible;
use crate::request::AgeBand;
use crate::settings::Skill;
use crate::staff::{Duty, Removed, Role};

/// With somebody of another kind beside them, nobody like `person` is asked, and they are counted under `reason`; alone,
/// the request waits.
fn is_never_asked(world: &mut World, person: Person, ask: fn() -> Ask, reason: Ineligible) -> StaffId {
    let unfit = world.add(person);
    let alone = world.open(ask());
    world.run_for(minutes(2));
    assert_eq!(world.offers(alone), []);
    let fit = world.add(Person {
        languages: vec!["en", "es", "pt"],
        skills: vec![("safeguarding", None), ("crisis", None)],
        ..Person::default()
    });
    assert_eq!(world.asked(alone), [fit]);
    assert_eq!(world.why(alone).out.get(&reason), Some(&1));
    assert_eq!(world.why(alone).considered, 2);
    unfit
}

#[test]
fn nobody_is_asked_in_a_language_they_do_not_speak() {
    let person = Person { languages: vec!["es", "en-GB"], ..Person::default() };
    is_never_asked(&mut World::new(), person, Ask::default, Ineligible::Language);
}

#[test]
fn who_speaks_the_general_language_serves_the_special_one_and_not_the_reverse() {
    let mut world = World::new();
    let pt = world.add(Person { languages: vec!["pt"], ..Person::default() });
    let pt_br = world.add(Person { languages: vec!["pt-BR"], ..Person::default() });
    let special = world.open(Ask { language: "pt-BR", ..Ask::default() });
    world.set_duty(pt_br, Duty::Off);
    assert_eq!(world.asked(special), [pt]);
    world.leaves(special);
    world.set_duty(pt, Duty::Off);
    world.set_duty(pt_br, Duty::Ready);
    let general = world.open(Ask { language: "pt", ..Ask::default() });
    assert_eq!(world.offers(general), []);
}

#[test]
fn whoever_lacks_a_qualification_that_the_line_needs_is_never_asked() {
    let ask = || Ask { line: "crisis", ..Ask::default() };
    is_never_asked(&mut World::new(), Person::default(), ask, Ineligible::Unqualified);
}

#[test]
fn whoever_lacks_a_qualification_that_the_priority_needs_is_never_asked() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let ask = || Ask { priority: Priority::Urgent, ..Ask::default() };
    is_never_asked(&mut world, Person::default(), ask, Ineligible::Unqualified);
}

#[test]
fn whoever_lacks_a_qualification_that_a_rule_required_is_never_asked() {
    let ask = || Ask { required: vec!["crisis".to_owned()], ..Ask::default() };
    is_never_asked(&mut World::new(), Person::default(), ask, Ineligible::Unqualified);
}

#[test]
fn only_who_is_trained_in_safeguarding_talks_with_somebody_under_18() {
    assert_eq!(Skill::safeguarding().as_str(), "safeguarding");
    let ask = || Ask { age_band: Some(AgeBand::Under18), ..Ask::default() };
    is_never_asked(&mut World::new(), Person::default(), ask, Ineligible::Unqualified);
}

#[test]
fn a_qualification_counts_until_it_expires_and_not_at_that_moment() {
    let ask = || Ask { line: "crisis", ..Ask::default() };
    let lapsed = Person { skills: vec![("crisis", Some(noon()))], ..Person::default() };
    is_never_asked(&mut World::new(), lapsed, ask, Ineligible::Expired);

    let mut world = World::new();
    let lapsing = world.add(Person { skills: vec![("crisis", Some(noon() + minutes(5)))], ..Person::default() });
    let before = world.open(ask());
    assert_eq!(world.asked(before), [lapsing]);
    world.accept(before, lapsing).unwrap();
    world.run_until(noon() + minutes(5));
    let after = world.open(ask());
    assert_eq!(world.offers(after), []);
}

#[test]
fn nobody_is_asked_outside_their_shift() {
    let person = Person { shifts: vec![today("13:00", "21:00")], ..Person::default() };
    is_never_asked(&mut World::new(), person, Ask::default, Ineligible::OffShift);
}

#[test]
fn leave_beats_a_shift() {
    let mut world = World::new();
    let away = world.volunteer();
    world.add_leave(away, "2026-03-02T11:00", "2026-03-02T13:00");
    let request = world.ask();
    assert_eq!(world.offers(request), []);
    world.run_until(noon() + minutes(60));
    assert_eq!(world.asked(request), [away]);
}

#[test]
fn whoever_comes_on_shift_gets_what_waits_at_that_moment() {
    let mut world = World::new();
    let later = world.add(Person { shifts: vec![today("12:01", "21:00")], ..Person::default() });
    let request = world.ask();
    world.run_until(noon() + seconds(59));
    assert_eq!(world.offers(request), []);
    world.run_until(noon() + seconds(60));
    assert_eq!(world.asked(request), [later]);
}

#[test]
fn nobody_is_asked_who_is_on_a_break_or_off() {
    for duty in [Duty::Break, Duty::Off] {
        is_never_asked(&mut World::new(), Person { duty, ..Person::default() }, Ask::default, Ineligible::NotReady);
    }
}

#[test]
fn a_word_about_duty_counts_this_week_and_the_next() {
    let mut world = World::new();
    let ready = world.volunteer();
    let sunday_after_next = noon() + TimeDelta::days(13);
    world.present.clear();
    world.run_until(sunday_after_next - minutes(1));
    world.is_heard(ready);
    let request = world.ask();
    assert_eq!(world.asked(request), [ready]);
    world.leaves(request);
    world.watching.clear();
    world.now = "2026-03-16T00:00:00Z".parse().unwrap();
    world.is_heard(ready);
    let request = world.ask();
    assert_eq!(world.offers(request), []);
}

#[test]
fn nobody_is_asked_whose_client_is_silent() {
    is_never_asked(&mut World::new(), Person { present: false, ..Person::default() }, Ask::default, Ineligible::Absent);
}

#[test]
fn each_offer_and_each_held_request_takes_a_place() {
    let mut world = World::new();
    let two = world.volunteer();
    let requests = [world.ask(), world.ask(), world.ask()];
    assert_eq!(requests.map(|r| world.asked(r)), [vec![two], vec![two], vec![]]);
    world.accept(requests[0], two).unwrap();
    assert_eq!(world.offers(requests[2]), []);
    let other = world.volunteer();
    assert_eq!(world.asked(requests[2]), [other]);
    assert_eq!(world.why(requests[2]).out, BTreeMap::from([(Ineligible::Full, 1)]));
    world.decline(requests[1], two);
    assert_eq!(world.asked(requests[1]), [other]);
}

#[test]
fn three_members_and_three_volunteers_have_one_each() {
    let mut world = World::new();
    let volunteers = [world.volunteer(), world.volunteer(), world.volunteer()];
    let requests = [world.ask(), world.ask(), world.ask()];
    let mut asked: Vec<StaffId> = requests.iter().flat_map(|r| world.asked(*r)).collect();
    asked.sort_unstable();
    assert_eq!(asked, volunteers);
}

#[test]
fn a_place_is_taken_from_the_moment_of_the_wish() {
    let mut world = World::new();
    world.single();
    world.slow = true;
    let (first, second) = (world.ask(), world.ask());
    assert_eq!(world.in_flight.len(), 1);
    world.carry_out_all();
    assert_eq!((world.offers(first).len(), world.offers(second).len()), (1, 0));
}

#[test]
fn an_offer_that_was_written_takes_one_place_though_nobody_knows_yet_that_it_was() {
    let mut world = World::new();
    let two = world.volunteer();
    world.slow = true;
    world.ask();
    let unknown = world.in_flight.pop().unwrap();
    world.append(unknown).unwrap();
    world.slow = false;
    let second = world.ask();
    assert_eq!(world.asked(second), [two]);
}

#[test]
fn nobody_is_asked_for_more_while_they_hold_an_imminent_request() {
    let mut world = World::new();
    let busy = world.add(Person { capacity: 3, ..Person::default() });
    let imminent = world.held_by(busy, Ask { priority: Priority::Imminent, ..Ask::default() });
    let request = world.ask();
    assert_eq!(world.offers(request), []);
    let other = world.volunteer();
    assert_eq!(world.asked(request), [other]);
    assert_eq!(world.why(request).out, BTreeMap::from([(Ineligible::HoldsImminent, 1)]));
    world.decline(request, other);
    world.close(imminent);
    assert_eq!(world.asked(request), []);
    world.run_for(minutes(10));
    assert_eq!(world.asked(request), [busy]);
}

#[test]
fn nobody_is_asked_when_their_shift_ends_soon_but_for_urgent_requests() {
    let shifts = || vec![today("09:00", "12:15")];
    is_never_asked(
        &mut World::new(),
        Person { shifts: shifts(), ..Person::default() },
        Ask::default,
        Ineligible::WindingDown,
    );
    for priority in [Priority::Urgent, Priority::Imminent] {
        let mut world = World::new();
        let leaving = world.add(Person { shifts: shifts(), ..Person::default() });
        let elevated = world.ask_at(Priority::Elevated);
        let urgent = world.ask_at(priority);
        assert_eq!((world.offers(elevated), world.asked(urgent)), (vec![], vec![leaving]));
    }
}

#[test]
fn whoever_comes_on_duty_shortly_before_the_end_of_their_shift_gets_the_urgent_request_that_waits() {
    let mut world = World::new();
    let (elevated, urgent) = (world.ask_at(Priority::Elevated), world.ask_at(Priority::Urgent));
    let leaving = world.add(Person { shifts: vec![today("09:00", "12:10")], ..Person::default() });
    assert_eq!((world.offers(elevated), world.asked(urgent)), (vec![], vec![leaving]));
}

#[test]
fn shifts_that_touch_are_one() {
    let mut world = World::new();
    let berlin = serde_json::json!({"zone": "Europe/Berlin", "date": "2026-03-02", "start": "13:10", "end": "20:00"});
    let person = world.add(Person { shifts: vec![today("09:00", "12:10"), berlin], ..Person::default() });
    let request = world.ask();
    assert_eq!(world.asked(request), [person]);
}

#[test]
fn after_an_urgent_conversation_there_is_a_rest() {
    for priority in [Priority::Urgent, Priority::Imminent] {
        let mut world = World::new();
        let tired = world.volunteer();
        let urgent = world.held_by(tired, Ask { priority, ..Ask::default() });
        world.close(urgent);
        let request = world.ask();
        world.run_for(minutes(10) - seconds(1));
        assert_eq!(world.offers(request), []);
        world.run_for(seconds(1));
        assert_eq!(world.asked(request), [tired]);
    }
    let mut world = World::new();
    let fresh = world.volunteer();
    let elevated = world.held_by(fresh, Ask { priority: Priority::Elevated, ..Ask::default() });
    world.close(elevated);
    let request = world.ask();
    assert_eq!(world.asked(request), [fresh]);
}

#[test]
fn a_rest_outlives_a_restart() {
    let mut world = World::new();
    let tired = world.volunteer();
    let urgent = world.held_by(tired, Ask { priority: Priority::Urgent, ..Ask::default() });
    world.close(urgent);
    world.run_for(minutes(9));
    world.restart();
    world.is_heard(tired);
    let request = world.ask();
    assert_eq!(world.offers(request), []);
    let other = world.volunteer();
    assert_eq!(world.asked(request), [other]);
    assert_eq!(world.why(request).out, BTreeMap::from([(Ineligible::Resting, 1)]));
}

#[test]
fn nobody_is_asked_beyond_their_hours_of_the_week() {
    let mut world = World::with(|s| s.dispatch.max_weekly_hours = Some(minutes(60)));
    let worker = world.volunteer();
    world.run_for(minutes(30));
    world.set_duty(worker, Duty::Break);
    world.run_for(minutes(30));
    world.set_duty(worker, Duty::Ready);
    world.run_for(minutes(30) - seconds(1));
    let request = world.ask();
    assert_eq!(world.asked(request), [worker]);
    world.run_for(seconds(1));
    assert_eq!(world.withdrawn(request), [(worker, WithdrawReason::Duty)]);
    let other = world.volunteer();
    assert_eq!(world.asked(request), [other]);
    assert_eq!(world.why(request).out, BTreeMap::from([(Ineligible::WeeklyHours, 1)]));
    world.set_duty(other, Duty::Off);
    world.watching.clear();
    world.present.clear();
    world.leaves(request);
    world.run_until("2026-03-09T00:00:00Z".parse().unwrap());
    world.is_heard(worker);
    let next_week = world.ask();
    assert_eq!(world.asked(next_week), [worker]);
}

#[test]
fn hours_count_only_on_shift() {
    let mut world = World::with(|s| s.dispatch.max_weekly_hours = Some(minutes(60)));
    let early = world.add(Person { shifts: vec![today("13:30", "21:00")], ..Person::default() });
    world.run_for(minutes(120));
    let request = world.ask();
    assert_eq!(world.asked(request), [early]);
}

#[test]
fn only_volunteers_are_asked() {
    let mut world = World::new();
    for role in [Role::Supervisor, Role::Professional, Role::Admin] {
        world.add(Person { roles: vec![role], ..Person::default() });
    }
    let gone = world.volunteer();
    world.staff_event(gone, Removed {});
    world.settle();
    let request = world.ask();
    assert_eq!(world.offers(request), []);
    let volunteer = world.add(Person { shifts: vec![always(), today("09:00", "10:00")], ..Person::default() });
    assert_eq!(world.asked(request), [volunteer]);
    assert_eq!(world.why(request).considered, 1);
}
