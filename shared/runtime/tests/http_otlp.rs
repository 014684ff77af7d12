//! What leaves the process for a collector: spans under the caller's trace, measures, and nothing that anyone wrote.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::routing::{get, post};
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use wideawake_domain::{Pool, Priority};
use wideawake_runtime::config;
use wideawake_runtime::http::{Kind, Problem, layers, serve};
use wideawake_runtime::telemetry::metrics::{AppendOutcome, OfferOutcome};
use wideawake_runtime::telemetry::{self, Metrics, trace};

type Received = Arc<Mutex<Vec<(String, Bytes)>>>;

async fn start(router: Router) -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("it is bound");
    tokio::spawn(serve(listener, router, CancellationToken::new(), Duration::ZERO));
    at
}

#[tokio::test(flavor = "multi_thread")]
async fn a_collector_gets_spans_and_measures_and_no_words() {
    let received = Received::default();
    let receive = |State(all): State<Received>, Path(signal): Path<String>, body: Bytes| async move {
        all.lock().map(|mut all| all.push((signal, body))).unwrap_or_default();
    };
    let collector = Router::new().route("/v1/{signal}", post(receive)).with_state(Arc::clone(&received));
    let endpoint = format!("http://{}/", start(collector).await);
    let settings = config::Telemetry { otlp_endpoint: Some(endpoint), log_filter: "off".into(), ..Default::default() };
    let guard = telemetry::init(&settings);
    drop(telemetry::init(&settings));

    let metrics = Metrics::new();
    metrics.waiting(&Pool::named("main"), Priority::Urgent, 3);
    metrics.on_duty(&Pool::named("main"), 2);
    metrics.offer(OfferOutcome::Accepted);
    metrics.offer_time(Priority::Standard, Duration::from_millis(2));
    metrics.accept_time(Priority::Standard, Duration::from_secs(2));
    metrics.ledger_append(AppendOutcome::Conflict, Duration::from_micros(300));
    metrics.audit_missed(&Pool::named("main"), 1);
    let producer = "00-11111111111111111111111111111111-2222222222222222-01";
    let handler = move || async move {
        let span = tracing::info_span!(target: "wideawake_router", "offer");
        trace::link(&span, producer);
        span.in_scope(|| tracing::error!(target: "wideawake_router", "went wrong"));
        Problem::new(Kind::OfferGone)
    };
    let router = layers::around(Router::new().route("/v1/things/{id}", get(handler)), metrics);
    let door = start(router).await;

    let parent = "0af7651916cd43dd8448eb211c80319c";
    let mut stream = TcpStream::connect(door).await.expect("it listens");
    let call = format!(
        "GET /v1/things/swordfish?q=marlin HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer tuna\r\n\
         traceparent: 00-{parent}-b7ad6b7169203331-00\r\n\r\n"
    );
    stream.write_all(call.as_bytes()).await.expect("it reads");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.expect("it answers");
    assert!(answer.starts_with("HTTP/1.1 409"), "{answer}");
    tokio::task::spawn_blocking(move || drop(guard)).await.expect("it ends");

    let received = received.lock().map(|all| all.clone()).unwrap_or_default();
    let of =
        |signal: &'static str| received.iter().filter(move |(name, _)| name == signal).map(|(_, body)| body.clone());
    let spans: Vec<_> = of("traces")
        .filter_map(|body| ExportTraceServiceRequest::decode(body).ok())
        .flat_map(|export| export.resource_spans)
        .flat_map(|resource| resource.scope_spans)
        .flat_map(|scope| scope.spans)
        .collect();
    let bytes = |hex: &str| -> Vec<u8> {
        hex.as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(&String::from_utf8_lossy(pair), 16).unwrap_or(0))
            .collect()
    };
    let call = spans.iter().find(|span| span.name == "GET /v1/things/{id}").expect("the call is a span");
    assert_eq!((&call.trace_id, &call.parent_span_id), (&bytes(parent), &bytes("b7ad6b7169203331")));
    let attributes: Vec<_> = call.attributes.iter().map(|attribute| attribute.key.as_str()).collect();
    assert!(attributes.contains(&"http.response.status_code") && attributes.contains(&"error.type"), "{attributes:?}");
    let offer = spans.iter().find(|span| span.name == "offer").expect("what it did is a span");
    assert_eq!(offer.parent_span_id, call.span_id);
    assert_eq!(offer.links[0].trace_id, [0x11; 16]);
    assert_eq!(offer.events.len(), 1);

    let measures: Vec<_> = of("metrics")
        .filter_map(|body| ExportMetricsServiceRequest::decode(body).ok())
        .flat_map(|export| export.resource_metrics)
        .flat_map(|resource| resource.scope_metrics)
        .flat_map(|scope| scope.metrics)
        .map(|metric| metric.name)
        .collect();
    for name in [
        "wideawake.requests.waiting",
        "wideawake.offer.time",
        "wideawake.accept.time",
        "wideawake.offers",
        "wideawake.on_duty",
        "wideawake.ledger.append",
        "wideawake.audit.missed",
        "wideawake.http.server.duration",
    ] {
        assert!(measures.iter().any(|measure| measure == name), "{name} is not among {measures:?}");
    }
    for (signal, body) in received {
        for word in ["swordfish", "marlin", "tuna"] {
            assert!(!body.windows(word.len()).any(|part| part == word.as_bytes()), "{word} is in {signal}");
        }
    }
}
