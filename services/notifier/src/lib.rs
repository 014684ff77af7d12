//! The notifier: the process loop around the pager of one pool, and the couriers that carry its pages: signed webhooks,
//! e-mails, text messages.
//!
//! What a page says is written in [`words`] alone: who is needed where, how urgently, and how to answer; never what a
//! member wrote, and nothing about them.

mod address; // where webhooks may go
mod couriers; // one for each kind of contact method
mod email;
mod measure;
mod sms;
mod webhook;
mod words;

use std::collections::BTreeMap;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wideawake_domain::Pool;
use wideawake_domain::paging::Pager;
use wideawake_domain::staff::ContactKind;
use wideawake_runtime::Record;
use wideawake_runtime::config;
use wideawake_runtime::http::{Server, health, layers};
use wideawake_runtime::process::{Driver, Metered, Options, Ports, run};

pub use couriers::{Couriers, CouriersError};
use measure::measure;

/// The part of `/readyz` that says how the providers of pages are.
const PART: &str = "pages";

/// The lease under which one instance sends the pages of `pool`.
pub fn lease(pool: &Pool) -> String {
    format!("notifier.{pool}")
}

/// Sends the pages of `pool` until `stop`, whenever the lease is ours. `holder` names this instance.
pub async fn serve(
    record: Arc<Record>,
    pool: Pool,
    holder: Arc<str>,
    config: config::Notifier,
    couriers: Arc<Couriers>,
    stop: CancellationToken,
) {
    let options = Options::new(&lease(&pool), &holder, pool.clone());
    let metrics = record.metrics().clone();
    metrics.pages_lead(&pool, false);
    record.trouble(PART, &pool, None);
    let make = {
        let (pool, metrics) = (pool.clone(), metrics.clone());
        move || Metered::new(Pager::new(pool.clone(), config.paging.clone()), metrics.clone(), measure)
    };
    let ports = Ports { record: record.clone(), courier: Some(couriers) };
    let (mut led, mut shown) = (false, BTreeMap::new());
    let look = move |driver: &mut Driver<Metered<Pager>>| {
        let missed = driver.take_missed();
        if missed > 0 {
            metrics.audit_missed(&pool, missed as usize);
        }
        if std::mem::replace(&mut led, driver.leads()) != driver.leads() {
            metrics.pages_lead(&pool, driver.leads());
        }
        let mut open = BTreeMap::new();
        if driver.leads() {
            for provider in driver.process().inner().circuits_open() {
                *open.entry(provider.kind().as_str()).or_insert(0) += 1;
            }
        }
        if open != shown {
            for (_, kind) in ContactKind::NAMES {
                metrics.circuits_open(&pool, kind, open.get(kind.as_str()).copied().unwrap_or_default());
            }
            let kinds: Vec<&str> = open.keys().copied().collect();
            let trouble =
                (!kinds.is_empty()).then(|| format!("providers that fail are left alone: {}", kinds.join(", ")));
            record.trouble(PART, &pool, trouble);
            shown = open;
        }
    };
    run(Driver::new(options, make), ports, stop, look).await;
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
