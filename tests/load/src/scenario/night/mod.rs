//! Members arrive whether or not the line keeps up, talk for a while, and go.
//!
//! Arrivals are open-loop: each has a moment that was fixed before, and what it took counts from that moment. That a line
//! does not keep up is a finding like any other.

pub(crate) mod attack; // one address that asks for as much as it can
mod people;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout_at};

use crate::Args;
use crate::alarm::Alarm;
use crate::floor::Floor;
use crate::people::volunteers;
use crate::program::Stage;
use crate::report::Report;
use crate::samples::Samples;
use people::{MEMBER, Mark, Note, Side, VOLUNTEER};

/// How long after the last member has come conversations may still take.
const AFTERWARDS: Duration = Duration::from_secs(30);

/// A line keeps up when so many of those who asked are helped to the end …
const MOST: f64 = 0.99;

/// … and half of them had an offer within this time.
const SOON: f64 = 1_000.0;

/// What was seen at one rate.
struct Seen {
    rate: u32,
    count: u32,
    marks: BTreeMap<(String, Mark), Instant>,
    refusals: BTreeMap<String, u64>,
    /// From the first arrival until the last member had gone, or nobody waited for them any longer.
    took: Duration,
    /// How long the program computed meanwhile.
    computed: Duration,
    resident: u64,
}

/// One rate after the other, each on a line of its own.
pub(crate) async fn measure(stage: &Stage, args: &Args, floor: &Floor, report: &mut Report) -> Result<()> {
    let mut all = Vec::new();
    for rate in &args.rate {
        let seen = at(stage, args, *rate).await?;
        tell(&seen, args, floor, report);
        all.push(seen);
    }
    if all.len() > 1 {
        report.part("How many it can be");
        report.table("members/s | helped to the end | asks → offer, p50 | p99 | keeps up");
        for seen in &all {
            let (helped, offers) = (seen.share(Mark::Ended), seen.between(Mark::Arrives, Mark::Offered));
            let keeps_up = if seen.keeps_up() { "yes" } else { "**no**" };
            report.line(&format!(
                "{} | {:.1} % | {:.1} ms | {:.1} ms | {keeps_up}",
                seen.rate,
                helped * 100.0,
                offers.at(50.0),
                offers.at(99.0)
            ));
        }
    }
    Ok(())
}

async fn at(stage: &Stage, args: &Args, rate: u32) -> Result<Seen> {
    let line = stage.line()?;
    let volunteers = volunteers(&line, args.volunteers, 2).await?;
    let program = line.serve().await?;
    let alarm = Alarm::start();
    let (notes, mut noted) = mpsc::unbounded_channel();
    let side = |door| Side { alarm: alarm.clone(), door: Arc::new(door), notes: notes.clone() };
    let (intake, desk) = (side(program.intake()), side(program.desk()));
    let (stop, stopped) = watch::channel(false);
    let mut staff = JoinSet::new();
    for volunteer in volunteers {
        staff.spawn(people::work(desk.clone(), volunteer, stopped.clone()));
    }
    sleep(Duration::from_secs(2)).await;
    let before = program.computed()?;
    let count = rate * args.seconds;
    let began = Instant::now() + Duration::from_millis(100);
    let mut members = JoinSet::new();
    let mut last = Duration::ZERO;
    for at in arrivals(rate, count) {
        last = at;
        members.spawn(people::live(intake.clone(), began + at));
    }
    let until = (began + last + AFTERWARDS).into();
    while let Ok(Some(_)) = timeout_at(until, members.join_next()).await {}
    let (took, computed) = (began.elapsed(), program.computed()?.saturating_sub(before));
    let resident = program.resident()?;
    members.shutdown().await;
    stop.send(true).ok();
    // Whoever hangs on a call is not waited for.
    let _ = tokio::time::timeout(Duration::from_secs(5), async { while staff.join_next().await.is_some() {} }).await;
    staff.shutdown().await;
    program.stop().await?;
    let (marks, refusals) = collect(&mut noted);
    Ok(Seen { rate, count, marks, refusals, took, computed, resident })
}

/// Everything that was put down so far.
fn collect(noted: &mut mpsc::UnboundedReceiver<Note>) -> (BTreeMap<(String, Mark), Instant>, BTreeMap<String, u64>) {
    let (mut marks, mut refusals) = (BTreeMap::new(), BTreeMap::new());
    while let Ok(note) = noted.try_recv() {
        match note {
            Note::Mark(request, mark, at) => drop(marks.insert((request, mark), at)),
            Note::Refused(why) => *refusals.entry(why).or_default() += 1,
        }
    }
    (marks, refusals)
}

impl Seen {
    fn between(&self, from: Mark, to: Mark) -> Samples {
        let starts = self.marks.iter().filter(|((_, mark), _)| *mark == from);
        let ends = |id: &String| self.marks.get(&(id.clone(), to));
        starts.filter_map(|((id, _), at)| Some(ends(id)?.saturating_duration_since(*at))).collect()
    }

    fn messages(&self, from: fn(u8) -> Mark, to: fn(u8) -> Mark, count: usize) -> Samples {
        let mut all = Samples::new();
        (0..count as u8).for_each(|n| all.join(&self.between(from(n), to(n))));
        all
    }

    /// How many of those who meant to ask came so far.
    fn share(&self, mark: Mark) -> f64 {
        self.marks.keys().filter(|(_, made)| *made == mark).count() as f64 / f64::from(self.count)
    }

    fn keeps_up(&self) -> bool {
        self.share(Mark::Ended) >= MOST && self.between(Mark::Arrives, Mark::Offered).at(50.0) <= SOON
    }
}

fn tell(seen: &Seen, args: &Args, floor: &Floor, report: &mut Report) {
    report.part(&format!("{} members a second for {} s, {} volunteers", seen.rate, args.seconds, args.volunteers));
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
    line("asks → answered", &seen.between(Mark::Arrives, Mark::Answered), false);
    line("asks → offer on the volunteer's stream", &seen.between(Mark::Arrives, Mark::Offered), true);
    line("accepts → answered", &seen.between(Mark::Accepts, Mark::AcceptAnswered), false);
    line("accepts → member told", &seen.between(Mark::Accepts, Mark::MemberTold), true);
    let to_member = seen.messages(Mark::VolunteerSays, Mark::MemberHears, VOLUNTEER.len() - 1);
    line("volunteer's message → member's stream", &to_member, true);
    let to_volunteer = seen.messages(Mark::MemberSays, Mark::VolunteerHears, MEMBER.len());
    line("member's message → volunteer's stream", &to_volunteer, true);
    let percent = |mark| seen.share(mark) * 100.0;
    report.say(&format!(
        "Of {} who asked, {:.1} % were answered, {:.1} % offered to somebody, {:.1} % accepted, and {:.1} % helped to the \
         end within {:.0} s: the line {}.",
        seen.count,
        percent(Mark::Answered),
        percent(Mark::Offered),
        percent(Mark::AcceptAnswered),
        percent(Mark::Ended),
        seen.took.as_secs_f64(),
        if seen.keeps_up() { "keeps up" } else { "**does not keep up**" }
    ));
    for (why, times) in &seen.refusals {
        report.say(&format!("{times} times: {why}"));
    }
    report.say(&format!(
        "The program took {:.2} of a core, {:.2} ms for each who asked, and {:.0} MB at the end.",
        seen.computed.as_secs_f64() / seen.took.as_secs_f64(),
        seen.computed.as_secs_f64() * 1e3 / f64::from(seen.count),
        seen.resident as f64 / 1e6
    ));
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
