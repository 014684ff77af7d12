//! On-call duty that is handed on from member to member at a wall-clock time.

use chrono::{DateTime, Days, NaiveDate, NaiveDateTime, NaiveTime, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

use super::notation::{self, Invalid};
use super::{Span, wall};

/// How many members a rotation has at most.
pub const MAX_MEMBERS: usize = 100;
/// How many days a turn has at most.
pub const MAX_EVERY_DAYS: u32 = 366;
/// How many overrides a rotation has at most.
pub const MAX_OVERRIDES: usize = 1_000;

/// Who is on call in turn. In JSON
/// `{"zone","starts":"2020-03-06","handoff":"02:30","every_days":1,"members":[…],"overrides"?:[…]}`.
///
/// A turn ends exactly when the next begins, so somebody is on at any instant after the first handover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "Written<M>",
    into = "Written<M>",
    bound(serialize = "M: Clone + Serialize", deserialize = "M: Deserialize<'de>")
)]
pub struct Rotation<M> {
    /// The zone whose clocks are meant, also by the overrides.
    pub zone: Tz,
    /// The local date of the first handover. Nobody is on before it.
    pub starts: NaiveDate,
    /// When it is handed over, to the minute.
    pub handoff: NaiveTime,
    /// How many dates a turn lasts.
    pub every_days: u32,
    /// Whose turn it is, one after the other and over again.
    pub members: Vec<M>,
    /// Exceptions; of two that overlap the later in the list wins.
    pub overrides: Vec<Override<M>>,
}

/// Somebody in the place of whoever is on. In JSON `{"with","start":"2020-03-07T08:30","end":"2020-03-07T08:45"}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(
    try_from = "WrittenOverride<M>",
    into = "WrittenOverride<M>",
    bound(serialize = "M: Clone + Serialize", deserialize = "M: Deserialize<'de>")
)]
pub struct Override<M> {
    /// Who steps in.
    pub with: M,
    /// From when, in the zone of the rotation.
    pub start: NaiveDateTime,
    /// Until when.
    pub end: NaiveDateTime,
}

/// A time for which one member is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn<M> {
    /// Who.
    pub member: M,
    /// When; in JSON `start` and `end` beside `member`.
    #[serde(flatten)]
    pub span: Span,
}

impl<M> Rotation<M> {
    /// Whether it is within its bounds. What was read from JSON is.
    pub fn check(&self) -> Result<(), Invalid> {
        if self.members.is_empty() || self.members.len() > MAX_MEMBERS {
            return Err(Invalid::new(
                "members",
                format!("a list of {}", self.members.len()),
                "a rotation has 1 to 100 members",
            ));
        }
        if self.every_days == 0 || self.every_days > MAX_EVERY_DAYS {
            return Err(Invalid::new("every_days", self.every_days.to_string(), "a turn lasts 1 to 366 days"));
        }
        if self.overrides.len() > MAX_OVERRIDES {
            let value = format!("a list of {}", self.overrides.len());
            return Err(Invalid::new("overrides", value, "a rotation has at most 1000; delete those that are over"));
        }
        Ok(())
    }

    /// Who is on at `at`; nobody is before the first turn.
    pub fn on(&self, at: DateTime<Utc>) -> Option<&M> {
        if at < self.start_of(0) {
            return None;
        }
        let stands_in =
            self.overrides.iter().rev().find(|other| self.span_of(other).is_some_and(|span| span.contains(at)));
        if let Some(other) = stands_in {
            return Some(&other.with);
        }
        let (first, last) = self.turns_around(at, at);
        let turn = (first..=last).rev().find(|turn| self.start_of(*turn) <= at)?;
        self.member(turn)
    }

