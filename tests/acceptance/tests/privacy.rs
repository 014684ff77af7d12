//! What people write is in the clear nowhere: not in the data folder, not in a log; and once erased it is nowhere at all.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};

use rusqlite::Connection;
use serde_json::{Value, json};
use wideawake_acceptance::{Binary, Member, eventually, sealed};

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// In which files these bytes stand.
fn found_in(folder: &Path, bytes: &[u8]) -> Vec<PathBuf> {
    let holds = |path: &PathBuf| std::fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes);
    files(folder).into_iter().filter(holds).collect()
}

/// The mark as it could stand in a file: plain, in base64 at any offset, as UTF-16.
fn shapes(mark: &str) -> Vec<Vec<u8>> {
    let mut shapes = vec![mark.as_bytes().to_vec(), mark.encode_utf16().flat_map(u16::to_le_bytes).collect()];
    for offset in 0..3 {
        let padded = [&b"xx"[..offset], mark.as_bytes()].concat();
        let encoded = base64(&padded);
        shapes.push(encoded.as_bytes()[4..encoded.len() - 4].to_vec());
    }
    shapes
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let chunk = |chunk: &[u8]| {
        let bits = chunk.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        (0..4).map(move |n| ALPHABET[(bits >> (18 - 6 * n)) as usize & 63] as char).collect::<String>()
    };
    bytes.chunks(3).map(chunk).collect()
}

