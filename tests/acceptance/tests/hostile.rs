//! Whatever anybody sends, they get a documented problem: never a fault of ours, and never a hint.
#![allow(clippy::unwrap_used, clippy::panic)]

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use wideawake_acceptance::doors::Call;
use wideawake_acceptance::{Answer, Chance, DEADLINE, Door, Member, Server, Staff, nobody};

/// A night under way: a conversation, an offer, and everybody there is.
struct Night {
    server: Server,
    sky: Member,
    waiting: Member,
    /// Somebody who is turned away.
    unwanted: Member,
    offer: String,
    robin: Staff,
    kim: Staff,
    professional: Staff,
    /// A supervisor and a volunteer of another pool.
    elsewhere: (Staff, Staff),
}

impl Night {
    async fn falls() -> Self {
        let keys = "pool = [{ name = 'main' }, { name = 'other' }]\n\
                    line = [{ name = 'night', pool = 'main', languages = ['en'], topics = ['grief'] }]\n\
                    dispatch.standard.offer_timeout = '10m'\n\
                    dispatch.presence_grace = '10m'\ndispatch.reconnect_grace = '10m'";
        let server = Server::start(keys).await;
        let robin = server.on_duty(json!({ "alias": "Robin" })).await;
        let sky = Member::opens(&server, &json!({ "language": "en", "alias": "Sky", "message": "hello" })).await;
        robin.takes(&sky.id).await;
        let waiting = Member::asks(&server).await;
        let offer = robin.offered(&waiting.id).await["offer"].as_str().unwrap().to_owned();
        let unwanted = Member::asks(&server).await;
        let kim = server.volunteer(json!({ "alias": "Kim" })).await;
        let professional = server.adds(json!({ "alias": "Ana", "roles": ["professional"] })).await;
        let other = |role: &str| json!({ "alias": "Bo", "roles": [role], "pools": ["other"] });
        let elsewhere = (server.adds(other("supervisor")).await, server.adds(other("volunteer")).await);
        let rotation = json!({ "zone": "UTC", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
            "members": [server.supervisor.id] });
        server.supervisor.put("/v1/rotations/clinicians", &rotation).await.is(200);
        Self { server, sky, waiting, unwanted, offer, robin, kim, professional, elsewhere }
    }

    async fn still_works(&self) {
        assert_eq!(self.sky.state().await["status"], "active");
        assert_eq!(self.waiting.state().await["status"], "waiting");
        self.sky.says("still here").await;
        for door in [Door::Intake, Door::Desk] {
            self.server.call(door, "GET", "/healthz").send().await.is(200);
            self.server.call(door, "GET", "/readyz").send().await.is(200);
        }
    }

