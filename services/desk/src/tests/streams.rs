use super::*;

const V: &[Role] = &[Role::Volunteer];

/// Everything that can happen to a volunteer, one after the other; the last is always the word `bye`.
async fn live_through(bench: &Bench, ana: StaffId, ben: StaffId, supervisor: StaffId) -> RequestId {
    let other = bench.open().await;
    bench.offer(other, ana).await;
    bench.command(other, Actor::Member, Command::Leave(None)).await;
    let id = bench.open().await;
    let offer = bench.offer(id, ana).await;
    bench.call(ana, Method::POST, &format!("/v1/offers/{offer}/accept"), None).await;
    for n in 0..3 {
        bench.member_says(id, &format!("word {n}")).await;
        bench.post(ana, &format!("/v1/requests/{id}/messages"), json!({"text": format!("answer {n}")})).await;
        // What happens to others is none of theirs.
        let theirs = bench.held(ben).await;
        bench.member_says(theirs, "not for Ana").await;
    }
    bench.command(id, ROUTER, Command::MemberAway(clock::now())).await;
    bench.command(id, ROUTER, Command::MemberBack).await;
    bench.call(ana, Method::PUT, "/v1/me/duty", Some(json!({"duty": "break", "reason": "tea"}))).await;
    bench.post(ana, &format!("/v1/requests/{id}/transfer"), json!({"note": "tired"})).await;
    let handover = bench.offer(id, ben).await;
    bench.call(ben, Method::POST, &format!("/v1/offers/{handover}/decline"), None).await;
    bench.post(supervisor, &format!("/v1/requests/{id}/priority"), json!({"priority": "urgent", "reason": "x"})).await;
    let joining = wideawake_domain::request::Joining::Holder;
    bench.command(id, Actor::Staff(supervisor), Command::Join(supervisor, Speaker::Supervisor, joining)).await;
    bench.member_says(id, "Ana does not hear this").await;
    bench.post(supervisor, &format!("/v1/requests/{id}/assign"), json!({"staff": ana})).await;
    bench.member_says(id, "bye").await;
    id
}

