//! Having a request erased.

use axum::http::{Method, StatusCode, header};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use wideawake_domain::record::Part;
use wideawake_domain::request::{Cause, Command, RequestEvent};
use wideawake_domain::{Actor, Event, Version};
use wideawake_runtime::clock;

use super::house::House;

#[tokio::test]
async fn while_people_are_called_the_answer_says_when_it_will_be_erased_at_the_latest() {
    let house = House::new();
    let member = house.open(&json!({"language": "en", "message": "my secret"})).await;
    let raise = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Rule, reason: None };
    house.command(&member, Actor::System(Part::Escalation), raise).await;
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    let mut told = Vec::new();
    for _ in 0..2 {
        let answer = house.call(Method::DELETE, &member.path(""), &headers, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.json);
        told.push(answer.json["erase_at"].as_str().and_then(|at| at.parse::<DateTime<Utc>>().ok()).expect("a moment"));
    }
    let hours = (told[0] - clock::now()).num_minutes();
    assert!((71 * 60..=72 * 60).contains(&hours) && told[0] == told[1], "{told:?}");
    assert_eq!(house.get(&member).await["status"], "closed");
}

#[tokio::test]
async fn after_erasing_nothing_that_was_typed_can_be_read() {
    let house = House::new();
    let member = house.open(&json!({"language": "en", "alias": "Luna", "message": "my secret"})).await;
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    house.say(&member, ada, "I hear you", false).await;
    let mut open = house.follow(&member, None).await;
    assert_eq!(open.until("message").await.data["text"], "my secret");
    assert_eq!(open.until("message").await.data["text"], "I hear you");
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    for _ in 0..2 {
        let answer = house.call(Method::DELETE, &member.path(""), &headers, &Value::Null).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.json);
        assert!(answer.json["erase_at"].as_str().is_some_and(|at| at.ends_with('Z')));
        let cookie = answer.headers[header::SET_COOKIE].to_str().unwrap_or_default();
        assert!(cookie.starts_with("wideawake=; ") && cookie.contains("Max-Age=0"), "{cookie}");
    }
    assert_eq!(open.until("closed").await.data["ending"], "erased");
    for fact in house.record.history(member.id(), Version::NONE, 100).await.expect("a history") {
        let Ok(Event::Request(mut event)) = fact.event() else { continue };
        for text in event.texts_mut() {
            assert_eq!(house.record.text(member.id(), fact.version, text).await.ok().flatten(), None, "{}", fact.kind);
        }
        assert!(!matches!(event, RequestEvent::Closed(closed) if closed.note.is_some()));
    }
    let again = house.follow(&member, None).await.rest().await;
    assert!(again.iter().all(|seen| seen.event != "message"), "{again:?}");
    assert_eq!(again.last().map(|seen| seen.event.as_str()), Some("closed"));
    assert_eq!(house.get(&member).await["status"], "closed");
    for words in ["my secret", "I hear you", "Luna"] {
        assert!(!house.holds(words));
    }
    assert!(
        std::fs::read_to_string(house.folder.path().join("erased.txt")).is_ok_and(|list| list.contains(&member.id))
    );
}
