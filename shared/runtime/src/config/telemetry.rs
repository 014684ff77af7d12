//! `[telemetry]`: logs, traces and metrics.

use std::time::Duration;

use tracing_subscriber::EnvFilter;

use super::reader::{Reader, Spot, Table};

/// How log lines look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Readable,
    /// One JSON object a line.
    Json,
}

/// Logs, traces and metrics.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telemetry {
    /// Where the collector is; `None`: nothing is exported.
    pub otlp_endpoint: Option<String>,
    /// How often metrics are exported.
    pub metrics_every: Duration,
    /// What this process is called in traces and metrics.
    pub service_name: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Which log lines there are, by tracing-subscriber's directives.
    pub log_filter: String,
}

impl Default for Telemetry {
    fn default() -> Self {
        Self {
            otlp_endpoint: None,
            metrics_every: Duration::from_mins(1),
            service_name: "wideawake".to_owned(),
            log_format: LogFormat::Readable,
            log_filter: "info".to_owned(),
        }
    }
}

pub(super) fn read(reader: &Reader<'_>, root: &mut Table) -> Telemetry {
    let mut table = reader.table(root, "telemetry");
    let default = Telemetry::default();
    let telemetry = Telemetry {
        otlp_endpoint: reader.get(&mut table, "otlp_endpoint", endpoint).filter(|url| !url.is_empty()),
        metrics_every: reader
            .get(&mut table, "metrics_every", |spot| {
                spot.duration("leave otlp_endpoint empty to export nothing")?.to_std().ok()
            })
            .unwrap_or(default.metrics_every),
        service_name: reader.get(&mut table, "service_name", service).unwrap_or(default.service_name),
        log_format: reader
            .get(&mut table, "log_format", |spot| {
                spot.one_of(&[("readable", LogFormat::Readable), ("json", LogFormat::Json)])
            })
            .unwrap_or(default.log_format),
        log_filter: reader.get(&mut table, "log_filter", filter).unwrap_or(default.log_filter),
    };
    reader.done(table);
    telemetry
}

/// Empty: nowhere.
fn endpoint(spot: &Spot<'_>) -> Option<String> {
    let wanted = "write the http:// address of an OTLP collector such as \"http://127.0.0.1:4318\", or \"\" for none";
    let url = spot.text(wanted)?;
    let uri: Option<axum::http::Uri> = url.parse().ok();
    let fits = uri.is_some_and(|uri| uri.scheme_str() == Some("http") && uri.host().is_some() && uri.query().is_none());
    if fits || url.is_empty() { Some(url) } else { spot.wrong(wanted) }
}

fn service(spot: &Spot<'_>) -> Option<String> {
    let wanted = "write a short name such as \"wideawake\"";
    let name = spot.text(wanted)?;
    let fits = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if fits { Some(name) } else { spot.wrong(wanted) }
}

fn filter(spot: &Spot<'_>) -> Option<String> {
    let wanted = "write a level (error, warn, info, debug, trace, off), or levels by module such as \"info,wideawake_router=debug\"";
    let text = spot.text(wanted)?;
    if EnvFilter::builder().parse(&text).is_ok() { Some(text) } else { spot.wrong(wanted) }
}
