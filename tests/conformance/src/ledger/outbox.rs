//! What the bus is yet to be told. All but the first rule are for a [`Store`] whose ledgers keep an outbox.

use std::time::Duration;
use wideawake_domain::{Position, Recorded};
use wideawake_ledger::{AppendError, Ledger};

use super::{Store, append, eventually, names, request};

/// Long enough that nothing in a test takes as long by itself.
const AGE: Duration = Duration::from_secs(2);
const NONE: Duration = Duration::ZERO;

fn positions(events: &[Recorded]) -> Vec<Position> {
    events.iter().map(|event| event.position).collect()
}

/// And takes it well to be told that something was told.
pub async fn a_ledger_without_an_outbox_has_nothing_to_tell(store: &dyn Store) {
    let ledger = store.open().await;
    assert!(!ledger.has_outbox());
    let written = ledger.append(append(request(1), 0, &["a"])).await.unwrap();
    assert_eq!(ledger.untold(NONE, 10).await.unwrap(), []);
    ledger.told(&positions(&written)).await.unwrap();
}

/// As it was written, the longest waiting first; once told it is gone, for every handle.
pub async fn what_was_appended_is_untold_until_it_is_told(store: &dyn Store) {
    let (ledger, other) = (store.open().await, store.open().await);
    assert!(ledger.has_outbox());
    assert_eq!(ledger.untold(NONE, 10).await.unwrap(), []);
    let mut written = ledger.append(append(request(1), 0, &["a", "b"])).await.unwrap();
    written.extend(ledger.append(append(request(2), 0, &["a"])).await.unwrap());
    let refused = ledger.append(append(request(1), 1, &["x"])).await;
    assert!(matches!(refused, Err(AppendError::Conflict { .. })));

    assert_eq!(other.untold(AGE * 100, 10).await.unwrap(), [], "too young");
    assert_eq!(other.untold(NONE, 2).await.unwrap(), written[..2]);
    assert_eq!(other.untold(NONE, 10).await.unwrap(), written);
    other.told(&positions(&written[..2])).await.unwrap();
    other.told(&positions(&written[..2])).await.unwrap();
    other.told(&[]).await.unwrap();
    assert_eq!(ledger.untold(NONE, 10).await.unwrap(), written[2..]);
    ledger.told(&positions(&written)).await.unwrap();
    assert_eq!(other.untold(NONE, 10).await.unwrap(), []);
}

/// Several sweep at once, and none gets what another has; what one has and does not tell comes back.
pub async fn a_claim_has_one_holder_until_it_is_old(store: &dyn Store) {
    let (one, two) = (store.open().await, store.open().await);
    let mut written = Vec::new();
    for n in 0..40 {
        written.extend(one.append(append(request(n), 0, &["a"])).await.unwrap());
    }
    let sweep = async |ledger: &dyn Ledger| {
        let mut found = Vec::new();
        loop {
            let claimed = ledger.untold(AGE, 3).await.unwrap();
            assert!(claimed.len() <= 3);
            if claimed.is_empty() {
                return found;
            }
            found.extend(claimed);
        }
    };
    tokio::time::sleep(AGE).await;
    let (first, second) = futures_util::future::join(sweep(&*one), sweep(&*two)).await;
    assert!(!first.is_empty() && !second.is_empty(), "they share");
    let mut found = [first, second].concat();
    found.sort_by_key(|event| event.position);
    assert_eq!(found, written, "each once");

    one.told(&positions(&written[..39])).await.unwrap();
    let again = eventually("it comes back", async || two.untold(AGE, 3).await.unwrap().pop()).await;
    assert_eq!(names(&[again]), names(&written[39..]));
}
