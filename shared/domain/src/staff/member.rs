//! What the events of a staff member add up to.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::event::*;
use crate::event::Event;
use crate::record::StreamKind;
use crate::schedule::Hours;
use crate::settings::Skill;
use crate::{Language, Pool, Recorded, StaffId, Version};

/// A person with roles.
#[derive(Clone, Debug)]
pub struct StaffMember {
    /// Who.
    pub id: StaffId,
    /// The newest event it has seen.
    pub version: Version,
    /// The name members and colleagues see.
    pub alias: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// Where.
    pub pools: Vec<Pool>,
    /// Where they live.
    pub zone: Tz,
    /// What they speak.
    pub languages: Vec<Language>,
    /// How many requests they hold at once.
    pub capacity: u32,
    /// What they are trained in.
    pub qualifications: Vec<Qualification>,
    /// SHA-256 of the bearer token, base64.
    pub token: String,
    /// When they are scheduled.
    pub shifts: Vec<crate::schedule::Shift>,
    /// When they are away.
    pub leave: Vec<Entry>,
    /// When they are there beyond their shifts.
    pub extra: Vec<Entry>,
    /// How they can be paged, in order.
    pub contact_methods: Vec<ContactMethod>,
    /// Whether they left.
    pub removed: bool,
}

/// There is no leave or extra of that id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there is no such entry")]
pub struct UnknownEntry;

/// A change that somebody wants to make to a profile or its hours.
#[derive(Clone, Debug)]
pub enum Change {
    /// Parts of the profile.
    Profile(Changed),
    /// A new token, by its hash.
    Token(String),
    /// All qualifications.
    Qualifications(Vec<Qualification>),
    /// All shifts.
    Shifts(Vec<crate::schedule::Shift>),
    /// One more leave.
    AddLeave(Entry),
    /// One leave less.
    RemoveLeave(Uuid),
    /// One more extra.
    AddExtra(Entry),
    /// One extra less.
    RemoveExtra(Uuid),
    /// All contact methods.
    ContactMethods(Vec<ContactMethod>),
    /// They read a conversation from outside.
    Read(crate::RequestId),
    /// They leave.
    Remove,
}

impl StaffMember {
    /// The most leave or extra entries kept; those that are over may be removed to make room.
    pub const MOST_ENTRIES: usize = 500;

    /// The events that `change` causes; none when it is so already.
    pub fn decide(&self, change: Change) -> Result<Vec<StaffEvent>, UnknownEntry> {
        let event: StaffEvent = match change {
            Change::Profile(changed) if changed == Changed::default() => return Ok(vec![]),
            Change::Profile(changed) => changed.into(),
            Change::Token(token) => TokenIssued { token }.into(),
            Change::Qualifications(q) if q == self.qualifications => return Ok(vec![]),
            Change::Qualifications(qualifications) => QualificationsSet { qualifications }.into(),
            Change::Shifts(shifts) if shifts == self.shifts => return Ok(vec![]),
            Change::Shifts(shifts) => ShiftsSet { shifts }.into(),
            Change::AddLeave(entry) => LeaveAdded { entry }.into(),
            Change::RemoveLeave(id) if self.leave.iter().any(|e| e.id == id) => LeaveRemoved { id }.into(),
            Change::AddExtra(entry) => ExtraAdded { entry }.into(),
            Change::RemoveExtra(id) if self.extra.iter().any(|e| e.id == id) => ExtraRemoved { id }.into(),
            Change::RemoveLeave(_) | Change::RemoveExtra(_) => return Err(UnknownEntry),
            Change::ContactMethods(m) if m == self.contact_methods => return Ok(vec![]),
            Change::ContactMethods(methods) => ContactMethodsSet { methods }.into(),
            Change::Read(request) => ConversationRead { request }.into(),
            Change::Remove if self.removed => return Ok(vec![]),
            Change::Remove => Removed {}.into(),
        };
        Ok(vec![event])
    }

    /// Takes one more fact into account, as [`crate::request::SupportRequest::apply`] does.
    pub fn apply(state: &mut Option<Self>, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Staff {
            return;
        }
        let event = match fact.event() {
            Ok(Event::Staff(event)) => Some(event),
            Ok(_) | Err(_) => None,
        };
        match (state.as_mut(), event) {
            (None, Some(StaffEvent::Added(added))) if fact.version == Version(1) => {
                *state = Some(Self::added(StaffId(fact.stream.id), added));
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

    fn added(id: StaffId, added: Added) -> Self {
        Self {
            id,
            version: Version(1),
            alias: added.alias,
            roles: added.roles,
            pools: added.pools,
            zone: added.zone,
            languages: added.languages,
            capacity: added.capacity,
            qualifications: added.qualifications,
            token: added.token,
            shifts: Vec::new(),
            leave: Vec::new(),
            extra: Vec::new(),
            contact_methods: Vec::new(),
            removed: false,
        }
    }

    fn evolve(&mut self, event: StaffEvent) {
        match event {
            StaffEvent::Added(_) | StaffEvent::ConversationRead(_) => {}
            StaffEvent::Changed(changed) => {
                let Changed { alias, roles, pools, zone, languages, capacity } = changed;
                replace(&mut self.alias, alias);
                replace(&mut self.roles, roles);
                replace(&mut self.pools, pools);
                replace(&mut self.zone, zone);
                replace(&mut self.languages, languages);
                replace(&mut self.capacity, capacity);
            }
            StaffEvent::TokenIssued(issued) => self.token = issued.token,
            StaffEvent::QualificationsSet(set) => self.qualifications = set.qualifications,
            StaffEvent::ShiftsSet(set) => self.shifts = set.shifts,
            StaffEvent::LeaveAdded(added) => self.leave.push(added.entry),
            StaffEvent::LeaveRemoved(removed) => self.leave.retain(|entry| entry.id != removed.id),
            StaffEvent::ExtraAdded(added) => self.extra.push(added.entry),
            StaffEvent::ExtraRemoved(removed) => self.extra.retain(|entry| entry.id != removed.id),
            StaffEvent::ContactMethodsSet(set) => self.contact_methods = set.methods,
            StaffEvent::Removed(_) => self.removed = true,
        }
    }

    /// Whether they have that role.
    pub fn is(&self, role: Role) -> bool {
        !self.removed && self.roles.contains(&role)
    }

    /// Whether they serve that pool.
    pub fn serves(&self, pool: &Pool) -> bool {
        self.pools.contains(pool)
    }

    /// When they are scheduled, whatever the zones.
    pub fn hours(&self) -> Hours {
        Hours {
            shifts: self.shifts.clone(),
            leave: self.leave.iter().map(|entry| entry.span).collect(),
            extra: self.extra.iter().map(|entry| entry.span).collect(),
        }
    }

    /// The skills that count at `now`.
    pub fn skills_at(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Skill> {
        self.qualifications.iter().filter(move |q| q.valid_until.is_none_or(|until| now < until)).map(|q| &q.skill)
    }
}

fn replace<T>(field: &mut T, new: Option<T>) {
    if let Some(new) = new {
        *field = new;
    }
}
