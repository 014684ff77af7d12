use wideawake_browser::look::{takes, takes_all};
use wideawake_browser::{Browser, Wish};

use crate::scene::Scene;

/// Pictures of the member page. Not a test: `tests/browser/pictures` runs it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes pictures for the documents"]
async fn pictures() {
    let large = Wish { size: (1100, 800), ..Wish::default() };
    let small = Wish { size: (390, 760), ..Wish::default() };
    let of = |wish: Wish, name: &'static str, first: &'static str, answer: &'static str, last: &'static str| async move {
        let scene = Scene::set().await;
        let breadth = wish.size.0;
        let page = scene.comes(wish).await;
        takes_all(&page, &format!("member-start-{name}"), breadth).await;
        for details in 1..=2 {
            page.clicks(&format!("#ask details:nth-of-type({details}) summary")).await;
        }
        page.clicks("input[name=q2][value=yes]").await;
        takes_all(&page, &format!("member-start-open-{name}"), breadth).await;
        page.types("#message", first).await;
        page.clicks("#ask [type=submit]").await;
        page.sees("it waits", "document.querySelector('#standing[data-status=waiting]')").await;
        takes_all(&page, &format!("member-wait-{name}"), breadth).await;
        let id = scene.id(&page).await;
        let sam = scene.volunteer().await;
        sam.takes(&id).await;
        sam.says(&id, answer).await;
        page.sees("an answer", "document.querySelectorAll('.said:not(.mine)').length === 1").await;
        says(&page, last).await;
        takes(&page, &format!("member-talk-{name}")).await;
        takes_all(&page, &format!("member-talk-all-{name}"), breadth).await;
        scene.line.cut();
        page.sees("it is cut", "!document.querySelector('#net').hidden").await;
        page.types("#text", last).await;
        page.clicks("#write button").await;
        page.sees("it is kept", "document.querySelector('.said[data-state=unsent]')").await;
        takes_all(&page, &format!("member-cut-{name}"), breadth).await;
        scene.line.mend();
        page.sees("it is back", "document.querySelector('#net').hidden").await;
        sam.closes(&id).await;
        page.sees("it is over", "document.querySelector('[data-view=over]')").await;
        takes_all(&page, &format!("member-over-{name}"), breadth).await;
        page.closes().await;
    };
    let english = (
        "I can’t sleep. Since the funeral I keep going over that last phone call.",
        "I’m here, and I have time. What do you hear when you go over it?",
        "That I should have picked up.",
    );
    of(large.clone(), "large", english.0, english.1, english.2).await;
    of(large.dark(), "large-dark", english.0, english.1, english.2).await;
    of(small.clone(), "small", english.0, english.1, english.2).await;
    of(small.clone().dark(), "small-dark", english.0, english.1, english.2).await;
    of(
        small.reading("ar"),
        "small-ar",
        "لا أستطيع النوم منذ الجنازة.",
        "أنا هنا ولدي وقت. ما الذي يدور في بالك؟",
        "أنه كان عليّ أن أجيب على الهاتف.",
    )
    .await;
}

async fn says(page: &Browser, text: &str) {
    page.types("#text", text).await;
    page.clicks("#write button").await;
    page.sees("it was sent", "document.querySelector('.said.mine[data-state=sent]')").await;
}
