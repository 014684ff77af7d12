//! `/openapi.json` is held to what the handlers really take and return: every call of it is made, and every answer fits.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate, TimeDelta, Weekday};
use serde_json::{Value, json};
use wideawake_acceptance::contract::{Contract, Operation};
use wideawake_acceptance::{Door, Member, Server, Staff, eventually, nobody, now};
use wideawake_runtime::signature::{self, Secret};

/// What the provider of text messages signs with.
const INBOUND: &str = "whsec_HxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo=";

/// Everything that can be done at the members' door, and what goes wrong there.
async fn members_night(server: &Server, robin: &Staff) {
    let full = json!({
        "line": "night", "language": "en", "time_zone": "Europe/Lisbon", "country": "PT", "alias": "Sky", "age_band": "18_25",
        "topics": ["grief"], "message": "hello", "screening": { "q1": true, "q6_recent": false, "intent_now": false },
    });
    let key = format!("{}{}", nobody(), nobody());
    let open = server.intake("POST", "/v1/requests").header("idempotency-key", &key).json(&full);
    let sky = Member::of(server, open.clone().send().await.is(201).json());
    open.send().await.is(200);
    sky.state().await;
    sky.heartbeat().await;
    let mut at_phone = sky.stream().await;
    robin.takes(&sky.id).await;
    at_phone.next_where("status", |status| status["status"] == "active").await;
    sky.state().await;
    sky.says("it is late").await;
    robin.says(&sky.id, "I am here").await;
    at_phone.hears("I am here").await;
    sky.call("POST", "/messages").json(&json!({ "text": "" })).send().await.is(422);
    sky.leaves().await;
    sky.state().await;
    sky.call("GET", "/export").send().await.is(200);
    sky.call("GET", "/export?after=x").send().await.is(422);
    let again = json!({ "language": "en", "again": { "id": sky.id, "token": sky.token } });
    let again = Member::opens(server, &again).await;
    again.call("DELETE", "").send().await.is(202);
    sky.call("DELETE", "").send().await.is(202);
    server.intake("GET", "/v1/lines").send().await.is(200);
    server.intake("GET", "/v1/resources").send().await.is(200);
    server.intake("GET", "/v1/resources?country=PT").send().await.is(200);
    server.intake("GET", "/v1/resources?country=Portugal").send().await.is(422);
    server.intake("GET", format!("/v1/requests/{}", nobody())).send().await.is(401);
    sky.doors.intake("GET", format!("/v1/requests/{}", nobody())).bearer(&sky.token).send().await.is(404);
    server.intake("POST", "/v1/requests").json(&json!({})).send().await.is(422);
    server.intake("POST", "/v1/requests").body("{").header("content-type", "application/json").send().await.is(400);
}

