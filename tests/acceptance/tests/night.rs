//! The main job, end to end: somebody asks at night, somebody who is awake answers, they talk, it is closed.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};
use wideawake_acceptance::{Member, Server};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_asks_somebody_answers_they_talk_and_it_is_closed() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({ "alias": "Robin", "zone": "Pacific/Auckland" })).await;
    let mut at_desk = robin.stream().await;

    let sky = Member::opens(
        &server,
        &json!({
            "language": "en", "alias": "Sky", "time_zone": "Europe/Lisbon", "country": "PT", "topics": ["grief"],
            "message": "I cannot sleep.", "screening": { "q1": true }, "age_band": "over_25",
        }),
    )
    .await;
    assert_eq!(sky.opened["status"], "waiting");
    assert_eq!(sky.opened["position"], 1);
    assert!(sky.opened["estimated_wait"].is_null(), "nothing is known yet: {}", sky.opened);
    assert!(!sky.opened["resources"].as_array().unwrap().is_empty(), "whom else to call: {}", sky.opened);
    let mut at_phone = sky.stream().await;
    at_phone.hears("I cannot sleep.").await;

    let offer = at_desk.next("offer").await;
    assert_eq!(offer["request"], sky.id);
    assert_eq!((&offer["priority"], &offer["language"]), (&json!("standard"), &json!("en")));
    assert_eq!(offer["topics"], json!(["grief"]));
    assert!(offer["expires_at"].is_string() && offer["why"].is_object(), "{offer}");
    assert!(!offer.to_string().contains("sleep") && !offer.to_string().contains("Sky"), "{offer}");
    // What is offered is not yet held: not a word of it.
    robin.call("GET", format!("/v1/requests/{}/messages", sky.id)).send().await.refused(404, "not-found");
    assert_eq!(robin.me().await["open_offers"][0]["offer"], offer["offer"]);

    robin.accepts(&offer).await.is(200);
    robin.accepts(&offer).await.is(200);
    let status = at_phone.next_where("status", |status| status["status"] == "active").await;
    assert_eq!(status["volunteer"]["alias"], "Robin");
    assert_eq!(status, sky.state().await);
    assert_eq!(robin.me().await["active"][0]["request"], sky.id);

    let read = robin.get(format!("/v1/requests/{}/messages", sky.id)).await;
    assert_eq!(texts(&read), ["I cannot sleep."]);
    let state = robin.get(format!("/v1/requests/{}", sky.id)).await;
    assert!(state.to_string().contains("Sky"), "the holder sees the whole of what they hold: {state}");

    let first = robin.says(&sky.id, "I am here. What keeps you up?").await;
    let heard = at_phone.hears("I am here. What keeps you up?").await;
    assert_eq!((&heard["version"], &heard["from"]), (&json!(first), &json!("volunteer")));
    let second = sky.says("My sister died.\n\tI miss her — très fort 💙").await;
    let heard = at_desk.hears("My sister died.\n\tI miss her — très fort 💙").await;
    assert_eq!(
        (&heard["version"], &heard["from"], &heard["request"]),
        (&json!(second), &json!("member"), &json!(sky.id))
    );
    assert!(second > first);
    let behind = robin.get(format!("/v1/requests/{}/messages?after={first}", sky.id)).await;
    assert_eq!(texts(&behind), ["My sister died.\n\tI miss her — très fort 💙"]);

    let end = json!({ "outcome": "supported", "risk_assessed": true, "note": "Will call her brother." });
    robin.post(format!("/v1/requests/{}/close", sky.id), &end).await.is(200);
    at_phone.next("closed").await;
    at_phone.end().await;
    assert_eq!(sky.state().await["status"], "closed");
    assert_eq!(robin.me().await["active"], json!([]));
    sky.call("POST", "/messages").json(&json!({ "text": "hello?" })).send().await.refused(409, "already-closed");
    robin.post(format!("/v1/requests/{}/close", sky.id), &end).await.refused(409, "already-closed");
    robin.call("GET", format!("/v1/requests/{}", sky.id)).send().await.refused(404, "not-found");

    // Opened again, the stream brings the conversation and says once more that it is over.
    let again = sky.stream().await.end().await;
    let said: Vec<&str> = again.iter().filter_map(|event| event.data["text"].as_str()).collect();
    let talk = ["I cannot sleep.", "I am here. What keeps you up?", "My sister died.\n\tI miss her — très fort 💙"];
    assert_eq!(said, talk);
    assert_eq!(again.last().unwrap().name, "closed");

    // Every decision can be explained.
    let decisions = server.decisions(&sky.id).await;
    assert_eq!(decisions.len(), 1, "{decisions:#?}");
    let kinds: Vec<Value> = server.history(&sky.id).await.iter().map(|event| event["type"].clone()).collect();
    for kind in ["opened", "triaged", "offered", "accepted", "message", "closed"] {
        assert!(kinds.contains(&json!(kind)), "{kind} is not among {kinds:?}");
    }
    server.stop().await;
}

