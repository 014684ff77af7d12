//! The bus over RabbitMQ, 3.10 to 4.x.
//!
//! One connection publishes and one consumes; each is supervised by a task of ours that rebuilds it with everything on
//! it. While one is down, whatever needs it fails at once: nobody waits for a broker, since everybody reads the ledger.
//!
//! Nothing here keeps an event: what could not be published is the outbox's, and what was dropped is in the tail.

mod address; // where the broker is, and whom to trust on the way there
mod backoff; // how long until the next attempt
mod dead; // dead letters: look at them, replay them
mod envelope; // one event as a CloudEvent
mod follower; // what followers hear
mod inbox; // deliveries that are acknowledged
mod link; // a connection that is rebuilt
mod presence; // who is seen
mod publisher; // events, confirmed
mod topology; // exchanges, queues and their names

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, Recorded};

use crate::{Bus, BusError, Follower, Sightings, Subscription};
use address::Address;
use link::Link;
use presence::Relay;
use publisher::Publisher;

pub use dead::DeadLetter;
pub use envelope::{NotAnEnvelope, decode, encode, message_id};
pub use topology::routing_key;

/// Somebody who leads under a name, and whose queue exists whether they follow or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leader {
    /// The name of the lease, such as `router.main`.
    pub name: String,
    /// Whose events.
    pub pool: Pool,
}

/// The address of a broker is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a broker is at amqp://user:password@host:port/vhost, or amqps:// over TLS, where ?cacertfile=/path/ca.pem names whom \
     to trust beside the system's authorities"
)]
pub struct NotABroker;

/// What a bus has done since it was opened, for whoever keeps metrics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Events that the broker confirmed.
    pub published: u64,
    /// Events that came back, since no queue is bound for them: a queue was deleted, or a leader is missing from the
    /// list that the bus was opened with.
    pub returned: u64,
    /// Events that the broker refused.
    pub refused: u64,
    /// Calls that got no confirmation in time.
    pub unconfirmed: u64,
    /// Messages that are no events, sent to the dead letters.
    pub poison: u64,
    /// Deliveries that were dropped since a follower was too slow.
    pub lagged: u64,
    /// Sightings that were dropped on their way out.
    pub unseen: u64,
    /// How often a connection was lost.
    pub lost: u64,
}

#[derive(Debug, Default)]
struct Tally {
    published: AtomicU64,
    returned: AtomicU64,
    refused: AtomicU64,
    unconfirmed: AtomicU64,
    poison: AtomicU64,
    lagged: AtomicU64,
    unseen: AtomicU64,
    lost: AtomicU64,
}

impl Tally {
    fn add(counter: &AtomicU64, n: usize) {
        counter.fetch_add(n as u64, Ordering::Relaxed);
    }
}

/// The bus over RabbitMQ.
pub struct RabbitBus {
    publisher: Publisher,
    relay: Relay,
    consuming: Link,
    leaders: Arc<[Leader]>,
    tally: Arc<Tally>,
}

impl fmt::Debug for RabbitBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The address holds a password.
        f.debug_struct("RabbitBus").field("leaders", &self.leaders).finish_non_exhaustive()
    }
}

impl RabbitBus {
    /// A bus over the broker at `url`, which may be down for now: it is connected to beside everything else, and again
    /// whenever that is lost. With `amqps://` it must have a certificate for its name, signed by an authority that the
    /// system trusts or that the file `?cacertfile=…` holds. `name` is what the broker shows of this process.
    ///
    /// `leaders` are all that there may ever be in this house, in whatever process: whoever publishes declares their
    /// queues as well, so that what is told before a leader first follows waits for it, and that an event comes back
    /// as [`BusError::Undeliverable`] only where something is set up wrong.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime.
    pub fn open(url: &str, name: &str, leaders: &[Leader]) -> Result<Self, NotABroker> {
        let address = Address::parse(url)?;
        let leaders: Arc<[Leader]> = leaders.into();
        let tally = Arc::new(Tally::default());
        let publishing = Link::supervise(&address, format!("{name} publishes"), leaders.clone(), tally.clone());
        let consuming = Link::supervise(&address, format!("{name} consumes"), [].into(), tally.clone());
        let relay = Relay::start(publishing.watch(), tally.clone());
        let publisher = Publisher::new(publishing, tally.clone());
        Ok(Self { publisher, relay, consuming, leaders, tally })
    }

    /// What it has done so far.
    pub fn counts(&self) -> Counts {
        let Tally { published, returned, refused, unconfirmed, poison, lagged, unseen, lost } = &*self.tally;
        let [published, returned, refused, unconfirmed, poison, lagged, unseen, lost] =
            [published, returned, refused, unconfirmed, poison, lagged, unseen, lost]
                .map(|counter| counter.load(Ordering::Relaxed));
        Counts { published, returned, refused, unconfirmed, poison, lagged, unseen, lost }
    }

    /// The dead letters of the leader `name`, or of all known leaders: up to `limit` of each, oldest first. They stay
    /// where they are. At most a thousand of each are looked at.
    pub async fn dead(&self, name: Option<&str>, limit: usize) -> Result<Vec<DeadLetter>, BusError> {
        dead::list(&self.consuming, &self.names(name), limit).await
    }

    /// Gives up to `limit` dead letters of the leader `name`, or of each known leader, back to the queue that they died
    /// in, oldest first, and says how many. One that dies again is a new dead letter.
    pub async fn replay(&self, name: Option<&str>, limit: usize) -> Result<usize, BusError> {
        dead::replay(&self.consuming, &self.names(name), limit).await
    }

    fn names(&self, name: Option<&str>) -> Vec<String> {
        match name {
            Some(name) => vec![name.to_owned()],
            None => self.leaders.iter().map(|leader| leader.name.clone()).collect(),
        }
    }
}

#[async_trait]
impl Bus for RabbitBus {
    async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        self.publisher.publish(events).await
    }

    async fn subscribe(&self, follower: Follower<'_>) -> Result<Box<dyn Subscription>, BusError> {
        match follower {
            Follower::Leader { name, pool } => follower::leader(&self.consuming, name, pool, self.tally.clone()).await,
            Follower::Door => follower::door(&self.consuming, self.tally.clone()).await,
        }
    }

    async fn seen(&self, signal: Signal) -> Result<(), BusError> {
        self.relay.tell(signal);
        Ok(())
    }

    async fn sightings(&self) -> Result<Box<dyn Sightings>, BusError> {
        presence::sightings(&self.consuming).await
    }

    async fn ping(&self) -> Result<(), BusError> {
        self.publisher.link().up().await.map(drop)
    }
}

fn unavailable(why: impl fmt::Display) -> BusError {
    BusError::Unavailable(why.to_string())
}
