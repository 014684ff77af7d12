//! A restart with very many open requests.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use crate::client::{Call, text};
use crate::people;
use crate::program::Stage;
use crate::report::Report;

const OPEN: usize = 100_000;

pub(crate) async fn measure(stage: &Stage, report: &mut Report) -> Result<()> {
    let line = stage.line()?;
    let volunteers = people::volunteers(&line, 1, 1).await?;
    let began = Instant::now();
    people::waiting(&line, OPEN, "en").await?;
    let written = began.elapsed();
    let began = Instant::now();
    let program = line.serve().await?;
    let listening = program.took;
    let (intake, desk) = (program.intake(), program.desk());
    while intake.ask(Call("GET", "/readyz", "", None)).await?.0 != 200 {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    let ready = began.elapsed();
    let volunteer = &volunteers[0];
    let mut stream = desk.stream("/v1/me/stream", &volunteer.token).await?;
    desk.call(Call("POST", "/v1/me/heartbeat", &volunteer.token, None)).await?;
    loop {
        let event = stream.next().await?.context("the stream ended")?;
        let open = event.data["open_offers"].as_array().is_some_and(|offers| !offers.is_empty());
        if event.name == "offer" || open {
            break;
        }
    }
    let offered = began.elapsed();
    let me = desk.call(Call("GET", "/v1/me", &volunteer.token, None)).await?;
    anyhow::ensure!(!text(&me["open_offers"][0], "request").is_empty(), "nothing is offered: {me}");
    let resident = program.resident()?;
    report.part("A restart with 100,000 open requests");
    report.table("what | measured | budget");
    report.line(&format!("start to listening | {:.2} s |", listening.as_secs_f64()));
    report.line(&format!("start to `readyz` | {:.2} s |", ready.as_secs_f64()));
    report.line(&format!("start to the first offer | {:.2} s | rebuild ≤ 3 s", offered.as_secs_f64()));
    report.line(&format!("resident memory | {:.0} MB |", resident as f64 / 1e6));
    report.say(&format!("Writing them beforehand took {:.1} s.", written.as_secs_f64()));
    Ok(())
}
