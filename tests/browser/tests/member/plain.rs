use thirtyfour::By;
use wideawake_acceptance::eventually;
use wideawake_browser::{Browser, Wish};

use crate::scene::Scene;

/// Waits until the page has this text, by asking for it anew, as it does by itself.
async fn comes_to_read(member: &Browser, text: &str) {
    eventually(&format!("the page says {text}"), || async {
        if member.text().await.contains(text) {
            return Some(());
        }
        member.refresh().await.ok();
        None
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_works_without_script() {
    let scene = Scene::set().await;
    let member = scene.comes(Wish::default().without_script()).await;
    member.types("#message", "No script, only words").await;
    member.clicks("#ask [type=submit]").await;
    member.reads("We are looking for someone for you").await;
    member.reads("This page looks for news every ten seconds.").await;
    let refresh = member.find("noscript meta, meta[http-equiv=refresh]").await;
    assert_eq!(refresh.attr("content").await.unwrap().as_deref(), Some("10"));
    let id = member.find("main").await.attr("data-id").await.unwrap().expect("a conversation");

    let sam = scene.volunteer().await;
    sam.takes(&id).await;
    sam.says(&id, "I am with you").await;
    comes_to_read(&member, "I am with you").await;
    comes_to_read(&member, "You are talking with Sam").await;

    member.clicks("a[href^='/?write']").await;
    member.reads("This page stays as it is while you write.").await;
    assert!(member.find_all(By::Css("meta[http-equiv=refresh]")).await.unwrap().is_empty());
    member.types("#text", "Thank you\nfor that").await;
    member.clicks("#write button").await;
    member.reads("for that").await;
    assert_eq!(scene.said(&sam, &id).await, ["No script, only words", "I am with you", "Thank you\nfor that"]);

    member.clicks("[data-leave] button").await;
    eventually("the browser is elsewhere", || async {
        member.current_url().await.ok().filter(|url| url.path() == "/healthz").map(|_| ())
    })
    .await;
    scene.ended(&id, "left").await;
    assert!(member.get_all_cookies().await.unwrap().is_empty());
    for _ in 0..4 {
        member.back().await.unwrap();
        let text = member.text().await;
        assert!(!text.contains("I am with you") && !text.contains("only words"), "{text}");
    }
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_language_and_the_country_can_be_chosen_without_script() {
    let scene = Scene::set().await;
    let member = scene.comes(Wish::default().without_script()).await;
    member.clicks("#lang option[value=de]").await;
    member.clicks("[data-tongue] button").await;
    member.reads("Hier kannst du mit jemandem reden").await;
    member.clicks("#where option[value=AT]").await;
    member.clicks("[data-country] button").await;
    member.reads("142 anrufen").await;
    member.reads("Hier kannst du mit jemandem reden").await;
    member.types("#message", "Hallo").await;
    member.clicks("#ask [type=submit]").await;
    member.reads("Wir suchen jemanden für dich").await;
    member.closes().await;
}
