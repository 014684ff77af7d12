use wideawake_acceptance::eventually;
use wideawake_browser::Wish;

use crate::scene::Scene;

#[tokio::test(flavor = "multi_thread")]
async fn a_member_asks_waits_talks_both_ways_and_comes_to_an_end() {
    let scene = Scene::set().await;
    let member = scene.asks(Wish::default(), "I cannot sleep").await;
    member.reads("We are looking for someone for you").await;
    member.reads("You are next.").await;
    member.reads("I cannot sleep").await;
    let id = scene.id(&member).await;

    let sam = scene.volunteer().await;
    sam.takes(&id).await;
    member.reads("You are talking with Sam").await;
    sam.says(&id, "I am here. What keeps you awake?").await;
    member.reads("What keeps you awake?").await;
    // Read out once, by the region that is for it.
    member
        .sees("it is announced", "document.querySelector('#news').textContent.includes('What keeps you awake?')")
        .await;

    member.types("#text", "My father died").await;
    member.clicks("#write button").await;
    member
        .sees("it was sent", "document.querySelector('.said.mine[data-state=sent] .state').textContent === 'Sent'")
        .await;
    eventually("it arrives", || async {
        scene.said(&sam, &id).await.contains(&"My father died".to_owned()).then_some(())
    })
    .await;

    sam.closes(&id).await;
    member.reads("This conversation has ended").await;
    member.reads("you can come back at any hour").await;
    member.reads("Save a copy of what was said").await;

    member.clicks("form[action^='/erase'] button").await;
    member.reads("Everything you wrote has been erased").await;
    assert!(!member.text().await.contains("My father died"));
    // The page that says so has taken the cookie away.
    member.refresh().await.unwrap();
    member.reads("You can talk with someone here").await;
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_while_the_line_is_cut_is_kept_and_sent_once() {
    let scene = Scene::set().await;
    let sam = scene.volunteer().await;
    let member = scene.asks(Wish::default(), "Hello").await;
    let id = scene.id(&member).await;
    sam.takes(&id).await;
    member.reads("You are talking with Sam").await;

    scene.line.cut();
    member.reads("The connection is gone").await;
    for text in ["one", "two"] {
        member.types("#text", text).await;
        member.clicks("#write button").await;
    }
    member.sees("both are kept", "document.querySelectorAll('.said[data-state=unsent]').length === 2").await;
    // What is kept outlives the page.
    let kept = member.says("sessionStorage.length").await;
    assert_eq!(kept, 1);
    sam.says(&id, "Are you still there?").await;

    scene.line.mend();
    member.reads("Are you still there?").await;
    member.sees("both were sent", "document.querySelectorAll('.said.mine[data-state=sent]').length === 2").await;
    member.sees("nothing is kept", "sessionStorage.length === 0").await;
    member.sees("it says so", "document.querySelector('#net').hidden").await;
    let said = scene.said(&sam, &id).await;
    assert_eq!(said, ["Hello", "Are you still there?", "one", "two"]);

    // A reload, and another tab, have it all, once.
    member.refresh().await.unwrap();
    member.reads("Are you still there?").await;
    let count = "[...document.querySelectorAll('.said .what')].map((one) => one.textContent).join('|')";
    assert_eq!(member.says(count).await, "Hello|Are you still there?|one|two");
    let tab = member.new_tab().await.unwrap();
    member.switch_to_window(tab).await.unwrap();
    member.goes(&scene.line.url("/")).await;
    member.reads("Are you still there?").await;
    member.types("#text", "from the other tab").await;
    member.clicks("#write button").await;
    let first = member.windows().await.unwrap()[0].clone();
    member.switch_to_window(first).await.unwrap();
    member.reads("from the other tab").await;
    assert_eq!(member.says(count).await, "Hello|Are you still there?|one|two|from the other tab");
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_while_the_line_is_cut_has_asked_once_when_it_is_back() {
    let scene = Scene::set().await;
    let member = scene.comes(Wish::default()).await;
    member.types("#message", "Please").await;
    scene.line.cut();
    member.clicks("#ask [type=submit]").await;
    member.reads("nothing is sent twice").await;
    scene.line.mend();
    member.reads("We are looking for someone for you").await;
    member.reads("Please").await;
    let board = scene.server.supervisor.get("/v1/board").await;
    assert_eq!(board["waiting"].as_array().map(Vec::len), Some(1), "{board}");
    member.closes().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_member_says_about_themselves_arrives() {
    let scene = Scene::set().await;
    let member = scene.comes(Wish::default()).await;
    member.clicks("input[value=youth]").await;
    for details in 1..=2 {
        member.clicks(&format!("#ask details:nth-of-type({details}) summary")).await;
    }
    member.sees("only topics of the line", "document.querySelector('[value=grief]').parentElement.hidden").await;
    member.types("#alias", "Robin").await;
    member.clicks("input[value=under_18]").await;
    member.clicks("input[value=school]").await;
    member.sees("what follows is not asked yet", "!document.querySelector('[name=q3]').checkVisibility()").await;
    member.clicks("input[name=q2][value=yes]").await;
    member.clicks("input[name=q3][value=yes]").await;
    member.clicks("#ask [type=submit]").await;
    member.reads("We are looking for someone for you").await;
    let id = scene.id(&member).await;
    let board = scene.server.supervisor.get("/v1/board").await;
    let row = board["waiting"][0].clone();
    assert_eq!((&row["request"], &row["line"]), (&id.into(), &"youth".into()));
    // Question 3 is a moderate risk, which is at least `elevated`.
    assert_eq!(row["priority"], "elevated");
    member.closes().await;
}
