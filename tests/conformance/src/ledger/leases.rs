//! Who leads, and what those who led before may no longer do.

use std::sync::Arc;
use std::time::Duration;
use wideawake_ledger::{AppendError, Fence, Lease, Ledger, LedgerError};

use super::{Store, all, append, eventually, request};

const LONG: Duration = Duration::from_mins(10);
const SHORT: Duration = Duration::from_millis(30);

async fn take(ledger: &dyn Ledger, holder: &str, ttl: Duration) -> Option<u64> {
    held(ledger.lease("router/main", holder, ttl).await.unwrap(), holder)
}

/// The token, if it is that holder's.
fn held(lease: Lease, holder: &str) -> Option<u64> {
    match lease {
        Lease::Held { token } => Some(token),
        Lease::HeldBy { holder: by, expires_in } => {
            assert_ne!(&*by, holder);
            assert!(expires_in <= LONG);
            None
        }
    }
}

/// Renewing keeps the token; taking over raises it.
pub async fn a_lease_has_one_holder_until_it_runs_out(store: &dyn Store) {
    let ledger = store.open().await;
    let first = take(&*ledger, "one", LONG).await.unwrap();
    assert_eq!(take(&*ledger, "two", LONG).await, None);
    assert_eq!(take(&*ledger, "one", LONG).await, Some(first));
    let other = ledger.lease("router/youth", "two", LONG).await.unwrap();
    assert!(matches!(other, Lease::Held { .. }), "another name is another lease");

    assert_eq!(take(&*ledger, "one", SHORT).await, Some(first));
    let second = eventually("the lease runs out", async || take(&*ledger, "two", LONG).await).await;
    assert!(second > first);
    assert_eq!(take(&*ledger, "one", LONG).await, None);
}

/// And only its newest holder can give it back.
pub async fn a_lease_that_is_given_back_is_free_at_once(store: &dyn Store) {
    let ledger = store.open().await;
    let first = take(&*ledger, "one", LONG).await.unwrap();
    ledger.give_back("router/main", first).await.unwrap();
    let second = take(&*ledger, "two", LONG).await.unwrap();
    assert!(second > first);
    ledger.give_back("router/main", first).await.unwrap();
    ledger.give_back("router/nowhere", 1).await.unwrap();
    assert_eq!(take(&*ledger, "one", LONG).await, None);
    ledger.give_back("router/main", second).await.unwrap();
    assert!(take(&*ledger, "two", LONG).await.unwrap() > second, "taking it again is a new turn");
}

/// Expiry alone does not fence: as long as nobody else leads, nothing is decided twice.
pub async fn only_the_newest_token_writes(store: &dyn Store) {
    let ledger = store.open().await;
    let write = async |version, lease: &str, token| {
        let mut next = append(request(1), version, &["a"]);
        next.fence = Some(Fence { lease: lease.into(), token });
        ledger.append(next).await.map(|written| written[0].version.0)
    };
    let first = take(&*ledger, "one", SHORT).await.unwrap();
    assert_eq!(write(0, "router/main", first).await.unwrap(), 1);
    // Nothing shows from outside that it has run out.
    tokio::time::sleep(SHORT * 2).await;
    assert_eq!(write(1, "router/main", first).await.unwrap(), 2);

    let second = eventually("the lease runs out", async || take(&*ledger, "two", LONG).await).await;
    for (lease, token) in [("router/main", first), ("router/main", second + 1), ("router/nowhere", 1)] {
        // Fenced, also when the version would be a conflict: who no longer leads need not read again.
        for version in [0, 2] {
            let refused = write(version, lease, token).await;
            assert!(matches!(refused, Err(AppendError::Fenced)), "{lease} {token}: {refused:?}");
        }
    }
    assert_eq!(write(2, "router/main", second).await.unwrap(), 3);
    assert_eq!(all(&*ledger, request(1)).await.len(), 3);
}

/// Not even by an append that was on its way already: whoever leads may trust what it reads.
pub async fn nothing_is_written_under_an_old_token_once_there_is_a_new_one(store: &dyn Store) {
    let (one, two) = (store.open().await, store.open().await);
    for round in 0..10u128 {
        let first = take(&*one, &format!("one {round}"), LONG).await.unwrap();
        let writers: Vec<_> = (0..12)
            .map(|writer| {
                let ledger = Arc::clone(&one);
                tokio::spawn(async move {
                    let mut version = 0;
                    loop {
                        let mut next = append(request(round * 100 + writer), version, &["a"]);
                        next.fence = Some(Fence { lease: "router/main".into(), token: first });
                        match ledger.append(next).await {
                            Ok(_) => version += 1,
                            Err(AppendError::Fenced) => return version,
                            Err(other) => panic!("{other:?}"),
                        }
                    }
                })
            })
            .collect();
        eventually("writing", async || (!all(&*one, request(round * 100)).await.is_empty()).then_some(())).await;
        take(&*one, &format!("one {round}"), Duration::ZERO).await.unwrap();
        let holder = format!("two {round}");
        let taken = async || match two.lease("router/main", &holder, LONG).await {
            // A store that those who write keep busy may let nobody else in for a while.
            Err(LedgerError::Unavailable(_)) => None,
            lease => held(lease.unwrap(), &holder),
        };
        let second = eventually("it runs out", taken).await;
        let mut seen = Vec::new();
        for writer in 0..12 {
            seen.push(all(&*two, request(round * 100 + writer)).await.len() as u64);
        }
        for (writer, seen) in writers.into_iter().zip(seen) {
            assert_eq!(writer.await.unwrap(), seen, "round {round}");
        }
        two.give_back("router/main", second).await.unwrap();
    }
}
