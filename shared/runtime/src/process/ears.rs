//! What is heard beside answers: the bus and the live state. When they fail, the tail and the next heartbeat make up for
//! it, and they are opened again beside the loop, which never waits for them.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use wideawake_bus::{BusError, Follower, Subscription};
use wideawake_domain::Pool;
use wideawake_live::Signals;

use super::driver::Options;
use super::effect::Input;
use crate::record::Record;

/// How long after a failure it is tried again.
const AGAIN: Duration = Duration::from_millis(250);

/// Something to listen to, or the attempt to open it.
enum Ear<T: ?Sized> {
    Opening(BoxFuture<'static, Box<T>>),
    Open(Box<T>),
}

/// What an instance that leads, or is about to, listens to. Instances share the name of a subscription and with it,
/// perhaps, what is delivered, so that one that stands by must not listen.
pub(super) struct Ears {
    record: Arc<Record>,
    lease: Arc<str>,
    pool: Pool,
    bus: Ear<dyn Subscription>,
    signals: Ear<dyn Signals>,
}

impl Ears {
    pub(super) fn open(record: &Arc<Record>, options: &Options) -> Self {
        let (record, lease, pool) = (record.clone(), options.lease.clone(), options.pool.clone());
        let bus = Ear::Opening(subscribe(record.clone(), lease.clone(), pool.clone(), Duration::ZERO));
        let signals = Ear::Opening(signals(record.clone(), Duration::ZERO));
        Self { record, lease, pool, bus, signals }
    }

    /// The next that is heard. Cancelling loses nothing.
    pub(super) async fn next(&mut self) -> Input {
        loop {
            tokio::select! {
                heard = hear_bus(&mut self.bus) => {
                    if let Some(input) = heard {
                        return input;
                    }
                    let (record, lease, pool) = (self.record.clone(), self.lease.clone(), self.pool.clone());
                    self.bus = Ear::Opening(subscribe(record, lease, pool, AGAIN));
                }
                heard = hear_signals(&mut self.signals) => {
                    if let Some(input) = heard {
                        return input;
                    }
                    self.signals = Ear::Opening(signals(self.record.clone(), AGAIN));
                }
            }
        }
    }
}

/// `None` when it broke.
async fn hear_bus(ear: &mut Ear<dyn Subscription>) -> Option<Input> {
    match ear {
        Ear::Opening(opening) => {
            let bus = opening.await;
            *ear = Ear::Open(bus);
            // What was told before is in the tail.
            Some(Input::BusLagged)
        }
        Ear::Open(bus) => match bus.next().await {
            Ok(facts) => Some(Input::Delivered(facts)),
            Err(BusError::Lagged(_)) => Some(Input::BusLagged),
            Err(BusError::Unavailable(_) | BusError::Undeliverable(_)) => None,
        },
    }
}

/// `None` when it broke.
async fn hear_signals(ear: &mut Ear<dyn Signals>) -> Option<Input> {
    if let Ear::Opening(opening) = ear {
        let signals = opening.await;
        *ear = Ear::Open(signals);
    }
    match ear {
        Ear::Open(signals) => signals.next().await.ok().map(Input::Signal),
        Ear::Opening(_) => None,
    }
}

fn subscribe(
    record: Arc<Record>,
    lease: Arc<str>,
    pool: Pool,
    mut pause: Duration,
) -> BoxFuture<'static, Box<dyn Subscription>> {
    Box::pin(async move {
        loop {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            match record.bus().subscribe(Follower::Leader { name: &lease, pool: &pool }).await {
                Ok(subscription) => return subscription,
                Err(_) => pause = AGAIN,
            }
        }
    })
}

fn signals(record: Arc<Record>, mut pause: Duration) -> BoxFuture<'static, Box<dyn Signals>> {
    Box::pin(async move {
        loop {
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            match record.live().signals().await {
                Ok(signals) => return signals,
                Err(_) => pause = AGAIN,
            }
        }
    })
}
