//! A line at night, and the people who work on it.

use serde_json::{Value, json};
use thirtyfour::Key;
use wideawake_acceptance::{Door, Server, Staff};
use wideawake_browser::{Browser, Line, Wish, server};

/// Times that leave a browser on a slow machine its time, and nobody waiting.
pub(crate) const LINES: &str = r#"
[sign_in]
second_factor = []
[[pool]]
name = "main"
[[line]]
name = "night"
pool = "main"
languages = ["en", "es", "ar"]
topics = ["anxiety", "grief", "loneliness"]
outcomes = ["supported", "referred", "no_reply"]
templates = [{ language = "en", text = "I am here. Take your time." }, { text = "…" }]
retention = "30d"
default = true
[dispatch]
reconnect_grace = "30m"
presence_grace = "20m"
first_reply = "30m"
reply = "30m"
[dispatch.standard]
offer_timeout = "10m"
[dispatch.elevated]
offer_timeout = "10m"
[dispatch.urgent]
offer_timeout = "10m"
"#;

pub(crate) const PASSWORD: &str = "correct horse battery staple";

pub(crate) struct Scene {
    pub(crate) server: Server,
    /// From a browser to the staff's door.
    pub(crate) line: Line,
    /// From a browser to the members' door.
    pub(crate) outside: Line,
}

impl Scene {
    pub(crate) async fn set() -> Self {
        Self::with("").await
    }

    pub(crate) async fn with(keys: &str) -> Self {
        let server = server(&format!("{keys}\n{LINES}")).await;
        let line = Line::to(server.address(Door::Desk)).await;
        let outside = Line::to(server.address(Door::Intake)).await;
        Self { server, line, outside }
    }

    /// Lets somebody sign in under this name.
    pub(crate) async fn lets_in(&self, staff: &Staff, name: &str) {
        let invited =
            self.server.admin.post(format!("/v1/staff/{}/invitation", staff.id), &json!({})).await.is(201).json();
        let body = json!({ "token": invited["token"], "name": name, "password": PASSWORD });
        let set = self.server.doors.desk("POST", "/v1/invitation").json(&body).send().await;
        assert!(set.status < 300, "{}", set.status);
    }

    /// A volunteer with a name to sign in with, who is on shift and said nothing yet.
    pub(crate) async fn volunteer(&self, alias: &str, name: &str) -> Staff {
        let person = json!({ "alias": alias, "languages": ["en", "es", "ar"], "capacity": 3, "zone": "Europe/Madrid" });
        let staff = self.server.volunteer(person).await;
        self.lets_in(&staff, name).await;
        staff
    }

    /// Signs in through the form, by keyboard alone, and ends at `path`.
    pub(crate) async fn signs_in(&self, wish: Wish, name: &str, path: &str) -> Browser {
        let browser = wish.open().await;
        browser.goes(&self.line.url(path)).await;
        browser.sees("the sign-in", "document.querySelector('#name') === document.activeElement").await;
        browser.types("#name", name).await;
        browser.presses(Key::Tab).await;
        browser.types("#password", PASSWORD).await;
        browser.presses(Key::Enter).await;
        browser
            .sees("the page", &format!("location.pathname === '{path}' && document.querySelector('header.top')"))
            .await;
        browser
    }

    /// A volunteer at their desk, ready.
    pub(crate) async fn at_the_desk(&self, wish: Wish, name: &str) -> Browser {
        let browser = self.signs_in(wish, name, "/desk").await;
        browser.sees("the duty", "document.querySelector('#duty-note').textContent !== ''").await;
        browser.find("#duty input[value=ready]").await.focus().await.expect("it takes the focus");
        browser.presses(Key::Space).await;
        browser.sees("ready", "document.querySelector('#duty input[value=ready]').checked && document.querySelector('#told').textContent !== ''").await;
        browser
    }

    /// The supervisor of the house at the board.
    pub(crate) async fn at_the_board(&self, wish: Wish) -> Browser {
        self.lets_in(&self.server.supervisor, "noor").await;
        let browser = self.signs_in(wish, "noor", "/board").await;
        browser.sees("the board", "document.querySelector('#ready').textContent !== '–'").await;
        browser
    }

    /// Somebody who asks over HTTP.
    pub(crate) async fn asks(&self, body: &Value) -> wideawake_acceptance::Member {
        wideawake_acceptance::Member::opens(&self.server.doors, body).await
    }
}

impl std::ops::Deref for Scene {
    type Target = Server;
    fn deref(&self) -> &Server {
        &self.server
    }
}
