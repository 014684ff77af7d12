//! ISO 8601 weeks, in UTC: the duty of a staff member is kept in one stream per week.

use chrono::{DateTime, Datelike, Days, Utc};

use super::Span;

/// The ISO year and week in which `at` lies, in UTC.
pub fn iso_week(at: DateTime<Utc>) -> (i32, u32) {
    let week = at.iso_week();
    (week.year(), week.week())
}

/// From Monday 00:00 UTC of the week in which `at` lies to the next. At either end of representable time the week is cut short.
pub fn week_bounds(at: DateTime<Utc>) -> Span {
    let today = at.date_naive();
    let gone = u64::from(today.weekday().num_days_from_monday());
    let midnight =
        |date: Option<chrono::NaiveDate>| date.and_then(|date| date.and_hms_opt(0, 0, 0)).map(|time| time.and_utc());
    Span {
        start: midnight(today.checked_sub_days(Days::new(gone))).unwrap_or(DateTime::<Utc>::MIN_UTC),
        end: midnight(today.checked_add_days(Days::new(7 - gone))).unwrap_or(DateTime::<Utc>::MAX_UTC),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn the_last_days_of_december_may_be_of_next_year() {
        let at: DateTime<Utc> = "2024-12-30T00:00:00Z".parse().expect("a timestamp");
        assert_eq!(iso_week(at), (2025, 1));
        assert_eq!(iso_week(at - TimeDelta::nanoseconds(1)), (2024, 52));
        assert_eq!(week_bounds(at).start, at);
        assert_eq!(week_bounds(at - TimeDelta::nanoseconds(1)).end, at);
        assert_eq!(week_bounds(at).length(), TimeDelta::days(7));
    }

    #[test]
    fn the_ends_of_time_have_a_week_too() {
        for at in [DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            let week = week_bounds(at);
            assert!(week.start <= at && at <= week.end);
            iso_week(at);
        }
    }
}
