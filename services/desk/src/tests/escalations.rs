//! What needs more than a volunteer: who sees it, takes it on, hands it over and resolves it, and who is told.

use wideawake_domain::escalation::{
    FallbackReached, HandOverAsked, PageAttempted, PageOutcome, Reminded, Skip, StepSkipped, TriggerAdded,
};
use wideawake_domain::staff::ContactKind;
use wideawake_domain::{PageId, Priority};

use super::*;

const P: &[Role] = &[Role::Professional];

struct People {
    holder: StaffId,
    supervisor: StaffId,
    called: StaffId,
    other: StaffId,
}

async fn people(bench: &Bench) -> People {
    People {
        holder: bench.staff(&[Role::Volunteer], &["main"]).await,
        supervisor: bench.staff(&[Role::Supervisor], &["main"]).await,
        called: bench.staff(P, &["main"]).await,
        other: bench.staff(P, &["main"]).await,
    }
}

async fn ids(bench: &Bench, who: StaffId) -> Vec<Uuid> {
    let (status, list) = bench.get(who, "/v1/escalations").await;
    assert_eq!(status, 200, "{list}");
    list["items"].as_array().expect("a list").iter().map(|item| uuid(&item["id"])).collect()
}

#[tokio::test]
async fn an_escalation_shows_its_steps_whom_they_called_and_what_comes_next() {
    let bench = Bench::new().await;
    let People { holder, supervisor, called, .. } = people(&bench).await;
    let request = bench.held(holder).await;
    let id = bench.escalation(request).await;
    let path = format!("/v1/escalations/{id}");
    let seen = bench.get(supervisor, &path).await.1;
    assert_eq!(
        (&seen["stage"], &seen["step"], &seen["steps"][0]["status"]),
        (&json!("paging"), &json!(0), &json!("next"))
    );
    bench.happens(id, StepSkipped { round: 0, step: 0, why: Skip::Nobody }).await;
    bench.calls(id, 1, &[called]).await;
    let call = bench.desk.record.escalation(id).await.expect("a record").expect("it is there").version;
    let again_at = Some(clock::now() + TimeDelta::seconds(30));
    let outcome = PageOutcome::Failed { why: "status_503".to_owned(), again_at };
    let page = PageId::derive(id, call, called, 0);
    let tried = PageAttempted { page, call, staff: called, method: 0, kind: ContactKind::Webhook, attempt: 1, outcome };
    bench.happens(id, tried).await;
    let seen = bench.get(called, &path).await.1;
    let step = |n: usize| &seen["steps"][n];
    assert_eq!((&step(0)["status"], &step(0)["people"]), (&json!("skipped"), &json!([])));
    assert_eq!((&step(1)["status"], &step(1)["people"][0]["staff"]), (&json!("now"), &json!(called)));
    assert_eq!((&step(0)["page"], &step(0)["wait_s"]), (&json!(["rotation:clinicians"]), &json!(120)));
    assert_eq!((&seen["step"], &seen["round"], &seen["triggers"][0]["cause"]), (&json!(1), &json!(0), &json!("rule")));
    let page = &seen["pages"][0];
    assert_eq!(
        (&page["kind"], &page["outcome"], &page["why"]),
        (&json!("webhook"), &json!("failed"), &json!("status_503"))
    );
    assert!(page["again_at"].is_string() && seen["deadline"].is_string(), "{seen}");

    let until = clock::now() + TimeDelta::minutes(5);
    bench.happens(id, FallbackReached { count: 1, staff: vec![supervisor], until }).await;
    let seen = bench.get(supervisor, &path).await.1;
    assert_eq!((&seen["stage"], &seen["step"], &seen["fallbacks"]), (&json!("fallback"), &Value::Null, &json!(1)));
    assert_eq!(seen["steps"][1]["status"], "done");
    assert!(!seen.to_string().contains("secret words"));
}

