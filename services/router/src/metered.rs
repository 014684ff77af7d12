//! The dispatcher, and what is measured of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::request::RequestEvent;
use wideawake_domain::{Event, Recorded, RequestId, StreamId, StreamKind};
use wideawake_runtime::telemetry::metrics::{Metrics, OfferOutcome};

/// A dispatcher that counts what happens while it leads.
pub(crate) struct Metered {
    inner: Dispatcher,
    metrics: Metrics,
    leads: bool,
}

impl Metered {
    pub(crate) fn new(inner: Dispatcher, metrics: Metrics) -> Self {
        Self { inner, metrics, leads: false }
    }

    pub(crate) fn dispatcher(&self) -> &Dispatcher {
        &self.inner
    }

    fn measure(&self, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Request {
            return;
        }
        let (Ok(Event::Request(event)), Some(request)) = (fact.event(), self.inner.request(RequestId(fact.stream.id)))
        else {
            return;
        };
        let since_opened = (fact.at - request.opened_at).to_std().unwrap_or(Duration::ZERO);
        match event {
            RequestEvent::Offered(_) if request.asked.is_empty() && request.offers.is_empty() => {
                self.metrics.offer_time(request.priority, since_opened);
            }
            RequestEvent::Accepted(_) => {
                self.metrics.accept_time(request.priority, since_opened);
                self.metrics.offer(OfferOutcome::Accepted);
            }
            RequestEvent::Transferred(_) => self.metrics.offer(OfferOutcome::Accepted),
            RequestEvent::OfferDeclined(_) => self.metrics.offer(OfferOutcome::Declined),
            RequestEvent::OfferExpired(_) => self.metrics.offer(OfferOutcome::Expired),
            RequestEvent::OfferWithdrawn(_) => self.metrics.offer(OfferOutcome::Withdrawn),
            _ => {}
        }
    }
}

impl Process for Metered {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        self.inner.scope()
    }

    fn observe(&mut self, fact: &Recorded) {
        if self.leads {
            self.measure(fact);
        }
        self.inner.observe(fact);
    }

    fn took_over(&mut self, now: DateTime<Utc>) {
        self.leads = true;
        self.inner.took_over(now);
    }

    fn signal(&mut self, signal: Signal) {
        self.inner.signal(signal);
    }

    fn due(&self) -> Option<DateTime<Utc>> {
        self.inner.due()
    }

    fn decide(&mut self, now: DateTime<Utc>) -> Vec<Intent> {
        self.inner.decide(now)
    }

    fn settled(&mut self, stream: StreamId) {
        self.inner.settled(stream);
    }
}
