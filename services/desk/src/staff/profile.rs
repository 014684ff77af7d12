//! Adding, changing and removing somebody, and their token.

use std::collections::BTreeSet;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::staff::{Added, Change, Changed, Role, StaffMember};
use wideawake_domain::{Language, Pool, StaffId};
use wideawake_runtime::http::{Checked, Fields, JsonBody, Kind, Problem, Segments, detached, parse};
use wideawake_runtime::{clock, tokens};

use super::hours::zone;
use super::list::{self, StaffDetail};
use super::training::{self, QualificationBody};
use crate::desk::Desk;
use crate::feed::Projection;
use crate::permit::Caller;

/// How many requests somebody holds at once unless told otherwise.
pub(crate) const CAPACITY: u32 = 2;

/// The most pools that one person serves.
const POOLS: usize = 100;

const ROLES: [Role; 4] = [Role::Volunteer, Role::Supervisor, Role::Professional, Role::Admin];

/// Somebody new.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `add` reads")]
pub(crate) struct StaffBody {
    /// The name that members and colleagues see.
    #[schema(min_length = 1, max_length = 80)]
    alias: String,
    /// `volunteer`, `supervisor`, `professional`, `admin`; the roles supervisor and admin are an admin's to grant.
    #[schema(min_items = 1)]
    roles: Vec<String>,
    /// Configured pools; exactly one for a volunteer.
    pools: Vec<String>,
    /// An IANA time zone.
    zone: String,
    /// Language tags.
    #[schema(min_items = 1, max_items = 20)]
    languages: Vec<String>,
    /// 2 unless told otherwise.
    #[schema(minimum = 1, maximum = 20)]
    capacity: Option<u32>,
    #[schema(max_items = 100)]
    qualifications: Option<Vec<QualificationBody>>,
}

/// What changes; what is absent stays as it is.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `change` reads")]
pub(crate) struct StaffChange {
    #[schema(min_length = 1, max_length = 80)]
    alias: Option<String>,
    #[schema(min_items = 1)]
    roles: Option<Vec<String>>,
    pools: Option<Vec<String>>,
    zone: Option<String>,
    #[schema(min_items = 1, max_items = 20)]
    languages: Option<Vec<String>>,
    #[schema(minimum = 1, maximum = 20)]
    capacity: Option<u32>,
}

/// Somebody new, and the token that is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewStaff {
    id: Uuid,
    token: String,
}

/// A token that is shown this once.
#[derive(Serialize, ToSchema)]
pub(crate) struct NewToken {
    token: String,
}

/// The fields of a profile, as far as they are there.
fn read(desk: &Desk, f: &mut Fields<'_>) -> Checked<Changed> {
    let pools = desk.record.settings().pools.clone();
    let alias = f.optional("alias", parse::line(1..=80));
    let roles = f.optional_each("roles", 1..=ROLES.len(), parse::one_of(&ROLES, Role::as_str));
    let pools = f.optional_each("pools", 0..=POOLS, |value| {
        let named = value.as_str().and_then(|name| pools.iter().find(|pool| pool.as_str() == name));
        named.cloned().ok_or_else(|| "must be the name of a configured pool".into())
    });
    let zone: Checked<Option<Tz>> = f.optional("zone", zone);
    let languages = f.optional_each("languages", 1..=20, parse::language);
    let capacity = f.optional("capacity", parse::int(1..=20u32));
    let parts = (alias, roles, pools, zone, languages, capacity);
    wideawake_runtime::http::body::Together::together(parts).map(|(alias, roles, pools, zone, languages, capacity)| {
        Changed {
            alias,
            roles: roles.map(once),
            pools: pools.map(once),
            zone,
            languages: languages.map(once),
            capacity,
        }
    })
}

/// Each only once, in the order in which they came.
fn once<T: PartialEq>(list: Vec<T>) -> Vec<T> {
    let mut seen = Vec::with_capacity(list.len());
    for item in list {
        if !seen.contains(&item) {
            seen.push(item);
        }
    }
    seen
}

/// What only roles and pools together show.
fn check_pools(f: &mut Fields<'_>, roles: &[Role], pools: &[Pool]) {
    if roles.contains(&Role::Volunteer) && pools.len() != 1 {
        f.refuse("pools", "a volunteer belongs to exactly one pool");
    } else if pools.is_empty() && roles.iter().any(|role| *role != Role::Admin) {
        f.refuse("pools", "must name at least one pool");
    }
}

/// Whether `caller` may give these roles in these pools.
fn check_grant(caller: &Caller, roles: &[Role], pools: &[Pool]) -> Result<(), Problem> {
    let forbidden = |detail| Err(Problem::new(Kind::Forbidden).detail(detail));
    if caller.is(Role::Admin) {
        return Ok(());
    }
    if roles.iter().any(|role| matches!(role, Role::Supervisor | Role::Admin)) {
        return forbidden("only an admin grants the roles supervisor and admin");
    }
    if !pools.iter().all(|pool| caller.supervises(pool)) {
        return forbidden("only an admin grants pools that you do not answer for");
    }
    Ok(())
}

