//! Coming in and going out, with and without script.

use serde_json::json;
use thirtyfour::Key;
use wideawake_browser::{Wish, must_be_usable_by_everyone};

use crate::scene::{PASSWORD, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_not_signed_in_is_sent_there_and_comes_back_without_any_script() {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let page = Wish::default().without_script().open().await;
    page.goes(&scene.line.url("/desk/week")).await;
    page.reads("Sign in").await;
    page.types("#name", "sam").await;
    page.types("#password", "not the password at all").await;
    page.presses(Key::Enter).await;
    page.reads("Name, password or code is not right.").await;
    page.types("#password", PASSWORD).await;
    page.presses(Key::Enter).await;
    page.reads("What counts is time that is both on shift and ready.").await;
    page.clicks("header button").await;
    page.reads("Sign in").await;
    page.goes(&scene.line.url("/desk")).await;
    page.reads("Password").await;
    page.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_that_may_not_see_a_page_is_told_so_in_words() {
    let scene = Scene::set().await;
    scene.volunteer("Sam", "sam").await;
    let page = scene.signs_in(Wish::default(), "sam", "/desk").await;
    page.goes(&scene.line.url("/board")).await;
    page.reads("This page is not for your role").await;
    must_be_usable_by_everyone(&page, "the page of the wrong role").await;
    // A program hears it as everywhere.
    let told = scene.supervisor.call("GET", "/desk/nothing").send().await;
    assert_eq!((told.status, told.json()["type"].clone()), (404, json!("urn:wideawake:problem:not-found")));
    page.closes().await;
}