    /// Who is on when between `from` and `to`, in order. Turns of one member that touch are one.
    ///
    /// The work grows with the length of the window, not with its distance from the first turn, and nothing bounds it here: a
    /// window that somebody asked for goes through [`Span::window`] first.
    pub fn expand(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Vec<Turn<M>>
    where
        M: Clone + PartialEq,
    {
        let Some(window) = Span::between(from.max(self.start_of(0)), to) else { return Vec::new() };
        // What to do at an instant: who is on by turn, and which override begins or ends.
        let mut marks: Vec<(DateTime<Utc>, Mark)> = Vec::new();
        let (first, last) = self.turns_around(window.start, window.end);
        for turn in first..=last {
            let start = self.start_of(turn);
            if start < window.end {
                marks.push((start.max(window.start), Mark::Turn(turn)));
            }
        }
        for (index, other) in self.overrides.iter().enumerate() {
            if let Some(span) = self.span_of(other).and_then(|span| span.clipped(window)) {
                marks.push((span.start, Mark::Begin(index)));
                marks.push((span.end, Mark::End(index)));
            }
        }
        marks.sort_unstable();

        let mut turns: Vec<Turn<M>> = Vec::new();
        let (mut turn, mut standing_in) = (first, BTreeSet::new());
        for (index, (start, mark)) in marks.iter().enumerate() {
            match *mark {
                Mark::Turn(next) => turn = next,
                Mark::Begin(other) => _ = standing_in.insert(other),
                Mark::End(other) => _ = standing_in.remove(&other),
            }
            let end = marks.get(index + 1).map_or(window.end, |(next, _)| *next);
            let member = standing_in
                .last()
                .map_or_else(|| self.member(turn), |other| self.overrides.get(*other).map(|other| &other.with));
            let (Some(span), Some(member)) = (Span::between(*start, end), member) else { continue };
            match turns.last_mut() {
                Some(last) if last.member == *member => last.span.end = end,
                _ => turns.push(Turn { member: member.clone(), span }),
            }
        }
        turns
    }

    fn member(&self, turn: u64) -> Option<&M> {
        self.members.get((turn % self.members.len().max(1) as u64) as usize)
    }

    fn start_of(&self, turn: u64) -> DateTime<Utc> {
        let days = turn.saturating_mul(u64::from(self.every_days.max(1)));
        let date = self.starts.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX);
        wall::first_instant(date, self.handoff, self.zone)
    }

    fn span_of(&self, other: &Override<M>) -> Option<Span> {
        Span::between(
            wall::first_instant(other.start.date(), other.start.time(), self.zone),
            wall::last_instant(other.end.date(), other.end.time(), self.zone),
        )
    }

