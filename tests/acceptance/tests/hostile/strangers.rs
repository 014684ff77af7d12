//! Those whose token fits nothing, those whose role does not include it, and those who left.

use serde_json::json;
use wideawake_acceptance::{Door, Member, Server, Staff, nobody};

use crate::night::Night;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_that_fits_there_is_nothing() {
    let night = Night::falls().await;
    let (sky, desk) = (&night.sky, &night.server);
    let calls = [
        ("GET", ""),
        ("GET", "/stream"),
        ("POST", "/messages"),
        ("POST", "/heartbeat"),
        ("POST", "/leave"),
        ("DELETE", ""),
    ];
    for (method, below) in calls {
        let own = format!("/v1/requests/{}{below}", sky.id);
        let unknown = format!("/v1/requests/{}{below}", nobody());
        let malformed = format!("/v1/requests/not-an-id{below}");
        let with = |path: &str| {
            let call = night.server.intake(method, path);
            if below == "/messages" { call.json(&json!({ "text": "x" })) } else { call }
        };
        let none = with(&own).send().await;
        none.refused(401, "unauthorized");
        assert_eq!(none.body, with(&unknown).send().await.body);
        for odd in ["Bearer", "Bearer ", "Basic c2t5OnNreQ==", "bearer\t", &format!("Bearer {}", "x".repeat(5_000))] {
            with(&own).header("authorization", odd).send().await.refused(401, "unauthorized");
        }
        // A token of somebody else, of staff, or of nobody: the same, whether or not the request exists.
        for token in [&night.waiting.token, &night.robin.token, &night.server.admin.token, &"x".repeat(43)] {
            let foreign = with(&own).bearer(token).send().await;
            let missing = with(&unknown).bearer(token).send().await;
            let nonsense = with(&malformed).bearer(token).send().await;
            foreign.problem();
            assert!([401, 404].contains(&foreign.status), "{foreign}");
            assert_eq!((foreign.status, &foreign.body), (missing.status, &missing.body), "a hint");
            assert_eq!((foreign.status, &foreign.body), (nonsense.status, &nonsense.body), "a hint");
        }
    }
    for (method, path) in [
        ("GET", "/v1/me"),
        ("GET", "/v1/me/stream"),
        ("GET", "/v1/board"),
        ("GET", "/v1/staff"),
        ("POST", "/v1/me/heartbeat"),
    ] {
        desk.desk(method, path).send().await.refused(401, "unauthorized");
        for token in [&sky.token, &night.waiting.token, &"x".repeat(43)] {
            desk.desk(method, path).bearer(token).send().await.refused(401, "unauthorized");
        }
    }
    // A cookie changes things only from the door's own pages.
    let opened = night.server.intake("POST", "/v1/requests").json(&json!({ "language": "en" })).send().await.is(201);
    let cookie = opened.header("set-cookie").unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"), "{cookie}");
    let cookie = cookie.split(';').next().unwrap();
    let id = opened.json()["id"].as_str().unwrap().to_owned();
    night.server.intake("GET", format!("/v1/requests/{id}")).header("cookie", cookie).send().await.is(200);
    let say = || {
        let call = night.server.intake("POST", format!("/v1/requests/{id}/messages"));
        call.header("cookie", cookie).json(&json!({ "text": "hello" }))
    };
    say().send().await.refused(403, "forbidden-origin");
    say().header("origin", "https://evil.example").send().await.refused(403, "forbidden-origin");
    let own = format!("http://{}", night.server.address(Door::Intake));
    say().header("origin", &own).send().await.is(202);
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_with_every_wrong_role_is_refused_without_a_hint() {
    let night = Night::falls().await;
    let (robin, kim, professional) = (&night.robin, &night.kim, &night.professional);
    let (supervisor, admin) = (&night.server.supervisor, &night.server.admin);
    let (other_supervisor, other_volunteer) = (&night.elsewhere.0, &night.elsewhere.1);
    let end = json!({ "outcome": "supported", "risk_assessed": true });
    let span = json!({ "zone": "UTC", "start": "2030-03-08T02:30", "end": "2030-03-08T04:00" });
    let person =
        json!({ "alias": "Lee", "roles": ["volunteer"], "pools": ["main"], "zone": "UTC", "languages": ["en"] });

    // Conversations: for whom there is none, it is the same as if it were not there.
    let strangers = [kim, professional, admin, other_supervisor, other_volunteer];
    for (method, below, body) in [
        ("GET", "", None),
        ("GET", "/messages", None),
        ("POST", "/messages", Some(json!({ "text": "hello" }))),
        ("POST", "/close", Some(end.clone())),
        ("POST", "/release", Some(json!({ "reason": "no" }))),
        ("POST", "/transfer", Some(json!({ "note": "no" }))),
        ("POST", "/escalate", Some(json!({ "policy": "clinician", "reason": "no" }))),
        ("POST", "/join", Some(json!({ "as": "holder" }))),
        ("POST", "/bar", Some(json!({ "reason": "no", "for": "24h" }))),
        ("POST", "/assign", Some(json!({ "staff": kim.id }))),
        ("POST", "/priority", Some(json!({ "priority": "urgent", "reason": "no" }))),
        ("GET", "/decisions", None),
    ] {
        for who in strangers {
            let with = |id: &str| {
                let call = who.call(method, format!("/v1/requests/{id}{below}"));
                body.as_ref().map_or(call.clone(), |body| call.json(body))
            };
            let foreign = with(&night.sky.id).send().await;
            let missing = with(&nobody()).send().await;
            assert!([403, 404].contains(&foreign.status), "{foreign}");
            foreign.problem();
            assert_eq!((foreign.status, &foreign.body), (missing.status, &missing.body), "a hint");
        }
    }
    // What is offered is its volunteer's alone.
    for (who, act) in strangers.iter().chain([&supervisor]).flat_map(|who| [(who, "accept"), (who, "decline")]) {
        let foreign = who.call("POST", format!("/v1/offers/{}/{act}", night.offer)).send().await;
        let missing = who.call("POST", format!("/v1/offers/{}/{act}", nobody())).send().await;
        assert!([403, 404, 409].contains(&foreign.status), "{foreign}");
        foreign.problem();
        assert_eq!((foreign.status, &foreign.body), (missing.status, &missing.body), "a hint");
    }
    // The holder is not the supervisor.
    for (method, below, body) in [
        ("POST", "/assign", Some(json!({ "staff": kim.id }))),
        ("POST", "/priority", Some(json!({ "priority": "urgent", "reason": "no" }))),
        ("POST", "/join", Some(json!({ "as": "beside" }))),
        ("POST", "/bar", Some(json!({ "reason": "no", "for": "24h" }))),
        ("GET", "/decisions", None),
    ] {
        let call = robin.call(method, format!("/v1/requests/{}{below}", night.sky.id));
        body.map_or(call.clone(), |body| call.json(&body)).send().await.refused(403, "forbidden");
    }
    supervisor.post(format!("/v1/requests/{}/messages", night.sky.id), &json!({ "text": "hello" })).await.problem();

    // The house: supervisors and admins alone.
    let kims = |below: &str| format!("/v1/staff/{}{below}", kim.id);
    for (method, path, body) in [
        ("GET", "/v1/board".to_owned(), None),
        ("GET", "/v1/board/stream".to_owned(), None),
        ("POST", "/v1/staff".to_owned(), Some(person.clone())),
        ("GET", "/v1/staff".to_owned(), None),
        ("GET", kims(""), None),
        ("PATCH", kims(""), Some(json!({ "alias": "Kim" }))),
        ("DELETE", kims(""), None),
        ("POST", kims("/token"), None),
        ("PUT", kims("/shifts"), Some(json!({ "shifts": [] }))),
        ("POST", kims("/extra"), Some(span.clone())),
        ("PUT", kims("/qualifications"), Some(json!({ "qualifications": [] }))),
        ("POST", kims("/leave"), Some(span.clone())),
        ("PUT", kims("/contact-methods"), Some(json!({ "contact_methods": [] }))),
        ("GET", "/v1/roster?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z".to_owned(), None),
        ("GET", "/v1/coverage?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&step=1h".to_owned(), None),
        ("GET", "/v1/rotations".to_owned(), None),
        ("GET", "/v1/rotations/x".to_owned(), None),
        ("GET", "/v1/rotations/x/now".to_owned(), None),
        (
            "PUT",
            "/v1/rotations/x".to_owned(),
            Some(
                json!({ "zone": "UTC", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1, "members": [kim.id] }),
            ),
        ),
        (
            "POST",
            "/v1/rotations/x/overrides".to_owned(),
            Some(json!({ "with": kim.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" })),
        ),
        ("DELETE", format!("/v1/rotations/x/overrides/{}", nobody()), None),
        ("GET", format!("/v1/escalations/{}", nobody()), None),
        ("POST", format!("/v1/escalations/{}/acknowledge", nobody()), None),
        ("POST", format!("/v1/escalations/{}/hand-over", nobody()), Some(json!({ "to": kim.id }))),
        ("POST", format!("/v1/escalations/{}/resolve", nobody()), Some(json!({ "outcome": "safe" }))),
        ("GET", format!("/v1/audit/escalation:{}", nobody()), None),
        ("GET", format!("/v1/audit/request:{}", night.sky.id), None),
        ("GET", format!("/v1/audit/staff:{}", kim.id), None),
    ] {
        for who in [robin, professional, other_volunteer] {
            let call = who.call(method, &path);
            let answer = body.as_ref().map_or(call.clone(), |body| call.json(body)).send().await;
            assert!([403, 404].contains(&answer.status), "{answer}");
            answer.problem();
        }
    }
    // A supervisor of another pool has nothing to do with this one.
    for (method, below, body) in [
        ("GET", "", None),
        ("PATCH", "", Some(json!({ "alias": "Mine" }))),
        ("DELETE", "", None),
        ("POST", "/token", None),
        ("PUT", "/shifts", Some(json!({ "shifts": [] }))),
        ("POST", "/extra", Some(span.clone())),
        ("POST", "/leave", Some(span.clone())),
        ("PUT", "/qualifications", Some(json!({ "qualifications": [] }))),
        ("PUT", "/contact-methods", Some(json!({ "contact_methods": [] }))),
    ] {
        let with = |id: &str| {
            let call = other_supervisor.call(method, format!("/v1/staff/{id}{below}"));
            body.as_ref().map_or(call.clone(), |body| call.json(body))
        };
        let (foreign, missing) = (with(&kim.id).send().await, with(&nobody()).send().await);
        assert_eq!((foreign.status, &foreign.body), (missing.status, &missing.body), "a hint");
        foreign.refused(404, "not-found");
    }
    let board = other_supervisor.get("/v1/board").await;
    assert!(!board.to_string().contains(&night.sky.id) && !board.to_string().contains(&robin.id), "{board}");
    let staff = other_supervisor.get("/v1/staff").await;
    assert!(!staff.to_string().contains(&kim.id), "{staff}");
    other_supervisor.call("GET", format!("/v1/audit/request:{}", night.sky.id)).send().await.refused(404, "not-found");

    // Only admins grant the roles supervisor and admin, and pools that are not one's own.
    for (key, value) in [
        ("roles", json!(["supervisor"])),
        ("roles", json!(["admin"])),
        ("roles", json!(["volunteer", "admin"])),
        ("pools", json!(["other"])),
    ] {
        let mut more = person.clone();
        more[key] = value.clone();
        let answer = supervisor.post("/v1/staff", &more).await;
        assert!([403, 422].contains(&answer.status), "{answer}");
        let answer = supervisor.call("PATCH", kims("")).json(&json!({ key: value })).send().await;
        assert!([403, 422].contains(&answer.status), "{answer}");
        let own =
            supervisor.call("PATCH", format!("/v1/staff/{}", supervisor.id)).json(&json!({ key: value })).send().await;
        assert!((400..500).contains(&own.status), "{own}");
    }
    for who in [admin, other_supervisor] {
        let answer = supervisor.call("POST", format!("/v1/staff/{}/token", who.id)).send().await;
        assert!([403, 404].contains(&answer.status), "{answer}");
    }
    assert_eq!(kim.me().await["alias"], "Kim");
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_is_let_in_nowhere() {
    let server = Server::start("").await;
    let robin = server.on_duty(json!({})).await;
    let mut at_desk = robin.stream().await;
    server.supervisor.call("DELETE", format!("/v1/staff/{}", robin.id)).send().await.is(204);
    robin.call("GET", "/v1/me").send().await.refused(401, "unauthorized");
    at_desk.end().await;
    let sky = Member::asks(&server).await;
    let kim = server.on_duty(json!({})).await;
    kim.takes(&sky.id).await;
    // A new token voids the one before, at once.
    let renewed = server.supervisor.call("POST", format!("/v1/staff/{}/token", kim.id)).send().await.is(201).json();
    kim.call("GET", "/v1/me").send().await.refused(401, "unauthorized");
    let renewed = Staff::new(&server, &kim.id, renewed["token"].as_str().unwrap(), kim.beat);
    assert_eq!(renewed.holds().await, [sky.id.as_str()]);
}
