//! What was raised and what rules fired for is kept within bounds, and what is unresolved stays so.

use super::*;

fn escalate(policy: &str, cause: Cause) -> Command {
    Command::Escalate { policy: policy.to_owned(), cause, reason: None }
}

fn close(settled: &[(&str, u64)]) -> Command {
    let settled = settled.iter().map(|(policy, until)| ((*policy).to_owned(), Version(*until))).collect();
    let outcome = "supported".to_owned();
    Command::Close { by_supervisor: false, settled, outcome, risk_assessed: true, note: None, retention: None }
}

fn fired(rule: &str, since: DateTime<Utc>) -> Fired {
    Fired { rule: rule.to_owned(), version: "0".to_owned(), since: Some(since), failed: false }
}

#[test]
fn of_what_is_raised_for_the_same_reason_the_first_and_the_newest_are_kept() {
    let mut story = Story::active();
    let first = story.state.version.next();
    for _ in 0..500 {
        story.act(escalate("supervisor", Cause::Person)).unwrap();
    }
    story.act(escalate("supervisor", Cause::Silent)).unwrap();
    story.act(escalate("clinician", Cause::Person)).unwrap();
    let versions: Vec<u64> = story.state.raised.iter().map(|raised| raised.version.0 - first.0).collect();
    assert_eq!(versions, [0, 499, 500, 501]);
    assert_eq!(story.state.told, [Cause::Person, Cause::Silent], "each cause once");
}

#[test]
fn whatever_is_forgotten_a_volunteer_closes_only_what_is_resolved_up_to_the_newest() {
    let mut story = Story::active();
    for _ in 0..50 {
        story.act(escalate("supervisor", Cause::Person)).unwrap();
    }
    let newest = story.state.version.0;
    assert_eq!(story.act(close(&[])), Err(Rejection::EscalationOpen));
    assert_eq!(story.act(close(&[("supervisor", newest - 1)])), Err(Rejection::EscalationOpen));
    assert_eq!(story.act(close(&[("clinician", newest)])), Err(Rejection::EscalationOpen));
    assert!(story.act(close(&[("supervisor", newest)])).is_ok());
}

#[test]
fn of_more_than_so_many_kinds_the_oldest_goes_that_a_newer_one_stands_for() {
    let mut story = Story::active();
    story.act(escalate("clinician", Cause::Person)).unwrap();
    let only = story.state.version;
    for n in 0..300 {
        let findings = Findings {
            rules: vec![fired(&format!("rule-{n}"), start())],
            escalate: vec![("supervisor".to_owned(), fired(&format!("rule-{n}"), start()))],
            ..Findings::default()
        };
        story.by(RULES, Command::Triage(findings)).unwrap();
    }
    let raised = &story.state.raised;
    assert_eq!(raised.len(), SupportRequest::RAISED);
    assert_eq!((raised[0].version, raised.last().unwrap().version), (only, story.state.version));
    let newest = story.state.version.0;
    assert_eq!(story.act(close(&[("supervisor", newest)])), Err(Rejection::EscalationOpen), "nobody saw to the first");
    assert_eq!(story.state.fired.len(), SupportRequest::FIRED);
    assert!(story.act(close(&[("supervisor", newest), ("clinician", only.0)])).is_ok());
}

#[test]
fn of_rules_that_fired_those_are_forgotten_first_whose_time_began_first() {
    let mut story = Story::new();
    let since = |n: i64| start() + TimeDelta::seconds(n);
    for n in 0..SupportRequest::FIRED as i64 + 3 {
        let findings = Findings { rules: vec![fired(&format!("rule-{n}"), since(n))], ..Findings::default() };
        story.by(RULES, Command::Triage(findings)).unwrap();
    }
    assert_eq!(story.state.fired.len(), SupportRequest::FIRED);
    assert!(!story.state.fired.contains_key("rule-2") && story.state.fired.contains_key("rule-3"));
}

#[test]
fn resources_are_shown_without_a_rule_and_nothing_is_recorded_when_nothing_was_found() {
    let mut story = Story::new();
    assert_eq!(story.by(RULES, Command::Triage(Findings::default())), Ok(vec![]));
    let findings = Findings { show: vec!["emergency".to_owned()], ..Findings::default() };
    assert_eq!(story.by(RULES, Command::Triage(findings)), Ok(vec!["triaged"]));
    assert_eq!((&story.state.shown[..], story.state.priority), (&["emergency".to_owned()][..], Priority::Standard));
}
