//! The stream of a request.

use chrono::TimeDelta;
use serde_json::{Value, json};
use wideawake_domain::request::{Command, Findings, Fired, SupportRequest};
use wideawake_domain::{Actor, Pool, StaffId, StreamId, Version};
use wideawake_runtime::clock;

use super::house::{House, Member, Seen};

/// What a conversation looks like from outside, without the moments.
fn brief(seen: &[Seen]) -> Vec<(Option<&str>, &str, &str)> {
    seen.iter()
        .filter(|seen| seen.event != "status")
        .map(|seen| {
            let data = seen.data["text"].as_str().or(seen.data["ending"].as_str()).unwrap_or_default();
            (seen.id.as_deref(), seen.event.as_str(), data)
        })
        .collect()
}

async fn conversation(house: &House) -> (Member, StaffId) {
    let member = house.open(&json!({"language": "es", "message": "hola"})).await;
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    house.say(&member, ada, "hola, soy Ada", false).await;
    house.say(&member, ada, "between us", true).await;
    house.command(&member, Actor::Member, Command::MemberAway(clock::now())).await;
    house.release(&member, ada).await;
    house.command(&member, Actor::System(wideawake_domain::record::Part::Router), Command::Exhaust).await;
    house.assign(&member, house.volunteer("Bo").await).await;
    (member, ada)
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_goes_on_without_gap_or_repeat() {
    let house = House::new();
    let (member, _) = conversation(&house).await;
    house.command(&member, Actor::Member, Command::Leave(None)).await;
    let whole = house.follow(&member, None).await.rest().await;
    let all = brief(&whole);
    let gone = "La persona con la que hablabas ha tenido que irse. Otra persona viene ahora, y conservas tu lugar.";
    assert_eq!(
        all,
        [
            (Some("2"), "message", "hola"),
            (Some("4"), "message", "hola, soy Ada"),
            (Some("7"), "message", gone),
            (Some("8"), "resources", ""),
            (None, "closed", "left"),
        ]
    );
    assert_eq!(whole[0].event, "status", "how it stands comes first");
    assert_eq!(whole[1].data["from"], "member");
    assert_eq!((&whole[2].data["from"], &whole[2].data["version"]), (&json!("volunteer"), &json!(4)));
    assert_eq!(whole[3].data["from"], "system");
    assert!(whole[4].data["items"].as_array().is_some_and(|items| !items.is_empty()));
    for cut in 0..=10_u64 {
        let resumed = house.follow(&member, Some(&cut.to_string())).await.rest().await;
        let behind = |id: Option<&str>| id.is_none_or(|id| id.parse::<u64>().is_ok_and(|id| id > cut));
        let expected: Vec<_> = all.iter().filter(|(id, ..)| behind(*id)).copied().collect();
        assert_eq!(brief(&resumed), expected, "cut behind {cut}");
    }
    for unknown in ["11", "99999999999999999999999", "-1", "rubbish", "1.5", " "] {
        let resumed = house.follow(&member, Some(unknown)).await.rest().await;
        assert_eq!(brief(&resumed), all, "{unknown:?}");
    }
}

#[tokio::test]
async fn what_happens_while_the_member_looks_on_is_told_in_order() {
    let house = House::new();
    let member = house.open(&json!({"language": "en-GB"})).await;
    let mut events = house.follow(&member, None).await;
    let status = events.next().await.expect("a stream");
    assert_eq!((status.event.as_str(), status.id), ("status", None));
    assert_eq!((&status.data["status"], &status.data["position"]), (&json!("waiting"), &json!(1)));
    assert_eq!(status.data["id"], member.id.as_str());
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    let status = events.next().await.expect("a stream");
    assert_eq!((&status.data["status"], &status.data["volunteer"]), (&json!("active"), &json!({"alias": "Ada"})));
    assert_eq!(status.data.get("position"), None);
    for n in 0..20 {
        house.say(&member, ada, &format!("word {n}"), false).await;
    }
    for n in 0..20 {
        let seen = events.next().await.expect("a stream");
        assert_eq!((seen.event.as_str(), &seen.data["text"]), ("message", &json!(format!("word {n}"))));
    }
    house.release(&member, ada).await;
    assert_eq!(events.next().await.expect("a stream").data["status"], "waiting");
    assert_eq!(events.next().await.expect("a stream").data["from"], "system");
    house.command(&member, Actor::Member, Command::Leave(None)).await;
    assert_eq!(events.next().await.expect("a stream").data["status"], "closed");
    assert_eq!(events.next().await.expect("a stream").event, "closed");
    assert_eq!(events.next().await, None, "and there it ends");
}

#[tokio::test]
async fn that_somebody_writes_is_said_once_and_never_again() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    house.say(&member, ada, "the last so far", false).await;
    let mut events = house.follow(&member, None).await;
    while events.until("message").await.data["text"] != "the last so far" {}
    house.record.live().typing(StreamId::request(member.id())).await.expect("live");
    let seen = events.next().await.expect("a stream");
    assert_eq!((seen.event.as_str(), seen.id, seen.data), ("typing", None, json!({ "for_s": 6 })));
    house.say(&member, ada, "there", false).await;
    assert_eq!(events.next().await.expect("a stream").data["text"], "there");
    house.command(&member, Actor::Member, Command::Leave(None)).await;
    let again = house.follow(&member, None).await.rest().await;
    assert!(again.iter().all(|seen| seen.event != "typing"));
}

