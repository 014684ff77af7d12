//! One address asks for as much as it can, while members from elsewhere ask and talk: what they notice of it.
//!
//! Everybody has an address of their own on this machine (127.0.1.1 and so on), and so has the attacker. First there are the
//! members alone, then both, with the same program and the same people.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use serde_json::{Value, json};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, sleep_until, timeout_at};

use super::people::{self, MEMBER, Mark, Side, VOLUNTEER};
use super::{AFTERWARDS, Seen, arrivals, collect};
use crate::Args;
use crate::alarm::Alarm;
use crate::client::{Call, Door};
use crate::people::volunteers;
use crate::program::Stage;
use crate::report::Report;
use crate::samples::Samples;

/// How many members ask each second.
const MEMBERS: u32 = 20;
/// From how many addresses.
const ADDRESSES: u8 = 200;
/// How many connections the attacker keeps open.
const CONNECTIONS: u32 = 64;
/// What the p99 of others may grow by.
const BUDGET: f64 = 100.0;

/// What came of an attack.
#[derive(Default)]
struct Attack {
    answers: BTreeMap<u16, u64>,
    took: Option<Samples>,
}

pub(crate) async fn measure(stage: &Stage, args: &Args, report: &mut Report) -> Result<()> {
    let line = stage.limited_line()?;
    let volunteers = volunteers(&line, args.volunteers, 2).await?;
    let program = line.serve().await?;
    let alarm = Alarm::start();
    let (notes, mut noted) = mpsc::unbounded_channel();
    let side = |door| Side { alarm: alarm.clone(), door: Arc::new(door), notes: notes.clone() };
    let desk = side(program.desk());
    let intake = program.intake().at();
    let sides: Vec<Side> = (1..=ADDRESSES).map(|n| side(Door::from(intake, IpAddr::from([127, 0, 1, n])))).collect();
    let (stop, stopped) = watch::channel(false);
    let mut staff = JoinSet::new();
    for volunteer in volunteers {
        staff.spawn(people::work(desk.clone(), volunteer, stopped.clone()));
    }
    sleep(Duration::from_secs(2)).await;
    let count = MEMBERS * args.seconds;
    let mut parts = Vec::new();
    for rate in [None, Some(args.attack)] {
        let before = program.computed()?;
        let began = Instant::now() + Duration::from_millis(100);
        let until = began + Duration::from_secs(args.seconds.into());
        let attack = rate.map(|rate| tokio::spawn(flood(intake, rate, until)));
        let mut members = JoinSet::new();
        for (n, at) in arrivals(MEMBERS, count).enumerate() {
            members.spawn(people::live(sides[n % sides.len()].clone(), began + at));
        }
        while let Ok(Some(_)) = timeout_at((until + AFTERWARDS).into(), members.join_next()).await {}
        let attack = match attack {
            Some(attack) => Some(attack.await?),
            None => None,
        };
        let computed = program.computed()?.saturating_sub(before);
        members.shutdown().await;
        parts.push((began, computed, attack));
    }
    let resident = program.resident()?;
    stop.send(true).ok();
    let _ = tokio::time::timeout(Duration::from_secs(5), async { while staff.join_next().await.is_some() {} }).await;
    staff.shutdown().await;
    program.stop().await?;
    let (marks, refusals) = collect(&mut noted);
    let seen = |part: usize| {
        let (began, computed, _) = &parts[part];
        let ends = parts.get(part + 1).map(|(next, ..)| *next);
        let came: Vec<&String> = marks
            .iter()
            .filter(|((_, mark), at)| *mark == Mark::Arrives && *at >= began && ends.is_none_or(|ends| **at < ends))
            .map(|((id, _), _)| id)
            .collect();
        let of = |id: &String| came.binary_search(&id).is_ok();
        let marks = marks.iter().filter(|((id, _), _)| of(id)).map(|(key, at)| (key.clone(), *at)).collect();
        let took = Duration::from_secs(args.seconds.into());
        Seen { rate: MEMBERS, count, marks, refusals: BTreeMap::new(), took, computed: *computed, resident }
    };
    let (alone, attacked) = (seen(0), seen(1));
    report.part(&format!("One address sends {} calls a second", args.attack));
    report.say(&format!(
        "{MEMBERS} members a second from {ADDRESSES} other addresses ask, are offered, accepted, and talk, for {} s without \
         the attack and for {} s with it. In milliseconds.",
        args.seconds, args.seconds
    ));
    report.table("from → to | count | alone: p50 | p99 | attacked: p50 | p99 | p99 grows by | budget");
    let mut row = |what: &str, of: &dyn Fn(&Seen) -> Samples| {
        let (alone, attacked) = (of(&alone), of(&attacked));
        let grows = attacked.at(99.0) - alone.at(99.0);
        let held = if grows <= BUDGET { "holds" } else { "**missed**" };
        report.line(&format!(
            "{what} | {} | {:.2} | {:.2} | {:.2} | {:.2} | {grows:.2} | ≤ {BUDGET:.0} {held}",
            attacked.len(),
            alone.at(50.0),
            alone.at(99.0),
            attacked.at(50.0),
            attacked.at(99.0)
        ));
    };
    row("asks → answered", &|seen| seen.between(Mark::Arrives, Mark::Answered));
    row("asks → offer on the volunteer's stream", &|seen| seen.between(Mark::Arrives, Mark::Offered));
    row("volunteer's message → member's stream", &|seen| {
        seen.messages(Mark::VolunteerSays, Mark::MemberHears, VOLUNTEER.len() - 1)
    });
    row("member's message → volunteer's stream", &|seen| {
        seen.messages(Mark::MemberSays, Mark::VolunteerHears, MEMBER.len())
    });
    for (seen, words) in [(&alone, "alone"), (&attacked, "attacked")] {
        report.say(&format!("Helped to the end, {words}: {:.1} % of {}.", seen.share(Mark::Ended) * 100.0, seen.count));
    }
    if let Some((_, _, Some(attack))) = parts.last() {
        let sent: u64 = attack.answers.values().sum();
        let answers: Vec<String> = attack.answers.iter().map(|(status, times)| format!("{times} × {status}")).collect();
        let more = attacked.computed.saturating_sub(alone.computed);
        report.say(&format!(
            "The attacker sent {sent} calls, {:.0} a second: {}. They cost the program {:.0} µs each more than it took \
             without them, {:.2} of a core; the attacker waited {:.1} ms for half of its answers.",
            sent as f64 / f64::from(args.seconds),
            answers.join(", "),
            more.as_secs_f64() * 1e6 / (sent.max(1) as f64),
            more.as_secs_f64() / f64::from(args.seconds),
            attack.took.as_ref().map_or(0.0, |took| took.at(50.0)),
        ));
    }
    for (why, times) in &refusals {
        report.say(&format!("{times} times: {why}"));
    }
    report.say(&format!("Resident memory at the end: {:.0} MB.", resident as f64 / 1e6));
    Ok(())
}

