use super::*;

async fn people(bench: &Bench) -> (StaffId, StaffId) {
    (bench.staff(&[Role::Volunteer], &["main"]).await, bench.staff(&[Role::Supervisor], &["main"]).await)
}

#[tokio::test]
async fn shifts_leave_and_extra_make_the_roster() {
    let bench = Bench::new().await;
    let (ana, supervisor) = people(&bench).await;
    let path = |what: &str| format!("/v1/staff/{ana}/{what}");
    let put = async |body| bench.call(supervisor, Method::PUT, &path("shifts"), Some(body)).await;
    for (shift, field) in [
        (json!({"zone": "Mars/X", "days": ["mon"], "start": "22:00", "end": "06:00"}), "/shifts/0/zone"),
        (json!({"zone": "Etc/UTC", "days": ["Mon"], "start": "22:00", "end": "06:00"}), "/shifts/0/days/0"),
        (json!({"zone": "Etc/UTC", "start": "22:00", "end": "06:00"}), "/shifts/0/days"),
        (
            json!({"zone": "Etc/UTC", "days": ["mon"], "date": "2026-12-01", "start": "22:00", "end": "06:00"}),
            "/shifts/0/date",
        ),
        (
            json!({"zone": "Etc/UTC", "date": "2026-12-01", "from": "2026-12-01", "start": "22:00", "end": "06:00"}),
            "/shifts/0/from",
        ),
        (json!({"zone": "Etc/UTC", "days": ["mon"], "start": "24:00", "end": "6:00"}), "/shifts/0/start"),
    ] {
        let (status, problem) = put(json!({"shifts": [shift]})).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(field)), "{problem}");
    }
    let shifts = json!([
        {"zone": "Asia/Kathmandu", "days": ["tue", "mon"], "start": "22:00", "end": "06:00", "from": "2026-01-01"},
        {"zone": "America/Chicago", "days": ["sun"], "start": "02:10", "end": "02:50"},
        {"zone": "Etc/UTC", "date": "2026-12-06", "start": "09:05", "end": "17:00"},
    ]);
    let (status, answer) = put(json!({"shifts": shifts})).await;
    assert_eq!((status, answer["warnings"].as_array().map(Vec::len)), (200, Some(1)), "{answer}");
    let span = |start: &str, end: &str| json!({"zone": "Etc/UTC", "start": start, "end": end});
    let (status, leave) = bench.post(ana, &path("leave"), span("2026-12-06T12:00", "2026-12-06T13:00")).await;
    assert_eq!(status, 201);
    assert_eq!(bench.post(ana, &path("leave"), span("2026-12-06T12:00", "2026-12-06T12:00")).await.0, 422);
    assert_eq!(bench.post(ana, &path("extra"), span("2026-12-05T12:00", "2026-12-05T13:00")).await.0, 403);
    let (status, extra) = bench.post(supervisor, &path("extra"), span("2026-12-05T12:00", "2026-12-05T13:00")).await;
    assert_eq!(status, 201);
    let (_, detail) = bench.get(supervisor, &format!("/v1/staff/{ana}")).await;
    assert_eq!(detail["shifts"], shifts);
    assert_eq!((&detail["leave"][0]["id"], &detail["extra"][0]["id"]), (&leave["id"], &extra["id"]));

    let roster = "/v1/roster?from=2026-12-05T00:00:00Z&to=2026-12-07T00:00:00Z";
    let row = |start: &str, end: &str| json!({"staff": ana, "start": start, "end": end});
    let whole = json!([
        row("2026-12-05T12:00:00Z", "2026-12-05T13:00:00Z"),
        row("2026-12-06T08:10:00Z", "2026-12-06T08:50:00Z"),
        row("2026-12-06T09:05:00Z", "2026-12-06T12:00:00Z"),
        row("2026-12-06T13:00:00Z", "2026-12-06T17:00:00Z"),
    ]);
    assert_eq!(bench.get(supervisor, roster).await.1["items"], whole);
    let gone = format!("{}/{}", path("leave"), leave["id"].as_str().unwrap_or_default());
    assert_eq!(bench.call(ana, Method::DELETE, &gone, None).await.0, 204);
    assert_eq!(bench.call(ana, Method::DELETE, &gone, None).await.0, 404);
    assert_eq!(bench.get(supervisor, roster).await.1["items"].as_array().map(Vec::len), Some(3));
    for bad in [
        "",
        "?from=2026-12-05T00:00:00Z",
        "?from=x&to=y",
        "?from=2026-12-05T00:00:00Z&to=2026-12-05T00:00:00Z",
        "?from=0001-01-01T00:00:00Z&to=9999-01-01T00:00:00Z",
    ] {
        assert_eq!(bench.get(supervisor, &format!("/v1/roster{bad}")).await.0, 422, "{bad}");
    }
    let coverage = "/v1/coverage?from=2026-12-06T08:00:00Z&to=2026-12-06T20:00:00Z&step=6h";
    let (_, coverage) = bench.get(supervisor, coverage).await;
    assert_eq!(coverage["items"].as_array().map(Vec::len), Some(2));
    assert_eq!(coverage["items"][0]["gaps"]["languages"], json!(["en"]), "a gap of a quarter of an hour is one");
    let many = "/v1/coverage?from=2026-12-06T08:00:00Z&to=2027-12-06T20:00:00Z&step=1s";
    assert_eq!(bench.get(supervisor, many).await.1["errors"][0]["parameter"], "step");
}

