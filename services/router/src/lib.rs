//! The router: the process loop around the dispatcher of one pool, and little else.

mod measure;

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use wideawake_domain::dispatch::Dispatcher;
use wideawake_domain::{Pool, Priority};
use wideawake_runtime::Record;
use wideawake_runtime::http::{Server, health, layers};
use wideawake_runtime::process::{Driver, Metered, Options, Ports, run};
use wideawake_runtime::record::keep_queue;

use measure::measure;

/// The lease under which one instance dispatches for `pool`.
pub fn lease(pool: &Pool) -> String {
    format!("router.{pool}")
}

/// Dispatches for `pool` until `stop`, whenever the lease is ours. `holder` names this instance.
pub async fn serve(record: Arc<Record>, pool: Pool, holder: Arc<str>, stop: CancellationToken) {
    // Beside the loop: only members' places in line are missing until it has worked, and whatever is appended puts itself
    // in line.
    let (leads, led) = watch::channel(false);
    let queue = tokio::spawn(keep_queue(record.clone(), pool.clone(), led, stop.clone()));
    let options = Options::new(&lease(&pool), &holder, pool.clone());
    let settings = record.settings().clone();
    let metrics = record.metrics().clone();
    // So that it is seen to be zero rather than not to be measured.
    metrics.audit_missed(&pool, 0);
    metrics.leads(&pool, false);
    let make = {
        let (pool, metrics) = (pool.clone(), metrics.clone());
        move || Metered::new(Dispatcher::new(pool.clone(), settings.clone()), metrics.clone(), measure)
    };
    let mut shown = None;
    let look = move |driver: &mut Driver<Metered<Dispatcher>>| {
        let missed = driver.take_missed();
        if missed > 0 {
            metrics.audit_missed(&pool, missed as usize);
        }
        if leads.send_if_modified(|known| std::mem::replace(known, driver.leads()) != driver.leads()) {
            metrics.leads(&pool, driver.leads());
        }
        let dispatcher = driver.process().inner();
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
    run(Driver::new(options, make), Ports::of(record), stop, look).await;
    queue.abort();
}

/// Says on `listener` how the process is until `stop`, where it has no door that does.
pub async fn health(record: Arc<Record>, listener: TcpListener, stop: CancellationToken) {
    let metrics = record.metrics().clone();
    let routes = health::routes(move || {
        let record = record.clone();
        async move { record.readiness().await }
    });
    Server::default().run(listener, layers::around(routes, metrics), stop).await;
}
