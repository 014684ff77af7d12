//! The shape of the record: streams, versions, positions, and one event as it stands there.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

use crate::event::{Event, Malformed};
use crate::id::{EscalationId, RequestId, StaffId};

/// What a stream is the history of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StreamKind {
    /// One support request.
    Request,
    /// One staff member's profile and hours.
    Staff,
    /// What one staff member said of their duty in one ISO week.
    Duty,
    /// One escalation.
    Escalation,
    /// One on-call rotation.
    Rotation,
    /// The heads of what changed, each minute.
    Checkpoint,
    /// The sessions that one staff member began in one ISO week.
    Session,
}

impl StreamKind {
    /// Every kind there is.
    pub const ALL: [Self; 7] =
        [Self::Request, Self::Staff, Self::Duty, Self::Escalation, Self::Rotation, Self::Checkpoint, Self::Session];

    /// The name in URLs, routing keys and the ledger.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Staff => "staff",
            Self::Duty => "duty",
            Self::Escalation => "escalation",
            Self::Rotation => "rotation",
            Self::Checkpoint => "checkpoint",
            Self::Session => "session",
        }
    }
}

impl FromStr for StreamKind {
    type Err = NotAStream;
    fn from_str(text: &str) -> Result<Self, NotAStream> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text).ok_or(NotAStream)
    }
}

/// The text is not `<kind>:<uuid>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a stream is written <kind>:<uuid>, such as request:0198c0de-…")]
pub struct NotAStream;

/// The history of one thing.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamId {
    /// What it is the history of.
    pub kind: StreamKind,
    /// Which one.
    pub id: Uuid,
}

impl StreamId {
    /// The stream of a request.
    pub const fn request(id: RequestId) -> Self {
        Self { kind: StreamKind::Request, id: id.0 }
    }

    /// The stream of an escalation.
    pub const fn escalation(id: EscalationId) -> Self {
        Self { kind: StreamKind::Escalation, id: id.0 }
    }

    /// The stream of a staff member's profile and hours.
    pub const fn staff(id: StaffId) -> Self {
        Self { kind: StreamKind::Staff, id: id.0 }
    }
}

impl fmt::Display for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.kind.as_str(), self.id)
    }
}

impl fmt::Debug for StreamId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for StreamId {
    type Err = NotAStream;
    fn from_str(text: &str) -> Result<Self, NotAStream> {
        let (kind, id) = text.split_once(':').ok_or(NotAStream)?;
        Ok(Self { kind: kind.parse()?, id: Uuid::parse_str(id).map_err(|_| NotAStream)? })
    }
}

/// The number of an event in its stream: 1, 2, 3 … without holes; 0 is a stream that has none yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Version(pub u64);

impl Version {
    /// Before the first event.
    pub const NONE: Self = Self(0);

    /// The version `n` events later.
    #[must_use]
    pub const fn plus(self, n: u64) -> Self {
        Self(self.0 + n)
    }

    /// The next version.
    #[must_use]
    pub const fn next(self) -> Self {
        self.plus(1)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The number of an event in the whole ledger. It grows, with holes, and events may commit out of its order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Position(pub u64);

/// The staff who serve one or more lines together, by name; [`Pool::all`] marks what concerns every pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pool(Arc<str>);

impl Pool {
    /// A pool by its configured name.
    pub fn named(name: &str) -> Self {
        Self(name.into())
    }

    /// The reserved name on events that every pool must see: profiles, hours and duty of staff, who may serve several.
    pub fn all() -> Self {
        Self("all".into())
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this concerns `pool`.
    pub fn concerns(&self, pool: &Self) -> bool {
        self == pool || &*self.0 == "all"
    }
}

impl fmt::Display for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Who caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actor {
    /// The member of the request.
    Member,
    /// A staff member.
    Staff(StaffId),
    /// A part of the system.
    System(Part),
}

/// The parts of the system that append by themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Part {
    /// The door for members.
    Intake,
    /// The dispatcher of a pool.
    Router,
    /// Rules that need time, and escalation policies.
    Escalation,
    /// The delivery of pages.
    Notifier,
    /// Retention, erasure and checkpoints.
    Keeper,
    /// A person at the command line.
    Operator,
}

impl Part {
    const ALL: [Self; 6] = [Self::Intake, Self::Router, Self::Escalation, Self::Notifier, Self::Keeper, Self::Operator];

    const fn as_str(self) -> &'static str {
        match self {
            Self::Intake => "intake",
            Self::Router => "router",
            Self::Escalation => "escalation",
            Self::Notifier => "notifier",
            Self::Keeper => "keeper",
            Self::Operator => "operator",
        }
    }
}

impl Actor {
    /// The staff member, if it was one.
    pub const fn staff(self) -> Option<StaffId> {
        match self {
            Self::Staff(id) => Some(id),
            Self::Member | Self::System(_) => None,
        }
    }
}

impl fmt::Display for Actor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member => f.write_str("member"),
            Self::Staff(id) => write!(f, "staff:{id}"),
            Self::System(part) => f.write_str(part.as_str()),
        }
    }
}

