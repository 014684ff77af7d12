//! How much callers may ask for, and who is let in when it is too much.

use axum::http::{Method, header};
use serde_json::{Value, json};
use wideawake_runtime::config::Limits;

use super::house::{Answer, House};

fn few() -> Limits {
    Limits { requests_per_address: 4, calls_per_address: 4, requests: 40, ..Limits::default() }
}

const SCHOOL: &str = "192.0.2.7";

async fn asks(house: &House, address: &str, body: &Value) -> Answer {
    house.call_from(address, Method::POST, "/v1/requests", &[], body).await
}

fn plain() -> Value {
    json!({ "language": "en", "country": "ES" })
}

fn is_shed(answer: &Answer, phone: &str) {
    assert_eq!(answer.problem(), (429, "too-many-requests"));
    let seconds = answer.headers[header::RETRY_AFTER].to_str().ok().and_then(|text| text.parse::<u64>().ok());
    assert_eq!(seconds, Some(20));
    let resources = answer.json["resources"].as_array().cloned().unwrap_or_default();
    assert!(resources.iter().any(|one| one["phone"] == phone), "whom else to call: {}", answer.json);
}

#[tokio::test]
async fn a_crowded_network_is_taken_up_to_its_ceiling_and_then_the_urgent_are() {
    let house = House::limited(few());
    for _ in 0..4 {
        assert_eq!(asks(&house, SCHOOL, &plain()).await.status, 201);
    }
    is_shed(&asks(&house, SCHOOL, &plain()).await, "024");
    // By the screening …
    let urgent = json!({ "language": "en", "screening": { "q4": true } });
    assert_eq!(asks(&house, SCHOOL, &urgent).await.status, 201);
    let elevated = json!({ "language": "en", "screening": { "q3": true } });
    assert_eq!(asks(&house, SCHOOL, &elevated).await.status, 201);
    is_shed(&asks(&house, SCHOOL, &elevated).await, "112");
    // … up to where nobody could help them all.
    for _ in 0..4 {
        assert_eq!(asks(&house, SCHOOL, &urgent).await.status, 201);
    }
    is_shed(&asks(&house, SCHOOL, &urgent).await, "112");
    // Nobody from elsewhere notices.
    assert_eq!(asks(&house, "192.0.2.8", &plain()).await.status, 201);
    assert_eq!(asks(&house, "2001:db8::1", &plain()).await.status, 201);
}

#[tokio::test]
async fn what_is_too_much_from_everywhere_is_shed_in_the_same_order() {
    let house = House::limited(Limits { requests: 3, ..few() });
    for n in 0..3 {
        assert_eq!(asks(&house, &format!("192.0.2.{n}"), &plain()).await.status, 201);
    }
    is_shed(&asks(&house, "192.0.2.9", &plain()).await, "024");
    let urgent = json!({ "language": "en", "screening": { "q4": true } });
    assert_eq!(asks(&house, "192.0.2.9", &urgent).await.status, 201);
}

#[tokio::test]
async fn what_is_not_read_any_more_is_refused_without_being_read() {
    let house = House::limited(few());
    for _ in 0..16 {
        let broken = asks(&house, SCHOOL, &json!({ "language": 7 })).await;
        assert_eq!(broken.status, 422, "a mistake takes nobody's place: {}", broken.json);
    }
    is_shed(&asks(&house, SCHOOL, &json!({ "language": 7 })).await, "112");
    assert_eq!(asks(&house, "192.0.2.8", &plain()).await.status, 201);
}

#[tokio::test]
async fn whoever_asks_again_for_what_they_have_gets_it() {
    let house = House::limited(few());
    let key = [("idempotency-key", "6a1f8b52-6a80-4b7e-9d6a-0f6f2f0f9c11")];
    let again = async || house.call_from(SCHOOL, Method::POST, "/v1/requests", &key, &plain()).await;
    let first = again().await;
    assert_eq!(first.status, 201);
    for _ in 0..6 {
        asks(&house, SCHOOL, &plain()).await;
    }
    let repeat = again().await;
    assert_eq!((repeat.status.as_u16(), &repeat.json["token"]), (200, &first.json["token"]));
}

