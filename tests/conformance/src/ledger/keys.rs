//! The wrapped data keys of streams.

use wideawake_domain::StreamKind;
use wideawake_ledger::{DueKey, KeyChange, Ledger, NewKey};

use super::{Store, append, hour, request, stream};

async fn change(ledger: &dyn Ledger, n: u128, version: u64, key: KeyChange) {
    let mut next = append(request(n), version, &["a"]);
    next.key = key;
    ledger.append(next).await.unwrap();
}

/// The events stay.
pub async fn a_key_is_created_with_its_stream_and_destroyed_for_good(store: &dyn Store) {
    let ledger = store.open().await;
    change(&*ledger, 1, 0, KeyChange::Create(vec![1; 69])).await;
    change(&*ledger, 2, 0, KeyChange::Create(vec![2; 69])).await;
    change(&*ledger, 3, 0, KeyChange::Keep).await;
    change(&*ledger, 1, 1, KeyChange::Keep).await;
    assert_eq!(ledger.key(request(1)).await.unwrap(), Some(vec![1; 69]));
    assert_eq!(ledger.key(request(3)).await.unwrap(), None);
    assert_eq!(ledger.key(request(4)).await.unwrap(), None);

    change(&*ledger, 1, 2, KeyChange::DestroyAt(hour(1))).await;
    change(&*ledger, 1, 3, KeyChange::Destroy).await;
    assert_eq!(ledger.key(request(1)).await.unwrap(), None);
    assert_eq!(ledger.key(request(2)).await.unwrap(), Some(vec![2; 69]));
    assert_eq!(ledger.keys_due(hour(2), 10).await.unwrap(), []);
    assert_eq!(ledger.keys(None, 10).await.unwrap(), [(request(2), vec![2; 69])]);
    // Again, and where there never was one: nothing to do.
    change(&*ledger, 1, 4, KeyChange::Destroy).await;
    change(&*ledger, 3, 1, KeyChange::Destroy).await;
    change(&*ledger, 1, 5, KeyChange::DestroyAt(hour(1))).await;
    assert_eq!(ledger.keys_due(hour(2), 10).await.unwrap(), []);
    assert_eq!(super::all(&*ledger, request(1)).await.len(), 6);
}

/// The longest due first; a later word replaces an earlier one.
pub async fn keys_are_due_when_they_said(store: &dyn Store) {
    let ledger = store.open().await;
    for (n, due) in [(1, 5), (2, 3), (3, 9)] {
        change(&*ledger, n, 0, KeyChange::Create(vec![1; 69])).await;
        change(&*ledger, n, 1, KeyChange::DestroyAt(hour(due))).await;
    }
    let due = |n, at| DueKey { stream: request(n), destroy_at: hour(at) };
    assert_eq!(ledger.keys_due(hour(2), 10).await.unwrap(), []);
    assert_eq!(ledger.keys_due(hour(5), 10).await.unwrap(), [due(2, 3), due(1, 5)]);
    assert_eq!(ledger.keys_due(hour(50), 2).await.unwrap(), [due(2, 3), due(1, 5)]);
    change(&*ledger, 2, 2, KeyChange::DestroyAt(hour(7))).await;
    assert_eq!(ledger.keys_due(hour(7), 10).await.unwrap(), [due(1, 5), due(2, 7)]);
}

/// So that wrapping a key anew brings back none that was destroyed meanwhile.
pub async fn keys_are_replaced_only_if_they_are_what_was_read(store: &dyn Store) {
    let ledger = store.open().await;
    for n in [3, 1, 2] {
        change(&*ledger, n, 0, KeyChange::Create(vec![n as u8; 69])).await;
    }
    let (mut found, mut after) = (Vec::new(), None);
    loop {
        let page = ledger.keys(after, 2).await.unwrap();
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        found.extend(page);
    }
    assert_eq!(found, (1..=3).map(|n| (request(n), vec![n as u8; 69])).collect::<Vec<_>>());

    let anew = |stream, old, new| NewKey { stream, old: vec![old; 69], new: vec![new; 69] };
    assert_eq!(ledger.replace_keys(vec![]).await.unwrap(), 0);
    assert_eq!(ledger.replace_keys(vec![anew(request(1), 1, 8), anew(request(3), 7, 9)]).await.unwrap(), 1);
    assert_eq!(ledger.key(request(1)).await.unwrap(), Some(vec![8; 69]));
    assert_eq!(ledger.key(request(3)).await.unwrap(), Some(vec![3; 69]));
    change(&*ledger, 2, 1, KeyChange::Destroy).await;
    let nothing = [
        anew(request(1), 1, 9),
        anew(request(2), 2, 9),
        anew(request(2), 0, 9),
        anew(request(4), 1, 9),
        anew(stream(StreamKind::Staff, 1), 1, 9),
    ];
    assert_eq!(ledger.replace_keys(nothing.into()).await.unwrap(), 0);
    assert!(ledger.forget().await.unwrap());
    assert!(ledger.forget().await.unwrap(), "again is nothing to do");
    assert_eq!(ledger.key(request(1)).await.unwrap(), Some(vec![8; 69]));
    assert_eq!(ledger.key(request(2)).await.unwrap(), None);
}
