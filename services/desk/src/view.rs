//! The shapes that several calls share, as JSON.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::dispatch::Why;
use wideawake_domain::request::{OpenOffer, Phase, SupportRequest};
use wideawake_domain::staff::{Qualification, Role, StaffMember};
use wideawake_domain::{Language, Priority};

/// A request that is held out to a volunteer: what they see before they accept, and no text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfferView {
    /// Which offer.
    pub(crate) offer: Uuid,
    /// Of which request.
    pub(crate) request: Uuid,
    /// `standard`, `elevated`, `urgent` or `imminent`.
    #[schema(value_type = String)]
    pub(crate) priority: Priority,
    /// What the member wants to talk in.
    #[schema(value_type = String, example = "pt-BR")]
    pub(crate) language: Language,
    /// What they chose from the line's list.
    pub(crate) topics: Vec<String>,
    /// Until when it is meant to stand.
    pub(crate) expires_at: DateTime<Utc>,
    /// Why you.
    #[schema(value_type = WhyView)]
    pub(crate) why: Why,
    /// Which line the member turned to.
    pub(crate) line: String,
    /// Whether it is to take over from somebody who holds it.
    pub(crate) handover: bool,
}

/// Why this volunteer and not the others.
#[derive(ToSchema)]
#[schema(as = Why)]
#[allow(dead_code, reason = "it describes what `Why` is written as")]
pub(crate) struct WhyView {
    /// How many volunteers the pool has.
    considered: u32,
    /// How many of them could not be asked, by reason.
    out: BTreeMap<String, u32>,
    /// Who would have been next.
    #[schema(required = false, nullable = false)]
    runner_up: Option<Uuid>,
    /// What decided between the two.
    decided_by: String,
    /// When the chosen one last proved their presence.
    #[schema(required)]
    present_at: Option<DateTime<Utc>>,
}

/// An offer as its volunteer sees it.
pub(crate) fn offer_view(request: &SupportRequest, open: &OpenOffer, why: &Why) -> OfferView {
    OfferView {
        offer: open.id.0,
        request: request.id.0,
        priority: request.priority,
        language: request.language.clone(),
        topics: request.topics.iter().map(ToString::to_string).collect(),
        expires_at: open.expires_at,
        why: why.clone(),
        line: request.line.clone(),
        handover: open.handover,
    }
}

/// Somebody of the staff.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct PersonView {
    /// Who.
    pub(crate) staff: Uuid,
    /// Their name.
    pub(crate) alias: String,
}

/// What somebody wrote.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageView {
    /// Its number in the request.
    pub(crate) version: u64,
    /// `member`, `volunteer`, `professional`, `supervisor` or `system`.
    pub(crate) from: &'static str,
    /// Who, when it was staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) staff: Option<Uuid>,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) alias: Option<String>,
    /// What; `null` once the request was erased.
    #[schema(required)]
    pub(crate) text: Option<String>,
    /// When.
    pub(crate) at: DateTime<Utc>,
    /// `volunteer` when the member does not see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) to: Option<&'static str>,
}

/// A message on a stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageNotice {
    /// Of which request.
    pub(crate) request: Uuid,
    #[serde(flatten)]
    pub(crate) message: MessageView,
}

/// How a request stands after a call.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Standing {
    /// Which request.
    pub(crate) request: Uuid,
    /// `waiting`, `active` or `closed`.
    pub(crate) status: &'static str,
    /// How urgent it is.
    #[schema(value_type = String)]
    pub(crate) priority: Priority,
    /// Who holds it.
    #[schema(required)]
    pub(crate) holder: Option<Uuid>,
    /// Its newest version.
    pub(crate) version: u64,
}

impl Standing {
    pub(crate) fn of(request: &SupportRequest) -> Self {
        Self {
            request: request.id.0,
            status: status(request),
            priority: request.priority,
            holder: request.holder().map(|holder| holder.0),
            version: request.version.0,
        }
    }
}

/// `waiting`, `active` or `closed`.
pub(crate) const fn status(request: &SupportRequest) -> &'static str {
    match request.phase {
        Phase::Waiting { .. } => "waiting",
        Phase::Active { .. } => "active",
        Phase::Closed { .. } => "closed",
    }
}

/// A trained skill.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct QualificationView {
    /// Which.
    pub(crate) skill: String,
    /// From then on it no longer counts; `null`: it never lapses.
    #[schema(required)]
    pub(crate) valid_until: Option<DateTime<Utc>>,
}

/// Somebody's qualifications, as JSON.
pub(crate) fn qualifications(list: &[Qualification]) -> Vec<QualificationView> {
    let view = |q: &Qualification| QualificationView { skill: q.skill.to_string(), valid_until: q.valid_until };
    list.iter().map(view).collect()
}

/// The names of somebody's roles.
pub(crate) fn roles(member: &StaffMember) -> Vec<&'static str> {
    member.roles.iter().map(|role: &Role| role.as_str()).collect()
}

/// The names of somebody's pools.
pub(crate) fn pools(member: &StaffMember) -> Vec<String> {
    member.pools.iter().map(ToString::to_string).collect()
}

/// The id of something new.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct NewId {
    /// Its id.
    pub(crate) id: Uuid,
}
