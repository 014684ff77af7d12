//! On-call rotations in the record: one stream each, its id derived from its name.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::event::{Event, events};
use crate::record::{StreamId, StreamKind};
use crate::schedule::{Override, Rotation};
use crate::{Recorded, StaffId, Version};

events! {
    /// Something that happened to a rotation.
    RotationEvent {
        /// Its name, members and handover were set.
        RotationSet = "rotation_set",
        /// Somebody stands in for whoever is on.
        OverrideAdded = "override_added",
        /// They do not after all.
        OverrideRemoved = "override_removed",
    }
}

/// Its name, members and handover were set; overrides stay as they were.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RotationSet {
    /// What it is called.
    pub name: String,
    /// Members and handover; overrides are kept apart.
    pub rotation: Rotation<StaffId>,
}

/// Somebody stands in for whoever is on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverrideAdded {
    /// Which override.
    pub id: Uuid,
    /// Who, and when.
    #[serde(rename = "override")]
    pub stand_in: Override<StaffId>,
}

/// They do not after all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OverrideRemoved {
    /// Which override.
    pub id: Uuid,
}

/// A rotation by its name.
#[derive(Clone, Debug)]
pub struct NamedRotation {
    /// What it is called.
    pub name: String,
    /// The newest event it has seen.
    pub version: Version,
    /// Members, handover and overrides.
    pub rotation: Rotation<StaffId>,
    /// The ids of the overrides, in their order.
    pub override_ids: Vec<Uuid>,
}

/// Who is on call at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OnCall {
    /// Who; nobody before the first turn.
    pub member: Option<StaffId>,
    /// Until when, or before the first turn until it begins; `None` when nobody else follows.
    pub until: Option<DateTime<Utc>>,
    /// Who comes then.
    pub next: Option<StaffId>,
}

/// The stream of the rotation of that name.
pub fn rotation_stream(name: &str) -> StreamId {
    // A namespace of our own, so that a rotation's id is no other thing's id.
    const NAMESPACE: Uuid = Uuid::from_u128(0x7769_6465_6177_616b_655f_726f_7461_7465);
    StreamId { kind: StreamKind::Rotation, id: Uuid::new_v5(&NAMESPACE, name.as_bytes()) }
}

impl NamedRotation {
    /// Takes one more fact into account, as [`crate::request::SupportRequest::apply`] does.
    pub fn apply(state: &mut Option<Self>, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Rotation {
            return;
        }
        let event = match fact.event() {
            Ok(Event::Rotation(event)) => Some(event),
            Ok(_) | Err(_) => None,
        };
        match (state.as_mut(), event) {
            (None, Some(RotationEvent::RotationSet(set))) if fact.version == Version(1) => {
                let RotationSet { name, rotation } = set;
                *state = Some(Self { name, version: fact.version, rotation, override_ids: Vec::new() });
            }
            (Some(state), event) if fact.version == state.version.next() => {
                state.version = fact.version;
                if let Some(event) = event {
                    state.evolve(event);
                }
            }
            _ => {}
        }
    }

    /// Who is on call at `now`, until when, and who comes then.
    pub fn on_call(&self, now: DateTime<Utc>) -> OnCall {
        let rotation = &self.rotation;
        // Two turns ahead everyone's turn has ended, but for a member who follows themself.
        let ahead = TimeDelta::days(i64::from(rotation.every_days) * 2 + 3);
        if let Some(member) = rotation.on(now).copied() {
            let end = now + ahead;
            let mut turns = rotation.expand(now, end).into_iter();
            let until = turns.next().map(|turn| turn.span.end).filter(|until| *until < end);
            OnCall { member: Some(member), until, next: until.and_then(|_| turns.next()).map(|turn| turn.member) }
        } else {
            let first = rotation.starts.and_time(NaiveTime::MIN).and_utc();
            let begins = rotation.expand(now, first + TimeDelta::days(3)).into_iter().next();
            let next = begins.as_ref().map(|turn| turn.member);
            OnCall { member: None, until: begins.map(|turn| turn.span.start), next }
        }
    }

