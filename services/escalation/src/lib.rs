//! The escalation service: the process loop around the watcher of one pool, and little else.

mod measure;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wideawake_domain::Pool;
use wideawake_domain::escalation::{Levels, Watcher};
use wideawake_runtime::Record;
use wideawake_runtime::http::{Server, health, layers};
use wideawake_runtime::process::{Driver, Metered, Options, Ports, run};
use wideawake_runtime::telemetry::metrics::{EscalationStage, Metrics};

use measure::measure;

/// The part of `/readyz` that says whether an escalation would reach anybody in the end.
const PART: &str = "fallback";

/// How long nobody may be reachable before it is logged as an error. `readyz` and the metric say it at once.
const SETTING_UP: Duration = Duration::from_secs(5);

/// The lease under which one instance sees to the escalations of `pool`.
pub fn lease(pool: &Pool) -> String {
    format!("escalation.{pool}")
}

/// Sees to the escalations of `pool` until `stop`, whenever the lease is ours. `holder` names this instance.
pub async fn serve(record: Arc<Record>, pool: Pool, holder: Arc<str>, stop: CancellationToken) {
    let options = Options::new(&lease(&pool), &holder, pool.clone());
    let settings = record.settings().clone();
    let shelf = record.shelf().clone();
    let metrics = record.metrics().clone();
    let make = {
        let (pool, metrics) = (pool.clone(), metrics.clone());
        move || Metered::new(Watcher::new(pool.clone(), settings.clone(), shelf.clone()), metrics.clone(), measure)
    };
    let ports = Ports::of(record.clone());
    record.trouble(PART, &pool, None);
    let mut shown = None;
    let mut unreachable = Unreachable::default();
    let look = move |driver: &mut Driver<Metered<Watcher>>| {
        let missed = driver.take_missed();
        if missed > 0 {
            metrics.audit_missed(&pool, missed as usize);
        }
        let watcher = driver.process().inner();
        let levels = driver.leads().then(|| (watcher.levels(), watcher.reachable_supervisors()));
        let reaches_nobody = matches!(levels, Some((_, 0)));
        if unreachable.is_news(reaches_nobody, Instant::now()) {
            tracing::error!(%pool, "no supervisor of the pool has a contact method: an escalation would reach nobody");
        }
        if levels != shown {
            if levels.is_some() != shown.is_some() {
                metrics.escalation_leads(&pool, levels.is_some());
            }
            show(&metrics, &pool, levels);
            record.trouble(PART, &pool, reaches_nobody.then(|| "no supervisor has a contact method".to_owned()));
            shown = levels;
        }
    };
    run(Driver::new(options, make), ports, stop, look).await;
}

/// A level is repeated until it is changed: who no longer leads takes back what it said last.
fn show(metrics: &Metrics, pool: &Pool, levels: Option<(Levels, usize)>) {
    let Levels { due, paging, fallback, acknowledged, unheard } = levels.unwrap_or_default().0;
    metrics.escalations_open(pool, EscalationStage::Paging, due + paging);
    metrics.escalations_open(pool, EscalationStage::Fallback, fallback);
    metrics.escalations_open(pool, EscalationStage::Acknowledged, acknowledged);
    metrics.fallback_unheard(pool, unheard);
    metrics.supervisors_reachable(pool, levels.map_or(0, |(_, reachable)| reachable));
}

/// Since when nobody could be reached.
#[derive(Default)]
struct Unreachable {
    since: Option<Instant>,
    told: bool,
}

impl Unreachable {
    /// Whether to say so now: once it has lasted for as long as it takes whoever sets a line up to add people to it.
    fn is_news(&mut self, nobody: bool, now: Instant) -> bool {
        if !nobody {
            *self = Self::default();
            return false;
        }
        let lasts = now.duration_since(*self.since.get_or_insert(now)) >= SETTING_UP;
        lasts && !std::mem::replace(&mut self.told, lasts)
    }
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
