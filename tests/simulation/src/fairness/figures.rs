//! The plots of `docs/routing.md`.

use chrono::TimeDelta;
use wideawake_domain::Priority;

use super::Report;
use super::course::Course;
use super::measures::{Measures, percentile};
use super::night::{BY_HOUR, FIRST_HOUR, Night};
use super::promise::Promise;
use super::svg::{FAINT, INK, Page, Panel, Scale};
use super::tables::time;

const REAL: &str = "#31557f";
const PLAIN: &str = "#d8a13a";
const URGENCY: [&str; 4] = ["#8fa3c4", "#d8a13a", "#d0602a", "#8d1f3f"];

const WIDTH: f64 = 960.0;
const LEFT: f64 = 84.0;
const INNER: f64 = WIDTH - LEFT - 40.0;

/// The hours of the night on the members' clock.
fn hours(to: f64) -> (Scale, Vec<(f64, String)>) {
    let ticks = (0..=to as usize).step_by(2).map(|n| (n as f64, format!("{:02}:00", (FIRST_HOUR + n) % 24))).collect();
    (Scale::Linear(0.0, to), ticks)
}

/// Waits, from ten seconds to some hours.
fn waiting() -> (Scale, Vec<(f64, String)>) {
    let ticks = [5.0, 15.0, 60.0, 300.0, 900.0, 3_600.0, 10_800.0];
    let name = |seconds: f64| match seconds {
        s if s < 60.0 => format!("{s} s"),
        s if s < 3_600.0 => format!("{} min", s / 60.0),
        s => format!("{} h", s / 3_600.0),
    };
    (Scale::Log(3.0, 10_800.0), ticks.map(|seconds| (seconds, name(seconds))).into())
}

/// How many ask in each hour, and how many people are there for them.
pub(crate) fn demand(night: &Night) -> String {
    let mut page = Page::new(WIDTH, 360.0, "One night: who asks, and who is there");
    page.legend((84.0, 62.0), &[("members who ask, per hour", PLAIN), ("volunteers on shift", REAL)]);
    let (x, ticks) = hours(BY_HOUR.len() as f64);
    let panel = Panel { left: LEFT, top: 90.0, width: INNER, height: 200.0, x, y: Scale::Linear(0.0, 80.0) };
    let y: Vec<_> = (0..=4).map(|n| (f64::from(n) * 20.0, (n * 20).to_string())).collect();
    panel.axes(&mut page, &ticks, &y, "the members' clock", "");
    for n in 0..BY_HOUR.len() {
        let begin = night.start + TimeDelta::hours(n as i64);
        let count =
            night.askers.iter().filter(|asker| begin <= asker.at && asker.at < begin + TimeDelta::hours(1)).count();
        page.rect(panel.at(n as f64 + 0.12, 0.0), panel.at(n as f64 + 0.88, count as f64), PLAIN);
    }
    let mut points = Vec::new();
    for half in 0..BY_HOUR.len() * 2 {
        let at = night.start + TimeDelta::minutes(30 * half as i64);
        let there = night.people.iter().filter(|person| person.from <= at && at < person.to).count() as f64;
        points.extend([panel.at(half as f64 / 2.0, there), panel.at(half as f64 / 2.0 + 0.5, there)]);
    }
    page.path(&points, REAL, 2.5);
    page.end()
}

/// The waits of all nights, by priority: median, p95 and p99.
pub(crate) fn waits(report: &Report) -> String {
    let mut page = Page::new(WIDTH, 420.0, "How long members wait, by priority");
    page.legend((84.0, 62.0), &[("Wideawake", REAL), ("first come, first served", PLAIN)]);
    page.text((WIDTH - 40.0, 62.0), "end", FAINT, "dot: median · bar ends: 95 % · line ends: 99 %");
    let (x, ticks) = waiting();
    let panel = Panel { left: 110.0, top: 90.0, width: WIDTH - 150.0, height: 260.0, x, y: Scale::Linear(0.0, 4.0) };
    panel.axes(&mut page, &ticks, &[], "from asking to being accepted", "");
    for (value, _) in &ticks {
        page.line(panel.at(*value, 0.0), panel.at(*value, 4.0), "#e2e6f0", 1.0);
    }
    for (n, priority) in Priority::ALL.iter().enumerate() {
        let middle = n as f64 + 0.5;
        let (_, at) = panel.at(0.0, middle);
        page.text((98.0, at + 5.0), "end", INK, priority.as_str());
        for (measures, colour, shift) in [(&report.real, REAL, 0.18), (&report.plain, PLAIN, -0.18)] {
            let [p50, p95, p99] = [50.0, 95.0, 99.0].map(|p| percentile(measures.waits(*priority), p));
            let y = middle + shift;
            page.line(panel.at(p50, y), panel.at(p99, y), colour, 2.0);
            page.rect(panel.at(p50, y - 0.12), panel.at(p95, y + 0.12), colour);
            page.dot(panel.at(p50, y), 8.0, colour);
            let (x, at) = panel.at(p99, y);
            page.text((x + 6.0, at + 4.5), "start", FAINT, &time(p99));
        }
    }
    page.end()
}

