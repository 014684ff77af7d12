//! What a session survives and what it does not.

use super::*;

#[tokio::test]
async fn a_session_cookie_from_before_is_never_taken_over() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let planted = tokens::new().expose().to_owned();
    let mut browser = Browser::default();
    browser.cookies.insert("wideawake_staff".to_owned(), planted.clone());
    assert_eq!(browser.me(&bench).await, 401);
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    assert_ne!(browser.session(), planted);
    let mut attacker = Browser::default();
    attacker.cookies.insert("wideawake_staff".to_owned(), planted);
    assert_eq!(attacker.me(&bench).await, 401);
    let first = browser.session().to_owned();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    assert_ne!(browser.session(), first, "each time it is a new one");
}

#[tokio::test]
async fn another_site_can_neither_call_nor_sign_somebody_in() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let foreign = HeaderValue::from_static("https://evil.example");
    for (method, path, body) in [
        (Method::POST, "/v1/me/heartbeat", None),
        (Method::PUT, "/v1/me/duty", Some(json!({"duty": "off"}))),
        (Method::DELETE, "/v1/session", None),
        (Method::DELETE, "/v1/me/sessions", None),
        (Method::POST, "/v1/session", Some(json!({"name": "robin", "password": PASSWORD}))),
    ] {
        for origin in [Some(&foreign), Some(&HeaderValue::from_static("null")), None] {
            let mut request = browser.request(&method, path, body.as_ref());
            request.headers_mut().remove(header::ORIGIN);
            request.headers_mut().extend(origin.map(|origin| (header::ORIGIN, origin.clone())));
            assert_eq!(bench.send(request).await.status(), 403, "{method} {path} from {origin:?}");
        }
    }
    let body = json!({"name": "robin", "password": PASSWORD});
    let mut request = Browser::default().request(&Method::POST, "/v1/session", Some(&body));
    request.headers_mut().insert(header::ORIGIN, foreign);
    assert_eq!(bench.send(request).await.status(), 403, "nobody is signed in as somebody else without knowing");
    assert_eq!(browser.me(&bench).await, 200);
    // A HEAD is a GET: it changes nothing, and needs the session all the same.
    assert_eq!(bench.send(browser.request(&Method::HEAD, "/v1/me", None)).await.status(), 200);
    assert_eq!(bench.send(Browser::default().request(&Method::HEAD, "/v1/me", None)).await.status(), 401);
}

#[tokio::test]
async fn a_token_in_use_is_replaced_and_two_tabs_do_not_sign_each_other_out() {
    let rotate = TimeDelta::microseconds(1);
    let bench = Bench::signing_in_as(|sign_in| sign_in.lifetimes.rotate = rotate).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let mut seen = vec![browser.session().to_owned()];
    // Three tabs that send the same cookie at the same moment.
    for _ in 0..5 {
        let mut tabs = [browser.clone(), browser.clone(), browser.clone()];
        let [a, b, c] = &mut tabs;
        assert_eq!(tokio::join!(a.me(&bench), b.me(&bench), c.me(&bench)), (200, 200, 200));
        let newest = bench.desk.feed.with(|known| {
            let session = tabs.iter().find_map(|tab| known.sessions.by_token(&tokens::hash_token(tab.session())));
            session.map(|session| session.token.clone())
        });
        let tab = tabs.iter().find(|tab| Some(tokens::hash_token(tab.session())) == newest);
        browser = tab.expect("one of them has the newest").clone();
        assert!(!seen.contains(&browser.session().to_owned()), "it was replaced");
        seen.push(browser.session().to_owned());
    }
    assert_eq!(bench.sessions().await, 1);
    // An answer that got lost: the same call again gets the same new token.
    let lost = browser.clone();
    let (mut once, mut twice) = (lost.clone(), lost);
    assert_eq!((once.me(&bench).await, twice.me(&bench).await), (200, 200));
    assert_eq!(once.session(), twice.session());
    // Two tokens later it is over.
    let mut oldest = Browser::default();
    oldest.cookies.insert("wideawake_staff".to_owned(), seen[0].clone());
    assert_eq!(oldest.me(&bench).await, 401);
}

