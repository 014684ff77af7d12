//! Many wait, and then volunteers come, all at once: how fast the record holds an offer for each.

use std::time::{Duration, Instant};

use crate::client::Call;
use crate::people;
use crate::program::Stage;
use crate::report::Report;
use anyhow::{Result, ensure};
use futures_util::stream::{StreamExt, TryStreamExt, iter};

const VOLUNTEERS: usize = 1_000;
const PLACES: u32 = 10;

/// How many can be served.
const SERVED: usize = VOLUNTEERS * PLACES as usize;

pub(crate) async fn measure(stage: &Stage, report: &mut Report) -> Result<()> {
    report.part("A backlog of 10,000 and 1,000 volunteers who come at once");
    report.say(
        "An assignment is an offer that the record holds: decided, fenced by the lease, committed. Counted from the first \
         heartbeat that was sent.",
    );
    report.table("backlog | first half | all | assignments/s | budget");
    for stuck in [0, 9 * SERVED] {
        let (half, all) = one(stage, stuck).await?;
        let what = if stuck == 0 { "10,000".to_owned() } else { format!("10,000, and {stuck} whom nobody can serve") };
        let rate = SERVED as f64 / all.as_secs_f64();
        let least = if stage.engines().is_some() { "5,500" } else { "12,500" };
        report.line(&format!(
            "{what} | {:.0} ms | {:.0} ms | {rate:.0} | ≥ {least}",
            half.as_secs_f64() * 1e3,
            all.as_secs_f64() * 1e3
        ));
    }
    Ok(())
}

/// How long half of the assignments took, and all of them.
async fn one(stage: &Stage, stuck: usize) -> Result<(Duration, Duration)> {
    let line = stage.line()?;
    let volunteers = people::volunteers(&line, VOLUNTEERS, PLACES).await?;
    people::waiting(&line, stuck, "es").await?;
    people::waiting(&line, SERVED, "en").await?;
    let program = line.serve().await?;
    let desk = program.desk();
    program.settles().await?;
    let record = line.record().await?;
    let ledger = record.ledger();
    let mut cursor = ledger.end().await?;
    let began = Instant::now();
    let arrive = async {
        let beat = |token: String| {
            let desk = &desk;
            async move { desk.call(Call("POST", "/v1/me/heartbeat", &token, None)).await }
        };
        iter(volunteers)
            .map(|volunteer| beat(volunteer.token))
            .buffer_unordered(32)
            .try_for_each(async |_| Ok(()))
            .await
    };
    let count = async {
        let (mut offered, mut half) = (0, None);
        while offered < SERVED {
            ensure!(began.elapsed() < Duration::from_mins(1), "{offered} of {SERVED} were offered in a minute");
            let (facts, next) = ledger.tail(Some(&cursor), 1_000).await?;
            cursor = next;
            offered += facts.iter().filter(|fact| &*fact.kind == "offered").count();
            if offered >= SERVED / 2 {
                half.get_or_insert_with(|| began.elapsed());
            }
            if facts.is_empty() {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        }
        Ok((half.unwrap_or_default(), began.elapsed()))
    };
    let ((), took) = tokio::try_join!(arrive, count)?;
    Ok(took)
}
