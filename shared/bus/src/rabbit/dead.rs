//! Dead letters: what was no event, and what was delivered too often in vain.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use lapin::message::BasicGetMessage;
use lapin::options::{
    BasicAckOptions, BasicGetOptions, BasicNackOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{Channel, Confirmation, Error};
use tokio::time::timeout;

use super::link::{Link, Wire};
use super::topology::{dead_queue_of, queue_of};
use super::unavailable;
use crate::BusError;

/// How many of one queue are looked at.
const MOST: usize = 1_000;

/// How long one queue may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// A message that was given up. What is in it is not told: it may be anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// The queue that it died in.
    pub queue: String,
    /// Why: `rejected` (it is no event) or `delivery_limit` (whoever got it did not live to finish it).
    pub reason: String,
    /// How often it died so.
    pub count: u64,
    /// When it first did.
    pub first_death: Option<DateTime<Utc>>,
    /// Under which key it was published.
    pub routing_key: String,
    /// What its publisher called it: for an event its stream and version.
    pub message_id: Option<String>,
    /// Its size in bytes.
    pub size: usize,
}

pub(super) async fn list(link: &Link, names: &[String], limit: usize) -> Result<Vec<DeadLetter>, BusError> {
    let mut letters = Vec::new();
    for name in names {
        let queue = queue_of(name).map_err(unavailable)?;
        on_a_channel(link, async |channel| {
            // All are taken, also beyond the limit, and go back together: what goes back alone stands behind the rest.
            let mut last = None;
            for n in 0..MOST {
                let Some(message) = get(&channel, &dead_queue_of(&queue)).await? else { break };
                last = Some(message.delivery_tag);
                if n < limit {
                    letters.push(read(&queue, &message));
                }
            }
            if let Some(last) = last {
                channel.basic_nack(last, BasicNackOptions { multiple: true, requeue: true }).await?;
            }
            channel.close(200, "OK".into()).await
        })
        .await?;
    }
    Ok(letters)
}

pub(super) async fn replay(link: &Link, names: &[String], limit: usize) -> Result<usize, BusError> {
    let mut replayed = 0;
    for name in names {
        let queue = queue_of(name).map_err(unavailable)?;
        on_a_channel(link, async |channel| {
            let dead = dead_queue_of(&queue);
            channel.confirm_select(ConfirmSelectOptions::default()).await?;
            // One that dies again meanwhile comes behind those that were there.
            let passive = QueueDeclareOptions { passive: true, ..QueueDeclareOptions::default() };
            let there = channel.queue_declare(dead.as_str().into(), passive, FieldTable::default()).await?;
            for _ in 0..limit.min(there.message_count() as usize) {
                let Some(message) = get(&channel, &dead).await? else { break };
                if !give_back(&channel, &queue, &message).await? {
                    let again = BasicNackOptions { multiple: false, requeue: true };
                    channel.basic_nack(message.delivery_tag, again).await?;
                    return Err(std::io::Error::other("the broker does not take the dead letter back").into());
                }
                channel.basic_ack(message.delivery_tag, BasicAckOptions::default()).await?;
                replayed += 1;
            }
            channel.close(200, "OK".into()).await
        })
        .await?;
    }
    Ok(replayed)
}

async fn on_a_channel(link: &Link, act: impl AsyncFnOnce(Channel) -> Result<(), Error>) -> Result<(), BusError> {
    let wire: Arc<Wire> = link.up().await?;
    let acting = async { act(wire.connection.create_channel().await?).await };
    match timeout(PATIENCE, acting).await {
        Ok(acted) => acted.map_err(unavailable),
        Err(_) => Err(unavailable("the broker does not answer")),
    }
}

async fn get(channel: &Channel, queue: &str) -> Result<Option<BasicGetMessage>, Error> {
    channel.basic_get(queue.into(), BasicGetOptions { no_ack: false }).await
}

/// Publishes it straight to the queue that it died in, as it was before. Whether that took it.
async fn give_back(channel: &Channel, queue: &str, message: &BasicGetMessage) -> Result<bool, Error> {
    let mut headers = FieldTable::default();
    for (key, value) in message.properties.headers().iter().flat_map(FieldTable::inner) {
        if !key.as_str().starts_with("x-") {
            headers.insert(key.clone(), value.clone());
        }
    }
    let properties = message.properties.clone().with_headers(headers);
    let options = BasicPublishOptions { mandatory: true, immediate: false };
    let sent = channel.basic_publish("".into(), queue.into(), options, &message.data, properties).await?;
    Ok(matches!(sent.await?, Confirmation::Ack(None)))
}

fn read(queue: &str, message: &BasicGetMessage) -> DeadLetter {
    let death = message.properties.headers().as_ref().and_then(|headers| match headers.inner().get("x-death") {
        Some(AMQPValue::FieldArray(deaths)) => deaths.as_slice().iter().find_map(|death| match death {
            AMQPValue::FieldTable(death) if told(death, "queue").as_deref() == Some(queue) => Some(death.clone()),
            _ => None,
        }),
        _ => None,
    });
    let death = death.unwrap_or_default();
    let keys = match death.inner().get("routing-keys") {
        Some(AMQPValue::FieldArray(keys)) => keys.as_slice().first().and_then(words),
        _ => None,
    };
    let first_death = match death.inner().get("time") {
        Some(AMQPValue::Timestamp(seconds)) => DateTime::from_timestamp(*seconds as i64, 0),
        _ => None,
    };
    let count = match death.inner().get("count") {
        Some(AMQPValue::LongLongInt(count)) => u64::try_from(*count).unwrap_or_default(),
        _ => 0,
    };
    DeadLetter {
        queue: queue.to_owned(),
        reason: told(&death, "reason").unwrap_or_else(|| "unknown".to_owned()),
        count,
        first_death,
        routing_key: keys.unwrap_or_else(|| message.routing_key.to_string()),
        message_id: message.properties.message_id().as_ref().map(ToString::to_string),
        size: message.data.len(),
    }
}

fn told(death: &FieldTable, key: &str) -> Option<String> {
    death.inner().get(key).and_then(words)
}

fn words(value: &AMQPValue) -> Option<String> {
    match value {
        AMQPValue::LongString(text) => Some(text.to_string()),
        AMQPValue::ShortString(text) => Some(text.to_string()),
        _ => None,
    }
}
