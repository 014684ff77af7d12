//! Durations as people write them: `1500ms`, `30s`, `2m`, `24h`, `30d`.

use chrono::TimeDelta;

/// Nothing lasts longer: ten years.
const LONGEST: TimeDelta = TimeDelta::days(3660);

/// Reads a whole number and a unit, without space between them, up to ten years.
pub fn parse(text: &str) -> Option<TimeDelta> {
    let split = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(split)?;
    let number: i64 = number.parse().ok()?;
    let span = match unit {
        "ms" => TimeDelta::try_milliseconds(number),
        "s" => TimeDelta::try_seconds(number),
        "m" => TimeDelta::try_minutes(number),
        "h" => TimeDelta::try_hours(number),
        "d" => TimeDelta::try_days(number),
        _ => None,
    }?;
    (span <= LONGEST).then_some(span)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        assert_eq!(parse("1500ms"), Some(TimeDelta::milliseconds(1500)));
        assert_eq!(parse("0s"), Some(TimeDelta::zero()));
        assert_eq!(parse("2m"), Some(TimeDelta::seconds(120)));
        assert_eq!(parse("24h"), Some(TimeDelta::days(1)));
        assert_eq!(parse("30d"), Some(TimeDelta::days(30)));
        for bad in
            ["", "s", "5", "5 s", "-5s", "+5s", "1.5s", "5S", "5w", "99999999999999999999s", "9999999d", "1h30m", "٣s"]
        {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }
}
