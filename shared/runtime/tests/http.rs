//! The server and what lies around every call, through real sockets.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::HeaderMap;
use axum::routing::{get, post};
use futures_util::stream;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use wideawake_runtime::http::body::OptionalJsonBody;
use wideawake_runtime::http::{
    self, Caller, JsonBody, Kind, Problem, Query, Segments, Server, Sse, auth, detached, health, layers, openapi,
    parse, sse,
};
use wideawake_runtime::telemetry::{self, Metrics, trace};

/// No answer of a healthy server takes longer.
const LONG: Duration = Duration::from_secs(10);

struct Door {
    at: SocketAddr,
    shutdown: CancellationToken,
    ended: tokio::task::JoinHandle<()>,
    finished: Arc<Notify>,
}

/// As the doors do it: a call described where it stands, with every problem in one word.
#[utoipa::path(get, path = "/described", responses((status = 200, body = String), Problem))]
async fn describe() -> Result<String, Problem> {
    Err(Kind::NotFound.into())
}

fn described() -> utoipa_axum::router::OpenApiRouter {
    utoipa_axum::router::OpenApiRouter::new().routes(utoipa_axum::routes!(describe))
}

async fn door(server: Server) -> Door {
    let _ = telemetry::init(&wideawake_runtime::config::Telemetry { log_filter: "off".into(), ..Default::default() });
    let shutdown = CancellationToken::new();
    let finished = Arc::new(Notify::new());
    let streams = shutdown.clone();
    let (begun, done, reading) = (Arc::clone(&finished), Arc::clone(&finished), Arc::clone(&finished));
    let router = Router::new()
        .route("/echo", post(|body: JsonBody| async move { body.bytes }))
        .route("/maybe", post(|body: OptionalJsonBody| async move { body.0.value.to_string() }))
        .route(
            "/secret",
            post(|headers: HeaderMap| async move {
                auth::bearer(&headers)?.ok_or(Problem::from(Kind::Unauthorized)).map(|_| ())
            }),
        )
        .route("/things/{id}", get(|Segments((id,)): Segments<(uuid::Uuid,)>| async move { id.to_string() }))
        .route(
            "/query",
            get(|query: Query| async move {
                let mut q = query.fields();
                let n = q.required("n", parse::decimal(1..=9u8));
                let at = q.optional("at", parse::instant);
                let (n, _) = q.finish((n, at))?;
                Ok::<_, Problem>(n.to_string())
            }),
        )
        .route("/trace", get(|| async { trace::current().to_string() }))
        .route("/peer", get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.ip().to_string() }))
        .route("/panic", get(|| async { assert!(std::hint::black_box(false), "secret words") }))
        .route("/stuck", get(std::future::pending::<()>))
        .route(
            "/change",
            post(move || {
                let done = Arc::clone(&done);
                detached(async move {
                    done.notify_one();
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    done.notify_one();
                    Ok(())
                })
            }),
        )
        .route(
            "/stream",
            get(move || async move {
                let first = sse::Event::with_id(1, "status", &serde_json::json!({"waiting": true}));
                Sse::new(futures_util::StreamExt::chain(stream::iter([first]), stream::pending()), streams)
            }),
        )
        .route(
            "/endless",
            get(move || async move {
                let gone = Gone(reading);
                let more =
                    stream::unfold(gone, |gone| async move { Some((Ok::<_, Infallible>(vec![b'x'; 65_536]), gone)) });
                Body::from_stream(more)
            }),
        )
        .route("/caller", get(|caller: Caller| async move { caller.is_secure.to_string() }))
        .merge(health::routes(|| async { health::Readiness::new().vital("ledger", health::Health::Ready, None) }))
        .merge(openapi::routes(described().into_openapi()));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let at = listener.local_addr().expect("it is bound");
    let router = layers::around(router, Metrics::new());
    let ended = tokio::spawn(server.run(listener, router, shutdown.clone()));
    Door { at, shutdown, ended, finished: begun }
}

/// Tells when an answer is not wanted any more.
struct Gone(Arc<Notify>);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

struct Answer {
    status: u16,
    head: String,
    body: String,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or(Value::Null)
    }

    /// Whether it is this problem, told in every way that a problem is told.
    fn is(&self, kind: Kind) -> bool {
        self.status == kind.code()
            && self.head.contains("content-type: application/problem+json\r\n")
            && self.json()["type"] == kind.urn()
            && self.json()["status"] == kind.code()
    }
}

