//! `rekey`: every data key wrapped anew under the newest master key, so that older ones can go.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use wideawake_runtime::rekey::{Tally, rekey, tally};
use wideawake_runtime::stores::{Purpose, Stores, Vault};

use super::{ConfigArgs, print};

#[derive(Debug, Args)]
pub(super) struct RekeyArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Changes nothing: says how many keys are under which master key
    #[arg(long)]
    check: bool,
}

pub(super) async fn run(args: RekeyArgs) -> Result<ExitCode> {
    let config = args.config.load()?;
    if args.check {
        let (ledger, vault) = Stores::look_into(&config).await?;
        return conclude(&tally(&*ledger, &vault).await.context("the keys could not be read")?, &vault);
    }
    // It must find what is served, and make nothing.
    drop(Stores::look_into(&config).await?);
    let stores = Stores::open(&config, Purpose::Tool).await?;
    let (ledger, vault) = (stores.record.ledger(), stores.record.vault());
    let mut told = 0;
    let done = rekey(ledger, vault, |keys| {
        if keys >= told + 10_000 {
            told = keys;
            eprintln!("{keys} keys so far; to break it off harms nothing");
        }
    });
    let done = done.await.context("it was broken off; run it again, it goes on where it was")?;
    print(&format!("Wrapped {} keys anew.", done.keys))?;
    if !done.forgotten {
        eprintln!(
            "wideawake: the older forms are still in the files of the ledger, which somebody reads (a backup?); run this \
             again when they are done"
        );
        return Ok(ExitCode::FAILURE);
    }
    conclude(&tally(ledger, vault).await.context("the keys could not be read")?, vault)
}

fn conclude(tally: &Tally, vault: &Vault) -> Result<ExitCode> {
    let ids = vault.master_ids();
    for (n, id) in ids.iter().enumerate() {
        let keys = tally.under.get(id).copied().unwrap_or_default();
        let what = match (n, keys) {
            (0, _) => "; the newest, which wraps new ones",
            (_, 0) => "; no longer needed to open any",
            _ => "",
        };
        print(&format!("master key {} ({id}): {keys} keys{what}", n + 1))?;
    }
    let foreign = tally.under.iter().filter(|(id, _)| !ids.contains(id));
    for (id, keys) in foreign {
        eprintln!("{keys} keys are under master key {id}, which `vault.master_keys` does not hold: add it at the end");
    }
    if tally.damaged > 0 {
        eprintln!(
            "{} keys cannot be opened: they were changed; run `wideawake audit`, and look for a backup",
            tally.damaged
        );
    }
    if ids.first().is_some_and(|newest| tally.all_under(*newest)) {
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!(
        "wideawake: not every key is under the newest master key; have it first in the list of every process, then run \
         `wideawake rekey`"
    );
    Ok(ExitCode::FAILURE)
}
