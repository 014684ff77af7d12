//! What must be true in the end: everybody was helped, nothing is left over, and the record is whole.

use chrono::TimeDelta;
use wideawake_domain::StreamKind;
use wideawake_domain::audit::{self, StaffHistory};

use super::quiet::lags;
use crate::model::{Breach, breach};
use crate::world::World;

/// How long after the morning the last one may be helped.
const LONGEST: TimeDelta = TimeDelta::minutes(75);

/// How long it must have been quiet at the end.
const REST: TimeDelta = TimeDelta::seconds(4);

/// How long after the last event whoever follows the record may not know it yet: a read of its tail, and a little.
const HEARD: TimeDelta = TimeDelta::seconds(2);

impl World {
    pub(super) fn look_for_the_end(&mut self) {
        if self.now - self.options.morning() > LONGEST {
            let left: Vec<String> = self
                .checks
                .truth
                .open
                .iter()
                .map(|id| format!("{id} {:?}", self.checks.truth.cases[id].state))
                .collect();
            return self.found(breach("I4", format!("an hour into the morning {} wait: {left:?}", left.len())));
        }
        // What is told last is told a moment after it was recorded; what is swept, a few seconds.
        let busy = !self.checks.truth.open.is_empty()
            || self.ledger.longest_untold().is_some()
            || self.runners.iter().any(crate::runner::Runner::is_busy);
        if busy {
            self.checks.rested_since = None;
            return;
        }
        let since = *self.checks.rested_since.get_or_insert(self.now);
        // Supervisors go on settling what they took on: who leads must have had the time to hear of it.
        if self.now - since > REST && self.now - self.checks.newest > HEARD {
            let ended = self.look_at_the_end();
            self.found(ended);
            self.is_over = true;
        }
    }

    fn look_at_the_end(&self) -> Result<(), Breach> {
        if let Some(what) = self.ledger.verify() {
            return breach("I9", what);
        }
        for (stream, version, hash) in &self.checks.acknowledged {
            let kept = self.ledger.read(*stream, wideawake_domain::Version(version.0 - 1));
            if kept.first().is_none_or(|fact| fact.hash != *hash) {
                return breach("I1", format!("{stream} version {version} was acknowledged and is not in the record"));
            }
        }
        for pool in &self.options.settings.pools {
            let Some(leader) = self.leader(pool) else {
                return breach("I4", format!("nobody leads in {pool} in the end"));
            };
            if let Some(what) = lags(pool, leader, &self.checks.truth) {
                return breach("I9", what);
            }
            let waiting = leader.dispatcher().waiting();
            if waiting != [0; 4] {
                return breach("I9", format!("the dispatcher of {pool} still counts {waiting:?} waiting"));
            }
            self.compare_with_leader(pool)?;
            self.look_at_the_end_of_escalations(pool)?;
        }
        self.compare_outbox()?;
        self.compare_doors()?;
        self.audit()
    }

    /// Nothing was left out: the broker took over every event at least once.
    fn compare_outbox(&self) -> Result<(), Breach> {
        let untold = |fact: &&wideawake_domain::Recorded| !self.broker.knows(fact.position);
        match self.ledger.log().iter().find(untold) {
            Some(fact) if self.options.is_cluster => {
                breach("outbox", format!("{} version {} was never told to the bus", fact.stream, fact.version))
            }
            _ => Ok(()),
        }
    }

    /// I9: what a door remembers is what the record said at that version.
    fn compare_doors(&self) -> Result<(), Breach> {
        for door in &self.doors {
            for (id, known) in &door.known {
                let facts = self.ledger.read(wideawake_domain::StreamId::request(*id), wideawake_domain::Version::NONE);
                let until = facts.iter().take(known.version.0 as usize);
                let replayed = wideawake_domain::request::SupportRequest::replay(until);
                if replayed.as_ref().map(|state| format!("{state:?}")) != Some(format!("{known:?}")) {
                    return breach("I9", format!("a door serves {id} as {known:?}"));
                }
            }
        }
        Ok(())
    }

    /// What `wideawake audit` would say of this record. It judges by the clocks of whoever wrote, and allows the
    /// dispatcher a few seconds in which it has not seen a change, so it is asked only of nights in which nothing went
    /// wrong.
    fn audit(&self) -> Result<(), Breach> {
        if !self.options.faults.is_empty() {
            return Ok(());
        }
        let mut staff = StaffHistory::default();
        let mut streams = std::collections::BTreeMap::new();
        for fact in self.ledger.log() {
            streams.entry(fact.stream).or_insert_with(Vec::new).push(fact.clone());
        }
        let of = |kinds: &[StreamKind]| {
            let kinds = kinds.to_vec();
            streams.iter().filter(move |(id, _)| kinds.contains(&id.kind)).map(|(_, facts)| facts)
        };
        of(&[StreamKind::Staff, StreamKind::Duty]).for_each(|facts| staff.learn(facts));
        staff.settle();
        for facts in of(&[StreamKind::Request]) {
            if let Some(found) = audit::request(facts, &staff, &self.options.settings).first() {
                return breach("audit", found.to_string());
            }
        }
        Ok(())
    }
}
