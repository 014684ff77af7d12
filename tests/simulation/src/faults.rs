//! What goes wrong, drawn for each night: which kinds, when, and how often.

use chrono::TimeDelta;

use crate::Time;
use crate::chance::Chance;

/// Something that can go wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// The bus loses messages.
    BusLoses,
    /// The bus brings messages twice.
    BusRepeats,
    /// The bus brings messages late and out of order.
    BusDelays,
    /// The bus says that it dropped some.
    BusLags,
    /// The broker is down: it takes nothing and brings nothing.
    BusDown,
    /// The broker's confirms are lost, or late.
    ConfirmsLost,
    /// An append is written, and its answer is lost.
    AppendUnknown,
    /// An append is not written, and whether it was is unknown.
    AppendFails,
    /// An append is written only after its writer was told that the outcome is unknown.
    AppendLate,
    /// The ledger has no room for more.
    LedgerBusy,
    /// The ledger does not answer reads.
    LedgerUnreadable,
    /// The ledger is down.
    LedgerDown,
    /// Everything takes the ledger seconds.
    LedgerSlow,
    /// Somebody else writes to the same stream a moment earlier.
    Conflict,
    /// A process dies before or after a call of one of its dispatchers.
    RouterCrashes,
    /// A process stands still for longer than its leases last, with all its dispatchers.
    RouterStalls,
    /// A process is killed and is gone for a while.
    RouterKilled,
    /// A process is stopped and is gone for a while.
    RouterStopped,
    /// A door dies before or after a call.
    DoorCrashes,
    /// Answers to people are lost.
    AnswersLost,
    /// The live state is wiped.
    LiveWiped,
    /// The live state takes nothing.
    LiveDown,
    /// Heartbeats of staff come and go.
    PresenceFlaps,
    /// The clock of a machine steps, and is set right at the end.
    ClockSteps,
}

impl Fault {
    /// Every one.
    pub const ALL: [Self; 24] = [
        Self::BusLoses,
        Self::BusRepeats,
        Self::BusDelays,
        Self::BusLags,
        Self::BusDown,
        Self::ConfirmsLost,
        Self::AppendUnknown,
        Self::AppendFails,
        Self::AppendLate,
        Self::LedgerBusy,
        Self::LedgerUnreadable,
        Self::LedgerDown,
        Self::LedgerSlow,
        Self::Conflict,
        Self::RouterCrashes,
        Self::RouterStalls,
        Self::RouterKilled,
        Self::RouterStopped,
        Self::DoorCrashes,
        Self::AnswersLost,
        Self::LiveWiped,
        Self::LiveDown,
        Self::PresenceFlaps,
        Self::ClockSteps,
    ];

    /// How often out of ten thousand it strikes when it can.
    fn rates(self) -> &'static [u32] {
        match self {
            Self::BusLoses | Self::BusRepeats | Self::BusDelays => &[500, 3_000, 10_000],
            Self::BusLags => &[300, 1_500],
            Self::AppendUnknown | Self::AppendFails | Self::AppendLate | Self::LedgerBusy => &[300, 1_500, 5_000],
            Self::LedgerUnreadable => &[300, 3_000, 10_000],
            Self::LedgerSlow => &[1_000, 10_000],
            Self::Conflict => &[500, 3_000],
            Self::RouterCrashes => &[20, 100, 400],
            Self::RouterStalls => &[300, 1_500],
            Self::DoorCrashes => &[300, 1_500],
            Self::AnswersLost => &[1_000, 5_000],
            Self::ConfirmsLost => &[1_000, 5_000, 10_000],
            Self::BusDown | Self::LedgerDown | Self::RouterKilled | Self::RouterStopped => &[10_000],
            Self::LiveWiped | Self::ClockSteps => &[10_000],
            Self::LiveDown | Self::PresenceFlaps => &[2_000, 6_000, 10_000],
        }
    }
}