/// Everything that volunteers do.
async fn volunteers_night(server: &Server, robin: &Staff, kim: &Staff) {
    let mut at_desk = robin.stream().await;
    robin.me().await;
    robin.put("/v1/me/duty", &json!({ "duty": "break", "reason": "tea" })).await.is(200);
    robin.me().await;
    robin.get("/v1/me/week").await;
    robin.get("/v1/lines").await;
    robin.duty("ready").await;

    let sky = Member::opens(server, &json!({ "language": "en", "alias": "Sky", "message": "hello" })).await;
    let offer = robin.offered(&sky.id).await;
    robin
        .post(format!("/v1/offers/{}/decline", offer["offer"].as_str().unwrap()), &json!({ "reason": "no" }))
        .await
        .is(200);
    robin.accepts(&offer).await.is(409);
    kim.ready().await;
    kim.takes(&sky.id).await;
    kim.me().await;
    let request = |below: &str| format!("/v1/requests/{}{below}", sky.id);
    kim.get(request("")).await;
    kim.get(request("/messages")).await;
    let said = kim.says(&sky.id, "I am here").await;
    sky.says("thank you").await;
    kim.call("POST", request("/typing")).send().await.is(204);
    kim.get(request(&format!("/messages?after={said}"))).await;
    kim.post(request("/transfer"), &json!({ "to": robin.id, "note": "my shift ends" })).await.is(200);
    kim.get(request("")).await;
    kim.post(request("/transfer"), &json!({ "note": "again" })).await.is(409);
    robin.takes(&sky.id).await;
    kim.call("GET", request("")).send().await.is(404);
    robin.post(request("/release"), &json!({ "reason": "I know her" })).await.is(200);
    kim.takes(&sky.id).await;
    let supervisor = &server.supervisor;
    supervisor.get(request("")).await;
    supervisor.get(request("/messages")).await;
    supervisor
        .post(request("/priority"), &json!({ "priority": "elevated", "reason": "her sister called" }))
        .await
        .is(200);
    supervisor.post(request("/assign"), &json!({ "staff": robin.id })).await.is(200);
    supervisor.post(request("/assign"), &json!({ "staff": nobody() })).await.problem();
    supervisor.get(request("/decisions")).await;
    supervisor.get("/v1/board").await;
    let mut board = supervisor.call("GET", "/v1/board/stream").stream().await;
    board.wait("the board", |_| true).await;
    let end = |assessed: bool| json!({ "outcome": "supported", "risk_assessed": assessed, "note": "better" });
    robin.post(request("/close"), &end(false)).await.is(422);
    robin.post(request("/close"), &end(true)).await.is(200);
    supervisor.get(request("")).await;
    supervisor.call("DELETE", request("")).send().await.is(422);
    supervisor.call("DELETE", request("?reason=mistake")).send().await.is(202);
    supervisor.get(format!("/v1/audit/request:{}", sky.id)).await;
    supervisor.get(format!("/v1/audit/staff:{}", robin.id)).await;
    supervisor.get("/v1/board").await;
    at_desk.next("offer").await;
}

/// Everything that is done when a volunteer is not enough.
async fn when_a_volunteer_is_not_enough(server: &Server, kim: &Staff) {
    let supervisor = &server.supervisor;
    let sky = Member::opens(server, &json!({ "language": "en", "message": "hello" })).await;
    kim.takes(&sky.id).await;
    let request = |below: &str| format!("/v1/requests/{}{below}", sky.id);
    kim.post(request("/escalate"), &json!({ "policy": "clinician", "reason": "he has a plan" })).await.is(200);
    let opened = eventually("the escalation opens", || async {
        let list = supervisor.get("/v1/escalations").await;
        list["items"].as_array()?.iter().find(|one| one["request"] == sky.id).cloned()
    })
    .await;
    let escalation = |below: &str| format!("/v1/escalations/{}{below}", opened["id"].as_str().unwrap());
    supervisor.get("/v1/board").await;
    kim.post(request("/close"), &json!({ "outcome": "supported", "risk_assessed": true })).await.is(409);
    supervisor.post(escalation("/hand-over"), &json!({ "to": supervisor.id })).await.is(409);
    supervisor.call("POST", escalation("/acknowledge")).send().await.is(200);
    let ana = server.adds(json!({ "alias": "Ana", "roles": ["professional"] })).await;
    supervisor.post(escalation("/hand-over"), &json!({ "to": ana.id, "note": "my shift ends" })).await.is(200);
    ana.get(escalation("")).await;
    ana.call("POST", escalation("/acknowledge")).send().await.is(200);
    ana.get(request("")).await;
    ana.post(request("/join"), &json!({ "as": "beside" })).await.is(200);
    let aside = json!({ "text": "ask about tonight", "to": "volunteer" });
    ana.post(request("/messages"), &aside).await.is(202);
    ana.post(escalation("/resolve"), &json!({ "outcome": "safe", "note": "she sleeps" })).await.is(200);
    supervisor.get(escalation("")).await;
    supervisor.get(format!("/v1/audit/escalation:{}", opened["id"].as_str().unwrap())).await;
    kim.closes(&sky.id).await;
    let body = json!({ "from": "+34600000000", "text": "ACK 123456" });
    let inbound = server.desk("POST", "/v1/inbound/sms").json(&body);
    inbound.clone().send().await.is(401);
    let (sent, bytes) = (now().timestamp(), body.to_string());
    let signed = signature::sign(&[Secret::parse(INBOUND).unwrap()], "m1", sent, bytes.as_bytes());
    let inbound = inbound.header(signature::ID, "m1").header(signature::TIMESTAMP, &sent.to_string());
    let said = inbound.header(signature::SIGNATURE, &signed).send().await.is(200).json();
    assert!(said["reply"].as_str().unwrap().contains("six digits"), "{said}");
    let loud = Member::opens(server, &json!({ "language": "en", "message": "hello" })).await;
    let bar = json!({ "reason": "threats", "for": "24h" });
    supervisor.post(format!("/v1/requests/{}/bar", loud.id), &bar).await.is(200);
}

