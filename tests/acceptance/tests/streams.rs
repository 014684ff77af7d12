//! Streams that are cut anywhere and resumed bring everything once and in order.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use futures_util::StreamExt;
use serde_json::json;
use wideawake_acceptance::doors::Call;
use wideawake_acceptance::sse::{Event, Parser};
use wideawake_acceptance::{Chance, DEADLINE, Member, Server, eventually};

/// Reads the stream in pieces, cut after a random number of bytes or a random time, until an event fits.
async fn in_pieces(call: Call, mut chance: Chance, done: impl Fn(&Event) -> bool) -> (Vec<Event>, usize) {
    let (mut all, mut cuts, mut id): (Vec<Event>, usize, Option<String>) = (Vec::new(), 0, None);
    let give_up = tokio::time::Instant::now() + DEADLINE * 3;
    while !all.iter().any(&done) {
        assert!(tokio::time::Instant::now() < give_up, "after {cuts} cuts there was only {all:#?}");
        let call = match &id {
            Some(id) => call.clone().header("last-event-id", id),
            None => call.clone(),
        };
        let response = call.request().send().await.unwrap();
        assert_eq!(response.status(), 200);
        let (mut parser, mut left) = (Parser::default(), chance.below(1_500) as usize);
        let hang_up = tokio::time::Instant::now() + Duration::from_millis(chance.below(80) + 1);
        let mut chunks = response.bytes_stream();
        while left > 0 {
            let Ok(Some(Ok(chunk))) = tokio::time::timeout_at(hang_up, chunks.next()).await else { break };
            let bytes = &chunk[..chunk.len().min(left)];
            left -= bytes.len();
            for event in parser.push(bytes) {
                id = event.id.clone().or(id);
                all.push(event);
            }
        }
        cuts += 1;
    }
    (all, cuts)
}

/// The texts of the messages of one request, in order, of which none may have come twice.
fn talk(events: &[Event], of: impl Fn(&Event) -> bool) -> Vec<&str> {
    let messages: Vec<&Event> = events.iter().filter(|event| event.name == "message" && of(event)).collect();
    let versions: Vec<u64> = messages.iter().map(|event| event.data["version"].as_u64().unwrap()).collect();
    assert!(versions.is_sorted_by(|a, b| a < b), "out of order, or twice: {versions:?}");
    messages.iter().map(|event| event.data["text"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_cut_at_random_and_resumed_have_no_gap_and_no_repeat() {
    const LINES: usize = 60;
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::asks(&server).await;
    let at_phone = tokio::spawn(in_pieces(sky.call("GET", "/stream"), Chance::new(), |event| event.name == "closed"));
    let last = format!("member {LINES}");
    let at_desk = tokio::spawn(in_pieces(robin.call("GET", "/v1/me/stream"), Chance::new(), {
        let last = last.clone();
        move |event| event.data["text"] == last
    }));
    robin.takes(&sky.id).await;
    let mut said = Vec::new();
    let mut chance = Chance::new();
    for n in 1..=LINES {
        for (who, text) in [("volunteer", format!("volunteer {n}")), ("member", format!("member {n}"))] {
            if who == "member" {
                sky.says(&text).await;
            } else {
                robin.says(&sky.id, &text).await;
            }
            said.push(text);
            tokio::time::sleep(Duration::from_millis(chance.below(10))).await;
        }
    }
    let (events, cuts) = at_desk.await.unwrap();
    assert!(cuts > 5, "{cuts} cuts");
    let heard = talk(&events, |event| event.data["request"] == sky.id && event.data["from"] == "member");
    let by_member: Vec<&String> = said.iter().filter(|text| text.starts_with("member")).collect();
    assert_eq!(heard, by_member);

    robin.closes(&sky.id).await;
    let (events, cuts) = at_phone.await.unwrap();
    assert!(cuts > 5, "{cuts} cuts");
    assert_eq!(talk(&events, |event| event.data["from"] != "system"), said);
    // The whole at once is the same.
    let whole = sky.stream().await.end().await;
    assert_eq!(talk(&whole, |event| event.data["from"] != "system"), said);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_happened_while_nobody_listened_comes_with_the_next_stream() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::asks(&server).await;
    let mut at_phone = sky.stream().await;
    let mut at_desk = robin.stream().await;
    robin.takes(&sky.id).await;
    robin.says(&sky.id, "one").await;
    at_phone.hears("one").await;
    sky.says("two").await;
    at_desk.hears("two").await;
    let (phone, desk) = (at_phone.last_id().unwrap(), at_desk.last_id().unwrap());
    drop((at_phone, at_desk));
    sky.says("three").await;
    robin.says(&sky.id, "four").await;

    let mut at_phone = sky.stream_after(&phone).await;
    at_phone.hears("four").await;
    assert_eq!(talk(&at_phone.events(), |_| true).last(), Some(&"four"));
    assert!(!at_phone.events().iter().any(|event| event.data["text"] == "one"), "{:#?}", at_phone.events());
    let mut at_desk = robin.stream_after(&desk).await;
    at_desk.hears("three").await;
    assert!(!at_desk.events().iter().any(|event| event.data["text"] == "two"), "{:#?}", at_desk.events());

    // An id that nobody gave out is no id: the whole conversation for a member, a snapshot for staff.
    for unknown in ["999999999", "nonsense", "-1", "18446744073709551616", "0;drop"] {
        let mut at_phone = sky.stream_after(unknown).await;
        at_phone.hears("one").await;
        let mut at_desk = robin.stream_after(unknown).await;
        let snapshot = at_desk.next("snapshot").await;
        assert_eq!(snapshot["active"][0]["request"], sky.id);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_stream_shows_that_it_lives() {
    let server = Server::start("").await;
    let sky = Member::asks(&server).await;
    let response = sky.call("GET", "/stream").request().send().await.unwrap();
    let mut chunks = response.bytes_stream();
    let mut parser = Parser::default();
    let beat = async {
        while parser.comments == 0 {
            parser.push(&chunks.next().await.unwrap().unwrap());
        }
    };
    tokio::time::timeout(DEADLINE, beat).await.expect("a comment every ten seconds");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_streams_of_one_person_all_bring_everything() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let mut tabs = vec![robin.stream().await, robin.stream().await, robin.stream().await];
    let sky = Member::asks(&server).await;
    let mut phones = vec![sky.stream().await, sky.stream().await];
    for tab in &mut tabs {
        tab.next("offer").await;
    }
    robin.takes(&sky.id).await;
    sky.says("hello").await;
    robin.says(&sky.id, "hi").await;
    for tab in &mut tabs {
        tab.hears("hello").await;
    }
    for phone in &mut phones {
        phone.hears("hello").await;
        phone.hears("hi").await;
    }
    robin.closes(&sky.id).await;
    for phone in &mut phones {
        phone.end().await;
    }
    eventually("tabs of staff stay open", || async {
        (!tabs.iter().any(wideawake_acceptance::Stream::has_ended)).then_some(())
    })
    .await;
}
