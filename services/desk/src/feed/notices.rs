//! Who is told what of an event in the record.
//!
//! One event gives one person at most one notice, so that its id says exactly what they have seen.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::dispatch::Nudge;
use wideawake_domain::escalation::EscalationEvent;
use wideawake_domain::request::{Cause, Ending, RequestEvent, Speaker, SupportRequest};
use wideawake_domain::staff::DutySet;
use wideawake_domain::{Pool, Position, Priority, Recorded, RequestId, StaffId, Text, Version};

use super::escalations::{Known, called_by};
use crate::view::{OfferView, PersonView, offer_view};

/// Whom a notice is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum To {
    /// One person.
    Staff(StaffId),
    /// Every supervisor of a pool, and these; each once.
    Supervisors(Pool, BTreeSet<StaffId>),
}

/// A notice on its way to one person's streams.
#[derive(Clone, Debug)]
pub(crate) struct Notice {
    /// What the client sends as `Last-Event-ID`; a nudge has none, since it is not in the record.
    pub(crate) id: Option<Arc<str>>,
    /// The event it comes of.
    pub(crate) position: Option<Position>,
    /// What it says.
    pub(crate) payload: Arc<Payload>,
}

/// What a notice says.
#[derive(Clone, Debug)]
pub(crate) enum Payload {
    Offer(OfferView),
    OfferWithdrawn(OfferWithdrawn),
    Assigned(Assigned),
    Message(Said),
    Member(Member),
    Nudge(Nudged),
    Released(Released),
    Transfer(Transfer),
    Priority(Urgency),
    Duty(DutyWord),
    Escalation(Escalation),
}

/// An offer no longer stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OfferWithdrawn {
    /// Which.
    pub(crate) offer: Uuid,
    /// `taken`, `duty`, `shift_over`, `absent`, `needs_changed`, `left`, `outranked`, `assigned`, or what ended it
    /// otherwise: `expired`, `declined`.
    pub(crate) reason: &'static str,
}

/// The request is yours now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Assigned {
    /// Which.
    pub(crate) request: Uuid,
    /// How urgent it is.
    #[schema(value_type = String)]
    pub(crate) priority: Priority,
    /// The offer by which it came, if you took one; without it a supervisor gave it to you.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) offer: Option<Uuid>,
}

/// Somebody wrote; the text is opened only on its way out.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) request: RequestId,
    pub(crate) version: Version,
    pub(crate) from: Speaker,
    pub(crate) staff: Option<StaffId>,
    pub(crate) aside: bool,
    pub(crate) text: Text,
    pub(crate) at: DateTime<Utc>,
}

/// The member's client fell silent, is heard again, or they left.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Member {
    /// Of which request.
    pub(crate) request: Uuid,
    /// `away`, `back` or `left`.
    pub(crate) state: &'static str,
}

/// The member waits for you.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Nudged {
    /// In which request.
    pub(crate) request: Uuid,
    /// `first_reply` or `reply`.
    #[schema(value_type = String)]
    pub(crate) kind: Nudge,
}

/// The request is no longer yours.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Released {
    /// Which.
    pub(crate) request: Uuid,
    /// `gave_back`, `supervisor`, `absent` or `silent`: it waits again, or somebody else holds it; `closed`: it ended.
    pub(crate) reason: &'static str,
}

/// Your request is more urgent, or less, than it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Urgency {
    /// Which.
    pub(crate) request: Uuid,
    /// How urgent it is now.
    #[schema(value_type = String)]
    pub(crate) priority: Priority,
}

/// A handover of your request.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Transfer {
    /// Which request.
    pub(crate) request: Uuid,
    /// `asked`, `done` or `failed`.
    pub(crate) state: &'static str,
    /// Who is asked in particular, or who took over.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) to: Option<Uuid>,
    /// Why it failed: `declined`, `expired`, `nobody` or `withdrawn`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false, value_type = String)]
    pub(crate) reason: Option<wideawake_domain::request::TransferFailure>,
}

/// Your duty was set.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct DutyWord {
    /// `ready`, `break` or `off`.
    pub(crate) duty: &'static str,
    /// Why, such as `not_responding`.
    #[schema(required)]
    pub(crate) reason: Option<String>,
}

