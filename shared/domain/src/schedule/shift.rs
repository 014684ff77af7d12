//! What a person's hours are made of: shifts, and spans of leave or of extra hours.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Serialize};
use std::fmt;

use super::notation::{self, Invalid};
use super::{Span, wall};

/// Wall-clock hours in somebody's own zone, each week or once.
///
/// In JSON `{"zone","days":["mon",…],"start":"22:00","end":"06:00","from"?,"until"?}` or `{"zone","date","start","end"}`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Shift {
    /// The zone whose clocks are meant.
    pub zone: Tz,
    /// The dates on which it starts.
    pub when: When,
    /// When it starts, to the minute.
    pub start: NaiveTime,
    /// When it ends, to the minute: on the next date when this is not later than `start`.
    pub end: NaiveTime,
}

/// The local dates on which a shift starts.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum When {
    /// Each of these days of the week.
    Weekly {
        /// Which, in the order in which they were written.
        days: Vec<Weekday>,
        /// The first date that counts.
        from: Option<NaiveDate>,
        /// The last date that counts.
        until: Option<NaiveDate>,
    },
    /// One date.
    Once {
        /// Which.
        date: NaiveDate,
    },
}

impl Shift {
    /// The dates from `first` to `last`, both inclusive, on which it starts, in order.
    pub fn dates(&self, first: NaiveDate, last: NaiveDate) -> impl Iterator<Item = NaiveDate> {
        let (first, last) = match self.when {
            When::Weekly { from, until, .. } => {
                (from.map_or(first, |from| from.max(first)), until.map_or(last, |until| until.min(last)))
            }
            When::Once { date } if first <= date && date <= last => (date, date),
            When::Once { .. } => (NaiveDate::MAX, NaiveDate::MIN),
        };
        let listed = |date: &NaiveDate| match &self.when {
            When::Weekly { days, .. } => days.contains(&chrono::Datelike::weekday(date)),
            When::Once { .. } => true,
        };
        first.iter_days().take_while(move |date| *date <= last).filter(listed)
    }

    /// An upper bound of how many [`Shift::dates`] there are, without walking through them.
    pub(super) fn at_most(&self, first: NaiveDate, last: NaiveDate) -> u64 {
        match &self.when {
            When::Weekly { days, from, until } => {
                let first = from.map_or(first, |from| from.max(first));
                let last = until.map_or(last, |until| until.min(last));
                let weeks = ((last - first).num_days() + 1).max(0) as u64;
                weeks.div_ceil(7) * days.len() as u64
            }
            When::Once { .. } => 1,
        }
    }

    /// The span it takes when it starts on `date`, or `None` when the clocks leave nothing of it.
    pub fn on(&self, date: NaiveDate) -> Option<Span> {
        let end_date = if self.end <= self.start { date.succ_opt().unwrap_or(date) } else { date };
        Span::between(
            wall::first_instant(date, self.start, self.zone),
            wall::last_instant(end_date, self.end, self.zone),
        )
    }
}

impl fmt::Display for Shift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{} {}", notation::time_text(self.start), notation::time_text(self.end), self.zone)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    zone: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    days: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    start: String,
    end: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

impl TryFrom<Written> for Shift {
    type Error = Invalid;

    fn try_from(written: Written) -> Result<Self, Invalid> {
        const EITHER: &str = "a shift has either `days`, such as [\"mon\", \"tue\"], or one `date`";
        let optional = |field, text: Option<String>| text.map(|text| notation::date(field, &text)).transpose();
        let zone = wall::parse_zone(&written.zone)?;
        let when = match (written.days, written.date) {
            (Some(names), None) => {
                if names.is_empty() || names.len() > 7 {
                    return Err(Invalid::new(
                        "days",
                        format!("a list of {}", names.len()),
                        "list one to seven of mon, tue, wed, thu, fri, sat, sun",
                    ));
                }
                let days = names.iter().map(|name| notation::day(name)).collect::<Result<_, _>>()?;
                When::Weekly { days, from: optional("from", written.from)?, until: optional("until", written.until)? }
            }
            (None, Some(date)) => {
                for (field, text) in [("from", written.from), ("until", written.until)] {
                    if let Some(text) = text {
                        return Err(Invalid::new(
                            field,
                            notation::quoted(&text),
                            "only a weekly shift has it, not one with a `date`",
                        ));
                    }
                }
                When::Once { date: notation::date("date", &date)? }
            }
            (None, None) => return Err(Invalid::new("days", "missing", EITHER)),
            (Some(_), Some(date)) => {
                return Err(Invalid::new("date", format!("{} beside `days`", notation::quoted(&date)), EITHER));
            }
        };
        Ok(Self {
            zone,
            when,
            start: notation::time("start", &written.start)?,
            end: notation::time("end", &written.end)?,
        })
    }
}

impl From<Shift> for Written {
    fn from(shift: Shift) -> Self {
        let (days, date, from, until) = match shift.when {
            When::Weekly { days, from, until } => (Some(days), None, from, until),
            When::Once { date } => (None, Some(date), None, None),
        };
        Self {
            zone: shift.zone.name().to_owned(),
            days: days.map(|days| days.into_iter().map(|day| notation::day_name(day).to_owned()).collect()),
            date: date.map(notation::date_text),
            start: notation::time_text(shift.start),
            end: notation::time_text(shift.end),
            from: from.map(notation::date_text),
            until: until.map(notation::date_text),
        }
    }
}

/// A span between two local times in a zone: one leave, or extra hours. In JSON
/// `{"zone","start":"2026-03-08T02:30","end":"2026-03-08T04:00"}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WrittenSpan", into = "WrittenSpan")]
pub struct LocalSpan {
    /// The zone whose clocks are meant.
    pub zone: Tz,
    /// When it starts, to the minute.
    pub start: NaiveDateTime,
    /// When it ends, to the minute.
    pub end: NaiveDateTime,
}

