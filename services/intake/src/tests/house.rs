//! A door with everything behind it, and a client in front of it.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, BodyDataStream, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use chrono::TimeDelta;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use wideawake_bus::MemoryBus;
use wideawake_domain::request::{Command, Findings, Rejection, ReleaseReason, Say, Speaker};
use wideawake_domain::settings::{Dispatch, Line, Settings};
use wideawake_domain::staff::{Added, Role};
use wideawake_domain::{Actor, Pool, RequestId, StaffId, Text, Version};
use wideawake_ledger::{Ledger, SqliteLedger};
use wideawake_live::MemoryLive;
use wideawake_runtime::http::Caller;
use wideawake_runtime::http::caller::Source;
use wideawake_runtime::telemetry::Metrics;
use wideawake_runtime::{Record, clock, config};
use wideawake_vault::{MasterKeys, Vault};

use super::contract::{Exchange, must_be_event};
use crate::state::Door;

/// No answer takes longer.
const LONG: Duration = Duration::from_secs(10);

/// Two master keys.
pub(super) const KEYS: [&str; 2] =
    ["MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=", "ZmVkY2JhOTg3NjU0MzIxMGZlZGNiYTk4NzY1NDMyMTA="];

/// What the proxy of a test says of a call over an encrypted way.
pub(super) const OVER_TLS: (&str, &str) = ("x-forwarded-proto", "https");

pub(super) struct House {
    pub(super) record: Arc<Record>,
    pub(super) door: Arc<Door>,
    pub(super) folder: Arc<TempDir>,
    router: Router,
}

fn settings() -> Settings {
    let line = |name: &str, topics: &[&str], default| Line {
        name: name.to_owned(),
        pool: Pool::named("main"),
        languages: vec!["en".parse().expect("a tag"), "es".parse().expect("a tag")],
        needs: Vec::new(),
        prefers: Vec::new(),
        topics: topics.iter().map(|topic| topic.parse().expect("a name")).collect(),
        outcomes: vec!["supported".to_owned()],
        retention: Some(TimeDelta::days(30)),
        templates: Vec::new(),
        default,
    };
    let lines = vec![line("night", &["anxiety", "grief"], true), line("youth", &["school"], false)];
    Settings { pools: vec![Pool::named("main")], lines, dispatch: Dispatch::default() }
}

impl House {
    pub(super) fn new() -> Self {
        Self::limited(config::Limits::default())
    }

