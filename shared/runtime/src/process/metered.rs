//! A process, and what is measured of it.

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::process::{Errand, ErrandOutcome, Intent, Process, Signal};
use wideawake_domain::{Recorded, StreamId, StreamKind};

use crate::telemetry::Metrics;

/// What is measured of a fact: told before the process has seen it.
pub type Measure<P> = fn(&P, &Metrics, &Recorded);

/// A process whose facts are measured while it leads: whoever stands by sees the same facts, and would count them twice.
pub struct Metered<P> {
    inner: P,
    metrics: Metrics,
    measure: Measure<P>,
    leads: bool,
}

impl<P> Metered<P> {
    /// This process, measured so.
    pub const fn new(inner: P, metrics: Metrics, measure: Measure<P>) -> Self {
        Self { inner, metrics, measure, leads: false }
    }

    /// The process itself.
    pub const fn inner(&self) -> &P {
        &self.inner
    }
}

impl<P: Process> Process for Metered<P> {
    fn scope(&self) -> Vec<(StreamKind, TimeDelta)> {
        self.inner.scope()
    }

    fn observe(&mut self, fact: &Recorded) {
        if self.leads {
            (self.measure)(&self.inner, &self.metrics, fact);
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
