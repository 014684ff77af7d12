//! The board's other pages: hours, coverage, waits, the record.

use serde_json::json;
use thirtyfour::Key;
use wideawake_browser::Wish;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_schedules_somebody_gives_a_shift_away_and_sees_the_gaps_by_keyboard() {
    let scene = Scene::set().await;
    let body = json!({ "alias": "Rui", "roles": ["volunteer"], "pools": ["main"], "zone": "Europe/Lisbon", "languages": ["es"] });
    let rui = scene.supervisor.post("/v1/staff", &body).await.is(201).json()["id"].as_str().unwrap().to_owned();
    let ana = scene.volunteer("Ana", "ana").await;
    let page = scene.at_the_board(Wish::default()).await;
    page.goes(&scene.line.url(&format!("/board/roster/{rui}"))).await;
    page.reads("There are no shifts yet.").await;
    page.clicks("#shifts button[type=button]").await;
    page.sees("the first day has the focus", "document.activeElement.value === 'mon'").await;
    for _ in 0..7 {
        page.presses(Key::Space).await;
        page.presses(Key::Tab).await;
    }
    page.says("(() => { const [start, end] = document.querySelectorAll('.shift input[type=time]'); start.value = '22:00'; end.value = '06:00'; return true; })()").await;
    page.find("#shifts button[type=submit]").await.focus().await.unwrap();
    page.presses(Key::Enter).await;
    page.reads("Saved.").await;
    let kept = scene.supervisor.get(format!("/v1/staff/{rui}")).await;
    assert_eq!(kept["shifts"][0]["days"].as_array().map(Vec::len), Some(7), "{kept}");
    assert_eq!(
        (kept["shifts"][0]["zone"].clone(), kept["shifts"][0]["end"].clone()),
        (json!("Europe/Lisbon"), json!("06:00"))
    );

    page.goes(&scene.line.url(&format!("/board/roster/{rui}"))).await;
    page.sees("what comes", "document.querySelectorAll('#next li').length > 10").await;
    page.says(&format!("(document.querySelector('#next li:last-child select').value = '{}') !== ''", ana.id)).await;
    page.says("document.querySelector('#next li:last-child button').focus()").await;
    page.presses(Key::Enter).await;
    page.reads("Ana has it now.").await;
    let (rui, ana) = (
        scene.supervisor.get(format!("/v1/staff/{rui}")).await,
        scene.supervisor.get(format!("/v1/staff/{}", ana.id)).await,
    );
    assert_eq!(rui["leave"].as_array().map(Vec::len), Some(1));
    assert_eq!(
        (&rui["leave"][0]["start"], &rui["leave"][0]["end"]),
        (&ana["extra"][0]["start"], &ana["extra"][0]["end"])
    );

    page.goes(&scene.line.url("/board/coverage?of=skill%3Asafeguarding")).await;
    page.sees("a gap in every hour", "document.querySelectorAll('td[data-level=\"0\"]').length > 300").await;
    page.sees("and as words", "document.querySelectorAll('ul.gaps li').length === 1").await;
    page.goes(&scene.line.url("/board/coverage?of=language%3Aes")).await;
    page.sees("no gap: somebody is always there", "document.querySelectorAll('td[data-level=\"0\"]').length === 0")
        .await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn waits_are_shown_as_they_were_and_reading_is_recorded_with_its_reason() {
    let scene = Scene::set().await;
    let sam = scene.server.on_duty(json!({ "alias": "Sam" })).await;
    let held = scene.asks(&json!({ "language": "en", "message": "I cannot sleep." })).await;
    sam.takes(&held.id).await;
    sam.says(&held.id, "I am here.").await;
    sam.duty("break").await;
    let left = scene.asks(&json!({ "language": "en" })).await;
    left.leaves().await;
    let page = scene.at_the_board(Wish { size: (1400, 900), ..Wish::default() }).await;
    page.sees("a conversation", "document.querySelector('#active button')").await;
    page.clicks("#active button").await;
    page.says("[...document.querySelectorAll('dialog button')].find((one) => one.textContent.includes('Read the conversation')).click()").await;
    page.clicks("dialog input[value=support]").await;
    page.clicks("dialog button[type=submit]").await;
    page.reads("I cannot sleep.").await;
    let read = scene.admin.get(format!("/v1/audit/staff:{}", scene.supervisor.id)).await;
    let read =
        read["items"].as_array().unwrap().iter().find(|one| one["type"] == "conversation_read").cloned().unwrap();
    assert_eq!((&read["data"]["reason"], &read["data"]["request"]), (&json!("support"), &json!(held.id)));
    page.presses(Key::Escape).await;
    page.clicks("#active button").await;
    page.says("[...document.querySelectorAll('dialog button')].find((one) => one.textContent.includes('Who was asked')).click()").await;
    page.reads("Only Sam could take it.").await;
    page.goes(&scene.line.url("/board/waits")).await;
    page.sees("plots", "document.querySelectorAll('.plot svg').length === 2").await;
    // The last day: two asked, one was answered, one left before.
    let row = page
        .says("[...document.querySelectorAll('table.figures tbody tr:last-child td')].map((one) => one.textContent)")
        .await;
    assert_eq!((&row[0], &row[7], &row[9]), (&json!("2"), &json!("1"), &json!("0")), "{row}");
    page.closes().await;
}
