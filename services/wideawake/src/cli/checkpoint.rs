//! `checkpoint`: the newest checkpoint, signed, for whoever keeps it elsewhere.

use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::Args;
use wideawake_runtime::proof::newest;
use wideawake_runtime::stores::Stores;

use super::{ConfigArgs, print};

#[derive(Debug, Args)]
pub(super) struct CheckpointArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Only what checks the signatures, one key for each master key, newest first
    #[arg(long)]
    key: bool,
}

pub(super) async fn run(args: CheckpointArgs) -> Result<ExitCode> {
    let config = args.config.load()?;
    let (ledger, vault) = Stores::look_into(&config).await?;
    if args.key {
        for key in vault.public_keys() {
            print(&key.to_string())?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    let newest = newest(&*ledger, &vault).await.context("the ledger could not be read")?;
    let none = "there is no checkpoint yet; `wideawake serve` (or the router) writes one each minute in which something happened";
    print(&newest.context(none)?.to_string())?;
    Ok(ExitCode::SUCCESS)
}
