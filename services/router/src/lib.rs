//! The router: the process loop around the dispatcher of one pool, and little else.

mod metered;

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use tracing::warn;
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::{Pool, Priority};
use wideawake_runtime::Record;
use wideawake_runtime::process::{Driver, Options, Ports, run};

use metered::Metered;

/// The lease under which one instance dispatches for `pool`.
pub fn lease(pool: &Pool) -> String {
    format!("router.{pool}")
}

/// Dispatches for `pool` until `stop`, whenever the lease is ours. `holder` names this instance.
pub async fn serve(record: Arc<Record>, pool: Pool, holder: Arc<str>, stop: CancellationToken) {
    // Only members' places in line are missing until this has worked; whatever is appended puts itself in line.
    if let Err(error) = record.requeue(&pool).await {
        warn!(%pool, %error, "the queue could not be filled from the record");
    }
    let options = Options::new(&lease(&pool), &holder, pool.clone());
    let settings = record.settings().clone();
    let metrics = record.metrics().clone();
    // So that it is seen to be zero rather than not to be measured.
    metrics.audit_missed(&pool, 0);
    let make = {
        let (pool, metrics) = (pool.clone(), metrics.clone());
        move || Metered::new(Dispatcher::new(pool.clone(), settings.clone()), metrics.clone())
    };
    let mut shown = None;
    let watch = move |driver: &mut Driver<Metered>| {
        let missed = driver.take_missed();
        if missed > 0 {
            metrics.audit_missed(&pool, missed as usize);
        }
        let dispatcher = driver.process().dispatcher();
        let levels = driver.leads().then(|| (dispatcher.waiting(), dispatcher.on_duty()));
        if levels != shown {
            // A level is repeated until it is changed: who no longer leads takes back what it said last. Dashboards show
            // the larger of what two say.
            let (waiting, on_duty) = levels.unwrap_or_default();
            for (priority, count) in Priority::ALL.into_iter().zip(waiting) {
                metrics.waiting(&pool, priority, count);
            }
            metrics.on_duty(&pool, on_duty);
            shown = levels;
        }
    };
    run(Driver::new(options, make), Ports { record }, stop, watch).await;
}
