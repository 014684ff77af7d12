//! The door over a record in a temporary folder, without a router: what a router would do is appended by hand.

mod answers;
mod audit;
mod document;
mod escalations;
mod hours;
mod offers;
mod permissions;
mod reinforce;
mod sign_in;
mod streams;
mod walk;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, header};
use axum::response::Response;
use chrono::TimeDelta;
use futures_util::StreamExt;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;
use wideawake_bus::MemoryBus;
use wideawake_domain::dispatch::{Criterion, Why};
use wideawake_domain::escalation::{Escalation, EscalationEvent, Policies, Policy, Step, StepReached, Target};
use wideawake_domain::process::Intent;
use wideawake_domain::record::Part;
use wideawake_domain::request::{Cause, Command, Findings, Open, Rejection, Say, Speaker, SupportRequest};
use wideawake_domain::rules::{Rulebook, Shelf};
use wideawake_domain::settings::{Dispatch, Line, Settings};
use wideawake_domain::staff::{Added, Role};
use wideawake_domain::{Actor, EscalationId, Event, OfferId, Pool, RequestId, StaffId, StreamId, Text, Version};
use wideawake_ledger::{Fence, Lease, SqliteLedger};
use wideawake_live::MemoryLive;
use wideawake_runtime::acknowledge::inbound::Inbound;
use wideawake_runtime::record::Opening;
use wideawake_runtime::signature::Secret;
use wideawake_runtime::telemetry::Metrics;
use wideawake_runtime::{Record, clock, config, tokens};
use wideawake_vault::{MasterKeys, Vault};

use crate::desk::Desk;
use crate::door;

/// Nothing that is waited for takes longer.
const LONG: Duration = Duration::from_secs(10);

const ROUTER: Actor = Actor::System(Part::Router);

struct Bench {
    desk: Desk,
    router: Router,
    shutdown: CancellationToken,
    tokens: std::sync::Mutex<BTreeMap<StaffId, String>>,
    folder: Arc<TempDir>,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.shutdown.cancel();
    }
}

fn settings() -> Settings {
    let line = |name: &str, pool: &str, default| Line {
        name: name.to_owned(),
        pool: Pool::named(pool),
        languages: vec!["en".parse().expect("a language")],
        needs: vec![],
        prefers: vec![],
        topics: vec!["grief".parse().expect("a topic")],
        outcomes: vec!["supported".to_owned(), "referred".to_owned()],
        retention: Some(TimeDelta::days(30)),
        templates: Vec::new(),
        default,
    };
    Settings {
        pools: vec![Pool::named("main"), Pool::named("other")],
        lines: vec![line("night", "main", true), line("day", "other", false)],
        dispatch: Dispatch::default(),
    }
}

impl Bench {
    async fn new() -> Self {
        Self::with(settings()).await
    }

    async fn with(settings: Settings) -> Self {
        Self::over(Arc::new(TempDir::new().expect("a temporary folder")), settings, BTreeMap::new()).await
    }

    /// Another process over the same record, with nothing else in common.
    async fn beside(&self) -> Self {
        let tokens = self.tokens.lock().expect("no panic").clone();
        Self::over(self.folder.clone(), self.desk.record.settings().clone(), tokens).await
    }

    async fn over(folder: Arc<TempDir>, settings: Settings, tokens: BTreeMap<StaffId, String>) -> Self {
        Self::signing_in(folder, settings, tokens, config::SignIn::default()).await
    }

