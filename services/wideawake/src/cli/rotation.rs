//! `rotation now`: who is on call, from the record.

use std::process::ExitCode;

use anyhow::{Result, bail};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use wideawake_domain::StaffId;
use wideawake_domain::rotation::NamedRotation;
use wideawake_runtime::stores::{Purpose, Stores};
use wideawake_runtime::{Record, clock};

use super::preview::{self, PreviewArgs};
use super::{ConfigArgs, on_runtime, print};

#[derive(Debug, Subcommand)]
pub(super) enum RotationCommand {
    /// Prints `[{"member","start","end"}]`
    Preview(PreviewArgs),
    /// Prints who is on call now, until when, and who comes then, as JSON
    Now(NowArgs),
}

#[derive(Debug, Args)]
pub(super) struct NowArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Which rotation; without it all of them, one a line
    #[arg(long)]
    name: Option<String>,
}

pub(super) fn run(command: RotationCommand) -> Result<ExitCode> {
    match command {
        RotationCommand::Preview(args) => preview::rotation(args),
        RotationCommand::Now(args) => on_runtime(now(args)),
    }
}

async fn now(args: NowArgs) -> Result<ExitCode> {
    let stores = Stores::open(&args.config.load()?, Purpose::Tool).await?;
    let record = &stores.record;
    let all = record.rotations().await?;
    let wanted: Vec<&NamedRotation> =
        all.iter().filter(|named| args.name.as_ref().is_none_or(|name| *name == named.name)).collect();
    if let (Some(name), true) = (&args.name, wanted.is_empty()) {
        let known: Vec<&str> = all.iter().map(|named| named.name.as_str()).collect();
        let known =
            if known.is_empty() { "there is none yet".to_owned() } else { format!("there are: {}", known.join(", ")) };
        bail!("there is no rotation `{name}`; {known}")
    }
    for named in wanted {
        let on = named.on_call(clock::now());
        let next = match on.next {
            Some(staff) => json!({ "staff": staff, "alias": alias(record, Some(staff)).await? }),
            None => Value::Null,
        };
        let row = json!({
            "rotation": named.name, "member": on.member, "alias": alias(record, on.member).await?,
            "until": on.until.map(utc), "next": next,
        });
        print(&row.to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

async fn alias(record: &Record, staff: Option<StaffId>) -> Result<Option<String>> {
    let Some(staff) = staff else { return Ok(None) };
    Ok(record.staff(staff).await?.map(|member| member.alias))
}

fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}
