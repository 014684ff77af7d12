//! Rules, as those who run it change and check them.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;
use wideawake_acceptance::binary::{command, output};
use wideawake_acceptance::{Binary, Member, eventually};

const TAGS: &str = "[[rule]]\nname = \"everyone\"\non = \"opened\"\nthen = [{ tag = \"seen\" }]\n";

async fn logs(server: &Binary, words: &str) {
    eventually(words, || async { server.log().contains(words).then_some(()) }).await;
}

/// The rules that fired for a request.
async fn fired(server: &Binary) -> String {
    let member = Member::opens(server, &json!({"language": "en"})).await;
    server.tool(&["export", "--request", &member.id]).ok()
}

#[tokio::test]
async fn a_changed_file_is_taken_on_sighup_and_a_broken_one_changes_nothing() {
    let server = Binary::start("").await;
    let rules = server.folder().join("rules.toml");
    assert!(!fired(&server).await.contains("everyone"));

    std::fs::write(&rules, TAGS).unwrap();
    server.hang_up();
    logs(&server, "the rules and policies were read again").await;
    assert!(fired(&server).await.contains("everyone"));

    std::fs::write(&rules, "[[rule]]\nname = \"nobody\"\non = \"opened\"\nthen = [{ prority = \"urgent\" }]\n")
        .unwrap();
    server.hang_up();
    logs(&server, "stay as they were").await;
    let log = server.log();
    assert!(log.contains("rules.toml:4: ") && log.contains("did you mean"), "{log}");
    assert!(fired(&server).await.contains("everyone"));
}

#[tokio::test]
async fn check_fails_for_a_pool_whose_fallback_would_reach_nobody() {
    let server = Binary::start("").await;
    let said = server.tool(&["check"]).fails(1);
    assert!(said.contains("pool main: the fallback would reach nobody"), "{said}");
    assert!(said.contains("policy clinician: there is no rotation clinicians"), "{said}");
    assert!(server.tool(&["check", "--files"]).ok().contains("is in order"));

    let supervisor = &server.supervisor;
    let methods = json!({"contact_methods": [{"kind": "email", "to": "noor@example.org"}]});
    supervisor.put(format!("/v1/staff/{}/contact-methods", supervisor.id), &methods).await.is(200);
    let rotation = json!({"zone": "Etc/UTC", "starts": "2026-03-02", "handoff": "09:00", "every_days": 7,
        "members": [supervisor.id]});
    supervisor.put("/v1/rotations/clinicians", &rotation).await.is(200);
    let said = server.tool(&["check"]).ok();
    assert!(said.contains("is in order"), "{said}");
}

#[tokio::test]
async fn a_process_does_not_start_with_rules_that_are_wrong() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("wideawake.toml"), wideawake_acceptance::config::text("")).unwrap();
    std::fs::write(folder.path().join("policies.toml"), "[[policy]]\nname = \"clinician\"\n").unwrap();
    let config = folder.path().join("wideawake.toml");
    for tool in ["serve", "check"] {
        let said = output(command(&[tool, "--config"]).arg(&config)).fails(1);
        assert!(said.contains("policies.toml:1: policy \"clinician\": has no steps"), "{said}");
    }
}

#[test]
fn rules_can_be_tried_out() {
    let folder = tempfile::TempDir::new().unwrap();
    std::fs::write(folder.path().join("wideawake.toml"), wideawake_acceptance::config::text("")).unwrap();
    std::fs::write(folder.path().join("rules.toml"), TAGS).unwrap();
    std::fs::write(folder.path().join("facts.json"), "{\"on\": \"opened\"}").unwrap();
    let run = |args: &[&str]| output(command(args).current_dir(folder.path()));
    let config = ["--config", "wideawake.toml"];
    let said = run(&[&["rules", "test", "--facts", "facts.json"], &config[..]].concat()).ok();
    assert!(said.contains("FIRES    everyone") && said.contains("then     tag seen"), "{said}");
    let said = run(&[&["rules", "test", "--facts", "nowhere.json"], &config[..]].concat()).fails(1);
    assert!(said.contains("cannot read nowhere.json"), "{said}");
    assert_eq!(run(&["rules", "test"]).code, Some(2));
    assert_eq!(run(&["rules"]).code, Some(2));
}