/// The text names no actor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an actor is `member`, `staff:<uuid>` or a part of the system")]
pub struct NotAnActor;

impl FromStr for Actor {
    type Err = NotAnActor;
    fn from_str(text: &str) -> Result<Self, NotAnActor> {
        if text == "member" {
            return Ok(Self::Member);
        }
        if let Some(id) = text.strip_prefix("staff:") {
            return id.parse().map(Self::Staff).map_err(|_| NotAnActor);
        }
        Part::ALL.into_iter().find(|part| part.as_str() == text).map(Self::System).ok_or(NotAnActor)
    }
}

/// One event as it stands in the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The history it belongs to.
    pub stream: StreamId,
    /// Its number there.
    pub version: Version,
    /// Its number in the whole ledger.
    pub position: Position,
    /// Whom it concerns.
    pub pool: Pool,
    /// What happened, such as `offered`.
    pub kind: Arc<str>,
    /// When, by the clock of whoever appended it; whole microseconds.
    pub at: DateTime<Utc>,
    /// Who caused it.
    pub actor: Actor,
    /// The W3C `traceparent` under which it was appended; empty when there was none.
    pub trace: Arc<str>,
    /// The particulars: JSON, the very bytes that were hashed.
    pub data: Arc<str>,
    /// SHA-256 over the stream's previous hash (32 zero bytes at first) and this event without its position.
    pub hash: [u8; 32],
}

impl Recorded {
    /// What happened, parsed. A type that this version does not know is [`Event::Unknown`], not an error.
    pub fn event(&self) -> Result<Event, Malformed> {
        Event::decode(self.stream.kind, &self.kind, &self.data)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_stream_reads_back_as_it_is_written() {
        let id = Uuid::from_u128(7);
        for kind in StreamKind::ALL {
            let stream = StreamId { kind, id };
            assert_eq!(stream.to_string().parse(), Ok(stream));
            assert_eq!(format!("{stream:?}"), stream.to_string());
        }
        assert_eq!(StreamId::request(RequestId(id)).to_string(), "request:00000000-0000-0000-0000-000000000007");
        assert_eq!(StreamId::staff(StaffId(id)), StreamId { kind: StreamKind::Staff, id });
        for other in ["", "request", "request:", "request:7", "letter:00000000-0000-0000-0000-000000000007"] {
            assert_eq!(other.parse::<StreamId>(), Err(NotAStream), "{other}");
        }
    }

    #[test]
    fn an_actor_reads_back_as_it_is_written() {
        let staff = StaffId(Uuid::from_u128(7));
        let systems = Part::ALL.map(Actor::System);
        for actor in [Actor::Member, Actor::Staff(staff)].into_iter().chain(systems) {
            assert_eq!(actor.to_string().parse(), Ok(actor));
            assert_eq!(actor.staff(), (actor == Actor::Staff(staff)).then_some(staff));
        }
        assert_eq!(Actor::System(Part::Router).to_string(), "router");
        for other in ["", "members", "staff", "staff:", "staff:7"] {
            assert_eq!(other.parse::<Actor>(), Err(NotAnActor), "{other}");
        }
    }

    #[test]
    fn what_concerns_every_pool_concerns_each_and_another_pools_business_none() {
        let (main, other) = (Pool::named("main"), Pool::named("other"));
        assert!(main.concerns(&main) && !main.concerns(&other));
        assert!(Pool::all().concerns(&main));
        assert_eq!((main.as_str(), &*Pool::all().to_string()), ("main", "all"));
    }

    #[test]
    fn versions_count_on_from_none() {
        assert_eq!((Version::NONE.next(), Version(3).plus(4)), (Version(1), Version(7)));
        assert_eq!(Version(7).to_string(), "7");
    }
}
