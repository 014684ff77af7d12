//! What a staff member says of their duty: one stream per person and ISO week.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

use crate::event::{Event, events};
use crate::record::{StreamId, StreamKind};
use crate::schedule::iso_week;
use crate::{Recorded, StaffId, Version};

events! {
    /// Something a staff member said of their duty, or that was set for them.
    DutyEvent {
        /// It was set.
        DutySet = "duty_set",
    }
}

/// What a staff member says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// I can be asked.
    Ready,
    /// Not now, but soon.
    Break,
    /// I am not here.
    #[default]
    Off,
}

impl Duty {
    /// The names in JSON, in order.
    pub const NAMES: [(&'static str, Self); 3] = [("ready", Self::Ready), ("break", Self::Break), ("off", Self::Off)];

    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Break => "break",
            Self::Off => "off",
        }
    }
}

impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Duty {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        Self::NAMES.into_iter().find(|(name, _)| *name == text).map(|(_, duty)| duty).ok_or(())
    }
}

/// The reason under which somebody who missed two offers in a row is set to `break`.
pub const NOT_RESPONDING: &str = "not_responding";

/// It was set; the actor says by whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutySet {
    /// Whose.
    pub staff: StaffId,
    /// To what.
    pub duty: Duty,
    /// Why, as a short code or a few words of the staff member.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// The stream of what `staff` says of their duty in the UTC ISO week of `at` (DESIGN section 4): its id is derived, so
/// that two tabs cannot start two.
pub fn duty_stream(staff: StaffId, at: DateTime<Utc>) -> StreamId {
    let (year, week) = iso_week(at);
    StreamId { kind: StreamKind::Duty, id: Uuid::new_v5(&staff.0, format!("duty/{year}-W{week:02}").as_bytes()) }
}

/// What is known of one person's duty: the newest word of this week, or else of last week.
#[derive(Clone, Debug, Default)]
pub struct DutyWeek {
    /// The newest word.
    pub duty: Duty,
    /// Its reason.
    pub reason: Option<String>,
    /// When it was said.
    pub since: Option<DateTime<Utc>>,
    /// The stream it stands in, and how far that has been seen.
    pub seen: Option<(StreamId, Version)>,
    /// Each word of the last two weeks with its time, oldest first, for counting hours; at most
    /// [`DutyWeek::MOST_WORDS`].
    pub words: Vec<(DateTime<Utc>, Duty)>,
}

impl DutyWeek {
    /// The most words kept; hours before the oldest of them are not counted.
    pub const MOST_WORDS: usize = 1_000;

    /// Takes a fact into account, in whatever order streams come; returns whether it is the newest word.
    pub fn apply(&mut self, fact: &Recorded) -> bool {
        let Ok(Event::Duty(DutyEvent::DutySet(set))) = fact.event() else { return false };
        self.remember(fact.at, set.duty);
        let newer = match (self.seen, self.since) {
            (Some((stream, version)), _) if stream == fact.stream => fact.version > version,
            (_, Some(since)) => fact.at >= since,
            _ => true,
        };
        if !newer {
            return false;
        }
        self.duty = set.duty;
        self.reason = set.reason;
        self.since = Some(fact.at);
        self.seen = Some((fact.stream, fact.version));
        true
    }

    /// Puts a word where it belongs in time, once: last week's stream may be read after this week's.
    fn remember(&mut self, at: DateTime<Utc>, duty: Duty) {
        let place = self.words.partition_point(|(earlier, _)| *earlier <= at);
        if self.words[..place].iter().rev().take_while(|word| word.0 == at).any(|word| word.1 == duty) {
            return;
        }
        self.words.insert(place, (at, duty));
        let old = self.words.last().map(|(newest, _)| *newest - TimeDelta::days(14));
        self.words.retain(|(at, _)| Some(*at) > old);
        if self.words.len() > Self::MOST_WORDS {
            self.words.remove(0);
        }
    }

    /// What holds at `now`: a word older than last week's stream no longer counts.
    pub fn at(&self, now: DateTime<Utc>) -> Duty {
        match self.lapses_at() {
            Some(lapses) if now < lapses => self.duty,
            _ => Duty::Off,
        }
    }

    /// When the newest word stops counting, if nothing else is said.
    pub fn lapses_at(&self) -> Option<DateTime<Utc>> {
        self.since.map(|since| crate::schedule::week_bounds(since).end + TimeDelta::days(7))
    }

    /// The version of the stream of `now`'s week, as far as it has been seen.
    pub fn version_at(&self, staff: StaffId, now: DateTime<Utc>) -> Version {
        let stream = duty_stream(staff, now);
        self.seen.filter(|(seen, _)| *seen == stream).map_or(Version::NONE, |(_, version)| version)
    }

