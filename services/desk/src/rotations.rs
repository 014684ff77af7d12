//! On-call rotations: who is called when it is more than a volunteer should carry.

use std::str::FromStr;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::StaffId;
use wideawake_domain::rotation::{
    NamedRotation, OverrideAdded, OverrideRemoved, RotationEvent, RotationSet, rotation_stream,
};
use wideawake_domain::schedule::{MAX_EVERY_DAYS, MAX_MEMBERS, MAX_OVERRIDES, Override, Rotation};
use wideawake_domain::settings;
use wideawake_runtime::clock;
use wideawake_runtime::http::parse::Refusal;
use wideawake_runtime::http::{Checked, Fields, JsonBody, Kind, Problem, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::Caller;
use crate::staff::hours::{moment, zone};
use crate::view::{NewId, PersonView};

/// A rotation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RotationView {
    /// What it is called.
    name: String,
    /// Where its history is: `/v1/audit/{stream}`.
    stream: String,
    /// Whose clocks are meant.
    zone: String,
    /// The date of the first handover.
    #[schema(value_type = String, example = "2020-03-06")]
    starts: NaiveDate,
    /// When it is handed over, `HH:MM`.
    handoff: String,
    /// How many dates a turn lasts.
    every_days: u32,
    /// Whose turn it is, one after the other.
    members: Vec<Uuid>,
    /// Who stands in; of two that overlap the later in the list holds.
    overrides: Vec<OverrideView>,
}

/// Somebody stands in for whoever is on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OverrideView {
    id: Uuid,
    with: Uuid,
    /// `YYYY-MM-DDTHH:MM` in the rotation's zone.
    start: String,
    /// `YYYY-MM-DDTHH:MM` in the rotation's zone.
    end: String,
}

/// Every rotation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct RotationList {
    items: Vec<RotationView>,
}

/// A rotation as JSON.
pub(crate) fn view(named: &NamedRotation) -> RotationView {
    let rotation = &named.rotation;
    let at = |at: NaiveDateTime| at.format("%Y-%m-%dT%H:%M").to_string();
    let overrides = named.override_ids.iter().zip(&rotation.overrides);
    let stand_in = |(id, other): (&Uuid, &Override<StaffId>)| OverrideView {
        id: *id,
        with: other.with.0,
        start: at(other.start),
        end: at(other.end),
    };
    RotationView {
        name: named.name.clone(),
        stream: rotation_stream(&named.name).to_string(),
        zone: rotation.zone.name().to_owned(),
        starts: rotation.starts,
        handoff: rotation.handoff.format("%H:%M").to_string(),
        every_days: rotation.every_days,
        members: rotation.members.iter().map(|member| member.0).collect(),
        overrides: overrides.map(stand_in).collect(),
    }
}

/// The name of a rotation in a path.
pub(crate) struct Name(String);

impl Name {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Name {
    type Err = settings::NotAName;

    fn from_str(text: &str) -> Result<Self, settings::NotAName> {
        settings::name(text).map(|name| Self(name.to_owned()))
    }
}

async fn load(desk: &Desk, name: &Name) -> Result<NamedRotation, Problem> {
    desk.record.rotation(&name.0).await?.ok_or_else(|| Kind::NotFound.into())
}

/// Every rotation.
#[utoipa::path(get, path = "/v1/rotations", responses((status = 200, body = RotationList), Problem))]
pub(crate) async fn list(State(desk): State<Desk>, _caller: Caller) -> Result<Json<RotationList>, Problem> {
    Ok(Json(RotationList { items: desk.record.rotations().await?.iter().map(view).collect() }))
}

/// One rotation.
#[utoipa::path(
    get, path = "/v1/rotations/{name}",
    params(("name" = String, Path)),
    responses((status = 200, body = RotationView), Problem)
)]
pub(crate) async fn get_rotation(
    State(desk): State<Desk>,
    _caller: Caller,
    Segments((name,)): Segments<(Name,)>,
) -> Result<Json<RotationView>, Problem> {
    Ok(Json(view(&load(&desk, &name).await?)))
}

/// Who is on call in turn.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `put_rotation` reads")]
pub(crate) struct RotationBody {
    /// Whose clocks are meant, also by overrides.
    zone: String,
    /// The date of the first handover.
    #[schema(example = "2020-03-06")]
    starts: String,
    /// When it is handed over, `HH:MM`.
    #[schema(example = "02:30")]
    handoff: String,
    /// How many dates a turn lasts.
    #[schema(minimum = 1, maximum = 366)]
    every_days: u32,
    /// Ids of staff, one after the other.
    #[schema(min_items = 1, max_items = 100)]
    members: Vec<Uuid>,
    /// Who stands in, all of it. Left out, it stays as it was.
    #[schema(max_items = 1000)]
    overrides: Option<Vec<OverrideBody>>,
}

