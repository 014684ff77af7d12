//! The rules of [`Live`], each a function that takes a [`Memory`] in which there is nothing yet.

mod growing; // hints and watches
mod presence; // who was seen, and who is seen
mod queueing; // places, against a simple model
mod rates; // windows

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use wideawake_domain::{RequestId, StaffId};
use wideawake_live::Live;

pub use growing::*;
pub use presence::*;
pub use queueing::*;
pub use rates::*;

/// What processes remember together.
#[async_trait]
pub trait Memory: Send + Sync + 'static {
    /// The live state as another process would have it.
    async fn connect(&self) -> Arc<dyn Live>;
}

/// Makes a test of each rule. `$fresh` is an async function that returns a new [`Memory`] in a `Box`.
#[macro_export]
macro_rules! live_suite {
    ($fresh:path) => {
        $crate::live_suite!(
            $fresh,
            the_newest_beat_counts_whatever_order_they_come_in,
            who_was_seen_later_than_a_moment_is_found_in_order_of_id,
            staff_and_members_are_kept_apart,
            whoever_listens_hears_who_is_seen,
            cancelling_a_listener_loses_nothing,
            a_watch_hears_of_growth_and_only_of_growth,
            a_watch_hears_that_somebody_writes,
            many_watch_one_stream_and_each_hears,
            a_watch_that_begins_later_hears_what_comes_then,
            other_streams_wake_nobody,
            cancelling_a_watch_loses_nothing,
            a_watch_that_is_gone_takes_no_other_with_it,
            the_order_is_that_of_the_dispatcher,
            a_request_has_one_place_however_often_it_is_queued,
            who_is_not_in_the_queue_has_no_place,
            pools_have_queues_of_their_own,
            a_queue_is_filled_once_it_was_and_not_before,
            who_was_in_the_queue_before_it_was_filled_is_gone,
            a_window_lets_so_many_through_and_no_more,
            a_window_ends_however_often_somebody_was_refused,
            keys_have_windows_of_their_own,
            many_at_once_are_counted_each,
            it_says_that_it_is_there,
        );
    };
    ($fresh:path, $($rule:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $rule() {
                $crate::live::$rule($fresh().await.as_ref()).await;
            }
        )+
    };
}

/// A second of the time in which these tests play.
fn second(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::seconds(n)
}

/// As long as it is.
pub async fn it_says_that_it_is_there(memory: &dyn Memory) {
    memory.connect().await.ping().await.unwrap();
}

fn request(n: u128) -> RequestId {
    RequestId(Uuid::from_u128((n << 64) | 0x9e37_79b9))
}

fn staff(n: u128) -> StaffId {
    StaffId(Uuid::from_u128((n << 64) | 0x9e37_79b9))
}

async fn soon<T>(what: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(10), what).await.unwrap_or_else(|_| panic!("waited ten seconds in vain"))
}
