//! Places in the queue.

use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use std::collections::BTreeMap;
use std::sync::Arc;
use wideawake_domain::dispatch::Rank;
use wideawake_domain::settings::Dispatch;
use wideawake_domain::{Pool, Priority, RequestId};
use wideawake_live::{Ageing, Live, Place};

use super::{Memory, request, second};

fn main() -> Pool {
    Pool::named("main")
}

fn place(n: u128, priority: Priority, at: i64) -> Place {
    Place { request: request(n), priority, opened_at: second(at) }
}

#[derive(Clone, Debug)]
enum Step {
    Queue(Place),
    Unqueue(RequestId),
    /// Every place is asked for.
    Look(DateTime<Utc>),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let id = 0..12_u128;
    let priority = prop::sample::select(&Priority::ALL[..]);
    // Few moments and few lengths of time, so that many are equal.
    let minute = (0..6_i64).prop_map(|n| n * 300);
    let queue = (id.clone(), priority, minute.clone()).prop_map(|(n, priority, at)| place(n, priority, at));
    let jitter = prop::sample::select(vec![-1_i64, 0, 0, 1]);
    prop::collection::vec(
        prop_oneof![
            6 => queue.prop_map(Step::Queue),
            2 => id.prop_map(|n| Step::Unqueue(request(n))),
            2 => (minute, jitter).prop_map(|(at, micros)| Step::Look(second(at + 600) + TimeDelta::microseconds(micros))),
        ],
        1..40,
    )
}

fn dispatches() -> impl Strategy<Value = Dispatch> {
    let ageing = prop::sample::select(vec![None, Some(300_i64), Some(600), Some(900)]);
    prop::array::uniform4(ageing).prop_map(|ageing| {
        let mut dispatch = Dispatch::default();
        for (tier, ageing) in dispatch.tiers.iter_mut().zip(ageing) {
            tier.ageing = ageing.map(TimeDelta::seconds);
        }
        dispatch
    })
}

async fn play(live: &dyn Live, pool: &Pool, dispatch: &Dispatch, steps: &[Step]) {
    let ageing: Ageing = Priority::ALL.map(|priority| dispatch.tier(priority).ageing);
    let mut model: BTreeMap<RequestId, Place> = BTreeMap::new();
    let look = async |model: &BTreeMap<RequestId, Place>, now| {
        let mut order: Vec<_> = model.values().copied().collect();
        order.sort_by_key(|place| Rank::new(place.priority, place.opened_at, place.request, dispatch, now));
        for id in (0..12).map(request) {
            let expected = order.iter().position(|place| place.request == id);
            let ahead = live.ahead(pool, id, &ageing, now).await.unwrap();
            assert_eq!(ahead, expected, "{id} at {now} in {order:?}");
        }
    };
    for step in steps {
        match step {
            Step::Queue(place) => {
                live.queue(pool, *place).await.unwrap();
                model.insert(place.request, *place);
            }
            Step::Unqueue(request) => {
                live.unqueue(pool, *request).await.unwrap();
                model.remove(request);
            }
            Step::Look(now) => look(&model, *now).await,
        }
    }
    look(&model, second(1_500)).await;
}

/// Whatever is queued, moved and taken out, and whoever has aged by then.
pub async fn the_order_is_that_of_the_dispatcher(memory: &dyn Memory) {
    let live: Arc<dyn Live> = memory.connect().await;
    let runtime = tokio::runtime::Handle::current();
    let mut runner = TestRunner::new(Config { cases: 200, failure_persistence: None, ..Config::default() });
    let cases = std::cell::Cell::new(0);
    let ran = tokio::task::block_in_place(|| {
        let ran = runner.run(&(dispatches(), steps()), |(dispatch, steps)| {
            cases.set(cases.get() + 1);
            let pool = Pool::named(&format!("pool-{}", cases.get()));
            runtime.block_on(play(&*live, &pool, &dispatch, &steps));
            Ok(())
        });
        ran.map_err(|error| error.to_string())
    });
    ran.unwrap();
}

/// The newest word counts.
pub async fn a_request_has_one_place_however_often_it_is_queued(memory: &dyn Memory) {
    let (live, other) = (memory.connect().await, memory.connect().await);
    let never: Ageing = [None; 4];
    for _ in 0..3 {
        live.queue(&main(), place(1, Priority::Standard, 1)).await.unwrap();
        other.queue(&main(), place(2, Priority::Standard, 2)).await.unwrap();
    }
    let ahead = async |n| other.ahead(&main(), request(n), &never, second(9)).await.unwrap();
    assert_eq!((ahead(1).await, ahead(2).await), (Some(0), Some(1)));
    live.queue(&main(), place(2, Priority::Imminent, 2)).await.unwrap();
    assert_eq!((ahead(1).await, ahead(2).await), (Some(1), Some(0)));
    live.queue(&main(), place(2, Priority::Standard, 2)).await.unwrap();
    assert_eq!((ahead(1).await, ahead(2).await), (Some(0), Some(1)));
    for _ in 0..2 {
        live.unqueue(&main(), request(1)).await.unwrap();
        assert_eq!((ahead(1).await, ahead(2).await), (None, Some(0)));
    }
}

