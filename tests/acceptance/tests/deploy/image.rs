//! `deploy/Dockerfile`: what the image is made from, and what is left of it.

use crate::{KEY, configured, shipped, text};

/// The instructions, continued lines joined, comments left out.
fn instructions() -> Vec<(String, String)> {
    let file = text("deploy/Dockerfile");
    let lines: Vec<&str> = file.lines().filter(|line| !line.trim_start().starts_with('#')).collect();
    let joined = lines.join("\n").replace("\\\n", " ");
    let each = joined.lines().filter(|line| !line.trim().is_empty());
    each.map(|line| line.split_once(' ').unwrap()).map(|(what, how)| (what.to_owned(), how.to_owned())).collect()
}

fn of<'a>(all: &'a [(String, String)], what: &str) -> Vec<&'a str> {
    all.iter().filter(|(name, _)| name == what).map(|(_, how)| how.as_str()).collect()
}

/// What comes after the last `FROM`.
fn last_stage(all: &[(String, String)]) -> &[(String, String)] {
    &all[all.iter().rposition(|(what, _)| what == "FROM").unwrap()..]
}

#[test]
fn its_bases_are_pinned_and_the_last_one_has_no_shell() {
    let all = instructions();
    let bases: Vec<(&str, &str)> = of(&all, "ARG").into_iter().map(|arg| arg.split_once('=').unwrap()).collect();
    let froms = of(&all, "FROM");
    assert_eq!(froms, ["${BUILD} AS build", "${RUNTIME}"]);
    let base = |name: &str| bases.iter().find(|(arg, _)| *arg == name).unwrap().1;
    let manifest: toml::Table = text("Cargo.toml").parse().unwrap();
    let rust = manifest["workspace"]["package"]["rust-version"].as_str().unwrap();
    assert!(base("BUILD").starts_with(&format!("rust:{rust}.")), "{} is not the Rust of Cargo.toml", base("BUILD"));
    // Distroless has no versions but the release of Debian that it is made from; that of the build has the same C library.
    assert_eq!(base("RUNTIME"), "gcr.io/distroless/cc-debian12:nonroot");
    assert!(base("BUILD").ends_with("-bookworm"), "Debian 12, like the last stage");
    assert!(of(last_stage(&all), "RUN").is_empty(), "there is nothing in it that could run anything");
}

#[test]
fn it_runs_as_a_user_by_number_that_is_not_root() {
    let all = instructions();
    let users = of(last_stage(&all), "USER");
    let [user] = users[..] else { panic!("{users:?}") };
    let numbers: Vec<u32> = user.split(':').map(|number| number.parse().unwrap()).collect();
    assert!(numbers.len() == 2 && numbers.iter().all(|number| *number > 0), "{user}");
    assert!(of(last_stage(&all), "COPY").iter().any(|copy| copy.contains(&format!("--chown={user}"))));
    let entry: Vec<String> = serde_json::from_str(of(&all, "ENTRYPOINT")[0]).unwrap();
    assert_eq!(entry, ["/usr/local/bin/wideawake"], "without a shell, signals reach the program");
}

#[test]
fn every_variable_of_the_image_is_a_key_that_the_program_knows() {
    let all = instructions();
    let env = of(last_stage(&all), "ENV").into_iter().flat_map(str::split_whitespace);
    let mut env: Vec<_> = env.map(|set| set.split_once('=').unwrap()).collect();
    assert!(env.len() >= 5, "{env:?}");
    let keys = format!("[\"{KEY}\"]");
    env.push(("WIDEAWAKE_VAULT__MASTER_KEYS", &keys));
    configured(
        &shipped(),
        &env.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect::<Vec<_>>(),
    );
}

#[test]
fn what_is_sent_to_the_builder_holds_no_secrets_and_no_rubbish() {
    let ignored = text(".dockerignore");
    let lines: Vec<&str> = ignored.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).collect();
    assert_eq!(lines[0], "*", "everything is left out that is not named");
    let taken: Vec<&str> = lines.iter().filter_map(|line| line.strip_prefix('!')).collect();
    for needed in ["Cargo.toml", "Cargo.lock", "config", "services", "shared", "LICENSE", "tests/*/Cargo.toml"] {
        assert!(taken.contains(&needed), "the build needs {needed}");
    }
    assert!(lines.contains(&"config/data"), "the record of whoever builds is not part of it");
    assert!(!taken.iter().any(|taken| taken.starts_with("deploy") || taken.starts_with(".git")), "{taken:?}");
}
