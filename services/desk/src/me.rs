//! The caller: who they are and what they have before them, what they say of their duty, and that they are there.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::request::Phase;
use wideawake_domain::staff::{Duty, Entry};
use wideawake_domain::{Priority, StaffId};
use wideawake_runtime::clock;
use wideawake_runtime::http::{JsonBody, Kind, Problem, detached, parse};

use crate::calendar;
use crate::desk::Desk;
use crate::feed::Projection;
use crate::permit::Caller;
use crate::staff::contact::{ContactMethodView, methods};
use crate::staff::hours::{EntryView, entries};
use crate::view::{self, OfferView, QualificationView, offer_view};

/// How long leave and extra hours that are over are shown.
const JUST_OVER: TimeDelta = TimeDelta::days(1);

/// The caller, and what they have before them.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// Who.
    pub(crate) id: Uuid,
    /// The name that members and colleagues see.
    pub(crate) alias: String,
    /// `volunteer`, `supervisor`, `professional`, `admin`.
    #[schema(value_type = Vec<String>)]
    pub(crate) roles: Vec<&'static str>,
    /// Where.
    pub(crate) pools: Vec<String>,
    /// `ready`, `break` or `off`.
    pub(crate) duty: &'static str,
    /// Whether they are scheduled now.
    pub(crate) on_shift: bool,
    /// When the shift they are on ends.
    #[schema(required)]
    pub(crate) shift_ends: Option<DateTime<Utc>>,
    /// What is offered to them.
    pub(crate) open_offers: Vec<OfferView>,
    /// What they hold.
    pub(crate) active: Vec<Active>,
    /// What they joined beside a holder.
    pub(crate) joined: Vec<Uuid>,
    /// The escalations that they were called over or took on, and that are not resolved.
    pub(crate) escalations: Vec<Uuid>,
    /// Why their duty is what it is.
    #[schema(required)]
    pub(crate) reason: Option<String>,
    /// Where they live.
    pub(crate) zone: String,
    /// What they speak.
    pub(crate) languages: Vec<String>,
    /// How many requests they hold at once.
    pub(crate) capacity: u32,
    /// What they are trained in.
    pub(crate) qualifications: Vec<QualificationView>,
    /// When they will be away.
    pub(crate) leave: Vec<EntryView>,
    /// When they are there beyond their shifts.
    pub(crate) extra: Vec<EntryView>,
    /// How they can be paged.
    pub(crate) contact_methods: Vec<ContactMethodView>,
    /// The path of their shifts for a calendar program. Whoever has it can read them; a new token makes a new one.
    pub(crate) calendar: String,
}

/// A request that the caller holds.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Active {
    /// Which.
    pub(crate) request: Uuid,
    /// How urgent it is.
    #[schema(value_type = String)]
    pub(crate) priority: Priority,
    /// Since when they hold it.
    pub(crate) since: DateTime<Utc>,
    /// Its newest version.
    pub(crate) last_version: u64,
}

