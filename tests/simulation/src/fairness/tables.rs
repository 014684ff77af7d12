//! The tables, as Markdown.

use std::fmt::Write;

use wideawake_domain::Priority;

use super::Report;
use super::measures::{Measures, percentile, unevenness};
use super::promise::{Kept, Promise};

/// Members, by how many are before them.
const PLACES: [(&str, usize, usize); 4] =
    [("next", 0, 0), ("2nd or 3rd", 1, 2), ("4th to 10th", 3, 9), ("11th or later", 10, usize::MAX)];

pub(crate) fn all(report: &Report) -> String {
    let mut out = String::new();
    let Report { first, nights, members, .. } = report;
    let last = first + nights - 1;
    let _ = writeln!(out, "{nights} nights (seeds {first} to {last}), {members} members, 60 volunteers each night.");
    for table in [waits(report), people(report), costs(report), deaf(report), told(report)] {
        out.push('\n');
        out.push_str(&table);
    }
    out
}

/// Seconds as a person would say them.
pub(crate) fn time(seconds: f64) -> String {
    match seconds {
        s if s < 99.5 => format!("{s:.0} s"),
        s if s < 5_970.0 => format!("{:.0} min", s / 60.0),
        s => format!("{:.1} h", s / 3_600.0),
    }
}

fn percent(part: f64) -> String {
    format!("{:.1} %", part * 100.0)
}

fn row(name: &str, waits: &[f64]) -> String {
    let times = [50.0, 95.0, 99.0, 100.0].map(|p| time(percentile(waits, p)));
    format!("{name} | {} | {} |", waits.len(), times.join(" | "))
}

fn waits(report: &Report) -> String {
    let mut out = String::from("### Waits from asking to being accepted\n\n");
    out.push_str("| priority | policy | members | p50 | p95 | p99 | longest |\n|---|---|---:|---:|---:|---:|---:|\n");
    for priority in Priority::ALL.into_iter().rev() {
        let _ = writeln!(out, "| {priority} | {}", row("Wideawake", report.real.waits(priority)));
        let _ = writeln!(out, "| | {}", row("first come, first served", report.plain.waits(priority)));
    }
    let _ = writeln!(out, "| everybody | {}", row("Wideawake", &report.real.all_waits()));
    let _ = writeln!(out, "| | {}", row("first come, first served", &report.plain.all_waits()));
    let (real, plain) = (report.real.unserved, report.plain.unserved);
    let _ = writeln!(out, "\nNever served: {real} with Wideawake, {plain} first come, first served.");
    out
}

fn people(report: &Report) -> String {
    let mut out = String::from("### Volunteers\n\n| | Wideawake | first come, first served |\n|---|---:|---:|\n");
    let both = [&report.real, &report.plain];
    let mut line = |name: &str, of: &dyn Fn(&Measures) -> String| {
        let [real, plain] = both.map(of);
        let _ = writeln!(out, "| {name} | {real} | {plain} |");
    };
    line("places in conversation, of all on shift", &|m| percent(m.talking()));
    line("time on shift without any conversation", &|m| percent(m.idle()));
    for (name, p) in [("a tenth are asked less than", 10.0), ("half", 50.0), ("a tenth are asked more than", 90.0)] {
        let name = format!("offers per hour on shift: {name}");
        line(&name, &|m| format!("{:.2}", percentile(&m.offers_per_hour(), p)));
    }
    line("unevenness of offers per hour (standard deviation ⁄ mean)", &|m| {
        format!("{:.2}", unevenness(&m.offers_per_hour()))
    });
    for (name, p) in [("half of the shifts", 50.0), ("nine of ten", 90.0)] {
        line(&format!("talking on after the shift: {name} at most"), &|m| time(percentile(&m.overtime(), p)));
    }
    line("offers that nobody answered", &|m| percent(f64::from(m.missed) / f64::from(m.offers.max(1))));
    out
}

/// p95 by priority, the most urgent first, and of everybody's waits the mean.
fn brief(name: &str, measures: &Measures) -> String {
    let mut cells: Vec<String> =
        Priority::ALL.iter().rev().map(|priority| time(percentile(measures.waits(*priority), 95.0))).collect();
    let all = measures.all_waits();
    cells.push(time(all.iter().sum::<f64>() / all.len().max(1) as f64));
    cells.push(percent(measures.talking()));
    format!("| {name} | {} |\n", cells.join(" | "))
}

const BRIEF: &str = "| | imminent p95 | urgent p95 | elevated p95 | standard p95 | everybody, mean | places in conversation |\n|---|---:|---:|---:|---:|---:|---:|\n";

fn costs(report: &Report) -> String {
    let mut out = format!("### What rest and winding down cost\n\n{BRIEF}");
    out.push_str(&brief("Wideawake", &report.real));
    for (name, measures) in &report.without {
        out.push_str(&brief(&format!("without {name}"), measures));
    }
    out.push_str(&brief("first come, first served", &report.plain));
    out
}

fn deaf(report: &Report) -> String {
    let mut out = format!("### When one volunteer in ten answers no offer at all\n\n{BRIEF}");
    let [real, plain] = &report.deaf;
    out.push_str(&brief("Wideawake", real));
    out.push_str(&brief("first come, first served", plain));
    let _ = writeln!(out, "\nOffers that nobody answered: {} and {}.", real.missed, plain.missed);
    out
}

fn told(report: &Report) -> String {
    let mut out = String::from("### What members are told of their wait, and what came of it\n\n");
    out.push_str("| | asked | told nothing | held | over sooner | over later | upper end, median | upper ⁄ lower end, median |\n");
    out.push_str("|---|---:|---:|---:|---:|---:|---:|---:|\n");
    let mut line = |name: &str, promises: &[Promise], of: &dyn Fn(&Promise) -> bool| {
        let kept = Kept::of(promises.iter().filter(|promise| of(promise)));
        let silent = percent(kept.silent as f64 / kept.asked.max(1) as f64);
        let [inside, sooner, later] = [kept.inside, kept.sooner, kept.later].map(percent);
        let (high, ratio) = (time(kept.high), kept.ratio);
        let _ = writeln!(
            out,
            "| {name} | {} | {silent} | **{inside}** | {sooner} | {later} | {high} | {ratio:.1} |",
            kept.asked
        );
    };
    line("everybody, when asking", &report.told, &|_| true);
    for (name, from, to) in PLACES {
        line(name, &report.told, &|promise| (from..=to).contains(&promise.ahead));
    }
    for priority in Priority::ALL.into_iter().rev() {
        line(priority.as_str(), &report.told, &|promise| promise.priority == priority);
    }
    for (name, tag) in [("English", "en"), ("Spanish", "es"), ("French", "fr")] {
        line(name, &report.told, &|promise| promise.language == tag);
    }
    line("waited a minute or more", &report.told, &|promise| promise.waited >= 60.0);
    line("those who still wait after 5 min, then", &report.told_again, &|_| true);
    out
}
