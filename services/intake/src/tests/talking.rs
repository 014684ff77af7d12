//! Whose call it is, and writing.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use wideawake_domain::request::Command;
use wideawake_domain::{Actor, Version};
use wideawake_runtime::clock;

use super::house::{Answer, House, Member, OVER_TLS};

const KEY: &str = "0123456789abcdef012345";

async fn say(house: &House, member: &Member, key: Option<&str>, text: &str) -> Answer {
    let token = member.bearer();
    let mut headers = vec![("authorization", token.as_str())];
    headers.extend(key.map(|key| ("idempotency-key", key)));
    house.call(Method::POST, &member.path("/messages"), &headers, &json!({"text": text})).await
}

#[tokio::test]
async fn only_who_has_the_token_may_call_and_others_learn_nothing() {
    let house = House::new();
    let (mine, other) = (house.open(&json!({"language": "en"})).await, house.open(&json!({"language": "en"})).await);
    let unknown = Member { id: clock::new_id().to_string(), token: mine.token.clone() };
    let calls = [
        (Method::GET, "", Value::Null),
        (Method::GET, "/stream", Value::Null),
        (Method::POST, "/messages", json!({"text": "hi"})),
        (Method::POST, "/heartbeat", Value::Null),
        (Method::POST, "/leave", Value::Null),
        (Method::DELETE, "", Value::Null),
    ];
    for (method, path, body) in calls {
        let call = async |of: &Member, headers: &[(&str, &str)]| {
            house.call(method.clone(), &of.path(path), headers, &body).await
        };
        let cookie = |member: &Member| format!("wideawake={}.{}", member.id, member.token);
        assert_eq!(call(&mine, &[]).await.problem(), (401, "unauthorized"), "{method} {path}");
        assert_eq!(call(&mine, &[("authorization", "Basic x")]).await.problem(), (401, "unauthorized"));
        let rubbish = [("cookie", "wideawake=rubbish"), ("origin", "http://door")];
        assert_eq!(call(&mine, &rubbish).await.problem(), (401, "unauthorized"), "{method} {path}");
        for headers in [
            vec![("authorization", other.bearer())],
            vec![("authorization", "Bearer forged".to_owned())],
            vec![("cookie", cookie(&other)), ("origin", "http://door".to_owned())],
        ] {
            let headers: Vec<(&str, &str)> = headers.iter().map(|(k, v)| (*k, v.as_str())).collect();
            let wrong = call(&mine, &headers).await;
            let nothing = call(&unknown, &headers).await;
            assert_eq!(wrong.problem(), (404, "not-found"), "{method} {path}");
            assert_eq!((wrong.json, wrong.status), (nothing.json, nothing.status), "{method} {path}");
        }
        if method != Method::GET {
            let mine_cookie = cookie(&mine);
            let foreign = call(&mine, &[("cookie", &mine_cookie), ("origin", "http://elsewhere")]).await;
            assert_eq!(foreign.problem(), (403, "forbidden-origin"), "{method} {path}");
        }
    }
    let cookie = format!("theme=dark; wideawake={}.{}", mine.id, mine.token);
    let headers = [("cookie", cookie.as_str()), ("origin", "http://door")];
    assert_eq!(house.call(Method::GET, &mine.path(""), &headers, &Value::Null).await.status, StatusCode::OK);
    let beat = house.call(Method::POST, &mine.path("/heartbeat"), &headers, &Value::Null).await;
    assert_eq!(beat.status, StatusCode::NO_CONTENT);
    let odd = house.call(Method::GET, "/v1/requests/not-a-uuid", &headers, &Value::Null).await;
    assert_eq!(odd.problem(), (404, "not-found"));
}

