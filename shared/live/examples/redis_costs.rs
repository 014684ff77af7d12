//! What the live state costs on a Redis that may be wiped: how long a hint and a place take, and what a watch weighs.
//!
//! ```text
//! redis-server --port 7777 --save '' &
//! cargo run --release -p wideawake-live --example redis_costs -- redis://127.0.0.1:7777
//! ```
#![allow(clippy::unwrap_used, reason = "whoever runs it reads the trace")]

use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::{Pool, Priority, RequestId, StaffId, StreamId, Version};
use wideawake_live::{Ageing, Live, Place, RedisLive, RedisUrl};

const WAITING: u128 = 100_000;
const WATCHES: u128 = 100_000;
const HOPS: usize = 5_000;

fn request(n: u128) -> RequestId {
    RequestId(Uuid::from_u128(n.wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835)))
}

fn second(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(n)
}

fn show(what: &str, mut times: Vec<Duration>) {
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("{what}: p50 {:?}, p99 {:?}, most {:?}, of {}", at(0.5), at(0.99), at(1.0), times.len());
}

/// Resident bytes of this process.
fn resident() -> u64 {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4_096
}

async fn timed<T>(times: &mut Vec<Duration>, what: impl Future<Output = T>) -> T {
    let began = Instant::now();
    let done = what.await;
    times.push(began.elapsed());
    done
}

#[tokio::main]
async fn main() {
    let url = std::env::args().nth(1).expect("the URL of a Redis that may be wiped");
    let url = RedisUrl::parse(&url).unwrap();
    let (live, other) = (RedisLive::open(&url).unwrap(), RedisLive::open(&url).unwrap());
    live.ping().await.unwrap();

    let mut times = Vec::new();
    for _ in 0..HOPS {
        timed(&mut times, live.ping()).await.unwrap();
    }
    show("PING", times);

    let stream = StreamId::request(request(1));
    let mut watch = other.watch(stream).await.unwrap();
    let (mut hops, mut told) = (Vec::new(), Vec::new());
    for version in 1..=HOPS as u64 {
        let began = Instant::now();
        let (heard, ()) = tokio::join!(watch.grown(), async {
            timed(&mut told, live.grown(stream, Version(version))).await.unwrap();
        });
        assert_eq!(heard.unwrap(), Version(version));
        hops.push(began.elapsed());
    }
    show("hint, told", told);
    show("hint, from telling to hearing", hops);

    let pool = Pool::named("main");
    let places: Vec<_> = (0..WAITING)
        .map(|n| {
            let priority = Priority::ALL[[0, 0, 0, 0, 0, 0, 1, 1, 2, 3][n as usize % 10]];
            Place { request: request(n), priority, opened_at: second(n as i64 / 100) }
        })
        .collect();
    let began = Instant::now();
    live.refill(&pool, &places).await.unwrap();
    println!("refill of {WAITING}: {:?}", began.elapsed());
    let began = Instant::now();
    live.refill(&pool, &places).await.unwrap();
    println!("refill of {WAITING} over as many: {:?}", began.elapsed());
    let ageing: Ageing = [600, 300, 120, 60].map(|seconds| Some(TimeDelta::seconds(seconds)));
    let (mut ahead, mut put, mut taken) = (Vec::new(), Vec::new(), Vec::new());
    for n in (0..WAITING).step_by(WAITING as usize / HOPS) {
        let place = places[n as usize];
        let rank = live.ahead(&pool, place.request, &ageing, second(900));
        timed(&mut ahead, rank).await.unwrap().unwrap();
        timed(&mut taken, live.unqueue(&pool, place.request)).await.unwrap();
        timed(&mut put, live.queue(&pool, place)).await.unwrap();
    }
    show("ahead, of 100,000", ahead);
    show("queue, into 100,000", put);
    show("unqueue, of 100,000", taken);

    let (mut seen, mut allowed) = (Vec::new(), Vec::new());
    for n in 0..HOPS {
        timed(&mut seen, live.staff_seen(StaffId(request(n as u128 % 1_000).0), second(n as i64))).await.unwrap();
        let key = (n % 1_000).to_string();
        timed(&mut allowed, live.allow(&key, 5, Duration::from_mins(1), second(1))).await.unwrap();
    }
    show("staff_seen", seen);
    show("allow", allowed);

    let many: Vec<_> = (0..WATCHES).map(|n| StreamId::request(request(n))).collect();
    let before = resident();
    let mut watches = Vec::with_capacity(many.len());
    let began = Instant::now();
    for stream in &many {
        watches.push(other.watch(*stream).await.unwrap());
    }
    let took = began.elapsed() / WATCHES as u32;
    let idle = resident();
    let waiting: Vec<_> = watches.iter_mut().map(|watch| watch.grown()).collect();
    let each = |bytes: u64| (bytes - before) / WATCHES as u64;
    println!("a watch: {took:?}, {} bytes, {} while it is waited for", each(idle), each(resident()));
    drop(waiting);
}
