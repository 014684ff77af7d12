//! Opening what the configuration names: the ledger, the bus, the live state and the vault, as one [`Record`].

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use wideawake_bus::MemoryBus;
use wideawake_ledger::{LedgerError, SqliteLedger};
use wideawake_live::MemoryLive;
use wideawake_vault::{MasterKeys, Vault, VaultError};

use crate::config::Config;
use crate::record::Record;
use crate::telemetry::Metrics;

pub use wideawake_ledger::{AuditReport, Ledger, SqliteLedger as LocalLedger};

/// The stores of this process.
pub struct Stores {
    /// The record over them.
    pub record: Arc<Record>,
    ledger: Arc<SqliteLedger>,
    /// Held for as long as we serve.
    _lock: Option<File>,
}

/// What the stores are opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To serve, alone on this data directory.
    Serve,
    /// For one task beside a process that may be serving.
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
    /// The master keys cannot be used.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Stores {
    /// Opens what `config` names.
    pub fn open(config: &Config, purpose: Purpose) -> Result<Self, StoresError> {
        let path = &config.ledger.path;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let lock = match purpose {
            Purpose::Serve => Some(lock(folder)?),
            Purpose::Tool => None,
        };
        let unusable = |source| StoresError::Ledger { path: path.clone(), source };
        let ledger = Arc::new(SqliteLedger::open(path).map_err(unusable)?);
        let masters = match &config.vault.master_keys {
            Some(keys) => keys.clone(),
            None => MasterKeys::beside(path)?,
        };
        let record = Record::new(
            ledger.clone(),
            Arc::new(MemoryBus::default()),
            Arc::new(MemoryLive::default()),
            Arc::new(Vault::new(masters)),
            Arc::new(config.settings.clone()),
            Metrics::new(),
            folder.join("erased.txt"),
        );
        Ok(Self { record: Arc::new(record), ledger, _lock: lock })
    }

    /// Ends the leases of whoever served this data directory before: who holds its lock need not wait for them.
    pub async fn free_leases(&self) -> Result<(), LedgerError> {
        self.ledger.free_leases().await
    }

    /// Reads a ledger that may be served at the moment, and checks hashes, versions and checkpoints.
    pub async fn verify(config: &Config) -> Result<(AuditReport, SqliteLedger), StoresError> {
        let path = &config.ledger.path;
        if !path.exists() {
            return Err(StoresError::Missing(path.clone()));
        }
        let unusable = |source| StoresError::Ledger { path: path.clone(), source };
        let ledger = SqliteLedger::open_read_only(path).map_err(unusable)?;
        let report = ledger.verify().await.map_err(unusable)?;
        Ok((report, ledger))
    }
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
