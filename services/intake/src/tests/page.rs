//! The member page as the door gives it: the browser tests are in tests/browser.

use axum::http::{HeaderMap, Method, header};
use serde_json::json;
use wideawake_domain::Actor;
use wideawake_domain::request::Command;
use wideawake_runtime::config::Limits;

use super::house::{House, Member};

const OURS: (&str, &str) = ("origin", "http://door");

fn cookie(headers: &HeaderMap) -> Option<String> {
    let cookie = headers.get(header::SET_COOKIE)?.to_str().ok()?;
    cookie.split(';').next().map(str::to_owned)
}

fn of(member: &Member) -> String {
    format!("wideawake={}.{}", member.id, member.token)
}

async fn get(house: &House, path: &str, headers: &[(&str, &str)]) -> (u16, HeaderMap, String) {
    house.page(Method::GET, path, headers, "").await
}

#[tokio::test]
async fn a_form_opens_a_request_once_and_leads_to_the_page_that_shows_it() {
    let house = House::new();
    let (status, headers, page) = get(&house, "/", &[("accept-language", "es-AR")]).await;
    assert_eq!(status, 200);
    let policy = headers["content-security-policy"].to_str().expect("text");
    assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
    assert!(policy.contains("form-action 'self' https://www.wikipedia.org;"), "{policy}");
    assert!(page.contains("lang=\"es\" dir=\"ltr\"") && page.contains("<option value=\"AR\" selected"), "{page}");
    assert!(!page.contains("<style") && !page.contains("style=") && !page.contains("onclick"), "{page}");

    let form = "key=0123456789012345678901&line=youth&language=es&topics=grief&topics=school&message=Hola%0D%0Aa+todos&q1=yes&age_band=18_25&alias=+";
    let asked = house.page(Method::POST, "/ask?lang=es", &[OURS], form).await;
    assert_eq!((asked.0, asked.1[header::LOCATION].to_str().ok()), (303, Some("/?lang=es")));
    let cookie_of = cookie(&asked.1).expect("a cookie");
    let again = house.page(Method::POST, "/ask?lang=es", &[OURS], form).await;
    assert_eq!(cookie(&again.1), Some(cookie_of.clone()), "the same form is the same request");

    let (_, _, page) = get(&house, "/", &[("cookie", &cookie_of)]).await;
    assert!(page.contains("Hola\na todos") && page.contains("Estamos buscando a alguien para ti"), "{page}");
    assert!(page.contains("http-equiv=\"refresh\""), "{page}");
    let (_, _, page) = get(&house, "/?write=1", &[("cookie", &cookie_of)]).await;
    assert!(!page.contains("http-equiv=\"refresh\""), "nothing takes away what is being typed");
    let id = cookie_of.strip_prefix("wideawake=").and_then(|pair| pair.split('.').next()).expect("an id");
    let request = house.record.request(id.parse().expect("a UUID")).await.expect("a record").expect("it is there");
    assert_eq!((request.line.as_str(), request.topics.len()), ("youth", 1), "a topic of another line is left out");
    let level = house
        .page(Method::POST, "/say", &[OURS, ("cookie", &cookie_of)], "key=0123456789012345678901&text=S%C3%AD")
        .await;
    assert_eq!(level.0, 303);
    house.page(Method::POST, "/say", &[OURS, ("cookie", &cookie_of)], "key=0123456789012345678901&text=S%C3%AD").await;
    let (_, _, page) = get(&house, "/", &[("cookie", &cookie_of)]).await;
    assert_eq!(page.matches("<div class=\"what\" dir=\"auto\">Sí</div>").count(), 1, "said once: {page}");
}

