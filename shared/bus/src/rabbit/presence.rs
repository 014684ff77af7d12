//! Who is seen, passed on between processes: transient, unconfirmed, and forgotten after a minute.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use lapin::options::BasicPublishOptions;
use lapin::{BasicProperties, Channel};
use serde::{Deserialize, Serialize};
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;
use uuid::Uuid;
use wideawake_domain::process::Signal;
use wideawake_domain::{RequestId, StaffId};

use super::Tally;
use super::envelope::LARGEST;
use super::follower::begin;
use super::inbox::Inbox;
use super::link::{Link, State};
use super::topology::{Declaring, PRESENCE};
use crate::{BusError, Sightings};

/// How many sightings may wait to be passed on; then the oldest is dropped, which the next heartbeat makes good.
const WAITING: usize = 8_192;

/// How long they wait for others to go with: to the broker and to whoever reads them a message is as much work as an event,
/// and a tenth of a second says nothing about who is there.
const LINGERS: Duration = Duration::from_millis(100);

/// How many go into one message.
const AT_ONCE: usize = 128;

/// How many messages of them may be on their way to one reader.
const PREFETCH: u16 = 64;

/// A sighting on the wire; a message is a list of them.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Sighting {
    Staff { id: Uuid, at: DateTime<Utc> },
    Member { request: Uuid, at: DateTime<Utc> },
}

impl From<Signal> for Sighting {
    fn from(signal: Signal) -> Self {
        match signal {
            Signal::StaffSeen { staff, at } => Self::Staff { id: staff.0, at },
            Signal::MemberSeen { request, at } => Self::Member { request: request.0, at },
        }
    }
}

impl From<Sighting> for Signal {
    fn from(sighting: Sighting) -> Self {
        match sighting {
            Sighting::Staff { id, at } => Self::StaffSeen { staff: StaffId(id), at },
            Sighting::Member { request, at } => Self::MemberSeen { request: RequestId(request), at },
        }
    }
}

#[derive(Default)]
struct Outgoing {
    waiting: Mutex<VecDeque<Signal>>,
    more: Notify,
}

/// Passes sightings on beside everything else, as long as there is a connection.
pub(super) struct Relay {
    outgoing: Arc<Outgoing>,
    task: JoinHandle<()>,
    tally: Arc<Tally>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Relay {
    pub(super) fn start(link: watch::Receiver<State>, tally: Arc<Tally>) -> Self {
        let outgoing = Arc::new(Outgoing::default());
        let task = tokio::spawn(pass_on(outgoing.clone(), link));
        Self { outgoing, task, tally }
    }

    /// Waits for nothing.
    pub(super) fn tell(&self, signal: Signal) {
        let mut waiting = self.outgoing.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.len() >= WAITING {
            waiting.pop_front();
            Tally::add(&self.tally.unseen, 1);
        }
        waiting.push_back(signal);
        drop(waiting);
        self.outgoing.more.notify_one();
    }
}

async fn pass_on(outgoing: Arc<Outgoing>, mut link: watch::Receiver<State>) {
    loop {
        let up = link.wait_for(|state| matches!(state, State::Up(_))).await.map(|state| state.clone());
        let State::Up(wire) = (match up {
            Ok(state) => state,
            Err(_) => return,
        }) else {
            continue;
        };
        let passing = async {
            let channel = wire.connection.create_channel().await?;
            loop {
                outgoing.more.notified().await;
                tokio::time::sleep(LINGERS).await;
                while let Some(message) = outgoing.take() {
                    tell(&channel, &message).await?;
                }
            }
        };
        // The link says when it is lost, and the connection before that: then nothing is taken until there is another.
        let lost = async {
            let mut link = link.clone();
            let _ = link.wait_for(|state| !matches!(state, State::Up(_))).await;
        };
        tokio::select! {
            failed = passing => {
                let failed: Result<(), lapin::Error> = failed;
                if let Err(error) = failed {
                    // Also when only the channel is gone: the exchange may be, and is declared with the connection.
                    wire.give_up(error);
                }
                drop(wire);
                let _ = link.wait_for(|state| !matches!(state, State::Up(_))).await;
            }
            () = lost => {}
        }
    }
}

impl Outgoing {
    /// The next message, if anybody was seen.
    fn take(&self) -> Option<Vec<u8>> {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let many = waiting.len().min(AT_ONCE);
        let sightings: Vec<Sighting> = waiting.drain(..many).map(Sighting::from).collect();
        drop(waiting);
        (!sightings.is_empty()).then(|| serde_json::to_vec(&sightings).unwrap_or_default())
    }
}

async fn tell(channel: &Channel, message: &[u8]) -> Result<(), lapin::Error> {
    let properties = BasicProperties::default().with_content_type("application/json".into());
    let options = BasicPublishOptions::default();
    channel.basic_publish(PRESENCE.into(), "".into(), options, message, properties).await?;
    Ok(())
}

pub(super) async fn sightings(link: &Link) -> Result<Box<dyn Sightings>, BusError> {
    let inbox = begin(link, |wire| async move {
        let queue = Declaring::on(&wire.connection).await?.sightings().await?;
        Inbox::open(&wire.connection, &queue, PREFETCH).await
    });
    Ok(Box::new(Watching { inbox: inbox.await?, seen: VecDeque::new() }))
}

struct Watching {
    inbox: Inbox,
    seen: VecDeque<Signal>,
}

#[async_trait]
impl Sightings for Watching {
    async fn next(&mut self) -> Result<Signal, BusError> {
        loop {
            if let Some(signal) = self.seen.pop_front() {
                return Ok(signal);
            }
            let messages = self.inbox.next(|delivery| {
                let looked_at = delivery.data.get(..delivery.data.len().min(LARGEST))?;
                serde_json::from_slice::<Vec<Sighting>>(looked_at).ok()
            });
            self.seen = messages.await?.into_iter().flatten().map(Signal::from).collect();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn sightings_are_written_as_they_always_were_and_read_back() {
        let at = "2026-03-02T12:00:00.123456Z".parse().unwrap();
        let signals = [
            Signal::StaffSeen { staff: StaffId(Uuid::from_u128(1)), at },
            Signal::MemberSeen { request: RequestId(Uuid::from_u128(2)), at },
        ];
        let outgoing = Outgoing::default();
        outgoing.waiting.lock().unwrap().extend(signals);
        let message = outgoing.take().unwrap();
        insta::assert_snapshot!(std::str::from_utf8(&message).unwrap());
        let read: Vec<Sighting> = serde_json::from_slice(&message).unwrap();
        assert_eq!(read.into_iter().map(Signal::from).collect::<Vec<_>>(), signals);
        assert!(outgoing.take().is_none());
    }
}
