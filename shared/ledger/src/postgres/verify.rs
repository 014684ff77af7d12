//! Reads a whole ledger, row by row, and reports what is not as it was written. Garbage is a finding, never a crash.

use deadpool_postgres::Transaction;
use std::collections::VecDeque;
use tokio_postgres::types::ToSql;
use tokio_postgres::{IsolationLevel, Portal, Row};
use uuid::Uuid;
use wideawake_domain::{Recorded, StreamId, StreamKind, Version};

use super::connections::{Connections, NEXT, late};
use super::failure::Failure;
use super::rows::{self, BadField, Place, RowReader, code, event_columns};
use crate::LedgerError;
use crate::audit::{AuditReport, Chain, Covered, Head, Violation, place};
use crate::checkpoint::{CHECKPOINT, Mark, saw};

/// How many rows are held at a time.
const PAGE: i32 = 1_000;
/// How many, of those that may be large.
const FEW: i32 = 10;

pub(super) async fn verify(connections: &Connections) -> Result<AuditReport, LedgerError> {
    let mut conn = connections.read().await?;
    let mut report = AuditReport::default();
    let client = conn.for_transaction()?;
    let snapshot = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await
        .map_err(Failure::from)?;
    let outcome = async {
        // Each page is a statement, and whoever reads may take their time between two.
        let patient = "SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL statement_timeout = 0;
                       SET LOCAL plan_cache_mode = force_custom_plan";
        within(snapshot.batch_execute(patient)).await?;
        chains(&snapshot, &mut report).await?;
        checkpoints(&snapshot, &mut report).await
    };
    match outcome.await.map_err(LedgerError::from) {
        Ok(()) => {}
        Err(LedgerError::Damaged(why)) => report.add("the ledger", Violation::Damaged(why)),
        Err(other) => return Err(other),
    }
    within(snapshot.rollback()).await?;
    conn.finished();
    Ok(report)
}

async fn within<T>(asked: impl Future<Output = Result<T, tokio_postgres::Error>>) -> Result<T, Failure> {
    // The first page may have to sort the whole.
    match tokio::time::timeout(NEXT * 30, asked).await {
        Ok(outcome) => outcome.map_err(Failure::from),
        Err(_) => Err(late()),
    }
}

/// The stream of an event or a head, as it stands there.
type Key = (i16, Uuid);

/// Walks streams and events side by side, both in order of stream.
async fn chains(snapshot: &Transaction<'_>, report: &mut AuditReport) -> Result<(), Failure> {
    let streams = "SELECT kind, id, pool, version, hash FROM wideawake.streams ORDER BY kind, id";
    let events = concat!("SELECT ", event_columns!(), " FROM wideawake.events e ORDER BY e.kind, e.id, e.version");
    let mut streams = Pages::open(snapshot, streams, PAGE).await?;
    let mut events =
        Events { rows: Pages::open(snapshot, events, PAGE).await?, reader: RowReader::default(), waiting: None };
    while let Some(row) = streams.next().await? {
        report.streams += 1;
        let key: Key = (row.get(0), row.get(1));
        while events.peek().await?.is_some_and(|event| event.key < key) {
            events.orphan(report);
        }
        let name = match rows::stream(&row, 0) {
            Ok(stream) => stream.to_string(),
            Err(BadField(field)) => {
                let name = format!("stream {}:{}", key.0, key.1);
                report.add(name.clone(), Violation::Unreadable(field));
                name
            }
        };
        let head = head(&row, &name, report);
        let mut chain = Chain::of(name);
        while events.peek().await?.is_some_and(|event| event.key == key) {
            match events.waiting.take().map(|event| event.content) {
                Some(Content::Whole(event)) => chain.event(&event, report),
                Some(Content::Bad { field, version, hash, .. }) => chain.unreadable(version, hash, field, report),
                None => {}
            }
        }
        chain.end(Some(&head), report);
    }
    while events.peek().await?.is_some() {
        events.orphan(report);
    }
    Ok(())
}

fn head(row: &Row, name: &str, report: &mut AuditReport) -> Head {
    let mut bad = |BadField(field)| report.add(name, Violation::Unreadable(field));
    Head {
        pool: rows::get(row, 2, "pool").map_err(&mut bad).ok().map(wideawake_domain::Pool::named),
        version: rows::number(row, 3, "version").map_err(&mut bad).ok().map(Version),
        hash: rows::hash(row, 4).map_err(&mut bad).ok(),
    }
}

/// The rows of a statement, some at a time.
struct Pages<'t> {
    snapshot: &'t Transaction<'t>,
    portal: Portal,
    size: i32,
    page: VecDeque<Row>,
    over: bool,
}

impl<'t> Pages<'t> {
    async fn open(snapshot: &'t Transaction<'_>, sql: &str, size: i32) -> Result<Self, Failure> {
        let portal = within(snapshot.bind(sql, &[])).await?;
        Ok(Self { snapshot, portal, size, page: VecDeque::new(), over: false })
    }

    async fn next(&mut self) -> Result<Option<Row>, Failure> {
        if self.page.is_empty() && !self.over {
            self.page = within(self.snapshot.query_portal(&self.portal, self.size)).await?.into();
            self.over = self.page.len() < self.size as usize;
        }
        Ok(self.page.pop_front())
    }
}

/// Events as they come, one ahead.
struct Events<'t> {
    rows: Pages<'t>,
    reader: RowReader,
    waiting: Option<Raw>,
}

