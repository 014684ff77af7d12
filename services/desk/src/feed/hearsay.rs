//! Which events the bus has brought: of those that only the tail brings, others may not know.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use wideawake_domain::{Position, Recorded};

/// How many events that the bus brought early are remembered; beyond that some are told of twice, which harms nobody.
const MOST: usize = 50_000;

/// Events that came by only one of the two ways so far.
#[derive(Debug, Default)]
pub(super) struct Hearsay {
    /// By the bus, and not yet by the tail.
    early: BTreeSet<Position>,
    /// By the tail, and not yet by the bus.
    unheard: BTreeMap<Position, (Instant, Recorded)>,
    /// How far the tail was read.
    read: Position,
}

impl Hearsay {
    /// The bus brought these.
    pub(super) fn heard(&mut self, facts: &[Recorded]) {
        for fact in facts {
            if self.unheard.remove(&fact.position).is_none() && fact.position > self.read {
                self.early.insert(fact.position);
            }
        }
        if self.early.len() > MOST {
            self.early.clear();
        }
    }

    /// The tail brought these.
    pub(super) fn read(&mut self, facts: Vec<Recorded>, now: Instant) {
        for fact in facts {
            self.read = self.read.max(fact.position);
            if !self.early.remove(&fact.position) {
                self.unheard.insert(fact.position, (now, fact));
            }
        }
    }

    /// Takes out what the tail brought so long ago and the bus never did.
    pub(super) fn unheard(&mut self, now: Instant, patience: Duration) -> Vec<Recorded> {
        let late = self.unheard.extract_if(.., |_, (at, _)| now.saturating_duration_since(*at) >= patience);
        late.map(|(_, (_, fact))| fact).collect()
    }

    /// Whether the bus brought something that the tail has not shown yet: a ledger shows nothing from behind a transaction
    /// that is not done.
    pub(super) fn is_ahead(&self) -> bool {
        !self.early.is_empty()
    }

    /// Whether the bus may still bring something.
    pub(super) fn is_waiting(&self) -> bool {
        !self.unheard.is_empty()
    }
}