/// Every process that a test starts is held to this when it ends.
#[test]
fn a_log_in_which_stands_what_went_over_the_wire_is_found() {
    let sent = json!({ "message": "a petrel flew by", "line": "a-line-of-ours", "screening": { "note": "short" } });
    let came = json!({ "id": "0198c0de-0000-7000-8000-000000000000", "token": "fulmar-fulmar" });
    sealed::remember(
        Some("Bearer albatross-albatross"),
        Some(sent.to_string().as_bytes()),
        came.to_string().as_bytes(),
    );
    for leak in ["albatross-albatross", "a petrel flew by", "fulmar-fulmar"] {
        let log = format!("one\n{{\"message\":\"refused: {leak}\"}}\n");
        assert!(std::panic::catch_unwind(|| sealed::must_not_stand_in("x", &log)).is_err(), "{leak} is not found");
    }
    sealed::must_not_stand_in("x", "a-line-of-ours, short, 0198c0de-0000-7000-8000-000000000000");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_was_written_stands_in_the_data_folder_or_in_the_log() {
    let keys = "telemetry.log_filter = 'debug'\ndispatch = { rest_after_urgent = '0s' }";
    let mut server = Binary::start(keys).await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    let kim = server.volunteer(json!({ "alias": "Kim" })).await;

    let marks: Vec<String> = (0..9).map(|n| format!("albatross-mark-{n}-{}", wideawake_acceptance::nobody())).collect();
    let body = json!({ "language": "en", "alias": &marks[0][..30], "message": marks[1], "screening": { "q3": true } });
    let key = format!("{}-{}", wideawake_acceptance::nobody(), wideawake_acceptance::nobody());
    let open = server.intake("POST", "/v1/requests").header("idempotency-key", &key).json(&body);
    let sky = Member::of(&server, open.send().await.is(201).json());
    let declined = robin.offered(&sky.id).await;
    let decline = format!("/v1/offers/{}/decline", declined["offer"].as_str().unwrap());
    robin.post(decline, &json!({ "reason": marks[2] })).await.is(200);
    kim.ready().await;
    kim.takes(&sky.id).await;
    sky.says(&marks[3]).await;
    kim.says(&sky.id, &marks[4]).await;
    let raise = json!({ "priority": "urgent", "reason": marks[5] });
    server.supervisor.post(format!("/v1/requests/{}/priority", sky.id), &raise).await.is(200);
    let transfer = json!({ "to": robin.id, "note": marks[6] });
    kim.post(format!("/v1/requests/{}/transfer", sky.id), &transfer).await.is(200);
    robin.takes(&sky.id).await;
    kim.freeze();
    kim.duty("break").await;
    let assign = json!({ "staff": kim.id });
    let back = json!({ "reason": marks[7] });
    robin.post(format!("/v1/requests/{}/release", sky.id), &back).await.is(200);
    server.supervisor.post(format!("/v1/requests/{}/assign", sky.id), &assign).await.is(200);
    let end = json!({ "outcome": "supported", "risk_assessed": true, "note": marks[8] });
    kim.post(format!("/v1/requests/{}/close", sky.id), &end).await.is(200);
    // It is there for those who may read it.
    let whole: Vec<Value> = sky.stream().await.end().await.into_iter().map(|event| event.data).collect();
    assert!(json!(whole).to_string().contains(&marks[4]));

    let secrets = [sky.token.clone(), robin.token.clone(), server.admin.token.clone(), key];
    let nowhere = |folder: &Path, when: &str| {
        assert!(files(&folder.join("data")).len() >= 2, "{:?}", files(folder));
        for mark in &marks {
            for shape in shapes(&mark[..30]) {
                let found = found_in(folder, &shape);
                assert!(found.is_empty(), "{when}, {mark} stands in {found:?}");
            }
        }
        for secret in &secrets {
            let found = found_in(folder, secret.as_bytes());
            assert!(found.is_empty(), "{when}, a secret stands in {found:?}");
        }
    };
    // The folder holds the log and the write-ahead log as well.
    assert!(server.log().contains("wide awake"), "the log says nothing at all");
    nowhere(server.folder(), "while it is served");

    // The wrapped key is what erasing destroys.
    let wrapped: Vec<u8> = {
        let ledger = Connection::open(server.data().join("ledger.sqlite3")).unwrap();
        let id = uuid::Uuid::parse_str(&sky.id).unwrap();
        let sql = "SELECT k.wrapped FROM keys k JOIN streams s ON s.key = k.stream WHERE s.id = ?1";
        ledger.query_row(sql, [id.as_bytes().as_slice()], |row| row.get(0)).unwrap()
    };
    assert!(!found_in(&server.data(), &wrapped).is_empty());
    let erased = sky.call("DELETE", "").send().await.is(202).json();
    assert!(erased["erase_at"].is_string(), "{erased}");
    eventually("the key is gone, from the write-ahead log as well", || async {
        found_in(&server.data(), &wrapped).is_empty().then_some(())
    })
    .await;
    let exported = server.tool(&["export", "--request", &sky.id]).ok();
    assert!(!marks.iter().any(|mark| exported.contains(&mark[..30])), "{exported}");
    let everything = server.tool(&["export"]).ok();
    assert!(!marks.iter().any(|mark| everything.contains(&mark[..30])));
    for (what, path) in [
        ("messages", format!("/v1/requests/{}/messages", sky.id)),
        ("state", format!("/v1/requests/{}", sky.id)),
        ("history", format!("/v1/audit/request:{}", sky.id)),
    ] {
        let answer = server.supervisor.call("GET", path).send().await;
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert!(!marks.iter().any(|mark| body.contains(&mark[..30])), "{what}: {answer}");
    }
    let tombstones = found_in(&server.data(), sky.id.as_bytes());
    assert!(!tombstones.is_empty(), "a backup restored later must forget it as well");
    server.tool(&["audit"]).ok();
    server.terminate();
    nowhere(server.folder(), "after it ended");
    assert!(found_in(&server.data(), &wrapped).is_empty());
    server.restart();
    server.tool(&["audit"]).ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_erased_stays_erased_in_a_backup_from_before() {
    let mut server = Binary::start("").await;
    let sky = Member::opens(&server, &json!({ "language": "en", "message": "albatross" })).await;
    let kept = Member::opens(&server, &json!({ "language": "en", "message": "petrel" })).await;
    server.terminate();
    let backup = tempfile::TempDir::new().unwrap();
    let ledgers = || {
        files(&server.data())
            .into_iter()
            .filter(|path| path.file_name().unwrap().to_string_lossy().contains("ledger.sqlite3"))
    };
    for file in ledgers() {
        std::fs::copy(&file, backup.path().join(file.file_name().unwrap())).unwrap();
    }
    server.restart();
    sky.call("DELETE", "").send().await.is(202);
    eventually("it is erased", || async {
        (!server.tool(&["export", "--request", &sky.id]).ok().contains("albatross")).then_some(())
    })
    .await;
    server.terminate();
    for file in files(&server.data()) {
        if file.file_name().unwrap().to_string_lossy().contains("ledger.sqlite3") {
            std::fs::remove_file(file).unwrap();
        }
    }
    for file in files(backup.path()) {
        std::fs::copy(&file, server.data().join(file.file_name().unwrap())).unwrap();
    }
    server.restart();
    let erased = server.tool(&["export", "--request", &sky.id]).ok();
    assert!(!erased.contains("albatross"), "{erased}");
    assert!(server.tool(&["export", "--request", &kept.id]).ok().contains("petrel"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_request_is_erased_after_the_retention_of_its_line() {
    let line = "line = [{ name = 'night', languages = ['en'], topics = ['grief'], retention = '1s' }]";
    let server = Binary::start(line).await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::opens(&server, &json!({ "language": "en", "message": "albatross" })).await;
    let open = Member::opens(&server, &json!({ "language": "en", "message": "petrel" })).await;
    robin.takes(&sky.id).await;
    robin.closes(&sky.id).await;
    eventually("it is erased", || async {
        (!server.tool(&["export", "--request", &sky.id]).ok().contains("albatross")).then_some(())
    })
    .await;
    assert!(server.tool(&["export", "--request", &open.id]).ok().contains("petrel"), "what is open is kept");
}
