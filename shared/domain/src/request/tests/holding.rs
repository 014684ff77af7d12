//! Offers, accepts, and whoever holds it.

use super::*;

#[test]
fn it_opens_waiting_with_what_was_said() {
    let story = Story::new();
    assert_eq!(story.state.phase, Phase::Waiting { since: start() });
    assert_eq!((story.state.version, story.state.priority), (Version(1), Priority::Standard));
}

#[test]
fn a_screening_gives_the_priority_and_a_first_message_is_part_of_the_opening() {
    let screening = crate::screening::Screening { q4: true, ..Default::default() };
    let mut open = asking();
    (open.screening, open.answers, open.message) = (Some(screening), Some(text()), Some(text()));
    let story = Story::of(open);
    assert_eq!((story.state.priority, story.state.messages, story.facts.len()), (Priority::Urgent, 1, 3));
}

#[test]
fn an_offers_id_is_derived_from_the_request_and_the_version() {
    let (story, offer) = Story::offered();
    assert_eq!(offer, OfferId::derive(id(), Version(2)));
    assert_ne!(offer, OfferId::derive(id(), Version(3)));
    assert!(!story.state.offers[0].handover);
}

#[test]
fn declined_expired_and_withdrawn_offers_are_gone() {
    let ends: [fn(OfferId) -> Command; 3] = [
        |offer| Command::Decline(offer, staff(1), None),
        Command::Expire,
        |offer| Command::Withdraw(offer, WithdrawReason::Duty),
    ];
    for end in ends {
        let (mut story, offer) = Story::offered();
        story.act(end(offer)).unwrap();
        assert_eq!(story.state.offers, []);
        assert_eq!(story.act(Command::Accept(offer, staff(1))), Err(Rejection::OfferGone));
        assert_eq!(story.act(Command::Decline(offer, staff(1), None)), Err(Rejection::OfferGone));
        assert_eq!(story.act(Command::Expire(offer)), Ok(vec![]));
        assert_eq!(story.act(Command::Withdraw(offer, WithdrawReason::Duty)), Ok(vec![]));
    }
}

#[test]
fn nobody_answers_an_offer_that_is_not_theirs() {
    let (mut story, offer) = Story::offered();
    assert_eq!(story.act(Command::Accept(offer, staff(2))), Err(Rejection::OfferGone));
    assert_eq!(story.act(Command::Decline(offer, staff(2), None)), Err(Rejection::OfferGone));
}

#[test]
fn one_accepts_and_the_others_are_withdrawn_as_taken() {
    let (mut story, first) = Story::offered();
    let (second, third) = (story.offer(2), story.offer(3));
    let events = story.by(Actor::Staff(staff(2)), Command::Accept(second, staff(2)));
    assert_eq!(events, Ok(vec!["accepted", "offer_withdrawn", "offer_withdrawn"]));
    assert_eq!((story.state.holder(), story.state.offers.len()), (Some(staff(2)), 0));
    for (offer, who) in [(first, 1), (third, 3)] {
        assert_eq!(story.act(Command::Accept(offer, staff(who))), Err(Rejection::OfferGone));
    }
    let RequestEvent::OfferWithdrawn(withdrawn) = story.last() else { panic!("{:?}", story.last()) };
    assert_eq!(withdrawn.reason, WithdrawReason::Taken);
}

#[test]
fn the_winners_repeat_is_no_mistake_not_even_after_the_end() {
    let mut story = Story::active();
    let offer = story.state.taken_by.unwrap();
    assert_eq!(story.act(Command::Accept(offer, staff(1))), Ok(vec![]));
    story.by(Actor::Member, Command::Leave(None)).unwrap();
    assert_eq!(story.act(Command::Accept(offer, staff(1))), Ok(vec![]));
    assert_eq!(story.act(Command::Accept(offer, staff(2))), Err(Rejection::OfferGone));
}

#[test]
fn whoever_gave_it_back_cannot_repeat_their_accept() {
    let mut story = Story::active();
    let offer = story.state.taken_by.unwrap();
    story.act(Command::Release(ReleaseReason::GaveBack, None)).unwrap();
    assert_eq!(story.act(Command::Accept(offer, staff(1))), Err(Rejection::OfferGone));
}

