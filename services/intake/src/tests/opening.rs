//! Asking for support.

use std::sync::Arc;

use axum::http::{Method, StatusCode, header};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wideawake_domain::request::{Opened, RequestEvent};
use wideawake_domain::{Actor, Event, Pool, StreamId, Version};
use wideawake_ledger::{Append, KeyChange, NewEvent};
use wideawake_runtime::clock;
use wideawake_runtime::tokens::hash_token;

use super::house::{House, KEYS, Member};
use crate::once;

const KEY: &str = "6a1f8b52-6a80-4b7e-9d6a-0f6f2f0f9c11";

fn everything() -> Value {
    json!({
        "line": "night", "language": "es-MX", "time_zone": "America/Mexico_City", "country": "mx", "alias": "Luna",
        "age_band": "18_25", "topics": ["grief", "grief"], "message": "no puedo dormir",
        "screening": {"q1": true, "q3": true, "q6_recent": null},
    })
}

#[tokio::test]
async fn a_member_who_asks_is_told_their_place_and_whom_else_to_call() {
    let house = House::new();
    let answer = house.call(Method::POST, "/v1/requests", &[], &everything()).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
    assert_eq!(answer.json["status"], "waiting");
    assert_eq!(answer.json["position"], 1);
    assert_eq!(answer.json.get("estimated_wait"), Some(&Value::Null));
    assert!(
        answer.json["resources"].as_array().is_some_and(|list| list.iter().any(|one| one["phone"] == "800 911 2000"))
    );
    let member = answer.member();
    assert_eq!(member.token.len(), 43);
    let cookie = format!("wideawake={}.{}; HttpOnly; SameSite=Strict; Path=/", member.id, member.token);
    assert_eq!(answer.headers[header::SET_COOKIE], cookie.as_str());

    let request = house.record.request(member.id()).await.ok().flatten().expect("it is there");
    assert_eq!(request.country.as_deref(), Some("MX"));
    assert_eq!(request.priority, wideawake_domain::Priority::Elevated);
    assert_eq!(request.topics.len(), 1);
    assert_eq!(request.token, hash_token(&member.token));
    let history = house.record.history(member.id(), Version::NONE, 10).await.expect("a history");
    let kinds: Vec<&str> = history.iter().map(|fact| &*fact.kind).collect();
    assert_eq!(kinds, ["opened", "triaged", "message"]);
    for secret in ["Luna", "no puedo dormir", &member.token, "q6_recent"] {
        assert!(!house.holds(secret), "{secret} stands in the clear");
    }
    let Ok(Event::Request(RequestEvent::Opened(opened))) = history[0].event() else { unreachable!("opened") };
    let answers = house.record.text(member.id(), Version(1), &opened.screening.expect("answers")).await;
    assert_eq!(answers.ok().flatten().as_deref(), Some(r#"{"q1":true,"q3":true}"#));

    let second = house.open(&json!({"language": "en"})).await;
    let state = house.get(&second).await;
    assert_eq!((&state["status"], &state["position"]), (&json!("waiting"), &json!(2)));
    assert_eq!(state.get("estimated_wait"), None);
}

#[tokio::test]
async fn everything_that_is_wrong_is_named_at_once() {
    let house = House::new();
    let post = async |body: Value| house.call(Method::POST, "/v1/requests", &[], &body).await;
    let answer = post(json!({
        "line": "nightly", "language": "not a language", "time_zone": "Mars/Olympus", "country": "Spain",
        "alias": "a\u{7}b", "age_band": "old", "topics": ["Nope!"], "message": "x".repeat(4_001),
        "screening": {"q1": "yes", "intent_now": 1}, "again": {"id": "x"},
    }))
    .await;
    assert_eq!(answer.problem(), (422, "invalid-content"));
    assert_eq!(
        answer.pointers(),
        [
            "/line",
            "/language",
            "/time_zone",
            "/country",
            "/alias",
            "/age_band",
            "/topics/0",
            "/message",
            "/screening/q1",
            "/screening/intent_now",
            "/again/id",
            "/again/token"
        ]
    );
    assert_eq!(post(json!({})).await.pointers(), ["/language"]);
    assert_eq!(post(json!({"language": "en", "topics": ["grief", "school"]})).await.pointers(), ["/topics/1"]);
    assert_eq!(post(json!({"language": "en", "line": "youth", "topics": ["school"]})).await.status, 201);
    assert_eq!(post(json!({"language": "en", "alias": "two\nlines"})).await.pointers(), ["/alias"]);
    assert_eq!(post(json!({"language": "en", "message": ""})).await.pointers(), ["/message"]);
    assert_eq!(post(json!([])).await.pointers(), [""]);
    assert_eq!(post(json!({"language": "en", "message": "💜".repeat(4_000)})).await.status, 201);
    assert_eq!(post(json!({"language": "tlh", "country": "ZZ"})).await.status, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_twenty_times_at_once_is_one_request_with_one_token() {
    let house = Arc::new(House::new());
    let calls = (0..20).map(|n| {
        let house = house.clone();
        tokio::spawn(async move {
            // Two ways of writing the same body.
            let body = if n % 2 == 0 {
                json!({"language": "en", "message": "hi"})
            } else {
                json!({"message": "hi", "language": "en"})
            };
            house.call(Method::POST, "/v1/requests", &[("idempotency-key", KEY)], &body).await
        })
    });
    let mut created = 0;
    let mut members: Vec<Member> = Vec::new();
    for call in calls.collect::<Vec<_>>() {
        let answer = call.await.expect("no panic");
        created += usize::from(answer.status == StatusCode::CREATED);
        assert!(answer.status.is_success(), "{}", answer.json);
        members.push(answer.member());
    }
    assert_eq!(created, 1);
    assert!(members.iter().all(|member| *member == members[0]), "{members:?}");
    assert_eq!(house.record.history(members[0].id(), Version::NONE, 10).await.expect("a history").len(), 2);
    assert!(!house.holds(KEY) && !house.holds(&members[0].token));
}

#[tokio::test]
async fn a_key_belongs_to_one_body_for_a_day() {
    let house = House::new();
    let body = json!({"language": "en"});
    let post = async |house: &House, key: &str, body: &Value| {
        house.call(Method::POST, "/v1/requests", &[("idempotency-key", key)], body).await
    };
    assert_eq!(post(&house, "too-short", &body).await.problem(), (400, "bad-request"));
    let first = post(&house, KEY, &body).await.member();
    assert_eq!(post(&house, KEY, &json!({"language": "es"})).await.problem(), (409, "idempotency-mismatch"));

    let turned = house.beside(&[KEYS[1], KEYS[0]]);
    let again = post(&turned, KEY, &body).await;
    assert_eq!(
        (again.status, again.member()),
        (StatusCode::OK, first),
        "a new master key changes nothing for a repeat"
    );

    let key = "a-key-from-yesterday-0000";
    let mut headers = axum::http::HeaderMap::new();
    headers.insert("idempotency-key", key.parse().expect("a header"));
    let key_read = once::key(&headers).ok().flatten().expect("a key");
    let old = once::openings(&house.record, key_read, &body).remove(0);
    let opened = Opened {
        line: "night".to_owned(),
        language: "en".parse().expect("a tag"),
        time_zone: None,
        country: None,
        alias: None,
        age_band: None,
        topics: Vec::new(),
        screening: None,
        token: hash_token(&old.token),
        fingerprint: old.fingerprint,
        again: None,
    };
    let event = Event::Request(opened.into());
    let append = Append {
        stream: StreamId::request(old.id),
        pool: Pool::named("main"),
        expected: Version::NONE,
        at: clock::now() - TimeDelta::hours(25),
        actor: Actor::Member,
        trace: "".into(),
        events: vec![NewEvent { kind: event.kind().into(), data: event.encode().expect("JSON").into() }],
        fence: None,
        ends_at: None,
        key: KeyChange::Keep,
    };
    house.record.ledger().append(append).await.expect("a record");
    let late = post(&house, key, &body).await;
    assert_eq!(late.problem(), (409, "idempotency-mismatch"));
    assert!(late.json["detail"].as_str().is_some_and(|detail| detail.contains("24 hours")));
}

#[tokio::test]
async fn who_talked_with_the_member_before_is_remembered_for_whoever_has_the_token() {
    let house = House::new();
    let earlier = house.open(&json!({"language": "en"})).await;
    let ada = house.volunteer("Ada").await;
    let again = |token: &str| json!({"language": "en", "again": {"id": earlier.id, "token": token}});
    let before = house.open(&again(&earlier.token)).await;
    house.assign(&earlier, ada).await;
    let after = house.open(&again(&earlier.token)).await;
    let of = async |member: &Member| house.record.request(member.id()).await.ok().flatten().expect("it is there").again;
    assert_eq!(of(&before).await, None, "nobody had talked with them yet");
    assert_eq!(of(&after).await.map(|again| again.volunteer), Some(ada));
    let forged = house.call(Method::POST, "/v1/requests", &[], &again("forged")).await;
    assert_eq!(forged.pointers(), ["/again"]);
    let unknown = json!({"language": "x y", "again": {"id": clock::new_id(), "token": earlier.token}});
    let unknown = house.call(Method::POST, "/v1/requests", &[], &unknown).await;
    assert_eq!(unknown.pointers(), ["/language", "/again"], "with everything else that is wrong");
}

#[tokio::test]
async fn without_the_record_a_member_still_hears_whom_to_call() {
    let house = House::new();
    let member = house.open(&json!({"language": "en", "country": "AU"})).await;
    let broken = house.broken();
    let has = |answer: &super::house::Answer, phone: &str| {
        let list = answer.json["resources"].as_array().cloned().unwrap_or_default();
        list.iter().any(|one| one["phone"] == phone)
    };
    let answer = broken.call(Method::POST, "/v1/requests", &[], &json!({"language": "en", "country": "NZ"})).await;
    assert_eq!(answer.problem(), (503, "unavailable"));
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
    assert!(has(&answer, "1737"), "{}", answer.json);
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    for (method, path, body) in
        [(Method::POST, "/messages", json!({"text": "hello?"})), (Method::POST, "/leave", Value::Null)]
    {
        let answer = broken.call(method, &member.path(path), &headers, &body).await;
        assert_eq!(answer.problem(), (503, "unavailable"), "{path}");
        assert!(has(&answer, "13 11 14"), "{path}: {}", answer.json);
    }
}
