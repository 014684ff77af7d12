//! `audit`: whether a ledger is what was written, and keeps the invariants. It may run while the ledger is served.

use std::process::ExitCode;

use anyhow::{Context, Result};
use wideawake_domain::audit::{self, Escalations, StaffHistory};
use wideawake_domain::{Recorded, StreamKind, Version};
use wideawake_runtime::config::Config;
use wideawake_runtime::stores::{Ledger, Stores};

use super::print;

const PAGE: usize = 1_000;

/// So many breaches are listed; the rest are counted.
const LISTED: usize = 1_000;

pub(super) async fn run(config: Config) -> Result<ExitCode> {
    let (report, ledger) = Stores::verify(&config).await?;
    let mut findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    let mut more = report.more;
    if report.is_clean() {
        let breaches = breaches(&*ledger, &config).await.context("the ledger could not be read to the end")?;
        more += breaches.len().saturating_sub(LISTED) as u64;
        findings.extend(breaches.into_iter().take(LISTED));
    }
    for finding in &findings {
        eprintln!("{finding}");
    }
    let (streams, events) = (report.streams, report.events);
    if findings.is_empty() {
        print(&format!("In order: {events} events in {streams} streams, {} checkpoints.", report.checkpoints))?;
        return Ok(ExitCode::SUCCESS);
    }
    let count = findings.len() as u64 + more;
    eprintln!("wideawake: {count} of {events} events are not as they should be; compare with a backup before serving");
    Ok(ExitCode::FAILURE)
}

/// What is against the invariants. Staff and escalations first: requests are judged by what held of the staff at the time,
/// and by what became of what they raised.
async fn breaches(ledger: &dyn Ledger, config: &Config) -> Result<Vec<String>> {
    let mut staff = StaffHistory::default();
    let mut escalations = Escalations::default();
    let mut requests = Vec::new();
    let mut found = Vec::new();
    let mut after = None;
    loop {
        let heads = ledger.streams(after, PAGE).await?;
        let Some(last) = heads.last() else { break };
        after = Some(last.stream);
        for head in heads {
            match head.stream.kind {
                StreamKind::Staff | StreamKind::Duty => staff.learn(&history(ledger, head.stream).await?),
                StreamKind::Escalation => {
                    found.extend(escalations.learn(&history(ledger, head.stream).await?));
                }
                StreamKind::Checkpoint => {
                    let facts = ledger.read(head.stream, Version(head.version.0.saturating_sub(1)), 1).await?;
                    facts.iter().for_each(|fact| escalations.goes_on(fact.at));
                }
                StreamKind::Request => requests.push(head.stream),
                _ => {}
            }
        }
    }
    staff.settle();
    found.extend(escalations.standing_still());
    for stream in requests {
        let facts = history(ledger, stream).await?;
        found.extend(audit::request(&facts, &staff, &config.settings));
        found.extend(escalations.request(&facts, &staff));
    }
    Ok(found.iter().map(ToString::to_string).collect())
}

async fn history(ledger: &dyn Ledger, stream: wideawake_domain::StreamId) -> Result<Vec<Recorded>> {
    let mut all = Vec::new();
    let mut after = Version::NONE;
    loop {
        let facts = ledger.read(stream, after, PAGE).await?;
        let Some(last) = facts.last() else { return Ok(all) };
        after = last.version;
        all.extend(facts);
    }
}
