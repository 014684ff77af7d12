//! Log lines on stderr, for people or for machines, and spans for traces.

use std::io::{self, IsTerminal};

use opentelemetry::trace::TracerProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing::{Level, Metadata};
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{Layer, fmt, registry};

use crate::config::{LogFormat, Telemetry};

/// Installs the subscriber of the process, unless there is one already.
pub(super) fn subscribe(settings: &Telemetry, traces: &SdkTracerProvider) {
    let spans = tracing_opentelemetry::layer()
        .with_tracer(traces.tracer("wideawake"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_level(false)
        .with_tracked_inactivity(false)
        .with_filter(filter_fn(traced));
    let lines = fmt::layer().with_writer(io::stderr).with_ansi(io::stderr().is_terminal());
    let lines = match settings.log_format {
        LogFormat::Readable => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).with_span_list(false).boxed(),
    };
    // The filter was checked when the configuration was read.
    let filter = quiet(EnvFilter::builder().parse_lossy(&settings.log_filter), &settings.log_filter);
    let asked = settings.log_filter.clone();
    let filter = filter.and(filter_fn(move |metadata| may_be_shown(metadata.target(), *metadata.level(), &asked)));
    let _ = registry().with(spans).with(lines.with_filter(filter)).try_init();
}

/// Libraries that print what they carry, when they are asked for details: parameters of statements, frames, whole letters.
const CARRIERS: [&str; 7] = ["tokio_postgres", "h2", "hyper", "lapin", "lettre", "redis", "rustls"];

/// Whether a line may be shown that the filter lets through. Our own code seals what people write, whatever it prints. The
/// details of a library are shown when it is asked for by name, and those of one that prints what it carries never.
fn may_be_shown(target: &str, level: Level, asked: &str) -> bool {
    let library = target.split("::").next().unwrap_or_default();
    // Under `log` stand the lines of libraries without spans, which were judged by their own name before.
    if level <= Level::INFO || library.starts_with("wideawake") || library == "log" {
        return true;
    }
    !CARRIERS.contains(&library) && asked.split(',').any(|part| part.split(['=', ':', '[']).next() == Some(library))
}

/// The broker's client prints whole messages when they come back, and tells of each failure itself, which the bus does
/// in its own words. The first is never shown, the rest when it is asked for by name.
fn quiet(filter: EnvFilter, asked: &str) -> EnvFilter {
    let client = if asked.contains("lapin") { None } else { "lapin=off".parse().ok() };
    let directives = [client, "lapin::returned_messages=off".parse().ok()];
    directives.into_iter().flatten().fold(filter, EnvFilter::add_directive)
}

/// Traces hold our own spans, and what went wrong in them, however quiet the log is.
fn traced(metadata: &Metadata<'_>) -> bool {
    let least = if metadata.is_span() { Level::INFO } else { Level::WARN };
    *metadata.level() <= least && metadata.target().starts_with("wideawake")
}

/// From now on a panic is one log line, inside the span it happened in: where it was, and the words when they are part
/// of the program. Words made at run time could hold anything and are left out.
pub fn report_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let location = panic.location().map(ToString::to_string).unwrap_or_default();
        let words = panic.payload().downcast_ref::<&'static str>().copied().unwrap_or("‹sealed›");
        tracing::error!(%location, words, "a panic: this is a defect of the program");
    }));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_are_of_our_own_code_and_of_what_was_asked_for_by_name() {
        let shown = |target: &str, level, asked: &str| may_be_shown(target, level, asked);
        for target in ["wideawake_router::pool", "wideawake", "log"] {
            assert!(shown(target, Level::TRACE, "trace"), "{target}");
        }
        assert!(shown("tokio_postgres::query", Level::INFO, "debug"));
        assert!(!shown("reqwest::connect", Level::DEBUG, "debug"));
        assert!(shown("reqwest::connect", Level::DEBUG, "info,reqwest=debug"));
        assert!(shown("reqwest::connect", Level::DEBUG, "info,reqwest::connect=debug"));
        // Statements with all that is put into them, letters, frames.
        for carrier in ["tokio_postgres::query", "lettre::transport", "h2::codec", "redis"] {
            let asked = format!("trace,{carrier}=trace");
            assert!(!shown(carrier, Level::DEBUG, "debug") && !shown(carrier, Level::DEBUG, &asked), "{carrier}");
        }
    }
}
