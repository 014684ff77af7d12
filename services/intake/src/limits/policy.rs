//! How much is let in, and what is shed first when it is too much.
//!
//! **Nobody is turned away for where they are.** Behind one address there can be one person with a script, or a shelter, a
//! school, a carrier's whole network; from here they look the same. So the ceiling of an address is far above what a
//! crowded network asks for in a minute, and what lies below it is taken, always.
//!
//! **Above it, those who need it most still get in.** Each ceiling is followed by two reserves: one that only who is at
//! least `elevated` may draw on, by the screening or by the words of the message, and one for `urgent` and above. A flood
//! of ordinary requests uses up neither; a flood that says it is urgent uses up both, and is one to which nobody can do
//! justice: then the answer is whom else to call.
//!
//! **Whoever is waiting or in a conversation already is not measured with strangers.** Their calls count for their request
//! alone, so that whatever comes from their network, or from the whole world, does not touch them.

use std::time::Duration;

use wideawake_domain::Priority;

/// All of it is counted by the minute: short, so that whoever is shed is not shed for long.
pub(crate) const WINDOW: Duration = Duration::from_mins(1);

/// When whoever is shed should ask again. Not after a whole window: windows begin when somebody calls, not now.
pub(crate) const RETRY_AFTER: Duration = Duration::from_secs(20);

/// So many times its ceiling an address may try to ask, good or bad, before what it sends is not read any more: more than
/// ceiling and reserves together, so that none of them is out of reach for those who made a mistake first.
const TRIES: u32 = 4;

/// So much in each window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Budget {
    /// What it is called where it is counted.
    pub(crate) name: &'static str,
    /// How much it holds.
    pub(crate) most: u32,
}

/// What a request of this priority may draw on, one after the other, where so many are taken from everyone.
pub(crate) fn budgets(ceiling: u32, priority: Priority) -> impl Iterator<Item = Budget> {
    let all = [
        (Priority::Standard, Budget { name: "all", most: ceiling }),
        (Priority::Elevated, Budget { name: "elevated", most: ceiling.div_ceil(2) }),
        (Priority::Urgent, Budget { name: "urgent", most: ceiling }),
    ];
    all.into_iter().filter(move |(least, _)| priority >= *least).map(|(_, budget)| budget)
}

/// How often an address may try to ask.
pub(crate) const fn tries(ceiling: u32) -> u32 {
    ceiling.saturating_mul(TRIES)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// What comes of a minute's openings: how many of each priority are let in, in the order in which they come.
    fn minute(ceiling: u32, asked: impl IntoIterator<Item = Priority>) -> BTreeMap<Priority, u32> {
        let (mut used, mut taken) = (BTreeMap::new(), BTreeMap::new());
        for priority in asked {
            let mut draws = |budget: Budget| {
                let used = used.entry(budget.name).or_insert(0);
                *used += 1;
                *used <= budget.most
            };
            if budgets(ceiling, priority).any(&mut draws) {
                *taken.entry(priority).or_insert(0) += 1;
            }
        }
        taken
    }

    #[test]
    fn everyone_is_taken_up_to_the_ceiling() {
        let taken = minute(300, std::iter::repeat_n(Priority::Standard, 300));
        assert_eq!(taken, BTreeMap::from([(Priority::Standard, 300)]));
    }

    #[test]
    fn beyond_it_the_ordinary_are_shed_first_and_the_urgent_last() {
        use Priority::{Elevated, Standard, Urgent};
        let flood = std::iter::repeat_n(Standard, 10_000);
        let others = std::iter::repeat_n(Elevated, 200).chain(std::iter::repeat_n(Urgent, 450));
        let taken = minute(300, flood.chain(others));
        // What the elevated leave over of their reserve nobody misses: the urgent may draw on both.
        assert_eq!(taken, BTreeMap::from([(Standard, 300), (Elevated, 150), (Urgent, 300)]));
        let taken =
            minute(300, std::iter::repeat_n(Standard, 10_000).chain(std::iter::repeat_n(Priority::Imminent, 450)));
        assert_eq!(taken[&Priority::Imminent], 450);
    }

    #[test]
    fn whoever_may_still_be_taken_may_still_try() {
        for ceiling in [1, 2, 300, u32::MAX / 8] {
            let all: u64 = budgets(ceiling, Priority::Imminent).map(|budget| u64::from(budget.most)).sum();
            assert!(u64::from(tries(ceiling)) > all, "{ceiling}");
        }
    }
}
