//! Steps, rounds, and the fallback, which never gives up.

use super::*;

fn failed(again_at: Option<DateTime<Utc>>) -> PageOutcome {
    PageOutcome::Failed { why: "timeout".to_owned(), again_at }
}

#[test]
fn the_first_step_is_due_at_once_and_each_next_one_when_the_wait_is_over() {
    let mut story = Story::new(policy(0));
    assert_eq!((story.due_in(), &story.state.stage), (Some(0), &Stage::Due { round: 0, step: 0 }));
    assert_eq!(story.advances(&[staff(1)]), ["step_reached"]);
    assert_eq!(story.due_in(), Some(60));
    assert!(story.after(59).advances(&[staff(2)]).is_empty(), "not before its time");
    assert_eq!(story.after(1).advances(&[staff(2)]), ["step_reached"]);
    assert_eq!((story.due_in(), story.state.called(staff(1)), story.state.called(staff(2))), (Some(120), true, true));
    assert!(!story.state.called(staff(3)));
}

#[test]
fn a_step_that_names_nobody_is_skipped_at_once_and_nobody_waits() {
    let mut story = Story::new(policy(0));
    assert_eq!(story.advances(&[]), ["step_skipped"]);
    assert_eq!(story.due_in(), Some(0));
    assert_eq!(story.advances(&[staff(2)]), ["step_reached"]);
    assert_eq!(story.due_in(), Some(120), "as long as its own step says");
}

#[test]
fn after_the_last_step_every_supervisor_is_called_again_and_again() {
    let mut story = Story::new(policy(0));
    story.advances(&[staff(1)]);
    story.after(60).advances(&[staff(2)]);
    story.after(120);
    assert!(matches!(story.state.next(story.now), Some(Next::Fallback)));
    for count in 1..50 {
        assert_eq!(story.advances(&[staff(1), staff(2)]), ["fallback_reached"]);
        assert_eq!((story.state.fallbacks, story.due_in()), (count, Some(300)));
        assert!(story.after(299).advances(&[staff(1)]).is_empty());
        story.after(1);
    }
    assert_eq!(story.state.calls.len(), Escalation::CALLS);
}

#[test]
fn a_fallback_without_anybody_to_call_goes_on_too() {
    let mut story = Story::new(policy(3));
    story.advances(&[]);
    story.advances(&[]);
    assert_eq!(
        story.advances(&[]),
        ["fallback_reached"],
        "a round in which nobody was called is not gone through again"
    );
    assert_eq!(story.due_in(), Some(300));
    assert_eq!(story.after(300).advances(&[]), ["fallback_reached"]);
}

#[test]
fn all_steps_are_gone_through_as_often_as_the_policy_says() {
    let mut story = Story::new(policy(1));
    let places = |story: &Story| match story.state.stage {
        Stage::Paging { round, step, .. } => (round, step),
        _ => panic!("{:?}", story.state.stage),
    };
    for place in [(0, 0), (0, 1), (1, 0), (1, 1)] {
        assert_eq!(story.advances(&[staff(1)]), ["step_reached"]);
        assert_eq!(places(&story), place);
        story.now = story.state.due().unwrap();
    }
    assert_eq!(story.advances(&[staff(1)]), ["fallback_reached"]);
}

#[test]
fn a_round_counts_as_gone_through_when_any_step_of_it_called_somebody() {
    let mut story = Story::new(policy(1));
    story.advances(&[staff(1)]);
    story.after(60).advances(&[]);
    assert_eq!(story.state.stage, Stage::Due { round: 1, step: 0 });
    story.advances(&[]);
    story.advances(&[]);
    assert_eq!(story.advances(&[staff(1)]), ["fallback_reached"]);
}

#[test]
fn a_policy_without_steps_begins_with_its_fallback() {
    let mut story = Story::new(Policy { steps: vec![], ..policy(2) });
    assert_eq!(story.advances(&[staff(1)]), ["fallback_reached"]);
}

