//! A history that was rewritten with all its hashes is found out by whoever kept a signed checkpoint elsewhere.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;
use wideawake_acceptance::{Binary, Member, eventually, now};
use wideawake_domain::{Recorded, StreamId};
use wideawake_engines::Postgres;
use wideawake_ledger::{CHECKPOINTS, GENESIS, Ledger, PostgresLedger, SqliteLedger, link};

/// What somebody with full access to the database, who knows how hashes are made, puts in its place: another event, and every
/// hash that follows from it, those in checkpoints too.
fn forge(mut events: Vec<Recorded>, victim: StreamId, forge: impl Fn(&str) -> String) -> Vec<Recorded> {
    let mut renamed: Vec<(String, String)> = Vec::new();
    let streams = [victim, CHECKPOINTS];
    for stream in streams {
        let mut previous = GENESIS;
        for event in events.iter_mut().filter(|event| event.stream == stream) {
            let mut data = event.data.to_string();
            if stream == victim && event.version.0 == 1 {
                data = forge(&data);
            }
            if stream == CHECKPOINTS {
                for (old, new) in &renamed {
                    data = data.replace(old, new);
                }
            }
            let before = hex(&event.hash);
            event.data = data.into();
            event.hash = link(&previous, event);
            previous = event.hash;
            renamed.push((before, hex(&event.hash)));
        }
    }
    events.retain(|event| streams.contains(&event.stream));
    events
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

async fn everything(ledger: &dyn Ledger) -> Vec<Recorded> {
    ledger.tail(None, 100_000).await.unwrap().0
}

/// A server, and what somebody outside keeps: a line after each of two requests.
struct Kept {
    server: Binary,
    requests: Vec<StreamId>,
    lines: Vec<String>,
    folder: TempDir,
}

impl Kept {
    async fn of(keys: &str) -> Self {
        let mut server = Binary::start(keys).await;
        let (mut requests, mut lines): (Vec<StreamId>, Vec<String>) = (Vec::new(), Vec::new());
        for _ in 0..2 {
            let sky = Member::opens(&server, &json!({ "language": "en", "message": "hello" })).await;
            sky.leaves().await;
            requests.push(StreamId::request(sky.id.parse().unwrap()));
            let left = now();
            // One is written at each start, and then each minute.
            server.terminate();
            server.restart();
            let line = eventually("a checkpoint that has seen it", || async {
                let printed = server.tool(&["checkpoint"]);
                let signed: Value = serde_json::from_str(&printed.stdout).ok()?;
                let at: DateTime<Utc> = signed["at"].as_str()?.parse().ok()?;
                (at > left).then_some(printed.stdout)
            })
            .await;
            lines.push(line);
        }
        server.terminate();
        Self { server, requests, lines, folder: TempDir::new().unwrap() }
    }

    fn file(&self, lines: &[String]) -> String {
        let path = self.folder.path().join("kept.jsonl");
        std::fs::write(&path, lines.concat()).unwrap();
        path.display().to_string()
    }

    async fn is_found_out(&self, ledger: &dyn Ledger, put: impl AsyncFn(Vec<Recorded>)) {
        let server = &self.server;
        let kept = self.file(&self.lines);
        let said = server.tool(&["audit", "--against", &kept]).ok();
        assert!(said.contains("It holds all that was kept"), "{said}");
        let key = server.tool(&["checkpoint", "--key"]).ok();
        server.tool(&["audit", "--against", &kept, "--key", key.trim()]).ok();
        // Whoever does not know the key takes no line for good, nor one that was changed.
        let stranger = "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";
        let said = server.tool(&["audit", "--against", &kept, "--key", stranger]).fails(1);
        assert!(said.contains("is signed by a key that is not known here"), "{said}");
        let later = self.lines[0].replace("\"checkpoint\":", "\"checkpoint\":1");
        let said = server.tool(&["audit", "--against", &self.file(&[later])]).fails(1);
        assert!(said.contains("line 1 was changed since it was signed"), "{said}");
        let said = server.tool(&["audit", "--against", &self.file(&[])]).fails(1);
        assert!(said.contains("there is no checkpoint in what was kept"), "{said}");

        let events = everything(ledger).await;
        let victim = self.requests[1];
        let forged = forge(events, victim, |data| {
            assert!(data.contains(r#""language":"en""#), "{data}");
            data.replace(r#""language":"en""#, r#""language":"es""#)
        });
        put(forged).await;
        let said = server.tool(&["audit"]).ok();
        assert!(said.contains("In order"), "by itself it is in order: {said}");
        let said = server.tool(&["audit", "--against", &self.file(&self.lines)]).fails(1);
        let number = |line: &str| serde_json::from_str::<Value>(line).unwrap()["checkpoint"].as_u64().unwrap();
        let (holds, broken) = (number(&self.lines[0]), number(&self.lines[1]));
        assert!(said.contains("kept line 2 has another hash"), "{said}");
        assert!(said.contains(&format!("between checkpoint {holds} of")), "{said}");
        assert!(said.contains(&format!("checkpoint {broken} of")), "{said}");
        assert!(said.contains(&format!("it may be in {victim}")), "{said}");
        assert!(!said.contains(&self.requests[0].to_string()), "what was before is not suspected: {said}");
        // With the signing key they sign their own history, and what was kept fits it no better.
        let theirs = server.tool(&["checkpoint"]).ok();
        assert_ne!(theirs, self.lines[1]);
        server.tool(&["audit", "--against", &self.file(&[theirs.clone()])]).ok();
        server.tool(&["audit", "--against", &self.file(&[theirs, self.lines[1].clone()])]).fails(1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rewritten_history_does_not_fit_what_was_kept_elsewhere() {
    let kept = Kept::of("").await;
    let path = kept.server.data().join("ledger.sqlite3");
    let ledger = SqliteLedger::open_read_only(&path).unwrap();
    let put = async |events: Vec<Recorded>| {
        let ledger = Connection::open(&path).unwrap();
        for event in events {
            let sql = "UPDATE events SET data = ?1, hash = ?2 WHERE position = ?3";
            let bound = (&*event.data, event.hash, event.position.0 as i64);
            assert_eq!(ledger.execute(sql, bound).unwrap(), 1);
        }
        let heads = "UPDATE streams SET hash = (SELECT e.hash FROM events e WHERE e.stream = streams.key
                     AND e.version = streams.version)";
        ledger.execute(heads, ()).unwrap();
    };
    kept.is_found_out(&ledger, put).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_does_one_in_postgresql() {
    let url = Postgres::fresh_database().unwrap();
    let master = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let kept = Kept::of(&format!("ledger.url = '{url}'\nvault.master_keys = ['{master}']")).await;
    let ledger = PostgresLedger::open_read_only(&url).await.unwrap();
    let put = async |events: Vec<Recorded>| {
        let (client, connection) = tokio_postgres::connect(&url, tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(connection);
        for event in events {
            let sql = "UPDATE wideawake.events SET data = $1, hash = $2 WHERE position = $3";
            let (data, hash, position) = (&*event.data, &event.hash[..], event.position.0 as i64);
            assert_eq!(client.execute(sql, &[&data, &hash, &position]).await.unwrap(), 1);
        }
        let heads = "UPDATE wideawake.streams s SET hash = e.hash FROM wideawake.events e
                     WHERE e.kind = s.kind AND e.id = s.id AND e.version = s.version";
        client.execute(heads, &[]).await.unwrap();
    };
    kept.is_found_out(&ledger, put).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn signed_checkpoints_are_written_down_where_the_configuration_says() {
    let elsewhere = TempDir::new().unwrap();
    let file: PathBuf = elsewhere.path().join("share/kept.jsonl");
    let mut server = Binary::start(&format!("proof.file = '{}'\nproof.every = '1s'", file.display())).await;
    // A checkpoint is written at each start in which there is something to be seen, and then each minute.
    server.terminate();
    server.restart();
    let read = |path: &Path| std::fs::read_to_string(path).unwrap_or_default();
    let line = eventually("the first line", || async { read(&file).lines().next().map(str::to_owned) }).await;
    let signed: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(signed["key"], server.tool(&["checkpoint", "--key"]).ok().trim());
    server.tool(&["audit", "--against", &file.display().to_string()]).ok();
}