impl Door {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.at).await.expect("it listens")
    }

    /// Sends bytes as they are, and reads until the server closes the connection.
    async fn send(&self, bytes: &[u8]) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(bytes).await.expect("it reads to the end");
        let mut all = Vec::new();
        let sent = bytes.get(..60).unwrap_or(bytes).escape_ascii();
        let ended = timeout(LONG, stream.read_to_end(&mut all)).await;
        assert!(matches!(ended, Ok(Ok(_))), "{ended:?} after {sent}");
        let all = String::from_utf8_lossy(&all).into_owned();
        let (head, body) = all.split_once("\r\n\r\n").unwrap_or((&all, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default();
        Answer { status, head: format!("{head}\r\n"), body: body.to_owned() }
    }

    async fn call(&self, method: &str, path: &str, headers: &str, body: &str) -> Answer {
        let length = body.len();
        let text = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"
        );
        self.send(text.as_bytes()).await
    }
}

const JSON: &str = "content-type: application/json\r\n";

#[tokio::test(flavor = "multi_thread")]
async fn whatever_goes_wrong_is_a_problem() {
    let door = door(Server::default()).await;
    assert!(door.call("GET", "/nowhere", "", "").await.is(Kind::NotFound));
    let wrong = door.call("PUT", "/echo", "", "").await;
    assert!(wrong.is(Kind::MethodNotAllowed) && wrong.head.contains("allow: POST\r\n"), "{}", wrong.head);
    let broken = door.call("GET", "/panic", "", "").await;
    assert!(broken.is(Kind::Internal) && !broken.body.contains("secret"));
    assert!(door.call("POST", "/echo", "", "{}").await.is(Kind::UnsupportedMediaType));
    assert!(door.call("POST", "/echo", JSON, "{").await.is(Kind::NotJson));
    assert!(door.call("GET", "/things/7", "", "").await.is(Kind::NotFound));
    assert!(door.call("GET", "/things/%FF", "", "").await.is(Kind::NotFound));
    assert!(door.call("GET", "/query?n=1&n=2", "", "").await.is(Kind::BadRequest));
    let query = door.call("GET", "/query?n=x&at=now", "", "").await;
    assert!(query.is(Kind::InvalidContent));
    assert_eq!(query.json()["errors"][0]["parameter"], "n");
    assert_eq!(query.json()["errors"][1]["parameter"], "at");
    let unknown = door.call("POST", "/secret", "", "").await;
    assert!(unknown.is(Kind::Unauthorized) && unknown.head.contains("www-authenticate: Bearer\r\n"));
    for answer in [&wrong, &broken, &unknown] {
        for header in ["x-content-type-options: nosniff", "referrer-policy: no-referrer", "cache-control: no-store"] {
            assert!(answer.head.contains(header), "{}", answer.head);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_right_is_answered() {
    let door = door(Server::default()).await;
    assert_eq!(door.call("POST", "/echo", JSON, "{\"a\": 1}").await.body, "{\"a\": 1}");
    assert_eq!(door.call("POST", "/maybe", "", "").await.body, "{}");
    assert_eq!(door.call("GET", "/query?n=7&at=", "", "").await.body, "7");
    assert_eq!(door.call("GET", "/peer", "", "").await.body, "127.0.0.1");
    assert_eq!(door.call("HEAD", "/peer", "", "").await.status, 200);
    let id = "0198c0de-0000-7000-8000-000000000000";
    assert_eq!(door.call("GET", &format!("/things/{id}"), "", "").await.body, id);
    assert_eq!(door.call("GET", "/healthz", "", "").await.status, 200);
    let ready = door.call("GET", "/readyz", "", "").await.json();
    assert_eq!(ready, serde_json::json!({"status": "ready", "parts": {"ledger": {"status": "ready"}}}));
    let api = door.call("GET", "/openapi.json", "", "").await.json();
    let problem = &api["paths"]["/described"]["get"]["responses"]["default"]["content"]["application/problem+json"];
    assert_eq!(problem["schema"]["$ref"], "#/components/schemas/Problem", "{api}");
    assert!(api["components"]["schemas"]["Problem"]["properties"]["type"].is_object(), "{api}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_http_is_a_problem_too() {
    let door = door(Server::default()).await;
    for garbage in [
        &b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"[..],
        b"\0\0\0\0\0\0\0\0\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\r\nhost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost x\r\n\r\n",
        b"GET / HTTP/1.1\r\nhost: x\r\ncontent-length: ten\r\n\r\n",
        b"GET /\xff\xfe<> HTTP/1.1\r\nhost: x\r\n\r\n",
        b"{\"language\": \"en\"}\r\n\r\n",
    ] {
        let answer = door.send(garbage).await;
        assert!(answer.is(Kind::BadRequest), "{}: {} {}", garbage.escape_ascii(), answer.head, answer.body);
    }
    let long = format!("GET / HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "y".repeat(40_000));
    assert!(door.send(long.as_bytes()).await.is(Kind::HeadersTooLarge));
    for length in [70_000, 1_000_000] {
        let path = format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "y".repeat(length));
        let answer = door.send(path.as_bytes()).await;
        assert!(answer.is(Kind::HeadersTooLarge) || answer.is(Kind::UriTooLong), "{length}: {}", answer.head);
    }
    let many = format!("GET / HTTP/1.1\r\nhost: x\r\n{}\r\n", "a: b\r\n".repeat(200));
    assert!(door.send(many.as_bytes()).await.is(Kind::HeadersTooLarge));
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_sends_too_much_still_hears_why() {
    let door = door(Server::default()).await;
    let big = "x".repeat(10_000_000);
    for _ in 0..5 {
        assert!(door.call("POST", "/echo", JSON, &big).await.is(Kind::TooLarge));
        assert!(door.call("POST", "/echo", "", &big).await.is(Kind::UnsupportedMediaType));
        assert!(door.call("POST", "/secret", JSON, &big).await.is(Kind::Unauthorized));
        assert!(door.call("POST", "/nowhere", JSON, &big).await.is(Kind::NotFound));
    }
    let head =
        format!("POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{JSON}transfer-encoding: chunked\r\n\r\n");
    let chunk = format!("400\r\n{}\r\n", "x".repeat(1024));
    let chunked = format!("{head}{}0\r\n\r\n", chunk.repeat(5_000));
    assert!(door.send(chunked.as_bytes()).await.is(Kind::TooLarge));
    let expecting =
        format!("POST /echo HTTP/1.1\r\nhost: x\r\n{JSON}expect: 100-continue\r\ncontent-length: 10000000\r\n\r\n");
    assert!(door.send(expecting.as_bytes()).await.is(Kind::TooLarge));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_are_only_so_many_places() {
    let door = door(Server { connections: 2, ..Server::default() }).await;
    let (first, mut second) = (door.connect().await, door.connect().await);
    second.write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it has a place");
    assert!(second.read_u8().await.is_ok());
    let mut third = door.connect().await;
    let mut all = String::new();
    timeout(LONG, third.read_to_string(&mut all)).await.expect("in time").expect("text");
    assert!(all.starts_with("HTTP/1.1 503 ") && all.contains("urn:wideawake:problem:unavailable"), "{all}");
    assert!(all.contains("retry-after: 1\r\n"));
    drop(first);
    let deadline = Instant::now() + LONG;
    loop {
        let mut again = door.connect().await;
        let mut all = String::new();
        let _ = again.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        let _ = again.read_to_string(&mut all).await;
        if all.starts_with("HTTP/1.1 200 ") {
            return;
        }
        assert!(Instant::now() < deadline, "the place was never given back: {all}");
    }
}

/// Whoever comes while too many wait to be accepted is not told so: their connection hangs.
#[tokio::test(flavor = "multi_thread")]
async fn a_crowd_that_comes_in_one_moment_is_let_in() {
    let listener = http::listen(([127, 0, 0, 1], 0).into()).expect("a free port");
    let at = listener.local_addr().expect("an address");
    // As many as this system lets wait.
    let most = std::fs::read_to_string("/proc/sys/net/core/somaxconn").ok();
    let most: usize = most.and_then(|most| most.trim().parse().ok()).unwrap_or(128);
    let mut crowd = Vec::new();
    for n in 0..most.min(600) {
        let came = timeout(LONG, TcpStream::connect(at)).await;
        crowd.push(came.unwrap_or_else(|_| panic!("number {n} waits in vain")).expect("it is let in"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_nothing_loses_the_connection() {
    let door = door(Server { patience: Duration::from_millis(100), ..Server::default() }).await;
    for slow in [&b""[..], b"POST /echo HT", b"POST /echo HTTP/1.1\r\nhost: x\r\n"] {
        let mut stream = door.connect().await;
        stream.write_all(slow).await.expect("it listens");
        let mut all = Vec::new();
        let ended = timeout(LONG, stream.read_to_end(&mut all)).await;
        assert!(ended.is_ok(), "{}", slow.escape_ascii());
    }
    let mut stream = door.connect().await;
    stream.write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it listens");
    let mut all = vec![0; 4096];
    let mut end = 0;
    while !all[..end].ends_with(b"}\n\n\r\n") {
        end += stream.read(&mut all[end..]).await.expect("it streams");
    }
    let silent = timeout(Duration::from_millis(400), stream.read(&mut all)).await;
    assert!(silent.is_err(), "a stream is not silence");
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn whoever_takes_nothing_any_more_is_hung_up_on() {
    let door = door(Server { silence: Duration::from_secs(1), ..Server::default() }).await;
    let mut stream = door.connect().await;
    stream.write_all(b"GET /endless HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it listens");
    assert!(stream.read_u8().await.is_ok());
    // From here on the client reads nothing: its window is closed, as that of a phone that fell asleep.
    timeout(LONG, door.finished.notified()).await.expect("nobody waits for it for ever");
    drop(stream);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_way_is_known_to_be_encrypted_only_by_a_trusted_proxy() {
    let trusted = Arc::from(["127.0.0.1/32".parse::<ipnet::IpNet>().expect("a network")]);
    let behind = door(Server { trusted, ..Server::default() }).await;
    let https = "x-forwarded-proto: https\r\n";
    let answer = behind.call("GET", "/caller", https, "").await;
    assert_eq!(answer.body, "true");
    assert!(answer.head.contains("strict-transport-security: max-age=31536000\r\n"), "{}", answer.head);
    let open = door(Server::default()).await;
    let answer = open.call("GET", "/caller", https, "").await;
    assert_eq!(answer.body, "false");
    assert!(!answer.head.contains("strict-transport-security"), "{}", answer.head);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_end_at_once_on_shutdown_and_what_hangs_is_dropped() {
    let grace = Duration::from_millis(300);
    let door = door(Server { grace, ..Server::default() }).await;
    let mut stream = door.connect().await;
    stream.write_all(b"GET /stream HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it listens");
    assert!(stream.read_u8().await.is_ok());
    let idle = door.connect().await;
    door.shutdown.cancel();
    let mut all = String::new();
    timeout(LONG, stream.read_to_string(&mut all)).await.expect("the stream ends").expect("in order");
    assert!(all.contains("id: 1\nevent: status\ndata: {\"waiting\":true}\n\n") && all.ends_with("0\r\n\r\n"), "{all}");
    timeout(LONG, door.ended).await.expect("the server ends").expect("without a panic");
    drop(idle);

    let hanging = self::door(Server { grace, ..Server::default() }).await;
    let mut stuck = hanging.connect().await;
    stuck.write_all(b"GET /stuck HTTP/1.1\r\nhost: x\r\n\r\n").await.expect("it listens");
    tokio::task::yield_now().await;
    hanging.shutdown.cancel();
    let before = Instant::now();
    timeout(LONG, hanging.ended).await.expect("the server ends").expect("without a panic");
    assert!(before.elapsed() < grace * 4, "{:?}", before.elapsed());
    let mut all = Vec::new();
    assert_eq!(stuck.read_to_end(&mut all).await.unwrap_or(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_on_when_the_client_is_gone() {
    let door = door(Server::default()).await;
    let mut stream = door.connect().await;
    stream.write_all(b"POST /change HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n").await.expect("it listens");
    timeout(LONG, door.finished.notified()).await.expect("it begins");
    drop(stream);
    timeout(LONG, door.finished.notified()).await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_belongs_to_the_trace_of_its_caller() {
    let door = door(Server::default()).await;
    let parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let inside = door.call("GET", "/trace", &format!("traceparent: {parent}\r\n"), "").await.body;
    assert_eq!(inside[..35], parent[..35]);
    assert_ne!(inside[36..52], parent[36..52]);
    for none in ["", "traceparent: nonsense\r\n", "traceparent: \u{e9}\r\n"] {
        let own = door.call("GET", "/trace", none, "").await.body;
        assert_eq!(own.len(), parent.len(), "{own}");
        assert_ne!(own[3..35], parent[3..35]);
    }
}
