//! How zones, dates, times and days are written in JSON, and what is said of those that are not.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// Something in a shift, leave, extra or rotation that cannot be read: where it stands, its value, and what would be accepted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` is {value}; {accepted}")]
pub struct Invalid {
    field: &'static str,
    value: String,
    accepted: &'static str,
}

impl Invalid {
    pub(super) fn new(field: &'static str, value: impl Into<String>, accepted: &'static str) -> Self {
        Self { field, value: value.into(), accepted }
    }

    pub(super) fn zone(name: &str) -> Self {
        Self::new("zone", quoted(name), "write the name of an IANA time zone, such as Europe/Kyiv or America/Sao_Paulo")
    }

    /// The name of the field that is wrong.
    pub fn field(&self) -> &'static str {
        self.field
    }
}

/// The value as it was written, short enough for one sentence.
pub(super) fn quoted(value: &str) -> String {
    const SHOWN: usize = 40;
    let mut shown: String = value.chars().take(SHOWN).collect();
    if shown.len() < value.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

const DAYS: [(&str, Weekday); 7] = [
    ("mon", Weekday::Mon),
    ("tue", Weekday::Tue),
    ("wed", Weekday::Wed),
    ("thu", Weekday::Thu),
    ("fri", Weekday::Fri),
    ("sat", Weekday::Sat),
    ("sun", Weekday::Sun),
];

pub(super) fn day(text: &str) -> Result<Weekday, Invalid> {
    let found = DAYS.iter().find(|(name, _)| *name == text);
    found
        .map(|(_, day)| *day)
        .ok_or_else(|| Invalid::new("days", quoted(text), "write mon, tue, wed, thu, fri, sat or sun"))
}

pub(super) const fn day_name(day: Weekday) -> &'static str {
    DAYS[day as usize].0
}

/// The numbers in `text` if it has the very shape of `pattern`, in which `0` stands for a digit. chrono alone would take
/// `2026-3-1` and `+12026-03-01`, and what is read must be what is written back.
fn digits<const N: usize>(text: &str, pattern: &str) -> Option<[u32; N]> {
    let shaped = text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(b, p)| if p == b'0' { b.is_ascii_digit() } else { b == p });
    let mut numbers = text.split(|c: char| !c.is_ascii_digit()).map(str::parse);
    let mut found = [0; N];
    for number in &mut found {
        *number = numbers.next()?.ok()?;
    }
    shaped.then_some(found)
}

pub(super) fn time(field: &'static str, text: &str) -> Result<NaiveTime, Invalid> {
    let read = || digits(text, "00:00").and_then(|[hour, minute]| NaiveTime::from_hms_opt(hour, minute, 0));
    read().ok_or_else(|| Invalid::new(field, quoted(text), "write a time of day as HH:MM, from 00:00 to 23:59"))
}

pub(super) fn date(field: &'static str, text: &str) -> Result<NaiveDate, Invalid> {
    let read =
        || digits(text, "0000-00-00").and_then(|[year, month, day]| NaiveDate::from_ymd_opt(year as i32, month, day));
    read().ok_or_else(|| Invalid::new(field, quoted(text), "write a date of the calendar as YYYY-MM-DD"))
}

pub(super) fn moment(field: &'static str, text: &str) -> Result<NaiveDateTime, Invalid> {
    let read = || {
        let [year, month, day, hour, minute] = digits(text, "0000-00-00T00:00")?;
        NaiveDate::from_ymd_opt(year as i32, month, day)?.and_hms_opt(hour, minute, 0)
    };
    read().ok_or_else(|| {
        Invalid::new(field, quoted(text), "write a local date and time as YYYY-MM-DDTHH:MM, without seconds or offset")
    })
}

pub(super) fn time_text(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

pub(super) fn date_text(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

pub(super) fn moment_text(moment: NaiveDateTime) -> String {
    moment.format("%Y-%m-%dT%H:%M").to_string()
}
