//! Opening what the configuration names: the ledger, the bus, the live state and the vault, as one [`Record`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;
use wideawake_bus::{Bus, DeadLetter, Leader, MemoryBus, NotABroker, RabbitBus};
use wideawake_domain::Pool;
use wideawake_domain::rules::Shelf;
use wideawake_ledger::{LedgerError, Outbox, PostgresLedger, SqliteLedger};
use wideawake_live::{Live, MemoryLive, OpenError, RedisLive};
use wideawake_vault::{MasterKeys, VaultError};

use crate::config::{self, BookErrors, Config, LedgerEngine};
use crate::record::Record;
use crate::telemetry::Metrics;

pub use wideawake_bus::BusError;
pub use wideawake_ledger::{AuditReport, Ledger};
pub use wideawake_vault::Vault;

/// The kinds of processes of which one leads each pool; its lease, and its queue at the broker, are called after both.
const LEADERS: [&str; 3] = ["router", "escalation", "notifier"];

/// The stores of this process.
pub struct Stores {
    /// The record over them.
    pub record: Arc<Record>,
    /// A ledger that is ours alone.
    file: Option<Arc<SqliteLedger>>,
    /// Held for as long as we serve.
    _lock: Option<File>,
}

/// What the stores are opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To serve everything; alone, if the ledger is a file.
    Serve,
    /// To be one process of several.
    Part,
    /// For one task beside processes that may be serving.
    Tool,
}

