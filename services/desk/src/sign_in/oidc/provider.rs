//! The provider of an organisation: where it is, which keys it signs with, and what it gives for a code.
//!
//! What it says of itself is fetched when somebody needs it and kept for a while. No call takes longer than a few seconds, no
//! answer is read beyond its bound, no redirect is followed, and a provider that is down is asked again only now and then.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jsonwebtoken::jwk::Jwk;
use reqwest::{Client, RequestBuilder, StatusCode, Url};
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};
use tokio::time::Instant;
use wideawake_runtime::{config, outgoing};

/// How long one call may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// How much of an answer is read, in bytes.
const MOST: usize = 256 * 1024;

/// How many keys are looked at.
const MOST_KEYS: usize = 100;

/// How long what it says of itself is taken for true.
const FRESH: Duration = Duration::from_hours(1);

/// How soon it is asked again after it failed, or for a key that it did not have.
const AGAIN: Duration = Duration::from_secs(10);

/// How many sign-ins are under way with it at once, and how long others wait.
const AT_ONCE: usize = 16;
const PATIENCE: Duration = Duration::from_secs(5);

/// Why it could not help.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Trouble {
    /// It cannot be reached, or says that something broke.
    #[error("it cannot be reached: {0}")]
    Down(&'static str),
    /// It answers what nobody can use: the configuration here or there is wrong.
    #[error("it cannot be used: {0}")]
    Wrong(&'static str),
    /// It does not take the code.
    #[error("it does not take the code")]
    Code,
}

/// What it says of itself (OpenID Connect Discovery 1.0).
#[derive(Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    token_endpoint_auth_methods_supported: Vec<String>,
    /// RFC 9207.
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
}

/// What it gives for a code.
#[derive(Deserialize)]
pub(super) struct Given {
    pub(super) id_token: String,
    access_token: Option<String>,
}

/// A provider, and what is known of it.
pub(crate) struct Provider {
    pub(super) config: config::Oidc,
    client: Client,
    known: Mutex<Known>,
    places: Semaphore,
}

#[derive(Default)]
struct Known {
    metadata: Option<(Instant, Arc<Metadata>)>,
    keys: Option<(Instant, Arc<Vec<Jwk>>)>,
    failed: Option<(Instant, Trouble)>,
}

impl std::fmt::Debug for Provider {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Provider").field("issuer", &self.config.issuer).finish_non_exhaustive()
    }
}

impl Provider {
    pub(crate) fn new(config: config::Oidc) -> Result<Self, reqwest::Error> {
        let client = outgoing::client(TIMEOUT).build()?;
        Ok(Self { config, client, known: Mutex::default(), places: Semaphore::new(AT_ONCE) })
    }

    /// What it says of itself.
    pub(super) async fn metadata(&self) -> Result<Arc<Metadata>, Trouble> {
        let mut known = self.known.lock().await;
        self.metadata_of(&mut known).await
    }

    async fn metadata_of(&self, known: &mut Known) -> Result<Arc<Metadata>, Trouble> {
        if let Some((at, metadata)) = &known.metadata
            && at.elapsed() < FRESH
        {
            return Ok(metadata.clone());
        }
        let issuer = self.config.issuer.trim_end_matches('/');
        let found = self.asked(known, async |provider: &Self| {
            let url = format!("{issuer}/.well-known/openid-configuration");
            let metadata: Metadata = read(provider.client.get(provider.url(&url)?)).await?;
            if metadata.issuer != provider.config.issuer {
                return Err(Trouble::Wrong("it calls itself something else than sign_in.oidc.issuer"));
            }
            for endpoint in [&metadata.authorization_endpoint, &metadata.token_endpoint, &metadata.jwks_uri] {
                provider.url(endpoint)?;
            }
            Ok(Arc::new(metadata))
        });
        let metadata = found.await?;
        known.metadata = Some((Instant::now(), metadata.clone()));
        Ok(metadata)
    }

    /// The keys that it signs with. `beside` are keys that were not enough: newer ones, if it is time to ask for them.
    pub(super) async fn keys(&self, beside: Option<&Arc<Vec<Jwk>>>) -> Result<Arc<Vec<Jwk>>, Trouble> {
        let mut known = self.known.lock().await;
        if let Some((at, keys)) = &known.keys {
            // Whoever waited for the lock may find what they want there.
            let is_news = beside.is_some_and(|beside| !Arc::ptr_eq(beside, keys));
            let lasts = if beside.is_some() && !is_news { AGAIN } else { FRESH };
            if at.elapsed() < lasts {
                return Ok(keys.clone());
            }
        }
        let metadata = self.metadata_of(&mut known).await?;
        let found = self.asked(&mut known, async |provider: &Self| {
            #[derive(Deserialize)]
            struct Set {
                keys: Vec<Value>,
            }
            let set: Set = read(provider.client.get(provider.url(&metadata.jwks_uri)?)).await?;
            // Keys of a kind that nobody here knows are no reason to do without the others.
            let keys = set.keys.into_iter().take(MOST_KEYS).filter_map(|key| serde_json::from_value(key).ok());
            Ok(Arc::new(keys.collect::<Vec<Jwk>>()))
        });
        let keys = found.await?;
        known.keys = Some((Instant::now(), keys.clone()));
        Ok(keys)
    }

