//! Whether what the record stands on can be reached.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use wideawake_domain::Pool;

use super::Record;
use crate::http::health::{Health, Readiness};

/// How long each may take to answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What the processes of this program say of themselves, by part of `/readyz` and pool; `None`: all is well.
#[derive(Default)]
pub(super) struct Troubles(Mutex<BTreeMap<(&'static str, Pool), Option<String>>>);

impl Record {
    /// A process says how it is, to be told by `/readyz` as a part that makes the whole no worse than degraded. What it
    /// says is public: no addresses, and nothing about people.
    pub fn trouble(&self, part: &'static str, pool: &Pool, trouble: Option<String>) {
        let mut known = self.troubles.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert((part, pool.clone()), trouble);
    }

    fn told(&self) -> BTreeMap<&'static str, Option<String>> {
        let known = self.troubles.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut told: BTreeMap<&'static str, Option<String>> = BTreeMap::new();
        for ((part, pool), trouble) in known.iter() {
            let of_part = told.entry(part).or_default();
            if let Some(trouble) = trouble {
                let before = of_part.take().map(|before| format!("{before}; ")).unwrap_or_default();
                *of_part = Some(format!("{before}{pool}: {trouble}"));
            }
        }
        told
    }

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
        let stores = Readiness::new()
            .vital("ledger", ledger.0, ledger.1)
            .helpful("bus", bus.0, bus.1)
            .helpful("live", live.0, live.1);
        self.told().into_iter().fold(stores, |all, (part, trouble)| {
            let health = if trouble.is_some() { Health::Degraded } else { Health::Ready };
            all.helpful(part, health, trouble)
        })
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
