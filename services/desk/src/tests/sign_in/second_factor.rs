//! Codes of an authenticator.

use super::*;

#[tokio::test]
async fn who_needs_a_second_factor_has_one_and_a_code_is_good_once() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (_, invitation) = bench.invites(admin, kim).await;
    let (_, view) = bench.post(admin, "/v1/invitation/look", json!({"token": invitation["token"]})).await;
    assert_eq!(view["second_factor_required"], true);
    let mut body = json!({"token": invitation["token"], "name": "kim", "password": PASSWORD});
    let (status, problem) = bench.post(admin, "/v1/invitation", body.clone()).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/code")));
    body["code"] = "000000".into();
    let (status, _) = bench.post(admin, "/v1/invitation", body).await;
    assert_eq!(status, 422);
    let key = bench.sets_up(admin, kim, "kim", true).await;

    // The step of the code that proved that the authenticator has the key.
    let sign_in = bench.desk.member(kim).expect("they are there").sign_in.expect("they sign in");
    let step = sign_in.code.expect("with a code") as i64 * 30;
    let mut browser = Browser::default();
    let (status, problem) = browser.signs_in(&bench, "kim", PASSWORD, None).await;
    assert_eq!((status, kind(&problem)), (401, "second-factor-needed"));
    let (status, problem) = browser.signs_in(&bench, "kim", "seven dry herons", None).await;
    assert_eq!((status, kind(&problem)), (401, "unauthorized"), "nothing is said of codes without the password");
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step))).await.0, 401);
    let code = code_at(&key, step + 30);
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code.clone())).await.0, 204);
    assert_eq!(browser.me(&bench).await, 200);
    let beside = bench.beside().await;
    for desk in [&bench, &beside] {
        let mut shoulder = Browser::at("192.0.2.9:1");
        assert_eq!(shoulder.signs_in(desk, "kim", PASSWORD, Some(code.clone())).await.0, 401, "it was used");
    }
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step + 60))).await.0, 204);
}

#[tokio::test]
async fn a_session_without_a_second_factor_ends_when_its_role_needs_one() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(admin, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    let roles = json!({"roles": ["volunteer", "supervisor"]});
    assert_eq!(bench.call(admin, Method::PATCH, &format!("/v1/staff/{robin}"), Some(roles)).await.0, 200);
    assert_eq!(browser.me(&bench).await, 401);
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 403, "and says what to do");
}

#[tokio::test]
async fn who_has_the_password_alone_does_not_guess_the_code() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let key = bench.sets_up(admin, kim, "kim", true).await;
    let sign_in = bench.desk.member(kim).expect("they are there").sign_in.expect("they sign in");
    let step = sign_in.code.expect("with a code") as i64 * 30;
    let mut known = Browser::at("198.51.100.1:1");
    assert_eq!(known.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step + 30))).await.0, 204);
    let mut answers = Vec::new();
    for n in 1..=22 {
        let mut stranger = Browser::at(&format!("203.0.113.{n}:1"));
        answers.push(stranger.signs_in(&bench, "kim", PASSWORD, Some("000000".to_owned())).await.0);
    }
    assert_eq!(answers[..19], [401; 19], "one of twenty was Kim's own");
    assert_eq!(answers[19..], [429; 3]);
    let mut stranger = Browser::at("203.0.113.99:1");
    let (status, problem) = stranger.signs_in(&bench, "kim", "seven dry herons", Some("000000".to_owned())).await;
    assert_eq!(status, 401, "without the password nothing is told of it: {problem}");
    let (status, _) = stranger.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step + 60))).await;
    assert_eq!(status, 429, "whether the next guess is right is not told either");
    assert_eq!(known.signs_in(&bench, "kim", PASSWORD, Some(code_at(&key, step + 60))).await.0, 204, "Kim comes in");
}
