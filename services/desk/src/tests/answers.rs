//! Answers from outside: the link in a page, and the code in a text message.

use axum::http::HeaderMap;
use wideawake_domain::staff::{Change, ContactKind, ContactMethod};
use wideawake_runtime::acknowledge::{self, Page};
use wideawake_runtime::signature;

use super::*;

const NUMBER: &str = "+34600000000";

struct Called {
    bench: Bench,
    ana: StaffId,
    ben: StaffId,
    supervisor: StaffId,
    escalation: EscalationId,
}

impl Called {
    async fn over_an_escalation() -> Self {
        let bench = Bench::new().await;
        let professional = &[Role::Professional];
        let (ana, ben) = (bench.staff(professional, &["main"]).await, bench.staff(professional, &["main"]).await);
        let supervisor = bench.staff(&[Role::Supervisor], &["main"]).await;
        let phone = ContactMethod { kind: ContactKind::Sms, to: NUMBER.to_owned(), after_s: 0 };
        let operator = Actor::System(Part::Operator);
        let facts = bench.desk.record.change_staff(ana, Change::ContactMethods(vec![phone]), operator).await;
        bench.desk.feed.reach(&facts.expect("it is written")).await;
        let escalation = bench.escalation(bench.open().await).await;
        bench.calls(escalation, 0, &[ana, ben]).await;
        Self { bench, ana, ben, supervisor, escalation }
    }

    fn answer(&self, staff: StaffId) -> acknowledge::Answer {
        let page = Page { escalation: self.escalation, staff, call: Version(2), method: 0 };
        acknowledge::mint(&self.bench.desk.record, &page)
    }

