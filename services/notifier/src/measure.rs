//! What is measured of the pager.

use std::time::Duration;

use wideawake_domain::escalation::{EscalationEvent, PageOutcome};
use wideawake_domain::paging::Pager;
use wideawake_domain::{EscalationId, Event, Recorded, StreamKind};
use wideawake_runtime::telemetry::metrics::{Metrics, PageEnd};

/// Counts pages, and how long the first took to leave.
pub(crate) fn measure(pager: &Pager, metrics: &Metrics, fact: &Recorded) {
    if fact.stream.kind != StreamKind::Escalation {
        return;
    }
    let Ok(Event::Escalation(EscalationEvent::PageAttempted(tried))) = fact.event() else { return };
    let Some(escalation) = pager.escalation(EscalationId(fact.stream.id)) else { return };
    // What is told twice is counted once.
    if fact.version != escalation.version.next() {
        return;
    }
    let end = match tried.outcome {
        PageOutcome::Delivered => PageEnd::Delivered,
        PageOutcome::Failed { again_at: Some(_), .. } => PageEnd::Failed,
        PageOutcome::Failed { again_at: None, .. } => PageEnd::GivenUp,
    };
    metrics.page(tried.kind, end);
    let call = escalation.calls.iter().find(|call| call.version == tried.call);
    let is_first = !escalation.attempts.keys().any(|(call, staff, _)| (*call, *staff) == (tried.call, tried.staff));
    if let Some(call) = call.filter(|_| is_first && tried.attempt == 1) {
        metrics.page_time((fact.at - call.at).to_std().unwrap_or(Duration::ZERO));
    }
}