    async fn signing_in(
        folder: Arc<TempDir>,
        settings: Settings,
        tokens: BTreeMap<StaffId, String>,
        sign_in: config::SignIn,
    ) -> Self {
        let ledger = SqliteLedger::open(&folder.path().join("ledger.sqlite3")).expect("a ledger");
        let master = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let record = Record::new(
            Arc::new(ledger),
            Arc::new(MemoryBus::default()),
            Arc::new(MemoryLive::default()),
            Arc::new(Vault::new(MasterKeys::from_base64(&[master]).expect("a key"))),
            Arc::new(settings),
            Metrics::new(),
            folder.path().join("erased.txt"),
        );
        let policies = Policies([("clinician".to_owned(), clinician())].into());
        let record = record.with_shelf(Shelf::new(Rulebook { policies, ..Rulebook::default() }));
        let shutdown = CancellationToken::new();
        let inbound = Inbound { secrets: vec![secret()], ..Inbound::default() };
        let (listen, trusted_proxies) = (([127, 0, 0, 1], 0).into(), Arc::default());
        let config = config::Desk { listen, max_connections: 1_000, trusted_proxies, inbound, sign_in };
        let desk = door::open(Arc::new(record), config, shutdown.clone()).await.expect("the record can be read");
        tokio::spawn({
            let (desk, stop) = (desk.clone(), shutdown.clone());
            async move { desk.feed.run(&desk.record, stop).await }
        });
        let router = door::router(desk.clone());
        Self { desk, router, shutdown, tokens: std::sync::Mutex::new(tokens), folder }
    }

    async fn staff(&self, roles: &[Role], pools: &[&str]) -> StaffId {
        let (id, token) = (StaffId(clock::new_id()), tokens::new());
        let added = Added {
            alias: format!("{}-{}", roles[0], self.tokens.lock().expect("no panic").len()),
            roles: roles.to_vec(),
            pools: pools.iter().map(|pool| Pool::named(pool)).collect(),
            zone: chrono_tz::Tz::Europe__Madrid,
            languages: vec!["en".parse().expect("a language")],
            capacity: 2,
            qualifications: vec![],
            token: token.hash(),
        };
        let facts = self.desk.record.add_staff(id, added, Actor::System(Part::Operator)).await.expect("a new person");
        self.desk.feed.reach(&facts).await;
        self.tokens.lock().expect("no panic").insert(id, token.expose().to_owned());
        id
    }

    async fn open(&self) -> RequestId {
        let id = RequestId(clock::new_id());
        let open = Open {
            line: "night".to_owned(),
            language: "en".parse().expect("a language"),
            time_zone: None,
            country: None,
            alias: Some(Text::Open("Moth".to_owned())),
            age_band: None,
            topics: vec!["grief".parse().expect("a topic")],
            message: Some(Text::Open("secret words".to_owned())),
            screening: None,
            answers: None,
            token: "hash of a token".to_owned(),
            fingerprint: None,
            again: None,
            findings: Findings::default(),
        };
        let events = SupportRequest::open(open);
        let opening = self.desk.record.open_request(id, Pool::named("main"), events).await.expect("it is written");
        assert!(matches!(opening, Opening::Opened(_)));
        id
    }

    async fn command(&self, id: RequestId, actor: Actor, command: Command) -> Arc<SupportRequest> {
        let check = |_: &SupportRequest| Ok::<_, Rejection>(command.clone());
        let change = self.desk.record.change_request(id, actor, check).await.expect("it is written");
        let change = change.expect("there is such a request").expect("it is allowed");
        self.desk.feed.reach(&change.facts).await;
        change.request
    }

    async fn offer(&self, id: RequestId, to: StaffId) -> OfferId {
        let why = Why {
            considered: 1,
            out: BTreeMap::new(),
            runner_up: None,
            decided_by: Criterion::Only,
            present_at: Some(clock::now()),
        };
        let expires_at = clock::now() + TimeDelta::seconds(30);
        let request = self.command(id, ROUTER, Command::Offer(to, expires_at, why)).await;
        request.offer_to(to).expect("it is offered").id
    }

    /// A request that `holder` holds.
    async fn held(&self, holder: StaffId) -> RequestId {
        let id = self.open().await;
        self.command(id, ROUTER, Command::Assign(holder)).await;
        id
    }