/// What `id` has before them. The path of the calendar is left empty.
pub(crate) fn me(known: &mut Projection, id: StaffId, now: DateTime<Utc>) -> Option<Me> {
    let (mut open_offers, mut active, mut joined) = (Vec::new(), Vec::new(), Vec::new());
    for request in known.involving(id).collect::<Vec<_>>() {
        let Some(conversation) = known.requests.get(&request) else { continue };
        let state = &conversation.request;
        for offer in state.offers.iter().filter(|offer| offer.volunteer == id) {
            if let Some((why, _)) = conversation.offered.get(&offer.id) {
                open_offers.push(offer_view(state, offer, why));
            }
        }
        if let Phase::Active { holder, since, .. } = state.phase
            && holder == id
        {
            let last_version = state.version.0;
            active.push(Active { request: state.id.0, priority: state.priority, since, last_version });
        } else if state.joined.contains_key(&id) {
            joined.push(state.id.0);
        }
    }
    open_offers.sort_by_key(|offer| offer.expires_at);
    active.sort_by_key(|active| active.since);
    let escalations = known.escalations.of_staff(id).map(|escalation| escalation.state.id.0).collect();
    let person = known.staff.get_mut(&id).filter(|person| !person.member.removed)?;
    let shift = person.on_shift(now);
    let member = &person.member;
    let current = |list: &[Entry]| {
        let ends = |entry: &Entry| entry.span.span().map(|span| span.end);
        entries(list.iter().filter(|entry| ends(entry).is_some_and(|end| end > now - JUST_OVER)))
    };
    Some(Me {
        id: id.0,
        alias: member.alias.clone(),
        roles: view::roles(member),
        pools: view::pools(member),
        duty: person.duty_at(now).as_str(),
        on_shift: shift.is_some(),
        shift_ends: shift.map(|shift| shift.end),
        open_offers,
        active,
        joined,
        escalations,
        reason: person.duty.reason.clone(),
        zone: member.zone.name().to_owned(),
        languages: member.languages.iter().map(ToString::to_string).collect(),
        capacity: member.capacity,
        qualifications: view::qualifications(&member.qualifications),
        leave: current(&member.leave),
        extra: current(&member.extra),
        contact_methods: methods(&member.contact_methods),
        calendar: String::new(),
    })
}

/// Who the caller is, and what they have before them.
#[utoipa::path(get, path = "/v1/me", responses((status = 200, body = Me), Problem))]
pub(crate) async fn get_me(State(desk): State<Desk>, caller: Caller) -> Result<Json<Me>, Problem> {
    let now = clock::now();
    let mine = desk.feed.with(|known| me(known, caller.id(), now)).ok_or(Kind::Unauthorized)?;
    Ok(Json(Me { calendar: calendar::path(&desk.record, &caller.member), ..mine }))
}

/// What the caller says of their duty.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `put_duty` reads")]
pub(crate) struct DutyBody {
    /// `ready`, `break` or `off`.
    #[schema(pattern = "^(ready|break|off)$")]
    duty: String,
    /// In a few words.
    #[schema(max_length = 200)]
    reason: Option<String>,
}

/// What holds now.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct DutyAnswer {
    /// `ready`, `break` or `off`.
    duty: &'static str,
    /// Whether the caller is scheduled now.
    on_shift: bool,
    /// When the shift they are on ends.
    #[schema(required)]
    shift_ends: Option<DateTime<Utc>>,
}

/// Says whether the caller can be asked.
#[utoipa::path(put, path = "/v1/me/duty", request_body = DutyBody, responses((status = 200, body = DutyAnswer), Problem))]
pub(crate) async fn put_duty(
    State(desk): State<Desk>,
    caller: Caller,
    body: JsonBody,
) -> Result<Json<DutyAnswer>, Problem> {
    let mut f = body.fields();
    let duty = f.required("duty", parse::one_of(&[Duty::Ready, Duty::Break, Duty::Off], Duty::as_str));
    let reason = f.optional("reason", parse::text(0..=200));
    let (duty, reason) = f.finish((duty, reason))?;
    detached(async move {
        let reason = reason.filter(|reason| !reason.is_empty());
        let change = desk.record.set_duty(caller.id(), duty, reason, caller.actor()).await?;
        if let Some(last) = change.facts.last() {
            desk.feed.reach_duty(caller.id(), last.stream, last.version).await;
        }
        let now = clock::now();
        let shift = desk.feed.with(|known| known.staff.get_mut(&caller.id())?.on_shift(now));
        let shift_ends = shift.map(|shift| shift.end);
        Ok(Json(DutyAnswer { duty: change.duty.as_str(), on_shift: shift.is_some(), shift_ends }))
    })
    .await
}

/// Says that the caller is there. Every call does; this one does nothing else.
#[utoipa::path(post, path = "/v1/me/heartbeat", responses((status = 204), Problem))]
pub(crate) async fn heartbeat(_caller: Caller) -> StatusCode {
    StatusCode::NO_CONTENT
}
