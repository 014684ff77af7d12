//! The rules of [`Ledger`], each a function that takes an empty [`Store`].

mod appending; // one wins, nothing is lost, all or nothing
mod keys; // wrapped keys
mod lasting; // what another handle sees
mod leases; // leases and fences
mod outbox; // what the bus is yet to be told
mod reading; // read, open, streams
mod tailing; // tail, cursors, heads

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use std::sync::Arc;
use std::time::Duration;
use uuid::Uuid;
use wideawake_domain::{Actor, Pool, Recorded, StreamId, StreamKind, Version};
use wideawake_ledger::{Append, Cursor, KeyChange, Ledger, NewEvent};

pub use appending::*;
pub use keys::*;
pub use lasting::*;
pub use leases::*;
pub use outbox::*;
pub use reading::*;
pub use tailing::*;

/// A place for one ledger, empty at first.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// A new handle on it, as another process would have it.
    async fn open(&self) -> Arc<dyn Ledger>;
}

/// Makes a test of each rule, or of those that are named. `$fresh` is an async function that returns an empty [`Store`] in a `Box`.
#[macro_export]
macro_rules! ledger_suite {
    ($fresh:path) => {
        $crate::ledger_suite!(
            $fresh,
            events_stand_as_they_were_written,
            hashes_chain_from_the_first_event_on,
            a_conflict_names_the_newest_version_and_writes_nothing,
            of_two_writers_with_the_same_version_one_wins,
            concurrent_writers_on_one_stream_leave_no_hole_and_lose_nothing,
            each_append_of_a_group_is_judged_by_itself,
            an_append_that_fails_takes_no_other_with_it,
            an_append_happens_even_if_nobody_waits_for_it,
            an_append_without_events_is_refused,
            a_stream_is_read_in_pages,
            open_finds_what_concerns_the_pool_and_has_not_ended,
            a_stream_may_end_in_the_future,
            a_stream_that_changes_its_pool_is_found_there,
            open_and_tail_meet_without_a_gap,
            streams_come_in_pages_in_order_of_id,
            tail_gives_everything_once_and_in_order,
            tail_skips_nothing_and_repeats_nothing_while_writers_write,
            tail_gives_the_same_again_from_every_cursor,
            a_foreign_cursor_is_refused,
            heads_changed_names_each_stream_once,
            a_lease_has_one_holder_until_it_runs_out,
            a_lease_that_is_given_back_is_free_at_once,
            only_the_newest_token_writes,
            nothing_is_written_under_an_old_token_once_there_is_a_new_one,
            a_ledger_without_an_outbox_has_nothing_to_tell,
            a_key_is_created_with_its_stream_and_destroyed_for_good,
            keys_are_due_when_they_said,
            keys_are_replaced_only_if_they_are_what_was_read,
            what_was_written_outlives_the_handle,
            two_handles_see_each_other_at_once,
            two_handles_write_one_history,
        );
    };
    ($fresh:path, $($rule:ident),+ $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $rule() {
                $crate::ledger::$rule($fresh().await.as_ref()).await;
            }
        )+
    };
}

/// An hour of the time in which these tests play.
fn hour(n: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::hours(n)
}

fn stream(kind: StreamKind, n: u128) -> StreamId {
    // Spread like the random half of a real id, and still in the order of n.
    StreamId { kind, id: Uuid::from_u128((n << 64) | 0x9e37_79b9) }
}

fn request(n: u128) -> StreamId {
    stream(StreamKind::Request, n)
}

fn events(names: &[&str]) -> Vec<NewEvent> {
    names.iter().map(|name| NewEvent { kind: (*name).into(), data: format!(r#"{{"name":"{name}"}}"#).into() }).collect()
}

fn append(stream: StreamId, expected: u64, names: &[&str]) -> Append {
    Append {
        stream,
        pool: Pool::named("main"),
        expected: Version(expected),
        at: hour(0),
        actor: Actor::Member,
        trace: "".into(),
        events: events(names),
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    }
}

async fn all(ledger: &dyn Ledger, stream: StreamId) -> Vec<Recorded> {
    ledger.read(stream, Version::NONE, usize::MAX).await.unwrap()
}

/// Waits until the tail has everything that was acknowledged: what other users of the same server do may hold it up.
async fn settled(ledger: &dyn Ledger) {
    let all = ledger.streams(None, usize::MAX).await.unwrap().iter().map(|head| head.version.0).sum::<u64>();
    let there = async || (ledger.tail(None, usize::MAX).await.unwrap().0.len() as u64 >= all).then_some(());
    eventually("the tail", there).await;
}

/// Everything behind `after` that was acknowledged before.
async fn tail_to_end(ledger: &dyn Ledger, mut after: Option<Cursor>, page: usize) -> (Vec<Recorded>, Cursor) {
    settled(ledger).await;
    let mut found = Vec::new();
    loop {
        let (events, next) = ledger.tail(after.as_ref(), page).await.unwrap();
        assert!(events.len() <= page);
        if events.is_empty() {
            assert_eq!(after.unwrap_or_else(|| next.clone()), next, "nothing new leaves the cursor where it was");
            return (found, next);
        }
        found.extend(events);
        after = Some(next);
    }
}

fn names(events: &[Recorded]) -> Vec<(StreamId, u64)> {
    events.iter().map(|event| (event.stream, event.version.0)).collect()
}

/// Asks again until there is an answer.
async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Option<T>) -> T {
    for _ in 0..2_000 {
        if let Some(answer) = ask().await {
            return answer;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    panic!("waited ten seconds in vain: {what}");
}
