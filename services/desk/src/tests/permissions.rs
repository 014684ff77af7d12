use super::*;
use crate::permit::{CALLS, Call};

const EVERY: [Role; 4] = [Role::Volunteer, Role::Supervisor, Role::Professional, Role::Admin];

/// Whoever holds the key, whoever signs, and whoever is about to prove who they are.
const OPEN: [&str; 9] = [
    "/v1/staff/{id}/calendar.ics",
    "/v1/inbound/sms",
    "/v1/session",
    "/v1/session/passkey",
    "/v1/session/passkey/challenge",
    "/v1/session/oidc",
    "/v1/session/oidc/callback",
    "/v1/invitation",
    "/v1/invitation/look",
];

#[test]
fn every_call_of_the_document_is_in_the_table_and_the_other_way_round() {
    let api = serde_json::to_value(door::openapi()).expect("it is JSON");
    let mut documented = std::collections::BTreeSet::new();
    for (path, item) in api["paths"].as_object().expect("paths") {
        for method in ["get", "put", "post", "patch", "delete"] {
            if item.get(method).is_some() && !OPEN.contains(&path.as_str()) {
                documented.insert((method.to_uppercase(), path.clone()));
            }
        }
    }
    // Pages are in the table, and no part of the interface.
    let calls = CALLS.iter().filter(|call| call.path.starts_with("/v1/"));
    let listed = calls.map(|call| (call.method.to_string(), call.path.to_owned())).collect();
    assert_eq!(documented, listed);
}

#[tokio::test]
async fn every_call_with_every_wrong_role_is_refused_and_without_a_token_too() {
    let bench = Bench::new().await;
    let mut people = BTreeMap::new();
    for role in EVERY {
        people.insert(role, bench.staff(&[role], &["main"]).await);
    }
    let id = bench.held(people[&Role::Volunteer]).await;
    for Call { method, path, roles, .. } in CALLS {
        let request = path.contains("/requests/").then_some(id.0);
        let concrete = path
            .replace("{id}", &request.unwrap_or(people[&Role::Volunteer].0).to_string())
            .replace("{name}", "primary")
            .replace("{stream}", &format!("request:{id}"));
        let concrete = concrete.replace("{entry}", &Uuid::nil().to_string());
        let concrete = concrete.replace("{token}", &Uuid::nil().to_string());
        let concrete = concrete.replace("{passkey}", &Uuid::nil().to_string());
        let concrete = concrete.replace("{session}", &Uuid::nil().to_string());
        let body = any_body(&concrete, people[&Role::Volunteer]);
        let bare = bench.send(bench.request(None, method, &concrete, Some(&body))).await;
        assert_eq!(bare.status(), 401, "{method} {concrete}");
        assert_eq!(bare.headers()["www-authenticate"], "Bearer");
        for role in EVERY.iter().filter(|role| !roles.contains(role)) {
            // What is wrong with the body is no business of whoever may not make the call.
            for body in [Some(&body), Some(&json!(7)), None] {
                let answer = bench.send(bench.request(Some(people[role]), method, &concrete, body)).await;
                assert_eq!(answer.status(), 403, "{method} {concrete} as {role}");
            }
        }
    }
}