    /// Under these master keys, newest first.
    pub(super) fn with(keys: &[&str]) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let ledger = SqliteLedger::open(&folder.path().join("ledger.sqlite3")).expect("a ledger");
        Self::over(Arc::new(ledger), folder, keys, config::Limits::default())
    }

    /// With these limits.
    pub(super) fn limited(limits: config::Limits) -> Self {
        let folder = Arc::new(tempfile::tempdir().expect("a folder"));
        let ledger = SqliteLedger::open(&folder.path().join("ledger.sqlite3")).expect("a ledger");
        Self::over(Arc::new(ledger), folder, &KEYS[..1], limits)
    }

    /// The same record, with bus, live state and master keys of its own: as another process would have it.
    pub(super) fn beside(&self, keys: &[&str]) -> Self {
        let ledger = SqliteLedger::open(&self.folder.path().join("ledger.sqlite3")).expect("a ledger");
        Self::over(Arc::new(ledger), self.folder.clone(), keys, config::Limits::default())
    }

    /// The same record as another process has it, with these limits.
    pub(super) fn beside_limited(&self, limits: config::Limits) -> Self {
        let ledger = SqliteLedger::open(&self.folder.path().join("ledger.sqlite3")).expect("a ledger");
        Self::over(Arc::new(ledger), self.folder.clone(), &KEYS[..1], limits)
    }

    /// The same record, with a ledger that cannot be written.
    pub(super) fn broken(&self) -> Self {
        let ledger = SqliteLedger::open_read_only(&self.folder.path().join("ledger.sqlite3")).expect("a ledger");
        Self::over(Arc::new(ledger), self.folder.clone(), &KEYS[..1], config::Limits::default())
    }

    fn over(ledger: Arc<dyn Ledger>, folder: Arc<TempDir>, keys: &[&str], limits: config::Limits) -> Self {
        let record = Arc::new(Record::new(
            ledger,
            Arc::new(MemoryBus::default()),
            Arc::new(MemoryLive::default()),
            Arc::new(Vault::new(MasterKeys::from_base64(keys).expect("keys"))),
            Arc::new(settings()),
            Metrics::new(),
            folder.path().join("erased.txt"),
        ));
        let config = config::Intake {
            listen: "127.0.0.1:0".parse().expect("an address"),
            max_connections: 10,
            trusted_proxies: Arc::default(),
            leave_to: config::LeaveTo::default(),
            limits,
        };
        let door = Arc::new(Door::new(record.clone(), &config, CancellationToken::new()));
        let router = crate::complete(door.clone());
        Self { record, door, folder, router }
    }

    async fn send(&self, request: Request<Body>) -> Answer {
        let answer = tokio::time::timeout(LONG, self.router.clone().oneshot(request)).await.expect("an answer in time");
        let answer = answer.expect("the router never fails");
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Answer { status: parts.status, headers: parts.headers, json }
    }

    pub(super) async fn call(&self, method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
        self.call_from("192.0.2.1", method, path, headers, body).await
    }

    /// A call from that address.
    pub(super) async fn call_from(
        &self,
        address: &str,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &Value,
    ) -> Answer {
        let mut request = call(method.clone(), path, headers, body);
        let source = Source::of(address.parse().expect("an address"));
        let is_secure = headers.contains(&OVER_TLS);
        request.extensions_mut().insert(Caller { source, is_secure });
        let answer = self.send(request).await;
        let content_type = answer.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let status = answer.status.as_u16();
        Exchange { method: &method, path, sent: body, status, content_type, got: &answer.json }.must_be_described();
        answer
    }

    /// A page or a form, as a browser asks for it: the status, the headers and the text.
    pub(super) async fn page(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        form: &str,
    ) -> (u16, HeaderMap, String) {
        let mut request = Request::builder().method(method).uri(path).header("host", "door");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let mut request = request
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()))
            .expect("a request");
        let source = Source::of("192.0.2.1".parse().expect("an address"));
        let is_secure = headers.contains(&OVER_TLS);
        request.extensions_mut().insert(Caller { source, is_secure });
        let answer = tokio::time::timeout(LONG, self.router.clone().oneshot(request)).await.expect("an answer in time");
        let (parts, body) = answer.expect("the router never fails").into_parts();
        let bytes = to_bytes(body, 1 << 20).await.expect("a body");
        // Without the marks that isolate what is put into a sentence.
        let text = String::from_utf8_lossy(&bytes).replace(['\u{2068}', '\u{2069}'], "");
        (parts.status.as_u16(), parts.headers, text)
    }

    pub(super) async fn open(&self, body: &Value) -> Member {
        let answer = self.call(Method::POST, "/v1/requests", &[], body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.json);
        answer.member()
    }

    pub(super) async fn get(&self, member: &Member) -> Value {
        let token = member.bearer();
        let answer = self.call(Method::GET, &member.path(""), &[("authorization", &token)], &Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.json);
        answer.json
    }

    pub(super) async fn follow(&self, member: &Member, last: Option<&str>) -> Events {
        let token = member.bearer();
        let mut headers = vec![("authorization", token.as_str())];
        headers.extend(last.map(|last| ("last-event-id", last)));
        let request = call(Method::GET, &member.path("/stream"), &headers, &Value::Null);
        let answer = self.router.clone().oneshot(request).await.expect("the router never fails");
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], "text/event-stream");
        Events { body: answer.into_body().into_data_stream(), text: String::new() }
    }

    pub(super) async fn volunteer(&self, alias: &str) -> StaffId {
        let id = StaffId(clock::new_id());
        let added = Added {
            alias: alias.to_owned(),
            roles: vec![Role::Volunteer],
            pools: vec![Pool::named("main")],
            zone: "Europe/Madrid".parse().expect("a zone"),
            languages: vec!["en".parse().expect("a tag")],
            capacity: 2,
            qualifications: Vec::new(),
            token: String::new(),
        };
        self.record.add_staff(id, added, Actor::Staff(id)).await.expect("a record");
        id
    }

    pub(super) async fn command(&self, member: &Member, actor: Actor, command: Command) -> Version {
        let change = self.record.change_request(member.id(), actor, |_| Ok::<_, Rejection>(command.clone())).await;
        let change = change.expect("a record").expect("a request").expect("allowed");
        change.facts.last().map_or(change.request.version, |fact| fact.version)
    }

    pub(super) async fn assign(&self, member: &Member, staff: StaffId) -> Version {
        self.command(member, Actor::Staff(staff), Command::Assign(staff)).await
    }

    pub(super) async fn release(&self, member: &Member, staff: StaffId) -> Version {
        self.command(member, Actor::Staff(staff), Command::Release(ReleaseReason::GaveBack, None)).await
    }

    pub(super) async fn say(&self, member: &Member, staff: StaffId, text: &str, aside: bool) -> Version {
        let text = Text::Open(text.to_owned());
        let say = Say {
            from: Speaker::Volunteer,
            staff: Some(staff),
            aside,
            text,
            once: None,
            findings: Findings::default(),
        };
        self.command(member, Actor::Staff(staff), Command::Say(say)).await
    }

    /// Whether these words stand in any file of the record.
    pub(super) fn holds(&self, words: &str) -> bool {
        self.holds_bytes(words.as_bytes())
    }

    pub(super) fn holds_bytes(&self, words: &[u8]) -> bool {
        let file = |path: &Path| std::fs::read(path).unwrap_or_default();
        let files = std::fs::read_dir(self.folder.path()).expect("a folder").flatten();
        files.map(|entry| file(&entry.path())).any(|bytes| bytes.windows(words.len()).any(|window| window == words))
    }
}

