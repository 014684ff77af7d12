//! Pages leave through real servers: signed webhooks, e-mails over SMTP, text messages over any provider's HTTP.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::sync::Arc;
use std::time::{Duration, Instant};

use tempfile::TempDir;
use wideawake_acceptance::now;
use wideawake_acceptance::peers::{Http, Smtp};
use wideawake_domain::process::{Errand, ErrandOutcome, Occasion};
use wideawake_domain::staff::{ContactKind, ContactMethod};
use wideawake_domain::{EscalationId, PageId, Priority, RequestId, StaffId, Version};
use wideawake_notifier::Couriers;
use wideawake_runtime::config::Config;
use wideawake_runtime::process::Courier;
use wideawake_runtime::stores::{Purpose, Stores};
use wideawake_runtime::{Record, acknowledge, clock};

const OLD: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const NEW: &str = "whsec_HxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo=";

struct Post {
    couriers: Couriers,
    record: Arc<Record>,
    _folder: TempDir,
    _stores: Stores,
}

impl Post {
    async fn new(keys: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let keys = format!("[notifier]\npublic_url = 'https://desk.example.org/'\ntimeout = '1s'\n{keys}");
        let config = Config::parse(&keys, "test", folder.path(), std::iter::empty()).unwrap_or_else(|e| panic!("{e}"));
        let stores = Stores::open(&config, Purpose::Serve).await.unwrap();
        let record = stores.record.clone();
        let couriers = Couriers::new(record.clone(), &config.notifier).unwrap();
        Self { couriers, record, _folder: folder, _stores: stores }
    }

    async fn carries(&self, errand: &Errand) -> ErrandOutcome {
        self.couriers.run(errand).await
    }
}

fn errand(kind: ContactKind, to: &str) -> Errand {
    let (escalation, staff, call) = (EscalationId(clock::new_id()), StaffId(clock::new_id()), Version(3));
    Errand {
        page: PageId::derive(escalation, call, staff, 1),
        call,
        attempt: 1,
        escalation,
        request: RequestId(clock::new_id()),
        staff,
        method: 1,
        contact: ContactMethod { kind, to: to.to_owned(), after_s: 0 },
        priority: Priority::Imminent,
        line: "night".to_owned(),
        occasion: Occasion::TakeOn,
    }
}

fn failed(why: &str) -> ErrandOutcome {
    ErrandOutcome::Failed { why: why.to_owned() }
}

fn refused(why: &str) -> ErrandOutcome {
    ErrandOutcome::Refused { why: why.to_owned() }
}

