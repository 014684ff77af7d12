//! The services of one process: all of them, or one of several that meet in the engines.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::Signal;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};
use wideawake_domain::record::Part;
use wideawake_domain::{Actor, Pool};
use wideawake_notifier::Couriers;
use wideawake_runtime::config::{BookFiles, Config};
use wideawake_runtime::proof::write_down;
use wideawake_runtime::record::{Record, keep, tell};
use wideawake_runtime::stores::{Purpose, Stores};
use wideawake_runtime::{clock, reload, telemetry};

/// How long everything may take to stop; what is not done by then is dropped.
const LAST_WORDS: Duration = Duration::from_millis(1_900);

/// How long a ledger that others serve too may take to come up before this process gives up.
const COMING_UP: Duration = Duration::from_secs(30);

/// What a process serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything.
    All,
    /// The members' door.
    Intake,
    /// The staff's door.
    Desk,
    /// The dispatchers of these pools, and what is done for the record now and then.
    Router(Vec<Pool>),
    /// The escalations of these pools, and the rules that need time.
    Escalation(Vec<Pool>),
    /// The pages of these pools.
    Notifier(Vec<Pool>),
}

impl Role {
    const fn name(&self) -> &'static str {
        match self {
            Self::All => "serve",
            Self::Intake => "intake",
            Self::Desk => "desk",
            Self::Router(_) => "router",
            Self::Escalation(_) => "escalation",
            Self::Notifier(_) => "notifier",
        }
    }

    fn serves(&self, service: &Self) -> bool {
        *self == Self::All || self == service
    }
}

/// Services, running.
pub struct App {
    intake: Option<SocketAddr>,
    desk: Option<SocketAddr>,
    record: Arc<Record>,
    stop: CancellationToken,
    tasks: TaskTracker,
    _stores: Stores,
    _telemetry: telemetry::Telemetry,
}

impl App {
    /// Starts everything that `config` describes; the doors answer when this returns.
    pub async fn start(config: &Config) -> Result<Self> {
        Self::start_as(config, Role::All).await
    }

    /// Starts what `role` says.
    pub async fn start_as(config: &Config, role: Role) -> Result<Self> {
        let telemetry = telemetry::init(&config.telemetry);
        let stores = open(config, &role).await?;
        let record = stores.record.clone();
        stores.free_leases().await.context("the ledger could not be written")?;
        let forgotten = record.replay_tombstones(Actor::System(Part::Keeper)).await;
        match forgotten.context("requests that were erased before this ledger was restored could not be erased")? {
            0 => {}
            n => warn!(requests = n, "the ledger came from before these requests were erased; they were erased again"),
        }
        let mut app = Self {
            intake: None,
            desk: None,
            record: record.clone(),
            stop: CancellationToken::new(),
            tasks: TaskTracker::new(),
            _stores: stores,
            _telemetry: telemetry,
        };
        // Everyone listens before anyone serves: a port that is taken is told before there is something to stop.
        let intake = listen(role.serves(&Role::Intake), "intake", config.intake.listen)?;
        let desk = listen(role.serves(&Role::Desk), "desk", config.desk.listen)?;
        let router = listen(matches!(role, Role::Router(_)), "router", config.router.listen)?;
        let escalation = listen(matches!(role, Role::Escalation(_)), "escalation", config.escalation.listen)?;
        let notifier = listen(matches!(role, Role::Notifier(_)), "notifier", config.notifier.listen)?;
        let holder: Arc<str> = format!("{}-{}", role.name(), clock::new_id()).into();
        app.tasks.spawn(tell(record.clone(), app.stop.clone()));
        let all = &config.settings.pools;
        let (routed, watched, paged): (&[Pool], &[Pool], &[Pool]) = match &role {
            Role::All => (all, all, all),
            Role::Router(pools) => (pools, &[], &[]),
            Role::Escalation(pools) => (&[], pools, &[]),
            Role::Notifier(pools) => (&[], &[], pools),
            Role::Intake | Role::Desk => (&[], &[], &[]),
        };
        if matches!(role, Role::All | Role::Router(_)) {
            app.tasks.spawn(keep(record.clone(), holder.clone(), app.stop.clone()));
            if let Some(file) = config.proof.file.clone() {
                app.tasks.spawn(write_down(record.clone(), file, config.proof.every, app.stop.clone()));
            }
        }
        for pool in routed {
            let (record, holder) = (record.clone(), holder.clone());
            app.tasks.spawn(wideawake_router::serve(record, pool.clone(), holder, app.stop.clone()));
        }
        for pool in watched {
            let (record, holder) = (record.clone(), holder.clone());
            app.tasks.spawn(wideawake_escalation::serve(record, pool.clone(), holder, app.stop.clone()));
        }
        if !paged.is_empty() {
            let couriers = Arc::new(Couriers::new(record.clone(), &config.notifier)?);
            for pool in paged {
                let (record, holder, couriers) = (record.clone(), holder.clone(), couriers.clone());
                let (config, stop) = (config.notifier.clone(), app.stop.clone());
                app.tasks.spawn(wideawake_notifier::serve(record, pool.clone(), holder, config, couriers, stop));
            }
        }
        if let Some(listener) = intake {
            let (book, lines) = (record.shelf().book(), config.settings.lines.clone());
            // Beside everything else: until then the first message in a language makes its lexicon.
            tokio::task::spawn_blocking(move || {
                book.lexicons.prepare(lines.iter().flat_map(|line| &line.languages));
            });
            app.intake = Some(listener.local_addr()?);
            let config = config.intake.clone();
            app.tasks.spawn(wideawake_intake::serve(record.clone(), config, listener, app.stop.clone()));
        }
        if let Some(listener) = desk {
            app.desk = Some(listener.local_addr()?);
            let config = config.desk.clone();
            app.tasks.spawn(wideawake_desk::serve(record.clone(), config, listener, app.stop.clone()));
        }
        let at = |listener: &Option<TcpListener>| listener.as_ref().map(TcpListener::local_addr).transpose();
        let (router_at, escalation_at, notifier_at) = (at(&router)?, at(&escalation)?, at(&notifier)?);
        if let Some(listener) = router {
            app.tasks.spawn(wideawake_router::health(record.clone(), listener, app.stop.clone()));
        }
        if let Some(listener) = escalation {
            app.tasks.spawn(wideawake_escalation::health(record.clone(), listener, app.stop.clone()));
        }
        if let Some(listener) = notifier {
            app.tasks.spawn(wideawake_notifier::health(record, listener, app.stop.clone()));
        }
        app.tasks.close();
        let shown = |at: Option<SocketAddr>| at.map(tracing::field::display);
        info!(
            intake = shown(app.intake),
            desk = shown(app.desk),
            router = shown(router_at),
            escalation = shown(escalation_at),
            notifier = shown(notifier_at),
            "wide awake"
        );
        Ok(app)
    }

