//! How fast the real program is, beside the floor of the machine it runs on.
//!
//! The program runs as a process of its own, over real HTTP, real event streams and a real disk; members, volunteers and
//! the clock that judges are here. Nothing here asserts a speed: it measures, and says which budgets hold.

mod alarm; // waiting for a moment
mod client; // calls and event streams over HTTP
mod floor; // what the machine can do at best
mod people; // who is there before the program starts
mod program; // the program as a process
mod report; // what is printed
mod samples; // durations and their percentiles
mod scenario; // what is measured

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use report::Report;

/// Measures the program beside this one, and prints a report in Markdown.
#[derive(Clone, Debug, Parser)]
#[command(name = "wideawake-load")]
pub struct Args {
    /// What to measure; everything unless named
    #[arg(long, value_enum, value_delimiter = ',')]
    pub only: Vec<What>,
    /// How many members arrive each second; several, such as 50,100,150, are tried one after the other
    #[arg(long, default_value = "200", value_delimiter = ',')]
    pub rate: Vec<u32>,
    /// For how many seconds they arrive
    #[arg(long, default_value_t = 60)]
    pub seconds: u32,
    /// How many volunteers are there
    #[arg(long, default_value_t = 500)]
    pub volunteers: usize,
    /// How many streams are held open; no more than this process may open files
    #[arg(long, default_value_t = 20_000)]
    pub streams: usize,
    /// How many calls a second an attacker sends
    #[arg(long, default_value_t = 2_000)]
    pub attack: u32,
    /// Where the record, the events and the live state are kept
    #[arg(long, value_enum, default_value_t = On::Memory)]
    pub on: On,
    /// The program; the one beside this unless named
    #[arg(long)]
    pub program: Option<PathBuf>,
    /// A folder on the disk that is to be measured; the one for temporary files unless named
    #[arg(long)]
    pub folder: Option<PathBuf>,
}

/// Where the program keeps what it keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum On {
    /// One process, on SQLite
    Memory,
    /// A process for each service, on PostgreSQL, RabbitMQ and Redis
    Engines,
}

/// One part of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum What {
    /// Start-up and idle memory
    Start,
    /// Members who arrive whether or not the line keeps up
    Night,
    /// Whole conversations, as many as there can be
    Lives,
    /// A backlog that volunteers come for
    Backlog,
    /// A restart with 100,000 open requests
    Rebuild,
    /// Many open streams
    Streams,
    /// One address that asks for as much as it can, and what others notice of it
    Attack,
}

/// Measures what was asked for.
pub fn execute(args: &Args) -> ExitCode {
    let measured =
        tokio::runtime::Runtime::new().context("cannot start").and_then(|runtime| runtime.block_on(measure(args)));
    match measured {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(args: &Args) -> Result<()> {
    let stage = tokio::task::block_in_place(|| program::Stage::set(args))?;
    let wants = |what| args.only.is_empty() || args.only.contains(&what);
    let mut report = Report::begin();
    let floor = floor::measure(&stage).await?;
    report.floor(&floor);
    let apart = args.on == On::Engines;
    // What one process costs is measured of one process.
    if wants(What::Start) && !apart {
        scenario::start::measure(&stage, &mut report).await?;
    }
    if wants(What::Night) {
        scenario::night::measure(&stage, args, &floor, &mut report).await?;
    }
    if wants(What::Lives) {
        scenario::lives::measure(&stage, &mut report).await?;
    }
    if wants(What::Backlog) {
        scenario::backlog::measure(&stage, &mut report).await?;
    }
    if wants(What::Rebuild) {
        scenario::rebuild::measure(&stage, &mut report).await?;
    }
    if wants(What::Streams) && !apart {
        scenario::streams::measure(&stage, args.streams, &mut report).await?;
    }
    if wants(What::Attack) {
        scenario::night::attack::measure(&stage, args, &mut report).await?;
    }
    Ok(())
}
