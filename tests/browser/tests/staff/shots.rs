//! Pictures of the staff's pages, for the documents and to be looked at.

use serde_json::json;
use wideawake_browser::Wish;
use wideawake_browser::look::{takes, takes_all};

use crate::scene::Scene;

async fn desk(name: &str, wish: Wish) {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let breadth = wish.size.0;
    let page = wish.clone().open().await;
    page.goes(&scene.line.url("/sign-in")).await;
    takes(&page, &format!("sign-in-{name}")).await;
    page.closes().await;
    let page = scene.at_the_desk(wish, "sam").await;
    takes(&page, &format!("desk-empty-{name}")).await;
    let first = scene.asks(&json!({ "language": "en", "alias": "Sky", "topics": ["grief"], "age_band": "18_25",
        "time_zone": "America/Sao_Paulo", "message": "I can’t sleep. Since the funeral I keep going over that last phone call." })).await;
    page.sees("an offer", "document.querySelector('.offer')").await;
    takes_all(&page, &format!("desk-offer-{name}"), breadth).await;
    page.clicks(".offer .accept").await;
    page.sees("a conversation", "document.querySelector('.panel:not([hidden]) .said')").await;
    page.types(".panel:not([hidden]) textarea", "I’m here, and I have time. What do you hear when you go over it?")
        .await;
    page.clicks(".panel:not([hidden]) [type=submit]").await;
    page.sees("said", "document.querySelectorAll('.panel:not([hidden]) .said').length === 2 && !document.querySelector('[data-state=unsent]')").await;
    first.says("That I should have picked up.").await;
    scene.asks(&json!({ "language": "es", "alias": "Río", "topics": ["anxiety"], "screening": { "q1": true, "q2": true, "q3": true } })).await;
    page.sees("another offer", "document.querySelector('.offer')").await;
    takes_all(&page, &format!("desk-talk-{name}"), breadth).await;
    page.clicks(".panel:not([hidden]) .actions .danger").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    takes(&page, &format!("desk-escalate-{name}")).await;
    page.presses(thirtyfour::Key::Escape).await;
    scene.line.cut();
    page.sees("cut", "!document.querySelector('.lost').hidden").await;
    takes(&page, &format!("desk-cut-{name}")).await;
    scene.line.mend();
    page.sees("back", "document.querySelector('.lost').hidden").await;
    page.goes(&scene.line.url("/desk/week")).await;
    takes_all(&page, &format!("desk-week-{name}"), breadth).await;
    page.goes(&scene.line.url("/desk/account")).await;
    page.sees("the account", "document.querySelector('#everywhere')").await;
    takes_all(&page, &format!("desk-account-{name}"), breadth).await;
    page.clicks("#change-password").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    takes(&page, &format!("desk-password-{name}")).await;
    page.closes().await;
}

