//! The live state on Redis keeps the rules of live states, over TLS and behind Sentinels too.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;
use std::time::Duration;
use wideawake_conformance::live::Memory;
use wideawake_engines::{Redis, Sentinels};
use wideawake_live::{Live, Pace, RedisLive, RedisUrl};

/// A server of its own for each rule.
struct Server<S> {
    url: RedisUrl,
    _server: S,
}

/// The machine may be busy with other tests.
const PATIENT: Pace = Pace {
    answer: Duration::from_secs(10),
    bulk: Duration::from_secs(10),
    connect: Duration::from_secs(10),
    look_every: Duration::from_millis(250),
    again: Duration::from_millis(500),
};

#[async_trait::async_trait]
impl<S: Send + Sync + 'static> Memory for Server<S> {
    async fn connect(&self) -> Arc<dyn Live> {
        Arc::new(RedisLive::paced(&self.url, PATIENT).unwrap())
    }
}

fn server<S: Send + Sync + 'static>(url: &str, server: S) -> Box<dyn Memory> {
    Box::new(Server { url: RedisUrl::parse(url).unwrap(), _server: server })
}

#[allow(clippy::unused_async, reason = "other memories are made by waiting")]
async fn fresh() -> Box<dyn Memory> {
    let redis = Redis::start().unwrap();
    server(&redis.url(), redis)
}

wideawake_conformance::live_suite!(fresh);

mod over_tls {
    use super::*;

    #[allow(clippy::unused_async, reason = "other memories are made by waiting")]
    async fn fresh() -> Box<dyn Memory> {
        let redis = Redis::with_tls().unwrap();
        server(&redis.url(), redis)
    }

    wideawake_conformance::live_suite!(
        fresh,
        the_newest_beat_counts_whatever_order_they_come_in,
        whoever_listens_hears_who_is_seen,
        many_watch_one_stream_and_each_hears,
        who_was_in_the_queue_before_it_was_filled_is_gone,
        many_at_once_are_counted_each,
    );
}

mod behind_sentinels {
    use super::*;

    async fn fresh() -> Box<dyn Memory> {
        let sentinels = tokio::task::spawn_blocking(Sentinels::start).await.unwrap().unwrap();
        server(&sentinels.url(), sentinels)
    }

    wideawake_conformance::live_suite!(
        fresh,
        whoever_listens_hears_who_is_seen,
        many_watch_one_stream_and_each_hears,
        who_was_in_the_queue_before_it_was_filled_is_gone,
    );
}
