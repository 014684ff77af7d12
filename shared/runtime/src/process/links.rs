//! From the span in which facts from the bus are observed to those in which they were recorded.

use tracing::Span;
use wideawake_domain::Recorded;

use super::effect::Input;
use crate::telemetry::trace;

/// How many links a span may have. What comes at once beyond that is linked by what follows from it.
const MOST: usize = 32;

/// The span for taking in what was heard: one that links to where each delivered fact comes from, if any of that is
/// traced, and otherwise none, at no cost.
pub(super) fn observing(heard: &Input, lease: &str) -> Span {
    let Input::Delivered(facts) = heard else { return Span::none() };
    let sampled = |fact: &&Recorded| trace::is_sampled(&fact.trace);
    let mut traced = facts.iter().filter(sampled).map(|fact| &fact.trace).peekable();
    if traced.peek().is_none() {
        return Span::none();
    }
    let span = tracing::info_span!("observe", lease, facts = facts.len());
    if !span.is_disabled() {
        let mut linked = Vec::new();
        for trace in traced {
            if linked.len() == MOST {
                break;
            }
            // The events of one append share their trace.
            if !linked.contains(&trace) {
                trace::link(&span, trace);
                linked.push(trace);
            }
        }
    }
    span
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::sync::{Arc, Mutex};

    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::error::OTelSdkResult;
    use opentelemetry_sdk::trace::{SdkTracerProvider, SpanData, SpanExporter};
    use tracing_subscriber::layer::SubscriberExt;
    use uuid::Uuid;
    use wideawake_domain::{Actor, Pool, Position, StreamId, StreamKind, Version};

    #[derive(Clone, Debug, Default)]
    struct Exported(Arc<Mutex<Vec<SpanData>>>);

    impl SpanExporter for Exported {
        async fn export(&self, batch: Vec<SpanData>) -> OTelSdkResult {
            self.0.lock().unwrap().extend(batch);
            Ok(())
        }
    }

    fn fact(trace: &str) -> Recorded {
        Recorded {
            stream: StreamId { kind: StreamKind::Request, id: Uuid::nil() },
            version: Version(1),
            position: Position(1),
            pool: Pool::all(),
            kind: "opened".into(),
            at: chrono::DateTime::UNIX_EPOCH,
            actor: Actor::Member,
            trace: trace.into(),
            data: "{}".into(),
            hash: [0; 32],
        }
    }

    fn spans_of(facts: &[&str]) -> Vec<SpanData> {
        let exported = Exported::default();
        let provider = SdkTracerProvider::builder().with_simple_exporter(exported.clone()).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), || {
            let heard = Input::Delivered(facts.iter().map(|trace| fact(trace)).collect());
            observing(&heard, "router.main").in_scope(|| {});
        });
        exported.0.lock().unwrap().clone()
    }

    #[test]
    fn what_is_observed_is_linked_to_where_it_was_recorded() {
        let one = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let two = "00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203332-01";
        let quiet = "00-2af7651916cd43dd8448eb211c80319c-b7ad6b7169203333-00";
        let spans = spans_of(&[one, quiet, one, "", two, "nonsense"]);
        assert_eq!(spans.len(), 1);
        let linked: Vec<_> = spans[0].links.iter().map(|link| link.span_context.span_id().to_string()).collect();
        assert_eq!(linked, ["b7ad6b7169203331", "b7ad6b7169203332"]);
        assert_ne!(spans[0].span_context.trace_id().to_string(), one[3..35], "it is a trace of its own");
    }

    #[test]
    fn what_is_traced_nowhere_makes_no_span() {
        assert_eq!(spans_of(&["", "00-2af7651916cd43dd8448eb211c80319c-b7ad6b7169203333-00"]).len(), 0);
        assert_eq!(spans_of(&[]).len(), 0);
        assert!(observing(&Input::BusLagged, "router.main").is_none());
    }
}
