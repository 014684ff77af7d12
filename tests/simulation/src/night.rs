//! One night from its seed to its end.

use std::fmt;

use wideawake_domain::Recorded;

use crate::checks::Promises;
use crate::model::Breach;
use crate::options::Options;
use crate::plant::{self, Plant};
use crate::scenario::Scenario;
use crate::world::World;

/// What came of a night.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// What was drawn for it.
    pub options: Options,
    /// What went wrong, if something did.
    pub violation: Option<Violation>,
    /// What was seen of the promises for when engines fail.
    pub promises: Promises,
    /// How many things happened.
    pub steps: u64,
    /// The record, in order of position.
    pub record: Vec<Recorded>,
    /// The hash of everything that was recorded, in order: two runs of one night have the same.
    pub digest: u64,
    /// Line by line, if that was asked for.
    pub trace: String,
}

/// A broken invariant.
#[derive(Clone, Debug)]
pub struct Violation {
    /// When.
    pub at: chrono::DateTime<chrono::Utc>,
    /// What.
    pub breach: Breach,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at {}: {}", self.breach.invariant, self.at.format("%m-%d %H:%M:%S%.6f"), self.breach.what)
    }
}

/// Lives through the night of `seed`, with a planted fault if one is named; `trace` says whether to write it down.
pub fn run(seed: u64, planted: Option<Plant>, trace: bool) -> Outcome {
    run_scenario(seed, None, planted, trace)
}

/// As [`run`], but of that row of the table in DESIGN section 10 if one is named, and of nothing else.
pub fn run_scenario(seed: u64, scenario: Option<Scenario>, planted: Option<Plant>, trace: bool) -> Outcome {
    plant::sow(planted);
    let mut world = World::new(seed, scenario, planted, trace);
    while world.step() {}
    let promises = std::mem::take(&mut world.checks.promises);
    let violation = world.breach.take().map(|breach| Violation { at: world.now, breach });
    let record = world.ledger.into_log();
    let digest = record.iter().fold(0_u64, |digest, fact| {
        let mut first = [0; 8];
        first.copy_from_slice(&fact.hash[..8]);
        digest.rotate_left(1) ^ u64::from_be_bytes(first)
    });
    Outcome {
        violation,
        promises,
        steps: world.steps,
        record,
        digest,
        trace: world.trace.take(),
        options: world.options,
    }
}