/// Each relation to a request, and what it gives of each call.
#[tokio::test]
async fn what_a_caller_may_do_with_a_request_follows_from_what_they_are_to_it() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let bystander = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let elsewhere = bench.staff(&[Role::Supervisor], &["other"]).await;
    let professional = bench.staff(&[Role::Professional], &["main"]).await;
    let joined = bench.staff(&[Role::Professional], &["main"]).await;
    let called = bench.staff(&[Role::Professional], &["main"]).await;
    let called_and_joined = bench.staff(&[Role::Professional], &["main"]).await;
    let admin = bench.staff(&[Role::Admin], &["main"]).await;
    let calls: [(Method, &str); 14] = [
        (Method::GET, ""),
        (Method::DELETE, "?reason=mistake"),
        (Method::GET, "/messages"),
        (Method::POST, "/messages"),
        (Method::POST, "/typing"),
        (Method::GET, "/decisions"),
        (Method::POST, "/priority"),
        (Method::POST, "/transfer"),
        (Method::POST, "/assign"),
        (Method::POST, "/release"),
        (Method::POST, "/escalate"),
        (Method::POST, "/join"),
        (Method::POST, "/bar"),
        (Method::POST, "/close"),
    ];
    let table: [(StaffId, &str, [u16; 14]); 9] = [
        // An escalation is open, so the holder alone cannot close; and nothing is erased that has not ended.
        (holder, "holder", [200, 403, 200, 202, 204, 403, 403, 200, 403, 200, 200, 403, 403, 409]),
        (supervisor, "supervisor", [200, 409, 200, 403, 403, 200, 200, 200, 200, 200, 200, 200, 200, 200]),
        (joined, "joined", [200, 403, 200, 202, 204, 403, 403, 403, 403, 403, 403, 403, 403, 403]),
        (called, "called", [200, 403, 200, 403, 403, 403, 403, 403, 403, 403, 403, 200, 403, 403]),
        (
            called_and_joined,
            "called and joined",
            [200, 403, 200, 202, 204, 403, 403, 403, 403, 403, 403, 200, 403, 403],
        ),
        (bystander, "bystander", [404, 403, 404, 404, 404, 403, 403, 404, 403, 404, 404, 403, 403, 404]),
        (professional, "professional", [404, 403, 404, 404, 404, 403, 403, 404, 403, 404, 404, 404, 403, 404]),
        (elsewhere, "elsewhere", [404; 14]),
        (admin, "admin", [403; 14]),
    ];
    for (who, what, expected) in table {
        for ((method, path), expected) in calls.iter().zip(expected) {
            let id = bench.held(holder).await;
            let joining = wideawake_domain::request::Joining::Beside;
            for staff in [joined, called_and_joined] {
                bench.command(id, Actor::Staff(staff), Command::Join(staff, Speaker::Professional, joining)).await;
            }
            let escalation = bench.escalation(id).await;
            bench.calls(escalation, 0, &[called, called_and_joined]).await;
            let body = (method == Method::POST).then(|| any_body(path, bystander));
            let (status, body) = bench.call(who, method.clone(), &format!("/v1/requests/{id}{path}"), body).await;
            assert_eq!(status, expected, "{what} {method} {path}: {body}");
            let nothing = format!("/v1/requests/{}{path}", Uuid::nil());
            let body = (method == Method::POST).then(|| any_body(path, bystander));
            let (missing, body) = bench.call(who, method.clone(), &nothing, body).await;
            let role_is_wrong = expected == 403 && missing == 403;
            assert!(missing == 404 || role_is_wrong, "{what} {method} {path} of nothing: {body}");
        }
    }
}

