//! Who asks for support.

use serde_json::{Value, json};

use crate::doors::Call;
use crate::{Doors, Stream};

/// A member and their request.
#[derive(Clone, Debug)]
pub struct Member {
    pub doors: Doors,
    pub id: String,
    pub token: String,
    /// What they were told when they opened it.
    pub opened: Value,
}

impl Member {
    /// Somebody who asks in English and says no more.
    pub async fn asks(doors: &Doors) -> Self {
        Self::opens(doors, &json!({ "language": "en" })).await
    }

    /// Somebody who asks with this body.
    pub async fn opens(doors: &Doors, body: &Value) -> Self {
        let opened = doors.intake("POST", "/v1/requests").json(body).send().await.is(201).json();
        Self::of(doors, opened)
    }

    /// Whoever was answered so.
    ///
    /// # Panics
    /// When there is no id or token in it.
    pub fn of(doors: &Doors, opened: Value) -> Self {
        let text = |key: &str| opened[key].as_str().unwrap_or_else(|| panic!("no {key} in {opened}")).to_owned();
        Self { doors: doors.clone(), id: text("id"), token: text("token"), opened }
    }

    pub fn call(&self, method: &str, below: &str) -> Call {
        self.doors.intake(method, format!("/v1/requests/{}{below}", self.id)).bearer(&self.token)
    }

    pub async fn state(&self) -> Value {
        self.call("GET", "").send().await.is(200).json()
    }

    pub async fn says(&self, text: &str) -> u64 {
        let said = self.call("POST", "/messages").json(&json!({ "text": text })).send().await.is(202).json();
        said["version"].as_u64().unwrap_or_else(|| panic!("no version in {said}"))
    }

    pub async fn leaves(&self) {
        self.call("POST", "/leave").send().await.is(204);
    }

    pub async fn heartbeat(&self) {
        self.call("POST", "/heartbeat").send().await.is(204);
    }

    pub async fn stream(&self) -> Stream {
        self.call("GET", "/stream").stream().await
    }

    pub async fn stream_after(&self, id: &str) -> Stream {
        self.call("GET", "/stream").header("last-event-id", id).stream().await
    }
}