async fn board(name: &str, wish: Wish) {
    let scene = Scene::set().await;
    let breadth = wish.size.0;
    let people = [
        ("Aroha", "Pacific/Auckland", "en", 2),
        ("Kenji", "Asia/Tokyo", "en", 2),
        ("Layla", "Africa/Cairo", "ar", 2),
        ("Marta", "Europe/Madrid", "es", 3),
        ("Theo", "America/Vancouver", "en", 1),
    ];
    let mut staff = Vec::new();
    for (alias, zone, language, capacity) in people {
        let days = json!(["mon", "tue", "wed", "thu", "fri", "sat"]);
        let shifts = json!([{ "zone": zone, "days": days, "start": "07:00", "end": "23:00" }, { "zone": "UTC", "days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "00:00", "until": "2100-01-01" }]);
        let shifts = if alias == "Layla" || alias == "Marta" { json!([shifts[0]]) } else { json!([shifts[1]]) };
        let person = json!({ "alias": alias, "zone": zone, "languages": [language, "en"], "capacity": capacity, "shifts": shifts });
        staff.push(scene.server.on_duty(person).await);
    }
    for (n, text) in [(0, "I cannot sleep."), (4, "My brother is gone.")] {
        let member = scene.asks(&json!({ "language": "en", "alias": "Sky", "message": text })).await;
        scene
            .supervisor
            .post(format!("/v1/requests/{}/assign", member.id), &json!({ "staff": staff[n].id }))
            .await
            .is(200);
        if n == 4 {
            staff[n].says(&member.id, "I am here.").await;
            staff[n]
                .post(
                    format!("/v1/requests/{}/escalate", member.id),
                    &json!({ "policy": "clinician", "reason": "plans" }),
                )
                .await
                .is(200);
        }
    }
    for one in &staff {
        one.duty("break").await;
    }
    for (language, q) in [("en", 3), ("es", 0), ("ar", 2), ("en", 0), ("en", 6), ("es", 2), ("en", 0)] {
        scene.asks(&json!({ "language": language, "screening": { "q1": true, "q2": q >= 2, "q3": q >= 3, "q6": q >= 6, "q6_recent": q >= 6 } })).await;
    }
    for n in [1, 4] {
        staff[n].duty("ready").await;
    }
    for alias in ["Dr Lou", "Dr Kai"] {
        let person = json!({ "alias": alias, "roles": ["professional"], "zone": "Europe/Madrid", "languages": ["en"] });
        scene.server.adds(person).await;
    }
    let known = scene.supervisor.get("/v1/staff").await;
    let known = known["items"].as_array().expect("a list");
    let professionals: Vec<_> =
        known.iter().filter(|one| one["roles"] == json!(["professional"])).map(|one| one["id"].clone()).collect();
    let turns = json!({ "zone": "Europe/Madrid", "starts": "2026-01-05", "handoff": "09:00", "every_days": 7,
        "members": professionals });
    scene.supervisor.put("/v1/rotations/clinicians", &turns).await.is(200);
    let stands = json!({ "with": scene.supervisor.id, "start": "2035-12-24T18:00", "end": "2035-12-25T09:00" });
    scene.supervisor.post("/v1/rotations/clinicians/overrides", &stands).await.is(201);
    let page = scene.at_the_board(wish).await;
    page.sees("who waits", "document.querySelectorAll('#waiting tr').length >= 4 && document.querySelector('.case')")
        .await;
    takes_all(&page, &format!("board-{name}"), breadth).await;
    page.clicks("#active button").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    takes(&page, &format!("board-request-{name}")).await;
    page.presses(thirtyfour::Key::Escape).await;
    for (path, shot) in [
        ("/board/roster", "roster"),
        (&*format!("/board/roster/{}", staff[3].id), "hours"),
        ("/board/rotations", "rotations"),
        ("/board/rotations/clinicians", "rotation"),
        ("/board/coverage?of=language%3Aes", "coverage"),
        ("/board/waits", "waits"),
    ] {
        page.goes(&scene.line.url(path)).await;
        page.sees("the page", "document.querySelector('main h1')").await;
        takes_all(&page, &format!("board-{shot}-{name}"), breadth).await;
    }
    page.goes(&scene.line.url("/board/roster")).await;
    page.clicks("#add-person").await;
    page.sees("a dialog", "document.querySelector('dialog[open]')").await;
    takes(&page, &format!("board-add-{name}")).await;
    let member = scene.asks(&json!({ "language": "en" })).await;
    page.goes(&scene.line.url(&format!("/board/history?of=request:{}", member.id))).await;
    page.clicks("details").await;
    takes_all(&page, &format!("board-history-{name}"), breadth).await;
    page.closes().await;
}

/// Not tests: `tests/browser/pictures` runs them.
macro_rules! pictures {
    ($($name:ident: $wish:expr),* $(,)?) => { $(
        mod $name {
            use super::*;

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "it takes pictures for the documents"]
            async fn pictures_of_the_desk() { desk(&stringify!($name).replace('_', "-"), $wish).await; }

            #[tokio::test(flavor = "multi_thread")]
            #[ignore = "it takes pictures for the documents"]
            async fn pictures_of_the_board() { board(&stringify!($name).replace('_', "-"), $wish).await; }
        }
    )* };
}

pictures! {
    large: Wish { size: (1280, 860), ..Wish::default() },
    large_dark: Wish { size: (1280, 860), ..Wish::default() }.dark(),
    small: Wish { size: (390, 760), ..Wish::default() },
    small_dark_ar: Wish { size: (390, 760), ..Wish::default() }.dark().reading("ar"),
}
