//! A ledger and a live state that fail or wait when they are told to.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use tokio::sync::oneshot;
use wideawake_domain::record::Part;
use wideawake_domain::{Actor, Pool, Position, Recorded, RequestId, StaffId, StreamId, StreamKind, Version};
use wideawake_ledger::{
    Append, AppendError, Cursor, DueKey, KeyChange, Lease, Ledger, LedgerError, NewEvent, NewKey, SqliteLedger,
    StreamHead,
};
use wideawake_live::{Ageing, Live, LiveError, Place, Signals, Watch};

/// What happens to the next append.
#[derive(Debug)]
pub(crate) enum Fault {
    /// It is written, and nobody hears so.
    Unheard,
    /// It is not written, and nobody hears so.
    Lost,
    /// Somebody else writes first, and nobody hears anything.
    Overtaken,
}

/// Holds a call once, until it is let go.
#[derive(Debug, Default)]
pub(crate) struct Gate(Mutex<Option<(oneshot::Sender<()>, oneshot::Receiver<()>)>>);

impl Gate {
    /// The next call waits. Gives what says that it is there, and what lets it go.
    pub(crate) fn shut(&self) -> (oneshot::Receiver<()>, oneshot::Sender<()>) {
        let ((there, is_there), (go, goes)) = (oneshot::channel(), oneshot::channel());
        *self.0.lock().unwrap() = Some((there, goes));
        (is_there, go)
    }

    async fn pass(&self) {
        let shut = self.0.lock().unwrap().take();
        if let Some((there, goes)) = shut {
            there.send(()).unwrap();
            goes.await.unwrap();
        }
    }
}

/// A ledger in a file that follows a script.
pub(crate) struct Scripted {
    inner: SqliteLedger,
    pub(crate) script: Mutex<VecDeque<Fault>>,
    /// After a key was read.
    pub(crate) key_read: Gate,
    /// Streams that cannot be read.
    pub(crate) damaged: Mutex<Vec<StreamId>>,
    /// What is appended whenever somebody asks which heads changed: traffic never ends.
    pub(crate) busy: Mutex<Option<Append>>,
    /// What the bus is yet to be told of, and whether it has waited long enough to be swept.
    pub(crate) outbox: Option<Mutex<BTreeMap<Position, (Recorded, bool)>>>,
}

impl Scripted {
    pub(crate) fn new(inner: SqliteLedger) -> Self {
        let (script, damaged, busy) = (Mutex::default(), Mutex::default(), Mutex::default());
        Self { inner, script, key_read: Gate::default(), damaged, busy, outbox: None }
    }

    /// The same with an outbox.
    pub(crate) fn with_outbox(inner: SqliteLedger) -> Self {
        Self { outbox: Some(Mutex::default()), ..Self::new(inner) }
    }

    /// Everything in the outbox has waited long enough to be swept.
    pub(crate) fn time_passes(&self) {
        for (_, aged) in self.outbox.as_ref().unwrap().lock().unwrap().values_mut() {
            *aged = true;
        }
    }

    /// How much is in the outbox.
    pub(crate) fn untold_events(&self) -> usize {
        self.outbox.as_ref().unwrap().lock().unwrap().len()
    }

    fn note(&self, facts: Vec<Recorded>) -> Vec<Recorded> {
        if let Some(outbox) = &self.outbox {
            outbox.lock().unwrap().extend(facts.iter().map(|fact| (fact.position, (fact.clone(), false))));
        }
        facts
    }

    pub(crate) fn next(&self, fault: Fault) {
        self.script.lock().unwrap().push_back(fault);
    }
}

#[async_trait]
impl Ledger for Scripted {
    async fn append(&self, append: Append) -> Result<Vec<Recorded>, AppendError> {
        let fault = self.script.lock().unwrap().pop_front();
        let unheard = || AppendError::Unknown("the connection broke".to_owned());
        match fault {
            None => self.inner.append(append).await.map(|facts| self.note(facts)),
            Some(Fault::Lost) => Err(unheard()),
            Some(Fault::Unheard) => {
                self.inner.append(append).await?;
                Err(unheard())
            }
            Some(Fault::Overtaken) => {
                let events = vec![NewEvent { kind: "exhausted".into(), data: "{}".into() }];
                let actor = Actor::System(Part::Router);
                self.inner.append(Append { events, actor, key: KeyChange::Keep, ends_at: None, ..append }).await?;
                Err(unheard())
            }
        }
    }