struct Raw {
    key: Key,
    content: Content,
}

enum Content {
    Whole(Box<Recorded>),
    Bad { field: &'static str, position: Option<i64>, version: Option<Version>, hash: Option<[u8; 32]> },
}

impl Events<'_> {
    async fn peek(&mut self) -> Result<Option<&Raw>, Failure> {
        if self.waiting.is_none()
            && let Some(row) = self.rows.next().await?
        {
            let content = match self.reader.fields(&row) {
                Ok(event) => Content::Whole(Box::new(event)),
                Err(BadField(field)) => Content::Bad {
                    field,
                    position: rows::get(&row, 3, "position").ok(),
                    version: rows::number(&row, 2, "version").ok().map(Version),
                    hash: rows::hash(&row, 10).ok(),
                },
            };
            self.waiting = Some(Raw { key: (row.get(0), row.get(1)), content });
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
async fn checkpoints(snapshot: &Transaction<'_>, report: &mut AuditReport) -> Result<(), Failure> {
    let sql = format!(
        "SELECT kind, id, version, data FROM wideawake.events WHERE kind = {} AND type = '{CHECKPOINT}'
         ORDER BY kind, id, version",
        code(StreamKind::Checkpoint)
    );
    let mut checkpoints = Pages::open(snapshot, &sql, FEW).await?;
    // How far the one before reached; `None`: it could not be read.
    let mut reached: (Option<StreamId>, Option<Place>) = (None, None);
    while let Some(row) = checkpoints.next().await? {
        let (Ok(stream), Ok(version)) = (rows::stream(&row, 0), rows::number(&row, 2, "version")) else { continue };
        let read = rows::get::<&str>(&row, 3, "data").ok().and_then(saw);
        let read = read.and_then(|saw| Some((Place::of(Some(&saw.until)).ok()?, saw.marks)));
        let Some((until, marks)) = read else {
            report.add(place(stream, Version(version)), Violation::Unreadable("list of heads"));
            reached = (Some(stream), None);
            continue;
        };
        report.checkpoints += 1;
        let after = if reached.0 == Some(stream) { reached.1 } else { Some(Place::default()) };
        reached = (Some(stream), Some(until));
        let there = compare(snapshot, &marks, report).await?;
        // Behind one that cannot be read, nobody knows what belongs to which.
        if let Some(after) = after {
            covered(snapshot, after, until, Covered::by(marks.into_iter().zip(there)), report).await?;
        }
    }
    Ok(())
}

/// Holds a checkpoint against the part of the log that it covers.
async fn covered(
    snapshot: &Transaction<'_>,
    after: Place,
    until: Place,
    mut covered: Covered,
    report: &mut AuditReport,
) -> Result<(), Failure> {
    let sql = "SELECT e.kind, e.id, max(e.version) FROM wideawake.events e
               WHERE (e.turn, e.position) > ($1, $2) AND (e.turn, e.position) <= ($3, $4) AND e.kind <> $5
               GROUP BY e.kind, e.id";
    let checkpoint = code(StreamKind::Checkpoint);
    let bound: [&(dyn ToSql + Sync); 5] = [&after.turn, &after.position, &until.turn, &until.position, &checkpoint];
    let sql = within(snapshot.prepare_cached(sql)).await?;
    for row in within(snapshot.query(&sql, &bound)).await? {
        // What cannot be read was said by the walk along its stream.
        if let (Ok(stream), Ok(version)) = (rows::stream(&row, 0), rows::number(&row, 2, "version")) {
            covered.newest(stream, Version(version), report);
        }
    }
    covered.end(report);
    Ok(())
}

/// Whether each event is there and what it was.
async fn compare(snapshot: &Transaction<'_>, marks: &[Mark], report: &mut AuditReport) -> Result<Vec<bool>, Failure> {
    let kinds: Vec<i16> = marks.iter().map(|mark| code(mark.stream.kind)).collect();
    let ids: Vec<Uuid> = marks.iter().map(|mark| mark.stream.id).collect();
    let versions: Vec<i64> = marks.iter().map(|mark| i64::try_from(mark.version.0).unwrap_or(i64::MAX)).collect();
    // Whether the stream goes on behind a missing event: then it is a hole, which the walk along it has reported.
    let sql = "SELECT e.hash, e.hash IS NULL AND EXISTS (
                   SELECT 1 FROM wideawake.events d WHERE d.kind = m.kind AND d.id = m.id AND d.version > m.version)
               FROM unnest($1::smallint[], $2::uuid[], $3::bigint[]) WITH ORDINALITY m(kind, id, version, n)
               LEFT JOIN wideawake.events e ON e.kind = m.kind AND e.id = m.id AND e.version = m.version
               ORDER BY m.n";
    let sql = within(snapshot.prepare_cached(sql)).await?;
    let found = within(snapshot.query(&sql, &[&kinds, &ids, &versions])).await?;
    let judge = |(mark, row): (&Mark, &Row)| {
        let hash: Option<&[u8]> = row.get(0);
        let violation = match hash {
            Some(hash) if hash == mark.hash => return true,
            // That its hash cannot be read was said by the walk along its stream.
            Some(hash) if hash.len() != 32 => return false,
            Some(_) => Violation::Replaced,
            None if row.get(1) => return false,
            None => Violation::Cut("a checkpoint"),
        };
        report.add(place(mark.stream, mark.version), violation);
        false
    };
    Ok(marks.iter().zip(&found).map(judge).collect())
}
