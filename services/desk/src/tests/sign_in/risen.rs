//! What somebody had before they had more to say, who may say so, and what cookies are called.

use wideawake_domain::staff::{Change, Changed};

use super::*;

#[tokio::test]
async fn a_bearer_token_of_before_does_not_carry_more_than_it_did() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let path = format!("/v1/staff/{robin}");
    let tokens = format!("{path}/machine-tokens");
    let machine = json!({"name": "crm", "scopes": ["board"], "expires_at": clock::now() + TimeDelta::days(1)});
    assert_eq!(bench.post(admin, &tokens, machine).await.0, 201);
    assert_eq!(bench.get(admin, &path).await.1["has_token"], true);
    let mut stream = bench.listen(robin, "/v1/me/stream", None).await;
    stream.expect("snapshot").await;
    let roles = |roles: Value| Some(json!({"roles": roles}));
    let (status, answer) = bench.call(admin, Method::PATCH, &path, roles(json!(["volunteer", "professional"]))).await;
    assert_eq!((status, &answer["has_token"]), (200, &json!(true)), "that is no more to say");
    let (status, answer) = bench.call(admin, Method::PATCH, &path, roles(json!(["volunteer", "supervisor"]))).await;
    assert_eq!((status, &answer["has_token"]), (200, &json!(false)), "and the answer says so");
    assert_eq!(bench.get(robin, "/v1/me").await.0, 401);
    let ends = async { while stream.next().await.is_some() {} };
    tokio::time::timeout(LONG, ends).await.expect("its streams end");
    assert_eq!(bench.get(admin, &tokens).await.1["items"], json!([]));
    let (status, new) = bench.call(admin, Method::POST, &format!("{path}/token"), None).await;
    assert_eq!(status, 201);
    bench.tokens.lock().expect("no panic").insert(robin, new["token"].as_str().expect("a token").to_owned());
    assert_eq!(bench.get(robin, "/v1/board").await.0, 200);
    // The first admin goes on as they were.
    let own = format!("/v1/staff/{admin}");
    let more = json!({"roles": ["admin", "supervisor"], "pools": ["main"]});
    assert_eq!(bench.call(admin, Method::PATCH, &own, Some(more)).await.0, 200);
    assert_eq!(bench.get(admin, "/v1/me").await.0, 200);
}

/// What a desk knows may be a second old; who somebody is and what they may do is read when it counts.
#[tokio::test]
async fn authority_over_a_colleague_is_judged_on_the_record_and_not_on_what_a_desk_knows() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let operator = Actor::System(Part::Operator);
    // A desk that hears of nothing.
    let stale = bench.beside().await;
    stale.shutdown.cancel();
    tokio::task::yield_now().await;
    let by = stale.desk.feed.with(|known| crate::permit::Caller::by_token(known, supervisor)).expect("they are there");
    let promoted = Changed { roles: Some(vec![Role::Admin]), ..Changed::default() };
    let change = |changed: Changed, id| bench.desk.record.change_staff(id, Change::Profile(changed), operator);
    change(promoted, robin).await.expect("it is written");
    assert!(stale.desk.member(robin).expect("known").is(Role::Volunteer), "it is stale");
    let token = || Change::Token("of the supervisor's making".to_owned());
    let refused = stale.desk.change_staff(robin, token(), &by).await.expect_err("Robin is an admin by now");
    assert!(matches!(
        refused.kind(),
        wideawake_runtime::http::Kind::Forbidden | wideawake_runtime::http::Kind::NotFound
    ));
    // Likewise a caller who is no longer what the desk thinks.
    let kim = bench.staff(&[Role::Volunteer], &["main"]).await;
    let demoted = Changed { roles: Some(vec![Role::Volunteer]), ..Changed::default() };
    change(demoted, supervisor).await.expect("it is written");
    let refused = stale.desk.change_staff(kim, token(), &by).await.expect_err("they are a volunteer by now");
    assert_eq!(refused.kind(), wideawake_runtime::http::Kind::Conflict);
    assert_eq!(bench.desk.record.staff(kim).await.expect("a record").expect("there").version, Version(1));
}

