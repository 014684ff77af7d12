//! Every offer of a request with its reasons, and what came of it.

use axum::Json;
use axum::extract::State;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;
use wideawake_domain::dispatch::Why;
use wideawake_domain::request::RequestEvent;
use wideawake_domain::{Event, OfferId, RequestId, StaffId, Version};
use wideawake_runtime::http::{Problem, Segments};

use crate::desk::Desk;
use crate::permit::{Act, Caller};
use crate::view::WhyView;

/// How many events are read at once.
const PAGE: usize = 1_000;

/// Who was asked, and why.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Decisions {
    items: Vec<Decision>,
    /// When everyone who could be asked had been.
    exhausted: Vec<DateTime<Utc>>,
}

/// One offer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Decision {
    /// Which.
    offer: Uuid,
    /// To whom.
    volunteer: Uuid,
    /// Their name.
    alias: String,
    /// When.
    at: DateTime<Utc>,
    /// Until when it was meant to stand.
    expires_at: DateTime<Utc>,
    /// Whether it was to take over from a holder.
    handover: bool,
    /// Why them and not the others.
    #[schema(value_type = WhyView)]
    why: Why,
    /// `open`, `accepted`, `declined`, `expired` or `withdrawn`.
    outcome: &'static str,
    /// Why it was withdrawn.
    #[schema(required)]
    reason: Option<&'static str>,
    /// When it ended.
    #[schema(required)]
    ended_at: Option<DateTime<Utc>>,
}

/// Every offer of a request, in order, with why it was made and what came of it.
#[utoipa::path(
    get, path = "/v1/requests/{id}/decisions",
    params(("id" = Uuid, Path)),
    responses((status = 200, body = Decisions), Problem)
)]
pub(crate) async fn get_decisions(
    State(desk): State<Desk>,
    caller: Caller,
    Segments((id,)): Segments<(RequestId,)>,
) -> Result<Json<Decisions>, Problem> {
    caller.may(Act::Supervise, &*desk.request(id).await?)?;
    let mut decisions = Decisions { items: Vec::new(), exhausted: Vec::new() };
    let mut after = Version::NONE;
    loop {
        let facts = desk.record.history(id, after, PAGE).await?;
        for fact in &facts {
            after = fact.version;
            if let Ok(Event::Request(event)) = fact.event() {
                decisions.learn(&desk, &event, fact.at);
            }
        }
        if facts.len() < PAGE {
            return Ok(Json(decisions));
        }
    }
}

impl Decisions {
    fn learn(&mut self, desk: &Desk, event: &RequestEvent, at: DateTime<Utc>) {
        match event {
            RequestEvent::Offered(offered) => self.items.push(Decision {
                offer: offered.offer.0,
                volunteer: offered.volunteer.0,
                alias: alias(desk, offered.volunteer),
                at,
                expires_at: offered.expires_at,
                handover: offered.handover,
                why: offered.why.clone(),
                outcome: "open",
                reason: None,
                ended_at: None,
            }),
            RequestEvent::Accepted(taken) => self.end(taken.offer, "accepted", None, at),
            RequestEvent::Transferred(taken) => self.end(taken.offer, "accepted", None, at),
            RequestEvent::OfferDeclined(gone) => self.end(gone.offer, "declined", None, at),
            RequestEvent::OfferExpired(gone) => self.end(gone.offer, "expired", None, at),
            RequestEvent::OfferWithdrawn(gone) => self.end(gone.offer, "withdrawn", Some(gone.reason.as_str()), at),
            RequestEvent::Exhausted(_) => self.exhausted.push(at),
            _ => {}
        }
    }

    fn end(&mut self, offer: OfferId, outcome: &'static str, reason: Option<&'static str>, at: DateTime<Utc>) {
        if let Some(decision) = self.items.iter_mut().rev().find(|decision| decision.offer == offer.0) {
            (decision.outcome, decision.reason, decision.ended_at) = (outcome, reason, Some(at));
        }
    }
}

fn alias(desk: &Desk, staff: StaffId) -> String {
    desk.feed.with(|known| known.alias(staff)).unwrap_or_default()
}
