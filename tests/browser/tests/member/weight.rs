use wideawake_browser::Wish;

use crate::scene::Scene;

/// What a member page may weigh over the wire, in all: the first page, what it loads, and a conversation.
const MOST: u64 = 60 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn the_page_is_light_and_shows_its_words_before_any_script() {
    let scene = Scene::set().await;
    let page = scene.server.intake("GET", "/").send().await.is(200);
    for (name, value) in
        [("cache-control", "no-store"), ("referrer-policy", "no-referrer"), ("x-frame-options", "DENY")]
    {
        assert_eq!(page.header(name), Some(value), "{name}");
    }
    let before = scene.line.bytes();
    let member = scene.comes(Wish::default().reading("ar")).await;
    member.sees("all of it is there", "document.readyState === 'complete'").await;
    let first = scene.line.bytes() - before;
    let loaded = member.says("performance.getEntriesByType('resource').map((one) => one.name)").await;
    let loaded: Vec<String> = loaded.as_array().unwrap().iter().map(|one| one.as_str().unwrap().to_owned()).collect();
    assert!(loaded.len() >= 8, "{loaded:?}");
    assert!(loaded.iter().all(|url| url.starts_with(&scene.line.url("/"))), "only from this door: {loaded:?}");
    member.types("#message", "Hello").await;
    member.clicks("#ask [type=submit]").await;
    member.sees("the conversation", "document.querySelector('#standing')").await;
    let all = scene.line.bytes() - before;
    eprintln!("the first page: {first} bytes; with a conversation: {all} bytes");
    assert!(all <= MOST, "{all} bytes");

    let plain = scene.comes(Wish::default().without_script()).await;
    plain.reads("You can talk with someone here").await;
    // Nothing but the style stands between the words and the screen.
    let blocking = "document.querySelectorAll('script:not([type=module])').length";
    assert_eq!(member.says(blocking).await, 0);
    plain.closes().await;
    member.closes().await;
}
