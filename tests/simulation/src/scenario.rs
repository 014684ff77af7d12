//! The rows of the table in DESIGN section 10, each as a night of its own: the engines between the processes fail as the
//! row says, nothing else does, and what the row promises is looked at (`checks::promises`).

use std::fmt;

use chrono::TimeDelta;

use crate::Time;
use crate::chance::Chance;
use crate::faults::{Episode, Fault};
use crate::options::Options;

/// A row of that table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scenario {
    /// The broker is down: offers within about a second, by the tail of the ledger.
    RabbitmqDown,
    /// The cache is down: heartbeats reach the dispatchers over the bus.
    RedisDown,
    /// The cache is wiped: it costs a heartbeat.
    RedisWiped,
    /// Both are down: nothing is lost, and everything drains afterwards.
    BothDown,
    /// A process is killed: a standby leads within three seconds.
    RouterKilled,
    /// A process is stopped: a standby leads within 0.3 seconds.
    RouterStopped,
    /// The ledger is down: 503, members try again, nobody leads without a lease, and everything drains afterwards.
    LedgerDown,
}

impl Scenario {
    /// Every one.
    pub const ALL: [Self; 7] = [
        Self::RabbitmqDown,
        Self::RedisDown,
        Self::RedisWiped,
        Self::BothDown,
        Self::RouterKilled,
        Self::RouterStopped,
        Self::LedgerDown,
    ];

    /// Its name at the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::RabbitmqDown => "rabbitmq-down",
            Self::RedisDown => "redis-down",
            Self::RedisWiped => "redis-wiped",
            Self::BothDown => "both-down",
            Self::RouterKilled => "router-killed",
            Self::RouterStopped => "router-stopped",
            Self::LedgerDown => "ledger-down",
        }
    }

    /// The one of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name)
    }

    /// Makes a night as drawn into one of this row.
    pub(crate) fn force(self, options: &mut Options, chance: &mut Chance) {
        options.scenario = Some(self);
        options.is_cluster = true;
        options.standby_every = TimeDelta::milliseconds(50);
        options.length = chance.seconds(12 * 60, 20 * 60);
        options.members = chance.one(&[15, 25, 40]);
        options.volunteers = options.volunteers.max(6);
        options.processes = vec![(0..options.settings.pools.len()).collect(); 2 + chance.below(2)];
        options.faults = self.episodes(options.start, options.length, chance);
    }

    fn episodes(self, start: Time, length: TimeDelta, chance: &mut Chance) -> Vec<Episode> {
        let mut episodes = Vec::new();
        // Long enough apart that each is over before the next begins; one is over when heartbeats have been heard again.
        let mut at = start + chance.seconds(60, 120);
        while at < start + length - TimeDelta::seconds(240) {
            let lasts = chance.seconds(5, 150);
            let until = at + lasts;
            let mut begins = |fault, from: Time, until: Time| {
                episodes.push(Episode { fault, from, until, rate: 10_000, step: TimeDelta::zero() });
            };
            let meanwhile = at + lasts / 2;
            let dies = chance.one(&[None, Some(Fault::RouterKilled), Some(Fault::RouterStopped)]);
            match self {
                Self::RabbitmqDown => begins(Fault::BusDown, at, until),
                Self::RedisDown => begins(Fault::LiveDown, at, until),
                Self::RedisWiped => begins(Fault::LiveWiped, meanwhile, meanwhile),
                Self::BothDown => {
                    begins(Fault::BusDown, at, until);
                    begins(Fault::LiveDown, at + chance.millis(0, 5_000), until + chance.millis(0, 5_000));
                }
                Self::RouterKilled => begins(Fault::RouterKilled, at, until),
                Self::RouterStopped => begins(Fault::RouterStopped, at, until),
                Self::LedgerDown => begins(Fault::LedgerDown, at, until),
            }
            // What a dispatcher that begins in the middle of it cannot know is what most of the rows are about.
            if let (Some(dies), false) = (dies, matches!(self, Self::RouterKilled | Self::RouterStopped)) {
                begins(dies, meanwhile, until + TimeDelta::seconds(10));
            }
            at = until + chance.seconds(20, 90);
        }
        episodes.sort_by_key(|episode| (episode.from, episode.fault));
        episodes
    }
}

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
