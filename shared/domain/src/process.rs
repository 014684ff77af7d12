//! The shape of everything that decides over time: it sees facts and wishes for changes, and never does anything itself.

use chrono::{DateTime, TimeDelta, Utc};

use crate::Priority;
use crate::event::Event;
use crate::id::{EscalationId, PageId, RequestId, StaffId};
use crate::record::{Actor, Pool, Recorded, StreamId, StreamKind, Version};
use crate::staff::ContactMethod;

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

    /// What it wants done in the world outside, each thing once; what came of it is told by [`Process::ran`], unless this
    /// instance stops leading before. Asked for after [`Process::decide`].
    fn errands(&mut self, now: DateTime<Utc>) -> Vec<Errand> {
        let _ = now;
        Vec::new()
    }

    /// What came of an errand.
    fn ran(&mut self, errand: Errand, outcome: ErrandOutcome) {
        let _ = (errand, outcome);
    }

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

/// Something to be done in the world outside: a page to be sent. It prints without the address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Errand {
    /// Which page.
    pub page: PageId,
    /// The event of the escalation that asked for it.
    pub call: Version,
    /// Which attempt, from 1.
    pub attempt: u32,
    /// Of which escalation.
    pub escalation: EscalationId,
    /// Of which request.
    pub request: RequestId,
    /// To whom.
    pub staff: StaffId,
    /// Which of their contact methods, from 0.
    pub method: u32,
    /// Where to.
    pub contact: ContactMethod,
    /// How urgent the request is.
    pub priority: Priority,
    /// The line that the member turned to.
    pub line: String,
    /// What they are called for.
    pub occasion: Occasion,
}

/// What somebody is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// Somebody should take it on.
    TakeOn,
    /// Nobody has taken it on; every supervisor is called.
    Fallback,
    /// It was taken on and is not resolved.
    Remind,
    /// Somebody wants to hand it over to them.
    HandOver,
}

/// What came of an errand: done, or why not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ErrandOutcome {
    /// Whoever carries it took it over.
    Done,
    /// It failed, and may do better later.
    Failed {
        /// A short code, such as `timeout` or `status_503`.
        why: String,
    },
    /// It failed, and will fail again: there is no such address, or it is refused for good.
    Refused {
        /// A short code, such as `status_404`.
        why: String,
    },
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
