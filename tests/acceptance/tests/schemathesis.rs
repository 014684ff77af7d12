//! Both doors against whatever their own documents allow, and what they do not: thousands of calls that schemathesis makes
//! up from `/openapi.json`, in which nothing may go wrong on our side, and every answer must be as documented.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::json;
use wideawake_acceptance::{Door, Member, Server};

/// How many calls are made up for each that there is; more with `WIDEAWAKE_EXAMPLES`.
const EXAMPLES: &str = "10";

/// What schemathesis looks at in each answer. Not whether all that its schema allows is taken: a member may be told 409, and
/// a date may not exist.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_headers_conformance,\
response_schema_conformance,negative_data_rejection,missing_required_header,unsupported_method";

/// Streams do not end, and with a new token whoever calls would be nobody.
const LEFT_OUT: &str = "stream$|/token$|^/v1/me/sessions|^/v1/session";

/// Where `tests/install` put it.
fn program() -> Option<PathBuf> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target"), PathBuf::from);
    let program = target.join("schemathesis/bin/schemathesis");
    program.exists().then_some(program)
}

/// Lets schemathesis call a door with this token; `id` stands in every path that has one.
async fn must_hold(server: &Server, door: Door, token: &str, id: &str) {
    let Some(program) = program() else {
        assert!(std::env::var_os("CI").is_none(), "schemathesis is not there; tests/install brings it");
        eprintln!("schemathesis is not there, so nothing is tried; tests/install brings it");
        return;
    };
    let url = format!("http://{}/openapi.json", server.address(door));
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("schemathesis.toml");
    let ids = json!([id, "0190a6e0-0000-7000-8000-000000000000", "none"]);
    std::fs::write(&config, format!("[parameters]\n\"path.id\" = {ids}\n")).unwrap();
    let examples = std::env::var("WIDEAWAKE_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let mut command = Command::new(program);
    command
        .current_dir(folder.path())
        .arg("--config-file")
        .arg(&config)
        .args(["run", &url, "--header", &format!("Authorization: Bearer {token}")])
        .args(["--exclude-path-regex", LEFT_OUT, "--checks", CHECKS, "--phases", "examples,coverage,fuzzing"])
        .args(["--max-examples", &examples, "--seed", "1", "--continue-on-failure", "--no-color"])
        .args(["--request-timeout", "20", "--suppress-health-check", "all", "--warnings", "off"]);
    let output = tokio::task::spawn_blocking(move || command.output()).await.unwrap().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    println!("{}", said.lines().rev().take(20).collect::<Vec<_>>().into_iter().rev().collect::<Vec<_>>().join("\n"));
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
}

const KEYS: &str = "intake.limits.enabled = false";

#[tokio::test(flavor = "multi_thread")]
async fn the_members_door_is_as_its_document_says() {
    let server = Server::start(KEYS).await;
    let sky = Member::asks(&server).await;
    must_hold(&server, Door::Intake, &sky.token, &sky.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_staffs_door_is_as_its_document_says() {
    let server = Server::start(KEYS).await;
    let sky = Member::asks(&server).await;
    must_hold(&server, Door::Desk, &server.supervisor.token, &sky.id).await;
}
