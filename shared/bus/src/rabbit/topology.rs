//! Exchanges, queues and their names.
//!
//! - `wideawake.events`, a topic exchange: every event, under `<pool>.<kind>.<type>`.
//! - `wideawake.<leader>`, a quorum queue for each name under which somebody leads, bound to `<pool>.#` and `all.#`. It
//!   keeps up to [`KEPT`] events while none follows, and then drops the oldest: the next leader rebuilds from the
//!   ledger anyway, and who publishes must not be held up by somebody who is gone (`reject-publish` would do that).
//! - `wideawake.dead`, a headers exchange for what a queue gave up, and `wideawake.<leader>.dead`, the quorum queue
//!   behind it. It takes what was rejected as no event and what was delivered [`DELIVERIES`] times in vain, each by its
//!   `x-first-death-reason`; what was dropped for length matches no binding, and does not push the others out.
//! - `wideawake.presence`, a transient fanout exchange for sightings.
//!
//! What exists already with other arguments, or may not be declared by us, is taken as it is: an operator decided so.

use std::borrow::Cow;

use lapin::options::{ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{Channel, Connection, Error, ExchangeKind};
use wideawake_domain::{Pool, Recorded};

use super::Leader;

pub(super) const EVENTS: &str = "wideawake.events";
pub(super) const PRESENCE: &str = "wideawake.presence";
const DEAD: &str = "wideawake.dead";

/// How many events a leader's queue keeps.
const KEPT: i64 = 100_000;
/// How many bytes it keeps.
const KEPT_BYTES: i64 = 256 << 20;
/// How often an event is delivered before it counts as dead; each failover with it in flight is one.
const DELIVERIES: i64 = 20;
/// How many dead letters are kept.
const DEAD_KEPT: i64 = 10_000;
/// Looking at a dead letter delivers it. Without a limit of its own, RabbitMQ 4 would drop it after 20 looks.
const LOOKS: i64 = 1_000_000;
/// How many events wait at the broker for a door that is slow.
const DOOR_KEPT: i64 = 50_000;
/// How many messages of sightings wait at the broker.
const SIGHTINGS_KEPT: i64 = 5_000;
/// How long they are of use, in milliseconds.
const SIGHTINGS_LAST: i64 = 60_000;

/// The longest word of a routing key; three of them with dots fit in the 255 bytes that AMQP allows.
const LONGEST_WORD: usize = 80;

/// The queue of whoever leads under `name`.
pub(super) fn queue_of(name: &str) -> Result<String, Error> {
    let queue = format!("wideawake.{name}");
    // With room for the longest suffix.
    if queue.len() > 240 { Err(std::io::Error::other("the name of the leader is too long").into()) } else { Ok(queue) }
}

/// The queue of its dead letters.
pub(super) fn dead_queue_of(queue: &str) -> String {
    format!("{queue}.dead")
}

/// The routing key of an event.
pub fn routing_key(event: &Recorded) -> String {
    format!("{}.{}.{}", word(event.pool.as_str()), event.stream.kind.as_str(), word(&event.kind))
}

/// One word of a routing key. Names from the configuration stand as they are; whatever could be taken for a dot or a
/// wildcard is written as `%` and its number, in keys and bindings alike.
fn word(name: &str) -> Cow<'_, str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if !name.is_empty() && name.len() <= LONGEST_WORD && name.bytes().all(plain) {
        return Cow::Borrowed(name);
    }
    let mut word = String::from(if name.is_empty() { "%" } else { "" });
    for byte in name.bytes() {
        if word.len() > LONGEST_WORD - 3 {
            break;
        }
        if plain(byte) {
            word.push(char::from(byte));
        } else {
            word.push_str(&format!("%{byte:02x}"));
        }
    }
    Cow::Owned(word)
}

fn table(entries: &[(&str, AMQPValue)]) -> FieldTable {
    let mut table = FieldTable::default();
    for (key, value) in entries {
        table.insert(ShortString::from(*key), value.clone());
    }
    table
}

fn text(text: &str) -> AMQPValue {
    AMQPValue::LongString(text.as_bytes().into())
}

fn number(n: i64) -> AMQPValue {
    AMQPValue::LongLongInt(n)
}

/// Declares on one connection, with a new channel after each refusal: those close the one they are given on.
pub(super) struct Declaring<'a> {
    connection: &'a Connection,
    channel: Channel,
}

impl<'a> Declaring<'a> {
    pub(super) async fn on(connection: &'a Connection) -> Result<Self, Error> {
        Ok(Self { connection, channel: connection.create_channel().await? })
    }

    /// The exchanges, and the queues of these leaders.
    pub(super) async fn everything(&mut self, leaders: &[Leader]) -> Result<(), Error> {
        self.exchanges().await?;
        for leader in leaders {
            self.leader(&leader.name, &leader.pool).await?;
        }
        Ok(())
    }

    async fn exchanges(&mut self) -> Result<(), Error> {
        let durable = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
        let transient = ExchangeDeclareOptions::default();
        for (name, kind, options) in [
            (EVENTS, ExchangeKind::Topic, durable),
            (DEAD, ExchangeKind::Headers, durable),
            (PRESENCE, ExchangeKind::Fanout, transient),
        ] {
            let declared = self.channel.exchange_declare(name.into(), kind, options, FieldTable::default()).await;
            self.take(declared, name).await?;
        }
        Ok(())
    }

