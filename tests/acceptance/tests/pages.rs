//! From what a member writes to a person who takes it on, through real servers and in real time, with steps of seconds.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tempfile::TempDir;
use wideawake_acceptance::peers::{Http, Received, Smtp};
use wideawake_acceptance::{Binary, Call, House, Member, Staff, eventually};
use wideawake_runtime::signature;

const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const INBOUND: &str = "whsec_HxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo=";
const PHONE: &str = "+34600000001";

const RULES: &str = r#"
[[rule]]
name = "imminent-words"
on   = "message"
if   = 'phrases.exists(p, p.category == "imminent" && !p.negated)'
then = [{ priority = "imminent" }, { escalate = "clinician" }, { show = "emergency" }]
"#;

/// Ada for five seconds, Ben for two, and then every supervisor, every three seconds.
const POLICIES: &str = r#"
[[policy]]
name = "clinician"
repeat = 0
resolve_within = "1h"
fallback_every = "3s"
[[policy.step]]
page = ["rotation:clinicians"]
wait = "5s"
[[policy.step]]
page = ["rotation:backup"]
wait = "2s"
"#;

/// Somewhere to be called, and those who are.
struct Night {
    server: Binary,
    ada: Staff,
    ben: Staff,
    hook: Http,
    mail: Smtp,
    texts: Http,
    /// Of the supervisor.
    last: Http,
    _files: TempDir,
}

impl Night {
    async fn new() -> Self {
        let files = TempDir::new().unwrap();
        wideawake_engines::certificates::make(files.path()).unwrap();
        std::fs::write(files.path().join("rules.toml"), RULES).unwrap();
        std::fs::write(files.path().join("policies.toml"), POLICIES).unwrap();
        let (hook, mail, texts, last) =
            (Http::start().await, Smtp::start_with_tls(files.path()).await, Http::start().await, Http::start().await);
        let (at, port, provider) = (files.path().display(), mail.port(), texts.url("/messages"));
        let keys = format!(
            r#"
            rules.file = "{at}/rules.toml"
            policies.file = "{at}/policies.toml"
            [notifier]
            public_url = "http://desk.test"
            retry_after = "500ms"
            [notifier.webhook]
            secrets = ["{SECRET}"]
            allow_private = true
            [notifier.email]
            host = "localhost"
            port = {port}
            user = "me"
            password = "hunter2"
            from = "pages@wideawake.test"
            [notifier.sms]
            url = "{provider}"
            inbound_secrets = ["{INBOUND}"]
            from = "Wideawake"
            "#
        );
        // The authority of this mail server is one that only this machine trusts.
        let server = Binary::start_in(&keys, vec![("SSL_CERT_FILE", files.path().join("ca.crt"))]).await;
        let ada = server.adds(json!({ "alias": "Ada", "roles": ["professional"] })).await;
        let ben = server.adds(json!({ "alias": "Ben", "roles": ["professional"] })).await;
        reachable(
            &server,
            &ada,
            json!([
                { "kind": "webhook", "to": hook.url("/ada") },
                { "kind": "email", "to": "ada@example.org", "after": "1s" },
                { "kind": "sms", "to": PHONE, "after": "1s" },
            ]),
        )
        .await;
        reachable(&server, &ben, json!([{ "kind": "email", "to": "ben@example.org" }])).await;
        reachable(&server, &server.supervisor, json!([{ "kind": "webhook", "to": last.url("/noor") }])).await;
        on_call(&server, "clinicians", &ada).await;
        on_call(&server, "backup", &ben).await;
        Self { server, ada, ben, hook, mail, texts, last, _files: files }
    }

    /// Somebody writes what nobody should have to read alone.
    async fn begins(&self) -> Member {
        Member::opens(&self.server, &json!({ "language": "en", "message": "I am going to kill myself tonight" })).await
    }

    /// Their escalation, as the supervisor sees it.
    async fn escalation(&self, of: &Member) -> Value {
        eventually("an escalation", || async {
            let all = self.server.supervisor.get("/v1/escalations").await;
            all["items"].as_array()?.iter().find(|one| one["request"] == of.id).cloned()
        })
        .await
    }

    async fn history(&self, escalation: &Value) -> Vec<Value> {
        let id = escalation["id"].as_str().unwrap();
        let all = self.server.supervisor.get(format!("/v1/audit/escalation:{id}")).await;
        all["items"].as_array().unwrap_or_else(|| panic!("no items in {all}")).clone()
    }

    /// How the escalation is taken on, once it is.
    async fn taken(&self, escalation: &Value) -> Value {
        eventually("an acknowledgement", || async {
            self.history(escalation).await.into_iter().find(|event| event["type"] == "acknowledged")
        })
        .await
    }