async fn until_bye(listener: &mut Listener) -> Vec<Heard> {
    let mut heard = Vec::new();
    loop {
        let event = listener.next().await.expect("the stream goes on");
        let last = event.data["text"] == "bye";
        heard.push(event);
        if last {
            return heard;
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_cut_anywhere_goes_on_without_gap_or_repeat() {
    let bench = Bench::new().await;
    let (ana, ben) = (bench.staff(V, &["main"]).await, bench.staff(V, &["main"]).await);
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    let first = listener.expect("snapshot").await;
    live_through(&bench, ana, ben, supervisor).await;
    let whole = until_bye(&mut listener).await;
    let names: Vec<&str> = whole.iter().map(|heard| &*heard.event).collect();
    assert_eq!(
        names,
        [
            "offer",
            "offer_withdrawn",
            "offer",
            "assigned",
            "message",
            "message",
            "message",
            "message",
            "message",
            "message",
            "member",
            "member",
            "duty",
            "transfer",
            "transfer",
            "priority",
            "released",
            "assigned",
            "message"
        ]
    );
    let text = serde_json::to_string(&whole.iter().map(|heard| &heard.data).collect::<Vec<_>>()).expect("JSON");
    assert!(!text.contains("not for Ana") && !text.contains("does not hear"));
    let ids: std::collections::BTreeSet<_> = whole.iter().map(|heard| heard.id.clone()).collect();
    assert_eq!(ids.len(), whole.len(), "an id says exactly what was seen");
    let mut cuts: Vec<&Heard> = vec![&first];
    cuts.extend(&whole);
    for (n, cut) in cuts.into_iter().enumerate() {
        let id = cut.id.as_deref().expect("it has an id");
        let mut again = bench.listen(ana, "/v1/me/stream", Some(id)).await;
        let snapshot = again.expect("snapshot").await;
        assert_eq!(snapshot.id.as_deref(), Some(id), "the snapshot does not skip what follows");
        let rest = if n < whole.len() { until_bye(&mut again).await } else { Vec::new() };
        let said = |heard: &[Heard]| heard.iter().map(|h| (h.event.clone(), h.data.clone())).collect::<Vec<_>>();
        assert_eq!(said(&rest), said(&whole[n..]), "cut at {n}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_comes_back_in_the_middle_of_everything_misses_nothing() {
    let bench = Arc::new(Bench::new().await);
    let ana = bench.staff(V, &["main"]).await;
    let id = bench.held(ana).await;
    let writer = tokio::spawn({
        let bench = bench.clone();
        async move {
            for n in 0..200 {
                bench.member_says(id, &format!("{n}")).await;
            }
            bench.member_says(id, "bye").await;
        }
    });
    let mut heard: Vec<String> = Vec::new();
    let mut last: Option<String> = None;
    for round in 0.. {
        let mut listener = bench.listen(ana, "/v1/me/stream", last.as_deref()).await;
        let snapshot = listener.expect("snapshot").await;
        last = last.or(snapshot.id);
        for _ in 0..=round % 5 {
            let Some(message) = listener.next().await else { break };
            last = message.id.clone();
            heard.push(message.data["text"].as_str().unwrap_or_default().to_owned());
            if heard.last().is_some_and(|text| text == "bye") {
                break;
            }
        }
        if heard.last().is_some_and(|text| text == "bye") {
            break;
        }
    }
    writer.await.expect("no panic");
    let first: usize = heard[0].parse().unwrap_or(200);
    let expected: Vec<String> = (first..200).map(|n| n.to_string()).chain(["bye".to_owned()]).collect();
    assert_eq!(heard, expected);
}

#[tokio::test]
async fn an_unknown_id_starts_from_a_snapshot_and_a_void_token_ends_the_stream() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let id = bench.open().await;
    let offer = bench.offer(id, ana).await;
    for unknown in ["nonsense", "bm9uc2Vuc2U", "MTc.9999999999"] {
        let mut listener = bench.listen(ana, "/v1/me/stream", Some(unknown)).await;
        let snapshot = listener.expect("snapshot").await;
        assert_ne!(snapshot.id.as_deref(), Some(unknown));
        assert_eq!(uuid(&snapshot.data["open_offers"][0]["offer"]), offer.0);
    }
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    listener.expect("snapshot").await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    assert_eq!(bench.post(admin, &format!("/v1/staff/{ana}/token"), json!({})).await.0, 201);
    assert_eq!(listener.next().await, None);
}

#[tokio::test]
async fn supervisors_hear_of_escalations_of_their_pools() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let elsewhere = bench.staff(&[Role::Supervisor], &["other"]).await;
    let mut listener = bench.listen(supervisor, "/v1/me/stream", None).await;
    let first = listener.expect("snapshot").await;
    let mut far = bench.listen(elsewhere, "/v1/me/stream", None).await;
    far.expect("snapshot").await;
    let id = bench.open().await;
    let cause = wideawake_domain::request::Cause::Away;
    let raise = Command::Escalate { policy: "supervisor".to_owned(), cause, reason: None };
    bench.command(id, ROUTER, raise).await;
    let heard = listener.expect("escalation").await;
    let raised =
        json!({"request": id, "policy": "supervisor", "cause": "away", "priority": "standard", "stage": "raised"});
    assert_eq!(heard.data, raised);
    let mut again = bench.listen(supervisor, "/v1/me/stream", first.id.as_deref()).await;
    again.expect("snapshot").await;
    assert_eq!(again.expect("escalation").await.data, heard.data);
    bench.call(elsewhere, Method::PUT, "/v1/me/duty", Some(json!({"duty": "ready"}))).await;
    far.expect("duty").await;
    let (_, board) = bench.get(supervisor, "/v1/board").await;
    assert_eq!(board["escalations"][0]["causes"], json!(["away"]));
    assert_eq!(bench.get(elsewhere, "/v1/board").await.1["escalations"], json!([]));
}

#[tokio::test]
async fn a_holder_is_reminded_once_when_they_listen() {
    let mut settings = settings();
    settings.dispatch.first_reply = Some(TimeDelta::milliseconds(100));
    let bench = Bench::with(settings).await;
    let (ana, ben) = (bench.staff(V, &["main"]).await, bench.staff(V, &["main"]).await);
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    listener.expect("snapshot").await;
    let id = bench.held(ana).await;
    listener.expect("assigned").await;
    let nudge = listener.expect("nudge").await;
    assert_eq!((nudge.id, nudge.data), (None, json!({"request": id, "kind": "first_reply"})));

    let unheard = bench.held(ben).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut late = bench.listen(ben, "/v1/me/stream", None).await;
    late.expect("snapshot").await;
    assert_eq!(late.expect("nudge").await.data["request"], json!(unheard));
    let mut second = bench.listen(ben, "/v1/me/stream", None).await;
    second.expect("snapshot").await;
    bench.member_says(unheard, "hello?").await;
    second.expect("message").await;
    late.expect("message").await;
}

#[tokio::test]
async fn the_board_is_shown_whole_and_then_as_it_changes() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let ana = bench.staff(V, &["main"]).await;
    bench.call(ana, Method::PUT, "/v1/me/duty", Some(json!({"duty": "ready"}))).await;
    let mut listener = bench.listen(supervisor, "/v1/board/stream", None).await;
    let board = listener.expect("board").await;
    assert_eq!(board.data["waiting"], json!([]));
    assert_eq!(
        (&board.data["on_duty"][0]["duty"], &board.data["on_duty"][0]["present"]),
        (&json!("ready"), &json!(true))
    );
    let id = bench.open().await;
    let waiting = listener.expect("waiting").await;
    assert_eq!(
        (uuid(&waiting.data["waiting"][0]["request"]), &waiting.data["waiting_count"]["standard"]),
        (id.0, &json!(1))
    );
    bench.command(id, ROUTER, Command::Assign(ana)).await;
    let mut seen = BTreeMap::new();
    while seen.len() < 3 {
        let heard = listener.next().await.expect("it goes on");
        seen.insert(heard.event, heard.data);
    }
    assert_eq!(seen["waiting"]["waiting"], json!([]));
    assert_eq!(uuid(&seen["active"]["active"][0]["staff"]), ana.0);
    assert_eq!(seen["on_duty"]["on_duty"][0]["load"], 1);
}

#[tokio::test]
async fn after_a_restart_everything_is_as_it_was_and_streams_go_on() {
    let bench = Bench::new().await;
    let (ana, ben) = (bench.staff(V, &["main"]).await, bench.staff(V, &["main"]).await);
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    let first = listener.expect("snapshot").await;
    live_through(&bench, ana, ben, supervisor).await;
    let whole = until_bye(&mut listener).await;
    bench.offer(bench.open().await, ana).await;
    let after = bench.beside().await;
    for who in [ana, ben, supervisor] {
        assert_eq!(after.get(who, "/v1/me").await, bench.get(who, "/v1/me").await);
    }
    // Whoever made a call was seen by the process that they made it to.
    let (mut board, mut before) =
        (after.get(supervisor, "/v1/board").await.1, bench.get(supervisor, "/v1/board").await.1);
    for board in [&mut board, &mut before] {
        board["on_duty"] = Value::Null;
        board["longest_wait_s"] = Value::Null;
    }
    assert_eq!(board, before);
    for cut in [&first, &whole[7]] {
        let mut again = after.listen(ana, "/v1/me/stream", cut.id.as_deref()).await;
        again.expect("snapshot").await;
        let rest = until_bye(&mut again).await;
        assert_eq!(rest.last().map(|heard| &heard.data), whole.last().map(|heard| &heard.data));
        assert_eq!(
            rest.len(),
            whole.iter().position(|heard| heard == cut).map_or(whole.len(), |n| whole.len() - n - 1)
        );
        again.expect("offer").await;
    }
}

#[tokio::test]
async fn what_another_process_appends_is_heard_and_told() {
    let bench = Bench::new().await;
    let tool = bench.beside().await;
    let ana = tool.staff(V, &["main"]).await;
    bench.tokens.lock().expect("no panic").extend(tool.tokens.lock().expect("no panic").clone());
    let began = std::time::Instant::now();
    while bench.get(ana, "/v1/me").await.0 == 401 {
        assert!(began.elapsed() < LONG);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    listener.expect("snapshot").await;
    let id = tool.open().await;
    let mut watch =
        bench.desk.record.live().watch(wideawake_domain::StreamId::request(id)).await.expect("it can be watched");
    let offer = tool.offer(id, ana).await;
    assert_eq!(uuid(&listener.expect("offer").await.data["offer"]), offer.0);
    let grown = tokio::time::timeout(LONG, watch.grown()).await.expect("the member's door is told");
    assert!(grown.expect("it can be watched").0 >= 1);
}

#[tokio::test]
async fn a_member_is_told_now_and_then_that_somebody_writes() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let id = bench.held(ana).await;
    let stream = wideawake_domain::StreamId::request(id);
    let mut watch = bench.desk.record.live().watch(stream).await.expect("it can be watched");
    for _ in 0..5 {
        let (status, body) = bench.call(ana, Method::POST, &format!("/v1/requests/{id}/typing"), None).await;
        assert_eq!(status, 204, "{body}");
    }
    let heard = tokio::time::timeout(LONG, watch.next()).await.expect("the member's door is told");
    assert_eq!(heard.expect("it can be watched"), wideawake_runtime::record::Hint::Typing);
    bench.post(ana, &format!("/v1/requests/{id}/messages"), json!({"text": "There."})).await;
    let heard = tokio::time::timeout(LONG, watch.next()).await.expect("the member's door is told");
    let once = matches!(heard, Ok(wideawake_runtime::record::Hint::Grown(_)));
    assert!(once, "{heard:?}: however often it is said, it is told once in a while");
}

#[tokio::test]
async fn who_missed_too_much_starts_from_a_snapshot() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    let first = listener.expect("snapshot").await;
    bench.offer(bench.open().await, ana).await;
    let offer = listener.expect("offer").await;
    let noise = |n: usize| wideawake_ledger::Append {
        stream: wideawake_domain::StreamId { kind: wideawake_domain::StreamKind::Checkpoint, id: clock::new_id() },
        pool: Pool::all(),
        expected: wideawake_domain::Version::NONE,
        at: clock::now(),
        actor: ROUTER,
        trace: "".into(),
        events: vec![wideawake_ledger::NewEvent { kind: "noise".into(), data: "{}".into() }; n],
        fence: None,
        ends_at: None,
        key: wideawake_ledger::KeyChange::Keep,
    };
    bench.desk.record.ledger().append(noise(9_000)).await.expect("it is written");
    let mut again = bench.listen(ana, "/v1/me/stream", first.id.as_deref()).await;
    assert_eq!(again.expect("snapshot").await.id, first.id);
    assert_eq!(again.expect("offer").await.data, offer.data);
    bench.desk.record.ledger().append(noise(1_500)).await.expect("it is written");
    let mut again = bench.listen(ana, "/v1/me/stream", first.id.as_deref()).await;
    assert_ne!(again.expect("snapshot").await.id, first.id);
    bench.call(ana, Method::PUT, "/v1/me/duty", Some(json!({"duty": "ready"}))).await;
    again.expect("duty").await;
}

#[tokio::test]
async fn a_reader_who_is_too_slow_is_cut_off_and_reads_on() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let id = bench.held(ana).await;
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    let mut last = listener.expect("snapshot").await.id;
    for n in 0..600 {
        bench.member_says(id, &n.to_string()).await;
    }
    let mut heard = Vec::new();
    while let Some(message) = listener.next().await {
        last = message.id;
        heard.push(message.data["text"].clone());
    }
    assert!(heard.len() < 600);
    let mut again = bench.listen(ana, "/v1/me/stream", last.as_deref()).await;
    again.expect("snapshot").await;
    while heard.len() < 600 {
        heard.push(again.expect("message").await.data["text"].clone());
    }
    assert_eq!(heard, (0..600).map(|n| json!(n.to_string())).collect::<Vec<_>>());
}

