//! Events on their way to the broker, each confirmed.
//!
//! Each call has a channel of its own while it lasts, from a stock. The client numbers a message and sends it in two
//! steps, and hands what comes back to whichever confirmation comes next: on a channel that several calls share, a
//! confirmation could be taken for that of another's message.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use lapin::options::{BasicPublishOptions, ConfirmSelectOptions};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Confirmation, Error};
use tokio::sync::Semaphore;
use tokio::time::timeout;
use wideawake_domain::Recorded;

use super::envelope::{CONTENT_TYPE, LARGEST, encode, message_id};
use super::link::{Link, Wire};
use super::topology::{EVENTS, routing_key};
use super::{Tally, unavailable};
use crate::BusError;

/// How long a call may take. The broker owes a confirmation no time at all: under an alarm it sends none.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many calls may be under way. One more waits until another is done, within its patience.
const CALLS: usize = 128;

/// How many messages of one call may be under way.
const WINDOW: usize = 512;

/// Kept on disk by whoever keeps it.
const PERSISTENT: u8 = 2;

pub(super) struct Publisher {
    link: Link,
    places: Semaphore,
    stock: Mutex<Stock>,
    tally: Arc<Tally>,
}

/// Channels that nothing is under way on, and the connection that they are of.
#[derive(Default)]
struct Stock {
    wire: Weak<Wire>,
    channels: Vec<Channel>,
}

struct Message {
    key: String,
    properties: BasicProperties,
    body: Vec<u8>,
}

/// What became of the messages of one call.
#[derive(Default)]
struct Outcome {
    returned: Vec<usize>,
    refused: usize,
}

impl Publisher {
    pub(super) fn new(link: Link, tally: Arc<Tally>) -> Self {
        Self { link, places: Semaphore::new(CALLS), stock: Mutex::default(), tally }
    }

    pub(super) fn link(&self) -> &Link {
        &self.link
    }

    /// Returns when every event is confirmed. While the link is down, or the broker takes nothing, it fails at once.
    pub(super) async fn publish(&self, events: &[Recorded]) -> Result<(), BusError> {
        if events.is_empty() {
            return Ok(());
        }
        let wire = self.link.up_now()?;
        if wire.blocked() {
            return Err(unavailable("the broker takes no events for now"));
        }
        let mut outcome = match timeout(PATIENCE, self.send(&wire, events)).await {
            Ok(Ok(outcome)) => outcome,
            Ok(Err(error)) => {
                // Also when only the channel is gone, as it is when our exchange is: then that is declared again.
                wire.give_up(&error);
                return Err(unavailable(error));
            }
            Err(_) => {
                Tally::add(&self.tally.unconfirmed, 1);
                if !wire.blocked() {
                    wire.give_up("the broker did not confirm in time");
                }
                return Err(unavailable("the broker did not confirm in time"));
            }
        };
        let (returned, refused) = (outcome.returned.len(), outcome.refused);
        Tally::add(&self.tally.published, events.len() - returned - refused);
        Tally::add(&self.tally.returned, returned);
        Tally::add(&self.tally.refused, refused);
        if refused > 0 {
            return Err(unavailable(format_args!("the broker refused {refused} events")));
        }
        if returned > 0 {
            outcome.returned.sort_unstable();
            return Err(BusError::Undeliverable(outcome.returned));
        }
        Ok(())
    }

    async fn send(&self, wire: &Arc<Wire>, events: &[Recorded]) -> Result<Outcome, Error> {
        let _place = self.places.acquire().await.map_err(std::io::Error::other)?;
        let channel = self.channel(wire).await?;
        let mut outcome = Outcome::default();
        let mut names = Vec::new();
        for (n, events) in events.chunks(WINDOW).enumerate() {
            let messages = events.iter().enumerate().map(|(place, event)| message(n * WINDOW + place, event));
            let mut confirmations: FuturesUnordered<_> = messages.map(|message| confirmed(&channel, message)).collect();
            while let Some(fate) = confirmations.next().await {
                match fate? {
                    Fate::Taken => {}
                    Fate::Hopeless(place) => outcome.returned.push(place),
                    Fate::Returned(name) => names.push(name),
                    Fate::Refused => outcome.refused += 1,
                }
            }
        }
        if !names.is_empty() {
            let places = events.iter().enumerate().filter(|(_, event)| names.contains(&message_id(event)));
            outcome.returned.extend(places.map(|(place, _)| place));
        }
        // Only now: on a channel of a call that was given up, something may still be under way.
        self.give_back(wire, channel);
        Ok(outcome)
    }

    async fn channel(&self, wire: &Arc<Wire>) -> Result<Channel, Error> {
        {
            let mut stock = self.stock.lock().unwrap_or_else(PoisonError::into_inner);
            if !std::ptr::eq(stock.wire.as_ptr(), Arc::as_ptr(wire)) {
                *stock = Stock { wire: Arc::downgrade(wire), channels: Vec::new() };
            }
            // The one that was given back last, so that few are used while little happens.
            if let Some(channel) = stock.channels.pop() {
                return Ok(channel);
            }
        }
        let channel = wire.connection.create_channel().await?;
        channel.confirm_select(ConfirmSelectOptions::default()).await?;
        Ok(channel)
    }

    fn give_back(&self, wire: &Arc<Wire>, channel: Channel) {
        let mut stock = self.stock.lock().unwrap_or_else(PoisonError::into_inner);
        if std::ptr::eq(stock.wire.as_ptr(), Arc::as_ptr(wire)) {
            stock.channels.push(channel);
        }
    }
}

enum Fate {
    Taken,
    /// Nobody would look at it, so that it was not sent.
    Hopeless(usize),
    /// The message of this name came back: this one, or another of the same call.
    Returned(String),
    Refused,
}

/// Sends one message, and waits for what the broker says.
async fn confirmed(channel: &Channel, message: Result<Message, usize>) -> Result<Fate, Error> {
    let Message { key, properties, body } = match message {
        Ok(message) => message,
        Err(place) => return Ok(Fate::Hopeless(place)),
    };
    let options = BasicPublishOptions { mandatory: true, immediate: false };
    let sent = channel.basic_publish(EVENTS.into(), key.into(), options, &body, properties).await?;
    Ok(match sent.await? {
        Confirmation::Ack(None) => Fate::Taken,
        Confirmation::Ack(Some(back)) => {
            Fate::Returned(back.properties.message_id().as_ref().map(ToString::to_string).unwrap_or_default())
        }
        Confirmation::Nack(_) | Confirmation::NotRequested => Fate::Refused,
    })
}

fn message(place: usize, event: &Recorded) -> Result<Message, usize> {
    let body = encode(event).ok().filter(|body| body.len() <= LARGEST).ok_or(place)?;
    let properties = BasicProperties::default()
        .with_content_type(CONTENT_TYPE.into())
        .with_delivery_mode(PERSISTENT)
        .with_message_id(message_id(event).into())
        .with_app_id("wideawake".into());
    let properties = if event.trace.is_empty() {
        properties
    } else {
        let mut headers = FieldTable::default();
        headers.insert("traceparent".into(), AMQPValue::LongString(event.trace.as_bytes().into()));
        properties.with_headers(headers)
    };
    Ok(Message { key: routing_key(event), properties, body })
}
