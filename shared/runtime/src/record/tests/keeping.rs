//! What is done by the clock.

use tokio_util::sync::CancellationToken;
use wideawake_domain::escalation::{self, Escalation, Policy, Resolution};
use wideawake_domain::request::{Cause, ErasureReason};
use wideawake_domain::{EscalationId, Priority, StreamId, StreamKind};
use wideawake_ledger::{Append, KeyChange, Lease, Ledger, NewEvent};

use super::*;
use crate::record::keeper::{KEEPER, round};
use crate::record::prepare;

async fn one_round(house: &House) {
    let Lease::Held { token } = house.ledger.lease(KEEPER, "me", std::time::Duration::from_mins(1)).await.unwrap()
    else {
        panic!("nobody else keeps")
    };
    let mut due = clock::now();
    round(&house.record, token, &mut due, &CancellationToken::new()).await.unwrap();
    assert!(due > clock::now());
}

async fn checkpoints(house: &House) -> usize {
    let streams = house.ledger.streams(None, 1_000).await.unwrap();
    let of_checkpoints = streams.iter().find(|head| head.stream.kind == StreamKind::Checkpoint);
    of_checkpoints.map_or(0, |head| head.version.0 as usize)
}

#[tokio::test]
async fn what_is_due_is_erased_whatever_else_cannot_be() {
    let house = House::new();
    let (damaged, due, open) = (house.open(1).await, house.open(2).await, house.open(3).await);
    for id in [damaged, due] {
        house.change(id, Command::Leave(Some(TimeDelta::zero()))).await;
    }
    house.ledger.damaged.lock().unwrap().push(StreamId::request(damaged));
    one_round(&house).await;
    assert_eq!(house.texts(due).await, [""; 0]);
    assert_eq!(house.texts(open).await, ["help"]);
    assert_eq!(checkpoints(&house).await, 1);
    house.ledger.damaged.lock().unwrap().clear();
    assert_eq!(house.texts(damaged).await, ["help"]);
    one_round(&house).await;
    assert_eq!(house.texts(damaged).await, [""; 0]);
}

/// Something beyond a volunteer that was asked for in a request, and opened.
async fn escalation(house: &House, id: RequestId) -> EscalationId {
    let raise = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Rule, reason: None };
    let raised = house.change(id, raise).await.request.raised[0].version;
    let (escalation, opened) = Escalation::open(escalation::Open {
        request: id,
        line: "night".to_owned(),
        priority: Priority::Imminent,
        policy: Policy::supervisors("clinician"),
        raised,
        cause: Cause::Rule,
        rule: None,
    });
    let (stream, events) = (StreamId::escalation(escalation), vec![Event::Escalation(opened.into())]);
    let append = prepare(stream, pool(), Version::NONE, Actor::Member, clock::now(), events, KeyChange::Keep).unwrap();
    house.record.append(append).await.unwrap();
    escalation
}

