//! How a request ends, and what remains of it.

use super::*;

#[test]
fn the_holder_closes_a_standard_request_and_a_supervisor_any() {
    let mut story = Story::active();
    assert_eq!(story.act(close(false, false)), Ok(vec!["closed"]));
    let Phase::Closed { closed, at, holder } = &story.state.phase else { panic!("it is open") };
    assert_eq!((closed.ending, *at, *holder), (Ending::Closed, start(), Some(staff(1))));
    assert_eq!(closed.erase_at, Some(start() + TimeDelta::days(30)));
    let (mut story, _) = Story::offered();
    assert_eq!(story.act(close(false, false)), Err(Rejection::NotActive));
    assert_eq!(story.by(Actor::Staff(staff(9)), close(true, false)), Ok(vec!["offer_withdrawn", "closed"]));
}

#[test]
fn from_elevated_on_risk_is_assessed_before_closing() {
    for priority in [Priority::Elevated, Priority::Urgent, Priority::Imminent] {
        let mut story = Story::active();
        story.by(RULES, Command::SetPriority(priority, None)).unwrap();
        for by_supervisor in [false, true] {
            assert_eq!(story.act(close(by_supervisor, false)), Err(Rejection::RiskNotAssessed));
        }
        assert_eq!(story.act(close(false, true)), Ok(vec!["closed"]));
    }
}

#[test]
fn an_unresolved_escalation_keeps_a_volunteer_from_closing_alone() {
    for (cause, alone) in [
        (Cause::Person, false),
        (Cause::Rule, false),
        (Cause::BeyondHolder, true),
        (Cause::NoReply, true),
        (Cause::Silent, true),
        (Cause::Away, true),
    ] {
        let mut story = Story::active();
        story.act(escalate(cause)).unwrap();
        assert_eq!(story.act(close(false, true)).is_ok(), alone, "{cause:?}");
        if !alone {
            assert_eq!(story.act(close(false, true)), Err(Rejection::EscalationOpen));
            assert!(story.by(Actor::Staff(staff(9)), close(true, true)).is_ok());
        }
    }
}

#[test]
fn leave_ends_it_in_any_state_and_keeps_what_was_raised() {
    for mut story in [Story::new(), Story::offered().0, Story::active()] {
        story.by(RULES, escalate(Cause::Rule)).unwrap();
        assert!(story.by(Actor::Member, Command::Leave(None)).unwrap().ends_with(&["closed"]));
        assert!(story.state.is_closed() && story.state.offers.is_empty());
        assert_eq!(story.state.raised.len(), 1);
        assert_eq!(story.by(Actor::Member, Command::Leave(None)), Ok(vec![]));
    }
}

