//! What is counted and timed.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::MatchedPath;
use axum::http::StatusCode;
use opentelemetry::metrics::{Counter, Gauge, Histogram, Meter};
use opentelemetry::{KeyValue, global};
use wideawake_domain::staff::ContactKind;
use wideawake_domain::{Pool, Priority};

/// Bounds in seconds for what a machine does: 0.1 ms to 10 s.
const QUICK: [f64; 15] =
    [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];
/// Bounds in seconds for what waits for people: 1 ms to an hour.
const HUMAN: [f64; 14] = [0.001, 0.005, 0.025, 0.1, 0.5, 1.0, 5.0, 15.0, 30.0, 60.0, 120.0, 300.0, 900.0, 3600.0];

/// How an offer ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OfferOutcome {
    /// The volunteer took it.
    Accepted,
    /// The volunteer said no.
    Declined,
    /// Nobody answered.
    Expired,
    /// It was taken back.
    Withdrawn,
}

impl OfferOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Declined => "declined",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// What became of an event that the bus was told of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Told {
    /// The bus has taken it over.
    Taken,
    /// It did not; the outbox keeps it.
    Failed,
    /// It has nowhere to put it.
    Undeliverable,
}

impl Told {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Taken => "taken",
            Self::Failed => "failed",
            Self::Undeliverable => "undeliverable",
        }
    }
}

/// Where an escalation is that is not resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EscalationStage {
    /// Its steps call people.
    Paging,
    /// Nobody took it on; every supervisor is called.
    Fallback,
    /// Somebody took it on.
    Acknowledged,
}

impl EscalationStage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Paging => "paging",
            Self::Fallback => "fallback",
            Self::Acknowledged => "acknowledged",
        }
    }
}

/// How an attempt at a page ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PageEnd {
    /// Whoever carries it took it over.
    Delivered,
    /// It failed, and is tried again.
    Failed,
    /// It failed for good.
    GivenUp,
}

impl PageEnd {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::Failed => "failed",
            Self::GivenUp => "given_up",
        }
    }
}

/// How an append to the ledger ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AppendOutcome {
    /// It is in the record.
    Done,
    /// Someone else was first.
    Conflict,
    /// The lease belongs to someone else.
    Fenced,
    /// The ledger could not be reached, or did not say.
    Failed,
}

impl AppendOutcome {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Conflict => "conflict",
            Self::Fenced => "fenced",
            Self::Failed => "failed",
        }
    }
}

/// A call to a door, by what is known of it before anyone wrote anything.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The method, if it is a known one.
    pub method: &'static str,
    /// The pattern of the path, if one matched.
    pub route: Option<&'a MatchedPath>,
    /// What was answered.
    pub status: StatusCode,
}

/// The instruments. A clone is the same instruments; without a collector they do nothing.
#[derive(Clone, Debug)]
pub struct Metrics(Arc<Instruments>);

#[derive(Debug)]
struct Instruments {
    waiting: Gauge<u64>,
    offer_time: Histogram<f64>,
    accept_time: Histogram<f64>,
    offers: Counter<u64>,
    on_duty: Gauge<u64>,
    append: Histogram<f64>,
    missed: Counter<u64>,
    told: Counter<u64>,
    swept: Counter<u64>,
    leads: Gauge<u64>,
    unclear: Counter<u64>,
    reloads: Counter<u64>,
    call: Histogram<f64>,
    escalations: Gauge<u64>,
    unheard: Gauge<u64>,
    reachable: Gauge<u64>,
    watches: Gauge<u64>,
    rules: Counter<u64>,
    pages: Counter<u64>,
    page_time: Histogram<f64>,
    circuits: Gauge<u64>,
    pages_lead: Gauge<u64>,
}

impl Default for Metrics {
    fn default() -> Self {
        Self::new()
    }
}

impl Metrics {
    /// The instruments of this process. Comes after [`super::init`].
    pub fn new() -> Self {
        Self::of(&global::meter("wideawake"))
    }

