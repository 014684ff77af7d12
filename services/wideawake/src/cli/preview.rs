//! `roster preview` and `rotation preview`: who is on when, as JSON, without a running system.

use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use serde::Serialize;
use wideawake_domain::schedule::preview;

#[derive(Debug, Subcommand)]
pub(super) enum RosterCommand {
    /// Prints `[{"volunteer","start","end"}]`
    Preview(PreviewArgs),
}

#[derive(Debug, Args)]
pub(super) struct PreviewArgs {
    /// The roster or rotation, as JSON
    #[arg(long, value_name = "FILE", required_unless_present = "cases", requires_all = ["from", "to"])]
    file: Option<PathBuf>,
    /// From when, in UTC, such as 2026-03-07T00:00:00Z
    #[arg(long, value_name = "TIME")]
    from: Option<DateTime<Utc>>,
    /// Until when, in UTC
    #[arg(long, value_name = "TIME")]
    to: Option<DateTime<Utc>>,
    /// Many at once: a file of cases; prints one array for each
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "from", "to"])]
    cases: Option<PathBuf>,
}

pub(super) fn roster(RosterCommand::Preview(args): RosterCommand) -> Result<ExitCode> {
    match args.given() {
        Given::One(file, from, to) => show(file, |text| preview::roster(text, &utc(from), &utc(to))),
        Given::Cases(file) => show(file, preview::roster_cases),
    }
}

pub(super) fn rotation(args: PreviewArgs) -> Result<ExitCode> {
    match args.given() {
        Given::One(file, from, to) => show(file, |text| preview::rotation(text, &utc(from), &utc(to))),
        Given::Cases(file) => show(file, preview::rotation_cases),
    }
}

enum Given<'a> {
    One(&'a Path, DateTime<Utc>, DateTime<Utc>),
    Cases(&'a Path),
}

impl PreviewArgs {
    fn given(&self) -> Given<'_> {
        match (&self.cases, &self.file, self.from, self.to) {
            (None, Some(file), Some(from), Some(to)) => Given::One(file, from, to),
            (Some(cases), ..) => Given::Cases(cases),
            // The parser lets no other combination through.
            (None, file, from, to) => {
                Given::One(file.as_deref().unwrap_or(Path::new("")), from.unwrap_or_default(), to.unwrap_or_default())
            }
        }
    }
}

/// As the cases write it.
fn utc(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn show<T: Serialize, E: std::fmt::Display>(
    file: &Path,
    expand: impl FnOnce(&str) -> Result<T, E>,
) -> Result<ExitCode> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let rows = expand(&text).map_err(|refused| anyhow!("{}: {refused}", file.display()))?;
    let mut out = BufWriter::new(std::io::stdout().lock());
    let written = serde_json::to_writer(&mut out, &rows).map_err(std::io::Error::from);
    match written.and_then(|()| writeln!(out)).and_then(|()| out.flush()) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        done => done.context("cannot write to stdout")?,
    }
    Ok(ExitCode::SUCCESS)
}
