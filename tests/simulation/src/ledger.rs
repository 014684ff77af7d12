//! The ledger in memory: versions, hashes, positions, leases with fencing tokens, and nothing that can fail. What fails
//! is decided outside (see `ports`).

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use wideawake_domain::{Event, Pool, Position, Recorded, StreamId, StreamKind, Version};
use wideawake_ledger::{Append, AppendError, Cursor, Fence, GENESIS, Lease, link};

use crate::Time;

#[derive(Debug, Default)]
pub(crate) struct Ledger {
    log: Vec<Recorded>,
    streams: BTreeMap<StreamId, Stream>,
    leases: BTreeMap<Arc<str>, Held>,
    /// Events of which the bus is yet to be told, by position.
    outbox: BTreeMap<Position, Row>,
    /// A planted fault: whoever once led may write.
    ignores_fences: bool,
    /// A planted fault: what was claimed once is never given out again.
    pub(crate) keeps_claims: bool,
}

/// A row of the outbox.
#[derive(Debug)]
struct Row {
    since: Time,
    /// When it was claimed last, or else written.
    touched: Time,
}

/// How long a row is left to whoever wrote or claimed it (DESIGN section 4).
const AGE: TimeDelta = TimeDelta::seconds(2);

#[derive(Debug)]
struct Stream {
    pool: Pool,
    facts: Vec<usize>,
    ends_at: Option<Time>,
}

#[derive(Debug)]
struct Held {
    holder: Arc<str>,
    token: u64,
    until: Time,
}

impl Ledger {
    pub(crate) fn new(ignores_fences: bool) -> Self {
        Self { ignores_fences, ..Self::default() }
    }

    pub(crate) fn append(&mut self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        if let Some(fence) = &append.fence
            && !self.is_newest(fence)
            && !self.ignores_fences
        {
            return Err(AppendError::Fenced);
        }
        let actual = self.version(append.stream);
        if actual != append.expected {
            return Err(AppendError::Conflict { actual });
        }
        let mut hash = self.newest(append.stream).map_or(GENESIS, |fact| fact.hash);
        let mut facts = Vec::with_capacity(append.events.len());
        for (n, event) in (1..).zip(append.events) {
            let mut fact = Recorded {
                stream: append.stream,
                version: actual.plus(n),
                position: Position((self.log.len() + facts.len() + 1) as u64),
                pool: append.pool.clone(),
                kind: event.kind,
                at: Time::from_timestamp_micros(append.at.timestamp_micros()).unwrap_or(append.at),
                actor: append.actor,
                trace: append.trace.clone(),
                data: event.data,
                hash,
            };
            fact.hash = link(&hash, &fact);
            hash = fact.hash;
            facts.push(fact);
        }
        let stream = self.streams.entry(append.stream);
        let stream = stream.or_insert_with(|| Stream { pool: append.pool, facts: Vec::new(), ends_at: None });
        stream.facts.extend(self.log.len()..self.log.len() + facts.len());
        stream.ends_at = append.ends_at.or(stream.ends_at);
        self.log.extend(facts.iter().cloned());
        Ok(facts)
    }

    pub(crate) fn is_newest(&self, fence: &Fence) -> bool {
        self.leases.get(&fence.lease).is_some_and(|held| held.token == fence.token)
    }

    pub(crate) fn version(&self, stream: StreamId) -> Version {
        self.newest(stream).map_or(Version::NONE, |fact| fact.version)
    }

    fn newest(&self, stream: StreamId) -> Option<&Recorded> {
        self.streams.get(&stream)?.facts.last().map(|at| &self.log[*at])
    }

    pub(crate) fn read(&self, stream: StreamId, after: Version) -> Vec<Recorded> {
        let facts = self.streams.get(&stream).map_or(&[][..], |stream| &stream.facts);
        facts.iter().skip(after.0 as usize).map(|at| self.log[*at].clone()).collect()
    }

    pub(crate) fn open(&self, pool: &Pool, kind: StreamKind, ended_since: Time) -> Vec<Recorded> {
        let streams = self.streams.iter().filter(|(id, stream)| {
            id.kind == kind && stream.pool.concerns(pool) && stream.ends_at.is_none_or(|at| at > ended_since)
        });
        streams.flat_map(|(_, stream)| stream.facts.iter().map(|at| self.log[*at].clone())).collect()
    }

