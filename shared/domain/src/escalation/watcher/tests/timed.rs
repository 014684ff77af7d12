//! Rules that need time: when they are asked, and that they fire once for what lasts.

use super::*;

fn raises(policy: &str) -> Vec<Action> {
    vec![Action::Escalate(policy.to_owned())]
}

fn world(rules: Vec<Rule>) -> World {
    let mut world = World::new(rules, vec![policy("clinician", vec![step(&["supervisors_on_duty"], 60)])]);
    world.hire(Role::Supervisor);
    world
}

/// How often the rules made something of it.
fn fired(world: &World, id: RequestId) -> usize {
    world.ledger.iter().filter(|fact| fact.stream == StreamId::request(id) && &*fact.kind == "triaged").count()
}

#[test]
fn whoever_waits_too_long_is_told_of_once_and_again_when_they_wait_again() {
    let mut world = world(vec![rule("waited", Trigger::Waiting, 120, None, raises("clinician"))]);
    let request = world.asks();
    world.after(119);
    assert_eq!(fired(&world, request), 0);
    world.after(1);
    assert_eq!(fired(&world, request), 1);
    let raised = &world.state(request).raised[0];
    let rule = raised.rule.as_ref().unwrap();
    assert_eq!((&*rule.rule, &*rule.version, rule.since), ("waited", "0123456789abcdef", Some(noon())));
    assert_eq!(world.only().triggers[0].rule.as_deref(), Some("waited"), "and an escalation is opened");
    world.after(1_000);
    world.restart();
    world.after(1_000);
    assert_eq!(fired(&world, request), 1 + 1, "only the resources are shown beside");
    world.is_taken(request);
    let release = Command::Release(crate::request::ReleaseReason::GaveBack, None);
    world.changes(request, release).unwrap();
    world.after(119);
    assert_eq!(fired(&world, request), 2);
    world.after(1);
    assert_eq!(fired(&world, request), 3);
}

#[test]
fn whoever_takes_over_late_fires_what_was_due_meanwhile() {
    let mut world = world(vec![rule("waited", Trigger::Waiting, 120, None, raises("clinician"))]);
    world.deaf = true;
    let request = world.asks();
    world.now += seconds(1_000);
    world.deaf = false;
    world.restart();
    assert_eq!((fired(&world, request), world.escalations().len()), (1, 1));
}

#[test]
fn everything_that_is_due_at_once_is_one_append() {
    let rules = vec![
        rule("first", Trigger::Waiting, 60, None, vec![Action::Priority(Priority::Urgent)]),
        rule("second", Trigger::Waiting, 60, None, vec![Action::Tag("long".to_owned())]),
        rule("third", Trigger::Waiting, 61, None, vec![Action::Show("crisis_line".to_owned())]),
    ];
    let mut world = world(rules);
    let request = world.asks();
    world.after(60);
    let state = world.state(request);
    assert_eq!(
        (state.version, state.priority, &state.tags[..]),
        (Version(2), Priority::Urgent, &["long".to_owned()][..])
    );
    world.after(1);
    assert_eq!(
        (world.state(request).version, &world.state(request).shown[..]),
        (Version(3), &["crisis_line".to_owned()][..])
    );
}

#[test]
fn a_volunteer_who_does_not_answer_is_silent_from_when_the_member_first_wrote() {
    let mut world = world(vec![rule("silent", Trigger::Silent, 100, None, raises("clinician"))]);
    let request = world.asks();
    world.after(1_000);
    world.is_taken(request);
    world.after(50);
    world.writes(request, Speaker::Volunteer);
    world.after(20);
    world.writes(request, Speaker::Member);
    world.after(60);
    world.writes(request, Speaker::Member);
    world.after(39);
    assert_eq!(fired(&world, request), 0);
    world.after(1);
    assert_eq!(fired(&world, request), 1);
    let since = world.state(request).fired["silent"];
    assert_eq!(since, noon() + seconds(1_070));
}

#[test]
fn a_volunteer_who_never_writes_is_silent_from_when_they_took_it() {
    let mut world = world(vec![rule("silent", Trigger::Silent, 100, None, raises("clinician"))]);
    let request = world.asks();
    world.after(10);
    world.is_taken(request);
    world.after(60);
    world.writes(request, Speaker::Member);
    world.after(40);
    assert_eq!(world.state(request).fired.get("silent"), Some(&(noon() + seconds(10))));
    world.after(1_000);
    assert_eq!(world.escalations().len(), 1, "it is one silence");
}

