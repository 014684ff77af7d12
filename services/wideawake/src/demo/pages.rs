//! Where the demo's supervisor is called: a webhook of the demo's own that shows what comes on the terminal.

use std::io::IsTerminal;

use anyhow::{Context, Result};
use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use wideawake_runtime::clock;
use wideawake_runtime::config::{Notifier, Webhook};
use wideawake_runtime::signature::{Secret, is_signed};

use crate::cli::print;

/// What a page says, as far as it is shown.
#[derive(Deserialize)]
struct Page {
    priority: String,
    line: String,
    occasion: String,
    acknowledge_url: String,
}

/// The webhook, listening.
pub(super) struct Pages {
    url: String,
    listening: JoinHandle<()>,
}

impl Pages {
    /// Listens on a free port of this machine, and has the notifier sign for it.
    pub(super) async fn receive(notifier: &mut Notifier) -> Result<Self> {
        let secret = Secret::drawn();
        notifier.webhook = Some(Webhook { secrets: vec![secret.clone()], allow_private: true });
        let listener = TcpListener::bind("127.0.0.1:0").await.context("cannot listen for pages on 127.0.0.1")?;
        let url = format!("http://{}/pages/noor", listener.local_addr()?);
        let show = move |headers: HeaderMap, body: Bytes| {
            let secret = secret.clone();
            async move {
                if !is_signed(&[secret], &headers, &body, clock::now()) {
                    return StatusCode::UNAUTHORIZED;
                }
                let Ok(page) = serde_json::from_slice::<Page>(&body) else { return StatusCode::BAD_REQUEST };
                shown(&page);
                StatusCode::NO_CONTENT
            }
        };
        let routes = Router::new().route("/pages/noor", post(show));
        let listening = tokio::spawn(async move {
            // Until the demo ends.
            let _ = axum::serve(listener, routes).await;
        });
        Ok(Self { url, listening })
    }

    /// Where it listens.
    pub(super) fn url(&self) -> String {
        self.url.clone()
    }

    /// Ends it.
    pub(super) fn stop(self) {
        self.listening.abort();
    }
}

fn shown(page: &Page) {
    let bell = if std::io::stdout().is_terminal() { "\u{7}" } else { "" };
    let Page { priority, line, occasion, acknowledge_url } = page;
    // Nobody is left to tell when the terminal is gone.
    let _ = print(&format!(
        "{bell}Noor is called: {priority}, line {line}, {occasion}.\n  take it on   {acknowledge_url}\n"
    ));
}