#[tokio::test]
async fn over_an_encrypted_way_no_other_host_of_the_domain_plants_a_conversation() {
    let house = House::new();
    let opened = house.call(Method::POST, "/v1/requests", &[OVER_TLS], &json!({"language": "en"})).await;
    let set = opened.headers["set-cookie"].to_str().expect("a cookie").to_owned();
    let mine = opened.member();
    let pair = format!("{}.{}", mine.id, mine.token);
    assert_eq!(set, format!("__Host-wideawake={pair}; HttpOnly; SameSite=Strict; Path=/; Secure"));
    let get = async |cookie: String| {
        let headers = [OVER_TLS, ("cookie", cookie.as_str())];
        house.call(Method::GET, &mine.path(""), &headers, &Value::Null).await.status
    };
    assert_eq!(get(format!("__Host-wideawake={pair}")).await, StatusCode::OK);
    assert_eq!(get(format!("wideawake=planted; __Host-wideawake={pair}")).await, StatusCode::OK);
    assert_eq!(get(format!("wideawake={pair}")).await, StatusCode::UNAUTHORIZED, "anybody of the domain can set that");
    let planted = format!("wideawake={pair}");
    let page = house.page(Method::GET, "/", &[OVER_TLS, ("cookie", &planted)], "").await.2;
    assert!(page.contains(r#"action="/ask"#), "whoever is sent there begins anew: {page}");
    // Both go when it is forgotten.
    let headers = [OVER_TLS, ("origin", "https://door")];
    let left = house.page(Method::POST, "/leave", &headers, "").await.1;
    let gone: Vec<_> = left.get_all("set-cookie").iter().map(|value| value.to_str().expect("text")).collect();
    assert!(gone.len() == 2 && gone.iter().all(|cookie| cookie.contains("Max-Age=0")), "{gone:?}");
}

#[tokio::test]
async fn every_call_of_a_member_proves_them_there() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    // It is noted behind the answer, which need not wait for it.
    let is_seen_since = async |at| {
        for _ in 0..500 {
            if house.record.live().members_since(at).await.expect("live").len() == 1 {
                return true;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        false
    };
    let before = clock::now();
    house.get(&member).await;
    assert!(is_seen_since(before).await);
    let before = clock::now();
    let events = house.follow(&member, None).await;
    assert!(is_seen_since(before).await, "connecting is a call");
    drop(events);
}

#[tokio::test]
async fn a_message_that_is_sent_twice_is_there_once() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    let first = say(&house, &member, Some(KEY), "are you there?").await;
    assert_eq!((first.status.as_u16(), &first.json), (202, &json!({"version": 2})));
    let second = say(&house, &member, Some(KEY), "are you there?").await;
    assert_eq!((second.status.as_u16(), &second.json), (202, &json!({"version": 2})));
    assert_eq!(say(&house, &member, Some(KEY), "another").await.problem(), (409, "idempotency-mismatch"));
    assert_eq!(say(&house, &member, None, "are you there?").await.json, json!({"version": 3}));
    assert_eq!(say(&house, &member, Some("short"), "x").await.problem(), (400, "bad-request"));
    let turned = house.beside(&[super::house::KEYS[1], super::house::KEYS[0]]);
    assert_eq!(say(&turned, &member, Some(KEY), "are you there?").await.json, json!({"version": 2}));
    let other = house.open(&json!({"language": "en"})).await;
    assert_eq!(say(&house, &other, Some(KEY), "mine").await.json, json!({"version": 2}), "a key is one member's");
    for bad in [
        json!({}),
        json!({"text": ""}),
        json!({"text": "x".repeat(4_001)}),
        json!({"text": "a\u{0}"}),
        json!({"text": 7}),
    ] {
        let token = member.bearer();
        let answer = house.call(Method::POST, &member.path("/messages"), &[("authorization", &token)], &bad).await;
        assert_eq!((answer.problem().0, answer.pointers()), (422, vec!["/text"]), "{bad}");
    }
    assert!(!house.holds("are you there?"));
}

#[tokio::test]
async fn nobody_writes_in_a_conversation_that_is_over_but_a_repeat_is_still_answered() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    assert_eq!(say(&house, &member, Some(KEY), "bye").await.json, json!({"version": 2}));
    house.command(&member, Actor::Member, Command::Leave(None)).await;
    assert_eq!(say(&house, &member, None, "hello?").await.problem(), (409, "already-closed"));
    assert_eq!(say(&house, &member, Some(KEY), "bye").await.json, json!({"version": 2}));
}

#[tokio::test]
async fn sixty_messages_a_minute_are_enough() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    for n in 0..60 {
        assert_eq!(say(&house, &member, None, "hm").await.status, StatusCode::ACCEPTED, "{n}");
    }
    let answer = say(&house, &member, None, "hm").await;
    assert_eq!(answer.problem(), (429, "too-many-requests"));
    assert!(answer.headers.contains_key("retry-after"));
    assert_eq!(house.record.history(member.id(), Version::NONE, 100).await.expect("a history").len(), 61);
}

#[tokio::test]
async fn leaving_is_quick_and_can_be_repeated() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    let cookie = format!("wideawake={}.{}", member.id, member.token);
    let headers =
        [("cookie", cookie.as_str()), ("origin", "http://door"), ("content-type", "text/plain;charset=UTF-8")];
    for body in [json!("bye"), Value::Null] {
        let answer = house.call(Method::POST, &member.path("/leave"), &headers, &body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(house.get(&member).await["status"], "closed");
    let history = house.record.history(member.id(), Version::NONE, 10).await.expect("a history");
    assert_eq!(history.iter().filter(|fact| &*fact.kind == "closed").count(), 1);
    let token = member.bearer();
    let beat = house.call(Method::POST, &member.path("/heartbeat"), &[("authorization", &token)], &Value::Null).await;
    assert_eq!(beat.status, StatusCode::NO_CONTENT);
}
