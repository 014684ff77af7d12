//! Logs, traces and metrics: readable or JSON lines on stderr, and OTLP when there is somewhere to send it.
//!
//! Nothing that anyone wrote, no token, key, number or address may come here. What is measured is told apart by enums
//! and by names from the configuration, and by nothing else: the types allow nothing else.

mod logs;
pub mod metrics;
mod otlp;
pub mod trace;

use std::sync::{OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;

pub use logs::report_panics;
pub use metrics::Metrics;

use crate::config;

/// How long the last spans and measures may take to leave.
const LAST_WORDS: Duration = Duration::from_secs(1);

static PROVIDERS: OnceLock<Providers> = OnceLock::new();

#[derive(Debug)]
struct Providers {
    traces: SdkTracerProvider,
    metrics: Option<SdkMeterProvider>,
}

/// Telemetry of this process. Dropping it sends what has gathered, for a second at most; others go on using it.
#[derive(Debug)]
#[must_use = "dropped at the end, it sends what has gathered"]
pub struct Telemetry(());

/// Sets up logs, traces and metrics for the process. Only the first call does: a process has one of each, however many
/// servers run in it. Comes before [`Metrics::new`].
pub fn init(settings: &config::Telemetry) -> Telemetry {
    PROVIDERS.get_or_init(|| {
        let traces = otlp::traces(settings);
        let metrics = otlp::metrics(settings);
        if let Some(metrics) = &metrics {
            opentelemetry::global::set_meter_provider(metrics.clone());
        }
        logs::subscribe(settings, &traces);
        Providers { traces, metrics }
    });
    Telemetry(())
}

impl Telemetry {
    /// Sends what has gathered, for a second at most. Blocks: not for a thread that serves others.
    pub fn flush(&self) {
        // Without metrics nothing is exported, and there is nothing to send.
        if let Some(Providers { traces, metrics: Some(metrics) }) = PROVIDERS.get() {
            bounded(|| {
                let _ = traces.force_flush();
                let _ = metrics.force_flush();
            });
        }
    }
}

impl Drop for Telemetry {
    fn drop(&mut self) {
        self.flush();
    }
}

/// Does it on a thread of its own and waits for it, but not for ever: a collector that hangs must not hold up an exit.
fn bounded(work: impl FnOnce() + Send + 'static) {
    let (done, wait) = mpsc::channel();
    let spawned = thread::Builder::new().name("telemetry".to_owned()).spawn(move || {
        work();
        let _ = done.send(());
    });
    if spawned.is_ok() {
        let _ = wait.recv_timeout(LAST_WORDS);
    }
}
