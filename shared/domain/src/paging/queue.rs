//! Pages that are due and wait for a place among those under way.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use super::Settings;
use super::chain::Key;
use super::provider::Provider;
use crate::{EscalationId, Priority};

/// A page that is due. The most urgent comes first, and then whoever waits longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ready {
    pub(super) priority: Reverse<Priority>,
    pub(super) at: DateTime<Utc>,
    pub(super) escalation: EscalationId,
    pub(super) key: Key,
    pub(super) attempt: u32,
    pub(super) others_left: bool,
}

/// What is due, by who carries it, and what is under way.
#[derive(Debug, Default)]
pub(super) struct Queue {
    ready: BTreeMap<Provider, BTreeSet<Ready>>,
    flying: usize,
    flying_with: BTreeMap<Provider, usize>,
}

impl Queue {
    pub(super) fn add(&mut self, provider: Provider, ready: Ready) {
        self.ready.entry(provider).or_default().insert(ready);
    }

    pub(super) fn remove(&mut self, provider: &Provider, ready: &Ready) {
        if let Some(of_it) = self.ready.get_mut(provider) {
            of_it.remove(ready);
            if of_it.is_empty() {
                self.ready.remove(provider);
            }
        }
    }

    /// Takes out the first that may go now. A quarter of the places is kept for `imminent` ones: a hundred others that
    /// wait for a slow provider do not keep one of those waiting.
    pub(super) fn next(&mut self, settings: &Settings) -> Option<(Provider, Ready)> {
        let fits = |(provider, of_it): (&Provider, &BTreeSet<Ready>)| {
            let first = of_it.first()?;
            let with_it = self.flying_with.get(provider).copied().unwrap_or_default();
            let is_imminent = first.priority == Reverse(Priority::Imminent);
            let (all, some) = (settings.in_flight, settings.per_provider);
            let fits = self.flying < places(all, is_imminent) && with_it < places(some, is_imminent);
            fits.then_some((*first, provider.clone()))
        };
        let (first, provider) = self.ready.iter().filter_map(fits).min()?;
        self.remove(&provider, &first);
        Some((provider, first))
    }

    pub(super) fn took_off(&mut self, provider: Provider) {
        self.flying += 1;
        *self.flying_with.entry(provider).or_default() += 1;
    }

    pub(super) fn landed(&mut self, provider: &Provider) {
        self.flying = self.flying.saturating_sub(1);
        if let Some(with_it) = self.flying_with.get_mut(provider) {
            *with_it = with_it.saturating_sub(1);
            if *with_it == 0 {
                self.flying_with.remove(provider);
            }
        }
    }
}

fn places(all: usize, is_imminent: bool) -> usize {
    let all = all.max(1);
    if is_imminent { all } else { (all - all / 4).max(1) }
}
