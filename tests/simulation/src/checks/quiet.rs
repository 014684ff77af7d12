//! What must be done in time when nothing is wrong: judged by the record and by live presence, once each quarter of a
//! second, with a second of tolerance (I4).

use chrono::TimeDelta;

use crate::model::{Breach, Circumstances, breach};
use crate::watch::Watched;
use crate::world::{Happening, World};

/// How often it looks.
const EVERY: TimeDelta = TimeDelta::milliseconds(250);

/// How long something may stay undone: a second, and what it takes to see that.
const TOLERANCE: TimeDelta = TimeDelta::milliseconds(1_250);

/// How long nobody may lead.
const LEADERLESS: TimeDelta = TimeDelta::seconds(6);

impl World {
    pub(crate) fn look(&mut self) {
        self.after(EVERY, Happening::Looks);
        self.checks.looks += 1;
        let is_quiet = self.faults.are_over(self.now) && self.now - self.options.start > TimeDelta::seconds(20);
        if !is_quiet {
            self.checks.undone.clear();
            self.checks.leaderless_since = None;
            return;
        }
        let looked = self.look_at_everything();
        self.found(looked);
        if self.is_morning && self.breach.is_none() {
            self.look_for_the_end();
        }
    }

    fn look_at_everything(&mut self) -> Result<(), Breach> {
        let now = self.now;
        let Some(led_since) = self.leader().map(|leader| leader.model.led_since) else {
            self.checks.undone.clear();
            let since = *self.checks.leaderless_since.get_or_insert(now);
            if now - since > LEADERLESS {
                return breach("I4", format!("nobody has led since {since}"));
            }
            return Ok(());
        };
        self.checks.leaderless_since = None;
        // What was not seen before the leader led was perhaps lost with the live state; it will be seen again.
        if now - led_since < TimeDelta::seconds(25) {
            self.checks.undone.clear();
            return Ok(());
        }
        self.checks.truth.led_since = led_since;
        let none = Circumstances::default();
        let truth = &self.checks.truth;
        let mut undone = std::collections::BTreeMap::new();
        for id in &truth.open {
            let case = &truth.cases[id];
            let Some(what) = truth.to_do(case, &none, now) else { continue };
            let since = match self.checks.undone.get(id) {
                Some((before, version, since)) if *before == what && *version == case.version => *since,
                _ => now,
            };
            if now - since > TOLERANCE {
                return breach("I4", format!("about {id} nothing has been done since {since}: {what}"));
            }
            undone.insert(*id, (what, case.version, since));
        }
        self.checks.undone = undone;
        if self.checks.looks.is_multiple_of(80) {
            self.compare_with_leader()?;
        }
        Ok(())
    }

    /// I9: what the dispatcher serves is what the record says, as far as it has seen it.
    pub(super) fn compare_with_leader(&self) -> Result<(), Breach> {
        let Some(leader) = self.leader() else { return Ok(()) };
        for id in &self.checks.truth.open {
            let (Some(serves), Some(replayed)) = (leader.dispatcher().request(*id), self.checks.replayed.get(id))
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

/// How far behind the record a dispatcher is, if it is.
pub(super) fn lags(leader: &Watched, truth: &crate::model::Model) -> Option<String> {
    let behind = truth.versions.iter().find(|(stream, version)| {
        let open = stream.kind != wideawake_domain::StreamKind::Request
            || truth.open.contains(&wideawake_domain::RequestId(stream.id));
        open && leader.model.versions.get(stream) != Some(version)
    });
    behind.map(|(stream, version)| format!("{stream} is at {version}, and the dispatcher does not know"))
}