    /// A call to the link of a page, at the desk's own address.
    fn link(&self, method: &str, url: &str) -> Call {
        let path = url.strip_prefix("http://desk.test").unwrap_or_else(|| panic!("{url} does not lead to the desk"));
        self.server.desk(method, path)
    }

    /// Nobody is called any more.
    async fn is_quiet(&self) {
        let count = || {
            self.hook.received().len()
                + self.mail.mails().len()
                + self.texts.received().len()
                + self.last.received().len()
        };
        // What was under way lands.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let before = count();
        tokio::time::sleep(Duration::from_secs(4)).await;
        assert_eq!(count(), before, "somebody is still called");
    }
}

async fn reachable(house: &House, who: &Staff, methods: Value) {
    let path = format!("/v1/staff/{}/contact-methods", who.id);
    house.admin.put(path, &json!({ "contact_methods": methods })).await.is(200);
}

async fn on_call(house: &House, rotation: &str, who: &Staff) {
    let rotation_of = json!({
        "zone": "UTC", "starts": "2020-01-01", "handoff": "00:00", "every_days": 1, "members": [who.id],
    });
    let answer = house.supervisor.put(format!("/v1/rotations/{rotation}"), &rotation_of).await;
    assert!(answer.status < 300, "{answer}");
}

fn seconds(since: DateTime<Utc>, at: DateTime<Utc>) -> f64 {
    (at - since).num_milliseconds() as f64 / 1000.0
}