    /// Where the members' door listens; `None` where there is none.
    pub fn intake(&self) -> Option<SocketAddr> {
        self.intake
    }

    /// Where the staff's door listens; `None` where there is none.
    pub fn desk(&self) -> Option<SocketAddr> {
        self.desk
    }

    /// The record, for what the doors do not offer.
    pub fn record(&self) -> &Arc<Record> {
        &self.record
    }

    /// Takes changed rules and policies at each of these signals.
    pub fn reload_at(&self, hangups: Signal, files: BookFiles) {
        let (shelf, metrics) = (self.record.shelf().clone(), self.record.metrics().clone());
        self.tasks.spawn(reload::follow(hangups, files, shelf, metrics, self.stop.clone()));
    }

    /// Stops everything: streams end, what is under way is finished, leases are given back. Takes two seconds at most.
    pub async fn stop(self) {
        self.stop.cancel();
        if tokio::time::timeout(LAST_WORDS, self.tasks.wait()).await.is_err() {
            warn!("stopped before everything was done; nothing that was acknowledged is lost");
        }
    }
}

/// Opens the stores. A ledger of its own that cannot be opened is an error at once; one that is shared may be coming up.
async fn open(config: &Config, role: &Role) -> Result<Stores> {
    let purpose = if *role == Role::All { Purpose::Serve } else { Purpose::Part };
    let until = tokio::time::Instant::now() + COMING_UP;
    loop {
        match Stores::open(config, purpose).await {
            Err(error) if error.may_pass() && tokio::time::Instant::now() < until => {
                warn!(
                    error = format!("{:#}", anyhow::Error::new(error)),
                    "the ledger cannot be opened yet; trying again"
                );
                tokio::time::sleep(Duration::from_millis(500)).await;
            }
            opened => return Ok(opened?),
        }
    }
}

fn listen(wanted: bool, section: &str, at: SocketAddr) -> Result<Option<TcpListener>> {
    if !wanted {
        return Ok(None);
    }
    let listener = wideawake_runtime::http::listen(at);
    let free = || format!("cannot listen on {at}; free it, or set `{section}.listen` to another address");
    listener.with_context(free).map(Some)
}
