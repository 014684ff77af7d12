//! How somebody is let in, and back in.

use super::*;

#[tokio::test]
async fn an_invitation_is_good_once_and_lets_somebody_sign_in() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let (status, invitation) = bench.invites(supervisor, robin).await;
    assert_eq!(status, 201);
    let token = invitation["token"].as_str().expect("a token");
    assert_eq!(invitation["url"], format!("http://127.0.0.1:8081/i/{token}"));
    let mut browser = Browser::default();
    let (status, view) = browser.call(&bench, Method::POST, "/v1/invitation/look", Some(json!({"token": token}))).await;
    assert_eq!((status, &view["second_factor_required"]), (200, &json!(false)));

    let accept = |name: &str, password: &str| json!({"token": token, "name": name, "password": password});
    for (body, field) in [
        (accept("robin@example.org", PASSWORD), "/name"),
        (accept("robin", "too short"), "/password"),
        (accept("robin", "robin robin"), "/password"),
        (accept("robin", "aaaaaaaaaaaa"), "/password"),
    ] {
        let (status, problem) = browser.call(&bench, Method::POST, "/v1/invitation", Some(body)).await;
        assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!(field)), "{problem}");
    }
    let again = accept("Robin.K", PASSWORD);
    assert_eq!(browser.call(&bench, Method::POST, "/v1/invitation", Some(again.clone())).await.0, 204);
    assert_eq!(browser.call(&bench, Method::POST, "/v1/invitation", Some(again)).await.0, 404, "it is used up");
    assert_eq!(browser.call(&bench, Method::POST, "/v1/invitation/look", Some(json!({"token": token}))).await.0, 404);

    assert_eq!(browser.me(&bench).await, 401, "an invitation signs nobody in");
    let (status, unknown) = Browser::at("192.0.2.7:1").signs_in(&bench, "nobody", PASSWORD, None).await;
    let (wrong, known) = Browser::at("192.0.2.8:1").signs_in(&bench, "robin.k", "seven dry herons", None).await;
    assert_eq!((status, wrong, &unknown), (401, 401, &known), "nothing tells whether there is such a name");
    assert_eq!(browser.signs_in(&bench, "ROBIN.K", PASSWORD, None).await.0, 204);
    assert_eq!(browser.me(&bench).await, 200);
    let bearer = bench.request(None, &Method::GET, "/v1/me", None);
    let mut bearer = bearer;
    let value = HeaderValue::try_from(format!("Bearer {}", browser.session())).expect("a header");
    bearer.headers_mut().insert(header::AUTHORIZATION, value);
    assert_eq!(bench.send(bearer).await.status(), 401, "the token of a session is good in its cookie alone");
}

#[tokio::test]
async fn a_name_belongs_to_one_person() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let (one, two) =
        (bench.staff(&[Role::Volunteer], &["main"]).await, bench.staff(&[Role::Volunteer], &["main"]).await);
    bench.sets_up(supervisor, one, "robin", false).await;
    let (_, invitation) = bench.invites(supervisor, two).await;
    let body = |name: &str| Some(json!({"token": invitation["token"], "name": name, "password": PASSWORD}));
    let (status, problem) = Browser::default().call(&bench, Method::POST, "/v1/invitation", body("ROBIN")).await;
    assert_eq!((status, &problem["errors"][0]["pointer"]), (422, &json!("/name")));
    assert_eq!(Browser::default().call(&bench, Method::POST, "/v1/invitation", body("robin2")).await.0, 204);
}

#[tokio::test]
async fn an_invitation_that_was_replaced_or_has_expired_is_void() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let (_, first) = bench.invites(supervisor, robin).await;
    let (_, second) = bench.invites(supervisor, robin).await;
    let look = async |bench: &Bench, invitation: &Value| {
        let body = json!({"token": invitation["token"]});
        Browser::default().call(bench, Method::POST, "/v1/invitation/look", Some(body)).await.0
    };
    assert_eq!((look(&bench, &first).await, look(&bench, &second).await), (404, 200));
    // Whoever could invite a volunteer could otherwise be the supervisor that they become.
    let admin = bench.staff(&[Role::Admin], &["main"]).await;
    let roles = json!({"roles": ["volunteer", "supervisor"]});
    assert_eq!(bench.call(admin, Method::PATCH, &format!("/v1/staff/{robin}"), Some(roles)).await.0, 200);
    assert_eq!(look(&bench, &second).await, 404);
    let hasty = Bench::signing_in_as(|sign_in| sign_in.invitation = TimeDelta::microseconds(1)).await;
    let supervisor = hasty.staff(&[Role::Supervisor], &["main"]).await;
    let robin = hasty.staff(&[Role::Volunteer], &["main"]).await;
    let (_, invitation) = hasty.invites(supervisor, robin).await;
    assert_eq!(look(&hasty, &invitation).await, 404);
}

#[tokio::test]
async fn only_who_manages_somebody_invites_them_and_it_is_on_record() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let colleague = bench.staff(&[Role::Supervisor], &["main"]).await;
    let far = bench.staff(&[Role::Volunteer], &["other"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    let kim = bench.staff(&[Role::Volunteer], &["main"]).await;
    for (by, whom, expected) in [
        (robin, robin, 403),
        (kim, robin, 403),
        (kim, supervisor, 403),
        (supervisor, colleague, 403),
        (supervisor, supervisor, 403),
        (supervisor, admin, 404),
        (supervisor, far, 404),
        (supervisor, robin, 201),
        (admin, supervisor, 201),
    ] {
        assert_eq!(bench.invites(by, whom).await.0, expected);
    }
    let (_, history) = bench.get(supervisor, &format!("/v1/audit/staff:{robin}")).await;
    let invited = history["items"].as_array().and_then(|items| items.last()).expect("a history");
    assert_eq!((&invited["type"], &invited["actor"]), (&json!("invited"), &json!(format!("staff:{supervisor}"))));
    assert_eq!(invited["data"]["token"], "‹sealed›");
}

#[tokio::test]
async fn a_new_invitation_ends_every_session_and_the_old_password() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut browser = Browser::default();
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    assert_eq!(bench.invites(supervisor, robin).await.0, 201);
    assert_eq!(browser.me(&bench).await, 401);
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 401);
    bench.sets_up(supervisor, robin, "robin", false).await;
    assert_eq!(browser.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
}