fn acknowledge_url(page: &Received) -> String {
    page.json()["acknowledge_url"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_answers_and_everybody_is_called_in_turn_until_the_fallback_is_answered() {
    let night = Night::new().await;
    let member = night.begins().await;
    assert!(!member.opened["resources"].as_array().unwrap().is_empty(), "{}", member.opened);
    let first = night.hook.call(0).await;
    let began = first.at;
    assert!(first.is_signed(SECRET), "{first:?}");
    let page = first.json();
    assert_eq!((&page["priority"], &page["request"]), (&json!("imminent"), &json!(member.id)));
    let escalation = night.escalation(&member).await;
    assert_eq!((&page["escalation"], &escalation["policy"]), (&escalation["id"], &json!("clinician")));

    let mail = night.mail.mail(0).await;
    assert_eq!(mail.to, ["ada@example.org"]);
    assert!(mail.sealed && mail.login.is_some(), "what a page says goes over TLS: {mail:?}");
    let text = night.texts.call(0).await;
    assert_eq!(text.field("To"), PHONE);
    let next = night.mail.mail(1).await;
    assert_eq!(next.to, ["ben@example.org"]);
    let fallback = night.last.call(0).await;
    assert_eq!(fallback.json()["occasion"], "fallback");
    let again = night.last.call(1).await;
    assert_ne!(again.header("webhook-id"), fallback.header("webhook-id"), "it is another page");
    // When each came, after the first: never early, and late by no more than a slow machine makes it.
    let late = 2.5;
    for (at, wanted) in
        [(mail.at.unwrap(), 1.0), (text.at, 2.0), (next.at.unwrap(), 5.0), (fallback.at, 7.0), (again.at, 10.0)]
    {
        let after = seconds(began, at);
        assert!((wanted - 0.4..wanted + late).contains(&after), "{after} s after the first page, and not {wanted}");
    }

    let url = acknowledge_url(&fallback);
    let shown = night.link("GET", &url).send().await.is(200);
    assert!(String::from_utf8_lossy(&shown.body).contains("<form"), "a page with a button");
    assert!(night.escalation(&member).await["acknowledged_by"].is_null(), "whoever follows links does not answer them");
    let pressed = night.link("POST", &url).send().await;
    assert!(pressed.status < 400, "{pressed}");
    let taken = night.taken(&escalation).await;
    assert_eq!(taken["data"]["by"], night.server.supervisor.id, "{taken}");
    assert_eq!((&taken["data"]["via"], &taken["data"]["page"]), (&json!("link"), &fallback.json()["page"]));
    night.is_quiet().await;
    // And no page anywhere said a word of the member.
    let mut all: Vec<String> =
        night.hook.received().iter().chain(&night.texts.received()).map(Received::text).collect();
    all.extend(night.mail.mails().into_iter().map(|mail| mail.data));
    assert!(all.len() >= 4 && all.iter().all(|text| !text.contains("kill") && !text.contains("tonight")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_from_the_phone_that_was_called_takes_it_on() {
    let night = Night::new().await;
    let member = night.begins().await;
    let escalation = night.escalation(&member).await;
    let text = night.texts.call(0).await.field("Body");
    let code = text.split("ACK ").nth(1).unwrap().split_whitespace().next().unwrap().to_owned();
    let send = |from: &str, secret: &str| {
        let body = json!({ "from": from, "text": format!("ack {code}") }).to_string();
        let at = wideawake_acceptance::now().timestamp();
        let secret = signature::Secret::parse(secret).unwrap();
        let signed = signature::sign(&[secret], "m1", at, body.as_bytes());
        let call = night.server.desk("POST", "/v1/inbound/sms").header("content-type", "application/json");
        let call = call.header("webhook-id", "m1").header("webhook-timestamp", &at.to_string());
        call.header("webhook-signature", &signed).body(body).send()
    };
    let forged = send(PHONE, SECRET).await;
    assert!((400..500).contains(&forged.status), "{forged}");
    send("+34699999999", INBOUND).await;
    assert!(night.escalation(&member).await["acknowledged_by"].is_null(), "neither forged nor from another phone");
    let answer = send(PHONE, INBOUND).await;
    assert!(answer.status < 300, "{answer}");
    let taken = night.taken(&escalation).await;
    assert_eq!((&taken["data"]["by"], &taken["data"]["via"]), (&json!(night.ada.id), &json!("sms")), "{taken}");
    night.is_quiet().await;
    // It was answered: the link of the same page is used up for nobody but her.
    let url = acknowledge_url(&night.hook.call(0).await);
    assert!(night.link("POST", &url).send().await.status < 400, "hers, again: it is so already");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_at_the_desk_ends_the_pages_and_uses_up_everybodys_links() {
    let night = Night::new().await;
    let member = night.begins().await;
    let escalation = night.escalation(&member).await;
    let url = acknowledge_url(&night.hook.call(0).await);
    let path = format!("/v1/escalations/{}/acknowledge", escalation["id"].as_str().unwrap());
    night.server.supervisor.post(&path, &json!({})).await.is(200);
    let taken = night.taken(&escalation).await;
    assert_eq!((&taken["data"]["by"], &taken["data"]["via"]), (&json!(night.server.supervisor.id), &json!("desk")));
    night.is_quiet().await;
    let late = night.link("POST", &url).send().await;
    assert_eq!(late.status, 409, "{late}");
    assert!(night.ben.me().await["id"].is_string());
}

/// Killed while a page is under way, while it waits for the next method, and between steps: everything that must come
/// comes, nothing is skipped, and what was under way may come once more for each kill.
#[tokio::test(flavor = "multi_thread")]
async fn killed_at_any_step_nothing_is_forgotten_and_at_most_a_page_comes_again() {
    let mut night = Night::new().await;
    // A page is under way for a while.
    night.hook.answers(200, Duration::from_millis(700));
    let member = night.begins().await;
    let began = night.hook.call(0).await.at;
    let mut kills = 0;
    for after in [0, 900, 2_000, 4_400, 5_300, 7_200] {
        let at = began + TimeDelta::milliseconds(after);
        let wait = (at - wideawake_acceptance::now()).to_std().unwrap_or_default();
        tokio::time::sleep(wait).await;
        night.server.kill();
        kills += 1;
        night.server.restart();
    }
    let escalation = night.escalation(&member).await;
    night.last.call(1).await;
    let history = night.history(&escalation).await;
    let steps: Vec<(&str, &Value)> = history
        .iter()
        .filter_map(|event| {
            let kind = event["type"].as_str()?;
            matches!(kind, "step_reached" | "step_skipped" | "fallback_reached").then_some((kind, &event["data"]))
        })
        .collect();
    assert_eq!((steps[0].0, &steps[0].1["step"]), ("step_reached", &json!(0)), "{steps:#?}");
    assert_eq!((steps[1].0, &steps[1].1["step"]), ("step_reached", &json!(1)), "{steps:#?}");
    for (n, (kind, data)) in steps[2..].iter().enumerate() {
        assert_eq!((*kind, &data["count"]), ("fallback_reached", &json!(n + 1)), "{steps:#?}");
    }
    // Whoever was called was paged over everything that was due, and each page no more often than it was interrupted.
    eventually("a letter to each, and a text message", || async {
        let has = |to: &str| night.mail.mails().iter().any(|mail| mail.to == [to]);
        (has("ada@example.org") && has("ben@example.org") && !night.texts.received().is_empty()).then_some(())
    })
    .await;
    let mut times = std::collections::BTreeMap::new();
    for page in night.hook.received().iter().chain(&night.last.received()) {
        *times.entry(page.header("webhook-id").to_owned()).or_insert(0) += 1;
    }
    assert!(times.values().all(|times| *times <= 1 + kills), "{times:?}");
    let delivered =
        history.iter().filter(|event| event["type"] == "page_attempted" && event["data"]["outcome"] == "delivered");
    let mut pages: Vec<String> = delivered.map(|event| event["data"]["page"].to_string()).collect();
    let all = pages.len();
    pages.sort();
    pages.dedup();
    assert_eq!(pages.len(), all, "no page is recorded as delivered twice");
}
