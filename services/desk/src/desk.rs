//! What every call of this door reaches the world through.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use tokio_util::sync::CancellationToken;
use wideawake_domain::escalation::{self, Escalation};
use wideawake_domain::request::{Command, SupportRequest};
use wideawake_domain::staff::{Change, ReadReason, StaffMember};
use wideawake_domain::{EscalationId, Recorded, RequestId, StaffId, StreamId, Version};
use wideawake_runtime::acknowledge::inbound::Inbound;
use wideawake_runtime::http::{Checked, Fields, Kind, Problem, parse};
use wideawake_runtime::record::Presence;
use wideawake_runtime::{Record, RecordError, clock, config, record};

use crate::feed::{Feed, Known};
use crate::figures::Figures;
use crate::permit::{Caller, Relation};
use crate::sign_in::SignIn;

/// How long a reading counts as the same one.
const SAME_READING: TimeDelta = TimeDelta::hours(1);

/// How many readings are remembered; more, and a reading may be recorded twice within the hour.
const READINGS: usize = 20_000;

/// How many events are read at once.
const PAGE: usize = 1_000;

/// Who read what and why, and when that was recorded.
type Readings = BTreeMap<(StaffId, RequestId, Option<ReadReason>), DateTime<Utc>>;

/// Why a caller reads a conversation that they are no part of, if the query says so.
pub(crate) fn read_reason(q: &mut Fields<'_>) -> Checked<Option<ReadReason>> {
    q.optional("reason", parse::one_of(&ReadReason::ALL, ReadReason::as_str))
}

/// What the calls share.
#[derive(Clone)]
pub(crate) struct Desk {
    /// The record.
    pub(crate) record: Arc<Record>,
    /// What the desk knows of it, and who listens.
    pub(crate) feed: Arc<Feed>,
    /// Who of the staff is there.
    pub(crate) presence: Arc<Presence>,
    /// Who may post text messages that come in.
    pub(crate) inbound: Arc<Inbound>,
    /// How staff sign in.
    pub(crate) sign_in: SignIn,
    /// How long people waited in the last days.
    pub(crate) figures: Arc<Figures>,
    /// Ends the streams.
    pub(crate) shutdown: CancellationToken,
    readings: Arc<Mutex<Readings>>,
}

impl Desk {
    pub(crate) fn new(record: Arc<Record>, feed: Arc<Feed>, config: config::Desk, shutdown: CancellationToken) -> Self {
        let (inbound, sign_in) = (Arc::new(config.inbound), SignIn::new(config.sign_in));
        Self {
            record,
            feed,
            presence: Arc::default(),
            inbound,
            sign_in,
            figures: Arc::default(),
            shutdown,
            readings: Arc::default(),
        }
    }

    /// A request as the record has it; 404 when there is none.
    pub(crate) async fn request(&self, id: RequestId) -> Result<Arc<SupportRequest>, Problem> {
        self.record.request(id).await?.ok_or_else(|| Kind::NotFound.into())
    }

    /// Does to a request what `check` asks for, judged on the request as it is when it is done.
    pub(crate) async fn change(
        &self,
        id: RequestId,
        caller: &Caller,
        check: impl Fn(&SupportRequest) -> Result<Command, Problem>,
    ) -> Result<record::Change, Problem> {
        let change = self.record.change_request(id, caller.actor(), check).await?;
        change.unwrap_or_else(|| Err(Kind::NotFound.into()))
    }

    /// The same, and waits until what the desk shows has it.
    pub(crate) async fn change_and_show(
        &self,
        id: RequestId,
        caller: &Caller,
        check: impl Fn(&SupportRequest) -> Result<Command, Problem>,
    ) -> Result<record::Change, Problem> {
        let change = self.change(id, caller, check).await?;
        self.feed.reach(&change.facts).await;
        Ok(change)
    }

