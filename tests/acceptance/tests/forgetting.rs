//! What was erased is nowhere any more, and an operator can show it; master keys are changed while members talk.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use serde_json::json;
use tempfile::TempDir;
use wideawake_acceptance::{Binary, Member, config};
use wideawake_domain::StreamId;
use wideawake_engines::Postgres;
use wideawake_ledger::{Ledger, PostgresLedger, SqliteLedger};

const PHRASES: usize = 1_000;
/// Of them in each request.
const EACH: usize = 25;
/// How each begins, and nothing else does.
const BEGINNING: &str = "plänted ";

const OLD: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

/// Has this said at the doors, by members and by staff, in everything that takes words; says in which requests.
async fn plant(server: &Binary, phrases: &[String]) -> Vec<Member> {
    let kim = server.volunteer(json!({ "alias": "Kim" })).await;
    let mut members = Vec::new();
    for words in phrases.chunks(EACH) {
        let sky = Member::opens(server, &json!({ "language": "en", "alias": words[0], "message": words[1] })).await;
        let call = |below: &str| format!("/v1/requests/{}{below}", sky.id);
        server.supervisor.post(call("/assign"), &json!({ "staff": kim.id })).await.is(200);
        for text in &words[2..15] {
            sky.says(text).await;
        }
        for text in &words[15..23] {
            kim.says(&sky.id, text).await;
        }
        let raise = json!({ "priority": "elevated", "reason": words[23] });
        server.supervisor.post(call("/priority"), &raise).await.is(200);
        let end = json!({ "outcome": "supported", "risk_assessed": true, "note": words[24] });
        kim.post(call("/close"), &end).await.is(200);
        members.push(sky);
    }
    members
}

/// Each of the three who may erase erases a third.
async fn erase(server: &Binary, members: &[Member]) {
    let mut rest = vec!["erase"];
    for (n, sky) in members.iter().enumerate() {
        match n % 3 {
            0 => drop(sky.call("DELETE", "").send().await.is(202)),
            1 => {
                let path = format!("/v1/requests/{}?reason=required", sky.id);
                server.supervisor.call("DELETE", path).send().await.is(202);
            }
            _ => rest.push(&sky.id),
        }
    }
    server.tool(&rest).ok();
}

/// Every file below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

