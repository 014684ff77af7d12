//! Whatever is asked of an escalation, in whatever order: it never panics, and never reaches a state without an exit.

use proptest::prelude::*;

use super::*;

#[derive(Clone, Debug)]
enum Deed {
    Passes(i64),
    /// Until something is due, and as much longer.
    Due(i64),
    Advance(u8),
    Skip(bool),
    Remind(u8),
    Attempt(u8, u32, u32, bool),
    Acknowledge(u8, bool),
    HandOver(u8, u8),
    Trigger(u64),
    Resolve(u8),
}

fn some(n: u8) -> Vec<StaffId> {
    (0..n).map(|n| staff(u128::from(n))).collect()
}

fn deeds() -> impl Strategy<Value = Vec<Deed>> {
    let who = 0..4u8;
    let deed = prop_oneof![
        1 => (0..200i64).prop_map(Deed::Passes),
        4 => (0..3i64).prop_map(Deed::Due),
        6 => who.clone().prop_map(Deed::Advance),
        1 => any::<bool>().prop_map(Deed::Skip),
        2 => who.clone().prop_map(Deed::Remind),
        2 => (who.clone(), 0..2u32, 0..3u32, any::<bool>()).prop_map(|(s, m, n, f)| Deed::Attempt(s, m, n, f)),
        1 => (who.clone(), any::<bool>()).prop_map(|(by, page)| Deed::Acknowledge(by, page)),
        1 => (who.clone(), who.clone()).prop_map(|(by, to)| Deed::HandOver(by, to)),
        1 => (0..20u64).prop_map(Deed::Trigger),
        1 => who.prop_map(Deed::Resolve),
    ];
    prop::collection::vec(deed, 0..60)
}

fn policies() -> impl Strategy<Value = Policy> {
    let steps = prop::collection::vec(0..100i64, 0..4);
    (steps, 0..3u32, prop::option::of(0..500i64), 0..300i64).prop_map(|(waits, repeat, within, every)| Policy {
        name: "clinician".to_owned(),
        steps: waits.into_iter().map(|wait| Step { page: vec![], wait: seconds(wait) }).collect(),
        repeat,
        resolve_within: within.map(seconds),
        fallback_every: seconds(every),
    })
}

proptest! {
    #[test]
    fn no_state_is_without_an_exit_and_no_round_goes_back(policy in policies(), deeds in deeds()) {
        let mut story = Story::new(policy.clone());
        let mut furthest = (0, 0, 0);
        for deed in deeds {
            let command = match deed {
                Deed::Passes(length) => {
                    story.after(length);
                    continue;
                }
                Deed::Due(late) => {
                    story.now = story.state.due().unwrap_or(story.now).max(story.now) + seconds(late);
                    continue;
                }
                Deed::Advance(n) => Command::Advance(some(n)),
                Deed::Skip(nobody) => Command::Skip(if nobody { Skip::Nobody } else { Skip::Unreachable }),
                Deed::Remind(n) => Command::Remind(some(n)),
                Deed::Attempt(who, method, attempt, failed) => {
                    if story.state.calls.is_empty() {
                        continue;
                    }
                    let failed = failed.then(|| PageOutcome::Failed { why: "refused".to_owned(), again_at: None });
                    let outcome = failed.unwrap_or(PageOutcome::Delivered);
                    Command::NoteAttempt(story.attempt(staff(who.into()), method, attempt, outcome))
                }
                Deed::Acknowledge(by, page) => {
                    let page = page.then_some(PageId(Uuid::from_u128(3)));
                    Command::Acknowledge(staff(by.into()), Via::Link, page)
                }
                Deed::HandOver(by, to) => Command::HandOver(staff(by.into()), staff(to.into()), None),
                Deed::Trigger(n) => Command::AddTrigger(Version(n), Cause::Rule, None, Priority::Standard),
                Deed::Resolve(by) => {
                    let resolution = Resolution { outcome: "seen_to".to_owned(), confirmed_by: None, note: None };
                    Command::Resolve(staff(by.into()), resolution)
                }
            };
            let before = story.state.clone();
            let decided = story.state.decide(command.clone(), story.now);
            if let Ok(events) = &decided {
                let _ = story.does(command.clone());
                prop_assert_eq!(story.state.version.0, before.version.0 + events.len() as u64);
            }
            let state = &story.state;
            // I6: it ends by a person and not otherwise.
            if state.is_resolved() {
                prop_assert!(before.is_resolved() || matches!(command, Command::Resolve(..)));
            }
            if before.taken_by().is_some() {
                prop_assert!(state.taken_by().is_some());
            }
            let may_wait = state.is_resolved() || (state.taken_by().is_some() && policy.resolve_within.is_none());
            prop_assert!(state.due().is_some() || may_wait, "{:?}", state.stage);
            // Only forward, and not without end in one moment.
            let place = match state.stage {
                Stage::Due { round, step } | Stage::Paging { round, step, .. } => Some((round, step, 0)),
                Stage::Fallback { .. } => Some((u32::MAX, 0, state.fallbacks)),
                _ => None,
            };
            if let Some(place) = place {
                prop_assert!(place >= furthest, "{:?} after {:?}", place, furthest);
                furthest = place;
            }
            prop_assert!(state.covers() >= before.covers());
            prop_assert!(state.calls.len() <= Escalation::CALLS && state.triggers.len() <= Escalation::TRIGGERS + 1);
            let again = story.state.decide(command, story.now);
            let mut twin = story.state.clone();
            for event in again.unwrap_or_default() {
                twin.evolve(&event, story.now);
            }
        }
    }

    #[test]
    fn left_alone_it_comes_to_its_fallback_in_the_time_that_the_policy_allows_and_stays_there(policy in policies(), called in prop::collection::vec(0..3u8, 12)) {
        let rounds = i64::from(policy.repeat) + 1;
        let longest = policy.steps.iter().map(|step| step.wait + TimeDelta::milliseconds(100)).sum::<TimeDelta>();
        let longest = longest * rounds as i32;
        let mut story = Story::new(policy);
        for n in called.iter().chain(std::iter::repeat(&1)).take(200) {
            story.now = story.state.due().unwrap().max(story.now);
            prop_assert_eq!(story.advances(&some(*n)).len(), 1);
            if story.state.fallbacks > 0 {
                break;
            }
        }
        prop_assert!(story.state.fallbacks == 1 && story.now <= noon() + longest);
        for n in called {
            story.now = story.state.due().unwrap();
            prop_assert_eq!(story.advances(&some(n)), ["fallback_reached"]);
        }
    }
}
