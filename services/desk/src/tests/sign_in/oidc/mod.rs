//! Signing in with an account at one's organisation.

mod hostile;
mod real;

use reqwest::Url;
use wideawake_domain::staff::{Grant, Mapping};
use wideawake_runtime::config::{Accounts, Oidc};

use super::*;

const BACK: &str = "http://127.0.0.1:8081/v1/session/oidc/callback";
const BEGIN: &str = "/v1/session/oidc";

/// The client that the desk is, at a provider who calls itself that.
pub(super) fn client(issuer: &str) -> Oidc {
    let grant =
        |claim: &str, role| Grant { claim: claim.to_owned(), roles: vec![role], pools: vec![Pool::named("main")] };
    Oidc {
        issuer: issuer.to_owned(),
        client_id: "desk".to_owned(),
        client_secret: Some("a secret: of + tests % only, and long enough".to_owned().into()),
        scopes: vec!["openid".to_owned(), "profile".to_owned()],
        accounts: Accounts::Automatic,
        claim: "groups".to_owned(),
        mapping: Mapping(vec![grant("listeners", Role::Volunteer), grant("leads", Role::Supervisor)]),
        alias: "nickname".to_owned(),
        zone: chrono_tz::Tz::UTC,
        languages: vec!["en".parse().expect("a language")],
        always_second_factor: false,
    }
}

async fn bench(oidc: Oidc) -> Bench {
    Bench::signing_in_as(|sign_in| sign_in.oidc = Some(oidc)).await
}

/// Where the desk sends a browser, and what it asks there.
struct Question {
    url: Url,
}

impl Question {
    fn get(&self, name: &str) -> String {
        let pair = self.url.query_pairs().find(|(key, _)| key == name);
        pair.unwrap_or_else(|| panic!("{} asks {name}", self.url)).1.into_owned()
    }
}

impl Browser {
    /// Whatever a link does, without following where it leads.
    async fn opens(&mut self, bench: &Bench, path: &str) -> (u16, HeaderMap, String) {
        let mut request = self.request(&Method::GET, path, None);
        request.headers_mut().insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
        request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/html"));
        let answer = bench.send(request).await;
        self.keep(&answer);
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        let bytes = axum::body::to_bytes(answer.into_body(), 1_000_000).await.expect("a body");
        (status, headers, String::from_utf8(bytes.to_vec()).expect("text"))
    }

    /// Begins at `path`.
    async fn asks(&mut self, bench: &Bench, path: &str) -> Question {
        let (status, headers, text) = self.opens(bench, path).await;
        assert_eq!(status, 303, "{text}");
        let url = headers[header::LOCATION].to_str().expect("text").parse().expect("a URL");
        Question { url }
    }

    /// Comes back with what a provider says.
    async fn returns(&mut self, bench: &Bench, query: &str) -> (u16, String) {
        let (status, _, text) = self.opens(bench, &format!("{BEGIN}/callback?{query}")).await;
        (status, text)
    }
}

/// Who the browser is at the desk.
async fn me(bench: &Bench, browser: &mut Browser) -> Value {
    browser.call(bench, Method::GET, "/v1/me", None).await.1
}