#[tokio::test]
async fn whoever_is_scheduled_sees_it_at_once() {
    let bench = Bench::new().await;
    let (ana, supervisor) = people(&bench).await;
    assert_eq!(bench.get(ana, "/v1/me").await.1["on_shift"], false);
    let always = json!({"shifts": [{"zone": "Etc/UTC", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "00:00"}]});
    assert_eq!(bench.call(supervisor, Method::PUT, &format!("/v1/staff/{ana}/shifts"), Some(always)).await.0, 200);
    let (status, duty) = bench.call(ana, Method::PUT, "/v1/me/duty", Some(json!({"duty": "ready"}))).await;
    assert_eq!((status, &duty["duty"], &duty["on_shift"]), (200, &json!("ready"), &json!(true)));
    let (_, me) = bench.get(ana, "/v1/me").await;
    assert_eq!((&me["duty"], &me["shift_ends"]), (&json!("ready"), &duty["shift_ends"]));
    for bad in [json!({"duty": "asleep"}), json!({"duty": "off", "reason": "x".repeat(201)}), json!([])] {
        assert_eq!(bench.call(ana, Method::PUT, "/v1/me/duty", Some(bad)).await.0, 422);
    }
    assert_eq!(bench.call(ana, Method::POST, "/v1/me/heartbeat", None).await.0, 204);
}

#[tokio::test]
async fn a_calendar_is_for_whoever_holds_its_key_until_the_token_changes() {
    let bench = Bench::new().await;
    let (ana, supervisor) = people(&bench).await;
    let today = clock::now().date_naive().to_string();
    let shift = json!({"shifts": [{"zone": "Etc/UTC", "date": today, "start": "09:00", "end": "10:00"}]});
    bench.call(supervisor, Method::PUT, &format!("/v1/staff/{ana}/shifts"), Some(shift)).await;
    let (_, me) = bench.get(ana, "/v1/me").await;
    let path = me["calendar"].as_str().expect("a path").to_owned();
    let fetch = async |path: &str| {
        let answer = bench.send(bench.request(None, &Method::GET, path, None)).await;
        let (status, kind) = (answer.status().as_u16(), answer.headers()["content-type"].clone());
        let bytes = axum::body::to_bytes(answer.into_body(), 100_000).await.expect("a body");
        (status, kind, String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    };
    let (status, kind, text) = fetch(&path).await;
    assert_eq!((status, kind.to_str().ok()), (200, Some("text/calendar; charset=utf-8")));
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 1);
    assert!(text.contains(&format!("DTSTART:{}T090000Z", today.replace('-', ""))), "{text}");
    let bare = path.split('?').next().expect("a path");
    for wrong in [
        bare.to_owned(),
        format!("{bare}?key="),
        format!("{bare}?key=AAAA"),
        path.replace(&ana.to_string(), &supervisor.to_string()),
    ] {
        assert_eq!(fetch(&wrong).await.0, 404, "{wrong}");
    }
    bench.post(supervisor, &format!("/v1/staff/{ana}/token"), json!({})).await;
    assert_eq!(fetch(&path).await.0, 404);
}

