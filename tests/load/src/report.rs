//! What is printed: Markdown, as it is measured.

use crate::floor::Floor;

/// The report so far is on the screen.
#[derive(Debug)]
pub(crate) struct Report(());

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
        println!(
            "{cores} cores, {}; {:.0} GB; load before: {load}",
            cpu.trim_start_matches([' ', '\t', ':']),
            memory / 1e6
        );
        Self(())
    }

    pub(crate) fn floor(&mut self, floor: &Floor) {
        self.part("The floor of this machine");
        self.table("what | count | p50 | p90 | p99 | p99.9 | longest, ms");
        self.line(format!("SQLite alone, one row, WAL and FULL | {}", floor.commits));
        self.line(format!("HTTP over loopback to a server that does nothing | {}", floor.calls));
        self.say(&format!(
            "SQLite alone: {:.0} rows/s with one in each commit, {:.0} rows/s with a hundred.",
            floor.alone, floor.grouped
        ));
    }

    pub(crate) fn part(&mut self, title: &str) {
        println!("\n### {title}\n");
    }

    pub(crate) fn table(&mut self, columns: &str) {
        println!("| {columns} |\n|{}", "---|".repeat(columns.matches('|').count() + 1));
    }

    pub(crate) fn line(&mut self, cells: String) {
        println!("| {cells} |");
    }

    pub(crate) fn say(&mut self, words: &str) {
        println!("\n{words}\n");
    }
}