/// Adds somebody. The token is shown this once.
#[utoipa::path(
    post, path = "/v1/staff",
    request_body = StaffBody,
    responses((status = 201, body = NewStaff), Problem)
)]
pub(crate) async fn add(
    State(desk): State<Desk>,
    caller: Caller,
    body: JsonBody,
) -> Result<(StatusCode, Json<NewStaff>), Problem> {
    let mut f = body.fields();
    let profile = read(&desk, &mut f);
    let qualifications = training::read(&mut f);
    for field in ["alias", "roles", "pools", "zone", "languages"] {
        if body.value.get(field).is_none_or(serde_json::Value::is_null) && body.value.is_object() {
            f.refuse(field, "is required");
        }
    }
    if let Some(Changed { roles: Some(roles), pools: Some(pools), .. }) = profile.value() {
        check_pools(&mut f, roles, pools);
    }
    let (profile, qualifications) = f.finish((profile, qualifications))?;
    let Changed { alias: Some(alias), roles: Some(roles), pools: Some(pools), zone: Some(zone), .. } = profile else {
        return Err(Kind::InvalidContent.into());
    };
    let languages: Vec<Language> = profile.languages.unwrap_or_default();
    check_grant(&caller, &roles, &pools)?;
    let token = tokens::new();
    let added = Added {
        alias,
        roles,
        pools,
        zone,
        languages,
        capacity: profile.capacity.unwrap_or(CAPACITY),
        qualifications: qualifications.unwrap_or_default(),
        token: token.hash(),
    };
    detached(async move {
        let id = StaffId(clock::new_id());
        let facts = desk.record.add_staff(id, added, caller.actor()).await?;
        desk.feed.reach(&facts).await;
        Ok((StatusCode::CREATED, Json(NewStaff { id: id.0, token: token.expose().to_owned() })))
    })
    .await
}

/// Changes somebody's profile. Whoever becomes a supervisor or an admin, and was none before, loses their bearer token and those
/// of programs: give them new ones, or let them sign in.
#[utoipa::path(
    patch, path = "/v1/staff/{id}",
    params(("id" = Uuid, Path)),
    request_body = StaffChange,
    responses((status = 200, body = StaffDetail), Problem)
)]
pub(crate) async fn change(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<Json<StaffDetail>, Problem> {
    let member = desk.known_member(id).await?;
    caller.toward(&member).must_manage()?;
    let mut f = body.fields();
    let changed = read(&desk, &mut f);
    if let Some(changed) = changed.value() {
        let roles = changed.roles.as_ref().unwrap_or(&member.roles);
        check_pools(&mut f, roles, changed.pools.as_ref().unwrap_or(&member.pools));
    }
    let changed = f.finish(changed)?;
    let (roles, pools) =
        (changed.roles.as_ref().unwrap_or(&member.roles), changed.pools.as_ref().unwrap_or(&member.pools));
    check_grant(&caller, roles, pools)?;
    check_nothing_left_behind(&desk, &member, pools)?;
    if !roles.contains(&Role::Admin) {
        check_last_admin(&desk, &member)?;
    }
    detached(async move {
        desk.change_staff(id, Change::Profile(changed), &caller).await?;
        list::detail(&desk, &caller, id)
    })
    .await
}

/// Removes somebody. Their token is void from then on.
#[utoipa::path(delete, path = "/v1/staff/{id}", params(("id" = Uuid, Path)), responses((status = 204), Problem))]
pub(crate) async fn remove(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
) -> Result<StatusCode, Problem> {
    let member = desk.known_member(id).await?;
    let toward = caller.toward(&member);
    if toward.is_them {
        return Err(Problem::new(Kind::Conflict).detail("nobody removes themself; ask a colleague"));
    }
    toward.must_manage()?;
    check_last_admin(&desk, &member)?;
    detached(async move {
        desk.change_staff(id, Change::Remove, &caller).await?;
        Ok(StatusCode::NO_CONTENT)
    })
    .await
}

/// The dispatcher of a pool knows nothing of what somebody has in another: it would count places as free that are not, and
/// ask whoever holds a request of the highest priority. So a volunteer takes nothing along.
fn check_nothing_left_behind(desk: &Desk, member: &StaffMember, pools: &[Pool]) -> Result<(), Problem> {
    if !desk.feed.with(|known| leaves_something(known, member, pools)) {
        return Ok(());
    }
    let detail = "they hold a conversation or are offered one; change their pool when that is over";
    Err(Problem::new(Kind::Conflict).detail(detail))
}

/// Whether a volunteer holds or is offered a request of a pool that is none of these.
pub(crate) fn leaves_something(known: &Projection, member: &StaffMember, pools: &[Pool]) -> bool {
    let leaves = |pool: &Pool| member.serves(pool) && !pools.contains(pool);
    let has_something = known.involving(member.id).any(|id| {
        known.requests.get(&id).is_some_and(|known| {
            let request = &known.request;
            let is_theirs =
                request.holder() == Some(member.id) || request.offers.iter().any(|offer| offer.volunteer == member.id);
            is_theirs && leaves(&request.pool)
        })
    });
    member.is(Role::Volunteer) && has_something
}

/// Somebody has to be able to let others in.
fn check_last_admin(desk: &Desk, member: &StaffMember) -> Result<(), Problem> {
    if !member.is(Role::Admin) {
        return Ok(());
    }
    let admins: BTreeSet<StaffId> = desk.feed.with(|known| {
        known.staff.values().filter(|person| person.member.is(Role::Admin)).map(|person| person.member.id).collect()
    });
    if admins.iter().any(|admin| *admin != member.id) {
        Ok(())
    } else {
        Err(Problem::new(Kind::Conflict).detail("the last admin must stay one; make somebody else an admin first"))
    }
}

/// Gives somebody a new token, which is shown this once. The one before is void, and streams opened with it end.
#[utoipa::path(
    post, path = "/v1/staff/{id}/token",
    params(("id" = Uuid, Path)),
    responses((status = 201, body = NewToken), Problem)
)]
pub(crate) async fn new_token(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
) -> Result<(StatusCode, Json<NewToken>), Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage()?;
    detached(async move {
        let token = tokens::new();
        desk.change_staff(id, Change::Token(token.hash()), &caller).await?;
        Ok((StatusCode::CREATED, Json(NewToken { token: token.expose().to_owned() })))
    })
    .await
}
