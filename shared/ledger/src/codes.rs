//! What both databases write for the types of the record.

use chrono::{DateTime, Utc};
use std::sync::Arc;
use wideawake_domain::{Pool, StreamKind};

/// Stands in `streams.ended_at` for a stream that has not ended.
pub(crate) const NOT_ENDED: i64 = i64::MAX;

/// The code of a kind; in the order of [`StreamKind`], so that pages of streams come in order of id.
pub(crate) const fn code(kind: StreamKind) -> i64 {
    match kind {
        StreamKind::Request => 1,
        StreamKind::Staff => 2,
        StreamKind::Duty => 3,
        StreamKind::Escalation => 4,
        StreamKind::Rotation => 5,
        StreamKind::Checkpoint => 6,
        StreamKind::Session => 7,
    }
}

/// The kind with this code.
pub(crate) fn kind(found: i64) -> Option<StreamKind> {
    StreamKind::ALL.into_iter().find(|kind| code(*kind) == found)
}

pub(crate) fn ended_at(micros: i64) -> Option<DateTime<Utc>> {
    if micros == NOT_ENDED { None } else { DateTime::from_timestamp_micros(micros) }
}

/// A field that is not what was written there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BadField(pub(crate) &'static str);

/// One copy of the few names that come again and again.
#[derive(Default)]
pub(crate) struct Names {
    names: Vec<Arc<str>>,
    pools: Vec<Pool>,
}

impl Names {
    pub(crate) fn pool(&mut self, name: &str) -> Pool {
        keep(&mut self.pools, name, Pool::as_str, Pool::named)
    }

    pub(crate) fn name(&mut self, name: &str) -> Arc<str> {
        keep(&mut self.names, name, |kept| kept, |name| name.into())
    }

    /// Only the empty one comes again.
    pub(crate) fn trace(&mut self, trace: &str) -> Arc<str> {
        if trace.is_empty() { self.name("") } else { trace.into() }
    }
}

fn keep<T: Clone>(kept: &mut Vec<T>, name: &str, as_str: fn(&T) -> &str, make: fn(&str) -> T) -> T {
    if let Some(known) = kept.iter().find(|known| as_str(known) == name) {
        return known.clone();
    }
    let made = make(name);
    if kept.len() < 64 {
        kept.push(made.clone());
    }
    made
}
