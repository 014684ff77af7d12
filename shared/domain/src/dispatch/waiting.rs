//! The requests that want to be offered, indexed by what they need, and the order in which they are served.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, VecDeque};

use super::crew::{Crew, Group, Place};
use super::sketch::Attribute;
use super::standing::Standing;
use crate::request::SupportRequest;
use crate::settings::{Dispatch, Skill};
use crate::{Language, Priority, RequestId};

/// The order in which requests are served: higher tier first, inside a tier the longest waiting (DESIGN section 6). The
/// smaller rank goes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    tier: Reverse<Priority>,
    opened_at: DateTime<Utc>,
    id: RequestId,
}

impl Rank {
    /// The rank of a request at `now`.
    pub fn of(request: &SupportRequest, dispatch: &Dispatch, now: DateTime<Utc>) -> Self {
        Self::new(request.priority, request.opened_at, request.id, dispatch, now)
    }

    /// The rank of a request of that priority and age at `now`.
    pub fn new(
        priority: Priority,
        opened_at: DateTime<Utc>,
        id: RequestId,
        dispatch: &Dispatch,
        now: DateTime<Utc>,
    ) -> Self {
        let aged = dispatch.tier(priority).ageing.is_some_and(|ageing| now - opened_at > ageing);
        let tier = if aged { priority.aged() } else { priority };
        #[cfg(feature = "planted")]
        let tier = match priority {
            Priority::Urgent if aged && crate::planted::has(crate::planted::Fault::AgeingReachesImminent) => {
                Priority::Imminent
            }
            _ => tier,
        };
        Self { tier: Reverse(tier), opened_at, id }
    }
}

/// Whether people of some abilities can serve a class of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fit {
    Language,
    Unqualified,
    Expired,
    Yes {
        /// The language of theirs that serves.
        spoken: Attribute,
    },
}

/// How many volunteers cannot serve a class, and how those who can stand.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub language: u32,
    pub unqualified: u32,
    pub expired: u32,
    pub standings: [u32; Standing::COUNT],
}

/// Requests that need the same: a language and qualifications.
#[derive(Debug)]
pub(super) struct Class {
    language: Language,
    /// Sorted, once each.
    pub needs: Vec<Skill>,
    /// The numbers of those.
    pub needed: Vec<Attribute>,
    /// How many open requests are of this class, whether they want an offer or not.
    requests: usize,
    /// Whether it is among [`Waiting::idle`].
    idle: bool,
    /// Whether it is forgotten, and its number free for another.
    is_vacant: bool,
    /// Those that want an offer, by priority; in each the longest waiting first.
    tiers: [BTreeSet<(DateTime<Utc>, RequestId)>; 4],
    /// By group: whether it can serve this class.
    fits: Vec<Fit>,
    /// The groups that can, with the language of theirs that serves.
    pub groups: Vec<(usize, Attribute)>,
    pub tally: Tally,
}

impl Class {
    /// Those of `priority` that want an offer, the longest waiting first.
    pub(super) fn tier(&self, priority: Priority) -> impl Iterator<Item = (DateTime<Utc>, RequestId)> {
        self.tiers[priority.index()].iter().copied()
    }

    /// Whether none of them wants an offer.
    pub(super) fn is_empty(&self) -> bool {
        self.tiers.iter().all(BTreeSet::is_empty)
    }

    /// Whether nobody who can serve it can be asked for a request of `priority`.
    pub(super) fn has_nobody_for(&self, priority: Priority) -> bool {
        let standings = [Standing::Free, Standing::WindingDown].into_iter();
        standings.filter(|standing| standing.is_free_for(priority)).all(|s| self.tally.standings[s as usize] == 0)
    }

    pub(super) fn fit(&self, group: usize) -> Fit {
        self.fits.get(group).copied().unwrap_or(Fit::Language)
    }

    pub(super) fn is_served_by(&self, group: usize) -> bool {
        matches!(self.fit(group), Fit::Yes { .. })
    }

    fn set_fit(&mut self, group: usize, fit: Fit) {
        if self.fits.len() <= group {
            self.fits.resize(group + 1, Fit::Language);
        }
        if self.is_served_by(group) {
            self.groups.retain(|(at, _)| *at != group);
        }
        self.fits[group] = fit;
        if let Fit::Yes { spoken } = fit {
            self.groups.push((group, spoken));
        }
    }

    /// The count of those who cannot serve it that `group` belongs to.
    fn misfits(&mut self, group: usize) -> Option<&mut u32> {
        match self.fit(group) {
            Fit::Language => Some(&mut self.tally.language),
            Fit::Unqualified => Some(&mut self.tally.unqualified),
            Fit::Expired => Some(&mut self.tally.expired),
            Fit::Yes { .. } => None,
        }
    }
}

/// All classes.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    classes: Vec<Class>,
    by_need: HashMap<(Language, Vec<Skill>), usize>,
    vacant: Vec<usize>,
    /// Classes that have, or had, no request any more, the longest such first: what was needed once is soon needed again,
    /// and to find out who can serve it takes a look at everybody.
    idle: VecDeque<usize>,
    pub count: [usize; 4],
}

