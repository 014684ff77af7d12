//! The program as a process of its own, with a folder that is gone afterwards.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use wideawake_runtime::config::Config;

use crate::Args;
use crate::client::Door;

/// The line that is served. Nobody has to talk by a deadline, and nobody is limited: all of them come from one address.
const CONFIG: &str = r#"
intake.listen = "127.0.0.1:0"
intake.limits.enabled = false
desk.listen = "127.0.0.1:0"
ledger.url = "sqlite:data/ledger.sqlite3"
telemetry.log_format = "json"
telemetry.log_filter = "info"
[[pool]]
name = "main"
[[line]]
name = "night"
pool = "main"
languages = ["en", "es"]
"#;

/// Where programs are started.
#[derive(Debug)]
pub(crate) struct Stage {
    program: PathBuf,
    parent: PathBuf,
}

impl Stage {
    pub(crate) fn set(args: &Args) -> Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("wideawake");
        let program = args.program.clone().unwrap_or(beside);
        if !program.exists() {
            bail!("there is no program at {}; build it first: cargo build --release", program.display());
        }
        Ok(Self { program, parent: args.folder.clone().unwrap_or_else(std::env::temp_dir) })
    }

    /// An empty folder on the disk that is measured.
    pub(crate) fn folder(&self) -> Result<TempDir> {
        tempfile::Builder::new()
            .prefix("wideawake-load-")
            .tempdir_in(&self.parent)
            .with_context(|| format!("cannot make a folder in {}", self.parent.display()))
    }

    /// A line that is not served yet.
    pub(crate) fn line(&self) -> Result<Line> {
        let folder = self.folder()?;
        std::fs::write(folder.path().join("wideawake.toml"), CONFIG)?;
        Ok(Line { program: self.program.clone(), folder })
    }
}

/// A configuration and its data.
#[derive(Debug)]
pub(crate) struct Line {
    program: PathBuf,
    folder: TempDir,
}

impl Line {
    pub(crate) fn config(&self) -> Result<Config> {
        let parsed = Config::parse(CONFIG, "wideawake.toml", self.folder.path(), std::iter::empty());
        parsed.map_err(|errors| anyhow::anyhow!("{errors}"))
    }

    pub(crate) fn ledger(&self) -> PathBuf {
        self.folder.path().join("data/ledger.sqlite3")
    }

    /// How many bytes the data folder holds.
    pub(crate) fn bytes(&self) -> Result<u64> {
        let mut all = 0;
        for entry in std::fs::read_dir(self.folder.path().join("data"))? {
            all += entry?.metadata()?.len();
        }
        Ok(all)
    }

    /// Serves it; the doors answer when this returns.
    pub(crate) async fn serve(&self) -> Result<Program> {
        let log = self.folder.path().join("log");
        let file = File::create(&log)?;
        let started = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(["serve", "--config"]).arg(self.folder.path().join("wideawake.toml"));
        command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
        let child = command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        let mut program = Program { child, intake: None, desk: None, took: Duration::ZERO };
        while !program.is_listening(&log)? {
            if let Some(status) = program.child.try_wait()? {
                bail!("the program ended with {status}: {}", std::fs::read_to_string(&log)?);
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        program.took = started.elapsed();
        Ok(program)
    }
}

/// The program, serving. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Program {
    child: Child,
    intake: Option<SocketAddr>,
    desk: Option<SocketAddr>,
    /// From its start until it listened.
    pub(crate) took: Duration,
}

impl Program {
    fn is_listening(&mut self, log: &Path) -> Result<bool> {
        for line in std::fs::read_to_string(log)?.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            if line["message"] == "wide awake" {
                let at = |door: &str| line[door].as_str().and_then(|at| at.parse().ok());
                (self.intake, self.desk) = (at("intake"), at("desk"));
            }
        }
        Ok(self.intake.is_some() && self.desk.is_some())
    }

    pub(crate) fn intake(&self) -> Door {
        Door::new(self.intake.expect("it listens"))
    }

    pub(crate) fn desk(&self) -> Door {
        Door::new(self.desk.expect("it listens"))
    }

    /// Its resident memory in bytes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1_024)
    }

    /// How long it has computed, on all cores.
    pub(crate) fn computed(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
        Ok(Duration::from_millis(ticks * 10))
    }

    /// Waits until it has nothing to do: for half a second it computes next to nothing.
    pub(crate) async fn settles(&self) -> Result<()> {
        let mut before = self.computed()?;
        loop {
            tokio::time::sleep(Duration::from_millis(500)).await;
            let now = self.computed()?;
            if now.saturating_sub(before) <= Duration::from_millis(20) {
                return Ok(());
            }
            before = now;
        }
    }

    /// Ends it as an operator would, and waits for that.
    pub(crate) async fn stop(mut self) -> Result<()> {
        Command::new("kill").arg(self.child.id().to_string()).status()?;
        while self.child.try_wait()?.is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
