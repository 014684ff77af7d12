//! Letting somebody in and out, who is on call, and shifts that change hands.

use serde_json::json;
use thirtyfour::Key;
use wideawake_browser::Wish;

use crate::scene::{PASSWORD, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_supervisor_adds_somebody_invites_them_and_they_sign_in() {
    let scene = Scene::set().await;
    let page = scene.at_the_board(Wish::default()).await;
    page.goes(&scene.line.url("/board/roster")).await;
    page.clicks("#add-person").await;
    page.sees("the first field has the focus", "document.activeElement.name === 'alias'").await;
    page.types("dialog input[name=alias]", "Rui").await;
    page.find("dialog input[name=zone]").await.clear().await.unwrap();
    page.types("dialog input[name=zone]", "Lisbon").await;
    page.clicks("dialog button[type=submit]").await;
    page.reads("zone: must be an IANA time zone").await;
    page.find("dialog input[name=zone]").await.clear().await.unwrap();
    page.types("dialog input[name=zone]", "Europe/Lisbon").await;
    page.find("dialog input[name=languages]").await.clear().await.unwrap();
    page.types("dialog input[name=languages]", "pt, en").await;
    page.clicks("dialog button[type=submit]").await;
    page.reads("They cannot sign in yet").await;
    let id = page.says("location.pathname.split('/').at(-1)").await.as_str().unwrap().to_owned();
    let kept = scene.supervisor.get(format!("/v1/staff/{id}")).await;
    assert_eq!((&kept["alias"], &kept["languages"]), (&json!("Rui"), &json!(["pt", "en"])), "{kept}");

    page.clicks("#training button[type=button]").await;
    page.types("#training input[type=text]", "suicide-risk").await;
    page.clicks("#training button[type=submit]").await;
    page.sees("it is saved", "document.querySelector('#training [role=status]').textContent !== ''").await;
    let kept = scene.supervisor.get(format!("/v1/staff/{id}")).await;
    assert_eq!(kept["qualifications"], json!([{ "skill": "suicide-risk", "valid_until": null }]));

    page.clicks("#invite").await;
    page.clicks("dialog button[type=submit]").await;
    page.sees("the link", "document.querySelector('dialog input[readonly]')").await;
    let link = page.says("new URL(document.querySelector('dialog input[readonly]').value).pathname").await;
    page.presses(Key::Escape).await;
    let rui = Wish::default().open().await;
    rui.goes(&scene.line.url(link.as_str().unwrap())).await;
    for (field, text) in [("#name", "rui"), ("#password", PASSWORD), ("#again", PASSWORD)] {
        rui.types(field, text).await;
    }
    rui.clicks("main form button").await;
    rui.reads("That is all").await;
    rui.clicks("a[href='/sign-in']").await;
    rui.types("#name", "rui").await;
    rui.types("#password", PASSWORD).await;
    rui.presses(Key::Enter).await;
    rui.sees("the desk", "location.pathname === '/desk'").await;

    page.refresh().await.unwrap();
    page.reads("They can sign in.").await;
    page.clicks("#change-person").await;
    page.find("dialog input[name=alias]").await.clear().await.unwrap();
    page.types("dialog input[name=alias]", "Rui M.").await;
    page.clicks("dialog button[type=submit]").await;
    page.reads("Rui M.").await;
    page.clicks("#remove-person").await;
    page.clicks("dialog button[type=submit]").await;
    page.sees(
        "the roster without them",
        "location.pathname === '/board/roster' && !document.body.textContent.includes('Rui')",
    )
    .await;
    rui.sees("they are out", "location.pathname === '/sign-in'").await;
    for browser in [page, rui] {
        browser.closes().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_is_made_changed_and_stood_in_for_by_keyboard() {
    let scene = Scene::set().await;
    let mut ids = Vec::new();
    for alias in ["Kai", "Lou"] {
        let person = json!({ "alias": alias, "roles": ["professional"], "pools": ["main"], "zone": "Europe/Madrid",
            "languages": ["en"] });
        ids.push(scene.supervisor.post("/v1/staff", &person).await.is(201).json()["id"].clone());
    }
    let page = scene.at_the_board(Wish::default()).await;
    page.goes(&scene.line.url("/board/rotations")).await;
    page.types("#name", "Not a name!").await;
    page.presses(Key::Enter).await;
    page.reads("That cannot be a name").await;
    page.find("#name").await.clear().await.unwrap();
    page.types("#name", "clinicians").await;
    page.presses(Key::Enter).await;
    page.reads("It is made when you save it.").await;
    page.clicks("#rotation button[type=submit]").await;
    page.reads("Add at least one person.").await;
    for alias in ["Kai", "Lou"] {
        page.says(&format!("(() => {{ const list = document.querySelector('#rotation select'); list.value = [...list.options].find((one) => one.text === '{alias}').value; return true; }})()")).await;
        page.says("document.querySelector('#rotation .line > button').focus()").await;
        page.presses(Key::Enter).await;
    }
    page.sees("both", "document.querySelectorAll('#rotation ol li').length === 2").await;
    page.says("document.querySelector('#rotation ol li:last-child button').focus()").await;
    page.presses(Key::Enter).await;
    page.sees("the focus stays with who was moved", "document.activeElement.closest('li') === document.querySelector('#rotation ol li') && document.activeElement.closest('li').textContent.includes('Lou')").await;
    page.clicks("#rotation button[type=submit]").await;
    page.reads("Saved.").await;
    let made = scene.supervisor.get("/v1/rotations/clinicians").await;
    assert_eq!(made["members"], json!([ids[1], ids[0]]), "{made}");
    page.sees("what comes", "document.querySelectorAll('#turns tr').length > 3").await;

    page.says(&format!("(() => {{ document.querySelector('#override select').value = {}; const [start, end] = document.querySelectorAll('#override input'); start.value = '2035-01-01T10:00'; end.value = '2035-01-02T10:00'; return true; }})()", ids[0])).await;
    page.clicks("#override button").await;
    page.sees("who stands in", "document.querySelectorAll('#overrides li').length === 1").await;
    page.clicks("#overrides button").await;
    page.sees(
        "nobody does",
        "document.querySelectorAll('#overrides li').length === 0 && document.querySelectorAll('#turns tr').length > 3",
    )
    .await;
    page.goes(&scene.line.url("/board/rotations")).await;
    page.reads("clinicians").await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_shifts_are_swapped() {
    let scene = Scene::set().await;
    let (ana, rui) = (scene.volunteer("Ana", "ana").await, scene.volunteer("Rui", "rui").await);
    let shift = |days: &[&str]| json!({ "shifts": [{ "zone": "Europe/Madrid", "days": days, "start": "10:00", "end": "12:00" }] });
    for (staff, days) in [(&ana, ["tue"]), (&rui, ["thu"])] {
        scene.supervisor.put(format!("/v1/staff/{}/shifts", staff.id), &shift(&days)).await.is(200);
    }
    let page = scene.at_the_board(Wish::default()).await;
    page.goes(&scene.line.url(&format!("/board/roster/{}", ana.id))).await;
    page.sees("what comes", "document.querySelector('#next li:last-child select')").await;
    page.says(&format!("(() => {{ const whom = document.querySelector('#next li:last-child select'); whom.value = '{}'; whom.dispatchEvent(new Event('change')); return true; }})()", rui.id)).await;
    page.sees("what Rui could give", "document.querySelectorAll('#next li:last-child select')[1]?.options.length > 1")
        .await;
    page.says("(() => { const back = document.querySelectorAll('#next li:last-child select')[1]; back.value = '0'; return true; })()").await;
    page.clicks("#next li:last-child button").await;
    page.reads("Swapped with Rui.").await;
    let (ana, rui) = (
        scene.supervisor.get(format!("/v1/staff/{}", ana.id)).await,
        scene.supervisor.get(format!("/v1/staff/{}", rui.id)).await,
    );
    for (one, other) in [(&ana, &rui), (&rui, &ana)] {
        assert_eq!(one["leave"].as_array().map(Vec::len), Some(1), "{one}");
        assert_eq!(one["leave"][0]["start"], other["extra"][0]["start"], "{one} {other}");
    }
    page.closes().await;
}
