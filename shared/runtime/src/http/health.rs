//! `/healthz` and `/readyz`: whether the process lives, and whether what it needs can be reached.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Serialize;
use utoipa::ToSchema;

/// How something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// All is well.
    Ready,
    /// It works, slower or with less.
    Degraded,
    /// It does not work.
    Down,
}

/// How one part is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Part {
    /// How it is.
    pub status: Health,
    /// What an operator should know, if anything.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(required = false, nullable = false)]
    pub detail: Option<String>,
}

/// What `/readyz` answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Readiness {
    /// How the whole is.
    pub status: Health,
    /// How its parts are, by name.
    pub parts: BTreeMap<&'static str, Part>,
}

impl Readiness {
    /// Without parts, all is well.
    pub const fn new() -> Self {
        Self { status: Health::Ready, parts: BTreeMap::new() }
    }

    /// Adds a part that the whole cannot do without: it is no better than this.
    #[must_use]
    pub fn vital(self, name: &'static str, status: Health, detail: Option<String>) -> Self {
        self.part(name, status, status, detail)
    }

    /// Adds a part that makes it fast: without it the whole is [`Health::Degraded`].
    #[must_use]
    pub fn helpful(self, name: &'static str, status: Health, detail: Option<String>) -> Self {
        self.part(name, status, status.min(Health::Degraded), detail)
    }

    fn part(mut self, name: &'static str, status: Health, whole: Health, detail: Option<String>) -> Self {
        self.status = self.status.max(whole);
        self.parts.insert(name, Part { status, detail });
        self
    }
}

impl Default for Readiness {
    fn default() -> Self {
        Self::new()
    }
}

impl IntoResponse for Readiness {
    fn into_response(self) -> Response {
        let code = if self.status == Health::Down { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::OK };
        (code, Json(self)).into_response()
    }
}

/// Serves `/healthz`, 200 while the process lives, and `/readyz`, 503 when `ready` says down.
pub fn routes<F, R>(ready: F) -> Router
where
    F: Fn() -> R + Send + Sync + 'static,
    R: Future<Output = Readiness> + Send + 'static,
{
    let ready = Arc::new(ready);
    Router::new()
        .route("/healthz", get(|| async { Json(serde_json::json!({"status": "ok"})) }))
        .route("/readyz", get(move || ready()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_is_as_good_as_its_vital_parts() {
        let ready = Readiness::new().vital("ledger", Health::Ready, None).helpful("bus", Health::Ready, None);
        assert_eq!(ready.status, Health::Ready);
        let slow = ready.clone().helpful("live", Health::Down, Some("no answer".into()));
        assert_eq!(slow.status, Health::Degraded);
        assert_eq!(slow.parts["live"].status, Health::Down);
        let down = slow.vital("vault", Health::Down, None).into_response();
        assert_eq!(down.status(), 503);
    }
}
