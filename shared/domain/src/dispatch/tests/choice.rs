//! Which of the eligible is asked: each criterion in turn, with all before it equal and one behind it against.

use super::*;
use crate::dispatch::{Criterion, Ineligible};
use crate::settings::Preference;
use crate::staff::Duty;
use chrono_tz::Tz;

fn decided(world: &World, request: RequestId, chosen: StaffId, criterion: Criterion) {
    assert_eq!(world.offers(request).first(), Some(&chosen));
    let first = world
        .events(request)
        .into_iter()
        .find_map(|e| if let RequestEvent::Offered(e) = e { Some(e.why) } else { None });
    assert_eq!(first.unwrap().decided_by, criterion);
}

#[test]
fn imminent_goes_to_who_holds_nothing() {
    let mut world = World::new();
    let held = world.add(Person { capacity: 9, ..Person::default() });
    world.held_by(held, Ask::default());
    let idle = world.single();
    let request = world.open(Ask { priority: Priority::Imminent, again: Some(held), ..Ask::default() });
    decided(&world, request, idle, Criterion::HoldsNothing);
}

#[test]
fn an_open_offer_is_not_yet_something_held() {
    let mut world = World::with(|s| s.dispatch.tiers[3].fanout = 1);
    let offered = world.volunteer();
    world.ask();
    let busy = world.add(Person { capacity: 9, ..Person::default() });
    world.held_by(busy, Ask::default());
    let request = world.ask_at(Priority::Imminent);
    decided(&world, request, offered, Criterion::HoldsNothing);
}

#[test]
fn imminent_goes_to_who_holds_nothing_however_rare_they_are() {
    let mut world = World::with(|s| s.dispatch.tiers[3].fanout = 1);
    let person = |skills| Person { skills, capacity: 9, ..Person::default() };
    let rare = vec![("crisis", None), ("grief", None)];
    for skills in [vec![], vec![], vec![("night", None)], vec![("night", None)]] {
        let busy = world.add(person(skills));
        world.held_by(busy, Ask::default());
    }
    let idle = world.add(person(rare));
    let request = world.ask_at(Priority::Imminent);
    decided(&world, request, idle, Criterion::HoldsNothing);
}

#[test]
fn below_imminent_it_makes_no_difference_in_itself_who_holds_something() {
    let mut world = World::new();
    for skills in [vec![("crisis", None)], vec![("crisis", None)], vec![("night", None)], vec![("night", None)]] {
        world.add(Person { skills, ..Person::default() });
    }
    let prepared = world.add(Person { skills: vec![("grief", None)], ..Person::default() });
    world.held_by(prepared, Ask::default());
    let request = world.open(Ask { topics: vec!["grief"], ..Ask::default() });
    decided(&world, request, prepared, Criterion::Preferences);
}

#[test]
fn the_one_who_talked_with_the_member_before_is_asked_again() {
    let mut world = World::new();
    let known = world.add(Person { zone: Tz::Asia__Tokyo, ..Person::default() });
    world.held_by(known, Ask::default());
    let prepared = world.add(Person { skills: vec![("grief", None)], ..Person::default() });
    let request = world.open(Ask { again: Some(known), topics: vec!["grief"], ..Ask::default() });
    decided(&world, request, known, Criterion::Again);
    assert_eq!(world.why(request).runner_up, Some(prepared));
}

#[test]
fn the_one_who_was_there_before_is_found_among_many_alike() {
    let mut world = World::new();
    let mut crowd: Vec<StaffId> = (0..5).map(|_| world.volunteer()).collect();
    let known = crowd.pop().unwrap();
    world.held_by(known, Ask::default());
    let request = world.open(Ask { again: Some(known), ..Ask::default() });
    decided(&world, request, known, Criterion::Again);
}

#[test]
fn fewest_unmet_preferences_until_they_expire() {
    let mut world = World::with(|s| {
        s.lines[0].prefers = vec![Preference { skill: people::skill("night"), within: seconds(120) }];
    });
    let plain = || Person { skills: vec![], capacity: 1, ..Person::default() };
    let nothing = world.add(plain());
    let one = world.add(Person { skills: vec![("grief", None)], ..plain() });
    let both = world.add(Person { skills: vec![("grief", None), ("night", None)], ..plain() });
    let ask = || Ask { topics: vec!["grief"], ..Ask::default() };
    let first = world.open(ask());
    decided(&world, first, both, Criterion::Preferences);
    let second = world.open(ask());
    decided(&world, second, one, Criterion::Preferences);
    let third = world.open(ask());
    decided(&world, third, nothing, Criterion::Only);

    let mut world = World::new();
    let skilled =
        world.add(Person { skills: vec![("grief", None)], duty: crate::staff::Duty::Off, ..Person::default() });
    let request = world.open(ask());
    world.run_for(seconds(60));
    world.slow = true;
    let plain = world.volunteer();
    world.slow = false;
    world.carry_out_all();
    world.set_duty(skilled, crate::staff::Duty::Ready);
    assert_eq!(world.asked(request), [plain]);
    world.decline(request, plain);
    assert_eq!(world.asked(request), [skilled]);
}