    async fn html(&self, method: Method, token: &str, headers: &[(&'static str, &str)]) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(format!("/a/{token}")).header("host", "desk.example");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let answer = self.bench.send(request.body(Body::empty()).expect("a request")).await;
        let (parts, body) = answer.into_parts();
        let bytes = axum::body::to_bytes(body, 100_000).await.expect("a body");
        (parts.status.as_u16(), parts.headers, String::from_utf8(bytes.to_vec()).expect("UTF-8"))
    }

    async fn stage(&self) -> Value {
        self.bench.get(self.supervisor, &format!("/v1/escalations/{}", self.escalation)).await.1
    }

    /// A text message as the provider posts it.
    async fn sms(&self, from: &str, text: &str) -> (u16, Value) {
        let body = json!({"from": from, "text": text}).to_string();
        let now = clock::now().timestamp();
        let request = Request::post("/v1/inbound/sms")
            .header(header::CONTENT_TYPE, "application/json")
            .header(signature::ID, "m1")
            .header(signature::TIMESTAMP, now.to_string())
            .header(signature::SIGNATURE, signature::sign(&[secret()], "m1", now, body.as_bytes()));
        let answer = self.bench.send(request.body(Body::from(body)).expect("a request")).await;
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 100_000).await.expect("a body");
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }
}

#[tokio::test]
async fn the_link_shows_and_only_its_button_takes_it_on() {
    let called = Called::over_an_escalation().await;
    let token = called.answer(called.ana).token().to_owned();
    for _ in 0..3 {
        let (status, headers, page) = called.html(Method::GET, &token, &[]).await;
        assert_eq!(status, 200);
        assert!(
            page.contains("<form method=\"post\">") && page.contains("night") && page.contains("Standard"),
            "{page}"
        );
        assert!(page.contains("(you)") && !page.contains("secret words") && !page.contains("<script"), "{page}");
        let policy = headers["content-security-policy"].to_str().expect("text");
        assert!(policy.starts_with("default-src 'none'; style-src 'self';"), "{policy}");
        assert!(
            !policy.contains("script-src") && page.contains("<link rel=\"stylesheet\" href=\"/assets/"),
            "{policy}"
        );
        for (name, value) in [
            ("referrer-policy", "no-referrer"),
            ("x-robots-tag", "noindex"),
            ("x-frame-options", "DENY"),
            ("cache-control", "no-store"),
            ("content-type", "text/html; charset=utf-8"),
        ] {
            assert_eq!(headers[name], value);
        }
    }
    assert_eq!(called.stage().await["stage"], "paging", "looking is not answering");
    for foreign in
        [("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "https://evil.example")]
    {
        assert_eq!(called.html(Method::POST, &token, &[foreign]).await.0, 403, "{foreign:?}");
    }
    assert_eq!(called.stage().await["stage"], "paging");
    // A browser that is told to send no referrer sends this origin.
    for own in
        [&[("sec-fetch-site", "same-origin"), ("origin", "null")][..], &[("origin", "https://desk.example")], &[]]
    {
        let (status, _, page) = called.html(Method::POST, &token, own).await;
        assert!(status == 200 && page.contains("You took it on") && !page.contains("<form"), "{status} {page}");
    }
    let seen = called.stage().await;
    assert_eq!((&seen["stage"], &seen["acknowledged_by"]), (&json!("acknowledged"), &json!(called.ana)));
    let history = called.bench.get(called.supervisor, &format!("/v1/audit/escalation:{}", called.escalation)).await.1;
    let taken = history["items"].as_array().expect("a history").iter().filter(|item| item["type"] == "acknowledged");
    let taken: Vec<&Value> = taken.collect();
    assert_eq!((taken.len(), &taken[0]["data"]["via"]), (1, &json!("link")));
}

#[tokio::test]
async fn whoever_comes_second_is_told_who_answered_and_can_be_asked_to_take_over() {
    let called = Called::over_an_escalation().await;
    let (first, second) = (called.answer(called.ana).token().to_owned(), called.answer(called.ben).token().to_owned());
    assert_eq!(called.html(Method::POST, &first, &[]).await.0, 200);
    let name = called.bench.get(called.ana, "/v1/me").await.1["alias"].as_str().expect("a name").to_owned();
    for (method, expected) in [(Method::GET, 200), (Method::POST, 409)] {
        let (status, _, page) = called.html(method, &second, &[]).await;
        assert!(
            status == expected
                && page.contains(&format!("\u{2068}{name}\u{2069} took it on"))
                && !page.contains("<form"),
            "{page}"
        );
    }
    let path = |below: &str| format!("/v1/escalations/{}/{below}", called.escalation);
    called.bench.post(called.ana, &path("hand-over"), json!({"to": called.ben})).await;
    assert!(called.html(Method::GET, &second, &[]).await.2.contains("asks you to take over"));
    assert_eq!(called.html(Method::POST, &second, &[]).await.0, 200);
    assert_eq!(called.stage().await["acknowledged_by"], json!(called.ben));
    called.bench.post(called.ben, &path("resolve"), json!({"outcome": "safe"})).await;
    for token in [first, second] {
        let (status, _, page) = called.html(Method::POST, &token, &[]).await;
        assert!(status == 409 && page.contains("resolved it"), "{page}");
    }
}

#[tokio::test]
async fn a_link_that_is_not_ours_leads_nowhere_and_says_what_to_do() {
    let called = Called::over_an_escalation().await;
    let good = called.answer(called.ana).token().to_owned();
    let cut = &good[..good.len() - 1];
    let mut other = good.clone();
    let last = if good[..good.len() - 1].ends_with('A') { 'B' } else { 'A' };
    other.replace_range(good.len() - 2..good.len() - 1, &last.to_string());
    let stranger = called.answer(called.supervisor).token().to_owned();
    for bad in ["x", cut, &other, &stranger, &"A".repeat(5_000), "%00", "%F0%9F%92%99", "%ff"] {
        for method in [Method::GET, Method::POST] {
            let (status, _, page) = called.html(method, bad, &[]).await;
            assert!(status == 404 && page.contains("sign in to the desk"), "{bad:.20}: {status} {page}");
        }
    }
    let operator = Actor::System(Part::Operator);
    let facts = called.bench.desk.record.change_staff(called.ana, Change::Remove, operator).await.expect("written");
    called.bench.desk.feed.reach(&facts).await;
    assert_eq!(called.html(Method::POST, &good, &[]).await.0, 404, "who left takes nothing on");
    assert_eq!(called.stage().await["stage"], "paging");
}

#[tokio::test]
async fn a_text_message_with_the_code_takes_it_on_and_a_wrong_one_is_answered_a_few_times() {
    let called = Called::over_an_escalation().await;
    let code = called.answer(called.ana).code().to_owned();
    let wrong = if code == "123456" { "654321" } else { "123456" };
    let (status, said) = called.sms(NUMBER, &format!("ACK {wrong}")).await;
    assert!(status == 200 && said["reply"].as_str().is_some_and(|reply| reply.contains("six digits")), "{said}");
    let (_, said) = called.sms("+34600000001", &format!("ACK {code}")).await;
    assert!(said["reply"].as_str().is_some_and(|reply| reply.contains("six digits")), "from another phone: {said}");
    assert_eq!(called.stage().await["stage"], "paging");
    let (_, said) = called.sms(NUMBER, &format!("ack {code}")).await;
    assert!(said["reply"].as_str().is_some_and(|reply| reply.contains("You took it on: night, standard")), "{said}");
    assert_eq!(called.stage().await["acknowledged_by"], json!(called.ana));
    let mut replies = 0;
    for _ in 0..20 {
        let (status, said) = called.sms("+34600000002", "ACK 111111").await;
        assert_eq!(status, 200);
        replies += usize::from(said["reply"].is_string());
    }
    assert_eq!(replies, 10);
}

#[tokio::test]
async fn a_text_message_that_the_provider_did_not_sign_is_refused() {
    let called = Called::over_an_escalation().await;
    let text = format!("ACK {}", called.answer(called.ana).code());
    let body = json!({"from": NUMBER, "text": text});
    let answer = called.bench.send(called.bench.request(None, &Method::POST, "/v1/inbound/sms", Some(&body))).await;
    assert_eq!(answer.status(), 401);
    assert_eq!(called.stage().await["stage"], "paging");
}
