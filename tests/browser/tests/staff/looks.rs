//! Every page and state: for everyone, in both schemes, on the smallest screens, and from right to left.

use serde_json::json;
use wideawake_acceptance::peers::Http;
use wideawake_browser::{Browser, Wish, must_be_usable_by_everyone};

use crate::scene::Scene;

/// Usable by everyone, and nothing hangs out at the side.
async fn is_good(page: &Browser, what: &str) {
    must_be_usable_by_everyone(page, what).await;
    let beyond = page.says("document.documentElement.scrollWidth - document.documentElement.clientWidth").await;
    assert_eq!(beyond, json!(0), "{what} is broader than its screen");
}

async fn desk(wish: Wish) {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let (what, dir) = (format!("{wish:?}"), if wish.language == "ar" { "rtl" } else { "ltr" });
    let page = wish.clone().open().await;
    page.goes(&scene.line.url("/sign-in")).await;
    is_good(&page, &format!("sign-in {what}")).await;
    page.closes().await;
    let page = scene.at_the_desk(wish, "sam").await;
    assert_eq!(page.says("document.documentElement.dir").await, json!(dir));
    is_good(&page, &format!("empty desk {what}")).await;
    let asked = json!({ "language": "en", "alias": "Sky", "topics": ["grief"], "message": "I cannot sleep.",
        "age_band": "18_25", "time_zone": "America/Sao_Paulo", "country": "BR" });
    let member = scene.asks(&asked).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    is_good(&page, &format!("an offer {what}")).await;
    page.clicks(".offer .accept").await;
    page.sees("a conversation", "document.querySelector('.panel:not([hidden]) .said')").await;
    member.says("Are you there?").await;
    page.sees("more", "document.querySelectorAll('.panel:not([hidden]) .said').length === 2").await;
    is_good(&page, &format!("a conversation {what}")).await;
    page.clicks(".panel:not([hidden]) .actions .danger").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    is_good(&page, &format!("calling for help {what}")).await;
    page.presses(thirtyfour::Key::Escape).await;
    page.sees(
        "the focus is back",
        "document.activeElement === document.querySelector('.panel:not([hidden]) .actions .danger')",
    )
    .await;
    scene.line.cut();
    page.sees("cut", "!document.querySelector('.lost').hidden").await;
    is_good(&page, &format!("cut off {what}")).await;
    scene.line.mend();
    page.sees("back", "document.querySelector('.lost').hidden").await;
    for (path, name) in [("/desk/week", "the week"), ("/desk/account", "the account")] {
        page.goes(&scene.line.url(path)).await;
        page.sees(name, "document.querySelector('#leave-add button, [data-session], #everywhere')").await;
        is_good(&page, &format!("{name} {what}")).await;
    }
    page.clicks("#change-password").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    is_good(&page, &format!("changing the password {what}")).await;
    page.closes().await;
}

async fn board(wish: Wish) {
    let scene = Scene::set().await;
    let what = format!("{wish:?}");
    let sam = scene.server.on_duty(json!({ "alias": "Sam", "capacity": 1, "zone": "Asia/Tokyo" })).await;
    let held = scene.asks(&json!({ "language": "en", "alias": "Sky", "message": "I cannot sleep." })).await;
    sam.takes(&held.id).await;
    sam.says(&held.id, "I am here.").await;
    sam.post(format!("/v1/requests/{}/escalate", held.id), &json!({ "policy": "supervisor", "reason": "I need help" }))
        .await
        .is(200);
    for language in ["en", "es", "ar"] {
        scene
            .asks(&json!({ "language": language, "screening": { "q1": true, "q2": true, "q3": language == "es" } }))
            .await;
    }
    let turns = json!({ "zone": "Europe/Madrid", "starts": "2026-01-05", "handoff": "09:00", "every_days": 7,
        "members": [scene.supervisor.id] });
    scene.supervisor.put("/v1/rotations/supervisors", &turns).await.is(200);
    let page = scene.at_the_board(wish).await;
    page.sees("who waits", "document.querySelectorAll('#waiting tr').length === 3 && document.querySelector('.case') && document.querySelector('#active tr')").await;
    is_good(&page, &format!("the board {what}")).await;
    page.clicks("#active button").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    is_good(&page, &format!("one request {what}")).await;
    page.presses(thirtyfour::Key::Escape).await;
    for (path, name) in [
        ("/board/roster", "the roster"),
        (&*format!("/board/roster/{}", sam.id), "somebody's hours"),
        ("/board/rotations", "rotations"),
        ("/board/rotations/supervisors", "a rotation"),
        ("/board/coverage", "coverage"),
        ("/board/coverage?of=language%3Aes", "coverage of a language"),
        ("/board/waits", "waits"),
        ("/board/history", "the record"),
        (&*format!("/board/history?of=request:{}", held.id), "a history"),
    ] {
        page.goes(&scene.line.url(path)).await;
        page.sees(name, "document.querySelector('main h1')").await;
        is_good(&page, &format!("{name} {what}")).await;
    }
    page.goes(&scene.line.url("/board/roster")).await;
    page.clicks("#add-person").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    is_good(&page, &format!("adding somebody {what}")).await;
    page.closes().await;
}