/// Makes a rotation, or changes who is in it and when it is handed over. Overrides that are not mentioned stay; they have
/// calls of their own.
#[utoipa::path(
    put, path = "/v1/rotations/{name}",
    params(("name" = String, Path, description = "1 to 64 of a–z, 0–9, `-` and `_`")),
    request_body = RotationBody,
    responses((status = 200, body = RotationView), Problem)
)]
pub(crate) async fn put_rotation(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((name,)): Segments<(Name,)>,
    body: JsonBody,
) -> Result<Json<RotationView>, Problem> {
    let mut f = body.fields();
    let zone = f.required("zone", zone);
    let starts = f.required("starts", parse::date);
    let handoff = f.required("handoff", parse::wall_time);
    let every_days = f.required("every_days", parse::int(1..=MAX_EVERY_DAYS));
    let members = f.each("members", 1..=MAX_MEMBERS, |value| member(&desk, value));
    let overrides = f.optional_objects("overrides", 0..=MAX_OVERRIDES, |f| read_override(&desk, f));
    let (zone, starts, handoff, every_days, members, overrides) =
        f.finish((zone, starts, handoff, every_days, members, overrides))?;
    let overrides: Option<Vec<_>> = overrides.map(|list| list.into_iter().map(stand_in).collect());
    let rotation = Rotation { zone, starts, handoff, every_days, members, overrides: Vec::new() };
    rotation.check().map_err(|invalid| Problem::field(&format!("/{}", invalid.field()), "is out of bounds"))?;
    detached(async move {
        let set = |known: Option<&NamedRotation>| {
            let named = rotation.members.iter().copied();
            let stand_ins = overrides.iter().flatten().map(|stand_in| stand_in.with);
            must_answer_for(&desk, &caller, known, named.chain(stand_ins))?;
            let mut events = Vec::new();
            if known.is_none_or(|known| without_overrides(&known.rotation) != rotation) {
                events.push(RotationSet { name: name.0.clone(), rotation: rotation.clone() }.into());
            }
            let there = known.map_or(&[][..], |known| &known.rotation.overrides);
            if let Some(wanted) = overrides.as_deref().filter(|wanted| *wanted != there) {
                let ids = known.map_or(&[][..], |known| &known.override_ids);
                events.extend(ids.iter().map(|id| RotationEvent::from(OverrideRemoved { id: *id })));
                let added = |stand_in: &Override<_>| OverrideAdded { id: clock::new_id(), stand_in: stand_in.clone() };
                events.extend(wanted.iter().map(|stand_in| RotationEvent::from(added(stand_in))));
            }
            Ok::<_, Problem>(events)
        };
        desk.record.change_rotation(&name.0, caller.actor(), set).await??;
        Ok(Json(view(&load(&desk, &name).await?)))
    })
    .await
}

/// Whoever changes a rotation answers for everybody in it, before and after: those of other pools count on who is called by
/// it, and whoever is called reads along. Who has left the staff is nobody's any more.
fn must_answer_for(
    desk: &Desk,
    caller: &Caller,
    known: Option<&NamedRotation>,
    named: impl IntoIterator<Item = StaffId>,
) -> Result<(), Problem> {
    let known = known.map(|known| &known.rotation);
    let members = known.into_iter().flat_map(|known| known.members.iter().copied());
    let stand_ins = known.into_iter().flat_map(|known| known.overrides.iter().map(|stand_in| stand_in.with));
    let everybody = members.chain(stand_ins).chain(named).filter_map(|id| desk.member(id).ok());
    let mut others = everybody.filter(|member| !member.pools.iter().any(|pool| caller.supervises(pool)));
    if others.next().is_none() {
        return Ok(());
    }
    let detail = "somebody in it serves none of your pools; whoever supervises theirs changes it";
    Err(Problem::new(Kind::Forbidden).detail(detail))
}

fn without_overrides(rotation: &Rotation<StaffId>) -> Rotation<StaffId> {
    Rotation { overrides: Vec::new(), ..rotation.clone() }
}

fn member(desk: &Desk, value: &serde_json::Value) -> Result<StaffId, Refusal> {
    let id = parse::id::<StaffId>(value)?;
    if desk.member(id).is_ok() { Ok(id) } else { Err("must be the id of somebody of the staff".into()) }
}

