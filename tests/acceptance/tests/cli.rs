//! The command line: what it prints, what it says when something is wrong, and how it ends.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use wideawake_acceptance::binary::{command, output, tool, workspace};
use wideawake_acceptance::{Binary, Door, Member, Staff, eventually};

/// The worked cases beside the workspace. A tree without them is not whole.
fn cases(name: &str) -> (PathBuf, Value) {
    let path = workspace().join("../shared/cases/schedule").join(name);
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    (path, serde_json::from_str(&text).unwrap())
}

fn write(folder: &Path, name: &str, value: &Value) -> String {
    let path = folder.join(name);
    std::fs::write(&path, value.to_string()).unwrap();
    path.display().to_string()
}

#[test]
fn every_worked_case_of_a_schedule_comes_out_as_expected() {
    let folder = TempDir::new().unwrap();
    for (file, least) in [("known.json", 40), ("generated.json", 250)] {
        let (_, all) = cases(file);
        let all = all["cases"].as_array().unwrap();
        assert!(all.len() >= least, "{file} has {} cases", all.len());
        for kind in ["roster", "rotation"] {
            let wanted: Vec<&Value> = all.iter().filter(|case| case[kind].is_object()).collect();
            assert!(!wanted.is_empty(), "no {kind} in {file}");
            let bare: Vec<Value> = wanted
                .iter()
                .map(|case| json!({ "name": case["name"], kind: case[kind], "from": case["from"], "to": case["to"] }))
                .collect();
            let given = write(folder.path(), "cases.json", &json!({ "tzdb": "2026f", "policy": "", "cases": bare }));
            let printed = tool(&[kind, "preview", "--cases", &given]).ok();
            let got: Vec<Value> = serde_json::from_str(&printed).unwrap();
            assert_eq!(got.len(), wanted.len());
            for (case, got) in wanted.iter().zip(&got) {
                assert_eq!(got, &case["expect"], "{}", case["name"]);
            }
        }
    }
}

#[test]
fn the_single_form_prints_the_same() {
    let folder = TempDir::new().unwrap();
    let (_, all) = cases("known.json");
    for case in all["cases"].as_array().unwrap() {
        let kind = if case["roster"].is_object() { "roster" } else { "rotation" };
        let file = write(folder.path(), "one.json", &case[kind]);
        let (from, to) = (case["from"].as_str().unwrap(), case["to"].as_str().unwrap());
        let printed = tool(&[kind, "preview", "--file", &file, "--from", from, "--to", to]).ok();
        let got: Value = serde_json::from_str(&printed).unwrap();
        assert_eq!(got, case["expect"], "{}", case["name"]);
    }
}

#[test]
fn a_case_that_cannot_be_expanded_does_not_stop_the_rest() {
    let folder = TempDir::new().unwrap();
    let shift =
        |zone: &str| json!({ "volunteer": "a", "zone": zone, "date": "2026-10-29", "start": "23:00", "end": "07:00" });
    let case = |zone: &str| {
        json!({ "name": zone, "from": "2026-10-28T00:00:00Z", "to": "2026-11-01T00:00:00Z",
                "roster": { "shifts": [shift(zone)], "leave": [], "extra": [] } })
    };
    let file =
        write(folder.path(), "cases.json", &json!({ "cases": [case("UTC"), case("Mars/Olympus"), case("UTC")] }));
    let got: Vec<Value> = serde_json::from_str(&tool(&["roster", "preview", "--cases", &file]).ok()).unwrap();
    assert!(got[0].is_array() && !got[1].is_array() && got[2].is_array(), "{got:?}");
    let one = write(folder.path(), "one.json", &case("Mars/Olympus")["roster"]);
    let said =
        tool(&["roster", "preview", "--file", &one, "--from", "2026-10-28T00:00:00Z", "--to", "2026-11-01T00:00:00Z"]);
    assert!(said.fails(1).contains("zone"));
}