    async fn read(&self, stream: StreamId, after: Version, limit: usize) -> Result<Vec<Recorded>, LedgerError> {
        if self.damaged.lock().unwrap().contains(&stream) {
            return Err(LedgerError::Damaged("a page".to_owned()));
        }
        self.inner.read(stream, after, limit).await
    }

    async fn key(&self, stream: StreamId) -> Result<Option<Vec<u8>>, LedgerError> {
        let key = self.inner.key(stream).await;
        self.key_read.pass().await;
        key
    }

    async fn newest(&self, stream: StreamId) -> Result<Option<Recorded>, LedgerError> {
        self.inner.newest(stream).await
    }

    async fn open(
        &self,
        pool: &Pool,
        kind: StreamKind,
        ended_since: DateTime<Utc>,
    ) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
        self.inner.open(pool, kind, ended_since).await
    }

    async fn tail(&self, after: Option<&Cursor>, limit: usize) -> Result<(Vec<Recorded>, Cursor), LedgerError> {
        self.inner.tail(after, limit).await
    }

    async fn end(&self) -> Result<Cursor, LedgerError> {
        self.inner.end().await
    }

    async fn lease(&self, name: &str, holder: &str, ttl: Duration) -> Result<Lease, LedgerError> {
        self.inner.lease(name, holder, ttl).await
    }

    async fn give_back(&self, name: &str, token: u64) -> Result<(), LedgerError> {
        self.inner.give_back(name, token).await
    }

    async fn keys_due(&self, now: DateTime<Utc>, limit: usize) -> Result<Vec<DueKey>, LedgerError> {
        self.inner.keys_due(now, limit).await
    }

    async fn keys(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<(StreamId, Vec<u8>)>, LedgerError> {
        self.inner.keys(after, limit).await
    }

    async fn replace_keys(&self, keys: Vec<NewKey>) -> Result<usize, LedgerError> {
        self.inner.replace_keys(keys).await
    }

    async fn forget(&self) -> Result<bool, LedgerError> {
        self.inner.forget().await
    }

    async fn streams(&self, after: Option<StreamId>, limit: usize) -> Result<Vec<StreamHead>, LedgerError> {
        self.inner.streams(after, limit).await
    }

    async fn heads_changed(
        &self,
        after: Option<&Cursor>,
        limit: usize,
    ) -> Result<(Vec<StreamHead>, Cursor), LedgerError> {
        let answer = self.inner.heads_changed(after, limit).await;
        let busy = self.busy.lock().unwrap().clone();
        if let Some(append) = busy {
            let wrote = self.inner.append(append.clone()).await.unwrap();
            *self.busy.lock().unwrap() = Some(Append { expected: wrote[0].version, ..append });
        }
        answer
    }

    fn has_outbox(&self) -> bool {
        self.outbox.is_some()
    }

    async fn untold(&self, _age: Duration, limit: usize) -> Result<Vec<Recorded>, LedgerError> {
        let mut outbox = self.outbox.as_ref().unwrap().lock().unwrap();
        let aged = outbox.values_mut().filter(|(_, aged)| *aged).take(limit);
        let claim = |(fact, aged): &mut (Recorded, bool)| {
            *aged = false;
            fact.clone()
        };
        Ok(aged.map(claim).collect())
    }

    async fn told(&self, positions: &[Position]) -> Result<(), LedgerError> {
        let mut outbox = self.outbox.as_ref().unwrap().lock().unwrap();
        for position in positions {
            outbox.remove(position);
        }
        Ok(())
    }

    async fn ping(&self) -> Result<(), LedgerError> {
        self.inner.ping().await
    }
}