#[tokio::test]
async fn contact_methods_and_qualifications_are_checked() {
    let bench = Bench::new().await;
    let (ana, supervisor) = people(&bench).await;
    let path = format!("/v1/staff/{ana}/contact-methods");
    let put = async |who, body| bench.call(who, Method::PUT, &path, Some(body)).await;
    let good = json!({"contact_methods": [
        {"kind": "webhook", "to": "https://a.example/hook"}, {"kind": "sms", "to": "+34600000000", "after": "2m"},
    ]});
    let (status, answer) = put(ana, good).await;
    assert_eq!((status, &answer["contact_methods"][1]["after"]), (200, &json!("120s")));
    assert_eq!(bench.get(ana, "/v1/me").await.1["contact_methods"], answer["contact_methods"]);
    for (method, field) in [
        (json!({"kind": "pigeon", "to": "x"}), "kind"),
        (json!({"kind": "webhook", "to": "ftp://a.example"}), "to"),
        (json!({"kind": "email", "to": "a@b"}), "to"),
        (json!({"kind": "sms", "to": "0034"}), "to"),
        (json!({"kind": "sms", "to": "+34600000000", "after": "-1s"}), "after"),
        (json!({"kind": "sms", "to": "+34600000000", "after": "30d"}), "after"),
    ] {
        let (status, problem) = put(ana, json!({"contact_methods": [method]})).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(format!("/contact_methods/0/{field}"))));
    }
    let path = format!("/v1/staff/{ana}/qualifications");
    let put = async |who, body| bench.call(who, Method::PUT, &path, Some(body)).await;
    let good = json!({"qualifications": [{"skill": "safeguarding", "valid_until": "2027-01-01T01:00:00+01:00"}, {"skill": "first-aid"}]});
    let (status, answer) = put(supervisor, good.clone()).await;
    assert_eq!(status, 200);
    assert_eq!(answer["qualifications"][0]["valid_until"], "2027-01-01T00:00:00Z");
    assert_eq!(put(ana, good).await.0, 403);
    assert_eq!(put(supervisor, json!({})).await.1["errors"][0]["pointer"], "/qualifications");
    assert_eq!(put(supervisor, json!({"qualifications": [{"skill": "A b"}]})).await.0, 422);
}