    /// The time that they were `ready` within `spans` since `from`, up to `now`.
    pub fn ready_within(&self, spans: &[crate::schedule::Span], from: DateTime<Utc>, now: DateTime<Utc>) -> TimeDelta {
        let ends = self.words.iter().skip(1).map(|(at, _)| *at).chain([now]);
        let mut total = TimeDelta::zero();
        for ((start, duty), end) in self.words.iter().zip(ends) {
            if *duty != Duty::Ready {
                continue;
            }
            for span in spans {
                let (start, end) = ((*start).max(span.start).max(from), end.min(span.end).min(now));
                if start < end {
                    total += end - start;
                }
            }
        }
        total
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::record::{Actor, Position};
    use crate::schedule::Span;
    use crate::{Pool, RequestId};
    use proptest::prelude::*;

    fn at(minute: i64) -> DateTime<Utc> {
        // The last hour of one week and the first hours of the next.
        "2026-03-01T23:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::minutes(minute)
    }

    fn staff() -> StaffId {
        StaffId(Uuid::from_u128(7))
    }

    fn facts(words: &[(i64, Duty)]) -> Vec<Recorded> {
        let mut versions = std::collections::BTreeMap::new();
        let fact = |(minute, duty): &(i64, Duty)| {
            let stream = duty_stream(staff(), at(*minute));
            let version: &mut Version = versions.entry(stream).or_default();
            *version = version.next();
            let set = DutyEvent::DutySet(DutySet { staff: staff(), duty: *duty, reason: None });
            Recorded {
                stream,
                version: *version,
                position: Position(0),
                pool: Pool::all(),
                kind: set.kind().into(),
                at: at(*minute),
                actor: Actor::Staff(staff()),
                trace: "".into(),
                data: set.encode().unwrap().into(),
                hash: [0; 32],
            }
        };
        words.iter().map(fact).collect()
    }

    #[test]
    fn two_tabs_share_one_stream_a_week_and_nobody_shares_anybodys() {
        assert_eq!(duty_stream(staff(), at(0)), duty_stream(staff(), at(59)));
        assert_ne!(duty_stream(staff(), at(59)), duty_stream(staff(), at(60)));
        assert_ne!(duty_stream(staff(), at(0)), duty_stream(StaffId(Uuid::from_u128(8)), at(0)));
        assert_ne!(duty_stream(staff(), at(0)).id, RequestId(staff().0).0);
    }

    #[test]
    fn a_word_holds_until_the_end_of_next_week() {
        let mut week = DutyWeek::default();
        assert_eq!(week.at(at(0)), Duty::Off);
        assert!(facts(&[(0, Duty::Ready)]).iter().all(|fact| week.apply(fact)));
        let end: DateTime<Utc> = "2026-03-09T00:00:00Z".parse().unwrap();
        assert_eq!(week.lapses_at(), Some(end));
        assert_eq!((week.at(end - TimeDelta::microseconds(1)), week.at(end)), (Duty::Ready, Duty::Off));
    }

    #[test]
    fn the_next_word_goes_into_the_stream_of_its_week() {
        let mut week = DutyWeek::default();
        assert!(facts(&[(0, Duty::Ready), (1, Duty::Break)]).iter().all(|fact| week.apply(fact)));
        assert_eq!((week.version_at(staff(), at(59)), week.version_at(staff(), at(60))), (Version(2), Version::NONE));
    }

    fn any_words() -> impl Strategy<Value = Vec<(i64, Duty)>> {
        let duty = prop::sample::select(vec![Duty::Ready, Duty::Break, Duty::Off]);
        prop::collection::btree_map(0..180i64, duty, 0..12).prop_map(|words| words.into_iter().collect())
    }

    proptest! {
        #[test]
        fn the_order_in_which_streams_are_read_makes_no_difference(words in any_words(), shift in (0..180i64, 1..90i64)) {
            let facts = facts(&words);
            let (mut forward, mut backward) = (DutyWeek::default(), DutyWeek::default());
            for fact in &facts {
                forward.apply(fact);
            }
            let (last_week, this_week): (Vec<_>, Vec<_>) = facts.iter().partition(|fact| fact.at < at(60));
            for fact in this_week.into_iter().chain(last_week).chain(&facts) {
                backward.apply(fact);
            }
            prop_assert_eq!((forward.duty, forward.since, forward.seen), (backward.duty, backward.since, backward.seen));

            let spans = [Span { start: at(shift.0), end: at(shift.0 + shift.1) }];
            let duty_in = |minute| words.iter().rev().find(|(at, _)| *at <= minute).is_some_and(|(_, d)| *d == Duty::Ready);
            let minutes = (60..180).filter(|n| shift.0 <= *n && *n < shift.0 + shift.1 && duty_in(*n)).count();
            for week in [forward, backward] {
                prop_assert_eq!(week.ready_within(&spans, at(60), at(180)), TimeDelta::minutes(minutes as i64));
            }
        }
    }
}