fn call(method: Method, path: &str, headers: &[(&str, &str)], body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("host", "door");
    let typed = headers.iter().any(|(name, _)| *name == "content-type");
    if !body.is_null() && !typed {
        request = request.header("content-type", "application/json");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
    request.body(body).expect("a request")
}

pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) json: Value,
}

impl Answer {
    /// The status and the name of the problem.
    pub(super) fn problem(&self) -> (u16, &str) {
        let name = self.json["type"].as_str().and_then(|urn| urn.strip_prefix("urn:wideawake:problem:"));
        (self.status.as_u16(), name.unwrap_or_default())
    }

    pub(super) fn pointers(&self) -> Vec<&str> {
        let errors = self.json["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        errors.iter().filter_map(|error| error["pointer"].as_str()).collect()
    }

    pub(super) fn member(&self) -> Member {
        let text = |name: &str| self.json[name].as_str().expect("a string").to_owned();
        Member { id: text("id"), token: text("token") }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Member {
    pub(super) id: String,
    pub(super) token: String,
}

impl Member {
    pub(super) fn id(&self) -> RequestId {
        self.id.parse().expect("a UUID")
    }

    pub(super) fn path(&self, rest: &str) -> String {
        format!("/v1/requests/{}{rest}", self.id)
    }

    pub(super) fn bearer(&self) -> String {
        format!("Bearer {}", self.token)
    }
}

/// The events of a stream.
pub(super) struct Events {
    body: BodyDataStream,
    text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Seen {
    pub(super) id: Option<String>,
    pub(super) event: String,
    pub(super) data: Value,
}

impl Events {
    /// The next event; `None` at the end of the stream.
    pub(super) async fn next(&mut self) -> Option<Seen> {
        // Comments come for as long as the stream lives, so each of them has no time of its own.
        let deadline = tokio::time::Instant::now() + LONG;
        loop {
            if let Some((frame, rest)) = self.text.split_once("\n\n") {
                let frame = frame.to_owned();
                self.text = rest.to_owned();
                let field = |name: &str| {
                    let lines = frame.lines().filter_map(|line| line.split_once(": "));
                    lines.filter(|(key, _)| *key == name).map(|(_, value)| value.to_owned()).next()
                };
                if let Some(event) = field("event") {
                    let data = serde_json::from_str(&field("data").unwrap_or_default()).unwrap_or(json!("no JSON"));
                    must_be_event(&event, &data);
                    return Some(Seen { id: field("id"), event, data });
                }
                continue;
            }
            let chunk = tokio::time::timeout_at(deadline, self.body.next()).await.expect("an event in time")?;
            self.text.push_str(std::str::from_utf8(&chunk.expect("an infallible body")).expect("UTF-8"));
        }
    }

    /// The next event of this kind; others before it are passed over.
    pub(super) async fn until(&mut self, event: &str) -> Seen {
        loop {
            let seen = self.next().await.expect("the stream goes on");
            if seen.event == event {
                return seen;
            }
        }
    }

    /// Everything up to the end of the stream.
    pub(super) async fn rest(mut self) -> Vec<Seen> {
        let mut all = Vec::new();
        while let Some(seen) = self.next().await {
            all.push(seen);
        }
        all
    }
}
