//! What those find who try, and who read the record.

use super::*;

#[tokio::test]
async fn a_stranger_who_guesses_is_slowed_down_and_keeps_nobody_out() {
    let bench = Bench::new().await;
    let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
    let robin = bench.staff(&[Role::Volunteer], &["main"]).await;
    bench.sets_up(supervisor, robin, "robin", false).await;
    let mut known = Browser::at("198.51.100.1:1");
    assert_eq!(known.signs_in(&bench, "robin", PASSWORD, None).await.0, 204);
    // Even from the same house.
    let mut stranger = Browser::at("198.51.100.1:2");
    let mut slowed = 0;
    for _ in 0..15 {
        match stranger.signs_in(&bench, "robin", "seven dry herons", None).await {
            (401, _) => {}
            (429, problem) => {
                assert!(problem["retry_after_s"].as_u64() > Some(60));
                slowed += 1;
            }
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(slowed, 6, "ten tries, of which one was Robin's own");
    let right = stranger.signs_in(&bench, "robin", PASSWORD, None).await.0;
    assert_eq!(right, 429, "whether the next guess is right is not told either");
    let mut forged = stranger.clone();
    let mark = known.cookies["wideawake_device"].replace('.', ".A");
    forged.cookies.insert("wideawake_device".to_owned(), mark);
    assert_eq!(forged.signs_in(&bench, "robin", PASSWORD, None).await.0, 429);
    assert_eq!(known.signs_in(&bench, "robin", PASSWORD, None).await.0, 204, "who was here before comes in");
    assert_eq!(
        Browser::at("203.0.113.5:1").signs_in(&bench, "robin", PASSWORD, None).await.0,
        204,
        "so does a new phone"
    );
    // One customer has a whole /64 of IPv6.
    let mut codes = Vec::new();
    for n in 0..12 {
        let mut stranger = Browser::at(&format!("[2001:db8:1:2::{n}]:1"));
        codes.push(stranger.signs_in(&bench, "robin", "seven dry herons", None).await.0);
    }
    assert_eq!(codes.iter().filter(|code| **code == 429).count(), 2);
}

#[tokio::test]
async fn nothing_that_lets_anybody_in_stands_in_the_record() {
    let bench = Bench::new().await;
    let admin = bench.staff(&[Role::Admin], &[]).await;
    let kim = bench.staff(&[Role::Supervisor], &["main"]).await;
    let key = bench.sets_up(admin, kim, "kim", true).await;
    let mut browser = Browser::default();
    let code = code_at(&key, clock::now().timestamp());
    assert_eq!(browser.signs_in(&bench, "kim", PASSWORD, Some(code)).await.0, 204);
    let (_, invitation) = bench.invites(admin, kim).await;
    let facts = bench.desk.record.ledger().tail(None, 10_000).await.expect("a record").0;
    let list: Vec<String> = key.iter().map(ToString::to_string).collect();
    for fact in &facts {
        for secret in [
            PASSWORD,
            "argon2",
            browser.session(),
            invitation["token"].as_str().expect("a token"),
            &STANDARD.encode(&key),
            &list.join(","),
        ] {
            assert!(!fact.data.contains(secret), "{} has {secret}", fact.kind);
        }
    }
    assert!(facts.iter().any(|fact| &*fact.kind == "sign_in_set"));
    let (_, history) = bench.get(admin, &format!("/v1/audit/staff:{kim}")).await;
    let set = history["items"].as_array().and_then(|items| items.iter().find(|item| item["type"] == "sign_in_set"));
    assert_eq!(set.expect("it is there")["data"]["secret"], "‹sealed›");
}