impl LocalSpan {
    /// The span of instants, or `None` when there is nothing between start and end.
    pub fn span(&self) -> Option<Span> {
        Span::between(
            wall::first_instant(self.start.date(), self.start.time(), self.zone),
            wall::last_instant(self.end.date(), self.end.time(), self.zone),
        )
    }
}

impl fmt::Display for LocalSpan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}–{} {}", notation::moment_text(self.start), notation::moment_text(self.end), self.zone)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenSpan {
    zone: String,
    start: String,
    end: String,
}

impl TryFrom<WrittenSpan> for LocalSpan {
    type Error = Invalid;

    fn try_from(written: WrittenSpan) -> Result<Self, Invalid> {
        Ok(Self {
            zone: wall::parse_zone(&written.zone)?,
            start: notation::moment("start", &written.start)?,
            end: notation::moment("end", &written.end)?,
        })
    }
}

impl From<LocalSpan> for WrittenSpan {
    fn from(span: LocalSpan) -> Self {
        Self {
            zone: span.zone.name().to_owned(),
            start: notation::moment_text(span.start),
            end: notation::moment_text(span.end),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn refused(value: Value) -> String {
        serde_json::from_value::<Shift>(value).expect_err("it should not be taken").to_string()
    }

    #[test]
    fn a_shift_is_written_back_as_it_was_read() {
        for written in [
            json!({"zone": "America/Godthab", "days": ["tue", "mon"], "start": "22:00", "end": "06:00"}),
            json!({"zone": "Asia/Kathmandu", "days": ["sun"], "start": "00:00", "end": "00:00", "from": "2026-01-01", "until": "2026-02-28"}),
            json!({"zone": "Etc/UTC", "date": "0999-12-31", "start": "09:05", "end": "17:00"}),
        ] {
            let shift: Shift = serde_json::from_value(written.clone()).expect("a shift");
            assert_eq!(serde_json::to_value(shift).expect("JSON"), written);
        }
        let written = json!({"zone": "America/Chicago", "start": "2026-03-08T02:30", "end": "2026-03-08T04:00"});
        let span: LocalSpan = serde_json::from_value(written.clone()).expect("a local span");
        assert_eq!(serde_json::to_value(span).expect("JSON"), written);
    }

    #[test]
    fn what_cannot_be_read_is_named_with_what_would_be() {
        let base = json!({"zone": "Etc/UTC", "days": ["mon"], "start": "22:00", "end": "06:00"});
        let with = |key: &str, value: Value| {
            let mut shift = base.clone();
            shift[key] = value;
            refused(shift)
        };
        insta::assert_snapshot!([
            with("zone", json!("Europe/Atlantis")),
            with("zone", json!("x".repeat(1_000_000))),
            with("start", json!("24:00")),
            with("end", json!("06:00:00")),
            with("end", json!("6:00")),
            with("days", json!([])),
            with("days", json!(["Mon"])),
            with("days", json!(vec!["mon"; 8])),
            with("date", json!("2026-02-28")),
            with("from", json!("2026-02-29")),
            with("until", json!("2026-3-1")),
            refused(json!({"zone": "Etc/UTC", "start": "22:00", "end": "06:00"})),
            refused(json!({"zone": "Etc/UTC", "date": "2026-01-01", "until": "2026-01-01", "start": "22:00", "end": "06:00"})),
            with("note", json!("")),
        ].join("\n"), @r##"
        `zone` is "Europe/Atlantis"; write the name of an IANA time zone, such as Europe/Kyiv or America/Sao_Paulo
        `zone` is "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…"; write the name of an IANA time zone, such as Europe/Kyiv or America/Sao_Paulo
        `start` is "24:00"; write a time of day as HH:MM, from 00:00 to 23:59
        `end` is "06:00:00"; write a time of day as HH:MM, from 00:00 to 23:59
        `end` is "6:00"; write a time of day as HH:MM, from 00:00 to 23:59
        `days` is a list of 0; list one to seven of mon, tue, wed, thu, fri, sat, sun
        `days` is "Mon"; write mon, tue, wed, thu, fri, sat or sun
        `days` is a list of 8; list one to seven of mon, tue, wed, thu, fri, sat, sun
        `date` is "2026-02-28" beside `days`; a shift has either `days`, such as ["mon", "tue"], or one `date`
        `from` is "2026-02-29"; write a date of the calendar as YYYY-MM-DD
        `until` is "2026-3-1"; write a date of the calendar as YYYY-MM-DD
        `days` is missing; a shift has either `days`, such as ["mon", "tue"], or one `date`
        `until` is "2026-01-01"; only a weekly shift has it, not one with a `date`
        unknown field `note`, expected one of `zone`, `days`, `date`, `start`, `end`, `from`, `until`
        "##);
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,20}|[0-9]{1,5}[:-][0-9-]{1,8}(T[0-9:]{5})?", field in prop::sample::select(vec!["zone", "date", "start", "end"])) {
            let mut shift = json!({"zone": "Etc/UTC", "date": "2026-01-01", "start": "22:00", "end": "06:00"});
            shift[field] = json!(text);
            if let Ok(read) = serde_json::from_value::<Shift>(shift.clone()) {
                prop_assert_eq!(serde_json::to_value(read)?, shift);
            }
            let span = json!({"zone": "Etc/UTC", "start": text, "end": "2026-01-01T00:00"});
            if let Ok(read) = serde_json::from_value::<LocalSpan>(span.clone()) {
                prop_assert_eq!(serde_json::to_value(read)?, span);
            }
        }
    }
}