#[tokio::test]
async fn whoever_is_replaced_by_somebody_who_joins_hears_of_it_although_no_event_names_them() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let id = bench.held(ana).await;
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    let first = listener.expect("snapshot").await;
    let joining = wideawake_domain::request::Joining::Holder;
    bench.command(id, Actor::Staff(supervisor), Command::Join(supervisor, Speaker::Supervisor, joining)).await;
    let released = listener.expect("released").await;
    let mut again = bench.listen(ana, "/v1/me/stream", first.id.as_deref()).await;
    again.expect("snapshot").await;
    assert_eq!(again.expect("released").await.data, released.data);
}

#[tokio::test]
async fn a_program_hears_what_is_said_only_with_the_scope_for_it() {
    let bench = Bench::new().await;
    let (admin, ana) = (bench.staff(&[Role::Admin], &[]).await, bench.staff(V, &["main"]).await);
    let carries = |token: String| bench.tokens.lock().expect("no panic").insert(ana, token).expect("they had one");
    for (scopes, hears) in [(json!(["duty"]), false), (json!(["duty:read", "conversations:read"]), true)] {
        let wanted = json!({"name": "lamp", "scopes": scopes, "expires_at": clock::now() + TimeDelta::days(1)});
        let (status, made) = bench.post(admin, &format!("/v1/staff/{ana}/machine-tokens"), wanted).await;
        assert_eq!(status, 201, "{made}");
        let theirs = carries(made["token"].as_str().expect("a token").to_owned());
        let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
        carries(theirs);
        let first = listener.expect("snapshot").await;
        let id = bench.held(ana).await;
        bench.member_says(id, "in confidence").await;
        bench.command(id, ROUTER, Command::MemberAway(clock::now())).await;
        let theirs = carries(made["token"].as_str().expect("a token").to_owned());
        let mut again = bench.listen(ana, "/v1/me/stream", first.id.as_deref()).await;
        carries(theirs);
        for listener in [&mut listener, &mut again] {
            let mut heard = Vec::new();
            while heard.last().is_none_or(|event| event != "member") {
                heard.push(listener.next().await.expect("it goes on").event);
            }
            assert_eq!(heard.iter().any(|event| event == "message"), hears, "{scopes}: {heard:?}");
        }
    }
}

