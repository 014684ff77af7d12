//! One person's shifts, leave and extra hours, and when that makes them available.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

use super::notation::date_text;
use super::{LocalSpan, Shift, Span, When, merged, wall, without};

/// How far ahead and back [`Hours::at`] looks: a week of round-the-clock shifts, and a day.
pub const REACH: TimeDelta = TimeDelta::days(8);

/// When one person is scheduled: (shifts ∪ extra) − leave. Leave always wins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Hours {
    /// Weekly and single shifts.
    pub shifts: Vec<Shift>,
    /// When they are away, whatever else is said.
    pub leave: Vec<LocalSpan>,
    /// Hours on top of the shifts.
    pub extra: Vec<LocalSpan>,
}

/// What [`Hours`] come to in a window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expansion {
    /// When the person is available, in order; spans that overlap or touch are one, and all are clipped to the window.
    pub spans: Vec<Span>,
    /// What was written and came to nothing.
    pub warnings: Vec<Warning>,
}

/// Something in [`Hours`] that comes to nothing. In JSON it is its sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// The clocks skip the whole of a shift on that date.
    Skipped {
        /// The shift.
        shift: Shift,
        /// The local date on which it would have started.
        date: NaiveDate,
    },
    /// A weekly shift whose last date is before its first.
    Never(Shift),
    /// Leave that does not end after it starts.
    EmptyLeave(LocalSpan),
    /// Extra hours that do not end after they start.
    EmptyExtra(LocalSpan),
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Skipped { shift, date } => {
                write!(
                    f,
                    "the shift {shift} does not take place on {}: the clocks are set forward over it",
                    date_text(*date)
                )
            }
            Self::Never(shift) => write!(f, "the shift {shift} never takes place: its `until` is before its `from`"),
            Self::EmptyLeave(span) => write!(f, "the leave {span} has no effect: it does not end after it starts"),
            Self::EmptyExtra(span) => {
                write!(f, "the extra hours {span} have no effect: they do not end after they start")
            }
        }
    }
}

impl Serialize for Warning {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Hours {
    /// When the person is available between `from` and `to`.
    ///
    /// The work grows with the length of the window and nothing bounds it here: a window that somebody asked for goes through
    /// [`Span::window`] first.
    pub fn expand(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> Expansion {
        let mut expansion = Expansion::default();
        let Some(window) = Span::between(from, to) else { return expansion };
        let mut on = Vec::new();
        for shift in &self.shifts {
            if matches!(shift.when, When::Weekly { from: Some(from), until: Some(until), .. } if until < from) {
                expansion.warnings.push(Warning::Never(shift.clone()));
            }
            let (first, last) = dates_around(window, shift);
            for date in shift.dates(first, last) {
                match shift.on(date) {
                    Some(span) => on.extend(span.clipped(window)),
                    None if window.contains(wall::first_instant(date, shift.start, shift.zone)) => {
                        expansion.warnings.push(Warning::Skipped { shift: shift.clone(), date });
                    }
                    None => {}
                }
            }
        }
        on.extend(resolved(&self.extra, window, &mut expansion.warnings, Warning::EmptyExtra));
        let off = resolved(&self.leave, window, &mut expansion.warnings, Warning::EmptyLeave).collect();
        expansion.spans = without(&merged(on), &merged(off));
        expansion
    }

    /// The span of availability that contains `at`; shifts that touch are one. It is cut off at [`REACH`] to either side.
    pub fn at(&self, at: DateTime<Utc>) -> Option<Span> {
        let expansion = self.expand(plus(at, -REACH), plus(at, REACH));
        expansion.spans.into_iter().find(|span| span.contains(at))
    }

    /// Whether nothing here can ever make the person available.
    pub fn is_empty(&self) -> bool {
        self.shifts.is_empty() && self.extra.is_empty()
    }

    /// An upper bound of how many occurrences [`Hours::expand`] resolves in a window, found without resolving any.
    pub(super) fn work(&self, window: Span) -> u64 {
        let shifts = self.shifts.iter().map(|shift| {
            let (first, last) = dates_around(window, shift);
            shift.at_most(first, last)
        });
        shifts.sum::<u64>() + (self.leave.len() + self.extra.len()) as u64
    }
}

/// The dates on which a shift that shows in the window can start. It may have begun the day before, a zone can skip a date, and
/// a date line that moves can turn the calendar back by a day.
fn dates_around(window: Span, shift: &Shift) -> (NaiveDate, NaiveDate) {
    let first = wall::local(window.start, shift.zone).date();
    let last = wall::local(window.end, shift.zone).date();
    (first.checked_sub_days(Days::new(3)).unwrap_or(first), last.checked_add_days(Days::new(2)).unwrap_or(last))
}

/// Those of `written` that show in the window; of those around it that are empty, a warning.
fn resolved<'a>(
    written: &'a [LocalSpan],
    window: Span,
    warnings: &'a mut Vec<Warning>,
    warning: fn(LocalSpan) -> Warning,
) -> impl Iterator<Item = Span> + 'a {
    // A person can have years of leave behind them: what is clearly elsewhere is not worth asking a zone about.
    let near = Span { start: plus(window.start, TimeDelta::days(-3)), end: plus(window.end, TimeDelta::days(3)) };
    let is_near =
        move |span: &&LocalSpan| span.start.and_utc() < near.end && span.start.max(span.end).and_utc() >= near.start;
    written.iter().filter(is_near).filter_map(move |local| {
        let span = local.span();
        if span.is_none() {
            warnings.push(warning(*local));
        }
        span?.clipped(window)
    })
}

