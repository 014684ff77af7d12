//! Every call of both doors, in whatever way it is made.
//!
//! The first four bytes choose the call, who makes it, what stands in its path, and which headers and query it has; each of
//! these is a line of what follows, and the rest is the body.

use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, Method, Request, StatusCode, header};
use chrono_tz::Tz;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;
use uuid::Uuid;
use wideawake_bus::MemoryBus;
use wideawake_domain::record::Part;
use wideawake_domain::staff::{Added, Role};
use wideawake_domain::{Actor, Pool, StaffId};
use wideawake_ledger::SqliteLedger;
use wideawake_live::MemoryLive;
use wideawake_runtime::config::Config;
use wideawake_runtime::telemetry::Metrics;
use wideawake_runtime::{Record, clock, tokens};
use wideawake_vault::{MasterKeys, Vault};

use crate::files::folder;

/// A line with everything that a call can name, and no limits on how often.
pub(crate) const CONFIG: &str = r#"
[intake.limits]
enabled = false
[[pool]]
name = "main"
[[line]]
name = "night"
pool = "main"
languages = ["en", "es"]
topics = ["anxiety", "grief"]
outcomes = ["supported", "referred"]
default = true
"#;

/// After so many calls everything begins anew, so that what is kept stays small.
const CALLS: u32 = 3_000;

/// The largest answer that is read.
const LARGEST: usize = 4 << 20;

/// The headers that a call may have.
const HEADERS: [&str; 6] = ["last-event-id", "idempotency-key", "cookie", "content-type", "traceparent", "origin"];

/// The members' door.
pub(crate) fn members(bytes: &[u8]) {
    World::with(|world| world.call(&world.members, bytes));
}

/// The staff's door.
pub(crate) fn staff(bytes: &[u8]) {
    World::with(|world| world.call(&world.staff, bytes));
}

struct Door {
    router: Router,
    /// Every call it has: method and path.
    calls: Vec<(Method, String)>,
}

struct World {
    members: Door,
    staff: Door,
    /// Who may call: nobody, a member, a volunteer, a supervisor, an admin, and somebody who makes it up.
    tokens: [Option<String>; 6],
    /// What may stand in a path.
    ids: Vec<String>,
    calls: u32,
    stop: CancellationToken,
    runtime: Runtime,
    _folder: TempDir,
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

impl World {
    fn with(work: impl FnOnce(&Self)) {
        static WORLD: Mutex<Option<World>> = Mutex::new(None);
        let mut held = WORLD.lock().unwrap_or_else(PoisonError::into_inner);
        if held.as_ref().is_none_or(|world| world.calls >= CALLS) {
            *held = None;
        }
        let world = held.get_or_insert_with(Self::new);
        world.calls += 1;
        work(world);
    }

    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
        let runtime = runtime.expect("a runtime");
        let folder = folder();
        let config = Config::parse(CONFIG, "config", folder.path(), std::iter::empty()).expect("a configuration");
        let stop = CancellationToken::new();
        let ledger = SqliteLedger::open(&folder.path().join("ledger.sqlite3")).expect("a ledger");
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        let record = Arc::new(Record::new(
            Arc::new(ledger),
            Arc::new(MemoryBus::default()),
            Arc::new(MemoryLive::default()),
            Arc::new(Vault::new(MasterKeys::from_base64(&[key]).expect("a key"))),
            Arc::new(config.settings.clone()),
            Metrics::new(),
            folder.path().join("erased.txt"),
        ));
        let (members, staff, tokens, ids) = runtime.block_on(async {
            let members = wideawake_intake::in_process(record.clone(), &config.intake, stop.clone());
            let opened = open(&members).await;
            let mut tokens = vec![None, Some(opened.1)];
            let mut ids = vec![opened.0, Uuid::nil().to_string(), "night".to_owned()];
            for role in [Role::Volunteer, Role::Supervisor, Role::Admin] {
                let (id, token) = person(&record, role).await;
                tokens.push(Some(token));
                ids.push(id);
            }
            tokens.push(Some("made-up".to_owned()));
            let staff = wideawake_desk::in_process(record.clone(), config.desk.clone(), stop.clone()).await;
            (members, staff.expect("it was not asked to stop"), tokens, ids)
        });
        let tokens = tokens.try_into().expect("six of them");
        let members = Door { router: members, calls: calls(&wideawake_intake::openapi()) };
        let staff = Door { router: staff, calls: calls(&wideawake_desk::openapi()) };
        Self { members, staff, tokens, ids, calls: 0, stop, runtime, _folder: folder }
    }

