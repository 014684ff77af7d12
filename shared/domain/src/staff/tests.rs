//! What staff are and say, by name; and words of duty, in whatever order they are heard.

#![allow(clippy::unwrap_used)]

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use uuid::Uuid;

use super::*;
use crate::record::{Actor, Position, Recorded, Version};
use crate::schedule::Span;
use crate::{Pool, StaffId};

/// A Monday, some seconds after midnight in UTC.
fn at(second: i64) -> DateTime<Utc> {
    "2026-03-02T00:00:00Z".parse::<DateTime<Utc>>().unwrap() + TimeDelta::seconds(second)
}

fn word(duty: Duty, version: u64, second: i64) -> Recorded {
    let staff = StaffId(Uuid::from_u128(7));
    let set = DutyEvent::DutySet(DutySet { staff, duty, reason: None });
    Recorded {
        stream: duty_stream(staff, at(second)),
        version: Version(version),
        position: Position(0),
        pool: Pool::all(),
        kind: set.kind().into(),
        at: at(second),
        actor: Actor::Staff(staff),
        trace: "".into(),
        data: set.encode().unwrap().into(),
        hash: [0; 32],
    }
}

#[test]
fn duties_and_roles_have_one_name_each_wherever_they_are_written() {
    assert_eq!(Duty::NAMES.map(|(_, duty)| duty), [Duty::Ready, Duty::Break, Duty::Off]);
    for (name, duty) in Duty::NAMES {
        assert_eq!((duty.as_str(), duty.to_string()), (name, name.to_owned()));
        assert_eq!((serde_json::to_value(duty).unwrap(), name.parse()), (json!(name), Ok(duty)));
    }
    assert_eq!("READY".parse::<Duty>(), Err(()));
    for (name, role) in Role::NAMES {
        assert_eq!((role.as_str(), role.to_string()), (name, name.to_owned()));
        assert_eq!(serde_json::to_value(role).unwrap(), json!(name));
    }
}

#[test]
fn a_way_to_page_somebody_prints_without_the_address() {
    let written = json!({"kind": "sms", "to": "+15550100"});
    let method: ContactMethod = serde_json::from_value(written.clone()).unwrap();
    assert_eq!(format!("{method:?}"), "Sms to ‹sealed›");
    assert_eq!(serde_json::to_value(&method).unwrap(), written, "at once is not written");
    let later = json!({"kind": "email", "to": "a@example.org", "after_s": 60});
    let method: ContactMethod = serde_json::from_value(later.clone()).unwrap();
    assert_eq!(serde_json::to_value(&method).unwrap(), later);
}

#[test]
fn what_was_said_last_week_changes_nothing_when_it_is_heard_after_a_word_of_this_week() {
    let mut duty = DutyWeek::default();
    assert!(duty.apply(&word(Duty::Ready, 1, 10)));
    assert!(!duty.apply(&word(Duty::Off, 9, -10)));
    assert_eq!((duty.duty, duty.since), (Duty::Ready, Some(at(10))));
    assert!(!duty.apply(&word(Duty::Ready, 1, 10)), "a repeat is no news");
}

#[test]
fn of_two_words_of_one_moment_the_later_one_holds() {
    let (first, second) = (word(Duty::Ready, 1, 10), word(Duty::Break, 2, 10));
    let mut duty = DutyWeek::default();
    for fact in [&first, &second, &first] {
        duty.apply(fact);
    }
    assert_eq!(duty.duty, Duty::Break);
    let shift = [Span { start: at(0), end: at(60) }];
    assert_eq!(duty.ready_within(&shift, at(0), at(60)), TimeDelta::zero());
}