#[test]
fn released_it_waits_again_and_keeps_its_opening_time() {
    let mut story = Story::active();
    story.wait(60);
    assert_eq!(story.act(Command::Release(ReleaseReason::GaveBack, None)), Ok(vec!["released"]));
    assert_eq!(story.state.phase, Phase::Waiting { since: story.now });
    assert_eq!((story.state.opened_at, story.state.times_returned), (start(), 1));
    assert_eq!(story.act(Command::Release(ReleaseReason::GaveBack, None)), Err(Rejection::NotActive));
}

#[test]
fn a_handover_leaves_it_with_the_holder_until_accepted() {
    let mut story = Story::active();
    story.act(Command::AskTransfer(Some(staff(2)), None)).unwrap();
    let offer = story.offer(2);
    assert!(story.state.offers[0].handover);
    assert_eq!(story.state.holder(), Some(staff(1)));
    assert_eq!(story.act(Command::AskTransfer(None, None)), Err(Rejection::TransferOpen));
    assert_eq!(story.by(Actor::Staff(staff(2)), Command::Accept(offer, staff(2))), Ok(vec!["transferred"]));
    assert_eq!(story.state.holder(), Some(staff(2)));
    assert!(story.act(Command::AskTransfer(None, None)).is_ok(), "the next one may be asked for");
}

#[test]
fn a_handover_is_held_out_to_one_other_person_and_only_when_it_was_asked_for() {
    let mut story = Story::active();
    assert_eq!(story.by(ROUTER, story.holding_out(2)), Ok(vec![]), "nobody asked for it");
    story.act(Command::AskTransfer(None, None)).unwrap();
    assert_eq!(story.by(ROUTER, story.holding_out(1)), Ok(vec![]), "they hold it");
    assert_eq!(story.by(ROUTER, story.holding_out(2)), Ok(vec!["offered"]));
    assert_eq!(story.by(ROUTER, story.holding_out(3)), Ok(vec![]), "one at a time");
    assert_eq!(story.state.offers.len(), 1);
}

#[test]
fn nobody_is_offered_twice_what_they_are_offered() {
    let (mut story, _) = Story::offered();
    assert_eq!(story.by(ROUTER, story.holding_out(1)), Ok(vec![]));
    assert_eq!(story.by(ROUTER, story.holding_out(2)), Ok(vec!["offered"]));
}

#[test]
fn a_handover_ends_with_its_offer() {
    type End = fn(OfferId) -> Command;
    let ends: [(End, &str, TransferFailure); 3] = [
        (|offer| Command::Decline(offer, staff(2), None), "offer_declined", TransferFailure::Declined),
        (Command::Expire, "offer_expired", TransferFailure::Expired),
        (|offer| Command::Withdraw(offer, WithdrawReason::Duty), "offer_withdrawn", TransferFailure::Withdrawn),
    ];
    for (end, kind, reason) in ends {
        let mut story = Story::active();
        story.act(Command::AskTransfer(None, None)).unwrap();
        let offer = story.offer(2);
        assert_eq!(story.by(ROUTER, end(offer)), Ok(vec![kind, "transfer_failed"]));
        assert_eq!(story.last(), TransferFailed { reason }.into());
        assert_eq!((story.state.holder(), story.state.offers.len()), (Some(staff(1)), 0));
        assert!(matches!(story.state.phase, Phase::Active { transfer: None, .. }));
    }
}

#[test]
fn a_handover_ends_with_the_conversation() {
    let ends: [(Command, &str); 3] = [
        (close(true, true), "closed"),
        (Command::Leave(None), "closed"),
        (Command::Release(ReleaseReason::Supervisor, None), "released"),
    ];
    for (end, kind) in ends {
        let mut story = Story::active();
        story.act(Command::AskTransfer(None, None)).unwrap();
        let offer = story.offer(2);
        assert_eq!(story.act(end), Ok(vec!["offer_withdrawn", kind]));
        assert_eq!(story.act(Command::Accept(offer, staff(2))), Err(Rejection::OfferGone));
    }
}