    /// An escalation as the record has it, with what became of its steps; 404 when there is none.
    pub(crate) async fn escalation(&self, id: EscalationId) -> Result<Known, Problem> {
        let (mut known, mut after) = (None, Version::NONE);
        loop {
            let facts =
                self.record.ledger().read(StreamId::escalation(id), after, PAGE).await.map_err(RecordError::from)?;
            for fact in &facts {
                Known::apply(&mut known, fact);
            }
            match facts.last() {
                Some(last) if facts.len() == PAGE => after = last.version,
                _ => return known.ok_or_else(|| Kind::NotFound.into()),
            }
        }
    }

    /// Does to an escalation what `check` asks for, judged on it as it is when it is done, and waits until what the desk
    /// shows has it.
    pub(crate) async fn change_escalation(
        &self,
        id: EscalationId,
        caller: &Caller,
        check: impl Fn(&Escalation) -> Result<escalation::Command, Problem>,
    ) -> Result<(), Problem> {
        let change = self.record.change_escalation(id, caller.actor(), check).await?;
        let facts = change.unwrap_or_else(|| Err(Kind::NotFound.into()))?;
        self.feed.reach(&facts).await;
        Ok(())
    }

    /// Changes somebody of the staff, and waits until what the desk shows has it. Whether the caller may is judged on both as
    /// the record has them when it is done: what this desk knows may be a second old.
    pub(crate) async fn change_staff(
        &self,
        id: StaffId,
        change: Change,
        caller: &Caller,
    ) -> Result<Vec<Recorded>, Problem> {
        let now = self.record.staff(caller.id()).await?.filter(|member| !member.removed).ok_or(Kind::Unauthorized)?;
        if now.roles != caller.member.roles || now.pools != caller.member.pools {
            let detail = "your own roles or pools changed a moment ago; call again";
            return Err(Problem::new(Kind::Conflict).detail(detail));
        }
        let changed = self.record.decide_staff(id, caller.actor(), |member, _| {
            caller.must_be_allowed(&change, member)?;
            member.decide(change.clone()).map_err(|_| Problem::from(Kind::NotFound))
        });
        let facts = changed.await??;
        self.feed.reach(&facts).await;
        Ok(facts)
    }

    /// The same as [`member`](Self::member), where the caller may know of somebody before this desk does.
    pub(crate) async fn known_member(&self, id: StaffId) -> Result<StaffMember, Problem> {
        if let Ok(member) = self.member(id) {
            return Ok(member);
        }
        self.feed.refresh().await;
        self.member(id)
    }

    /// Somebody of the staff, as the desk knows them; 404 for one who left.
    pub(crate) fn member(&self, id: StaffId) -> Result<StaffMember, Problem> {
        self.feed
            .with(|known| known.person(id).map(|person| person.member.clone()))
            .ok_or_else(|| Kind::NotFound.into())
    }

    /// Puts on record that `caller` reads a conversation that they are no part of, once an hour
    /// for each reason. What cannot be recorded
    /// is not shown.
    pub(crate) async fn note_reading(
        &self,
        caller: &Caller,
        request: RequestId,
        relation: Relation,
        reason: Option<ReadReason>,
    ) -> Result<(), Problem> {
        if matches!(relation, Relation::Holder | Relation::Joined) {
            return Ok(());
        }
        let (key, now) = ((caller.id(), request, reason), clock::now());
        {
            let readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
            if readings.get(&key).is_some_and(|at| now - *at < SAME_READING) {
                return Ok(());
            }
        }
        self.record.change_staff(caller.id(), Change::Read(request, reason), caller.actor()).await?;
        let mut readings = self.readings.lock().unwrap_or_else(PoisonError::into_inner);
        if readings.len() >= READINGS {
            readings.retain(|_, at| now - *at < SAME_READING);
            if readings.len() >= READINGS {
                readings.clear();
            }
        }
        readings.insert(key, now);
        Ok(())
    }
}
