use super::*;

const V: &[Role] = &[Role::Volunteer];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_hundred_accepts_at_once_exactly_one_wins() {
    let bench = Arc::new(Bench::new().await);
    let id = bench.open().await;
    let mut offers = Vec::new();
    for _ in 0..20 {
        let volunteer = bench.staff(V, &["main"]).await;
        offers.push((volunteer, bench.offer(id, volunteer).await));
    }
    let calls = (0..200).map(|n| {
        let (bench, (volunteer, offer)) = (bench.clone(), offers[n % offers.len()]);
        tokio::spawn(async move {
            (volunteer, bench.call(volunteer, Method::POST, &format!("/v1/offers/{offer}/accept"), None).await)
        })
    });
    let mut winners = std::collections::BTreeSet::new();
    for call in calls.collect::<Vec<_>>() {
        let (volunteer, (status, body)) = call.await.expect("no panic");
        if status == 200 {
            winners.insert(volunteer);
        } else {
            assert_eq!((status, kind(&body)), (409, "offer-gone"));
        }
    }
    assert_eq!(winners.len(), 1, "ten calls of one volunteer are one accept and its repeats");
    let accepted = bench.desk.record.history(id, wideawake_domain::Version::NONE, 1000).await.expect("a history");
    assert_eq!(accepted.iter().filter(|fact| &*fact.kind == "accepted").count(), 1);
}

#[tokio::test]
async fn an_offer_is_taken_once_and_its_repeat_is_answered_alike() {
    let bench = Bench::new().await;
    let (ana, ben) = (bench.staff(V, &["main"]).await, bench.staff(V, &["main"]).await);
    let id = bench.open().await;
    let offer = bench.offer(id, ana).await;
    let (_, me) = bench.get(ana, "/v1/me").await;
    assert_eq!(uuid(&me["open_offers"][0]["offer"]), offer.0);
    assert_eq!(me["open_offers"][0]["topics"], json!(["grief"]));
    assert!(!me.to_string().contains("secret words") && !me.to_string().contains("Moth"));

    let accept = format!("/v1/offers/{offer}/accept");
    assert_eq!(bench.call(ben, Method::POST, &accept, None).await.0, 404, "it is none of theirs");
    assert_eq!(bench.get(ana, &format!("/v1/requests/{id}")).await.0, 404, "an offer shows no conversation");
    for _ in 0..2 {
        let (status, body) = bench.call(ana, Method::POST, &accept, None).await;
        assert_eq!((status, &body["status"]), (200, &json!("active")));
    }
    let (_, me) = bench.get(ana, "/v1/me").await;
    assert_eq!((me["open_offers"].as_array().map(Vec::len), uuid(&me["active"][0]["request"])), (Some(0), id.0));
    let (_, request) = bench.get(ana, &format!("/v1/requests/{id}")).await;
    assert_eq!((&request["member"]["alias"], &request["status"]), (&json!("Moth"), &json!("active")));
    let (_, messages) = bench.get(ana, &format!("/v1/requests/{id}/messages")).await;
    assert_eq!(messages["items"][0]["text"], "secret words");

    let say = format!("/v1/requests/{id}/messages");
    let (status, said) = bench.post(ana, &say, json!({"text": "I am here"})).await;
    assert_eq!(status, 202);
    let (_, messages) = bench.get(ana, &format!("{say}?after=2&limit=1")).await;
    assert_eq!(
        messages["items"],
        json!([{
            "version": said["version"], "from": "volunteer", "staff": ana, "alias": me["alias"], "text": "I am here",
            "at": messages["items"][0]["at"],
        }])
    );

    let close = format!("/v1/requests/{id}/close");
    let (status, body) = bench.post(ana, &close, json!({"outcome": "nonsense", "risk_assessed": 1})).await;
    assert_eq!(
        (status, &body["errors"][0]["pointer"], &body["errors"][1]["pointer"]),
        (422, &json!("/outcome"), &json!("/risk_assessed"))
    );
    let good = json!({"outcome": "supported", "risk_assessed": true, "note": "calmer"});
    assert_eq!(bench.post(ana, &close, good.clone()).await.1["status"], "closed");
    let (status, body) = bench.post(ana, &close, good).await;
    assert_eq!((status, kind(&body)), (409, "already-closed"));
    assert_eq!(bench.get(ana, &format!("/v1/requests/{id}")).await.0, 404, "it is no longer theirs");
    let repeat = bench.call(ana, Method::POST, &accept, None).await;
    assert_eq!((repeat.0, &repeat.1["status"]), (200, &json!("closed")), "whoever lost the answer hears it again");
}

#[tokio::test]
async fn a_declined_offer_is_gone() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let id = bench.open().await;
    let decline = format!("/v1/offers/{}/decline", bench.offer(id, ana).await);
    assert_eq!(bench.post(ana, &decline, json!({"reason": 7})).await.0, 422);
    assert_eq!(bench.call(ana, Method::POST, &decline, None).await.0, 200);
    assert_eq!(kind(&bench.post(ana, &decline, json!({"reason": "not today"})).await.1), "offer-gone");
    assert_eq!(bench.post(ana, &format!("/v1/offers/{}/accept", Uuid::nil()), json!({})).await.0, 404);
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (_, decisions) = bench.get(supervisor, &format!("/v1/requests/{id}/decisions")).await;
    assert_eq!(decisions["items"][0]["outcome"], "declined");
    assert_eq!(decisions["items"][0]["why"]["decided_by"], "only");
}

