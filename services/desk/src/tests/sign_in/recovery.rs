//! Codes for whoever lost their authenticator.

use super::*;

/// Somebody with a second factor, and their recovery codes.
async fn kim(bench: &Bench) -> (StaffId, Vec<u8>, Vec<String>) {
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (_, invitation) = bench.invites(admin, kim).await;
    let (_, view) = bench.post(admin, "/v1/invitation/look", json!({"token": invitation["token"]})).await;
    let key = key_of(&view);
    let body = json!({
        "token": invitation["token"], "name": "kim", "password": PASSWORD, "setup": view["setup"],
        "code": code_at(&key, clock::now().timestamp() - 30),
    });
    let (status, answer) = Browser::default().call(bench, Method::POST, "/v1/invitation", Some(body)).await;
    assert_eq!(status, 200, "{answer}");
    (kim, key, codes_of(&answer))
}

fn codes_of(answer: &Value) -> Vec<String> {
    let codes = answer["recovery_codes"].as_array().expect("codes");
    codes.iter().map(|code| code.as_str().expect("text").to_owned()).collect()
}

#[tokio::test]
async fn each_is_good_once_in_place_of_a_code_on_whichever_desk() {
    let bench = Bench::new().await;
    let (kim, _, codes) = kim(&bench).await;
    assert_eq!(codes.len(), 10);
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "kim", "seven dry herons", Some(codes[0].clone())).await.0, 401);
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some("0000-0000-0000-0000".to_owned())).await.0, 401);
    let typed = codes[0].to_uppercase().replace('-', " ");
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(typed)).await.0, 204);
    assert_eq!(browser.me(&bench).await, 200);
    let beside = bench.beside().await;
    for desk in [&bench, &beside] {
        let (status, _) = Browser::default().signs_in(desk, "kim", PASSWORD, Some(codes[0].clone())).await;
        assert_eq!(status, 401, "it was used");
    }
    let (_, ways) = browser.call(&bench, Method::GET, "/v1/me/sign-in", None).await;
    assert_eq!(
        (&ways["recovery_codes"], &ways["second_factor"], &ways["name"]),
        (&json!(9), &json!(true), &json!("kim"))
    );
    let (_, sessions) = browser.call(&bench, Method::GET, "/v1/me/sessions", None).await;
    assert_eq!(
        (&sessions["items"][0]["by"], &sessions["items"][0]["current"]),
        (&json!("recovery_code"), &json!(true))
    );
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let (_, history) = bench.get(admin, &format!("/v1/audit/staff:{kim}")).await;
    let all = history.to_string();
    assert!(all.contains("recovery_code_used"), "its use is recorded");
    let facts = bench.desk.record.ledger().tail(None, 10_000).await.expect("a record").0;
    for code in &codes {
        assert!(
            facts.iter().all(|fact| !fact.data.contains(code.as_str()) && !fact.data.contains(&code.replace('-', "")))
        );
    }
}

#[tokio::test]
async fn two_who_use_the_same_at_the_same_moment_are_one_too_many() {
    let bench = Bench::new().await;
    let (_, _, codes) = kim(&bench).await;
    let (mut one, mut two) = (Browser::default(), Browser::default());
    let (first, second) = tokio::join!(
        one.signs_in(&bench, "kim", PASSWORD, Some(codes[0].clone())),
        two.signs_in(&bench, "kim", PASSWORD, Some(codes[0].clone()))
    );
    let mut statuses = [first.0, second.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 401]);
}

#[tokio::test]
async fn new_ones_are_for_whoever_proves_that_it_is_them_and_void_those_before() {
    let bench = Bench::new().await;
    let (_, key, codes) = kim(&bench).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(codes[0].clone())).await.0, 204);
    let path = "/v1/me/recovery-codes";
    let ask = |password: &str, code: &str| Some(json!({"password": password, "code": code}));
    assert_eq!(browser.call(&bench, Method::POST, path, ask("seven dry herons", &codes[1])).await.0, 401);
    let code = code_at(&key, clock::now().timestamp());
    let (status, fresh) = browser.call(&bench, Method::POST, path, ask(PASSWORD, &code)).await;
    assert_eq!(status, 200, "{fresh}");
    assert_eq!(
        browser.call(&bench, Method::POST, path, ask(PASSWORD, &code)).await.0,
        401,
        "a code is good once, here too"
    );
    assert_eq!(Browser::default().signs_in(&bench, "kim", PASSWORD, Some(code)).await.0, 401);
    assert_eq!(browser.me(&bench).await, 200, "nobody is signed out by it");
    assert_eq!(Browser::default().signs_in(&bench, "kim", PASSWORD, Some(codes[1].clone())).await.0, 401);
    let fresh = codes_of(&fresh);
    assert_eq!(Browser::default().signs_in(&bench, "kim", PASSWORD, Some(fresh[0].clone())).await.0, 204);
    // With another password they stay; one of them is as good as a code there, and is used up.
    let change = json!({"password": PASSWORD, "new": "nine dry herons", "code": fresh[1]});
    assert_eq!(browser.call(&bench, Method::PUT, "/v1/me/password", Some(change)).await.0, 204);
    let again =
        async |code: &str| Browser::default().signs_in(&bench, "kim", "nine dry herons", Some(code.to_owned())).await.0;
    assert_eq!((again(&fresh[1]).await, again(&fresh[2]).await), (401, 204));
}

#[tokio::test]
async fn guesses_at_them_count_like_any_other() {
    let bench = Bench::new().await;
    kim(&bench).await;
    let mut stranger = Browser::at("198.51.100.1:1");
    let mut last = 0;
    for n in 0..12 {
        last = stranger.signs_in(&bench, "kim", PASSWORD, Some(format!("0000-0000-0000-{n:04}"))).await.0;
    }
    assert_eq!(last, 429);
}

#[tokio::test]
async fn whoever_saw_the_link_does_not_have_the_key_of_the_second_factor() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (_, invitation) = bench.invites(admin, kim).await;
    let look = async || bench.post(admin, "/v1/invitation/look", json!({"token": invitation["token"]})).await.1;
    let (first, second) = (look().await, look().await);
    assert_ne!(first["key"], second["key"], "each page that is opened has a key of its own");
    let code = |view: &Value| code_at(&key_of(view), clock::now().timestamp());
    let accept = async |code: String, setup: &Value| {
        let body =
            json!({"token": invitation["token"], "name": "kim", "password": PASSWORD, "code": code, "setup": setup});
        Browser::default().call(&bench, Method::POST, "/v1/invitation", Some(body)).await
    };
    let (status, problem) = accept(code(&second), &first["setup"]).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/code")));
    let (status, problem) = accept(code(&second), &Value::Null).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/setup")));
    assert_eq!(accept(code(&second), &second["setup"]).await.0, 200);
}
