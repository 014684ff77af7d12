//! How many connections each caller has, so that no caller takes the place of everybody else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::http::caller::Source;

/// How many times as many places as are still free one caller may have. A crowded network (a school, a carrier) fills
/// most of the house while there is room; the fuller it is, the fewer one network may have, and whoever comes first from
/// somewhere else finds a place.
const SHARE: usize = 8;

/// Who is there. It holds no more entries than there are connections.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd(Arc<Mutex<HashMap<Source, usize>>>);

/// A connection that counts until this is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    crowd: Crowd,
    source: Source,
}

impl Crowd {
    /// One more connection of `source`, if it may have one while so many places are free.
    pub(super) fn enter(&self, source: Source, free: usize) -> Option<Seat> {
        let mut there = self.lock();
        let count = there.get(&source).copied().unwrap_or_default();
        if count >= free.saturating_mul(SHARE) {
            return None;
        }
        there.insert(source, count + 1);
        Some(Seat { crowd: self.clone(), source })
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Source, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut there = self.crowd.lock();
        match there.get_mut(&self.source) {
            Some(count) if *count > 1 => *count -= 1,
            _ => drop(there.remove(&self.source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::IpAddr;

    fn source(n: u8) -> Source {
        Source::of(IpAddr::from([192, 0, 2, n]))
    }

    #[test]
    fn one_caller_leaves_room_for_others_and_a_crowd_finds_room_while_there_is_any() {
        let (places, crowd) = (9_000, Crowd::default());
        let mut seats = Vec::new();
        let mut fill = |source| {
            while let Some(seat) = crowd.enter(source, places - seats.len()) {
                seats.push(seat);
            }
            seats.len()
        };
        // One network may have most of it, and yet there is room for everyone else.
        assert_eq!(fill(source(1)), 8_000);
        assert_eq!(fill(source(1)), 8_000);
        assert!(fill(source(2)) > 8_800);
        drop(seats);
        assert!(crowd.lock().is_empty(), "nobody is remembered who has gone");
    }

    #[test]
    fn whoever_comes_first_from_somewhere_is_let_in_while_a_single_place_is_free() {
        let crowd = Crowd::default();
        let taken: Vec<Seat> = (0..200).filter_map(|n| crowd.enter(source(n), 1)).collect();
        assert_eq!(taken.len(), 200);
        assert!(crowd.enter(source(250), 0).is_none());
    }
}
