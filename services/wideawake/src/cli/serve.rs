//! `serve` and each service alone: a process that serves until SIGTERM or Ctrl-C.

use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use clap::Args;
use tokio::signal::unix::{SignalKind, signal};
use wideawake_domain::Pool;
use wideawake_runtime::config::Config;
use wideawake_runtime::reload;

use super::ConfigArgs;
use crate::app::{App, Role};

#[derive(Debug, Args)]
pub(super) struct PoolArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Only this pool; repeat for several. By default all that are configured
    #[arg(long = "pool", value_name = "NAME")]
    pools: Vec<String>,
}

pub(super) async fn run(config: Config, role: Role) -> Result<ExitCode> {
    let hangups = reload::hear().context("cannot listen for SIGHUP")?;
    let app = App::start_as(&config, role).await?;
    app.reload_at(hangups, config.book());
    stopped().await?;
    app.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// A service that is run for each pool.
pub(super) async fn pools(args: PoolArgs, role: fn(Vec<Pool>) -> Role) -> Result<ExitCode> {
    let config = args.config.load()?;
    let known = &config.settings.pools;
    let names = || known.iter().map(Pool::as_str).collect::<Vec<_>>().join(", ");
    let find = |name: &String| {
        let pool = known.iter().find(|pool| pool.as_str() == name).cloned();
        pool.ok_or_else(|| anyhow!("there is no pool `{name}`; there are: {}", names()))
    };
    let mut pools = args.pools.iter().map(find).collect::<Result<Vec<_>>>()?;
    pools.sort();
    pools.dedup();
    if pools.is_empty() {
        pools.clone_from(known);
    }
    run(config, role(pools)).await
}

/// Waits until somebody asks the process to stop.
pub(crate) async fn stopped() -> Result<()> {
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
