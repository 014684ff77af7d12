//! What is measured of the watcher.

use wideawake_domain::escalation::Watcher;
use wideawake_domain::request::{Fired, RequestEvent};
use wideawake_domain::{Event, Recorded, StreamKind};
use wideawake_runtime::telemetry::metrics::Metrics;

/// Counts the rules that fired, at the door or here: whatever fired stands in the record.
pub(crate) fn measure(_: &Watcher, metrics: &Metrics, fact: &Recorded) {
    if fact.stream.kind == StreamKind::Request
        && &*fact.kind == "triaged"
        && let Ok(Event::Request(RequestEvent::Triaged(triaged))) = fact.event()
    {
        for Fired { rule, since, failed, .. } in &triaged.rules {
            metrics.rule_fired(*failed);
            // The door says so itself of those that it asks.
            if *failed && since.is_some() {
                metrics.rule_unclear(rule);
            }
        }
    }
}
