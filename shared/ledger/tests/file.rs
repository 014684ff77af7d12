//! The file: who may read it, who may open it, and what is said when it is something else.
#![allow(clippy::unwrap_used)]

mod common;

use common::{Place, append, request};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use wideawake_domain::Version;
use wideawake_ledger::{AppendError, Ledger as _, LedgerError, SqliteLedger};

fn refused(place: &Place) -> String {
    let error = SqliteLedger::open(&place.path).err().unwrap();
    let reading = SqliteLedger::open_read_only(&place.path).err().unwrap();
    assert_eq!(error.to_string(), reading.to_string());
    assert!(matches!(error, LedgerError::Damaged(_)), "{error}");
    error.to_string()
}

#[tokio::test]
async fn only_the_owner_may_read_the_file_and_what_lies_beside_it() {
    let place = Place::new();
    let ledger = place.open();
    ledger.append(append(request(1), 0, 1)).await.unwrap();
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(place.path.parent().unwrap().to_owned()), 0o700);
    for file in [place.path.clone(), place.beside("-wal"), place.beside("-shm")] {
        assert_eq!(mode(file), 0o600);
    }
    drop(ledger);
    assert!(!place.beside("-wal").exists(), "closing puts everything into the file");
}

#[test]
fn what_is_no_ledger_is_left_alone_and_named() {
    let place = Place::new();
    fs::create_dir(place.path.parent().unwrap()).unwrap();
    fs::write(&place.path, "Dear diary, ".repeat(1_000)).unwrap();
    let error = refused(&place);
    assert!(error.contains("ledger.sqlite3 is not an SQLite database"), "{error}");
    assert!(fs::read_to_string(&place.path).unwrap().starts_with("Dear diary"));

    fs::remove_file(&place.path).unwrap();
    place.raw().execute_batch("CREATE TABLE songs (title TEXT)").unwrap();
    let error = refused(&place);
    assert!(error.contains("another program"), "{error}");
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_not_touched() {
    let place = Place::new();
    drop(place.open());
    place.raw().pragma_update(None, "user_version", 99).unwrap();
    for opened in [SqliteLedger::open(&place.path), SqliteLedger::open_read_only(&place.path)] {
        let error = opened.err().unwrap();
        assert!(matches!(error, LedgerError::TooNew { found: 99, known: 1 }), "{error}");
    }
}

#[test]
fn a_path_where_nothing_can_be_made_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let error = SqliteLedger::open(&folder.path().join("file").join("ledger.sqlite3")).err().unwrap().to_string();
    assert!(error.contains("file/ledger.sqlite3"), "{error}");
    let error = SqliteLedger::open_read_only(&folder.path().join("none.sqlite3")).err().unwrap().to_string();
    assert!(error.contains("none.sqlite3"), "{error}");
}

#[test]
fn threads_that_open_a_new_file_at_once_all_succeed() {
    for _ in 0..5 {
        let place = Place::new();
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..6).map(|_| scope.spawn(|| SqliteLedger::open(&place.path).map(drop))).collect();
            for thread in threads {
                thread.join().unwrap().unwrap();
            }
        });
    }
}

#[test]
fn processes_that_open_a_new_file_at_once_all_succeed() {
    let place = Place::new();
    let children: Vec<_> = (1..=4)
        .map(|n: u32| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "child_process", "--ignored"])
                .env("LEDGER_TEST_PATH", &place.path)
                .env("LEDGER_TEST_NUMBER", n.to_string())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let report = runtime.block_on(async {
        let ledger = place.open();
        assert_eq!(ledger.tail(None, 1_000).await.unwrap().0.len(), 80);
        ledger.verify().await.unwrap()
    });
    assert!(report.is_clean(), "{:?}", report.findings);
}

#[tokio::test]
#[ignore = "is what processes_that_open_a_new_file_at_once_all_succeed starts"]
async fn child_process() {
    let Some(path) = std::env::var_os("LEDGER_TEST_PATH") else { return };
    let number: u128 = std::env::var("LEDGER_TEST_NUMBER").unwrap().parse().unwrap();
    let ledger = SqliteLedger::open(path.as_ref()).unwrap();
    for version in 0..20 {
        ledger.append(append(request(number), version, 1)).await.unwrap();
    }
}