    /// Asks, unless that failed a moment ago.
    async fn asked<T>(
        &self,
        known: &mut Known,
        ask: impl AsyncFnOnce(&Self) -> Result<T, Trouble>,
    ) -> Result<T, Trouble> {
        if let Some((at, trouble)) = known.failed
            && at.elapsed() < AGAIN
        {
            return Err(trouble);
        }
        let answer = ask(self).await;
        known.failed = answer.as_ref().err().map(|trouble| (Instant::now(), *trouble));
        answer
    }

    /// What it gives for a code (RFC 6749, section 4.1.3, and RFC 7636).
    pub(super) async fn exchange(&self, code: &str, verifier: &str, redirect_uri: &str) -> Result<Given, Trouble> {
        let place = tokio::time::timeout(PATIENCE, self.places.acquire()).await;
        let Ok(Ok(_place)) = place else { return Err(Trouble::Down("too many sign in at this moment")) };
        let metadata = self.metadata().await?;
        let id = &self.config.client_id;
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", redirect_uri),
            ("code_verifier", verifier),
        ];
        let methods = &metadata.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.iter().any(|known| known == method);
        let mut call = self.client.post(self.url(&metadata.token_endpoint)?);
        match &self.config.client_secret {
            // What it takes when it does not say.
            Some(secret) if methods.is_empty() || takes("client_secret_basic") => {
                let pair = format!("{}:{}", encoded(id), encoded(secret.expose_secret()));
                call = call.header("authorization", format!("Basic {}", STANDARD.encode(pair)));
            }
            Some(secret) => fields.extend([("client_id", id.as_str()), ("client_secret", secret.expose_secret())]),
            None => fields.push(("client_id", id)),
        }
        let body = form(&fields);
        read(call.header("content-type", "application/x-www-form-urlencoded").body(body)).await.map_err(|trouble| {
            match trouble {
                // It says `invalid_grant`, or `invalid_client`: what is wrong with the client is seen by everyone.
                Trouble::Wrong(REFUSED) => Trouble::Code,
                other => other,
            }
        })
    }

    /// What it says of whoever the token is of, where it is asked for that apart.
    pub(super) async fn userinfo(&self, given: &Given) -> Result<Option<Value>, Trouble> {
        let metadata = self.metadata().await?;
        let (Some(url), Some(token)) = (&metadata.userinfo_endpoint, &given.access_token) else { return Ok(None) };
        read(self.client.get(self.url(url)?).bearer_auth(token)).await.map(Some)
    }

    /// An address of the provider's: over TLS, unless it is one on this machine.
    fn url(&self, text: &str) -> Result<Url, Trouble> {
        let url: Url = text.parse().map_err(|_| Trouble::Wrong("one of its addresses is none"))?;
        let is_plain = self.config.issuer.starts_with("http://");
        let is_here = match url.host_str().unwrap_or_default().trim_matches(['[', ']']) {
            "localhost" => true,
            host => host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback()),
        };
        match url.scheme() {
            "https" => Ok(url),
            "http" if is_plain && is_here => Ok(url),
            _ => Err(Trouble::Wrong("one of its addresses is not https")),
        }
    }
}

const REFUSED: &str = "it refused";

/// Makes a call and reads the answer as JSON.
async fn read<T: serde::de::DeserializeOwned>(call: RequestBuilder) -> Result<T, Trouble> {
    let mut answer =
        call.header("accept", "application/json").send().await.map_err(|_| Trouble::Down("it does not answer"))?;
    match answer.status() {
        StatusCode::OK => {}
        status if status.is_server_error() || status == StatusCode::TOO_MANY_REQUESTS => {
            return Err(Trouble::Down("it says that something broke"));
        }
        status if status.is_client_error() => return Err(Trouble::Wrong(REFUSED)),
        _ => return Err(Trouble::Wrong("it answers with a redirect, or with nothing")),
    }
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|_| Trouble::Down("its answer broke off"))? {
        if body.len() + chunk.len() > MOST {
            return Err(Trouble::Wrong("its answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    serde_json::from_slice(&body).map_err(|_| Trouble::Wrong("its answer is not what it should be"))
}

/// Fields as a form.
pub(super) fn form(fields: &[(&str, &str)]) -> String {
    let Ok(mut url) = "http://form.invalid/".parse::<Url>() else { return String::new() };
    url.query_pairs_mut().extend_pairs(fields);
    url.query().unwrap_or_default().to_owned()
}

/// A word as it stands in a form (RFC 6749, section 2.3.1).
fn encoded(text: &str) -> String {
    form(&[("", text)]).trim_start_matches('=').to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_goes_into_a_form_is_escaped() {
        assert_eq!(form(&[("a b", "c&d=é")]), "a+b=c%26d%3D%C3%A9");
        assert_eq!((encoded("desk-1.a_b").as_str(), encoded("=:").as_str()), ("desk-1.a_b", "%3D%3A"));
    }
}