#[tokio::test]
async fn supervisors_see_those_of_their_pools_and_professionals_those_they_were_called_over() {
    let bench = Bench::new().await;
    let People { holder, supervisor, called, other } = people(&bench).await;
    let elsewhere = bench.staff(&[Role::Supervisor], &["other"]).await;
    let request = bench.held(holder).await;
    let id = bench.escalation(request).await;
    bench.calls(id, 0, &[called]).await;
    assert_eq!(ids(&bench, supervisor).await, [id.0]);
    assert_eq!(ids(&bench, called).await, [id.0]);
    for who in [other, elsewhere] {
        assert_eq!(ids(&bench, who).await, [Uuid::nil(); 0]);
        for (method, below) in [
            (Method::GET, ""),
            (Method::POST, "/acknowledge"),
            (Method::POST, "/resolve"),
            (Method::POST, "/hand-over"),
        ] {
            let path = format!("/v1/escalations/{id}{below}");
            let body = (method == Method::POST).then(|| any_body(&path, supervisor));
            assert_eq!(bench.call(who, method, &path, body).await.0, 404, "{below}");
        }
    }
    assert_eq!(bench.get(called, "/v1/me").await.1["escalations"], json!([id]));
    assert_eq!(bench.get(other, "/v1/me").await.1["escalations"], json!([]));
    // Also at a door that has just started, and at one that has not read of it yet.
    let beside = bench.beside().await;
    assert_eq!(ids(&beside, called).await, [id.0]);
    let late = bench.escalation(bench.held(holder).await).await;
    bench.calls(late, 0, &[other]).await;
    assert_eq!(ids(&beside, other).await, [late.0]);
}

#[tokio::test]
async fn whoever_takes_it_on_has_it_and_the_repeat_is_answered_alike() {
    let bench = Bench::new().await;
    let People { holder, supervisor, called, other } = people(&bench).await;
    let request = bench.held(holder).await;
    let id = bench.escalation(request).await;
    bench.calls(id, 0, &[called, other]).await;
    let path = |below: &str| format!("/v1/escalations/{id}/{below}");
    let (status, problem) = bench.post(called, &path("hand-over"), json!({"to": supervisor})).await;
    assert_eq!((status, kind(&problem)), (409, "not-acknowledged"));
    for _ in 0..2 {
        let (status, seen) = bench.call(called, Method::POST, &path("acknowledge"), None).await;
        assert_eq!((status, &seen["stage"], &seen["acknowledged_by"]), (200, &json!("acknowledged"), &json!(called)));
    }
    for who in [other, supervisor] {
        let (status, problem) = bench.call(who, Method::POST, &path("acknowledge"), None).await;
        assert_eq!((status, kind(&problem)), (409, "acknowledged-by-other"));
    }
    let (status, problem) = bench.post(other, &path("resolve"), json!({"outcome": "safe"})).await;
    assert_eq!((status, kind(&problem)), (409, "acknowledged-by-other"));
    let (status, problem) = bench.post(other, &path("hand-over"), json!({"to": supervisor})).await;
    assert_eq!((status, kind(&problem)), (409, "acknowledged-by-other"));

    for nobody in [holder, StaffId(Uuid::nil()), bench.staff(P, &["other"]).await] {
        let (status, problem) = bench.post(called, &path("hand-over"), json!({"to": nobody})).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/to")), "{problem}");
    }
    for _ in 0..2 {
        let (status, seen) =
            bench.post(called, &path("hand-over"), json!({"to": other, "note": "my shift ends"})).await;
        assert_eq!((status, &seen["hand_over_to"], &seen["acknowledged_by"]), (200, &json!(other), &json!(called)));
    }
    let (_, seen) = bench.call(other, Method::POST, &path("acknowledge"), None).await;
    assert_eq!((&seen["acknowledged_by"], &seen["hand_over_to"]), (&json!(other), &Value::Null));
    assert_eq!(
        bench.post(called, &path("hand-over"), json!({"to": other})).await.0,
        200,
        "the repeat of a lost answer"
    );

    for _ in 0..2 {
        let (status, seen) =
            bench.post(other, &path("resolve"), json!({"outcome": "safe", "note": "she sleeps"})).await;
        assert_eq!((status, &seen["stage"], &seen["outcome"]), (200, &json!("resolved"), &json!("safe")), "{seen}");
    }
    for (who, below) in [(other, "acknowledge"), (supervisor, "resolve"), (called, "hand-over")] {
        let body = any_body(&path(below), supervisor);
        let (status, problem) = bench.post(who, &path(below), body).await;
        assert_eq!((status, kind(&problem)), (409, "already-resolved"), "{below}");
    }
    let history = bench.get(supervisor, &format!("/v1/audit/escalation:{id}")).await.1.to_string();
    assert!(history.contains("resolved") && !history.contains("she sleeps") && !history.contains("shift ends"));
}

