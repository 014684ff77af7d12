//! The live state of several processes, on Redis 6.2 or newer, or Valkey; one server or one master with replicas behind
//! Sentinels, not a cluster. No modules are needed.
//!
//! All keys and channels begin with `wideawake:`; channels go on with the number of the database, because a server has one
//! set of channels for all of its databases. For a user of its own `~wideawake:* &wideawake:* +@all -@admin -@dangerous` is
//! enough, and `+role` behind Sentinels. Nothing has to survive a restart of the server, so it needs no persistence.
//!
//! Nobody waits for a server that is gone. After a connection was lost or an answer was late, everything fails at once
//! until a task beside has connected anew, which it tries twice a second and more often at first. What must work all the
//! same works within the process: rates.

mod dial; // reaching a server: TLS, Sentinels
mod ear; // the connection for what is published
mod link; // the connection for commands, and its circuit
mod pace; // how long things may take
mod presence; // who was seen, and who is seen
mod queue; // places
mod rates; // windows
mod url; // where Redis is

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;
use wideawake_domain::{Pool, RequestId, StaffId, StreamId, Version};

use crate::hearing::{Listener, Watched};
use crate::rates::Rates;
use crate::{Ageing, Live, LiveError, Place, Signals, Watch};
use dial::Dialler;
use ear::{Ear, Hears};
use link::Link;
use presence::Seen;

pub use dial::OpenError;
pub use pace::Pace;
pub use url::RedisUrl;

/// Live state for the services of several processes, on Redis.
#[derive(Clone)]
pub struct RedisLive {
    inner: Arc<Inner>,
}

struct Inner {
    link: Link,
    hints: Ear,
    watched: Arc<Watched>,
    signals: Ear,
    seen: Arc<Seen>,
    channels: Channels,
    queue: queue::Scripts,
    rate: ::redis::Script,
    /// What is counted while Redis does not count.
    rates: Rates,
    shown: String,
}

struct Channels {
    hints: Arc<str>,
    signals: Arc<str>,
}

impl RedisLive {
    /// Redis at `url`. Nothing is connected before something is needed, so that it fails for what is wrong with the
    /// configuration only. To be used within one tokio runtime.
    pub fn open(url: &RedisUrl) -> Result<Self, OpenError> {
        Self::paced(url, Pace::default())
    }

    /// With another patience than is usual.
    pub fn paced(url: &RedisUrl, pace: Pace) -> Result<Self, OpenError> {
        let dialler = Arc::new(Dialler::new(url.clone(), pace)?);
        let channel = |name| format!("wideawake:{}:{name}", url.db).into();
        let channels = Channels { hints: channel("grown"), signals: channel("seen") };
        let (watched, seen) = (Arc::new(Watched::default()), Arc::new(Seen::default()));
        let inner = Inner {
            link: Link::new(dialler.clone()),
            hints: Ear::new(dialler.clone(), channels.hints.clone(), watched.clone()),
            watched,
            signals: Ear::new(dialler, channels.signals.clone(), seen.clone()),
            seen,
            channels,
            queue: queue::Scripts::new(),
            rate: rates::script(),
            rates: Rates::default(),
            shown: url.to_string(),
        };
        Ok(Self { inner: Arc::new(inner) })
    }
}

impl fmt::Debug for RedisLive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RedisLive").field(&self.inner.shown).finish()
    }
}

/// What is said in the place of a version when somebody writes.
const TYPING: &str = "typing";

/// A hint is `<kind>:<uuid> <version>`, or `<kind>:<uuid> typing`.
impl Hears for Watched {
    fn begin(&self) {
        self.open();
    }

    fn heard(&self, said: &[u8]) {
        let hint = std::str::from_utf8(said).ok().and_then(|said| said.split_once(' '));
        let Some((stream, said)) = hint else { return };
        let Ok(stream) = stream.parse() else { return };
        if said == TYPING {
            self.tell_typing(stream);
        } else if let Ok(version) = said.parse() {
            self.tell(stream, Version(version));
        }
    }

