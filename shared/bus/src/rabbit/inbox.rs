//! Deliveries that are acknowledged once they are done.

use futures_util::{FutureExt, StreamExt};
use lapin::message::Delivery;
use lapin::options::{BasicAckOptions, BasicConsumeOptions, BasicQosOptions, BasicRejectOptions};
use lapin::types::FieldTable;
use lapin::{Channel, Connection, Consumer, Error};

use super::unavailable;
use crate::BusError;

/// How many deliveries are handed out at once.
const AT_ONCE: usize = 256;

/// How many may be done before the broker is told, while more come; when none comes it is told at once.
const OWED: usize = 64;

/// A consumer on a channel of its own.
pub(super) struct Inbox {
    channel: Channel,
    consumer: Consumer,
    /// The last delivery that was handed out, which is not done.
    handed: Option<u64>,
    /// The last that is done, of which the broker was not told, with how many there are.
    done: Option<u64>,
    owed: usize,
}

impl Inbox {
    /// Consumes `queue`, with up to `prefetch` deliveries that are not done.
    pub(super) async fn open(connection: &Connection, queue: &str, prefetch: u16) -> Result<Self, Error> {
        let channel = connection.create_channel().await?;
        channel.basic_qos(prefetch, BasicQosOptions::default()).await?;
        let options = BasicConsumeOptions::default();
        let consumer = channel.basic_consume(queue.into(), "".into(), options, FieldTable::default()).await?;
        Ok(Self { channel, consumer, handed: None, done: None, owed: 0 })
    }

    /// The next deliveries, each as `read` makes it out, and at least one. What was handed out before counts as done.
    /// What `read` cannot make out becomes a dead letter. Cancelling loses nothing; an error is the end.
    pub(super) async fn next<T>(
        &mut self,
        mut read: impl FnMut(&Delivery) -> Option<T> + Send,
    ) -> Result<Vec<T>, BusError> {
        if let Some(handed) = self.handed.take() {
            self.done = Some(handed);
        }
        loop {
            let first = match self.consumer.next().now_or_never() {
                Some(first) if self.owed < OWED => first,
                Some(first) => {
                    self.settle();
                    first
                }
                None => {
                    self.settle();
                    self.consumer.next().await
                }
            };
            let mut next = Some(first);
            let mut made_out = Vec::new();
            while let Some(delivery) = next {
                let delivery = match delivery {
                    Some(Ok(delivery)) => delivery,
                    Some(Err(error)) => return Err(unavailable(error)),
                    None => return Err(unavailable("the queue is no longer served")),
                };
                match read(&delivery) {
                    Some(one) => {
                        made_out.push(one);
                        self.handed = Some(delivery.delivery_tag);
                        self.owed += 1;
                    }
                    None => self.reject(delivery.delivery_tag),
                }
                next = if made_out.len() < AT_ONCE { self.consumer.next().now_or_never() } else { None };
            }
            if !made_out.is_empty() {
                return Ok(made_out);
            }
        }
    }

    /// Tells the broker what is done. The frame is under way when this returns, and nobody waits for it: what it does
    /// not reach is delivered again.
    fn settle(&mut self) {
        if let Some(done) = self.done.take() {
            self.owed = 0;
            let _ = self.channel.basic_ack(done, BasicAckOptions { multiple: true }).now_or_never();
        }
    }

    fn reject(&self, tag: u64) {
        let _ = self.channel.basic_reject(tag, BasicRejectOptions { requeue: false }).now_or_never();
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.settle();
    }
}