/// Nor does asking give them one.
pub async fn who_is_not_in_the_queue_has_no_place(memory: &dyn Memory) {
    let live = memory.connect().await;
    let never: Ageing = [None; 4];
    for _ in 0..2 {
        assert_eq!(live.ahead(&main(), request(1), &never, second(9)).await.unwrap(), None);
    }
    live.unqueue(&main(), request(1)).await.unwrap();
    live.queue(&main(), place(2, Priority::Standard, 1)).await.unwrap();
    assert_eq!(live.ahead(&main(), request(1), &never, second(9)).await.unwrap(), None);
    assert_eq!(live.ahead(&main(), request(2), &never, second(9)).await.unwrap(), Some(0));
}

/// Whatever is in those of others.
pub async fn pools_have_queues_of_their_own(memory: &dyn Memory) {
    let live = memory.connect().await;
    let never: Ageing = [None; 4];
    let youth = Pool::named("youth");
    for n in 1..5 {
        live.queue(&main(), place(n, Priority::Imminent, n as i64)).await.unwrap();
    }
    live.queue(&youth, place(9, Priority::Standard, 9)).await.unwrap();
    assert_eq!(live.ahead(&youth, request(9), &never, second(99)).await.unwrap(), Some(0));
    assert_eq!(live.ahead(&youth, request(1), &never, second(99)).await.unwrap(), None);
    live.unqueue(&youth, request(1)).await.unwrap();
    assert_eq!(live.ahead(&main(), request(4), &never, second(99)).await.unwrap(), Some(3));
}

/// Whatever is put into it meanwhile, and however empty it is then.
pub async fn a_queue_is_filled_once_it_was_and_not_before(memory: &dyn Memory) {
    let (live, other) = (memory.connect().await, memory.connect().await);
    let youth = Pool::named("youth");
    assert!(!other.is_filled(&main()).await.unwrap());
    live.queue(&main(), place(1, Priority::Standard, 1)).await.unwrap();
    assert!(!other.is_filled(&main()).await.unwrap());
    live.refill(&main(), &[]).await.unwrap();
    assert!(other.is_filled(&main()).await.unwrap() && !other.is_filled(&youth).await.unwrap());
    live.queue(&main(), place(1, Priority::Standard, 1)).await.unwrap();
    live.unqueue(&main(), request(1)).await.unwrap();
    assert!(other.is_filled(&main()).await.unwrap());
    live.refill(&youth, &[place(2, Priority::Standard, 1)]).await.unwrap();
    assert!(other.is_filled(&youth).await.unwrap());
}

/// And who is filled in stands in order, each once, in their own queue.
pub async fn who_was_in_the_queue_before_it_was_filled_is_gone(memory: &dyn Memory) {
    let (live, other) = (memory.connect().await, memory.connect().await);
    let (never, youth): (Ageing, _) = ([None; 4], Pool::named("youth"));
    let ahead = async |pool: &Pool, n| other.ahead(pool, request(n), &never, second(9)).await.unwrap();
    live.queue(&youth, place(1, Priority::Standard, 1)).await.unwrap();
    for (n, priority) in (1..).zip(Priority::ALL) {
        live.queue(&main(), place(n, priority, n as i64)).await.unwrap();
    }
    for _ in 0..2 {
        let twice = [place(5, Priority::Imminent, 1), place(5, Priority::Standard, 2)];
        let rest = [place(3, Priority::Standard, 1), place(2, Priority::Urgent, 7)];
        live.refill(&main(), &[&twice[..], &rest].concat()).await.unwrap();
        let places = [ahead(&main(), 1).await, ahead(&main(), 2).await, ahead(&main(), 3).await];
        assert_eq!(places, [None, Some(0), Some(1)]);
        assert_eq!((ahead(&main(), 4).await, ahead(&main(), 5).await), (None, Some(2)));
        assert_eq!(ahead(&youth, 1).await, Some(0));
        live.queue(&main(), place(4, Priority::Imminent, 4)).await.unwrap();
        assert_eq!((ahead(&main(), 4).await, ahead(&main(), 5).await), (Some(0), Some(3)));
    }
    let many: Vec<_> = (0..2_500).map(|n| place(n, Priority::ALL[n as usize % 4], n as i64 / 8)).collect();
    live.refill(&main(), &many).await.unwrap();
    assert_eq!((ahead(&main(), 3).await, ahead(&main(), 2_496).await), (Some(0), Some(2_499)));
    live.refill(&main(), &[]).await.unwrap();
    assert_eq!(ahead(&main(), 3).await, None);
}
