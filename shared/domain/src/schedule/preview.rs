//! A roster or a rotation as JSON in, who is on as rows out: what `wideawake roster preview` and `rotation preview` print.
//!
//! The text may come from anywhere: everything in it is bounded before it is expanded.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Hours, LocalSpan, Rotation, Shift, Span};

/// How long a text may be, in bytes.
pub const MAX_BYTES: usize = 64 << 20;
/// How many shifts a roster may have, and how many entries of leave, and of extra.
pub const MAX_ENTRIES: usize = 10_000;
/// How many occurrences one roster may come to in its window.
pub const MAX_OCCURRENCES: u64 = 200_000;
/// How many occurrences all the cases of a file may come to.
pub const MAX_IN_FILE: u64 = 2_000_000;

/// Why there is no preview, in one sentence that says what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refused(String);

/// A time for which a volunteer is available.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Available {
    /// Who.
    pub volunteer: Arc<str>,
    /// When; in JSON `start` and `end` beside `volunteer`.
    #[serde(flatten)]
    pub span: Span,
}

/// A time for which a member of a rotation is on.
pub type Turn = super::Turn<Arc<str>>;

/// What one case of a file comes to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Outcome<R> {
    /// Its rows.
    Rows(Vec<R>),
    /// In JSON `{"error": "…"}`.
    Refused {
        /// Why there are none.
        error: String,
    },
}

/// Who of a roster (`{"shifts","leave"?,"extra"?}`) is available when, sorted by start and then by volunteer.
pub fn roster(json: &str, from: &str, to: &str) -> Result<Vec<Available>, Refused> {
    let mut left = MAX_OCCURRENCES;
    expand_roster(parse(json)?, window(from, to)?, &mut left)
}

/// Who of a rotation is on when.
pub fn rotation(json: &str, from: &str, to: &str) -> Result<Vec<Turn>, Refused> {
    let mut left = MAX_OCCURRENCES;
    expand_rotation(parse(json)?, window(from, to)?, &mut left)
}

/// [`roster`] for each case of a file in the format of `cases/schedule`.
pub fn roster_cases(json: &str) -> Result<Vec<Outcome<Available>>, Refused> {
    cases(json, "roster", MAX_IN_FILE, expand_roster)
}

/// [`rotation`] for each case of a file in the format of `cases/schedule`.
pub fn rotation_cases(json: &str) -> Result<Vec<Outcome<Turn>>, Refused> {
    cases(json, "rotation", MAX_IN_FILE, expand_rotation)
}

fn cases<R>(
    json: &str,
    kind: &str,
    mut left: u64,
    expand: impl Fn(Value, Span, &mut u64) -> Result<Vec<R>, Refused>,
) -> Result<Vec<Outcome<R>>, Refused> {
    let Some(Value::Array(cases)) = parse(json)?.get_mut("cases").map(Value::take) else {
        return refuse(
            "the file has no list `cases`; write {\"cases\": [{\"roster\" or \"rotation\", \"from\", \"to\"}, …]}",
        );
    };
    let mut one = |mut case: Value| {
        let text = |key: &str| match case.get(key).and_then(Value::as_str) {
            Some(text) => Ok(text),
            None => refuse(format!("the case has no text `{key}`; write it like \"2026-03-07T00:00:00Z\"")),
        };
        let window = window(text("from")?, text("to")?)?;
        match case.get_mut(kind).map(Value::take) {
            Some(subject) => expand(subject, window, &mut left),
            None => refuse(format!("the case has no `{kind}`; a file for `{kind} preview` has one in each case")),
        }
    };
    Ok(cases
        .into_iter()
        .map(|case| one(case).map_or_else(|Refused(error)| Outcome::Refused { error }, Outcome::Rows))
        .collect())
}

