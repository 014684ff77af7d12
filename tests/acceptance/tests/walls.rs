//! The arrows of the map (DESIGN section 3), as cargo sees them.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;
use wideawake_acceptance::binary::workspace;

/// What each package of the workspace builds upon, tests left out, and where it is.
fn packages() -> BTreeMap<String, (String, BTreeSet<String>)> {
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--format-version", "1", "--no-deps", "--locked", "--offline"]).current_dir(workspace());
    let output = cargo.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let root = metadata["workspace_root"].as_str().unwrap();
    let package = |package: &Value| {
        let manifest = package["manifest_path"].as_str().unwrap().strip_prefix(root).unwrap();
        let folder = manifest.trim_start_matches('/').trim_end_matches("/Cargo.toml").to_owned();
        let needed = package["dependencies"].as_array().unwrap().iter().filter(|needed| needed["kind"] != "dev");
        let names = needed.map(|needed| needed["name"].as_str().unwrap().to_owned()).collect();
        (package["name"].as_str().unwrap().to_owned(), (folder, names))
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

fn ours(names: &BTreeSet<String>) -> BTreeSet<&str> {
    names.iter().map(String::as_str).filter(|name| name.starts_with("wideawake")).collect()
}

#[test]
fn the_core_imports_nothing_of_ours_and_does_nothing() {
    let (_, needed) = &packages()["wideawake-domain"];
    assert_eq!(ours(needed), BTreeSet::new());
    for name in ["tokio", "axum", "hyper", "reqwest", "rusqlite", "tracing", "opentelemetry", "rand", "futures-util"] {
        assert!(!needed.contains(name), "the core is pure: no {name}");
    }
}

#[test]
fn stores_import_the_core_at_most() {
    for name in ["wideawake-ledger", "wideawake-bus", "wideawake-live", "wideawake-vault"] {
        let (folder, needed) = &packages()[name];
        assert!(folder.starts_with("shared/"), "{name} is in {folder}");
        assert!(ours(needed).is_subset(&BTreeSet::from(["wideawake-domain"])), "{name}: {:?}", ours(needed));
    }
}

#[test]
fn services_import_the_runtime_and_never_each_other_or_a_store() {
    let allowed = BTreeSet::from(["wideawake-domain", "wideawake-runtime"]);
    let all = packages();
    let services: Vec<_> =
        all.iter().filter(|(name, (folder, _))| folder.starts_with("services/") && *name != "wideawake").collect();
    assert!(services.len() >= 3, "{:?}", all.keys());
    for (name, (_, needed)) in services {
        assert!(ours(needed).is_subset(&allowed), "{name}: {:?}", ours(needed));
    }
    let (_, needed) = &all["wideawake"];
    for store in ["wideawake-ledger", "wideawake-bus", "wideawake-live", "wideawake-vault"] {
        assert!(!needed.contains(store), "the binary reaches {store} through the runtime");
    }
}

#[test]
fn each_client_of_an_engine_has_one_home() {
    let homes = [
        (
            &["rusqlite", "tokio-postgres", "deadpool-postgres", "tokio-postgres-rustls", "postgres", "sqlx"][..],
            "wideawake-ledger",
        ),
        (&["lapin"], "wideawake-bus"),
        (&["redis", "fred"], "wideawake-live"),
        (&["aws-lc-rs"], "wideawake-vault"),
    ];
    for (name, (folder, needed)) in packages() {
        // Tests tamper with what they test.
        if folder.starts_with("tests/") {
            continue;
        }
        for (clients, home) in homes {
            for client in clients.iter().filter(|client| needed.contains(**client)) {
                // The chain of the ledger hashes; it keeps no keys.
                let hashes = *client == "aws-lc-rs" && name == "wideawake-ledger";
                assert!(name == home || hashes, "{client} is {home}'s, not {name}'s");
            }
        }
    }
}

#[test]
fn nothing_of_the_product_imports_a_test() {
    for (name, (folder, needed)) in packages() {
        let tests =
            ["acceptance", "conformance", "engines", "load", "simulation"].map(|test| format!("wideawake-{test}"));
        for test in &tests {
            assert!(folder.starts_with("tests/") || !needed.contains(test), "{name} imports {test}");
        }
    }
}
