//! What is printed: Markdown, as it is measured.

use std::io::{Stdout, Write as _, stdout};

use crate::floor::Floor;

/// Goes to the screen line by line. Who has closed it does not want the rest.
#[derive(Debug)]
pub(crate) struct Report(Stdout);

impl Report {
    pub(crate) fn begin() -> Self {
        let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
        let cpu = read("/proc/cpuinfo");
        let cpu = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or("an unknown processor");
        let memory = read("/proc/meminfo");
        let memory = memory.lines().find_map(|line| line.strip_prefix("MemTotal:")).unwrap_or_default();
        let memory: f64 = memory.trim().trim_end_matches("kB").trim().parse().unwrap_or_default();
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let load = read("/proc/loadavg");
        let load = load.split(' ').next().unwrap_or_default().to_owned();
        let mut report = Self(stdout());
        report.print(&format!(
            "{cores} cores, {}; {:.0} GB; load before: {load}",
            cpu.trim_start_matches([' ', '\t', ':']),
            memory / 1e6
        ));
        report
    }

    fn print(&mut self, text: &str) {
        let _ = writeln!(self.0, "{text}");
    }

    pub(crate) fn floor(&mut self, floor: &Floor) {
        self.part("The floor of this machine");
        self.table("what | count | p50 | p90 | p99 | p99.9 | longest, ms");
        self.line(&format!("SQLite alone, one row, WAL and FULL | {}", floor.commits));
        if let Some(engines) = &floor.engines {
            self.line(&format!("PostgreSQL alone, one row in each commit, one connection | {}", engines.commits));
            self.line(&format!("RabbitMQ alone, a quorum queue, until the consumer has it | {}", engines.broker));
            self.line(&format!("the same, until the confirm | {}", engines.confirms));
            self.line(&format!("Redis alone, from telling to hearing | {}", engines.hints));
        }
        self.line(&format!("HTTP over loopback to a server that does nothing | {}", floor.calls));
        self.say(&format!(
            "SQLite alone: {:.0} rows/s with one in each commit, {:.0} rows/s with a hundred.",
            floor.alone, floor.grouped
        ));
        if let Some(engines) = &floor.engines {
            self.say(&format!(
                "PostgreSQL alone: {:.0} rows/s, one in each commit, from 16 connections.",
                engines.together
            ));
        }
    }

    pub(crate) fn part(&mut self, title: &str) {
        self.print(&format!("\n### {title}\n"));
    }

    pub(crate) fn table(&mut self, columns: &str) {
        self.print(&format!("| {columns} |\n|{}", "---|".repeat(columns.matches('|').count() + 1)));
    }

    pub(crate) fn line(&mut self, cells: &str) {
        self.print(&format!("| {cells} |"));
    }

    pub(crate) fn say(&mut self, words: &str) {
        self.print(&format!("\n{words}\n"));
    }
}
