//! Any commands in any order: what must be true of every request, by a model that only counts.

use super::*;
use proptest::prelude::*;

/// A command by its number, about one of three volunteers.
fn command(story: &Story, what: u8, who: u128) -> (Actor, Command) {
    let volunteer = staff(who);
    let by = Actor::Staff(volunteer);
    let offer = story.state.offer_to(volunteer).or(story.state.offers.first()).map(|offer| offer.id);
    let offer = offer.unwrap_or_else(|| OfferId::derive(id(), Version(99)));
    let why =
        Why { considered: 1, out: BTreeMap::new(), runner_up: None, decided_by: Criterion::Only, present_at: None };
    let say = |from, staff| {
        Command::Say(Say { from, staff, aside: false, text: text(), once: None, findings: Findings::default() })
    };
    match what {
        0 => (Actor::Member, say(Speaker::Member, None)),
        1 => (by, say(Speaker::Volunteer, Some(volunteer))),
        2 => (ROUTER, Command::MemberAway(story.now)),
        3 => (ROUTER, Command::MemberBack),
        4 | 5 if story.state.offer_to(volunteer).is_none() => (ROUTER, Command::Offer(volunteer, story.now, why)),
        4..=6 => (by, Command::Accept(offer, volunteer)),
        7 => (by, Command::Decline(offer, volunteer, None)),
        8 => (ROUTER, Command::Expire(offer)),
        9 => (ROUTER, Command::Withdraw(offer, WithdrawReason::Duty)),
        10 => (ROUTER, Command::Exhaust),
        11 => (by, Command::AskTransfer(Some(volunteer), None)),
        12 => (ROUTER, Command::FailTransfer(TransferFailure::Nobody)),
        13 => (by, Command::Assign(volunteer)),
        14 => (by, Command::SetPriority(Priority::ALL[who as usize], None)),
        15 => (RULES, Command::SetPriority(Priority::ALL[who as usize], None)),
        16 => (by, Command::Release(ReleaseReason::GaveBack, None)),
        17 => (RULES, escalate(Cause::Rule)),
        18 => (by, Command::Join(volunteer, Speaker::Supervisor, Joining::Holder)),
        19 => (by, Command::Join(volunteer, Speaker::Supervisor, Joining::Beside)),
        20 => (Actor::Member, Command::Leave(None)),
        21 => (by, close(false, true)),
        22 => (ROUTER, Command::Abandon(None)),
        23 => (by, Command::Bar(TimeDelta::hours(1), text(), None)),
        _ => (Actor::Member, Command::Erase),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn whatever_is_done_there_is_one_holder_at_most_and_the_record_tells_the_same(
        // The commands that end it are rare, or most of the stories would be short.
        steps in prop::collection::vec((prop_oneof![30 => 0..20u8, 1 => 20..25u8], 1..4u128), 1..60),
    ) {
        let mut story = Story::new();
        for (what, who) in steps {
            let before = story.state.clone();
            let (actor, command) = command(&story, what, who);
            story.wait(1);
            let done = story.by(actor, command.clone());
            let state = &story.state;
            prop_assert_eq!(state.version.0, story.facts.len() as u64);
            if let Ok(kinds) = &done {
                let taken = kinds.iter().filter(|kind| ["accepted", "transferred", "assigned"].contains(kind)).count();
                prop_assert!(taken <= 1);
                if kinds.contains(&"accepted") {
                    prop_assert_eq!(before.holder(), None, "I2");
                }
            } else {
                prop_assert_eq!(format!("{before:?}"), format!("{state:?}"), "a refusal changes nothing");
            }
            match &state.phase {
                Phase::Waiting { .. } => prop_assert!(state.offers.iter().all(|offer| !offer.handover)),
                Phase::Active { transfer: None, .. } => prop_assert_eq!(&state.offers, &[]),
                Phase::Active { .. } => prop_assert!(state.offers.iter().all(|offer| offer.handover)),
                Phase::Closed { .. } => prop_assert_eq!(&state.offers, &[]),
            }
            prop_assert!(!before.is_closed() || state.is_closed());
            prop_assert_eq!(state.opened_at, start());
            prop_assert!(state.priority >= before.priority || actor.staff().is_some(), "I7");
            let replayed = SupportRequest::replay(&story.facts).unwrap();
            prop_assert_eq!(format!("{replayed:?}"), format!("{state:?}"), "I9");
        }
    }
}

#[test]
fn facts_that_are_repeated_missing_or_unreadable_change_nothing_but_the_version() {
    let story = Story::active();
    let mut state = SupportRequest::replay(&story.facts);
    let as_it_is = format!("{state:?}");
    for fact in &story.facts {
        SupportRequest::apply(&mut state, fact);
    }
    let mut ahead = story.facts[0].clone();
    ahead.version = state.as_ref().unwrap().version.plus(2);
    SupportRequest::apply(&mut state, &ahead);
    assert_eq!(format!("{state:?}"), as_it_is);

    let mut unreadable = story.facts[0].clone();
    (unreadable.version, unreadable.kind) = (state.as_ref().unwrap().version.next(), "hugged".into());
    SupportRequest::apply(&mut state, &unreadable);
    let state = state.unwrap();
    assert_eq!((state.version, state.holder()), (unreadable.version, Some(staff(1))));

    let mut headless = None;
    SupportRequest::apply(&mut headless, &story.facts[1]);
    assert!(headless.is_none());
}
