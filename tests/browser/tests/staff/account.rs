//! One's own account: where one is signed in, the password, a passkey, how one is called, and when one is away.

use serde_json::json;
use thirtyfour::Key;
use tokio::net::TcpListener;
use wideawake_acceptance::Door;
use wideawake_browser::{Line, Wish};

use crate::scene::{PASSWORD, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_ends_a_session_they_do_not_know_and_changes_their_password() {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let elsewhere = scene.signs_in(Wish::default(), "sam", "/desk").await;
    let page = scene.signs_in(Wish::default(), "sam", "/desk/account").await;
    page.sees("both sessions", "document.querySelectorAll('section[aria-labelledby=sessions-title] li').length === 2")
        .await;
    page.clicks("[data-session]").await;
    page.sees("one is left", "document.querySelectorAll('section[aria-labelledby=sessions-title] li').length === 1")
        .await;
    elsewhere.sees("it is signed out", "location.pathname === '/sign-in'").await;
    elsewhere.closes().await;

    page.find("#change-password").await.focus().await.unwrap();
    page.presses(Key::Enter).await;
    page.sees("the first field has the focus", "document.activeElement.name === 'password'").await;
    let new = "another horse, another battery";
    for (field, text) in [("password", "not the one"), ("new", new), ("again", new)] {
        page.types(&format!("dialog input[name={field}]"), text).await;
    }
    page.clicks("dialog button[type=submit]").await;
    // A wrong password is told in the dialog, and nobody is sent away for it.
    page.reads("Password or code is not right.").await;
    page.find("dialog input[name=password]").await.clear().await.unwrap();
    page.types("dialog input[name=password]", PASSWORD).await;
    page.clicks("dialog button[type=submit]").await;
    page.reads("Saved.").await;
    let signed_in = scene.server.doors.desk("POST", "/v1/session").json(&json!({ "name": "sam", "password": new }));
    assert_eq!(signed_in.send().await.status, 204);

    page.clicks("#everywhere").await;
    page.clicks("dialog button[type=submit]").await;
    page.sees("signed out", "location.pathname === '/sign-in'").await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_adds_a_passkey_and_signs_in_with_it() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    // A passkey needs a name that stays.
    let house = format!("http://localhost:{}", listener.local_addr().expect("an address").port());
    let scene = Scene::with(&format!("[notifier]\npublic_url = \"{house}\"\n")).await;
    let _line = Line::over(listener, scene.server.address(Door::Desk));
    scene.volunteer("Sam", "sam").await;
    let page = Wish::default().open().await;
    page.devtools("WebAuthn.enable", json!({})).await;
    let device = json!({ "protocol": "ctap2", "transport": "internal", "hasResidentKey": true,
        "hasUserVerification": true, "isUserVerified": true, "automaticPresenceSimulation": true });
    page.devtools("WebAuthn.addVirtualAuthenticator", json!({ "options": device })).await;
    page.goes(&format!("{house}/desk/account")).await;
    page.types("#name", "sam").await;
    page.types("#password", PASSWORD).await;
    page.presses(Key::Enter).await;
    page.sees("the account", "location.pathname === '/desk/account' && !document.querySelector('#add-passkey').hidden")
        .await;
    page.clicks("#add-passkey").await;
    page.types("dialog input[name=name]", "My telephone").await;
    page.clicks("dialog button[type=submit]").await;
    page.sees("it is listed", "document.querySelector('[data-passkey]')").await;
    page.reads("My telephone").await;
    page.clicks("form[action='/sign-out'] button").await;
    page.sees("the sign-in", "location.pathname === '/sign-in' && !document.querySelector('#passkey').hidden").await;
    page.clicks("#passkey button").await;
    page.sees("the desk", "location.pathname === '/desk'").await;
    page.goes(&format!("{house}/desk/account")).await;
    page.reads("Passkey\nthis browser").await;
    page.clicks("[data-passkey]").await;
    page.sees("it is gone", "!document.querySelector('[data-passkey]')").await;
    page.clicks("form[action='/sign-out'] button").await;
    page.sees("the sign-in", "location.pathname === '/sign-in' && !document.querySelector('#passkey').hidden").await;
    page.clicks("#passkey button").await;
    page.reads("That passkey was not taken.").await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_says_how_they_are_called_and_a_volunteer_when_they_are_away() {
    let scene = Scene::set().await;
    let noor = scene.at_the_board(Wish::default()).await;
    noor.goes(&scene.line.url("/desk/account")).await;
    noor.clicks("#contact button[type=button]").await;
    noor.sees("it has the focus", "document.activeElement.matches('#contact select')").await;
    noor.types("#contact input[type=text]", "noor").await;
    noor.clicks("#contact button[type=submit]").await;
    noor.sees("what is wrong with it", "document.querySelector('#contact .wrong')").await;
    noor.types("#contact input[type=text]", "@line.example").await;
    noor.clicks("#contact button[type=submit]").await;
    noor.reads("Saved.").await;
    let kept = scene.admin.get(format!("/v1/staff/{}", scene.supervisor.id)).await;
    assert_eq!(kept["contact_methods"], json!([{ "kind": "email", "to": "noor@line.example", "after": "0s" }]));
    noor.closes().await;

    let ana = scene.volunteer("Ana", "ana").await;
    let page = scene.signs_in(Wish::default(), "ana", "/desk/week").await;
    let set = "(() => { const [start, end] = document.querySelectorAll('#leave-add input[type=datetime-local]'); \
               start.value = '2035-01-01T10:00'; end.value = '2035-01-02T10:00'; return true; })()";
    page.says(set).await;
    page.clicks("#leave-add button").await;
    page.sees("it is listed", "document.querySelectorAll('#leave li').length === 1").await;
    let kept = scene.admin.get(format!("/v1/staff/{}", ana.id)).await;
    assert_eq!(kept["leave"][0]["start"], json!("2035-01-01T10:00"), "{kept}");
    page.clicks("#leave li button").await;
    page.sees("it is gone", "document.querySelectorAll('#leave li').length === 0").await;
    page.closes().await;
}