#[test]
fn nothing_comes_round_without_end_at_once_whatever_a_policy_says() {
    let mut policy = policy(0);
    (policy.steps[0].wait, policy.fallback_every) = (TimeDelta::zero(), TimeDelta::zero());
    policy.steps.truncate(1);
    let mut story = Story::new(policy);
    story.advances(&[staff(1)]);
    assert!(story.state.due() > Some(story.now));
    story.now = story.state.due().unwrap();
    assert_eq!(story.advances(&[staff(1)]), ["fallback_reached"]);
    assert!(story.state.due() > Some(story.now));
}

#[test]
fn a_step_whose_people_cannot_be_reached_is_skipped_and_its_round_was_not_in_vain() {
    let mut story = Story::new(policy(1));
    story.advances(&[staff(1)]);
    assert_eq!(story.does(Command::Skip(Skip::Unreachable)), Ok(vec!["step_skipped"]));
    assert_eq!(story.state.stage, Stage::Due { round: 0, step: 1 });
    assert_eq!(story.does(Command::Skip(Skip::Unreachable)), Ok(vec![]), "nothing is being waited for");
    story.advances(&[]);
    assert_eq!(story.state.stage, Stage::Due { round: 1, step: 0 });
}

#[test]
fn what_came_of_a_page_is_noted_once_and_the_newest_attempt_is_kept() {
    let mut story = Story::new(policy(0));
    story.advances(&[staff(1)]);
    let again_at = Some(story.now + seconds(5));
    let first = story.attempt(staff(1), 0, 1, failed(again_at));
    assert_eq!(story.does(Command::NoteAttempt(first.clone())), Ok(vec!["page_attempted"]));
    assert_eq!(story.does(Command::NoteAttempt(first.clone())), Ok(vec![]), "it is the same attempt");
    let second = story.attempt(staff(1), 0, 2, PageOutcome::Delivered);
    assert_eq!(story.does(Command::NoteAttempt(second)), Ok(vec!["page_attempted"]));
    assert_eq!(story.does(Command::NoteAttempt(first)), Ok(vec![]), "a late word of an earlier one");
    let kept = &story.state.attempts[&(Version(2), staff(1), 0)];
    assert_eq!((kept.count, &kept.outcome), (2, &PageOutcome::Delivered));
}

#[test]
fn what_came_of_calls_that_are_long_over_is_forgotten_with_them() {
    let mut story = Story::new(policy(0));
    for _ in 0..Escalation::CALLS + 10 {
        story.advances(&[staff(1)]);
        let attempt = story.attempt(staff(1), 0, 1, PageOutcome::Delivered);
        story.does(Command::NoteAttempt(attempt)).unwrap();
        story.now = story.state.due().unwrap();
    }
    assert_eq!((story.state.calls.len(), story.state.attempts.len()), (Escalation::CALLS, Escalation::CALLS));
}

#[test]
fn a_second_trigger_adds_its_reason_and_may_make_it_more_urgent() {
    let mut story = Story::new(policy(0));
    let add = |version, priority| Command::AddTrigger(Version(version), Cause::Person, None, priority);
    assert_eq!(story.does(add(5, Priority::Imminent)), Ok(vec![]), "it is the one that opened it");
    assert_eq!(story.does(add(7, Priority::Imminent)), Ok(vec!["trigger_added"]));
    assert_eq!(story.does(add(9, Priority::Standard)), Ok(vec!["trigger_added"]));
    assert_eq!(story.does(add(8, Priority::Standard)), Ok(vec![]), "the newest counts for those before it");
    assert_eq!((story.state.priority, story.state.covers()), (Priority::Imminent, Version(9)));
    for version in 10..200 {
        story.does(add(version, Priority::Urgent)).unwrap();
    }
    let raised: Vec<u64> = story.state.triggers.iter().map(|trigger| trigger.raised.0).collect();
    assert_eq!((raised.len(), raised[0], raised[1], story.state.covers()), (51, 5, 150, Version(199)));
}
