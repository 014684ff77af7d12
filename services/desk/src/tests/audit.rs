use super::*;

#[tokio::test]
async fn a_history_shows_everything_but_what_was_sealed() {
    let bench = Bench::new().await;
    let ana = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let elsewhere = bench.staff(&[Role::Supervisor], &["other"]).await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let id = bench.held(ana).await;
    bench
        .post(
            ana,
            &format!("/v1/requests/{id}/close"),
            json!({"outcome": "supported", "risk_assessed": true, "note": "x"}),
        )
        .await;
    let path = format!("/v1/audit/request:{id}");
    let (status, history) = bench.get(supervisor, &path).await;
    assert_eq!(status, 200);
    let items = history["items"].as_array().expect("a history");
    let kinds: Vec<_> = items.iter().map(|item| item["type"].as_str().unwrap_or_default()).collect();
    assert_eq!(kinds, ["opened", "message", "assigned", "closed"]);
    let facts = bench.desk.record.history(id, wideawake_domain::Version::NONE, 100).await.expect("a history");
    for (item, fact) in items.iter().zip(&facts) {
        assert_eq!(item["hash"].as_str().map(str::len), Some(64));
        let stored: Value = serde_json::from_str(&fact.data).expect("JSON");
        for (field, value) in stored.as_object().expect("an object") {
            let sealed = ["alias", "text", "note", "token"].contains(&&**field);
            let expected = if sealed { &json!("‹sealed›") } else { value };
            assert_eq!(&item["data"][field], expected, "{field} of {}", fact.kind);
        }
    }
    assert_eq!(items[3]["actor"], json!(format!("staff:{ana}")));
    assert_eq!(bench.get(elsewhere, &path).await.0, 404);
    assert_eq!(bench.get(admin, &path).await.0, 403);
    assert_eq!(bench.get(ana, &path).await.0, 403);
    let (_, rest) = bench.get(supervisor, &format!("{path}?after=2&limit=1")).await;
    assert_eq!((rest["items"].as_array().map(Vec::len), &rest["items"][0]["version"]), (Some(1), &json!(3)));

    let methods = json!({"contact_methods": [{"kind": "email", "to": "ana@example.org"}]});
    bench.call(ana, Method::PUT, &format!("/v1/staff/{ana}/contact-methods"), Some(methods)).await;
    let (_, history) = bench.get(admin, &format!("/v1/audit/staff:{ana}")).await;
    assert_eq!(history["items"][0]["data"]["token"], "‹sealed›");
    assert_eq!(history["items"][1]["data"]["methods"][0]["to"], "‹sealed›");
    assert_eq!(bench.get(elsewhere, &format!("/v1/audit/staff:{ana}")).await.0, 404);
    bench.call(ana, Method::PUT, "/v1/me/duty", Some(json!({"duty": "ready"}))).await;
    let duty = wideawake_domain::staff::duty_stream(ana, clock::now());
    assert_eq!(bench.get(supervisor, &format!("/v1/audit/{duty}")).await.1["items"][0]["type"], "duty_set");
    assert_eq!(bench.get(elsewhere, &format!("/v1/audit/{duty}")).await.0, 404);
    for nothing in [
        "request:x",
        "nothing",
        "escalation:00000000-0000-0000-0000-000000000000",
        "checkpoint:00000000-0000-0000-0000-000000000000",
    ] {
        assert_eq!(bench.get(supervisor, &format!("/v1/audit/{nothing}")).await.0, 404, "{nothing}");
    }
}

#[tokio::test]
async fn what_was_erased_cannot_be_read_by_anyone() {
    let bench = Bench::new().await;
    let ana = bench.staff(&[Role::Volunteer], &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(ana).await;
    bench.desk.record.erase(id, Actor::Member).await.expect("it is erased");
    let (status, request) = bench.get(supervisor, &format!("/v1/requests/{id}")).await;
    assert_eq!((status, &request["erased"], &request["member"]["alias"]), (200, &json!(true), &Value::Null));
    let (_, messages) = bench.get(supervisor, &format!("/v1/requests/{id}/messages")).await;
    assert_eq!(messages["items"][0]["text"], Value::Null);
}