#[tokio::test]
async fn nothing_that_another_page_sends_is_done() {
    let house = House::new();
    let member = house.open(&json!({ "language": "en", "message": "words" })).await;
    for path in ["/ask", "/say", "/leave", "/erase", "/forget"] {
        for headers in [vec![("origin", "https://evil.example")], vec![("origin", "null")], vec![]] {
            let mut headers = headers.clone();
            let cookie = of(&member);
            headers.push(("cookie", &cookie));
            let (status, answered, page) = house.page(Method::POST, path, &headers, "text=x&message=x").await;
            assert_eq!(status, 403, "{path} {headers:?}");
            assert!(!answered.contains_key(header::SET_COOKIE) && page.contains("nothing was done"), "{page}");
        }
    }
    assert_eq!(house.get(&member).await["status"], "waiting");
}

#[tokio::test]
async fn leaving_ends_it_takes_the_cookie_and_goes_elsewhere() {
    for (kind, status) in [("application/x-www-form-urlencoded", 303), ("text/plain;charset=UTF-8", 204)] {
        let house = House::new();
        let member = house.open(&json!({ "language": "en", "message": "a secret" })).await;
        let cookie_of = of(&member);
        // The first content type that stands there counts.
        let headers = [OURS, ("cookie", cookie_of.as_str()), ("content-type", kind)];
        let (got, headers, _) = house.page(Method::POST, "/leave", &headers, "").await;
        assert_eq!(got, status);
        assert_eq!(cookie(&headers).as_deref(), Some("wideawake="));
        let to = headers.get(header::LOCATION).and_then(|to| to.to_str().ok());
        assert_eq!(to, (status == 303).then_some("https://www.wikipedia.org/"));
        assert_eq!(headers.contains_key("clear-site-data"), status == 204);
        assert_eq!(house.get(&member).await["status"], "closed");
        // Whoever still has the cookie finds the first page, and loses it.
        let (_, headers, page) = get(&house, "/", &[("cookie", &cookie_of)]).await;
        assert!(page.contains("You can talk with someone here") && !page.contains("a secret"), "{page}");
        assert_eq!(cookie(&headers).as_deref(), Some("wideawake="));
    }
    let house = House::new();
    let stranger = house.page(Method::POST, "/leave", &[OURS, ("cookie", "wideawake=nonsense")], "").await;
    assert_eq!(stranger.0, 303, "nothing keeps anybody here");
}

#[tokio::test]
async fn what_was_typed_is_there_again_when_it_could_not_be_taken() {
    let house = House::limited(Limits { requests_per_address: 1, ..Limits::default() });
    house.open(&json!({ "language": "en" })).await;
    let key = "0123456789012345678901";
    let form = format!("key={key}&language=en&message=%3Cb%3Eplease&country=GB&alias=Robin&q1=no");
    let (status, headers, page) = house.page(Method::POST, "/ask", &[OURS], &form).await;
    assert_eq!((status, headers.contains_key(header::SET_COOKIE)), (429, false));
    assert!(page.contains("&#60;b&#62;please</textarea>") && page.contains(&format!("value=\"{key}\"")), "{page}");
    assert!(page.contains("value=\"Robin\"") && page.contains("name=\"q1\" value=\"no\" checked"), "{page}");
    assert!(page.contains("Very many people") && page.contains("tel:999"), "whom else to call: {page}");

    let form = format!("key={key}&language=no+tag&message={}", "x".repeat(4001));
    let (status, _, page) = House::new().page(Method::POST, "/ask", &[OURS], &form).await;
    assert_eq!(status, 422);
    assert!(page.contains("Please look at it once more") && page.matches("aria-invalid").count() == 2, "{page}");
}

