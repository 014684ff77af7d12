//! W3C trace context: what is kept in each event, so that one trace leads from a call through every queue.

use std::sync::Arc;

use opentelemetry::Context;
use opentelemetry::propagation::{Extractor, TextMapPropagator};
use opentelemetry::trace::{SpanContext, TraceContextExt};
use opentelemetry_sdk::propagation::TraceContextPropagator;
use tracing::Span;
use tracing_opentelemetry::OpenTelemetrySpanExt;

/// The `traceparent` of the span we are in; empty if there is none.
pub fn current() -> Arc<str> {
    let entered = Context::current();
    let context = entered.span().span_context().clone();
    if context.is_valid() { written(&context) } else { of(&Span::current()) }
}

/// The `traceparent` of `span`; empty if it is not traced.
pub fn of(span: &Span) -> Arc<str> {
    written(span.context().span().span_context())
}

/// Makes `span` a child of the span that `traceparent` names. Only before it is entered for the first time; text that is
/// no `traceparent` changes nothing.
pub fn parent_of(span: &Span, traceparent: &str) {
    if let Some(context) = read(traceparent) {
        // Without a subscriber, or with a span that was filtered out, there is nothing to be a parent of.
        let _ = span.set_parent(Context::new().with_remote_span_context(context));
    }
}

/// Links `span` to the span that `traceparent` names: this came of that, but is no part of it.
pub fn link(span: &Span, traceparent: &str) {
    if let Some(context) = read(traceparent) {
        span.add_link(context);
    }
}

/// Whether somebody keeps the trace that `traceparent` belongs to.
pub fn is_sampled(traceparent: &str) -> bool {
    let flags = traceparent.get(53..55).and_then(|flags| u8::from_str_radix(flags, 16).ok());
    flags.is_some_and(|flags| flags & 1 == 1)
}

fn written(context: &SpanContext) -> Arc<str> {
    if !context.is_valid() {
        return Arc::from("");
    }
    let flags = context.trace_flags().to_u8() & 1;
    format!("00-{}-{}-{flags:02x}", context.trace_id(), context.span_id()).into()
}

fn read(traceparent: &str) -> Option<SpanContext> {
    let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &Header(traceparent));
    let span = context.span().span_context().clone();
    span.is_valid().then_some(span)
}

/// One header, as the propagator wants it.
struct Header<'a>(&'a str);

impl Extractor for Header<'_> {
    fn get(&self, key: &str) -> Option<&str> {
        (key == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        vec!["traceparent"]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use opentelemetry::trace::TracerProvider;
    use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};
    use tracing_subscriber::layer::SubscriberExt;

    const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    fn traced(test: impl FnOnce()) {
        let provider = SdkTracerProvider::builder().with_sampler(Sampler::AlwaysOff).build();
        let layer = tracing_opentelemetry::layer().with_tracer(provider.tracer("test"));
        tracing::subscriber::with_default(tracing_subscriber::registry().with(layer), test);
    }

    #[test]
    fn there_is_a_traceparent_in_a_span_even_when_nothing_is_exported() {
        traced(|| {
            assert_eq!(&*current(), "");
            let span = tracing::info_span!("one");
            let inside = span.in_scope(current);
            assert_eq!(inside.len(), PARENT.len());
            assert_eq!(inside, of(&span));
            assert!(read(&inside).is_some());
        });
    }

    #[test]
    fn a_child_keeps_the_trace_of_its_parent() {
        traced(|| {
            let span = tracing::info_span!("child");
            parent_of(&span, PARENT);
            let own = span.in_scope(current);
            assert_eq!(own[..36], PARENT[..36]);
            assert_ne!(own[36..52], PARENT[36..52]);
        });
    }

    #[test]
    fn what_is_no_traceparent_changes_nothing() {
        let zeros = "00-00000000000000000000000000000000-b7ad6b7169203331-01";
        for bad in ["", "00", "nonsense", zeros, "00-0AF7651916CD43DD8448EB211C80319C", "\u{1f319}".repeat(55).as_str()]
        {
            assert!(read(bad).is_none(), "{bad}");
        }
        traced(|| {
            let span = tracing::info_span!("root");
            parent_of(&span, "nonsense");
            link(&span, "nonsense");
            assert_eq!(span.in_scope(current).len(), PARENT.len());
        });
    }

    #[test]
    fn without_a_subscriber_there_is_none() {
        let span = tracing::info_span!("untraced");
        parent_of(&span, PARENT);
        link(&span, PARENT);
        assert_eq!(&*span.in_scope(current), "");
    }
}
