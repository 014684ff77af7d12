use thirtyfour::Key;
use wideawake_browser::{Browser, Wish, axe, must_be_usable_by_everyone};

use crate::scene::Scene;

/// In light and dark, and no broader than the screen.
async fn must_be_good(page: &Browser, what: &str) {
    for dark in [false, true] {
        page.prefers(dark).await;
        must_be_usable_by_everyone(page, &format!("{what}, {}", if dark { "dark" } else { "light" })).await;
    }
    let broad = "document.documentElement.scrollWidth - document.documentElement.clientWidth";
    assert_eq!(page.says(broad).await, 0, "{what} is broader than the screen");
}

/// The whole of a conversation, looked through in each state.
async fn walks(wish: Wish, what: &str) {
    let scene = Scene::set().await;
    let member = scene.comes(wish).await;
    must_be_good(&member, &format!("the first page, {what}")).await;
    for details in 1..=2 {
        member.clicks(&format!("#ask details:nth-of-type({details}) summary")).await;
    }
    member.clicks("input[name=q2][value=yes]").await;
    must_be_good(&member, &format!("the first page with everything open, {what}")).await;
    member
        .types("#message", "a-very-long-word-that-has-no-place-to-break-and-must-not-make-the-page-broader-than-it-is")
        .await;
    member.clicks("#ask [type=submit]").await;
    member.sees("the conversation", "document.querySelector('#standing[data-status=waiting]')").await;
    must_be_good(&member, &format!("waiting, {what}")).await;
    let id = scene.id(&member).await;
    let sam = scene.volunteer().await;
    sam.takes(&id).await;
    sam.says(&id, "I am here").await;
    member.reads("I am here").await;
    member.types("#text", "Good").await;
    member.clicks("#write button").await;
    member.sees("it was sent", "document.querySelector('.said.mine[data-state=sent]')").await;
    must_be_good(&member, &format!("talking, {what}")).await;
    scene.line.cut();
    member.sees("the line is cut", "!document.querySelector('#net').hidden").await;
    member.types("#text", "Kept").await;
    member.clicks("#write button").await;
    member.sees("it is kept", "document.querySelector('.said[data-state=unsent]')").await;
    must_be_good(&member, &format!("cut off, {what}")).await;
    scene.line.mend();
    member.sees("the line is back", "document.querySelector('#net').hidden").await;
    sam.closes(&id).await;
    member.sees("the end", "document.querySelector('[data-view=over]')").await;
    must_be_good(&member, &format!("the end, {what}")).await;
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_usable_by_everyone_on_a_large_screen() {
    walks(Wish::default(), "large").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_state_is_usable_by_everyone_on_a_screen_of_320_pixels() {
    walks(Wish::small(), "small").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn arabic_goes_from_right_to_left_and_is_usable_by_everyone() {
    let scene = Scene::set().await;
    let member = scene.asks(Wish::small().reading("ar"), "لا أستطيع النوم").await;
    assert_eq!(member.says("[document.documentElement.dir, document.documentElement.lang].join()").await, "rtl,ar");
    member.reads("نبحث عن شخص من أجلك").await;
    must_be_good(&member, "waiting, Arabic").await;
    // What the member says stands at the end of the line, which is on the left.
    let side = "(() => { const one = document.querySelector('.said.mine').getBoundingClientRect(); \
                return one.left < innerWidth - one.right; })()";
    assert_eq!(member.says(side).await, true);
    let id = scene.id(&member).await;
    let sam = scene.volunteer().await;
    sam.takes(&id).await;
    member.reads("أنت تتحدث مع Sam").await;
    must_be_good(&member, "talking, Arabic").await;
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keyboard_alone_is_enough_and_the_focus_is_always_seen() {
    let scene = Scene::set().await;
    let member = scene.comes(Wish::default()).await;
    member.presses(Key::Tab).await;
    member.sees("the way past the bar comes first", "document.activeElement.className === 'skip'").await;
    member.presses(Key::Enter).await;
    member.sees("it leads to the main part", "document.activeElement.id === 'main' || location.hash === '#main'").await;
    let mut seen = Vec::new();
    for _ in 0..40 {
        member.presses(Key::Tab).await;
        // What has the focus is drawn so that it is seen, itself or by what lies around it.
        let shown = member
            .says(
                "(() => { const at = document.activeElement; const box = at.closest('.choice') ?? at; \
                 const style = getComputedStyle(box); const size = box.getBoundingClientRect(); \
                 return [at.id || at.name || at.tagName, style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2 \
                 && size.width > 0 && size.height > 0]; })()",
            )
            .await;
        assert_eq!(shown[1], true, "the focus is not seen on {}", shown[0]);
        let name = shown[0].as_str().unwrap_or_default().to_owned();
        let submits = member
            .says("document.activeElement.type === 'submit' && Boolean(document.activeElement.closest('#ask'))")
            .await;
        seen.push(name.clone());
        if name == "message" {
            member.active_element().await.unwrap().send_keys("From the keyboard").await.unwrap();
        }
        if submits == true {
            break;
        }
    }
    assert!(seen.iter().any(|name| name == "message") && seen.iter().any(|name| name == "language"), "{seen:?}");
    member.presses(Key::Enter).await;
    member.reads("From the keyboard").await;
    let id = scene.id(&member).await;
    let sam = scene.volunteer().await;
    sam.takes(&id).await;
    member.reads("You are talking with Sam").await;
    let field = member.find("#text").await;
    field.focus().await.unwrap();
    field.send_keys("one line").await.unwrap();
    field.send_keys(Key::Shift + Key::Enter).await.unwrap();
    field.send_keys("and another").await.unwrap();
    field.send_keys(Key::Enter + "").await.unwrap();
    member.sees("it was sent", "document.querySelector('.said.mine[data-state=sent]')").await;
    assert_eq!(scene.said(&sam, &id).await.last().map(String::as_str), Some("one line\nand another"));
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_keeps_somebody_out_is_found() {
    let scene = Scene::set().await;
    let member = scene.comes(Wish::default()).await;
    let ids = |found: Vec<serde_json::Value>| -> Vec<String> {
        found.iter().filter(|one| axe::is_grave(one)).filter_map(|one| one["id"].as_str().map(str::to_owned)).collect()
    };
    let Some(found) = axe::finds(&member).await else {
        assert!(std::env::var_os("CI").is_none(), "axe-core is not there; tests/install brings it");
        return;
    };
    assert_eq!(ids(found), Vec::<String>::new());
    member.says("document.querySelector('h1').style.color = '#ddd'").await;
    member.says("document.querySelector('label[for=message]').remove()").await;
    let found = ids(axe::finds(&member).await.unwrap_or_default());
    assert!(found.iter().any(|id| id == "color-contrast") && found.iter().any(|id| id == "label"), "{found:?}");
    member.closes().await;
}
