//! What is measured of the dispatcher.

use std::time::Duration;

use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::request::RequestEvent;
use wideawake_domain::{Event, Recorded, RequestId, StreamKind};
use wideawake_runtime::telemetry::metrics::{Metrics, OfferOutcome};

/// Counts offers and how long they took.
pub(crate) fn measure(dispatcher: &Dispatcher, metrics: &Metrics, fact: &Recorded) {
    if fact.stream.kind != StreamKind::Request {
        return;
    }
    let (Ok(Event::Request(event)), Some(request)) = (fact.event(), dispatcher.request(RequestId(fact.stream.id)))
    else {
        return;
    };
    let since_opened = (fact.at - request.opened_at).to_std().unwrap_or(Duration::ZERO);
    match event {
        RequestEvent::Offered(_) if request.asked.is_empty() && request.offers.is_empty() => {
            metrics.offer_time(request.priority, since_opened);
        }
        RequestEvent::Accepted(_) => {
            metrics.accept_time(request.priority, since_opened);
            metrics.offer(OfferOutcome::Accepted);
        }
        RequestEvent::Transferred(_) => metrics.offer(OfferOutcome::Accepted),
        RequestEvent::OfferDeclined(_) => metrics.offer(OfferOutcome::Declined),
        RequestEvent::OfferExpired(_) => metrics.offer(OfferOutcome::Expired),
        RequestEvent::OfferWithdrawn(_) => metrics.offer(OfferOutcome::Withdrawn),
        _ => {}
    }
}