async fn resolve(house: &House, id: EscalationId) {
    let resolution = Resolution { outcome: "safe".to_owned(), confirmed_by: None, note: None };
    let resolve =
        |_: &Escalation| Ok::<_, escalation::Rejection>(escalation::Command::Resolve(staff(9), resolution.clone()));
    house.record.change_escalation(id, Actor::Staff(staff(9)), resolve).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn staff_have_what_ended_erased_at_once_or_when_people_are_done() {
    let house = House::new();
    let (quiet, called, open) = (house.open(1).await, house.open(2).await, house.open(3).await);
    let escalated = escalation(&house, called).await;
    for id in [quiet, called] {
        house.change(id, Command::Leave(Some(TimeDelta::days(30)))).await;
    }
    let erase = async |id| house.record.erase_for_staff(id, staff(9), ErasureReason::MemberAsked).await.unwrap();
    assert_eq!(erase(open).await, Some(Err(Rejection::NotClosed)));
    assert!(!house.tombstones().exists(), "what is refused is not noted, or the next start would erase it");
    assert_eq!(erase(RequestId(Uuid::from_u128(9))).await, None);
    assert!(erase(quiet).await.unwrap().is_ok_and(|at| at <= clock::now()));
    assert_eq!(house.texts(quiet).await, [""; 0]);
    assert_eq!(std::fs::read_to_string(house.tombstones()).unwrap(), format!("{quiet}\n"));
    assert!(erase(quiet).await.unwrap().is_ok(), "again is nothing to do");
    let first = erase(called).await.unwrap().unwrap();
    assert!((71..=72).contains(&(first - clock::now()).num_hours()), "{first}");
    assert_eq!(erase(called).await, Some(Ok(first)), "asking again puts nothing off");
    assert_eq!(house.texts(called).await, ["help"]);
    resolve(&house, escalated).await;
    one_round(&house).await;
    assert_eq!(house.texts(called).await, [""; 0]);
}

#[tokio::test]
async fn what_people_are_called_over_is_left_alone_until_they_are_done_or_for_72_hours() {
    let house = House::new();
    let (due, long_due, other) = (house.open(1).await, house.open(2).await, house.open(3).await);
    let called = escalation(&house, due).await;
    escalation(&house, long_due).await;
    house.change(due, Command::Leave(Some(TimeDelta::zero()))).await;
    house.change(long_due, Command::Leave(Some(TimeDelta::hours(-72)))).await;
    house.change(other, Command::Leave(Some(TimeDelta::zero()))).await;
    one_round(&house).await;
    assert_eq!(house.texts(due).await, ["help"]);
    assert_eq!(house.texts(long_due).await, [""; 0]);
    assert_eq!(house.texts(other).await, [""; 0]);
    resolve(&house, called).await;
    one_round(&house).await;
    assert_eq!(house.texts(due).await, [""; 0]);
}

#[tokio::test]
async fn a_member_who_asks_for_erasure_meanwhile_is_told_when_it_will_be() {
    let house = House::new();
    let (open, ended, quiet) = (house.open(1).await, house.open(2).await, house.open(3).await);
    let mut called = Vec::new();
    for id in [open, ended] {
        called.push(escalation(&house, id).await);
    }
    house.change(ended, Command::Leave(Some(TimeDelta::days(30)))).await;
    for id in [open, ended] {
        let began = clock::now();
        let first = house.record.erase_for_member(id).await.unwrap().unwrap();
        assert!((began + TimeDelta::hours(72)..=clock::now() + TimeDelta::hours(72)).contains(&first));
        assert_eq!(house.record.erase_for_member(id).await.unwrap(), Some(first), "asking again puts nothing off");
        assert!(house.record.request(id).await.unwrap().unwrap().is_closed());
        one_round(&house).await;
        assert_eq!(house.texts(id).await, ["help"]);
    }
    assert!(house.record.erase_for_member(quiet).await.unwrap().is_some_and(|at| at <= clock::now()));
    assert_eq!(house.texts(quiet).await, [""; 0]);
    for id in called {
        resolve(&house, id).await;
    }
    one_round(&house).await;
    for id in [open, ended] {
        assert_eq!(house.texts(id).await, [""; 0]);
    }
    assert_eq!(house.record.erase_for_member(RequestId(Uuid::from_u128(9))).await.unwrap(), None);
}

#[tokio::test]
async fn a_checkpoint_is_written_when_something_changed_and_ends_while_traffic_does_not() {
    let house = House::new();
    let id = house.open(1).await;
    one_round(&house).await;
    assert_eq!(checkpoints(&house).await, 1);
    one_round(&house).await;
    assert_eq!(checkpoints(&house).await, 1, "nothing changed");
    let append = Append {
        stream: StreamId::request(id),
        pool: pool(),
        expected: Version(2),
        at: clock::now(),
        actor: Actor::Member,
        trace: "".into(),
        events: vec![NewEvent { kind: "exhausted".into(), data: "{}".into() }],
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    };
    house.say(id, "hello").await;
    *house.ledger.busy.lock().unwrap() = Some(Append { expected: Version(3), ..append });
    tokio::time::timeout(std::time::Duration::from_secs(10), one_round(&house)).await.unwrap();
    assert!((2..=3).contains(&checkpoints(&house).await));
}