#[tokio::test]
async fn a_rotation_is_changed_by_those_who_answer_for_everybody_in_it() {
    let bench = Bench::new().await;
    let [ours, theirs] = [("main"), ("other")].map(|pool| [pool]);
    let (here, there) =
        (bench.staff(&[Role::Supervisor], &ours).await, bench.staff(&[Role::Supervisor], &theirs).await);
    let (ana, ben) =
        (bench.staff(&[Role::Professional], &ours).await, bench.staff(&[Role::Professional], &theirs).await);
    let path = "/v1/rotations/clinicians";
    let put = async |who, members: Value| {
        let body =
            json!({"zone": "Etc/UTC", "starts": "2020-01-01", "handoff": "09:00", "every_days": 7, "members": members});
        bench.call(who, Method::PUT, path, Some(body)).await.0
    };
    assert_eq!(put(there, json!([ben, ana])).await, 403, "somebody of another pool would be called");
    assert_eq!(put(here, json!([ana])).await, 200);
    assert_eq!(put(there, json!([ben])).await, 403, "those who count on it would not be called any more");
    let at = |days| (clock::now() + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M").to_string();
    let stand_in = |who: StaffId| json!({"with": who, "start": at(-1), "end": at(1)});
    let add = async |by, who| bench.post(by, &format!("{path}/overrides"), stand_in(who)).await;
    assert_eq!(add(there, ben).await.0, 403);
    assert_eq!(add(here, ben).await.0, 403);
    let (status, added) = add(here, ana).await;
    assert_eq!(status, 201);
    let gone = format!("{path}/overrides/{}", added["id"].as_str().expect("an id"));
    assert_eq!(bench.call(there, Method::DELETE, &gone, None).await.0, 403);
    assert_eq!(bench.call(here, Method::DELETE, &gone, None).await.0, 204);
    // Who left is nobody's any more, and keeps nobody from changing it.
    let carol = bench.staff(&[Role::Professional], &ours).await;
    assert_eq!(put(here, json!([ana, carol])).await, 200);
    assert_eq!(bench.call(here, Method::DELETE, &format!("/v1/staff/{carol}"), None).await.0, 204);
    assert_eq!(put(here, json!([ana])).await, 200);
}

#[tokio::test]
async fn a_rotation_says_who_is_on_and_who_stands_in() {
    let bench = Bench::new().await;
    let (ana, supervisor) = people(&bench).await;
    let path = "/v1/rotations/primary";
    assert_eq!(bench.get(supervisor, path).await.0, 404);
    assert_eq!(bench.get(supervisor, "/v1/rotations/No%20Name").await.0, 404);
    let put = async |body| bench.call(supervisor, Method::PUT, path, Some(body)).await;
    let mut rotation = json!({"zone": "Etc/UTC", "starts": "2020-01-01", "handoff": "09:00", "every_days": 7, "members": [ana, supervisor]});
    for (field, value, pointer) in [
        ("overrides", json!([{"with": ana}]), "/overrides/0/start"),
        ("members", json!([]), "/members"),
        ("members", json!([Uuid::nil()]), "/members/0"),
        ("every_days", json!(0), "/every_days"),
        ("every_days", json!(1e9), "/every_days"),
    ] {
        let mut bad = rotation.clone();
        bad[field] = value;
        let (status, problem) = put(bad).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(pointer)));
    }
    assert_eq!(put(rotation.clone()).await.0, 200);
    let (_, first) = bench.get(supervisor, &format!("{path}/now")).await;
    let other = if uuid(&first["member"]) == ana.0 { supervisor } else { ana };
    assert!(first["until"].is_string(), "{first}");
    let now = clock::now();
    let at = |days| (now + TimeDelta::days(days)).format("%Y-%m-%dT%H:%M").to_string();
    let stand_in = json!({"with": other, "start": at(-1), "end": at(1)});
    let (status, added) = bench.post(supervisor, &format!("{path}/overrides"), stand_in).await;
    assert_eq!(status, 201);
    assert_eq!(uuid(&bench.get(supervisor, &format!("{path}/now")).await.1["member"]), other.0);
    rotation["every_days"] = json!(14);
    assert_eq!(put(rotation).await.1["overrides"][0]["id"], added["id"], "overrides stay");
    let gone = format!("{path}/overrides/{}", added["id"].as_str().unwrap_or_default());
    assert_eq!(bench.call(supervisor, Method::DELETE, &gone, None).await.0, 204);
    assert_eq!(bench.call(supervisor, Method::DELETE, &gone, None).await.0, 404);
    let (_, list) = bench.get(supervisor, "/v1/rotations").await;
    assert_eq!((&list["items"][0]["name"], &list["items"][0]["overrides"]), (&json!("primary"), &json!([])));
    let stream = list["items"][0]["stream"].as_str().unwrap_or_default().to_owned();
    assert_eq!(
        bench.get(supervisor, &format!("/v1/audit/{stream}")).await.1["items"].as_array().map(Vec::len),
        Some(4)
    );
    let future =
        json!({"zone": "Etc/UTC", "starts": "2999-12-31", "handoff": "09:00", "every_days": 366, "members": [ana]});
    assert_eq!(put(future).await.0, 200);
    let (_, nobody) = bench.get(supervisor, &format!("{path}/now")).await;
    let next = json!({"staff": ana, "alias": "volunteer-0"});
    assert_eq!(nobody, json!({"member": null, "alias": null, "until": "2999-12-31T09:00:00Z", "next": next}));
}
