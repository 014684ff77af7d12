//! `export`: the record as JSON lines, text sealed as it stands; or one request, text opened: every event, or what its
//! member may have.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::{Value, json};
use wideawake_domain::request::RequestEvent;
use wideawake_domain::{Event, Recorded, RequestId, Text, Version};
use wideawake_intake::export_of;
use wideawake_runtime::Record;
use wideawake_runtime::stores::{Purpose, Stores};

use super::{ConfigArgs, print};

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Everything that is held about this request, as its member may have it: one JSON document
    #[arg(value_name = "REQUEST", conflicts_with = "request")]
    member: Option<RequestId>,
    /// Every event of this request, with its text opened: also what staff wrote to each other
    #[arg(long, value_name = "ID")]
    request: Option<RequestId>,
}

/// How many events are read at once.
const PAGE: usize = 1_000;

pub(super) async fn run(args: ExportArgs) -> Result<ExitCode> {
    let stores = Stores::open(&args.config.load()?, Purpose::Tool).await?;
    let record = &*stores.record;
    match (args.member, args.request) {
        (Some(id), _) => member(record, id).await?,
        (None, Some(id)) => one(record, id).await?,
        (None, None) => all(record).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn all(record: &Record) -> Result<()> {
    let mut after = None;
    loop {
        let (facts, cursor) = record.ledger().tail(after.as_ref(), PAGE).await?;
        for fact in &facts {
            print(&line(fact, serde_json::from_str(&fact.data).unwrap_or(Value::Null)).to_string())?;
        }
        if facts.is_empty() {
            return Ok(());
        }
        after = Some(cursor);
    }
}

/// The same document that the member gets at their door, whole.
async fn member(record: &Record, id: RequestId) -> Result<()> {
    let there = export_of(record, id, Version::NONE).await?;
    let mut export =
        there.with_context(|| format!("there is no request {id}; `wideawake export` lists what there is"))?;
    while let Some(after) = export.next() {
        let Some(next) = export_of(record, id, after).await? else { break };
        export.join(next);
    }
    print(&serde_json::to_string_pretty(&export)?)
}

async fn one(record: &Record, id: RequestId) -> Result<()> {
    let mut after = Version::NONE;
    loop {
        let facts = record.history(id, after, PAGE).await?;
        ensure!(
            !facts.is_empty() || after != Version::NONE,
            "there is no request {id}; `wideawake export` without --request lists what there is"
        );
        for fact in &facts {
            print(&line(fact, opened(record, id, fact).await?).to_string())?;
        }
        let Some(last) = facts.last() else { return Ok(()) };
        after = last.version;
    }
}

fn line(fact: &Recorded, data: Value) -> Value {
    json!({
        "stream": fact.stream.to_string(), "version": fact.version, "position": fact.position,
        "pool": fact.pool, "type": &*fact.kind, "at": fact.at, "actor": fact.actor.to_string(), "data": data,
    })
}

/// The particulars of an event with its text opened, or marked as erased.
async fn opened(record: &Record, id: RequestId, fact: &Recorded) -> Result<Value> {
    let data: Value = serde_json::from_str(&fact.data).unwrap_or(Value::Null);
    let Ok(Event::Request(mut event)) = fact.event() else { return Ok(data) };
    let mut data = data.to_string();
    for sealed in RequestEvent::texts_mut(&mut event) {
        let Text::Sealed(closed) = &*sealed else { continue };
        let text = record.text(id, fact.version, sealed).await?;
        let open = text.unwrap_or_else(|| "‹erased›".to_owned());
        data = data.replace(&Value::from(closed.as_str()).to_string(), &Value::from(open).to_string());
    }
    Ok(serde_json::from_str(&data).unwrap_or(Value::Null))
}