fn plus(at: DateTime<Utc>, delta: TimeDelta) -> DateTime<Utc> {
    let end = if delta < TimeDelta::zero() { DateTime::<Utc>::MIN_UTC } else { DateTime::<Utc>::MAX_UTC };
    at.checked_add_signed(delta).unwrap_or(end)
}

/// [`Hours`] with what they come to around now, for a dispatcher that asks often. A question costs a binary search; about once
/// a week, or when the clock was set back, it costs an expansion.
#[derive(Clone, Debug)]
pub struct HoursCache {
    hours: Hours,
    window: Span,
    spans: Vec<Span>,
}

impl HoursCache {
    const BACK: TimeDelta = TimeDelta::days(1);
    /// Answers are given up to this long before the end of what is expanded, so that the end of a shift is seen a day ahead.
    const MARGIN: TimeDelta = TimeDelta::days(1);

    /// Nothing is expanded until the first question.
    pub fn new(hours: Hours) -> Self {
        Self { hours, window: Span { start: DateTime::UNIX_EPOCH, end: DateTime::UNIX_EPOCH }, spans: Vec::new() }
    }

    /// The hours themselves.
    pub fn hours(&self) -> &Hours {
        &self.hours
    }

    /// The span of availability that contains `at`; shifts that touch are one. Where it reaches further than a day back, or further
    /// than a day ahead, its start or end may be cut off there or later.
    pub fn on_shift(&mut self, at: DateTime<Utc>) -> Option<Span> {
        self.look_around(at);
        let next = self.spans.get(self.spans.partition_point(|span| span.end <= at))?;
        next.contains(at).then_some(*next)
    }

    /// The next moment after `at` at which [`HoursCache::on_shift`] is worth asking again: when a shift starts or ends or, when that
    /// is more than a week off, before then. `None` when it never will be.
    pub fn next_change(&mut self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.hours.is_empty() {
            return None;
        }
        self.look_around(at);
        let ahead = &self.spans[self.spans.partition_point(|span| span.end <= at)..];
        let change = ahead.iter().flat_map(|span| [span.start, span.end]).find(|change| *change > at);
        change.filter(|change| *change < self.window.end).or(Some(self.horizon())).filter(|change| *change > at)
    }

    fn horizon(&self) -> DateTime<Utc> {
        plus(self.window.end, -Self::MARGIN)
    }

