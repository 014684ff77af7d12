//! How long people waited in the last days, by priority: plots, and the figures beside them. As it was: a wait begins when
//! somebody asked and ends when somebody took their request; who left before that is shown, and not left out.

use askama::Template;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, TimeDelta};
use wideawake_domain::Priority;
use wideawake_domain::schedule::wall;
use wideawake_runtime::clock;
use wideawake_runtime::pages::{Frame, Page};

use super::coverage::day;
use super::plot::{Series, plot};
use super::shell::Shell;
use super::visitor::Visitor;
use crate::desk::Desk;
use crate::figures::{Day, Figure, Tier};

/// How many days are shown.
const DAYS: u64 = 7;

#[derive(Template)]
#[template(path = "waits.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    zone: String,
    tiers: Vec<Section>,
}

/// One priority.
struct Section {
    title: String,
    asked: u64,
    wait: String,
    word: String,
    rows: Vec<Row>,
}

struct Row {
    day: String,
    asked: usize,
    wait: [String; 3],
    word: [String; 3],
    left: usize,
    left_half: String,
    waiting: usize,
}

/// A time as `m:ss`; a dash where there is none.
fn time(length: Option<TimeDelta>) -> String {
    length.map_or_else(|| "–".to_owned(), |length| format!("{}:{:02}", length.num_minutes(), length.num_seconds() % 60))
}

fn times(figure: &Figure) -> [String; 3] {
    [figure.half, figure.nine_in_ten, figure.longest].map(time)
}

pub(super) async fn show(State(desk): State<Desk>, visitor: Visitor) -> Result<Response, Response> {
    let (frame, zone) = (visitor.frame, visitor.caller.member.zone);
    let today = wall::local(clock::now(), zone).date();
    let dates: Vec<NaiveDate> = (0..=DAYS)
        .filter_map(|n| (today.checked_sub_days(Days::new(DAYS - 1)))?.checked_add_days(Days::new(n)))
        .collect();
    let bounds: Vec<_> = dates.iter().map(|date| wall::first_instant(*date, NaiveTime::MIN, zone)).collect();
    let days = desk.figures.days(&desk.record, &visitor.caller.member.pools, &bounds).await;
    let days = days.map_err(|error| visitor.told(error.into()))?;
    let names: Vec<String> = dates.iter().take(days.len()).map(|date| day(&frame, *date)).collect();
    let short: Vec<String> = dates.iter().take(days.len()).map(|date| short(&frame, *date)).collect();
    // The most urgent first.
    let tiers = Priority::ALL.iter().enumerate().rev();
    let tiers = tiers.map(|(n, priority)| section(&frame, *priority, (&names, &short), &tier(&days, n)));
    let html =
        Html { frame, shell: visitor.shell("/board/waits"), zone: zone.name().to_owned(), tiers: tiers.collect() };
    Ok(Page::new(StatusCode::OK, &html).into_response())
}

/// The day as an axis has room for it, such as `Mon 30`.
fn short(frame: &Frame, date: NaiveDate) -> String {
    format!("{} {}", frame.say(&format!("day-{}", date.format("%a")).to_lowercase()), date.day())
}

fn tier(days: &[Day], n: usize) -> Vec<Tier> {
    days.iter().map(|day| day.tiers.get(n).cloned().unwrap_or_default()).collect()
}

fn section(frame: &Frame, priority: Priority, (names, short): (&[String], &[String]), tiers: &[Tier]) -> Section {
    let draw = |of: fn(&Tier) -> Figure| {
        let line = |key: &str, value: fn(&Figure) -> Option<TimeDelta>| Series {
            name: frame.say(key).into_owned(),
            points: tiers.iter().map(|tier| value(&of(tier)).map(|time| time.num_seconds() as f64 / 60.0)).collect(),
        };
        let lines = [
            line("waits-half", |figure| figure.half),
            line("waits-nine", |figure| figure.nine_in_ten),
            line("waits-longest", |figure| figure.longest),
        ];
        let empty = lines.iter().all(|line| line.points.iter().all(Option::is_none));
        if empty { String::new() } else { plot(short, &lines, &frame.say("waits-minutes")) }
    };
    let row = |(day, tier): (&String, &Tier)| Row {
        day: day.clone(),
        asked: tier.asked,
        wait: times(&tier.wait),
        word: times(&tier.word),
        left: tier.left.count,
        left_half: time(tier.left.half),
        waiting: tier.waiting,
    };
    Section {
        title: frame.say(&format!("say-priority-{}", priority.as_str())).into_owned(),
        asked: tiers.iter().map(|tier| tier.asked as u64).sum(),
        wait: draw(|tier| tier.wait),
        word: draw(|tier| tier.word),
        rows: names.iter().zip(tiers).map(row).collect(),
    }
}
