//! What is kept of each request, and what follows from it. Nothing is left out to look better: who left before anybody came
//! is counted, and how long they had waited.

use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use wideawake_domain::request::{RequestEvent, Speaker};
use wideawake_domain::{Event, Pool, Priority, Recorded, RequestId, StaffId, StreamKind, Version};

/// How many requests are kept at most; more, and the oldest are forgotten first.
const MOST: usize = 200_000;

/// What is kept of the requests of the last days.
#[derive(Debug, Default)]
pub(super) struct Digest {
    requests: BTreeMap<RequestId, Kept>,
}

#[derive(Debug)]
struct Kept {
    version: Version,
    pool: Pool,
    opened_at: DateTime<Utc>,
    /// Its newest priority; from when somebody first took it, the one it had then.
    priority: Priority,
    taken_at: Option<DateTime<Utc>>,
    /// When the member first heard a person.
    word_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
    /// To whom it came, and when.
    holders: Vec<(StaffId, DateTime<Utc>)>,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) start: DateTime<Utc>,
    /// By priority, in the order of [`Priority::ALL`].
    pub(crate) tiers: Vec<Tier>,
}

/// Those of one priority who asked on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tier {
    /// How many asked.
    pub(crate) asked: usize,
    /// How long those waited to whom somebody came, until somebody took their request.
    pub(crate) wait: Figure,
    /// How long it then took until they read a first word.
    pub(crate) word: Figure,
    /// Who left, or was given up on, before anybody came, and how long they had waited.
    pub(crate) left: Figure,
    /// How many wait still.
    pub(crate) waiting: usize,
}

/// How a number of times are spread. By nearest rank: each is a time that somebody really waited.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) count: usize,
    pub(crate) half: Option<TimeDelta>,
    pub(crate) nine_in_ten: Option<TimeDelta>,
    pub(crate) longest: Option<TimeDelta>,
}

impl Figure {
    fn of(mut times: Vec<TimeDelta>) -> Self {
        times.sort_unstable();
        let rank = |percent: usize| {
            let rank = (times.len() * percent).div_ceil(100).max(1);
            times.get(rank - 1).copied()
        };
        Self { count: times.len(), half: rank(50), nine_in_ten: rank(90), longest: times.last().copied() }
    }
}

impl Digest {
    /// Takes the next event into account; one that is known already changes nothing.
    pub(super) fn apply(&mut self, fact: &Recorded) {
        if fact.stream.kind != StreamKind::Request {
            return;
        }
        let id = RequestId(fact.stream.id);
        let event = match fact.event() {
            Ok(Event::Request(event)) => Some(event),
            _ => None,
        };
        if let Some(RequestEvent::Opened(_)) = &event {
            self.requests.entry(id).or_insert_with(|| Kept {
                version: fact.version,
                pool: fact.pool.clone(),
                opened_at: fact.at,
                priority: Priority::Standard,
                taken_at: None,
                word_at: None,
                ended_at: None,
                holders: Vec::new(),
            });
            while self.requests.len() > MOST {
                self.requests.pop_first();
            }
            return;
        }
        let Some(kept) = self.requests.get_mut(&id).filter(|kept| fact.version > kept.version) else { return };
        kept.version = fact.version;
        if let Some(event) = event {
            kept.learn(&event, fact.at);
        }
    }

    /// Forgets what ended before that moment.
    pub(super) fn forget(&mut self, before: DateTime<Utc>) {
        self.requests.retain(|_, kept| kept.ended_at.is_none_or(|at| at >= before));
    }

    pub(super) fn taken(&self, staff: StaffId, since: DateTime<Utc>) -> usize {
        let came = |kept: &&Kept| kept.holders.iter().any(|(holder, at)| *holder == staff && *at >= since);
        self.requests.values().filter(came).count()
    }

    pub(super) fn days(&self, pools: &[Pool], days: &[DateTime<Utc>]) -> Vec<Day> {
        let spans = days.iter().zip(days.iter().skip(1));
        let day = |(start, end): (&DateTime<Utc>, &DateTime<Utc>)| {
            let of_day = |kept: &&Kept| kept.opened_at >= *start && kept.opened_at < *end && pools.contains(&kept.pool);
            let asked: Vec<&Kept> = self.requests.values().filter(of_day).collect();
            let tier = |priority| tier(asked.iter().copied().filter(|kept| kept.priority == priority));
            Day { start: *start, tiers: Priority::ALL.map(tier).into() }
        };
        spans.map(day).collect()
    }
}