    /// Makes the call that the bytes describe. It may be refused, by a problem that says why.
    fn call(&self, door: &Door, bytes: &[u8]) {
        let Some((&[call, who, path, parts], mut rest)) = bytes.split_first_chunk::<4>() else { return };
        let (method, template) = &door.calls[usize::from(call) % door.calls.len()];
        let mut line = || -> &[u8] {
            let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
            let (line, behind) = rest.split_at(end);
            rest = behind.get(1..).unwrap_or_default();
            line
        };
        let mut uri = String::new();
        for (at, part) in template.split('/').enumerate().skip(1) {
            uri.push('/');
            match part.strip_prefix('{') {
                None => uri.push_str(part),
                Some(_) => match self.ids.get((usize::from(path) + at) % (self.ids.len() + 1)) {
                    Some(id) => uri.push_str(id),
                    None => uri.push_str(&String::from_utf8_lossy(line())),
                },
            }
        }
        if parts & 1 != 0 {
            uri.push('?');
            uri.push_str(&String::from_utf8_lossy(line()));
        }
        let mut request = Request::builder().method(method).uri(&uri);
        if let Some(token) = &self.tokens[usize::from(who) % self.tokens.len()] {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        let mut is_typed = false;
        for (bit, name) in HEADERS.iter().enumerate() {
            if parts & (2 << bit) != 0
                && let Ok(value) = HeaderValue::from_bytes(line())
            {
                is_typed |= *name == "content-type";
                request = request.header(*name, value);
            }
        }
        if !is_typed {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        // What is no URI at all never reaches a door.
        let Ok(request) = request.body(Body::from(rest.to_vec())) else { return };
        let router = door.router.clone();
        self.runtime.block_on(async move {
            let Ok(answer) = router.oneshot(request).await;
            let status = answer.status();
            assert_ne!(status, StatusCode::INTERNAL_SERVER_ERROR, "{method} {uri}");
            let is_stream = answer.headers().get(header::CONTENT_TYPE).is_some_and(|kind| kind == "text/event-stream");
            if is_stream {
                return;
            }
            let body = to_bytes(answer.into_body(), LARGEST).await.expect("a body of reasonable size");
            if status.is_client_error() {
                let problem: Value = serde_json::from_slice(&body).expect("a problem is JSON");
                let kind = problem["type"].as_str().unwrap_or_default();
                assert!(kind.starts_with("urn:wideawake:problem:"), "{method} {uri} answers {status}: {problem}");
            }
        });
    }
}

/// Opens a request: its id and token.
async fn open(members: &Router) -> (String, String) {
    let request = Request::post("/v1/requests")
        .header(header::CONTENT_TYPE, "application/json")
        .body(Body::from(r#"{"language":"en","message":"hello"}"#))
        .expect("a call");
    let Ok(answer) = members.clone().oneshot(request).await;
    let body = to_bytes(answer.into_body(), LARGEST).await.expect("a body");
    let body: Value = serde_json::from_slice(&body).expect("JSON");
    let text = |key: &str| body[key].as_str().expect("a text").to_owned();
    (text("id"), text("token"))
}

/// Adds somebody of that role: their id and token.
async fn person(record: &Record, role: Role) -> (String, String) {
    let (id, token) = (StaffId(clock::new_id()), tokens::new());
    let added = Added {
        alias: role.to_string(),
        roles: vec![role],
        pools: vec![Pool::named("main")],
        zone: Tz::Europe__Madrid,
        languages: vec!["en".parse().expect("a language")],
        capacity: 2,
        qualifications: Vec::new(),
        token: token.hash(),
    };
    record.add_staff(id, added, Actor::System(Part::Operator)).await.expect("somebody new");
    (id.to_string(), token.expose().to_owned())
}

/// Every call that a document names.
fn calls(document: &impl serde::Serialize) -> Vec<(Method, String)> {
    let document = serde_json::to_value(document).expect("JSON");
    let paths = document["paths"].as_object().cloned().unwrap_or_default();
    let of = |(path, calls): (String, Value)| {
        let methods: Vec<String> = calls.as_object().map(|calls| calls.keys().cloned().collect()).unwrap_or_default();
        methods.into_iter().filter_map(move |method| {
            let method = Method::from_bytes(method.to_uppercase().as_bytes()).ok()?;
            ["GET", "PUT", "POST", "PATCH", "DELETE"].contains(&method.as_str()).then(|| (method, path.clone()))
        })
    };
    paths.into_iter().flat_map(of).collect()
}