fn texts(messages: &Value) -> Vec<&str> {
    messages["items"].as_array().unwrap().iter().filter_map(|message| message["text"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_members_and_three_volunteers_are_one_each() {
    let server = Server::start("").await;
    let mut volunteers = Vec::new();
    for _ in 0..3 {
        volunteers.push(server.on_duty(json!({})).await);
    }
    let mut members = Vec::new();
    for _ in 0..3 {
        members.push(Member::asks(&server).await);
    }
    let mut taken = Vec::new();
    for volunteer in &volunteers {
        let offers = wideawake_acceptance::eventually("an offer for each volunteer", || async {
            volunteer.me().await["open_offers"].as_array().filter(|offers| !offers.is_empty()).cloned()
        })
        .await;
        assert_eq!(offers.len(), 1, "one each: {offers:?}");
        volunteer.accepts(&offers[0]).await.is(200);
        taken.push(offers[0]["request"].as_str().unwrap().to_owned());
    }
    taken.sort();
    let mut asked: Vec<String> = members.iter().map(|member| member.id.clone()).collect();
    asked.sort();
    assert_eq!(taken, asked);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_who_leaves_is_gone_for_everyone() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let mut at_desk = robin.stream().await;

    let waiting = Member::asks(&server).await;
    let offer = at_desk.next("offer").await;
    waiting.leaves().await;
    let withdrawn = at_desk.next("offer_withdrawn").await;
    assert_eq!((&withdrawn["offer"], &withdrawn["reason"]), (&offer["offer"], &json!("left")));
    robin.accepts(&offer).await.refused(409, "offer-gone");
    assert_eq!(waiting.state().await["status"], "closed");

    let talking = Member::asks(&server).await;
    robin.takes(&talking.id).await;
    // The quick exit of a page is a beacon, which cannot set a content type of its choice.
    let beacon = talking.call("POST", "/leave").header("content-type", "text/plain;charset=UTF-8").body("");
    beacon.send().await.is(204);
    let left = at_desk.next_where("member", |member| member["request"] == talking.id).await;
    assert!(left.to_string().contains("left"), "{left}");
    assert_eq!(robin.me().await["active"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn positions_are_the_order_in_which_requests_are_served() {
    let server = Server::start("").await;
    let standard = Member::asks(&server).await;
    let second = Member::asks(&server).await;
    assert_eq!((&standard.opened["position"], &second.opened["position"]), (&json!(1), &json!(2)));
    let mut at_phone = second.stream().await;
    let urgent = Member::opens(&server, &json!({ "language": "en", "screening": { "q4": true } })).await;
    assert_eq!(urgent.opened["position"], 1);
    at_phone.next_where("status", |status| status["position"] == 3).await;
    standard.leaves().await;
    at_phone.next_where("status", |status| status["position"] == 2).await;
    urgent.leaves().await;
    at_phone.next_where("status", |status| status["position"] == 1).await;

    // A language that nobody serves is taken as well.
    let welsh = Member::opens(&server, &json!({ "language": "cy" })).await;
    assert_eq!(welsh.state().await["status"], "waiting");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_sees_the_board_assigns_and_changes_priority() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({ "alias": "Robin", "capacity": 1, "languages": ["en"] })).await;
    let marta = server.on_duty(json!({ "alias": "Marta", "languages": ["es"] })).await;
    let mut board = server.supervisor.call("GET", "/v1/board/stream").stream().await;
    let held = Member::asks(&server).await;
    robin.takes(&held.id).await;
    let waiting = Member::asks(&server).await;

    let now = wideawake_acceptance::eventually("the board shows it", || async {
        let now = server.supervisor.get("/v1/board").await;
        (now["waiting"][0]["request"] == waiting.id && now["active"][0]["request"] == held.id).then_some(now)
    })
    .await;
    let names: Vec<&Value> = now["on_duty"].as_array().unwrap().iter().map(|staff| &staff["alias"]).collect();
    assert!(names.contains(&&json!("Robin")) && names.contains(&&json!("Marta")), "{now}");
    assert_eq!(now["waiting"][0]["priority"], "standard");

    let raise = json!({ "priority": "urgent", "reason": "her sister called" });
    server.supervisor.post(format!("/v1/requests/{}/priority", waiting.id), &raise).await.is(200);
    wideawake_acceptance::eventually("the board shows the priority", || async {
        (server.supervisor.get("/v1/board").await["waiting"][0]["priority"] == "urgent").then_some(())
    })
    .await;

    // Whom a person chooses may be beyond what the machine would do.
    let mut at_desk = robin.stream().await;
    let assign = json!({ "staff": robin.id });
    server.supervisor.post(format!("/v1/requests/{}/assign", waiting.id), &assign).await.is(200);
    assert_eq!(at_desk.next("assigned").await["request"], waiting.id);
    assert_eq!(robin.holds().await.len(), 2);
    assert_eq!(marta.holds().await.len(), 0);
    board.wait("something on the board changed", |event| event.data.to_string().contains(&waiting.id)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_holder_keeps_a_request_until_somebody_else_takes_it_over() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    let sky = Member::asks(&server).await;
    robin.takes(&sky.id).await;
    robin.says(&sky.id, "I must go soon.").await;
    let kim = server.on_duty(json!({ "alias": "Kim" })).await;
    let mut at_desk = robin.stream().await;
    let transfer = |to: &str| json!({ "to": to, "note": "my shift ends" });

    robin.post(format!("/v1/requests/{}/transfer", sky.id), &transfer(&kim.id)).await.is(200);
    let second = robin.post(format!("/v1/requests/{}/transfer", sky.id), &transfer(&kim.id)).await;
    second.refused(409, "transfer-open");
    let offer = kim.offered(&sky.id).await;
    assert_eq!(robin.holds().await, [sky.id.as_str()]);
    kim.declines(&offer).await.is(200);
    at_desk.wait("the transfer failed", |event| event.name == "transfer").await;
    assert_eq!(robin.holds().await, [sky.id.as_str()]);

    // To whoever is there: neither who declined nor who asks.
    let lee = server.on_duty(json!({ "alias": "Lee" })).await;
    robin.post(format!("/v1/requests/{}/transfer", sky.id), &json!({ "note": "my shift ends" })).await.is(200);
    lee.takes(&sky.id).await;
    assert_eq!(lee.holds().await, [sky.id.as_str()]);
    assert_eq!(robin.holds().await, [] as [&str; 0]);
    assert_eq!(sky.state().await["volunteer"]["alias"], "Lee");
    // Once it is no longer theirs, it is nothing to them.
    robin.call("GET", format!("/v1/requests/{}", sky.id)).send().await.refused(404, "not-found");
    lee.says(&sky.id, "Robin told me.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_volunteer_is_nudged_and_then_the_request_goes_on() {
    let server = Server::start("dispatch.first_reply = '1s'").await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    let sky = Member::asks(&server).await;
    let mut at_desk = robin.stream().await;
    robin.takes(&sky.id).await;
    assert_eq!(at_desk.next("nudge").await["request"], sky.id);
    assert_eq!(at_desk.next("released").await["request"], sky.id);
    let mut at_phone = sky.stream().await;
    at_phone.next_where("status", |status| status["status"] == "waiting").await;
    let kim = server.on_duty(json!({ "alias": "Kim" })).await;
    kim.takes(&sky.id).await;
    kim.says(&sky.id, "I am here.").await;
    at_phone.hears("I am here.").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn risk_must_be_assessed_before_a_raised_request_is_closed() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::opens(&server, &json!({ "language": "en", "screening": { "q3": true } })).await;
    let offer = robin.takes(&sky.id).await;
    assert_eq!(offer["priority"], "elevated");
    let close = format!("/v1/requests/{}/close", sky.id);
    let end = |assessed: bool| json!({ "outcome": "supported", "risk_assessed": assessed });
    assert_eq!(robin.post(&close, &end(false)).await.status, 422);
    let unknown = json!({ "outcome": "cured", "risk_assessed": true });
    robin.post(&close, &unknown).await.offends(&["/outcome"]);
    robin.post(&close, &end(true)).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_talked_before_is_asked_first() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    let before = Member::asks(&server).await;
    robin.takes(&before.id).await;
    robin.closes(&before.id).await;
    let mut others = Vec::new();
    for _ in 0..3 {
        others.push(server.on_duty(json!({})).await);
    }
    let again = json!({ "language": "en", "again": { "id": before.id, "token": before.token } });
    let after = Member::opens(&server, &again).await;
    robin.takes(&after.id).await;
    // Not with a token of one's own making.
    let foreign = json!({ "language": "en", "again": { "id": before.id, "token": after.token } });
    assert_ne!(server.intake("POST", "/v1/requests").json(&foreign).send().await.status / 100, 5);
}
