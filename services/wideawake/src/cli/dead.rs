//! `dead`: what the broker laid aside because nobody could take it. Nothing of it is lost: it is in the ledger as well.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use clap::{Args, Subcommand};
use serde_json::json;
use wideawake_runtime::config::Config;
use wideawake_runtime::stores::DeadLetters;

use super::{ConfigArgs, print};

/// How long the broker may take to be reached.
const PATIENCE: Duration = Duration::from_secs(10);

#[derive(Debug, Subcommand)]
pub(super) enum DeadCommand {
    /// Lists dead letters, the oldest of each queue first; they stay where they are
    List(DeadArgs),
    /// Gives dead letters back to the queues that they died in
    Replay(DeadArgs),
}

#[derive(Debug, Args)]
pub(super) struct DeadArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Of this leader only, such as `router.main`
    #[arg(long, value_name = "NAME")]
    leader: Option<String>,
    /// How many of each at most
    #[arg(long, default_value_t = 100)]
    limit: usize,
    /// As JSON lines
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(command: DeadCommand) -> Result<ExitCode> {
    match command {
        DeadCommand::List(args) => list(args).await?,
        DeadCommand::Replay(args) => {
            let letters = open(&args).await?;
            let count = letters.replay(args.leader.as_deref(), args.limit).await?;
            print(&format!("Gave back {count}."))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn list(args: DeadArgs) -> Result<()> {
    let letters = open(&args).await?.list(args.leader.as_deref(), args.limit).await?;
    if letters.is_empty() && !args.json {
        print("There are no dead letters.")?;
    }
    for letter in letters {
        let died = letter.first_death.map_or_else(|| "at some time".to_owned(), |at| at.to_rfc3339());
        let id = letter.message_id.as_deref().unwrap_or("no id");
        print(&if args.json {
            json!({
                "queue": letter.queue, "reason": letter.reason, "count": letter.count, "first_death": letter.first_death,
                "routing_key": letter.routing_key, "message_id": letter.message_id, "size": letter.size,
            })
            .to_string()
        } else {
            let (queue, reason, key, size) = (letter.queue, letter.reason, letter.routing_key, letter.size);
            format!("{queue}  {died}  {reason} ×{}  {key}  {id}  {size} bytes", letter.count)
        })?;
    }
    Ok(())
}

async fn open(args: &DeadArgs) -> Result<DeadLetters> {
    let config = args.config.load()?;
    if let Some(leader) = &args.leader {
        let known = leaders(&config);
        ensure!(known.contains(leader), "nobody leads as `{leader}`; there are: {}", known.join(", "));
    }
    let Some(letters) = DeadLetters::open(&config)? else {
        bail!("`bus.url` names no broker, and within one process nothing is laid aside")
    };
    let there = async {
        while letters.ping().await.is_err() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, there)
        .await
        .context("the broker does not answer; see that it runs and that `bus.url` is right")?;
    Ok(letters)
}

fn leaders(config: &Config) -> Vec<String> {
    config.settings.pools.iter().map(|pool| format!("router.{pool}")).collect()
}
