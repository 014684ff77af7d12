//! From nothing to listening, and what the program costs while nothing happens.

use std::time::Duration;

use anyhow::Result;

use crate::client::Call;
use crate::program::Stage;
use crate::report::Report;
use crate::samples::Samples;

const STARTS: usize = 20;

/// How long it is left alone.
const IDLE: Duration = Duration::from_secs(10);

pub(crate) async fn measure(stage: &Stage, report: &mut Report) -> Result<()> {
    let mut samples = Samples::new();
    for _ in 0..STARTS {
        let line = stage.line()?;
        let program = line.serve().await?;
        samples.add(program.took);
        program.stop().await?;
    }
    let line = stage.line()?;
    let program = line.serve().await?;
    program.intake().call(Call("GET", "/healthz", "", None)).await?;
    let before = program.computed()?;
    tokio::time::sleep(IDLE).await;
    let computed = program.computed()?.saturating_sub(before);
    let resident = program.resident()?;
    program.stop().await?;
    report.part("One process, idle");
    report.table("what | measured | budget");
    report.line(&format!("start to listening, p50 of {STARTS} | {:.0} ms | ≤ 500 ms", samples.at(50.0)));
    report.line(&format!("start to listening, longest | {:.0} ms |", samples.longest()));
    report.line(&format!("resident memory | {:.1} MB | ≤ 60 MB", resident as f64 / 1e6));
    report.line(&format!("of one core | {:.2} % |", computed.as_secs_f64() / IDLE.as_secs_f64() * 100.0));
    Ok(())
}
