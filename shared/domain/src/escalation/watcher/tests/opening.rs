//! What was raised is opened, once, whatever dies in between.

use super::*;

fn calm() -> World {
    let mut world = World::new(vec![], vec![policy("clinician", vec![step(&["supervisors_on_duty"], 60)])]);
    world.hire(Role::Supervisor);
    world
}

#[test]
fn whatever_a_request_raises_is_opened_at_once_with_a_copy_of_its_policy() {
    let mut world = calm();
    let request = world.asks();
    let raised = world.raise(request, "clinician");
    let escalation = world.only();
    assert_eq!(escalation.id, EscalationId::derive(request, "clinician", raised));
    assert_eq!((escalation.request, &*escalation.line, &escalation.pool), (request, "night", &main()));
    assert_eq!(escalation.policy, world.shelf.book().policies.get("clinician"));
    assert_eq!(world.kinds(), ["escalation_opened", "step_reached"]);
    let appended: Vec<u64> = world.ledger.iter().map(|fact| fact.position.0).collect();
    assert_eq!(appended.len(), appended.last().copied().unwrap() as usize);
}

#[test]
fn a_policy_that_is_not_there_is_stood_in_for_by_the_supervisors() {
    let mut world = calm();
    let request = world.asks();
    world.raise(request, "gone");
    assert_eq!(world.only().policy.steps, [step(&["supervisors_on_duty"], 60)]);
}

#[test]
fn a_change_of_policies_changes_none_that_runs() {
    let mut world = calm();
    let first = world.asks();
    world.raise(first, "clinician");
    world.shelf.replace(book(vec![], policies(vec![policy("clinician", vec![])])));
    world.after(30);
    let second = world.asks();
    world.raise(second, "clinician");
    let steps: Vec<usize> = world.escalations().iter().map(|escalation| escalation.policy.steps.len()).collect();
    assert_eq!(steps, [1, 0]);
}

#[test]
fn one_of_a_request_and_policy_is_open_at_a_time_and_a_second_trigger_adds_its_reason() {
    let mut world = calm();
    let request = world.asks();
    world.raise(request, "clinician");
    let second = world.raise(request, "clinician");
    assert_eq!(world.only().covers(), second);
    world.raise(request, "other");
    assert_eq!(world.escalations().len(), 2, "of another policy another one is opened");
    let elsewhere = world.asks();
    world.raise(elsewhere, "clinician");
    assert_eq!(world.escalations().len(), 3);
}

#[test]
fn what_is_raised_after_it_was_resolved_opens_a_new_one() {
    let mut world = calm();
    let request = world.asks();
    world.raise(request, "clinician");
    let first = world.only();
    world.resolves(first.id, StaffId(Uuid::from_u128(1)));
    assert_eq!(world.escalations().len(), 1);
    world.restart();
    assert_eq!(world.escalations().len(), 1, "what is resolved is not opened again");
    let again = world.raise(request, "clinician");
    let [_, second] = world.escalations().try_into().unwrap();
    assert_eq!((second.id, second.covers()), (EscalationId::derive(request, "clinician", again), again));
}

#[test]
fn many_triggers_while_nobody_watched_become_one_escalation_and_its_newest_reason() {
    let mut world = calm();
    let request = world.asks();
    world.deaf = true;
    for _ in 0..200 {
        world.raise(request, "clinician");
    }
    let newest = world.raise(request, "clinician");
    world.deaf = false;
    world.restart();
    assert_eq!((world.only().covers(), world.only().triggers.len()), (newest, 2));
    assert_eq!(world.kinds(), ["escalation_opened", "trigger_added", "step_reached"]);
}

#[test]
fn what_a_request_raised_that_ended_meanwhile_is_opened_at_the_next_start() {
    for (hours, opened) in [(1, 1), (71, 1), (73, 0)] {
        let mut world = calm();
        let request = world.asks();
        world.deaf = true;
        world.raise(request, "clinician");
        world.changes(request, Command::Leave(None)).unwrap();
        world.now += TimeDelta::hours(hours);
        world.deaf = false;
        world.restart();
        assert_eq!(world.escalations().len(), opened, "{hours} hours later");
    }
}

#[test]
fn leaving_keeps_escalations_running() {
    let mut world = calm();
    let request = world.asks();
    world.raise(request, "clinician");
    world.changes(request, Command::Leave(None)).unwrap();
    world.after(60);
    assert!(matches!(world.only().stage, Stage::Fallback { .. }));
    world.now += TimeDelta::days(30);
    world.restart();
    assert_eq!(world.only().fallbacks, 2, "and after however long a time");
}

#[test]
fn what_was_resolved_before_anything_that_is_read_at_a_start_is_found_by_its_id() {
    let mut world = calm();
    let request = world.asks();
    world.raise(request, "clinician");
    world.raise(request, "clinician");
    let first = world.only();
    world.resolves(first.id, StaffId(Uuid::from_u128(1)));
    world.now += TimeDelta::days(8);
    world.restart();
    assert_eq!(world.escalations().len(), 1);
    world.after(100);
    assert_eq!(world.escalations().len(), 1);
}

#[test]
fn nothing_of_what_is_over_is_kept() {
    let mut world = calm();
    for _ in 0..20 {
        let request = world.asks();
        world.raise(request, "clinician");
        world.changes(request, Command::Leave(None)).unwrap();
    }
    assert!(world.watcher.requests.is_empty() && world.watcher.escalations.len() == 20);
    for escalation in world.escalations() {
        world.resolves(escalation.id, StaffId(Uuid::from_u128(1)));
    }
    let watcher = &world.watcher;
    assert!(watcher.escalations.is_empty() && watcher.seen_to.is_empty() && watcher.opening.is_empty());
    assert_eq!((watcher.levels(), watcher.timers.next(), watcher.waiting), (Levels::default(), None, 0));
    world.restart();
    let watcher = &world.watcher;
    assert!(watcher.requests.is_empty() && watcher.escalations.is_empty() && watcher.opening.is_empty());
    assert_eq!(world.escalations().len(), 20);
}

#[test]
fn an_opening_that_comes_to_nothing_is_wished_for_again_but_not_without_pause() {
    let mut world = calm();
    let request = world.asks();
    world.deaf = true;
    world.raise(request, "clinician");
    let wished = world.watcher.opening.keys().next().copied().unwrap();
    for _ in 0..3 {
        world.watcher.settled(StreamId::escalation(wished));
        assert!(world.watcher.decide(world.now).is_empty());
        assert_eq!(world.watcher.due(), Some(world.now + seconds(1)));
        world.now += seconds(1);
        assert_eq!(world.watcher.decide(world.now).len(), 1);
    }
}
