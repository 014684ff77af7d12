//! Who is never asked. Each test ends with somebody who is, so that there was time to ask the wrong one.
#![allow(clippy::unwrap_used, clippy::panic)]

use chrono::{Datelike, TimeDelta};
use serde_json::{Value, json};
use wideawake_acceptance::{Member, Server, Staff, eventually, now};

/// Opens a request, lets `fit` take it, and checks that `unfit` was never asked and is counted under `reason`.
async fn only(server: &Server, body: Value, unfit: &Staff, fit: Value, reason: &str) {
    let mut at_desk = unfit.stream().await;
    let sky = Member::opens(server, &body).await;
    // Whoever asks after Sky and is served shows that Sky's turn came and went.
    let other = server.on_duty(json!({ "languages": ["fi"] })).await;
    let finn = Member::opens(server, &json!({ "language": "fi" })).await;
    other.takes(&finn.id).await;
    assert_eq!(server.decisions(&sky.id).await, [] as [Value; 0], "nobody fits yet");

    let fit = server.on_duty(fit).await;
    fit.takes(&sky.id).await;
    fit.says(&sky.id, "I am here.").await;
    let decisions = server.decisions(&sky.id).await;
    assert_eq!(decisions.len(), 1, "{decisions:#?}");
    assert!(decisions[0]["why"].to_string().contains(reason), "{reason} is not in {:#}", decisions[0]["why"]);
    unfit.duty("break").await;
    at_desk.next_where("duty", |duty| duty["duty"] == "break").await;
    assert_eq!(at_desk.all("offer"), [] as [Value; 0]);
}

