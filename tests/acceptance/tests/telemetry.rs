//! One trace leads from the call that opened a request through the dispatcher to the volunteer's accept, as a collector
//! sees it; and what an operator must see is measured.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::post;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value as Any;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;
use rusqlite::Connection;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use wideawake_acceptance::peers::{Http, Smtp};
use wideawake_acceptance::{Binary, Member, eventually, nobody};

/// Webhooks are signed with it.
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

#[derive(Clone, Default)]
struct Collector(Arc<Mutex<Vec<(String, Bytes)>>>);

impl Collector {
    /// Listens, and says where.
    async fn start(&self) -> String {
        let receive = |State(all): State<Self>, Path(signal): Path<String>, body: Bytes| async move {
            all.0.lock().unwrap().push((signal, body));
        };
        let router = Router::new().route("/v1/{signal}", post(receive)).with_state(self.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let never = CancellationToken::new();
        tokio::spawn(wideawake_runtime::http::serve(listener, router, never, std::time::Duration::ZERO));
        format!("http://{at}")
    }

    fn of(&self, signal: &str) -> Vec<Bytes> {
        let all = self.0.lock().unwrap();
        all.iter().filter(|(name, _)| name == signal).map(|(_, body)| body.clone()).collect()
    }

    fn spans(&self) -> Vec<Span> {
        let exports = self.of("traces").into_iter().map(|body| ExportTraceServiceRequest::decode(body).unwrap());
        let resources = exports.flat_map(|export| export.resource_spans);
        resources.flat_map(|resource| resource.scope_spans).flat_map(|scope| scope.spans).collect()
    }

    fn metrics(&self) -> BTreeSet<String> {
        let exports = self.of("metrics").into_iter().map(|body| ExportMetricsServiceRequest::decode(body).unwrap());
        let resources = exports.flat_map(|export| export.resource_metrics);
        let metrics = resources.flat_map(|resource| resource.scope_metrics).flat_map(|scope| scope.metrics);
        metrics.map(|metric| metric.name).collect()
    }
}

fn attribute<'a>(span: &'a Span, key: &str) -> &'a str {
    let found = span.attributes.iter().find(|attribute| attribute.key == key);
    match found.and_then(|attribute| attribute.value.as_ref()).and_then(|value| value.value.as_ref()) {
        Some(Any::StringValue(text)) => text,
        _ => "",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_trace_shows_a_request_from_post_to_offer_to_accept() {
    let collector = Collector::default();
    let endpoint = collector.start().await;
    let keys = format!("telemetry = {{ otlp_endpoint = '{endpoint}', metrics_every = '500ms' }}");
    let mut server = Binary::start(&keys).await;
    let robin = server.on_duty(json!({ "capacity": 5 })).await;
    let sky = Member::opens(&server, &json!({ "language": "en", "alias": "albatross", "message": "petrel" })).await;
    robin.takes(&sky.id).await;
    robin.says(&sky.id, "fulmar").await;
    let declined = Member::asks(&server).await;
    let offer = robin.offered(&declined.id).await;
    robin.declines(&offer).await.is(200);

    let has = |spans: &[&Span], what: &dyn Fn(&Span) -> bool| spans.iter().any(|span| what(span));
    let trace = eventually("one trace that shows all of it", || async {
        let spans = collector.spans();
        let mut traces: BTreeMap<&[u8], Vec<&Span>> = BTreeMap::new();
        for span in &spans {
            traces.entry(&span.trace_id).or_default().push(span);
        }
        traces.into_values().find_map(|spans| {
            let opened = has(&spans, &|span| span.name == "POST /v1/requests");
            let offered = has(&spans, &|span| span.name == "append" && attribute(span, "events").contains("offered"));
            let accepted = has(&spans, &|span| span.name == "offer.accept");
            (opened && offered && accepted).then(|| spans.into_iter().cloned().collect::<Vec<_>>())
        })
    })
    .await;
    // Each of its spans but the first has its parent in it.
    let ids: BTreeSet<&[u8]> = trace.iter().map(|span| &*span.span_id).collect();
    let roots: Vec<&Span> = trace.iter().filter(|span| !ids.contains(&*span.parent_span_id)).collect();
    assert_eq!(roots.len(), 1, "{:#?}", roots.iter().map(|span| &span.name).collect::<Vec<_>>());
    assert_eq!(roots[0].name, "POST /v1/requests");
    // The same trace is in the record.
    let id = u128::from_be_bytes(trace[0].trace_id.as_slice().try_into().unwrap());
    let traced = {
        let ledger = Connection::open(server.data().join("ledger.sqlite3")).unwrap();
        let mut events = ledger.prepare("SELECT type FROM events WHERE trace LIKE ?1").unwrap();
        let types = events.query_map([format!("00-{id:032x}-%")], |row| row.get(0)).unwrap();
        types.collect::<Result<Vec<String>, _>>().unwrap()
    };
    for kind in ["opened", "offered", "accepted"] {
        assert!(traced.iter().any(|traced| traced == kind), "{kind} is not among {traced:?}");
    }

    let wanted = [
        "wideawake.requests.waiting",
        "wideawake.offer.time",
        "wideawake.accept.time",
        "wideawake.offers",
        "wideawake.on_duty",
        "wideawake.ledger.append",
        "wideawake.audit.missed",
        "wideawake.http.server.duration",
    ];
    eventually("every measure", || async {
        let there = collector.metrics();
        wanted.iter().all(|name| there.contains(*name)).then_some(())
    })
    .await;
    server.terminate();
    for (signal, body) in collector.0.lock().unwrap().iter() {
        for word in ["albatross", "petrel", "fulmar", &sky.token, &robin.token] {
            let found = body.windows(word.len()).any(|window| window == word.as_bytes());
            assert!(!found, "{word} is in {signal}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_that_is_not_there_holds_up_nothing() {
    let mut server =
        Binary::start("telemetry = { otlp_endpoint = 'http://127.0.0.1:9', metrics_every = '500ms' }").await;
    let robin = server.on_duty(json!({})).await;
    let sky = Member::asks(&server).await;
    robin.takes(&sky.id).await;
    let (status, took) = server.terminate();
    assert!(status.success() && took < std::time::Duration::from_secs(2), "{status}, {took:?}");
}

/// Whatever people wrote and however they are reached: no log at the finest level, no trace and no metric has any of it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_anybody_wrote_and_nobodys_address_is_in_a_log_a_trace_or_a_metric() {
    let collector = Collector::default();
    let endpoint = collector.start().await;
    let (hook, mail, texts) = (Http::start().await, Smtp::start().await, Http::start().await);
    let (port, provider) = (mail.port(), texts.url("/kittiwake-provider"));
    let mut server = Binary::start(&format!(
        r#"
        intake.limits.enabled = true
        intake.trusted_proxies = ["127.0.0.1"]
        telemetry = {{ otlp_endpoint = "{endpoint}", metrics_every = "200ms", log_filter = "trace,hyper_util=trace,reqwest=trace,mio=trace" }}
        [notifier]
        public_url = "http://desk.test"
        [notifier.webhook]
        secrets = ["{SECRET}"]
        allow_private = true
        [notifier.email]
        host = "127.0.0.1"
        port = {port}
        tls = "none"
        user = "puffin-user"
        password = "puffin-password"
        from = "gannet@wideawake.test"
        [notifier.sms]
        url = "{provider}"
        headers = ["Authorization: Bearer skua-provider-secret"]
        from = "Wideawake"
        "#
    ))
    .await;
    let mut secrets: Vec<String> = Vec::new();
    let mut mark = |what: &str| {
        let mark = format!("{what}-{}", &nobody()[24..]);
        secrets.push(mark.clone());
        mark
    };
    let (address, phone, email) = ("203.0.113.77", "+34600123987", mark("guillemot") + "@example.org");
    let path = format!("/{}", mark("razorbill"));
    let supervisor = &server.supervisor;
    let methods = json!({ "contact_methods": [
        { "kind": "webhook", "to": hook.url(&path) }, { "kind": "email", "to": email }, { "kind": "sms", "to": phone },
    ]});
    supervisor.put(format!("/v1/staff/{}/contact-methods", supervisor.id), &methods).await.is(200);
    let robin = server.on_duty(json!({ "capacity": 5 })).await;

    // A night: asking, declining, talking, raising, calling, handing back, ending for cause, a mistake, a guess.
    let key = mark("keykeykeykeykeykeykeykey");
    let body =
        json!({ "language": "en", "alias": mark("fulmar"), "message": mark("albatross"), "screening": { "q1": true } });
    let open = server.intake("POST", "/v1/requests").header("idempotency-key", &key).header("x-forwarded-for", address);
    let sky = Member::of(&server, open.json(&body).send().await.is(201).json());
    robin.takes(&sky.id).await;
    sky.says(&mark("petrel")).await;
    robin.says(&sky.id, &mark("shearwater")).await;
    let request = format!("/v1/requests/{}", sky.id);
    let raise = json!({ "priority": "elevated", "reason": mark("tern") });
    supervisor.post(format!("{request}/priority"), &raise).await.is(200);
    let more = json!({ "policy": "supervisor", "reason": mark("skimmer") });
    robin.post(format!("{request}/escalate"), &more).await;
    robin.post(format!("{request}/release"), &json!({ "reason": mark("noddy") })).await;
    let bar = json!({ "reason": mark("cormorant"), "for": "24h" });
    supervisor.post(format!("{request}/bar"), &bar).await;
    let wrong = json!({ "language": mark("darter"), "message": mark("booby") });
    server.intake("POST", "/v1/requests").header("x-forwarded-for", address).json(&wrong).send().await.is(422);
    let guess = mark("guessguessguess");
    server.intake("GET", &request).bearer(&guess).send().await.is(404);
    server.intake("GET", format!("/v1/resources?country={}", mark("frigatebird"))).send().await.problem();
    server.intake("GET", format!("/{}", mark("tropicbird"))).send().await.problem();
    eventually("the supervisor is called, one way or another", || async {
        (!hook.received().is_empty()).then_some(())
    })
    .await;
    eventually("traces and metrics have come", || async {
        let spans = collector.spans();
        let opened = spans.iter().filter(|span| span.name == "POST /v1/requests").count();
        (opened >= 2 && !collector.metrics().is_empty()).then_some(())
    })
    .await;
    let called = hook.received().iter().map(wideawake_acceptance::peers::Received::text).collect::<Vec<_>>().join("\n");
    server.terminate();

    secrets.extend([sky.token, robin.token.clone(), server.admin.token.clone(), server.supervisor.token.clone()]);
    secrets.extend([address.to_owned(), phone.to_owned(), phone[1..].to_owned()]);
    secrets.extend(
        ["kittiwake-provider", "puffin-user", "puffin-password", "gannet@", "skua-provider-secret", SECRET]
            .map(Into::into),
    );
    // What the call itself says: its link and its code.
    secrets.extend(
        called.split(['"', ' ', '\\']).filter_map(|word| word.split_once("/a/")).map(|(_, token)| token.to_owned()),
    );
    let log = server.log();
    assert!(log.contains("\"level\":\"TRACE\""), "the log is as fine as can be");
    for secret in &secrets {
        let line = log.lines().find(|line| line.contains(secret.as_str()));
        assert!(line.is_none(), "{secret} is in the log: {}", line.unwrap_or_default());
        for (signal, body) in collector.0.lock().unwrap().iter() {
            let found = body.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{secret} is in {signal}");
        }
    }
}