#[test]
fn a_topic_counts_for_a_minute_from_opening_and_then_what_is_scarce_is_spared() {
    for (wait, topic_counts) in [(59, true), (60, false)] {
        let mut world = World::new();
        let off = crate::staff::Duty::Off;
        let skilled = world.add(Person { skills: vec![("grief", None)], duty: off, ..Person::default() });
        let plain = world.add(Person { duty: off, ..Person::default() });
        let request = world.open(Ask { topics: vec!["grief"], ..Ask::default() });
        world.run_for(seconds(wait));
        world.deaf = true;
        world.set_duty(skilled, crate::staff::Duty::Ready);
        world.set_duty(plain, crate::staff::Duty::Ready);
        world.deaf = false;
        world.settle();
        if topic_counts {
            decided(&world, request, skilled, Criterion::Preferences);
        } else {
            decided(&world, request, plain, Criterion::Scarcity);
        }
    }
}

#[test]
fn whose_other_language_or_skill_is_rare_is_spared() {
    let mut world = World::new();
    let rare_language = world.add(Person { languages: vec!["en", "eu"], ..Person::default() });
    let rare_skill = world.add(Person { skills: vec![("crisis", None)], ..Person::default() });
    world.add(Person { languages: vec!["en", "es"], ..Person::default() });
    let common = world.add(Person { languages: vec!["en", "es"], zone: Tz::Asia__Tokyo, ..Person::default() });
    world.held_by(common, Ask::default());
    let two = world.add(Person { skills: vec![("crisis", None)], languages: vec!["es"], ..Person::default() });
    let request = world.ask();
    assert_ne!(world.asked(request), [rare_language]);
    assert_ne!(world.asked(request), [rare_skill]);
    let basque = world.open(Ask { language: "eu", ..Ask::default() });
    decided(&world, basque, rare_language, Criterion::Only);
    let crisis = world.open(Ask { line: "crisis", language: "es", ..Ask::default() });
    decided(&world, crisis, two, Criterion::Only);
}

#[test]
fn as_rare_as_those_who_could_be_asked_now_and_not_those_who_were_before() {
    let mut world = World::new();
    let person = |language| Person { languages: vec!["en", language], capacity: 9, ..Person::default() };
    let spanish = ["es", "es"].map(|language| world.add(person(language)));
    let basque = ["eu", "eu"].map(|language| world.add(person(language)));
    for staff in spanish {
        world.held_by(staff, Ask { language: "fr", ..Ask::default() });
    }
    for duty in [Duty::Break, Duty::Ready, Duty::Break, Duty::Ready, Duty::Break, Duty::Ready] {
        for staff in basque {
            world.set_duty(staff, duty);
        }
    }
    let both_there = world.ask();
    decided(&world, both_there, basque[0], Criterion::Id);
    world.leaves(both_there);
    world.set_duty(basque[1], Duty::Break);
    let one_gone = world.ask();
    decided(&world, one_gone, spanish[0], Criterion::Id);
    assert_eq!(world.why(one_gone).runner_up, Some(spanish[1]));
}

#[test]
fn why_counts_everybody_once_as_what_they_are_now() {
    let mut world = World::new();
    let [changed, _, asked] =
        ["grief", "grief", "crisis"].map(|name| world.add(Person { skills: vec![(name, None)], ..Person::default() }));
    for skills in [&["night"][..], &[], &["grief"], &["night"]] {
        world.set_skills(changed, skills);
    }
    let request = world.open(Ask { line: "crisis", ..Ask::default() });
    decided(&world, request, asked, Criterion::Only);
    assert_eq!(world.why(request).considered, 3);
    assert_eq!(world.why(request).out, BTreeMap::from([(Ineligible::Unqualified, 2)]));
}

#[test]
fn what_the_request_needs_is_not_spared() {
    let mut world = World::new();
    let needed = world.add(Person { skills: vec![("crisis", None)], zone: Tz::Asia__Tokyo, ..Person::default() });
    let more = world.add(Person { skills: vec![("crisis", None), ("grief", None)], ..Person::default() });
    let request = world.open(Ask { line: "crisis", ..Ask::default() });
    decided(&world, request, needed, Criterion::Scarcity);
    assert_eq!(world.why(request).runner_up, Some(more));
}

