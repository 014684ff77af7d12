//! `serve`: every service in one process, until SIGTERM or Ctrl-C.

use std::process::ExitCode;

use anyhow::{Context, Result};
use tokio::signal::unix::{SignalKind, signal};
use wideawake_runtime::config::Config;

use crate::app::App;

pub(super) async fn run(config: Config) -> Result<ExitCode> {
    let app = App::start(&config).await?;
    stopped().await?;
    app.stop().await;
    Ok(ExitCode::SUCCESS)
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
