#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, StreamId, StreamKind};
use wideawake_ledger::{Append, KeyChange, NewEvent, SqliteLedger, checkpoint};
use wideawake_vault::MasterKeys;

use super::*;
use crate::record::tests::House;

fn vault(byte: u8) -> Vault {
    Vault::new(MasterKeys::from_base64(&[BASE64_STANDARD.encode([byte; 32])]).unwrap())
}

fn request(n: u128) -> StreamId {
    StreamId { kind: StreamKind::Request, id: Uuid::from_u128(n) }
}

async fn append(ledger: &SqliteLedger, stream: StreamId, expected: u64, event: NewEvent) -> Recorded {
    let append = Append {
        stream,
        pool: Pool::all(),
        expected: Version(expected),
        at: DateTime::UNIX_EPOCH + chrono::TimeDelta::days(20_000),
        actor: Actor::Member,
        trace: "".into(),
        events: vec![event],
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    };
    ledger.append(append).await.unwrap().remove(0)
}

/// A ledger in which one thing happens to one request before each of three checkpoints; the `odd`th is another.
async fn written(folder: &TempDir, odd: usize) -> (SqliteLedger, Vec<Recorded>) {
    let ledger = SqliteLedger::open(&folder.path().join("ledger.sqlite3")).unwrap();
    let (mut checkpoints, mut until) = (Vec::new(), None);
    for n in 0..3 {
        let data = if n == odd { "{\"n\":9}" } else { "{\"n\":1}" };
        append(&ledger, request(n as u128), 0, NewEvent { kind: "message".into(), data: data.into() }).await;
        let (heads, cursor) = ledger.heads_changed(until.as_ref(), 100).await.unwrap();
        checkpoints.push(append(&ledger, CHECKPOINTS, n as u64, checkpoint(&heads, &cursor)).await);
        until = Some(cursor);
    }
    (ledger, checkpoints)
}

async fn judged(ledger: &SqliteLedger, lines: &[String]) -> Judgement {
    hold(ledger, lines.join("\n").as_bytes(), &vault(1).public_keys()).await.unwrap()
}

fn problems(judgement: &Judgement) -> Vec<Problem> {
    judgement.broken.iter().map(|broken| broken.problem).collect()
}

#[tokio::test]
async fn a_line_says_all_that_it_takes_to_check_it_and_its_form_never_changes() {
    let folder = TempDir::new().unwrap();
    let (ledger, checkpoints) = written(&folder, 9).await;
    let signed = newest(&ledger, &vault(1)).await.unwrap().unwrap();
    let line = signed.to_string();
    assert_eq!(line.parse(), Ok(signed.clone()));
    assert_eq!(signed.signer(), Some(vault(1).public_keys()[0]));
    let (key, signature) = (&signed.key, &signed.signature);
    let hash = hex(&checkpoints[2].hash);
    let expected = format!(
        r#"{{"checkpoint":3,"position":6,"at":"2024-10-04T00:00:00Z","hash":"{hash}","key":"{key}","signature":"{signature}"}}"#
    );
    assert_eq!(line, expected);
    assert_eq!(key, "P5y5wbfCtvk70j1uX1r4vS7OlK7kfUCgyxYeEcyyKSs=");
    assert!(!line.contains('\n') && line.len() < 400);
}

