//! Where nobody is, in the next fourteen days: a table of days and hours for one language or qualification at a time, with
//! a number in each cell, and the gaps as a list.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use chrono_tz::Tz;
use wideawake_domain::schedule::coverage::{Needed, Step};
use wideawake_domain::schedule::{Span, wall};
use wideawake_runtime::acknowledge::inbound::form;
use wideawake_runtime::clock;
use wideawake_runtime::pages::{Frame, Page};

use super::shell::Shell;
use super::visitor::Visitor;
use crate::desk::Desk;
use crate::roster::covered;

/// How many days are shown.
const DAYS: u64 = 14;

/// How many gaps are listed.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "coverage.html")]
struct Html {
    frame: Frame,
    shell: Shell,
    zone: String,
    /// What can be looked at.
    choices: Vec<Choice>,
    /// What is looked at.
    title: String,
    rows: Vec<Row>,
    gaps: Vec<(String, String)>,
    /// How many gaps are not listed.
    more: u64,
}

struct Choice {
    key: String,
    words: String,
    here: bool,
    /// How many hours there is nobody.
    hours: u64,
}

struct Row {
    day: String,
    cells: Vec<Cell>,
}

struct Cell {
    /// How many there are at the least; `None` where there is no such hour, or where it is over.
    count: Option<u32>,
}

impl Cell {
    /// How well it is covered, 0 to 4: for the shade.
    const fn level(&self) -> &'static str {
        match self.count {
            None => "none",
            Some(0) => "0",
            Some(1) => "1",
            Some(2) => "2",
            Some(3 | 4) => "3",
            Some(_) => "4",
        }
    }
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Of {
    People,
    Language(String),
    Skill(String),
}

impl Of {
    fn all(needed: &Needed) -> Vec<Self> {
        let languages = needed.languages.iter().map(|language| Self::Language(language.to_string()));
        let skills = needed.skills.iter().cloned().map(Self::Skill);
        std::iter::once(Self::People).chain(languages).chain(skills).collect()
    }

    fn key(&self) -> String {
        match self {
            Self::People => "people".to_owned(),
            Self::Language(tag) => format!("language:{tag}"),
            Self::Skill(skill) => format!("skill:{skill}"),
        }
    }

    fn words(&self, frame: &Frame) -> String {
        match self {
            Self::People => frame.say("coverage-people").into_owned(),
            Self::Language(tag) => language(frame, tag),
            Self::Skill(skill) => skill.replace(['-', '_'], " "),
        }
    }

    fn count(&self, step: &Step) -> u32 {
        match self {
            Self::People => step.people,
            Self::Language(tag) => {
                step.languages.iter().find(|(language, _)| language.to_string() == *tag).map_or(0, |(_, count)| *count)
            }
            Self::Skill(skill) => step.qualifications.get(skill).copied().unwrap_or(0),
        }
    }
}

/// A language by its name, where there is one.
pub(super) fn language(frame: &Frame, tag: &str) -> String {
    let key = format!("language-{}", tag.to_lowercase());
    if frame.words.has(&key) { frame.say(&key).into_owned() } else { tag.to_owned() }
}

/// The day in words, such as `Mon 30 Nov`.
pub(super) fn day(frame: &Frame, date: NaiveDate) -> String {
    let (weekday, month) = (format!("day-{}", date.format("%a")).to_lowercase(), format!("month-{}", date.month()));
    let (weekday, month) = (frame.say(&weekday), frame.say(&month));
    let args = [("weekday", weekday.into()), ("day", date.day().to_string().into()), ("month", month.into())];
    frame.words.with("short-date", &args)
}

