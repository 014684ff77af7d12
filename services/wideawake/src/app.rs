//! Every service in one process.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use wideawake_domain::Actor;
use wideawake_domain::record::Part;
use wideawake_runtime::config::Config;
use wideawake_runtime::record::{Record, keep};
use wideawake_runtime::stores::{Purpose, Stores};
use wideawake_runtime::{clock, telemetry};

/// How long everything may take to stop; what is not done by then is dropped.
const LAST_WORDS: Duration = Duration::from_millis(1_900);

/// All services, running.
pub struct App {
    /// Where the members' door listens.
    pub intake: SocketAddr,
    /// Where the staff's door listens.
    pub desk: SocketAddr,
    record: Arc<Record>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _stores: Stores,
    _telemetry: telemetry::Telemetry,
}

impl App {
    /// Starts everything that `config` describes; the doors answer when this returns.
    pub async fn start(config: &Config) -> Result<Self> {
        let telemetry = telemetry::init(&config.telemetry);
        let stores = Stores::open(config, Purpose::Serve)?;
        let record = stores.record.clone();
        stores.free_leases().await.context("the ledger could not be written")?;
        let forgotten = record.replay_tombstones(Actor::System(Part::Keeper)).await;
        match forgotten.context("requests that were erased before this ledger was restored could not be erased")? {
            0 => {}
            n => warn!(requests = n, "the ledger came from before these requests were erased; they were erased again"),
        }
        let listen = async |what: &str, at: SocketAddr| {
            let listener = TcpListener::bind(at).await;
            listener
                .with_context(|| format!("cannot listen on {at}; free it, or set `{what}.listen` to another address"))
        };
        let intake = listen("intake", config.intake.listen).await?;
        let desk = listen("desk", config.desk.listen).await?;
        let addresses = (intake.local_addr()?, desk.local_addr()?);
        let stop = CancellationToken::new();
        let tasks = TaskTracker::new();
        let holder: Arc<str> = format!("serve-{}", clock::new_id()).into();
        for pool in &config.settings.pools {
            let (record, pool, holder, stop) = (record.clone(), pool.clone(), holder.clone(), stop.clone());
            tasks.spawn(wideawake_router::serve(record, pool, holder, stop));
        }
        tasks.spawn(keep(record.clone(), holder, stop.clone()));
        tasks.spawn(wideawake_intake::serve(record.clone(), config.intake.clone(), intake, stop.clone()));
        tasks.spawn(wideawake_desk::serve(record.clone(), config.desk.clone(), desk, stop.clone()));
        tasks.close();
        info!(intake = %addresses.0, desk = %addresses.1, "wide awake");
        let (intake, desk) = addresses;
        Ok(Self { intake, desk, record, stop, tasks, _stores: stores, _telemetry: telemetry })
    }

    /// The record, for what the doors do not offer.
    pub fn record(&self) -> &Arc<Record> {
        &self.record
    }

    /// Stops everything: streams end, what is under way is finished, leases are given back. Takes two seconds at most.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(LAST_WORDS, self.tasks.wait()).await.is_err() {
            warn!("stopped before everything was done; nothing that was acknowledged is lost");
        }
    }
}
