//! Who listens: the open streams of each person, each with room for so many notices.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::mpsc;
use wideawake_domain::StaffId;

use super::{Feed, Notice};

/// How many notices may wait for a reader. Whoever is further behind is cut off, comes back, and reads on from the log.
const ROOM: usize = 512;

/// How many streams one person may have open; the oldest gives way.
const MOST: usize = 16;

static NEXT: AtomicU64 = AtomicU64::new(0);

/// The open streams.
#[derive(Debug, Default)]
pub(super) struct Seats(BTreeMap<StaffId, Vec<Listener>>);

#[derive(Debug)]
pub(super) struct Listener {
    number: u64,
    notices: mpsc::Sender<Notice>,
}

/// One open stream. Dropping it gives it up.
#[derive(Debug)]
pub(crate) struct Seat {
    feed: Arc<Feed>,
    staff: StaffId,
    number: u64,
    notices: mpsc::Receiver<Notice>,
}

impl Seat {
    /// The next notice; `None` when the stream was cut off.
    pub(crate) async fn next(&mut self) -> Option<Notice> {
        self.notices.recv().await
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        self.feed.leave(self.staff, self.number);
    }
}

impl Seats {
    /// A new stream and its other end.
    pub(super) fn seat(feed: Arc<Feed>, staff: StaffId) -> (Seat, Listener) {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let (sender, notices) = mpsc::channel(ROOM);
        (Seat { feed, staff, number, notices }, Listener { number, notices: sender })
    }

    pub(super) fn add(&mut self, staff: StaffId, listener: Listener) {
        let mine = self.0.entry(staff).or_default();
        if mine.len() >= MOST {
            mine.remove(0);
        }
        mine.push(listener);
    }

    pub(super) fn remove(&mut self, staff: StaffId, number: u64) {
        if let Some(mine) = self.0.get_mut(&staff) {
            mine.retain(|listener| listener.number != number);
            if mine.is_empty() {
                self.0.remove(&staff);
            }
        }
    }

    pub(super) fn clear(&mut self, staff: StaffId) {
        self.0.remove(&staff);
    }

    pub(super) fn has(&self, staff: StaffId) -> bool {
        self.0.contains_key(&staff)
    }

    pub(super) fn taken(&self) -> impl Iterator<Item = StaffId> + '_ {
        self.0.keys().copied()
    }

    pub(super) fn tell(&mut self, staff: StaffId, notice: &Notice) {
        let Some(mine) = self.0.get_mut(&staff) else { return };
        mine.retain(|listener| listener.notices.try_send(notice.clone()).is_ok());
        if mine.is_empty() {
            self.0.remove(&staff);
        }
    }
}
