//! What somebody is trained in.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use wideawake_domain::StaffId;
use wideawake_domain::settings::Skill;
use wideawake_domain::staff::{Change, Qualification};
use wideawake_runtime::http::{Checked, Fields, JsonBody, Problem, Segments, detached, parse};

use crate::desk::Desk;
use crate::permit::Caller;
use crate::view::{QualificationView, qualifications};

/// The most qualifications that one person has.
const MOST: usize = 100;

/// What somebody is trained in.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Qualifications {
    qualifications: Vec<QualificationView>,
}

/// What somebody is trained in, all of it.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what `put_qualifications` reads")]
pub(crate) struct QualificationsBody {
    #[schema(max_items = 100)]
    qualifications: Vec<QualificationBody>,
}

/// A trained skill.
#[derive(ToSchema)]
#[allow(dead_code, reason = "it describes what is read")]
pub(crate) struct QualificationBody {
    /// 1 to 64 of a–z, 0–9, `-` and `_`.
    #[schema(pattern = "^[a-z0-9_-]{1,64}$")]
    skill: String,
    /// From then on it no longer counts; without it, it never lapses.
    valid_until: Option<DateTime<Utc>>,
}

/// Sets what somebody is trained in.
#[utoipa::path(
    put, path = "/v1/staff/{id}/qualifications",
    params(("id" = Uuid, Path)),
    request_body = QualificationsBody,
    responses((status = 200, body = Qualifications), Problem)
)]
pub(crate) async fn put_qualifications(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(StaffId,)>,
    body: JsonBody,
) -> Result<Json<Qualifications>, Problem> {
    caller.toward(&desk.known_member(id).await?).must_manage()?;
    let mut f = body.fields();
    let list = read(&mut f);
    if list.value().is_some_and(Option::is_none) {
        f.refuse("qualifications", "is required");
    }
    let list = f.finish(list)?.unwrap_or_default();
    detached(async move {
        let answer = Qualifications { qualifications: qualifications(&list) };
        desk.change_staff(id, Change::Qualifications(list), &caller).await?;
        Ok(Json(answer))
    })
    .await
}

/// The field `qualifications`, where it may be absent. Of two for the same skill the later one holds.
pub(super) fn read(f: &mut Fields<'_>) -> Checked<Option<Vec<Qualification>>> {
    let list = f.optional_objects("qualifications", 0..=MOST, |q| {
        let skill = q.required("skill", parse::parsed::<Skill>("must be a name of 1 to 64 of a–z, 0–9, - and _"));
        (skill, q.optional("valid_until", parse::instant))
    });
    list.map(|list| {
        list.map(|list| {
            let mut held: Vec<Qualification> = Vec::with_capacity(list.len());
            for (skill, valid_until) in list {
                held.retain(|q| q.skill != skill);
                held.push(Qualification { skill, valid_until });
            }
            held
        })
    })
}