/// The page that a link answers.
fn answered(post: &Post, link: &str) -> acknowledge::Page {
    let token = link.strip_prefix("https://desk.example.org/a/").unwrap_or_else(|| panic!("{link}"));
    acknowledge::verify(&post.record, token).unwrap_or_else(|| panic!("{link} answers nothing"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_signed_with_every_secret_and_says_how_it_is_answered() {
    let hook = Http::start().await;
    let post = Post::new(&format!("[notifier.webhook]\nsecrets = ['{NEW}', '{OLD}']\nallow_private = true")).await;
    let errand = errand(ContactKind::Webhook, &hook.url("/page?team=1"));
    assert_eq!(post.carries(&errand).await, ErrandOutcome::Done);
    let got = hook.call(0).await;
    assert!(got.is_signed(OLD) && got.is_signed(NEW), "{got:?}");
    assert!(!got.is_signed("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"));
    assert_eq!(
        (got.method.as_str(), &*got.path, got.header("content-type")),
        ("POST", "/page?team=1", "application/json")
    );
    assert_eq!(got.header("webhook-id"), errand.page.to_string());
    let body = got.json();
    let keys: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
    let wanted = ["acknowledge_url", "at", "escalation", "line", "occasion", "page", "priority", "request", "type"];
    assert!(keys.len() == wanted.len() && wanted.iter().all(|key| keys.contains(key)), "{keys:?}");
    assert_eq!(
        (&body["priority"], &body["line"], &body["occasion"]),
        (&"imminent".into(), &"night".into(), &"take_on".into())
    );
    assert_eq!(body["escalation"], errand.escalation.to_string());
    let page = answered(&post, body["acknowledge_url"].as_str().unwrap());
    assert_eq!((page.id(), page.staff, page.escalation), (errand.page, errand.staff, errand.escalation));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_webhook_answers_decides_whether_it_is_tried_again() {
    let hook = Http::start().await;
    let post = Post::new(&format!("[notifier.webhook]\nsecrets = ['{NEW}']\nallow_private = true")).await;
    let errand = errand(ContactKind::Webhook, &hook.url("/page"));
    for (status, outcome) in [
        (204, ErrandOutcome::Done),
        (503, failed("status_503")),
        (429, failed("status_429")),
        (404, refused("status_404")),
        // Where it points is not looked at.
        (307, refused("status_307")),
    ] {
        hook.answers(status, Duration::ZERO);
        assert_eq!(post.carries(&errand).await, outcome, "{status}");
    }
    assert_eq!(hook.received().len(), 5);
    hook.answers(200, Duration::from_mins(1));
    let began = Instant::now();
    assert_eq!(post.carries(&errand).await, failed("timeout"));
    assert!(began.elapsed() < Duration::from_secs(10));
    drop(hook);
    let gone = self::errand(ContactKind::Webhook, "http://127.0.0.1:9/");
    assert_eq!(post.carries(&gone).await, failed("connect"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_reaches_nothing_beside_this_machine_unless_it_may() {
    let hook = Http::start().await;
    let post = Post::new(&format!("[notifier.webhook]\nsecrets = ['{NEW}']")).await;
    let port = hook.url("").rsplit(':').next().unwrap().to_owned();
    for host in ["127.0.0.1", "localhost", "127.1", "2130706433", "[::1]", "0.0.0.0", "169.254.169.254", "10.0.0.1"] {
        let errand = errand(ContactKind::Webhook, &format!("http://{host}:{port}/page"));
        assert_eq!(post.carries(&errand).await, refused("private_address"), "{host}");
    }
    assert!(hook.received().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_e_mail_is_handed_over_in_plain_text_and_html() {
    let smtp = Smtp::start().await;
    let port = smtp.port();
    let keys = format!(
        "[notifier.email]\nhost = '127.0.0.1'\nport = {port}\ntls = 'none'\nuser = 'me'\npassword = 'hunter2'\nfrom = 'pages@wideawake.example.org'"
    );
    let post = Post::new(&keys).await;
    let errand = errand(ContactKind::Email, "ada@example.org");
    assert_eq!(post.carries(&errand).await, ErrandOutcome::Done);
    let mail = smtp.mail(0).await;
    assert_eq!((&*mail.from, &mail.to[..]), ("pages@wideawake.example.org", &["ada@example.org".to_owned()][..]));
    assert_eq!(mail.login.as_deref(), Some("AG1lAGh1bnRlcjI="));
    assert_eq!(mail.header("subject"), "[Wideawake] imminent, line night: somebody is needed");
    assert_eq!(mail.header("auto-submitted"), "auto-generated");
    assert_eq!(mail.header("message-id"), format!("<{}@wideawake.example.org>", errand.page));
    assert!(mail.header("content-type").starts_with("multipart/alternative"), "{}", mail.data);
    assert!(mail.data.contains("text/plain") && mail.data.contains("text/html"), "{}", mail.data);
    let body = mail.body();
    let link = body.split_whitespace().find(|word| word.starts_with("https://desk.example.org/a/")).unwrap();
    assert_eq!(answered(&post, link).id(), errand.page);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_mail_server_says_of_the_address_is_for_good() {
    let smtp = Smtp::start().await;
    let port = smtp.port();
    let post = |port: u16, tls: &'static str| async move {
        let keys =
            format!("[notifier.email]\nhost = '127.0.0.1'\nport = {port}\ntls = '{tls}'\nfrom = 'p@example.org'");
        Post::new(&keys).await
    };
    let there = post(port, "none").await;
    let errand = errand(ContactKind::Email, "ada@example.org");
    for (answer, outcome) in [
        ("550 5.1.1 no such mailbox", refused("smtp_550")),
        ("451 4.3.0 later", failed("smtp_451")),
        ("554 5.7.1 not from you", failed("smtp_554")),
    ] {
        smtp.refuses(Some(answer));
        assert_eq!(there.carries(&errand).await, outcome, "{answer}");
    }
    smtp.refuses(None);
    let in_the_clear = post(port, "starttls").await.carries(&errand).await;
    assert!(matches!(in_the_clear, ErrandOutcome::Failed { .. }), "{in_the_clear:?}: nothing is sent in the clear");
    assert!(smtp.mails().is_empty());
    assert_eq!(post(9, "none").await.carries(&errand).await, failed("connect"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_server_that_nobody_vouches_for_gets_nothing() {
    let folder = TempDir::new().unwrap();
    wideawake_engines::certificates::make(folder.path()).unwrap();
    let smtp = Smtp::start_with_tls(folder.path()).await;
    let port = smtp.port();
    let keys = format!(
        "[notifier.email]\nhost = 'localhost'\nport = {port}\nuser = 'me'\npassword = 'hunter2'\nfrom = 'p@example.org'"
    );
    let post = Post::new(&keys).await;
    assert_eq!(post.carries(&errand(ContactKind::Email, "ada@example.org")).await, failed("tls"));
    assert!(smtp.mails().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_message_goes_through_any_provider() {
    let provider = Http::start().await;
    let url = provider.url("/messages");
    let keys = format!(
        "[notifier.sms]\nurl = '{url}'\nformat = 'json'\nheaders = ['Authorization: Bearer k3y']\nbody = '{{\"to\":\"{{to}}\",\"sender\":\"{{from}}\",\"text\":\"{{text}}\"}}'\nfrom = 'Wideawake'\nsuccess = [202]"
    );
    let post = Post::new(&keys).await;
    let errand = errand(ContactKind::Sms, "+34600000000");
    provider.answers(202, Duration::ZERO);
    assert_eq!(post.carries(&errand).await, ErrandOutcome::Done);
    let got = provider.call(0).await;
    assert_eq!(got.header("authorization"), "Bearer k3y");
    let body = got.json();
    assert_eq!((&body["to"], &body["sender"]), (&"+34600000000".into(), &"Wideawake".into()));
    let text = body["text"].as_str().unwrap();
    assert!(text.chars().count() <= 160 && text.is_ascii(), "{text}");
    assert!(text.contains("imminent") && text.contains("night"), "{text}");
    let link = text.split_whitespace().find(|word| word.starts_with("https://")).unwrap();
    assert_eq!(answered(&post, link).id(), errand.page);
    let page = acknowledge::Page { escalation: errand.escalation, staff: errand.staff, call: errand.call, method: 0 };
    let code = acknowledge::mint(&post.record, &page).code().to_owned();
    assert!(text.contains(&format!("ACK {code}")), "{text}");
    for (status, outcome) in [(200, failed("status_200")), (401, failed("status_401")), (400, refused("status_400"))] {
        provider.answers(status, Duration::ZERO);
        assert_eq!(post.carries(&errand).await, outcome);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_preset_speaks_as_twilio_does() {
    let provider = Http::start().await;
    let base = provider.url("");
    let keys = format!(
        "[notifier.sms]\npreset = 'twilio'\nurl = '{base}'\naccount = 'AC123'\ntoken = 't0ken'\nfrom = '+15005550006'"
    );
    let post = Post::new(&keys).await;
    provider.answers(201, Duration::ZERO);
    assert_eq!(post.carries(&errand(ContactKind::Sms, "+34600000000")).await, ErrandOutcome::Done);
    let got = provider.call(0).await;
    assert_eq!((got.method.as_str(), &*got.path), ("POST", "/2010-04-01/Accounts/AC123/Messages.json"));
    assert_eq!(got.header("authorization"), "Basic QUMxMjM6dDBrZW4=");
    assert_eq!((got.field("To"), got.field("From")), ("+34600000000".to_owned(), "+15005550006".to_owned()));
    assert!(got.field("Body").contains("ACK "));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_configured_is_refused_at_once() {
    let post = Post::new("").await;
    let began = now();
    for (kind, to) in [
        (ContactKind::Webhook, "https://hooks.example/"),
        (ContactKind::Email, "ada@example.org"),
        (ContactKind::Sms, "+34600000000"),
    ] {
        assert_eq!(post.carries(&errand(kind, to)).await, refused("not_configured"));
    }
    assert!((now() - began).num_seconds() < 5);
}
