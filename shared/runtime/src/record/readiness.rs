//! Whether what the record stands on can be reached.

use std::time::Duration;

use super::Record;
use crate::http::health::{Health, Readiness};

/// How long each may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

impl Record {
    /// How the ledger, the bus and the live state are. Without the ledger nothing works; without the others it is slower.
    pub async fn readiness(&self) -> Readiness {
        let (ledger, bus, live) = tokio::join!(
            answers("ledger", self.ledger.ping()),
            answers("bus", self.bus.ping()),
            answers("live", self.live.ping()),
        );
        // Doors are open to everyone: what exactly is wrong, and at which address, is for the logs.
        let part = |answers: bool| {
            let down = || (Health::Down, Some("it does not answer".to_owned()));
            if answers { (Health::Ready, None) } else { down() }
        };
        let (ledger, bus, live) = (part(ledger), part(bus), part(live));
        Readiness::new()
            .vital("ledger", ledger.0, ledger.1)
            .helpful("bus", bus.0, bus.1)
            .helpful("live", live.0, live.1)
    }
}

async fn answers<E: std::fmt::Display>(part: &str, ask: impl Future<Output = Result<(), E>>) -> bool {
    let answer = tokio::time::timeout(PATIENCE, ask).await;
    let why = match &answer {
        Ok(Ok(())) => return true,
        Ok(Err(error)) => error.to_string(),
        Err(_) => format!("no answer in {PATIENCE:?}"),
    };
    tracing::debug!(part, why, "a part does not answer");
    false
}
