//! Members arrive whether or not the line keeps up, talk for a while, and go.
//!
//! Arrivals are open-loop: each has a moment that was fixed before, and what it took counts from that moment.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;
use tokio_util::task::AbortOnDropHandle;

use super::lives::beats;
use crate::Args;
use crate::alarm::Alarm;
use crate::client::{Call, Door, text};
use crate::floor::Floor;
use crate::people::{self, Volunteer};
use crate::program::Stage;
use crate::report::Report;
use crate::samples::Samples;

/// What somebody did or saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    /// The moment a member was meant to ask.
    Arrives,
    Answered,
    Offered,
    /// The moment the volunteer meant to accept.
    Accepts,
    AcceptAnswered,
    MemberTold,
    VolunteerSays(u8),
    MemberHears(u8),
    MemberSays(u8),
    VolunteerHears(u8),
}

type Marks = Vec<(String, Mark, Instant)>;

/// How long into a conversation each side says something, in milliseconds; at the last one the volunteer closes it.
const VOLUNTEER: [u64; 3] = [200, 900, 1_600];
const MEMBER: [u64; 2] = [500, 1_200];

pub(crate) async fn measure(stage: &Stage, args: &Args, floor: &Floor, report: &mut Report) -> Result<()> {
    let line = stage.line()?;
    let volunteers = people::volunteers(&line, args.volunteers, 2).await?;
    let program = line.serve().await?;
    let (intake, desk) = (Arc::new(program.intake()), Arc::new(program.desk()));
    let alarm = Alarm::start();
    let (stop, stopped) = watch::channel(false);
    let mut staff = JoinSet::new();
    for volunteer in volunteers {
        staff.spawn(work(alarm.clone(), desk.clone(), volunteer, stopped.clone()));
    }
    sleep(Duration::from_secs(2)).await;
    let before = program.computed()?;
    let count = args.rate * args.seconds;
    let began = Instant::now() + Duration::from_millis(100);
    let mut members = JoinSet::new();
    for at in arrivals(args.rate, count) {
        members.spawn(live(alarm.clone(), intake.clone(), began + at));
    }
    let mut marks = Marks::new();
    while let Some(member) = members.join_next().await {
        marks.extend(member??);
    }
    let (took, computed) = (began.elapsed(), program.computed()?.saturating_sub(before));
    let resident = program.resident()?;
    stop.send(true).ok();
    while let Some(volunteer) = staff.join_next().await {
        marks.extend(volunteer??);
    }
    program.stop().await?;
    let seen: BTreeMap<(String, Mark), Instant> = marks.into_iter().map(|(id, mark, at)| ((id, mark), at)).collect();
    let between = |from: Mark, to: Mark| -> Samples {
        let starts = seen.iter().filter(|((_, mark), _)| *mark == from);
        starts.filter_map(|((id, _), at)| Some(seen.get(&(id.clone(), to))?.saturating_duration_since(*at))).collect()
    };
    let messages = |from: fn(u8) -> Mark, to: fn(u8) -> Mark, count: u8| -> Samples {
        let mut all = Samples::new();
        (0..count).for_each(|n| all.join(&between(from(n), to(n))));
        all
    };
    report.part(&format!("{} members a second for {} s, {} volunteers", args.rate, args.seconds, args.volunteers));
    report.say(
        "Each asks, is offered, accepted at once, says two things, hears two, and is gone after 1.6 s. From the intended \
         moment, in milliseconds.",
    );
    report.table("from → to | count | p50 | p90 | p99 | p99.9 | longest | budget: p50, p99");
    let (p50, p99) = floor.budget();
    let mut line = |what: &str, samples: &Samples, counts: bool| {
        let held = |value: f64, budget: f64| if value <= budget { "holds" } else { "missed" };
        let budget = if counts {
            let half = format!("≤ {p50:.2} {}", held(samples.at(50.0), p50));
            match p99 {
                Some(p99) => format!("{half}, ≤ {p99:.2} {}", held(samples.at(99.0), p99)),
                None => half,
            }
        } else {
            String::new()
        };
        report.line(&format!("{what} | {samples} | {budget}"));
    };
    line("asks → answered", &between(Mark::Arrives, Mark::Answered), false);
    line("asks → offer on the volunteer's stream", &between(Mark::Arrives, Mark::Offered), true);
    line("accepts → answered", &between(Mark::Accepts, Mark::AcceptAnswered), false);
    line("accepts → member told", &between(Mark::Accepts, Mark::MemberTold), true);
    let to_member = messages(Mark::VolunteerSays, Mark::MemberHears, VOLUNTEER.len() as u8 - 1);
    line("volunteer's message → member's stream", &to_member, true);
    let to_volunteer = messages(Mark::MemberSays, Mark::VolunteerHears, MEMBER.len() as u8);
    line("member's message → volunteer's stream", &to_volunteer, true);
    let cores = computed.as_secs_f64() / took.as_secs_f64();
    report.say(&format!(
        "{count} lives; the program took {cores:.2} of a core and {:.0} MB at the end.",
        resident as f64 / 1e6
    ));
    Ok(())
}