    fn of(meter: &Meter) -> Self {
        let time = |name: &'static str, what: &'static str, bounds: &[f64]| {
            meter.f64_histogram(name).with_unit("s").with_description(what).with_boundaries(bounds.to_vec()).build()
        };
        let count = |name: &'static str, what: &'static str| meter.u64_counter(name).with_description(what).build();
        let level = |name: &'static str, what: &'static str| meter.u64_gauge(name).with_description(what).build();
        Self(Arc::new(Instruments {
            waiting: level("wideawake.requests.waiting", "Requests that wait, by pool and priority"),
            offer_time: time("wideawake.offer.time", "From opening to the first offer", &HUMAN),
            accept_time: time("wideawake.accept.time", "From opening to the accept", &HUMAN),
            offers: count("wideawake.offers", "Offers that ended, by outcome"),
            on_duty: level("wideawake.on_duty", "Volunteers on duty, by pool"),
            append: time("wideawake.ledger.append", "One append to the ledger, by outcome", &QUICK),
            missed: count("wideawake.audit.missed", "Events that the audit found and the bus had not brought"),
            told: count("wideawake.bus.told", "Events that the bus was told of, by outcome"),
            swept: count("wideawake.outbox.swept", "Events that had to be swept out of the outbox to the bus"),
            leads: level("wideawake.leads", "Whether this process dispatches for the pool: 1 or 0"),
            unclear: count("wideawake.rules.unclear", "Times that a rule could not be worked out, by rule"),
            reloads: count("wideawake.rules.reloads", "Times that the files of rules were read again, by outcome"),
            call: time("wideawake.http.server.duration", "One call, until its answer begins", &QUICK),
            escalations: level("wideawake.escalations.open", "Escalations that are not resolved, by pool and stage"),
            unheard: level("wideawake.escalations.unheard", "Escalations whose fallback had nobody to call, by pool"),
            reachable: level("wideawake.supervisors.reachable", "Supervisors that a fallback would call, by pool"),
            watches: level(
                "wideawake.escalation.leads",
                "Whether this process sees to escalations of the pool: 1 or 0",
            ),
            rules: count("wideawake.rules.fired", "Rules that fired, by whether their condition could be worked out"),
            pages: count("wideawake.pages", "Attempts at pages that ended, by contact method and outcome"),
            page_time: time("wideawake.page.time", "From calling somebody to the end of the first attempt", &HUMAN),
            circuits: level("wideawake.pages.circuits", "Providers of pages that are left alone, by pool and kind"),
            pages_lead: level("wideawake.notifier.leads", "Whether this process sends the pages of the pool: 1 or 0"),
        }))
    }

    /// A rule could not be worked out.
    pub fn rule_unclear(&self, rule: &str) {
        self.0.unclear.add(1, &[KeyValue::new("rule", rule.to_owned())]);
    }

    /// The files of rules were read again, and taken or not.
    pub fn rules_read(&self, taken: bool) {
        let outcome = if taken { "taken" } else { "refused" };
        self.0.reloads.add(1, &[KeyValue::new("outcome", outcome)]);
    }

    /// So many requests of this priority wait in the pool.
    pub fn waiting(&self, pool: &Pool, priority: Priority, count: usize) {
        self.0.waiting.record(count as u64, &[in_pool(pool), KeyValue::new("priority", priority.as_str())]);
    }

    /// A request had its first offer this long after it was opened.
    pub fn offer_time(&self, priority: Priority, time: Duration) {
        self.0.offer_time.record(time.as_secs_f64(), &[KeyValue::new("priority", priority.as_str())]);
    }

    /// A request was accepted this long after it was opened.
    pub fn accept_time(&self, priority: Priority, time: Duration) {
        self.0.accept_time.record(time.as_secs_f64(), &[KeyValue::new("priority", priority.as_str())]);
    }

    /// An offer ended.
    pub fn offer(&self, outcome: OfferOutcome) {
        self.0.offers.add(1, &[KeyValue::new("outcome", outcome.as_str())]);
    }

    /// So many volunteers of the pool are on duty.
    pub fn on_duty(&self, pool: &Pool, count: usize) {
        self.0.on_duty.record(count as u64, &[in_pool(pool)]);
    }

    /// An append took this long.
    pub fn ledger_append(&self, outcome: AppendOutcome, time: Duration) {
        self.0.append.record(time.as_secs_f64(), &[KeyValue::new("outcome", outcome.as_str())]);
    }

    /// The audit found so many events that the bus had not brought.
    pub fn audit_missed(&self, pool: &Pool, count: usize) {
        self.0.missed.add(count as u64, &[in_pool(pool)]);
    }

    /// The bus was told of so many events, and took them over or not.
    pub fn bus_told(&self, told: Told, count: usize) {
        self.0.told.add(count as u64, &[KeyValue::new("outcome", told.as_str())]);
    }

    /// So many events had been left in the outbox, and the bus has them now.
    pub fn swept(&self, count: usize) {
        self.0.swept.add(count as u64, &[]);
    }

    /// Whether this process dispatches for the pool.
    pub fn leads(&self, pool: &Pool, leads: bool) {
        self.0.leads.record(u64::from(leads), &[in_pool(pool)]);
    }

    /// So many escalations of the pool are not resolved and at that stage.
    pub fn escalations_open(&self, pool: &Pool, stage: EscalationStage, count: usize) {
        self.0.escalations.record(count as u64, &[in_pool(pool), KeyValue::new("stage", stage.as_str())]);
    }

