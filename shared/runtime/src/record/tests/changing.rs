//! Many at once, and outcomes that nobody heard of.

use wideawake_bus::Follower;
use wideawake_domain::Priority;
use wideawake_ledger::AppendError;

use super::doubles::Fault;
use super::*;
use crate::record::RecordError;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_many_who_write_at_once_each_message_is_kept_once() {
    let house = Arc::new(House::new());
    let id = house.open(1).await;
    // Two processes, so that no lock of ours can be what keeps them apart.
    let beside = Arc::new(house.beside());
    let writers: Vec<_> = (0..32)
        .map(|n| {
            let house = if n % 2 == 0 { house.clone() } else { beside.clone() };
            tokio::spawn(async move { (house.say(id, &format!("message {n}")).await, n) })
        })
        .collect();
    let mut said = Vec::new();
    for writer in writers {
        said.push(writer.await.unwrap());
    }
    said.sort_unstable();
    let expected: Vec<String> =
        std::iter::once("help".to_owned()).chain(said.iter().map(|(_, n)| format!("message {n}"))).collect();
    assert_eq!(house.texts(id).await, expected);
    assert_eq!(beside.texts(id).await, expected);
    assert_eq!(house.record.request(id).await.unwrap().unwrap().messages, 33);
}

#[tokio::test]
async fn what_was_written_counts_although_nobody_heard_so_and_everybody_is_told() {
    let house = House::new();
    let id = house.open(1).await;
    let mut bus = house.record.bus().subscribe(Follower::Door).await.unwrap();
    let mut watch = house.live.watch(wideawake_domain::StreamId::request(id)).await.unwrap();
    house.ledger.next(Fault::Unheard);
    let version = house.say(id, "still there?").await;
    let facts = told(&mut bus).await;
    assert_eq!(facts.iter().map(|fact| (&*fact.kind, fact.version)).collect::<Vec<_>>(), [("message", version)]);
    assert_eq!(watch.grown().await.unwrap(), version);
    assert_eq!(house.texts(id).await, ["help", "still there?"]);
}

#[tokio::test]
async fn what_was_not_written_fails_and_nobody_is_told() {
    let house = House::new();
    let id = house.open(1).await;
    let mut bus = house.record.bus().subscribe(Follower::Door).await.unwrap();
    house.ledger.next(Fault::Lost);
    let failed = house.record.change_request(id, Actor::Member, |_| Ok::<_, Rejection>(say("hello?"))).await;
    assert!(matches!(failed, Err(RecordError::Append(AppendError::Unknown(_)))));
    let version = house.say(id, "hello?").await;
    assert_eq!(told(&mut bus).await[0].version, version);
    assert_eq!(house.texts(id).await, ["help", "hello?"]);
}

/// Whatever stands at the version that was expected, ours cannot stand there any more.
#[tokio::test]
async fn an_unclear_outcome_with_another_in_its_place_is_a_conflict() {
    let house = House::new();
    let id = house.open(1).await;
    house.ledger.next(Fault::Overtaken);
    assert_eq!(house.say(id, "hello?").await, Version(4));
    assert_eq!(house.texts(id).await, ["help", "hello?"]);
}

#[tokio::test]
async fn a_request_is_seen_as_the_ledger_has_it_whoever_changed_it() {
    let house = House::new();
    let id = house.open(1).await;
    let beside = house.beside();
    assert_eq!(beside.record.request(id).await.unwrap().unwrap().priority, Priority::Standard);
    house.change(id, Command::SetPriority(Priority::Urgent, None)).await;
    assert_eq!(beside.record.request(id).await.unwrap().unwrap().priority, Priority::Urgent);
    assert!(house.record.request(RequestId(Uuid::from_u128(2))).await.unwrap().is_none());
}

/// Whatever is remembered of it, and by whomever it was changed.
#[tokio::test]
async fn following_a_request_misses_nothing_behind_what_was_seen() {
    let house = House::new();
    let id = house.open(1).await;
    let beside = house.beside();
    for n in 0..5 {
        let by = if n % 2 == 0 { &house } else { &beside };
        by.say(id, &format!("{n}")).await;
    }
    for record in [&house.record, &beside.record, &house.beside().record] {
        for after in 0..=7 {
            let (request, facts) = record.follow(id, Version(after), 100).await.unwrap().unwrap();
            assert_eq!(request.version, Version(7));
            let versions: Vec<u64> = facts.iter().map(|fact| fact.version.0).collect();
            assert_eq!(versions, (after + 1..=7).collect::<Vec<_>>());
            let page = record.follow(id, Version(after), 2).await.unwrap().unwrap().1;
            assert_eq!(page.len() as u64, (7 - after).min(2));
        }
    }
    assert!(house.record.follow(RequestId(Uuid::from_u128(9)), Version::NONE, 1).await.unwrap().is_none());
}