#[tokio::test]
async fn a_handover_goes_to_a_volunteer_of_the_pool_and_to_nobody_else() {
    let bench = Bench::new().await;
    let (ana, ben, far) =
        (bench.staff(V, &["main"]).await, bench.staff(V, &["main"]).await, bench.staff(V, &["other"]).await);
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(ana).await;
    let transfer = format!("/v1/requests/{id}/transfer");
    for to in [json!(far), json!(ana), json!(supervisor), json!(Uuid::nil()), json!("x")] {
        let (status, body) = bench.post(ana, &transfer, json!({"to": to, "note": "please"})).await;
        assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/to")), "{to}");
    }
    assert_eq!(bench.post(ana, &transfer, json!({"to": ben, "note": "please"})).await.0, 200);
    assert_eq!(kind(&bench.post(supervisor, &transfer, json!({"note": "please"})).await.1), "transfer-open");

    let assign = format!("/v1/requests/{id}/assign");
    assert_eq!(bench.post(supervisor, &assign, json!({"staff": far})).await.0, 422);
    let (status, body) = bench.post(supervisor, &assign, json!({"staff": ben})).await;
    assert_eq!((status, uuid(&body["holder"])), (200, ben.0));
    assert_eq!(bench.get(ana, &format!("/v1/requests/{id}")).await.0, 404);

    let release = format!("/v1/requests/{id}/release");
    assert_eq!(bench.post(ben, &release, json!({"reason": "tired"})).await.1["status"], "waiting");
    assert_eq!(bench.post(ben, &release, json!({"reason": "tired"})).await.0, 404);
    assert_eq!(kind(&bench.post(supervisor, &release, json!({"reason": "tired"})).await.1), "not-active");
    let priority = format!("/v1/requests/{id}/priority");
    for to in ["urgent", "standard"] {
        let (status, body) = bench.post(supervisor, &priority, json!({"priority": to, "reason": "as it seems"})).await;
        assert_eq!((status, &body["priority"]), (200, &json!(to)));
    }
    let (_, board) = bench.get(supervisor, "/v1/board").await;
    assert_eq!((uuid(&board["waiting"][0]["request"]), &board["waiting"][0]["position"]), (id.0, &json!(1)));
    assert_eq!(board["waiting_count"]["standard"], 1);
}

#[tokio::test]
async fn risk_is_looked_at_before_an_urgent_request_is_closed() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(ana).await;
    bench
        .post(supervisor, &format!("/v1/requests/{id}/priority"), json!({"priority": "elevated", "reason": "x"}))
        .await;
    let close = format!("/v1/requests/{id}/close");
    let (status, body) = bench.post(ana, &close, json!({"outcome": "referred", "risk_assessed": false})).await;
    assert_eq!((status, &body["errors"][0]["pointer"]), (422, &json!("/risk_assessed")));
    assert_eq!(bench.post(ana, &close, json!({"outcome": "referred", "risk_assessed": true})).await.0, 200);
}

#[tokio::test]
async fn only_who_joined_speaks_to_the_volunteer_alone() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(ana).await;
    let say = format!("/v1/requests/{id}/messages");
    let aside = json!({"text": "ask about tonight", "to": "volunteer"});
    assert_eq!(bench.post(ana, &say, aside.clone()).await.1["errors"][0]["pointer"], "/to");
    assert_eq!(bench.post(supervisor, &say, aside.clone()).await.0, 403);
    let joining = wideawake_domain::request::Joining::Beside;
    bench.command(id, Actor::Staff(supervisor), Command::Join(supervisor, Speaker::Supervisor, joining)).await;
    assert_eq!(bench.post(supervisor, &say, aside).await.0, 202);
    let (_, messages) = bench.get(ana, &say).await;
    let last = messages["items"].as_array().and_then(|items| items.last()).cloned().unwrap_or_default();
    assert_eq!((&last["from"], &last["to"]), (&json!("supervisor"), &json!("volunteer")));
}

/// Their new dispatcher would not know what takes up their places.
#[tokio::test]
async fn who_has_a_conversation_or_an_offer_is_not_moved_to_another_pool() {
    let bench = Bench::new().await;
    let (ana, ben) = (bench.staff(V, &["main"]).await, bench.staff(V, &["main"]).await);
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let (held, offered) = (bench.held(ana).await, bench.open().await);
    let offer = bench.offer(offered, ben).await;
    let moves = async |who: StaffId, pool| {
        let path = format!("/v1/staff/{who}");
        bench.call(admin, Method::PATCH, &path, Some(json!({"pools": [pool]}))).await.0
    };
    assert_eq!((moves(ana, "other").await, moves(ben, "other").await), (409, 409));
    assert_eq!(moves(ana, "main").await, 200, "that is where they are");
    bench.post(ben, &format!("/v1/offers/{offer}/decline"), json!({})).await;
    bench.post(ana, &format!("/v1/requests/{held}/release"), json!({"reason": "tired"})).await;
    assert_eq!((moves(ana, "other").await, moves(ben, "other").await), (200, 200));
}