/// The pages that lie behind a link: of an invitation, and of a call for more than a volunteer.
async fn links(wish: Wish) {
    let scene = Scene::with(
        "[notifier]\npublic_url = \"http://desk.test\"\n[notifier.webhook]\n\
         secrets = [\"whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"]\nallow_private = true\n",
    )
    .await;
    let what = format!("{wish:?}");
    let sam = scene.server.on_duty(json!({ "alias": "Sam" })).await;
    let invited = scene.server.admin.post(format!("/v1/staff/{}/invitation", sam.id), &json!({})).await.is(201).json();
    let page = wish.open().await;
    page.goes(&scene.line.url(&format!("/i/{}", invited["token"].as_str().expect("a token")))).await;
    is_good(&page, &format!("an invitation {what}")).await;
    page.types("#name", "?!").await;
    page.types("#password", crate::scene::PASSWORD).await;
    page.types("#again", "another that is long").await;
    page.clicks("main form button").await;
    page.sees("both mistakes", "document.querySelectorAll('[role=alert] p').length === 2").await;
    is_good(&page, &format!("a refused answer to an invitation {what}")).await;
    for (field, text) in [("#name", "sam"), ("#password", crate::scene::PASSWORD), ("#again", crate::scene::PASSWORD)] {
        page.find(field).await.clear().await.expect("it can be emptied");
        page.types(field, text).await;
    }
    page.clicks("main form button").await;
    page.sees("it is done", "!document.querySelector('form') && document.querySelector('a[href=\"/sign-in\"]')").await;
    is_good(&page, &format!("a used invitation {what}")).await;
    page.clicks("a[href='/sign-in']").await;
    page.sees("the sign-in", "location.pathname === '/sign-in'").await;

    let hook = Http::start().await;
    let methods = json!({ "contact_methods": [{ "kind": "webhook", "to": hook.url("/noor") }] });
    let noor = &scene.server.supervisor.id;
    scene.server.admin.put(format!("/v1/staff/{noor}/contact-methods"), &methods).await.is(200);
    let held = scene.asks(&json!({ "language": "en", "message": "I cannot sleep." })).await;
    sam.takes(&held.id).await;
    let help = json!({ "policy": "supervisor", "reason": "I need help" });
    sam.post(format!("/v1/requests/{}/escalate", held.id), &help).await.is(200);
    let called = hook.call(0).await.json();
    let path = called["acknowledge_url"].as_str().and_then(|url| url.strip_prefix("http://desk.test")).expect("a link");
    page.goes(&scene.line.url(path)).await;
    page.sees("a button", "document.querySelector('main form button')").await;
    is_good(&page, &format!("being called {what}")).await;
    page.clicks("main form button").await;
    page.sees("it is taken on", "!document.querySelector('main form')").await;
    is_good(&page, &format!("taken on {what}")).await;
    page.goes(&scene.line.url("/a/nothing")).await;
    is_good(&page, &format!("a link that leads nowhere {what}")).await;
    page.closes().await;
}

macro_rules! looks {
    ($($name:ident: $wish:expr),* $(,)?) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            async fn the_desk_is_usable() { desk($wish).await; }

            #[tokio::test(flavor = "multi_thread")]
            async fn the_board_is_usable() { board($wish).await; }

            #[tokio::test(flavor = "multi_thread")]
            async fn what_lies_behind_a_link_is_usable() { links($wish).await; }
        }
    )* };
}

looks! {
    light: Wish::default(),
    dark: Wish::default().dark(),
    small: Wish::small(),
    small_dark: Wish::small().dark(),
    right_to_left: Wish::default().reading("ar"),
    small_right_to_left: Wish::small().dark().reading("ar"),
}
