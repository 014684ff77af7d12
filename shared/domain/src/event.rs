//! Every event there is, by stream kind, and how it is written: a type and a JSON object.

use chrono::{DateTime, Utc};

use crate::escalation::EscalationEvent;
use crate::record::StreamKind;
use crate::request::RequestEvent;
use crate::rotation::RotationEvent;
use crate::staff::{DutyEvent, SessionEvent, StaffEvent};

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// To a support request.
    Request(RequestEvent),
    /// To a staff member's profile or hours.
    Staff(StaffEvent),
    /// To what a staff member says of their duty.
    Duty(DutyEvent),
    /// To an escalation.
    Escalation(EscalationEvent),
    /// To an on-call rotation.
    Rotation(RotationEvent),
    /// To a session of a staff member.
    Session(SessionEvent),
    /// Of a type that this version does not know; kept, chained and served on, but understood by nobody here.
    Unknown,
}

/// The data of an event is not what its type promises.
#[derive(Debug, thiserror::Error)]
#[error("an event of type `{kind}` cannot be read: {source}")]
pub struct Malformed {
    /// The type of the event.
    pub kind: String,
    #[source]
    source: serde_json::Error,
}

/// Text that was not sealed reached an event on its way to the record.
#[derive(Debug, thiserror::Error)]
#[error("an event of type `{kind}` cannot be written: {source}")]
pub struct Unwritable {
    /// The type of the event.
    pub kind: &'static str,
    #[source]
    source: serde_json::Error,
}

impl Event {
    /// What happened, such as `offered`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Request(event) => event.kind(),
            Self::Staff(event) => event.kind(),
            Self::Duty(event) => event.kind(),
            Self::Escalation(event) => event.kind(),
            Self::Rotation(event) => event.kind(),
            Self::Session(event) => event.kind(),
            Self::Unknown => "unknown",
        }
    }

    /// The particulars as JSON. Open text cannot be written (see [`crate::Text`]).
    pub fn encode(&self) -> Result<String, Unwritable> {
        match self {
            Self::Request(event) => event.encode(),
            Self::Staff(event) => event.encode(),
            Self::Duty(event) => event.encode(),
            Self::Escalation(event) => event.encode(),
            Self::Rotation(event) => event.encode(),
            Self::Session(event) => event.encode(),
            Self::Unknown => Ok("{}".to_owned()),
        }
        .map_err(|source| Unwritable { kind: self.kind(), source })
    }

    /// Reads what [`Event::encode`] wrote.
    pub fn decode(stream: StreamKind, kind: &str, data: &str) -> Result<Self, Malformed> {
        let event = match stream {
            StreamKind::Request => RequestEvent::decode(kind, data).map(|e| e.map(Self::Request)),
            StreamKind::Staff => StaffEvent::decode(kind, data).map(|e| e.map(Self::Staff)),
            StreamKind::Duty => DutyEvent::decode(kind, data).map(|e| e.map(Self::Duty)),
            StreamKind::Rotation => RotationEvent::decode(kind, data).map(|e| e.map(Self::Rotation)),
            StreamKind::Escalation => EscalationEvent::decode(kind, data).map(|e| e.map(Self::Escalation)),
            StreamKind::Session => SessionEvent::decode(kind, data).map(|e| e.map(Self::Session)),
            StreamKind::Checkpoint => Ok(None),
        };
        event.map(|event| event.unwrap_or(Self::Unknown)).map_err(|source| Malformed { kind: kind.to_owned(), source })
    }

    /// When the stream has ended, or will have, by this event.
    pub fn ends_stream(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Request(RequestEvent::Closed(_)) | Self::Escalation(EscalationEvent::Resolved(_)) => Some(at),
            Self::Duty(_) | Self::Session(_) => Some(crate::schedule::week_bounds(at).end),
            _ => None,
        }
    }

    /// What this event means for the data key of its stream.
    pub fn key_fate(&self) -> KeyFate {
        match self {
            Self::Request(RequestEvent::Closed(closed)) => closed.erase_at.map_or(KeyFate::Kept, KeyFate::DueAt),
            Self::Request(RequestEvent::ErasureAsked(asked)) => KeyFate::DueAt(asked.due),
            Self::Request(RequestEvent::Erased(_)) | Self::Staff(StaffEvent::Removed(_)) => KeyFate::Destroyed,
            _ => KeyFate::Kept,
        }
    }
}

