//! Whole conversations, as many as there can be: open, offer, accept, a message each way, close.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::json;
use tokio::sync::{Notify, watch};
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use crate::client::{Call, Door, text};
use crate::people::{self, Volunteer};
use crate::program::Stage;
use crate::report::Report;

/// How many conversations go on at once.
const AT_ONCE: usize = 128;

/// How long it goes on.
const LENGTH: Duration = Duration::from_secs(15);

/// Where the two sides of a conversation find each other: the first to come leaves what the second takes.
#[derive(Debug, Default)]
struct Meetings(Mutex<BTreeMap<String, Arc<Notify>>>);

impl Meetings {
    fn meet(&self, request: &str) -> Arc<Notify> {
        let mut meetings = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(there) = meetings.remove(request) {
            return there;
        }
        meetings.entry(request.to_owned()).or_default().clone()
    }
}

pub(crate) async fn measure(stage: &Stage, report: &mut Report) -> Result<()> {
    let line = stage.line()?;
    let volunteers = people::volunteers(&line, AT_ONCE, 2).await?;
    let program = line.serve().await?;
    let (intake, desk) = (Arc::new(program.intake()), Arc::new(program.desk()));
    let (meetings, lives, over) =
        (Arc::new(Meetings::default()), Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let (stop, stopped) = watch::channel(false);
    let mut staff = JoinSet::new();
    for volunteer in volunteers {
        staff.spawn(work(desk.clone(), volunteer, meetings.clone(), stopped.clone()));
    }
    let before = program.computed()?;
    let began = Instant::now();
    let mut members = JoinSet::new();
    for _ in 0..AT_ONCE {
        members.spawn(live(intake.clone(), meetings.clone(), lives.clone(), over.clone()));
    }
    tokio::time::sleep(LENGTH).await;
    let (count, took) = (lives.load(Ordering::Relaxed), began.elapsed());
    let computed = program.computed()?.saturating_sub(before);
    over.store(true, Ordering::Relaxed);
    while let Some(member) = members.join_next().await {
        member??;
    }
    let all = lives.load(Ordering::Relaxed);
    stop.send(true).ok();
    staff.shutdown().await;
    program.stop().await?;
    let bytes = line.bytes();
    report.part("Whole lives");
    report.say(&format!(
        "{AT_ONCE} members and as many volunteers without a pause between their calls: open, offer on the stream, accept, a \
         message each way, close. Their side of it is computed on the same cores."
    ));
    report.table("what | measured");
    report.line(&format!("lives | {:.0}/s", count as f64 / took.as_secs_f64()));
    report.line(&format!("of the program's time for each | {:.2} ms", computed.as_secs_f64() * 1e3 / count as f64));
    if let Some(bytes) = bytes? {
        report.line(&format!("on disk for each, of 7 events | {:.1} KB", bytes as f64 / all as f64 / 1_024.0));
    }
    Ok(())
}

async fn live(intake: Arc<Door>, meetings: Arc<Meetings>, lives: Arc<AtomicU64>, over: Arc<AtomicBool>) -> Result<()> {
    let body = json!({ "language": "en", "message": "I do not know whom else to ask." });
    let word = json!({ "text": "Thank you for being there." });
    while !over.load(Ordering::Relaxed) {
        let opened = intake.call(Call("POST", "/v1/requests", "", Some(&body))).await?;
        let (id, token) = (text(&opened, "id"), text(&opened, "token"));
        let meeting = meetings.meet(id);
        meeting.notified().await;
        intake.call(Call("POST", &format!("/v1/requests/{id}/messages"), token, Some(&word))).await?;
        meeting.notified().await;
        lives.fetch_add(1, Ordering::Relaxed);
    }
    Ok(())
}

async fn work(
    desk: Arc<Door>,
    volunteer: Volunteer,
    meetings: Arc<Meetings>,
    stopped: watch::Receiver<bool>,
) -> Result<()> {
    let mut stream = desk.stream("/v1/me/stream", &volunteer.token).await?;
    let _beats = AbortOnDropHandle::new(tokio::spawn(beats(desk.clone(), volunteer.token.clone(), stopped)));
    let token = &volunteer.token;
    let word = json!({ "text": "I am here. Take your time." });
    let end = json!({ "outcome": "supported", "risk_assessed": true });
    let mut held = BTreeMap::new();
    while let Some(event) = stream.next().await? {
        let request = text(&event.data, "request").to_owned();
        match event.name.as_str() {
            "offer" => {
                let offer = text(&event.data, "offer");
                desk.call(Call("POST", &format!("/v1/offers/{offer}/accept"), token, None)).await?;
                desk.call(Call("POST", &format!("/v1/requests/{request}/messages"), token, Some(&word))).await?;
                let meeting = meetings.meet(&request);
                meeting.notify_one();
                held.insert(request, meeting);
            }
            "message" if event.data["from"] == "member" => {
                let Some(meeting) = held.remove(&request) else { continue };
                desk.call(Call("POST", &format!("/v1/requests/{request}/close"), token, Some(&end))).await?;
                meeting.notify_one();
            }
            _ => {}
        }
    }
    Ok(())
}

/// Proves every ten seconds that a client is there, as a client should. People came at different times: only the first
/// time do they all do it at once.
pub(super) async fn beats(desk: Arc<Door>, token: String, mut stopped: watch::Receiver<bool>) -> Result<()> {
    let spread = token.bytes().fold(0_u64, |spread, byte| (spread * 31 + u64::from(byte)) % 10_000);
    let mut pause = Duration::from_millis(spread);
    loop {
        desk.call(Call("POST", "/v1/me/heartbeat", &token, None)).await?;
        tokio::select! {
            () = tokio::time::sleep(pause) => pause = Duration::from_secs(10),
            _ = stopped.changed() => return Ok(()),
        }
    }
}