/// Everything that is done about staff and their hours.
async fn supervisors_day(server: &Server) {
    let supervisor = &server.supervisor;
    let person = json!({
        "alias": "Lee", "roles": ["volunteer"], "pools": ["main"], "zone": "Asia/Tokyo", "languages": ["en", "ja"], "capacity": 3,
        "qualifications": [{ "skill": "grief", "valid_until": "2099-01-01T00:00:00Z" }],
    });
    let added = supervisor.post("/v1/staff", &person).await.is(201).json();
    let lee = Staff::of(server, &added, std::time::Duration::from_secs(1));
    let lees = |below: &str| format!("/v1/staff/{}{below}", lee.id);
    supervisor.get("/v1/staff").await;
    server.admin.get("/v1/staff").await;
    let seen = supervisor.get(lees("")).await;
    assert_eq!((&seen["alias"], &seen["zone"]), (&json!("Lee"), &json!("Asia/Tokyo")));
    // It says that there is a token, and nothing of the token.
    let said = seen.to_string();
    assert!(!said.replace("\"has_token\"", "").contains("token") && !said.contains(&lee.token), "{seen}");
    let change = json!({ "alias": "Lee S.", "languages": ["ja"], "capacity": 2 });
    supervisor.call("PATCH", lees("")).json(&change).send().await.is(200);
    assert_eq!(supervisor.get(lees("")).await["alias"], "Lee S.");

    // The clocks of Chicago go forward at two on the second Sunday of March: the next one, seen from today.
    let today = now().date_naive();
    let sundays = (0..2).filter_map(|n| NaiveDate::from_weekday_of_month_opt(today.year() + n, 3, Weekday::Sun, 2));
    let gap = sundays.into_iter().find(|date| *date > today + TimeDelta::days(1)).unwrap();
    let shifts = json!({ "shifts": [
        { "zone": "Asia/Tokyo", "days": ["mon", "fri"], "start": "22:00", "end": "06:00", "from": "2026-01-01", "until": "2027-01-01" },
        { "zone": "America/Chicago", "date": gap, "start": "02:10", "end": "02:50" },
    ] });
    let set = supervisor.put(lees("/shifts"), &shifts).await.is(200).json();
    assert_eq!(set["warnings"].as_array().unwrap().len(), 1, "a shift that the clocks skip is reported: {set}");
    let span = json!({ "zone": "Asia/Tokyo", "start": "2026-06-01T22:00", "end": "2026-06-02T03:00" });
    let leave = lee.post(lees("/leave"), &span).await.is(201).json();
    let extra = supervisor.post(lees("/extra"), &span).await.is(201).json();
    let entry = |kind: &str, entry: &Value| lees(&format!("/{kind}/{}", entry["id"].as_str().unwrap()));
    let week = "from=2026-06-01T00:00:00Z&to=2026-06-08T00:00:00Z";
    let roster = supervisor.get(format!("/v1/roster?{week}")).await;
    let ours = roster["items"].as_array().unwrap().iter().find(|row| row["staff"] == lee.id).unwrap();
    // Monday in Tokyo from 22:00 to 06:00, of which the leave takes the first five hours.
    assert_eq!(
        (&ours["start"], &ours["end"]),
        (&json!("2026-06-01T18:00:00Z"), &json!("2026-06-01T21:00:00Z")),
        "{roster}"
    );
    let coverage = supervisor.get(format!("/v1/coverage?{week}&step=1h")).await;
    let steps = coverage["items"].as_array().unwrap();
    assert_eq!(steps.len(), 7 * 24, "{coverage}");
    // Nobody speaks Spanish; Robin and Kim are always there, and Lee from 18 to 21 on Monday.
    assert!(steps.iter().all(|step| step["gaps"]["languages"] == json!(["es"])), "{coverage}");
    let people = |hour: usize| steps[hour]["people"].as_u64().unwrap();
    assert_eq!([people(17), people(18), people(20), people(21)], [2, 3, 3, 2], "{coverage}");
    supervisor.call("GET", "/v1/roster?from=yesterday&to=2026-06-08T00:00:00Z").send().await.is(422);
    supervisor.call("DELETE", entry("leave", &leave)).send().await.is(204);
    supervisor.call("DELETE", entry("extra", &extra)).send().await.is(204);
    supervisor.call("DELETE", entry("extra", &extra)).send().await.is(404);
    let skills = json!({ "qualifications": [{ "skill": "safeguarding", "valid_until": "2030-01-01T00:00:00Z" }] });
    supervisor.put(lees("/qualifications"), &skills).await.is(200);
    let methods = json!({ "contact_methods": [
        { "kind": "webhook", "to": "https://pager.example/lee" }, { "kind": "email", "to": "lee@example.org", "after": "1m" },
        { "kind": "sms", "to": "+81900000000", "after": "2m" },
    ] });
    lee.put(lees("/contact-methods"), &methods).await.is(200);
    supervisor.get(lees("")).await;

    let calendar = calendar_of(server, &lee).await;
    let feed = server.desk("GET", &calendar).send().await.is(200);
    assert!(feed.header("content-type").unwrap().starts_with("text/calendar"), "{feed}");
    assert!(String::from_utf8_lossy(&feed.body).contains("BEGIN:VEVENT"), "{feed}");
    let (path, key) = calendar.split_once("key=").unwrap();
    let wrong: String = key.chars().rev().collect();
    server.desk("GET", format!("{path}key={wrong}")).send().await.is(404);

    let rotation = json!({ "zone": "Asia/Tokyo", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
        "members": [lee.id, supervisor.id] });
    supervisor.put("/v1/rotations/clinicians", &rotation).await.is(200);
    // The shape is that of the worked cases, overrides included; what is not mentioned stays, and so does what is the same.
    let mut whole = rotation.clone();
    whole["overrides"] = json!([{ "with": supervisor.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" }]);
    let put = supervisor.put("/v1/rotations/clinicians", &whole).await.is(200).json();
    assert_eq!(put["overrides"][0]["with"], json!(supervisor.id));
    for same in [&rotation, &whole] {
        let again = supervisor.put("/v1/rotations/clinicians", same).await.is(200).json();
        assert_eq!(again["overrides"], put["overrides"]);
    }
    whole["overrides"] = json!([]);
    assert_eq!(supervisor.put("/v1/rotations/clinicians", &whole).await.is(200).json()["overrides"], json!([]));
    supervisor.get("/v1/rotations").await;
    supervisor.get("/v1/rotations/clinicians").await;
    let now = supervisor.get("/v1/rotations/clinicians/now").await;
    assert!(now.to_string().contains(&lee.id) || now.to_string().contains(&supervisor.id), "{now}");
    let cover = json!({ "with": supervisor.id, "start": "2026-06-07T08:30", "end": "2026-06-07T08:45" });
    let cover = supervisor.post("/v1/rotations/clinicians/overrides", &cover).await.is(201).json();
    supervisor.get("/v1/rotations/clinicians").await;
    let overrides = "/v1/rotations/clinicians/overrides";
    supervisor.call("DELETE", format!("{overrides}/{}", cover["id"].as_str().unwrap())).send().await.is(204);
    supervisor.call("GET", "/v1/rotations/ghosts").send().await.is(404);

    supervisor.call("POST", lees("/token")).send().await.is(201);
    supervisor.call("DELETE", lees("")).send().await.is(204);
    supervisor.call("GET", lees("")).send().await.is(404);
    lee.call("GET", "/v1/me").send().await.is(401);
}

/// The address of somebody's feed, with the key: whoever may see it is told it.
async fn calendar_of(server: &Server, person: &Staff) -> String {
    for seen in [person.me().await, server.supervisor.get(format!("/v1/staff/{}", person.id)).await] {
        let text = seen.to_string();
        if let Some(at) = text.find("/v1/staff/").filter(|_| text.contains("calendar.ics?key=")) {
            return text[at..].split('"').next().unwrap().to_owned();
        }
    }
    panic!("nobody is told the key of their calendar");
}

/// What takes an authenticator or a provider: the desk's own tests make these calls, over HTTP, with both.
const ELSEWHERE: [(&str, &str); 8] = [
    ("GET", "/v1/session/oidc"),
    ("GET", "/v1/session/oidc/callback"),
    ("POST", "/v1/session/passkey/challenge"),
    ("POST", "/v1/session/passkey"),
    ("POST", "/v1/me/passkeys/challenge"),
    ("POST", "/v1/me/passkeys"),
    ("DELETE", "/v1/me/passkeys/{passkey}"),
    ("POST", "/v1/me/recovery-codes"),
];

/// Everything that is done to sign in and out.
async fn signing_in(server: &Server) {
    let (supervisor, admin) = (&server.supervisor, &server.admin);
    let person =
        json!({ "alias": "Sam", "roles": ["volunteer"], "pools": ["main"], "zone": "UTC", "languages": ["en"] });
    let sam = supervisor.post("/v1/staff", &person).await.is(201).json();
    let sams = |below: &str| format!("/v1/staff/{}{below}", sam["id"].as_str().unwrap());
    let invitation = supervisor.call("POST", sams("/invitation")).send().await.is(201).json();
    let token = json!({ "token": invitation["token"] });
    server.desk("POST", "/v1/invitation/look").json(&token).send().await.is(200);
    let words = "seven wet herons";
    let accept = json!({ "token": invitation["token"], "name": "sam", "password": words });
    server.desk("POST", "/v1/invitation").json(&accept).send().await.is(204);
    server.desk("POST", "/v1/invitation").json(&accept).send().await.is(404);
    let door = format!("http://{}", server.address(Door::Desk));
    let sign_in = async |password: &str| {
        let body = json!({ "name": "sam", "password": password });
        let answer = server.desk("POST", "/v1/session").json(&body).send().await.is(204);
        let cookie = answer.header("set-cookie").unwrap().to_owned();
        assert!(cookie.starts_with("wideawake_staff=") && cookie.contains("; HttpOnly; SameSite=Strict;"), "{cookie}");
        cookie.split(';').next().unwrap().to_owned()
    };
    let by = |cookie: &str, method: &str, path: &str| {
        server.desk(method, path).header("cookie", cookie).header("origin", &door)
    };
    let session = sign_in(words).await;
    by(&session, "GET", "/v1/me").send().await.is(200);
    let change = json!({ "password": words, "new": "nine dry herons" });
    by(&session, "PUT", "/v1/me/password").json(&change).send().await.is(204);
    by(&session, "GET", "/v1/me").send().await.is(401);
    let session = sign_in("nine dry herons").await;
    by(&session, "DELETE", "/v1/session").send().await.is(204);
    let session = sign_in("nine dry herons").await;
    let other = sign_in("nine dry herons").await;
    by(&session, "GET", "/v1/me/sign-in").send().await.is(200);
    by(&session, "GET", "/v1/me/passkeys").send().await.is(200);
    let sessions = by(&session, "GET", "/v1/me/sessions").send().await.is(200).json();
    // The newest: the change of the password began one, too.
    let others = sessions["items"].as_array().unwrap().iter().filter(|item| item["current"] == false);
    let one =
        others.max_by_key(|item| item["began_at"].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap());
    let one = one.unwrap();
    let one = format!("/v1/me/sessions/{}", one["id"].as_str().unwrap());
    by(&session, "DELETE", &one).send().await.is(204);
    by(&other, "GET", "/v1/me").send().await.is(401);
    by(&session, "DELETE", "/v1/me/sessions").send().await.is(204);
    sign_in("nine dry herons").await;
    supervisor.call("DELETE", sams("/sessions")).send().await.is(204);
    let body = json!({ "name": "sam", "password": words });
    server.desk("POST", "/v1/session").json(&body).send().await.is(401);

    let program = json!({ "name": "crm", "scopes": ["duty:read"], "expires_at": now() + TimeDelta::days(1) });
    let made = admin.post(sams("/machine-tokens"), &program).await.is(201).json();
    admin.get(sams("/machine-tokens")).await;
    let bearer = made["token"].as_str().unwrap();
    server.desk("GET", "/v1/me").bearer(bearer).send().await.is(200);
    server.desk("PUT", "/v1/me/duty").bearer(bearer).json(&json!({ "duty": "ready" })).send().await.is(403);
    admin.call("DELETE", sams(&format!("/machine-tokens/{}", made["id"].as_str().unwrap()))).send().await.is(204);
    server.desk("GET", "/v1/me").bearer(bearer).send().await.is(401);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_documented_call_is_made_and_every_answer_is_as_documented() {
    let server = Server::start_remembering(&format!("notifier.sms.inbound_secrets = ['{INBOUND}']")).await;
    let robin = server.on_duty(json!({ "alias": "Robin" })).await;
    members_night(&server, &robin).await;
    let kim = server.volunteer(json!({ "alias": "Kim" })).await;
    volunteers_night(&server, &robin, &kim).await;
    // Whoever has rested longer is asked first: from here on only Kim is there to be asked.
    robin.duty("off").await;
    when_a_volunteer_is_not_enough(&server, &kim).await;
    supervisors_day(&server).await;
    signing_in(&server).await;

    let contract = Contract::of(&server).await;
    let exchanges = server.exchanges();
    let violations: BTreeSet<String> = contract.violations(&exchanges).into_iter().collect();
    assert!(violations.is_empty(), "{} violations:\n{}", violations.len(), Vec::from_iter(violations).join("\n"));

    let went_well = exchanges.iter().filter(|exchange| exchange.answer.status < 300);
    let made: BTreeSet<Operation> = went_well.filter_map(|exchange| contract.operation(exchange)).collect();
    let operations = contract.operations();
    let elsewhere: BTreeSet<Operation> =
        ELSEWHERE.map(|(method, path)| (Door::Desk, method.to_owned(), path.to_owned())).into();
    assert!(operations.is_superset(&elsewhere), "they are documented");
    let never: Vec<&Operation> =
        operations.difference(&made).filter(|operation| !elsewhere.contains(*operation)).collect();
    assert!(never.is_empty(), "documented, and never made with success: {never:#?}");
    // Nothing of section 14 is missing.
    let documented = |door: Door| operations.iter().filter(move |operation| operation.0 == door).count();
    assert!(documented(Door::Intake) >= 9, "{operations:#?}");
    assert!(documented(Door::Desk) >= 40, "{operations:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_document_allows_beyond_the_usual_is_taken() {
    let server = Server::start("").await;
    // `null` counts as absent, and members that nobody knows are passed over: clients are younger and older than servers.
    let odd =
        json!({ "language": "en", "alias": null, "topics": null, "screening": null, "again": null, "mood": [1, 2] });
    server.intake("POST", "/v1/requests").json(&odd).send().await.is(201);
    let rotation = json!({ "zone": "UTC", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
        "members": [server.supervisor.id],
        "overrides": [{ "with": server.supervisor.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" }] });
    let put = server.supervisor.put("/v1/rotations/x", &rotation).await.is(200).json();
    assert_eq!(server.supervisor.put("/v1/rotations/x", &put).await.is(200).json(), put, "what is read can be written");
    let charset = server.intake("POST", "/v1/requests").header("content-type", "application/json; charset=utf-8");
    charset.body("{\"language\":\"en\"}").send().await.is(201);
}
