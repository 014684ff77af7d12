//! The watcher, and what is measured of it.

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::escalation::Watcher;
use wideawake_domain::process::{Intent, Process, Signal};
use wideawake_domain::request::{Fired, RequestEvent};
use wideawake_domain::{Event, Recorded, StreamId, StreamKind};
use wideawake_runtime::telemetry::metrics::Metrics;

/// A watcher that counts what happens while it leads.
pub(crate) struct Metered {
    inner: Watcher,
    metrics: Metrics,
    leads: bool,
}

impl Metered {
    pub(crate) fn new(inner: Watcher, metrics: Metrics) -> Self {
        Self { inner, metrics, leads: false }
    }

    pub(crate) fn watcher(&self) -> &Watcher {
        &self.inner
    }

    /// Counts the rules that fired, at the door or here: whatever fired stands in the record.
    fn measure(&self, fact: &Recorded) {
        if fact.stream.kind == StreamKind::Request
            && &*fact.kind == "triaged"
            && let Ok(Event::Request(RequestEvent::Triaged(triaged))) = fact.event()
        {
            for Fired { rule, since, failed, .. } in &triaged.rules {
                self.metrics.rule_fired(*failed);
                // The door says so itself of those that it asks.
                if *failed && since.is_some() {
                    self.metrics.rule_unclear(rule);
                }
            }
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
