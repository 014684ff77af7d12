//! On-call rotations in the record: one stream each, its id derived from its name.

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

/// The stream of the rotation of that name.
pub fn rotation_stream(name: &str) -> StreamId {
    // A namespace of our own, so that a rotation's id is no other thing's id.
    const NAMESPACE: Uuid = Uuid::from_u128(0x7769_6465_6177_616b_655f_726f_7461_7465);
    StreamId { kind: StreamKind::Rotation, id: Uuid::new_v5(&NAMESPACE, name.as_bytes()) }
}

impl NamedRotation {
    /// Takes one more fact into account, as [`crate::request::SupportRequest::apply`] does.
    pub fn apply(state: &mut Option<Self>, fact: &Recorded) {
        let Ok(Event::Rotation(event)) = fact.event() else { return };
        match (state.as_mut(), event) {
            (None, RotationEvent::RotationSet(set)) if fact.version == Version(1) => {
                let RotationSet { name, rotation } = set;
                *state = Some(Self { name, version: fact.version, rotation, override_ids: Vec::new() });
            }
            (Some(state), event) if fact.version == state.version.next() => {
                state.version = fact.version;
                state.evolve(event);
            }
            _ => {}
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
