//! Reads a whole ledger file, row by row, and reports what is not as it was written. Garbage is a finding, never a crash.

use rusqlite::{Connection, OptionalExtension as _, Row, Rows, params};
use wideawake_domain::{Recorded, StreamKind, Version};

use super::rows::{self, BadField, RowReader, code, event_columns, failed};
use crate::LedgerError;
use crate::audit::{AuditReport, Chain, Covered, Head, Violation, place};
use crate::checkpoint::{CHECKPOINT, Mark, saw};

/// `conn` is not used by anybody else: all is read in one snapshot.
pub(super) fn verify(conn: &Connection) -> Result<AuditReport, LedgerError> {
    let snapshot = conn.unchecked_transaction().map_err(failed)?;
    let mut report = AuditReport::default();
    for part in [structure, chains, checkpoints] {
        match part(&snapshot, &mut report).map_err(failed) {
            Ok(()) => {}
            Err(LedgerError::Damaged(why)) => report.add("the ledger", Violation::Damaged(why)),
            Err(other) => return Err(other),
        }
    }
    Ok(report)
}

/// Pages and indexes.
fn structure(conn: &Connection, report: &mut AuditReport) -> rusqlite::Result<()> {
    let mut statement = conn.prepare("PRAGMA integrity_check(20)")?;
    let mut found = statement.query([])?;
    while let Some(row) = found.next()? {
        match rows::text(row, 0, "message") {
            Ok("ok") => {}
            Ok(message) => report.add("the ledger", Violation::Damaged(message.to_owned())),
            Err(BadField(field)) => report.add("the ledger", Violation::Unreadable(field)),
        }
    }
    Ok(())
}

/// Walks streams and events side by side, both in order of the stream's key.
fn chains(conn: &Connection, report: &mut AuditReport) -> rusqlite::Result<()> {
    let mut streams = conn.prepare("SELECT kind, id, key, pool, version, hash FROM streams ORDER BY key")?;
    let mut events = conn.prepare(concat!(
        "SELECT ",
        event_columns!(),
        ", e.stream FROM events e LEFT JOIN streams s ON s.key = e.stream ORDER BY e.stream, e.version"
    ))?;
    let mut events = Events { rows: events.query([])?, reader: RowReader::default(), waiting: None };
    let mut streams = streams.query([])?;
    while let Some(row) = streams.next()? {
        report.streams += 1;
        let key: i64 = row.get(2)?;
        while events.peek()?.is_some_and(|event| event.stream < key) {
            events.orphan(report);
        }
        let name = match rows::stream(row, 0) {
            Ok(stream) => stream.to_string(),
            Err(BadField(field)) => {
                let name = format!("stream number {key}");
                report.add(name.clone(), Violation::Unreadable(field));
                name
            }
        };
        let head = head(row, &name, report);
        let mut chain = Chain::of(name);
        while events.peek()?.is_some_and(|event| event.stream == key) {
            match events.waiting.take().map(|event| event.content) {
                Some(Content::Whole(event)) => chain.event(&event, report),
                Some(Content::Bad { field, version, hash, .. }) => chain.unreadable(version, hash, field, report),
                None => {}
            }
        }
        chain.end(Some(&head), report);
    }
    while events.peek()?.is_some() {
        events.orphan(report);
    }
    Ok(())
}

fn head(row: &Row<'_>, name: &str, report: &mut AuditReport) -> Head {
    let mut bad = |BadField(field)| report.add(name, Violation::Unreadable(field));
    Head {
        pool: rows::text(row, 3, "pool").map_err(&mut bad).ok().map(wideawake_domain::Pool::named),
        version: rows::number(row, 4, "version").map_err(&mut bad).ok().map(Version),
        hash: rows::hash(row, 5).map_err(&mut bad).ok(),
    }
}

/// Events as they come, one ahead.
struct Events<'s> {
    rows: Rows<'s>,
    reader: RowReader,
    waiting: Option<Raw>,
}

struct Raw {
    /// The key of its stream.
    stream: i64,
    content: Content,
}

enum Content {
    Whole(Box<Recorded>),
    Bad { field: &'static str, position: Option<i64>, version: Option<Version>, hash: Option<[u8; 32]> },
}

impl Events<'_> {
    fn peek(&mut self) -> rusqlite::Result<Option<&Raw>> {
        if self.waiting.is_none()
            && let Some(row) = self.rows.next()?
        {
            let content = match self.reader.fields(row) {
                Ok(event) => Content::Whole(Box::new(event)),
                Err(BadField(field)) => Content::Bad {
                    field,
                    position: rows::integer(row, 3, "position").ok(),
                    version: rows::number(row, 2, "version").ok().map(Version),
                    hash: rows::hash(row, 10).ok(),
                },
            };
            // A stream that is no number sorts first, and has no row in `streams`.
            self.waiting = Some(Raw { stream: row.get(11).unwrap_or(i64::MIN), content });
        }
        Ok(self.waiting.as_ref())
    }