#[tokio::test]
async fn an_imminent_one_with_emergency_services_says_who_confirmed_it() {
    let bench = Bench::new().await;
    let People { holder, supervisor, .. } = people(&bench).await;
    let request = bench.held(holder).await;
    bench.command(request, Actor::Staff(supervisor), Command::SetPriority(Priority::Imminent, None)).await;
    let id = bench.escalation(request).await;
    let path = format!("/v1/escalations/{id}/resolve");
    let (status, problem) = bench.post(supervisor, &path, json!({"outcome": "emergency_services"})).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/confirmed_by")), "{problem}");
    let confirmed = json!({"outcome": "emergency_services", "confirmed_by": "112, operator 7"});
    assert_eq!(bench.post(supervisor, &path, confirmed).await.0, 200);
}

#[tokio::test]
async fn what_is_resolved_no_longer_keeps_the_holder_from_closing_and_what_is_raised_later_does() {
    let bench = Bench::new().await;
    let People { holder, supervisor, .. } = people(&bench).await;
    let request = bench.held(holder).await;
    let close = async |bench: &Bench| {
        let body = json!({"outcome": "supported", "risk_assessed": true});
        let (status, answer) = bench.post(holder, &format!("/v1/requests/{request}/close"), body).await;
        if status == 200 { "closed".to_owned() } else { kind(&answer).to_owned() }
    };
    let resolve = async |id: EscalationId| {
        bench.post(supervisor, &format!("/v1/escalations/{id}/resolve"), json!({"outcome": "safe"})).await.0
    };
    let first = bench.escalation(request).await;
    let again = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Person, reason: None };
    let raised = bench.command(request, Actor::Staff(holder), again.clone()).await;
    assert_eq!(close(&bench).await, "escalation-open");
    assert_eq!(resolve(first).await, 200);
    assert_eq!(close(&bench).await, "escalation-open", "the second reason came to nobody yet");

    let last = raised.raised.last().expect("it was raised").version;
    let second = bench.open_escalation(&raised).await;
    let third = bench.command(request, Actor::Staff(holder), again).await.raised.last().expect("raised").version;
    bench
        .happens(second, TriggerAdded { raised: third, cause: Cause::Person, rule: None, priority: Priority::Standard })
        .await;
    assert!(last < third);
    assert_eq!(resolve(second).await, 200);
    // A door that has just started knows it too.
    let beside = bench.beside().await;
    assert_eq!(
        beside.desk.feed.with(|known| known.escalations.settled(request)),
        [("clinician".to_owned(), third)].into()
    );
    assert_eq!(close(&beside).await, "closed");
}