fn english() -> Value {
    json!({ "language": "en" })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_off_shift_is_never_asked() {
    let server = Server::start("").await;
    let tomorrow = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        [(now() + TimeDelta::days(2)).weekday().num_days_from_monday() as usize];
    let shifts = json!([{ "zone": "UTC", "days": [tomorrow], "start": "10:00", "end": "12:00" }]);
    let off = server.volunteer(json!({ "shifts": shifts })).await;
    off.ready().await;
    assert_eq!(off.me().await["on_shift"], false);
    only(&server, english(), &off, json!({}), "off_shift").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_on_leave_is_never_asked() {
    let server = Server::start("").await;
    let away = server.volunteer(json!({})).await;
    let hour = |hours: i64| (now() + TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M").to_string();
    let leave = json!({ "zone": "UTC", "start": hour(-1), "end": hour(48) });
    let added = away.post(format!("/v1/staff/{}/leave", away.id), &leave).await.is(201).json();
    away.ready().await;
    only(&server, english(), &away, json!({}), "off_shift").await;
    // The leave is called off: at once they are asked again.
    away.call("DELETE", format!("/v1/staff/{}/leave/{}", away.id, added["id"].as_str().unwrap())).send().await.is(204);
    away.duty("ready").await;
    let mut members = Vec::new();
    for _ in 0..2 {
        members.push(Member::asks(&server).await);
    }
    eventually("somebody of them is offered to who came back", || async {
        (!away.me().await["open_offers"].as_array().unwrap().is_empty()).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_who_is_not_ready_is_never_asked() {
    let server = Server::start("").await;
    let unready = server.volunteer(json!({})).await;
    unready.thaw();
    only(&server, english(), &unready, json!({}), "not_ready").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_without_the_qualification_is_never_asked() {
    let line = "line = [{ name = 'night', languages = ['en'], needs = ['crisis-intervention'], topics = ['grief'] }]";
    let server = Server::start(line).await;
    let untrained = server.on_duty(json!({})).await;
    let fit = json!({ "qualifications": [{ "skill": "crisis-intervention", "valid_until": "2099-01-01T00:00:00Z" }],
                      "languages": ["en"] });
    let sky = Member::asks(&server).await;
    let lapsed =
        json!({ "qualifications": [{ "skill": "crisis-intervention", "valid_until": "2020-01-01T00:00:00Z" }] });
    let lapsed = server.on_duty(lapsed).await;
    let fit = server.on_duty(fit).await;
    fit.takes(&sky.id).await;
    for unfit in [&untrained, &lapsed] {
        assert_eq!(unfit.me().await["open_offers"], json!([]));
    }
    let decisions = server.decisions(&sky.id).await;
    assert_eq!(decisions.len(), 1, "{decisions:#?}");
    assert!(decisions[0]["why"].to_string().contains("unqualified"), "{decisions:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_under_18_needs_safeguarding() {
    let server = Server::start("").await;
    let untrained = server.on_duty(json!({})).await;
    let young = json!({ "language": "en", "age_band": "under_18" });
    let fit = json!({ "qualifications": [{ "skill": "safeguarding", "valid_until": "2099-01-01T00:00:00Z" }] });
    only(&server, young, &untrained, fit, "unqualified").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_qualification_that_expires_in_the_middle_of_the_wait_no_longer_counts() {
    let line = "line = [{ name = 'night', languages = ['en'], needs = ['crisis-intervention'], topics = ['grief'] }]";
    let server = Server::start(line).await;
    let until = now() + TimeDelta::seconds(4);
    let soon = json!([{ "skill": "crisis-intervention", "valid_until": until.to_rfc3339() }]);
    let robin = server.on_duty(json!({ "qualifications": soon })).await;
    let mut at_desk = robin.stream().await;
    let sky = Member::asks(&server).await;
    // Who is no longer fit loses the offer as well, if there was time for one.
    let before = eventually("it has expired", || async {
        let decisions = server.decisions(&sky.id).await;
        let over = decisions.iter().all(|offer| offer["outcome"] == "withdrawn");
        (now() > until && over).then_some(decisions)
    })
    .await;
    for offered in &before {
        assert_eq!(offered["reason"], "needs_changed");
        let offer = at_desk.next("offer").await;
        let withdrawn = at_desk.next("offer_withdrawn").await;
        assert_eq!((&withdrawn["offer"], &withdrawn["reason"]), (&offer["offer"], &json!("needs_changed")));
        robin.accepts(&offer).await.refused(409, "offer-gone");
    }
    let fit = json!({ "qualifications": [{ "skill": "crisis-intervention", "valid_until": "2099-01-01T00:00:00Z" }] });
    let kim = server.on_duty(fit).await;
    kim.takes(&sky.id).await;
    let decisions = server.decisions(&sky.id).await;
    assert_eq!(decisions.last().unwrap()["why"]["out"]["expired"], 1, "{decisions:#?}");
    assert_eq!(at_desk.all("offer").len(), decisions.len() - 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_who_is_full_is_never_asked() {
    let server = Server::start("").await;
    let full = server.on_duty(json!({ "capacity": 1 })).await;
    let first = Member::asks(&server).await;
    full.takes(&first.id).await;
    only(&server, english(), &full, json!({ "capacity": 1 }), "full").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_open_offer_takes_a_place() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({ "capacity": 1 })).await;
    let (first, second) = (Member::asks(&server).await, Member::asks(&server).await);
    let offer = robin.offered(&first.id).await;
    assert_eq!(robin.me().await["open_offers"].as_array().unwrap().len(), 1);
    let kim = server.on_duty(json!({ "capacity": 1 })).await;
    kim.takes(&second.id).await;
    robin.accepts(&offer).await.is(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_of_another_language_is_never_asked() {
    let server = Server::start("").await;
    let marta = server.on_duty(json!({ "languages": ["es"] })).await;
    only(&server, english(), &marta, json!({}), "language").await;
    // A regional variety is understood by who speaks the language.
    let rui = server.on_duty(json!({ "languages": ["pt"] })).await;
    let brazilian = Member::opens(&server, &json!({ "language": "pt-BR" })).await;
    rui.takes(&brazilian.id).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_volunteer_whose_client_says_nothing_is_never_asked() {
    let server = Server::start("dispatch = { presence_grace = '3s', reconnect_grace = '6s' }").await;
    let gone = server.volunteer(json!({})).await;
    gone.duty("ready").await;
    // Their stream stays open, which proves nothing.
    let at_desk = gone.stream().await;
    eventually("they count as absent", || async {
        let board = server.supervisor.get("/v1/board").await;
        let here = board["on_duty"]
            .as_array()
            .unwrap()
            .iter()
            .any(|staff| staff["staff"] == gone.id && staff["present"] == true);
        (!here).then_some(())
    })
    .await;
    let sky = Member::asks(&server).await;
    let kim = server.on_duty(json!({})).await;
    kim.takes(&sky.id).await;
    let decisions = server.decisions(&sky.id).await;
    assert_eq!(decisions.len(), 1, "{decisions:#?}");
    assert!(decisions[0]["why"].to_string().contains("absent"), "{decisions:#?}");
    assert_eq!(at_desk.all("offer"), [] as [Value; 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_holds_an_imminent_request_holds_nothing_else_new() {
    let server = Server::start("dispatch.rest_after_urgent = '0s'").await;
    let (busy, free) = (server.on_duty(json!({ "capacity": 3 })).await, server.on_duty(json!({ "capacity": 3 })).await);
    let earlier = Member::asks(&server).await;
    let offer = eventually("the earlier one is offered", || async {
        for volunteer in [&busy, &free] {
            if let Some(offer) = volunteer.me().await["open_offers"].as_array().unwrap().first() {
                volunteer.accepts(offer).await.is(200);
                return Some((volunteer.id.clone(), offer.clone()));
            }
        }
        None
    })
    .await;
    let (holder, other) = if offer.0 == busy.id { (&busy, &free) } else { (&free, &busy) };

    let danger = json!({ "language": "en", "screening": { "q5": true, "intent_now": true } });
    let danger = Member::opens(&server, &danger).await;
    let offer = other.takes(&danger.id).await;
    assert_eq!(offer["priority"], "imminent");
    assert!(!holder.holds().await.contains(&danger.id));
    // Both have places left; whoever holds what is imminent is left alone.
    for _ in 0..2 {
        let more = Member::asks(&server).await;
        holder.takes(&more.id).await;
    }
    let last = Member::asks(&server).await;
    let third = server.on_duty(json!({ "capacity": 1 })).await;
    third.takes(&last.id).await;
    assert_eq!(other.holds().await, [danger.id.as_str()]);
    let decisions = server.decisions(&last.id).await;
    assert_eq!(decisions.len(), 1, "{decisions:#?}");
    assert!(decisions[0]["why"].to_string().contains("imminent"), "{decisions:#?}");

    // Once it is over, they are asked again.
    let after = Member::asks(&server).await;
    // Somebody was called over it, so that it is not for the volunteer alone to close.
    server.supervisor.closes(&danger.id).await;
    other.takes(&after.id).await;
    drop(earlier);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_an_urgent_request_comes_rest() {
    let server = Server::start("dispatch.rest_after_urgent = '10m'").await;
    let robin = server.on_duty(json!({})).await;
    let urgent = Member::opens(&server, &json!({ "language": "en", "screening": { "q4": true } })).await;
    robin.takes(&urgent.id).await;
    robin.closes(&urgent.id).await;
    only(&server, english(), &robin, json!({}), "resting").await;
}
