//! A ledger in which anything was changed is found out, and the event is named.
#![allow(clippy::unwrap_used, clippy::panic)]

use rusqlite::Connection;
use serde_json::json;
use wideawake_acceptance::{Binary, Member};

/// One event as it stands in the file: its position, the name of its stream and its version.
fn event(ledger: &Connection, kind: &str) -> (i64, String, i64) {
    let sql = "SELECT e.position, s.id, e.version FROM events e JOIN streams s ON s.key = e.stream WHERE e.type = ?1";
    ledger
        .query_row(sql, [kind], |row| {
            let id: Vec<u8> = row.get(1)?;
            Ok((row.get(0)?, uuid::Uuid::from_slice(&id).unwrap().to_string(), row.get(2)?))
        })
        .unwrap()
}

/// Flips one bit in the middle of a value, and says how it was.
fn flip(ledger: &Connection, column: &str, position: i64) -> Vec<u8> {
    let value = format!("SELECT CAST({column} AS BLOB) FROM events WHERE position = ?1");
    let before: Vec<u8> = ledger.query_row(&value, [position], |row| row.get(0)).unwrap();
    let mut after = before.clone();
    let middle = after.len() / 2;
    after[middle] ^= 1;
    put(ledger, column, position, &after);
    before
}

fn put(ledger: &Connection, column: &str, position: i64, value: &[u8]) {
    let kind = match column {
        "hash" => "BLOB",
        "at" => "INTEGER",
        _ => "TEXT",
    };
    let sql = format!("UPDATE events SET {column} = CAST(?1 AS {kind}) WHERE position = ?2");
    assert_eq!(ledger.execute(&sql, (value, position)).unwrap(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_byte_of_one_event_changed_is_found_and_named() {
    let mut server = Binary::start("").await;
    let robin = server.on_duty(json!({})).await;
    for _ in 0..3 {
        let sky = Member::opens(&server, &json!({ "language": "en", "message": "hello" })).await;
        robin.takes(&sky.id).await;
        robin.says(&sky.id, "I am here.").await;
        robin.closes(&sky.id).await;
    }
    let served = server.tool(&["audit"]).ok();
    assert!(served.contains("In order"), "while it is served: {served}");
    drop(robin);
    server.terminate();
    let clean = server.tool(&["audit"]).ok();
    assert!(clean.contains("In order"), "{clean}");

    let ledger = Connection::open(server.data().join("ledger.sqlite3")).unwrap();
    for kind in ["opened", "message", "accepted", "closed", "duty_set", "added"] {
        let (position, id, version) = event(&ledger, kind);
        for column in ["data", "type", "actor", "at", "hash", "pool"] {
            let before = flip(&ledger, column, position);
            let said = server.tool(&["audit"]).fails(1);
            let name = format!("{id} version {version}");
            assert!(said.contains(&name), "{column} of {kind}, {name}, was changed: {said}");
            put(&ledger, column, position, &before);
        }
    }
    let clean = server.tool(&["audit"]).ok();
    assert!(clean.contains("In order"), "{clean}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_was_removed_or_cut_off_is_found_and_named() {
    let mut server = Binary::start("").await;
    let sky = Member::opens(&server, &json!({ "language": "en", "message": "hello" })).await;
    for n in 0..4 {
        sky.says(&format!("{n}")).await;
    }
    server.terminate();
    let ledger = Connection::open(server.data().join("ledger.sqlite3")).unwrap();
    let last: i64 = ledger
        .query_row(
            "SELECT max(e.version) FROM events e JOIN streams s ON s.key = e.stream WHERE s.id = ?1",
            [uuid::Uuid::parse_str(&sky.id).unwrap().as_bytes().as_slice()],
            |row| row.get(0),
        )
        .unwrap();
    for version in [last, 3] {
        let stream = uuid::Uuid::parse_str(&sky.id).unwrap();
        let sql = "DELETE FROM events WHERE version = ?1 AND stream = (SELECT key FROM streams WHERE id = ?2)";
        assert_eq!(ledger.execute(sql, (version, stream.as_bytes().as_slice())).unwrap(), 1);
        let said = server.tool(&["audit"]).fails(1);
        assert!(said.contains(&format!("{} version {version}", sky.id)), "{said}");
    }
}
