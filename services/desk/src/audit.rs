//! The history of one thing as it stands in the record, with everything that was sealed left out.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use wideawake_domain::staff::{DutyEvent, Role, SessionEvent};
use wideawake_domain::{EscalationId, Event, Recorded, RequestId, StaffId, StreamId, StreamKind, Text, Version};
use wideawake_runtime::http::{Kind, Problem, Query, Segments, parse};

use crate::desk::Desk;
use crate::permit::{Act, Caller};

/// How many events one call gives at most.
const MOST: usize = 1_000;

/// What stands in the place of what is left out.
const SEALED: &str = "‹sealed›";

/// The history of one thing.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct History {
    items: Vec<Entry>,
}

/// One event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Entry {
    /// Its number in the history.
    pub(crate) version: u64,
    /// What happened.
    pub(crate) r#type: String,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// Who caused it: `member`, `staff:<id>` or a part of the system.
    pub(crate) actor: String,
    /// SHA-256 over the hash before and this event, hex.
    pub(crate) hash: String,
    /// The particulars; what was sealed, hashes of tokens and addresses are `‹sealed›`.
    #[schema(value_type = Object)]
    pub(crate) data: Value,
}

/// The history of a request or an escalation, for who answers for its pool; of somebody's profile, duty or sessions, for who may know of them and
/// for admins; of a rotation, for supervisors. `stream` is `<kind>:<id>`, with kind `request`, `escalation`, `staff`,
/// `duty`, `session` or `rotation`.
#[utoipa::path(
    get, path = "/v1/audit/{stream}",
    params(
        ("stream" = String, Path, example = "request:0198c0de-0000-7000-8000-000000000000"),
        ("after" = Option<u64>, Query, description = "Only events behind this version"),
        ("limit" = Option<u32>, Query, description = "At most so many, 1 to 1,000; 1,000 unless told otherwise"),
    ),
    responses((status = 200, body = History), Problem)
)]
pub(crate) async fn get_audit(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((stream,)): Segments<(StreamId,)>,
    query: Query,
) -> Result<Json<History>, Problem> {
    may(&desk, &caller, stream).await?;
    let mut q = query.fields();
    let after = q.optional("after", parse::decimal(0..=i64::MAX)).or(0);
    let limit = q.optional("limit", parse::decimal(1..=MOST as u32)).or(MOST as u32);
    let (after, limit) = q.finish((after, limit))?;
    let facts = read(&desk, stream, Version(after as u64), limit as usize).await?;
    if facts.is_empty() && after == 0 {
        return Err(Kind::NotFound.into());
    }
    Ok(Json(History { items: facts.iter().map(entry).collect() }))
}

/// Events of a history behind a version.
pub(crate) async fn read(
    desk: &Desk,
    stream: StreamId,
    after: Version,
    limit: usize,
) -> Result<Vec<Recorded>, Problem> {
    let facts = desk.record.ledger().read(stream, after, limit).await;
    Ok(facts.map_err(wideawake_runtime::RecordError::from)?)
}

/// Whether the caller may see that history.
pub(crate) async fn may(desk: &Desk, caller: &Caller, stream: StreamId) -> Result<(), Problem> {
    let supervisor = caller.is(Role::Supervisor);
    match stream.kind {
        // No admin sees a conversation.
        StreamKind::Request | StreamKind::Escalation | StreamKind::Rotation if !supervisor => {
            Err(Kind::Forbidden.into())
        }
        StreamKind::Request => {
            caller.may(Act::Supervise, &*desk.request(RequestId(stream.id)).await?)?;
            Ok(())
        }
        StreamKind::Rotation => Ok(()),
        StreamKind::Staff => may_see(desk, caller, StaffId(stream.id)),
        StreamKind::Duty => {
            let first = read(desk, stream, Version::NONE, 1).await?;
            match first.first().map(Recorded::event) {
                Some(Ok(Event::Duty(DutyEvent::DutySet(set)))) => may_see(desk, caller, set.staff),
                _ => Err(Kind::NotFound.into()),
            }
        }
        StreamKind::Session => {
            let first = read(desk, stream, Version::NONE, 1).await?;
            match first.first().map(Recorded::event) {
                Some(Ok(Event::Session(SessionEvent::SessionStarted(started)))) => may_see(desk, caller, started.staff),
                _ => Err(Kind::NotFound.into()),
            }
        }
        StreamKind::Escalation => {
            let escalation = desk.escalation(EscalationId(stream.id)).await?;
            if caller.supervises(&escalation.state.pool) { Ok(()) } else { Err(Kind::NotFound.into()) }
        }
        StreamKind::Checkpoint => Err(Kind::NotFound.into()),
    }
}

/// Also of somebody who left.
fn may_see(desk: &Desk, caller: &Caller, staff: StaffId) -> Result<(), Problem> {
    let seen = desk.feed.with(|known| known.staff.get(&staff).is_some_and(|other| caller.toward(&other.member).sees));
    if seen { Ok(()) } else { Err(Kind::NotFound.into()) }
}

fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from(b"0123456789abcdef"[usize::from(nibble & 0xf)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(*byte)]).collect()
}

/// An event as it is shown.
pub(crate) fn entry(fact: &Recorded) -> Entry {
    Entry {
        version: fact.version.0,
        r#type: fact.kind.to_string(),
        at: fact.at,
        actor: fact.actor.to_string(),
        hash: hex(&fact.hash),
        data: data(fact),
    }
}

/// The particulars without what was typed by or about a member, and without what opens or reaches anything. Of an event
/// that this version does not know nothing is shown: it cannot tell what is sealed in it.
fn data(fact: &Recorded) -> Value {
    let mut event = match fact.event() {
        Ok(Event::Unknown) | Err(_) => return serde_json::json!({}),
        Ok(event) => event,
    };
    let texts = match &mut event {
        Event::Request(event) => event.texts_mut(),
        Event::Escalation(event) => event.texts_mut(),
        _ => Vec::new(),
    };
    for text in texts {
        *text = Text::Sealed(SEALED.to_owned());
    }
    let written = event.encode().unwrap_or_default();
    let mut data = serde_json::from_str(&written).unwrap_or_else(|_| serde_json::json!({}));
    for field in ["token", "fingerprint", "once", "secret", "codes", "account"] {
        hide(&mut data, field);
    }
    for method in data.get_mut("methods").and_then(Value::as_array_mut).into_iter().flatten() {
        hide(method, "to");
    }
    data
}

fn hide(value: &mut Value, field: &str) {
    if let Some(value) = value.get_mut(field) {
        *value = SEALED.into();
    }
}
