//! The SQLite ledger keeps the rules of ledgers.

use std::sync::Arc;
use tempfile::TempDir;
use wideawake_conformance::ledger::Store;
use wideawake_ledger::{Ledger, SqliteLedger};

struct File(TempDir);

#[async_trait::async_trait]
impl Store for File {
    async fn open(&self) -> Arc<dyn Ledger> {
        let path = self.0.path().join("data").join("ledger.sqlite3");
        Arc::new(SqliteLedger::open(&path).expect("a temporary folder takes a ledger"))
    }
}

async fn fresh() -> Box<dyn Store> {
    Box::new(File(tempfile::tempdir().expect("there is room for temporary files")))
}

wideawake_conformance::ledger_suite!(fresh);