#[tokio::test]
async fn what_was_said_is_not_read_again_by_whoever_is_no_part_of_it_any_more() {
    let bench = Bench::new().await;
    let ana = bench.staff(V, &["main"]).await;
    let mut listener = bench.listen(ana, "/v1/me/stream", None).await;
    let bookmark = listener.expect("snapshot").await.id.expect("an id").parse().expect("a bookmark");
    let [over, taken, held] = [bench.held(ana).await, bench.held(ana).await, bench.held(ana).await];
    for id in [over, taken, held] {
        bench.member_says(id, "in confidence").await;
    }
    bench.command(over, Actor::Member, Command::Leave(None)).await;
    let (status, _) = bench.post(ana, &format!("/v1/requests/{taken}/release"), json!({"reason": "tired"})).await;
    assert!((200..300).contains(&status), "{status}");
    bench.desk.feed.refresh().await;
    let heard = async |later| {
        let (record, feed, now) = (&bench.desk.record, &bench.desk.feed, clock::now());
        let missed = crate::feed::missed(record, feed, ana, &bookmark, now + later).await.expect("a record");
        let notices = missed.expect("it is not too long ago").notices;
        let said = notices.iter().filter_map(|notice| match &*notice.payload {
            crate::feed::Payload::Message(said) => Some(said.request),
            _ => None,
        });
        said.collect::<Vec<_>>()
    };
    assert_eq!(heard(TimeDelta::zero()).await, [over, taken, held], "a member's last words come through");
    assert_eq!(heard(TimeDelta::minutes(3)).await, [held]);
}
