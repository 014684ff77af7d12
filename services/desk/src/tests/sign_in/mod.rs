//! Signing in, staying signed in, and what those try who should not.

mod guessing;
mod invitations;
mod oidc;
mod page;
mod passkeys;
mod recovery;
mod risen;
mod second_factor;
mod sessions;

use std::net::SocketAddr;

use axum::http::{HeaderMap, HeaderValue};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use wideawake_domain::staff::Lifetimes;
use wideawake_runtime::config::Oidc;
use wideawake_runtime::http::Caller;

use super::*;
use crate::sign_in::code_at;

const PASSWORD: &str = "seven wet herons";

/// Somebody's browser: it keeps cookies, and says where it is.
#[derive(Clone, Default)]
struct Browser {
    cookies: BTreeMap<String, String>,
    address: Option<SocketAddr>,
}

impl Browser {
    fn at(address: &str) -> Self {
        Self { cookies: BTreeMap::new(), address: address.parse().ok() }
    }

    fn session(&self) -> &str {
        let of = |name: &str| self.cookies.get(name).map(String::as_str);
        of("wideawake_staff").or_else(|| of("__Host-wideawake_staff")).unwrap_or_default()
    }

    fn request(&self, method: &Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header(header::HOST, "desk.example.org");
        let jar: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
        if !jar.is_empty() {
            request = request.header(header::COOKIE, jar.join("; "));
        }
        if *method != Method::GET {
            request = request.header(header::ORIGIN, "https://desk.example.org");
        }
        if body.is_some() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        let mut request =
            request.body(body.map_or_else(Body::empty, |body| Body::from(body.to_string()))).expect("fine");
        if let Some(address) = self.address {
            request.extensions_mut().insert(Caller::of(address, false, &HeaderMap::new(), &[]));
        }
        request
    }

    fn keep(&mut self, answer: &Response) {
        for cookie in answer.headers().get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().expect("text");
            // Whoever is sent back by another site needs the ticket that they began with, and that alone.
            let site = if cookie.starts_with("wideawake_oidc") { "Lax" } else { "Strict" };
            assert!(
                cookie.contains(&format!("; HttpOnly; SameSite={site}; Path=/")),
                "no script and no other site has it"
            );
            let (name, value) = cookie.split(';').next().and_then(|pair| pair.split_once('=')).expect("a cookie");
            if cookie.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    async fn call(&mut self, bench: &Bench, method: Method, path: &str, body: Option<Value>) -> (u16, Value) {
        let answer = bench.send(self.request(&method, path, body.as_ref())).await;
        self.keep(&answer);
        let status = answer.status().as_u16();
        let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
        let answer = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        document::holds(&method, path, body.as_ref(), status, &answer);
        (status, answer)
    }

    async fn signs_in(&mut self, bench: &Bench, name: &str, password: &str, code: Option<String>) -> (u16, Value) {
        let mut body = json!({"name": name, "password": password});
        if let Some(code) = code {
            body["code"] = code.into();
        }
        self.call(bench, Method::POST, "/v1/session", Some(body)).await
    }

    async fn me(&mut self, bench: &Bench) -> u16 {
        self.call(bench, Method::GET, "/v1/me", None).await.0
    }
}

impl Bench {
    async fn signing_in_as(change: impl FnOnce(&mut config::SignIn)) -> Self {
        let mut sign_in = config::SignIn::default();
        change(&mut sign_in);
        let folder = Arc::new(TempDir::new().expect("a temporary folder"));
        Self::signing_in(folder, settings(), BTreeMap::new(), sign_in).await
    }

    /// Another process over the same record, of the same organisation.
    async fn beside_with_provider(&self, issuer: &str) -> Self {
        let always = self.desk.sign_in.config.oidc.as_ref().is_some_and(|oidc| oidc.always_second_factor);
        let oidc = Some(Oidc { always_second_factor: always, ..oidc::client(issuer) });
        let tokens = self.tokens.lock().expect("no panic").clone();
        let sign_in = config::SignIn { oidc, ..config::SignIn::default() };
        Self::signing_in(self.folder.clone(), settings(), tokens, sign_in).await
    }

    async fn invites(&self, by: StaffId, whom: StaffId) -> (u16, Value) {
        self.call(by, Method::POST, &format!("/v1/staff/{whom}/invitation"), None).await
    }

    /// Somebody who signs in with `name` and [`PASSWORD`], and a code if `second`; the key of the codes.
    async fn sets_up(&self, by: StaffId, whom: StaffId, name: &str, second: bool) -> Vec<u8> {
        let (status, invitation) = self.invites(by, whom).await;
        assert_eq!(status, 201, "{invitation}");
        let mut body = json!({"token": invitation["token"], "name": name, "password": PASSWORD});
        let (_, view) = self.post(by, "/v1/invitation/look", json!({"token": invitation["token"]})).await;
        let key = key_of(&view);
        if second {
            body["code"] = code_at(&key, clock::now().timestamp() - 30).into();
            body["setup"] = view["setup"].clone();
        }
        let (status, answer) = Browser::default().call(self, Method::POST, "/v1/invitation", Some(body)).await;
        assert_eq!(status, if second { 200 } else { 204 }, "{answer}");
        key
    }

    async fn sessions(&self) -> usize {
        let facts = self.desk.record.ledger().tail(None, 100_000).await.expect("a record").0;
        facts.iter().filter(|fact| &*fact.kind == "session_started").count()
    }
}

fn key_of(view: &Value) -> Vec<u8> {
    let text: String = view["key"].as_str().expect("a key").split(' ').collect();
    let mut bits = String::new();
    for c in text.chars() {
        let n = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(c).expect("base32");
        bits.extend((0..5).rev().map(|bit| if n >> bit & 1 == 1 { '1' } else { '0' }));
    }
    let byte = |n: usize| u8::from_str_radix(&bits[n * 8..n * 8 + 8], 2).expect("bits");
    (0..bits.len() / 8).map(byte).collect()
}