    fn end(&self) {
        self.close();
    }
}

impl Inner {
    async fn hint(&self, stream: StreamId, what: impl fmt::Display) -> Result<(), LiveError> {
        let mut publish = ::redis::cmd("PUBLISH");
        publish.arg(&*self.channels.hints).arg(format!("{stream} {what}"));
        self.link.ask(|mut redis| async move { publish.query_async::<()>(&mut redis).await }).await
    }
}

#[async_trait]
impl Live for RedisLive {
    async fn staff_seen(&self, staff: StaffId, at: DateTime<Utc>) -> Result<(), LiveError> {
        self.inner.see(presence::STAFF, staff.0, at).await
    }

    async fn staff_since(&self, since: DateTime<Utc>) -> Result<Vec<(StaffId, DateTime<Utc>)>, LiveError> {
        let seen = self.inner.since(presence::STAFF, since).await?;
        Ok(seen.into_iter().map(|(id, at)| (StaffId(id), at)).collect())
    }

    async fn member_seen(&self, request: RequestId, at: DateTime<Utc>) -> Result<(), LiveError> {
        self.inner.see(presence::MEMBERS, request.0, at).await
    }

    async fn members_since(&self, since: DateTime<Utc>) -> Result<Vec<(RequestId, DateTime<Utc>)>, LiveError> {
        let seen = self.inner.since(presence::MEMBERS, since).await?;
        Ok(seen.into_iter().map(|(id, at)| (RequestId(id), at)).collect())
    }

    async fn signals(&self) -> Result<Box<dyn Signals>, LiveError> {
        self.inner.signals.open().await?;
        let signals = self.inner.seen.subscribe().ok_or_else(|| LiveError("the connection was closed".to_owned()))?;
        Ok(Box::new(Listener(signals, self.inner.clone())))
    }

    async fn grown(&self, stream: StreamId, version: Version) -> Result<(), LiveError> {
        self.inner.hint(stream, version).await
    }

    async fn typing(&self, stream: StreamId) -> Result<(), LiveError> {
        self.inner.hint(stream, TYPING).await
    }

    async fn watch(&self, stream: StreamId) -> Result<Box<dyn Watch>, LiveError> {
        self.inner.hints.open().await?;
        let watcher = self.inner.watched.watch(stream, self.inner.clone());
        Ok(Box::new(watcher.ok_or_else(|| LiveError("the connection was closed".to_owned()))?))
    }

    async fn queue(&self, pool: &Pool, place: Place) -> Result<(), LiveError> {
        self.inner.put(pool, place).await
    }

    async fn refill(&self, pool: &Pool, places: &[Place]) -> Result<(), LiveError> {
        self.inner.refill(pool, places).await
    }

    async fn is_filled(&self, pool: &Pool) -> Result<bool, LiveError> {
        let mut exists = ::redis::cmd("EXISTS");
        exists.arg(queue::filled(pool));
        self.inner.link.ask(|mut redis| async move { exists.query_async::<bool>(&mut redis).await }).await
    }

    async fn unqueue(&self, pool: &Pool, request: RequestId) -> Result<(), LiveError> {
        self.inner.take_out(pool, request).await
    }

    async fn ahead(
        &self,
        pool: &Pool,
        request: RequestId,
        ageing: &Ageing,
        now: DateTime<Utc>,
    ) -> Result<Option<usize>, LiveError> {
        self.inner.ahead(pool, request, ageing, now).await
    }

    async fn allow(&self, key: &str, most: u32, within: Duration, now: DateTime<Utc>) -> Result<bool, LiveError> {
        match self.inner.count(key, within, now).await {
            Ok(count) => Ok(count <= u64::from(most)),
            // Somebody who is not counted with the others is counted alone.
            Err(_) => Ok(self.inner.rates.allow(key, most, within, now)),
        }
    }

    async fn ping(&self) -> Result<(), LiveError> {
        let ping = ::redis::cmd("PING");
        self.inner.link.ask(|mut redis| async move { ping.query_async::<()>(&mut redis).await }).await
    }
}
