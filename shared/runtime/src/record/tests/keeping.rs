//! What is done by the clock.

use tokio_util::sync::CancellationToken;
use wideawake_domain::{StreamId, StreamKind};
use wideawake_ledger::{Append, KeyChange, Lease, Ledger, NewEvent};

use super::*;
use crate::record::keeper::{KEEPER, round};

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
