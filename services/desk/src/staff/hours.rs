//! Leave and extra hours, and what shifts share with them.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono::NaiveDateTime;
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::StaffId;
use wideawake_domain::schedule::{LocalSpan, parse_zone};
use wideawake_domain::staff::{Change, Entry, StaffMember};
use wideawake_runtime::clock;
use wideawake_runtime::http::parse::Refusal;
use wideawake_runtime::http::{JsonBody, Kind, Problem, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::Caller;
use crate::view::NewId;

/// Leave or extra hours, by its id.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct EntryView {
    id: Uuid,
    /// An IANA time zone.
    zone: String,
    /// Local date and time, `YYYY-MM-DDTHH:MM`.
    #[schema(example = "2026-03-08T02:30")]
    start: String,
    /// Local date and time, `YYYY-MM-DDTHH:MM`.
    #[schema(example = "2026-03-08T04:00")]
    end: String,
}

/// Leave or extra hours as JSON.
pub(crate) fn entries<'a>(list: impl IntoIterator<Item = &'a Entry>) -> Vec<EntryView> {
    let time = |time: NaiveDateTime| time.format("%Y-%m-%dT%H:%M").to_string();
    let view = |entry: &Entry| EntryView {
        id: entry.id,
        zone: entry.span.zone.name().to_owned(),
        start: time(entry.span.start),
        end: time(entry.span.end),
    };
    list.into_iter().map(view).collect()
}

/// An IANA time zone that both our calendars know.
pub(crate) fn zone(value: &Value) -> Result<Tz, Refusal> {
    let zone = value.as_str().and_then(|name| parse_zone(name).ok());
    zone.ok_or_else(|| "must be an IANA time zone such as \"Europe/Madrid\"".into())
}

/// A local date and time to the minute.
pub(crate) fn moment(value: &Value) -> Result<NaiveDateTime, Refusal> {
    let refusal = || Refusal::from("must be a local date and time such as \"2026-03-08T02:30\"");
    let (date, time) = value.as_str().and_then(|text| text.split_once('T')).ok_or_else(refusal)?;
    let (date, time) = (parse::date(&date.into()), parse::wall_time(&time.into()));
    Ok(date.map_err(|_| refusal())?.and_time(time.map_err(|_| refusal())?))
}

/// Who manages somebody sets their shifts; supervisors set their own.
pub(super) fn must_schedule(caller: &Caller, member: &StaffMember) -> Result<(), Problem> {
    // The call itself is for supervisors and admins only.
    caller.toward(member).must_manage_or_be()
}

/// Between two local times in a zone.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what is read")]
pub(crate) struct EntryBody {
    /// An IANA time zone.
    zone: String,
    /// Local date and time, `YYYY-MM-DDTHH:MM`.
    #[schema(example = "2026-03-08T02:30")]
    start: String,
    /// Local date and time, `YYYY-MM-DDTHH:MM`; later than `start`.
    #[schema(example = "2026-03-08T04:00")]
    end: String,
}

fn read_entry(body: &JsonBody) -> Result<Entry, Problem> {
    let mut f = body.fields();
    let zone = f.required("zone", zone);
    let (start, end) = (f.required("start", moment), f.required("end", moment));
    if let (Some(zone), Some(start), Some(end)) = (zone.value(), start.value(), end.value()) {
        let span = LocalSpan { zone: *zone, start: *start, end: *end };
        if span.span().is_none() {
            f.refuse("end", "must be later than `start`");
        }
    }
    let (zone, start, end) = f.finish((zone, start, end))?;
    Ok(Entry { id: clock::new_id(), span: LocalSpan { zone, start, end } })
}

fn must_have_room(entries: &[Entry]) -> Result<(), Problem> {
    if entries.len() < StaffMember::MOST_ENTRIES {
        return Ok(());
    }
    Err(Problem::new(Kind::Conflict).detail("there are 500 entries; remove those that are over to make room"))
}

/// Somebody will be away. Who manages them may say so, and they themself.
#[utoipa::path(
    post, path = "/v1/staff/{id}/leave",
    params(("id" = Uuid, Path)),
    request_body = EntryBody,
    responses((status = 201, body = NewId), Problem)
)]
pub(crate) async fn add_leave(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<(StatusCode, Json<NewId>), Problem> {
    let member = desk.known_member(id).await?;
    caller.toward(&member).must_manage_or_be()?;
    let entry = read_entry(&body)?;
    must_have_room(&member.leave)?;
    add(desk, caller, id, entry.id, Change::AddLeave(entry)).await
}

/// Somebody will not be away after all.
#[utoipa::path(
    delete, path = "/v1/staff/{id}/leave/{entry}",
    params(("id" = Uuid, Path), ("entry" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn remove_leave(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id, entry)): Segments<(StaffId, Uuid)>,
) -> Result<StatusCode, Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage_or_be()?;
    remove(desk, caller, id, Change::RemoveLeave(entry)).await
}

/// Somebody is there beyond their shifts.
#[utoipa::path(
    post, path = "/v1/staff/{id}/extra",
    params(("id" = Uuid, Path)),
    request_body = EntryBody,
    responses((status = 201, body = NewId), Problem)
)]
pub(crate) async fn add_extra(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<(StatusCode, Json<NewId>), Problem> {
    let member = desk.known_member(id).await?;
    must_schedule(&caller, &member)?;
    let entry = read_entry(&body)?;
    must_have_room(&member.extra)?;
    add(desk, caller, id, entry.id, Change::AddExtra(entry)).await
}

/// Somebody is not there beyond their shifts after all.
#[utoipa::path(
    delete, path = "/v1/staff/{id}/extra/{entry}",
    params(("id" = Uuid, Path), ("entry" = Uuid, Path)),
    responses((status = 204), Problem)
)]
pub(crate) async fn remove_extra(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id, entry)): Segments<(StaffId, Uuid)>,
) -> Result<StatusCode, Problem> {
    must_schedule(&caller, &desk.known_member(id).await?)?;
    remove(desk, caller, id, Change::RemoveExtra(entry)).await
}

async fn add(
    desk: Desk,
    caller: Caller,
    id: StaffId,
    entry: Uuid,
    change: Change,
) -> Result<(StatusCode, Json<NewId>), Problem> {
    detached(async move {
        desk.change_staff(id, change, &caller).await?;
        Ok((StatusCode::CREATED, Json(NewId { id: entry })))
    })
    .await
}

async fn remove(desk: Desk, caller: Caller, id: StaffId, change: Change) -> Result<StatusCode, Problem> {
    detached(async move {
        desk.change_staff(id, change, &caller).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}
