//! One request, as those who may see it see it.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::request::{AgeBand, Cause, Phase, Speaker, SupportRequest};
use wideawake_domain::{Priority, RequestId, StaffId, Version};
use wideawake_runtime::http::{Problem, Query, Segments};

use crate::desk::{Desk, read_reason};
use crate::messages::opened;
use crate::permit::{Act, Caller};
use crate::view::{PersonView, status};

/// A request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RequestView {
    /// Which.
    id: Uuid,
    /// What the member turned to.
    line: String,
    /// Who serves it.
    pool: String,
    /// `waiting`, `active` or `closed`.
    status: &'static str,
    /// `standard`, `elevated`, `urgent` or `imminent`.
    #[schema(value_type = String)]
    priority: Priority,
    /// What the member wants to talk in.
    language: String,
    /// What they chose from the line's list.
    topics: Vec<String>,
    /// `under_18`, `18_25` or `over_25`.
    #[schema(required, value_type = Option<String>)]
    age_band: Option<AgeBand>,
    /// Its place in time.
    opened_at: DateTime<Utc>,
    /// Since when it is in its status.
    since: DateTime<Utc>,
    /// Who holds it.
    #[schema(required)]
    holder: Option<PersonView>,
    /// Who is in the conversation beside the holder.
    joined: Vec<JoinedView>,
    /// The member.
    member: MemberView,
    /// A handover under way.
    #[schema(required)]
    transfer: Option<TransferView>,
    /// What was asked for beyond a volunteer.
    escalations: Vec<RaisedView>,
    /// Since when the member waits for an answer.
    #[schema(required)]
    unanswered_since: Option<DateTime<Utc>>,
    /// How often it went back to waiting.
    times_returned: u32,
    /// How many messages there are.
    messages: u64,
    /// How it ended.
    #[schema(required)]
    closed: Option<ClosedView>,
    /// Whether everything typed can be read by nobody any more.
    erased: bool,
    /// Its newest version.
    last_version: u64,
}

/// Somebody who joined.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JoinedView {
    staff: Uuid,
    alias: String,
    /// As what they speak: `supervisor` or `professional`.
    #[serde(rename = "as")]
    #[schema(value_type = String)]
    speaker: Speaker,
}

/// The member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MemberView {
    /// Their screen name; `null` when they gave none or it was erased.
    #[schema(required)]
    alias: Option<String>,
    /// Since when their client has been silent.
    #[schema(required)]
    away_since: Option<DateTime<Utc>>,
    /// Their zone, if they said so.
    #[schema(required)]
    time_zone: Option<String>,
    /// Their country, if they said so.
    #[schema(required)]
    country: Option<String>,
}

/// A handover under way.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct TransferView {
    /// Who is asked in particular.
    #[schema(required)]
    to: Option<Uuid>,
    asked_at: DateTime<Utc>,
}

/// Something beyond a volunteer that was asked for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RaisedView {
    policy: String,
    /// `silent`, `no_reply`, `away`, `beyond_holder`, `person` or `rule`.
    #[schema(value_type = String)]
    cause: Cause,
    at: DateTime<Utc>,
}

/// How a request ended.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ClosedView {
    /// `closed`, `left`, `abandoned`, `erased` or `barred`.
    ending: &'static str,
    /// The outcome code of the line.
    #[schema(required)]
    outcome: Option<String>,
    at: DateTime<Utc>,
    /// When it is due to be erased.
    #[schema(required)]
    erase_at: Option<DateTime<Utc>>,
    /// Until when its member is asked to turn elsewhere.
    #[schema(required)]
    barred_until: Option<DateTime<Utc>>,
}

/// One request, for who holds it, joined it, or answers for its pool. The last is recorded.
#[utoipa::path(
    get, path = "/v1/requests/{id}",
    params(
        ("id" = Uuid, Path),
        ("reason" = Option<String>, Query, description = "Why one who is no part of it reads it, for the record: `safety`, `support`, `complaint` or `review`"),
    ),
    responses((status = 200, body = RequestView), Problem)
)]
pub(crate) async fn get_request(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
    query: Query,
) -> Result<Json<RequestView>, Problem> {
    let request = desk.request(id).await?;
    let relation = caller.may(Act::Read, &request)?;
    let mut q = query.fields();
    let reason = read_reason(&mut q);
    let reason = q.finish(reason)?;
    desk.note_reading(&caller, id, relation, reason).await?;
    let alias = match &request.alias {
        Some(alias) => opened(&desk.record, id, Version(1), alias).await?,
        None => None,
    };
    let people = request.last_holder().into_iter().chain(request.joined.keys().copied());
    let names = desk
        .feed
        .with(|known| people.map(|staff| (staff, known.alias(staff).unwrap_or_default())).collect::<BTreeMap<_, _>>());
    Ok(Json(view(&request, alias, &names)))
}

fn view(request: &SupportRequest, alias: Option<String>, names: &BTreeMap<StaffId, String>) -> RequestView {
    let name = |staff: &StaffId| names.get(staff).cloned().unwrap_or_default();
    let joined =
        |(staff, speaker): (&StaffId, &Speaker)| JoinedView { staff: staff.0, alias: name(staff), speaker: *speaker };
    let raised = request.raised.iter();
    let raised = raised.map(|raised| RaisedView { policy: raised.policy.clone(), cause: raised.cause, at: raised.at });
    let (since, unanswered_since, transfer, closed) = match &request.phase {
        Phase::Waiting { since } => (*since, None, None, None),
        Phase::Active { since, unanswered_since, transfer, .. } => {
            let transfer = transfer.as_ref();
            let transfer = transfer.map(|t| TransferView { to: t.to.map(|to| to.0), asked_at: t.asked_at });
            (*since, *unanswered_since, transfer, None)
        }
        Phase::Closed { closed, at, .. } => {
            let (ending, outcome) = (closed.ending.as_str(), closed.outcome.clone());
            (
                *at,
                None,
                None,
                Some(ClosedView {
                    ending,
                    outcome,
                    at: *at,
                    erase_at: closed.erase_at,
                    barred_until: request.barred_until,
                }),
            )
        }
    };
    RequestView {
        id: request.id.0,
        line: request.line.clone(),
        pool: request.pool.to_string(),
        status: status(request),
        priority: request.priority,
        language: request.language.to_string(),
        topics: request.topics.iter().map(ToString::to_string).collect(),
        age_band: request.age_band,
        opened_at: request.opened_at,
        since,
        holder: request.holder().map(|staff| PersonView { staff: staff.0, alias: name(&staff) }),
        joined: request.joined.iter().map(joined).collect(),
        member: MemberView {
            alias,
            away_since: request.away_since,
            time_zone: request.time_zone.map(|zone| zone.name().to_owned()),
            country: request.country.clone(),
        },
        transfer,
        escalations: raised.collect(),
        unanswered_since,
        times_returned: request.times_returned,
        messages: request.messages,
        closed,
        erased: request.erased,
        last_version: request.version.0,
    }
}