#[test]
fn check_names_every_mistake_at_once_with_file_line_and_key() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("bad.toml");
    let text = "[intake]\nlisten = \"nowhere\"\n[dispatch]\npresence_grace = \"soon\"\noffer_timout = \"30s\"\n\
                [dispatch.standard]\nfanout = 0\n[[line]]\nname = \"night\"\npool = \"ghost\"\n[ledger]\nurl = \"mysql:x\"\n";
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    let said = tool(&["check", "--config", path]).fails(1);
    for (line, key) in [
        (2, "intake.listen"),
        (4, "dispatch.presence_grace"),
        (5, "dispatch.offer_timout"),
        (7, "dispatch.standard.fanout"),
        (10, "line.pool"),
        (12, "ledger.url"),
    ] {
        assert!(said.contains(&format!("{path}:{line}: {key}")), "{key} is not named with its line: {said}");
    }
    // Whatever reads the configuration says the same.
    let serve = tool(&["serve", "--config", path]).fails(1);
    assert!(serve.contains("dispatch.presence_grace"), "{serve}");
    let shipped = workspace().join("config/wideawake.toml");
    let said = tool(&["check", "--config", shipped.to_str().unwrap()]).ok();
    assert!(said.contains("in order"), "{said}");
}

#[test]
fn mistakes_in_the_environment_are_named_as_well() {
    let shipped = workspace().join("config/wideawake.toml");
    let mut check = command(&["check", "--config", shipped.to_str().unwrap()]);
    check.env("WIDEAWAKE_DISPATCH__URGENT__FANOUT", "none").env("WIDEAWAKE_DISPATCH__REPLI", "1m");
    let said = output(&mut check).fails(1);
    assert!(
        said.contains("WIDEAWAKE_DISPATCH__URGENT__FANOUT") && said.contains("WIDEAWAKE_DISPATCH__REPLI"),
        "{said}"
    );
}

#[test]
fn it_ends_with_0_when_done_1_when_it_failed_and_2_when_called_wrongly() {
    assert_eq!(tool(&["--help"]).code, Some(0));
    for wrong in [
        &["dance"][..],
        &[],
        &["roster"],
        &["roster", "preview"],
        &["staff", "add"],
        &["staff", "add", "--role", "wizard"],
        &["erase"],
        &["erase", "not-a-uuid"],
        &["erase", "--verify", "--phrases"],
        &["erase", "00000000-0000-7000-8000-000000000000", "--phrases", "list.txt"],
        &["audit", "--key", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo="],
        &["audit", "--against", "kept.jsonl", "--key", "no key"],
        &["export", "00000000-0000-7000-8000-000000000000", "--request", "00000000-0000-7000-8000-000000000000"],
        &["demo", "--intake", "here"],
        &["serve", "--port", "1"],
    ] {
        let done = tool(wrong);
        assert_eq!(done.code, Some(2), "{wrong:?}: {done:?}");
        assert!(!done.stderr.is_empty() && done.stdout.is_empty(), "{wrong:?}: {done:?}");
    }
    for failing in [
        &["check", "--config", "/nowhere/wideawake.toml"][..],
        &["serve", "--config", "/nowhere/wideawake.toml"],
        &["audit", "--config", "/nowhere/wideawake.toml"],
        &["checkpoint", "--config", "/nowhere/wideawake.toml"],
        &["rekey", "--config", "/nowhere/wideawake.toml"],
        &["erase", "--verify", "--config", "/nowhere/wideawake.toml"],
        &["roster", "preview", "--cases", "/nowhere.json"],
    ] {
        let said = tool(failing).fails(1);
        assert!(said.contains("/nowhere") && said.trim().lines().count() == 1, "{failing:?}: {said}");
    }
}

#[test]
fn version_prints_its_own_and_that_of_the_time_zones() {
    let printed = tool(&["version"]).ok();
    assert!(printed.starts_with(&format!("wideawake {}", env!("CARGO_PKG_VERSION"))), "{printed}");
    assert!(printed.contains("2026"), "{printed}");
    assert_eq!(tool(&["--version"]).ok(), printed);
}

#[test]
fn staff_can_be_added_before_anything_ever_served() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("wideawake.toml");
    std::fs::write(&path, wideawake_acceptance::config::text("")).unwrap();
    let path = path.to_str().unwrap();
    let added = last_line(&tool(&["staff", "add", "--role", "admin", "--config", path]).ok());
    assert!(added["token"].as_str().unwrap().len() >= 43, "256 bits: {added}");
    let listed = tool(&["staff", "list", "--json", "--config", path]).ok();
    assert!(listed.contains(added["id"].as_str().unwrap()) && !listed.contains(added["token"].as_str().unwrap()));
    let audit = tool(&["audit", "--config", path]).ok();
    assert!(audit.contains("In order"), "{audit}");
}