/// More than a volunteer was asked for, or how that goes on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Escalation {
    /// For which request.
    pub(crate) request: Uuid,
    /// Under which policy.
    pub(crate) policy: String,
    /// What made it necessary last: `silent`, `no_reply`, `away`, `beyond_holder`, `person` or `rule`.
    #[schema(value_type = String)]
    pub(crate) cause: Cause,
    /// How urgent it is.
    #[schema(value_type = String)]
    pub(crate) priority: Priority,
    /// What happened: `raised`; `paging` and `fallback`, people were called; `acknowledged`, somebody took it on;
    /// `hand_over`, somebody is asked to take it over; `reminded`, it is not resolved and people were called again;
    /// `resolved`.
    pub(crate) stage: &'static str,
    /// Which escalation, once it was opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) escalation: Option<Uuid>,
    /// Who was called.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub(crate) called: Vec<PersonView>,
    /// Who did it, when it was a person: took it on, asked for somebody else, resolved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub(crate) by: Option<PersonView>,
}

/// What an event of a request gives, and to whom. `held_by` is who held the request before it, `after` what it made of
/// the request.
pub(crate) fn of_request(
    fact: &Recorded,
    event: &RequestEvent,
    held_by: Option<StaffId>,
    after: &SupportRequest,
) -> Vec<(To, Payload)> {
    let request = after.id.0;
    let one = |staff, payload| vec![(To::Staff(staff), payload)];
    let withdrawn = |staff, offer: wideawake_domain::OfferId, reason| {
        one(staff, Payload::OfferWithdrawn(OfferWithdrawn { offer: offer.0, reason }))
    };
    let assigned = |staff, offer: Option<wideawake_domain::OfferId>| {
        let offer = offer.map(|offer| offer.0);
        (To::Staff(staff), Payload::Assigned(Assigned { request, priority: after.priority, offer }))
    };
    let released = |staff, reason| (To::Staff(staff), Payload::Released(Released { request, reason }));
    let transfer = |staff, state, to: Option<StaffId>, reason| {
        let to = to.map(|to| to.0);
        (To::Staff(staff), Payload::Transfer(Transfer { request, state, to, reason }))
    };
    let moved = |to: StaffId| held_by.filter(|from| *from != to).map(|from| released(from, "supervisor"));
    match event {
        RequestEvent::Offered(offered) => {
            let Some(open) = after.offer(offered.offer) else { return Vec::new() };
            one(offered.volunteer, Payload::Offer(offer_view(after, open, &offered.why)))
        }
        RequestEvent::OfferDeclined(gone) => withdrawn(gone.volunteer, gone.offer, "declined"),
        RequestEvent::OfferExpired(gone) => withdrawn(gone.volunteer, gone.offer, "expired"),
        RequestEvent::OfferWithdrawn(gone) => withdrawn(gone.volunteer, gone.offer, gone.reason.as_str()),
        RequestEvent::Accepted(taken) => vec![assigned(taken.volunteer, Some(taken.offer))],
        RequestEvent::Assigned(given) => moved(given.staff).into_iter().chain([assigned(given.staff, None)]).collect(),
        RequestEvent::Joined(joined) if joined.holder => {
            moved(joined.staff).into_iter().chain([assigned(joined.staff, None)]).collect()
        }
        RequestEvent::Message(message) => {
            let said = Said {
                request: after.id,
                version: fact.version,
                from: message.from,
                staff: message.staff,
                aside: message.aside,
                text: message.text.clone(),
                at: fact.at,
            };
            talking(after).map(|staff| (To::Staff(staff), Payload::Message(said.clone()))).collect()
        }
        RequestEvent::MemberAway(_) => tell_member(after, "away"),
        RequestEvent::MemberBack(_) => tell_member(after, "back"),
        RequestEvent::TransferAsked(asked) => {
            held_by.map(|holder| transfer(holder, "asked", asked.to, None)).into_iter().collect()
        }
        RequestEvent::Transferred(done) => {
            vec![transfer(done.from, "done", Some(done.to), None), assigned(done.to, Some(done.offer))]
        }
        RequestEvent::TransferFailed(failed) => {
            held_by.map(|holder| transfer(holder, "failed", None, Some(failed.reason))).into_iter().collect()
        }
        RequestEvent::Released(gone) => vec![released(gone.volunteer, gone.reason.as_str())],
        RequestEvent::EscalationRaised(raised) => {
            let (policy, cause, priority) = (raised.policy.clone(), raised.cause, after.priority);
            let (called, by) = (Vec::new(), None);
            let stage = "raised";
            let escalation = Escalation { request, policy, cause, priority, stage, escalation: None, called, by };
            vec![(To::Supervisors(after.pool.clone(), BTreeSet::new()), Payload::Escalation(escalation))]
        }
        RequestEvent::Closed(closed) => match closed.ending {
            Ending::Left | Ending::Abandoned | Ending::Erased => tell_member(after, "left"),
            Ending::Closed | Ending::Barred => talking(after).map(|staff| released(staff, "closed")).collect(),
        },
        RequestEvent::PriorityChanged(changed) => {
            let urgency = Urgency { request, priority: changed.to };
            talking(after).map(|staff| (To::Staff(staff), Payload::Priority(urgency.clone()))).collect()
        }
        RequestEvent::Opened(_)
        | RequestEvent::Triaged(_)
        | RequestEvent::Exhausted(_)
        | RequestEvent::Joined(_)
        | RequestEvent::Barred(_)
        | RequestEvent::ErasureAsked(_)
        | RequestEvent::Erased(_) => Vec::new(),
    }
}