    fn look_around(&mut self, at: DateTime<Utc>) {
        if at < self.window.start || self.horizon() <= at {
            self.window = Span { start: plus(at, -Self::BACK), end: plus(at, REACH) };
            self.spans = self.hours.expand(self.window.start, self.window.end).spans;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn hours(value: serde_json::Value) -> Hours {
        serde_json::from_value(value).expect("the tests write hours")
    }

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("the tests write RFC 3339")
    }

    #[test]
    fn what_comes_to_nothing_is_reported() {
        let hours = hours(json!({
            "shifts": [
                {"zone": "America/Chicago", "days": ["sun"], "start": "02:10", "end": "02:50"},
                {"zone": "Etc/UTC", "days": ["mon"], "start": "09:00", "end": "17:00", "from": "2026-02-01", "until": "2026-01-01"},
            ],
            "leave": [{"zone": "Etc/UTC", "start": "2026-03-08T10:00", "end": "2026-03-08T10:00"}],
            "extra": [{"zone": "Etc/UTC", "start": "2026-03-08T10:00", "end": "2026-03-07T10:00"}],
        }));
        let expansion = hours.expand(utc("2026-03-07T00:00:00Z"), utc("2026-03-16T00:00:00Z"));
        assert_eq!(expansion.spans, [Span { start: utc("2026-03-15T07:10:00Z"), end: utc("2026-03-15T07:50:00Z") }]);
        insta::assert_json_snapshot!(expansion.warnings, @r##"
        [
          "the shift 02:10–02:50 America/Chicago does not take place on 2026-03-08: the clocks are set forward over it",
          "the shift 09:00–17:00 Etc/UTC never takes place: its `until` is before its `from`",
          "the extra hours 2026-03-08T10:00–2026-03-07T10:00 Etc/UTC have no effect: they do not end after they start",
          "the leave 2026-03-08T10:00–2026-03-08T10:00 Etc/UTC has no effect: it does not end after it starts"
        ]
        "##);
        assert_eq!(hours.expand(utc("2026-03-16T00:00:00Z"), utc("2026-03-07T00:00:00Z")), Expansion::default());
    }

    #[test]
    fn what_comes_to_nothing_elsewhere_is_not_reported() {
        let hours = hours(json!({
            "shifts": [{"zone": "America/Chicago", "days": ["sun"], "start": "02:10", "end": "02:50"}],
            "leave": [{"zone": "Etc/UTC", "start": "2026-05-08T10:00", "end": "2026-05-08T10:00"}],
            "extra": [{"zone": "Etc/UTC", "start": "2026-01-08T10:00", "end": "2026-01-07T10:00"}],
        }));
        let before_the_clocks_change = hours.expand(utc("2026-03-02T00:00:00Z"), utc("2026-03-07T00:00:00Z"));
        assert_eq!(before_the_clocks_change, Expansion::default());
    }

    #[test]
    fn every_entry_counts_as_work() {
        let day = |n: u32| json!({"zone": "Etc/UTC", "start": format!("2026-03-{n:02}T10:00"), "end": format!("2026-03-{n:02}T11:00")});
        let leave: Vec<_> = (1..=20).map(day).collect();
        let window = Span { start: utc("2026-03-02T00:00:00Z"), end: utc("2026-03-03T00:00:00Z") };
        assert_eq!(hours(json!({"leave": &leave, "extra": [day(21)]})).work(window), 21);
        assert_eq!(hours(json!({ "leave": leave })).work(window), 20);
    }

    #[test]
    fn touching_shifts_are_one() {
        let hours = hours(json!({"shifts": [
            {"zone": "Asia/Tokyo", "days": ["mon"], "start": "09:00", "end": "13:00"},
            {"zone": "Europe/Berlin", "date": "2026-11-02", "start": "05:00", "end": "09:00"},
        ]}));
        let span = Span { start: utc("2026-11-02T00:00:00Z"), end: utc("2026-11-02T08:00:00Z") };
        for at in ["2026-11-02T00:00:00Z", "2026-11-02T04:00:00Z", "2026-11-02T07:59:59Z"] {
            assert_eq!(hours.at(utc(at)), Some(span));
            assert_eq!(HoursCache::new(hours.clone()).on_shift(utc(at)), Some(span));
        }
        assert_eq!(hours.at(span.end), None);
    }

    #[test]
    fn somebody_who_is_always_on_is_looked_at_again_within_a_week() {
        let mut cache = HoursCache::new(hours(json!({"shifts": [
            {"zone": "Etc/UTC", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "00:00"},
        ]})));
        let mut at = utc("2026-11-02T12:00:00Z");
        for _ in 0..5 {
            assert!(cache.on_shift(at).is_some_and(|span| span.contains(at) && span.end - at > TimeDelta::days(1)));
            let next = cache.next_change(at).expect("they have hours");
            assert!(at < next && next <= at + TimeDelta::days(7));
            at = next;
        }
        assert_eq!(HoursCache::new(Hours::default()).next_change(at), None);
    }

    /// In St. John's the clocks went from 00:01 on 7 November 2010 back to 23:01 on the 6th, so the date turned twice.
    #[test]
    fn a_date_that_turns_back_is_seen_from_both_of_its_midnights() {
        let hours = hours(json!({"shifts": [
            {"zone": "America/St_Johns", "date": "2010-11-05", "start": "23:45", "end": "23:30"},
            {"zone": "America/St_Johns", "date": "2010-11-07", "start": "00:00", "end": "00:00"},
        ]}));
        let twice = utc("2010-11-07T02:30:00Z"); // 00:00 for the first time; 00:01 does not come at first.
        let spans = |from, to| hours.expand(from, to).spans;
        let end = utc("2010-11-07T03:00:00Z"); // 23:30 on the 6th for the last time.
        assert_eq!(
            hours.at(twice),
            Some(Span { start: utc("2010-11-06T02:15:00Z"), end: utc("2010-11-08T03:30:00Z") })
        );
        let second = TimeDelta::seconds(1);
        assert_eq!(spans(twice, twice + second), [Span { start: twice, end: twice + second }]);
        assert_eq!(spans(end, end + second), [Span { start: end, end: end + second }]);

        let before = Hours { shifts: hours.shifts[..1].to_vec(), ..Hours::default() };
        assert_eq!(before.expand(twice, end + second).spans, [Span { start: twice, end }]);
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        let hours = hours(json!({
            "shifts": [{"zone": "Pacific/Kiritimati", "days": ["mon"], "start": "10:00", "end": "09:00", "from": "0000-01-01"}],
            "leave": [{"zone": "Etc/UTC", "start": "0000-01-01T00:00", "end": "9999-12-31T00:00"}],
        }));
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_eq!(hours.at(at), None);
            let mut cache = HoursCache::new(hours.clone());
            assert_eq!(cache.on_shift(at), None);
            assert!(cache.next_change(at).is_none_or(|next| next > at));
        }
    }

    const ZONES: [&str; 6] =
        ["America/Chicago", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia", "Antarctica/Troll", "Etc/UTC"];
    /// Around changes of the clocks in those zones; the last is the date that Apia skipped.
    const DATES: [&str; 6] = ["2026-03-08", "2026-11-01", "2026-04-05", "2026-03-29", "2026-10-25", "2011-12-30"];

    prop_compose! {
        fn any_hours()(base in prop::sample::select(DATES.to_vec()))(
            shifts in prop::collection::vec((0..6usize, -2..3i64, 0..1440i64, 0..1440i64, any::<bool>()), 0..4),
            spans in prop::collection::vec((0..6usize, -2880..2880i64, -60..1500i64, any::<bool>()), 0..4),
            minutes in prop::collection::vec(-4000..4000i64, 40),
            base in Just(base),
        ) -> (Hours, Vec<DateTime<Utc>>) {
            let midnight = format!("{base}T00:00:00Z").parse::<DateTime<Utc>>().expect("a date").naive_utc();
            let time = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
            let moment = |minute: i64| (midnight + TimeDelta::minutes(minute)).format("%Y-%m-%dT%H:%M").to_string();
            let mut written = json!({"shifts": [], "leave": [], "extra": []});
            for (zone, day, start, end, weekly) in shifts {
                let date = (midnight + TimeDelta::days(day)).date();
                let mut shift = json!({"zone": ZONES[zone], "start": time(start), "end": time(end)});
                if weekly {
                    shift["days"] = json!([date.format("%a").to_string().to_lowercase()]);
                    shift["until"] = json!(date.to_string());
                } else {
                    shift["date"] = json!(date.to_string());
                }
                written["shifts"].as_array_mut().expect("a list").push(shift);
            }
            for (zone, start, length, leave) in spans {
                let span = json!({"zone": ZONES[zone], "start": moment(start), "end": moment(start + length)});
                written[if leave { "leave" } else { "extra" }].as_array_mut().expect("a list").push(span);
            }
            let minutes = minutes.into_iter().map(|minute| (midnight + TimeDelta::minutes(minute)).and_utc());
            (hours(written), minutes.collect())
        }
    }

    /// The rules of the README once more, for one instant and without any list of spans: between the first instant of a start and the
    /// last of an end, on any date around.
    fn is_on(hours: &Hours, at: DateTime<Utc>) -> bool {
        let within = |span: &LocalSpan| {
            let start = wall::first_instant(span.start.date(), span.start.time(), span.zone);
            start <= at && at < wall::last_instant(span.end.date(), span.end.time(), span.zone)
        };
        let starts_on = |shift: &Shift, date: NaiveDate| match &shift.when {
            When::Once { date: only } => *only == date,
            When::Weekly { days, from, until } => {
                days.contains(&chrono::Datelike::weekday(&date))
                    && from.is_none_or(|d| d <= date)
                    && until.is_none_or(|d| date <= d)
            }
        };
        let on = |shift: &Shift| {
            (-5..=5).map(|day| at.date_naive() + TimeDelta::days(day)).filter(|date| starts_on(shift, *date)).any(
                |date| {
                    let end = if shift.end <= shift.start { date + TimeDelta::days(1) } else { date };
                    within(&LocalSpan {
                        zone: shift.zone,
                        start: date.and_time(shift.start),
                        end: end.and_time(shift.end),
                    })
                },
            )
        };
        (hours.shifts.iter().any(on) || hours.extra.iter().any(within)) && !hours.leave.iter().any(within)
    }

    proptest! {
        #[test]
        fn somebody_is_on_in_each_minute_that_the_rules_say((hours, minutes) in any_hours()) {
            let (from, to) = (minutes[0].min(minutes[1]), minutes[0].max(minutes[1]));
            let spans = hours.expand(from, to).spans;
            prop_assert!(spans.iter().all(|span| from <= span.start && span.start < span.end && span.end <= to));
            prop_assert!(spans.windows(2).all(|pair| pair[0].end < pair[1].start));
            let mut cache = HoursCache::new(hours.clone());
            for at in minutes {
                let on = is_on(&hours, at);
                prop_assert_eq!(spans.iter().any(|span| span.contains(at)), on && from <= at && at < to);
                prop_assert_eq!(cache.on_shift(at).is_some(), on);
                prop_assert_eq!(hours.at(at).is_some(), on);
                if let (Some(seen), Some(whole)) = (cache.on_shift(at), hours.at(at)) {
                    prop_assert_eq!(seen.end, whole.end);
                }
            }
        }

        #[test]
        fn nothing_changes_before_the_next_change((hours, minutes) in any_hours()) {
            let mut cache = HoursCache::new(hours.clone());
            let (mut at, end) = (minutes[0], minutes[0] + TimeDelta::days(2));
            while at < end {
                let Some(next) = cache.next_change(at) else { break };
                prop_assert!(next > at);
                let mut between = at;
                while between < next.min(end) {
                    prop_assert_eq!(is_on(&hours, between), is_on(&hours, at));
                    between += TimeDelta::minutes(7);
                }
                at = next;
            }
        }
    }
}
