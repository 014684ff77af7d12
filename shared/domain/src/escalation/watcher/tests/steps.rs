//! Whom a step calls, and what follows when nobody takes it on.

use super::*;

/// What the escalation of a new request that raises a policy of one such step calls.
fn called(world: &mut World, targets: &[&str]) -> Vec<StaffId> {
    world.shelf.replace(book(vec![], policies(vec![policy("clinician", vec![step(targets, 60)])])));
    let request = world.asks();
    world.raise(request, "clinician");
    let escalation = world.escalations().pop().unwrap();
    match escalation.stage {
        Stage::Paging { .. } => escalation.calls.last().unwrap().staff.clone(),
        _ => vec![],
    }
}

#[test]
fn supervisors_on_duty_are_those_of_the_pool_who_are_scheduled_and_not_off() {
    let mut world = World::new(vec![], vec![]);
    let [ready, resting, off, unscheduled, elsewhere] = std::array::from_fn(|_| world.hire(Role::Supervisor));
    let [volunteer, unreachable, gone] = [Role::Volunteer, Role::Supervisor, Role::Supervisor].map(|r| world.hire(r));
    world.says(resting, Duty::Break);
    world.says(off, Duty::Off);
    world.staff(unscheduled, ShiftsSet { shifts: vec![] });
    let pools = Some(vec![Pool::named("youth")]);
    world.staff(elsewhere, crate::staff::Changed { pools, ..Default::default() });
    world.can_be_reached(unreachable, 0);
    world.staff(gone, Removed {});
    assert_eq!(called(&mut world, &["supervisors_on_duty"]), [ready, resting]);
    assert!(world.watcher.reachable_supervisors() == 4 && volunteer != ready);
    world.after(60);
    assert_eq!(world.escalations()[0].calls.last().unwrap().staff, [ready, resting, off, unscheduled]);
}

#[test]
fn who_should_be_there_and_is_not_are_volunteers_who_are_scheduled_and_not_ready() {
    let mut world = World::new(vec![], vec![]);
    let [ready, resting, off, unscheduled] = std::array::from_fn(|_| world.hire(Role::Volunteer));
    world.says(resting, Duty::Break);
    world.says(off, Duty::Off);
    world.says(unscheduled, Duty::Off);
    world.staff(unscheduled, ShiftsSet { shifts: vec![] });
    let _ = (ready, world.hire(Role::Supervisor));
    assert_eq!(called(&mut world, &["scheduled:night"]), [resting, off]);
    assert_eq!(called(&mut world, &["scheduled:youth"]), []);
    assert_eq!(called(&mut world, &["scheduled:unknown"]), []);
}

#[test]
fn whoever_is_on_in_a_rotation_is_called_on_shift_or_not_and_everybody_once() {
    let mut world = World::new(vec![], vec![]);
    let [today, tomorrow] = std::array::from_fn(|_| world.hire(Role::Professional));
    world.staff(today, ShiftsSet { shifts: vec![] });
    world.staff(tomorrow, ShiftsSet { shifts: vec![] });
    world.on_call("clinicians", &[today, tomorrow]);
    let first = called(&mut world, &["rotation:clinicians"]);
    world.now += TimeDelta::days(1);
    let second = called(&mut world, &["rotation:clinicians"]);
    let mut both = [first, second].concat();
    both.sort_unstable();
    assert_eq!(both, [today, tomorrow]);
    let everyone = [format!("staff:{today}"), format!("staff:{tomorrow}"), "rotation:clinicians".to_owned()];
    let everyone: Vec<&str> = everyone.iter().map(String::as_str).collect();
    assert_eq!(called(&mut world, &everyone), [today, tomorrow]);
    assert_eq!(called(&mut world, &["rotation:unknown"]), []);
}

#[test]
fn steps_that_name_nobody_are_passed_over_in_one_append_down_to_the_fallback() {
    let steps = vec![step(&["rotation:nobody"], 60), step(&["staff:00000000-0000-0000-0000-000000000777"], 60)];
    let mut world = World::new(vec![], vec![Policy { repeat: 5, ..policy("clinician", steps) }]);
    let supervisor = world.hire(Role::Supervisor);
    let request = world.asks();
    world.deaf = true;
    world.raise(request, "clinician");
    world.deaf = false;
    world.watcher.settled(StreamId::escalation(*world.watcher.opening.keys().next().unwrap()));
    assert!(world.watcher.decide(world.now).is_empty());
    world.now += seconds(1);
    let intents = world.watcher.decide(world.now);
    let kinds: Vec<&str> = intents[0].events.iter().map(Event::kind).collect();
    assert_eq!(kinds, ["escalation_opened", "step_skipped", "step_skipped", "fallback_reached"]);
    world.restart();
    assert_eq!(world.only().calls[0].staff, [supervisor]);
}