/// Calls from one address, at that rate if they are answered in time, until then: requests for support, ordinary, urgent and
/// malformed, guesses at the tokens of others, and what everyone may read.
async fn flood(at: SocketAddr, rate: u32, until: Instant) -> Attack {
    let every = Duration::from_secs(1) * CONNECTIONS / rate.max(1);
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for n in 0..CONNECTIONS {
        workers.spawn(async move {
            let door = Door::from(at, IpAddr::from([127, 0, 0, 66]));
            let plain = json!({ "language": "en", "message": "let me in ".repeat(100) });
            let urgent = json!({ "language": "en", "message": "let me in", "screening": { "q4": true } });
            let wrong = json!({ "language": "x".repeat(4_000) });
            let word = json!({ "text": "let me in" });
            let guess = "x".repeat(43);
            let mut attack = Attack { took: Some(Samples::new()), ..Attack::default() };
            let mut next = began + every * n / CONNECTIONS;
            for turn in 0_u64.. {
                next += every;
                sleep_until(next.into()).await;
                if Instant::now() >= until {
                    break;
                }
                let unknown = format!("/v1/requests/00000000-0000-7000-8000-{turn:012x}/messages");
                let call = match (turn + u64::from(n)) % 5 {
                    0 => Call("POST", "/v1/requests", "", Some(&plain)),
                    1 => Call("POST", "/v1/requests", "", Some(&urgent)),
                    2 => Call("POST", "/v1/requests", "", Some(&wrong)),
                    3 => Call("POST", &unknown, &guess, Some(&word)),
                    _ => Call("GET", "/v1/resources", "", None::<&Value>),
                };
                let asked = Instant::now();
                let status = door.ask(call).await.map_or(0, |(status, _)| status);
                *attack.answers.entry(status).or_default() += 1;
                if let Some(took) = &mut attack.took {
                    took.add(asked.elapsed());
                }
            }
            attack
        });
    }
    let mut all = Attack { took: Some(Samples::new()), ..Attack::default() };
    while let Some(done) = workers.join_next().await {
        let Ok(one) = done else { continue };
        for (status, times) in one.answers {
            *all.answers.entry(status).or_default() += times;
        }
        if let (Some(all), Some(one)) = (&mut all.took, &one.took) {
            all.join(one);
        }
    }
    all
}