fn expand_roster(roster: Value, window: Span, left: &mut u64) -> Result<Vec<Available>, Refused> {
    let Value::Object(mut roster) = roster else { return refuse("a roster is an object with a list `shifts`") };
    if !["shifts", "leave", "extra"].iter().any(|key| roster.contains_key(*key)) {
        return refuse(
            "the roster has neither `shifts` nor `extra` nor `leave`; write {\"shifts\": […], \"leave\": […], \"extra\": […]}",
        );
    }
    let mut people: BTreeMap<Arc<str>, Hours> = BTreeMap::new();
    for (name, shift) in entries::<Shift>(&mut roster, "shifts")? {
        people.entry(name).or_default().shifts.push(shift);
    }
    for (name, leave) in entries::<LocalSpan>(&mut roster, "leave")? {
        people.entry(name).or_default().leave.push(leave);
    }
    for (name, extra) in entries::<LocalSpan>(&mut roster, "extra")? {
        people.entry(name).or_default().extra.push(extra);
    }
    spend(left, people.values().map(|hours| hours.work(window)).sum())?;
    let rows = people.iter().flat_map(|(name, hours)| {
        hours.expand(window.start, window.end).spans.into_iter().map(|span| Available { volunteer: name.clone(), span })
    });
    let mut rows: Vec<Available> = rows.collect();
    // People come by name, and Rust compares text by its bytes, which for UTF-8 is the order of the code points. The sort is
    // stable and keeps that.
    rows.sort_by_key(|row| row.span.start);
    Ok(rows)
}

fn expand_rotation(rotation: Value, window: Span, left: &mut u64) -> Result<Vec<Turn>, Refused> {
    let rotation: Rotation<Arc<str>> =
        serde_json::from_value(rotation).map_err(|error| Refused(format!("the rotation cannot be read: {error}")))?;
    let turns = window.length().num_days().unsigned_abs() / u64::from(rotation.every_days.max(1));
    spend(left, turns + rotation.overrides.len() as u64 + 1)?;
    Ok(rotation.expand(window.start, window.end))
}

/// The entries of a list in a roster, with the volunteer that each one names.
fn entries<T: DeserializeOwned>(roster: &mut Map<String, Value>, key: &str) -> Result<Vec<(Arc<str>, T)>, Refused> {
    let list = match roster.remove(key) {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(_) => return refuse(format!("`{key}` is not a list; write [] when there is none")),
    };
    if list.len() > MAX_ENTRIES {
        return refuse(format!("`{key}` has {} entries; a roster has at most {MAX_ENTRIES}", list.len()));
    }
    let one = |(index, entry): (usize, Value)| {
        let Value::Object(mut entry) = entry else { return refuse(format!("`{key}[{index}]` is not an object")) };
        let Some(Value::String(volunteer)) = entry.remove("volunteer") else {
            return refuse(format!("`{key}[{index}]` names no `volunteer`; write it as text"));
        };
        let entry = serde_json::from_value(Value::Object(entry))
            .map_err(|error| Refused(format!("in `{key}[{index}]`, {error}")))?;
        Ok((volunteer.into(), entry))
    };
    list.into_iter().enumerate().map(one).collect()
}

fn spend(left: &mut u64, occurrences: u64) -> Result<(), Refused> {
    if occurrences > MAX_OCCURRENCES {
        return refuse(format!(
            "this comes to up to {occurrences} occurrences, more than {MAX_OCCURRENCES}; ask for a shorter window"
        ));
    }
    match left.checked_sub(occurrences) {
        Some(rest) => *left = rest,
        None => {
            return refuse(format!(
                "the cases of this file come to more than {MAX_IN_FILE} occurrences; split the file"
            ));
        }
    }
    Ok(())
}

fn window(from: &str, to: &str) -> Result<Span, Refused> {
    let instant = |name: &str, text: &str| match DateTime::parse_from_rfc3339(text) {
        Ok(at) => Ok(at.with_timezone(&Utc)),
        Err(_) => {
            refuse(format!("`{name}` is {}; write an instant like 2026-03-07T00:00:00Z", super::notation::quoted(text)))
        }
    };
    let (from, to) = (instant("from", from)?, instant("to", to)?);
    if from == to {
        return Ok(Span { start: from, end: to }); // Nobody is on in no time at all: that is an answer.
    }
    Span::window(from, to).map_err(|error| Refused(error.to_string()))
}

