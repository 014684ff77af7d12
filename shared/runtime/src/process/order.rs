//! Facts in order of version, once each, whatever order they arrive in.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::{Recorded, StreamId, Version};

/// The most facts kept that came before the ones they follow; beyond that they are dropped and read again.
const MOST_EARLY: usize = 10_000;

/// How long the version of a stream that has ended is remembered after it was last heard of: a late repeat must not
/// count as news.
const REMEMBERED: TimeDelta = TimeDelta::hours(1);

#[derive(Debug, Default)]
pub(super) struct Order {
    known: HashMap<StreamId, Known>,
    early: BTreeMap<(StreamId, Version), Recorded>,
    /// Streams that have ended or will have, by when they are forgotten.
    ended: BTreeSet<(DateTime<Utc>, StreamId)>,
}

#[derive(Debug)]
struct Known {
    version: Version,
    /// The trace under which the stream began.
    trace: Arc<str>,
    /// When it is forgotten, once it is known when it ends.
    forget_at: Option<DateTime<Utc>>,
}

/// What became of a fact.
#[derive(Debug)]
pub(super) enum Arrival {
    /// It was known already.
    Repeat,
    /// These are in order now, this one first.
    Next(Vec<Recorded>),
    /// Facts before it are missing: the stream must be read.
    Hole,
}

impl Order {
    pub(super) fn version(&self, stream: StreamId) -> Version {
        self.known.get(&stream).map_or(Version::NONE, |known| known.version)
    }

    pub(super) fn trace(&self, stream: StreamId) -> Arc<str> {
        self.known.get(&stream).map_or_else(|| "".into(), |known| known.trace.clone())
    }

    pub(super) fn arrive(&mut self, fact: Recorded, now: DateTime<Utc>) -> Arrival {
        self.forget(now);
        let known = self.version(fact.stream);
        if fact.version <= known {
            return Arrival::Repeat;
        }
        let follows_a_hole = fact.version > known.next();
        #[cfg(feature = "planted")]
        let follows_a_hole =
            follows_a_hole && !wideawake_domain::planted::has(wideawake_domain::planted::Fault::GapIgnored);
        if follows_a_hole {
            if self.early.len() < MOST_EARLY {
                self.early.insert((fact.stream, fact.version), fact);
            }
            return Arrival::Hole;
        }
        let mut next = vec![fact];
        while let Some(last) = next.last()
            && let Some(follower) = self.early.remove(&(last.stream, last.version.next()))
        {
            next.push(follower);
        }
        for fact in &next {
            self.note(fact, now);
        }
        Arrival::Next(next)
    }

    fn note(&mut self, fact: &Recorded, now: DateTime<Utc>) {
        let known = self.known.entry(fact.stream);
        let known =
            known.or_insert_with(|| Known { version: Version::NONE, trace: fact.trace.clone(), forget_at: None });
        known.version = fact.version;
        let ends_at = fact.event().ok().and_then(|event| event.ends_stream(fact.at));
        if ends_at.is_none() && known.forget_at.is_none() {
            return;
        }
        // Counted from now, and not from an end that may be long past: what is just being read must not be forgotten.
        let forget_at = ends_at.map_or(now, |at| at.max(now)) + REMEMBERED;
        let forget_at = known.forget_at.map_or(forget_at, |at| at.max(forget_at));
        if let Some(before) = known.forget_at.replace(forget_at) {
            self.ended.remove(&(before, fact.stream));
        }
        self.ended.insert((forget_at, fact.stream));
    }

    fn forget(&mut self, now: DateTime<Utc>) {
        while let Some((at, stream)) = self.ended.first().copied()
            && at < now
        {
            self.ended.pop_first();
            self.known.remove(&stream);
        }
    }

    #[cfg(test)]
    pub(super) fn remembered(&self) -> usize {
        self.known.len()
    }
}
