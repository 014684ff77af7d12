//! One person's contact methods, one after the other.

use super::*;
use crate::process::Occasion;

#[test]
fn the_first_method_is_paged_at_the_call_and_each_other_its_delay_after_the_one_before() {
    let mut world = World::new();
    let ada = world.person(1, vec![webhook("a.example"), email(60), sms(30)]);
    let id = world.escalation(7, Priority::Urgent);
    let call = world.calls(id, 0, &[ada]);
    world.pass(seconds(300));
    assert_eq!(world.log(), [(0, 1, 0, 1), (60, 1, 1, 1), (90, 1, 2, 1)]);
    let errand = &world.sent[0].1;
    assert_eq!((errand.call, errand.escalation, errand.occasion), (call, id, Occasion::TakeOn));
    assert_eq!((errand.page, &*errand.line), (crate::PageId::derive(id, call, ada, 0), "night"));
    assert_eq!(world.state(id).attempts.len(), 3, "each is recorded");
}

#[test]
fn a_method_that_fails_for_good_gives_way_to_the_next_at_once() {
    let mut world = World::new();
    world.answer(|errand| if errand.method == 0 { refused() } else { Some(ErrandOutcome::Done) });
    let ada = world.person(1, vec![webhook("a.example"), email(60), sms(60)]);
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada]);
    assert_eq!(world.log(), [(0, 1, 0, 1), (0, 1, 1, 1)]);
    world.pass(seconds(300));
    assert_eq!(world.log()[2..], [(120, 1, 2, 1)], "what comes after keeps its time");
}

#[test]
fn whoever_takes_it_on_ends_the_pages_of_steps() {
    let mut world = World::new();
    let (ada, ben) = (world.person(1, vec![webhook("a.example"), sms(60)]), world.person(2, vec![sms(0), email(60)]));
    let id = world.escalation(7, Priority::Imminent);
    world.calls(id, 0, &[ada, ben]);
    world.pass(seconds(30));
    world.acknowledges(id, ben);
    world.pass(seconds(600));
    assert_eq!(world.log(), [(0, 1, 0, 1), (0, 2, 0, 1)]);
}

#[test]
fn reminders_and_hand_overs_go_on_after_that() {
    let mut world = World::new();
    let (ada, ben) = (world.person(1, vec![email(0), sms(60)]), world.person(2, vec![sms(0)]));
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada]);
    world.acknowledges(id, ada);
    world.pass(seconds(100));
    world.happens(id, HandOverAsked { by: ada, to: ben, note: None });
    world.pass(seconds(100));
    let until = world.now + seconds(600);
    world.happens(id, Reminded { count: 1, staff: vec![ada], until });
    world.pass(seconds(100));
    assert_eq!(world.log(), [(0, 1, 0, 1), (100, 2, 0, 1), (200, 1, 0, 1), (260, 1, 1, 1)]);
    let occasions: Vec<_> = world.sent.iter().map(|(_, errand)| errand.occasion).collect();
    assert_eq!(occasions, [Occasion::TakeOn, Occasion::HandOver, Occasion::Remind, Occasion::Remind]);
    world.happens(id, Resolved { by: ada, outcome: "supported".to_owned(), confirmed_by: None, note: None });
    world.pass(seconds(1000));
    assert_eq!(world.sent.len(), 4, "what is resolved calls nobody");
}

#[test]
fn a_later_call_takes_over_what_was_due_from_an_earlier_one() {
    let mut world = World::new();
    let ada = world.person(1, vec![webhook("a.example"), sms(60)]);
    let ben = world.person(2, vec![email(0), sms(100)]);
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada, ben]);
    world.pass(seconds(50));
    let second = world.calls(id, 1, &[ada]);
    world.pass(seconds(300));
    // The text message to Ada comes when it would have come, once, and answers the newest call.
    assert_eq!(world.log(), [(0, 1, 0, 1), (0, 2, 0, 1), (50, 1, 0, 1), (60, 1, 1, 1), (100, 2, 1, 1)]);
    assert_eq!(world.sent[3].1.call, second);
}

#[test]
fn calls_that_come_faster_than_a_methods_delay_do_not_keep_it_from_being_tried() {
    let mut world = World::with(Settings { cap: None, ..Settings::default() }, |_| Some(ErrandOutcome::Done));
    let ada = world.person(1, vec![webhook("a.example"), sms(60)]);
    let id = world.escalation(7, Priority::Urgent);
    for step in 0..12 {
        world.calls(id, step, &[ada]);
        world.pass(seconds(20));
    }
    let texts: Vec<i64> = world.log().iter().filter(|(_, _, method, _)| *method == 1).map(|(at, ..)| *at).collect();
    assert_eq!(texts, [60, 120, 180, 240]);
}

#[test]
fn what_they_change_in_their_contact_methods_counts_from_then_on() {
    let mut world = World::new();
    let ada = world.person(1, vec![]);
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada]);
    world.pass(seconds(10));
    assert_eq!(world.log(), []);
    world.methods(1, vec![email(0), sms(60)]);
    assert_eq!(world.log(), [(10, 1, 0, 1)]);
    world.leaves(1);
    world.pass(seconds(100));
    assert_eq!(world.sent.len(), 1, "whoever left is left alone");
}

#[test]
fn an_escalation_of_another_pool_is_somebody_elses() {
    let mut world = World::new();
    let ada = world.person(1, vec![email(0)]);
    let other = Pager::new(Pool::named("other"), Settings::default());
    let id = world.escalation(7, Priority::Urgent);
    world.pager = other;
    world.calls(id, 0, &[ada]);
    assert_eq!(world.log(), []);
}
