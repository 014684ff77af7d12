//! Which of the eligible volunteers is asked.

use chrono::{DateTime, Utc};
use std::cmp::Reverse;
use std::collections::BTreeMap;

use super::Dispatcher;
use super::crew::Turn;
use super::sketch::Attribute;
use super::standing::Standing;
use super::why::{Criterion, Ineligible, Why};
use crate::request::SupportRequest;
use crate::{Priority, StaffId};

/// What somebody is judged by, in this order; the smaller is asked (DESIGN section 6, "Choice of volunteer").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Merit {
    holds_something: bool,
    is_new_to_member: bool,
    unmet_preferences: usize,
    abundance: Reverse<u32>,
    turn: Turn,
}

impl Merit {
    /// All but the turn in one number, for a quick look: whose number is larger is worse. Equal numbers say nothing.
    fn coarse(&self) -> u64 {
        coarse(self.holds_something, self.is_new_to_member, self.unmet_preferences, self.abundance.0)
    }

    fn criterion(&self, other: &Self) -> Criterion {
        if self.holds_something != other.holds_something {
            Criterion::HoldsNothing
        } else if self.is_new_to_member != other.is_new_to_member {
            Criterion::Again
        } else if self.unmet_preferences != other.unmet_preferences {
            Criterion::Preferences
        } else if self.abundance != other.abundance {
            Criterion::Scarcity
        } else if self.turn.load != other.turn.load {
            Criterion::Load
        } else if self.turn.asleep != other.turn.asleep {
            Criterion::Waking
        } else if self.turn.last_offer != other.turn.last_offer {
            Criterion::LastOffer
        } else {
            Criterion::Id
        }
    }
}

fn coarse(holds_something: bool, is_new_to_member: bool, unmet_preferences: usize, abundance: u32) -> u64 {
    let unmet = (unmet_preferences as u64).min((1 << 30) - 1);
    u64::from(holds_something) << 63 | u64::from(is_new_to_member) << 62 | unmet << 32 | u64::from(!abundance)
}

/// The best of those who were considered, and the runner-up.
#[derive(Default)]
struct BestTwo {
    best: Option<Merit>,
    second: Option<Merit>,
}

impl BestTwo {
    fn are_bettered_by(&self, merit: &Merit) -> bool {
        self.second.is_none_or(|second| *merit < second)
    }

    /// Somebody may be considered twice.
    fn consider(&mut self, merit: Merit) {
        if self.best.is_none_or(|best| merit < best) {
            self.second = self.best.replace(merit);
        } else if self.best != Some(merit) && self.are_bettered_by(&merit) {
            self.second = Some(merit);
        }
    }
}

impl Dispatcher {
    /// Whom to ask for `request`, of class `class`, at `now`; `only` names the one person who may be asked, if it is a
    /// particular one.
    pub(super) fn choose(
        &self,
        request: &SupportRequest,
        class: usize,
        only: Option<StaffId>,
        now: DateTime<Utc>,
    ) -> Option<(StaffId, Why)> {
        if self.waiting.class(class).has_nobody_for(request.priority) {
            return None;
        }
        let anyone = |id| self.may_be_asked(request, id, now);
        let willing = |id| !request.was_declined_by(id) && anyone(id);
        let mut two = self.best_two(request, class, only, now, willing);
        let among_willing = two.best.is_some();
        if !among_willing && request.asked.values().any(|asked| asked.declined_at.is_some()) {
            two = self.best_two(request, class, only, now, anyone);
        }
        let chosen = two.best?.turn.id;
        let why = Why {
            considered: self.crew.members,
            out: self.left_out(request, class, |id| if among_willing { willing(id) } else { anyone(id) }),
            runner_up: two.second.map(|second| second.turn.id),
            decided_by: match (two.best, two.second) {
                _ if only.is_some() => Criterion::Named,
                (Some(best), Some(second)) => best.criterion(&second),
                _ => Criterion::Only,
            },
            present_at: self.staff.get(&chosen).and_then(|volunteer| volunteer.seen),
        };
        Some((chosen, why))
    }

