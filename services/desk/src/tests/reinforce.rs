//! When a volunteer is not enough: the button, coming in, words to the volunteer alone, ending it for cause.

use wideawake_domain::Priority;

use super::*;

#[tokio::test]
async fn the_button_takes_the_policies_there_are_and_says_which() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let id = bench.held(holder).await;
    let path = format!("/v1/requests/{id}/escalate");
    let (status, problem) = bench.post(holder, &path, json!({"policy": "clinic", "reason": "x"})).await;
    assert_eq!((status, &problem["errors"][0]["detail"]), (422, &json!("must be one of clinician")));
    let (status, problem) = bench.post(holder, &path, json!({})).await;
    let pointers: Vec<&str> =
        problem["errors"].as_array().expect("errors").iter().filter_map(|e| e["pointer"].as_str()).collect();
    assert_eq!((status, &pointers[..]), (422, &["/policy", "/reason"][..]));
    assert_eq!(bench.post(holder, &path, json!({"policy": "clinician", "reason": "he has a plan"})).await.0, 200);
    let request = bench.desk.record.request(id).await.expect("a record").expect("it is there");
    let raised = request.raised.last().expect("it was raised");
    assert_eq!((raised.policy.as_str(), raised.cause), ("clinician", Cause::Person));
    let history = bench.desk.record.history(id, Version::NONE, 100).await.expect("a history");
    assert!(history.iter().all(|fact| !fact.data.contains("a plan")), "it is sealed");
}

#[tokio::test]
async fn a_professional_reads_and_joins_only_while_they_are_called_over_it() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let professional = bench.staff(&[Role::Professional], &["main"]).await;
    let id = bench.held(holder).await;
    let read = async || bench.get(professional, &format!("/v1/requests/{id}/messages")).await.0;
    assert_eq!(read().await, 404);
    let escalation = bench.escalation(id).await;
    assert_eq!(read().await, 404, "nobody called them");
    bench.calls(escalation, 0, &[professional]).await;
    assert_eq!(read().await, 200);
    let (_, history) = bench.get(supervisor, &format!("/v1/audit/staff:{professional}")).await;
    assert!(history.to_string().contains("conversation_read"), "a reading from outside is recorded");
    assert_eq!(
        bench.post(supervisor, &format!("/v1/escalations/{escalation}/resolve"), json!({"outcome": "safe"})).await.0,
        200
    );
    assert_eq!(read().await, 404);
    // Their page may be faster than what a door has read.
    let beside = bench.beside().await;
    let again = bench.escalation(id).await;
    bench.calls(again, 0, &[professional]).await;
    assert_eq!(beside.get(professional, &format!("/v1/requests/{id}")).await.0, 200);
    assert_eq!(
        beside.post(professional, &format!("/v1/requests/{id}/join"), json!({"as": "holder"})).await.1["holder"],
        json!(professional)
    );
    let (status, _) =
        bench.post(professional, &format!("/v1/requests/{id}/messages"), json!({"text": "I am here"})).await;
    assert_eq!(status, 202);
}

#[tokio::test]
async fn whoever_joins_beside_can_speak_to_the_volunteer_alone() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(holder).await;
    let (join, messages) = (format!("/v1/requests/{id}/join"), format!("/v1/requests/{id}/messages"));
    assert_eq!(bench.post(supervisor, &messages, json!({"text": "x", "to": "volunteer"})).await.0, 403);
    assert_eq!(bench.post(supervisor, &join, json!({"as": "aside"})).await.0, 422);
    for _ in 0..2 {
        let (status, seen) = bench.post(supervisor, &join, json!({"as": "beside"})).await;
        assert_eq!((status, &seen["holder"]), (200, &json!(holder)));
    }
    assert_eq!(bench.post(supervisor, &messages, json!({"text": "ask about tonight", "to": "volunteer"})).await.0, 202);
    let (_, seen) = bench.get(holder, &messages).await;
    let last = seen["items"].as_array().and_then(|items| items.last()).expect("a message").clone();
    assert_eq!((&last["to"], &last["from"]), (&json!("volunteer"), &json!("supervisor")));
    assert_eq!(bench.post(holder, &messages, json!({"text": "x", "to": "volunteer"})).await.0, 422);
}

#[tokio::test]
async fn a_supervisor_has_what_ended_erased_under_their_name() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(holder).await;
    let erase =
        async |query: &str| bench.call(supervisor, Method::DELETE, &format!("/v1/requests/{id}{query}"), None).await;
    for wrong in ["", "?reason=", "?reason=because"] {
        let (status, problem) = erase(wrong).await;
        assert_eq!((status, &problem["errors"][0]["parameter"]), (422, &json!("reason")), "{wrong}");
    }
    let (status, problem) = erase("?reason=member_asked").await;
    assert_eq!((status, kind(&problem)), (409, "not-closed"));
    let end = json!({"outcome": "supported", "risk_assessed": true, "note": "he slept"});
    assert_eq!(bench.post(holder, &format!("/v1/requests/{id}/close"), end).await.0, 200);
    for _ in 0..2 {
        let (status, erased) = erase("?reason=member_asked").await;
        assert!(status == 202 && erased["erase_at"].is_string(), "{erased}");
    }
    let (_, seen) = bench.get(supervisor, &format!("/v1/requests/{id}")).await;
    assert_eq!((&seen["erased"], &seen["member"]["alias"]), (&json!(true), &Value::Null));
    let (_, history) = bench.get(supervisor, &format!("/v1/audit/request:{id}")).await;
    let last = history["items"].as_array().and_then(|items| items.last()).expect("an event");
    assert_eq!(
        (&last["type"], &last["actor"], &last["data"]),
        (&json!("erased"), &json!(format!("staff:{supervisor}")), &json!({"reason": "member_asked"}))
    );
    assert_eq!(bench.desk.record.text(id, Version(2), &Text::Sealed("x".to_owned())).await.expect("a record"), None);
    let listed = std::fs::read_to_string(bench.folder.path().join("erased.txt")).expect("a list");
    assert_eq!(listed, format!("{id}\n"), "a backup restored later forgets it as well");
}

#[tokio::test]
async fn a_request_is_ended_for_cause_within_bounds_and_never_when_it_is_urgent() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(holder).await;
    let path = format!("/v1/requests/{id}/bar");
    for wrong in ["9m", "31d", "0s", "soon"] {
        let (status, problem) = bench.post(supervisor, &path, json!({"reason": "threats", "for": wrong})).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/for")), "{wrong}");
    }
    bench.command(id, Actor::Staff(supervisor), Command::SetPriority(Priority::Urgent, None)).await;
    let (status, problem) = bench.post(supervisor, &path, json!({"reason": "threats", "for": "24h"})).await;
    assert_eq!((status, kind(&problem)), (409, "too-urgent"));
    bench.command(id, Actor::Staff(supervisor), Command::SetPriority(Priority::Elevated, None)).await;
    let (status, seen) = bench.post(supervisor, &path, json!({"reason": "threats", "for": "24h"})).await;
    assert_eq!((status, &seen["status"]), (200, &json!("closed")));
    assert_eq!(bench.post(supervisor, &path, json!({"reason": "threats", "for": "24h"})).await.0, 409);
    let (_, seen) = bench.get(supervisor, &format!("/v1/requests/{id}")).await;
    assert_eq!(seen["closed"]["ending"], "barred");
}
