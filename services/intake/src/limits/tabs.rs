//! Streams of one request, side by side: a member has a few tabs, and what a lost network left behind. When there are too
//! many, the oldest gives way, so that nobody is ever locked out by streams they no longer have.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio_util::sync::CancellationToken;
use wideawake_domain::RequestId;

/// The open streams by request: no more than there are connections.
#[derive(Debug, Default)]
pub(crate) struct Tabs(Mutex<Open>);

#[derive(Debug, Default)]
struct Open {
    next: u64,
    by_request: HashMap<RequestId, VecDeque<(u64, CancellationToken)>>,
}

/// A stream that counts until this is dropped.
#[derive(Debug)]
pub(crate) struct Tab {
    tabs: Arc<Tabs>,
    request: RequestId,
    number: u64,
}

impl Tabs {
    /// One more stream of `request`, which ends with `ends`; the oldest ends if there are more than `most` then.
    pub(crate) fn open(self: &Arc<Self>, request: RequestId, most: usize, ends: CancellationToken) -> Tab {
        let mut open = self.lock();
        open.next += 1;
        let number = open.next;
        let streams = open.by_request.entry(request).or_default();
        streams.push_back((number, ends));
        while streams.len() > most {
            if let Some((_, oldest)) = streams.pop_front() {
                oldest.cancel();
            }
        }
        Tab { tabs: self.clone(), request, number }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        let mut open = self.tabs.lock();
        if let Some(streams) = open.by_request.get_mut(&self.request) {
            streams.retain(|(number, _)| *number != self.number);
            if streams.is_empty() {
                open.by_request.remove(&self.request);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wideawake_runtime::clock;

    #[test]
    fn the_oldest_stream_gives_way_and_nothing_remains_of_those_that_ended() {
        let tabs = Arc::new(Tabs::default());
        let (sky, other) = (RequestId(clock::new_id()), RequestId(clock::new_id()));
        let ends: Vec<CancellationToken> = (0..4).map(|_| CancellationToken::new()).collect();
        let mut open: Vec<Tab> = ends[..3].iter().map(|ends| tabs.open(sky, 2, ends.clone())).collect();
        open.push(tabs.open(other, 2, ends[3].clone()));
        let ended: Vec<bool> = ends.iter().map(CancellationToken::is_cancelled).collect();
        assert_eq!(ended, [true, false, false, false]);
        drop(open);
        assert!(tabs.lock().by_request.is_empty());
    }
}
