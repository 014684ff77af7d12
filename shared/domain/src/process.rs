//! The shape of everything that decides over time: it sees facts and wishes for changes, and never does anything itself.

use chrono::{DateTime, TimeDelta, Utc};

use crate::event::Event;
use crate::id::{RequestId, StaffId};
use crate::record::{Actor, Pool, Recorded, StreamId, StreamKind, Version};

/// A decision-maker. Whoever runs it hands it the facts of each stream in order of version, once each, and carries out
/// what it wishes.
pub trait Process {
    /// What it must have seen before it decides: streams of these kinds that have not ended, or ended less than so long
    /// ago.
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)>;

    /// A fact from the record; idempotent by (stream, version).
    fn observe(&mut self, fact: &Recorded);

    /// The rebuild is complete and this instance leads from `now` on.
    fn took_over(&mut self, now: DateTime<Utc>);

    /// Something true for now that is not recorded, such as presence.
    fn signal(&mut self, signal: Signal);

    /// The next moment at which time alone changes something.
    fn due(&self) -> Option<DateTime<Utc>>;

    /// The appends it wishes for. At most one per stream is under way at any time.
    fn decide(&mut self, now: DateTime<Utc>) -> Vec<Intent>;

    /// The wish for `stream` is over: what the record holds of it, if anything, has been observed. What was reserved for
    /// the wish must be judged again by the facts.
    fn settled(&mut self, stream: StreamId);
}

/// An append that a process wishes for.
#[derive(Clone, Debug, PartialEq)]
pub struct Intent {
    /// Where.
    pub stream: StreamId,
    /// Whom it concerns.
    pub pool: Pool,
    /// The version that was decided upon.
    pub expected: Version,
    /// Who is to stand as its author.
    pub actor: Actor,
    /// What.
    pub events: Vec<Event>,
}

/// Something that is true for now and not recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// A staff member's client proved itself alive.
    StaffSeen {
        /// Who.
        staff: StaffId,
        /// When.
        at: DateTime<Utc>,
    },
    /// A member's client proved itself alive.
    MemberSeen {
        /// Of which request.
        request: RequestId,
        /// When.
        at: DateTime<Utc>,
    },
}