#[tokio::test]
async fn a_ledger_holds_what_was_kept_of_it_and_nothing_that_was_changed() {
    let folder = TempDir::new().unwrap();
    let (ledger, checkpoints) = written(&folder, 9).await;
    let kept: Vec<Signed> = checkpoints.iter().map(|event| Signed::of(event, &vault(1))).collect();
    let lines: Vec<String> = kept.iter().map(ToString::to_string).collect();
    let clean = judged(&ledger, &lines).await;
    assert!(clean.is_clean() && clean.holds.as_ref() == kept.last() && clean.lines == 3, "{clean:?}");

    let mut later = kept[1].clone();
    later.at += chrono::TimeDelta::seconds(1);
    let mut other = kept[1].clone();
    other.hash = "0".repeat(64);
    let stranger = Signed::of(&checkpoints[1], &vault(2));
    let beyond = Signed::of(&Recorded { version: Version(7), ..checkpoints[2].clone() }, &vault(1));
    let rewritten = Signed::of(&Recorded { hash: [7; 32], ..checkpoints[1].clone() }, &vault(1));
    for (line, problem) in [
        (later.to_string(), Problem::Forged),
        (other.to_string(), Problem::Forged),
        (stranger.to_string(), Problem::Stranger),
        (beyond.to_string(), Problem::Missing(Version(7))),
        (rewritten.to_string(), Problem::Rewritten(Version(2))),
        ("no line".to_owned(), Problem::Unreadable),
        ("x".repeat(10_000), Problem::Unreadable),
    ] {
        let judgement = judged(&ledger, &[lines[0].clone(), line.clone(), String::new()]).await;
        assert!(problems(&judgement).contains(&problem) && !judgement.is_clean(), "{line}: {judgement:?}");
        assert_eq!((judgement.broken[0].line, judgement.holds.as_ref()), (2, kept.first()), "{line}");
    }
    assert!(!judged(&ledger, &[]).await.is_clean(), "that nothing was kept says nothing");
}

#[tokio::test]
async fn of_another_history_the_first_checkpoint_that_does_not_hold_is_named_and_where_to_look() {
    let (folder, elsewhere) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let (_, checkpoints) = written(&folder, 9).await;
    let lines: Vec<String> = checkpoints.iter().map(|event| Signed::of(event, &vault(1)).to_string()).collect();
    let (rewritten, _) = written(&elsewhere, 1).await;
    assert!(rewritten.verify().await.unwrap().is_clean(), "by itself nothing is wrong with it");
    let judgement = judged(&rewritten, &lines).await;
    assert_eq!(problems(&judgement), [Problem::Rewritten(Version(2)), Problem::Rewritten(Version(3))]);
    assert_eq!(judgement.first.map(|first| first.checkpoint), Some(Version(2)));
    assert_eq!(judgement.suspects, [request(1)]);
    // It is the same without the line before, in any order, and with only the last of them.
    let judgement = judged(&rewritten, &[lines[2].clone(), lines[1].clone()]).await;
    assert_eq!(judgement.first.map(|first| first.checkpoint), Some(Version(2)));
    assert_eq!(judgement.suspects, [request(0), request(1)]);
    assert_eq!(judged(&rewritten, &lines[2..]).await.suspects, [request(0), request(1), request(2)]);
}

#[tokio::test]
async fn the_newest_is_written_down_once_and_again_when_there_is_a_newer_one() {
    let house = House::new();
    house.open(1).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("elsewhere/kept.jsonl");
    let stop = CancellationToken::new();
    let writing =
        tokio::spawn(write_down(Arc::clone(&house.record), file.clone(), Duration::from_millis(5), stop.clone()));
    let mut written = Vec::new();
    for version in 0..2 {
        let ledger = house.record.ledger();
        let (heads, cursor) = ledger.heads_changed(None, 100).await.unwrap();
        let append = Append {
            stream: CHECKPOINTS,
            pool: Pool::all(),
            expected: Version(version),
            at: crate::clock::now(),
            actor: Actor::Member,
            trace: "".into(),
            events: vec![checkpoint(&heads, &cursor)],
            fence: None,
            ends_at: None,
            key: KeyChange::Keep,
        };
        ledger.append(append).await.unwrap();
        written.push(newest(ledger, house.record.vault()).await.unwrap().unwrap());
        let expected: String = written.iter().map(|signed| format!("{signed}\n")).collect();
        let there = async {
            while std::fs::read_to_string(&file).unwrap_or_default() != expected {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), there).await.expect("it is written");
    }
    stop.cancel();
    writing.await.unwrap();
    let kept = std::fs::read(&file).unwrap();
    let judgement = hold(house.record.ledger(), kept.as_slice(), &house.record.vault().public_keys()).await.unwrap();
    assert!(judgement.is_clean() && judgement.lines == 2);
}
