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

/// Reads a configuration as the program does, and fails with everything that is wrong with it.
#[track_caller]
fn configured(text: &str, env: &[(String, String)]) {
    let read = Config::parse(text, "wideawake.toml", Path::new("/etc/wideawake"), env.iter().cloned());
    assert!(read.is_ok(), "{}", read.unwrap_err());
}

/// The shipped configuration.
fn shipped() -> String {
    text("config/wideawake.toml")
}

/// 32 bytes in base64.
const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
