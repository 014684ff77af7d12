//! Wideawake from outside: a server, in this process or as the real program, and the people who use it over HTTP.
//!
//! Everything here fails by panicking with what was seen, and nothing sleeps to wait for something: it waits for the
//! thing, with a [`DEADLINE`] that a slow machine meets as well.
#![allow(missing_docs, clippy::missing_docs_in_private_items, clippy::unwrap_used, clippy::panic)]

pub mod answer; // what a call brought
pub mod binary; // the real program
pub mod chance; // random, and the same again from one seed
pub mod check; // whether everything that was acknowledged is there
pub mod cluster; // several processes of the real program
pub mod config; // the configuration of a test
pub mod contract; // what /openapi.json says of the calls that were made
pub mod doors; // making calls
pub mod house; // the staff of a server
pub mod killer; // the real program, killed at a chosen moment
pub mod load; // a busy night
pub mod member; // who asks for support
pub mod peers; // those whom pages go through
pub mod sealed; // what may stand in no log
pub mod server; // the whole app in this process
pub mod sse; // event streams
pub mod staff; // who answers

use std::time::Duration;

pub use answer::Answer;
pub use binary::Binary;
pub use chance::Chance;
pub use cluster::{Cluster, Engines, Service};
pub use doors::{Call, Door, Doors};
pub use house::House;
pub use member::Member;
pub use server::Server;
pub use sse::{Event, Stream};
pub use staff::Staff;

/// How long anything that must happen may take.
pub const DEADLINE: Duration = Duration::from_secs(20);

/// Asks again until `look` has an answer.
///
/// # Panics
/// When there is none within [`DEADLINE`].
pub async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut look: impl FnMut() -> F) -> T {
    let give_up = tokio::time::Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(tokio::time::Instant::now() < give_up, "not within {DEADLINE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The time of the test's machine, which is the server's.
pub fn now() -> chrono::DateTime<chrono::Utc> {
    wideawake_runtime::clock::now()
}

/// An identifier of nothing.
pub fn nobody() -> String {
    wideawake_runtime::clock::new_id().to_string()
}