fn last_line(printed: &str) -> Value {
    let line = printed.lines().last().unwrap_or_default();
    serde_json::from_str(line).unwrap_or_else(|error| panic!("the last line is no JSON ({error}): {printed}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_added_while_it_serves_is_seen_at_once() {
    let server = Binary::start("").await;
    let added = server.tool(&[
        "staff",
        "add",
        "--role",
        "volunteer",
        "--alias",
        "Robin",
        "--zone",
        "Europe/Lisbon",
        "--language",
        "en",
        "--language",
        "pt-BR",
        "--capacity",
        "3",
        "--qualification",
        "grief=2099-01-31T00:00:00Z",
    ]);
    let added = last_line(&added.ok());
    assert_eq!(added.as_object().unwrap().keys().collect::<Vec<_>>(), ["id", "token"]);
    let began = std::time::Instant::now();
    let robin = Staff::of(&server, &added, std::time::Duration::from_secs(1));
    eventually("they are let in", || async { (robin.call("GET", "/v1/me").send().await.status == 200).then_some(()) })
        .await;
    println!("seen after {:?}", began.elapsed());
    let me = robin.me().await;
    assert_eq!((&me["alias"], &me["roles"]), (&json!("Robin"), &json!(["volunteer"])));

    // The supervisor sees them too, gives them shifts, and they are asked.
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let shifts = json!({ "shifts": [{ "zone": "UTC", "days": days, "start": "00:00", "end": "00:00" }] });
    server.supervisor.put(format!("/v1/staff/{}/shifts", robin.id), &shifts).await.is(200);
    robin.ready().await;
    let sky = Member::opens(&server, &json!({ "language": "pt-BR" })).await;
    robin.takes(&sky.id).await;

    // A new token voids the one before.
    let renewed = last_line(&server.tool(&["staff", "token", &robin.id]).ok());
    assert_eq!(renewed["id"], added["id"]);
    eventually("the old token is void", || async {
        (robin.call("GET", "/v1/me").send().await.status == 401).then_some(())
    })
    .await;
    let renewed = Staff::of(&server, &renewed, std::time::Duration::from_secs(1));
    assert_eq!(renewed.holds().await, [sky.id.as_str()]);
    let listed = server.tool(&["staff", "list"]).ok();
    assert!(listed.contains("Robin") && listed.contains("Europe/Lisbon"), "{listed}");
    server.tool(&["staff", "token", &wideawake_acceptance::nobody()]).fails(1);

    // The way back in when nobody can let anybody in: a `serve` that runs knows it within a second.
    let invited = last_line(&server.tool(&["staff", "invite", &robin.id]).ok());
    let token = invited["url"].as_str().unwrap().rsplit('/').next().unwrap().to_owned();
    let accept = json!({ "token": token, "name": "robin", "password": "seven wet herons" });
    server.desk("POST", "/v1/invitation").json(&accept).send().await.is(204);
    let body = json!({ "name": "robin", "password": "seven wet herons" });
    server.desk("POST", "/v1/session").json(&body).send().await.is(204);
    server.tool(&["staff", "invite", &wideawake_acceptance::nobody()]).fails(1);
    server.tool(&["staff", "add", "--role", "volunteer", "--pool", "ghost"]).fails(1);
    server.tool(&["staff", "add", "--role", "volunteer", "--zone", "Mars/Olympus"]).fails(1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_on_call_is_told_while_it_serves_and_as_the_desk_tells_it() {
    let server = Binary::start("").await;
    let said = server.tool(&["rotation", "now", "--name", "clinicians"]).fails(1);
    assert!(said.contains("clinicians") && said.contains("there is none yet"), "{said}");
    let ana = server.adds(json!({ "alias": "Ana", "roles": ["professional"] })).await;
    let rotation = json!({ "zone": "Asia/Tokyo", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
        "members": [ana.id, server.supervisor.id] });
    server.supervisor.put("/v1/rotations/clinicians", &rotation).await.is(200);
    let now = || server.supervisor.get("/v1/rotations/clinicians/now");
    // Unless it is handed over in between.
    eventually("both say the same", || async {
        let mut desk = now().await;
        desk["rotation"] = json!("clinicians");
        let said = last_line(&server.tool(&["rotation", "now", "--name", "clinicians"]).ok());
        (said == desk).then_some(())
    })
    .await;
    assert!(server.tool(&["rotation", "now"]).ok().contains("clinicians"));
    let said = server.tool(&["rotation", "now", "--name", "ghosts"]).fails(1);
    assert!(said.contains("there are: clinicians"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn erase_and_export_work_while_it_serves() {
    let server = Binary::start("").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::opens(&server, &json!({ "language": "en", "alias": "Sky", "message": "albatross" })).await;
    robin.takes(&sky.id).await;
    robin.says(&sky.id, "petrel").await;

    let all = server.tool(&["export"]).ok();
    let lines: Vec<Value> = all.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().any(|line| line["stream"] == format!("request:{}", sky.id) && line["type"] == "opened"));
    assert!(!all.contains("albatross") && !all.contains("petrel"));
    let one = server.tool(&["export", "--request", &sky.id]).ok();
    assert!(one.contains("albatross") && one.contains("petrel") && one.contains("Sky"), "{one}");

    let held: Value = serde_json::from_str(&server.tool(&["export", &sky.id]).ok()).unwrap();
    let texts: Vec<_> = held["messages"].as_array().unwrap().iter().map(|message| &message["text"]).collect();
    assert_eq!((json!(texts), &held["alias"]), (json!(["albatross", "petrel"]), &json!("Sky")));
    let at_the_door = sky.call("GET", "/export").send().await.is(200).json();
    for part in ["messages", "history", "left_out", "opened_at"] {
        assert_eq!(held[part], at_the_door[part], "the operator and the member see the same");
    }

    // An open request is closed first, and the volunteer is told.
    let mut at_desk = robin.stream().await;
    server.tool(&["erase", &sky.id]).ok();
    let one = server.tool(&["export", "--request", &sky.id]).ok();
    assert!(!one.contains("albatross") && !one.contains("petrel") && one.contains("erased"), "{one}");
    at_desk.wait("the conversation is over", |event| event.data["request"] == sky.id).await;
    eventually("nobody holds it", || async { robin.holds().await.is_empty().then_some(()) }).await;
    let state = sky.call("GET", "").send().await;
    assert!(state.status == 404 || state.json()["status"] == "closed", "{state}");
    server.tool(&["erase", &sky.id]).ok();
    let said = server.tool(&["erase", &wideawake_acceptance::nobody()]).fails(1);
    assert!(said.contains("there is no request"), "{said}");
    server.tool(&["export", "--request", &wideawake_acceptance::nobody()]).fails(1);
    server.tool(&["export", &wideawake_acceptance::nobody()]).fails(1);
    let audit = server.tool(&["audit"]).ok();
    assert!(audit.contains("In order"), "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_asks_a_running_process_how_it_is() {
    let mut server = Binary::start("").await;
    let ready = format!("http://{}/readyz", server.doors.address(Door::Intake));
    let asked = || -> Value { serde_json::from_str(&tool(&["health", &ready]).ok()).unwrap() };
    // Nobody could be called in the end, which is told and stops nothing.
    eventually("it is degraded", || async {
        let said = asked();
        (said["status"] == "degraded" && said["parts"]["fallback"]["status"] == "degraded").then_some(())
    })
    .await;
    let methods = json!({ "contact_methods": [{ "kind": "email", "to": "noor@example.org" }] });
    let path = format!("/v1/staff/{}/contact-methods", server.supervisor.id);
    server.supervisor.put(path, &methods).await.is(200);
    eventually("it is ready", || async { (asked()["status"] == "ready").then_some(()) }).await;
    let missing = ready.replace("readyz", "nothing");
    let said = tool(&["health", &missing]).fails(1);
    assert!(said.contains("404") && said.starts_with("wideawake: "), "{said}");
    server.terminate();
    let said = tool(&["health", &ready]).fails(1);
    assert!(said.contains("nobody answers") && said.lines().count() == 1, "{said}");
}

/// What one process keeps in its memory the others could not see.
#[test]
fn a_service_by_itself_needs_engines_and_says_which() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("wideawake.toml");
    let config = config.to_str().unwrap();
    let keys = "[vault]\nmaster_keys = [\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]\n";
    let ledger = "[ledger]\nurl = \"postgres://nobody@127.0.0.1:1/x\"\n";
    let bus = "[bus]\nurl = \"amqp://127.0.0.1:1\"\n";
    for (text, missing) in [
        (String::new(), "`ledger.url`"),
        (format!("{keys}{ledger}"), "`bus.url`"),
        (format!("{keys}{ledger}{bus}"), "`live.url`"),
    ] {
        std::fs::write(config, text).unwrap();
        for service in ["intake", "desk", "router"] {
            let said = tool(&[service, "--config", config]).fails(1);
            assert!(said.contains(missing) && said.contains("`wideawake serve`"), "{service}: {said}");
            assert_eq!(said.trim_end().lines().count(), 1, "{said}");
        }
    }
}

#[test]
fn a_router_knows_its_pools() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("wideawake.toml");
    std::fs::write(&config, "[[pool]]\nname = \"main\"\n[[pool]]\nname = \"youth\"\n").unwrap();
    let said = tool(&["router", "--pool", "yuoth", "--config", config.to_str().unwrap()]).fails(1);
    assert!(said.contains("there is no pool `yuoth`; there are: main, youth"), "{said}");
}

#[test]
fn where_there_is_no_broker_there_are_no_dead_letters() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("wideawake.toml");
    std::fs::write(&config, "").unwrap();
    let said = tool(&["dead", "list", "--config", config.to_str().unwrap()]).fails(1);
    assert!(said.contains("`bus.url` names no broker"), "{said}");
}

/// A ledger that cannot be reached is no riddle, and no password is shown.
#[test]
fn tools_say_that_the_database_cannot_be_reached() {
    let folder = TempDir::new().unwrap();
    let config = folder.path().join("wideawake.toml");
    let text = "[ledger]\nurl = \"postgres://me:hunter2@127.0.0.1:1/x\"\n[vault]\nmaster_keys = [\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]\n";
    std::fs::write(&config, text).unwrap();
    for words in [&["staff", "list"][..], &["audit"], &["export"]] {
        let said = tool(&[words, &["--config", config.to_str().unwrap()]].concat()).fails(1);
        assert!(said.contains("cannot open the ledger in PostgreSQL"), "{said}");
        assert!(!said.contains("hunter2"), "{said}");
    }
}