#[tokio::test]
async fn whoever_waits_is_not_measured_with_strangers_from_the_same_network() {
    let house = House::limited(few());
    let sky = asks(&house, SCHOOL, &plain()).await.member();
    let lines = async || house.call_from(SCHOOL, Method::GET, "/v1/lines", &[], &Value::Null).await;
    for _ in 0..4 {
        assert_eq!(lines().await.status, 200);
    }
    is_shed(&lines().await, "112");
    let token = sky.bearer();
    let own = async |method, below: &str, body: Value| {
        let headers = [("authorization", token.as_str())];
        house.call_from(SCHOOL, method, &sky.path(below), &headers, &body).await.status.as_u16()
    };
    for _ in 0..20 {
        assert_eq!(own(Method::GET, "", Value::Null).await, 200);
        assert_eq!(own(Method::POST, "/heartbeat", Value::Null).await, 204);
        assert_eq!(own(Method::POST, "/messages", json!({ "text": "still here" })).await, 202);
    }
    // Whoever makes up a token is a stranger; one that this process has not met yet is looked up all the same.
    let guess = [("authorization", "Bearer guess")];
    let path = format!("/v1/requests/{}", wideawake_runtime::clock::new_id());
    is_shed(&house.call_from(SCHOOL, Method::GET, &path, &guess, &Value::Null).await, "112");
    let elsewhere = house.beside_limited(few());
    for _ in 0..5 {
        elsewhere.call_from(SCHOOL, Method::GET, "/v1/lines", &[], &Value::Null).await;
    }
    let met = elsewhere.call_from(SCHOOL, Method::GET, &sky.path(""), &[("authorization", &token)], &Value::Null).await;
    assert_eq!(met.status, 200);
}

#[tokio::test]
async fn one_request_may_do_only_so_much() {
    let limits = Limits { messages: 3, streams: 2, calls: 9, ..Limits::default() };
    let house = House::limited(limits);
    let sky = asks(&house, SCHOOL, &plain()).await.member();
    let token = sky.bearer();
    let own = async |method, below: &str, body: Value| {
        house.call_from(SCHOOL, method, &sky.path(below), &[("authorization", &token)], &body).await
    };
    let say = async || own(Method::POST, "/messages", json!({ "text": "hello" })).await;
    for _ in 0..3 {
        assert_eq!(say().await.status, 202);
    }
    is_shed(&say().await, "024");
    for _ in 0..2 {
        house.follow(&sky, None).await.next().await;
    }
    is_shed(&own(Method::GET, "/stream", Value::Null).await, "024");
    assert_eq!(own(Method::GET, "", Value::Null).await.status, 200);
    assert_eq!(own(Method::GET, "", Value::Null).await.status, 200);
    is_shed(&own(Method::GET, "", Value::Null).await, "024");
}

#[tokio::test]
async fn the_oldest_of_many_streams_of_a_request_gives_way() {
    let house = House::new();
    let sky = house.open(&plain()).await;
    let mut first = house.follow(&sky, None).await;
    assert_eq!(first.next().await.map(|seen| seen.event).as_deref(), Some("status"));
    let mut others = Vec::new();
    for _ in 0..8 {
        let mut other = house.follow(&sky, None).await;
        other.next().await;
        others.push(other);
    }
    assert_eq!(first.next().await, None, "it has ended");
}

#[tokio::test]
async fn without_limits_nobody_is_counted() {
    let house = House::limited(Limits { enabled: false, messages: 1, ..few() });
    for _ in 0..20 {
        assert_eq!(asks(&house, SCHOOL, &plain()).await.status, 201);
    }
}