    /// From a turn that starts at or before `from` to one that starts behind `to`, by the calendar: a zone can skip a date, and turn
    /// the calendar back by a day.
    fn turns_around(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> (u64, u64) {
        let turn = |at, days: i64| {
            let since = (wall::local(at, self.zone).date() - self.starts).num_days() + days;
            since.div_euclid(i64::from(self.every_days.max(1))).max(0) as u64
        };
        (turn(from, -3), turn(to, 3))
    }
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Mark {
    Turn(u64),
    Begin(usize),
    End(usize),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written<M> {
    zone: String,
    starts: String,
    handoff: String,
    every_days: u32,
    members: Vec<M>,
    #[serde(default = "Vec::new", skip_serializing_if = "Vec::is_empty")]
    overrides: Vec<WrittenOverride<M>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOverride<M> {
    with: M,
    start: String,
    end: String,
}

impl<M> TryFrom<Written<M>> for Rotation<M> {
    type Error = Invalid;

    fn try_from(written: Written<M>) -> Result<Self, Invalid> {
        let rotation = Self {
            zone: wall::parse_zone(&written.zone)?,
            starts: notation::date("starts", &written.starts)?,
            handoff: notation::time("handoff", &written.handoff)?,
            every_days: written.every_days,
            members: written.members,
            overrides: written.overrides.into_iter().map(Override::try_from).collect::<Result<_, _>>()?,
        };
        rotation.check()?;
        Ok(rotation)
    }
}

impl<M> From<Rotation<M>> for Written<M> {
    fn from(rotation: Rotation<M>) -> Self {
        Self {
            zone: rotation.zone.name().to_owned(),
            starts: notation::date_text(rotation.starts),
            handoff: notation::time_text(rotation.handoff),
            every_days: rotation.every_days,
            members: rotation.members,
            overrides: rotation.overrides.into_iter().map(WrittenOverride::from).collect(),
        }
    }
}

impl<M> TryFrom<WrittenOverride<M>> for Override<M> {
    type Error = Invalid;

    fn try_from(written: WrittenOverride<M>) -> Result<Self, Invalid> {
        let (start, end) = (notation::moment("start", &written.start)?, notation::moment("end", &written.end)?);
        Ok(Self { with: written.with, start, end })
    }
}

impl<M> From<Override<M>> for WrittenOverride<M> {
    fn from(other: Override<M>) -> Self {
        Self { with: other.with, start: notation::moment_text(other.start), end: notation::moment_text(other.end) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;
    use proptest::prelude::*;
    use serde_json::json;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("the tests write RFC 3339")
    }

    #[test]
    fn a_rotation_is_written_back_as_it_was_read() {
        let mut written = json!({"zone": "America/Chicago", "starts": "2020-03-06", "handoff": "02:30", "every_days": 1, "members": ["A"]});
        for overrides in [None, Some(json!([{"with": "D", "start": "2020-03-07T08:30", "end": "2020-03-07T08:45"}]))] {
            if let Some(overrides) = overrides {
                written["overrides"] = overrides;
            }
            let rotation: Rotation<String> = serde_json::from_value(written.clone()).expect("a rotation");
            assert_eq!(serde_json::to_value(rotation).expect("JSON"), written);
        }
        for (field, value) in [
            ("members", json!([])),
            ("members", json!(vec!["A"; 101])),
            ("every_days", json!(0)),
            ("every_days", json!(367)),
        ] {
            let mut bad = written.clone();
            bad[field] = value;
            let error = serde_json::from_value::<Rotation<String>>(bad).expect_err("out of bounds").to_string();
            assert!(error.contains(field), "{error}");
        }
    }

    #[test]
    fn what_is_at_its_bounds_is_taken_and_one_more_is_not() {
        let stand_in = json!({"with": "D", "start": "2020-03-07T08:30", "end": "2020-03-07T08:45"});
        let of = |members: usize, every_days: u32, overrides: usize| {
            serde_json::from_value::<Rotation<String>>(json!({
                "zone": "Etc/UTC", "starts": "2020-03-06", "handoff": "02:30", "every_days": every_days,
                "members": vec!["A"; members], "overrides": vec![&stand_in; overrides],
            }))
        };
        assert!(of(MAX_MEMBERS, MAX_EVERY_DAYS, MAX_OVERRIDES).is_ok());
        for (members, every_days, overrides) in [(1, 0, 0), (0, 1, 0), (0, 0, 1)] {
            assert!(of(MAX_MEMBERS + members, MAX_EVERY_DAYS + every_days, MAX_OVERRIDES + overrides).is_err());
        }
    }

    #[test]
    fn the_first_is_on_from_the_first_moment() {
        let rotation: Rotation<String> = serde_json::from_value(json!({
            "zone": "Etc/UTC", "starts": "2020-03-06", "handoff": "02:30", "every_days": 1, "members": ["A", "B"],
        }))
        .expect("a rotation");
        let first = utc("2020-03-06T02:30:00Z");
        assert_eq!(rotation.on(first - TimeDelta::milliseconds(1)), None);
        assert_eq!(rotation.on(first).map(String::as_str), Some("A"));
    }

    #[test]
    fn a_turn_far_from_the_first_is_found_at_once_and_the_ends_of_time_do_not_panic() {
        let rotation = Rotation {
            zone: Tz::Asia__Tokyo,
            starts: NaiveDate::from_ymd_opt(1, 1, 1).expect("a date"),
            handoff: NaiveTime::MIN,
            every_days: 1,
            members: vec![0, 1, 2],
            overrides: Vec::new(),
        };
        let at = utc("2026-11-02T00:00:00Z");
        assert_eq!(rotation.expand(at, at + TimeDelta::days(1)).len(), 2);
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC - TimeDelta::days(2)] {
            rotation.on(at);
            rotation.expand(at, at + TimeDelta::days(1));
        }
        let nobody = Rotation::<u8> { starts: NaiveDate::MIN, every_days: 0, members: Vec::new(), ..rotation };
        assert_eq!((nobody.on(at), nobody.expand(at, at + TimeDelta::days(9)).len()), (None, 0));
    }

    prop_compose! {
        fn any_rotation()(
            (zone, date) in prop::sample::select(vec![
                (Tz::America__Chicago, "2026-03-08"), (Tz::America__Chicago, "2026-11-01"), (Tz::Australia__Lord_Howe, "2026-04-05"),
                (Tz::Pacific__Apia, "2011-12-30"), (Tz::Antarctica__Troll, "2026-03-29"), (Tz::Africa__Cairo, "2026-10-30"),
            ]),
            before in 0..40u64,
            handoff in 0..1440u32,
            every_days in 1..9u32,
            members in prop::collection::vec(0..3u8, 1..5),
            overrides in prop::collection::vec((3..6u8, -4000..4000i64, -60..2000i64), 0..4),
            minutes in prop::collection::vec(-4500..4500i64, 40),
        ) -> (Rotation<u8>, Vec<DateTime<Utc>>) {
            let date: NaiveDate = date.parse().expect("a date");
            let midnight = date.and_time(NaiveTime::MIN);
            let moment = |minute| midnight + TimeDelta::minutes(minute);
            let overrides = overrides.into_iter().map(|(with, start, length)| Override { with, start: moment(start), end: moment(start + length) });
            (
                Rotation {
                    zone,
                    starts: date - Days::new(before),
                    handoff: NaiveTime::from_num_seconds_from_midnight_opt(handoff * 60, 0).expect("a time"),
                    every_days,
                    members,
                    overrides: overrides.collect(),
                },
                minutes.into_iter().map(|minute| moment(minute).and_utc()).collect(),
            )
        }
    }

    /// The rules of the README once more, for one instant: step through every turn, then through every override.
    fn model(rotation: &Rotation<u8>, at: DateTime<Utc>) -> Option<u8> {
        let starts = (0..60u64).map(|turn| {
            wall::first_instant(
                rotation.starts + Days::new(turn * u64::from(rotation.every_days)),
                rotation.handoff,
                rotation.zone,
            )
        });
        let begun = starts.take_while(|start| *start <= at).count();
        let mut on = rotation.members[begun.checked_sub(1)? % rotation.members.len()];
        for other in &rotation.overrides {
            let start = wall::first_instant(other.start.date(), other.start.time(), rotation.zone);
            if start <= at && at < wall::last_instant(other.end.date(), other.end.time(), rotation.zone) {
                on = other.with;
            }
        }
        Some(on)
    }

    proptest! {
        #[test]
        fn who_is_on_is_who_the_rules_say((rotation, minutes) in any_rotation()) {
            let (from, to) = (minutes[0].min(minutes[1]), minutes[0].max(minutes[1]));
            let turns = rotation.expand(from, to);
            for pair in turns.windows(2) {
                prop_assert_eq!(pair[0].span.end, pair[1].span.start);
                prop_assert_ne!(pair[0].member, pair[1].member);
            }
            for at in minutes {
                let expected = model(&rotation, at);
                prop_assert_eq!(rotation.on(at).copied(), expected);
                let found = turns.iter().find(|turn| turn.span.contains(at)).map(|turn| turn.member);
                prop_assert_eq!(found, expected.filter(|_| from <= at && at < to));
            }
        }
    }
}