/// A live state whose changes of the queue can be held, and that can be wiped and be gone.
pub(crate) struct Waiting<L> {
    inner: Mutex<Arc<L>>,
    /// Before a request is queued.
    pub(crate) queueing: Gate,
    /// Before a request is taken out.
    pub(crate) unqueueing: Gate,
    /// Before a queue is filled.
    pub(crate) refilling: Gate,
    /// Whether changes of the queue, staff who are seen, and questions about either fail.
    pub(crate) gone: AtomicBool,
    /// How often a queue was filled.
    pub(crate) refills: AtomicUsize,
}

impl<L> Waiting<L> {
    pub(crate) fn new(inner: L) -> Self {
        Self {
            inner: Mutex::new(Arc::new(inner)),
            queueing: Gate::default(),
            unqueueing: Gate::default(),
            refilling: Gate::default(),
            gone: AtomicBool::default(),
            refills: AtomicUsize::default(),
        }
    }

    /// Forgets everything.
    pub(crate) fn wipe(&self, empty: L) {
        *self.inner.lock().unwrap() = Arc::new(empty);
    }

    fn inner(&self) -> Arc<L> {
        self.inner.lock().unwrap().clone()
    }

    fn is_there(&self) -> Result<(), LiveError> {
        if self.gone.load(Ordering::SeqCst) { Err(LiveError("it is gone".to_owned())) } else { Ok(()) }
    }
}

#[async_trait]
impl<L: Live> Live for Waiting<L> {
    async fn staff_seen(&self, staff: StaffId, at: DateTime<Utc>) -> Result<(), LiveError> {
        self.is_there()?;
        self.inner().staff_seen(staff, at).await
    }

    async fn staff_since(&self, since: DateTime<Utc>) -> Result<Vec<(StaffId, DateTime<Utc>)>, LiveError> {
        self.is_there()?;
        self.inner().staff_since(since).await
    }

    async fn member_seen(&self, request: RequestId, at: DateTime<Utc>) -> Result<(), LiveError> {
        self.inner().member_seen(request, at).await
    }

    async fn members_since(&self, since: DateTime<Utc>) -> Result<Vec<(RequestId, DateTime<Utc>)>, LiveError> {
        self.inner().members_since(since).await
    }

    async fn signals(&self) -> Result<Box<dyn Signals>, LiveError> {
        self.inner().signals().await
    }

    async fn grown(&self, stream: StreamId, version: Version) -> Result<(), LiveError> {
        self.inner().grown(stream, version).await
    }

    async fn typing(&self, stream: StreamId) -> Result<(), LiveError> {
        self.inner().typing(stream).await
    }

    async fn watch(&self, stream: StreamId) -> Result<Box<dyn Watch>, LiveError> {
        self.inner().watch(stream).await
    }

    async fn queue(&self, pool: &Pool, place: Place) -> Result<(), LiveError> {
        self.queueing.pass().await;
        self.is_there()?;
        self.inner().queue(pool, place).await
    }

    async fn refill(&self, pool: &Pool, places: &[Place]) -> Result<(), LiveError> {
        self.refilling.pass().await;
        self.is_there()?;
        self.refills.fetch_add(1, Ordering::SeqCst);
        self.inner().refill(pool, places).await
    }

    async fn is_filled(&self, pool: &Pool) -> Result<bool, LiveError> {
        self.is_there()?;
        self.inner().is_filled(pool).await
    }

    async fn unqueue(&self, pool: &Pool, request: RequestId) -> Result<(), LiveError> {
        self.unqueueing.pass().await;
        self.is_there()?;
        self.inner().unqueue(pool, request).await
    }

    async fn ahead(
        &self,
        pool: &Pool,
        request: RequestId,
        ageing: &Ageing,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, LiveError> {
        self.inner().ahead(pool, request, ageing, now).await
    }

    async fn allow(&self, key: &str, most: u32, within: Duration, now: DateTime<Utc>) -> Result<bool, LiveError> {
        self.inner().allow(key, most, within, now).await
    }

    async fn ping(&self) -> Result<(), LiveError> {
        self.inner().ping().await
    }
}
