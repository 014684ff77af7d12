//! Very many open streams: what each of them costs.

use anyhow::{Context, Result};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

use crate::people;
use crate::program::Stage;
use crate::report::Report;

/// Files that the program and we need for other things.
const OTHERS: usize = 250;

/// How many streams are opened at once.
const AT_ONCE: usize = 200;

pub(crate) async fn measure(stage: &Stage, wanted: usize, report: &mut Report) -> Result<()> {
    let limits = std::fs::read_to_string("/proc/self/limits")?;
    let files = limits.lines().find_map(|line| line.strip_prefix("Max open files"));
    let files = files.and_then(|line| line.split_whitespace().next()).context("no limit of open files")?;
    let count = files.parse::<usize>().map_or(wanted, |files| wanted.min(files.saturating_sub(OTHERS)));
    let line = stage.line()?;
    let waiting = people::waiting(&line, count, "es").await?;
    let program = line.serve().await?;
    let intake = program.intake();
    // What the program keeps of the requests themselves is there before the first stream is.
    program.settles().await?;
    let before = program.resident()?;
    let open = async |member: people::Waiting| {
        let mut stream = intake.stream(&format!("/v1/requests/{}/stream", member.id), &member.token).await?;
        stream.next().await?.context("a stream ended")?;
        anyhow::Ok(stream)
    };
    let streams: Vec<_> = iter(waiting).map(open).buffer_unordered(AT_ONCE).try_collect().await?;
    program.settles().await?;
    let after = program.resident()?;
    let each = (after.saturating_sub(before)) as f64 / streams.len() as f64 / 1_024.0;
    report.part("Open streams");
    report.table("what | measured | budget");
    report.line(&format!("streams held open | {} | 20,000 |", streams.len()));
    report.line(&format!(
        "resident memory before, after | {:.0} MB, {:.0} MB |",
        before as f64 / 1e6,
        after as f64 / 1e6
    ));
    report.line(&format!("for each | {each:.1} KB | ≤ 25 KB"));
    if count < wanted {
        report.say(&format!("This process may open {files} files, so there are fewer streams than {wanted}."));
    }
    Ok(())
}
