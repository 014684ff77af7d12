//! What the live state on Redis does when Redis is gone, silent, wiped, another one, or full of garbage.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;
use wideawake_domain::process::Signal;
use wideawake_domain::{Pool, Priority, RequestId, StaffId, StreamId, Version};
use wideawake_engines::{Redis, Sentinels};
use wideawake_live::{Ageing, Live, LiveError, OpenError, Pace, Place, RedisLive, RedisUrl};

const NEVER: Ageing = [None; 4];
const MINUTE: Duration = Duration::from_mins(1);

/// A machine that is busy with other tests takes its time, which must not look like a server that is gone.
const TOLERANCE: Duration = Duration::from_secs(2);

fn open(url: &str) -> RedisLive {
    RedisLive::open(&RedisUrl::parse(url).unwrap()).unwrap()
}

fn pool() -> Pool {
    Pool::named("main")
}

fn second(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(n)
}

fn request(n: u128) -> RequestId {
    RequestId(Uuid::from_u128(n))
}

fn place(n: u128) -> Place {
    Place { request: request(n), priority: Priority::Standard, opened_at: second(n as i64) }
}

/// Asks again and again until it works; says how long that took.
async fn until_ok<T>(ask: impl AsyncFn() -> Result<T, LiveError>) -> (T, Duration) {
    let began = Instant::now();
    loop {
        match ask().await {
            Ok(answer) => return (answer, began.elapsed()),
            Err(error) => assert!(began.elapsed() < Duration::from_secs(20), "it does not recover: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Asks again and again until it fails; says how long that took.
async fn until_broken(live: &RedisLive) -> Duration {
    let began = Instant::now();
    while live.ping().await.is_ok() {
        assert!(began.elapsed() < Duration::from_secs(20), "it does not notice");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    began.elapsed()
}

/// Whether everything fails, and at once.
async fn everything_fails_at_once(live: &RedisLive) {
    let began = Instant::now();
    for _ in 0..20 {
        assert!(live.staff_seen(StaffId(Uuid::nil()), second(1)).await.is_err());
        assert!(live.members_since(second(1)).await.is_err());
        assert!(live.grown(StreamId::request(request(1)), Version(1)).await.is_err());
        assert!(live.queue(&pool(), place(1)).await.is_err());
        assert!(live.unqueue(&pool(), request(1)).await.is_err());
        assert!(live.refill(&pool(), &[place(1)]).await.is_err());
        assert!(live.is_filled(&pool()).await.is_err());
        assert!(live.ahead(&pool(), request(1), &NEVER, second(9)).await.is_err());
        assert!(live.ping().await.is_err());
    }
    let each = began.elapsed() / 180;
    assert!(each < Duration::from_millis(20), "{each:?} for each call");
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), what).await.expect("in time")
}

#[tokio::test(flavor = "multi_thread")]
async fn it_opens_while_redis_is_down_and_begins_by_itself() {
    let mut redis = Redis::start().unwrap();
    redis.stop().unwrap();
    let live = open(&redis.url());
    everything_fails_at_once(&live).await;
    assert!(live.watch(StreamId::request(request(1))).await.is_err());
    assert!(live.signals().await.is_err());
    redis.restart().unwrap();
    until_ok(async || live.ping().await).await;
    until_ok(async || live.watch(StreamId::request(request(1))).await).await;
    until_ok(async || live.signals().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_a_server_that_is_gone_and_it_is_found_again() {
    let mut redis = Redis::start().unwrap();
    let live = open(&redis.url());
    live.refill(&pool(), &[place(1)]).await.unwrap();
    redis.kill();
    assert!(until_broken(&live).await < TOLERANCE);
    everything_fails_at_once(&live).await;
    redis.restart().unwrap();
    let (filled, took) = until_ok(async || live.is_filled(&pool()).await).await;
    assert!(!filled, "it came back empty");
    assert!(took < TOLERANCE, "{took:?}");
    let watching = async || live.watch(StreamId::request(request(1))).await;
    let (mut watch, took) = until_ok(watching).await;
    assert!(took < TOLERANCE, "{took:?}");
    live.grown(StreamId::request(request(1)), Version(3)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(3));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_watches_and_listens_is_told_when_the_connection_breaks() {
    let mut redis = Redis::start().unwrap();
    let live = open(&redis.url());
    let mut watches = Vec::new();
    for n in 0..100 {
        watches.push(live.watch(StreamId::request(request(n))).await.unwrap());
    }
    let mut signals = live.signals().await.unwrap();
    redis.kill();
    let began = Instant::now();
    for mut watch in watches {
        assert!(soon(watch.grown()).await.is_err());
    }
    assert!(soon(signals.next()).await.is_err());
    assert!(began.elapsed() < TOLERANCE, "{:?}", began.elapsed());
    assert!(live.watch(StreamId::request(request(1))).await.is_err(), "nobody may wait for what does not come");
    redis.restart().unwrap();
    let mut signals = until_ok(async || live.signals().await).await.0;
    let seen = Signal::StaffSeen { staff: StaffId(Uuid::nil()), at: second(1) };
    until_ok(async || live.staff_seen(StaffId(Uuid::nil()), second(1)).await).await;
    assert_eq!(soon(signals.next()).await.unwrap(), seen);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_falls_silent_holds_nobody_up() {
    let redis = Redis::start().unwrap();
    let live = open(&redis.url());
    live.ping().await.unwrap();
    let mut watch = live.watch(StreamId::request(request(1))).await.unwrap();
    let mut signals = live.signals().await.unwrap();
    redis.pause().unwrap();
    let began = Instant::now();
    assert!(live.grown(StreamId::request(request(1)), Version(1)).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(1), "{:?}", began.elapsed());
    everything_fails_at_once(&live).await;
    assert!(soon(watch.grown()).await.is_err());
    assert!(soon(signals.next()).await.is_err());
    assert!(began.elapsed() < TOLERANCE, "{:?}", began.elapsed());
    redis.resume().unwrap();
    assert!(until_ok(async || live.ping().await).await.1 < TOLERANCE);
    until_ok(async || live.watch(StreamId::request(request(1))).await).await;
}

/// Nobody asks anything; the connections themselves are watched.
#[tokio::test(flavor = "multi_thread")]
async fn silence_is_noticed_without_anybody_asking() {
    let redis = Redis::start().unwrap();
    let live = open(&redis.url());
    live.ping().await.unwrap();
    let mut watch = live.watch(StreamId::request(request(1))).await.unwrap();
    redis.pause().unwrap();
    let began = Instant::now();
    assert!(soon(watch.grown()).await.is_err());
    assert!(began.elapsed() < TOLERANCE, "{:?}", began.elapsed());
    tokio::time::sleep(Duration::from_secs(1)).await;
    everything_fails_at_once(&live).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rates_are_counted_in_the_process_while_redis_is_gone() {
    let mut redis = Redis::start().unwrap();
    let (live, other) = (open(&redis.url()), open(&redis.url()));
    assert!(live.allow("key", 1, MINUTE, second(0)).await.unwrap());
    assert!(!other.allow("key", 1, MINUTE, second(0)).await.unwrap());
    redis.kill();
    for live in [&live, &other] {
        until_broken(live).await;
        assert!(live.allow("key", 1, MINUTE, second(1)).await.unwrap());
        assert!(!live.allow("key", 1, MINUTE, second(60)).await.unwrap());
        assert!(live.allow("key", 1, MINUTE, second(61)).await.unwrap());
    }
    redis.restart().unwrap();
    until_ok(async || live.ping().await).await;
    until_ok(async || other.ping().await).await;
    assert!(live.allow("key", 1, MINUTE, second(62)).await.unwrap());
    assert!(!other.allow("key", 1, MINUTE, second(62)).await.unwrap(), "it is counted together again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wipe_costs_no_more_than_what_is_said_again() {
    let redis = Redis::start().unwrap();
    let live = open(&redis.url());
    let staff = StaffId(Uuid::from_u128(7));
    let mut watch = live.watch(StreamId::request(request(1))).await.unwrap();
    let mut signals = live.signals().await.unwrap();
    live.staff_seen(staff, second(1)).await.unwrap();
    live.refill(&pool(), &[place(1), place(2)]).await.unwrap();
    redis.wipe().unwrap();
    assert!(live.staff_since(second(0)).await.unwrap().is_empty());
    assert!(!live.is_filled(&pool()).await.unwrap(), "so that it is filled again");
    assert_eq!(live.ahead(&pool(), request(2), &NEVER, second(9)).await.unwrap(), None);
    live.staff_seen(staff, second(2)).await.unwrap();
    assert_eq!(live.staff_since(second(0)).await.unwrap(), [(staff, second(2))]);
    live.refill(&pool(), &[place(1), place(2)]).await.unwrap();
    assert!(live.is_filled(&pool()).await.unwrap());
    assert_eq!(live.ahead(&pool(), request(2), &NEVER, second(9)).await.unwrap(), Some(1));
    // Whoever hears goes on hearing.
    for at in [1, 2] {
        assert_eq!(soon(signals.next()).await.unwrap(), Signal::StaffSeen { staff, at: second(at) });
    }
    live.grown(StreamId::request(request(1)), Version(2)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(2));
}

/// Either the whole queue is there, or it is known not to be.
#[tokio::test(flavor = "multi_thread")]
async fn a_wipe_while_the_queue_is_filled_leaves_no_half_of_it() {
    const MANY: u128 = 20_000;
    let redis = Arc::new(Redis::start().unwrap());
    let pace = Pace { answer: Duration::from_secs(10), bulk: Duration::from_secs(10), ..Pace::default() };
    let live = RedisLive::paced(&RedisUrl::parse(&redis.url()).unwrap(), pace).unwrap();
    let places: Vec<_> = (0..MANY).map(place).collect();
    for _ in 0..5 {
        let filling = tokio::spawn({
            let (live, places) = (live.clone(), places.clone());
            async move { live.refill(&pool(), &places).await }
        });
        while !filling.is_finished() {
            tokio::task::spawn_blocking({
                let redis = redis.clone();
                move || redis.wipe().unwrap()
            })
            .await
            .unwrap();
            if live.is_filled(&pool()).await.unwrap() {
                let last = live.ahead(&pool(), request(MANY - 1), &NEVER, second(9)).await.unwrap();
                assert_eq!(last, Some(MANY as usize - 1));
            }
        }
        let _ = filling.await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_new_master_is_found_after_a_failover() {
    let mut sentinels = tokio::task::spawn_blocking(Sentinels::start).await.unwrap().unwrap();
    let live = open(&sentinels.url());
    live.refill(&pool(), &[place(1)]).await.unwrap();
    let mut watch = live.watch(StreamId::request(request(1))).await.unwrap();
    sentinels.kill_master().unwrap();
    assert!(soon(watch.grown()).await.is_err());
    let (mut watch, took) = until_ok(async || live.watch(StreamId::request(request(1))).await).await;
    println!("heard again after {took:?}");
    until_ok(async || live.grown(StreamId::request(request(1)), Version(5)).await).await;
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(5));
    assert_ne!(sentinels.master().unwrap(), 0);
    until_ok(async || live.queue(&pool(), place(2)).await).await;
    until_ok(async || live.ahead(&pool(), request(2), &NEVER, second(9)).await).await;
}

/// It still believes to be the master when it wakes up.
#[tokio::test(flavor = "multi_thread")]
async fn a_master_that_comes_back_is_not_taken_for_one() {
    let mut sentinels = tokio::task::spawn_blocking(Sentinels::start).await.unwrap().unwrap();
    let live = open(&sentinels.url());
    live.ping().await.unwrap();
    sentinels.servers()[0].pause().unwrap();
    until_ok(async || live.queue(&pool(), place(2)).await).await;
    assert_eq!(sentinels.master().unwrap(), 1);
    sentinels.servers()[0].resume().unwrap();
    tokio::time::sleep(Duration::from_secs(1)).await;
    until_ok(async || live.queue(&pool(), place(3)).await).await;
    let ahead = sentinels.servers()[1].command(&["ZCARD", "wideawake:queue:main:standard"]).unwrap();
    assert_eq!(ahead, "2");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_somebody_else_wrote_makes_nothing_fall_over() {
    let redis = Redis::start().unwrap();
    let live = open(&redis.url());
    let (staff, stream) = (StaffId(Uuid::from_u128(7)), StreamId::request(request(1)));
    let mut watch = live.watch(stream).await.unwrap();
    let mut signals = live.signals().await.unwrap();
    for (channel, said) in
        [("grown", "garbage"), ("grown", "request:1 x"), ("grown", ""), ("seen", "staff"), ("seen", "\u{1}")]
    {
        redis.command(&["PUBLISH", &format!("wideawake:0:{channel}"), said]).unwrap();
    }
    for huge in ["staff 00000000-0000-0000-0000-000000000007 9223372036854775807", "x y z", "member x 1"] {
        redis.command(&["PUBLISH", "wideawake:0:seen", huge]).unwrap();
    }
    redis.command(&["PUBLISH", "wideawake:0:grown", &format!("{stream} 99999999999999999999999")]).unwrap();
    // Who is there is seen all the same.
    for (score, member) in [("1", "garbage"), ("inf", &*Uuid::nil().to_string()), ("-inf", "x"), ("1e300", "y")] {
        redis.command(&["ZADD", "wideawake:seen:staff", score, member]).unwrap();
    }
    live.staff_seen(staff, second(1)).await.unwrap();
    assert_eq!(live.staff_since(second(0)).await.unwrap(), [(staff, second(1))]);
    assert_eq!(soon(signals.next()).await.unwrap(), Signal::StaffSeen { staff, at: second(1) });
    live.grown(stream, Version(1)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(1));
    // What is of another kind altogether is an error, and goes when the queue is filled.
    for key in ["wideawake:queue:main:standard", "wideawake:seen:members", "wideawake:rate:key"] {
        redis.command(&["SET", key, "garbage"]).unwrap();
    }
    assert!(live.queue(&pool(), place(1)).await.is_err());
    assert!(live.unqueue(&pool(), request(1)).await.is_err());
    assert!(live.ahead(&pool(), request(1), &NEVER, second(9)).await.is_err());
    assert!(live.member_seen(request(1), second(1)).await.is_err());
    assert!(live.members_since(second(0)).await.is_err());
    assert!(live.allow("key", 1, MINUTE, second(0)).await.unwrap(), "it is counted within the process");
    assert!(!live.allow("key", 1, MINUTE, second(0)).await.unwrap());
    live.ping().await.expect("none of that is taken for a server that is gone");
    live.refill(&pool(), &[place(1)]).await.unwrap();
    assert_eq!(live.ahead(&pool(), request(1), &NEVER, second(9)).await.unwrap(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn databases_of_one_server_hear_nothing_of_each_other() {
    let redis = Redis::start().unwrap();
    let url = redis.url();
    let (live, other) = (open(&url), open(&format!("{}1", url.strip_suffix('0').unwrap())));
    let stream = StreamId::request(request(1));
    let mut watch = live.watch(stream).await.unwrap();
    other.grown(stream, Version(9)).await.unwrap();
    live.grown(stream, Version(1)).await.unwrap();
    assert_eq!(soon(watch.grown()).await.unwrap(), Version(1));
    other.queue(&pool(), place(1)).await.unwrap();
    assert_eq!(live.ahead(&pool(), request(1), &NEVER, second(9)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_sign_in_or_is_not_trusted_gets_nothing() {
    let redis = Redis::with_tls().unwrap();
    let url = redis.url();
    open(&url).ping().await.unwrap();
    let system = open(url.split_once('?').unwrap().0);
    let error = system.ping().await.unwrap_err().to_string();
    assert!(error.contains("certificate"), "{error}");
    redis.command(&["CONFIG", "SET", "requirepass", "secret"]).unwrap();
    open(&url.replace("localhost", ":secret@localhost")).ping().await.unwrap();
    for wrong in [url.clone(), url.replace("localhost", ":guess@localhost")] {
        let error = open(&wrong).ping().await.unwrap_err().to_string();
        assert!(!error.contains("guess") && !error.contains("secret"), "{error}");
    }
    let missing = RedisUrl::parse("rediss://localhost?ca=/nowhere/ca.pem").unwrap();
    assert!(matches!(RedisLive::open(&missing), Err(OpenError::Certificates { .. })));
    let empty = RedisUrl::parse("rediss://localhost?ca=/dev/null").unwrap();
    assert!(matches!(RedisLive::open(&empty), Err(OpenError::NoCertificates(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_not_seen_for_an_hour_is_forgotten() {
    let redis = Redis::start().unwrap();
    let live = open(&redis.url());
    live.member_seen(request(1), second(0)).await.unwrap();
    live.member_seen(request(2), second(1)).await.unwrap();
    live.member_seen(request(3), second(3_601)).await.unwrap();
    assert_eq!(redis.command(&["ZCARD", "wideawake:seen:members"]).unwrap(), "2");
    let left: i64 = redis.command(&["TTL", "wideawake:seen:members"]).unwrap().parse().unwrap();
    assert!((3_500..=3_600).contains(&left), "{left}");
}
