//! The invariants of DESIGN section 12, after every step: what the record may hold, what must not be left undone for
//! longer than a second when nothing is wrong, and what must be true in the end.

mod ending; // what must be true in the end
mod escalations; // I6
mod promises; // what holds while engines fail, and across pools
mod quiet; // what must be done in time when nothing is wrong

use std::collections::BTreeMap;

use wideawake_domain::request::SupportRequest;
use wideawake_domain::{PageId, Pool, Recorded, RequestId, StreamId, StreamKind, Version};
use wideawake_ledger::{GENESIS, link};

use crate::Time;
use crate::call::OPEN_TEXT;
use crate::kind::Kind;
use crate::model::{Breach, Model, breach};
use crate::options::Options;

pub use promises::Promises;
use promises::{Across, Vacancy};

/// What should have been done about requests.
type Undone = BTreeMap<RequestId, (String, Version, Time)>;

pub(crate) struct Checks {
    /// The reference, taught by the record itself.
    pub(crate) truth: Model,
    /// The core's own reading of the record.
    replayed: BTreeMap<RequestId, SupportRequest>,
    hashes: BTreeMap<StreamId, [u8; 32]>,
    /// Every event of which somebody was told that it is in the record.
    pub(crate) acknowledged: Vec<(StreamId, Version, [u8; 32])>,
    /// What should have been done about a request, at which version of it, and since when.
    undone: Undone,
    /// Since when nobody has led, by pool.
    leaderless_since: BTreeMap<Pool, Time>,
    /// Where whoever led was taken away.
    vacant: BTreeMap<(Kind, Pool), Vacancy>,
    across: Across,
    /// How often each attempt at a page was carried, and whether it ever arrived.
    pages: BTreeMap<(PageId, u32), (u32, bool)>,
    /// What is left undone about escalations, at which version, and since when.
    late: BTreeMap<(StreamId, String), (Version, Time)>,
    /// Since when somebody leads, and since when nobody does.
    led_since: BTreeMap<(Kind, Pool), Time>,
    unled_since: BTreeMap<(Kind, Pool), Time>,
    pub(crate) promises: Promises,
    looks: u64,
    rested_since: Option<Time>,
    /// When something was last recorded.
    pub(crate) newest: Time,
}

impl Checks {
    pub(crate) fn new(options: &Options) -> Self {
        Self {
            truth: Model::new(options.settings.clone(), options.start),
            replayed: BTreeMap::new(),
            hashes: BTreeMap::new(),
            acknowledged: Vec::new(),
            undone: BTreeMap::new(),
            leaderless_since: BTreeMap::new(),
            vacant: BTreeMap::new(),
            across: Across::default(),
            pages: BTreeMap::new(),
            late: BTreeMap::new(),
            led_since: BTreeMap::new(),
            unled_since: BTreeMap::new(),
            promises: Promises::default(),
            looks: 0,
            rested_since: None,
            newest: options.start,
        }
    }

    /// Looks at an event that was just committed; `current`: its writer, if it wrote as a leader, still led.
    pub(crate) fn committed(&mut self, fact: &Recorded, current: bool) -> Result<(), Breach> {
        if !current {
            return breach(
                "I2",
                format!("{} of {} was written by a dispatcher that no longer leads", fact.kind, fact.stream),
            );
        }
        let before = self.hashes.insert(fact.stream, fact.hash).unwrap_or(GENESIS);
        if link(&before, fact) != fact.hash {
            return breach("I9", format!("{} does not chain at version {}", fact.stream, fact.version));
        }
        if fact.data.contains(OPEN_TEXT) {
            return breach("I8", format!("{} version {} holds open text", fact.stream, fact.version));
        }
        self.may_be(fact)?;
        self.truth.learn(fact)?;
        if fact.stream.kind == StreamKind::Request {
            self.compare(fact)?;
        }
        Ok(())
    }

    /// I1 and I9: the core reads of the record what the reference reads of it.
    fn compare(&mut self, fact: &Recorded) -> Result<(), Breach> {
        let id = RequestId(fact.stream.id);
        let mut state = self.replayed.remove(&id);
        SupportRequest::apply(&mut state, fact);
        let (Some(state), Some(case)) = (state, self.truth.cases.get(&id)) else {
            return breach("I1", format!("{id} is in the record, and in no state"));
        };
        let phases = [state.is_waiting(), state.holder().is_some(), state.is_closed()];
        let expected = [case.is_waiting(), case.holder().is_some(), case.is_closed()];
        let offers: Vec<_> = state.offers.iter().map(|offer| (offer.id, offer.volunteer, offer.handover)).collect();
        let standing: Vec<_> = case.offers.iter().map(|offer| (offer.id, offer.volunteer, offer.handover)).collect();
        let agrees = phases == expected
            && phases.iter().filter(|is| **is).count() == 1
            && state.holder() == case.holder()
            && state.priority == case.priority
            && state.version == case.version
            && state.erased == case.is_erased
            && offers == standing;
        self.replayed.insert(id, state);
        if agrees {
            return Ok(());
        }
        breach(
            "I9",
            format!("after `{}` at version {} of {id} the core and the reference differ", fact.kind, fact.version),
        )
    }

    /// I1: whoever was told that they are heard is in the record.
    pub(crate) fn opening_acknowledged(&self, id: RequestId) -> Result<(), Breach> {
        if self.truth.cases.contains_key(&id) {
            return Ok(());
        }
        breach("I1", format!("{id} was acknowledged and is not in the record"))
    }
}
