//! What must be done in time when nothing is wrong: judged by the record and by live presence, once each quarter of a
//! second, with a second of tolerance (I4), and one more while the bus is bad.

use chrono::TimeDelta;
use wideawake_domain::{Pool, StreamKind};

use super::Undone;
use crate::faults::Weather;
use crate::kind::Kind;
use crate::model::{Breach, Circumstances, breach};
use crate::runner::Runner;
use crate::watch::Watched;
use crate::world::{Happening, World};

/// How often it looks.
const EVERY: TimeDelta = TimeDelta::milliseconds(250);

/// How long something may stay undone: a second, and what it takes to see that.
const TOLERANCE: TimeDelta = TimeDelta::milliseconds(1_250);

/// How much longer when the bus does not bring it: until the tail of the ledger is read next.
const BY_THE_TAIL: TimeDelta = TimeDelta::milliseconds(1_050);

/// How long nobody may lead.
const LEADERLESS: TimeDelta = TimeDelta::seconds(6);

impl World {
    pub(crate) fn look(&mut self) {
        self.after(EVERY, Happening::Looks);
        self.checks.looks += 1;
        let looked = self.look_at_promises();
        self.found(looked);
        let weather = self.weather();
        let begun = self.now - self.options.start > TimeDelta::seconds(20);
        if weather == Weather::Foul || !begun {
            self.checks.undone.clear();
            self.checks.leaderless_since.clear();
            self.checks.late.clear();
            self.checks.unled_since.clear();
            return;
        }
        let tolerance = if weather == Weather::Slow { TOLERANCE + BY_THE_TAIL } else { TOLERANCE };
        for pool in self.settings().pools.clone() {
            let looked = self.look_at_pool(&pool, tolerance);
            self.found(looked);
            let looked = self.look_at_escalations(&pool, tolerance);
            self.found(looked);
        }
        if self.is_morning && self.breach.is_none() && self.faults.are_over(self.now) {
            self.look_for_the_end();
        }
    }

    fn look_at_pool(&mut self, pool: &Pool, tolerance: TimeDelta) -> Result<(), Breach> {
        let now = self.now;
        let before = std::mem::take(&mut self.checks.undone);
        let (before, others) = before.into_iter().partition(|(id, _)| self.checks.truth.cases[id].pool == *pool);
        self.checks.undone = others;
        let Some(led_since) = self.leader(pool).map(|leader| leader.model.led_since) else {
            let can = |r: &Runner| r.kind == Kind::Router && r.pool == *pool && self.processes[r.process].is_up;
            let nobody_can = !self.runners.iter().any(can);
            let since = *self.checks.leaderless_since.entry(pool.clone()).or_insert(now);
            if nobody_can {
                self.checks.leaderless_since.remove(pool);
            } else if now - since > LEADERLESS {
                return breach("I4", format!("nobody has led in {pool} since {since}"));
            }
            return Ok(());
        };
        self.checks.leaderless_since.remove(pool);
        // What was not seen before the leader led was perhaps lost with the live state; it will be seen again.
        if now - led_since < TimeDelta::seconds(25) {
            return Ok(());
        }
        self.checks.truth.led_since = led_since;
        self.checks.truth.surely_seen_since = led_since;
        self.look_at_cases(pool, &before, tolerance)?;
        if self.checks.looks.is_multiple_of(80) {
            self.compare_with_leader(pool)?;
        }
        Ok(())
    }

    fn look_at_cases(&mut self, pool: &Pool, before: &Undone, tolerance: TimeDelta) -> Result<(), Breach> {
        let now = self.now;
        let none = Circumstances::default();
        for case in self.checks.truth.open_in(pool) {
            let Some(what) = self.checks.truth.to_do(case, &none, now) else { continue };
            let since = match before.get(&case.id) {
                Some((before, version, since)) if *before == what && *version == case.version => *since,
                _ => now,
            };
            if now - since > tolerance {
                return breach("I4", format!("about {} nothing has been done since {since}: {what}", case.id));
            }
            if tolerance > TOLERANCE {
                self.checks.promises.slowest = self.checks.promises.slowest.max(now - since);
            }
            self.checks.undone.insert(case.id, (what, case.version, since));
        }
        Ok(())
    }

    /// I9: what the dispatcher serves is what the record says, as far as it has seen it.
    pub(super) fn compare_with_leader(&self, pool: &Pool) -> Result<(), Breach> {
        let Some(leader) = self.leader(pool) else { return Ok(()) };
        for case in self.checks.truth.open_in(pool) {
            let id = case.id;
            let (Some(serves), Some(replayed)) = (leader.dispatcher().request(id), self.checks.replayed.get(&id))
            else {
                continue;
            };
            if serves.version == replayed.version && format!("{serves:?}") != format!("{replayed:?}") {
                return breach("I9", format!("the dispatcher serves {id} as {serves:?}, the record says {replayed:?}"));
            }
        }
        Ok(())
    }
}

/// How far behind the record the dispatcher of a pool is, if it is.
pub(super) fn lags(pool: &Pool, leader: &Watched, truth: &crate::model::Model) -> Option<String> {
    let behind = truth.versions.iter().find(|(stream, version)| {
        let concerns = match stream.kind {
            StreamKind::Request => truth.open_in(pool).any(|case| case.id.0 == stream.id),
            StreamKind::Staff | StreamKind::Duty => true,
            _ => false,
        };
        concerns && leader.model.versions.get(stream) != Some(version)
    });
    behind.map(|(stream, version)| format!("{stream} is at {version}, and the dispatcher of {pool} does not know"))
}
