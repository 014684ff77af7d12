//! What is done by the clock and by nobody else: erasing what is due, and noting how far the record had come.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};
use wideawake_domain::record::Part;
use wideawake_domain::{Actor, Pool, Position, RequestId, Version};
use wideawake_ledger::{
    Append, AppendError, CHECKPOINTS, DueKey, Fence, KeyChange, Lease, checkpoint, checkpoint_until,
};

use super::erase::DEFERRED;
use super::{Record, RecordError};
use crate::clock;

/// The lease under which one instance keeps.
pub const KEEPER: &str = "keeper";

const ACTOR: Actor = Actor::System(Part::Keeper);

/// How often it looks for what is due.
const ROUND: Duration = Duration::from_secs(5);

/// How often it notes how far the record had come.
const CHECKPOINT_EVERY: TimeDelta = TimeDelta::minutes(1);

/// How many requests are erased in one round; the rest follows in the next.
const ERASED_AT_ONCE: usize = 200;

/// How many times as many are looked at when some of them are left alone.
const PAGES: usize = 20;

/// How many events one checkpoint covers at most; the rest follows at once.
const COVERED: usize = 5_000;

/// Keeps until `stop`: erases requests whose time has come, and appends a checkpoint each minute in which something
/// changed.
pub async fn keep(record: Arc<Record>, holder: Arc<str>, stop: CancellationToken) {
    let mut due = clock::now();
    let mut token = None;
    loop {
        match record.ledger().lease(KEEPER, &holder, ROUND * 3).await {
            Ok(Lease::Held { token: mine }) => {
                token = Some(mine);
                if let Err(error) = round(&record, mine, &mut due, &stop).await {
                    warn!(%error, source = ?std::error::Error::source(&error), "keeping was put off");
                }
            }
            Ok(Lease::HeldBy { .. }) => token = None,
            Err(error) => warn!(%error, "the keeper could not ask for its lease"),
        }
        tokio::select! {
            () = stop.cancelled() => break,
            () = tokio::time::sleep(ROUND) => {}
        }
    }
    if let Some(token) = token {
        let _ = record.ledger().give_back(KEEPER, token).await;
    }
}

pub(super) async fn round(
    record: &Record,
    token: u64,
    due: &mut DateTime<Utc>,
    stop: &CancellationToken,
) -> Result<(), RecordError> {
    let now = clock::now();
    erase_due(record, now, stop).await?;
    if now >= *due && !stop.is_cancelled() {
        let mut first = None;
        while note_heads(record, token, &mut first).await? {}
        *due = now + CHECKPOINT_EVERY;
    }
    Ok(())
}

/// What cannot be erased is tried again in the next round, and keeps nothing else from being erased. What people are still
/// called over is left alone for a while.
async fn erase_due(record: &Record, now: DateTime<Utc>, stop: &CancellationToken) -> Result<(), RecordError> {
    let (mut erased, mut failed, mut last) = (0, 0, None);
    let mut looked_at = BTreeSet::new();
    for page in 1..=PAGES {
        let due = record.ledger().keys_due(now, ERASED_AT_ONCE * page).await?;
        let (is_full, mut deferred) = (due.len() == ERASED_AT_ONCE * page, 0);
        for key in due.into_iter().filter(|key| looked_at.insert(key.stream)) {
            if stop.is_cancelled() {
                break;
            }
            match erase(record, &key, now).await {
                Ok(true) => erased += 1,
                Ok(false) => deferred += 1,
                Err(error) => (failed, last) = (failed + 1, Some(error)),
            }
        }
        // What is left alone must not stand in the way of what comes behind it.
        if !is_full || deferred == 0 {
            break;
        }
    }
    if erased > 0 {
        info!(requests = erased, "erased what was due");
    }
    if let Some(error) = last {
        warn!(requests = failed, %error, source = ?std::error::Error::source(&error), "could not erase what is due");
    }
    Ok(())
}

/// `false`: people are called over it.
async fn erase(record: &Record, key: &DueKey, now: DateTime<Utc>) -> Result<bool, RecordError> {
    let id = RequestId(key.stream.id);
    if now < key.destroy_at + DEFERRED
        && let Some(request) = record.request(id).await?
        && record.is_escalated(&request).await?
    {
        return Ok(false);
    }
    record.erase(id, ACTOR).await?;
    Ok(true)
}

/// Appends one checkpoint, if something changed since the last; true when more is to be covered of what happened before
/// the `first` of this round. What happens meanwhile is left to the next, or it would never end.
async fn note_heads(record: &Record, token: u64, first: &mut Option<Position>) -> Result<bool, RecordError> {
    let ledger = record.ledger();
    let now = clock::now();
    // Only the newest is ever read to go on.
    let newest = ledger.newest(CHECKPOINTS).await?;
    let until = newest.as_ref().and_then(checkpoint_until);
    let expected = newest.map_or(Version::NONE, |newest| newest.version);
    let (heads, cursor) = ledger.heads_changed(until.as_ref(), COVERED).await?;
    if heads.is_empty() {
        return Ok(false);
    }
    let append = Append {
        stream: CHECKPOINTS,
        pool: Pool::all(),
        expected,
        at: now,
        actor: ACTOR,
        trace: "".into(),
        events: vec![checkpoint(&heads, &cursor)],
        fence: Some(Fence { lease: KEEPER.into(), token }),
        ends_at: None,
        key: KeyChange::Keep,
    };
    match ledger.append(append).await {
        Ok(noted) => {
            let first = *first.get_or_insert(noted.first().map_or_else(Position::default, |noted| noted.position));
            let (next, _) = ledger.tail(Some(&cursor), 1).await?;
            Ok(next.first().is_some_and(|next| next.position < first))
        }
        Err(AppendError::Conflict { .. } | AppendError::Fenced) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