/// What an event of an escalation gives: to the supervisors of its pool, to whoever was called over it, and, where it
/// concerns them, to who holds the request. `known` is what the event made of it.
pub(crate) fn of_escalation(
    event: &EscalationEvent,
    known: &Known,
    holder: Option<StaffId>,
    name: impl Fn(StaffId) -> String,
) -> Vec<(To, Payload)> {
    let (stage, by, for_holder) = match event {
        EscalationEvent::StepReached(_) => ("paging", None, true),
        EscalationEvent::FallbackReached(_) => ("fallback", None, true),
        EscalationEvent::Acknowledged(e) => ("acknowledged", Some(e.by), true),
        EscalationEvent::HandOverAsked(e) => ("hand_over", Some(e.by), false),
        EscalationEvent::Reminded(_) => ("reminded", None, false),
        EscalationEvent::Resolved(e) => ("resolved", Some(e.by), true),
        EscalationEvent::EscalationOpened(_)
        | EscalationEvent::TriggerAdded(_)
        | EscalationEvent::StepSkipped(_)
        | EscalationEvent::PageAttempted(_) => return Vec::new(),
    };
    let state = &known.state;
    let person = |staff: StaffId| PersonView { staff: staff.0, alias: name(staff) };
    let escalation = Escalation {
        request: state.request.0,
        policy: state.policy.name.clone(),
        cause: state.triggers.last().map_or(Cause::Rule, |trigger| trigger.cause),
        priority: state.priority,
        stage,
        escalation: Some(state.id.0),
        called: called_by(event).iter().copied().map(person).collect(),
        by: by.map(person),
    };
    let holder = holder.filter(|_| for_holder);
    let others = known.called.iter().copied().chain(holder).collect();
    vec![(To::Supervisors(state.pool.clone(), others), Payload::Escalation(escalation))]
}

/// What a word about somebody's duty gives.
pub(crate) fn of_duty(set: &DutySet) -> (To, Payload) {
    let word = DutyWord { duty: set.duty.as_str(), reason: set.reason.clone() };
    (To::Staff(set.staff), Payload::Duty(word))
}

/// Who is in the conversation: the holder, now or when it ended, and whoever joined; each once.
fn talking(request: &SupportRequest) -> impl Iterator<Item = StaffId> {
    let holder = request.last_holder();
    holder.into_iter().chain(request.joined.keys().copied().filter(move |staff| Some(*staff) != holder))
}

fn tell_member(request: &SupportRequest, state: &'static str) -> Vec<(To, Payload)> {
    let told = |staff| (To::Staff(staff), Payload::Member(Member { request: request.id.0, state }));
    talking(request).map(told).collect()
}
