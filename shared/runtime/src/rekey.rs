//! Wrapping every data key anew under the newest master key, beside processes that serve, so that older master keys can go.
//!
//! It keeps no place of its own: a key that is under the newest already is passed over, so that whoever breaks it off runs it
//! again. Nothing that was destroyed comes back: a key is replaced only where it still is what was read.

use std::collections::BTreeMap;
use std::time::Duration;

use wideawake_ledger::{Ledger, LedgerError, NewKey};
use wideawake_vault::{MasterId, Vault, VaultError};

/// How many keys are read, and replaced, at once.
const PAGE: usize = 200;

/// How often it goes through all keys, for those that others wrap meanwhile under an older one.
const PASSES: usize = 3;

/// How often a page is tried again when it could not be written.
const ATTEMPTS: usize = 3;

/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// Which master keys the data keys are under.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// How many are under each.
    pub under: BTreeMap<MasterId, u64>,
    /// How many cannot be opened, although their master key is there.
    pub damaged: u64,
}

impl Tally {
    /// Whether each is under this one and can be opened.
    pub fn all_under(&self, newest: MasterId) -> bool {
        self.damaged == 0 && self.under.keys().all(|id| *id == newest)
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rekeyed {
    /// How many keys were wrapped anew.
    pub keys: u64,
    /// Whether the older forms are gone from the files of the ledger already.
    pub forgotten: bool,
}

/// Wraps every key anew that is not under the newest master key; what cannot be opened stays as it is. `progress` hears how
/// many it has been so far.
pub async fn rekey(ledger: &dyn Ledger, vault: &Vault, mut progress: impl FnMut(u64)) -> Result<Rekeyed, LedgerError> {
    let mut keys = 0;
    for _ in 0..PASSES {
        let (before, mut after) = (keys, None);
        loop {
            let page = ledger.keys(after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after = Some(*last);
            let anew: Vec<NewKey> = page
                .into_iter()
                .filter_map(|(stream, old)| {
                    let new = vault.rewrap(stream, &old).ok().flatten()?;
                    Some(NewKey { stream, old, new })
                })
                .collect();
            if !anew.is_empty() {
                keys += replace(ledger, anew).await? as u64;
                progress(keys);
            }
        }
        if keys == before {
            break;
        }
    }
    // Also what was replaced when this was broken off the last time.
    Ok(Rekeyed { keys, forgotten: ledger.forget().await? })
}

/// Harmless to repeat: what was replaced is not what was read any more.
async fn replace(ledger: &dyn Ledger, keys: Vec<NewKey>) -> Result<usize, LedgerError> {
    for _ in 1..ATTEMPTS {
        match ledger.replace_keys(keys.clone()).await {
            Err(LedgerError::Unavailable(why)) => {
                tracing::warn!(why, "keys could not be replaced; trying again");
                tokio::time::sleep(PAUSE).await;
            }
            answer => return answer,
        }
    }
    ledger.replace_keys(keys).await
}

/// Counts the keys by the master key that they are under, and tries to open each.
pub async fn tally(ledger: &dyn Ledger, vault: &Vault) -> Result<Tally, LedgerError> {
    let (mut tally, mut after) = (Tally::default(), None);
    loop {
        let page = ledger.keys(after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(tally) };
        after = Some(*last);
        for (stream, wrapped) in &page {
            match (Vault::wrapped_by(wrapped), vault.unwrap(*stream, wrapped)) {
                (Some(id), Ok(_) | Err(VaultError::UnknownMaster)) => *tally.under.entry(id).or_default() += 1,
                _ => tally.damaged += 1,
            }
        }
    }
}
