//! `erase`: everything typed by or about the member of a request becomes unreadable.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use clap::Args;
use wideawake_domain::record::Part;
use wideawake_domain::{Actor, RequestId};
use wideawake_runtime::stores::{Purpose, Stores};

use super::{ConfigArgs, print};

#[derive(Debug, Args)]
pub(super) struct EraseArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Which request
    request: RequestId,
}

pub(super) async fn run(args: EraseArgs) -> Result<ExitCode> {
    let stores = Stores::open(&args.config.load()?, Purpose::Tool).await?;
    let known = stores.record.erase(args.request, Actor::System(Part::Operator)).await?;
    ensure!(known, "there is no request {}; copy its id from the board or from `wideawake export`", args.request);
    print(&format!("The text of request {} cannot be read by anybody any more.", args.request))?;
    Ok(ExitCode::SUCCESS)
}