#[test]
fn a_member_who_does_not_answer_is_silent_from_when_they_were_first_answered() {
    let mut world = world(vec![rule("silent", Trigger::Silent, 100, None, raises("clinician"))]);
    let request = world.asks();
    world.is_taken(request);
    world.after(10);
    world.writes(request, Speaker::Volunteer);
    world.after(60);
    world.writes(request, Speaker::Volunteer);
    world.after(39);
    assert_eq!(fired(&world, request), 0);
    world.after(1);
    assert_eq!(world.state(request).fired.get("silent"), Some(&(noon() + seconds(10))));
    world.writes(request, Speaker::Member);
    world.writes(request, Speaker::Volunteer);
    world.restart();
    world.after(99);
    assert_eq!(fired(&world, request), 2, "the resources were shown, since nobody took it on");
    world.after(1);
    assert_eq!(world.state(request).fired.get("silent"), Some(&(noon() + seconds(110))));
}

#[test]
fn declined_counts_from_when_everyone_had_been_asked_and_away_from_when_the_client_fell_silent() {
    let rules = vec![
        rule("declined", Trigger::Declined, 30, None, vec![Action::Tag("declined".to_owned())]),
        rule("away", Trigger::Away, 300, None, vec![Action::Tag("away".to_owned())]),
    ];
    let mut world = world(rules);
    let request = world.asks();
    world.after(1_000);
    assert_eq!(fired(&world, request), 0);
    world.changes(request, Command::Exhaust).unwrap();
    world.after(30);
    assert_eq!(world.state(request).tags, ["declined"]);
    world.changes(request, Command::MemberAway(world.now - seconds(60))).unwrap();
    world.after(239);
    world.changes(request, Command::MemberBack).unwrap();
    world.after(1_000);
    assert_eq!(world.state(request).tags, ["declined"]);
    world.changes(request, Command::MemberAway(world.now - seconds(60))).unwrap();
    world.after(240);
    assert_eq!(world.state(request).tags, ["declined", "away"]);
}

#[test]
fn a_condition_that_does_not_hold_is_asked_again_in_a_while_and_when_something_changes() {
    let mut world = world(vec![rule("waited", Trigger::Waiting, 20, Some("false"), raises("clinician"))]);
    let request = world.asks();
    world.after(20);
    assert_eq!(world.watcher.due(), Some(noon() + seconds(40)), "as long as the rule waits");
    world.after(5);
    world.writes(request, Speaker::Member);
    assert_eq!(world.watcher.due(), Some(noon() + seconds(45)));
    for (after, again) in [(1, 5), (3_600, 60)] {
        world.shelf.replace(book(
            vec![rule("waited", Trigger::Waiting, after, Some("false"), raises("clinician"))],
            Policies::default(),
        ));
        world.after(4_000);
        let due = world.watcher.due().unwrap();
        assert!(world.now < due && due <= world.now + seconds(again), "{after}: {due}");
    }
    assert_eq!(fired(&world, request), 0);
    world.shelf.replace(book(
        vec![rule("waited", Trigger::Waiting, 20, Some("true"), raises("clinician"))],
        Policies::default(),
    ));
    world.after(0);
    assert_eq!(fired(&world, request), 1);
}

#[test]
fn a_newer_rulebook_counts_for_whoever_waits_already() {
    let mut world = world(vec![]);
    let request = world.asks();
    world.after(500);
    assert_eq!(world.watcher.due(), None);
    let rules = vec![rule("waited", Trigger::Waiting, 600, None, raises("clinician"))];
    world.shelf.replace(book(rules, Policies::default()));
    assert_eq!(world.watcher.due(), Some(DateTime::UNIX_EPOCH), "it looks at once");
    world.after(99);
    assert_eq!(fired(&world, request), 0);
    world.after(1);
    assert_eq!(fired(&world, request), 1);
}

#[test]
fn nothing_fires_for_a_request_that_ended() {
    let mut world = world(vec![rule("waited", Trigger::Waiting, 20, None, raises("clinician"))]);
    let request = world.asks();
    world.changes(request, Command::Leave(None)).unwrap();
    world.after(100);
    world.restart();
    assert_eq!((fired(&world, request), world.watcher.due()), (0, None));
}
