//! The same call again is the same call: one request, one token, one message.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::json;
use wideawake_acceptance::{Member, Server, eventually, nobody};

fn key() -> String {
    format!("{}{}", nobody(), nobody()).replace('-', "")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_twenty_times_at_once_is_one_request_and_one_token() {
    let server = Server::start("").await;
    let body = json!({ "language": "en", "alias": "Sky", "message": "hello" });
    let key = key();
    let call = server.intake("POST", "/v1/requests").header("idempotency-key", &key).json(&body);
    let answers = join_all((0..20).map(|_| call.clone().send())).await;

    let created = answers.iter().filter(|answer| answer.status == 201).count();
    let repeated = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!((created, repeated), (1, 19), "{answers:?}");
    let told: BTreeSet<(String, String)> =
        answers.iter().map(|answer| (answer.json()["id"].to_string(), answer.json()["token"].to_string())).collect();
    assert_eq!(told.len(), 1, "{told:?}");

    let member = Member::of(&server, answers[0].json());
    let history = server.history(&member.id).await;
    assert_eq!(history.iter().filter(|event| event["type"] == "opened").count(), 1, "{history:#?}");
    assert_eq!(history.iter().filter(|event| event["type"] == "message").count(), 1, "{history:#?}");
    // The desk may hear of it a moment later.
    let waiting = eventually("the board shows it", || async {
        let board = server.supervisor.get("/v1/board").await;
        board["waiting"].as_array().filter(|waiting| !waiting.is_empty()).cloned()
    });
    assert_eq!(waiting.await.len(), 1);

    // Also much later, when it is answered.
    let robin = server.on_duty(json!({})).await;
    robin.takes(&member.id).await;
    let late = call.clone().send().await.is(200).json();
    assert_eq!((&late["id"], &late["token"]), (&json!(member.id), &json!(member.token)));

    let other = json!({ "language": "en", "alias": "Sky", "message": "hello!" });
    let other = server.intake("POST", "/v1/requests").header("idempotency-key", &key).json(&other);
    other.send().await.refused(409, "idempotency-mismatch");
}

#[tokio::test(flavor = "multi_thread")]
async fn different_keys_and_no_key_are_different_requests() {
    let server = Server::start("").await;
    let call = server.intake("POST", "/v1/requests").json(&json!({ "language": "en" }));
    let mut ids = BTreeSet::new();
    for key in [Some(key()), Some(key()), None, None] {
        let call = match &key {
            Some(key) => call.clone().header("idempotency-key", key),
            None => call.clone(),
        };
        let opened = call.send().await.is(201).json();
        ids.insert((opened["id"].to_string(), opened["token"].to_string()));
    }
    assert_eq!(ids.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_twenty_times_at_once_is_one_message() {
    let server = Server::start("").await;
    let sky = Member::asks(&server).await;
    let robin = server.on_duty(json!({})).await;
    robin.takes(&sky.id).await;
    let key = key();
    let call = sky.call("POST", "/messages").header("idempotency-key", &key).json(&json!({ "text": "once" }));
    let answers = join_all((0..20).map(|_| call.clone().send())).await;
    let versions: BTreeSet<String> = answers.into_iter().map(|answer| answer.is(202).json().to_string()).collect();
    assert_eq!(versions.len(), 1, "{versions:?}");
    sky.says("and then").await;
    let heard = robin.get(format!("/v1/requests/{}/messages", sky.id)).await;
    let texts: Vec<&str> =
        heard["items"].as_array().unwrap().iter().filter_map(|message| message["text"].as_str()).collect();
    assert_eq!(texts, ["once", "and then"]);
    let other = sky.call("POST", "/messages").header("idempotency-key", &key).json(&json!({ "text": "twice" }));
    other.send().await.refused(409, "idempotency-mismatch");
}
