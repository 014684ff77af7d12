//! The record over a ledger in a file, and what it does when something fails or somebody else is faster.
#![allow(clippy::unwrap_used, clippy::panic)]

mod changing; // many at once, unclear outcomes
pub(crate) mod doubles; // ledgers and live states that fail or wait when told to
mod erasing; // keys, tombstones
mod keeping; // what is done by the clock
mod opening; // twice under one id
mod outbox; // everything reaches the bus
mod presence; // who is there
mod queueing; // places
mod upkeep; // a queue that lost something

use std::path::PathBuf;
use std::sync::Arc;

use chrono::TimeDelta;
use tempfile::TempDir;
use uuid::Uuid;
use wideawake_bus::{Bus, MemoryBus, Subscription};
use wideawake_domain::dispatch::{Criterion, Why};
use wideawake_domain::request::{Command, Open, Rejection, RequestEvent, Say, Speaker, SupportRequest};
use wideawake_domain::settings::{Dispatch, Settings};
use wideawake_domain::{Actor, Event, Pool, Recorded, RequestId, StaffId, Text, Version};
use wideawake_ledger::SqliteLedger;
use wideawake_live::{Live, MemoryLive};
use wideawake_vault::{MasterKeys, Vault};

use super::{Change, Opening, Record};
use crate::clock;
use crate::telemetry::Metrics;
use doubles::{Scripted, Waiting};

/// A record in a folder of its own.
pub(crate) struct House {
    pub(crate) record: Arc<Record>,
    pub(crate) ledger: Arc<Scripted>,
    pub(crate) live: Arc<Waiting<MemoryLive>>,
    folder: Arc<TempDir>,
}

impl House {
    pub(crate) fn new() -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::over(folder, "ledger.sqlite3", Arc::new(MemoryBus::default()))
    }

    /// One whose bus is `bus`.
    pub(crate) fn with_bus(bus: Arc<dyn Bus>) -> Self {
        Self::over(Arc::new(tempfile::tempdir().unwrap()), "ledger.sqlite3", bus)
    }

    /// Another process on the same ledger.
    pub(crate) fn beside(&self) -> Self {
        Self::over(self.folder.clone(), "ledger.sqlite3", Arc::new(MemoryBus::default()))
    }

    /// One whose ledger keeps an outbox for `bus`.
    fn with_outbox(bus: Arc<dyn Bus>) -> Self {
        Self::on(Arc::new(tempfile::tempdir().unwrap()), "ledger.sqlite3", bus, Scripted::with_outbox)
    }

    fn over(folder: Arc<TempDir>, file: &str, bus: Arc<dyn Bus>) -> Self {
        Self::on(folder, file, bus, Scripted::new)
    }

    fn on(folder: Arc<TempDir>, file: &str, bus: Arc<dyn Bus>, script: fn(SqliteLedger) -> Scripted) -> Self {
        let ledger = Arc::new(script(SqliteLedger::open(&folder.path().join(file)).unwrap()));
        let live = Arc::new(Waiting::new(MemoryLive::default()));
        let vault = Vault::new(MasterKeys::beside(&folder.path().join(file)).unwrap());
        let settings = Settings { pools: vec![pool()], lines: Vec::new(), dispatch: Dispatch::default() };
        let record = Record::new(
            ledger.clone(),
            bus,
            live.clone(),
            Arc::new(vault),
            Arc::new(settings),
            Metrics::new(),
            folder.path().join("erased.txt"),
        );
        Self { record: Arc::new(record), ledger, live, folder }
    }

    fn tombstones(&self) -> PathBuf {
        self.folder.path().join("erased.txt")
    }

    pub(crate) async fn open(&self, n: u128) -> RequestId {
        let id = RequestId(Uuid::from_u128(n));
        match self.record.open_request(id, pool(), opened("help")).await.unwrap() {
            Opening::Opened(_) => id,
            Opening::Existed(_) => panic!("{id} existed"),
        }
    }

    async fn change(&self, id: RequestId, command: Command) -> Change {
        let by = Actor::Staff(staff(9));
        self.record.change_request(id, by, |_| Ok::<_, Rejection>(command.clone())).await.unwrap().unwrap().unwrap()
    }

    async fn say(&self, id: RequestId, text: &str) -> Version {
        self.change(id, say(text)).await.facts[0].version
    }

    /// Every message that can be read.
    async fn texts(&self, id: RequestId) -> Vec<String> {
        let mut texts = Vec::new();
        for fact in self.record.history(id, Version::NONE, usize::MAX).await.unwrap() {
            if let Ok(Event::Request(RequestEvent::Message(message))) = fact.event() {
                texts.extend(self.record.text(id, fact.version, &message.text).await.unwrap());
            }
        }
        texts
    }

    /// Offers it to `to`, and has them accept.
    async fn accept(&self, id: RequestId, to: StaffId) -> Change {
        let expires = clock::now() + TimeDelta::minutes(1);
        let why = Why {
            considered: 1,
            out: std::collections::BTreeMap::new(),
            runner_up: None,
            decided_by: Criterion::Only,
            present_at: None,
        };
        let offered = self.change(id, Command::Offer(to, expires, why)).await;
        self.change(id, Command::Accept(offered.request.offers[0].id, to)).await
    }

    async fn ahead(&self, id: RequestId) -> Option<usize> {
        self.live.ahead(&pool(), id, &self.record.ageing(), clock::now()).await.unwrap()
    }
}

fn pool() -> Pool {
    Pool::named("main")
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128(n))
}

fn say(text: &str) -> Command {
    let text = Text::Open(text.to_owned());
    Command::Say(Say { from: Speaker::Member, staff: None, aside: false, text, once: None })
}

pub(crate) fn opened(message: &str) -> Vec<RequestEvent> {
    SupportRequest::open(Open {
        line: "night".to_owned(),
        language: "en".parse().unwrap(),
        time_zone: None,
        country: None,
        alias: None,
        age_band: None,
        topics: Vec::new(),
        message: Some(Text::Open(message.to_owned())),
        screening: None,
        answers: None,
        token: "token".to_owned(),
        fingerprint: None,
        again: None,
    })
}

async fn told(bus: &mut Box<dyn Subscription>) -> Vec<Recorded> {
    let next = tokio::time::timeout(std::time::Duration::from_secs(10), bus.next());
    next.await.expect("the bus is told").unwrap()
}