#[tokio::test]
async fn a_conversation_that_ended_says_how_and_can_be_forgotten_or_erased() {
    let house = House::new();
    let member = house.open(&json!({ "language": "de", "message": "Worte" })).await;
    let cookie_of = of(&member);
    let volunteer = house.volunteer("Sam").await;
    house.assign(&member, volunteer).await;
    let (_, _, page) = get(&house, "/", &[("cookie", &cookie_of)]).await;
    assert!(page.contains("Du redest mit Sam"), "{page}");
    // A conversation that goes on is not forgotten by accident.
    let (_, headers, _) = house.page(Method::POST, "/forget", &[OURS, ("cookie", &cookie_of)], "").await;
    assert!(!headers.contains_key(header::SET_COOKIE));
    let retention = house.door.retention(&house.record.request(member.id()).await.expect("a record").expect("it"));
    house.command(&member, Actor::Member, Command::Leave(retention)).await;
    let (_, _, page) = get(&house, "/", &[("cookie", &cookie_of)]).await;
    assert!(!page.contains("Worte"), "what was left is not shown again: {page}");

    let member = house.open(&json!({ "language": "de", "message": "Worte" })).await;
    let cookie_of = of(&member);
    let (status, _, _) = house.page(Method::POST, "/erase", &[OURS, ("cookie", &cookie_of)], "").await;
    assert_eq!(status, 303);
    let (_, headers, page) = get(&house, "/", &[("cookie", &cookie_of)]).await;
    assert!(page.contains("ist gelöscht") && !page.contains("Worte"), "{page}");
    assert_eq!(cookie(&headers).as_deref(), Some("wideawake="));
}

#[tokio::test]
async fn whoever_comes_from_another_site_finds_their_conversation() {
    let house = House::new();
    let member = house.open(&json!({ "language": "en" })).await;
    let (_, _, page) = get(&house, "/", &[("sec-fetch-site", "cross-site")]).await;
    assert!(page.contains("data-from-elsewhere") && page.contains("You have a conversation here already"), "{page}");
    assert_eq!(get(&house, "/current", &[]).await.0, 204);
    let (status, _, current) = get(&house, "/current", &[("cookie", &of(&member))]).await;
    assert_eq!((status, current.contains(&member.id)), (200, true));
}

#[tokio::test]
async fn every_word_of_the_page_is_written() {
    let house = House::new();
    let member = house.open(&json!({ "language": "tlh", "message": "words" })).await;
    for tag in ["en", "es", "pt", "fr", "de", "ar"] {
        for (path, cookie) in [("/?lang=", String::new()), ("/?write=1&lang=", of(&member))] {
            let (_, _, page) = get(&house, &format!("{path}{tag}"), &[("cookie", &cookie)]).await;
            assert!(page.contains(&format!("<html lang=\"{tag}\"")), "{page}");
            // A key that stands nowhere shows itself.
            for key in
                ["start-", "talk-", "wait-", "others-", "question-", "age-", "topic-", "line-", "language-", "leave-"]
            {
                assert!(!page.contains(&format!(">{key}")), "{tag}: {key}: {page}");
            }
        }
    }
}

#[tokio::test]
async fn without_the_record_nothing_typed_is_lost_others_are_named_and_anybody_can_leave() {
    let house = House::new();
    let member = house.open(&json!({ "language": "en", "country": "AU" })).await;
    let broken = house.broken();
    let headers = [OURS, ("accept-language", "en-AU")];
    let (status, headers, page) = broken.page(Method::POST, "/ask", &headers, "language=en&message=Still+here").await;
    assert_eq!((status, headers.contains_key(header::SET_COOKIE)), (503, false));
    assert!(page.contains("Still here</textarea>") && page.contains("tel:000"), "{page}");
    let cookie_of = of(&member);
    let headers = [OURS, ("accept-language", "en-AU"), ("cookie", &cookie_of)];
    let (status, headers_of, page) =
        broken.page(Method::POST, "/say", &headers, "key=0123456789012345678901&text=Still").await;
    assert!(status == 503 && headers_of.contains_key(header::RETRY_AFTER), "{status}");
    assert!(page.contains("Still</textarea>") && page.contains("value=\"0123456789012345678901\""), "{page}");
    let (status, answered, _) = broken.page(Method::POST, "/leave", &headers, "").await;
    assert_eq!((status, cookie(&answered).as_deref()), (303, Some("wideawake=")));
}
