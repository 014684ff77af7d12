use wideawake_browser::look;
use wideawake_browser::{Browser, Wish};

use crate::scene::Scene;

/// Those that the documents show. Elsewhere (`WIDEAWAKE_PICTURES`) all of them are kept, to be looked at.
const SHOWN: [&str; 6] = [
    "member-start-large",
    "member-start-small-dark",
    "member-wait-small",
    "member-talk-large-dark",
    "member-talk-small-ar",
    "member-over-small",
];

fn is_wanted(name: &str) -> bool {
    SHOWN.contains(&name) || std::env::var_os("WIDEAWAKE_PICTURES").is_some()
}

async fn takes(page: &Browser, name: &str) {
    if is_wanted(name) {
        look::takes(page, name).await;
    }
}

async fn takes_all(page: &Browser, name: &str, breadth: u32) {
    if is_wanted(name) {
        look::takes_all(page, name, breadth).await;
    }
}

/// Pictures of the member page. Not a test: `tests/browser/pictures` runs it.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes pictures for the documents"]
async fn pictures() {
    let large = Wish { size: (1100, 800), ..Wish::default().reading("en-GB") };
    let small = Wish { size: (390, 760), ..large.clone() };
    walks(large.clone(), "large", &ENGLISH).await;
    walks(large.dark(), "large-dark", &ENGLISH).await;
    walks(small.clone(), "small", &ENGLISH).await;
    walks(small.clone().dark(), "small-dark", &ENGLISH).await;
    walks(small.reading("ar-LB"), "small-ar", &ARABIC).await;
}

/// What is said, in turn: the member, who answers, and the member twice more.
const ENGLISH: [&str; 4] = [
    "I can’t sleep. Since the funeral I keep going over that last phone call.",
    "I’m here, and I have time. What do you hear when you go over it?",
    "That I should have picked up.",
    "I was so tired that day.",
];
const ARABIC: [&str; 4] = [
    "لا أستطيع النوم منذ الجنازة.",
    "أنا هنا ولدي وقت. ما الذي يدور في بالك؟",
    "أنه كان عليّ أن أجيب على الهاتف.",
    "كنت متعبًا جدًا ذلك اليوم.",
];

async fn walks(wish: Wish, name: &str, words: &[&str; 4]) {
    let [first, answer, last, more] = words;
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
    page.types("#text", more).await;
    page.clicks("#write button").await;
    page.sees("it is kept", "document.querySelector('.said[data-state=unsent]')").await;
    takes_all(&page, &format!("member-cut-{name}"), breadth).await;
    scene.line.mend();
    page.sees("it is back", "document.querySelector('#net').hidden").await;
    sam.closes(&id).await;
    page.sees("it is over", "document.querySelector('[data-view=over]')").await;
    takes_all(&page, &format!("member-over-{name}"), breadth).await;
    page.closes().await;
}

async fn says(page: &Browser, text: &str) {
    page.types("#text", text).await;
    page.clicks("#write button").await;
    page.sees("it was sent", "document.querySelector('.said.mine[data-state=sent]')").await;
}