#[test]
fn how_rare_a_needed_skill_is_makes_no_difference() {
    let mut world = World::new();
    let person = |language, skills| Person { languages: vec!["en", language], skills, ..Person::default() };
    let rare = world.add(person("pt", vec![("crisis", None)]));
    let common = world.add(person("es", vec![("crisis", None)]));
    for language in ["es", "es", "es", "pt", "pt"] {
        world.add(person(language, vec![]));
    }
    let request = world.open(Ask { line: "crisis", ..Ask::default() });
    decided(&world, request, common, Criterion::Scarcity);
    assert_eq!(world.why(request).runner_up, Some(rare));
}

#[test]
fn how_rare_the_language_is_that_they_talk_in_makes_no_difference() {
    for best in 0..3 {
        let mut world = World::new();
        let mut others = ["es", "fr", "pt"];
        others.swap(best, 1);
        let person = |languages| Person { languages, ..Person::default() };
        let people = others.map(|other| world.add(person(vec!["eu", other])));
        for other in ["es", "es", "fr", "fr", "fr", "pt", "pt"] {
            world.add(person(vec![other]));
        }
        let request = world.open(Ask { language: "eu", ..Ask::default() });
        decided(&world, request, people[best], Criterion::Scarcity);
    }
}

#[test]
fn those_who_are_as_rare_as_one_another_are_told_apart_by_load() {
    for idle in 0..4 {
        let mut world = World::new();
        let languages = ["es", "pt", "eu", "fr"];
        let people = languages.map(|other| world.add(Person { languages: vec!["en", other], ..Person::default() }));
        for (_, busy) in people.into_iter().enumerate().filter(|(at, _)| *at != idle) {
            world.held_by(busy, Ask::default());
        }
        let request = world.ask();
        decided(&world, request, people[idle], Criterion::Load);
    }
}

#[test]
fn lowest_load_counts_places_by_capacity() {
    let mut world = World::new();
    let half = world.volunteer();
    world.held_by(half, Ask::default());
    let third = world.add(Person { capacity: 3, zone: Tz::Asia__Tokyo, ..Person::default() });
    world.held_by(third, Ask::default());
    let request = world.ask();
    decided(&world, request, third, Criterion::Load);
}

#[test]
fn people_of_several_languages_are_told_apart_by_load_when_nothing_of_theirs_is_spared() {
    for idle in 0..3 {
        let mut world = World::new();
        let languages = ["zh", "zh-Hant", "zh-Hant-TW"];
        let people = languages.map(|spoken| world.add(Person { languages: vec![spoken], ..Person::default() }));
        for (_, busy) in people.into_iter().enumerate().filter(|(at, _)| *at != idle) {
            world.held_by(busy, Ask::default());
        }
        let request = world.open(Ask { language: "zh-Hant-TW", ..Ask::default() });
        decided(&world, request, people[idle], Criterion::Load);
    }
}

#[test]
fn whose_clock_says_day_goes_before_whose_says_night() {
    let mut world = World::new();
    // At noon in UTC it is 21:00 in Tokyo, 23:00 in Nouméa and 07:00 in New York.
    let night = world.add(Person { zone: Tz::Pacific__Noumea, ..Person::default() });
    let morning = world.add(Person { zone: Tz::America__New_York, ..Person::default() });
    let request = world.ask();
    decided(&world, request, morning, Criterion::Waking);
    assert_eq!(world.why(request).runner_up, Some(night));
}

#[test]
fn longest_since_the_last_offer_and_never_asked_before_all() {
    let mut world = World::new();
    let [a, b, c] = [world.volunteer(), world.volunteer(), world.volunteer()];
    let mut asked = Vec::new();
    for n in 0..6 {
        let request = world.ask();
        asked.extend(world.asked(request));
        assert_eq!(world.why(request).decided_by, if n < 2 { Criterion::Id } else { Criterion::LastOffer });
        world.leaves(request);
        world.run_for(seconds(1));
    }
    assert_eq!(asked, [a, b, c, a, b, c]);
}

#[test]
fn the_smaller_id_when_all_else_is_equal() {
    let mut world = World::new();
    let (first, second) = (world.volunteer(), world.volunteer());
    let request = world.ask();
    decided(&world, request, first, Criterion::Id);
    assert_eq!(world.why(request).runner_up, Some(second));
}
