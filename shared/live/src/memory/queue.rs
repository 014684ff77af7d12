//! The queue of one pool.

use chrono::{DateTime, Utc};
use std::cmp::Ordering;
use std::collections::{HashMap, VecDeque};
use wideawake_domain::{Priority, RequestId};

use crate::{Ageing, Place};

#[derive(Debug, Default)]
pub(super) struct Queue {
    /// Everybody who waited then was put in it at once.
    pub(super) filled: bool,
    places: HashMap<RequestId, Place>,
    /// By priority, the longest waiting first: most come at the back and go at the front.
    tiers: [VecDeque<(DateTime<Utc>, RequestId)>; 4],
}

impl Queue {
    pub(super) fn put(&mut self, place: Place) {
        self.remove(place.request);
        let (tier, mine) = (&mut self.tiers[place.priority.index()], (place.opened_at, place.request));
        tier.insert(tier.partition_point(|other| *other < mine), mine);
        self.places.insert(place.request, place);
    }

    pub(super) fn remove(&mut self, request: RequestId) {
        if let Some(place) = self.places.remove(&request) {
            let tier = &mut self.tiers[place.priority.index()];
            if let Ok(at) = tier.binary_search(&(place.opened_at, request)) {
                tier.remove(at);
            }
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    pub(super) fn ahead(&self, request: RequestId, ageing: &Ageing, now: DateTime<Utc>) -> Option<usize> {
        let place = self.places.get(&request)?;
        let served_as = |priority: Priority, opened_at| match ageing[priority.index()] {
            Some(ageing) if now - opened_at > ageing => priority.aged(),
            _ => priority,
        };
        let mine = (place.opened_at, request);
        let tier = served_as(place.priority, place.opened_at);
        let before = |priority: &Priority| {
            let others = &self.tiers[priority.index()];
            // Inside a tier the longest waiting have aged: a first part counts as one tier higher, the rest does not.
            let aged = others.partition_point(|(opened_at, _)| served_as(*priority, *opened_at) > *priority);
            let fresh = others.len() - aged;
            let older = others.partition_point(|other| *other < mine);
            let part = |n: usize, as_tier: Priority, older: usize| match as_tier.cmp(&tier) {
                Ordering::Greater => n,
                Ordering::Equal => older.min(n),
                Ordering::Less => 0,
            };
            part(aged, priority.aged(), older) + part(fresh, *priority, older.saturating_sub(aged))
        };
        Some(Priority::ALL.iter().map(before).sum())
    }
}
