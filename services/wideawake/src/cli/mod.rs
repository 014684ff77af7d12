//! The command line. Errors are one sentence on stderr that says what to do; exit 0, 1 (failed), 2 (usage).

mod audit;
mod check;
mod checkpoint;
mod dead;
mod erase;
mod export;
mod health;
mod preview;
mod rekey;
mod rotation;
mod rules;
mod serve;
mod staff;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::LazyLock;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::{Args, Parser, Subcommand};
use wideawake_runtime::config::{Config, DEFAULT_PATH};

pub(crate) use serve::stopped;

use crate::app::Role;

#[derive(Debug, Parser)]
#[command(name = "wideawake", version = VERSION.as_str(), about = "The backend of a crisis-support line", long_about = None)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

/// Where the configuration is.
#[derive(Clone, Debug, Args)]
pub(crate) struct ConfigArgs {
    /// The configuration file
    #[arg(long, value_name = "FILE", default_value = DEFAULT_PATH)]
    config: PathBuf,
}

impl ConfigArgs {
    pub(crate) fn load(&self) -> Result<Config> {
        Ok(Config::load(Some(&self.config), std::env::vars())?)
    }
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs everything in a temporary folder, with a sample roster around the world
    Demo(crate::demo::DemoArgs),
    /// Runs every service in one process
    Serve(ConfigArgs),
    /// Runs the members' door as a process of its own, on PostgreSQL, RabbitMQ and Redis
    Intake(ConfigArgs),
    /// Runs the staff's door as a process of its own
    Desk(ConfigArgs),
    /// Runs the dispatchers as a process of their own; a second one stands by
    Router(serve::PoolArgs),
    /// Sees to escalations as a process of its own; a second one stands by
    Escalation(serve::PoolArgs),
    /// Sends pages as a process of its own; a second one stands by
    Notifier(serve::PoolArgs),
    /// Adds and lists staff, and replaces their tokens
    #[command(subcommand)]
    Staff(staff::StaffCommand),
    /// Prints who is on shift when
    #[command(subcommand)]
    Roster(preview::RosterCommand),
    /// Prints who is on call when, or now
    #[command(subcommand)]
    Rotation(rotation::RotationCommand),
    /// Checks configuration, rules and policies, and says everything that is wrong with them
    Check(check::CheckArgs),
    /// Tries rules out
    #[command(subcommand)]
    Rules(rules::RulesCommand),
    /// Checks a ledger: hashes, versions, checkpoints and invariants, and whether it holds what was kept elsewhere
    Audit(audit::AuditArgs),
    /// Prints the newest checkpoint, signed: one line to be kept elsewhere, for `audit --against`
    Checkpoint(checkpoint::CheckpointArgs),
    /// Lists what the broker laid aside because nobody could take it, or gives it back
    #[command(subcommand)]
    Dead(dead::DeadCommand),
    /// Makes everything typed by or about the member of a request unreadable
    Erase(erase::EraseArgs),
    /// Prints the record as JSON lines, or everything that is held about one request
    Export(export::ExportArgs),
    /// Wraps every data key anew under the newest master key, beside processes that serve; run again, it goes on
    Rekey(rekey::RekeyArgs),
    /// Asks a running process how it is
    Health(health::HealthArgs),
    /// Prints the version, and the release of the time zone database
    Version,
}

static VERSION: LazyLock<String> = LazyLock::new(|| {
    format!("{} (tzdb {})", env!("CARGO_PKG_VERSION"), wideawake_domain::schedule::wall::tzdb_release())
});

/// Parses the arguments and does what they say.
pub fn main() -> ExitCode {
    wideawake_runtime::telemetry::report_panics();
    match run(Cli::parse().command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("wideawake: {}", sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// The error and what it came from, each once, on as few lines as they have.
fn sentence(error: &anyhow::Error) -> String {
    let mut sentence = error.to_string();
    for cause in error.chain().skip(1) {
        let cause = cause.to_string();
        if !sentence.contains(&cause) {
            sentence = format!("{sentence}: {cause}");
        }
    }
    sentence
}

fn run(command: Command) -> Result<ExitCode> {
    match command {
        Command::Demo(args) => on_runtime(crate::demo::run(args)),
        Command::Serve(config) => on_runtime(serve::run(config.load()?, Role::All)),
        Command::Intake(config) => on_runtime(serve::run(config.load()?, Role::Intake)),
        Command::Desk(config) => on_runtime(serve::run(config.load()?, Role::Desk)),
        Command::Router(args) => on_runtime(serve::pools(args, Role::Router)),
        Command::Escalation(args) => on_runtime(serve::pools(args, Role::Escalation)),
        Command::Notifier(args) => on_runtime(serve::pools(args, Role::Notifier)),
        Command::Staff(command) => on_runtime(staff::run(command)),
        Command::Roster(command) => preview::roster(command),
        Command::Rotation(command) => rotation::run(command),
        Command::Check(args) => on_runtime(check::run(args)),
        Command::Rules(command) => rules::run(command),
        Command::Audit(args) => on_runtime(audit::run(args)),
        Command::Checkpoint(args) => on_runtime(checkpoint::run(args)),
        Command::Dead(command) => on_runtime(dead::run(command)),
        Command::Erase(args) => on_runtime(erase::run(args)),
        Command::Export(args) => on_runtime(export::run(args)),
        Command::Rekey(args) => on_runtime(rekey::run(args)),
        Command::Health(args) => on_runtime(health::run(args)),
        Command::Version => {
            println!("wideawake {}", *VERSION);
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn on_runtime(work: impl Future<Output = Result<ExitCode>>) -> Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.context("the system gives no threads or timers")?;
    let done = runtime.block_on(work);
    runtime.shutdown_timeout(Duration::from_millis(50));
    done
}

/// Prints to stdout; somebody who closed the pipe wants no more.
pub(crate) fn print(line: &str) -> Result<()> {
    use std::io::Write;
    match writeln!(std::io::stdout(), "{line}") {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(()),
        written => written.context("cannot write to stdout"),
    }
}