/// Each member of one night, under both policies.
pub(crate) fn one_night(night: &Night, real: &Course, plain: &Course) -> String {
    let mut page = Page::new(WIDTH, 640.0, "One night, each member a dot");
    let names: Vec<(&str, &str)> = Priority::ALL.iter().map(|p| (p.as_str(), URGENCY[p.index()])).collect();
    page.legend((84.0, 62.0), &names);
    for (course, name, top) in [(real, "Wideawake: wait", 100.0), (plain, "first come, first served: wait", 370.0)] {
        let ((x, x_ticks), (y, y_ticks)) = (hours(BY_HOUR.len() as f64), waiting());
        let panel = Panel { left: LEFT, top, width: INNER, height: 200.0, x, y };
        panel.axes(
            &mut page,
            &x_ticks,
            &y_ticks,
            if top > 200.0 { "when they asked, on their clock" } else { "" },
            name,
        );
        for priority in Priority::ALL {
            for (n, asker) in night.askers.iter().enumerate().filter(|(_, asker)| asker.priority == priority) {
                let Some(waited) = course.waited(night, n) else { continue };
                let hour = (asker.at - night.start).as_seconds_f64() / 3_600.0;
                let radius = if priority >= Priority::Urgent { 5.0 } else { 3.5 };
                page.dot(panel.at(hour, waited.as_seconds_f64()), radius, URGENCY[priority.index()]);
            }
        }
    }
    page.end()
}

/// How many volunteers are asked how often.
pub(crate) fn offers(report: &Report) -> String {
    let mut page = Page::new(WIDTH, 360.0, "How often volunteers are asked");
    page.legend((84.0, 62.0), &[("Wideawake", REAL), ("first come, first served", PLAIN)]);
    let most = 5.0;
    let step = 0.5;
    let bins = (most / step) as usize;
    let share = |measures: &Measures| -> Vec<f64> {
        let rates = measures.offers_per_hour();
        let count = |bin: usize| rates.iter().filter(|rate| ((**rate / step) as usize).min(bins - 1) == bin).count();
        (0..bins).map(|bin| count(bin) as f64 * 100.0 / rates.len().max(1) as f64).collect()
    };
    let panel = Panel {
        left: LEFT,
        top: 100.0,
        width: INNER,
        height: 190.0,
        x: Scale::Linear(0.0, most),
        y: Scale::Linear(0.0, 30.0),
    };
    let x: Vec<_> = (0..=most as usize).map(|n| (n as f64, n.to_string())).collect();
    let y: Vec<_> = (0..=3).map(|n| (f64::from(n) * 10.0, format!("{} %", n * 10))).collect();
    panel.axes(&mut page, &x, &y, "offers per hour on shift", "part of the volunteers");
    for (measures, colour, shift) in [(&report.real, REAL, 0.04), (&report.plain, PLAIN, 0.26)] {
        for (bin, percent) in share(measures).into_iter().enumerate() {
            let left = bin as f64 * step + shift;
            page.rect(panel.at(left, 0.0), panel.at(left + 0.2, percent), colour);
        }
    }
    page.end()
}

/// What each member of one night was told, and how long it took.
pub(crate) fn estimates(told: &[Promise]) -> String {
    let mut page = Page::new(WIDTH, 400.0, "One night: what members were told, and how long it took");
    let names = [("told: from–to", "#b9c6de"), ("it took as long as that", REAL), ("it took less or more", "#d0602a")];
    page.legend((84.0, 62.0), &names);
    let ((x, x_ticks), (y, y_ticks)) = (hours(BY_HOUR.len() as f64), waiting());
    let panel = Panel { left: LEFT, top: 100.0, width: INNER, height: 230.0, x, y };
    panel.axes(&mut page, &x_ticks, &y_ticks, "when they asked, on their clock", "wait");
    let said = || told.iter().filter_map(|promise| promise.range.map(|range| (promise, range)));
    for (promise, (low, high)) in said() {
        page.line(panel.at(promise.hour, low), panel.at(promise.hour, high), "#b9c6de", 2.0);
    }
    for (promise, (low, high)) in said() {
        let held = (low..=high).contains(&promise.waited);
        page.dot(panel.at(promise.hour, promise.waited), 3.2, if held { REAL } else { "#d0602a" });
    }
    page.end()
}
