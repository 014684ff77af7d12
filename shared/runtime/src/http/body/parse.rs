//! Parsers for single values. Each says what it would accept, and never repeats what it got.

use std::borrow::Cow;
use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde_json::Value;
use uuid::Uuid;
use wideawake_domain::Language;

use crate::config::duration;

/// Why a value is not taken: what would be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(pub Cow<'static, str>);

impl From<&'static str> for Refusal {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Refusal {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

fn string(value: &Value) -> Result<&str, Refusal> {
    value.as_str().ok_or_else(|| "must be a string".into())
}

/// A string of so many Unicode scalars, without control characters but `\n`, `\t` and `\r`.
pub fn text(length: RangeInclusive<usize>) -> impl Fn(&Value) -> Result<String, Refusal> {
    move |value| limited(value, &length, |c| matches!(c, '\n' | '\t' | '\r'))
}

/// A string of so many Unicode scalars on one line, without control characters.
pub fn line(length: RangeInclusive<usize>) -> impl Fn(&Value) -> Result<String, Refusal> {
    move |value| limited(value, &length, |_| false)
}

fn limited(value: &Value, length: &RangeInclusive<usize>, allowed: fn(char) -> bool) -> Result<String, Refusal> {
    let text = string(value)?;
    if !length.contains(&text.chars().count()) {
        return Err(format!("must have {} to {} characters", length.start(), length.end()).into());
    }
    let breaks = |c| matches!(c, '\u{2028}' | '\u{2029}') && !allowed('\n');
    if text.chars().any(|c| (c.is_control() && !allowed(c)) || breaks(c)) {
        return Err("must not contain control characters".into());
    }
    Ok(text.to_owned())
}

/// A language tag (BCP 47), such as `pt-BR`.
pub fn language(value: &Value) -> Result<Language, Refusal> {
    parsed("must be a language tag such as \"en\" or \"pt-BR\"")(value)
}

/// An IANA time zone, such as `Europe/Madrid`.
pub fn zone(value: &Value) -> Result<chrono_tz::Tz, Refusal> {
    parsed("must be an IANA time zone such as \"Europe/Madrid\"")(value)
}

/// A country by its two letters (ISO 3166-1 alpha-2), in upper case.
pub fn country(value: &Value) -> Result<String, Refusal> {
    let text = string(value)?;
    if text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()) {
        Ok(text.to_ascii_uppercase())
    } else {
        Err("must be a country's two letters such as \"ES\"".into())
    }
}

/// A configured name: 1 to 64 of `a`–`z`, `0`–`9`, `-` and `_`.
pub fn name(value: &Value) -> Result<String, Refusal> {
    let text = string(value)?;
    match wideawake_domain::settings::name(text) {
        Ok(name) => Ok(name.to_owned()),
        Err(_) => Err("must be a name of 1 to 64 of a–z, 0–9, - and _".into()),
    }
}

/// `true` or `false`.
pub fn boolean(value: &Value) -> Result<bool, Refusal> {
    value.as_bool().ok_or_else(|| "must be true or false".into())
}

/// An integer in a range.
pub fn int<T>(range: RangeInclusive<T>) -> impl Fn(&Value) -> Result<T, Refusal>
where
    T: TryFrom<i64> + PartialOrd + Display,
{
    move |value| within(value.as_i64(), &range)
}

/// An integer in a range, written as text: for queries.
pub fn decimal<T>(range: RangeInclusive<T>) -> impl Fn(&Value) -> Result<T, Refusal>
where
    T: TryFrom<i64> + PartialOrd + Display,
{
    move |value| within(value.as_str().and_then(|text| text.parse().ok()), &range)
}

fn within<T: TryFrom<i64> + PartialOrd + Display>(
    number: Option<i64>,
    range: &RangeInclusive<T>,
) -> Result<T, Refusal> {
    number
        .and_then(|number| T::try_from(number).ok())
        .filter(|number| range.contains(number))
        .ok_or_else(|| format!("must be an integer from {} to {}", range.start(), range.end()).into())
}

/// A duration such as `24h`, longer than nothing.
pub fn duration(value: &Value) -> Result<TimeDelta, Refusal> {
    let refusal = "must be a duration such as \"90s\", \"15m\" or \"24h\"";
    let span = string(value).ok().and_then(duration::parse).ok_or(refusal)?;
    if span > TimeDelta::zero() { Ok(span) } else { Err(refusal.into()) }
}

/// A UUID.
pub fn uuid(value: &Value) -> Result<Uuid, Refusal> {
    id(value)
}

/// An identifier, of whatever is identified by a UUID.
pub fn id<T: FromStr>(value: &Value) -> Result<T, Refusal> {
    parsed("must be a UUID")(value)
}

/// An instant (RFC 3339), taken to UTC and whole microseconds, as the record keeps them.
pub fn instant(value: &Value) -> Result<DateTime<Utc>, Refusal> {
    let refusal = "must be an instant such as \"2026-03-29T01:30:00Z\"";
    let at = DateTime::parse_from_rfc3339(string(value)?).map_err(|_| refusal)?;
    DateTime::from_timestamp_micros(at.timestamp_micros()).ok_or_else(|| refusal.into())
}

/// A date, `2026-03-29`.
pub fn date(value: &Value) -> Result<NaiveDate, Refusal> {
    let text = string(value)?;
    let refusal = || Refusal::from("must be a date such as \"2026-03-29\"");
    if text.len() != 10 {
        return Err(refusal());
    }
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| refusal())
}

/// A time on the wall, `22:00`.
pub fn wall_time(value: &Value) -> Result<NaiveTime, Refusal> {
    let text = string(value)?;
    let refusal = || Refusal::from("must be a time such as \"22:00\"");
    if text.len() != 5 {
        return Err(refusal());
    }
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| refusal())
}

/// One of a fixed set, by name: `one_of(&Priority::ALL, Priority::as_str)`.
pub fn one_of<T: Copy + 'static>(
    all: &'static [T],
    name: impl Fn(T) -> &'static str,
) -> impl Fn(&Value) -> Result<T, Refusal> {
    move |value| {
        let text = value.as_str();
        all.iter().copied().find(|one| Some(name(*one)) == text).ok_or_else(|| {
            let names: Vec<_> = all.iter().map(|one| name(*one)).collect();
            format!("must be one of {}", names.join(", ")).into()
        })
    }
}

/// Whatever can be parsed from a string, with what to say when it cannot.
pub fn parsed<T: FromStr>(refusal: &'static str) -> impl Fn(&Value) -> Result<T, Refusal> {
    move |value| value.as_str().and_then(|text| text.parse().ok()).ok_or_else(|| refusal.into())
}