    /// Every call with a body, with one that is taken.
    fn bodies(&self) -> Vec<(Call, Value)> {
        let request = format!("/v1/requests/{}", self.sky.id);
        let staff = format!("/v1/staff/{}", self.kim.id);
        let full = json!({
            "line": "night", "language": "en", "time_zone": "Europe/Lisbon", "country": "PT", "alias": "Sky",
            "age_band": "over_25", "topics": ["grief"], "message": "hello", "screening": { "q1": true },
            "again": { "id": self.sky.id, "token": self.sky.token },
        });
        let person = json!({ "alias": "Lee", "roles": ["volunteer"], "pools": ["main"], "zone": "Asia/Tokyo",
            "languages": ["en"], "capacity": 2,
            "qualifications": [{ "skill": "grief", "valid_until": "2099-01-01T00:00:00Z" }] });
        let shifts = json!({ "shifts": [{ "zone": "UTC", "days": ["mon"], "start": "10:00", "end": "12:00",
            "from": "2026-01-01", "until": "2027-01-01" }, { "zone": "UTC", "date": "2026-10-29", "start": "23:00", "end": "07:00" }] });
        let span = json!({ "zone": "UTC", "start": "2030-03-08T02:30", "end": "2030-03-08T04:00" });
        let rotation = json!({ "zone": "UTC", "starts": "2026-03-06", "handoff": "02:30", "every_days": 1,
            "members": [self.server.supervisor.id],
            "overrides": [{ "with": self.server.supervisor.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" }] });
        let supervisor = |method: &str, path: String| self.server.supervisor.call(method, path);
        vec![
            (self.server.intake("POST", "/v1/requests"), full),
            (self.sky.call("POST", "/messages"), json!({ "text": "hello" })),
            (self.robin.call("PUT", "/v1/me/duty"), json!({ "duty": "ready", "reason": "back" })),
            (self.robin.call("POST", format!("{request}/messages")), json!({ "text": "hello" })),
            (
                supervisor("POST", format!("{request}/priority")),
                json!({ "priority": "elevated", "reason": "her sister called" }),
            ),
            (
                self.robin.call("POST", format!("{request}/escalate")),
                json!({ "policy": "clinician", "reason": "he has a plan" }),
            ),
            (supervisor("POST", format!("{request}/join")), json!({ "as": "beside" })),
            (
                supervisor("POST", format!("/v1/requests/{}/bar", self.unwanted.id)),
                json!({ "reason": "threats", "for": "24h" }),
            ),
            (supervisor("POST", "/v1/staff".to_owned()), person),
            (supervisor("PATCH", staff.clone()), json!({ "alias": "Kim", "capacity": 3 })),
            (supervisor("PUT", format!("{staff}/shifts")), shifts),
            (supervisor("POST", format!("{staff}/extra")), span.clone()),
            (supervisor("POST", format!("{staff}/leave")), span),
            (
                supervisor("PUT", format!("{staff}/qualifications")),
                json!({ "qualifications": [{ "skill": "grief", "valid_until": "2099-01-01T00:00:00Z" }] }),
            ),
            (
                self.kim.call("PUT", format!("{staff}/contact-methods")),
                json!({ "contact_methods": [{ "kind": "email", "to": "kim@example.org" }, { "kind": "sms", "to": "+351900000000", "after": "2m" }] }),
            ),
            (supervisor("PUT", "/v1/rotations/clinicians".to_owned()), rotation),
            (
                supervisor("POST", "/v1/rotations/clinicians/overrides".to_owned()),
                json!({ "with": self.server.supervisor.id, "start": "2026-03-07T08:30", "end": "2026-03-07T08:45" }),
            ),
        ]
    }
}

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

/// Either it was taken, or it is the caller's problem, said in full.
#[track_caller]
fn taken_or_a_problem(answer: &Answer, sent: &str) {
    let sent: String = sent.chars().take(300).collect();
    assert!(answer.status < 500, "{sent}: {answer}");
    if answer.status >= 400 {
        let problem = answer.problem();
        if answer.status == 422 {
            let errors = problem["errors"].as_array().cloned().unwrap_or_default();
            let named = errors.iter().all(|error| error["pointer"].is_string() || error["parameter"].is_string());
            assert!(named && !errors.is_empty(), "{sent}: each offending field is named: {answer}");
        }
    }
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

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_told_so() {
    let night = Night::falls().await;
    let large = vec![b' '; 10 * 1024 * 1024];
    for (call, _) in night.bodies() {
        let answer = call.clone().header("content-type", "application/json").body(large.clone()).send().await;
        answer.refused(413, "too-large");
        let chunks = large.chunks(50_000).map(|chunk| Ok::<_, std::io::Error>(chunk.to_vec())).collect::<Vec<_>>();
        let chunked = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
        let response = call.request().header("content-type", "application/json").body(chunked).timeout(DEADLINE).send();
        let response = response.await.unwrap();
        assert_eq!(response.status(), 413);
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }
    let just = json!({ "language": "en", "message": "x", "padding": "x".repeat(65_000) });
    night.server.intake("POST", "/v1/requests").json(&just).send().await.is(201);
    night.server.intake("GET", format!("/v1/lines?{}", "x".repeat(50_000))).send().await.problem();
    let large = "x".repeat(60_000);
    let answer = night.server.intake("GET", "/v1/lines").header("x-large", &large).send().await;
    answer.refused(431, "headers-too-large");
    // Also when there is so much of it that the answer comes in the middle.
    for _ in 0..5 {
        let mut socket = TcpStream::connect(night.server.address(Door::Intake)).await.unwrap();
        let head = format!("GET /v1/lines HTTP/1.1\r\nhost: x\r\nx-large: {}", "x".repeat(700_000));
        socket.write_all(head.as_bytes()).await.unwrap();
        socket.shutdown().await.unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).await.expect("it is not reset");
        assert!(answer.starts_with("HTTP/1.1 431") && answer.contains("headers-too-large"), "{answer}");
    }
    let key = night.server.intake("POST", "/v1/requests").header("idempotency-key", &"k".repeat(10_000));
    key.json(&json!({ "language": "en" })).send().await.problem();
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn garbage_on_the_socket_is_answered_or_hung_up_on() {
    let night = Night::falls().await;
    let mut chance = Chance::new();
    let mut all: Vec<Vec<u8>> = [
        &b"GET / HTTP/9.9\r\n\r\n"[..],
        b"GET /v1/lines HTTP/1.1\r\n\r\n",
        b"GET /v1/lines HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\n{}",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n{}",
        b"POST /v1/requests HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nzzz\r\n",
        b"GET /\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1/requests/%00%ff%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET /v1/../../../etc/passwd HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"GET http://elsewhere/v1/lines HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"CONNECT elsewhere:443 HTTP/1.1\r\nhost: elsewhere:443\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"TRACE / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"\r\n\r\n\r\n\r\n",
        b"GET /v1/lines HTTP/1.1\r\nbad header\r\n\r\n",
        b"GET /v1/lines HTTP/1.1\r\nhost: x\r\nauthorization: Bearer \xff\xfe\r\nconnection: close\r\n\r\n",
    ]
    .iter()
    .map(|bytes| bytes.to_vec())
    .collect();
    all.extend((0..30).map(|n| chance.bytes(1 + n * 37)));
    for door in [Door::Intake, Door::Desk] {
        for bytes in &all {
            let mut socket = TcpStream::connect(night.server.address(door)).await.unwrap();
            let _ = socket.write_all(bytes).await;
            let _ = socket.shutdown().await;
            let mut answer = Vec::new();
            let end = tokio::time::timeout(DEADLINE, socket.read_to_end(&mut answer)).await;
            assert!(end.is_ok(), "nobody hung up on {:?}", String::from_utf8_lossy(bytes));
            let answer = String::from_utf8_lossy(&answer);
            if let Some(status) = answer.split(' ').nth(1) {
                let asked = String::from_utf8_lossy(bytes);
                assert!(!status.starts_with('5'), "{asked:?}: {answer}");
                assert!(status.starts_with('2') || answer.contains("application/problem+json"), "{asked:?}: {answer}");
            }
        }
    }
    night.still_works().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_are_not_there_are_problems() {
    let server = Server::start("").await;
    let robin = server.volunteer(json!({})).await;
    for door in [Door::Intake, Door::Desk] {
        for path in [
            "/",
            "/v1",
            "/v1/",
            "/v2/requests",
            "/v1/nothing",
            "/favicon.ico",
            "/v1/requests/x/y/z",
            "//",
            "/v1/requests//messages",
        ] {
            let answer = server.call(door, "GET", path).send().await;
            assert!([401, 404, 405].contains(&answer.status), "{answer}");
            answer.problem();
        }
        let answer = server.call(door, "DELETE", "/openapi.json").send().await;
        answer.refused(405, "method-not-allowed");
        assert!(answer.header("allow").is_some(), "{:?}", answer.headers);
    }
    server.intake("DELETE", "/v1/lines").send().await.refused(405, "method-not-allowed");
    // What other issues bring is not there yet.
    for (method, path) in [("POST", "/v1/session"), ("DELETE", "/v1/session")] {
        for staff in [&robin, &server.supervisor] {
            let answer = staff.call(method, path).json(&json!({})).send().await;
            answer.refused(404, "not-found");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn queries_and_headers_with_anything_are_taken_or_refused() {
    let night = Night::falls().await;
    let strange = [
        "",
        "x",
        "-1",
        "0",
        "1e9",
        "99999999999999999999",
        "%00",
        "%ff",
        "2026-13-01T00:00:00Z",
        "[]",
        "null",
        "%F0%9F%92%99",
        "2026-01-01T00:00:00Z",
    ];
    for a in strange {
        for b in strange {
            for path in [
                format!("/v1/roster?from={a}&to={b}"),
                format!("/v1/coverage?from={a}&to={b}&step={a}"),
                format!("/v1/coverage?from=2026-01-01T00:00:00Z&to=2026-01-02T00:00:00Z&step={b}"),
                format!("/v1/roster?from={a}&from={b}"),
            ] {
                taken_or_a_problem(&night.server.supervisor.call("GET", &path).send().await, &path);
            }
        }
        for path in [format!("/v1/requests/{}/messages?after={a}", night.sky.id), format!("/v1/requests/{a}/messages")]
        {
            taken_or_a_problem(&night.robin.call("GET", &path).send().await, &path);
        }
        for path in [
            format!("/v1/audit/{a}"),
            format!("/v1/audit/request:{a}"),
            format!("/v1/audit/{a}:{}", night.sky.id),
            format!("/v1/audit/escalation:{a}"),
            format!("/v1/escalations/{a}"),
            format!("/v1/rotations/{a}"),
            format!("/v1/staff/{a}"),
        ] {
            taken_or_a_problem(&night.server.supervisor.call("GET", &path).send().await, &path);
        }
        let calendar = format!("/v1/staff/{}/calendar.ics?key={a}", night.robin.id);
        let answer = night.server.desk("GET", &calendar).send().await;
        assert!((400..500).contains(&answer.status), "{answer}");
        answer.problem();
        let country = format!("/v1/resources?country={a}");
        taken_or_a_problem(&night.server.intake("GET", &country).send().await, &country);
        let key =
            night.server.intake("POST", "/v1/requests").header("idempotency-key", a).json(&json!({ "language": "en" }));
        taken_or_a_problem(&key.send().await, a);
    }
    // A range of ages is not computed to its end.
    let ages = "/v1/coverage?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z&step=1s";
    taken_or_a_problem(&night.server.supervisor.call("GET", ages).send().await, ages);
    let ages = "/v1/roster?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z";
    taken_or_a_problem(&night.server.supervisor.call("GET", ages).send().await, ages);
    night.still_works().await;
}

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
