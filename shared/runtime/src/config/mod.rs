//! The configuration: one TOML file, every key also by environment, all mistakes at once.
//!
//! Reading goes through three steps: [`source`] makes one tree of file and environment that knows where each value
//! stands, [`reader`] takes keys out of it one by one and notes what is wrong, and the sections below say which keys
//! there are and what they may be. A key that nobody asked for is a mistake too.

mod book;
mod dispatch;
mod doors;
pub mod duration;
mod error;
mod lexicons;
mod lines;
mod notifier;
mod oidc;
mod policies;
mod proof;
mod reader;
mod rules;
mod sign_in;
mod source;
mod stores;
mod telemetry;

use std::path::{Path, PathBuf};

use wideawake_domain::settings::Settings;

pub use book::{BUILT_IN_POLICIES, BUILT_IN_RULES, BookErrors, BookFiles};
pub use doors::{Desk, Intake, LeaveTo, Limits, Router};
pub use error::{ConfigErrors, Mistake, Place};
pub use lexicons::lexicons;
pub use notifier::{Email, Escalation, MailTls, Notifier, Sms, SmsFormat, Webhook};
pub use oidc::{Accounts, Oidc};
pub use proof::Proof;
pub use sign_in::SignIn;
pub use stores::{Bus, Ledger, LedgerEngine, Live, Vault};
pub use telemetry::{LogFormat, Telemetry};

use error::Mistakes;
use reader::Reader;

/// Where the configuration is looked for unless it is named.
pub const DEFAULT_PATH: &str = "config/wideawake.toml";

/// Everything an organisation chose, checked.
#[derive(Clone, Debug)]
pub struct Config {
    /// The members' door.
    pub intake: Intake,
    /// The staff's door.
    pub desk: Desk,
    /// The router as a process of its own.
    pub router: Router,
    /// The process that sees to escalations, as one of its own.
    pub escalation: Escalation,
    /// How people are paged.
    pub notifier: Notifier,
    /// The record.
    pub ledger: Ledger,
    /// Events between services.
    pub bus: Bus,
    /// What may be forgotten.
    pub live: Live,
    /// Sealing.
    pub vault: Vault,
    /// Where signed checkpoints are written down.
    pub proof: Proof,
    /// Where the rules stand. A file of the usual name need not exist: what is built in holds then.
    pub rules: PathBuf,
    /// Where the escalation policies stand; likewise.
    pub policies: PathBuf,
    /// The folder that paths in the file are relative to.
    pub base: PathBuf,
    /// Logs, traces and metrics.
    pub telemetry: Telemetry,
    /// What the core needs to know: pools, lines and the dispatcher.
    pub settings: Settings,
}

impl Config {
    /// Reads the file at `path`, or [`DEFAULT_PATH`], under the variables of `env`.
    pub fn load(path: Option<&Path>, env: impl Iterator<Item = (String, String)>) -> Result<Self, ConfigErrors> {
        let path = path.unwrap_or(Path::new(DEFAULT_PATH));
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| ConfigErrors::unreadable(&name, &error))?;
        Self::parse(&text, &name, path.parent().unwrap_or(Path::new("")), env)
    }

    /// Where the parts of the rulebook stand, and what they may name.
    pub fn book(&self) -> BookFiles {
        let lines = self.settings.lines.clone();
        BookFiles { rules: self.rules.clone(), policies: self.policies.clone(), base: self.base.clone(), lines }
    }

    /// Reads `text`, which stands in a file of that name. Paths in it are relative to `base`.
    pub fn parse(
        text: &str,
        name: &str,
        base: &Path,
        env: impl Iterator<Item = (String, String)>,
    ) -> Result<Self, ConfigErrors> {
        Self::parse_noting_keys(text, name, base, env).0
    }

    /// The same, with every key that was asked for.
    fn parse_noting_keys(
        text: &str,
        name: &str,
        base: &Path,
        env: impl Iterator<Item = (String, String)>,
    ) -> (Result<Self, ConfigErrors>, Vec<String>) {
        let mistakes = Mistakes::default();
        let root = source::read(text, env, &mistakes);
        let reader = Reader::new(&mistakes);
        let mut root = reader.root(root);
        let doors = doors::read(&reader, &mut root);
        let (escalation, notifier, inbound) = notifier::read(&reader, &mut root);
        let ledger = stores::ledger(&reader, &mut root, base);
        let (pools, lines) = lines::read(&reader, &mut root);
        let sign_in = sign_in::read(&reader, &mut root, base, &pools, &notifier.public_url);
        let config = Self {
            intake: doors.0,
            desk: Desk { inbound, sign_in, ..doors.1 },
            router: doors.2,
            escalation,
            notifier,
            bus: stores::bus(&reader, &mut root),
            live: stores::live(&reader, &mut root, base),
            vault: stores::vault(&reader, &mut root, &ledger),
            proof: proof::read(&reader, &mut root, base),
            ledger,
            rules: stores::file(&reader, &mut root, base, "rules", book::RULES),
            policies: stores::file(&reader, &mut root, base, "policies", book::POLICIES),
            base: base.to_owned(),
            telemetry: telemetry::read(&reader, &mut root),
            settings: Settings { pools, lines, dispatch: dispatch::read(&reader, &mut root) },
        };
        reader.done(root);
        let keys = reader.keys();
        (mistakes.none(name).map(|()| config), keys)
    }
}

#[cfg(test)]
mod tests;