/// Somebody stands in for whoever is on.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `add_override` reads")]
pub(crate) struct OverrideBody {
    /// Somebody of the staff.
    with: Uuid,
    /// `YYYY-MM-DDTHH:MM` in the rotation's zone.
    #[schema(example = "2020-03-07T08:30")]
    start: String,
    /// `YYYY-MM-DDTHH:MM` in the rotation's zone; later than `start`.
    #[schema(example = "2020-03-07T08:45")]
    end: String,
}

fn read_override(
    desk: &Desk,
    f: &mut Fields<'_>,
) -> (Checked<StaffId>, Checked<NaiveDateTime>, Checked<NaiveDateTime>) {
    let with = f.required("with", |value| member(desk, value));
    let (start, end) = (f.required("start", moment), f.required("end", moment));
    if let (Some(start), Some(end)) = (start.value(), end.value())
        && end <= start
    {
        f.refuse("end", "must be later than `start`");
    }
    (with, start, end)
}

const fn stand_in((with, start, end): (StaffId, NaiveDateTime, NaiveDateTime)) -> Override<StaffId> {
    Override { with, start, end }
}

/// Has somebody stand in for whoever is on.
#[utoipa::path(
    post, path = "/v1/rotations/{name}/overrides",
    params(("name" = String, Path)),
    request_body = OverrideBody,
    responses((status = 201, body = NewId), Problem)
)]
pub(crate) async fn add_override(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((name,)): Segments<(Name,)>,
    body: JsonBody,
) -> Result<(StatusCode, Json<NewId>), Problem> {
    load(&desk, &name).await?;
    let mut f = body.fields();
    let read = read_override(&desk, &mut f);
    let stand_in = stand_in(f.finish(read)?);
    detached(async move {
        let id = clock::new_id();
        let add = |known: Option<&NamedRotation>| match known {
            None => Err(Problem::new(Kind::NotFound)),
            Some(_) if let Err(problem) = must_answer_for(&desk, &caller, known, [stand_in.with]) => Err(problem),
            Some(known) if known.rotation.overrides.len() >= MAX_OVERRIDES => {
                let detail = "the rotation has 1,000 overrides; delete those that are over to make room";
                Err(Problem::new(Kind::Conflict).detail(detail))
            }
            Some(_) => Ok(vec![RotationEvent::from(OverrideAdded { id, stand_in: stand_in.clone() })]),
        };
        desk.record.change_rotation(&name.0, caller.actor(), add).await??;
        Ok((StatusCode::CREATED, Json(NewId { id })))
    })
    .await
}

/// Has nobody stand in after all.
#[utoipa::path(
    delete, path = "/v1/rotations/{name}/overrides/{id}",
    params(("name" = String, Path), ("id" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn remove_override(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((name, id)): Segments<(Name, Uuid)>,
) -> Result<StatusCode, Problem> {
    detached(async move {
        let remove = |known: Option<&NamedRotation>| {
            let there = known.is_some_and(|known| known.override_ids.contains(&id));
            must_answer_for(&desk, &caller, known, [])?;
            if there {
                Ok(vec![RotationEvent::from(OverrideRemoved { id })])
            } else {
                Err(Problem::new(Kind::NotFound))
            }
        };
        desk.record.change_rotation(&name.0, caller.actor(), remove).await??;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// Who is on now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OnCall {
    /// Who; `null` before the first turn.
    #[schema(required)]
    member: Option<Uuid>,
    /// Their name.
    #[schema(required)]
    alias: Option<String>,
    /// Until when; `null` when nobody else follows.
    #[schema(required)]
    until: Option<DateTime<Utc>>,
    /// Who comes then.
    #[schema(required)]
    next: Option<PersonView>,
}

/// Who is on now, until when, and who comes then.
#[utoipa::path(
    get, path = "/v1/rotations/{name}/now",
    params(("name" = String, Path)),
    responses((status = 200, body = OnCall), Problem)
)]
pub(crate) async fn now(
    State(desk): State<Desk>,
    _caller: Caller,
    Segments((name,)): Segments<(Name,)>,
) -> Result<Json<OnCall>, Problem> {
    let on = load(&desk, &name).await?.on_call(clock::now());
    let alias = |staff| desk.feed.with(|known| known.alias(staff));
    let next = on.next.map(|staff| PersonView { staff: staff.0, alias: alias(staff).unwrap_or_default() });
    let member = on.member.map(|member| member.0);
    Ok(Json(OnCall { member, alias: on.member.and_then(alias), until: on.until, next }))
}
