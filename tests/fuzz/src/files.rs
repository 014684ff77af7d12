//! What operators write: the configuration, rules, policies, lexicons and rosters.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use wideawake_domain::schedule::preview;
use wideawake_runtime::config::{BookFiles, Config, lexicons};

use crate::doors::CONFIG;

/// A window in which clocks change in both hemispheres.
const WINDOW: (&str, &str) = ("2026-10-20T00:00:00Z", "2026-11-10T00:00:00Z");

/// `wideawake.toml`.
pub(crate) fn config(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    if let Err(errors) = Config::parse(text, "fuzzed.toml", Path::new("/nowhere"), std::iter::empty()) {
        assert!(!errors.to_string().is_empty(), "a refusal says why");
    }
}

/// `rules.toml`.
pub(crate) fn rules(bytes: &[u8]) {
    book("rules.toml", bytes);
}

/// `policies.toml`.
pub(crate) fn policies(bytes: &[u8]) {
    book("policies.toml", bytes);
}

fn book(name: &str, bytes: &[u8]) {
    let folder = folder();
    fs::write(folder.path().join(name), bytes).expect("the file can be written");
    let config = Config::parse(CONFIG, "config", folder.path(), std::iter::empty()).expect("a configuration");
    let files = BookFiles {
        rules: folder.path().join("rules.toml"),
        policies: folder.path().join("policies.toml"),
        base: folder.path().to_owned(),
        lines: config.settings.lines,
    };
    if let Err(errors) = files.load() {
        assert!(!errors.lines().is_empty(), "a refusal says why");
    }
}

/// A lexicon, and a message that it looks through.
pub(crate) fn lexicon(bytes: &[u8]) {
    let folder = folder();
    let lexicons_folder = folder.path().join("lexicons");
    fs::create_dir(&lexicons_folder).expect("a folder");
    fs::write(lexicons_folder.join("en.toml"), bytes).expect("the file can be written");
    match lexicons(folder.path()) {
        Err(errors) => assert!(!errors.is_empty(), "a refusal says why"),
        Ok(lexicons) => {
            let english = "en".parse().expect("a language");
            lexicons.spot(&english, "i do not want to live, k1ll my self; the rope is at home");
            lexicons.spot(&english, &String::from_utf8_lossy(bytes));
        }
    }
}

/// Shifts, leave and rotations in JSON.
pub(crate) fn roster(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let _ = preview::roster(text, WINDOW.0, WINDOW.1);
    let _ = preview::rotation(text, WINDOW.0, WINDOW.1);
    let (from, to) = text.split_once('\n').unwrap_or_default();
    let _ = preview::roster("[]", from, to);
}

/// In memory, where there is such a place.
pub(crate) fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() };
    folder.expect("a temporary folder")
}
