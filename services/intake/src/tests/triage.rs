//! Rules at the door: what they make of an opening and of a message stands in the same append.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wideawake_domain::rules::{Action, Condition, Rule, RuleSet, Rulebook, Trigger};
use wideawake_domain::{Priority, Recorded, Version};

use super::house::{House, Member};

fn rule(name: &str, on: Trigger, condition: &str, then: Vec<Action>) -> Rule {
    let condition = Some(Condition::compile(condition).expect("a condition"));
    Rule { name: name.to_owned(), on, after: chrono::TimeDelta::zero(), condition, then }
}

fn book(version: &str, rules: Vec<Rule>) -> Rulebook {
    Rulebook { rules: RuleSet { rules, version: version.to_owned() }, ..Rulebook::default() }
}

async fn history(house: &House, member: &Member) -> Vec<Recorded> {
    house.record.history(member.id(), Version::NONE, 100).await.expect("a record")
}

fn kinds(facts: &[Recorded]) -> Vec<&str> {
    facts.iter().map(|fact| &*fact.kind).collect()
}

fn data(fact: &Recorded) -> Value {
    serde_json::from_str(&fact.data).expect("JSON")
}

async fn say(house: &House, member: &Member, text: &str) -> StatusCode {
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    house.call(Method::POST, &member.path("/messages"), &headers, &json!({"text": text})).await.status
}

#[tokio::test]
async fn an_opening_is_triaged_in_the_append_that_opens_it() {
    let house = House::new();
    let escalate = |policy: &str| Action::Escalate(policy.to_owned());
    house.record.shelf().replace(book(
        "0123456789abcdef",
        vec![
            rule("plans", Trigger::Opened, "screening != null && screening.q5", vec![escalate("clinician")]),
            rule("low", Trigger::Opened, "true", vec![Action::Priority(Priority::Elevated)]),
            rule("other", Trigger::Opened, "request.line == 'youth'", vec![escalate("supervisor")]),
            // Asked of the request as it will be, with what the screening makes of it.
            rule("first", Trigger::Message, "priority == URGENT", vec![Action::Show("emergency".to_owned())]),
        ],
    ));
    let member = house.open(&json!({"language": "en", "message": "hi", "screening": {"q5": true}})).await;
    let facts = history(&house, &member).await;
    assert_eq!(kinds(&facts), ["opened", "triaged", "message", "escalation_raised"]);
    assert!(facts.iter().all(|fact| fact.at == facts[0].at), "one append has one time");
    let triaged = data(&facts[1]);
    assert_eq!((&triaged["priority"], &triaged["level"]), (&json!("urgent"), &json!("high")));
    assert_eq!(triaged["show"], json!(["emergency"]));
    let fired: Vec<_> = triaged["rules"].as_array().expect("a list").iter().map(|fired| &fired["rule"]).collect();
    assert_eq!(fired, ["plans", "low", "first"]);
    let raised = data(&facts[3]);
    assert_eq!((&raised["policy"], &raised["cause"]), (&json!("clinician"), &json!("rule")));
    assert_eq!(
        (&raised["rule"]["rule"], &raised["rule"]["version"]),
        (&json!("plans"), &json!("0123456789abcdef")),
        "the event names the rule and the version of its file"
    );
    let without = house.open(&json!({"language": "en"})).await;
    let facts = history(&house, &without).await;
    assert_eq!(kinds(&facts), ["opened", "triaged"], "rules on messages are for those who wrote one");
}

#[tokio::test]
async fn a_message_is_triaged_in_its_append_and_only_ever_raises() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    assert_eq!(say(&house, &member, "hi").await, StatusCode::ACCEPTED);
    assert_eq!(kinds(&history(&house, &member).await), ["opened", "message"]);

    // A newer book is used at once.
    let on = Trigger::Message;
    let raises = vec![Action::Priority(Priority::Imminent), Action::Escalate("clinician".to_owned())];
    house.record.shelf().replace(book("1", vec![rule("raises", on, "request.waited_s >= 0", raises)]));
    assert_eq!(say(&house, &member, "and again").await, StatusCode::ACCEPTED);
    let facts = history(&house, &member).await;
    assert_eq!(kinds(&facts)[2..], ["message", "triaged", "escalation_raised"]);
    assert!(facts[2..].iter().all(|fact| fact.at == facts[2].at));

    let lowers = vec![Action::Priority(Priority::Standard), Action::Tag("seen".to_owned())];
    house.record.shelf().replace(book("2", vec![rule("lowers", on, "true", lowers)]));
    assert_eq!(say(&house, &member, "once more").await, StatusCode::ACCEPTED);
    let request = house.record.request(member.id()).await.expect("a record").expect("a request");
    assert_eq!((request.priority, &request.tags[..]), (Priority::Imminent, &["seen".to_owned()][..]));
}

#[tokio::test]
async fn a_rule_that_cannot_be_worked_out_makes_things_safer_and_says_so() {
    let house = House::new();
    let then = vec![Action::Priority(Priority::Urgent), Action::Tag("night".to_owned())];
    house.record.shelf().replace(book("1", vec![rule("at-night", Trigger::Opened, "hour_member < 6", then)]));
    let member = house.open(&json!({"language": "en"})).await;
    let triaged = data(&history(&house, &member).await[1]);
    assert_eq!((&triaged["priority"], triaged.get("tags")), (&json!("urgent"), None));
    assert_eq!(triaged["rules"][0]["failed"], json!(true));
}
