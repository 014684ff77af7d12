//! Members whose conversation was ended for cause: turned elsewhere for a while, and never when it is urgent.

use axum::http::Method;
use chrono::TimeDelta;
use serde_json::{Value, json};
use wideawake_domain::request::Command;
use wideawake_domain::rules::{Action, Condition, Rule, RuleSet, Rulebook, Trigger};
use wideawake_domain::{Actor, Priority, Text};

use super::house::{Answer, House, Member};

/// A member who is barred for so long.
async fn barred(house: &House, length: TimeDelta) -> Member {
    let member = house.open(&json!({ "language": "es", "country": "ES" })).await;
    let supervisor = Actor::Staff(house.volunteer("Ines").await);
    house.command(&member, supervisor, Command::Bar(length, Text::Open("threats".to_owned()), None)).await;
    member
}

fn goes_on(member: &Member) -> Value {
    json!({ "language": "es", "country": "ES", "again": { "id": member.id, "token": member.token } })
}

async fn asks(house: &House, cookie: Option<&Member>, body: &Value) -> Answer {
    let cookie = cookie.map(|member| format!("wideawake={}.{}", member.id, member.token));
    let headers: Vec<(&str, &str)> = cookie.iter().map(|cookie| ("cookie", cookie.as_str())).collect();
    house.call(Method::POST, "/v1/requests", &headers, body).await
}

fn is_turned_elsewhere(answer: &Answer) {
    assert_eq!(answer.problem(), (403, "barred"), "{}", answer.json);
    assert!(answer.json["until"].is_string(), "{}", answer.json);
    let resources = answer.json["resources"].as_array().cloned().unwrap_or_default();
    assert!(resources.iter().any(|one| one["phone"] == "024"), "whom else to call: {}", answer.json);
    assert!(!answer.json.to_string().contains("threats"), "the reason is the staff's: {}", answer.json);
}

#[tokio::test]
async fn whoever_brings_the_conversation_along_is_turned_elsewhere_for_a_while() {
    let house = House::new();
    let member = barred(&house, TimeDelta::hours(24)).await;
    is_turned_elsewhere(&asks(&house, None, &goes_on(&member)).await);
    is_turned_elsewhere(&asks(&house, Some(&member), &json!({ "language": "es", "country": "ES" })).await);
    // A cookie that proves nothing changes nothing.
    let forged = Member { token: "x".repeat(43), ..member.clone() };
    assert_eq!(asks(&house, Some(&forged), &json!({ "language": "es" })).await.status, 201);
}

#[tokio::test]
async fn nobody_else_behind_the_same_address_is_turned_away() {
    let house = House::new();
    let member = barred(&house, TimeDelta::hours(24)).await;
    is_turned_elsewhere(&asks(&house, Some(&member), &json!({ "language": "es", "country": "ES" })).await);
    assert_eq!(asks(&house, None, &json!({ "language": "es" })).await.status, 201);
}

#[tokio::test]
async fn when_the_time_is_over_they_are_welcome_and_whom_they_met_is_not_asked_first() {
    let house = House::new();
    let member = house.open(&json!({ "language": "es" })).await;
    let volunteer = house.volunteer("Robin").await;
    house.assign(&member, volunteer).await;
    let bar = Command::Bar(TimeDelta::zero(), Text::Open("threats".to_owned()), None);
    house.command(&member, Actor::Staff(volunteer), bar).await;
    let again = asks(&house, Some(&member), &goes_on(&member)).await;
    assert_eq!(again.status, 201, "{}", again.json);
    let request = house.record.request(again.member().id()).await.ok().flatten().expect("it is there");
    assert_eq!(request.again, None);
}

#[tokio::test]
async fn what_is_urgent_is_never_turned_away() {
    let house = House::new();
    let member = barred(&house, TimeDelta::hours(24)).await;
    let mut urgent = goes_on(&member);
    urgent["screening"] = json!({ "q4": true });
    let taken = asks(&house, Some(&member), &urgent).await;
    assert_eq!(taken.status, 201, "{}", taken.json);
    let request = house.record.request(taken.member().id()).await.ok().flatten().expect("it is there");
    assert_eq!(request.priority, Priority::Urgent);
}

#[tokio::test]
async fn the_member_is_told_in_their_language_until_when_and_whom_else_to_call() {
    let house = House::new();
    let member = barred(&house, TimeDelta::hours(24)).await;
    let told = house.follow(&member, None).await.rest().await;
    let events: Vec<&str> = told.iter().map(|seen| seen.event.as_str()).collect();
    assert_eq!(events, ["status", "resources", "message", "closed"]);
    assert!(told[1].data["items"].as_array().is_some_and(|list| !list.is_empty()));
    assert!(told[2].data["text"].as_str().is_some_and(|text| text.contains("acudas a otro lugar")), "{:?}", told[2]);
    assert_eq!((&told[3].data["ending"], told[3].data["until"].is_string()), (&json!("barred"), true));
}

#[tokio::test]
async fn an_urgent_message_in_what_was_ended_opens_a_new_conversation() {
    let house = House::new();
    let member = barred(&house, TimeDelta::hours(24)).await;
    let token = member.bearer();
    let key = ("idempotency-key", "6a1f8b52-6a80-4b7e-9d6a-0f6f2f0f9c11");
    let headers = [("authorization", token.as_str()), key];
    let body = json!({ "text": "I have the pills here" });
    let say = async || house.call(Method::POST, &member.path("/messages"), &headers, &body).await;
    is_turned_elsewhere(&say().await);
    house.record.shelf().replace(everything_is_urgent());
    let opened = say().await;
    assert_eq!(opened.status, 201, "{}", opened.json);
    let new = opened.member();
    assert_ne!(new.id, member.id);
    let request = house.record.request(new.id()).await.ok().flatten().expect("it is there");
    assert_eq!((request.priority, request.messages, request.is_waiting()), (Priority::Urgent, 1, true));
    // The same message again is the same conversation.
    let repeat = say().await;
    assert_eq!((repeat.status.as_u16(), repeat.member()), (200, new));
}

fn everything_is_urgent() -> Rulebook {
    let condition = Some(Condition::compile("true").expect("a condition"));
    let then = vec![Action::Priority(Priority::Urgent)];
    let rule = Rule { name: "words".to_owned(), on: Trigger::Message, after: TimeDelta::zero(), condition, then };
    Rulebook { rules: RuleSet { rules: vec![rule], version: "0123456789abcdef".to_owned() }, ..Rulebook::default() }
}