impl Waiting {
    pub(super) fn class(&self, at: usize) -> &Class {
        &self.classes[at]
    }

    /// Finds or makes the class of these needs, and counts one more request in it.
    pub(super) fn join(&mut self, language: &Language, needs: Vec<Skill>, crew: &mut Crew) -> usize {
        let key = (language.clone(), needs);
        if let Some(at) = self.by_need.get(&key) {
            self.classes[*at].requests += 1;
            return *at;
        }
        let mut class = Class {
            language: key.0.clone(),
            needed: crew.numbers(&key.1),
            needs: key.1.clone(),
            requests: 1,
            idle: false,
            is_vacant: false,
            tiers: Default::default(),
            fits: Vec::new(),
            groups: Vec::new(),
            tally: Tally::default(),
        };
        let at = self.vacant.pop().unwrap_or(self.classes.len());
        for (n, group) in crew.groups().filter(|(_, group)| group.members > 0) {
            let fit = crew.fit(n, &class.language, &class.needs);
            class.set_fit(n, fit);
            if let Some(misfits) = class.misfits(n) {
                *misfits += group.members;
                continue;
            }
            for (sum, n) in class.tally.standings.iter_mut().zip(group.standings) {
                *sum += n;
            }
        }
        for (group, _) in &class.groups {
            crew.link_class(*group, at);
        }
        if at == self.classes.len() {
            self.classes.push(class);
        } else {
            self.classes[at] = class;
        }
        self.by_need.insert(key, at);
        at
    }

    /// The most classes without requests that are kept.
    const MOST_IDLE: usize = 128;

    /// One request less is of that class.
    pub(super) fn leave(&mut self, at: usize, crew: &mut Crew) {
        let class = &mut self.classes[at];
        class.requests -= 1;
        if class.requests > 0 || class.idle {
            return;
        }
        class.idle = true;
        self.idle.push_back(at);
        if self.idle.len() > Self::MOST_IDLE
            && let Some(at) = self.idle.pop_front()
        {
            self.classes[at].idle = false;
            self.forget_if_empty(at, crew);
        }
    }

    fn forget_if_empty(&mut self, at: usize, crew: &mut Crew) {
        let class = &mut self.classes[at];
        if class.requests > 0 {
            return;
        }
        for (group, _) in std::mem::take(&mut class.groups) {
            crew.unlink_class(group, at);
        }
        class.fits = Vec::new();
        class.is_vacant = true;
        self.by_need.remove(&(class.language.clone(), std::mem::take(&mut class.needs)));
        self.vacant.push(at);
    }

    /// Somebody joined a group; when it is `new`, the classes that it can serve have to be found.
    pub(super) fn meet(&mut self, group: usize, new: bool, crew: &mut Crew) {
        for at in 0..self.classes.len() {
            let class = &mut self.classes[at];
            if class.is_vacant {
                continue;
            }
            if new {
                let fit = crew.fit(group, &class.language, &class.needs);
                class.set_fit(group, fit);
                if matches!(fit, Fit::Yes { .. }) {
                    crew.link_class(group, at);
                }
            }
            if let Some(misfits) = class.misfits(group) {
                *misfits += 1;
            }
        }
    }

    /// Somebody left a group; when it is `empty` now, nobody of it can serve anything.
    pub(super) fn part(&mut self, group: usize, empty: bool, crew: &mut Crew) {
        for class in self.classes.iter_mut().filter(|class| !class.is_vacant) {
            if let Some(misfits) = class.misfits(group) {
                *misfits -= 1;
            }
        }
        if empty {
            for class in crew.take_classes(group) {
                self.classes[class].set_fit(group, Fit::Language);
            }
        }
    }

    /// Somebody comes to stand there.
    pub(super) fn place(&mut self, place: &Place, crew: &mut Crew) {
        crew.place(place);
        self.count(place, crew.group(place.group), 1);
    }

    /// Somebody stands there no more.
    pub(super) fn displace(&mut self, place: &Place, crew: &mut Crew) {
        crew.displace(place);
        self.count(place, crew.group(place.group), u32::MAX);
    }

    fn count(&mut self, place: &Place, group: &Group, by: u32) {
        for class in &group.classes {
            let standing = &mut self.classes[*class].tally.standings[place.standing as usize];
            *standing = standing.wrapping_add(by);
        }
    }

    pub(super) fn insert(&mut self, class: usize, request: &SupportRequest) {
        let tier = request.priority.index();
        if self.classes[class].tiers[tier].insert((request.opened_at, request.id)) {
            self.count[tier] += 1;
        }
    }

    pub(super) fn remove(&mut self, class: usize, priority: Priority, opened_at: DateTime<Utc>, id: RequestId) {
        if self.classes[class].tiers[priority.index()].remove(&(opened_at, id)) {
            self.count[priority.index()] -= 1;
        }
    }
}
