//! The real program is killed at any moment, and nothing that was acknowledged is lost.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use wideawake_acceptance::check::check;
use wideawake_acceptance::load::Load;
use wideawake_acceptance::{Binary, Chance, Member, binary, eventually};

#[tokio::test(flavor = "multi_thread")]
async fn killed_at_random_moments_it_loses_nothing_that_was_acknowledged() {
    let mut server = Binary::start("").await;
    let mut chance = Chance::new();
    let mut volunteers = Vec::new();
    for _ in 0..4 {
        volunteers.push(Arc::new(server.on_duty(json!({ "capacity": 3 })).await));
    }
    let load = Load::start(&server, 6, &volunteers);
    for round in 0..5 {
        let before = load.taken().said.len();
        eventually("the night goes on", || async { (load.taken().said.len() > before + 20).then_some(()) }).await;
        tokio::time::sleep(Duration::from_millis(chance.below(300))).await;
        server.kill();
        let there = load.taken();
        println!("round {round}: {} requests, {} messages", there.members.len(), there.said.len());
        server.restart();
    }
    eventually("it routes again", || async { (!load.taken().closed.is_empty()).then_some(()) }).await;
    let before = load.taken().accepted.len();
    eventually("it routes after the last kill", || async { (load.taken().accepted.len() > before).then_some(()) })
        .await;
    let taken = load.stop().await;
    check(&server, &taken).await;
    // And once more from the file alone.
    server.kill();
    server.restart();
    check(&server, &taken).await;
    assert!(!server.log().contains("a panic"), "{}", server.log());
}

#[tokio::test(flavor = "multi_thread")]
async fn deadlines_are_armed_again_after_a_kill() {
    let keys = "dispatch = { presence_grace = '20s', reconnect_grace = '21s', standard.offer_timeout = '3s' }";
    let mut server = Binary::start(keys).await;
    let robin = server.on_duty(json!({ "alias": "Robin", "capacity": 1 })).await;
    let sky = Member::asks(&server).await;
    let offer = robin.offered(&sky.id).await;
    let kim = server.on_duty(json!({ "alias": "Kim", "capacity": 1 })).await;
    server.kill();
    server.restart();
    let next = kim.offered(&sky.id).await;
    assert_ne!(next["offer"], offer["offer"]);
    let history = server.history(&sky.id).await;
    assert!(history.iter().any(|event| event["type"] == "offer_expired"), "{history:#?}");
    kim.accepts(&next).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_never_came_back_after_a_kill_loses_the_conversation() {
    let mut server = Binary::start("dispatch = { presence_grace = '3s', reconnect_grace = '6s' }").await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    let sky = Member::asks(&server).await;
    robin.takes(&sky.id).await;
    robin.freeze();
    server.kill();
    server.restart();
    let mut at_phone = sky.stream().await;
    at_phone.next_where("status", |status| status["status"] == "waiting").await;
    let kim = server.on_duty(json!({ "alias": "Kim" })).await;
    kim.takes(&sky.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_lost_answer_is_the_same_request_also_after_a_kill() {
    let mut server = Binary::start("").await;
    let key = format!("{}{}", wideawake_acceptance::nobody(), wideawake_acceptance::nobody());
    let open = server.intake("POST", "/v1/requests").header("idempotency-key", &key).json(&json!({ "language": "en" }));
    let first = open.clone().send().await.is(201).json();
    server.kill();
    server.restart();
    let open = server.intake("POST", "/v1/requests").header("idempotency-key", &key).json(&json!({ "language": "en" }));
    let again = open.send().await.is(200).json();
    assert_eq!((&first["id"], &first["token"]), (&again["id"], &again["token"]));
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_go_on_behind_their_last_event_after_a_kill() {
    let mut server = Binary::start("").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::asks(&server).await;
    let (mut at_phone, mut at_desk) = (sky.stream().await, robin.stream().await);
    robin.takes(&sky.id).await;
    robin.says(&sky.id, "one").await;
    sky.says("two").await;
    at_phone.hears("two").await;
    at_desk.hears("two").await;
    let (phone, desk) = (at_phone.last_id().unwrap(), at_desk.last_id().unwrap());
    server.kill();
    at_phone.end().await;
    at_desk.end().await;
    server.restart();
    sky.says("three").await;
    robin.says(&sky.id, "four").await;
    let (mut at_phone, mut at_desk) = (sky.stream_after(&phone).await, robin.stream_after(&desk).await);
    at_phone.hears("three").await;
    at_phone.hears("four").await;
    at_desk.hears("three").await;
    for stream in [&at_phone, &at_desk] {
        let texts: Vec<Value> = stream.all("message").iter().map(|message| message["text"].clone()).collect();
        assert!(!texts.contains(&json!("one")) && !texts.contains(&json!("two")), "{texts:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sigterm_with_open_streams_ends_within_two_seconds() {
    let mut server = Binary::start("").await;
    let robin = server.on_duty(json!({})).await;
    let mut streams = Vec::new();
    for _ in 0..20 {
        let sky = Member::asks(&server).await;
        streams.push(sky.stream().await);
        streams.push(robin.stream().await);
    }
    streams.push(server.supervisor.call("GET", "/v1/board/stream").stream().await);
    let (status, took) = server.terminate();
    assert!(took < Duration::from_secs(2), "{took:?}");
    assert_eq!(status.code(), Some(0), "{status}");
    for stream in &mut streams {
        stream.end().await;
    }
    server.restart();
    assert_eq!(server.supervisor.get("/v1/board").await["waiting"].as_array().unwrap().len(), 20);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_begun_before_sigterm_is_answered_or_not_done() {
    let mut server = Binary::start("").await;
    let volunteers = [Arc::new(server.on_duty(json!({ "capacity": 5 })).await)];
    let load = Load::start(&server, 4, &volunteers);
    eventually("a night", || async { (load.taken().said.len() > 30).then_some(()) }).await;
    let (status, _) = server.terminate();
    assert_eq!(status.code(), Some(0), "{status}");
    server.restart();
    let taken = load.stop().await;
    check(&server, &taken).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_the_same_folder_ends_and_says_so() {
    let server = Binary::start("").await;
    let said = server.tool(&["serve"]).fails(1);
    assert!(said.contains("another wideawake serves the data directory"), "{said}");
    assert_eq!(said.trim().lines().count(), 1, "one sentence: {said}");
    // The first one noticed nothing.
    Member::asks(&server).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_cannot_listen_ends_and_says_so() {
    let server = Binary::start("").await;
    let taken = server.address(wideawake_acceptance::Door::Desk).to_string();
    let folder = tempfile::TempDir::new().unwrap();
    let config = folder.path().join("wideawake.toml");
    let keys = wideawake_acceptance::config::text(&format!("desk.listen = '{taken}'"));
    std::fs::write(&config, keys).unwrap();
    let said = binary::tool(&["serve", "--config", config.to_str().unwrap()]).fails(1);
    assert!(said.contains(&taken) && said.contains("desk.listen"), "{said}");
}
