//! Erasing: also from caches, other processes and backups.

use wideawake_domain::StreamId;
use wideawake_domain::record::Part;
use wideawake_ledger::{Append, KeyChange, Ledger, NewEvent};

use super::doubles::Fault;
use super::*;

const OPERATOR: Actor = Actor::System(Part::Operator);

#[tokio::test]
async fn what_is_erased_is_closed_has_no_key_and_can_be_read_by_nobody() {
    let house = House::new();
    let id = house.open(1).await;
    let beside = house.beside();
    assert_eq!(beside.texts(id).await, ["help"], "they have the key in memory");
    assert!(house.record.erase(id, OPERATOR).await.unwrap());
    assert_eq!(house.ledger.key(StreamId::request(id)).await.unwrap(), None);
    assert_eq!(house.texts(id).await, [""; 0]);
    assert_eq!(beside.texts(id).await, [""; 0], "whoever erased it");
    let state = house.record.request(id).await.unwrap().unwrap();
    assert!(state.is_closed() && state.erased);
    assert!(house.record.erase(id, OPERATOR).await.unwrap(), "again is nothing to do");
    assert!(!house.record.erase(RequestId(Uuid::from_u128(2)), OPERATOR).await.unwrap());
    assert_eq!(std::fs::read_to_string(house.tombstones()).unwrap(), format!("{id}\n"));
    let refused = house.record.change_request(id, Actor::Member, |_| Ok::<_, Rejection>(say("again"))).await;
    assert_eq!(refused.unwrap().unwrap().unwrap_err(), Rejection::AlreadyClosed);
}

#[tokio::test]
async fn who_reads_a_key_while_it_is_destroyed_cannot_keep_it() {
    let house = Arc::new(House::new());
    let id = house.open(1).await;
    // Another process, that has no key in memory yet.
    let reader = Arc::new(house.beside());
    let (there, go) = reader.ledger.key_read.shut();
    let late = tokio::spawn({
        let reader = reader.clone();
        async move { reader.record.change_request(id, Actor::Member, |_| Ok::<_, Rejection>(say("late"))).await }
    });
    there.await.unwrap();
    house.record.erase(id, OPERATOR).await.unwrap();
    go.send(()).unwrap();
    assert!(matches!(late.await.unwrap(), Ok(Some(Err(Rejection::AlreadyClosed)))));
    assert!(reader.record.keys.get(&id).is_none());
    assert_eq!(reader.texts(id).await, [""; 0]);
}

#[tokio::test]
async fn a_restored_ledger_forgets_what_was_erased_since() {
    let house = House::new();
    let (gone, kept) = (house.open(1).await, house.open(2).await);
    let wrapped = house.ledger.key(StreamId::request(gone)).await.unwrap().unwrap();
    house.record.erase(gone, OPERATOR).await.unwrap();
    assert_eq!(house.record.replay_tombstones(OPERATOR).await.unwrap(), 0, "nothing to do");

    // The same request, as it was before, in a ledger that was restored beside the same list.
    let history = house.record.history(gone, Version::NONE, 2).await.unwrap();
    let restored = House::over(house.folder.clone(), "restored.sqlite3", Arc::new(MemoryBus::default()));
    let events = history.iter().map(|fact| NewEvent { kind: fact.kind.clone(), data: fact.data.clone() });
    let append = Append {
        stream: StreamId::request(gone),
        pool: pool(),
        expected: Version::NONE,
        at: history[0].at,
        actor: Actor::Member,
        trace: "".into(),
        events: events.collect(),
        fence: None,
        ends_at: None,
        key: KeyChange::Create(wrapped),
    };
    restored.ledger.append(append).await.unwrap();
    assert_eq!(restored.texts(gone).await, ["help"], "the backup had it");
    assert_eq!(restored.record.replay_tombstones(OPERATOR).await.unwrap(), 1);
    assert_eq!(restored.texts(gone).await, [""; 0]);
    assert_eq!(restored.record.replay_tombstones(OPERATOR).await.unwrap(), 0);
    assert_eq!(house.texts(kept).await, ["help"]);
}

#[tokio::test]
async fn an_erasure_that_failed_after_it_was_noted_is_made_up_for() {
    let house = House::new();
    let id = house.open(1).await;
    for _ in 0..3 {
        house.ledger.next(Fault::Lost);
        assert!(house.record.erase(id, OPERATOR).await.is_err());
    }
    assert_eq!(std::fs::read_to_string(house.tombstones()).unwrap(), format!("{id}\n"), "noted once");
    assert_eq!(house.texts(id).await, ["help"]);
    assert_eq!(house.beside().record.replay_tombstones(OPERATOR).await.unwrap(), 1);
    assert_eq!(house.texts(id).await, [""; 0]);
}

#[tokio::test]
async fn a_line_that_a_crash_cut_off_hides_no_other() {
    let house = House::new();
    let (one, two) = (house.open(1).await, house.open(2).await);
    let cut = one.to_string();
    std::fs::write(house.tombstones(), format!("{}\r\n\0\0\u{fffd}\n{}", Uuid::from_u128(7), &cut[..20])).unwrap();
    house.ledger.next(Fault::Lost);
    assert!(house.record.erase(two, OPERATOR).await.is_err());
    assert_eq!(house.beside().record.replay_tombstones(OPERATOR).await.unwrap(), 1);
    assert_eq!(house.texts(two).await, [""; 0]);
    assert_eq!(house.texts(one).await, ["help"]);
}

#[tokio::test]
async fn nothing_is_erased_that_cannot_be_noted() {
    let house = House::new();
    let id = house.open(1).await;
    std::fs::create_dir(house.tombstones()).unwrap();
    assert!(matches!(house.record.erase(id, OPERATOR).await, Err(crate::RecordError::Tombstone(_))));
    assert_eq!(house.texts(id).await, ["help"]);
}
