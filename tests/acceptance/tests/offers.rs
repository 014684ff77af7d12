//! What becomes of an offer: taken once, passed on, asked again; never lost.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::sync::Barrier;
use wideawake_acceptance::{Member, Server, Staff, eventually, now};

fn count(history: &[Value], kind: &str) -> usize {
    history.iter().filter(|event| event["type"] == kind).count()
}

/// Which of them is offered the request now.
async fn asked<'a>(volunteers: &[&'a Staff], request: &str) -> (&'a Staff, Value) {
    eventually("somebody is asked", || async {
        for volunteer in volunteers {
            let me = volunteer.me().await;
            if let Some(offer) = me["open_offers"].as_array().unwrap().iter().find(|offer| offer["request"] == request)
            {
                return Some((*volunteer, offer.clone()));
            }
        }
        None
    })
    .await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_is_not_answered_goes_to_the_next_volunteer() {
    let server = Server::start("dispatch.standard.offer_timeout = '1s'").await;
    let (robin, kim) = (server.on_duty(json!({})).await, server.on_duty(json!({})).await);
    let sky = Member::asks(&server).await;
    let (first, offer) = asked(&[&robin, &kim], &sky.id).await;
    let second = if first.id == robin.id { &kim } else { &robin };
    let mut at_desk = second.stream().await;
    let next = at_desk.next_where("offer", |offer| offer["request"] == sky.id).await;
    assert_ne!(next["offer"], offer["offer"]);
    assert!(count(&server.history(&sky.id).await, "offer_expired") >= 1);
    first.accepts(&offer).await.refused(409, "offer-gone");
    second.accepts(&next).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn declined_until_nobody_is_left_it_is_exhausted_and_then_asked_again() {
    let server = Server::start("dispatch.standard.reoffer_after = '2s'").await;
    let (robin, kim) = (server.on_duty(json!({})).await, server.on_duty(json!({})).await);
    let sky = Member::asks(&server).await;
    let mut declined = Vec::new();
    for _ in 0..2 {
        let (who, offer) = asked(&[&robin, &kim], &sky.id).await;
        who.declines(&offer).await.is(200);
        declined.push(who.id.clone());
    }
    assert_ne!(declined[0], declined[1], "while anyone else is there, who declined is not asked again");
    eventually("it is exhausted", || async { (count(&server.history(&sky.id).await, "exhausted") == 1).then_some(()) })
        .await;
    assert_eq!(sky.state().await["status"], "waiting");
    let (who, offer) = asked(&[&robin, &kim], &sky.id).await;
    assert_eq!(count(&server.history(&sky.id).await, "exhausted"), 1, "recorded once");
    who.accepts(&offer).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_misses_in_a_row_are_a_break() {
    let keys = "dispatch.standard = { offer_timeout = '1s', reoffer_after = '1s' }";
    let server = Server::start(keys).await;
    let robin = server.on_duty(json!({})).await;
    let mut at_desk = robin.stream().await;
    let sky = Member::asks(&server).await;
    at_desk.next("offer").await;
    at_desk.next("offer").await;
    let told = at_desk.next_where("duty", |duty| duty["duty"] == "break").await;
    assert_eq!(told["reason"], "not_responding");
    assert_eq!(robin.me().await["duty"]["duty"].as_str().or(robin.me().await["duty"].as_str()), Some("break"));
    let history = server.history(&sky.id).await;
    assert_eq!(count(&history, "offer_expired"), 2, "{history:#?}");
    assert_eq!(count(&history, "offered"), 2, "{history:#?}");
    // Their word that they are back is enough.
    robin.duty("ready").await;
    robin.takes(&sky.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_accept_still_counts_while_the_record_holds_the_offer_open() {
    let keys = "dispatch.standard = { offer_timeout = '1s', reoffer_after = '1s' }";
    let server = Server::start(keys).await;
    // A slow machine may be too late for one; that one is refused, and the record shows why.
    for _ in 0..10 {
        let robin = server.on_duty(json!({})).await;
        let sky = Member::asks(&server).await;
        let offer = robin.offered(&sky.id).await;
        let expires = offer["expires_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        tokio::time::sleep((expires - now()).to_std().unwrap_or_default()).await;
        let answer = robin.accepts(&offer).await;
        assert!(now() > expires);
        if answer.status == 200 {
            return;
        }
        answer.refused(409, "offer-gone");
        assert!(count(&server.history(&sky.id).await, "offer_expired") >= 1);
        sky.leaves().await;
        robin.duty("off").await;
    }
    panic!("no accept behind expires_at was taken");
}

#[tokio::test(flavor = "multi_thread")]
async fn two_hundred_accepts_at_once_are_one_conversation() {
    const MANY: usize = 200;
    let keys = format!(
        "dispatch = {{ presence_grace = '10m', reconnect_grace = '20m', standard.fanout = {MANY}, standard.offer_timeout = '2m' }}"
    );
    let server = Server::start(&keys).await;
    let volunteers = join_all((0..MANY).map(|_| async {
        let volunteer = server.volunteer(json!({})).await;
        volunteer.duty("ready").await;
        volunteer
    }))
    .await;
    let sky = Member::asks(&server).await;
    let offers = join_all(volunteers.iter().map(|volunteer| volunteer.offered(&sky.id))).await;
    let start = Arc::new(Barrier::new(MANY));
    let answers = join_all(volunteers.iter().zip(&offers).map(|(volunteer, offer)| {
        let start = start.clone();
        async move {
            start.wait().await;
            volunteer.accepts(offer).await
        }
    }))
    .await;
    let won: Vec<usize> = (0..MANY).filter(|n| answers[*n].status == 200).collect();
    assert_eq!(won.len(), 1, "{won:?}");
    for (n, answer) in answers.iter().enumerate().filter(|(n, _)| *n != won[0]) {
        answer.refused(409, "offer-gone");
        assert_eq!(volunteers[n].holds().await, [] as [&str; 0]);
    }
    assert_eq!(volunteers[won[0]].holds().await, [sky.id.as_str()]);
    volunteers[won[0]].accepts(&offers[won[0]]).await.is(200);
    eventually("the others' offers are withdrawn", || async {
        (count(&server.history(&sky.id).await, "offer_withdrawn") == MANY - 1).then_some(())
    })
    .await;
    assert_eq!(count(&server.history(&sky.id).await, "accepted"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_fanned_out_to_and_not_first_is_told() {
    let server = Server::start("dispatch.standard.fanout = 2").await;
    let (robin, kim) = (server.on_duty(json!({})).await, server.on_duty(json!({})).await);
    let mut at_kims = kim.stream().await;
    let sky = Member::asks(&server).await;
    let offer = at_kims.next("offer").await;
    robin.takes(&sky.id).await;
    let withdrawn = at_kims.next("offer_withdrawn").await;
    assert_eq!((&withdrawn["offer"], &withdrawn["reason"]), (&offer["offer"], &json!("taken")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_belongs_to_its_volunteer_alone() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let kim = server.volunteer(json!({})).await;
    let sky = Member::asks(&server).await;
    let offer = robin.offered(&sky.id).await;
    let foreign = kim.accepts(&offer).await;
    let unknown = kim.accepts(&json!(wideawake_acceptance::nobody())).await;
    assert_eq!(foreign.status, unknown.status);
    assert_eq!(foreign.body, unknown.body);
    foreign.problem();
    assert_eq!(kim.declines(&offer).await.status, foreign.status);
    robin.accepts(&offer).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_was_given_back_keeps_its_place_in_time() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({ "capacity": 1 })).await;
    let first = Member::asks(&server).await;
    robin.takes(&first.id).await;
    let mut at_phone = first.stream().await;
    let second = Member::asks(&server).await;
    assert_eq!(second.state().await["position"], 1);
    robin.duty("break").await;
    let back = json!({ "reason": "I know her" });
    robin.post(format!("/v1/requests/{}/release", first.id), &back).await.is(200);
    let status = at_phone.next_where("status", |status| status["status"] == "waiting").await;
    assert_eq!(status["position"], 1);
    assert_eq!(second.state().await["position"], 2);

    let kim = server.on_duty(json!({ "capacity": 1 })).await;
    kim.takes(&first.id).await;
    // Who gave it back is never asked for it again, but for the others.
    robin.duty("ready").await;
    robin.takes(&second.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_comes_back_gets_the_backlog_at_once() {
    let server = Server::start("").await;
    let robin = server.volunteer(json!({ "capacity": 3 })).await;
    let mut waiting = Vec::new();
    for screening in [json!({}), json!({ "q4": true }), json!({ "q3": true }), json!({})] {
        waiting.push(Member::opens(&server, &json!({ "language": "en", "screening": screening })).await);
    }
    let mut at_desk = robin.stream().await;
    robin.ready().await;
    let mut offered = Vec::new();
    for _ in 0..3 {
        let offer = at_desk.next("offer").await;
        robin.accepts(&offer).await.is(200);
        offered.push(offer["request"].as_str().unwrap().to_owned());
    }
    // The most urgent first, then by time; the fourth has to wait: three are what Robin carries.
    offered.sort();
    let mut wanted = vec![waiting[1].id.clone(), waiting[2].id.clone(), waiting[0].id.clone()];
    wanted.sort();
    assert_eq!(offered, wanted);
    assert_eq!(waiting[3].state().await["position"], 1);
    robin.closes(&waiting[0].id).await;
    robin.takes(&waiting[3].id).await;
}