#[tokio::test]
async fn whoever_is_next_hears_of_it_and_of_how_long_it_may_take() {
    let house = House::new();
    let (first, second) = (house.open(&json!({"language": "en"})).await, house.open(&json!({"language": "en"})).await);
    let starts = (1..=30).map(|n| clock::now() - TimeDelta::minutes(n));
    house.door.pace.served(&Pool::named("main"), starts);
    let mut events = house.follow(&second, None).await;
    let status = events.until("status").await;
    assert_eq!(status.data["position"], 2);
    let (low, high) = (&status.data["estimated_wait"]["low_s"], &status.data["estimated_wait"]["high_s"]);
    assert!(low.as_u64() < Some(120) && high.as_u64() > Some(120), "{low} {high}");
    house.command(&first, Actor::Member, Command::Leave(None)).await;
    while events.until("status").await.data["position"] != 1 {}
}

#[tokio::test]
async fn a_change_that_nothing_hinted_at_is_found_anyway() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    let mut events = house.follow(&member, None).await;
    assert_eq!(events.next().await.expect("a stream").event, "status");
    let elsewhere = house.beside(&super::house::KEYS[..1]);
    let ada = elsewhere.volunteer("Ada").await;
    elsewhere.assign(&member, ada).await;
    elsewhere.say(&member, ada, "here I am", false).await;
    assert_eq!(events.until("message").await.data["text"], "here I am");
}

#[tokio::test]
async fn a_language_that_nobody_serves_is_taken_and_told_honestly() {
    let house = House::new();
    house.door.pace.served(&Pool::named("main"), (1..=30).map(|n| clock::now() - TimeDelta::minutes(n)));
    let french = house.open(&json!({"language": "fr", "country": "FR"})).await;
    let mut events = house.follow(&french, None).await;
    let status = events.next().await.expect("a stream");
    assert_eq!(status.data.get("estimated_wait"), None);
    let told = events.until("message").await;
    assert_eq!((told.id.as_deref(), &told.data["from"]), (Some("1"), &json!("system")));
    assert!(told.data["text"].as_str().is_some_and(|text| text.contains("ne parle votre langue")));
}

#[tokio::test]
async fn a_long_conversation_comes_whole() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    for n in 0..1_100 {
        house.say(&member, ada, &n.to_string(), false).await;
    }
    house.command(&member, Actor::Member, Command::Leave(None)).await;
    let seen = house.follow(&member, None).await.rest().await;
    let texts: Vec<&Value> =
        seen.iter().filter(|seen| seen.event == "message").map(|seen| &seen.data["text"]).collect();
    let expected: Vec<Value> = (0..1_100).map(|n| json!(n.to_string())).collect();
    assert_eq!(texts, expected.iter().collect::<Vec<_>>());
    assert_eq!(seen.iter().filter(|seen| seen.event == "status").count(), 1);
}

#[tokio::test]
async fn only_members_who_waited_count_as_served_and_each_once() {
    let house = House::new();
    let (ada, bo) = (house.volunteer("Ada").await, house.volunteer("Bo").await);
    let pool = Pool::named("main");
    house.door.pace.served(&pool, []);
    let settings = house.record.settings();
    let estimate = async |member: &Member, pool: &Pool| {
        let request = house.record.request(member.id()).await.expect("a record").expect("a request");
        let request = SupportRequest { pool: pool.clone(), ..SupportRequest::clone(&request) };
        house.door.pace.estimate(&request, 0, settings, clock::now())
    };
    let mut facts = Vec::new();
    for n in 0..3 {
        let member = house.open(&json!({"language": "en"})).await;
        assert_eq!(estimate(&member, &pool).await, None, "after {n}");
        house.assign(&member, ada).await;
        house.assign(&member, bo).await;
        facts.extend(house.record.history(member.id(), Version::NONE, 10).await.expect("a history"));
        house.door.pace.note(&facts, settings);
        house.door.pace.note(&facts, settings);
    }
    let member = house.open(&json!({"language": "en"})).await;
    assert!(estimate(&member, &pool).await.is_some());
    assert_eq!(estimate(&member, &Pool::named("other")).await, None);
}

#[tokio::test]
async fn what_a_rule_shows_is_told_once_and_comes_first_from_then_on() {
    let house = House::new();
    let member = house.open(&json!({"language": "es", "country": "ES"})).await;
    let mut at_phone = house.follow(&member, None).await;
    at_phone.until("status").await;
    let first = |body: &Value| body["items"][0]["kind"].clone();
    assert_eq!(house.get(&member).await["resources"][0]["kind"], "emergency");
    let keeper = Actor::System(wideawake_domain::record::Part::Escalation);
    let fired = Fired { rule: "listen".to_owned(), version: String::new(), since: None, failed: false };
    let findings = Findings { show: vec!["crisis_line".to_owned()], rules: vec![fired], ..Findings::default() };
    for _ in 0..2 {
        house.command(&member, keeper, Command::Triage(findings.clone())).await;
    }
    let told = at_phone.until("resources").await;
    assert_eq!((told.id.as_deref(), first(&told.data)), (Some("2"), json!("crisis_line")));
    assert_eq!(house.get(&member).await["resources"][0]["kind"], "crisis_line");
    house.command(&member, Actor::Member, Command::Leave(None)).await;
    let rest: Vec<String> = at_phone.rest().await.into_iter().map(|seen| seen.event).collect();
    assert!(!rest.contains(&"resources".to_owned()), "{rest:?}");
}
