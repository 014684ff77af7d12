//! Where traces and metrics go: to a collector by OTLP over blocking HTTP, or nowhere.

use std::env;
use std::time::Duration;

use opentelemetry_otlp::{ExporterBuildError, MetricExporter, Protocol, SpanExporter, WithExportConfig};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::metrics::{PeriodicReader, SdkMeterProvider};
use opentelemetry_sdk::trace::{Sampler, SdkTracerProvider};

use crate::config::Telemetry;

/// How long one export may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Without an endpoint spans have ids, so that traces can be followed through the record, and nothing else.
pub(super) fn traces(settings: &Telemetry) -> SdkTracerProvider {
    let builder = SdkTracerProvider::builder().with_resource(resource(settings));
    let Some(endpoint) = &settings.otlp_endpoint else {
        return builder.with_sampler(Sampler::AlwaysOff).build();
    };
    // Whether a caller samples is not theirs to decide for us, unless the operator says so in the standard way.
    let builder = match env::var_os("OTEL_TRACES_SAMPLER") {
        Some(_) => builder,
        None => builder.with_sampler(Sampler::AlwaysOn),
    };
    let exporter = SpanExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(signal(endpoint, "traces"))
        .with_timeout(PATIENCE)
        .build();
    match exporter {
        Ok(exporter) => builder.with_batch_exporter(exporter).build(),
        Err(error) => {
            complain(&error);
            builder.build()
        }
    }
}

pub(super) fn metrics(settings: &Telemetry) -> Option<SdkMeterProvider> {
    let endpoint = settings.otlp_endpoint.as_ref()?;
    let exporter = MetricExporter::builder()
        .with_http()
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(signal(endpoint, "metrics"))
        .with_timeout(PATIENCE)
        .build()
        .map_err(|error| complain(&error))
        .ok()?;
    let reader = PeriodicReader::builder(exporter).with_interval(settings.metrics_every).build();
    Some(SdkMeterProvider::builder().with_resource(resource(settings)).with_reader(reader).build())
}

fn resource(settings: &Telemetry) -> Resource {
    Resource::builder().with_service_name(settings.service_name.clone()).build()
}

/// The address of one signal below that of the collector (OTLP specification, "OTLP/HTTP request").
fn signal(endpoint: &str, name: &str) -> String {
    format!("{}/v1/{name}", endpoint.trim_end_matches('/'))
}

/// There is no log yet when this happens.
fn complain(error: &ExporterBuildError) {
    eprintln!("telemetry is off: {error}");
}