    /// What a rule does, and the escalation process after it: a new escalation of this request.
    async fn escalation(&self, id: RequestId) -> EscalationId {
        let raise = Command::Escalate { policy: "clinician".to_owned(), cause: Cause::Rule, reason: None };
        let request = self.command(id, Actor::System(Part::Escalation), raise).await;
        self.open_escalation(&request).await
    }

    /// What the escalation process makes of what was raised last.
    async fn open_escalation(&self, request: &SupportRequest) -> EscalationId {
        let raised = request.raised.last().expect("something was raised");
        let (id, opened) = Escalation::open(wideawake_domain::escalation::Open {
            request: request.id,
            line: request.line.clone(),
            priority: request.priority,
            policy: clinician(),
            raised: raised.version,
            cause: raised.cause,
            rule: None,
        });
        self.happens(id, opened).await;
        id
    }

    /// What another service appends to an escalation.
    async fn happens(&self, id: EscalationId, event: impl Into<EscalationEvent>) {
        let record = &self.desk.record;
        let long = Duration::from_hours(1);
        let Ok(Lease::Held { token }) = record.ledger().lease("escalation", "the test", long).await else {
            panic!("nobody else has the lease")
        };
        let known = record.escalation(id).await.expect("a record");
        let intent = Intent {
            stream: StreamId::escalation(id),
            pool: Pool::named("main"),
            expected: known.map_or(Version::NONE, |known| known.version),
            actor: Actor::System(Part::Escalation),
            events: vec![Event::Escalation(event.into())],
        };
        let facts = record.carry_out(intent, Fence { lease: "escalation".into(), token }).await.expect("it is written");
        self.desk.feed.reach(&facts).await;
    }

    /// A step of the policy calls these.
    async fn calls(&self, id: EscalationId, step: u32, staff: &[StaffId]) {
        let until = clock::now() + TimeDelta::minutes(2);
        self.happens(id, StepReached { round: 0, step, staff: staff.to_vec(), until }).await;
    }

    async fn member_says(&self, id: RequestId, text: &str) {
        let text = Text::Open(text.to_owned());
        let say =
            Say { from: Speaker::Member, staff: None, aside: false, text, once: None, findings: Findings::default() };
        self.command(id, Actor::Member, Command::Say(say)).await;
    }

    fn request(&self, who: Option<StaffId>, method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path);
        if let Some(token) = who.map(|who| self.tokens.lock().expect("no panic")[&who].clone()) {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        request.body(body).expect("a well-formed request")
    }

    async fn send(&self, request: Request<Body>) -> Response {
        let answer = tokio::time::timeout(LONG, self.router.clone().oneshot(request)).await;
        answer.expect("it answers").expect("it never fails")
    }

    async fn call(&self, who: StaffId, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = self.send(self.request(Some(who), &method, path, body.as_ref())).await;
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 10_000_000).await.expect("a body");
        let answer = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        document::holds(&method, path, body.as_ref(), status, &answer);
        (status, answer)
    }

    async fn get(&self, who: StaffId, path: &str) -> (u16, Value) {
        self.call(who, Method::GET, path, None).await
    }

    async fn post(&self, who: StaffId, path: &str, body: Value) -> (u16, Value) {
        self.call(who, Method::POST, path, Some(body)).await
    }

    async fn listen(&self, who: StaffId, path: &str, behind: Option<&str>) -> Listener {
        let mut request = self.request(Some(who), &Method::GET, path, None);
        if let Some(id) = behind {
            request.headers_mut().insert("last-event-id", id.parse().expect("an id is a header"));
        }
        let answer = self.send(request).await;
        assert_eq!(answer.status(), 200);
        Listener { body: answer.into_body().into_data_stream().boxed(), text: String::new() }
    }
}

/// An event of a stream.
#[derive(Clone, Debug, PartialEq)]
struct Heard {
    id: Option<String>,
    event: String,
    data: Value,
}

struct Listener {
    body: futures_util::stream::BoxStream<'static, Result<axum::body::Bytes, axum::Error>>,
    text: String,
}