#[test]
fn a_supervisor_assigns_whatever_its_state_and_takes_every_offer_back() {
    let (mut story, _) = Story::offered();
    story.offer(2);
    let assigned = story.by(Actor::Staff(staff(9)), Command::Assign(staff(3)));
    assert_eq!(assigned, Ok(vec!["offer_withdrawn", "offer_withdrawn", "assigned"]));
    assert_eq!(story.by(Actor::Staff(staff(9)), Command::Assign(staff(3))), Ok(vec![]));
    assert_eq!(story.by(Actor::Staff(staff(9)), Command::Assign(staff(4))), Ok(vec!["assigned"]));
    assert_eq!(story.last(), Assigned { staff: staff(4), from: Some(staff(3)) }.into());
    assert_eq!(story.state.holder(), Some(staff(4)));
}

#[test]
fn whoever_joins_as_holder_holds_it_and_whoever_stands_beside_does_not() {
    let mut story = Story::active();
    let join = |joining| Command::Join(staff(9), Speaker::Professional, joining);
    assert_eq!(story.by(Actor::Staff(staff(9)), join(Joining::Beside)), Ok(vec!["joined"]));
    assert_eq!(story.by(Actor::Staff(staff(9)), join(Joining::Beside)), Ok(vec![]));
    assert_eq!(story.state.holder(), Some(staff(1)));
    assert_eq!(story.by(Actor::Staff(staff(9)), join(Joining::Holder)), Ok(vec!["joined"]));
    assert_eq!(story.by(Actor::Staff(staff(9)), join(Joining::Holder)), Ok(vec![]));
    assert_eq!(story.state.holder(), Some(staff(9)));
}

#[test]
fn risk_only_rises_unless_a_named_person_lowers_it() {
    let mut story = Story::new();
    assert_eq!(story.by(RULES, Command::SetPriority(Priority::Urgent, None)), Ok(vec!["priority_changed"]));
    assert_eq!(story.state.rose_at, Some(start()));
    assert_eq!(story.by(RULES, Command::SetPriority(Priority::Urgent, None)), Ok(vec![]));
    for actor in [RULES, ROUTER, Actor::Member] {
        let lowered = story.by(actor, Command::SetPriority(Priority::Elevated, None));
        assert_eq!(lowered, Err(Rejection::MayNotLower));
    }
    story.by(Actor::Staff(staff(9)), Command::SetPriority(Priority::Elevated, None)).unwrap();
    assert_eq!(story.state.priority, Priority::Elevated);
    let weighed = Triaged { level: None, priority: Priority::Standard, ..Triaged::default() };
    story.state.evolve(&weighed.into(), RULES, start());
    assert_eq!(story.state.priority, Priority::Elevated, "weighing it anew lowers nothing");
}

#[test]
fn exhausted_is_said_once_while_it_waits() {
    let mut story = Story::new();
    assert_eq!(story.by(ROUTER, Command::Exhaust), Ok(vec!["exhausted"]));
    assert_eq!(story.by(ROUTER, Command::Exhaust), Ok(vec![]));
    let offer = story.offer(1);
    story.act(Command::Accept(offer, staff(1))).unwrap();
    assert_eq!(story.by(ROUTER, Command::Exhaust), Ok(vec![]));
    story.act(Command::Release(ReleaseReason::GaveBack, None)).unwrap();
    assert_eq!(story.by(ROUTER, Command::Exhaust), Ok(vec!["exhausted"]));
}

#[test]
fn a_member_is_away_or_back_once() {
    let mut story = Story::new();
    assert_eq!(story.by(ROUTER, Command::MemberBack), Ok(vec![]));
    assert_eq!(story.by(ROUTER, Command::MemberAway(start())), Ok(vec!["member_away"]));
    assert_eq!(story.by(ROUTER, Command::MemberAway(start())), Ok(vec![]));
    assert_eq!(story.by(ROUTER, Command::MemberBack), Ok(vec!["member_back"]));
    assert_eq!(story.state.away_since, None);
}
