//! What a client sends is the only proof that somebody is there.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::json;
use wideawake_acceptance::{Member, Server, now};

const SHORT: &str = "dispatch = { presence_grace = '3s', reconnect_grace = '6s', standard.offer_timeout = '2m' }";

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_client_loses_its_offers_after_presence_grace() {
    let server = Server::start(SHORT).await;
    let robin = server.on_duty(json!({})).await;
    let mut at_desk = robin.stream().await;
    let sky = Member::asks(&server).await;
    let offer = at_desk.next("offer").await;
    let frozen_at = now();
    robin.freeze();
    let withdrawn = at_desk.next("offer_withdrawn").await;
    assert_eq!((&withdrawn["offer"], &withdrawn["reason"]), (&offer["offer"], &json!("absent")));
    let took = now() - frozen_at;
    assert!(took >= chrono::TimeDelta::milliseconds(2_400), "withdrawn after {took}, before the grace was over");
    let kim = server.on_duty(json!({})).await;
    kim.takes(&sky.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_client_loses_its_conversations_after_reconnect_grace() {
    let server = Server::start(SHORT).await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    let sky = Member::asks(&server).await;
    let mut at_phone = sky.stream().await;
    robin.takes(&sky.id).await;
    robin.says(&sky.id, "I am here.").await;
    at_phone.hears("I am here.").await;
    let mut at_desk = robin.stream().await;
    let frozen_at = now();
    robin.freeze();

    let status = at_phone.next_where("status", |status| status["status"] == "waiting").await;
    assert_eq!(status["position"], 1);
    let took = now() - frozen_at;
    assert!(took >= chrono::TimeDelta::milliseconds(5_300), "released after {took}, before the grace was over");
    at_phone.wait("a word that somebody else is coming", |event| event.data["from"] == "system").await;
    assert_eq!(at_desk.next("released").await["request"], sky.id);
    let kim = server.on_duty(json!({ "alias": "Kim" })).await;
    kim.takes(&sky.id).await;
    kim.says(&sky.id, "I am here now.").await;
    at_phone.hears("I am here now.").await;

    // Back again, it is nothing to them any more.
    robin.thaw();
    assert_eq!(robin.holds().await, [] as [&str; 0]);
    robin.call("GET", format!("/v1/requests/{}", sky.id)).send().await.refused(404, "not-found");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_in_time_keeps_the_conversation() {
    let server = Server::start("dispatch = { presence_grace = '3s', reconnect_grace = '10m' }").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::asks(&server).await;
    robin.takes(&sky.id).await;
    robin.freeze();
    wideawake_acceptance::eventually("they count as absent", || async {
        let board = server.supervisor.get("/v1/board").await;
        let here = board["on_duty"].as_array().unwrap().iter().any(|staff| staff["present"] == true);
        (!here).then_some(())
    })
    .await;
    let second = Member::asks(&server).await;
    robin.thaw();
    // Everything that waited is there at once.
    robin.takes(&second.id).await;
    assert_eq!(robin.holds().await.len(), 2);
    robin.says(&sky.id, "Sorry, my train was in a tunnel.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_falls_silent_is_away_and_comes_back() {
    let server = Server::start("dispatch.away_after = '2s'").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::asks(&server).await;
    robin.takes(&sky.id).await;
    let mut at_desk = robin.stream().await;
    let away = at_desk.next_where("member", |member| member["request"] == sky.id).await;
    assert!(away.to_string().contains("away"), "{away}");
    sky.heartbeat().await;
    let back = at_desk.next_where("member", |member| member["request"] == sky.id).await;
    assert!(back.to_string().contains("back"), "{back}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_and_is_gone_is_abandoned_unless_it_is_urgent() {
    let server = Server::start("dispatch = { away_after = '1s', abandon_after = '1s' }").await;
    let urgent = Member::opens(&server, &json!({ "language": "en", "screening": { "q4": true } })).await;
    let standard = Member::asks(&server).await;
    let mut at_phone = standard.stream().await;
    at_phone.next("closed").await;
    let history = server.history(&standard.id).await;
    assert!(
        history.iter().any(|event| event["type"] == "closed" && event.to_string().contains("abandoned")),
        "{history:#?}"
    );
    assert_eq!(urgent.state().await["status"], "waiting");
}
