//! Several appends as one call of `append_1`, and its answer.

use chrono::DateTime;
use std::sync::Arc;
use tokio_postgres::Row;
use tokio_postgres::types::ToSql;
use uuid::Uuid;
use wideawake_domain::{Position, Recorded, Version};

use super::Outbox;
use super::connections::Conn;
use super::failure::Failure;
use super::rows::code;
use crate::chain::encode;
use crate::{Append, AppendError, GENESIS, KeyChange};

const WRITTEN: i64 = -1;
const FENCED: i64 = -2;

/// The arguments of `append_1`, in its order.
#[derive(Default)]
struct Arguments<'a> {
    kinds: Vec<i16>,
    ids: Vec<Uuid>,
    pools: Vec<&'a str>,
    expected: Vec<i64>,
    ats: Vec<i64>,
    actors: Vec<String>,
    traces: Vec<&'a str>,
    ends: Vec<Option<i64>>,
    fences: Vec<Option<&'a str>>,
    tokens: Vec<Option<i64>>,
    key_changes: Vec<i16>,
    key_values: Vec<Option<&'a [u8]>>,
    key_times: Vec<Option<i64>>,
    owners: Vec<i32>,
    nths: Vec<i64>,
    types: Vec<&'a str>,
    datas: Vec<&'a str>,
    encoded: Vec<Vec<u8>>,
}

/// Writes `appends`, at most one for each stream, in one transaction, and says what became of each.
pub(super) async fn write(
    conn: &mut Conn,
    appends: &[&Append],
    outbox: Outbox,
) -> Result<Vec<Result<Vec<Recorded>, AppendError>>, Failure> {
    let mut recorded: Vec<Vec<Recorded>> = appends.iter().map(|append| record(append)).collect();
    let arguments = Arguments::of(appends, &recorded);
    let keeps_outbox = outbox == Outbox::Kept;
    let Arguments { kinds, ids, pools, expected, ats, actors, traces, ends, fences, tokens, .. } = &arguments;
    let Arguments { key_changes, key_values, key_times, owners, nths, types, datas, encoded, .. } = &arguments;
    let bound: [&(dyn ToSql + Sync); 19] = [
        kinds,
        ids,
        pools,
        expected,
        ats,
        actors,
        traces,
        ends,
        fences,
        tokens,
        key_changes,
        key_values,
        key_times,
        owners,
        nths,
        types,
        datas,
        encoded,
        &keeps_outbox,
    ];
    let rows = conn
        .query(
            "SELECT verdicts, positions, hashes FROM wideawake.append_1(
                 $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)",
            &bound,
        )
        .await?;
    rows.first()
        .and_then(|row| answers(row, &mut recorded))
        .ok_or_else(|| Failure::Lost("the answer to an append cannot be read".to_owned()))
}

/// The events as they will stand, but for what only the server knows.
fn record(append: &Append) -> Vec<Recorded> {
    let at = DateTime::from_timestamp_micros(append.at.timestamp_micros()).unwrap_or(append.at);
    let mut version = append.expected;
    let each = append.events.iter().map(|event| {
        version = version.next();
        Recorded {
            stream: append.stream,
            version,
            position: Position(0),
            pool: append.pool.clone(),
            kind: Arc::clone(&event.kind),
            at,
            actor: append.actor,
            trace: Arc::clone(&append.trace),
            data: Arc::clone(&event.data),
            hash: GENESIS,
        }
    });
    each.collect()
}

impl<'a> Arguments<'a> {
    fn of(appends: &[&'a Append], recorded: &[Vec<Recorded>]) -> Self {
        let mut all = Self::default();
        let fenced = appends.iter().any(|append| append.fence.is_some());
        let keyed = appends.iter().any(|append| append.key != KeyChange::Keep);
        for (owner, (append, events)) in (1..).zip(appends.iter().zip(recorded)) {
            all.kinds.push(code(append.stream.kind));
            all.ids.push(append.stream.id);
            all.pools.push(append.pool.as_str());
            // No stream is ever that long.
            all.expected.push(i64::try_from(append.expected.0).unwrap_or(i64::MAX));
            all.ats.push(append.at.timestamp_micros());
            all.actors.push(append.actor.to_string());
            all.traces.push(&append.trace);
            all.ends.push(append.ends_at.map(|at| at.timestamp_micros()));
            if fenced {
                all.fences.push(append.fence.as_ref().map(|fence| &*fence.lease));
                all.tokens.push(append.fence.as_ref().map(|fence| i64::try_from(fence.token).unwrap_or(-1)));
            }
            if keyed {
                let (change, value, time) = match &append.key {
                    KeyChange::Keep => (0, None, None),
                    KeyChange::Create(wrapped) => (1, Some(wrapped.as_slice()), None),
                    KeyChange::DestroyAt(at) => (2, None, Some(at.timestamp_micros())),
                    KeyChange::Destroy => (3, None, None),
                };
                all.key_changes.push(change);
                all.key_values.push(value);
                all.key_times.push(time);
            }
            for (nth, (event, new)) in (1..).zip(events.iter().zip(&append.events)) {
                all.owners.push(owner);
                all.nths.push(nth);
                all.types.push(&new.kind);
                all.datas.push(&new.data);
                let mut encoded = Vec::with_capacity(224);
                encode(event, &mut encoded);
                all.encoded.push(encoded);
            }
        }
        all
    }
}

/// None when that is no answer.
fn answers(row: &Row, recorded: &mut Vec<Vec<Recorded>>) -> Option<Vec<Result<Vec<Recorded>, AppendError>>> {
    let verdicts: Vec<i64> = row.try_get(0).ok()?;
    let positions: Vec<Option<i64>> = row.try_get::<_, Option<_>>(1).ok()?.unwrap_or_default();
    let hashes: Vec<Option<&[u8]>> = row.try_get::<_, Option<_>>(2).ok()?.unwrap_or_default();
    if verdicts.len() != recorded.len() {
        return None;
    }
    let mut known = positions.into_iter().zip(hashes);
    let judged = verdicts.into_iter().zip(recorded.drain(..)).map(|(verdict, mut events)| {
        // Those that were refused have their places in the answer too, if any was written.
        let known: Vec<_> = known.by_ref().take(events.len()).collect();
        Some(match verdict {
            WRITTEN if known.len() == events.len() => {
                for (event, (position, hash)) in events.iter_mut().zip(known) {
                    event.position = Position(u64::try_from(position?).ok()?);
                    event.hash = hash?.try_into().ok()?;
                }
                Ok(events)
            }
            WRITTEN => return None,
            FENCED => Err(AppendError::Fenced),
            actual => Err(AppendError::Conflict { actual: Version(u64::try_from(actual).ok()?) }),
        })
    });
    judged.collect()
}
