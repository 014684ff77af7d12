//! A destroyed key is nowhere any more: not in free pages, not in the write-ahead log.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Place, append, request};
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use wideawake_ledger::{Append, KeyChange, Ledger as _, NewKey, SqliteLedger};

/// Bytes that stand nowhere else.
fn wrapped(n: u128) -> Vec<u8> {
    (0..5u8).flat_map(|part| *Uuid::new_v5(&Uuid::from_u128(n), &[part]).as_bytes()).collect()
}

fn with_key(n: u128, version: u64, key: KeyChange) -> Append {
    Append { key, ..append(request(n), version, 1) }
}

/// How often `keys` stand in the files of the ledger; twelve bytes of one in a row count.
fn copies(place: &Place, keys: impl Iterator<Item = u128>) -> usize {
    let keys: Vec<Vec<u8>> = keys.map(wrapped).collect();
    let parts: HashSet<&[u8]> = keys.iter().flat_map(|key| key.chunks_exact(12)).collect();
    let files = ["", "-wal", "-shm"].map(|suffix| std::fs::read(place.beside(suffix)).unwrap_or_default());
    files.iter().map(|file| file.windows(12).filter(|window| parts.contains(window)).count()).sum()
}

async fn create(ledger: &Arc<SqliteLedger>, keys: impl Iterator<Item = u128>) {
    let tasks: Vec<_> = keys
        .map(|n| {
            let ledger = Arc::clone(ledger);
            tokio::spawn(async move { ledger.append(with_key(n, 0, KeyChange::Create(wrapped(n)))).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_destroyed_key_is_gone_when_the_append_is_acknowledged() {
    let place = Place::new();
    let ledger = Arc::new(place.open());
    create(&ledger, 0..300).await;
    assert!(copies(&place, 17..18) >= 6, "the test looks at the right bytes");
    ledger.append(with_key(17, 1, KeyChange::Destroy)).await.unwrap();
    assert_eq!(copies(&place, 17..18), 0);
    assert!(copies(&place, 18..19) >= 6);

    // Also after others were added and destroyed around it, in any order.
    create(&ledger, 300..600).await;
    let tasks: Vec<_> = (0..600)
        .filter(|n| n % 3 == 0)
        .map(|n| {
            let ledger = Arc::clone(&ledger);
            tokio::spawn(async move { ledger.append(with_key(n, 1, KeyChange::Destroy)).await.unwrap() })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    create(&ledger, 600..900).await;
    ledger.append(with_key(899, 1, KeyChange::Destroy)).await.unwrap();
    assert_eq!(copies(&place, (0..600).filter(|n| n % 3 == 0).chain([17, 899])), 0);
    drop(ledger);
    assert_eq!(copies(&place, (0..600).filter(|n| n % 3 == 0).chain([17, 899])), 0);
    let ledger = place.open();
    assert_eq!(ledger.keys(None, 10_000).await.unwrap().len(), 900 - 200 - 2);
    assert!(ledger.verify().await.unwrap().is_clean());
}

#[tokio::test]
async fn a_key_that_was_replaced_is_gone_as_well() {
    let place = Place::new();
    let ledger = Arc::new(place.open());
    create(&ledger, 0..100).await;
    let anew = |n: u128| NewKey { stream: request(n), old: wrapped(n), new: wrapped(1_000_000 + n) };
    assert!(copies(&place, 50..60) > 0, "the test looks at the right bytes");
    assert_eq!(ledger.replace_keys((50..60).map(anew).collect()).await.unwrap(), 10);
    // Unless it was emptied just now, the old ones stand in the write-ahead log until then.
    assert!(ledger.forget().await.unwrap());
    assert_eq!(copies(&place, 50..60), 0);
    // A reader of old pages delays that, and whoever asks is told so.
    let reader = place.raw();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    assert_eq!(ledger.replace_keys(vec![anew(60)]).await.unwrap(), 1);
    assert!(!ledger.forget().await.unwrap());
    reader.execute_batch("COMMIT").unwrap();
    assert!(ledger.forget().await.unwrap());
    assert_eq!(copies(&place, 60..61), 0);
    assert_eq!(ledger.key(request(50)).await.unwrap(), Some(wrapped(1_000_050)));
}

#[tokio::test]
async fn a_reader_of_old_pages_delays_it_but_does_not_prevent_it() {
    let place = Place::new();
    let ledger = Arc::new(place.open());
    create(&ledger, 0..100).await;
    let reader = place.raw();
    reader.execute_batch("BEGIN; SELECT count(*) FROM events").unwrap();
    // Acknowledged in bounded time all the same: the key is destroyed, whoever reads now finds none.
    let destroyed = ledger.append(with_key(50, 1, KeyChange::Destroy));
    tokio::time::timeout(Duration::from_secs(20), destroyed).await.unwrap().unwrap();
    assert_eq!(ledger.key(request(50)).await.unwrap(), None);
    ledger.append(append(request(51), 1, 1)).await.unwrap();

    reader.execute_batch("COMMIT").unwrap();
    let gone = async {
        while copies(&place, 50..51) > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), gone).await.unwrap();
}