pub(super) async fn show(State(desk): State<Desk>, uri: Uri, visitor: Visitor) -> Result<Response, Response> {
    let (frame, zone, now) = (visitor.frame, visitor.caller.member.zone, clock::now());
    let today = wall::local(now, zone).date();
    let midnight = |date: NaiveDate| wall::first_instant(date, NaiveTime::MIN, zone);
    let last = today.checked_add_days(Days::new(DAYS)).unwrap_or(today);
    let window = Span { start: midnight(today), end: midnight(last) };
    let covered = covered(&desk, &visitor.caller, window, TimeDelta::hours(1)).await;
    let (needed, steps) = covered.map_err(|problem| visitor.told(problem))?;
    let steps: Vec<Step> = steps.into_iter().filter(|step| step.span.end > now).collect();
    let query = form(uri.query().unwrap_or_default().as_bytes()).unwrap_or_default();
    let wanted = query.into_iter().find(|(name, _)| name == "of").map(|(_, value)| value);
    let all = Of::all(&needed);
    let of = all.iter().find(|of| Some(of.key()) == wanted).cloned().unwrap_or(Of::People);
    let choices = all.iter().map(|one| Choice {
        key: one.key(),
        words: one.words(&frame),
        here: *one == of,
        hours: steps.iter().filter(|step| one.count(step) == 0).count() as u64,
    });
    let spans = merged_gaps(&steps, &of);
    let moment = |at: DateTime<Utc>| {
        let local = wall::local(at, zone);
        format!("{} {}", day(&frame, local.date()), local.format("%H:%M"))
    };
    let html = Html {
        frame,
        shell: visitor.shell("/board/coverage"),
        zone: zone.name().to_owned(),
        choices: choices.collect(),
        title: of.words(&frame),
        rows: rows(&frame, &grid(&steps, &of, zone), today),
        gaps: spans.iter().take(LISTED).map(|span| (moment(span.start), moment(span.end))).collect(),
        more: spans.len().saturating_sub(LISTED) as u64,
    };
    Ok(Page::new(StatusCode::OK, &html).into_response())
}

type Grid = BTreeMap<(NaiveDate, u32), u32>;

/// By day and hour of the reader's clock. An hour that the clock shows twice counts as the worse of the two.
fn grid(steps: &[Step], of: &Of, zone: Tz) -> Grid {
    let mut grid = Grid::new();
    for step in steps {
        let local = wall::local(step.span.start, zone);
        let count = of.count(step);
        grid.entry((local.date(), wall::hour(step.span.start, zone)))
            .and_modify(|least| *least = count.min(*least))
            .or_insert(count);
    }
    grid
}

fn rows(frame: &Frame, grid: &Grid, first: NaiveDate) -> Vec<Row> {
    let days = first.iter_days().take(DAYS as usize);
    let row = |date: NaiveDate| Row {
        day: day(frame, date),
        cells: (0..24).map(|hour| Cell { count: grid.get(&(date, hour)).copied() }).collect(),
    };
    days.map(row).collect()
}

/// The times when there is nobody, each as long as it goes on.
fn merged_gaps(steps: &[Step], of: &Of) -> Vec<Span> {
    let mut gaps: Vec<Span> = Vec::new();
    for step in steps.iter().filter(|step| of.count(step) == 0) {
        match gaps.last_mut() {
            Some(last) if last.end == step.span.start => last.end = step.span.end,
            _ => gaps.push(step.span),
        }
    }
    gaps
}

#[cfg(test)]
mod tests {
    use super::*;
    use wideawake_domain::schedule::coverage::{Available, coverage};

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().expect("an instant")
    }

    #[test]
    fn an_hour_that_comes_twice_counts_as_the_worse_and_one_that_is_skipped_is_none() {
        // Berlin, 25 October 2026: from 03:00 back to 02:00.
        let (from, to) = (at("2026-10-24T22:00:00Z"), at("2026-10-25T23:00:00Z"));
        let there = Available {
            languages: vec![],
            skills: vec![],
            spans: vec![Span { start: at("2026-10-25T01:00:00Z"), end: to }],
        };
        let steps = coverage(&[there], &Needed::default(), from, to, TimeDelta::hours(1)).expect("steps");
        let grid = grid(&steps, &Of::People, chrono_tz::Europe::Berlin);
        let day = from.date_naive() + Days::new(1);
        assert_eq!((grid[&(day, 1)], grid[&(day, 2)], grid[&(day, 3)]), (0, 0, 1));
        assert_eq!(merged_gaps(&steps, &Of::People), [Span { start: from, end: at("2026-10-25T01:00:00Z") }]);
        let spring = coverage(
            &[],
            &Needed::default(),
            at("2026-03-28T23:00:00Z"),
            at("2026-03-29T22:00:00Z"),
            TimeDelta::hours(1),
        );
        let grid = super::grid(&spring.expect("steps"), &Of::People, chrono_tz::Europe::Berlin);
        assert_eq!((grid.len(), grid.get(&(NaiveDate::from_ymd_opt(2026, 3, 29).expect("a date"), 2))), (23, None));
    }
}