    pub(crate) fn end(&self) -> Cursor {
        Cursor(self.log.len().to_string())
    }

    pub(crate) fn tail(&self, after: &Cursor, limit: usize) -> (Vec<Recorded>, Cursor) {
        let from = after.0.parse::<usize>().unwrap_or(0).min(self.log.len());
        let to = (from + limit).min(self.log.len());
        (self.log[from..to].to_vec(), Cursor(to.to_string()))
    }

    /// Everything there is, in order of position.
    pub(crate) fn log(&self) -> &[Recorded] {
        &self.log
    }

    pub(crate) fn into_log(self) -> Vec<Recorded> {
        self.log
    }

    pub(crate) fn lease(&mut self, name: &Arc<str>, holder: &Arc<str>, ttl: Duration, now: Time) -> Lease {
        let until = now + TimeDelta::from_std(ttl).unwrap_or(TimeDelta::MAX);
        let token = match self.leases.get(name) {
            None => 1,
            Some(held) if held.holder == *holder => held.token,
            Some(held) if held.until <= now => held.token + 1,
            Some(held) => {
                let expires_in = (held.until - now).to_std().unwrap_or_default();
                return Lease::HeldBy { holder: held.holder.clone(), expires_in };
            }
        };
        self.leases.insert(name.clone(), Held { holder: holder.clone(), token, until });
        Lease::Held { token }
    }

    /// Whether that lease is still theirs at `now`.
    pub(crate) fn is_held(&self, fence: &Fence, now: Time) -> bool {
        self.leases.get(&fence.lease).is_some_and(|held| held.token == fence.token && now < held.until)
    }

    /// Lets whoever asks next have the lease, if that token is the newest.
    pub(crate) fn give_back(&mut self, name: &Arc<str>, token: u64) {
        if let Some(held) = self.leases.get_mut(name).filter(|held| held.token == token) {
            (held.holder, held.until) = ("".into(), Time::UNIX_EPOCH);
        }
    }

    /// Notes, in the transaction that wrote them, that the bus is yet to be told.
    pub(crate) fn note_untold(&mut self, facts: &[Recorded], now: Time) {
        self.outbox.extend(facts.iter().map(|fact| (fact.position, Row { since: now, touched: now })));
    }

    /// Claims what nobody touched for a while, the longest waiting first.
    pub(crate) fn untold(&mut self, limit: usize, now: Time) -> Vec<Recorded> {
        let keeps = self.keeps_claims;
        let due = |row: &Row| row.touched + AGE <= now && !(keeps && row.touched > row.since);
        let due = self.outbox.iter_mut().filter(|(_, row)| due(row)).take(limit);
        let claimed = due.map(|(position, row)| {
            row.touched = now;
            position.0 as usize - 1
        });
        claimed.map(|at| self.log[at].clone()).collect()
    }

    /// Takes out of the outbox what the bus has taken over.
    pub(crate) fn told(&mut self, positions: &[Position]) {
        for position in positions {
            self.outbox.remove(position);
        }
    }

    /// What has waited in the outbox for the longest, and since when.
    pub(crate) fn longest_untold(&self) -> Option<(Position, Time)> {
        self.outbox.iter().map(|(position, row)| (*position, row.since)).min_by_key(|(_, since)| *since)
    }

    /// Recomputes the chain of every stream: what is wrong with the first that does not hold.
    pub(crate) fn verify(&self) -> Option<String> {
        for (id, stream) in &self.streams {
            let mut hash = GENESIS;
            for (n, at) in (1..).zip(&stream.facts) {
                let fact = &self.log[*at];
                hash = link(&hash, fact);
                if fact.version != Version(n) || fact.hash != hash {
                    return Some(format!("{id} does not chain at version {}", fact.version));
                }
            }
        }
        None
    }

    /// Whether `event` ends its stream, and when.
    pub(crate) fn ending(events: &[Event], at: Time) -> Option<Time> {
        events.iter().filter_map(|event| event.ends_stream(at)).next_back()
    }
}
