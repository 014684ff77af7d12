//! What went over the wire in this test, and may stand in no log: what people write, how they are reached, and what lets them in.

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

/// Shorter ones are words that a log may have for reasons of its own.
const SHORTEST: usize = 8;

/// As much is kept in one test; what comes later is not looked for.
const MOST: usize = 20_000;

/// The fields that hold them, in what is sent and in what comes back.
const SENT: [&str; 9] = ["text", "message", "reason", "note", "alias", "password", "new", "to", "code"];
const CAME: [&str; 5] = ["token", "url", "recovery_codes", "key", "setup"];

static KEPT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

/// Remembers what a call showed.
pub fn remember(authorization: Option<&str>, sent: Option<&[u8]>, came: &[u8]) {
    let read = |bytes: &[u8]| serde_json::from_slice(bytes).unwrap_or(Value::Null);
    let mut found: Vec<String> =
        authorization.and_then(|value| value.strip_prefix("Bearer ")).map(Into::into).into_iter().collect();
    gather(&sent.map_or(Value::Null, read), &SENT, false, &mut found);
    gather(&read(came), &CAME, false, &mut found);
    // What a log shows is escaped, and what is escaped would not be found: the longest piece without any of it stands for the rest.
    let plain = |c: char| !(c.is_control() || matches!(c, '"' | '\\'));
    let pieces = found.iter().filter_map(|text| text.split(|c| !plain(c)).max_by_key(|piece| piece.len()));
    let pieces =
        pieces.map(str::trim).filter(|piece| piece.chars().count() >= SHORTEST && piece.parse::<uuid::Uuid>().is_err());
    // To whom a supervisor speaks.
    let pieces = pieces.filter(|piece| *piece != "volunteer");
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let room = MOST.saturating_sub(kept.len());
    kept.extend(pieces.take(room).map(ToOwned::to_owned));
}

fn gather(value: &Value, fields: &[&str], inside: bool, found: &mut Vec<String>) {
    match value {
        Value::String(text) if inside => found.push(text.clone()),
        Value::Array(list) => list.iter().for_each(|one| gather(one, fields, inside, found)),
        Value::Object(object) => {
            for (name, one) in object {
                gather(one, fields, fields.contains(&name.as_str()), found);
            }
        }
        _ => {}
    }
}

/// # Panics
/// When something of it stands in this log.
pub fn must_not_stand_in(whose: &str, log: &str) {
    // What follows a failure is of no interest.
    if std::thread::panicking() {
        return;
    }
    let kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let found: Vec<&String> = kept.iter().filter(|text| log.contains(&**text)).collect();
    let lines: Vec<&str> =
        log.lines().filter(|line| found.iter().any(|text| line.contains(&***text))).take(5).collect();
    assert!(found.is_empty(), "what went over the wire stands in the log of {whose}: {found:?}\n{}", lines.join("\n"));
}