    /// The queue of a leader, with its dead letters; its name.
    pub(super) async fn leader(&mut self, name: &str, pool: &Pool) -> Result<String, Error> {
        let queue = queue_of(name)?;
        let dead = dead_queue_of(&queue);
        let quorum = ("x-queue-type", text("quorum"));
        let drop_head = ("x-overflow", text("drop-head"));
        let arguments = [
            quorum.clone(),
            drop_head.clone(),
            ("x-max-length", number(DEAD_KEPT)),
            ("x-max-length-bytes", number(KEPT_BYTES)),
            ("x-delivery-limit", number(LOOKS)),
        ];
        self.queue(&dead, &arguments).await?;
        for reason in ["rejected", "delivery_limit"] {
            let died = [
                ("x-match", text("all-with-x")),
                ("x-first-death-queue", text(&queue)),
                ("x-first-death-reason", text(reason)),
            ];
            self.bind(&dead, DEAD, "", &died).await?;
        }
        let arguments = [
            quorum,
            drop_head,
            ("x-max-length", number(KEPT)),
            ("x-max-length-bytes", number(KEPT_BYTES)),
            ("x-delivery-limit", number(DELIVERIES)),
            ("x-dead-letter-exchange", text(DEAD)),
        ];
        self.queue(&queue, &arguments).await?;
        let all = Pool::all();
        let pools = if *pool == all { vec![&all] } else { vec![pool, &all] };
        for pool in pools {
            self.bind(&queue, EVENTS, &format!("{}.#", word(pool.as_str())), &[]).await?;
        }
        Ok(queue)
    }

    /// A queue for everything, gone with the connection; its name.
    pub(super) async fn door(&mut self) -> Result<String, Error> {
        self.exchanges().await?;
        let name = self.own(&[("x-max-length", number(DOOR_KEPT)), ("x-max-length-bytes", number(KEPT_BYTES))]).await?;
        self.bind(&name, EVENTS, "#", &[]).await?;
        Ok(name)
    }

    /// A queue for sightings, gone with the connection; its name.
    pub(super) async fn sightings(&mut self) -> Result<String, Error> {
        self.exchanges().await?;
        let arguments = [("x-max-length", number(SIGHTINGS_KEPT)), ("x-message-ttl", number(SIGHTINGS_LAST))];
        let name = self.own(&arguments).await?;
        self.bind(&name, PRESENCE, "", &[]).await?;
        Ok(name)
    }

    async fn own(&mut self, arguments: &[(&str, AMQPValue)]) -> Result<String, Error> {
        let options = QueueDeclareOptions { exclusive: true, auto_delete: true, ..QueueDeclareOptions::default() };
        let queue = self.channel.queue_declare("".into(), options, table(arguments)).await?;
        Ok(queue.name().as_str().to_owned())
    }

    async fn queue(&mut self, name: &str, arguments: &[(&str, AMQPValue)]) -> Result<(), Error> {
        let options = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
        let declared = self.channel.queue_declare(name.into(), options, table(arguments)).await;
        self.take(declared.map(drop), name).await
    }

    async fn bind(
        &mut self,
        queue: &str,
        exchange: &str,
        key: &str,
        arguments: &[(&str, AMQPValue)],
    ) -> Result<(), Error> {
        let options = QueueBindOptions::default();
        let bound = self.channel.queue_bind(queue.into(), exchange.into(), key.into(), options, table(arguments)).await;
        self.take(bound, queue).await
    }

    async fn take(&mut self, declared: Result<(), Error>, what: &str) -> Result<(), Error> {
        match declared {
            Err(error) if error.is_amqp_soft_error() => {
                tracing::warn!(%error, "{what} cannot be declared; it is used as it is");
                self.channel = self.connection.create_channel().await?;
                Ok(())
            }
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_reaches_beyond_its_own_word() {
        for (name, written) in [
            ("main", "main"),
            ("night-line_2", "night-line_2"),
            ("a.b", "a%2eb"),
            ("*", "%2a"),
            ("#", "%23"),
            ("all.#", "all%2e%23"),
            ("a%2eb", "a%252eb"),
            ("", "%"),
            ("ü", "%c3%bc"),
        ] {
            assert_eq!(word(name), written);
        }
        for name in ["x".repeat(300), "ü".repeat(300), ".".repeat(81)] {
            let word = word(&name).into_owned();
            assert!(word.len() <= LONGEST_WORD && !word.contains(['.', '*', '#']), "{word}");
        }
    }

    #[test]
    fn a_queue_is_named_after_whoever_leads() {
        assert_eq!(queue_of("router.main").ok().as_deref(), Some("wideawake.router.main"));
        assert_eq!(queue_of("notifier").ok().as_deref(), Some("wideawake.notifier"));
        assert_eq!(dead_queue_of("wideawake.notifier"), "wideawake.notifier.dead");
        assert!(queue_of(&"x".repeat(256)).is_err());
    }
}