/// Moments at which members arrive: as by chance, and the same in each run.
fn arrivals(rate: u32, count: u32) -> impl Iterator<Item = Duration> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut at = 0.0;
    (0..count).map(move |_| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let uniform = ((state >> 11) as f64 + 1.0) / (1_u64 << 53) as f64;
        at += -uniform.ln() / f64::from(rate);
        Duration::from_secs_f64(at)
    })
}

async fn live(alarm: Alarm, intake: Arc<Door>, arrives: Instant) -> Result<Marks> {
    alarm.at(arrives).await;
    let body = json!({ "language": "en", "message": "I do not know whom else to ask." });
    let opened = intake.call(Call("POST", "/v1/requests", "", Some(&body))).await?;
    let answered = Instant::now();
    let (id, token) = (text(&opened, "id"), text(&opened, "token"));
    let mut marks = vec![(id.to_owned(), Mark::Arrives, arrives), (id.to_owned(), Mark::Answered, answered)];
    let mut stream = intake.stream(&format!("/v1/requests/{id}/stream"), token).await?;
    let mut says: Option<AbortOnDropHandle<Result<Marks>>> = None;
    while let Some(event) = stream.next().await? {
        match event.name.as_str() {
            "status" if event.data["status"] == "active" && says.is_none() => {
                marks.push((id.to_owned(), Mark::MemberTold, event.at));
                let talk = talk(alarm.clone(), intake.clone(), id.to_owned(), token.to_owned(), event.at);
                says = Some(AbortOnDropHandle::new(tokio::spawn(talk)));
            }
            "message" if event.data["from"] == "volunteer" => {
                marks.push((id.to_owned(), Mark::MemberHears(number(&event.data)), event.at));
            }
            "closed" => break,
            _ => {}
        }
    }
    marks.extend(says.context("a conversation ended that never began")?.await??);
    Ok(marks)
}

async fn talk(alarm: Alarm, intake: Arc<Door>, id: String, token: String, since: Instant) -> Result<Marks> {
    let mut marks = Marks::new();
    for (n, after) in (0..).zip(MEMBER) {
        let at = since + Duration::from_millis(after);
        alarm.at(at).await;
        let word = json!({ "text": format!("{n}: thank you for being there") });
        intake.call(Call("POST", &format!("/v1/requests/{id}/messages"), &token, Some(&word))).await?;
        marks.push((id.clone(), Mark::MemberSays(n), at));
    }
    Ok(marks)
}

/// Which of its messages it is.
fn number(message: &serde_json::Value) -> u8 {
    text(message, "text").split(':').next().and_then(|n| n.parse().ok()).unwrap_or(u8::MAX)
}

async fn work(
    alarm: Alarm,
    desk: Arc<Door>,
    volunteer: Volunteer,
    mut stopped: watch::Receiver<bool>,
) -> Result<Marks> {
    let token: Arc<str> = volunteer.token.as_str().into();
    let mut stream = desk.stream("/v1/me/stream", &token).await?;
    let beating = beats(desk.clone(), volunteer.token.clone(), stopped.clone());
    let _beats = AbortOnDropHandle::new(tokio::spawn(beating));
    let (mut marks, mut conversations) = (Marks::new(), JoinSet::new());
    loop {
        let event = tokio::select! {
            event = stream.next() => event?.context("the stream ended")?,
            _ = stopped.changed() => break,
        };
        let request = text(&event.data, "request").to_owned();
        match event.name.as_str() {
            "offer" => {
                marks.push((request.clone(), Mark::Offered, event.at));
                let offer = text(&event.data, "offer").to_owned();
                conversations.spawn(converse(alarm.clone(), desk.clone(), token.clone(), offer, request, event.at));
            }
            "message" if event.data["from"] == "member" => {
                marks.push((request, Mark::VolunteerHears(number(&event.data)), event.at));
            }
            "offer_withdrawn" => bail!("an offer was withdrawn: {}", event.data),
            _ => {}
        }
    }
    while let Some(conversation) = conversations.join_next().await {
        marks.extend(conversation??);
    }
    Ok(marks)
}

async fn converse(
    alarm: Alarm,
    desk: Arc<Door>,
    token: Arc<str>,
    offer: String,
    request: String,
    offered: Instant,
) -> Result<Marks> {
    desk.call(Call("POST", &format!("/v1/offers/{offer}/accept"), &token, None)).await?;
    let mut marks =
        vec![(request.clone(), Mark::Accepts, offered), (request.clone(), Mark::AcceptAnswered, Instant::now())];
    for (n, after) in (0..).zip(VOLUNTEER) {
        let at = offered + Duration::from_millis(after);
        alarm.at(at).await;
        if usize::from(n) + 1 == VOLUNTEER.len() {
            break;
        }
        let word = json!({ "text": format!("{n}: I am here, take your time") });
        desk.call(Call("POST", &format!("/v1/requests/{request}/messages"), &token, Some(&word))).await?;
        marks.push((request.clone(), Mark::VolunteerSays(n), at));
    }
    let end = json!({ "outcome": "supported", "risk_assessed": true });
    desk.call(Call("POST", &format!("/v1/requests/{request}/close"), &token, Some(&end))).await?;
    Ok(marks)
}
