//! The whole night with three browsers at once: a member, a volunteer who uses the keyboard alone, and a supervisor.

use thirtyfour::Key;
use wideawake_browser::ledger::behind_a_line;
use wideawake_browser::{Browser, Wish};

use crate::scene::Scene;

const TYPES: &str = "document.activeElement === document.querySelector('.panel:not([hidden]) textarea')";

async fn writes(page: &Browser, text: &str) {
    page.sees("the field has the focus", TYPES).await;
    page.types(".panel:not([hidden]) textarea", text).await;
    page.presses(Key::Enter).await;
}

async fn focuses(page: &Browser, css: &str) {
    page.find(css).await.focus().await.expect("it takes the focus");
}

/// The button of the open dialog, or of the conversation, with these words.
fn button(words: &str) -> String {
    format!(
        "[...document.querySelectorAll('button')].findLast((one) => one.checkVisibility() && one.textContent.includes('{words}'))"
    )
}

async fn presses_button(page: &Browser, words: &str) {
    let button = button(words);
    page.sees(words, &button).await;
    page.says(&format!("{button}.focus()")).await;
    page.presses(Key::Enter).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn from_the_first_word_to_the_last() {
    let scene = Scene::set().await;
    let sam = scene.volunteer("Sam", "sam").await;
    let rose = scene.server.adds(serde_json::json!({ "alias": "Rose", "roles": ["professional"] })).await;
    let volunteer = scene.at_the_desk(Wish::default(), "sam").await;
    let supervisor = scene.at_the_board(Wish { size: (1400, 900), ..Wish::default() }).await;
    supervisor.sees("who is on duty", "document.querySelector('#on-duty').textContent.includes('Sam')").await;

    let member = Wish::default().open().await;
    member.goes(&scene.outside.url("/")).await;
    member.types("#message", "I cannot sleep.").await;
    member.clicks("#ask [type=submit]").await;

    // Offered: seen, told once, and in the title; accepted with one key.
    volunteer.sees("an offer", "document.querySelectorAll('.offer').length === 1").await;
    volunteer.sees("the title says so", "document.title.startsWith('Offer')").await;
    let told = volunteer.says("[...document.querySelectorAll('#told-now p')].filter((one) => one.textContent.includes('offered to you')).length").await;
    assert_eq!(told, 1);
    volunteer.says("document.activeElement.blur()").await;
    volunteer.action_chain().send_keys("a").perform().await.unwrap();
    volunteer.sees("the conversation", "document.querySelector('.panel:not([hidden]) .said')").await;
    volunteer.reads("I cannot sleep.").await;

    // Both ways.
    volunteer.sees("the field has the focus", TYPES).await;
    volunteer.types(".panel:not([hidden]) textarea", "I am here. ").await;
    member.reads("They are writing to you").await;
    writes(&volunteer, "What keeps you awake?").await;
    member.reads("I am here. What keeps you awake?").await;
    member.sees("it is no longer said", "document.querySelector('#typing').textContent === ''").await;
    member.types("#text", "The phone call.").await;
    member.clicks("#write button").await;
    volunteer.reads("The phone call.").await;
    let told = volunteer.says("[...document.querySelectorAll('#told p, #told-now p')].filter((one) => one.textContent.includes('The phone call.')).length").await;
    assert_eq!(told, 1);

    // The network goes, and comes back: what was typed meanwhile is there once.
    scene.line.cut();
    volunteer.sees("it says so", "!document.querySelector('.lost').hidden").await;
    volunteer.reads("You are not connected.").await;
    writes(&volunteer, "Tell me about it.").await;
    volunteer.sees("it is kept", "document.querySelector('.said[data-state=unsent]')").await;
    scene.line.mend();
    volunteer.sees("it is back", "document.querySelector('.lost').hidden").await;
    member.reads("Tell me about it.").await;
    volunteer.sees("it is on record", "!document.querySelector('.said[data-state=unsent]')").await;
    let said =
        "[...document.querySelectorAll('.said')].filter((one) => one.textContent.includes('Tell me about it.')).length";
    assert_eq!(volunteer.says(said).await, 1);
    assert_eq!(member.says(said).await, 1);

    // Help: asked for, taken on, and in the way of a close until it is settled.
    presses_button(&volunteer, "Call for help").await;
    focuses(&volunteer, "dialog textarea[name=reason]").await;
    volunteer.types("dialog textarea[name=reason]", "I am out of my depth.").await;
    presses_button(&volunteer, "Call now").await;
    supervisor.sees("it is on the board", "document.querySelector('#escalations .case')").await;
    presses_button(&supervisor, "I take it on").await;
    volunteer.reads("Noor has taken it on.").await;
    volunteer.clicks(".jotted summary").await;
    volunteer.types(".jotted textarea", "Has not slept since May.").await;
    presses_button(&volunteer, "Close").await;
    focuses(&volunteer, "dialog input[value=supported]").await;
    assert_eq!(
        volunteer.says("document.querySelector('dialog textarea[name=note]').value").await,
        "Has not slept since May."
    );
    volunteer.presses(Key::Space).await;
    presses_button(&volunteer, "Close").await;
    volunteer.reads("It can be closed once it is.").await;
    // Handed over, and taken back: until somebody else takes it on, it stays with her.
    presses_button(&supervisor, "Hand over").await;
    focuses(&supervisor, "dialog select[name=to]").await;
    presses_button(&supervisor, "Hand over").await;
    supervisor.sees("it is asked", "!document.querySelector('dialog')").await;
    let cases = scene.server.supervisor.get("/v1/escalations").await;
    assert_eq!(cases["items"][0]["hand_over_to"], serde_json::json!(rose.id), "{cases}");
    presses_button(&supervisor, "Settle").await;
    supervisor.types("dialog input[name=outcome]", "safe").await;
    presses_button(&supervisor, "Settle").await;
    supervisor.sees("nothing is open", "!document.querySelector('#escalations .case')").await;

    // The end.
    presses_button(&volunteer, "Close").await;
    volunteer.sees("it is put away", "!document.querySelector('.panel') && !document.querySelector('dialog')").await;
    member.sees("it is over", "document.querySelector('[data-view=over]')").await;
    volunteer.sees("nobody", "!document.querySelector('#nobody').hidden").await;
    assert!(sam.me().await["active"].as_array().is_some_and(Vec::is_empty));
    for page in [volunteer, supervisor, member] {
        page.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_has_scrolled_away_still_sees_an_offer() {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let page = scene.at_the_desk(Wish::small(), "sam").await;
    let member = scene.asks(&serde_json::json!({ "language": "en", "alias": "Sky" })).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    page.clicks(".offer .accept").await;
    page.sees("a conversation", "document.querySelector('.panel:not([hidden])')").await;
    for n in 0..12 {
        member.says(&format!("This is what I have to say, part {n}.")).await;
    }
    page.reads("part 11").await;
    page.says("scrollTo(0, document.documentElement.scrollHeight)").await;
    page.sees("it is scrolled", "scrollY > 200").await;
    scene.asks(&serde_json::json!({ "language": "en", "alias": "River" })).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    let seen = "(() => { const button = document.querySelector('.offer .accept'); const { left, top, width, height } = button.getBoundingClientRect(); return button.contains(document.elementFromPoint(left + width / 2, top + height / 2)); })()";
    page.sees("its button, and nothing over it", seen).await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn several_conversations_side_by_side_with_what_is_unread() {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let page = scene.at_the_desk(Wish::default(), "sam").await;
    let first = scene.asks(&serde_json::json!({ "language": "en", "alias": "Sky" })).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    page.clicks(".offer .accept").await;
    page.sees("one", "document.querySelectorAll('[role=tab]').length === 1").await;
    let _second = scene.asks(&serde_json::json!({ "language": "en", "alias": "River" })).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    page.clicks(".offer .accept").await;
    page.sees("two, the new one open", "document.querySelectorAll('[role=tab]').length === 2 && document.querySelector('[role=tab][aria-selected=true]').textContent.includes('River')").await;
    first.says("Are you there?").await;
    page.sees("unread", "document.querySelector('[role=tab][aria-selected=false]').textContent.match(/1\\W* new/)")
        .await;
    page.sees("in the title", "document.title.startsWith('1 new')").await;
    page.says("document.querySelector('[role=tab][aria-selected=true]').focus()").await;
    page.presses(Key::Up).await;
    page.sees("read", "document.querySelector('[role=tab][aria-selected=true]').textContent.includes('Sky') && !document.title.includes('new')").await;
    // Words of the line are put in, and not sent.
    page.clicks(".panel:not([hidden]) .templates summary").await;
    page.clicks(".panel:not([hidden]) .templates button").await;
    page.sees("to be changed", &format!("{TYPES} && document.activeElement.value === 'I am here. Take your time.'"))
        .await;
    // Given back: what was said leaves the screen.
    presses_button(&page, "Give back").await;
    page.types("dialog textarea", "I have to go.").await;
    presses_button(&page, "Give back").await;
    page.sees("gone", "document.querySelector('.panel:not([hidden])').textContent.includes('Somebody else is asked') && !document.querySelector('.panel:not([hidden]) .said')").await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_volunteer_says_while_the_ledger_cannot_be_reached_is_sent_once_it_can() {
    let (ledger, keys) = behind_a_line().await;
    let scene = Scene::with(&keys).await;
    scene.volunteer("Sam", "sam").await;
    let page = scene.at_the_desk(Wish::default(), "sam").await;
    let member = scene.asks(&serde_json::json!({ "language": "en", "alias": "Sky" })).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    page.clicks(".offer .accept").await;
    page.sees("a conversation", "document.querySelector('.panel:not([hidden])')").await;
    ledger.cut();
    writes(&page, "I am here.").await;
    page.reads("not sent yet").await;
    ledger.mend();
    page.sees(
        "it is on record",
        "document.querySelectorAll('.said').length === 1 && !document.querySelector('.said[data-state=unsent]')",
    )
    .await;
    page.reads("I am here.").await;
    let said = scene.supervisor.get(format!("/v1/requests/{}/messages", member.id)).await;
    assert_eq!(said["items"].as_array().map(Vec::len), Some(1), "{said}");
    page.closes().await;
}