fn tier<'a>(asked: impl Iterator<Item = &'a Kept>) -> Tier {
    let (mut wait, mut word, mut left, mut tier) = (Vec::new(), Vec::new(), Vec::new(), Tier::default());
    for kept in asked {
        tier.asked += 1;
        match (kept.taken_at, kept.ended_at) {
            (Some(taken), _) => {
                wait.push(taken - kept.opened_at);
                word.extend(kept.word_at.map(|word| word - taken));
            }
            (None, Some(ended)) => left.push(ended - kept.opened_at),
            (None, None) => tier.waiting += 1,
        }
    }
    Tier { wait: Figure::of(wait), word: Figure::of(word), left: Figure::of(left), ..tier }
}

impl Kept {
    fn learn(&mut self, event: &RequestEvent, at: DateTime<Utc>) {
        match event {
            RequestEvent::Triaged(triaged) if self.taken_at.is_none() => self.priority = triaged.priority,
            RequestEvent::PriorityChanged(changed) if self.taken_at.is_none() => self.priority = changed.to,
            RequestEvent::Accepted(taken) => self.came(taken.volunteer, at),
            RequestEvent::Assigned(given) => self.came(given.staff, at),
            RequestEvent::Transferred(done) => self.came(done.to, at),
            RequestEvent::Joined(joined) if joined.holder => self.came(joined.staff, at),
            RequestEvent::Message(message)
                if self.taken_at.is_some()
                    && !message.aside
                    && matches!(message.from, Speaker::Volunteer | Speaker::Professional | Speaker::Supervisor) =>
            {
                self.word_at.get_or_insert(at);
            }
            RequestEvent::Closed(_) => self.ended_at = Some(at),
            _ => {}
        }
    }

    fn came(&mut self, staff: StaffId, at: DateTime<Utc>) {
        self.taken_at.get_or_insert(at);
        self.holders.push((staff, at));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(list: &[i64]) -> Vec<TimeDelta> {
        list.iter().copied().map(TimeDelta::minutes).collect()
    }

    #[test]
    fn a_figure_is_a_time_that_somebody_really_waited() {
        assert_eq!(Figure::of(vec![]), Figure::default());
        let one = Figure::of(minutes(&[7]));
        assert_eq!((one.half, one.nine_in_ten, one.longest), (one.longest, one.longest, Some(TimeDelta::minutes(7))));
        let ten = Figure::of(minutes(&[10, 9, 8, 7, 6, 5, 4, 3, 2, 1]));
        assert_eq!(ten.half, Some(TimeDelta::minutes(5)));
        assert_eq!((ten.nine_in_ten, ten.longest), (Some(TimeDelta::minutes(9)), Some(TimeDelta::minutes(10))));
    }

    #[test]
    fn who_left_before_anybody_came_is_counted_and_so_is_who_waits_still() {
        let kept = |taken: Option<i64>, word: Option<i64>, ended: Option<i64>| {
            let at = |minute: i64| DateTime::UNIX_EPOCH + TimeDelta::minutes(minute);
            Kept {
                version: Version(1),
                pool: Pool::all(),
                opened_at: at(0),
                priority: Priority::Standard,
                taken_at: taken.map(at),
                word_at: word.map(at),
                ended_at: ended.map(at),
                holders: Vec::new(),
            }
        };
        let all = [
            kept(Some(4), Some(5), Some(30)),
            kept(Some(2), None, None),
            kept(None, None, Some(9)),
            kept(None, None, None),
        ];
        let tier = tier(all.iter());
        assert_eq!((tier.asked, tier.wait.count, tier.word.count, tier.left.count, tier.waiting), (4, 2, 1, 1, 1));
        assert_eq!(tier.wait.longest, Some(TimeDelta::minutes(4)));
        assert_eq!((tier.word.half, tier.left.half), (Some(TimeDelta::minutes(1)), Some(TimeDelta::minutes(9))));
    }
}