#[tokio::test]
async fn a_session_ends_unused_and_however_much_it_is_used() {
    for lifetimes in [
        Lifetimes { idle: TimeDelta::milliseconds(1), rotate: TimeDelta::milliseconds(1), ..Lifetimes::default() },
        Lifetimes { absolute: TimeDelta::milliseconds(300), ..Lifetimes::default() },
    ] {
        let bench = Bench::signing_in_as(|sign_in| sign_in.lifetimes = lifetimes).await;
        let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
        let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
        bench.sets_up(supervisor, robin, "robin", false).await;
        let mut browser = Browser::default();
        assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
        let ended = async {
            let kept = browser.session().to_owned();
            assert!(!kept.is_empty());
            loop {
                tokio::task::yield_now().await;
                let mut other = Browser::default();
                other.cookies.insert("wideawake_staff".to_owned(), kept.clone());
                if other.me(&bench).await == 401 {
                    return;
                }
            }
        };
        tokio::time::timeout(LONG, ended).await.expect("it ends");
    }
}

#[tokio::test]
async fn signing_out_ends_one_session_and_signing_out_everywhere_all_of_them_in_every_process() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let beside = bench.beside().await;
    let [mut one, mut two, mut three] = [Browser::default(), Browser::default(), Browser::default()];
    for browser in [&mut one, &mut two, &mut three] {
        assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
        assert_eq!(browser.me(&beside).await, 200, "another process knows it at once");
    }
    let gone = async |browser: &mut Browser| {
        let out = async {
            while browser.me(&beside).await != 401 {
                tokio::task::yield_now().await;
            }
        };
        tokio::time::timeout(LONG, out).await.expect("the other process hears of it");
    };
    let mut left = one.clone();
    let (status, _) = one.call(&bench, Method::DELETE, "/v1/session", None).await;
    assert_eq!((status, one.session()), (204, ""), "the cookie is taken away");
    assert_eq!((left.me(&bench).await, two.me(&bench).await), (401, 200));
    gone(&mut left).await;
    assert_eq!(left.call(&bench, Method::DELETE, "/v1/session", None).await.0, 204, "again is no mistake");
    let mut left = two.clone();
    assert_eq!(two.call(&bench, Method::DELETE, "/v1/me/sessions", None).await.0, 204);
    assert_eq!((left.me(&bench).await, three.me(&bench).await), (401, 401));
    gone(&mut left).await;
    // Whoever manages them can do the same, and nobody else.
    assert_eq!(one.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let path = format!("/v1/staff/{robin}/sessions");
    assert_eq!(bench.call(robin, Method::DELETE, &path, None).await.0, 403);
    assert_eq!(one.me(&bench).await, 200);
    assert_eq!(bench.call(supervisor, Method::DELETE, &path, None).await.0, 204);
    assert_eq!(one.me(&bench).await, 401);
}

#[tokio::test]
async fn a_stream_ends_with_its_session() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let answer = bench.send(browser.request(&Method::GET, "/v1/me/stream", None)).await;
    let mut stream = Listener { body: answer.into_body().into_data_stream().boxed(), text: String::new() };
    stream.expect("snapshot").await;
    assert_eq!(browser.call(&bench, Method::DELETE, "/v1/session", None).await.0, 204);
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn a_new_password_ends_every_other_session_and_who_leaves_has_none() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let (mut here, mut there) = (Browser::default(), Browser::default());
    for browser in [&mut here, &mut there] {
        assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    }
    let change = |old: &str, new: &str| Some(json!({"password": old, "new": new}));
    let next = "nine dry herons";
    let path = "/v1/me/password";
    assert_eq!(here.call(&bench, Method::PUT, path, change("seven old herons", next)).await.0, 401);
    assert_eq!(here.call(&bench, Method::PUT, path, change(PASSWORD, "short")).await.0, 422);
    assert_eq!(here.call(&bench, Method::PUT, path, change(PASSWORD, next)).await.0, 204);
    assert_eq!((here.me(&bench).await, there.me(&bench).await), (200, 401));
    assert_eq!(there.signs_in(&bench, "robin", PASSWORD, None).await.0, 401);
    assert_eq!(there.signs_in(&bench, "robin", next, None).await.0, 204);
    assert_eq!(bench.call(supervisor, Method::DELETE, &format!("/v1/staff/{robin}"), None).await.0, 204);
    assert_eq!((here.me(&bench).await, there.me(&bench).await), (401, 401));
    assert_eq!(there.signs_in(&bench, "robin", next, None).await.0, 401);
    assert_eq!(bench.desk.record.ledger().key(StreamId::staff(robin)).await.expect("a ledger"), None);
}