/// A time in which something goes wrong.
#[derive(Clone, Debug)]
pub struct Episode {
    /// What.
    pub fault: Fault,
    /// From when.
    pub from: Time,
    /// Until when.
    pub until: Time,
    /// How often, out of ten thousand.
    pub rate: u32,
    /// By how much a clock steps.
    pub step: TimeDelta,
}

pub(crate) fn draw(chance: &mut Chance, start: Time, length: TimeDelta) -> Vec<Episode> {
    // One night in four nothing goes wrong but what people do.
    let kinds = chance.one(&[0, 0, 1, 2, 3, 4, 6, 8]);
    let mut episodes = Vec::new();
    for _ in 0..kinds {
        let fault = chance.one(&Fault::ALL);
        for _ in 0..=chance.below(3) {
            let from = start + chance.millis(1_000, length.num_milliseconds() - 60_000);
            let until = (from + chance.seconds(5, 240)).min(start + length);
            let rate = chance.one(fault.rates());
            let size = chance.one(&[200, 3_000, 40_000, 300_000]);
            let step = TimeDelta::milliseconds(if chance.percent(50) { size } else { -size });
            episodes.push(Episode { fault, from, until, rate, step });
            // What is under way for long meets the next leader most when the one who sent it goes.
            if matches!(fault, Fault::LedgerSlow | Fault::AppendLate) && chance.percent(50) {
                let from = (from + chance.seconds(1, 20)).min(until);
                let until = (from + chance.seconds(5, 60)).min(start + length);
                episodes.push(Episode { fault: Fault::RouterKilled, from, until, rate: 10_000, step });
            }
        }
    }
    episodes.sort_by_key(|episode| (episode.from, episode.fault));
    episodes
}

/// What the faults of a moment leave of the promises of DESIGN section 10.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weather {
    /// All of them: what goes wrong, if anything does, is made up for at once.
    Fair,
    /// The bus is slow, deaf or down: what it does not bring comes by the tail of the ledger, a second later.
    Slow,
    /// None but that nothing is lost.
    Foul,
}

/// The episodes of a night, and whether any is on.
#[derive(Debug)]
pub(crate) struct Faults {
    episodes: Vec<Episode>,
}

impl Faults {
    pub(crate) fn new(episodes: Vec<Episode>) -> Self {
        Self { episodes }
    }

    /// How often out of ten thousand `fault` strikes now.
    pub(crate) fn rate(&self, fault: Fault, now: Time) -> u32 {
        let on = |e: &&Episode| e.fault == fault && e.from <= now && now < e.until;
        self.episodes.iter().filter(on).map(|e| e.rate).max().unwrap_or(0)
    }

    /// Whether nothing has gone wrong for long enough that nothing of it is left.
    pub(crate) fn are_over(&self, now: Time) -> bool {
        self.ringing(now).next().is_none()
    }

    /// What goes wrong now, or did so lately that something of it may be left.
    pub(crate) fn ringing(&self, now: Time) -> impl Iterator<Item = Fault> {
        let rings_on = |e: &Episode| {
            let rest = TimeDelta::seconds(25);
            rest + if e.fault == Fault::ClockSteps { e.step.abs() } else { TimeDelta::zero() }
        };
        self.episodes.iter().filter(move |e| e.from <= now && now <= e.until + rings_on(e)).map(|e| e.fault)
    }

    /// What may be asked of dispatchers now.
    pub(crate) fn weather(&self, is_cluster: bool, now: Time) -> Weather {
        let mut weather = Weather::Fair;
        let mut is_live_down = false;
        for fault in self.ringing(now) {
            match fault {
                Fault::LiveWiped | Fault::RouterKilled | Fault::RouterStopped => {}
                Fault::LiveDown if is_cluster => is_live_down = true,
                Fault::BusLoses
                | Fault::BusRepeats
                | Fault::BusDelays
                | Fault::BusLags
                | Fault::BusDown
                | Fault::ConfirmsLost => weather = Weather::Slow,
                _ => return Weather::Foul,
            }
        }
        if is_live_down && weather == Weather::Slow { Weather::Foul } else { weather }
    }

    pub(crate) fn episodes(&self) -> &[Episode] {
        &self.episodes
    }
}
