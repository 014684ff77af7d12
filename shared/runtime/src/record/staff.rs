//! Staff and their duty.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::rotation::{NamedRotation, RotationEvent, rotation_stream};
use wideawake_domain::staff::{
    Added, Change, Duty, DutyEvent, DutySet, DutyWeek, OrganisationLinked, StaffEvent, StaffMember, UnknownEntry,
    duty_stream,
};
use wideawake_domain::{Actor, Event, Pool, Recorded, StaffId, StreamId, StreamKind, Version};
use wideawake_ledger::{AppendError, KeyChange};

use super::{ATTEMPTS, PAGE, Record, RecordError, prepare};
use crate::clock;

/// Why a staff member could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum StaffError {
    /// There is nobody of that id, or they left.
    #[error("there is no such staff member")]
    Unknown,
    /// There is no leave or extra of that id.
    #[error(transparent)]
    UnknownEntry(#[from] UnknownEntry),
    /// The record failed.
    #[error(transparent)]
    Record(#[from] RecordError),
}

/// What came of setting a duty.
#[derive(Clone, Debug)]
pub struct DutyChange {
    /// What holds now.
    pub duty: Duty,
    /// What was appended; empty when it was so already.
    pub facts: Vec<Recorded>,
}

impl Record {
    /// Adds a staff member.
    pub async fn add_staff(&self, id: StaffId, added: Added, actor: Actor) -> Result<Vec<Recorded>, RecordError> {
        let events = vec![Event::Staff(StaffEvent::Added(added))];
        self.begin_staff(id, events, actor).await
    }

    /// Adds a staff member who signs in with that account at their organisation; `None` when somebody of that id is there.
    pub async fn add_linked_staff(
        &self,
        id: StaffId,
        added: Added,
        account: OrganisationLinked,
        actor: Actor,
    ) -> Result<Option<Vec<Recorded>>, RecordError> {
        let events = [StaffEvent::Added(added), account.into()];
        match self.begin_staff(id, events.map(Event::Staff).into(), actor).await {
            Err(RecordError::Append(AppendError::Conflict { .. })) => Ok(None),
            answer => answer.map(Some),
        }
    }

    async fn begin_staff(&self, id: StaffId, events: Vec<Event>, actor: Actor) -> Result<Vec<Recorded>, RecordError> {
        let (stream, now) = (StreamId::staff(id), clock::now());
        let append = prepare(stream, Pool::all(), Version::NONE, actor, now, events, KeyChange::Keep)?;
        Ok(self.append(append).await?)
    }

    /// A staff member as the record has them now.
    pub async fn staff(&self, id: StaffId) -> Result<Option<StaffMember>, RecordError> {
        let mut state = None;
        let mut after = Version::NONE;
        loop {
            let facts = self.ledger.read(StreamId::staff(id), after, PAGE).await?;
            for fact in &facts {
                StaffMember::apply(&mut state, fact);
            }
            match facts.last() {
                Some(last) if facts.len() == PAGE => after = last.version,
                _ => return Ok(state),
            }
        }
    }

    /// Every staff member, those who left included, in order of id.
    pub async fn all_staff(&self) -> Result<Vec<StaffMember>, RecordError> {
        let (facts, _) = self.ledger.open(&Pool::all(), StreamKind::Staff, clock::now()).await?;
        let mut states: BTreeMap<StreamId, Option<StaffMember>> = BTreeMap::new();
        for fact in &facts {
            StaffMember::apply(states.entry(fact.stream).or_default(), fact);
        }
        Ok(states.into_values().flatten().collect())
    }

    /// Changes a staff member.
    pub async fn change_staff(&self, id: StaffId, change: Change, actor: Actor) -> Result<Vec<Recorded>, StaffError> {
        let changed = self.decide_staff(id, actor, |state, _| state.decide(change.clone())).await?;
        Ok(changed?)
    }

    /// Changes a staff member by what `decide` makes of them as they are when it is done, and of the time; no event, no change.
    pub async fn decide_staff<E>(
        &self,
        id: StaffId,
        actor: Actor,
        decide: impl Fn(&StaffMember, DateTime<Utc>) -> Result<Vec<StaffEvent>, E>,
    ) -> Result<Result<Vec<Recorded>, E>, StaffError> {
        for _ in 0..ATTEMPTS {
            let state = self.staff(id).await?.filter(|state| !state.removed).ok_or(StaffError::Unknown)?;
            let (stream, now) = (StreamId::staff(id), clock::now());
            let events: Vec<Event> = match decide(&state, now) {
                Ok(events) if events.is_empty() => return Ok(Ok(Vec::new())),
                Ok(events) => events.into_iter().map(Event::Staff).collect(),
                Err(refused) => return Ok(Err(refused)),
            };
            let append = prepare(stream, Pool::all(), state.version, actor, now, events, KeyChange::Keep)
                .map_err(RecordError::from)?;
            match self.append(append).await {
                Err(AppendError::Conflict { .. }) => {}
                answer => return Ok(Ok(answer.map_err(RecordError::from)?)),
            }
        }
        Err(RecordError::Contended.into())
    }

    /// What a staff member says of their duty, as the record has it now.
    pub async fn duty(&self, staff: StaffId) -> Result<DutyWeek, RecordError> {
        let now = clock::now();
        let mut week = DutyWeek::default();
        for at in [now - TimeDelta::days(7), now] {
            for fact in self.ledger.read(duty_stream(staff, at), Version::NONE, PAGE).await? {
                week.apply(&fact);
            }
        }
        Ok(week)
    }

    /// Sets what a staff member says of their duty.
    pub async fn set_duty(
        &self,
        staff: StaffId,
        duty: Duty,
        reason: Option<String>,
        actor: Actor,
    ) -> Result<DutyChange, RecordError> {
        for _ in 0..ATTEMPTS {
            let week = self.duty(staff).await?;
            let now = clock::now();
            if week.at(now) == duty && week.version_at(staff, now) != Version::NONE && week.reason == reason {
                return Ok(DutyChange { duty, facts: Vec::new() });
            }
            let event = Event::Duty(DutyEvent::DutySet(DutySet { staff, duty, reason: reason.clone() }));
            let expected = week.version_at(staff, now);
            let append =
                prepare(duty_stream(staff, now), Pool::all(), expected, actor, now, vec![event], KeyChange::Keep)?;
            match self.append(append).await {
                Ok(facts) => return Ok(DutyChange { duty, facts }),
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RecordError::Contended)
    }

    /// An on-call rotation as the record has it now.
    pub async fn rotation(&self, name: &str) -> Result<Option<NamedRotation>, RecordError> {
        let mut state = None;
        let mut after = Version::NONE;
        loop {
            let facts = self.ledger.read(rotation_stream(name), after, PAGE).await?;
            for fact in &facts {
                NamedRotation::apply(&mut state, fact);
            }
            match facts.last() {
                Some(last) if facts.len() == PAGE => after = last.version,
                _ => return Ok(state),
            }
        }
    }

    /// Every on-call rotation, by name.
    pub async fn rotations(&self) -> Result<Vec<NamedRotation>, RecordError> {
        let (facts, _) = self.ledger.open(&Pool::all(), StreamKind::Rotation, clock::now()).await?;
        let mut states: BTreeMap<StreamId, Option<NamedRotation>> = BTreeMap::new();
        for fact in &facts {
            NamedRotation::apply(states.entry(fact.stream).or_default(), fact);
        }
        let mut rotations: Vec<NamedRotation> = states.into_values().flatten().collect();
        rotations.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(rotations)
    }

    /// Changes an on-call rotation by what `decide` makes of it as it is; no event, no change.
    pub async fn change_rotation<E>(
        &self,
        name: &str,
        actor: Actor,
        decide: impl Fn(Option<&NamedRotation>) -> Result<Vec<RotationEvent>, E>,
    ) -> Result<Result<Vec<Recorded>, E>, RecordError> {
        for _ in 0..ATTEMPTS {
            let state = self.rotation(name).await?;
            let events: Vec<Event> = match decide(state.as_ref()) {
                Ok(events) if events.is_empty() => return Ok(Ok(Vec::new())),
                Ok(events) => events.into_iter().map(Event::Rotation).collect(),
                Err(refused) => return Ok(Err(refused)),
            };
            let expected = state.map_or(Version::NONE, |state| state.version);
            let (stream, now) = (rotation_stream(name), clock::now());
            let append = prepare(stream, Pool::all(), expected, actor, now, events, KeyChange::Keep)?;
            match self.append(append).await {
                Ok(facts) => return Ok(Ok(facts)),
                Err(AppendError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(RecordError::Contended)
    }
}
