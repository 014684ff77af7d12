//! Bodies with anything anywhere, and what is no JSON at all.

use serde_json::{Value, json};
use wideawake_acceptance::{Member, Server};

use crate::night::{Night, taken_or_a_problem};

/// Every place in a value, and the value with something else put there.
fn mutants(body: &Value) -> Vec<(String, Value)> {
    let mut strange: Vec<Value> = [
        "null",
        "true",
        "0",
        "-1",
        "1.5",
        "1e308",
        "99999999999999999999",
        "\"\"",
        "\"\\u0000\"",
        "\"a\\u0007b\"",
        "\"\\u001b[2J\"",
        "\"\\u007f\"",
        "\"\\u0085\"",
        "[]",
        "{}",
        "[null]",
        "[[[[]]]]",
        "{\"\":{\"\":[]}}",
        "\"../../etc/passwd\"",
        "\"'; DROP TABLE events;--\"",
        "\"\\u202e\\ud83d\\udc99\"",
        "\"9999-99-99T99:99:99Z\"",
        "\"2026-02-30\"",
        "\"25:61\"",
        "\"-9223372036854775809\"",
        "\"Mars/Olympus\"",
        "\"xx-\"",
        "\"+262142-01-01T00:00:00Z\"",
    ]
    .iter()
    .map(|text| serde_json::from_str(text).unwrap())
    .collect();
    strange.push(Value::from("x".repeat(20_000)));
    strange.push(Value::from("é".repeat(4_001)));
    strange.push(json!((0..300).collect::<Vec<_>>()));
    let mut all: Vec<(String, Value)> = strange.iter().map(|value| (String::new(), value.clone())).collect();
    for pointer in pointers(body, "") {
        for value in &strange {
            let mut mutant = body.clone();
            *mutant.pointer_mut(&pointer).unwrap() = value.clone();
            all.push((pointer.clone(), mutant));
        }
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        let mut mutant = body.clone();
        if let Some(members) = mutant.pointer_mut(parent).and_then(Value::as_object_mut) {
            members.remove(key);
            all.push((pointer.clone(), mutant));
        }
    }
    all
}

fn pointers(value: &Value, at: &str) -> Vec<String> {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(members) => members.iter().map(|(key, value)| (format!("{at}/{key}"), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(n, value)| (format!("{at}/{n}"), value)).collect(),
        _ => Vec::new(),
    };
    below.into_iter().flat_map(|(at, value)| [vec![at.clone()], pointers(value, &at)].concat()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_with_anything_anywhere_are_taken_or_refused_with_a_pointer() {
    let night = Night::falls().await;
    for (call, body) in night.bodies() {
        let answer = call.clone().json(&body).send().await;
        assert!(answer.status < 300, "{answer}");
        let mut refused = 0;
        for (pointer, mutant) in mutants(&body) {
            let answer = call.clone().json(&mutant).send().await;
            taken_or_a_problem(&answer, &format!("{pointer} in {mutant}"));
            refused += usize::from(answer.status == 422);
        }
        assert!(refused > 10, "{} {} refused {refused}", call.method, call.path);
        // What was changed here by luck is put back.
        call.clone().json(&body).send().await;
    }
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_json_is_told_so() {
    let night = Night::falls().await;
    let deep = "[".repeat(30_000);
    let texts: [&[u8]; 12] = [
        b"",
        b"{",
        b"}",
        b"{\"language\":\"en\"",
        b"{'language':'en'}",
        b"{\"language\":\"en\",}",
        b"nul",
        b"\xff\xfe{}",
        b"{\"language\":\"\xc3\x28\"}",
        b"{}{}",
        b"\0",
        deep.as_bytes(),
    ];
    for (call, _) in night.bodies() {
        for text in texts {
            // `duty` and the like take no empty body, but there are calls whose body may be left out.
            let answer = call.clone().header("content-type", "application/json").body(text).send().await;
            answer.refused(400, "not-json");
        }
        for kind in
            ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonx", "", "/"]
        {
            let answer = call.clone().header("content-type", kind).body("{}").send().await;
            answer.refused(415, "unsupported-media-type");
        }
        call.clone().body("{}").send().await.refused(415, "unsupported-media-type");
        for other in ["[]", "1", "\"x\"", "true", "null"] {
            let answer = call.clone().header("content-type", "application/json").body(other).send().await;
            answer.refused(422, "invalid-content");
        }
    }
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_offending_field_is_named_by_its_pointer() {
    let server = Server::start("").await;
    let bad = json!({
        "line": "ghost", "language": "english please", "time_zone": "Mars/Olympus", "country": "Portugal",
        "alias": "a\u{7}b", "age_band": "old", "topics": ["grief", "football"], "message": "",
        "screening": { "q1": "yes" }, "again": { "id": "x" },
    });
    let answer = server.intake("POST", "/v1/requests").json(&bad).send().await;
    let problem = answer.refused(422, "invalid-content");
    let named: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|error| error["pointer"].as_str().unwrap()).collect();
    for pointer in [
        "/line",
        "/language",
        "/time_zone",
        "/country",
        "/alias",
        "/age_band",
        "/message",
        "/screening/q1",
        "/again/id",
    ] {
        assert!(named.contains(&pointer), "{pointer} is not among {named:?}");
    }
    let said = problem.to_string();
    assert!(!said.contains("football") && !said.contains("Olympus"), "what was sent is not repeated: {said}");

    let post = |body: Value| server.intake("POST", "/v1/requests").json(&body).send();
    post(json!({})).await.offends(&["/language"]);
    post(json!({ "language": "en", "time_zone": "Europe/Atlantis" })).await.offends(&["/time_zone"]);
    post(json!({ "language": "en", "topics": ["grief", "football"] })).await.offends(&["/topics/1"]);
    post(json!({ "language": "en", "message": "a\u{0}b" })).await.offends(&["/message"]);
    post(json!({ "language": "en", "message": "x".repeat(4_001) })).await.offends(&["/message"]);
    // Counted in scalars, not in bytes; a language that nobody serves is a language.
    post(json!({ "language": "en", "message": "💙".repeat(4_000) })).await.is(201);
    post(json!({ "language": "tlh", "message": "a\n\tb\r\n" })).await.is(201);

    let sky = Member::asks(&server).await;
    let say = |text: String| sky.call("POST", "/messages").json(&json!({ "text": text })).send();
    say(String::new()).await.offends(&["/text"]);
    say("x".repeat(4_001)).await.offends(&["/text"]);
    say("bell \u{7}".to_owned()).await.offends(&["/text"]);
    say("💙".repeat(4_000)).await.is(202);
}