    fn evolve(&mut self, event: RotationEvent) {
        match event {
            RotationEvent::RotationSet(set) => {
                let overrides = std::mem::take(&mut self.rotation.overrides);
                self.rotation = Rotation { overrides, ..set.rotation };
            }
            RotationEvent::OverrideAdded(added) => {
                self.override_ids.push(added.id);
                self.rotation.overrides.push(added.stand_in);
            }
            RotationEvent::OverrideRemoved(removed) => {
                if let Some(at) = self.override_ids.iter().position(|id| *id == removed.id) {
                    self.override_ids.remove(at);
                    self.rotation.overrides.remove(at);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::record::{Actor, Part, Position};
    use crate::{Pool, RequestId};
    use serde_json::json;

    fn staff(n: u128) -> StaffId {
        StaffId(Uuid::from_u128(n))
    }

    fn set(every_days: u32) -> RotationEvent {
        let rotation = json!({"zone": "Etc/UTC", "starts": "2026-03-02", "handoff": "09:00", "every_days": every_days,
            "members": [staff(1), staff(2)]});
        RotationSet { name: "clinician".to_owned(), rotation: serde_json::from_value(rotation).unwrap() }.into()
    }

    fn stand_in(n: u128) -> Override<StaffId> {
        let written = json!({"with": staff(n), "start": "2026-03-03T00:00", "end": "2026-03-03T12:00"});
        serde_json::from_value(written).unwrap()
    }

    fn added(n: u128) -> RotationEvent {
        OverrideAdded { id: Uuid::from_u128(n), stand_in: stand_in(n) }.into()
    }

    fn removed(n: u128) -> RotationEvent {
        OverrideRemoved { id: Uuid::from_u128(n) }.into()
    }

    fn fact(version: u64, event: RotationEvent) -> Recorded {
        let event = Event::Rotation(event);
        Recorded {
            stream: rotation_stream("clinician"),
            version: Version(version),
            position: Position(version),
            pool: Pool::all(),
            kind: event.kind().into(),
            at: "2026-03-02T12:00:00Z".parse().unwrap(),
            actor: Actor::System(Part::Operator),
            trace: "".into(),
            data: event.encode().unwrap().into(),
            hash: [0; 32],
        }
    }

    fn after(facts: &[Recorded]) -> Option<NamedRotation> {
        let mut state = None;
        for fact in facts {
            NamedRotation::apply(&mut state, fact);
        }
        state
    }

    #[test]
    fn a_name_has_a_stream_of_its_own() {
        assert_eq!(rotation_stream("clinician"), rotation_stream("clinician"));
        assert_ne!(rotation_stream("clinician"), rotation_stream("night"));
        assert_eq!(rotation_stream("clinician").kind, StreamKind::Rotation);
    }

    #[test]
    fn who_stands_in_stays_when_the_rotation_is_set_anew_and_goes_by_its_id() {
        let facts = [fact(1, set(1)), fact(2, added(3)), fact(3, added(4)), fact(4, set(7))];
        let named = after(&facts).unwrap();
        assert_eq!((&*named.name, named.version, named.rotation.every_days), ("clinician", Version(4), 7));
        assert_eq!(named.rotation.overrides, [stand_in(3), stand_in(4)]);
        assert_eq!(named.override_ids, [Uuid::from_u128(3), Uuid::from_u128(4)]);

        let named = after(&[&facts[..], &[fact(5, removed(9)), fact(6, removed(3))]].concat()).unwrap();
        assert_eq!((named.version, named.rotation.overrides), (Version(6), vec![stand_in(4)]));
        assert_eq!(named.override_ids, [Uuid::from_u128(4)]);
    }

    #[test]
    fn who_is_on_call_is_told_with_who_comes_then() {
        let at = |text: &str| text.parse::<DateTime<Utc>>().unwrap();
        let named = after(&[fact(1, set(1)), fact(2, added(3))]).unwrap();
        let on = |text: &str| named.on_call(at(text));
        let expected = |member, until: &str, next| OnCall { member, until: Some(at(until)), next: Some(staff(next)) };
        assert_eq!(on("2026-03-01T00:00:00Z"), expected(None, "2026-03-02T09:00:00Z", 1));
        assert_eq!(on("2026-03-02T12:00:00Z"), expected(Some(staff(1)), "2026-03-03T00:00:00Z", 3));
        assert_eq!(on("2026-03-03T11:59:59Z"), expected(Some(staff(3)), "2026-03-03T12:00:00Z", 2));
        assert_eq!(on("2026-03-05T08:59:59Z"), expected(Some(staff(1)), "2026-03-05T09:00:00Z", 2));
        let mut alone = named.clone();
        alone.rotation = Rotation { members: vec![staff(1)], overrides: Vec::new(), ..alone.rotation };
        assert_eq!(
            alone.on_call(at("2026-03-05T00:00:00Z")),
            OnCall { member: Some(staff(1)), until: None, next: None }
        );
    }

    #[test]
    fn only_the_next_fact_of_a_rotation_counts() {
        assert!(after(&[fact(2, set(1))]).is_none(), "it begins with the first fact");
        assert!(after(&[fact(1, added(3))]).is_none(), "and with who is in it");
        let elsewhere = Recorded { stream: StreamId::request(RequestId(Uuid::nil())), ..fact(2, set(7)) };
        let named = after(&[fact(1, set(1)), fact(1, set(7)), fact(3, set(7)), elsewhere]).unwrap();
        assert_eq!((named.version, named.rotation.every_days), (Version(1), 1));
    }

    #[test]
    fn a_fact_that_is_not_known_is_passed_over_and_what_follows_counts() {
        let unknown = Recorded { kind: "invented_later".into(), ..fact(2, set(2)) };
        let named = after(&[fact(1, set(1)), unknown, fact(3, set(7))]).unwrap();
        assert_eq!((named.version, named.rotation.every_days), (Version(3), 7));
    }
}