#[test]
fn a_step_is_resolved_when_it_is_reached_and_not_before() {
    let steps = vec![step(&["supervisors_on_duty"], 60), step(&["supervisors_on_duty"], 60)];
    let mut world = World::new(vec![], vec![policy("clinician", steps)]);
    let first = world.hire(Role::Supervisor);
    let request = world.asks();
    world.raise(request, "clinician");
    let second = world.hire(Role::Supervisor);
    world.says(first, Duty::Off);
    world.after(60);
    let called: Vec<_> = world.only().calls.iter().map(|call| call.staff.clone()).collect();
    assert_eq!(called, [[first], [second]]);
}

#[test]
fn a_step_whose_people_cannot_be_reached_is_passed_over_once_the_last_way_to_reach_them_has_failed() {
    let steps = vec![step(&["supervisors_on_duty"], 600), step(&["rotation:clinicians"], 60)];
    let mut world = World::new(vec![], vec![policy("clinician", steps)]);
    let [one, two] = std::array::from_fn(|_| world.hire(Role::Supervisor));
    let clinician = world.hire(Role::Professional);
    world.on_call("clinicians", &[clinician]);
    world.can_be_reached(one, 2);
    let request = world.asks();
    world.raise(request, "clinician");
    let id = world.only().id;
    world.fails(id, one, 0, true);
    world.fails(id, one, 1, false);
    world.fails(id, two, 0, true);
    assert_eq!(world.only().calls.len(), 1, "one way may still do");
    let state = world.only();
    let call = state.calls[0].version;
    let page = PageId::derive(id, call, one, 1);
    let outcome = PageOutcome::Failed { why: "timeout".to_owned(), again_at: None };
    let last = PageAttempted { page, call, staff: one, method: 1, kind: ContactKind::Sms, attempt: 2, outcome };
    world.does(id, escalation::Command::NoteAttempt(last));
    assert_eq!(world.only().calls[1].staff, [clinician]);
    assert!(world.kinds().ends_with(&["page_attempted", "step_skipped", "step_reached"]));
    let skipped = world.ledger.iter().rev().find(|fact| &*fact.kind == "step_skipped").unwrap();
    assert!(skipped.data.contains("unreachable"));
}

#[test]
fn whoever_leaves_while_they_are_called_is_not_waited_for() {
    let mut world = World::new(vec![], vec![policy("clinician", vec![step(&["supervisors_on_duty"], 600)])]);
    let supervisor = world.hire(Role::Supervisor);
    let request = world.asks();
    world.raise(request, "clinician");
    world.staff(supervisor, Removed {});
    world.settle();
    let escalation = world.only();
    assert_eq!((escalation.fallbacks, &escalation.calls.last().unwrap().staff[..]), (1, &[][..]));
    let levels = world.watcher.levels();
    assert_eq!((levels.fallback, levels.unheard, world.watcher.reachable_supervisors()), (1, 1, 0));
    let late = world.hire(Role::Supervisor);
    world.after(300);
    assert_eq!(world.only().calls.last().unwrap().staff, [late], "the fallback looks for somebody each time");
    assert_eq!(world.watcher.levels().unheard, 0);
}

#[test]
fn when_nobody_takes_it_on_the_member_is_shown_whom_else_to_turn_to_once() {
    let mut world = World::new(vec![], vec![policy("clinician", vec![step(&["supervisors_on_duty"], 60)])]);
    let supervisor = world.hire(Role::Supervisor);
    let request = world.asks();
    world.raise(request, "clinician");
    world.after(59);
    assert!(world.state(request).shown.is_empty());
    world.after(1);
    assert_eq!(world.state(request).shown, ["emergency"]);
    let version = world.state(request).version;
    world.after(1_000);
    world.restart();
    world.raise(request, "other");
    world.after(1_000);
    assert_eq!(world.state(request).version, version.next(), "nothing but what was raised");
    assert!(world.watcher.levels().fallback == 2 && world.only_fallback_calls(supervisor));
}

impl World {
    /// Whether every escalation is in its fallback, which calls that person alone.
    fn only_fallback_calls(&self, staff: StaffId) -> bool {
        self.escalations().iter().all(|escalation| escalation.calls.last().is_some_and(|call| call.staff == [staff]))
    }
}

#[test]
fn whoever_took_it_on_and_the_supervisors_on_duty_are_reminded_until_it_is_resolved() {
    let mut world = World::new(vec![], vec![policy("clinician", vec![step(&["rotation:clinicians"], 60)])]);
    let clinician = world.hire(Role::Professional);
    world.on_call("clinicians", &[clinician]);
    let supervisor = world.hire(Role::Supervisor);
    let asleep = world.hire(Role::Supervisor);
    world.says(asleep, Duty::Off);
    let request = world.asks();
    world.raise(request, "clinician");
    let id = world.only().id;
    world.takes_on(id, clinician);
    world.after(899);
    assert_eq!(world.only().calls.len(), 1);
    world.after(1);
    assert_eq!(world.only().calls[1].staff, [clinician, supervisor]);
    world.staff(clinician, Removed {});
    world.says(supervisor, Duty::Off);
    world.after(900);
    assert_eq!(world.only().calls[2].staff, [supervisor, asleep], "somebody is reminded, whoever is there");
    world.restart();
    world.resolves(id, supervisor);
    world.after(10_000);
    assert_eq!(world.only().calls.len(), 3);
}
