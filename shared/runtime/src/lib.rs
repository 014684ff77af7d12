//! What every service needs around its core: configuration, telemetry, HTTP plumbing, the clock, the record as services
//! see it, and the loop that runs any [`wideawake_domain::process::Process`].

pub mod acknowledge;
mod answer;
pub mod clock;
pub mod config;
pub mod forgotten;
pub mod http;
pub mod outgoing;
pub mod pages;
pub mod process;
pub mod proof;
pub mod record;
pub mod rekey;
pub mod reload;
pub mod signature;
pub mod stores;
pub mod telemetry;
pub mod tokens;

pub use record::{Record, RecordError};
pub use wideawake_ledger::{Cursor, LedgerError};