#[test]
fn abandoned_is_only_what_waits_below_urgent() {
    let mut story = Story::active();
    assert_eq!(story.by(ROUTER, Command::Abandon(None)), Ok(vec![]));
    let mut story = Story::new();
    story.by(RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    assert_eq!(story.by(ROUTER, Command::Abandon(None)), Err(Rejection::TooUrgent));
    let (mut story, _) = Story::offered();
    assert_eq!(story.by(ROUTER, Command::Abandon(None)), Ok(vec!["offer_withdrawn", "closed"]));
}

#[test]
fn nobody_urgent_is_barred() {
    let bar = || Command::Bar(TimeDelta::hours(24), text(), None);
    let mut story = Story::active();
    story.act(Command::AskTransfer(None, None)).unwrap();
    story.offer(2);
    assert_eq!(story.by(Actor::Staff(staff(9)), bar()), Ok(vec!["offer_withdrawn", "barred", "closed"]));
    let barred = story.facts.iter().rev().nth(1).unwrap().event().unwrap();
    let until = start() + TimeDelta::hours(24);
    assert_eq!(barred, Event::Request(Barred { until, reason: text() }.into()), "for as long as was said");
    assert_eq!(story.state.is_barred(until - TimeDelta::seconds(1)), Some(until));
    assert_eq!(story.state.is_barred(until), None);
    let mut story = Story::active();
    story.by(RULES, Command::SetPriority(Priority::Urgent, None)).unwrap();
    assert_eq!(story.by(Actor::Staff(staff(9)), bar()), Err(Rejection::TooUrgent));
}

#[test]
fn after_the_end_nothing_goes_on() {
    let mut story = Story::active();
    story.act(close(false, false)).unwrap();
    let say = Say {
        from: Speaker::Member,
        staff: None,
        aside: false,
        text: text(),
        once: None,
        findings: Findings::default(),
    };
    for command in [
        Command::Say(say),
        Command::MemberAway(start()),
        Command::Exhaust,
        Command::AskTransfer(None, None),
        Command::Assign(staff(2)),
        Command::SetPriority(Priority::Imminent, None),
        Command::Release(ReleaseReason::GaveBack, None),
        escalate(Cause::Person),
        Command::Join(staff(9), Speaker::Supervisor, Joining::Holder),
        Command::Bar(TimeDelta::hours(1), text(), None),
        close(true, true),
        Command::Abandon(None),
    ] {
        let refused = story.by(Actor::Staff(staff(9)), command.clone());
        assert_eq!(refused, Err(Rejection::AlreadyClosed), "{command:?}");
    }
}

#[test]
fn erasing_an_open_request_closes_it_first_and_a_closed_one_only_erases() {
    let (mut story, _) = Story::offered();
    assert_eq!(story.by(Actor::Member, Command::Erase), Ok(vec!["offer_withdrawn", "closed", "erased"]));
    assert_eq!(story.by(Actor::Member, Command::Erase), Ok(vec![]));
    let mut story = Story::active();
    story.act(close(false, false)).unwrap();
    assert_eq!(story.by(Actor::Member, Command::Erase), Ok(vec!["erased"]));
    assert!(story.state.erased);
}

#[test]
fn staff_erase_only_what_has_ended_and_say_why() {
    let supervisor = Actor::Staff(staff(9));
    let erase = |at_once| Command::EraseEnded { reason: ErasureReason::MemberAsked, at_once };
    for at_once in [true, false] {
        for mut story in [Story::new(), Story::offered().0, Story::active()] {
            assert_eq!(story.by(supervisor, erase(at_once)), Err(Rejection::NotClosed));
        }
        let mut story = Story::active();
        story.by(Actor::Member, Command::Leave(Some(TimeDelta::days(30)))).unwrap();
        let (what, is_erased) = if at_once { ("erased", true) } else { ("erasure_asked", false) };
        assert_eq!(story.by(supervisor, erase(at_once)), Ok(vec![what]));
        assert_eq!(story.state.erased, is_erased);
        assert_eq!(story.by(supervisor, erase(at_once)), Ok(vec![]), "again is nothing to do");
        let last = story.facts.last().unwrap();
        assert!(last.data.contains("member_asked") && last.actor == supervisor, "{last:?}");
    }
}

#[test]
fn rejections_have_names_of_their_own() {
    let names = [
        Rejection::OfferGone,
        Rejection::AlreadyClosed,
        Rejection::TransferOpen,
        Rejection::NotActive,
        Rejection::EscalationOpen,
        Rejection::RiskNotAssessed,
        Rejection::KeyMismatch,
    ]
    .map(Rejection::name);
    insta::assert_snapshot!(names.join(" "), @"offer-gone already-closed transfer-open not-active escalation-open risk-not-assessed idempotency-mismatch");
}

#[test]
fn asking_for_erasure_ends_it_and_makes_it_due_at_once_and_never_later() {
    let due = |story: &Story| match &story.state.phase {
        Phase::Closed { closed, .. } => closed.erase_at,
        _ => None,
    };
    for mut story in [Story::new(), Story::offered().0, Story::active()] {
        assert!(story.by(Actor::Member, Command::AskErasure).unwrap().ends_with(&["closed"]));
        assert_eq!(due(&story), Some(start()));
        story.wait(60);
        assert_eq!(story.by(Actor::Member, Command::AskErasure), Ok(vec![]), "asking again puts nothing off");
        assert_eq!(story.by(RULES, Command::Erase), Ok(vec!["erased"]));
        assert_eq!(story.by(Actor::Member, Command::AskErasure), Ok(vec![]));
    }
    for kept in [None, Some(TimeDelta::days(30))] {
        let mut story = Story::active();
        story.by(Actor::Member, Command::Leave(kept)).unwrap();
        story.wait(60);
        assert_eq!(story.by(Actor::Member, Command::AskErasure), Ok(vec!["erasure_asked"]));
        assert_eq!(due(&story), Some(start() + TimeDelta::seconds(60)));
    }
}
