//! Waiting for a moment, to the tens of microseconds.
//!
//! The timers of the runtime go off up to a millisecond late, which would count as the program's.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

/// Who waits, in order of time.
type Waiting = BinaryHeap<(Reverse<Instant>, u64)>;

#[derive(Default)]
struct State {
    waiting: Waiting,
    bells: std::collections::BTreeMap<u64, oneshot::Sender<()>>,
    next: u64,
}

/// A thread that wakes tasks. It ends with the process.
#[derive(Clone)]
pub(crate) struct Alarm(Arc<(Mutex<State>, Condvar)>);

impl Alarm {
    pub(crate) fn start() -> Self {
        let alarm = Self(Arc::default());
        let rings = alarm.clone();
        std::thread::spawn(move || rings.run());
        alarm
    }

    /// Returns at `at`, or at once when that is over.
    pub(crate) async fn at(&self, at: Instant) {
        let (bell, rings) = oneshot::channel();
        {
            let (state, changed) = &*self.0;
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            let id = state.next;
            state.next += 1;
            state.waiting.push((Reverse(at), id));
            state.bells.insert(id, bell);
            changed.notify_one();
        }
        // The thread outlives whoever waits.
        let _ = rings.await;
    }

    fn run(&self) {
        let (state, changed) = &*self.0;
        let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let first = state.waiting.peek().map(|(Reverse(at), _)| *at);
            let left = first.map_or(Duration::from_secs(1), |at| at.saturating_duration_since(Instant::now()));
            if left.is_zero() {
                let bell = state.waiting.pop().and_then(|(_, id)| state.bells.remove(&id));
                if let Some(bell) = bell {
                    let _ = bell.send(());
                }
                continue;
            }
            state = changed.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
