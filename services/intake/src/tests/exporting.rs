//! What a member is given of what is held about them.

use axum::http::{Method, StatusCode, header};
use serde_json::{Value, json};
use wideawake_domain::record::Part;
use wideawake_domain::request::{Cause, Command, Fired};
use wideawake_domain::{Actor, Priority, Text};

use super::house::{House, Member};

async fn export(house: &House, member: &Member, query: &str) -> Value {
    let token = member.bearer();
    let headers = [("authorization", token.as_str())];
    let path = format!("{}{query}", member.path("/export"));
    let answer = house.call(Method::GET, &path, &headers, &Value::Null).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
    assert_eq!(answer.headers[header::CONTENT_DISPOSITION], "attachment; filename=\"export.json\"");
    answer.json
}

fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a Value> {
    list.as_array().expect("a list").iter().map(|one| &one[field]).collect()
}

#[tokio::test]
async fn a_member_gets_their_words_and_what_was_made_of_them_and_nothing_of_others() {
    let house = House::new();
    let asked = json!({
        "language": "en", "alias": "Luna", "country": "ES", "age_band": "18_25", "topics": ["grief"],
        "message": "my secret", "screening": {"q4": true},
    });
    let member = house.open(&asked).await;
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    house.say(&member, ada, "I hear you", false).await;
    house.say(&member, ada, "she worries me", true).await;
    let note = |text: &str| Some(Text::Open(text.to_owned()));
    let rise = Command::SetPriority(Priority::Imminent, note("a note on the rise"));
    house.command(&member, Actor::Staff(ada), rise).await;
    let reason = note("a reason to call");
    let raise = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Person, reason };
    house.command(&member, Actor::Staff(ada), raise).await;
    house
        .command(
            &member,
            Actor::Staff(ada),
            Command::Release(wideawake_domain::request::ReleaseReason::GaveBack, note("a note to the next")),
        )
        .await;

    let held = export(&house, &member, "").await;
    assert_eq!(
        (&held["alias"], &held["screening"]["q4"], &held["topics"], &held["age_band"], &held["priority"]),
        (&json!("Luna"), &json!(true), &json!(["grief"]), &json!("18_25"), &json!("imminent"))
    );
    assert_eq!(each(&held["messages"], "text"), ["my secret", "I hear you"]);
    assert_eq!(held["messages"][1]["alias"], "Ada");
    assert_eq!(
        each(&held["history"], "what"),
        ["opened", "triaged", "held", "priority_changed", "escalated", "released"]
    );
    assert_eq!((&held["history"][1]["level"], &held["history"][2]["alias"]), (&json!("high"), &json!("Ada")));
    assert_eq!((&held["status"], &held["next"]), (&json!("waiting"), &Value::Null));
    let written = held.to_string();
    for others in ["she worries me", "a note on", "a reason to", "a note to", &ada.to_string(), &member.token] {
        assert!(!written.contains(others), "{others} belongs to others: {written}");
    }
    assert!(held["left_out"][0].as_str().is_some_and(|what| what.contains("notes")));

    // Nobody else gets it, and without a token nobody.
    let other = house.open(&json!({"language": "en"})).await;
    let token = other.bearer();
    let foreign = [("authorization", token.as_str())];
    assert_eq!(house.call(Method::GET, &member.path("/export"), &foreign, &Value::Null).await.problem().0, 404);
    assert_eq!(house.call(Method::GET, &member.path("/export"), &[], &Value::Null).await.problem().0, 401);
    let token = member.bearer();
    let ours = [("authorization", token.as_str())];
    for odd in ["?after=-1", "?after=x"] {
        let path = format!("{}{odd}", member.path("/export"));
        assert_eq!(house.call(Method::GET, &path, &ours, &Value::Null).await.problem(), (422, "invalid-content"));
    }
}

#[tokio::test]
async fn it_says_which_rule_fired_and_when_it_is_forgotten_and_after_that_no_word_is_left() {
    let house = House::new();
    let member = house.open(&json!({"language": "en", "alias": "Luna", "message": "my secret"})).await;
    let fired = Fired { rule: "waited-too-long".to_owned(), version: "0".repeat(16), since: None, failed: false };
    let findings = wideawake_domain::request::Findings {
        priority: Priority::Urgent,
        show: vec!["emergency".to_owned()],
        rules: vec![fired],
        ..Default::default()
    };
    house.command(&member, Actor::System(Part::Escalation), Command::Triage(findings)).await;
    house.command(&member, Actor::Member, Command::Leave(Some(chrono::TimeDelta::days(30)))).await;
    let held = export(&house, &member, "").await;
    let triaged = &held["history"][1];
    assert_eq!(
        (&triaged["what"], &triaged["rules"], &triaged["shown"], &triaged["priority"]),
        (&json!("triaged"), &json!(["waited-too-long"]), &json!(["emergency"]), &json!("urgent"))
    );
    assert!(held["erase_at"].is_string() && held["history"][2]["ending"] == "left", "{held}");
    house.record.erase(member.id(), Actor::Member).await.expect("a record");
    let held = export(&house, &member, "").await;
    assert_eq!((&held["erased"], &held["alias"], &held["screening"]), (&json!(true), &Value::Null, &Value::Null));
    assert_eq!(each(&held["messages"], "text"), [&Value::Null]);
}

#[tokio::test]
async fn a_very_long_conversation_comes_in_parts_without_gap_or_repeat() {
    let house = House::new();
    let member = house.open(&json!({"language": "en"})).await;
    let ada = house.volunteer("Ada").await;
    house.assign(&member, ada).await;
    for n in 0..2_050 {
        house.say(&member, ada, &n.to_string(), false).await;
    }
    let first = export(&house, &member, "").await;
    let next = first["next"].as_u64().expect("there is more");
    let second = export(&house, &member, &format!("?after={next}")).await;
    assert_eq!(second["next"], Value::Null);
    let all = [each(&first["messages"], "text"), each(&second["messages"], "text")].concat();
    assert_eq!(all, (0..2_050).map(|n| json!(n.to_string())).collect::<Vec<_>>().iter().collect::<Vec<_>>());
}
