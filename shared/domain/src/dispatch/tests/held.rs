//! What holds while a request is held: it outlives shift and duty, but not silence.

use super::people::today;
use super::*;
use crate::dispatch::{Nudge, nudge};
use crate::request::{Cause, ReleaseReason, RequestEvent};
use crate::staff::Duty;

/// As the record has it: a request keeps the first and the newest of each kind.
fn raised(world: &World, request: RequestId) -> Vec<Cause> {
    let cause = |event| if let RequestEvent::EscalationRaised(raised) = event { Some(raised.cause) } else { None };
    world.events(request).into_iter().filter_map(cause).collect()
}

fn held() -> (World, RequestId, StaffId) {
    let mut world = World::new();
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    (world, request, holder)
}

#[test]
fn conversations_outlive_shift_and_duty() {
    let mut world = World::new();
    let holder = world.add(Person { shifts: vec![today("09:00", "12:20")], ..Person::default() });
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    world.set_duty(holder, Duty::Off);
    world.run_for(minutes(60));
    assert_eq!(world.holder(request), Some(holder));
}

#[test]
fn without_a_first_word_there_is_a_nudge_and_then_the_release() {
    let (mut world, request, holder) = held();
    let next = world.volunteer();
    let due = nudge(&world.request(request), &world.settings.dispatch);
    assert_eq!(due, Some((noon() + seconds(60), Nudge::FirstReply)));
    world.run_for(seconds(119));
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![]));
    world.run_for(seconds(1));
    assert_eq!(raised(&world, request), [Cause::Silent]);
    assert!(
        world
            .events(request)
            .iter()
            .any(|event| matches!(event, RequestEvent::Released(released) if released.reason == ReleaseReason::Silent))
    );
    assert_eq!(world.asked(request), [next]);
}

#[test]
fn without_a_first_word_the_release_comes_to_the_second_whatever_else_is_due() {
    let mut world = World::with(|s| s.dispatch.first_reply = Some(seconds(52)));
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.run_for(seconds(110));
    let released = world.ledger.iter().find(|fact| &*fact.kind == "released");
    assert_eq!(released.map(|fact| fact.at), Some(noon() + seconds(104)));
}

#[test]
fn after_the_first_word_nobody_is_released_for_silence() {
    let (mut world, request, holder) = held();
    world.run_for(seconds(119));
    world.says(request, holder);
    world.run_for(minutes(60));
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![]));
    assert_eq!(nudge(&world.request(request), &world.settings.dispatch), None);
}

#[test]
fn a_member_without_an_answer_brings_a_nudge_and_then_a_page_once() {
    let (mut world, request, holder) = held();
    world.says(request, holder);
    world.member_says(request);
    let due = nudge(&world.request(request), &world.settings.dispatch);
    assert_eq!(due, Some((noon() + minutes(5), Nudge::Reply)));
    world.run_for(minutes(4));
    world.member_says(request);
    world.run_for(minutes(6) - seconds(1));
    assert_eq!(raised(&world, request), []);
    world.run_for(seconds(1));
    assert_eq!(raised(&world, request), [Cause::NoReply]);
    world.run_for(minutes(60));
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![Cause::NoReply]));
}

#[test]
fn a_member_who_is_left_without_an_answer_again_brings_a_page_again() {
    let (mut world, request, holder) = held();
    for n in 1..4 {
        world.says(request, holder);
        world.member_says(request);
        world.run_for(minutes(15));
        assert_eq!(raised(&world, request), vec![Cause::NoReply; n]);
    }
}

#[test]
fn an_answer_in_time_brings_no_page() {
    let (mut world, request, holder) = held();
    world.says(request, holder);
    for _ in 0..3 {
        world.member_says(request);
        world.run_for(minutes(9));
        world.says(request, holder);
    }
    world.run_for(minutes(30));
    assert_eq!(raised(&world, request), []);
}

#[test]
fn when_the_priority_rises_beyond_the_holder_they_keep_it_and_a_supervisor_is_paged_once() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    world.act(request, RULES, Command::SetPriority(Priority::Elevated, None)).unwrap();
    assert_eq!(raised(&world, request), []);
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    world.run_for(minutes(30));
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![Cause::BeyondHolder]));
    world.restart();
    world.run_for(seconds(60));
    assert_eq!(raised(&world, request), [Cause::BeyondHolder]);
}

#[test]
fn a_rise_by_a_clock_that_is_ahead_of_ours_pages_a_supervisor_once_too() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let holder = world.volunteer();
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    world.deaf = true;
    world.now += seconds(5);
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    world.now -= seconds(5);
    world.deaf = false;
    world.run_for(minutes(1));
    assert_eq!(raised(&world, request), [Cause::BeyondHolder]);
}

#[test]
fn a_holder_who_may_carry_the_higher_priority_pages_nobody_not_even_when_the_training_lapses_later() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let lapses = Some(noon() + minutes(10));
    let holder = world.add(Person { skills: vec![("crisis", lapses)], ..Person::default() });
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.says(request, holder);
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    world.run_for(minutes(30));
    world.says(request, holder);
    assert_eq!(raised(&world, request), []);
}

#[test]
fn an_accept_that_was_faster_than_the_withdrawal_pages_a_supervisor_too() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let holder = world.volunteer();
    let request = world.ask();
    world.deaf = true;
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    world.run_for(seconds(1));
    world.accept(request, holder).unwrap();
    world.deaf = false;
    world.settle();
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![Cause::BeyondHolder]));
}

#[test]
fn whom_a_supervisor_gives_it_to_is_for_them_to_judge() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let holder = world.volunteer();
    let request = world.open(Ask { language: "eu", ..Ask::default() });
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    world.run_for(seconds(1));
    world.assign(request, holder);
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![]));
}

#[test]
fn a_holder_whose_training_is_struck_out_after_the_priority_rose_pages_a_supervisor_at_once() {
    let mut world = World::with(|s| s.dispatch.tiers[Priority::Urgent.index()].needs.push(people::skill("crisis")));
    let holder = world.add(Person { skills: vec![("crisis", None)], ..Person::default() });
    let request = world.ask();
    world.accept(request, holder).unwrap();
    world.act(request, RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    assert_eq!(raised(&world, request), []);
    world.set_skills(holder, &[]);
    assert_eq!((world.holder(request), raised(&world, request)), (Some(holder), vec![Cause::BeyondHolder]));
}
