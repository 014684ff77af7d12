//! Whether everything that was acknowledged is there: as people see it, and as the ledger of a dead server holds it.

use std::collections::BTreeMap;
use std::path::Path;

use futures_util::{StreamExt as _, stream};
use rusqlite::{Connection, OptionalExtension as _};
use tempfile::TempDir;
use uuid::Uuid;

use crate::load::{Said, Taken};
use crate::{Binary, Event, House, Member, binary};

/// How many people look at once.
const AT_ONCE: usize = 8;

/// Everything that was acknowledged is there, as people see it: each request, each message once at its version, each
/// accept, each end. And the record is in order.
///
/// # Panics
/// When something is not.
pub async fn check(server: &Binary, taken: &Taken) {
    check_people(server, taken).await;
    in_order(&server.config());
}

/// The same, but for the record itself.
///
/// # Panics
/// When something is not.
pub async fn check_people(house: &House, taken: &Taken) {
    let mut said: BTreeMap<&str, Vec<&Said>> = BTreeMap::new();
    for one in &taken.said {
        said.entry(&one.request).or_default().push(one);
    }
    let mut wanted = Vec::new();
    for member in &taken.members {
        let said = said.remove(member.id.as_str()).unwrap_or_default();
        if !taken.unwanted.contains(&member.id) {
            wanted.push((member, said));
        }
    }
    assert!(said.is_empty(), "messages of requests that nobody opened: {said:?}");
    let people = stream::iter(wanted);
    people.for_each_concurrent(AT_ONCE, |(member, said)| check_member(member, said, taken)).await;
    let accepted = stream::iter(&taken.accepted);
    accepted.for_each_concurrent(AT_ONCE, |(request, volunteer)| check_accept(house, request, volunteer)).await;
}

async fn check_member(member: &Member, said: Vec<&Said>, taken: &Taken) {
    let state = member.state().await;
    let known: &[&str] = if taken.closed.contains(&member.id) { &["closed"] } else { &["waiting", "active", "closed"] };
    assert!(known.contains(&state["status"].as_str().unwrap()), "{state}");
    let mut stream = member.stream().await;
    stream.hears("first words").await;
    if let Some(last) = said.iter().map(|one| one.version).max() {
        stream.wait("the last word that was acknowledged", |event| event.data["version"] == last).await;
    }
    let events = stream.events();
    let messages: Vec<&Event> = events.iter().filter(|event| event.name == "message").collect();
    for one in said {
        let there: Vec<_> = messages.iter().filter(|message| message.data["text"] == one.text.as_str()).collect();
        assert_eq!(there.len(), 1, "{one:?} in {messages:#?}");
        assert_eq!(there[0].data["version"], one.version, "{one:?}");
    }
}

async fn check_accept(house: &House, request: &str, volunteer: &str) {
    let history = house.history(request).await;
    let mut accepted = history.iter().filter(|event| event["type"] == "accepted");
    assert!(accepted.any(|event| event.to_string().contains(volunteer)), "{volunteer} is not in {history:#?}");
}

/// `wideawake audit` has nothing to say against what is configured here.
///
/// # Panics
/// When it has.
pub fn in_order(config: &str) {
    let audit = binary::tool(&["audit", "--config", config]).ok();
    assert!(audit.contains("In order"), "{audit}");
}

/// What a dead server left behind: a copy, so that looking at it changes nothing.
pub struct Remains {
    folder: TempDir,
}