    /// The next event has no stream.
    fn orphan(&mut self, report: &mut AuditReport) {
        let position = match self.waiting.take().map(|event| event.content) {
            Some(Content::Whole(event)) => Some(event.position.0 as i64),
            Some(Content::Bad { position, .. }) => position,
            None => return,
        };
        report.events += 1;
        let place = position.map_or("an event".to_owned(), |position| format!("the event at position {position}"));
        report.add(place, Violation::Orphan);
    }
}

/// What checkpoints saw must still be there, and nothing else where they looked.
fn checkpoints(conn: &Connection, report: &mut AuditReport) -> rusqlite::Result<()> {
    let mut checkpoints = conn.prepare(
        "SELECT s.kind, s.id, e.version, e.data FROM streams s CROSS JOIN events e ON e.stream = s.key
         WHERE s.kind = ?1 AND e.type = ?2 ORDER BY e.stream, e.version",
    )?;
    let mut checkpoints = checkpoints.query(params![code(StreamKind::Checkpoint), CHECKPOINT])?;
    // How far the one before reached.
    let mut reached = (None, 0);
    while let Some(row) = checkpoints.next()? {
        let (Ok(stream), Ok(version)) = (rows::stream(row, 0), rows::number(row, 2, "version")) else { continue };
        let read = rows::text(row, 3, "data").ok().and_then(saw);
        let read = read.and_then(|saw| Some((rows::position(Some(&saw.until)).ok()?, saw.marks)));
        let Some((until, marks)) = read else {
            report.add(place(stream, Version(version)), Violation::Unreadable("list of heads"));
            reached = (Some(stream), i64::MAX);
            continue;
        };
        report.checkpoints += 1;
        let after = if reached.0 == Some(stream) { reached.1 } else { 0 };
        reached = (Some(stream), until);
        let mut seen = Vec::with_capacity(marks.len());
        for mark in marks {
            let is_there = compare(conn, &mark, report)?;
            seen.push((mark, is_there));
        }
        // Behind one that cannot be read, nobody knows what belongs to which.
        if after != i64::MAX {
            covered(conn, after, until, Covered::by(seen.into_iter()), report)?;
        }
    }
    Ok(())
}

/// Holds a checkpoint against the part of the log that it covers.
fn covered(
    conn: &Connection,
    after: i64,
    until: i64,
    mut covered: Covered,
    report: &mut AuditReport,
) -> rusqlite::Result<()> {
    let mut newest = conn.prepare_cached(
        "SELECT s.kind, s.id, max(e.version) FROM events e CROSS JOIN streams s ON s.key = e.stream
         WHERE e.position > ?1 AND e.position <= ?2 AND s.kind <> ?3 GROUP BY e.stream",
    )?;
    let mut newest = newest.query(params![after, until, code(StreamKind::Checkpoint)])?;
    while let Some(row) = newest.next()? {
        // What cannot be read was said by the walk along its stream.
        if let (Ok(stream), Ok(version)) = (rows::stream(row, 0), rows::number(row, 2, "version")) {
            covered.newest(stream, Version(version), report);
        }
    }
    covered.end(report);
    Ok(())
}

/// Whether the event is there and what it was.
fn compare(conn: &Connection, mark: &Mark, report: &mut AuditReport) -> rusqlite::Result<bool> {
    let there = conn
        .prepare_cached(
            "SELECT e.hash FROM streams s CROSS JOIN events e ON e.stream = s.key
             WHERE s.kind = ?1 AND s.id = ?2 AND e.version = ?3",
        )?
        .query_row(params![code(mark.stream.kind), mark.stream.id.as_bytes(), mark.version.0 as i64], |row| {
            Ok(rows::hash(row, 0).ok())
        })
        .optional()?;
    let violation = match there {
        Some(Some(hash)) if hash == mark.hash => return Ok(true),
        // That its hash cannot be read was said by the walk along its stream.
        Some(None) => return Ok(false),
        Some(Some(_)) => Violation::Replaced,
        None if deeper(conn, mark)? => return Ok(false),
        None => Violation::Cut("a checkpoint"),
    };
    report.add(place(mark.stream, mark.version), violation);
    Ok(false)
}

/// Whether the stream goes on behind the missing event: then it is a hole, which the walk along it has reported.
fn deeper(conn: &Connection, mark: &Mark) -> rusqlite::Result<bool> {
    conn.prepare_cached(
        "SELECT 1 FROM streams s CROSS JOIN events e ON e.stream = s.key
         WHERE s.kind = ?1 AND s.id = ?2 AND e.version > ?3",
    )?
    .exists(params![code(mark.stream.kind), mark.stream.id.as_bytes(), mark.version.0 as i64])
}
