//! `audit`: whether a ledger is what was written, keeps the invariants, and still holds the history that somebody outside has
//! kept signed checkpoints of. It may run while the ledger is served.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use chrono::SecondsFormat;
use clap::Args;
use wideawake_domain::audit::{self, Escalations, StaffHistory};
use wideawake_domain::{Recorded, StreamKind, Version};
use wideawake_runtime::config::Config;
use wideawake_runtime::proof::{Judgement, PublicKey, hold};
use wideawake_runtime::stores::{Ledger, Stores};

use super::{ConfigArgs, print};

const PAGE: usize = 1_000;

/// So many breaches are listed; the rest are counted.
const LISTED: usize = 1_000;

#[derive(Debug, Args)]
pub(super) struct AuditArgs {
    #[command(flatten)]
    config: ConfigArgs,
    /// Signed checkpoints that were kept elsewhere, one a line; `-` reads them from stdin
    #[arg(long, value_name = "FILE")]
    against: Option<PathBuf>,
    /// What checks their signatures, as `wideawake checkpoint --key` prints it; repeat for several. Without, the keys of
    /// this configuration
    #[arg(long = "key", value_name = "KEY", requires = "against")]
    keys: Vec<PublicKey>,
}

pub(super) async fn run(args: AuditArgs) -> Result<ExitCode> {
    let config = args.config.load()?;
    let (report, ledger) = Stores::verify(&config).await?;
    let judgement = match &args.against {
        Some(file) => Some(judge(&config, &*ledger, file, args.keys).await?),
        None => None,
    };
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
    let holds = judgement.as_ref().is_none_or(tell);
    let (streams, events) = (report.streams, report.events);
    if findings.is_empty() {
        print(&format!("In order: {events} events in {streams} streams, {} checkpoints.", report.checkpoints))?;
        if let Some(kept) = judgement.as_ref().and_then(|judgement| judgement.holds.as_ref()).filter(|_| holds) {
            let (number, at) = (kept.checkpoint, kept.at.to_rfc3339_opts(SecondsFormat::Secs, true));
            print(&format!("It holds all that was kept: up to checkpoint {number} of {at} nothing was changed."))?;
        }
        return Ok(if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let count = findings.len() as u64 + more;
    eprintln!("wideawake: {count} of {events} events are not as they should be; compare with a backup before serving");
    Ok(ExitCode::FAILURE)
}

async fn judge(config: &Config, ledger: &dyn Ledger, file: &Path, keys: Vec<PublicKey>) -> Result<Judgement> {
    let trusted = if keys.is_empty() { Stores::vault(config)?.public_keys() } else { keys };
    let failed = || format!("cannot compare with {}", file.display());
    let judged = if file == Path::new("-") {
        // The lock on stdin cannot be held while the ledger is waited for.
        hold(ledger, BufReader::new(std::io::stdin()), &trusted).await
    } else {
        hold(ledger, BufReader::new(File::open(file).with_context(failed)?), &trusted).await
    };
    judged.with_context(failed)
}

/// Says what does not hold of what was kept; whether all of it does.
fn tell(judgement: &Judgement) -> bool {
    for broken in &judgement.broken {
        eprintln!("kept {broken}");
    }
    if judgement.more > 0 {
        eprintln!("and {} more lines", judgement.more);
    }
    if judgement.is_clean() {
        return true;
    }
    match (&judgement.first, &judgement.holds) {
        (None, None) if judgement.broken.is_empty() => eprintln!("wideawake: there is no checkpoint in what was kept"),
        (None, None) => eprintln!("wideawake: nothing of what was kept can be used"),
        (None, Some(_)) => eprintln!("wideawake: some of what was kept cannot be used; the rest holds"),
        (Some(first), holds) => {
            let since = match holds.as_ref().filter(|holds| holds.checkpoint < first.checkpoint) {
                Some(holds) => format!("between checkpoint {} of {} and", holds.checkpoint, holds.at),
                None => "before".to_owned(),
            };
            let (number, at) = (first.checkpoint, first.at);
            eprintln!(
                "wideawake: the history was rewritten: what happened {since} checkpoint {number} of {at} is not what the ledger says now"
            );
            for stream in &judgement.suspects {
                eprintln!("it may be in {stream}");
            }
        }
    }
    false
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