#[tokio::test]
async fn over_tls_cookies_are_of_this_very_host_and_no_others_are_taken() {
    let bench = Bench::signing_in_as(|sign_in| sign_in.public_url = "https://desk.example.org".to_owned()).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    let body = json!({"name": "robin", "password": PASSWORD});
    let answer = bench.send(browser.request(&Method::POST, "/v1/session", Some(&body))).await;
    let cookies: Vec<_> =
        answer.headers().get_all(header::SET_COOKIE).iter().map(|cookie| cookie.to_str().expect("text")).collect();
    assert_eq!(cookies.len(), 2);
    for cookie in &cookies {
        assert!(
            cookie.starts_with("__Host-wideawake_") && cookie.ends_with("; Secure") && cookie.contains("; Path=/;"),
            "{cookie}"
        );
        assert!(!cookie.contains("Domain"));
    }
    browser.keep(&answer);
    assert_eq!(browser.me(&bench).await, 200);
    // What another host of the domain could have set.
    let mut planted = Browser::default();
    planted.cookies.insert("wideawake_staff".to_owned(), browser.session().to_owned());
    assert_eq!(planted.me(&bench).await, 401);
}

#[tokio::test]
async fn somebody_sees_their_sessions_and_ends_the_one_that_they_do_not_know() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let [robin, kim] =
        [bench.staff(&[Role::Volunteer], &["main"]).await, bench.staff(&[Role::Volunteer], &["main"]).await];
    bench.sets_up(supervisor, robin, "robin", false).await;
    bench.sets_up(supervisor, kim, "kim", false).await;
    let [mut here, mut there, mut kims] = [Browser::default(), Browser::default(), Browser::default()];
    for (browser, name) in [(&mut here, "robin"), (&mut there, "robin"), (&mut kims, "kim")] {
        assert_eq!(browser.signs_in(&bench, name, PASSWORD, None).await.0, 204);
    }
    let (_, list) = here.call(&bench, Method::GET, "/v1/me/sessions", None).await;
    let items = list["items"].as_array().expect("a list");
    assert_eq!(items.len(), 2);
    let other = items.iter().find(|item| item["current"] == false).expect("the other");
    let path = format!("/v1/me/sessions/{}", other["id"].as_str().expect("an id"));
    assert_eq!(kims.call(&bench, Method::DELETE, &path, None).await.0, 404, "it is not theirs");
    assert_eq!(there.me(&bench).await, 200);
    assert_eq!(here.call(&bench, Method::DELETE, &path, None).await.0, 204);
    assert_eq!((here.me(&bench).await, there.me(&bench).await), (200, 401));
    assert_eq!(here.call(&bench, Method::DELETE, &path, None).await.0, 404);
}

/// A name that nobody has costs what one costs that somebody has: the same reads and the same hash.
#[tokio::test]
async fn a_name_that_nobody_has_is_looked_up_as_somebodys() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let [robin, kim] =
        [bench.staff(&[Role::Volunteer], &["main"]).await, bench.staff(&[Role::Volunteer], &["main"]).await];
    assert_eq!(bench.desk.feed.with(|known| known.somebody_with_a_name(7)), None);
    bench.sets_up(supervisor, robin, "robin", false).await;
    bench.sets_up(supervisor, kim, "kim", false).await;
    let whose = |lot| bench.desk.feed.with(|known| known.somebody_with_a_name(lot));
    let found: std::collections::BTreeSet<_> = (0..4).filter_map(whose).collect();
    assert_eq!(found, [robin, kim].into());
    assert_eq!(whose(u64::MAX), whose(u64::MAX), "always the same");
    // Their password lets nobody in under another name.
    assert_eq!(Browser::at("192.0.2.1:1").signs_in(&bench, "nobody", PASSWORD, None).await.0, 401);
}
