//! When there is more to send than may be sent.

use super::*;

fn capped(cap: usize) -> Settings {
    Settings { cap: Some(cap), window: seconds(600), ..Settings::default() }
}

#[test]
fn more_than_the_cap_in_a_window_is_held_back_and_not_dropped() {
    let mut world = World::with(capped(3), |_| Some(ErrandOutcome::Done));
    let ada = world.person(1, vec![email(0)]);
    for n in 1..=8 {
        let id = world.escalation(n, Priority::Urgent);
        world.calls(id, 0, &[ada]);
        world.pass(seconds(10));
    }
    world.pass(seconds(1800));
    let at: Vec<i64> = world.log().iter().map(|line| line.0).collect();
    assert_eq!(at, [0, 10, 20, 600, 610, 620, 1200, 1210]);
}

#[test]
fn an_imminent_page_is_never_held_back() {
    let mut world = World::with(capped(2), |_| Some(ErrandOutcome::Done));
    let ada = world.person(1, vec![email(0)]);
    for n in 1..=4 {
        let id = world.escalation(n, Priority::Urgent);
        world.calls(id, 0, &[ada]);
    }
    let held = EscalationId::derive(RequestId(Uuid::from_u128(4)), "clinician", Version(2));
    for n in 5..=9 {
        let id = world.escalation(n, Priority::Imminent);
        world.calls(id, 0, &[ada]);
    }
    assert_eq!(world.sent.len(), 7);
    world.happens(
        held,
        TriggerAdded { raised: Version(9), cause: Cause::Rule, rule: None, priority: Priority::Imminent },
    );
    assert_eq!((world.sent.len(), world.sent[7].1.escalation), (8, held), "one that becomes imminent is let go");
}

#[test]
fn whoever_takes_over_knows_who_was_paged_of_late() {
    let mut world = World::with(capped(2), |_| Some(ErrandOutcome::Done));
    let ada = world.person(1, vec![email(0)]);
    for n in 1..=3 {
        let id = world.escalation(n, Priority::Urgent);
        world.calls(id, 0, &[ada]);
    }
    world.restart();
    assert_eq!(world.sent.len(), 2);
    world.pass(seconds(600));
    assert_eq!(world.sent.len(), 3);
}

#[test]
fn what_failed_to_reach_them_does_not_count() {
    let mut world = World::with(capped(1), |_| None);
    let ada = world.person(1, vec![email(0)]);
    for n in 1..=2 {
        let id = world.escalation(n, Priority::Urgent);
        world.calls(id, 0, &[ada]);
    }
    assert_eq!(world.sent.len(), 1, "one may be on its way");
    world.hung(&failed());
    assert_eq!(world.sent.len(), 2);
}

#[test]
fn so_many_are_under_way_and_the_most_urgent_go_first() {
    let settings = Settings { in_flight: 8, per_provider: 4, ..Settings::default() };
    let mut world = World::with(settings, |_| None);
    for n in 1..=40 {
        let host = format!("h{}.example", n % 4);
        let person = world.person(n, vec![webhook(&host)]);
        let id = world.escalation(n, Priority::Urgent);
        world.calls(id, 0, &[person]);
    }
    assert_eq!(world.hanging.len(), 6, "a quarter of the places is kept");
    let ben = world.person(99, vec![webhook("h1.example")]);
    let id = world.escalation(99, Priority::Imminent);
    world.calls(id, 0, &[ben]);
    assert_eq!(world.hanging.len(), 7);
    assert_eq!(world.hanging[6].staff, ben);
    for _ in 0..20 {
        world.hung(&Some(ErrandOutcome::Done));
        let with = |host: &str| world.hanging.iter().filter(|errand| errand.contact.to.contains(host)).count();
        assert!(["h0", "h1", "h2", "h3"].iter().all(|host| with(host) <= 4) && world.hanging.len() <= 8);
    }
    assert_eq!(world.sent.len(), 41, "and each once");
}

#[test]
fn a_provider_that_hangs_keeps_nobody_elses_pages_waiting() {
    let settings = Settings { in_flight: 8, per_provider: 2, ..Settings::default() };
    let mut world = World::with(settings, |errand| match errand.contact.kind {
        ContactKind::Webhook => None,
        _ => Some(ErrandOutcome::Done),
    });
    for n in 1..=30 {
        let methods = if n % 2 == 0 { vec![webhook("slow.example")] } else { vec![email(0)] };
        let person = world.person(n, methods);
        let id = world.escalation(n, Priority::Urgent);
        world.calls(id, 0, &[person]);
    }
    assert_eq!((world.hanging.len(), world.sent.len()), (2, 2 + 15));
}