#[tokio::test]
async fn what_is_opened_for_reading_only_reads_and_does_not_write() {
    let place = Place::new();
    let ledger = place.open();
    ledger.append(append(request(1), 0, 2)).await.unwrap();
    let beside = SqliteLedger::open_read_only(&place.path).unwrap();
    ledger.append(append(request(1), 2, 1)).await.unwrap();
    drop(ledger);

    let alone = SqliteLedger::open_read_only(&place.path).unwrap();
    for reader in [beside, alone] {
        reader.ping().await.unwrap();
        assert_eq!(reader.read(request(1), Version::NONE, 10).await.unwrap().len(), 3);
        assert!(matches!(reader.append(append(request(1), 3, 1)).await, Err(AppendError::Unknown(_))));
        assert!(reader.lease("a", "b", std::time::Duration::from_secs(1)).await.is_err());
        assert!(reader.verify().await.unwrap().is_clean());
    }
}

#[tokio::test]
async fn seizing_and_freeing_leases_raise_their_tokens() {
    use wideawake_ledger::Lease::{Held, HeldBy};
    let ledger = Place::new().open();
    let long = std::time::Duration::from_mins(10);
    assert_eq!(ledger.lease("router", "dead", long).await.unwrap(), Held { token: 1 });
    assert_eq!(ledger.seize("router", "alive", long).await.unwrap(), 2);
    assert_eq!(ledger.seize("router", "alive", long).await.unwrap(), 2);
    assert!(matches!(ledger.lease("router", "dead", long).await.unwrap(), HeldBy { .. }));
    ledger.free_leases().await.unwrap();
    assert_eq!(ledger.lease("router", "alive", long).await.unwrap(), Held { token: 3 });
}

#[tokio::test]
async fn what_waits_is_written_before_the_last_handle_is_gone() {
    let place = Place::new();
    let ledger = place.open();
    for n in 0..500 {
        tokio::select! {
            biased;
            _ = ledger.append(append(request(n), 0, 1)) => {}
            () = std::future::ready(()) => {}
        }
    }
    drop(ledger);
    assert_eq!(place.open().streams(None, 1_000).await.unwrap().len(), 500);
}

#[tokio::test]
async fn a_lease_that_changes_hands_within_a_transaction_fences_what_comes_after_it() {
    use wideawake_ledger::{Fence, Lease::Held};
    let ledger = Place::new().open();
    let long = std::time::Duration::from_mins(10);
    assert_eq!(ledger.lease("router", "one", long).await.unwrap(), Held { token: 1 });
    let fenced = |n| {
        let fence = Some(Fence { lease: "router".into(), token: 1 });
        ledger.append(wideawake_ledger::Append { fence, ..append(request(n), 0, 1) })
    };
    // While the first is written the others wait, and then share a transaction, in this order.
    let (first, before, second, after) = tokio::join!(
        ledger.append(append(request(1), 0, 1)),
        fenced(2),
        ledger.seize("router", "two", long),
        fenced(3),
    );
    assert!(first.is_ok() && before.is_ok());
    assert_eq!(second.unwrap(), 2);
    assert!(matches!(after, Err(AppendError::Fenced)), "{after:?}");
}

#[tokio::test]
async fn a_cursor_behind_the_end_is_of_another_ledger() {
    let (place, restored) = (Place::new(), Place::new());
    let ledger = place.open();
    ledger.append(append(request(1), 0, 2)).await.unwrap();
    let end = ledger.end().await.unwrap();
    let ledger = restored.open();
    ledger.append(append(request(1), 0, 1)).await.unwrap();
    for refused in [ledger.tail(Some(&end), 10).await.map(drop), ledger.heads_changed(Some(&end), 10).await.map(drop)] {
        assert!(matches!(refused, Err(LedgerError::Damaged(_))), "{refused:?}");
    }
}
