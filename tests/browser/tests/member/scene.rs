//! A line at night: a door, somebody who answers, and somebody who asks.

use serde_json::json;
use wideawake_acceptance::{Server, Staff, eventually};
use wideawake_browser::{Browser, Line, Wish, server};

/// Two lines, so that there is something to choose.
pub(crate) const LINES: &str = r#"
[[pool]]
name = "main"
[[line]]
name = "night"
pool = "main"
languages = ["en", "es", "ar"]
topics = ["anxiety", "grief", "loneliness"]
outcomes = ["supported"]
retention = "30d"
default = true
[[line]]
name = "youth"
pool = "main"
languages = ["en"]
topics = ["school"]
outcomes = ["supported"]
retention = "30d"
"#;

pub(crate) struct Scene {
    pub(crate) server: Server,
    pub(crate) line: Line,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        Self::with("").await
    }

    pub(crate) async fn with(keys: &str) -> Self {
        let server = server(&format!("{keys}\n{LINES}")).await;
        let line = Line::to(server.address(wideawake_acceptance::Door::Intake)).await;
        Self { server, line }
    }

    /// Somebody who answers, in every language of the line.
    pub(crate) async fn volunteer(&self) -> Staff {
        self.server.on_duty(json!({ "alias": "Sam", "languages": ["en", "es", "ar"], "capacity": 4 })).await
    }

    /// Somebody on the first page.
    pub(crate) async fn comes(&self, wish: Wish) -> Browser {
        let browser = wish.open().await;
        browser.goes(&self.line.url("/")).await;
        browser
    }

    /// Somebody who has asked, with this for a first message.
    pub(crate) async fn asks(&self, wish: Wish, text: &str) -> Browser {
        let browser = self.comes(wish).await;
        browser.types("#message", text).await;
        browser.clicks("#ask [type=submit]").await;
        browser.sees("the conversation is there", "document.querySelector('#standing')").await;
        browser
    }

    /// The conversation that a browser shows.
    pub(crate) async fn id(&self, browser: &Browser) -> String {
        let id = browser.says("document.querySelector('main').dataset.id").await;
        id.as_str().unwrap_or_else(|| panic!("no conversation: {id}")).to_owned()
    }

    /// What was said in it, as who holds it reads it.
    pub(crate) async fn said(&self, staff: &Staff, id: &str) -> Vec<String> {
        let all = staff.get(format!("/v1/requests/{id}/messages")).await;
        let all = all["items"].as_array().cloned().unwrap_or_default();
        all.iter().filter_map(|one| one["text"].as_str().map(ToOwned::to_owned)).collect()
    }

    /// Waits until the record has it so, as the audit tells.
    pub(crate) async fn ended(&self, id: &str, ending: &str) {
        eventually(&format!("{id} ends as {ending}"), || async {
            let history = self.server.history(id).await;
            let last = history.iter().rev().find(|event| event["type"] == "closed")?.clone();
            (last["data"]["ending"] == ending).then_some(())
        })
        .await;
    }
}
