//! The pager, and what is measured of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::escalation::{EscalationEvent, PageOutcome};
use wideawake_domain::paging::Pager;
use wideawake_domain::process::{Errand, ErrandOutcome, Intent, Process, Signal};
use wideawake_domain::{EscalationId, Event, Recorded, StreamId, StreamKind};
use wideawake_runtime::telemetry::metrics::{Metrics, PageEnd};

/// A pager that counts what happens while it leads.
pub(crate) struct Metered {
    inner: Pager,
    metrics: Metrics,
    leads: bool,
}

impl Metered {
    pub(crate) fn new(inner: Pager, metrics: Metrics) -> Self {
        Self { inner, metrics, leads: false }
    }

    pub(crate) fn pager(&self) -> &Pager {
        &self.inner
    }

    fn measure(&self, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Escalation {
            return;
        }
        let Ok(Event::Escalation(EscalationEvent::PageAttempted(tried))) = fact.event() else { return };
        let Some(escalation) = self.inner.escalation(EscalationId(fact.stream.id)) else { return };
        // What is told twice is counted once.
        if fact.version != escalation.version.next() {
            return;
        }
        let end = match tried.outcome {
            PageOutcome::Delivered => PageEnd::Delivered,
            PageOutcome::Failed { again_at: Some(_), .. } => PageEnd::Failed,
            PageOutcome::Failed { again_at: None, .. } => PageEnd::GivenUp,
        };
        self.metrics.page(tried.kind, end);
        let call = escalation.calls.iter().find(|call| call.version == tried.call);
        let is_first = !escalation.attempts.keys().any(|(call, staff, _)| (*call, *staff) == (tried.call, tried.staff));
        if let Some(call) = call.filter(|_| is_first && tried.attempt == 1) {
            self.metrics.page_time((fact.at - call.at).to_std().unwrap_or(Duration::ZERO));
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

    fn errands(&mut self, now: DateTime<Utc>) -> Vec<Errand> {
        self.inner.errands(now)
    }

    fn ran(&mut self, errand: Errand, outcome: ErrandOutcome) {
        self.inner.ran(errand, outcome);
    }

    fn settled(&mut self, stream: StreamId) {
        self.inner.settled(stream);
    }
}
