//! The rules of [`Bus`], each a function that takes a [`Hub`] on which nothing was said yet.

mod following; // who hears what
mod losing; // lag, cancelling
mod passing; // from one process to another

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use wideawake_bus::{Bus, BusError, Subscription};
use wideawake_domain::{Actor, Pool, Position, Recorded, StreamId, StreamKind, Version};

pub use following::*;
pub use losing::*;
pub use passing::*;

/// Where processes meet.
#[async_trait]
pub trait Hub: Send + Sync + 'static {
    /// The bus as another process would have it.
    async fn connect(&self) -> Arc<dyn Bus>;

    /// How many events, published one by one, are certainly more than a follower may be behind; `None` when it may be
    /// behind as far as it likes.
    fn too_many(&self) -> Option<usize>;

    /// Whether the buses of [`Hub::connect`] stand for processes that can die by themselves, so that what one leaves
    /// behind is there for another.
    fn connects_processes(&self) -> bool;
}

/// Makes a test of each rule. `$fresh` is an async function that returns a new [`Hub`] in a `Box`.
#[macro_export]
macro_rules! bus_suite {
    ($fresh:path) => {
        $crate::bus_suite!(
            $fresh,
            events_arrive_as_they_were_recorded,
            a_follower_hears_its_pool_and_what_concerns_all_and_nothing_else,
            whoever_follows_no_pool_hears_of_all,
            each_name_hears_of_everything,
            whoever_is_gone_holds_up_nobody,
            nobody_need_listen,
            publishing_nothing_tells_nothing,
            many_publish_at_once_and_everything_arrives,
            cancelling_loses_nothing,
            a_follower_that_is_too_slow_is_told_so_and_goes_on,
            what_comes_while_nobody_leads_is_kept_for_whoever_does_next,
            what_was_handed_out_and_not_done_is_delivered_to_the_next_leader,
            what_was_done_is_not_delivered_again,
            a_door_leaves_nothing_behind,
            whoever_is_seen_in_one_process_is_seen_in_the_others,
            telling_of_many_who_are_seen_holds_up_nobody,
        );
    };
    ($fresh:path, $($rule:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $rule() {
                $crate::bus::$rule($fresh().await.as_ref()).await;
            }
        )+
    };
}

fn pool(name: &str) -> Pool {
    Pool::named(name)
}

fn event(pool: &Pool, n: u64) -> Recorded {
    Recorded {
        stream: StreamId { kind: StreamKind::Request, id: Uuid::from_u128(u128::from(n)) },
        version: Version(n + 1),
        position: Position(n),
        pool: pool.clone(),
        kind: "message".into(),
        at: DateTime::<Utc>::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::microseconds(n as i64),
        actor: Actor::Member,
        trace: "".into(),
        data: format!(r#"{{"n":{n}}}"#).into(),
        hash: [n as u8; 32],
    }
}

/// Listens until every one of `wanted` was heard, whatever their order and however often. Gives what else was heard.
async fn hear(follower: &mut Box<dyn Subscription>, wanted: &[Recorded]) -> Vec<Recorded> {
    let mut missing: BTreeSet<_> = wanted.iter().map(|event| (event.stream, event.version)).collect();
    let mut others = Vec::new();
    while !missing.is_empty() {
        for event in next(follower).await.unwrap() {
            match wanted.iter().find(|want| (want.stream, want.version) == (event.stream, event.version)) {
                Some(want) => assert_eq!(event, *want),
                None => others.push(event.clone()),
            }
            missing.remove(&(event.stream, event.version));
        }
    }
    others
}

async fn next(follower: &mut Box<dyn Subscription>) -> Result<Vec<Recorded>, BusError> {
    let heard = tokio::time::timeout(Duration::from_secs(10), follower.next()).await;
    let heard = heard.unwrap_or_else(|_| panic!("nothing was heard in ten seconds"));
    if let Ok(events) = &heard {
        assert!(!events.is_empty(), "at least one");
    }
    heard
}
