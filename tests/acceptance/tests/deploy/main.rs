//! What is in `deploy/`, and what `docs/operations.md` says, as far as that can be tried without a container engine.
//!
//! A check that needs a program which is not here prints a line that begins with `NOT RUN`; the others hold everywhere.
#![allow(clippy::unwrap_used, clippy::panic)]

mod compose; // compose.yaml and what it mounts
mod handbook; // docs/operations.md
mod image; // the Dockerfile
mod kubernetes; // the manifests
mod systemd; // the units
mod watched; // the dashboard and the alerts

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;
use wideawake_acceptance::binary::workspace;
use wideawake_runtime::config::Config;

fn path(below: &str) -> PathBuf {
    workspace().join(below)
}

/// The text of a file of the workspace.
#[track_caller]
fn text(below: &str) -> String {
    std::fs::read_to_string(path(below)).unwrap_or_else(|error| panic!("{below}: {error}"))
}

/// The documents of a YAML text.
#[track_caller]
fn yaml(text: &str) -> Vec<Value> {
    serde_saphyr::from_multiple(text).unwrap_or_else(|error| panic!("{error}"))
}

/// The texts in a list.
fn words(list: &Value) -> Vec<&str> {
    list.as_array().map(|list| list.iter().filter_map(Value::as_str).collect()).unwrap_or_default()
}

/// Runs a program if it is here, and fails if it does; `None`: it is not here.
#[track_caller]
fn ran(command: &mut Command) -> Option<String> {
    let Ok(done) = command.output() else {
        println!("NOT RUN: {command:?}, which is not installed");
        return None;
    };
    let said = String::from_utf8_lossy(&[done.stdout, done.stderr].concat()).into_owned();
    assert!(done.status.success(), "{command:?}:\n{said}");
    Some(said)
}

/// Whether this build can use PostgreSQL, RabbitMQ and Redis.
fn knows_engines() -> bool {
    let engines = "[ledger]\nurl = \"postgres://u:p@h:5432/d\"\n[bus]\nurl = \"amqp://u:p@h:5672/v\"\n[live]\nurl = \"redis://h:6379\"";
    let said = Config::parse(engines, "", Path::new(""), std::iter::empty()).err().map(|errors| errors.to_string());
    !said.is_some_and(|said| said.contains("is not supported yet"))
}

/// Reads a configuration as the program does, and fails with everything that is wrong with it. Until this build can use
/// all engines, what it says about them and about the keys that come with them is printed instead.
#[track_caller]
fn configured(text: &str, env: &[(String, String)]) {
    let Err(errors) = Config::parse(text, "wideawake.toml", Path::new("/etc/wideawake"), env.iter().cloned()) else {
        return;
    };
    let comes = |mistake: &&wideawake_runtime::config::Mistake| {
        !knows_engines()
            && (mistake.wanted.contains("is not supported yet")
                || mistake.key.starts_with("router")
                || mistake.key == "ledger.erased")
    };
    let (later, wrong): (Vec<_>, Vec<_>) = errors.mistakes.iter().partition(comes);
    for mistake in later {
        println!("NOT RUN: {} at {:?} needs the engines: {}", mistake.key, mistake.place, mistake.wanted);
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The shipped configuration.
fn shipped() -> String {
    text("config/wideawake.toml")
}

/// 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
