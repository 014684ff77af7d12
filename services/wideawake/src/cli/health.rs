//! `health`: asks a running process how it is, where there is no `curl`: in an image without a shell.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::print;

/// Longer than a door waits for the ledger before it says that it is down.
const PATIENCE: Duration = Duration::from_secs(5);

#[derive(Debug, Args)]
pub(super) struct HealthArgs {
    /// What to ask: /healthz, whether it lives, or /readyz, whether what it needs can be reached
    #[arg(default_value = "http://127.0.0.1:8080/readyz")]
    url: String,
}

pub(super) async fn run(args: HealthArgs) -> Result<ExitCode> {
    let url = args.url;
    let client = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build().context("cannot ask anybody")?;
    let answer = client.get(&url).send().await.map_err(reqwest::Error::without_url);
    let answer = answer.with_context(|| format!("nobody answers at {url}; is it running, and is that its port?"))?;
    let status = answer.status();
    let body = answer.text().await.unwrap_or_default();
    ensure!(status.is_success(), "{url} answered {}: {body}", status.as_u16());
    print(&body)?;
    Ok(ExitCode::SUCCESS)
}