/// Why the stores could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoresError {
    /// Another process serves this data directory.
    #[error("another wideawake serves the data directory {0} already; stop it, or configure another `ledger.url`")]
    Locked(PathBuf),
    /// The data directory cannot be used.
    #[error("cannot use the data directory {path}")]
    Directory {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: std::io::Error,
    },
    /// There is no ledger where a tool expected one.
    #[error("there is no ledger at {0}; start `wideawake serve` first, or name its file with --config")]
    Missing(PathBuf),
    /// The ledger cannot be opened.
    #[error("cannot open the ledger {path}")]
    Ledger {
        /// Which.
        path: PathBuf,
        /// Why not.
        #[source]
        source: LedgerError,
    },
    /// The database of the ledger cannot be used.
    #[error("cannot open the ledger in PostgreSQL; see that the server runs and that `ledger.url` is right")]
    Database(#[source] LedgerError),
    /// The broker cannot be used.
    #[error("`bus.url` cannot be used: {0}")]
    Broker(#[from] NotABroker),
    /// The live state cannot be used.
    #[error("`live.url` cannot be used: {0}")]
    Live(#[from] OpenError),
    /// Several processes meet in engines, not in memory.
    #[error(
        "a service as a process of its own meets the others in PostgreSQL, RabbitMQ and Redis: set `{0}`, or run everything in one process with `wideawake serve`"
    )]
    Alone(&'static str),
    /// The rules or the policies are not right.
    #[error(transparent)]
    Book(#[from] BookErrors),
    /// The master keys cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl StoresError {
    /// Whether it may be otherwise in a moment: a server that is coming up.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Database(LedgerError::Unavailable(_)))
    }
}

impl Stores {
    /// Opens what `config` names.
    pub async fn open(config: &Config, purpose: Purpose) -> Result<Self, StoresError> {
        if purpose == Purpose::Part {
            meets_others(config)?;
        }
        // A tool applies no rules, and mends things while the rules may be broken.
        let shelf = match purpose {
            Purpose::Serve | Purpose::Part => Shelf::new(config.book().load()?),
            Purpose::Tool => Shelf::default(),
        };
        let (ledger, file, lock): (Arc<dyn Ledger>, _, _) = match &config.ledger.engine {
            LedgerEngine::Sqlite(path) => {
                let lock = match purpose {
                    Purpose::Serve | Purpose::Part => Some(lock(folder_of(path))?),
                    Purpose::Tool => None,
                };
                let file = Arc::new(SqliteLedger::open(path).map_err(|source| unusable(path, source))?);
                (file.clone(), Some(file), lock)
            }
            LedgerEngine::Postgres(url) => (postgres(config, url.expose_secret()).await?, None, None),
        };
        if let Some(folder) = config.ledger.erased.parent() {
            std::fs::create_dir_all(folder)
                .map_err(|source| StoresError::Directory { path: folder.to_owned(), source })?;
        }
        let record = Record::new(
            ledger,
            bus(config)?,
            live(config)?,
            Arc::new(Self::vault(config)?),
            Arc::new(config.settings.clone()),
            Metrics::new(),
            config.ledger.erased.clone(),
        );
        Ok(Self { record: Arc::new(record.with_shelf(shelf)), file, _lock: lock })
    }

    /// Ends the leases of whoever served this data directory before: who holds its lock need not wait for them. Leases
    /// that others may hold are left alone.
    pub async fn free_leases(&self) -> Result<(), LedgerError> {
        match &self.file {
            Some(file) => file.free_leases().await,
            None => Ok(()),
        }
    }

    /// A ledger that may be served at the moment, to read and no more; `None`: there is none yet.
    pub async fn look(config: &Config) -> Result<Option<Arc<dyn Ledger>>, StoresError> {
        match &config.ledger.engine {
            LedgerEngine::Sqlite(path) if !path.exists() => Ok(None),
            LedgerEngine::Sqlite(path) => {
                let ledger = SqliteLedger::open_read_only(path).map_err(|source| unusable(path, source))?;
                Ok(Some(Arc::new(ledger)))
            }
            LedgerEngine::Postgres(url) => {
                let ledger = PostgresLedger::open_read_only(url.expose_secret()).await;
                Ok(Some(Arc::new(ledger.map_err(StoresError::Database)?)))
            }
        }
    }

    /// The same, with what opens its keys; that there is no ledger is an error.
    pub async fn look_into(config: &Config) -> Result<(Arc<dyn Ledger>, Vault), StoresError> {
        match (Self::look(config).await?, &config.ledger.engine) {
            (Some(ledger), _) => Ok((ledger, Self::vault(config)?)),
            (None, LedgerEngine::Sqlite(path)) => Err(StoresError::Missing(path.clone())),
            (None, LedgerEngine::Postgres(_)) => Err(StoresError::Missing(PathBuf::new())),
        }
    }

    /// What opens keys and signs, by the master keys that are configured or lie beside the ledger.
    pub fn vault(config: &Config) -> Result<Vault, StoresError> {
        let masters = match (&config.vault.master_keys, &config.ledger.engine) {
            (Some(keys), _) => keys.clone(),
            (None, LedgerEngine::Sqlite(path)) => MasterKeys::beside(path)?,
            // The configuration is refused without.
            (None, LedgerEngine::Postgres(_)) => return Err(StoresError::Alone("vault.master_keys")),
        };
        Ok(Vault::new(masters))
    }

    /// Reads a ledger that may be served at the moment, and checks hashes, versions and checkpoints.
    pub async fn verify(config: &Config) -> Result<(AuditReport, Arc<dyn Ledger>), StoresError> {
        match &config.ledger.engine {
            LedgerEngine::Sqlite(path) => {
                if !path.exists() {
                    return Err(StoresError::Missing(path.clone()));
                }
                let unusable = |source| unusable(path, source);
                let ledger = SqliteLedger::open_read_only(path).map_err(unusable)?;
                let report = ledger.verify().await.map_err(unusable)?;
                Ok((report, Arc::new(ledger)))
            }
            LedgerEngine::Postgres(url) => {
                let ledger =
                    PostgresLedger::open_read_only(url.expose_secret()).await.map_err(StoresError::Database)?;
                let report = ledger.verify().await.map_err(StoresError::Database)?;
                Ok((report, Arc::new(ledger)))
            }
        }
    }
}

/// A process that is one of several cannot keep in its memory what others must see.
fn meets_others(config: &Config) -> Result<(), StoresError> {
    match (&config.ledger.engine, &config.bus, &config.live) {
        (LedgerEngine::Sqlite(_), ..) => Err(StoresError::Alone("ledger.url")),
        (_, config::Bus::Memory, _) => Err(StoresError::Alone("bus.url")),
        (.., config::Live::Memory) => Err(StoresError::Alone("live.url")),
        _ => Ok(()),
    }
}

async fn postgres(config: &Config, url: &str) -> Result<Arc<dyn Ledger>, StoresError> {
    // In one process the bus takes everything over at once.
    let outbox = match config.bus {
        config::Bus::Memory => Outbox::None,
        config::Bus::RabbitMq(_) => Outbox::Kept,
    };
    Ok(Arc::new(PostgresLedger::open(url, outbox).await.map_err(StoresError::Database)?))
}

fn bus(config: &Config) -> Result<Arc<dyn Bus>, StoresError> {
    Ok(match &config.bus {
        config::Bus::Memory => Arc::new(MemoryBus::default()),
        config::Bus::RabbitMq(url) => Arc::new(rabbit(config, url.expose_secret())?),
    })
}

fn rabbit(config: &Config, url: &str) -> Result<RabbitBus, StoresError> {
    let of = |pool: &Pool| LEADERS.map(|kind| Leader { name: format!("{kind}.{pool}"), pool: pool.clone() });
    let leaders: Vec<Leader> = config.settings.pools.iter().flat_map(of).collect();
    Ok(RabbitBus::open(url, &config.telemetry.service_name, &leaders)?)
}

fn live(config: &Config) -> Result<Arc<dyn Live>, StoresError> {
    Ok(match &config.live {
        config::Live::Memory => Arc::new(MemoryLive::default()),
        config::Live::Redis(url) => Arc::new(RedisLive::open(url)?),
    })
}

/// What consumers could not take, and was laid aside at the broker.
pub struct DeadLetters(RabbitBus);

impl DeadLetters {
    /// At the broker that `config` names; `None` when there is none.
    pub fn open(config: &Config) -> Result<Option<Self>, StoresError> {
        match &config.bus {
            config::Bus::Memory => Ok(None),
            config::Bus::RabbitMq(url) => Ok(Some(Self(rabbit(config, url.expose_secret())?))),
        }
    }

    /// Up to `limit` of each leader, or of the one named, oldest first.
    pub async fn list(&self, leader: Option<&str>, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        self.0.dead(leader, limit).await
    }

    /// Gives up to `limit` of each leader, or of the one named, back to where they died, and says how many.
    pub async fn replay(&self, leader: Option<&str>, limit: usize) -> Result<usize, BusError> {
        self.0.replay(leader, limit).await
    }

    /// Whether the broker answers.
    pub async fn ping(&self) -> Result<(), BusError> {
        self.0.ping().await
    }
}

fn unusable(path: &Path, source: LedgerError) -> StoresError {
    StoresError::Ledger { path: path.to_owned(), source }
}

fn folder_of(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn lock(folder: &Path) -> Result<File, StoresError> {
    let unusable = |source| StoresError::Directory { path: folder.to_owned(), source };
    std::fs::create_dir_all(folder).map_err(unusable)?;
    let file = File::options().create(true).append(true).open(folder.join("serve.lock")).map_err(unusable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoresError::Locked(folder.to_owned())),
        Err(std::fs::TryLockError::Error(source)) => Err(unusable(source)),
    }
}
