//! What only a broker can do to a bus: go away, fall silent, give things up.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use lapin::options::{
    BasicPublishOptions, ConfirmSelectOptions, ExchangeDeclareOptions, QueueBindOptions, QueueDeclareOptions,
};
use lapin::types::{AMQPValue, FieldTable};
use lapin::{BasicProperties, Channel, Connection, ConnectionProperties, ExchangeKind};
use uuid::Uuid;
use wideawake_bus::{Bus, BusError, Follower, Leader, RabbitBus, Subscription};
use wideawake_domain::{Actor, Pool, Position, Recorded, StreamId, StreamKind, Version};
use wideawake_engines::RabbitMq;

const QUEUE: &str = "wideawake.router.main";

fn main_pool() -> Pool {
    Pool::named("main")
}

fn event(pool: &str, n: u64) -> Recorded {
    Recorded {
        stream: StreamId { kind: StreamKind::Request, id: Uuid::from_u128(u128::from(n)) },
        version: Version(1),
        position: Position(n),
        pool: Pool::named(pool),
        kind: "opened".into(),
        at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::microseconds(n as i64),
        actor: Actor::Member,
        trace: "".into(),
        data: format!(r#"{{"n":{n}}}"#).into(),
        hash: [n as u8; 32],
    }
}

fn bus(url: &str) -> RabbitBus {
    let leaders = [Leader { name: "router.main".to_owned(), pool: main_pool() }];
    RabbitBus::open(url, "test", &leaders).unwrap()
}

async fn vhost() -> String {
    tokio::task::spawn_blocking(wideawake_engines::rabbitmq::fresh_vhost).await.unwrap().unwrap()
}

/// Waits until it holds.
async fn eventually<T, F: Future<Output = Option<T>>>(what: &str, mut ask: impl FnMut() -> F) -> T {
    let started = Instant::now();
    loop {
        if let Some(answer) = ask().await {
            return answer;
        }
        assert!(started.elapsed() < Duration::from_mins(1), "it never came to this: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn up(bus: &RabbitBus) {
    eventually("the bus is up", async || bus.ping().await.ok()).await;
}

async fn follow(bus: &RabbitBus) -> Box<dyn Subscription> {
    let main = main_pool();
    let leader = Follower::Leader { name: "router.main", pool: &main };
    eventually("a leader follows", async || bus.subscribe(leader).await.ok()).await
}

async fn next(follower: &mut Box<dyn Subscription>) -> Result<Vec<Recorded>, BusError> {
    tokio::time::timeout(Duration::from_secs(10), follower.next()).await.unwrap()
}

async fn raw(url: &str) -> (Connection, Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    (connection, channel)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_comes_back_is_used_again_by_everybody() {
    let mut broker = tokio::task::spawn_blocking(|| RabbitMq::start().unwrap()).await.unwrap();
    let url = broker.fresh_vhost().unwrap();
    // RabbitMQ 3.10 notes a new quorum queue on disk only after a while, or when it stops in good order: killed before
    // that, it comes back with a queue that has no leader.
    up(&bus(&url)).await;
    tokio::task::block_in_place(|| broker.stop().unwrap());

    // A process that starts without a broker starts all the same.
    let bus = Arc::new(bus(&url));
    let began = Instant::now();
    assert!(matches!(bus.ping().await, Err(BusError::Unavailable(_))));
    assert!(matches!(bus.publish(&[event("main", 1)]).await, Err(BusError::Unavailable(_))));
    assert!(matches!(bus.subscribe(Follower::Door).await, Err(BusError::Unavailable(_))));
    assert!(matches!(bus.sightings().await.map(drop), Err(BusError::Unavailable(_))));
    assert!(began.elapsed() < Duration::from_secs(2), "nobody waits: {:?}", began.elapsed());
    tokio::task::block_in_place(|| broker.restart().unwrap());
    up(&bus).await;

    let mut leader = follow(&bus).await;
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    let mut sightings = bus.sightings().await.unwrap();
    bus.publish(&[event("main", 2)]).await.unwrap();
    assert_eq!(next(&mut leader).await.unwrap(), [event("main", 2)]);
    assert_eq!(next(&mut door).await.unwrap(), [event("main", 2)]);

    broker.kill();
    for follower in [&mut leader, &mut door] {
        assert!(matches!(next(follower).await, Err(BusError::Unavailable(_))));
    }
    let seen = tokio::time::timeout(Duration::from_secs(10), sightings.next()).await.unwrap();
    assert!(matches!(seen, Err(BusError::Unavailable(_))));
    eventually("the bus knows that it is down", async || bus.ping().await.err()).await;
    let began = Instant::now();
    assert!(matches!(bus.publish(&[event("main", 3)]).await, Err(BusError::Unavailable(_))));
    assert!(began.elapsed() < Duration::from_millis(100), "{:?}", began.elapsed());

    tokio::task::block_in_place(|| broker.restart().unwrap());
    up(&bus).await;
    let mut leader = follow(&bus).await;
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    bus.publish(&[event("main", 4)]).await.unwrap();
    // What was not done before may come once more.
    while !next(&mut leader).await.unwrap().contains(&event("main", 4)) {}
    assert_eq!(next(&mut door).await.unwrap(), [event("main", 4)]);
    assert_eq!(bus.counts().lost, 2, "each connection once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_broker_that_falls_silent_is_noticed_within_seconds() {
    let mut broker = tokio::task::spawn_blocking(|| RabbitMq::start().unwrap()).await.unwrap();
    let bus = Arc::new(bus(&broker.fresh_vhost().unwrap()));
    up(&bus).await;
    let mut leader = follow(&bus).await;
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    bus.publish(&[event("main", 1)]).await.unwrap();
    assert_eq!(next(&mut leader).await.unwrap(), [event("main", 1)]);

    broker.freeze().unwrap();
    let began = Instant::now();
    let publishing: Vec<_> = (0..300)
        .map(|n| {
            let bus = bus.clone();
            tokio::spawn(async move { bus.publish(&[event("main", n)]).await })
        })
        .collect();
    for publishing in publishing {
        assert!(matches!(publishing.await.unwrap(), Err(BusError::Unavailable(_))));
    }
    assert!(began.elapsed() < Duration::from_secs(7), "{:?}", began.elapsed());
    for follower in [&mut leader, &mut door] {
        while let Ok(heard) = next(follower).await {
            assert_eq!(heard, [event("main", 1)]);
        }
    }
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
    let began = Instant::now();
    assert!(bus.publish(&[event("main", 2)]).await.is_err());
    assert!(bus.ping().await.is_err());
    assert!(began.elapsed() < Duration::from_secs(1), "the circuit is open: {:?}", began.elapsed());
    // Long enough for some attempts that are answered by nobody.
    tokio::time::sleep(Duration::from_secs(8)).await;
    let threads = std::fs::read_dir("/proc/self/task").unwrap().count();
    assert!(threads < 20, "{threads} threads: those of attempts that were given up are still there");

    broker.go_on().unwrap();
    up(&bus).await;
    let mut leader = follow(&bus).await;
    bus.publish(&[event("main", 1_000)]).await.unwrap();
    while !next(&mut leader).await.unwrap().contains(&event("main", 1_000)) {}
    // And one that says goodbye is noticed at once.
    tokio::task::block_in_place(|| broker.stop().unwrap());
    assert!(matches!(next(&mut leader).await, Err(BusError::Unavailable(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_nobody_can_get_is_told_apart_from_the_rest() {
    let bus = Arc::new(bus(&vhost().await));
    up(&bus).await;
    let events: Vec<_> = (0..1_200).map(|n| event(if n % 100 == 7 { "youth" } else { "main" }, n)).collect();
    match bus.publish(&events).await {
        Err(BusError::Undeliverable(places)) => {
            assert_eq!(places, (0..1_200).filter(|n| n % 100 == 7).collect::<Vec<_>>());
        }
        other => panic!("{other:?}"),
    }
    let calls: Vec<_> = (0..200)
        .map(|n| {
            let bus = bus.clone();
            tokio::spawn(async move { (n, bus.publish(&[event(if n % 2 == 0 { "main" } else { "youth" }, n)]).await) })
        })
        .collect();
    for call in calls {
        let (n, told) = call.await.unwrap();
        assert_eq!(told.is_ok(), n % 2 == 0, "{n}: {told:?}");
    }
    assert_eq!(bus.counts().returned, 12 + 100);
    assert_eq!(bus.counts().published, 1_188 + 100);
    assert_eq!(bus.counts().lost, 0, "a message that comes back is no reason to connect anew");
    // As soon as anybody is there for it, it goes.
    let youth = Pool::named("youth");
    let _router = bus.subscribe(Follower::Leader { name: "router.youth", pool: &youth }).await.unwrap();
    bus.publish(&[event("youth", 7)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn names_that_mean_something_to_a_broker_mean_nothing_here() {
    let bus = bus(&vhost().await);
    up(&bus).await;
    let names = ["#", "*", "main.*", "m.#", "%23", "main.request", "ü"];
    let mut followers = Vec::new();
    for (n, name) in names.iter().enumerate() {
        let (lease, pool) = (format!("router.{n}"), Pool::named(name));
        followers.push(bus.subscribe(Follower::Leader { name: &lease, pool: &pool }).await.unwrap());
    }
    for (n, name) in names.iter().enumerate() {
        bus.publish(&[event("main", 100), event(name, n as u64)]).await.unwrap();
    }
    for (n, name) in names.iter().enumerate() {
        assert_eq!(next(&mut followers[n]).await.unwrap(), [event(name, n as u64)]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_event_becomes_a_dead_letter_and_can_be_replayed() {
    let url = vhost().await;
    let bus = bus(&url);
    up(&bus).await;
    let mut leader = follow(&bus).await;
    let (_connection, channel) = raw(&url).await;
    // In the queue before the event, which takes another connection.
    channel.confirm_select(ConfirmSelectOptions::default()).await.unwrap();
    let large = vec![b' '; 3 << 20];
    for body in [&b"{}"[..], b"\xff\xfe", b"", &large] {
        let (options, properties) = (BasicPublishOptions::default(), BasicProperties::default());
        let key = "main.request.opened".into();
        let sent = channel.basic_publish("wideawake.events".into(), key, options, body, properties).await.unwrap();
        sent.await.unwrap();
    }
    bus.publish(&[event("main", 1)]).await.unwrap();
    assert_eq!(next(&mut leader).await.unwrap(), [event("main", 1)], "the rest goes on");
    let all = async || bus.dead(None, 100).await.ok().filter(|letters| letters.len() == 4);
    let letters = eventually("four are dead", all).await;
    assert_eq!(letters.iter().map(|letter| letter.size).collect::<Vec<_>>(), [2, 2, 0, 3 << 20]);
    for letter in &letters {
        assert_eq!((&*letter.reason, letter.count, &*letter.queue), ("rejected", 1, QUEUE));
        assert_eq!(letter.routing_key, "main.request.opened");
        assert!(letter.first_death.is_some());
    }
    assert_eq!(bus.counts().poison, 4);
    assert_eq!(bus.dead(Some("router.main"), 2).await.unwrap(), letters[..2], "looking takes nothing away");

    // It dies again, and is no worse for it.
    // What was looked at is back in its queue a moment later.
    let one = async || (bus.replay(Some("router.main"), 1).await.ok()? == 1).then_some(());
    eventually("one is given back", one).await;
    assert_eq!(tokio::time::timeout(Duration::from_millis(200), leader.next()).await.ok().map(drop), None);
    let again = eventually("four are dead", all).await;
    assert_eq!((again[3].size, again[3].count), (2, 1));
    let some = async || bus.replay(None, 100).await.ok().filter(|count| *count > 0);
    assert!(eventually("they are given back", some).await <= 4);
    drop(leader);
    assert!(bus.dead(Some("nobody"), 1).await.is_err());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_kills_whoever_gets_it_becomes_a_dead_letter_and_can_be_replayed() {
    let bus = bus(&vhost().await);
    up(&bus).await;
    bus.publish(&[event("main", 1)]).await.unwrap();
    let mut deaths = 0;
    let letters = loop {
        let mut leader = follow(&bus).await;
        match tokio::time::timeout(Duration::from_secs(1), leader.next()).await {
            Ok(heard) => assert_eq!(heard.unwrap(), [event("main", 1)]),
            Err(_) => {
                let one = async || bus.dead(None, 10).await.ok().filter(|letters| !letters.is_empty());
                break eventually("it is dead", one).await;
            }
        }
        deaths += 1;
        assert!(deaths < 40, "it is delivered for ever");
    };
    assert!(deaths >= 20, "{deaths}");
    let [letter] = &letters[..] else { panic!("{letters:?}") };
    assert_eq!((&*letter.reason, letter.count), ("delivery_limit", 1));
    assert_eq!(letter.message_id, Some(wideawake_bus::message_id(&event("main", 1))));
    // What was looked at is back in its queue a moment later.
    let given_back = async || (bus.replay(None, 10).await.ok()? == 1).then_some(());
    eventually("it is given back", given_back).await;
    let mut leader = follow(&bus).await;
    assert_eq!(next(&mut leader).await.unwrap(), [event("main", 1)]);
    assert_eq!(bus.dead(None, 10).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_dropped_for_length_is_no_dead_letter_and_what_an_operator_declared_stands() {
    let url = vhost().await;
    let (_connection, channel) = raw(&url).await;
    let mut arguments = FieldTable::default();
    arguments.insert("x-queue-type".into(), AMQPValue::LongString("quorum".into()));
    arguments.insert("x-max-length".into(), AMQPValue::LongLongInt(5));
    arguments.insert("x-dead-letter-exchange".into(), AMQPValue::LongString("wideawake.dead".into()));
    let durable = QueueDeclareOptions { durable: true, ..QueueDeclareOptions::default() };
    channel.queue_declare(QUEUE.into(), durable, arguments).await.unwrap();
    // Everything that dies is seen here, so that the drops are known to have come as far as this.
    let exchange = ExchangeDeclareOptions { durable: true, ..ExchangeDeclareOptions::default() };
    let table = FieldTable::default;
    channel.exchange_declare("wideawake.dead".into(), ExchangeKind::Headers, exchange, table()).await.unwrap();
    channel.queue_declare("all.dead".into(), durable, table()).await.unwrap();
    let every = QueueBindOptions::default();
    channel.queue_bind("all.dead".into(), "wideawake.dead".into(), "".into(), every, table()).await.unwrap();

    let bus = bus(&url);
    up(&bus).await;
    for n in 0..50 {
        bus.publish(&[event("main", n)]).await.unwrap();
    }
    let passive = QueueDeclareOptions { passive: true, ..durable };
    eventually("the rest was dropped", async || {
        let dead = channel.queue_declare("all.dead".into(), passive, table()).await.unwrap();
        (dead.message_count() >= 45).then_some(())
    })
    .await;
    assert_eq!(bus.dead(None, 100).await.unwrap(), []);
    let mut leader = follow(&bus).await;
    assert_eq!(next(&mut leader).await.unwrap()[0], event("main", 45), "the newest are kept");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_door_that_is_too_slow_is_told_how_much_it_missed() {
    let bus = Arc::new(bus(&vhost().await));
    up(&bus).await;
    let mut door = bus.subscribe(Follower::Door).await.unwrap();
    let mut witness = bus.subscribe(Follower::Door).await.unwrap();
    let many = 18_000_u64;
    let events: Vec<_> = (0..many).map(|n| event("main", n)).collect();
    let publishing = {
        let bus = bus.clone();
        tokio::spawn(async move {
            for events in events.chunks(3_000) {
                bus.publish(events).await.unwrap();
            }
        })
    };
    let mut witnessed = 0;
    while witnessed < many {
        witnessed += next(&mut witness).await.unwrap().len() as u64;
    }
    publishing.await.unwrap();
    let (mut heard, mut missed) = (0, 0);
    while heard + missed < many {
        match next(&mut door).await {
            Ok(events) => heard += events.len() as u64,
            Err(BusError::Lagged(n)) => missed += n,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(missed > 0);
    assert_eq!((heard + missed, bus.counts().lagged), (many, missed));
}

/// What the broker adds: run it alone, in release, with a broker at rest.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement, not a rule"]
async fn the_pace() {
    let bus = Arc::new(bus(&vhost().await));
    up(&bus).await;
    let mut leader = follow(&bus).await;
    let (mut confirmed, mut hops) = (Vec::new(), Vec::new());
    for n in 0..1_000 {
        let began = Instant::now();
        let one = [event("main", n)];
        let publishing = async {
            bus.publish(&one).await.unwrap();
            began.elapsed()
        };
        let hearing = async {
            leader.next().await.unwrap();
            began.elapsed()
        };
        let (confirm, hop) = tokio::join!(publishing, hearing);
        confirmed.push(confirm);
        hops.push(hop);
    }
    for (what, mut times) in [("confirmed", confirmed), ("heard", hops)] {
        times.sort_unstable();
        println!("{what} after p50 {:?} p99 {:?}", times[times.len() / 2], times[times.len() * 99 / 100]);
    }
    for (calls, at_once) in [(64, 1), (128, 1), (1, 512)] {
        let (began, each) = (Instant::now(), 4_000 / calls);
        let publishing: Vec<_> = (0..calls)
            .map(|call| {
                let bus = bus.clone();
                tokio::spawn(async move {
                    let events: Vec<_> = (0..each).map(|n| event("main", call * 10_000 + n)).collect();
                    for events in events.chunks(at_once) {
                        bus.publish(events).await.unwrap();
                    }
                })
            })
            .collect();
        let mut heard = 0;
        while heard < each * calls {
            heard += leader.next().await.unwrap().len() as u64;
        }
        for publishing in publishing {
            publishing.await.unwrap();
        }
        let rate = (each * calls) as f64 / began.elapsed().as_secs_f64();
        println!("{calls} calls of {at_once}: {rate:.0} events/s confirmed and heard");
    }
}