#[tokio::test]
async fn those_whom_it_concerns_are_told_and_nobody_else_and_a_cut_stream_misses_nothing() {
    let bench = Bench::new().await;
    let People { holder, supervisor, called, other } = people(&bench).await;
    let both = bench.staff(&[Role::Supervisor, Role::Professional], &["main"]).await;
    let request = bench.held(holder).await;
    let everyone = [holder, supervisor, called, other, both];
    let mut streams = Vec::new();
    for who in everyone {
        let mut stream = bench.listen(who, "/v1/me/stream", None).await;
        let from = stream.expect("snapshot").await.id;
        streams.push((who, stream, from));
    }
    let id = bench.escalation(request).await;
    bench.calls(id, 0, &[called, both]).await;
    bench.post(called, &format!("/v1/escalations/{id}/acknowledge"), json!({})).await;
    bench.happens(id, HandOverAsked { by: called, to: both, note: None }).await;
    bench.happens(id, Reminded { count: 1, staff: vec![called], until: clock::now() }).await;
    bench.post(supervisor, &format!("/v1/escalations/{id}/resolve"), json!({"outcome": "safe"})).await;
    for who in everyone {
        bench.call(who, Method::PUT, "/v1/me/duty", Some(json!({"duty": "off"}))).await;
    }
    let all = ["raised", "paging", "acknowledged", "hand_over", "reminded", "resolved"];
    for (who, mut stream, from) in streams {
        let mut whole = Vec::new();
        loop {
            let heard = stream.next().await.expect("the stream goes on");
            if heard.event == "duty" {
                break;
            }
            assert_eq!(heard.event, "escalation");
            whole.push(heard);
        }
        let stages: Vec<&str> = whole.iter().map(|heard| heard.data["stage"].as_str().expect("a stage")).collect();
        let expected: &[&str] = if who == holder {
            &["paging", "acknowledged", "resolved"]
        } else if who == called {
            &all[1..]
        } else if who == other {
            &[]
        } else {
            &all
        };
        assert_eq!(stages, expected, "{who}");
        if let Some(taken) = whole.iter().find(|heard| heard.data["stage"] == "acknowledged") {
            assert_eq!(taken.data["by"]["staff"], json!(called));
        }
        let mut again = bench.listen(who, "/v1/me/stream", from.as_deref()).await;
        again.expect("snapshot").await;
        for heard in &whole {
            assert_eq!(&again.next().await.expect("it goes on").data, &heard.data, "{who}");
        }
        again.expect("duty").await;
    }
}

#[tokio::test]
async fn the_board_has_what_runs_what_was_raised_this_moment_and_who_is_on_call() {
    let bench = Bench::new().await;
    let People { holder, supervisor, called, .. } = people(&bench).await;
    let rotation = json!({"zone": "Etc/UTC", "starts": "2026-01-01", "handoff": "09:00", "every_days": 1, "members": [called, supervisor]});
    assert_eq!(bench.call(supervisor, Method::PUT, "/v1/rotations/clinicians", Some(rotation)).await.0, 200);
    let mut board = bench.listen(supervisor, "/v1/board/stream", None).await;
    board.expect("board").await;
    let request = bench.held(holder).await;
    let raise = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Rule, reason: None };
    let raised = bench.command(request, Actor::System(Part::Escalation), raise).await;
    let row = async || {
        let (_, board) = bench.get(supervisor, "/v1/board").await;
        assert!(board["escalations"].as_array().is_some_and(|rows| rows.len() <= 1), "{board}");
        board["escalations"][0].clone()
    };
    let seen = row().await;
    assert_eq!((&seen["id"], &seen["stage"], &seen["causes"]), (&Value::Null, &json!("raised"), &json!(["rule"])));
    let id = bench.open_escalation(&raised).await;
    bench.calls(id, 0, &[called]).await;
    let seen = row().await;
    assert_eq!((&seen["id"], &seen["stage"], &seen["step"]), (&json!(id), &json!("paging"), &json!(0)));
    bench.post(called, &format!("/v1/escalations/{id}/acknowledge"), json!({})).await;
    assert_eq!(row().await["acknowledged_by"], json!(called));
    // The rest of the board changes too, now or a moment later.
    while board.next().await.expect("the stream goes on").data["escalations"][0]["stage"] != "acknowledged" {}
    bench.post(called, &format!("/v1/escalations/{id}/resolve"), json!({"outcome": "safe"})).await;
    assert_eq!(row().await, Value::Null);
    let (_, seen) = bench.get(supervisor, "/v1/board").await;
    let on = &seen["on_call"][0];
    assert_eq!(on["rotation"], "clinicians");
    let (_, now) = bench.get(supervisor, "/v1/rotations/clinicians/now").await;
    assert_eq!((&on["staff"], &on["until"]), (&now["member"], &now["until"]));
    assert_ne!(now["next"]["staff"], now["member"]);
}
