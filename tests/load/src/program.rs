//! The program as a process of its own, or as one for each service, with a folder that is gone afterwards.

use std::fs::File;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::TempDir;
use wideawake_engines::{Postgres, RabbitMq, Redis};
use wideawake_runtime::Record;
use wideawake_runtime::config::Config;
use wideawake_runtime::stores::{Purpose, Stores};

use crate::client::Door;
use crate::{Args, On};

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

/// What is written besides where each service is a process of its own. Everything is on this machine: the key is no secret.
const APART: &str = r#"
router.listen = "127.0.0.1:0"
vault.master_keys = ["AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="]
"#;

/// Where programs are started.
#[derive(Debug)]
pub(crate) struct Stage {
    program: PathBuf,
    parent: PathBuf,
    engines: Option<Engines>,
}

/// Servers of our own.
#[derive(Debug)]
pub(crate) struct Engines {
    pub(crate) postgres: Postgres,
    pub(crate) rabbit: RabbitMq,
    pub(crate) redis: Redis,
}

impl Stage {
    pub(crate) fn set(args: &Args) -> Result<Self> {
        let beside = std::env::current_exe()?.with_file_name("wideawake");
        let program = args.program.clone().unwrap_or(beside);
        if !program.exists() {
            bail!("there is no program at {}; build it first: cargo build --release", program.display());
        }
        let engines = match args.on {
            On::Memory => None,
            On::Engines => {
                Some(Engines { postgres: Postgres::start()?, rabbit: RabbitMq::start()?, redis: Redis::start()? })
            }
        };
        Ok(Self { program, parent: args.folder.clone().unwrap_or_else(std::env::temp_dir), engines })
    }

    pub(crate) fn engines(&self) -> Option<&Engines> {
        self.engines.as_ref()
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
        self.line_as(CONFIG)
    }

    /// The same, with the limits that there are unless somebody changes them.
    pub(crate) fn limited_line(&self) -> Result<Line> {
        self.line_as(&CONFIG.replace("limits.enabled = false", "limits.enabled = true"))
    }

    fn line_as(&self, text: &str) -> Result<Line> {
        let folder = self.folder()?;
        let mut text = text.to_owned();
        if let Some(engines) = &self.engines {
            tokio::task::block_in_place(|| engines.redis.wipe())?;
            let ledger = tokio::task::block_in_place(|| engines.postgres.database())?;
            let bus = tokio::task::block_in_place(|| engines.rabbit.fresh_vhost())?;
            let live = engines.redis.url();
            let here = "ledger.url = \"sqlite:data/ledger.sqlite3\"";
            let there = format!("{APART}ledger.url = \"{ledger}\"\nbus.url = \"{bus}\"\nlive.url = \"{live}\"");
            text = text.replace(here, &there);
        }
        std::fs::write(folder.path().join("wideawake.toml"), &text)?;
        Ok(Line { program: self.program.clone(), text, apart: self.engines.is_some(), folder })
    }
}

/// A configuration and its data.
#[derive(Debug)]
pub(crate) struct Line {
    program: PathBuf,
    text: String,
    /// Each service is a process of its own.
    apart: bool,
    folder: TempDir,
}

impl Line {
    pub(crate) fn config(&self) -> Result<Config> {
        let parsed = Config::parse(&self.text, "wideawake.toml", self.folder.path(), std::iter::empty());
        parsed.map_err(|errors| anyhow::anyhow!("{errors}"))
    }

    /// The record, as a tool beside the program has it.
    pub(crate) async fn record(&self) -> Result<Arc<Record>> {
        Ok(Stores::open(&self.config()?, Purpose::Tool).await?.record)
    }

    /// How many bytes the data folder holds; `None` where the data is elsewhere.
    pub(crate) fn bytes(&self) -> Result<Option<u64>> {
        if self.apart {
            return Ok(None);
        }
        let mut all = 0;
        for entry in std::fs::read_dir(self.folder.path().join("data"))? {
            all += entry?.metadata()?.len();
        }
        Ok(Some(all))
    }

    /// Serves it; the doors answer when this returns.
    pub(crate) async fn serve(&self) -> Result<Program> {
        let started = Instant::now();
        let mut program = Program { children: Vec::new(), intake: None, desk: None, took: Duration::ZERO };
        let services: &[&str] = if self.apart { &["intake", "desk", "router"] } else { &["serve"] };
        for service in services {
            let log = self.folder.path().join(format!("{service}.log"));
            let file = File::create(&log)?;
            let mut command = Command::new(&self.program);
            command.args([service, "--config"]).arg(self.folder.path().join("wideawake.toml"));
            command.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(file);
            let child = command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
            program.children.push(child);
            while !program.is_listening(&log)? {
                if let Some(status) = program.children.last_mut().context("it was started")?.try_wait()? {
                    bail!("the program ended with {status}: {}", std::fs::read_to_string(&log)?);
                }
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
        program.took = started.elapsed();
        Ok(program)
    }
}

/// The program, serving. Dropping it kills it.
#[derive(Debug)]
pub(crate) struct Program {
    children: Vec<Child>,
    intake: Option<SocketAddr>,
    desk: Option<SocketAddr>,
    /// From its start until it listened.
    pub(crate) took: Duration,
}

impl Program {
    /// Whether the process that writes this log says so, and where.
    fn is_listening(&mut self, log: &Path) -> Result<bool> {
        for line in std::fs::read_to_string(log)?.lines() {
            let line: Value = serde_json::from_str(line).unwrap_or_default();
            if line["message"] == "wide awake" {
                let at = |door: &str| line[door].as_str().and_then(|at| at.parse().ok());
                self.intake = at("intake").or(self.intake);
                self.desk = at("desk").or(self.desk);
                return Ok(true);
            }
        }
        Ok(false)
    }

    pub(crate) fn intake(&self) -> Door {
        Door::new(self.intake.expect("it listens"))
    }

    pub(crate) fn desk(&self) -> Door {
        Door::new(self.desk.expect("it listens"))
    }

    /// Its resident memory in bytes, of all processes.
    pub(crate) fn resident(&self) -> Result<u64> {
        let of = |child: &Child| {
            let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()))?;
            let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).context("no VmRSS")?;
            Ok(line.trim().trim_end_matches("kB").trim().parse::<u64>()? * 1_024)
        };
        self.children.iter().map(of).sum()
    }

    /// How long it has computed, on all cores, in all processes.
    pub(crate) fn computed(&self) -> Result<Duration> {
        let of = |child: &Child| {
            let stat = std::fs::read_to_string(format!("/proc/{}/stat", child.id()))?;
            let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
            let ticks: u64 = fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum();
            Ok(Duration::from_millis(ticks * 10))
        };
        self.children.iter().map(of).sum()
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
        for child in &self.children {
            Command::new("kill").arg(child.id().to_string()).status()?;
        }
        for child in &mut self.children {
            while child.try_wait()?.is_none() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(())
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
