use super::*;
use serde_json::json;

fn request(content_type: &str, body: impl Into<Body>) -> Request {
    let request = Request::builder().header(header::CONTENT_TYPE, content_type).body(body.into());
    request.expect("a well-formed request")
}

async fn kind(content_type: &str, body: impl Into<Body>) -> Option<Kind> {
    JsonBody::from_request(request(content_type, body), &()).await.err().map(|problem| problem.kind())
}

fn pointers(problem: &Problem) -> Vec<&str> {
    problem.errors().iter().filter_map(|e| e.pointer.as_deref()).collect()
}

#[tokio::test]
async fn a_body_is_json_by_its_type_and_by_what_is_in_it() {
    assert_eq!(kind("application/json", "{}").await, None);
    assert_eq!(kind("Application/JSON; charset=UTF-8", "{}").await, None);
    assert_eq!(kind("application/merge-patch+json", "{}").await, None);
    for other in ["", "text/plain", "text/json", "application/jsonx", "application/json; charset=latin1"] {
        assert_eq!(kind(other, "{}").await, Some(Kind::UnsupportedMediaType), "{other}");
    }
    let deep = "[".repeat(LARGEST);
    for bad in ["", "{", "nope", "{}{}", "{\"a\":\"\\ud800\"}", "{\"a\":1e999}", &deep] {
        assert_eq!(kind("application/json", bad.to_owned()).await, Some(Kind::NotJson), "{bad:.20}");
    }
    assert_eq!(kind("application/json", vec![b'"', 0xff, b'"']).await, Some(Kind::NotJson));
}

#[tokio::test]
async fn a_body_is_at_most_64_kib_however_it_comes() {
    let fits = format!("\"{}\"", "x".repeat(LARGEST - 2));
    assert_eq!(kind("application/json", fits.clone()).await, None);
    assert_eq!(kind("application/json", format!("{fits} ")).await, Some(Kind::TooLarge));
    let chunks = (0..100).map(|_| Ok::<_, std::io::Error>(vec![b' '; 1024]));
    let chunked = Body::from_stream(futures_util::stream::iter(chunks));
    assert_eq!(kind("application/json", chunked).await, Some(Kind::TooLarge));
}

#[tokio::test]
async fn an_optional_body_may_be_left_out() {
    let none = Request::new(Body::empty());
    let read = OptionalJsonBody::from_request(none, &()).await;
    assert!(read.is_ok_and(|body| body.0.value == json!({})));
    let chunked = Body::from_stream(futures_util::stream::empty::<Result<Bytes, std::io::Error>>());
    assert!(OptionalJsonBody::from_request(request("text/plain", chunked), &()).await.is_ok());
    let plain = OptionalJsonBody::from_request(request("text/plain", "x"), &()).await;
    assert_eq!(plain.err().map(|p| p.kind()), Some(Kind::UnsupportedMediaType));
}

#[test]
fn every_offending_field_is_named_at_once() {
    let value = json!({
        "zone": "Mars/Olympus", "alias": "a\u{0}", "languages": ["en", 3, ""],
        "qualifications": [{"skill": "x"}, 7, {"skill": "X!", "valid_until": "2027-01-01T00:00:00Z"}],
        "again": {"id": "no"}, "capacity": 2.5, "unknown": 1
    });
    let mut f = Fields::of(&value);
    let zone = f.required("zone", parse::zone);
    let alias = f.optional("alias", parse::line(1..=40));
    let languages = f.each("languages", 1..=20, parse::language);
    let skills = f.objects("qualifications", 0..=50, |item| {
        (item.required("skill", parse::name), item.required("valid_until", parse::instant))
    });
    let again =
        f.object("again", |again| (again.required("id", parse::uuid), again.required("token", parse::line(1..=100))));
    let capacity = f.optional("capacity", parse::int(1..=20u8)).or(2);
    let missing = f.required("message", parse::text(1..=4000));
    let problem = f.finish((zone, alias, languages, skills, again, capacity, missing)).expect_err("all of it is wrong");
    assert_eq!(problem.kind(), Kind::InvalidContent);
    assert_eq!(
        pointers(&problem),
        [
            "/zone",
            "/alias",
            "/languages/1",
            "/languages/2",
            "/qualifications/0/valid_until",
            "/qualifications/1",
            "/qualifications/2/skill",
            "/again/id",
            "/again/token",
            "/capacity",
            "/message"
        ]
    );
}

#[test]
fn what_is_right_comes_out_as_plain_values() {
    let value = json!({"country": "es", "alias": null, "topics": ["grief"], "q": [{"skill": "a", "n": -3}], "at": "2026-03-29T03:30:00.1234567+02:00"});
    let mut f = Fields::of(&value);
    let country = f.required("country", parse::country);
    let alias = f.optional("alias", parse::line(1..=40));
    let topics = f.optional_each("topics", 0..=20, parse::name).or(vec![]);
    let list = f.objects("q", 1..=1, |q| (q.required("skill", parse::name), q.optional("n", parse::int(-5..=5i64))));
    let at = f.required("at", parse::instant);
    let (country, alias, topics, list, at) = f.finish((country, alias, topics, list, at)).expect("all is right");
    assert_eq!((country.as_str(), alias, topics), ("ES", None, vec!["grief".to_owned()]));
    assert_eq!(list, [("a".to_owned(), Some(-3))]);
    assert_eq!(at.to_rfc3339(), "2026-03-29T01:30:00.123456+00:00");
}

#[test]
fn a_body_that_is_no_object_is_one_mistake() {
    for value in [json!([]), json!("x"), json!(null), json!(1)] {
        let mut f = Fields::of(&value);
        let a = f.required("a", parse::boolean);
        let problem = f.finish(a).expect_err("no object");
        assert_eq!(pointers(&problem), [""]);
    }
}

#[test]
fn text_is_counted_in_unicode_scalars_and_has_no_control_characters() {
    let text = parse::text(1..=4);
    assert!(text(&json!("🌙🌙🌙🌙")).is_ok());
    assert!(text(&json!("🌙🌙🌙🌙🌙")).is_err());
    assert!(text(&json!("")).is_err());
    assert!(text(&json!("\n\t\r ")).is_ok());
    for bad in ["\u{0}", "\u{7f}", "\u{1b}", "\u{85}"] {
        assert!(text(&json!(bad)).is_err(), "{bad:?}");
    }
    assert!(parse::line(1..=4)(&json!("a\nb")).is_err());
}

#[test]
fn mistakes_are_listed_up_to_a_bound() {
    let value = json!({"list": vec![0; 5000]});
    let mut f = Fields::of(&value);
    let list = f.each("list", 0..=10000, parse::name);
    assert!(f.finish(list).is_err_and(|problem| problem.errors().len() == 50));
}

proptest::proptest! {
    #[test]
    fn no_value_makes_a_parser_panic(text in "\\PC*|[0-9T:Z+.-]{0,30}|[0-9]{0,25}[a-z]{0,2}", number: f64, int: i64) {
        for value in [json!(text), json!(number), json!(int), json!([text]), json!({"a": text})] {
            let _ = parse::text(0..=5)(&value);
            let _ = parse::line(0..=5)(&value);
            let _ = parse::language(&value);
            let _ = parse::zone(&value);
            let _ = parse::country(&value);
            let _ = parse::name(&value);
            let _ = parse::int(0..=9u8)(&value);
            let _ = parse::decimal(0..=9i64)(&value);
            let _ = parse::duration(&value);
            let _ = parse::uuid(&value);
            let _ = parse::instant(&value);
            let _ = parse::date(&value);
            let _ = parse::wall_time(&value);
        }
    }
}