#[tokio::test]
async fn a_reading_from_outside_is_recorded_once_an_hour() {
    let bench = Bench::new().await;
    let holder = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(holder).await;
    for who in [holder, supervisor, supervisor] {
        assert_eq!(bench.get(who, &format!("/v1/requests/{id}")).await.0, 200);
        assert_eq!(bench.get(who, &format!("/v1/requests/{id}/messages")).await.0, 200);
    }
    let (_, history) = bench.get(supervisor, &format!("/v1/audit/staff:{supervisor}")).await;
    let readings = history["items"].as_array().expect("a history").iter().filter(|e| e["type"] == "conversation_read");
    assert_eq!(readings.count(), 1);
    let (_, history) = bench.get(supervisor, &format!("/v1/audit/staff:{holder}")).await;
    assert_eq!(history["items"].as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn supervisors_manage_volunteers_and_professionals_of_their_pools_and_nobody_else() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let colleague = bench.staff(&[Role::Supervisor], &["main"]).await;
    let far = bench.staff(&[Role::Volunteer], &["other"]).await;
    let both = bench.staff(&[Role::Professional], &["main", "other"]).await;
    let new = |roles: &[&str], pools: &[&str]| json!({"alias": "Zoë", "roles": roles, "pools": pools, "zone": "Asia/Kathmandu", "languages": ["ne", "en"]});
    let add = async |who, body| bench.post(who, "/v1/staff", body).await;
    assert_eq!(add(supervisor, new(&["supervisor"], &["main"])).await.0, 403);
    assert_eq!(add(supervisor, new(&["admin"], &[])).await.0, 403);
    assert_eq!(add(supervisor, new(&["volunteer"], &["other"])).await.0, 403);
    for (body, field) in [
        (new(&["volunteer"], &["main", "other"]), "/pools"),
        (new(&["volunteer"], &[]), "/pools"),
        (new(&["volunteer"], &["nowhere"]), "/pools/0"),
        (new(&[], &["main"]), "/roles"),
        (new(&["pilot"], &["main"]), "/roles/0"),
        (json!({"alias": "x", "pools": [], "zone": "Mars/Olympus", "languages": [], "capacity": 0}), "/zone"),
    ] {
        let (status, problem) = add(admin, body).await;
        let named = problem["errors"].as_array().is_some_and(|all| all.iter().any(|error| error["pointer"] == field));
        assert!(status == 422 && named, "{field}: {problem}");
    }
    let (status, zoe) = add(supervisor, new(&["volunteer"], &["main"])).await;
    assert_eq!(status, 201);
    let id = StaffId(uuid(&zoe["id"]));
    let token = zoe["token"].as_str().expect("a token").to_owned();
    bench.tokens.lock().expect("no panic").insert(id, token);
    assert_eq!(bench.get(id, "/v1/me").await.1["capacity"], 2);

    let patch =
        async |who, of: StaffId, body| bench.call(who, Method::PATCH, &format!("/v1/staff/{of}"), Some(body)).await;
    assert_eq!(patch(supervisor, id, json!({"alias": "Zoe", "capacity": 3})).await.1["alias"], "Zoe");
    assert_eq!(patch(supervisor, id, json!({"roles": ["volunteer", "supervisor"]})).await.0, 403);
    assert_eq!(patch(supervisor, id, json!({"pools": ["other"]})).await.0, 403);
    assert_eq!(patch(supervisor, colleague, json!({"alias": "x"})).await.0, 403);
    assert_eq!(patch(supervisor, both, json!({"alias": "x"})).await.0, 403);
    assert_eq!(patch(supervisor, far, json!({"alias": "x"})).await.0, 404);
    assert_eq!(patch(admin, colleague, json!({"pools": ["main", "other"]})).await.0, 200);
    assert_eq!(bench.get(supervisor, "/v1/staff").await.1["items"].as_array().map(Vec::len), Some(4));
    assert_eq!(bench.get(admin, "/v1/staff").await.1["items"].as_array().map(Vec::len), Some(6));

    let remove = async |who, of: StaffId| bench.call(who, Method::DELETE, &format!("/v1/staff/{of}"), None).await.0;
    assert_eq!(remove(admin, admin).await, 409);
    assert_eq!(patch(admin, admin, json!({"roles": ["supervisor"], "pools": ["main"]})).await.0, 409);
    let (status, new) = bench.post(supervisor, &format!("/v1/staff/{id}/token"), json!({})).await;
    assert_eq!(status, 201);
    assert_eq!(bench.get(id, "/v1/me").await.0, 401, "the token before is void");
    bench.tokens.lock().expect("no panic").insert(id, new["token"].as_str().expect("a token").to_owned());
    assert_eq!(bench.get(id, "/v1/me").await.0, 200);
    assert_eq!(remove(supervisor, id).await, 204);
    assert_eq!(remove(supervisor, id).await, 404);
    assert_eq!(bench.get(id, "/v1/me").await.0, 401);
}
