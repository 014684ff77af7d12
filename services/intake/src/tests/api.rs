//! What everyone may know: the lines, whom else to call, and the document.

use std::collections::BTreeSet;

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::house::House;

#[tokio::test]
async fn the_lines_and_whom_else_to_call_are_public() {
    let house = House::new();
    let get = async |path: &str| house.call(Method::GET, path, &[], &Value::Null).await;
    let lines = get("/v1/lines").await;
    assert_eq!(lines.status, StatusCode::OK);
    assert_eq!(
        lines.json,
        json!({"items": [
            {"name": "night", "languages": ["en", "es"], "topics": ["anxiety", "grief"], "default": true},
            {"name": "youth", "languages": ["en", "es"], "topics": ["school"], "default": false},
        ]})
    );
    let us = get("/v1/resources?country=us").await.json;
    assert_eq!(us["items"][1]["name"], "988 Suicide & Crisis Lifeline");
    assert_eq!(
        us["items"][1],
        json!({
            "name": "988 Suicide & Crisis Lifeline", "kind": "crisis_line", "phone": "988", "sms": "988",
            "url": "https://988lifeline.org", "languages": ["en", "es"], "hours": "24/7",
        })
    );
    let everywhere = get("/v1/resources").await.json;
    assert_eq!(get("/v1/resources?country=ZZ").await.json, everywhere);
    assert!(everywhere["items"].as_array().is_some_and(|items| items.iter().any(|one| one["kind"] == "directory")));
    let odd = get("/v1/resources?country=Spain").await;
    assert_eq!(odd.problem(), (422, "invalid-content"));
    assert_eq!(odd.json["errors"][0]["parameter"], "country");
}

#[tokio::test]
async fn the_door_says_how_it_is() {
    let house = House::new();
    let get = async |path: &str| house.call(Method::GET, path, &[], &Value::Null).await;
    assert_eq!(get("/healthz").await.status, StatusCode::OK);
    let ready = get("/readyz").await;
    assert_eq!((ready.status, &ready.json["parts"]["ledger"]["status"]), (StatusCode::OK, &json!("ready")));
    assert_eq!(ready.json["status"], "degraded", "nobody follows the bus in this test");
    house.door.pace.served(&wideawake_domain::Pool::named("main"), []);
    assert_eq!(get("/readyz").await.json["status"], "ready");
}

#[tokio::test]
async fn the_document_describes_every_call_and_refers_to_nothing_that_is_missing() {
    let house = House::new();
    let document = house.call(Method::GET, "/openapi.json", &[], &Value::Null).await.json;
    let paths = document["paths"].as_object().expect("paths");
    let calls: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, item)| {
            item.as_object().into_iter().flatten().map(move |(method, _)| format!("{method} {path}"))
        })
        .collect();
    let expected = [
        "delete /v1/requests/{id}",
        "get /v1/lines",
        "get /v1/requests/{id}",
        "get /v1/requests/{id}/export",
        "get /v1/requests/{id}/stream",
        "get /v1/resources",
        "post /v1/requests",
        "post /v1/requests/{id}/heartbeat",
        "post /v1/requests/{id}/leave",
        "post /v1/requests/{id}/messages",
    ];
    assert_eq!(calls, expected.map(str::to_owned).into());
    let mut references = Vec::new();
    collect(&document, &mut references);
    assert!(references.len() > 20);
    for reference in references {
        let pointer = reference.strip_prefix('#').expect("within the document");
        assert!(document.pointer(pointer).is_some(), "{reference}");
    }
    for name in ["Request", "OpenedRequest", "OpenRequest", "Message", "Closed", "ResourceList", "Problem"] {
        assert!(document["components"]["schemas"][name].is_object(), "{name}");
    }
}

fn collect<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            into.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|value| collect(value, into));
        }
        Value::Array(items) => items.iter().for_each(|value| collect(value, into)),
        _ => {}
    }
}
