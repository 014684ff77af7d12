//! While nothing can be written: nothing is lost, and nobody is left without somebody to call.

use serde_json::json;
use wideawake_browser::Wish;
use wideawake_browser::ledger::behind_a_line;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn while_the_ledger_cannot_be_reached_what_is_typed_is_kept_and_sent_once_it_can() {
    let (ledger, keys) = behind_a_line().await;
    let scene = Scene::with(&keys).await;
    let sam = scene.volunteer().await;
    let member = scene.asks(Wish::default(), "Hello").await;
    let id = scene.id(&member).await;
    sam.takes(&id).await;
    member.reads("You are talking with Sam").await;
    let newcomer = scene.comes(Wish::default()).await;
    let plain = scene.comes(Wish::default().without_script()).await;

    ledger.cut();
    member.types("#text", "Are you there?").await;
    member.clicks("#write button").await;
    member.sees("it is kept", "document.querySelectorAll('.said[data-state=unsent]').length === 1").await;
    newcomer.types("#message", "I am afraid").await;
    newcomer.clicks("#ask [type=submit]").await;
    newcomer.reads("What you typed is still here, and nothing is sent twice.").await;
    plain.types("#message", "I cannot sleep").await;
    plain.clicks("#ask [type=submit]").await;
    // Told that it is not their fault, with what they typed, and whom else to call.
    plain.reads("It is not your fault. What you typed is still here").await;
    plain.reads("112").await;
    assert_eq!(plain.find("#message").await.value().await.unwrap().as_deref(), Some("I cannot sleep"));

    ledger.mend();
    member.sees("it was sent", "document.querySelectorAll('.said.mine[data-state=sent]').length === 1 && !document.querySelector('.said[data-state=unsent]')").await;
    newcomer.sees("the conversation is there", "document.querySelector('#standing')").await;
    newcomer.reads("I am afraid").await;
    plain.clicks("#ask [type=submit]").await;
    plain.reads("I cannot sleep").await;
    let said = scene.said(&sam, &id).await;
    assert_eq!(said, ["Hello", "Are you there?"]);
    // One request of each, however often it was tried.
    let board = scene.server.supervisor.get("/v1/board").await;
    assert_eq!(board["waiting"].as_array().map(Vec::len), Some(2), "{board}");
    assert_eq!(board["active"].as_array().map(Vec::len), Some(1), "{}", json!(board["active"]));
    for browser in [member, newcomer, plain] {
        browser.closes().await;
    }
}
