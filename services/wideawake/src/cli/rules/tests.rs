#![allow(clippy::unwrap_used)]

use std::path::Path;

use wideawake_runtime::config::Config;

use super::*;

const DOCUMENT: &str = include_str!("../../../../../docs/rules.md");

fn shipped() -> (Config, Rulebook) {
    let config = Config::parse("", "w.toml", Path::new("/nowhere"), std::iter::empty()).unwrap();
    let book = config.book().load().unwrap();
    (config, book)
}

fn test(facts: &str) -> Result<String, String> {
    let (config, book) = shipped();
    Given::parse(facts, &config.settings).map(|given| report(&book, &given))
}

#[test]
fn what_fires_is_told_with_its_condition_its_phrases_and_what_follows() {
    let report = test(
        r#"{"on": "message", "phrases": [{"category": "imminent", "phrase": "tonight is the night"},
            {"category": "means", "phrase": "the pills", "negated": true}]}"#,
    );
    let report = report.unwrap();
    let wanted = r#"  FIRES    imminent-words
           because  phrases.exists(p, p.category == "imminent" && !p.negated)
           phrase   imminent "tonight is the night"
           then     priority imminent, escalate to clinician, show emergency
"#;
    assert!(report.contains(wanted), "{report}");
    assert!(report.contains("\nPhrase: means \"the pills\", negated\n"), "{report}");
    assert!(report.contains("does not fire: imminent-words-denied"), "{report}");
    assert!(!report.contains("On opened"), "{report}");
    assert!(report.contains("Together: priority imminent; escalate to clinician;"), "{report}");
}

#[test]
fn every_fact_can_be_given() {
    let report = test(
        r#"{"on": "away", "message": "hello",
            "request": {"line": "night", "language": "es", "country": "ES", "age_band": "under_18", "topics": ["grief"],
                        "channel": "web", "priority": "urgent", "waited_s": 90, "times_returned": 1, "declined": 2},
            "screening": {"q1": true, "q6": true, "q6_recent": true, "intent_now": false},
            "pool": {"on_duty": 0, "ready": 1, "waiting": 12}, "silent": {"side": "member", "seconds": 400},
            "hour_utc": 3, "hour_member": 5}"#,
    );
    let report = report.unwrap();
    assert!(report.contains("  FIRES    gone-at-risk, after 180s\n"), "{report}");
}

#[test]
fn the_hours_are_those_of_the_file() {
    let (config, _) = shipped();
    for utc in 0..24 {
        for member in 0..24 {
            let text = format!("{{\"hour_utc\": {utc}, \"hour_member\": {member}}}");
            let given = Given::parse(&text, &config.settings).unwrap();
            let hour = wideawake_domain::schedule::wall::hour;
            let zone = given.request.time_zone.unwrap();
            assert_eq!((hour(given.now, chrono_tz::Tz::UTC), hour(given.now, zone)), (utc, member));
        }
    }
}

#[test]
fn a_file_that_is_wrong_is_told_what_would_be_right() {
    for (text, told) in [
        ("", "EOF"),
        ("[]", "invalid"),
        ("{\"mesage\": \"x\"}", "unknown field `mesage`, expected one of"),
        ("{\"on\": \"reading\"}", "write one of opened, message"),
        ("{\"request\": {\"line\": \"day\"}}", "there is no line \"day\"; there are night"),
        ("{\"request\": {\"priority\": \"high\"}}", "unknown variant `high`"),
        ("{\"request\": {\"channel\": \"sms\"}}", "write \"web\""),
        ("{\"request\": {\"declined\": 1000000000}}", "write at most"),
        ("{\"phrases\": [{\"category\": \"mood\"}]}", "write one of imminent"),
        ("{\"hour_utc\": 24}", "write 0 to 23"),
        ("{\"hour_member\": 99}", "write 0 to 23"),
    ] {
        let Err(why) = test(text) else { panic!("{text} was taken") };
        assert!(why.contains(told), "{text}: {why}");
    }
}

/// The example that people copy.
#[test]
fn the_example_of_the_document_says_what_the_document_says() {
    let block = |mark: &str| {
        let (_, rest) = DOCUMENT.split_once(mark).unwrap_or_else(|| panic!("no {mark}"));
        rest.split_once("\n```").unwrap().0.trim().to_owned()
    };
    let report = test(&block("```json\n")).unwrap();
    let (_, report) = report.split_once("\n\n").unwrap();
    assert_eq!(report.trim(), block("$ wideawake rules test --facts facts.json\n"));
}