    /// The fallback of so many escalations of the pool had nobody to call.
    pub fn fallback_unheard(&self, pool: &Pool, count: usize) {
        self.0.unheard.record(count as u64, &[in_pool(pool)]);
    }

    /// A fallback would call so many supervisors of the pool; 0 must not be.
    pub fn supervisors_reachable(&self, pool: &Pool, count: usize) {
        self.0.reachable.record(count as u64, &[in_pool(pool)]);
    }

    /// Whether this process sees to the escalations of the pool.
    pub fn escalation_leads(&self, pool: &Pool, leads: bool) {
        self.0.watches.record(u64::from(leads), &[in_pool(pool)]);
    }

    /// A rule fired; `failed`: because its condition could not be worked out, which counts as true.
    pub fn rule_fired(&self, failed: bool) {
        self.0.rules.add(1, &[KeyValue::new("failed", failed)]);
    }

    /// An attempt at a page ended.
    pub fn page(&self, kind: ContactKind, end: PageEnd) {
        self.0.pages.add(1, &[KeyValue::new("kind", kind.as_str()), KeyValue::new("outcome", end.as_str())]);
    }

    /// The first attempt to reach somebody ended this long after they were called.
    pub fn page_time(&self, time: Duration) {
        self.0.page_time.record(time.as_secs_f64(), &[]);
    }

    /// So many providers of that kind are left alone, since too much failed.
    pub fn circuits_open(&self, pool: &Pool, kind: ContactKind, count: usize) {
        self.0.circuits.record(count as u64, &[in_pool(pool), KeyValue::new("kind", kind.as_str())]);
    }

    /// Whether this process sends the pages of the pool.
    pub fn pages_lead(&self, pool: &Pool, leads: bool) {
        self.0.pages_lead.record(u64::from(leads), &[in_pool(pool)]);
    }

    /// A call was answered.
    pub fn call(&self, call: Call<'_>, time: Duration) {
        let route = call.route.map_or("", MatchedPath::as_str).to_owned();
        let attributes = [
            KeyValue::new("http.request.method", call.method),
            KeyValue::new("http.route", route),
            KeyValue::new("http.response.status_code", i64::from(call.status.as_u16())),
        ];
        self.0.call.record(time.as_secs_f64(), &attributes);
    }
}

fn in_pool(pool: &Pool) -> KeyValue {
    KeyValue::new("pool", pool.as_str().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Written out as types: an argument that could hold what a person wrote would be a `String` or a `&str` here.
    #[test]
    fn nothing_that_anyone_wrote_fits_into_a_measure() {
        let _: fn(&Metrics, &Pool, Priority, usize) = Metrics::waiting;
        let _: fn(&Metrics, Priority, Duration) = Metrics::offer_time;
        let _: fn(&Metrics, Priority, Duration) = Metrics::accept_time;
        let _: fn(&Metrics, OfferOutcome) = Metrics::offer;
        let _: fn(&Metrics, &Pool, usize) = Metrics::on_duty;
        let _: fn(&Metrics, AppendOutcome, Duration) = Metrics::ledger_append;
        let _: fn(&Metrics, &Pool, usize) = Metrics::audit_missed;
        let _: fn(&Metrics, Told, usize) = Metrics::bus_told;
        let _: fn(&Metrics, usize) = Metrics::swept;
        let _: fn(&Metrics, &Pool, bool) = Metrics::leads;
        let _: fn(&Metrics, &Pool, EscalationStage, usize) = Metrics::escalations_open;
        let _: fn(&Metrics, &Pool, usize) = Metrics::fallback_unheard;
        let _: fn(&Metrics, &Pool, usize) = Metrics::supervisors_reachable;
        let _: fn(&Metrics, &Pool, bool) = Metrics::escalation_leads;
        let _: fn(&Metrics, bool) = Metrics::rule_fired;
        let _: fn(&Metrics, ContactKind, PageEnd) = Metrics::page;
        let _: fn(&Metrics, Duration) = Metrics::page_time;
        let _: fn(&Metrics, &Pool, ContactKind, usize) = Metrics::circuits_open;
        let _: fn(&Metrics, &Pool, bool) = Metrics::pages_lead;
        let _: for<'a> fn(&Metrics, Call<'a>, Duration) = Metrics::call;
    }

    #[test]
    fn without_a_collector_measures_go_nowhere() {
        let metrics = Metrics::new();
        metrics.waiting(&Pool::named("main"), Priority::Urgent, 3);
        metrics.offer(OfferOutcome::Accepted);
        metrics.ledger_append(AppendOutcome::Done, Duration::from_millis(1));
        metrics.call(Call { method: "GET", route: None, status: StatusCode::OK }, Duration::ZERO);
    }
}
