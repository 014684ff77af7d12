//! What the engines can do at best: one row in one commit, one message through a quorum queue with its confirm, one word
//! to somebody who listens; each alone, with nothing of ours in between.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use futures_util::stream::StreamExt;
use lapin::options::{
    BasicAckOptions, BasicConsumeOptions, BasicPublishOptions, ConfirmSelectOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable, ShortString};
use lapin::{BasicProperties, Connection, ConnectionProperties};
use tokio_postgres::NoTls;
use tokio_util::task::AbortOnDropHandle;

use super::ROW;
use crate::program::Engines as Servers;
use crate::samples::Samples;

const TIMES: usize = 2_000;

/// How many connections commit at once to see how many rows there can be in a second.
const WRITERS: usize = 16;

/// What was measured.
#[derive(Debug)]
pub(crate) struct Engines {
    /// One row each, from one connection.
    pub(crate) commits: Samples,
    /// Rows a second, one in each commit, from many connections.
    pub(crate) together: f64,
    /// From publishing until the consumer has it.
    pub(crate) broker: Samples,
    /// From publishing until the confirm.
    pub(crate) confirms: Samples,
    /// From telling to hearing.
    pub(crate) hints: Samples,
}

impl Engines {
    /// What the budget of a night is a multiple of, in milliseconds (DESIGN section 15).
    pub(crate) fn of_night(&self) -> f64 {
        2.0 * self.commits.at(50.0) + self.broker.at(50.0) + self.hints.at(50.0)
    }
}

pub(super) async fn measure(servers: &Servers) -> Result<Engines> {
    let database = tokio::task::block_in_place(|| servers.postgres.database())?;
    let (commits, together) = commits(&database).await?;
    let vhost = tokio::task::block_in_place(|| servers.rabbit.fresh_vhost())?;
    let (broker, confirms) = hops(&vhost).await?;
    let hints = hints(&servers.redis.url()).await?;
    Ok(Engines { commits, together, broker, confirms, hints })
}

async fn commits(url: &str) -> Result<(Samples, f64)> {
    let (client, _driving) = client(url).await?;
    client.batch_execute("CREATE TABLE rows (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, data bytea)").await?;
    let mut samples = Samples::new();
    let insert = client.prepare("INSERT INTO rows (data) VALUES ($1)").await?;
    for _ in 0..TIMES {
        let began = Instant::now();
        client.execute(&insert, &[&&ROW[..]]).await?;
        samples.add(began.elapsed());
    }
    let writers = (0..WRITERS).map(async |_| {
        let (client, _driving) = self::client(url).await?;
        let insert = client.prepare("INSERT INTO rows (data) VALUES ($1)").await?;
        for _ in 0..TIMES / 4 {
            client.execute(&insert, &[&&ROW[..]]).await?;
        }
        Ok::<_, anyhow::Error>(())
    });
    let began = Instant::now();
    futures_util::future::try_join_all(writers).await?;
    Ok((samples, (WRITERS * (TIMES / 4)) as f64 / began.elapsed().as_secs_f64()))
}

async fn client(url: &str) -> Result<(tokio_postgres::Client, AbortOnDropHandle<()>)> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    let driving = tokio::spawn(async move {
        // What breaks shows in the calls.
        let _ = connection.await;
    });
    Ok((client, AbortOnDropHandle::new(driving)))
}

async fn hops(url: &str) -> Result<(Samples, Samples)> {
    let publishing = Connection::connect(url, ConnectionProperties::default()).await?;
    let consuming = Connection::connect(url, ConnectionProperties::default()).await?;
    let (out, back) = (publishing.create_channel().await?, consuming.create_channel().await?);
    let mut kind = FieldTable::default();
    kind.insert(ShortString::from("x-queue-type"), AMQPValue::LongString("quorum".into()));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    out.queue_declare("floor".into(), durable, kind).await?;
    out.confirm_select(ConfirmSelectOptions::default()).await?;
    let mut consumer = back
        .basic_consume("floor".into(), "floor".into(), BasicConsumeOptions::default(), FieldTable::default())
        .await?;
    let (mut hops, mut confirms) = (Samples::new(), Samples::new());
    let properties = BasicProperties::default().with_delivery_mode(2);
    for _ in 0..TIMES {
        let began = Instant::now();
        let publish = async {
            let options = BasicPublishOptions::default();
            let confirm = out.basic_publish("".into(), "floor".into(), options, &ROW, properties.clone()).await?;
            confirm.await?;
            Ok::<_, anyhow::Error>(began.elapsed())
        };
        let consume = async {
            let delivery = consumer.next().await.context("the consumer ended")??;
            let took = began.elapsed();
            delivery.ack(BasicAckOptions::default()).await?;
            Ok(took)
        };
        let (confirmed, heard) = tokio::try_join!(publish, consume)?;
        confirms.add(confirmed);
        hops.add(heard);
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
    Ok((hops, confirms))
}

async fn hints(url: &str) -> Result<Samples> {
    let client = redis::Client::open(url)?;
    let mut telling = client.get_multiplexed_async_connection().await?;
    let mut hearing = client.get_async_pubsub().await?;
    hearing.subscribe("floor").await?;
    let mut heard = hearing.on_message();
    let mut samples = Samples::new();
    for _ in 0..TIMES {
        let began = Instant::now();
        let tell = async { redis::cmd("PUBLISH").arg("floor").arg("1").query_async::<i64>(&mut telling).await };
        let (told, _) = tokio::join!(tell, heard.next());
        told?;
        samples.add(began.elapsed());
    }
    Ok(samples)
}
