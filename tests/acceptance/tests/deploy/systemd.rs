//! `deploy/systemd`: the units for one machine.

use std::process::Command;

use crate::{KEY, configured, path, ran, shipped, text};

const UNITS: [&str; 4] =
    ["wideawake.service", "wideawake@.service", "wideawake-backup.service", "wideawake-backup.timer"];

/// Keys and values of one section, in order.
fn section(unit: &str, wanted: &str) -> Vec<(String, String)> {
    let (mut section, mut all) = (String::new(), Vec::new());
    for line in text(&format!("deploy/systemd/{unit}")).lines() {
        if line.is_empty() || line.starts_with('#') {
        } else if let Some(name) = line.strip_prefix('[') {
            name.trim_end_matches(']').clone_into(&mut section);
        } else {
            let (key, value) = line.split_once('=').unwrap_or_else(|| panic!("{unit}: {line}"));
            if section == wanted {
                all.push((key.to_owned(), value.to_owned()));
            }
        }
    }
    all
}

#[test]
fn a_unit_may_do_nothing_that_it_does_not_need() {
    for unit in ["wideawake.service", "wideawake@.service"] {
        let service = section(unit, "Service");
        let has = |key: &str, value: &str| {
            assert!(service.iter().any(|(k, v)| k == key && v == value), "{unit} has no {key}={value}");
        };
        for key in ["NoNewPrivileges", "ProtectHome", "PrivateTmp", "PrivateDevices", "ProtectKernelTunables"] {
            has(key, "yes");
        }
        for key in ["MemoryDenyWriteExecute", "RestrictSUIDSGID", "RestrictNamespaces", "LockPersonality"] {
            has(key, "yes");
        }
        has("ProtectSystem", "strict");
        has("CapabilityBoundingSet", "");
        has("SystemCallFilter", "@system-service");
        has("User", "wideawake");
        has("UMask", "0077");
        has("StateDirectoryMode", "0700");
        has("Restart", "always");
        let states = service.iter().filter(|(key, _)| key == "ReadWritePaths" || key == "StateDirectory");
        assert_eq!(states.count(), 1, "{unit} writes to one folder");
    }
}

#[test]
fn every_variable_of_a_unit_is_a_key_that_the_program_knows() {
    for unit in ["wideawake.service", "wideawake@.service"] {
        let service = section(unit, "Service");
        let set = service.iter().filter(|(key, _)| key == "Environment").map(|(_, set)| set.split_once('=').unwrap());
        let mut env: Vec<_> = set.map(|(name, value)| (name.to_owned(), value.replace("%i", "router"))).collect();
        env.push(("WIDEAWAKE_VAULT__MASTER_KEYS".to_owned(), format!("[\"{KEY}\"]")));
        configured(&shipped(), &env);
        // What it keeps is in the folder that it is given.
        let folder = service.iter().find(|(key, _)| key == "StateDirectory").unwrap().1.replace("%i", "router");
        let erased = env.iter().find(|(name, _)| name == "WIDEAWAKE_LEDGER__ERASED").unwrap();
        assert_eq!(erased.1, format!("/var/lib/{folder}/erased.txt"), "{unit}");
    }
}

#[test]
fn systemd_itself_accepts_the_units() {
    // Where they are installed is not where they are tried: any program that is there will do.
    let folder = tempfile::tempdir().unwrap();
    for unit in UNITS {
        let text = text(&format!("deploy/systemd/{unit}"));
        let text = text.replace("/usr/local/bin/wideawake", "/bin/true").replace("/usr/bin/sqlite3", "/bin/true");
        std::fs::write(folder.path().join(unit.replace("@.", "@router.")), &text).unwrap();
        std::fs::write(folder.path().join(unit), text).unwrap();
    }
    let units = UNITS.map(|unit| folder.path().join(unit.replace("@.", "@router.")));
    if let Some(said) = ran(Command::new("systemd-analyze").args(["verify", "--man=no"]).args(&units)) {
        // What it does not understand it ignores with a word, and is content.
        let ours: Vec<&str> = said.lines().filter(|line| line.contains("wideawake")).collect();
        assert!(ours.is_empty(), "{ours:#?}");
    }
    // 0 is locked in, 10 is unconfined.
    let help = Command::new("systemd-analyze").arg("--help").output();
    if help.is_ok_and(|help| String::from_utf8_lossy(&help.stdout).contains("--offline")) {
        let mut check = Command::new("systemd-analyze");
        check.args(["security", "--offline=yes", "--no-pager", "--threshold=20"]).args(&units[..2]);
        ran(&mut check);
    } else {
        println!("NOT RUN: systemd-analyze security --offline=yes, which this systemd does not have");
    }
}

#[test]
fn the_user_of_the_units_is_made() {
    assert!(text("deploy/systemd/wideawake.sysusers.conf").lines().any(|line| line.starts_with("u wideawake ")));
    let mut check = Command::new("systemd-sysusers");
    let folder = tempfile::tempdir().unwrap();
    let dry = format!("--root={}", folder.path().display());
    ran(check.args([&dry, "--dry-run"]).arg(path("deploy/systemd/wideawake.sysusers.conf")));
}