impl Listener {
    /// The next event; `None` when the stream ended.
    async fn next(&mut self) -> Option<Heard> {
        // A stream that lives says so with comments: only an event counts.
        tokio::time::timeout(LONG, self.event()).await.expect("something comes")
    }

    async fn event(&mut self) -> Option<Heard> {
        loop {
            if let Some((frame, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    let of = |line: &str| line.strip_prefix(name).map(str::to_owned);
                    frame.lines().find_map(of)
                };
                let (id, event, data) = (field("id: "), field("event: "), field("data: "));
                self.text = rest.to_owned();
                let Some(event) = event else { continue };
                let data = serde_json::from_str(&data.expect("an event has data")).expect("it is JSON");
                document::describes(&event, &data);
                return Some(Heard { id, event, data });
            }
            let chunk = self.body.next().await?;
            self.text.push_str(std::str::from_utf8(&chunk.expect("it does not break")).expect("UTF-8"));
        }
    }

    /// The next event, which is of that name.
    async fn expect(&mut self, event: &str) -> Heard {
        let heard = self.next().await.expect("the stream goes on");
        assert_eq!(heard.event, event, "{heard:?}");
        heard
    }
}

/// What the provider of text messages signs with.
fn secret() -> Secret {
    Secret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").expect("a secret")
}

/// First whoever is on call, then the supervisors on duty.
fn clinician() -> Policy {
    let step = |target, minutes| Step { page: vec![target], wait: TimeDelta::minutes(minutes) };
    Policy {
        steps: vec![step(Target::Rotation("clinicians".to_owned()), 2), step(Target::SupervisorsOnDuty, 1)],
        ..Policy::supervisors("clinician")
    }
}

fn kind(body: &Value) -> &str {
    body["type"].as_str().and_then(|kind| kind.rsplit(':').next()).unwrap_or_default()
}

fn uuid(value: &Value) -> Uuid {
    value.as_str().and_then(|text| text.parse().ok()).expect("a UUID")
}

fn any_body(path: &str, staff: StaffId) -> Value {
    match path.rsplit('/').next().unwrap_or_default() {
        "duty" => json!({"duty": "ready"}),
        "messages" => json!({"text": "hello"}),
        "close" => json!({"outcome": "supported", "risk_assessed": true}),
        "release" => json!({"reason": "tired"}),
        "transfer" => json!({"note": "please"}),
        "assign" => json!({"staff": staff}),
        "escalate" => json!({"policy": "clinician", "reason": "he has a plan"}),
        "join" => json!({"as": "beside"}),
        "bar" => json!({"reason": "threats", "for": "24h"}),
        "hand-over" => json!({"to": staff}),
        "resolve" => json!({"outcome": "safe"}),
        "priority" => json!({"priority": "urgent", "reason": "so it seems"}),
        "shifts" => json!({"shifts": []}),
        "qualifications" => json!({"qualifications": []}),
        "contact-methods" => json!({"contact_methods": []}),
        "leave" | "extra" => json!({"zone": "Europe/Madrid", "start": "2026-12-01T00:00", "end": "2026-12-02T00:00"}),
        "overrides" => json!({"with": staff, "start": "2026-12-01T00:00", "end": "2026-12-02T00:00"}),
        "primary" => {
            json!({"zone": "Europe/Madrid", "starts": "2026-01-01", "handoff": "09:00", "every_days": 7, "members": [staff]})
        }
        "machine-tokens" => {
            json!({"name": "reports", "scopes": ["board:read"], "expires_at": clock::now() + TimeDelta::days(1)})
        }
        "recovery-codes" => json!({"password": "seven wet herons", "code": "123456"}),
        "passkeys" => json!({"name": "telephone", "credential": {}}),
        "password" => json!({"password": "seven wet herons", "new": "nine dry herons"}),
        "staff" => {
            json!({"alias": "New", "roles": ["volunteer"], "pools": ["main"], "zone": "Europe/Madrid", "languages": ["en"]})
        }
        _ => json!({}),
    }
}