impl Remains {
    /// Of the server of `from`.
    pub fn of(from: &Path) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let copy = |from: &Path, to: &Path| std::fs::copy(from, to).expect("a file can be copied");
        copy(&from.join("wideawake.toml"), &folder.path().join("wideawake.toml"));
        let data = folder.path().join("data");
        std::fs::create_dir(&data).expect("a folder can be made");
        for entry in std::fs::read_dir(from.join("data")).expect("a folder") {
            let entry = entry.expect("an entry of it");
            copy(&entry.path(), &data.join(entry.file_name()));
        }
        Self { folder }
    }

    pub fn in_order(&self) {
        in_order(&self.folder.path().join("wideawake.toml").display().to_string());
    }

    /// Everything that was acknowledged is on the disk, and nothing that was erased: `keys` is which wrapped keys were
    /// seen before, and takes in those that are here.
    ///
    /// # Panics
    /// When something is not so.
    pub fn check(&self, taken: &Taken, keys: &mut BTreeMap<String, Vec<u8>>) {
        let data = self.folder.path().join("data");
        let file = |name: &str| std::fs::read(data.join(name)).unwrap_or_default();
        let raw = [file("ledger.sqlite3"), file("ledger.sqlite3-wal")];
        let tombstones = file("erased.txt");
        let ledger = Connection::open(data.join("ledger.sqlite3")).expect("a ledger");
        let mut event = prepare(
            &ledger,
            "SELECT e.type, e.actor || e.data FROM events e JOIN streams s ON s.key = e.stream
             WHERE s.kind = 1 AND s.id = ?1 AND (e.version = ?2 OR e.type = ?3) ORDER BY e.version",
        );
        let mut find = |request: &str, version: u64, kind: &str| -> Vec<(String, String)> {
            let rows = event.query_map((blob(request), version as i64, kind), |row| Ok((row.get(0)?, row.get(1)?)));
            rows.and_then(Iterator::collect).expect("rows")
        };
        for member in &taken.members {
            assert_eq!(find(&member.id, 1, "").len(), 1, "{} is not in the ledger", member.id);
        }
        for said in &taken.said {
            let there = find(&said.request, said.version, "");
            assert!(there.first().is_some_and(|(kind, _)| kind == "message"), "{said:?} is not there, but {there:?}");
        }
        for (request, volunteer) in &taken.accepted {
            let there = find(request, 0, "accepted");
            assert!(there.iter().any(|(_, data)| data.contains(volunteer)), "{volunteer} did not take {request}");
        }
        for request in &taken.closed {
            assert!(!find(request, 0, "closed").is_empty(), "{request} is not closed");
        }
        let mut key = prepare(&ledger, "SELECT wrapped FROM keys k JOIN streams s ON s.key = k.stream WHERE s.id = ?1");
        let mut seek = prepare(&ledger, "SELECT instr(?1, ?2)");
        for request in &taken.erased {
            let wrapped: Option<Vec<u8>> =
                key.query_row([blob(request)], |row| row.get(0)).optional().expect("a key or none");
            assert!(wrapped.iter().flatten().all(|byte| *byte == 0), "the key of {request} is there: {wrapped:?}");
            assert!(tombstones.windows(request.len()).any(|id| id == request.as_bytes()), "no tombstone of {request}");
            // Twelve bytes are enough to know it by.
            if let Some(seen) = keys.remove(request) {
                for raw in &raw {
                    let at: i64 = seek.query_row((raw, &seen[..12]), |row| row.get(0)).expect("a number");
                    assert_eq!(at, 0, "the key of {request}, which was erased, stands in a file");
                }
            }
        }
        let mut all = prepare(&ledger, "SELECT s.id, k.wrapped FROM keys k JOIN streams s ON s.key = k.stream");
        let all = all.query_map((), |row| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, Vec<u8>>(1)?)));
        for (id, wrapped) in all.expect("rows").map(|row| row.expect("a row")) {
            if wrapped.iter().any(|byte| *byte != 0) {
                keys.insert(Uuid::from_bytes(id).to_string(), wrapped);
            }
        }
    }
}

fn prepare<'c>(ledger: &'c Connection, sql: &str) -> rusqlite::Statement<'c> {
    ledger.prepare(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

fn blob(id: &str) -> Vec<u8> {
    Uuid::parse_str(id).expect("an id").as_bytes().to_vec()
}
