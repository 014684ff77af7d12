//! Who there is.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::StaffId;
use wideawake_runtime::clock;
use wideawake_runtime::http::{Kind, Problem, Segments};

use super::contact::{ContactMethodView, methods};
use super::hours::{EntryView, entries};
use super::shifts::{ShiftView, shifts};
use crate::desk::Desk;
use crate::feed::Person;
use crate::permit::Caller;
use crate::view::{self, QualificationView};

/// Somebody of the staff.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StaffView {
    /// Who.
    id: Uuid,
    /// The name that members and colleagues see.
    alias: String,
    /// `volunteer`, `supervisor`, `professional`, `admin`.
    #[schema(value_type = Vec<String>)]
    roles: Vec<&'static str>,
    /// Where.
    pools: Vec<String>,
    /// Where they live.
    zone: String,
    /// What they speak.
    languages: Vec<String>,
    /// How many requests they hold at once.
    capacity: u32,
    /// What they are trained in.
    qualifications: Vec<QualificationView>,
    /// `ready`, `break` or `off`.
    duty: &'static str,
    /// Whether they are scheduled now.
    on_shift: bool,
    /// When the shift they are on ends.
    #[schema(required)]
    shift_ends: Option<DateTime<Utc>>,
}

/// Somebody of the staff, with their hours.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StaffDetail {
    #[serde(flatten)]
    staff: StaffView,
    /// When they are scheduled.
    shifts: Vec<ShiftView>,
    /// When they are away.
    leave: Vec<EntryView>,
    /// When they are there beyond their shifts.
    extra: Vec<EntryView>,
    /// How they can be paged.
    contact_methods: Vec<ContactMethodView>,
    /// Whether they have a bearer token. It ends when they become a supervisor or an admin, and so do those of programs.
    has_token: bool,
}

/// Everyone whom the caller may know of.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct StaffList {
    items: Vec<StaffView>,
}

/// Everyone of the caller's pools; for an admin everyone.
#[utoipa::path(get, path = "/v1/staff", responses((status = 200, body = StaffList), Problem))]
pub(crate) async fn all(State(desk): State<Desk>, caller: Caller) -> Json<StaffList> {
    let now = clock::now();
    let items = desk.feed.with(|known| {
        let people = known.staff.values_mut();
        let seen = people.filter(|person| !person.member.removed && caller.toward(&person.member).sees);
        seen.map(|person| view(person, now)).collect()
    });
    Json(StaffList { items })
}

/// One of them, with their hours.
#[utoipa::path(
    get, path = "/v1/staff/{id}",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = StaffDetail), Problem)
)]
pub(crate) async fn one(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
) -> Result<Json<StaffDetail>, Problem> {
    detail(&desk, &caller, id)
}

/// Somebody with their hours, if `caller` may know of them.
pub(crate) fn detail(desk: &Desk, caller: &Caller, id: StaffId) -> Result<Json<StaffDetail>, Problem> {
    let now = clock::now();
    let detail = desk.feed.with(|known| {
        let person = known.staff.get_mut(&id).filter(|person| !person.member.removed)?;
        let staff = view(person, now);
        let member = &person.member;
        caller.toward(member).sees.then(|| StaffDetail {
            staff,
            shifts: shifts(&member.shifts),
            leave: entries(&member.leave),
            extra: entries(&member.extra),
            contact_methods: methods(&member.contact_methods),
            has_token: !member.token.is_empty(),
        })
    });
    Ok(Json(detail.ok_or(Kind::NotFound)?))
}

fn view(person: &mut Person, now: DateTime<Utc>) -> StaffView {
    let shift = person.on_shift(now);
    let member = &person.member;
    StaffView {
        id: member.id.0,
        alias: member.alias.clone(),
        roles: view::roles(member),
        pools: view::pools(member),
        zone: member.zone.name().to_owned(),
        languages: member.languages.iter().map(ToString::to_string).collect(),
        capacity: member.capacity,
        qualifications: view::qualifications(&member.qualifications),
        duty: person.duty_at(now).as_str(),
        on_shift: shift.is_some(),
        shift_ends: shift.map(|shift| shift.end),
    }
}
