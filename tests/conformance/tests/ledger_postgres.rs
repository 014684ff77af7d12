//! The PostgreSQL ledger keeps the rules of ledgers.

use std::sync::Arc;
use wideawake_conformance::ledger::Store;
use wideawake_engines::Postgres;
use wideawake_ledger::{Ledger, Outbox, PostgresLedger};

struct Database(String);

#[async_trait::async_trait]
impl Store for Database {
    async fn open(&self) -> Arc<dyn Ledger> {
        Arc::new(PostgresLedger::open(&self.0, Outbox::None).await.expect("an empty database takes a ledger"))
    }
}

async fn fresh() -> Box<dyn Store> {
    Box::new(Database(Postgres::fresh_database().expect("there is a PostgreSQL")))
}

wideawake_conformance::ledger_suite!(fresh);
