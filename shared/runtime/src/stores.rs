//! Opening what the configuration names: the ledger, the bus, the live state and the vault, as one [`Record`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret;
use wideawake_bus::{Bus, MemoryBus};
use wideawake_ledger::{LedgerError, SqliteLedger};
use wideawake_live::{Live, MemoryLive};
use wideawake_vault::{MasterKeys, Vault, VaultError};

use crate::config::{self, Config, LedgerEngine};
use crate::record::Record;
use crate::telemetry::Metrics;

pub use wideawake_ledger::{AuditReport, Ledger};

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
    /// Several processes meet in engines, not in memory.
    #[error(
        "a service as a process of its own meets the others in PostgreSQL, RabbitMQ and Redis: set `{0}`, or run everything in one process with `wideawake serve`"
    )]
    Alone(&'static str),
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
        let masters = match (&config.vault.master_keys, &config.ledger.engine) {
            (Some(keys), _) => keys.clone(),
            (None, LedgerEngine::Sqlite(path)) => MasterKeys::beside(path)?,
            // The configuration is refused without.
            (None, LedgerEngine::Postgres(_)) => return Err(StoresError::Alone("vault.master_keys")),
        };
        let record = Record::new(
            ledger,
            bus(config),
            live(config),
            Arc::new(Vault::new(masters)),
            Arc::new(config.settings.clone()),
            Metrics::new(),
            config.ledger.erased.clone(),
        );
        Ok(Self { record: Arc::new(record), file, _lock: lock })
    }

    /// Ends the leases of whoever served this data directory before: who holds its lock need not wait for them. Leases
    /// that others may hold are left alone.
    pub async fn free_leases(&self) -> Result<(), LedgerError> {
        match &self.file {
            Some(file) => file.free_leases().await,
            None => Ok(()),
        }
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
            LedgerEngine::Postgres(_) => todo!(),
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

async fn postgres(_config: &Config, _url: &str) -> Result<Arc<dyn Ledger>, StoresError> {
    todo!()
}

fn bus(config: &Config) -> Arc<dyn Bus> {
    match &config.bus {
        config::Bus::Memory => Arc::new(MemoryBus::default()),
        config::Bus::RabbitMq(_) => todo!(),
    }
}

fn live(config: &Config) -> Arc<dyn Live> {
    match &config.live {
        config::Live::Memory => Arc::new(MemoryLive::default()),
        config::Live::Redis(_) => todo!(),
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