    fn best_two(
        &self,
        request: &SupportRequest,
        class: usize,
        only: Option<StaffId>,
        now: DateTime<Utc>,
        may: impl Fn(StaffId) -> bool,
    ) -> BestTwo {
        let matching = self.waiting.class(class);
        let priority = request.priority;
        let imminent = priority == Priority::Imminent;
        let again = request.again.map(|again| again.volunteer);
        let particular = only.or(again).and_then(|id| self.staff.get(&id)).and_then(|known| known.place);
        let (preferred, never_met) = self.preferences(request, now);
        let mut wanted = self.crew.wanted(priority, &matching.needed, &preferred);
        let is_new_to_member = again.is_some();
        let mut two = BestTwo::default();
        let mut bar = u64::MAX;
        for (at, spoken) in &matching.groups {
            let particular = particular.filter(|place| place.group == *at);
            if only.is_some() && particular.is_none() {
                continue;
            }
            let Some(outline) = self.crew.outline(*at, *spoken, &wanted) else { continue };
            let holds_something = imminent && !outline.some_hold_nothing;
            let unmet_preferences = never_met + outline.unmet;
            let most = outline.most_abundance;
            if coarse(holds_something, is_new_to_member && particular.is_none(), unmet_preferences, most) > bar {
                continue;
            }
            let mut best = Merit {
                holds_something,
                is_new_to_member: is_new_to_member && particular.is_none(),
                unmet_preferences,
                abundance: Reverse(self.crew.abundance(*at, *spoken, &wanted)),
                turn: Turn::FIRST,
            };
            if !two.are_bettered_by(&best) {
                continue;
            }
            let merit = |holds: bool, turn: &Turn| Merit {
                holds_something: imminent && holds,
                is_new_to_member: is_new_to_member && again != Some(turn.id),
                turn: *turn,
                ..best
            };
            let group = self.crew.group(*at);
            best.turn = group.first_for(priority).unwrap_or(Turn::FIRST);
            if !two.are_bettered_by(&best) {
                continue;
            }
            for (holds, turns) in group.free_for(priority) {
                let merits = turns.iter().map(|turn| merit(holds, turn)).filter(|_| only.is_none());
                let mut found = 0;
                for merit in merits {
                    if found == 2 || !two.are_bettered_by(&merit) {
                        break;
                    }
                    if may(merit.turn.id) {
                        two.consider(merit);
                        found += 1;
                    }
                }
            }
            if let Some(known) = particular.filter(|place| place.standing.is_free_for(priority))
                && may(known.turn.id)
            {
                two.consider(merit(known.holds, &known.turn));
            }
            if let Some(second) = two.second {
                wanted.look_for(second.abundance.0);
                bar = second.coarse();
            }
        }
        two
    }

    /// Whether `volunteer`, who is free, may be asked for this very request.
    pub(super) fn may_be_asked(&self, request: &SupportRequest, volunteer: StaffId, now: DateTime<Utc>) -> bool {
        let reoffer_after = self.settings.dispatch.tier(request.priority).reoffer_after;
        request.offer_to(volunteer).is_none()
            && request.holder() != Some(volunteer)
            && !request.is_set_aside(volunteer, reoffer_after, now)
    }

    /// The topics and the line's preferences that still count, and how many more that nobody ever could meet.
    fn preferences(&self, request: &SupportRequest, now: DateTime<Utc>) -> (Vec<Attribute>, usize) {
        let waited = now - request.opened_at;
        let topics_count = self.settings.dispatch.prefer_topics_for.is_some_and(|within| waited < within);
        let topics = request.topics.iter().filter(|_| topics_count);
        let line = self.settings.line(Some(&request.line));
        let prefers = line.map_or(&[][..], |line| &line.prefers);
        let wishes = topics.chain(prefers.iter().filter(|wish| waited < wish.within).map(|wish| &wish.skill));
        let numbers: Vec<Option<Attribute>> = wishes.map(|wish| self.crew.number_of(wish)).collect();
        let never_met = numbers.iter().filter(|number| number.is_none()).count();
        (numbers.into_iter().flatten().collect(), never_met)
    }

    /// How many volunteers cannot be asked for `request`, by the first reason that applies; of those who are free, all
    /// but whom `may` names.
    fn left_out(
        &self,
        request: &SupportRequest,
        class: usize,
        may: impl Fn(StaffId) -> bool,
    ) -> BTreeMap<Ineligible, u32> {
        let class = self.waiting.class(class);
        let set_aside = request.asked.keys().filter(|id| {
            let place = self.staff.get(id).and_then(|volunteer| volunteer.place);
            let free = |p: super::crew::Place| p.standing.is_free_for(request.priority) && class.is_served_by(p.group);
            place.is_some_and(free) && !may(**id) && request.offer_to(**id).is_none() && request.holder() != Some(**id)
        });
        let mut out = BTreeMap::from([
            (Ineligible::Language, class.tally.language),
            (Ineligible::Unqualified, class.tally.unqualified),
            (Ineligible::Expired, class.tally.expired),
            (Ineligible::SetAside, set_aside.count() as u32),
        ]);
        for (standing, reason) in Standing::REASONS {
            if !standing.is_free_for(request.priority) {
                out.insert(reason, class.tally.standings[standing as usize]);
            }
        }
        out.retain(|_, n| *n > 0);
        out
    }
}