/// What an event means for the data key of its stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFate {
    /// Nothing.
    Kept,
    /// It must be destroyed then.
    DueAt(DateTime<Utc>),
    /// It must be destroyed in the same transaction.
    Destroyed,
}

/// Declares the events of one stream kind: an enum, and for each its name in the record.
macro_rules! events {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $kind:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq)]
        #[allow(clippy::large_enum_variant, reason = "events live briefly, and most are of the common size")]
        pub enum $name { $($(#[$vdoc])* $variant($variant)),* }

        impl $name {
            /// Every name, in the order of declaration.
            pub const KINDS: &'static [&'static str] = &[$($kind),*];

            /// The name in the record.
            pub fn kind(&self) -> &'static str {
                match self { $(Self::$variant(_) => $kind),* }
            }

            pub(crate) fn encode(&self) -> Result<String, serde_json::Error> {
                match self { $(Self::$variant(data) => serde_json::to_string(data)),* }
            }

            pub(crate) fn decode(kind: &str, data: &str) -> Result<Option<Self>, serde_json::Error> {
                Ok(Some(match kind {
                    $($kind => Self::$variant(serde_json::from_str(data)?),)*
                    _ => return Ok(None),
                }))
            }
        }

        $(impl From<$variant> for $name {
            fn from(event: $variant) -> Self { Self::$variant(event) }
        })*
    };
}
pub(crate) use events;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::StaffId;
    use crate::request::{Closed, Ending, Erased, ErasureAsked, Exhausted};
    use crate::staff::{Duty, DutySet, Removed};

    /// A Wednesday.
    fn now() -> DateTime<Utc> {
        "2026-03-04T12:00:00Z".parse().unwrap()
    }

    fn closed(erase_at: Option<DateTime<Utc>>) -> Event {
        let closed = Closed { ending: Ending::Left, outcome: None, risk_assessed: false, note: None, erase_at };
        Event::Request(closed.into())
    }

    #[test]
    fn a_request_ends_when_it_is_closed_and_a_week_of_duty_with_its_week() {
        assert_eq!(closed(None).ends_stream(now()), Some(now()));
        let set = DutySet { staff: StaffId(uuid::Uuid::nil()), duty: Duty::Ready, reason: None };
        let monday = "2026-03-09T00:00:00Z".parse().unwrap();
        assert_eq!(Event::Duty(set.into()).ends_stream(now()), Some(monday));
        for other in [Event::Request(Exhausted {}.into()), Event::Staff(Removed {}.into()), Event::Unknown] {
            assert_eq!(other.ends_stream(now()), None, "{other:?}");
        }
    }

    #[test]
    fn a_key_is_due_when_retention_says_so_and_destroyed_with_the_erasure() {
        assert_eq!(closed(Some(now())).key_fate(), KeyFate::DueAt(now()));
        assert_eq!(closed(None).key_fate(), KeyFate::Kept);
        assert_eq!(Event::Request(Erased::default().into()).key_fate(), KeyFate::Destroyed);
        assert_eq!(Event::Staff(Removed {}.into()).key_fate(), KeyFate::Destroyed);
        assert_eq!(Event::Request(ErasureAsked { due: now(), reason: None }.into()).key_fate(), KeyFate::DueAt(now()));
        assert_eq!(Event::Request(Exhausted {}.into()).key_fate(), KeyFate::Kept);
    }
}
