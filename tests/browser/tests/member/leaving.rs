use thirtyfour::Key;
use wideawake_browser::{Browser, Wish};

use crate::scene::Scene;

/// Somewhere to come from.
async fn from_elsewhere(scene: &Scene, member: &Browser) {
    member.goes(&scene.line.url("/v1/lines")).await;
}

/// After going there is no trace: of what was said, in what the browser stores, or on the way back.
async fn must_leave_no_trace(scene: &Scene, member: &Browser, before: u64) {
    member.sees("the browser is elsewhere", "location.pathname === '/healthz'").await;
    let length = member.says("history.length").await.as_u64().unwrap();
    assert_eq!(length, before, "the page has taken its own place in the history");
    assert_eq!(member.says("sessionStorage.length + localStorage.length").await, 0);
    assert_eq!(member.says("indexedDB.databases().then((all) => all.length)").await, 0);
    // The cookie goes with the answer, which comes after the page has gone.
    let give_up = std::time::Instant::now() + wideawake_acceptance::DEADLINE;
    while !member.get_all_cookies().await.unwrap().is_empty() {
        assert!(std::time::Instant::now() < give_up, "{:?}", member.get_all_cookies().await);
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    member.back().await.unwrap();
    member.sees("back is where they came from", "location.pathname === '/v1/lines'").await;
    member.goes(&scene.line.url("/")).await;
    member.reads("You can talk with someone here").await;
    assert!(!member.text().await.contains("secret"), "{}", member.text().await);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_button_leaves_at_once_and_nothing_behind() {
    let scene = Scene::set().await;
    let member = Wish::default().open().await;
    from_elsewhere(&scene, &member).await;
    member.goes(&scene.line.url("/")).await;
    let before = member.says("history.length").await.as_u64().unwrap();
    member.types("#message", "a secret").await;
    member.clicks("#ask [type=submit]").await;
    member.reads("We are looking for someone for you").await;
    let id = scene.id(&member).await;
    member.types("#text", "half a secret").await;
    assert_eq!(member.says("sessionStorage.length").await, 1, "a draft outlives a reload");
    member.clicks("[data-leave] button").await;
    must_leave_no_trace(&scene, &member, before).await;
    scene.ended(&id, "left").await;
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn three_times_escape_leaves_every_tab() {
    let scene = Scene::set().await;
    let member = Wish::default().open().await;
    from_elsewhere(&scene, &member).await;
    member.goes(&scene.line.url("/")).await;
    let before = member.says("history.length").await.as_u64().unwrap();
    member.types("#message", "a secret").await;
    member.clicks("#ask [type=submit]").await;
    member.reads("We are looking for someone for you").await;
    let id = scene.id(&member).await;
    let first = member.window().await.unwrap();
    let second = member.new_tab().await.unwrap();
    member.switch_to_window(second.clone()).await.unwrap();
    member.goes(&scene.line.url("/")).await;
    member.reads("a secret").await;
    member.switch_to_window(first).await.unwrap();
    for _ in 0..3 {
        member.presses(Key::Escape).await;
    }
    must_leave_no_trace(&scene, &member, before).await;
    member.switch_to_window(second).await.unwrap();
    member.sees("the other tab went too", "location.pathname === '/healthz'").await;
    scene.ended(&id, "left").await;
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn leaving_works_while_the_door_cannot_be_reached() {
    let scene = Scene::set().await;
    let member = scene.asks(Wish::default(), "a secret").await;
    member.reads("a secret").await;
    scene.line.cut();
    member.reads("The connection is gone").await;
    member.types("#text", "another secret").await;
    member.clicks("#write button").await;
    member.clicks("[data-leave] button").await;
    // Where it leads cannot be reached either here: what counts is that nothing of the page is left.
    member.sees("the page is gone", "!document.querySelector('#talk') && !document.title.includes('Talk')").await;
    scene.line.mend();
    member.goes(&scene.line.url("/healthz")).await;
    assert_eq!(member.says("sessionStorage.length + localStorage.length").await, 0);
    member.closes().await;
}
