//! Who is there, and who waits, before the program starts: written to the record as the program itself would.

use std::sync::Arc;

use anyhow::Result;
use futures_util::stream::{StreamExt, TryStreamExt, iter};
use wideawake_domain::record::Part;
use wideawake_domain::request::{Findings, Open, SupportRequest};
use wideawake_domain::staff::{Added, Change, Duty, Role};
use wideawake_domain::{Actor, Language, Pool, RequestId, StaffId, Text};
use wideawake_runtime::{Record, clock, tokens};

use crate::program::Line;

/// How many are written at once, so that they share commits.
const AT_ONCE: usize = 512;

const OPERATOR: Actor = Actor::System(Part::Operator);

/// A volunteer on shift and ready, who has not come yet.
#[derive(Clone, Debug)]
pub(crate) struct Volunteer {
    pub(crate) token: String,
}

/// A member who waits.
#[derive(Clone, Debug)]
pub(crate) struct Waiting {
    pub(crate) id: RequestId,
    pub(crate) token: String,
}

fn pool() -> Pool {
    Pool::named("main")
}

fn language(tag: &str) -> Language {
    tag.parse().expect("tags here are well-formed")
}

/// Adds `count` volunteers who speak English, each with so many places.
pub(crate) async fn volunteers(line: &Line, count: usize, capacity: u32) -> Result<Vec<Volunteer>> {
    let record = line.record().await?;
    let add = |n| volunteer(record.clone(), n, capacity);
    iter(0..count).map(add).buffered(AT_ONCE).try_collect().await
}

async fn volunteer(record: Arc<Record>, n: usize, capacity: u32) -> Result<Volunteer> {
    let (id, token) = (StaffId(clock::new_id()), tokens::new());
    let added = Added {
        alias: format!("Volunteer {n}"),
        roles: vec![Role::Volunteer],
        pools: vec![pool()],
        zone: chrono_tz::Tz::UTC,
        languages: vec![language("en")],
        capacity,
        qualifications: Vec::new(),
        token: token.hash(),
    };
    record.add_staff(id, added, OPERATOR).await?;
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let shift = serde_json::json!({ "zone": "UTC", "days": days, "start": "00:00", "end": "00:00" });
    record.change_staff(id, Change::Shifts(vec![serde_json::from_value(shift)?]), OPERATOR).await?;
    record.set_duty(id, Duty::Ready, None, Actor::Staff(id)).await?;
    Ok(Volunteer { token: token.expose().to_owned() })
}

/// Opens `count` requests in that language.
pub(crate) async fn waiting(line: &Line, count: usize, tag: &str) -> Result<Vec<Waiting>> {
    let record = line.record().await?;
    iter(0..count).map(|_| member(record.clone(), language(tag))).buffered(AT_ONCE).try_collect().await
}

async fn member(record: Arc<Record>, language: Language) -> Result<Waiting> {
    let (id, token) = (RequestId(clock::new_id()), tokens::new());
    let open = Open {
        line: "night".to_owned(),
        language,
        time_zone: None,
        country: None,
        alias: None,
        age_band: None,
        topics: Vec::new(),
        message: Some(Text::Open("I do not know whom else to ask.".to_owned())),
        screening: None,
        answers: None,
        token: token.hash(),
        fingerprint: None,
        again: None,
        findings: Findings::default(),
    };
    record.open_request(id, pool(), SupportRequest::open(open)).await?;
    Ok(Waiting { id, token: token.expose().to_owned() })
}