fn parse(json: &str) -> Result<Value, Refused> {
    if json.len() > MAX_BYTES {
        return refuse(format!("the text has {} bytes; at most {MAX_BYTES} are read", json.len()));
    }
    serde_json::from_str(json).map_err(|error| Refused(format!("the text is not JSON: {error}")))
}

fn refuse<T>(sentence: impl Into<String>) -> Result<T, Refused> {
    Err(Refused(sentence.into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const FROM: &str = "2026-03-07T00:00:00Z";
    const TO: &str = "2026-03-10T00:00:00Z";

    #[test]
    fn rows_are_sorted_by_start_and_then_by_volunteer() {
        let shift = |volunteer: &str, start: &str| json!({"volunteer": volunteer, "zone": "Etc/UTC", "date": "2026-03-08", "start": start, "end": "20:00"});
        let text = json!({"shifts": [shift("é", "10:00"), shift("z", "10:00"), shift("𐀀", "10:00"), shift("\u{ffff}", "10:00"), shift("zz", "09:00")]});
        let rows = roster(&text.to_string(), FROM, TO).expect("five rows");
        let names: Vec<&str> = rows.iter().map(|row| &*row.volunteer).collect();
        assert_eq!(names, ["zz", "z", "é", "\u{ffff}", "𐀀"]);
        assert_eq!(
            serde_json::to_string(&rows[0]).expect("JSON"),
            r#"{"volunteer":"zz","start":"2026-03-08T09:00:00Z","end":"2026-03-08T20:00:00Z"}"#
        );
    }

    #[test]
    fn a_case_that_cannot_be_expanded_does_not_stop_the_rest() {
        let good = json!({"roster": {"shifts": []}, "from": FROM, "to": TO});
        let bad = [
            json!(null),
            json!(7),
            json!({"roster": {"shifts": []}, "from": FROM}),
            json!({"roster": {"shifts": []}, "from": TO, "to": FROM}),
            json!({"roster": {"shifts": []}, "from": "yesterday", "to": FROM}),
            json!({"roster": {"shifts": []}, "from": "0001-01-01T00:00:00Z", "to": "9999-01-01T00:00:00Z"}),
            json!({"rotation": {}, "from": FROM, "to": TO}),
            json!({"roster": [], "from": FROM, "to": TO}),
            json!({"roster": {}, "from": FROM, "to": TO}),
            json!({"roster": {"shifts": {}}, "from": FROM, "to": TO}),
            json!({"roster": {"shifts": [[]]}, "from": FROM, "to": TO}),
            json!({"roster": {"shifts": [{"zone": "Etc/UTC"}]}, "from": FROM, "to": TO}),
            json!({"roster": {"shifts": [{"volunteer": "a", "zone": "Nowhere/At_All", "date": "2026-03-08", "start": "10:00", "end": "11:00"}]}, "from": FROM, "to": TO}),
            json!({"roster": {"leave": [{"volunteer": "a", "zone": "Etc/UTC", "start": "2026-03-08T24:00", "end": "2026-03-08T11:00"}]}, "from": FROM, "to": TO}),
            json!({"roster": {"shifts": vec![json!(null); MAX_ENTRIES + 1]}, "from": FROM, "to": TO}),
        ];
        let cases: Vec<Value> = [&good].into_iter().chain(&bad).chain([&good]).cloned().collect();
        let file = json!({ "cases": cases });
        let outcomes = roster_cases(&file.to_string()).expect("a file");
        assert_eq!(outcomes.len(), bad.len() + 2);
        assert!(matches!(&outcomes[0], Outcome::Rows(rows) if rows.is_empty()));
        assert_eq!(outcomes[0], outcomes[bad.len() + 1]);
        assert_eq!(roster(r#"{"shifts":[]}"#, FROM, FROM), Ok(Vec::new()));
        insta::assert_json_snapshot!(&outcomes[1..=bad.len()], @r##"
        [
          {
            "error": "the case has no text `from`; write it like \"2026-03-07T00:00:00Z\""
          },
          {
            "error": "the case has no text `from`; write it like \"2026-03-07T00:00:00Z\""
          },
          {
            "error": "the case has no text `to`; write it like \"2026-03-07T00:00:00Z\""
          },
          {
            "error": "the window from 2026-03-10T00:00:00Z to 2026-03-07T00:00:00Z is empty; `to` must be later than `from`"
          },
          {
            "error": "`from` is \"yesterday\"; write an instant like 2026-03-07T00:00:00Z"
          },
          {
            "error": "the window from 0001-01-01T00:00:00Z to 9999-01-01T00:00:00Z is too long; ask for at most 3653 days"
          },
          {
            "error": "the case has no `roster`; a file for `roster preview` has one in each case"
          },
          {
            "error": "a roster is an object with a list `shifts`"
          },
          {
            "error": "the roster has neither `shifts` nor `extra` nor `leave`; write {\"shifts\": […], \"leave\": […], \"extra\": […]}"
          },
          {
            "error": "`shifts` is not a list; write [] when there is none"
          },
          {
            "error": "`shifts[0]` is not an object"
          },
          {
            "error": "`shifts[0]` names no `volunteer`; write it as text"
          },
          {
            "error": "in `shifts[0]`, `zone` is \"Nowhere/At_All\"; write the name of an IANA time zone, such as Europe/Kyiv or America/Sao_Paulo"
          },
          {
            "error": "in `leave[0]`, `start` is \"2026-03-08T24:00\"; write a local date and time as YYYY-MM-DDTHH:MM, without seconds or offset"
          },
          {
            "error": "`shifts` has 10001 entries; a roster has at most 10000"
          }
        ]
        "##);
    }

    #[test]
    fn what_would_be_too_much_is_refused_before_it_is_expanded() {
        let week = json!(["mon", "tue", "wed", "thu", "fri", "sat", "sun"]);
        let shift = json!({"volunteer": "a", "zone": "Africa/Cairo", "days": week, "start": "10:00", "end": "11:00"});
        let text = json!({"shifts": vec![shift; MAX_ENTRIES]}).to_string();
        let error = roster(&text, FROM, "2036-03-07T00:00:00Z").expect_err("36 million").to_string();
        assert!(error.contains("shorter window"), "{error}");

        let once =
            json!({"volunteer": "a", "zone": "Africa/Cairo", "date": "2026-03-08", "start": "10:00", "end": "11:00"});
        let case = json!({"roster": {"shifts": [once]}, "from": FROM, "to": TO});
        let outcomes = cases(&json!({"cases": vec![case; 5]}).to_string(), "roster", 3, expand_roster).expect("a file");
        let split =
            |outcome: &Outcome<_>| matches!(outcome, Outcome::Refused { error } if error.contains("split the file"));
        assert_eq!(outcomes.iter().map(split).collect::<Vec<_>>(), [false, false, false, true, true]);
    }

    #[test]
    fn text_beyond_its_bound_is_refused_unread() {
        for more in [1, 1000] {
            let error = roster(&" ".repeat(MAX_BYTES + more), FROM, TO).expect_err("too long").to_string();
            assert!(error.contains("67108864 are read"), "{error}");
        }
    }

    #[test]
    fn hostile_text_is_refused() {
        for text in ["", "[", "null", "[]", "{}", "{\"cases\": {}}", &"[".repeat(1_000_000), "{\"cases\": \"\u{0}\"}"] {
            assert!(roster(text, FROM, TO).is_err() && rotation(text, FROM, TO).is_err());
            assert!(roster_cases(text).is_err() && rotation_cases(text).is_err());
        }
        assert!(
            rotation(
                r#"{"zone":"Etc/UTC","starts":"2026-01-01","handoff":"00:00","every_days":1e9,"members":["A"]}"#,
                FROM,
                TO
            )
            .is_err()
        );
    }
}