/// In which files below these folders the bytes stand.
fn found_in(folders: &[&Path], bytes: &[u8]) -> Vec<PathBuf> {
    // A database removes files while it is served.
    let read = |path: &PathBuf| std::fs::read(path).unwrap_or_default();
    let holds = |path: &PathBuf| read(path).windows(bytes.len()).any(|window| window == bytes);
    folders.iter().flat_map(|folder| files(folder)).filter(holds).collect()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// A server in which a thousand phrases were said, and the list of them.
struct Planted {
    server: Binary,
    members: Vec<Member>,
    phrases: Vec<String>,
    list: PathBuf,
    /// The wrapped key of the first request.
    key: Vec<u8>,
    _folder: TempDir,
}

impl Planted {
    async fn with(keys: &str, open: impl AsyncFn(&Binary) -> Arc<dyn Ledger>) -> Self {
        let server = Binary::start(keys).await;
        let tag = wideawake_acceptance::nobody();
        let phrases: Vec<_> = (0..PHRASES).map(|n| format!("{BEGINNING}{n:04} \"so\" {}", &tag[28..])).collect();
        let members = plant(&server, &phrases).await;
        let folder = TempDir::new().unwrap();
        let list = folder.path().join("phrases.txt");
        std::fs::write(&list, phrases.join("\n")).unwrap();
        let stream = StreamId::request(members[0].id.parse().unwrap());
        let key = open(&server).await.key(stream).await.unwrap().unwrap();
        Self { server, members, phrases, list, key, _folder: folder }
    }

    /// What the tool says of these folders, beside the data folder and that of the log.
    fn verify(&self, more: &[&Path]) -> wideawake_acceptance::binary::Output {
        let list = self.list.display().to_string();
        let folders: Vec<_> = more.iter().chain([&self.server.folder()]).map(|f| f.display().to_string()).collect();
        let mut args = vec!["erase", "--verify", "--phrases", &list];
        folders.iter().for_each(|folder| args.extend(["--in", folder]));
        self.server.tool(&args)
    }

    /// The search finds what is there, and shows nothing of it.
    fn can_fail(&self, more: &[&Path]) {
        let oops = self.server.data().join("oops.log");
        std::fs::write(&oops, utf16(&format!("someone said {}!", self.phrases[500]))).unwrap();
        let said = self.verify(more).fails(1);
        assert!(said.contains("oops.log: the phrase of line 501") && said.contains("UTF-16"), "{said}");
        assert!(!said.contains(&self.phrases[500]), "{said}");
        std::fs::write(&oops, &self.key).unwrap();
        let said = self.verify(more).fails(1);
        assert!(said.contains("oops.log: the key of erased request") && said.contains(&self.members[0].id), "{said}");
        std::fs::remove_file(oops).unwrap();
    }

    fn is_gone(&self, folders: &[&Path]) {
        let said = self.verify(folders).ok();
        let (requests, phrases) = (PHRASES / EACH, PHRASES);
        assert!(
            said.contains(&format!("{requests} requests")) && said.contains(&format!("{phrases} phrases")),
            "{said}"
        );
        // Looked for once more, by another way.
        let everywhere = [folders, &[self.server.folder()]].concat();
        for bytes in [BEGINNING.as_bytes(), &utf16(BEGINNING), &self.key] {
            assert_eq!(found_in(&everywhere, bytes), [PathBuf::new(); 0]);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_thousand_phrases_none_is_left_in_any_file_after_erasing() {
    let open = async |server: &Binary| {
        let ledger = SqliteLedger::open_read_only(&server.data().join("ledger.sqlite3")).unwrap();
        Arc::new(ledger) as Arc<dyn Ledger>
    };
    let mut planted = Planted::with("", open).await;
    let data = planted.server.data();
    // What is not erased yet is said to be, and its key is where it belongs.
    let first = planted.members[0].id.clone();
    let said = planted.server.tool(&["erase", "--verify", &first]).fails(1);
    assert!(said.contains(&first) && said.contains("was not erased"), "{said}");
    assert!(!found_in(&[&data], &planted.key).is_empty());
    erase(&planted.server, &planted.members).await;
    planted.is_gone(&[]);
    planted.can_fail(&[]);
    planted.server.terminate();
    planted.is_gone(&[]);
    let said = planted.server.tool(&["erase", "--verify", &first]).ok();
    assert!(said.contains("Erased for good: 1 requests"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nor_in_the_data_directory_of_postgresql_once_it_has_let_go_of_its_log() {
    // Log segments that are not needed any more are removed, rather than kept to be written over some day.
    let postgres = Postgres::start_with(&[("wal_recycle", "off")]).unwrap();
    let url = postgres.database().unwrap();
    let keys = format!("ledger.url = '{url}'\nvault.master_keys = ['{OLD}']");
    let open = async |_: &Binary| {
        let ledger = PostgresLedger::open_read_only(&url).await.unwrap();
        Arc::new(ledger) as Arc<dyn Ledger>
    };
    let planted = Planted::with(&keys, open).await;
    let (data, log) = (postgres.data(), postgres.data().join("pg_wal"));
    psql(&url, &["CHECKPOINT"]);
    assert!(found_in(&[&data.join("base")], &planted.key).len() == 1, "the test looks at the right bytes");
    erase(&planted.server, &planted.members).await;
    psql(&url, &["CHECKPOINT", "VACUUM"]);
    planted.is_gone(&[&data.join("base"), &data.join("global")]);
    // The limit: the write-ahead log has it until its segments go, and the tool says so.
    let said = planted.verify(&[&data]).fails(1);
    let of_log = format!("{}/", log.display());
    assert!(said.lines().any(|line| line.starts_with(&of_log) && line.contains("the key of erased request")), "{said}");
    assert!(!said.contains("the phrase"), "{said}");
    psql(&url, &["SELECT pg_switch_wal()", "CHECKPOINT", "SELECT pg_switch_wal()", "CHECKPOINT"]);
    planted.is_gone(&[&data]);
    planted.can_fail(&[&data]);
}

fn psql(url: &str, commands: &[&str]) {
    let mut psql = Command::new("psql");
    psql.args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-d", url]);
    for command in commands {
        psql.args(["-c", command]);
    }
    let done = psql.output().unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

#[tokio::test(flavor = "multi_thread")]
async fn master_keys_are_changed_in_steps_and_the_old_one_is_not_needed_any_more() {
    let open = async |server: &Binary| {
        let ledger = SqliteLedger::open_read_only(&server.data().join("ledger.sqlite3")).unwrap();
        Arc::new(ledger) as Arc<dyn Ledger>
    };
    let (server, wrapped) = master_keys_are_changed("", open).await;
    assert!(found_in(&[&server.data()], &wrapped).is_empty(), "the old form is gone");
}

#[tokio::test(flavor = "multi_thread")]
async fn they_are_in_postgresql_as_well() {
    let url = Postgres::fresh_database().unwrap();
    let open = async |_: &Binary| {
        let ledger = PostgresLedger::open_read_only(&url).await.unwrap();
        Arc::new(ledger) as Arc<dyn Ledger>
    };
    master_keys_are_changed(&format!("ledger.url = '{url}'"), open).await;
}

/// The server at the end, and how the first key was wrapped before.
async fn master_keys_are_changed(ledger: &str, open: impl AsyncFn(&Binary) -> Arc<dyn Ledger>) -> (Binary, Vec<u8>) {
    let keys = |list: &[&str]| format!("{ledger}\nvault.master_keys = {list:?}");
    let mut server = Binary::start(&keys(&[OLD])).await;
    let sky = Member::opens(&server, &json!({ "language": "en", "message": "before" })).await;
    let stream = StreamId::request(sky.id.parse().unwrap());
    let key = async |server: &Binary| open(server).await.key(stream).await.unwrap().unwrap();
    let wrapped = key(&server).await;
    for step in [&[OLD, NEW][..], &[NEW, OLD]] {
        std::fs::write(server.config(), config::text(&keys(step))).unwrap();
        server.terminate();
        server.restart();
    }
    let later = Member::opens(&server, &json!({ "language": "en", "message": "after" })).await;
    let said = server.tool(&["rekey", "--check"]);
    assert!(said.stdout.contains("1 keys; the newest") && said.stderr.contains("wideawake rekey"), "{said:?}");
    assert_eq!(said.code, Some(1));
    assert_eq!(key(&server).await, wrapped, "a check changes nothing");
    let said = server.tool(&["rekey"]).ok();
    assert!(said.contains("Wrapped 1 keys anew") && said.contains("2 keys; the newest"), "{said}");
    assert_ne!(key(&server).await, wrapped);
    let said = server.tool(&["rekey", "--check"]).ok();
    assert!(said.contains("0 keys; no longer needed"), "{said}");
    // Nobody noticed.
    sky.says("I am still here").await;
    std::fs::write(server.config(), config::text(&keys(&[NEW]))).unwrap();
    server.terminate();
    server.restart();
    for (member, text) in [(&sky, "before"), (&later, "after")] {
        member.stream().await.hears(text).await;
    }
    // Whoever takes out the wrong one is told before anybody is lost.
    std::fs::write(server.config(), config::text(&keys(&[OLD]))).unwrap();
    let said = server.tool(&["rekey", "--check"]).fails(1);
    assert!(said.contains("2 keys are under master key") && said.contains("add it at the end"), "{said}");
    (server, wrapped)
}
