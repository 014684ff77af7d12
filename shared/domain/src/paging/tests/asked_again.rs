//! What fails, and providers that fail and fail.

use super::*;

#[test]
fn what_fails_is_tried_again_a_few_times_and_then_the_next_method_is() {
    let mut world = World::new();
    world.answer(|errand| if errand.method == 0 { failed() } else { Some(ErrandOutcome::Done) });
    let ada = world.person(1, vec![webhook("a.example"), sms(3600)]);
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada]);
    world.pass(seconds(3000));
    let tried: Vec<_> = world.log().iter().map(|(_, _, method, attempt)| (*method, *attempt)).collect();
    assert_eq!(tried, [(0, 1), (0, 2), (0, 3), (0, 4), (1, 1)]);
    let (last, next) = (world.sent[3].0, world.sent[4].0);
    assert!(last == next && last - start() < seconds(75), "about a minute: {:?}", world.log());
    let state = world.state(id);
    let newest = state.attempts.values().next().unwrap();
    let why = "timeout".to_owned();
    assert_eq!((newest.count, &newest.outcome), (4, &PageOutcome::Failed { why, again_at: None }));
}

#[test]
fn when_it_is_tried_again_stands_in_the_record_and_survives_a_crash() {
    let mut world = World::new();
    world.answer(|_| failed());
    let ada = world.person(1, vec![email(0)]);
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada]);
    let state = world.state(id);
    let PageOutcome::Failed { again_at: Some(again), .. } = &state.attempts.values().next().unwrap().outcome else {
        panic!("{state:?}")
    };
    world.restart();
    assert_eq!(world.sent.len(), 1, "not before its time");
    world.pass(*again - world.now);
    assert_eq!((world.sent.len(), world.sent[1].0, world.sent[1].1.attempt), (2, *again, 2));
}

#[test]
fn a_page_without_a_recorded_outcome_is_sent_again_by_whoever_takes_over() {
    let mut world = World::new();
    world.answer(|_| None);
    let ada = world.person(1, vec![email(0)]);
    let id = world.escalation(7, Priority::Urgent);
    world.calls(id, 0, &[ada]);
    world.restart();
    assert_eq!(world.log(), [(0, 1, 0, 1), (0, 1, 0, 1)]);
    assert_eq!(world.sent[0].1.page, world.sent[1].1.page, "whoever gets both can tell that they are one");
    world.hung(&Some(ErrandOutcome::Done));
    world.restart();
    assert_eq!((world.sent.len(), world.attempts().len()), (2, 1));
}

/// Several people on one provider that fails, and one page each.
fn broken(world: &mut World, methods: impl Fn(u128) -> Vec<ContactMethod>, priority: Priority) -> Vec<EscalationId> {
    (1..=8)
        .map(|n| {
            let person = world.person(n, methods(n));
            let id = world.escalation(n, priority);
            world.calls(id, 0, &[person]);
            id
        })
        .collect()
}

#[test]
fn a_provider_that_fails_and_fails_is_left_alone_and_the_next_method_is_paged_at_once() {
    let mut world = World::with(Settings::default(), |errand| match errand.contact.kind {
        ContactKind::Webhook => failed(),
        _ => Some(ErrandOutcome::Done),
    });
    broken(&mut world, |_| vec![webhook("down.example"), sms(600)], Priority::Urgent);
    assert_eq!(world.pager.circuits_open().count(), 1);
    let skipped: Vec<_> = world.attempts().into_iter().filter(|(.., why)| why == "circuit_open").collect();
    assert_eq!(skipped.iter().map(|(staff, ..)| *staff).collect::<Vec<_>>(), [6, 7, 8]);
    let texted: Vec<_> = world.log().iter().filter(|(_, _, method, _)| *method == 1).map(|line| line.1).collect();
    assert_eq!(texted, [6, 7, 8], "the first five are tried again before");
}

#[test]
fn the_last_way_to_somebody_is_tried_all_the_same_when_a_life_is_in_danger() {
    let mut world = World::with(Settings::default(), |_| failed());
    broken(&mut world, |_| vec![webhook("down.example")], Priority::Imminent);
    assert_eq!(world.sent.len(), 8);
    assert!(world.attempts().iter().all(|(.., why)| why == "timeout"));
}

#[test]
fn the_last_way_to_somebody_is_kept_for_when_the_provider_is_tried_again() {
    let settings = Settings::default();
    let mut world = World::with(settings.clone(), |_| failed());
    let ids = broken(&mut world, |_| vec![webhook("down.example")], Priority::Urgent);
    assert_eq!(world.sent.len(), 5);
    let state = world.state(ids[7]);
    let attempt = state.attempts.values().next().unwrap();
    let PageOutcome::Failed { why, again_at: Some(again) } = &attempt.outcome else { panic!("{attempt:?}") };
    assert_eq!((&**why, *again >= world.now + settings.rests), ("circuit_open", true));
    world.answer(|_| Some(ErrandOutcome::Done));
    world.pass(settings.rests * 4);
    let delivered = world.attempts().iter().filter(|(.., why)| why == "delivered").count();
    assert_eq!((delivered, world.pager.circuits_open().count()), (8, 0));
}

#[test]
fn somebody_who_refuses_a_page_is_there() {
    let mut world = World::with(Settings::default(), |_| refused());
    broken(&mut world, |_| vec![webhook("strict.example")], Priority::Urgent);
    assert_eq!((world.sent.len(), world.pager.circuits_open().count()), (8, 0));
}
